"""Our retriever and embedder composed by LangChain's own means."""

import numpy as np
import pytest
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.vectorstores import InMemoryVectorStore
from pydantic import ValidationError

from assistant.langchain_adapter import GuidanceEmbeddings, GuidanceRetriever
from tests.assisting import PASSPORT, little_guidance, opened
from tests.fakes import WordsEmbedder

QUESTION = "How can I renew my passport?"
RETRIEVER = opened(little_guidance()).retriever


def joined(documents: list[Document]) -> str:
    return "\n".join(document.page_content for document in documents)


def test_the_retriever_composes_in_a_chain() -> None:
    prompt = ChatPromptTemplate.from_template("Guidance:\n{guidance}\n\nQuestion: {question}")
    chain = (
        {
            "guidance": GuidanceRetriever(retriever=RETRIEVER, k=2) | joined,
            "question": RunnablePassthrough(),
        }
        | prompt
        | RunnableLambda(lambda said: said.to_string().upper())
        | StrOutputParser()
    )
    said = chain.invoke(QUESTION)
    assert "YOU CAN RENEW YOUR PASSPORT ONLINE" in said
    assert said.endswith(QUESTION.upper())


def test_documents_are_what_our_own_search_finds_in_its_order() -> None:
    found = GuidanceRetriever(retriever=RETRIEVER, k=3).invoke(QUESTION)
    hits = RETRIEVER.search(QUESTION, 3)
    assert [each.page_content for each in found] == [hit.passage.text for hit in hits]
    assert found[0].metadata["source"] == f"{PASSPORT}#about"
    assert found[0].metadata["title"] == "Renew a passport"
    assert found[0].metadata["score"] == hits[0].score
    assert [each.id for each in found] == [hit.passage.digest for hit in hits]


def test_what_is_withdrawn_is_not_found() -> None:
    found = GuidanceRetriever(retriever=RETRIEVER, k=9, exclude=frozenset({PASSPORT})).invoke(
        QUESTION
    )
    assert found
    assert not [each for each in found if each.metadata["source"].startswith(PASSPORT)]


def test_k_is_at_least_one() -> None:
    with pytest.raises(ValidationError):
        GuidanceRetriever(retriever=RETRIEVER, k=0)


def test_the_embedder_serves_a_langchain_store() -> None:
    embedder = WordsEmbedder()
    embeddings = GuidanceEmbeddings(embedder)
    store = InMemoryVectorStore.from_texts(
        ["You can renew your passport online.", "Bins are emptied every week."], embeddings
    )
    (best,) = store.similarity_search("renew a passport", k=1)
    assert "passport" in best.page_content
    assert embeddings.embed_documents([]) == []
    np.testing.assert_array_equal(
        np.float32(embeddings.embed_query("bins")), embedder.embed_question("bins")
    )
