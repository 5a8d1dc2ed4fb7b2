"""What serves citizens right now: the snapshot, what is withdrawn, and the off switch.

`LiveState` is one frozen value, stored as the newest row of `live` and changed only here, in the
same transaction as its audit event. Every process reads it with each question, so that a
withdrawal or a switch takes effect at once everywhere. Where there is a gate, what begins to serve
has to be in an approved release; withdrawing and switching never ask.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert

from assistant.errors import AnsweringOff, NothingToChange, ReleaseMoveRefused
from assistant.release_rows import insert_moves
from assistant.releases import Move, MoveKind, ReleaseState, plain_line
from assistant.statements import SELECT_LIVE
from assistant.storage import as_text, live
from audit.canonical import Json
from audit.database import Database
from audit.events import Event, Kind
from audit.log import Log
from knowledge.documents import Passage


@dataclass(frozen=True, slots=True)
class SnapshotRef:
    """A built snapshot: its name and the digest of its text and settings."""

    name: str
    version: str


class WithdrawalKind(StrEnum):
    PAGE = "page"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Guidance that must not be quoted: a page by its address, or a topic by words in titles."""

    kind: WithdrawalKind
    value: str
    reason: str
    at: str

    def covers(self, passage: Passage) -> bool:
        """Say whether the passage may not be quoted because of this withdrawal."""
        match self.kind:
            case WithdrawalKind.PAGE:
                addresses = (passage.document_url, passage.official_url, passage.url)
                return page_address(self.value) in {page_address(a) for a in addresses if a}
            case WithdrawalKind.TOPIC:
                return _topic(self.value) in _topic(passage.heading)


