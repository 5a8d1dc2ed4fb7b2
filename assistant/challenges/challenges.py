"""Challenges to answers: a citizen makes one, somebody who did not handle it decides.

Each move is one transaction: the row, the audit event, the outbox. A decision takes the `version`
of the challenge that its maker looked at: of two who decide at once one wins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from assistant.challenges.challenge import Challenge, ChallengeFigures, ChallengeFile, Decision
from assistant.challenges.rows import (
    challenge_of,
    challenge_on,
    handled,
    lock_challenge,
    read_challenge,
)
from assistant.challenges.shown import decision_of, said_in
from assistant.challenges.states import ChallengeMove, ChallengeStatus, Ruling
from assistant.challenges.tables import challenges
from assistant.errors import ChallengeMoved, ChallengeRefused, DecidedByHandler
from assistant.escalations.cases import Cases
from assistant.escalations.needs import NO_NEEDS
from assistant.escalations.outbox import announce
from assistant.escalations.people import StaffMember
from assistant.escalations.rows import erased_is_no_case
from assistant.escalations.states import EscalationReason
from assistant.escalations.workings import kept
from assistant.escalations.writing import checked
from assistant.reading import Reader, erased_is_unknown, require_conversation, require_turn
from assistant.storage import as_text
from assistant.text import RawText, RedactedText
from assistant.views import TurnStatus
from audit.canonical import Json
from audit.database import Database
from audit.events import Event, Kind
from audit.keys import KeyStore
from audit.log import Log
from audit.receipts import write_receipt

LONGEST_WHY = 2_000
LONGEST_DECISION = 4_000


@dataclass(frozen=True, slots=True)
class Challenges:
    """The challenges of one home. `cases` is None, and `staffed` says no, in a trial.

    Texts raise MessageInvalid when they are empty or too long; unknown ones ChallengeUnknown.
    """

    database: Database
    keys: KeyStore
    log: Log
    mask: Callable[[RawText], RedactedText]
    cases: Cases | None
    staffed: Callable[[Connection], bool]

    def make(self, conversation_id: str, turn_id: str, why: RawText) -> Challenge:
        """Challenge an answer, as its citizen. The same words again give the same challenge.

        Where the contact centre is in use it opens a case; elsewhere it waits in the list.
        Raises ChallengeRefused for what is no answer yet, and for other words the second time.
        """
        said = self.mask(RawText(checked(why, LONGEST_WHY, "reason")))
        with erased_is_unknown(), self.database.write() as connection:
            require_conversation(connection, conversation_id, lock=True)
            turn = require_turn(connection, conversation_id, turn_id)
            earlier = challenge_on(connection, turn_id)
            if earlier is not None:
                return self._repeated(connection, earlier, said)
            if turn.status != TurnStatus.ANSWERED.value:
                raise ChallengeRefused("There is no answer here to challenge yet.")
            language = self._reader.turn(connection, conversation_id, turn_id).language
            case_id = self._case(connection, conversation_id)
            facts: dict[str, Json] = {"turn": turn_id, "record": turn.record_id, "case": case_id}
            event = Event(Kind.CHALLENGE_MADE, facts, conversation_id, {"why": said})
            (recorded,) = self.log.append(connection, [event])
            reference = f"CH-{recorded.index}"
            connection.execute(
                insert(challenges),
                {
                    "reference": reference,
                    "conversation_id": conversation_id,
                    "turn_id": turn_id,
                    "case_id": case_id or None,
                    "version": 1,
                    "language": language,
                    "made_at": as_text(recorded.at),
                    "record_id": turn.record_id,
                    "made_record": recorded.record_id,
                    "erased": False,
                },
            )
            move = ChallengeMove.MADE
            announce(connection, recorded, move, case_id or reference, conversation_id)
            return read_challenge(connection, reference)

    def all(self, status: ChallengeStatus | None = None, limit: int = 200) -> tuple[Challenge, ...]:
        """Return challenges without any text: undecided ones first, each from the oldest on."""
        query = select(challenges)
        match status:
            case ChallengeStatus.OPEN:
                query = query.where(challenges.c.ruling.is_(None), challenges.c.erased.is_(False))
            case ChallengeStatus.DECIDED:
                query = query.where(challenges.c.ruling.is_not(None))
            case ChallengeStatus.ERASED:
                query = query.where(challenges.c.ruling.is_(None), challenges.c.erased.is_(True))
        waiting_first = (challenges.c.ruling.is_not(None), challenges.c.made_at)
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(*waiting_first).limit(limit))
            return tuple(challenge_of(row) for row in rows)

    def find(self, reference: str) -> Challenge:
        """Return where a challenge stands: nothing of its text, so nobody's look is recorded."""
        with self.database.read() as connection:
            return read_challenge(connection, reference)

    def read(self, reference: str, by: StaffMember) -> ChallengeFile:
        """Return the whole challenge. That `by` opened it is recorded first."""
        with erased_is_no_case():
            self._record_view(reference, by, "challenge")
            with self.database.read() as connection:
                found = read_challenge(connection, reference)
                key = self.keys.get(found.conversation_id)
                return ChallengeFile(
                    challenge=found,
                    why=said_in(connection, self.log, found.made_record)["why"],
                    turn=self._reader.turn(connection, found.conversation_id, found.turn_id),
                    passages=kept(connection, key, found.turn_id).passages,
                    decision=decision_of(connection, self.log, found),
                    handled=handled(connection, self.log, found.conversation_id, by.id),
                )

    def receipt(self, reference: str, by: StaffMember) -> str:
        """Return the receipt of the challenged answer, which reveals it: recorded first."""
        with erased_is_no_case():
            found = self._record_view(reference, by, "receipt")
            with self.database.read() as connection:
                return write_receipt(self.log.receipt(connection, found.record, reveal=True))

    def decide(
        self, reference: str, version: int, by: StaffMember, decision: Decision
    ) -> Challenge:
        """Decide a challenge; the citizen reads it in the conversation.

        Raises ChallengeMoved when somebody else decided first, and DecidedByHandler for who had a
        case of the conversation or replied in it.
        """
        reasons = checked(decision.reasons, LONGEST_DECISION, "reason for the decision")
        corrected = _corrected(decision)
        with erased_is_no_case(), self.database.write() as connection:
            found = lock_challenge(connection, reference)
            if found.version != version or found.ruling is not None:
                raise ChallengeMoved(
                    found.reference,
                    found.decided_name or "the citizen",
                    as_text(found.decided_at or found.made_at),
                )
            if handled(connection, self.log, found.conversation_id, by.id):
                raise DecidedByHandler(
                    f"You dealt with the conversation of {found.reference}. Somebody who did not "
                    "has to decide it."
                )
            facts: dict[str, Json] = {
                "challenge": found.reference,
                "turn": found.turn_id,
                "record": found.record,
                "version": version + 1,
                "by": by.id,
                "ruling": decision.ruling.value,
            }
            personal: dict[str, Json] = {"reasons": reasons, "corrected": corrected}
            event = Event(Kind.CHALLENGE_DECIDED, facts, found.conversation_id, personal)
            (recorded,) = self.log.append(connection, [event])
            changed = connection.execute(
                update(challenges)
                .where(
                    challenges.c.reference == found.reference, challenges.c.version == found.version
                )
                .values(
                    version=version + 1,
                    ruling=decision.ruling.value,
                    decided_at=as_text(recorded.at),
                    decided_by=by.id,
                    decided_name=by.first_name,
                    decided_record=recorded.record_id,
                )
            )
            assert changed.rowcount == 1  # the conversation's lock keeps everybody else waiting
            move = ChallengeMove.DECIDED
            where = found.case_id or found.reference
            announce(connection, recorded, move, where, found.conversation_id)
            return read_challenge(connection, found.reference)

    def figures(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> ChallengeFigures:
        """Return the counts of challenges made from `since` on and before `until`."""
        with self.database.read() as connection:
            return challenge_figures(connection, since, until)

    def _case(self, connection: Connection, conversation_id: str) -> str:
        if self.cases is None or not self.staffed(connection):
            return ""
        handover, reason = self.cases.handover, EscalationReason.CHALLENGE
        return handover.request(connection, conversation_id, NO_NEEDS, reason).id

    def _repeated(self, connection: Connection, earlier: Challenge, said: str) -> Challenge:
        if said_in(connection, self.log, earlier.made_record)["why"] != said:
            raise ChallengeRefused(
                f"This answer is challenged already, as {earlier.reference}. "
                "To add something, ask for a person."
            )
        return earlier

    def _record_view(self, reference: str, by: StaffMember, what: str) -> Challenge:
        with self.database.write() as connection:
            found = lock_challenge(connection, reference)
            facts: dict[str, Json] = {"what": what, "challenge": found.reference, "by": by.id}
            event = Event(Kind.RECORD_VIEWED, facts, found.conversation_id)
            self.log.append(connection, [event])
        return found

    @property
    def _reader(self) -> Reader:
        return Reader(self.keys, self.log, self.mask)


def challenge_figures(
    connection: Connection, since: datetime | None = None, until: datetime | None = None
) -> ChallengeFigures:
    """Return the counts of challenges made from `since` on and before `until`, of all otherwise."""
    query = select(challenges.c.ruling, challenges.c.erased, func.count())
    if since is not None:
        query = query.where(challenges.c.made_at >= as_text(since))
    if until is not None:
        query = query.where(challenges.c.made_at < as_text(until))
    by_ruling = dict.fromkeys(Ruling, 0)
    waiting = erased = 0
    for ruling, gone, count in connection.execute(
        query.group_by(challenges.c.ruling, challenges.c.erased)
    ):
        if ruling:
            by_ruling[Ruling(ruling)] += count
        elif gone:
            erased += count
        else:
            waiting += count
    made = waiting + erased + sum(by_ruling.values())
    return ChallengeFigures(made, waiting, erased, by_ruling)


def erase_challenges(connection: Connection, log: Log, conversation_id: str) -> None:
    """Close the challenges of a conversation that is being deleted. Texts go with the key."""
    mine = challenges.c.conversation_id == conversation_id
    for row in connection.execute(select(challenges).where(mine)).all():
        found = challenge_of(row)
        new = {"erased": True, "version": found.version + 1}
        connection.execute(
            update(challenges).where(challenges.c.reference == found.reference).values(**new)
        )
        if found.ruling is None:
            facts: dict[str, Json] = {"challenge": found.reference, "version": found.version + 1}
            (recorded,) = log.append(
                connection, [Event(Kind.CHALLENGE_CLOSED, facts, conversation_id)]
            )
            where = found.case_id or found.reference
            announce(connection, recorded, ChallengeMove.CLOSED, where, conversation_id)


def _corrected(decision: Decision) -> str:
    given = decision.corrected.strip()
    if decision.ruling.corrects:
        return checked(given, LONGEST_DECISION, "corrected answer")
    if given:
        raise ChallengeRefused(
            "Where the answer was right there is no corrected one: leave that field empty, "
            "or decide otherwise."
        )
    return ""
