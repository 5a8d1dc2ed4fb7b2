"""The baseline is LangChain's recipe: its splitter, its retriever, a flat index, k = 4."""

from itertools import pairwise

import pytest
from langchain_core.embeddings import Embeddings

from evaluation.baselines import (
    DEFAULT_K,
    FlatIndex,
    Splitting,
    langchain_index,
    langchain_retriever,
    langchain_search,
)
from evaluation.matching import tokens
from evaluation.workload import synthetic_guidance
from knowledge.documents import Block, BlockKind, Document, Section

DOCUMENTS = synthetic_guidance(60)


class Letters(Embeddings):
    """Embeds a text as how often it has each letter, at unit length."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        counts = [float(text.lower().count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz "]
        length = sum(count * count for count in counts) ** 0.5 or 1.0
        return [count / length for count in counts]


def test_the_retriever_is_langchains_own_and_gives_four() -> None:
    retriever = langchain_retriever(DOCUMENTS, Letters())
    found = retriever.invoke("How do I rent a beehive?")
    assert len(found) == DEFAULT_K
    assert type(retriever).__module__.startswith("langchain_core")


def test_nearest_comes_first_and_a_text_is_nearest_to_itself() -> None:
    index = FlatIndex.from_texts(["bees bees", "allotment", "windmill"], Letters(), [{}, {}, {}])
    ((chunk, distance), *others) = index.nearest("allotment", 3)
    assert chunk.page_content == "allotment"
    assert distance == pytest.approx(0, abs=1e-6)
    assert all(a <= b for a, b in pairwise([distance, *(each for _, each in others)]))


def test_asking_for_more_than_there_is_gives_what_there_is() -> None:
    index = FlatIndex.from_texts(["one", "two"], Letters())
    assert len(index.nearest("one", 9)) == 2


def test_chunks_keep_to_their_size_and_lose_no_word() -> None:
    index = langchain_index(DOCUMENTS, Letters(), Splitting(300, 0))
    chunks = index.similarity_search("rent", 10_000)
    assert max(len(chunk.page_content) for chunk in chunks) <= 300
    for position, document in enumerate(DOCUMENTS):
        held = {
            word
            for chunk in chunks
            if chunk.metadata["position"] == position
            for word in tokens(chunk.page_content)
        }
        said = {
            word
            for section in document.sections
            for block in section.blocks
            for item in block.items
            for word in tokens(item)
        }
        assert said <= held


def test_headings_are_searched_but_not_read() -> None:
    block = Block(BlockKind.PARAGRAPH, ("Ask the council.",))
    table = Block(BlockKind.TABLE, ("Small | £20",), header=("Plot", "Rent"))
    document = Document(
        "https://guidance.example/plots",
        "Plots",
        (Section(("Who can apply",), "https://guidance.example/plots#who", (block, table)),),
    )
    (hit,) = langchain_search([document], Letters())("who can apply", 5)
    assert hit.passage.text == "Ask the council.\nPlot | Rent\nSmall | £20"
    assert hit.passage.document_url == document.url
    assert hit.dense == hit.score
    (chunk,) = langchain_index([document], Letters()).similarity_search("who", 1)
    assert chunk.page_content.startswith("Plots\n\nWho can apply\n\nAsk the council.")
