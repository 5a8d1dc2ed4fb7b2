"""Search in PostgreSQL: vectors and BM25 weights as pgvector's vector and sparsevec.

For many processes that share one database. Scores are those of the FAISS store on the same
snapshot. Up to `approximate_above` passages each is compared; beyond, the nearest by meaning come
from an HNSW index, which may miss one.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

import numpy as np
from pgvector import SparseVector
from pgvector.sqlalchemy import SPARSEVEC, VECTOR
from sqlalchemy import (
    Connection,
    Engine,
    Table,
    TextClause,
    bindparam,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.exc import OperationalError

from knowledge.documents import as_json, passage_from_line
from knowledge.embedding import Vectors
from knowledge.errors import SnapshotInvalid, SnapshotUnknown, StorageFull
from knowledge.lexical import Vocabulary
from knowledge.pgvector_tables import passages_table, snapshots_table, terms_table
from knowledge.snapshot_format import Manifest, Snapshot, canonical
from knowledge.vector_store import Candidates, Fetched, Filters, addresses

APPROXIMATE_ABOVE = 50_000
MOST_TERMS = 16_000
ROWS_AT_ONCE = 500
DISK_FULL = "53100"
ALLOWED = """
    (CAST(:language AS text) IS NULL OR language = :language)
    AND (cardinality(CAST(:nations AS text[])) = 0 OR cardinality(nations) = 0
         OR nations && CAST(:nations AS text[]))
    AND NOT addresses && CAST(:excluded AS text[])"""

SCORES = "position, -(dense <#> :vector) AS dense, -(lexical <#> :terms) AS lexical"

EXACT = f"""
WITH scored AS MATERIALIZED (
    SELECT {SCORES} FROM guidance_passages WHERE snapshot = :snapshot AND {ALLOWED}
)
(SELECT * FROM scored ORDER BY dense DESC, position LIMIT :most_dense)
UNION
(SELECT * FROM scored WHERE lexical > 0 ORDER BY lexical DESC, position LIMIT :most_lexical)
ORDER BY position"""  # noqa: S608


def publish(
    snapshot: Snapshot, engine: Engine, *, approximate_above: int = APPROXIMATE_ABOVE
) -> bool:
    """Copy a snapshot into the database in one transaction, its tables being there.

    Returns False where it is there already; then nothing is written. Raises StorageFull, and
    SnapshotInvalid where a passage has more distinct terms than PostgreSQL can hold (16,000).
    """
    manifest = snapshot.manifest
    try:
        with engine.begin() as connection:
            said = {
                "digest": manifest.digest,
                "name": manifest.name,
                "manifest": asdict(manifest),
                "documents": json.dumps([asdict(each) for each in snapshot.documents]),
            }
            fresh = postgresql_insert(snapshots_table).values(said).on_conflict_do_nothing()
            if connection.execute(fresh.returning(snapshots_table.c.digest)).first() is None:
                return False
            _insert(connection, terms_table, _term_rows(snapshot))
            _insert(connection, passages_table, _passage_rows(snapshot))
            if manifest.passages > approximate_above:
                _index(connection, manifest)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == DISK_FULL:
            raise StorageFull(
                "The database has no room for the snapshot. Make room there; what was published "
                "before is as it was."
            ) from error
        raise
    return True


def unpublish(digest: str, engine: Engine) -> None:
    """Remove a published snapshot. Whoever calls this has made sure that it is not live."""
    with engine.begin() as connection:
        connection.execute(text(f"DROP INDEX IF EXISTS {_index_name(digest)}"))
        connection.execute(delete(snapshots_table).where(snapshots_table.c.digest == digest))


def published(engine: Engine) -> tuple[Manifest, ...]:
    """Return the manifests of all published snapshots, by name and then by age."""
    with engine.connect() as connection:
        found = connection.execute(select(snapshots_table.c.manifest)).scalars()
        manifests = [Manifest(**each) for each in found]
    return tuple(sorted(manifests, key=lambda each: (each.name, each.created)))


class PgVectorIndex:
    """The passages of one published snapshot. Raises SnapshotUnknown when constructed."""

    def __init__(self, engine: Engine, digest: str) -> None:
        self._engine = engine
        with engine.connect() as connection:
            manifest = connection.execute(
                select(snapshots_table.c.manifest).where(snapshots_table.c.digest == digest)
            ).scalar()
            if manifest is None:
                raise SnapshotUnknown(
                    f"Snapshot {digest[:16]} is not in the database. Publish it first."
                )
            rows = connection.execute(
                select(terms_table.c.term, terms_table.c.ceiling, terms_table.c.word)
                .where(terms_table.c.snapshot == digest)
                .order_by(terms_table.c.number)
            ).all()
            indexed = connection.execute(
                text("SELECT to_regclass(:name)"), {"name": _index_name(digest)}
            ).scalar()
        self.manifest = Manifest(**manifest)
        ceilings = np.array([row.ceiling for row in rows], dtype=np.float32)
        self._vocabulary = Vocabulary(
            tuple(row.term for row in rows), ceilings, tuple(row.word for row in rows)
        )
        self._approximate = indexed is not None
        self._query = _bound(_near(self.manifest) if self._approximate else EXACT)

    def __len__(self) -> int:
        return self.manifest.passages

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms of the passages."""
        return self._vocabulary

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
        asked = {
            "snapshot": self.manifest.digest,
            "vector": np.asarray(vector, dtype=np.float32),
            "terms": SparseVector(
                self._vocabulary.known(terms), max(1, len(self._vocabulary.terms))
            ),
            "most_dense": max(0, dense),
            "most_lexical": max(0, lexical),
            "nations": [_storable(nation) for nation in filters.nations],
            "language": None if filters.language is None else _storable(filters.language),
            "excluded": [_storable(address) for address in filters.excluded],
        }
        with self._engine.begin() as connection:
            if self._approximate:
                connection.execute(text(f"SET LOCAL hnsw.ef_search = {min(1000, max(40, dense))}"))
                connection.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))
            rows = connection.execute(self._query, asked).all()
        return Candidates(
            positions=np.array([row.position for row in rows], dtype=np.int64),
            dense=np.array([row.dense for row in rows], dtype=np.float32),
            lexical=np.array([row.lexical for row in rows], dtype=np.float32),
            ceiling=self._vocabulary.ceiling(terms),
        )

    def fetch(self, positions: Sequence[int], vector: Vectors) -> tuple[Fetched, ...]:
        """Return passages and segment cosines as `PassageIndex` promises."""
        table = passages_table.c
        wanted = select(table.position, table.data, table.segments).where(
            table.snapshot == self.manifest.digest, table.position.in_(list(positions))
        )
        with self._engine.connect() as connection:
            rows = {row.position: row for row in connection.execute(wanted)}
        if not rows.keys() >= set(positions):
            raise SnapshotUnknown(
                f"Snapshot {self.manifest.name} {self.manifest.version} is no longer whole in the "
                "database. Publish it again."
            )
        return tuple(_fetched(rows[position], vector) for position in positions)


