"""Search in one process: vectors in FAISS, BM25 weights in NumPy.

The FAISS index is made from the stored vectors when a snapshot is opened, never read from a file:
what lies on disk is plain numbers, and cannot run code or mislead a parser (ADR 3).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Vectors
from knowledge.lexical import Vocabulary
from knowledge.vector_store import (
    Candidates,
    Contents,
    Fetched,
    Filters,
    addresses,
    best,
    union,
)

EXACT_UP_TO = 200_000
SPARE = 16
FEW = 100_000


class FaissIndex:
    """Up to `exact_up_to` passages every vector is compared; beyond, an inverted file is.

    An inverted file looks into a share of the vectors (`look_into`) and may miss a near one;
    building it takes seconds for each hundred thousand passages.
    """

    def __init__(
        self, contents: Contents, *, exact_up_to: int = EXACT_UP_TO, look_into: float = 0.125
    ) -> None:
        self._contents = contents
        self._starts = contents.segment_starts
        self._everywhere = np.arange(len(contents.passages), dtype=np.int64)
        self._nations = _places((p.nations for p in contents.passages), len(self))
        self._languages = _places(((p.language,) for p in contents.passages), len(self))
        self._addresses = _rows(addresses(p) for p in contents.passages)
        self._index, self._probes = _build(contents.vectors, exact_up_to, look_into)

    def __len__(self) -> int:
        return len(self._contents.passages)

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms of the passages."""
        return self._contents.lexical.vocabulary

    def candidates(
        self,
        vector: Vectors,
        terms: Mapping[str, float],
        *,
        dense: int,
        lexical: int,
        filters: Filters,
    ) -> Candidates:
        """Return the candidates as `PassageIndex` promises."""
        allowed = self._allowed(filters)
        weights = self._contents.lexical
        scores = weights.scores(terms)
        found = np.flatnonzero(scores if allowed is None else np.where(allowed, scores, 0))
        by_words = best(scores[found], lexical, found)
        by_meaning, near = self._nearest(vector, dense, allowed)
        positions = union((by_words, by_meaning))
        return Candidates(
            positions=positions,
            dense=self._cosines(positions, by_meaning, near, vector),
            lexical=scores[positions],
            ceiling=weights.vocabulary.ceiling(terms),
        )

    def fetch(self, positions: Sequence[int], vector: Vectors) -> tuple[Fetched, ...]:
        """Return passages and segment cosines as `PassageIndex` promises."""
        spans = [slice(self._starts[n], self._starts[n + 1]) for n in positions]
        stored = self._contents.segment_vectors
        return tuple(
            Fetched(
                self._contents.passages[position],
                tuple((stored[span].astype(np.float32) @ vector).tolist()),
            )
            for position, span in zip(positions, spans, strict=True)
        )

    def _nearest(
        self, vector: Vectors, count: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return positions and cosines; a few more are asked for, so that ties fall alike."""
        asked = min(len(self), count + SPARE) if count > 0 else 0
        if asked == 0:
            return self._everywhere[:0], np.empty(0, np.float32)
        query = np.ascontiguousarray(vector, dtype=np.float32)[None, :]
        cosines, rows = self._index.search(query, asked, params=self._parameters(allowed))
        found = rows[0] >= 0
        positions, near = rows[0][found], cosines[0][found]
        order = np.argsort(positions)
        kept = best(near[order], count, np.arange(len(order)))
        return positions[order][kept], near[order][kept]

    def _parameters(self, allowed: NDArray[np.bool_] | None) -> faiss.SearchParameters | None:
        chosen = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            chosen = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
        if self._probes:
            return faiss.SearchParametersIVF(  # type: ignore[call-arg]
                nprobe=self._probes, sel=chosen
            )
        return faiss.SearchParameters(sel=chosen) if chosen else None  # type: ignore[call-arg]

    def _cosines(
        self,
        positions: NDArray[np.int64],
        known: NDArray[np.int64],
        near: NDArray[np.float32],
        vector: Vectors,
    ) -> NDArray[np.float32]:
        cosines = np.empty(len(positions), dtype=np.float32)
        places = np.searchsorted(positions, known)
        cosines[places] = near
        missing = np.ones(len(positions), dtype=bool)
        missing[places] = False
        cosines[missing] = self._contents.vectors[positions[missing]] @ vector
        return cosines

    def _allowed(self, filters: Filters) -> NDArray[np.bool_] | None:
        """Return which passages may be found, or None for all of them."""
        allowed: NDArray[np.bool_] | None = None
        if filters.nations:
            allowed = self._nations[""].copy()
            for nation in filters.nations & self._nations.keys():
                allowed |= self._nations[nation]
        if filters.language is not None:
            spoken = self._languages.get(filters.language, np.zeros(len(self), dtype=bool))
            allowed = spoken.copy() if allowed is None else allowed & spoken
        withdrawn = filters.excluded & self._addresses.keys()
        if withdrawn:
            allowed = np.ones(len(self), dtype=bool) if allowed is None else allowed
            for address in withdrawn:
                allowed[self._addresses[address]] = False
        return allowed


def _places(values: Iterable[Sequence[str]], count: int) -> dict[str, NDArray[np.bool_]]:
    """Return for each value where it stands; "" stands where there is none."""
    places: dict[str, NDArray[np.bool_]] = {"": np.zeros(count, dtype=bool)}
    for row, each in enumerate(values):
        for value in each or ("",):
            places.setdefault(value, np.zeros(count, dtype=bool))[row] = True
    return places


def _rows(values: Iterable[frozenset[str]]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(values):
        for value in each:
            rows[value].append(row)
    return dict(rows)


def _build(vectors: Vectors, exact_up_to: int, look_into: float) -> tuple[faiss.Index, int]:
    """Return the FAISS index and how many lists of it to look into (0: it is exact)."""
    count, dimensions = vectors.shape
    flat = faiss.IndexFlatIP(dimensions)
    if count <= exact_up_to:
        flat.add(vectors)
        return flat, 0
    lists = max(1, round(4 * math.sqrt(count))) if count >= FEW else max(1, count // 40)
    index = faiss.IndexIVFFlat(flat, dimensions, lists, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = 10
    index.cp.max_points_per_centroid = 64
    index.train(vectors)
    index.add(vectors)
    return index, max(1, math.ceil(lists * look_into))
