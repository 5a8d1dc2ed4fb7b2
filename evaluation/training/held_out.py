"""Asks questions of the fit half over an index by an adapter that never learned their page.

Such an adapter is trained with `--leave-out 0/2` or `1/2`; it meets the questions as an assistant
meets citizens.
"""

from collections.abc import Mapping
from pathlib import Path

from evaluation.own_set import OwnQuestion
from evaluation.training.examples import fold_of
from knowledge.building import vectors_of
from knowledge.chunking import passages_of
from knowledge.documents import Document
from knowledge.embedding import (
    MINILM_SHA256,
    Embedder,
    SentenceTransformerEmbedder,
    packaged_model,
)
from knowledge.faiss_store import FaissIndex
from knowledge.lexical import LexicalSettings, weigh
from knowledge.vector_store import Contents

FOLDS = 2


def adapted(adapter: Path) -> Embedder:
    """Return the packaged model with an adapter."""
    return SentenceTransformerEmbedder(packaged_model(), MINILM_SHA256, adapter=adapter)


def index_of(pages: Mapping[str, Document], embedder: Embedder) -> FaissIndex:
    """Return an index of the pages, in memory."""
    passages = tuple(passage for page in pages.values() for passage in passages_of(page))
    vectors, parts = vectors_of(passages, embedder)
    return FaissIndex(Contents(passages, vectors, parts, weigh(passages, LexicalSettings())))


def alone(question: OwnQuestion) -> str:
    """Return the question as it stands without what was asked before."""
    return question.standalone or question.text


def held_out(question: OwnQuestion, fold: int) -> bool:
    """Return whether an own question in English is of the fold."""
    name = question.page or question.id
    return question.language == "en" and fold_of(name, FOLDS) == fold