def _storable(value: str) -> str:
    """Return the text without what PostgreSQL cannot hold (NUL, half characters)."""
    return value.replace("\0", "").encode("utf-8", "ignore").decode()


def _fetched(row: Any, vector: Vectors) -> Fetched:
    stored = np.frombuffer(row.segments, dtype="<f2").reshape(-1, len(vector))
    cosines = stored.astype(np.float32) @ vector
    return Fetched(passage_from_line(row.data.encode()), tuple(cosines.tolist()))


def _term_rows(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    vocabulary = snapshot.contents.lexical.vocabulary
    rows = zip(vocabulary.terms, vocabulary.ceilings.tolist(), vocabulary.words, strict=True)
    for number, (term, ceiling, word) in enumerate(rows):
        yield {
            "snapshot": snapshot.manifest.digest,
            "number": number,
            "term": term,
            "ceiling": ceiling,
            "word": word,
        }


def _passage_rows(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    contents = snapshot.contents
    starts = contents.segment_starts
    width = max(1, len(contents.lexical.vocabulary.terms))
    weights = contents.lexical.by_passage()
    for position, passage in enumerate(contents.passages):
        if len(weights[position]) > MOST_TERMS:
            raise SnapshotInvalid(
                f"{passage.url} has more than {MOST_TERMS} distinct terms in one passage, which "
                "PostgreSQL cannot hold. Chunk smaller and build the snapshot again."
            )
        segments = contents.segment_vectors[starts[position] : starts[position + 1]]
        yield {
            "snapshot": snapshot.manifest.digest,
            "position": position,
            "dense": contents.vectors[position],
            "lexical": SparseVector(weights[position], width),
            "language": _storable(passage.language),
            "nations": [_storable(nation) for nation in passage.nations],
            "addresses": sorted(_storable(address) for address in addresses(passage)),
            "data": canonical(as_json(passage)).decode(),
            "segments": np.ascontiguousarray(segments, dtype="<f2").tobytes(),
        }


def _insert(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        connection.execute(insert(table), some)


def _near(manifest: Manifest) -> str:
    """Return the query that asks the HNSW index for the nearest by meaning.

    The index covers one snapshot, so PostgreSQL must see the digest itself to use it.
    """
    rows = f"guidance_passages WHERE snapshot = '{_hex(manifest.digest)}'"
    dense = f"(dense::vector({int(manifest.dimensions)}))"
    return f"""
WITH near AS MATERIALIZED (
    SELECT position FROM {rows} AND {ALLOWED} ORDER BY {dense} <#> :vector LIMIT :most_dense
), worded AS MATERIALIZED (
    SELECT position, -(lexical <#> :terms) AS lexical FROM {rows} AND {ALLOWED}
), best AS (
    SELECT position FROM worded WHERE lexical > 0
    ORDER BY lexical DESC, position LIMIT :most_lexical
)
SELECT {SCORES} FROM {rows}
AND position IN (SELECT position FROM near UNION SELECT position FROM best)
ORDER BY position"""  # noqa: S608


def _bound(query: str) -> TextClause:
    return text(query).bindparams(
        bindparam("vector", type_=VECTOR), bindparam("terms", type_=SPARSEVEC)
    )


def _index_name(digest: str) -> str:
    return f"guidance_near_{_hex(digest)[:32]}"


def _index(connection: Connection, manifest: Manifest) -> None:
    connection.execute(
        text(
            f"CREATE INDEX {_index_name(manifest.digest)} ON guidance_passages "
            f"USING hnsw ((dense::vector({int(manifest.dimensions)})) vector_ip_ops) "
            f"WHERE snapshot = '{_hex(manifest.digest)}'"
        )
    )


def _hex(digest: str) -> str:
    """Return the digest, being nothing but hexadecimal digits, fit to stand in SQL."""
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise SnapshotUnknown(f"{digest!r} is not a snapshot's digest (64 hexadecimal digits).")
    return digest
