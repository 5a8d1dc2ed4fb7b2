"""Two people make an adviser's reply into a reviewed page: one proposes, another approves.

Each move is one transaction with its audit event. That proposer, author and approver differ is
checked in it, and so is the version that the maker of the move looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from rapidfuzz.distance import Levenshtein
from sqlalchemy import Connection, insert, select

from assistant.errors import (
    KnowledgeInvalid,
    KnowledgeMoveRefused,
    MessageInvalid,
    SecondPersonNeeded,
)
from assistant.escalations.messages import CaseMessage, MessageKind
from assistant.escalations.people import StaffMember
from assistant.escalations.rows import erased_is_no_case, lock_case
from assistant.escalations.tables import case_messages
from assistant.escalations.writing import LONGEST_WHY, checked, message_of
from assistant.live import Operations, WithdrawalKind
from assistant.reading import Reader
from assistant.redaction.redactor import LABELS
from assistant.reviewed_knowledge.page import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    LONGEST_TITLE,
    Approval,
    Knowledge,
    KnowledgeFile,
    QuotedAnswer,
    Suggestion,
    require_source,
    text_digest,
)
from assistant.reviewed_knowledge.quoting import answers_quoting
from assistant.reviewed_knowledge.rows import (
    change,
    knowledge_with,
    read_knowledge,
    require_version,
)
from assistant.reviewed_knowledge.states import KnowledgeMove, KnowledgeStatus, after
from assistant.reviewed_knowledge.tables import reviewed_knowledge
from assistant.storage import as_text
from assistant.text import RawText, RedactedText
from audit.canonical import Json
from audit.database import Database
from audit.events import Event, Kind
from audit.keys import KeyStore
from audit.log import Log

_IN_USE = (KnowledgeStatus.PROPOSED.value, KnowledgeStatus.APPROVED.value)


@dataclass(frozen=True, slots=True)
class ReviewedKnowledge:
    """The reviewed knowledge of one home. Texts raise KnowledgeInvalid, which names the field."""

    database: Database
    keys: KeyStore
    log: Log
    operations: Operations
    mask: Callable[[RawText], RedactedText]
    clock: Callable[[], datetime]

    # -- looking -------------------------------------------------------------------------------

    def all(self, *statuses: KnowledgeStatus) -> tuple[Knowledge, ...]:
        """Return what stands there, oldest first, without any text that was not approved."""
        with self.database.read() as connection:
            return knowledge_with(connection, *statuses)

    def find(self, name: str) -> Knowledge:
        """Return one piece, or raise KnowledgeUnknown."""
        with self.database.read() as connection:
            return read_knowledge(connection, name)

    def read(self, name: str, by: StaffMember) -> KnowledgeFile:
        """Return a piece with the text as proposed. That `by` opened it is recorded first.

        After the conversation was deleted there is only what was approved, which is no citizen's.
        """
        with self.database.write() as connection:
            found = read_knowledge(connection, name)
            facts: dict[str, Json] = {"what": "knowledge", "page": found.name, "by": by.id}
            self.log.append(connection, [Event(Kind.RECORD_VIEWED, facts, found.conversation_id)])
        with self.database.read() as connection:
            found = read_knowledge(connection, name)
            if found.status is KnowledgeStatus.APPROVED:
                return KnowledgeFile(found, found.question, found.answer)
            if found.status in {KnowledgeStatus.PROPOSED, KnowledgeStatus.REFUSED}:
                with erased_is_no_case():
                    said = self.log.personal(connection, found.proposed_record)
                    why = ""
                    if found.status is KnowledgeStatus.REFUSED:
                        why = str(self.log.personal(connection, found.decided_record)["why"])
                return KnowledgeFile(found, str(said["question"]), str(said["answer"]), why)
            return KnowledgeFile(found, found.question, found.answer)

    def suggest(self, case_id: str, message_id: str, by: StaffMember) -> Suggestion:
        """Return a reply, masked, and the question before it. The look is recorded first."""
        with erased_is_no_case():
            with self.database.write() as connection:
                case = lock_case(connection, case_id)
                facts: dict[str, Json] = {"what": "message", "case": case.id, "by": by.id}
                event = Event(Kind.RECORD_VIEWED, facts, case.conversation_id)
                self.log.append(connection, [event])
            with self.database.read() as connection:
                reply = self._reply(connection, case_id, message_id)
                view = self._reader.conversation(connection, case.conversation_id)
        asked = [turn.question for turn in view.turns if turn.asked_at <= reply.at]
        answer = self.mask(RawText(reply.text))
        return Suggestion(asked[-1] if asked else "", answer, reply.first_name)

    # -- two people ----------------------------------------------------------------------------

    def propose(
        self, case_id: str, message_id: str, by: StaffMember, question: str, answer: str
    ) -> Knowledge:
        """Put an adviser's reply forward as a question and an answer; both are masked again.

        Raises KnowledgeMoveRefused while the same reply is put forward or approved already.
        """
        asked = self.mask(RawText(_filled("question", question, LONGEST_QUESTION)))
        said = self.mask(RawText(_filled("answer", answer, LONGEST_ANSWER)))
        with erased_is_no_case(), self.database.write() as connection:
            case = lock_case(connection, case_id)
            reply = self._reply(connection, case_id, message_id)
            mine = reviewed_knowledge.c.message == reply.record
            query = select(reviewed_knowledge.c.name).where(
                mine, reviewed_knowledge.c.status.in_(_IN_USE)
            )
            if (name := connection.execute(query).scalar()) is not None:
                raise KnowledgeMoveRefused(f"This reply is put forward already, as {name}.")
            digest = self.log.record(connection, reply.record).leaf.commitment or ""
            facts: dict[str, Json] = {
                "case": case.id,
                "message": reply.record,
                "digest": digest,
                "by": by.id,
                "version": 1,
            }
            personal: dict[str, Json] = {"question": asked, "answer": said}
            event = Event(Kind.KNOWLEDGE_PROPOSED, facts, case.conversation_id, personal)
            (recorded,) = self.log.append(connection, [event])
            name = f"reviewed-{recorded.index}"
            connection.execute(
                insert(reviewed_knowledge),
                {
                    "name": name,
                    "version": 1,
                    "status": KnowledgeStatus.PROPOSED.value,
                    "conversation_id": case.conversation_id,
                    "case_id": case.id,
                    "message": reply.record,
                    "digest": digest,
                    "author": reply.staff_id,
                    "language": "cy" if case.language == "cy" else "en",
                    "proposed_by": by.id,
                    "proposed_name": by.first_name,
                    "proposed_at": as_text(recorded.at),
                    "proposed_record": recorded.record_id,
                },
            )
            return read_knowledge(connection, name)

    def approve(self, name: str, version: int, by: StaffMember, approval: Approval) -> Knowledge:
        """Approve a candidate as edited, with its official source and last day.

        Raises SecondPersonNeeded for who proposed it or wrote the reply, and KnowledgeInvalid
        while anything in it looks like personal data.
        """
        question = self._public("question", approval.question, LONGEST_QUESTION)
        answer = self._public("answer", approval.answer, LONGEST_ANSWER)
        title = self._public("official_title", approval.official_title, LONGEST_TITLE)
        require_source(approval, self.clock().date())
        with self.database.write() as connection:
            found = self._candidate(connection, name, version, by, KnowledgeMove.APPROVED)
            with erased_is_no_case():
                before = self.log.personal(connection, found.proposed_record)
            edited = Levenshtein.distance(str(before["question"]), question)
            edited += Levenshtein.distance(str(before["answer"]), answer)
            facts: dict[str, Json] = {
                **_facts(found, by),
                "edit_distance": edited,
                "text": text_digest(question, answer),
                "official_url": approval.official_url,
                "expires_on": approval.expires_on.isoformat(),
            }
            event = Event(Kind.KNOWLEDGE_APPROVED, facts, found.conversation_id)
            return self._decided(
                connection,
                found,
                by,
                event,
                status=KnowledgeStatus.APPROVED.value,
                question=question,
                answer=answer,
                official_url=approval.official_url,
                official_title=title,
                expires_on=approval.expires_on.isoformat(),
            )

    def refuse(self, name: str, version: int, by: StaffMember, why: str) -> Knowledge:
        """Refuse a candidate, with a reason for colleagues; its proposer and author may not."""
        said = _filled("why", why, LONGEST_WHY)
        with erased_is_no_case(), self.database.write() as connection:
            found = self._candidate(connection, name, version, by, KnowledgeMove.REFUSED)
            facts, personal = _facts(found, by), {"why": said}
            event = Event(Kind.KNOWLEDGE_REFUSED, facts, found.conversation_id, personal)
            status, now = KnowledgeStatus.REFUSED.value, as_text(self.clock())
            return self._decided(connection, found, by, event, status=status, ended_at=now)

    # -- out of use ----------------------------------------------------------------------------

    def withdraw(self, name: str, by: str, reason: str) -> tuple[QuotedAnswer, ...]:
        """Take a page out of use at once; return every answer that ever quoted it.

        One person is enough. `by` and `reason` go into the log as they are.
        """
        who, why = _filled("by", by, 60), _filled("reason", reason, LONGEST_WHY)
        with self.database.write() as connection:
            found = read_knowledge(connection, name, lock=True)
            self._end(connection, found, KnowledgeMove.WITHDRAWN, who, why)
        with self.database.read() as connection:
            return answers_quoting(connection, self.log, found.address)

    def expire_overdue(self) -> tuple[Knowledge, ...]:
        """Take pages out of use whose last day has passed; return them."""
        today = self.clock().date()
        ended = []
        for each in self.all(KnowledgeStatus.APPROVED):
            if not _past(each, today):
                continue
            with self.database.write() as connection:
                found = read_knowledge(connection, each.name, lock=True)
                if found.status is KnowledgeStatus.APPROVED:
                    why = f"its last day was {found.expires_on}"
                    ended.append(self._end(connection, found, KnowledgeMove.EXPIRED, "", why))
        return tuple(ended)

    def in_use(self) -> tuple[Knowledge, ...]:
        """Return the approved pages whose last day has not passed."""
        today = self.clock().date()
        return tuple(p for p in self.all(KnowledgeStatus.APPROVED) if not _past(p, today))

    def quoting(self, name: str) -> tuple[QuotedAnswer, ...]:
        """Return every answer that quoted a page."""
        with self.database.read() as connection:
            found = read_knowledge(connection, name)
            return answers_quoting(connection, self.log, found.address)

    # -- within one transaction ----------------------------------------------------------------

    def _reply(self, connection: Connection, case_id: str, message_id: str) -> CaseMessage:
        query = select(case_messages).where(
            case_messages.c.id == message_id,
            case_messages.c.case_id == case_id,
            case_messages.c.kind == MessageKind.REPLY.value,
        )
        row = connection.execute(query).one_or_none()
        if row is None:
            raise KnowledgeMoveRefused("That is no reply of an adviser in this case.")
        return message_of(connection, self._reader, row)

    def _candidate(
        self, connection: Connection, name: str, version: int, by: StaffMember, move: KnowledgeMove
    ) -> Knowledge:
        found = read_knowledge(connection, name)
        lock_case(
            connection, found.case_id
        )  # its conversation, so that nobody deletes it meanwhile
        found = read_knowledge(connection, name, lock=True)
        require_version(found, version)
        after(found.status, move, found.name)
        if by.id in {found.proposed_by, found.author}:
            raise SecondPersonNeeded(
                f"You proposed {found.name}, or wrote the reply it came from. "
                "Somebody else has to decide about it."
            )
        return found

    def _decided(
        self, connection: Connection, found: Knowledge, by: StaffMember, event: Event, **new: object
    ) -> Knowledge:
        (recorded,) = self.log.append(connection, [event])
        return change(
            connection,
            found,
            decided_by=by.id,
            decided_name=by.first_name,
            decided_at=as_text(recorded.at),
            decided_record=recorded.record_id,
            **new,
        )

    def _end(
        self, connection: Connection, found: Knowledge, move: KnowledgeMove, by: str, why: str
    ) -> Knowledge:
        status = after(found.status, move, found.name)
        kind = Kind.KNOWLEDGE_EXPIRED if not by else Kind.KNOWLEDGE_WITHDRAWN
        facts: dict[str, Json] = {
            "page": found.name,
            "version": found.version + 1,
            "by": by,
            "reason": why,
        }
        self.log.append(connection, [Event(kind, facts)])
        now = change(connection, found, status=status.value, ended_at=as_text(self.clock()))
        self.operations.withdraw_within(connection, WithdrawalKind.PAGE, found.address, why)
        return now

    def _public(self, field: str, text: str, most: int) -> str:
        """Return a text that is to be public, or raise while it looks as if it named somebody."""
        said = _filled(field, text, most)
        if self.mask(RawText(said)) != said or any(label in said for label in LABELS.values()):
            raise KnowledgeInvalid(
                field,
                "There may be personal details in this text, or a place where some were hidden. "
                "Reword it. A phone number or e-mail address belongs on the official page.",
            )
        return said

    @property
    def _reader(self) -> Reader:
        return Reader(self.keys, self.log, self.mask)


def _facts(found: Knowledge, by: StaffMember) -> dict[str, Json]:
    return {
        "page": found.name,
        "version": found.version + 1,
        "by": by.id,
        "proposed_by": found.proposed_by,
        "case": found.case_id,
        "message": found.message,
        "digest": found.digest,
    }


def _past(page: Knowledge, today: date) -> bool:
    return page.expires_on is not None and page.expires_on < today


def _filled(field: str, text: str, most: int) -> str:
    try:
        said = checked(text.replace("\r\n", "\n"), most, field.replace("_", " "))
    except MessageInvalid as fault:
        raise KnowledgeInvalid(field, str(fault)) from fault
    if any(each != "\n" and not each.isprintable() for each in said) or (
        "\n" in said and field != "answer"
    ):
        raise KnowledgeInvalid(field, "Use letters, figures and signs that can be printed.")
    return said