@dataclass(frozen=True, slots=True)
class LiveState:
    """The newest row of `live`. `earlier` are snapshots that served before, oldest first.

    `release` is the digest of the approved release that serves, empty in a trial.
    """

    version: int = 0
    answering: bool = True
    off_reason: str = ""
    snapshot: SnapshotRef | None = None
    earlier: tuple[SnapshotRef, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    release: str = ""

    def withdrawn(self, passages: Sequence[Passage]) -> frozenset[str]:
        """Return the document addresses of those passages that are withdrawn."""
        return frozenset(
            passage.document_url
            for passage in passages
            if any(withdrawal.covers(passage) for withdrawal in self.withdrawals)
        )


def read_live(connection: Connection) -> LiveState:
    """Return what is live; the state of a new home when nothing was ever activated.

    Whoever holds the log's lock (`Log.lock`) keeps operators' moves waiting until it commits.
    """
    row = connection.execute(SELECT_LIVE).one_or_none()
    return LiveState() if row is None else _from_json(row.version, row.state)


class Admission(Protocol):
    """What the gate is asked: the approved release of a snapshot, or ReleaseUnexamined."""

    def admit(self, connection: Connection, snapshot: str) -> ReleaseState: ...

    def admits(self, connection: Connection, snapshot: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Operations:
    """The operator's moves. Each is one transaction: the new state and its audit event.

    Without a gate, as in a trial, anything may be activated.
    """

    database: Database
    log: Log
    clock: Callable[[], datetime]
    gate: Admission | None = None

    def state(self) -> LiveState:
        """Return what is live."""
        with self.database.read() as connection:
            return read_live(connection)

    def activate(
        self,
        snapshot: SnapshotRef,
        facts: Mapping[str, str | int | bool],
        *,
        by: str = "operator",
        reason: str = "its guidance was activated",
        seen: LiveState | None = None,
    ) -> LiveState:
        """Let a snapshot serve citizens; the one before stays at hand for `rollback`.

        With a gate, the release that it makes here is active from then on, as `by` and `reason`
        say; raises ReleaseUnexamined where there is no approved one. With `seen`, raises
        ReleaseMoveRefused when anything became live since.
        """

        def change(connection: Connection, state: LiveState) -> LiveState:
            if seen is not None and state.version != seen.version:
                raise ReleaseMoveRefused(
                    "Somebody changed what is live just before. Look again: "
                    "`signpost release status`."
                )
            release = self._admitted(connection, snapshot)
            if state.snapshot == snapshot and release in {"", state.release}:
                raise NothingToChange(f"{snapshot.name} {snapshot.version[:16]} is already active.")
            if state.snapshot == snapshot:
                return replace(state, release=release)
            earlier = (*state.earlier, state.snapshot) if state.snapshot else state.earlier
            return replace(state, snapshot=snapshot, earlier=earlier, release=release)

        said: dict[str, str | int] = {"name": snapshot.name, "version": snapshot.version, **facts}
        if self.gate is None:
            said["trial"] = True
        return self._change(Kind.SNAPSHOT_ACTIVATED, change, said, by, reason)

    def rollback(self, reason: str, by: str = "operator") -> LiveState:
        """Return to the snapshot that served before; with a gate, the last that is approved here.

        Those it passes over are forgotten.
        """

        def change(connection: Connection, state: LiveState) -> LiveState:
            if not state.earlier:
                raise NothingToChange("No earlier snapshot has been active: nothing to return to.")
            earlier = list(state.earlier)
            if self.gate is not None:
                while len(earlier) > 1 and not self.gate.admits(connection, earlier[-1].version):
                    earlier.pop()
            release = self._admitted(connection, earlier[-1])
            return replace(
                state, snapshot=earlier[-1], earlier=tuple(earlier[:-1]), release=release
            )

        return self._change(Kind.SNAPSHOT_ROLLED_BACK, change, {"reason": reason}, by, reason)

    def withdraw(self, kind: WithdrawalKind, value: str, reason: str) -> LiveState:
        """Stop quoting a page or topic at once."""

        def change(_: Connection, state: LiveState) -> LiveState:
            if not _named(kind, value):
                raise NothingToChange("Name the page (its whole address) or the topic to withdraw.")
            if any(_same(withdrawal, kind, value) for withdrawal in state.withdrawals):
                raise NothingToChange(f"{value} is already withdrawn.")
            withdrawal = Withdrawal(kind, value, reason, as_text(self.clock()))
            return replace(state, withdrawals=(*state.withdrawals, withdrawal))

        facts = {"what": kind.value, "value": value, "reason": reason}
        return self._change(Kind.GUIDANCE_WITHDRAWN, change, facts)

    def withdraw_within(
        self, connection: Connection, kind: WithdrawalKind, value: str, reason: str
    ) -> None:
        """Stop quoting a page or topic, in the caller's transaction; nothing if that is so now."""

        def change(_: Connection, state: LiveState) -> LiveState:
            withdrawal = Withdrawal(kind, value, reason, as_text(self.clock()))
            return replace(state, withdrawals=(*state.withdrawals, withdrawal))

        self.log.lock(connection)
        if not any(_same(each, kind, value) for each in read_live(connection).withdrawals):
            facts = {"what": kind.value, "value": value, "reason": reason}
            self._change_within(connection, Kind.GUIDANCE_WITHDRAWN, change, facts)

    def restore(self, kind: WithdrawalKind, value: str, reason: str) -> LiveState:
        """Let a withdrawn page or topic be quoted again."""

        def change(_: Connection, state: LiveState) -> LiveState:
            kept = tuple(w for w in state.withdrawals if not _same(w, kind, value))
            if len(kept) == len(state.withdrawals):
                raise NothingToChange(f"{value} is not withdrawn.")
            return replace(state, withdrawals=kept)

        facts = {"what": kind.value, "value": value, "reason": reason}
        return self._change(Kind.GUIDANCE_RESTORED, change, facts)

    def switch(self, answering: bool, reason: str) -> LiveState:
        """Switch answering on or off for everybody; people stay reachable."""

        def change(_: Connection, state: LiveState) -> LiveState:
            if answering and state.snapshot is None:
                raise AnsweringOff("No snapshot is active: ingest guidance with --activate first.")
            if state.answering is answering:
                raise NothingToChange(f"Answering is already {'on' if answering else 'off'}.")
            return replace(state, answering=answering, off_reason="" if answering else reason)

        facts: dict[str, str | int | bool] = {"answering": answering, "reason": reason}
        return self._change(Kind.ASSISTANT_SWITCHED, change, facts)

    def _admitted(self, connection: Connection, snapshot: SnapshotRef) -> str:
        """Return the digest of the release that may serve; nothing where there is no gate."""
        if self.gate is None:
            return ""
        return self.gate.admit(connection, snapshot.version).digest

    def _change(
        self,
        kind: Kind,
        change: Callable[[Connection, LiveState], LiveState],
        facts: Mapping[str, str | int | bool],
        by: str = "",
        reason: str = "",
    ) -> LiveState:
        """See `_change_within`: in a transaction of its own."""
        with self.database.write() as connection:
            return self._change_within(connection, kind, change, facts, by, reason)

    def _change_within(
        self,
        connection: Connection,
        kind: Kind,
        change: Callable[[Connection, LiveState], LiveState],
        facts: Mapping[str, str | int | bool],
        by: str = "",
        reason: str = "",
    ) -> LiveState:
        """The log's lock comes first: it makes other moves wait, so that none is lost."""
        self.log.lock(connection)
        before = read_live(connection)
        after = replace(change(connection, before), version=before.version + 1)
        activated = after.release and after.release != before.release
        told: dict[str, Json] = dict(facts)
        if after.release and after.snapshot != before.snapshot:
            told["release"] = after.release
        events = []
        if not activated or after.snapshot != before.snapshot:
            events.append(Event(kind, told))
        if activated:
            events.append(_release_event(before, after, by, reason))
        recorded = self.log.append(connection, events)
        if activated:
            move = Move(
                MoveKind.ACTIVATED,
                by.strip(),
                reason.strip(),
                as_text(recorded[-1].at),
                recorded[-1].record_id,
            )
            insert_moves(connection, after.release, [move])
        connection.execute(
            insert(live).values(
                version=after.version,
                state=_to_json(after),
                changed_at=as_text(recorded[0].at),
                record_id=recorded[0].record_id,
            )
        )
        return after


def _release_event(before: LiveState, after: LiveState, by: str, reason: str) -> Event:
    return Event(
        Kind.RELEASE_ACTIVATED,
        {
            "release": after.release,
            "supersedes": before.release,
            "by": plain_line(by, "who activates it (--by)"),
            "reason": plain_line(reason, "why (--reason)"),
        },
    )


def page_address(address: str) -> str:
    """Return a page's address without what does not tell pages apart.

    Fragment, trailing slash, "http" or "https" and the case of the host are left out.
    """
    parts = urlsplit(address.strip())
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.casefold()}{parts.path.rstrip('/')}{query}"


def _topic(text: str) -> str:
    return " ".join(text.casefold().split())


def _named(kind: WithdrawalKind, value: str) -> bool:
    return bool(page_address(value) if kind is WithdrawalKind.PAGE else _topic(value))


def _same(withdrawal: Withdrawal, kind: WithdrawalKind, value: str) -> bool:
    if withdrawal.kind is not kind:
        return False
    as_compared = page_address if kind is WithdrawalKind.PAGE else _topic
    return as_compared(withdrawal.value) == as_compared(value)


def _to_json(state: LiveState) -> str:
    return json.dumps(asdict(state), ensure_ascii=False, sort_keys=True)


def _from_json(version: int, text: str) -> LiveState:
    value = json.loads(text)
    snapshot = value["snapshot"]
    return LiveState(
        version=version,
        answering=value["answering"],
        off_reason=value["off_reason"],
        snapshot=SnapshotRef(**snapshot) if snapshot else None,
        earlier=tuple(SnapshotRef(**ref) for ref in value["earlier"]),
        withdrawals=tuple(
            Withdrawal(**{**w, "kind": WithdrawalKind(w["kind"])}) for w in value["withdrawals"]
        ),
        release=value.get("release", ""),
    )
