"""Our retriever and our embedder as LangChain objects, so that others can compose them.

Thin on purpose: nothing of ours goes through these, and neither adds nor leaves out anything.
"""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from knowledge.embedding import Embedder
from knowledge.retrieval import Hit, Retriever


class GuidanceRetriever(BaseRetriever):
    """Finds passages of a snapshot. `exclude` are addresses that must not be found (withdrawn).

    What it is asked is searched as it stands: mask personal data before.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    retriever: Retriever
    k: int = Field(default=4, ge=1)
    nations: tuple[str, ...] = ()
    language: str | None = None
    exclude: frozenset[str] = frozenset()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        hits = self.retriever.search(
            query, self.k, nations=self.nations, language=self.language, exclude=self.exclude
        )
        return [document_of(hit) for hit in hits]


class GuidanceEmbeddings(Embeddings):
    """Embeds text with one of our models: unit vectors, as plain lists of floats."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text."""
        vectors: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the question's vector."""
        vector: list[float] = self._embedder.embed_question(text).tolist()
        return vector


def document_of(hit: Hit) -> Document:
    """Return a hit as a LangChain document: the passage's own words, and what tells its source."""
    passage = hit.passage
    return Document(
        id=passage.digest,
        page_content=passage.text,
        metadata={
            "source": passage.url,
            "title": passage.title,
            "heading": passage.heading,
            "publisher": passage.publisher,
            "updated": passage.updated,
            "nations": list(passage.nations),
            "licence": passage.licence,
            "score": hit.score,
        },
    )
