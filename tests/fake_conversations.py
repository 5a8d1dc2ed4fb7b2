"""An assistant in memory, for tests of the ways in: what it does depends on words in the question.

| in the question   | what happens                                               |
|-------------------|------------------------------------------------------------|
| (anything else)   | answered: paragraph, list, steps and a table, three        |
|                   | sections of two pages, words explained, two summaries      |
| "caution"         | answered with a caution                                    |
| "xyzzy"           | abstained, with the nearest pages                          |
| "hurt myself"     | signposted, urgent, with contacts                          |
| "my account"      | signposted to one office                                   |
| "passport?"       | clarifying, with choices                                   |
| "slow"            | waits for `release` to be set, then answers                |
| "broken"          | raises an error that nobody expects                        |
| "off"             | raises `AnsweringOff`                                      |
| "unreadable"      | raises `QuestionInvalid`                                   |
| "markup"          | answers with hostile markup in every field                 |
| "07700"           | answered, with a phone number masked                       |
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event, RLock

from assistant.answers import ExplainedWord, Link
from assistant.describing import Description, check
from assistant.errors import (
    AnsweringOff,
    ConversationUnknown,
    DescribedAlready,
    DescriptionInvalid,
    KeyReused,
    QuestionInvalid,
    TurnInProgress,
    TurnUnknown,
)
from assistant.escalations.needs import NO_NEEDS, SupportNeeds
from assistant.outcomes import Contact, HelpNote
from assistant.ratings import RatingReason
from assistant.text import RawText
from assistant.views import (
    AnswerBlock,
    Citation,
    ConversationView,
    SourcePage,
    SummaryShown,
    TurnStatus,
    TurnView,
)
from tests.assisting import bundled_policy

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STAGES = ("screen", "redact", "safeguard", "route", "retrieve", "rerank", "compose", "ground")
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">&lt;b&gt;'


@dataclass
class FakeConversations:
    """`release` holds slow questions back until set; `asked` lists every question answered."""

    release: Event = field(default_factory=Event)
    asked: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    descriptions: list[Description] = field(default_factory=list)
    ratings: list[tuple[str, bool, str, RatingReason | None]] = field(default_factory=list)
    _conversations: dict[str, ConversationView] = field(default_factory=dict)
    _keys: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _answering: set[tuple[str, str]] = field(default_factory=set)
    _erased: set[str] = field(default_factory=set)
    _lock: RLock = field(default_factory=RLock)

    def start(self, language: str = "en") -> ConversationView:
        with self._lock:
            conversation = ConversationView(f"c{len(self._conversations) + 1}", language, NOON)
            self._conversations[conversation.id] = conversation
            return conversation

    def ask(
        self,
        conversation_id: str,
        question: RawText,
        key: str,
        watch: Callable[[str], None] = lambda stage: None,
    ) -> TurnView:
        with self._lock:
            conversation = self.read(conversation_id)
            place = (conversation_id, key)
            if place in self._keys:
                before, turn_id = self._keys[place]
                if before != question:
                    raise KeyReused
                return self.turn(conversation_id, turn_id)
            if place in self._answering:
                raise TurnInProgress
            if not question.strip() or "unreadable" in question:
                raise QuestionInvalid("Type your question in plain words.")
            if len(question) > 2_000:
                raise QuestionInvalid("Your question must be 2000 characters or less.")
            if "off" in question.split():
                raise AnsweringOff
            self._answering.add(place)
            self.begun.append(question)
        try:
            for stage in STAGES:
                watch(stage)
                if stage == "retrieve" and "slow" in question:
                    self.release.wait(20)
            if "broken" in question:
                raise RuntimeError(f"cannot answer {question!r}")
            with self._lock:
                conversation = self.read(conversation_id)
                position = len(conversation.turns)
                turn = _answered(conversation, f"t{position + 1}", position, question)
                self._conversations[conversation_id] = replace(
                    conversation, turns=(*conversation.turns, turn)
                )
                self._keys[place] = (question, turn.id)
                self.asked.append(question)
                return turn
        finally:
            self._answering.discard(place)

    def turn(self, conversation_id: str, turn_id: str) -> TurnView:
        for turn in self.read(conversation_id).turns:
            if turn.id == turn_id:
                return turn
        raise TurnUnknown

    def read(self, conversation_id: str) -> ConversationView:
        with self._lock:
            if conversation_id not in self._conversations:
                raise ConversationUnknown
            return self._conversations[conversation_id]

    def receipt(self, conversation_id: str, turn_id: str) -> str:
        turn = self.turn(conversation_id, turn_id)
        return f"signpost receipt\nrecord {turn.record}\n"

    def feedback(
        self,
        conversation_id: str,
        turn_id: str,
        useful: bool,
        comment: RawText,
        reason: RatingReason | None = None,
    ) -> TurnView:
        with self._lock:
            self.ratings.append((turn_id, useful, comment, reason))
            turn = replace(
                self.turn(conversation_id, turn_id), feedback="useful" if useful else "not_useful"
            )
            conversation = self.read(conversation_id)
            self._conversations[conversation_id] = replace(
                conversation,
                turns=tuple(turn if each.id == turn_id else each for each in conversation.turns),
            )
            return turn

    def describe(self, conversation_id: str, description: Description) -> None:
        with self._lock:
            conversation = self.read(conversation_id)
            check(description, bundled_policy().describing["en"])
            if conversation.described:
                raise DescribedAlready
            if not conversation.turns:
                raise DescriptionInvalid
            self._conversations[conversation_id] = replace(conversation, described=True)
            self.descriptions.append(description)

    def choose_language(self, conversation_id: str, language: str) -> ConversationView:
        with self._lock:
            conversation = replace(self.read(conversation_id), language=language)
            self._conversations[conversation_id] = conversation
            return conversation

    def ask_for_person(
        self, conversation_id: str, needs: SupportNeeds = NO_NEEDS
    ) -> ConversationView:
        with self._lock:
            conversation = self.read(conversation_id)
            if conversation.person_requested_at is None:
                conversation = replace(
                    conversation, person_requested_at=NOON + timedelta(minutes=5)
                )
                self._conversations[conversation_id] = conversation
            return conversation

    def state_needs(self, conversation_id: str, needs: SupportNeeds) -> ConversationView:
        return self.read(conversation_id)

    def erase(self, conversation_id: str) -> None:
        with self._lock:
            if conversation_id in self._erased:
                return
            self.read(conversation_id)
            self._erased.add(conversation_id)
            del self._conversations[conversation_id]


RENEW = Citation(
    url="https://www.example.gov.test/renew-adult-passport/renew#online",
    title="Renew or replace your adult passport",
    heading="Renew online",
    quote="You can renew your passport online.\nYou must have: a digital photo, a payment card.",
    updated="2024-03-03",
    publisher="Passport office",
    licence="OGL-UK-3.0",
    nations=("England", "Wales"),
)
APPLY = replace(
    RENEW,
    url="https://www.example.gov.test/renew-adult-passport/renew#how-to-apply",
    heading="How to apply",
    quote="Fill in the form.\nPay the fee.",
)
STARTER = Citation(
    url="/guidance/passport-photos#digital-or-printed",
    title="Passport photos",
    heading="Digital or printed",
    quote="How you apply | What you need",
    updated="2025-01",
    publisher="Signpost starter guidance",
    licence="MIT",
    starter=True,
    official_url="https://www.example.gov.test/photos-for-passports",
    official_title="Get a passport photo",
)
BLOCKS = (
    AnswerBlock("paragraph", "Renew online", ("You can renew your passport online.",), 0),
    AnswerBlock("list", "Renew online", ("a digital photo", "a payment card"), 0, "You must have:"),
    AnswerBlock("steps", "How to apply", ("Fill in the form.", "Pay the fee."), 1, "", (1, 2)),
    AnswerBlock(
        "table",
        "Digital or printed",
        ("online | one digital photo", "paper form | two printed photos that are the same"),
        2,
        "How you apply | What you need",
    ),
)
PAGES = (
    SourcePage("https://www.example.gov.test/renew-adult-passport", RENEW.title, (0, 1)),
    SourcePage("/guidance/passport-photos", STARTER.title, (2,)),
)
EXPLAINED = (
    ExplainedWord("biometric", "Your face and fingerprints, kept to prove who you are."),
    ExplainedWord("HMRC", "The part of government that takes tax."),
)
SUMMARIES = (
    SummaryShown("You can do it on the web.", 0, "J. Evans, Passport office", "2026-02-01"),
    SummaryShown("Fill in a form.\n\nThen pay.", 1),
)


NOTE = HelpNote(
    "You do not have to face <this> alone.",
    (Contact("Listening line", "116 000", "https://help.example.test", "Free"),),
)


def _answered(
    conversation: ConversationView, turn_id: str, position: int, question: str
) -> TurnView:
    turn = TurnView(
        id=turn_id,
        conversation_id=conversation.id,
        position=position,
        status=TurnStatus.ANSWERED,
        question=question,
        asked_at=NOON,
        language=conversation.language,
        outcome="answered",
        reason="quoted",
        answer="You can renew your passport online.",
        blocks=BLOCKS,
        citations=(RENEW, APPLY, STARTER),
        pages=PAGES,
        reading_age=12,
        explained=EXPLAINED,
        summaries=SUMMARIES,
        confidence=0.87,
        snapshot="s1",
        policy="p1",
        record=f"r{position}",
        answered_at=NOON + timedelta(seconds=1),
        elapsed_ms=120,
    )
    nothing = replace(
        turn,
        answer="",
        blocks=(),
        citations=(),
        pages=(),
        reading_age=None,
        explained=(),
        summaries=(),
        confidence=None,
    )
    match question.lower():
        case text if "caution" in text:
            return replace(turn, reason="quoted_with_caution")
        case text if "xyzzy" in text:
            return replace(
                nothing,
                outcome="abstained",
                reason="no_guidance",
                message="I could not find guidance that answers this.\n\nThese pages may help.",
                nearest=(Link("Renew your passport", RENEW.url, "2024-03-03"),),
            )
        case text if "hurt myself" in text:
            return replace(
                nothing,
                outcome="signposted",
                reason="self_harm",
                message="You do not have to face this alone.",
                urgent=True,
                contacts=(
                    Contact("Listening line", "116 000", "https://help.example.test", "Free"),
                ),
            )
        case text if "cannot carry" in text:
            return replace(turn, help_note=NOTE)
        case text if "my account" in text:
            return replace(
                nothing,
                outcome="signposted",
                reason="account_data",
                message="I cannot see your account.",
                contacts=(Contact("Tax helpline", "0300 000 0000"),),
            )
        case text if text.strip() == "passport?":
            return replace(
                nothing,
                outcome="clarifying",
                reason="which_one",
                message="Which one do you mean?",
                choices=("How do I renew a passport?", "What if my passport is lost?"),
            )
        case text if "markup" in text:
            return _hostile(turn)
        case text if "07700" in text:
            return replace(
                turn,
                question="Call me on [phone number]",
                masked=("phone",),
                notice="To protect you, we hid a phone number.",
            )
        case _:
            return turn


def _hostile(turn: TurnView) -> TurnView:
    source = Citation(
        url="javascript:alert(3)",
        title=HOSTILE,
        heading=HOSTILE,
        quote=HOSTILE,
        updated=HOSTILE,
        publisher=HOSTILE,
        starter=True,
        official_url="data:text/html,<script>alert(4)</script>",
        official_title=HOSTILE,
    )
    return replace(
        turn,
        question=HOSTILE,
        message=HOSTILE,
        answer=HOSTILE,
        blocks=(
            AnswerBlock("paragraph", HOSTILE, (HOSTILE,), 0, HOSTILE),
            AnswerBlock("table", HOSTILE, (HOSTILE,), 0, HOSTILE),
        ),
        citations=(source,),
        pages=(SourcePage("javascript:alert(8)", HOSTILE, (0,)),),
        explained=(ExplainedWord(HOSTILE, HOSTILE),),
        summaries=(SummaryShown(HOSTILE, 0, HOSTILE, HOSTILE),),
        masked=(HOSTILE,),
        notice=HOSTILE,
        choices=(HOSTILE, '" autofocus onfocus="alert(5)'),
        contacts=(Contact(HOSTILE, HOSTILE, "javascript:alert(6)", HOSTILE),),
        nearest=(Link(HOSTILE, "vbscript:alert(7)", HOSTILE),),
    )
