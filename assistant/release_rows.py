"""Releases and board keys as rows: read back as values, written beside the records of the log."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, insert, select

from assistant.releases import (
    EvaluationKind,
    EvaluationRecord,
    Move,
    MoveKind,
    Release,
    ReleaseState,
    Verdict,
)
from assistant.storage import board_keys, evaluation_records, release_moves, releases
from audit.note import VerifierKey, parse_verifier_key

_DIGEST: BindParameter[str] = bindparam("release")

SELECT_RELEASE = select(releases).where(releases.c.digest == _DIGEST)
SELECT_DIGESTS = (
    select(release_moves.c.release)
    .group_by(release_moves.c.release)
    .order_by(func.min(release_moves.c.at), release_moves.c.release)
)
SELECT_MOVES = (
    select(release_moves)
    .where(release_moves.c.release == _DIGEST)
    .order_by(release_moves.c.position)
)
SELECT_EVALUATIONS = (
    select(evaluation_records)
    .where(evaluation_records.c.release == _DIGEST)
    .order_by(evaluation_records.c.position)
)
COUNT_OVERRIDES = (
    select(func.count())
    .select_from(release_moves)
    .where(release_moves.c.kind == MoveKind.OVERRIDDEN.value)
)
SELECT_KEYS = select(board_keys).order_by(board_keys.c.registered_at, board_keys.c.verifier_key)


def read_release(connection: Connection, digest: str, live: str) -> ReleaseState | None:
    """Return a release as it stands, `live` being the digest of the one that serves, or None."""
    row = connection.execute(SELECT_RELEASE, {"release": digest}).one_or_none()
    if row is None:
        return None
    return ReleaseState(
        release=Release(row.software, row.snapshot, row.policy, row.embedder, row.composer),
        name=row.name,
        moves=tuple(
            Move(MoveKind(each.kind), each.who, each.reason, each.at, each.record_id, each.note)
            for each in connection.execute(SELECT_MOVES, {"release": digest})
        ),
        evaluations=tuple(each for each, _ in read_evaluations(connection, digest)),
        live=digest == live,
    )


def read_evaluations(
    connection: Connection, digest: str
) -> tuple[tuple[EvaluationRecord, str], ...]:
    """Return the evaluations of a release, oldest first, each with its record in the log."""
    rows = connection.execute(SELECT_EVALUATIONS, {"release": digest}).all()
    return tuple((_evaluation(row), row.record_id) for row in rows)


def read_digests(connection: Connection) -> tuple[str, ...]:
    """Return the digests of all releases, the first proposed first."""
    return tuple(connection.execute(SELECT_DIGESTS).scalars())


def insert_release(connection: Connection, release: Release, name: str) -> None:
    """Write a release that nobody proposed before."""
    connection.execute(
        insert(releases),
        {
            "digest": release.digest,
            "software": release.software,
            "snapshot": release.snapshot,
            "policy": release.policy,
            "embedder": release.embedder,
            "composer": release.composer,
            "name": name,
        },
    )


def insert_moves(connection: Connection, digest: str, moves: Sequence[Move]) -> None:
    """Write moves after those that the release has."""
    first = len(connection.execute(SELECT_MOVES, {"release": digest}).all())
    connection.execute(
        insert(release_moves),
        [
            {
                "record_id": move.record,
                "release": digest,
                "position": first + number,
                "kind": move.kind.value,
                "who": move.by,
                "reason": move.reason,
                "note": move.note,
                "at": move.at,
            }
            for number, move in enumerate(moves)
        ],
    )


def insert_evaluations(
    connection: Connection, digest: str, found: Sequence[tuple[EvaluationRecord, str]]
) -> None:
    """Write evaluations, each with its record in the log, after those that the release has."""
    first = len(connection.execute(SELECT_EVALUATIONS, {"release": digest}).all())
    if found:
        connection.execute(
            insert(evaluation_records),
            [
                {
                    "record_id": record,
                    "release": digest,
                    "position": first + number,
                    "kind": each.kind.value,
                    "verdict": each.verdict.value,
                    "says": each.says,
                    "report_sha256": each.report_sha256,
                    "at": each.at,
                }
                for number, (each, record) in enumerate(found)
            ],
        )


def read_keys(connection: Connection, *, retired: bool = False) -> tuple[VerifierKey, ...]:
    """Return the board's keys in use, the first registered first; with `retired` all there were."""
    rows = connection.execute(SELECT_KEYS).all()
    return tuple(
        parse_verifier_key(row.verifier_key) for row in rows if retired or row.retired_at is None
    )


def _evaluation(row: Row[Any]) -> EvaluationRecord:
    return EvaluationRecord(
        EvaluationKind(row.kind),
        row.release,
        Verdict(row.verdict),
        row.says,
        row.report_sha256,
        row.at,
    )
