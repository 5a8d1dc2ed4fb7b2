"""The assistant as the ways in use it: receive, answer, record, and only then return.

A turn is received (durable, under the client's idempotency key), answered outside any
transaction, then recorded: its row and its audit leaf commit together, and what the rules of that
moment forbid (a person has taken over, answering was switched off, a quoted page was withdrawn)
is checked inside that same transaction. Synchronous, and safe to call from many threads and
processes. Reading back is in `reading`, what a crash left half-done in `closing`; the port that the
ways in know is in `conversations`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from assistant import statements
from assistant.callbacks import forget_call_back
from assistant.challenges.challenges import erase_challenges
from assistant.closing import Closing
from assistant.describing import Description, Descriptions, check, claim
from assistant.errors import (
    ConversationUnknown,
    KeyReused,
    TurnInProgress,
)
from assistant.escalations.cases import Cases
from assistant.escalations.desk import Desk, erase_escalation
from assistant.escalations.needs import NO_NEEDS, SupportNeeds
from assistant.guidance import Answering
from assistant.history import exchange_of
from assistant.live import LiveState, read_live
from assistant.monitoring import count_question
from assistant.newer_rules import under_newer_rules
from assistant.outcomes import Abstained, Reason
from assistant.pipeline import Watcher, answer
from assistant.policy import Policy
from assistant.presentation import view_of
from assistant.private_codes import forget_code
from assistant.questions import require_readable, require_text
from assistant.ratings import RatingReason
from assistant.reading import Reader, erased_is_unknown, require_conversation, require_turn
from assistant.records import answered_event, settle, suppressed_event
from assistant.reviewed_knowledge.erasing import erase_candidates
from assistant.storage import as_text, conversations, turns
from assistant.text import RawText, RedactedText
from assistant.turns import Exchange, TraceEntry, Turn
from assistant.views import ConversationView, TurnStatus, TurnView
from audit.database import Database
from audit.events import Event, Kind
from audit.keys import KeyStore
from audit.log import Log
from audit.vault import record_salt, seal

ANSWER_WITHIN = timedelta(seconds=120)
"""A turn not recorded by then is taken for lost in a crash."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """Conversations with citizens. Errors are those of `assistant.errors`.

    A wish for a person opens a case where there are `cases` and `staffed` says, within the same
    transaction, that the contact centre is in use; otherwise it is recorded, and no more.
    """

    database: Database
    keys: KeyStore
    log: Log
    policy: Policy
    answering: Answering
    mask: Callable[[RawText], RedactedText]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    descriptions: Descriptions
    organisation: str = ""
    cases: Cases | None = None
    staffed: Callable[[Connection], bool] = lambda connection: False
    answer_within: timedelta = ANSWER_WITHIN

    def start(self, language: str = "en") -> ConversationView:
        """Begin a conversation with a key of its own."""
        conversation_id, now = self.new_id(), self.clock()
        self.keys.create(conversation_id)
        with self.database.write() as connection:
            connection.execute(
                insert(conversations).values(
                    id=conversation_id, language=language, started_at=as_text(now)
                )
            )
            facts = {"language": language, "policy": self.policy.digest}
            self.log.append(connection, [Event(Kind.CONVERSATION_STARTED, facts, conversation_id)])
        return ConversationView(conversation_id, language, now)

    def ask(
        self,
        conversation_id: str,
        question: RawText,
        key: str,
        watch: Watcher = lambda stage: None,
    ) -> TurnView:
        """Answer, record, then return. The same key and question give the same turn again.

        `watch` is told each step's name as it begins. Raises QuestionInvalid, KeyReused or
        TurnInProgress with nothing stored, ConversationUnknown when erased.
        """
        require_text(question)
        with erased_is_unknown():
            try:
                received = self._receive(conversation_id, question, key)
            except TurnInProgress:
                if not self._closing.overdue(conversation_id):
                    raise
                received = self._receive(conversation_id, question, key)
            if isinstance(received, TurnView):
                return received
            turn, position, state = received
            return self._record(conversation_id, self._answer(turn, state, watch), position, state)

    def turn(self, conversation_id: str, turn_id: str) -> TurnView:
        """Return one turn; its `status` says whether it is answered yet."""
        self._closing.overdue(conversation_id)
        with erased_is_unknown(), self.database.read() as connection:
            return self._reader.turn(connection, conversation_id, turn_id)

    def read(self, conversation_id: str) -> ConversationView:
        """Return the whole conversation, oldest turn first."""
        self._closing.overdue(conversation_id)
        with erased_is_unknown(), self.database.read() as connection:
            return self._reader.conversation(connection, conversation_id)

    def receipt(self, conversation_id: str, turn_id: str) -> str:
        """Return the text of a receipt that proves what was said, to anyone, offline."""
        with erased_is_unknown(), self.database.read() as connection:
            return self._reader.receipt(connection, conversation_id, turn_id)

    def feedback(
        self,
        conversation_id: str,
        turn_id: str,
        useful: bool,
        comment: RawText,
        reason: RatingReason | None = None,
    ) -> TurnView:
        """Record whether an answer was useful, and why not; a later opinion replaces an earlier."""
        require_readable(comment)
        with erased_is_unknown(), self.database.write() as connection:
            require_conversation(connection, conversation_id, lock=True)
            row = require_turn(connection, conversation_id, turn_id)
            word = "useful" if useful else "not_useful"
            personal = {"comment": self.mask(comment)} if comment.strip() else None
            facts = {"turn": turn_id, "useful": useful, "record": row.record_id or ""}
            if reason is not None:
                facts["reason"] = reason.value
            self.log.append(
                connection, [Event(Kind.FEEDBACK_GIVEN, facts, conversation_id, personal)]
            )
            connection.execute(update(turns).where(turns.c.id == turn_id).values(feedback=word))
        return self.turn(conversation_id, turn_id)

    def describe(self, conversation_id: str, description: Description) -> None:
        """Count what a citizen says of themselves, once a conversation, joined to nothing in it.

        Raises ConversationUnknown, DescriptionInvalid, or DescribedAlready.
        """
        check(description, self.policy.describing["en"])
        with self.database.write() as connection:
            came = claim(connection, conversation_id)
        self.descriptions.add(description, came)

    def choose_language(self, conversation_id: str, language: str) -> ConversationView:
        """Speak this language ("en" or "cy") to the citizen from now on; what was said stays."""
        with erased_is_unknown(), self.database.write() as connection:
            row = require_conversation(connection, conversation_id, lock=True)
            if row.language != language:
                connection.execute(
                    update(conversations)
                    .where(conversations.c.id == conversation_id)
                    .values(language=language)
                )
                chosen = Event(Kind.LANGUAGE_CHOSEN, {"language": language}, conversation_id)
                self.log.append(connection, [chosen])
        return self.read(conversation_id)

    def ask_for_person(
        self, conversation_id: str, needs: SupportNeeds = NO_NEEDS
    ) -> ConversationView:
        """Record the wish for a person; never refused. Repeating it changes nothing.

        With staff it opens a case, or brings back one that ended a few days ago. `needs` are kept
        only where there is a case.
        """
        with erased_is_unknown(), self.database.write() as connection:
            require_conversation(connection, conversation_id, lock=True)
            self._request_person(connection, conversation_id, needs)
        return self.read(conversation_id)

    def state_needs(self, conversation_id: str, needs: SupportNeeds) -> ConversationView:
        """Record the citizen's support needs in place of earlier ones, for whoever has their case.

        Without a case that has not ended nobody could act on them: nothing is kept.
        """
        with erased_is_unknown(), self.database.write() as connection:
            require_conversation(connection, conversation_id, lock=True)
            self._desk.state_needs(connection, conversation_id, needs)
        return self.read(conversation_id)

    def erase(self, conversation_id: str) -> None:
        """Destroy the conversation's key, ciphertext and salts; its proofs stay valid.

        Repeating it changes nothing. Should the process die before the key is destroyed,
        `audit.erasure.finish_erasures` does that at the next start.
        """
        with self.database.write() as connection:
            asked = {"conversation": conversation_id}
            row = connection.execute(statements.LOCK_CONVERSATION, asked).one_or_none()
            if row is None:
                raise ConversationUnknown("There is no such conversation.")
            if row.erased_at is None:
                connection.execute(
                    update(turns)
                    .where(
                        turns.c.conversation_id == conversation_id,
                        turns.c.status == TurnStatus.RECEIVED.value,
                    )
                    .values(status=TurnStatus.CLOSED.value, sealed_question=None)
                )
                connection.execute(
                    update(conversations)
                    .where(conversations.c.id == conversation_id)
                    .values(erased_at=as_text(self.clock()))
                )
                forget_code(connection, conversation_id)
                forget_call_back(connection, conversation_id)
                erase_candidates(connection, self.log, conversation_id, self.clock())
                erase_challenges(connection, self.log, conversation_id)
                erase_escalation(connection, self.log, conversation_id)
                self.log.erase(connection, conversation_id)
        self.keys.destroy(conversation_id)

    def close_half_done(self, *, all_of_them: bool) -> int:
        """Close turns that a crash left half-done; return how many. See `Closing.half_done`."""
        return self._closing.half_done(all_of_them=all_of_them)

    @property
    def _reader(self) -> Reader:
        return Reader(self.keys, self.log, self.mask)

    @property
    def _closing(self) -> Closing:
        return Closing(
            self.database,
            self.log,
            self._reader,
            self.policy,
            self.clock,
            self.organisation,
            self._desk.deliver,
        )

    @property
    def _desk(self) -> Desk:
        return Desk(self.cases, self.staffed)

    # -- receiving -----------------------------------------------------------------------------

    def _receive(
        self, conversation_id: str, question: RawText, key: str
    ) -> TurnView | tuple[Turn, int, LiveState]:
        now, turn_id = self.clock(), self.new_id()
        with self.database.write() as connection:
            row = require_conversation(connection, conversation_id, lock=True)
            secret = self.keys.get(conversation_id)
            mark = record_salt(secret, f"idempotency key {key}").hex()
            asked = {"conversation": conversation_id}
            earlier = connection.execute(
                statements.SELECT_BY_KEY, {**asked, "key": mark}
            ).one_or_none()
            if earlier is not None:
                return self._repeat(connection, earlier, question)
            position = connection.execute(statements.COUNT_TURNS, asked).scalar_one()
            connection.execute(
                statements.INSERT_TURN,
                {
                    "id": turn_id,
                    "conversation_id": conversation_id,
                    "position": position,
                    "idempotency_key": mark,
                    "status": TurnStatus.RECEIVED.value,
                    "asked_at": as_text(now),
                    "answer_by": as_text(now + self.answer_within),
                    "sealed_question": seal(secret, turn_id, question.encode()),
                },
            )
            state = read_live(connection)
        history = self._history(conversation_id, position) if position else ()
        return Turn(turn_id, question, now, row.language, history), position, state

    def _repeat(self, connection: Connection, row: Row[Any], question: RawText) -> TurnView:
        if self._reader.question_of(connection, row) != question:
            raise KeyReused("That Idempotency-Key came with another question: use a new key.")
        if row.status == TurnStatus.RECEIVED.value:
            raise TurnInProgress("This question is being answered: read the turn in a moment.")
        return self._reader.view(connection, row)

    def _history(self, conversation_id: str, position: int) -> tuple[Exchange, ...]:
        """Return the turns to follow up on. One that was refused is nothing to lean on."""
        first = position - self.policy.limits.history_turns
        with self.database.read() as connection:
            rows = connection.execute(
                statements.SELECT_RECORDED,
                {"conversation": conversation_id, "first": first, "before": position},
            ).all()
            views = [self._reader.view(connection, row) for row in rows]
        return tuple(exchange_of(view) for view in views if view.outcome != "refused")

    # -- answering and recording ---------------------------------------------------------------

    def _answer(self, turn: Turn, state: LiveState, watch: Watcher) -> Turn:
        try:
            steps = self.answering.steps(state)
        except Exception as fault:  # noqa: BLE001  (fails closed: a person instead of an answer)
            return _faulty(turn, "guidance", fault)
        try:
            return answer(turn, steps, watch)
        except Exception as fault:  # noqa: BLE001  (only `watch` can raise here)
            return _faulty(turn, "watch", fault)

    def _record(
        self, conversation_id: str, turn: Turn, position: int, state: LiveState
    ) -> TurnView:
        versions = self.answering.versions(state)
        with self.database.write() as connection:
            conversation = require_conversation(connection, conversation_id, lock=True)
            row = require_turn(connection, conversation_id, turn.id)
            if row.status != TurnStatus.RECEIVED.value:
                return self._reader.view(connection, row)
            if conversation.person_has_since is not None:
                event = suppressed_event(turn, conversation_id, position, versions)
                recorded = settle(connection, self.log, turn.id, TurnStatus.SILENT, event)
                self._desk.deliver(connection, conversation_id, turn.id, recorded)
                row = require_turn(connection, conversation_id, turn.id)
                return self._reader.view(connection, row)
            self.log.lock(connection)
            now = read_live(connection)
            if now.version != state.version:
                turn = under_newer_rules(turn, state, now)
            outcome = turn.outcome or Abstained(Reason.SYSTEM_FAULT)
            view = view_of(
                replace(turn, outcome=outcome),
                conversation_id=conversation_id,
                position=position,
                message=self.policy.message(
                    outcome,
                    turn.language,
                    turn.detected,
                    self.organisation,
                    turn.nation,
                    turn.marks,
                ),
                notice=self.policy.wording(turn.language).masked_notice(turn.masked),
                versions=versions,
                answered_at=self.clock(),
                help_note=self.policy.help_note(turn.maybe, turn.language),
            )
            workings = self._desk.keep_workings(connection, conversation_id, turn, outcome)
            event = answered_event(turn, outcome, view, versions, workings)
            recorded = settle(connection, self.log, turn.id, TurnStatus.ANSWERED, event, outcome)
            if position == 0:
                day, rules = self.clock().date(), self.policy.monitoring
                count_question(connection, turn, outcome, day, rules)
            if self._desk.hands_over(outcome):
                self._request_person(connection, conversation_id)
        return replace(view, record=recorded.record_id)

    def _request_person(
        self, connection: Connection, conversation_id: str, needs: SupportNeeds = NO_NEEDS
    ) -> None:
        asked = connection.execute(
            update(conversations)
            .where(
                conversations.c.id == conversation_id,
                conversations.c.person_requested_at.is_(None),
            )
            .values(person_requested_at=as_text(self.clock()))
        )
        if asked.rowcount:
            self.log.append(connection, [Event(Kind.PERSON_REQUESTED, {}, conversation_id)])
        self._desk.request(connection, conversation_id, needs)


def _faulty(turn: Turn, stage: str, fault: Exception) -> Turn:
    entry = TraceEntry(stage, "fault", {"error": type(fault).__name__}, 0)
    outcome = Abstained(Reason.SYSTEM_FAULT)
    return replace(turn, answer=None, outcome=outcome, trace=(*turn.trace, entry))
