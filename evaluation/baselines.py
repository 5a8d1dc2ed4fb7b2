"""What a first LangChain tutorial would build, measured in the same run.

LangChain's default recipe: a `RecursiveCharacterTextSplitter`, `HuggingFaceEmbeddings` with the
packaged all-MiniLM-L6-v2, a flat L2 FAISS index, and a retriever with k = 4. Two sizes are known:
the class's own defaults (4,000 characters, 200 of overlap) and what LangChain's tutorials set
(1,000 and 200). The model reads only some 1,000 characters, so the second does much better and
is the one to be compared with.

LangChain's own FAISS class lives in langchain-community, which is archived and saves pickles;
`FlatIndex` does what its defaults do (IndexFlatL2, one embedding a query) in LangChain's
`VectorStore` interface, so that its retriever is the real one. Compared once with
langchain-community 0.4.2 on 40 questions: the same chunks in the same order, in the same time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore, VectorStoreRetriever
from langchain_text_splitters import RecursiveCharacterTextSplitter

from evaluation.cases import Search
from knowledge.documents import Block, Document, Passage, Segment, SegmentKind
from knowledge.embedding import packaged_model
from knowledge.retrieval import Hit

DEFAULT_K = 4


@dataclass(frozen=True, slots=True)
class Splitting:
    """How pages are cut: at most `size` characters, `overlap` of them from the piece before."""

    size: int
    overlap: int


TUTORIAL = Splitting(1000, 200)
CLASS_DEFAULTS = Splitting(4000, 200)


class FlatIndex(VectorStore):
    """A flat L2 FAISS index over chunks, as LangChain's FAISS store is by default."""

    def __init__(self, chunks: Sequence[Chunk], embedding: Embeddings) -> None:
        self._chunks = list(chunks)
        self._embedding = embedding
        vectors = embedding.embed_documents([chunk.page_content for chunk in self._chunks])
        matrix = np.asarray(vectors, dtype=np.float32)
        self._index = faiss.IndexFlatL2(matrix.shape[1])
        self._index.add(matrix)

    @property
    def embeddings(self) -> Embeddings:
        """The model that questions and chunks are embedded with."""
        return self._embedding

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> "FlatIndex":
        """Return the index of `texts`; `metadatas` runs parallel to them."""
        given: Iterable[dict[str, Any]] = metadatas or ({} for _ in texts)
        return cls(
            [
                Chunk(page_content=text, metadata=metadata)
                for text, metadata in zip(texts, given, strict=True)
            ],
            embedding,
        )

    def similarity_search(self, query: str, k: int = DEFAULT_K, **kwargs: Any) -> list[Chunk]:
        """Return the `k` chunks nearest to `query`, nearest first."""
        return [chunk for chunk, _ in self.nearest(query, k)]

    def nearest(self, query: str, k: int) -> list[tuple[Chunk, float]]:
        """Return the `k` nearest chunks with their squared L2 distances."""
        vector = np.asarray([self._embedding.embed_query(query)], dtype=np.float32)
        distances, places = self._index.search(vector, k)
        return [
            (self._chunks[place], float(distance))
            for distance, place in zip(distances[0], places[0], strict=True)
            if place >= 0
        ]


def packaged_embeddings() -> Embeddings:
    """Return LangChain's HuggingFaceEmbeddings over the packaged model; reads no network."""
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(model_name=str(packaged_model()))


def langchain_index(
    documents: Sequence[Document], embeddings: Embeddings, splitting: Splitting = TUTORIAL
) -> FlatIndex:
    """Return the default recipe's index of `documents`: whole pages, split by characters."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=splitting.size, chunk_overlap=splitting.overlap
    )
    pages = [
        Chunk(page_content=_page_text(document), metadata={"position": position})
        for position, document in enumerate(documents)
    ]
    return FlatIndex(splitter.split_documents(pages), embeddings)


def langchain_search(
    documents: Sequence[Document], embeddings: Embeddings, splitting: Splitting = TUTORIAL
) -> Search:
    """Return the default recipe as a search over `documents`.

    A chunk's heading lines are left out of what is read, as headings are everywhere.
    """
    index = langchain_index(documents, embeddings, splitting)
    headings = [frozenset(_headings(document)) for document in documents]

    def search(question: str, k: int) -> list[Hit]:
        return [
            _hit(chunk, documents, headings, distance)
            for chunk, distance in index.nearest(question, k)
        ]

    return search


def langchain_retriever(
    documents: Sequence[Document], embeddings: Embeddings
) -> VectorStoreRetriever:
    """Return the recipe as the tutorial has it: `as_retriever()` with k = 4."""
    return langchain_index(documents, embeddings).as_retriever(search_kwargs={"k": DEFAULT_K})


def _hit(
    chunk: Chunk,
    documents: Sequence[Document],
    headings: Sequence[frozenset[str]],
    distance: float,
) -> Hit:
    position = chunk.metadata["position"]
    document = documents[position]
    lines = (line.strip() for line in chunk.page_content.split("\n"))
    passage = Passage(
        title=document.title,
        headings=(),
        url=document.url,
        segments=tuple(
            Segment(SegmentKind.SENTENCE, line)
            for line in lines
            if line and line not in headings[position]
        ),
        document_url=document.url,
    )
    cosine = 1 - distance / 2
    return Hit(passage, score=cosine, dense=cosine, lexical=0.0)


def _page_text(document: Document) -> str:
    paragraphs = [document.title]
    above: tuple[str, ...] = ()
    for section in document.sections:
        same = 0
        while same < min(len(above), len(section.headings)) and (
            above[same] == section.headings[same]
        ):
            same += 1
        paragraphs.extend(section.headings[same:])
        paragraphs.extend("\n".join(_lines(block)) for block in section.blocks)
        above = section.headings
    return "\n\n".join(paragraphs)


def _lines(block: Block) -> list[str]:
    return [*((" | ".join(block.header),) if block.header else ()), *block.items]


def _headings(document: Document) -> list[str]:
    within = (heading for section in document.sections for heading in section.headings)
    return [document.title, *within]
