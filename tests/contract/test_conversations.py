"""Everything that `Conversations` promises, on SQLite and on PostgreSQL alike."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import event, func, insert, inspect, select, text, update

from assistant.errors import (
    ConversationUnknown,
    KeyReused,
    QuestionInvalid,
    TurnInProgress,
    TurnUnknown,
)
from assistant.live import WithdrawalKind
from assistant.outcomes import Abstained, Reason
from assistant.pipeline import Step
from assistant.policy import Policy
from assistant.ratings import RatingReason
from assistant.steps.listen import Listeners
from assistant.storage import as_text, conversations, turns
from assistant.text import RawText
from assistant.turns import Turn
from assistant.views import ConversationView, TurnStatus, TurnView
from audit.erasure import finish_erasures
from audit.errors import KeyErased, LogMismatch
from audit.events import Kind
from audit.receipts import verify_receipt
from audit.storage import log_leaves, vault
from knowledge.documents import Document, Passage, PlainSummary
from tests.assisting import (
    FIRST,
    PASSPORT,
    SECOND,
    SIGNER,
    World,
    bundled_policy,
    eager_policy,
    hearing,
    little_guidance,
    open_world,
    opened,
)
from tests.databases import NewDatabase
from tests.fakes import passage_a_block

QUESTION = "How can I renew my passport?"
ANSWER = "You can renew your passport online or with a paper form."


CHECKED = PlainSummary("You can do it on the web.", "J. Evans", "2026-02-01")
DRAFT = PlainSummary("You can do it by post.")


def offering(*, drafts: bool) -> Policy:
    """Return the policy under which every answer counts as hard to read."""
    policy = eager_policy()
    changed = {"hard_above_age": 0, "draft_summaries": drafts}
    return replace(policy, reading=policy.reading.model_copy(update=changed))


def summarised(document: Document) -> tuple[Passage, ...]:
    return tuple(replace(passage, plain=CHECKED) for passage in passage_a_block(document))


def drafted(document: Document) -> tuple[Passage, ...]:
    return tuple(replace(passage, plain=DRAFT) for passage in passage_a_block(document))


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[World]:
    with open_world(new_database(), new_database()) as opened:
        yield opened


@pytest.fixture
def conversation(world: World) -> ConversationView:
    return world.assistant.start()


def kinds(world: World) -> list[str]:
    with world.database.read() as connection:
        return list(
            connection.execute(
                select(log_leaves.c.kind).order_by(log_leaves.c.leaf_index)
            ).scalars()
        )


def personal(world: World, record: str) -> dict:  # type: ignore[type-arg]
    with world.database.read() as connection:
        return dict(world.log.personal(connection, record))


def facts(world: World, record: str) -> dict:  # type: ignore[type-arg]
    with world.database.read() as connection:
        return dict(world.log.record(connection, record).facts)


def in_the_middle(
    world: World, conversation: ConversationView, act: Callable[[], object]
) -> TurnView:
    """Ask, and do something else when the answer has been found but not recorded."""

    def watch(stage: str) -> None:
        if stage == "decide":
            act()

    return world.assistant.ask(conversation.id, RawText(QUESTION), "key", watch)


def leave_half_done(world: World, conversation: ConversationView, question: str, key: str) -> str:
    """Receive a question and die before it is answered; return the turn's id."""

    class Died(BaseException):
        """What a kill looks like from inside."""

    def die(stage: str) -> None:
        raise Died

    with pytest.raises(Died):
        world.assistant.ask(conversation.id, RawText(question), key, die)
    with world.database.read() as connection:
        return str(
            connection.execute(
                select(turns.c.id).where(turns.c.status == TurnStatus.RECEIVED.value)
            ).scalar_one()
        )


# -- asking and reading ----------------------------------------------------------------------------


def test_an_answer_is_quoted_recorded_and_read_again(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, QUESTION)
    assert shown.outcome == "answered"
    assert ANSWER in shown.answer
    assert shown.citations[0].url == f"{PASSPORT}#about"
    assert ANSWER in shown.citations[0].quote.split("\n")
    assert shown == world.assistant.turn(conversation.id, shown.id)
    assert world.assistant.read(conversation.id).turns == (shown,)
    assert kinds(world)[-2:] == [Kind.CONVERSATION_STARTED, Kind.TURN_ANSWERED]
    assert world.verify().ok


def test_every_record_names_what_shaped_the_answer(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, QUESTION)
    said = facts(world, shown.record)
    assert said["versions"] == {
        "software": "software-1",
        "snapshot": FIRST.version,
        "policy": world.policy.digest,
        "embedder": "embedder-1",
        "composer": "q",
        "live": 1,
    }
    assert [entry["step"] for entry in said["trace"]][-1] == "decide"
    assert said["considered"]
    assert said["quoted"][0]["url"] == f"{PASSPORT}#about"
    assert personal(world, shown.record)["input"]["question"] == QUESTION


def test_what_helps_to_read_an_answer_is_recorded_before_it_is_shown(
    new_database: NewDatabase,
) -> None:
    with open_world(new_database(), new_database(), policy=offering(drafts=False)) as world:
        world.guidance[FIRST] = opened(little_guidance(), summarised)
        conversation = world.assistant.start()
        shown = world.ask(conversation, QUESTION)
        assert [each.text for each in shown.summaries] == [CHECKED.text]
        assert shown.summaries[0].checked_by == CHECKED.checked_by
        assert CHECKED.text not in shown.answer
        assert all(CHECKED.text not in each.quote for each in shown.citations)
        assert shown.reading_age is not None
        kept = personal(world, shown.record)["view"]
        assert kept["summaries"] == [asdict(each) for each in shown.summaries]
        assert kept["explained"] == [asdict(each) for each in shown.explained]
        assert kept["reading_age"] == shown.reading_age
        assert world.assistant.turn(conversation.id, shown.id) == shown
        (traced,) = (e for e in facts(world, shown.record)["trace"] if e["step"] == "explain")
        digest = hashlib.sha256(CHECKED.text.encode()).hexdigest()
        assert traced["evidence"]["summaries"] == [digest]
        assert traced["evidence"]["reading_age"] == shown.reading_age


def test_a_summary_that_nobody_checked_is_shown_only_where_the_policy_says_so(
    new_database: NewDatabase,
) -> None:
    for drafts in (False, True):
        policy = offering(drafts=drafts)
        with open_world(new_database(), new_database(), policy=policy) as world:
            world.guidance[FIRST] = opened(little_guidance(), drafted)
            shown = world.ask(world.assistant.start(), QUESTION)
            assert [each.text for each in shown.summaries] == ([DRAFT.text] if drafts else [])
            told = json.dumps(personal(world, shown.record))
            assert (DRAFT.text in told) is drafts


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_note_to_somebody_in_trouble_is_recorded_and_read_again(
    new_database: NewDatabase, language: Literal["en", "cy"]
) -> None:
    with open_world(new_database(), new_database(), listeners=Listeners(hearing(-1.0))) as world:
        conversation = world.assistant.start(language)
        shown = world.ask(conversation, QUESTION)
        assert shown.help_note is not None
        assert shown.outcome == "answered"
        assert shown.help_note.text == (world.policy.wording(language).notices.maybe_in_trouble)
        said = facts(world, shown.record)
        assert "maybe_in_trouble" in said["marks"]
        kept = personal(world, shown.record)["view"]["help_note"]
        assert kept["text"] == shown.help_note.text
        (read,) = world.assistant.read(conversation.id).turns
        assert read == shown
        assert world.ask(conversation, QUESTION) == shown
        receipt = world.assistant.receipt(conversation.id, shown.id)
        assert shown.help_note.contacts[0].name in receipt
        assert world.verify().ok


def test_the_note_takes_nothing_from_the_answer_and_rules_speak_alone(
    new_database: NewDatabase,
) -> None:
    with (
        open_world(new_database(), new_database(), listeners=Listeners(hearing(-1.0))) as noting,
        open_world(new_database(), new_database()) as silent,
    ):
        for question in (QUESTION, "xyzzy", "and what about it then", "I want to end my life"):
            one, other = (each.ask(each.assistant.start(), question) for each in (noting, silent))
            ruled = question == "I want to end my life"
            assert (one.help_note is None) is ruled
            assert other.help_note is None
            same = ("outcome", "reason", "message", "answer", "blocks", "citations", "contacts")
            assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
            assert "maybe_in_trouble" not in facts(silent, other.record)["marks"]


def test_the_note_stays_when_answering_is_switched_off_meanwhile(
    new_database: NewDatabase,
) -> None:
    with open_world(new_database(), new_database(), listeners=Listeners(hearing(-1.0))) as world:
        shown = world.assistant.ask(
            world.assistant.start().id,
            RawText(QUESTION),
            "k",
            lambda stage: world.operations.switch(False, "a fault") if stage == "decide" else None,
        )
        assert shown.reason == "answering_off"
        assert shown.help_note is not None


def test_a_follow_up_uses_what_came_before(world: World, conversation: ConversationView) -> None:
    world.ask(conversation, QUESTION)
    alone = world.ask(world.assistant.start(), "Does it cost more?")
    followed = world.ask(conversation, "Does it cost more?")
    assert "passport" in followed.answer
    history = personal(world, followed.record)["input"]["history"]
    assert [each["question"] for each in history] == [QUESTION]
    assert history[0]["title"] == "Renew a passport"
    assert personal(world, alone.record)["input"]["history"] == []


def test_history_is_as_long_as_the_policy_says(
    world: World, conversation: ConversationView
) -> None:
    most = bundled_policy().limits.history_turns
    asked = [world.ask(conversation, f"When are bins emptied, part {n}?") for n in range(most + 2)]
    history = personal(world, asked[-1].record)["input"]["history"]
    assert [each["question"] for each in history] == [each.question for each in asked[1:-1]]


@pytest.mark.parametrize("question", ["", "  \n\t", "\ud800 passport"])
def test_what_is_no_text_is_refused_and_nothing_is_stored(
    world: World, conversation: ConversationView, question: str
) -> None:
    before = kinds(world)
    with pytest.raises(QuestionInvalid):
        world.assistant.ask(conversation.id, RawText(question), "key")
    assert world.assistant.read(conversation.id).turns == ()
    assert kinds(world) == before


@pytest.mark.parametrize(
    "question",
    ["\x00", "a\x00b passport", "🙂" * 30, "passport " * 2000, "x" * 5000, "\u202epassport"],
)
def test_any_text_gets_an_outcome(
    world: World, conversation: ConversationView, question: str
) -> None:
    shown = world.ask(conversation, question)
    assert shown.status is TurnStatus.ANSWERED
    assert shown == world.assistant.turn(conversation.id, shown.id)
    assert world.verify().ok


def test_unknown_things_are_unknown(world: World, conversation: ConversationView) -> None:
    shown = world.ask(conversation, QUESTION)
    other = world.assistant.start()
    for wrong in (
        lambda: world.assistant.read("nobody"),
        lambda: world.assistant.ask("nobody", RawText("Hello"), "k"),
        lambda: world.assistant.ask_for_person("nobody"),
        lambda: world.assistant.erase("nobody"),
    ):
        with pytest.raises(ConversationUnknown):
            wrong()
    for wrong in (
        lambda: world.assistant.turn(conversation.id, "none"),
        lambda: world.assistant.turn(other.id, shown.id),
        lambda: world.assistant.receipt(other.id, shown.id),
        lambda: world.assistant.feedback(other.id, shown.id, True, RawText("")),
    ):
        with pytest.raises(TurnUnknown):
            wrong()
    assert not world.keys.is_destroyed("nobody")


def test_a_receipt_proves_offline_what_was_said(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, QUESTION)
    world.ask(conversation, "When are bins emptied?")
    receipt = verify_receipt(
        world.assistant.receipt(conversation.id, shown.id), [SIGNER.verifier_key]
    )
    assert receipt.leaf.record_id == shown.record
    assert receipt.opening is not None
    assert receipt.opening.personal["view"]["answer"] == shown.answer  # type: ignore[index,call-overload]


def test_feedback_is_kept_and_recorded(world: World, conversation: ConversationView) -> None:
    shown = world.ask(conversation, QUESTION)
    rated = world.assistant.feedback(
        conversation.id, shown.id, False, RawText("Ring me on 07700 900123, Ms Jones")
    )
    assert rated == replace(shown, feedback="not_useful")
    again = world.assistant.feedback(conversation.id, shown.id, True, RawText(""))
    assert again.feedback == "useful"
    assert kinds(world)[-2:] == [Kind.FEEDBACK_GIVEN] * 2
    with world.database.read() as connection:
        comments = [
            world.log.personal(connection, each.record_id)["comment"]
            for each in world.log.records(connection, conversation.id)
            if each.kind is Kind.FEEDBACK_GIVEN and each.has_personal
        ]
    assert comments == [world.assistant.mask(RawText("Ring me on 07700 900123, Ms Jones"))]
    assert "07700" not in comments[0]


@pytest.mark.parametrize("reason", RatingReason)
def test_why_an_answer_was_of_no_use_can_be_counted_from_the_log(
    world: World, conversation: ConversationView, reason: RatingReason
) -> None:
    shown = world.ask(conversation, QUESTION)
    world.assistant.feedback(conversation.id, shown.id, False, RawText(""), reason)
    with world.database.read() as connection:
        (rated,) = [
            each.facts
            for each in world.log.records(connection, conversation.id)
            if each.kind is Kind.FEEDBACK_GIVEN
        ]
    assert rated["reason"] == reason.value
    assert rated["useful"] is False


def test_the_language_is_chosen_for_what_follows_and_recorded_once(
    world: World, conversation: ConversationView
) -> None:
    before = world.ask(conversation, "xyzzy plugh")
    for _ in range(2):
        chosen = world.assistant.choose_language(conversation.id, "cy")
    assert chosen.language == "cy"
    assert chosen.turns == (before,), "what was said stays as it was"
    assert kinds(world).count(Kind.LANGUAGE_CHOSEN) == 1
    after = world.ask(conversation, "xyzzy plover")
    assert after.language == "cy"
    assert after.message != before.message


def test_feedback_that_is_no_text_is_refused(world: World, conversation: ConversationView) -> None:
    shown = world.ask(conversation, QUESTION)
    with pytest.raises(QuestionInvalid):
        world.assistant.feedback(conversation.id, shown.id, True, RawText("\udfff"))
    assert world.assistant.turn(conversation.id, shown.id).feedback == ""


# -- a person --------------------------------------------------------------------------------------


def test_asking_for_a_person_is_never_refused_and_repeating_changes_nothing(
    world: World, conversation: ConversationView
) -> None:
    world.operations.switch(False, "trying")
    first = world.assistant.ask_for_person(conversation.id)
    assert first.person_requested_at is not None
    world.clock.pass_(hours=1)
    before = kinds(world)
    assert world.assistant.ask_for_person(conversation.id) == first
    assert kinds(world) == before
    assert before.count(Kind.PERSON_REQUESTED) == 1


def test_twenty_at_once_ask_for_a_person_once(world: World, conversation: ConversationView) -> None:
    with ThreadPoolExecutor(10) as pool:
        seen = list(pool.map(world.assistant.ask_for_person, [conversation.id] * 20))
    assert len({view.person_requested_at for view in seen}) == 1
    assert kinds(world).count(Kind.PERSON_REQUESTED) == 1


def test_a_question_that_asks_for_a_person_is_that_request(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, "I want to talk to a person")
    assert shown.outcome == "escalated"
    assert world.assistant.read(conversation.id).person_requested_at is not None
    assert kinds(world)[-1] == Kind.PERSON_REQUESTED


def hand_over(world: World, conversation: ConversationView) -> None:
    with world.database.write() as connection:
        connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation.id)
            .values(person_has_since=as_text(world.clock()))
        )


def test_once_a_person_has_it_nothing_is_said_even_in_the_middle_of_answering(
    world: World, conversation: ConversationView
) -> None:
    shown = in_the_middle(world, conversation, lambda: hand_over(world, conversation))
    assert shown.status is TurnStatus.SILENT
    assert (shown.answer, shown.message, shown.citations, shown.outcome) == ("", "", (), "")
    assert kinds(world)[-1] == Kind.TURN_SUPPRESSED
    assert facts(world, shown.record)["versions"]["policy"] == world.policy.digest
    assert shown == world.assistant.turn(conversation.id, shown.id)
    assert shown == world.assistant.ask(conversation.id, RawText(QUESTION), "key")
    assert world.ask(conversation, "When are bins emptied?").status is TurnStatus.SILENT
    assert world.verify().ok


# -- idempotency -----------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_turn_and_no_second_record(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, QUESTION, "once")
    before = kinds(world)
    world.clock.pass_(days=3)
    assert world.ask(conversation, QUESTION, "once") == shown
    assert kinds(world) == before
    assert len(world.assistant.read(conversation.id).turns) == 1


def test_a_key_may_serve_in_another_conversation(
    world: World, conversation: ConversationView
) -> None:
    one = world.ask(conversation, QUESTION, "once")
    two = world.ask(world.assistant.start(), "When are bins emptied?", "once")
    assert one.id != two.id


def test_a_key_that_comes_back_with_another_question_is_refused(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, QUESTION, "once")
    before = kinds(world)
    with pytest.raises(KeyReused):
        world.ask(conversation, QUESTION + " ", "once")
    assert world.assistant.read(conversation.id).turns == (shown,)
    assert kinds(world) == before


@pytest.mark.parametrize("key", ["x" * 5000, "\x00", "ключ", " "])
def test_any_text_serves_as_a_key(world: World, conversation: ConversationView, key: str) -> None:
    assert world.ask(conversation, QUESTION, key) == world.ask(conversation, QUESTION, key)


def test_a_repeat_while_it_is_answered_is_told_so(
    world: World, conversation: ConversationView
) -> None:
    told: list[Exception] = []

    def repeat() -> None:
        for question in (QUESTION, "another question"):
            try:
                world.assistant.ask(conversation.id, RawText(question), "key")
            except (TurnInProgress, KeyReused) as error:
                told.append(error)

    shown = in_the_middle(world, conversation, repeat)
    assert [type(error) for error in told] == [TurnInProgress, KeyReused]
    assert world.assistant.read(conversation.id).turns == (shown,)


def test_twenty_threads_with_one_key_make_exactly_one_record(
    world: World, conversation: ConversationView
) -> None:
    def ask(_: int) -> str:
        try:
            return world.ask(conversation, QUESTION, "once").id
        except TurnInProgress:
            return "in progress"

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(ask, range(20)))
    assert len(answers - {"in progress"}) == 1
    assert kinds(world).count(Kind.TURN_ANSWERED) == 1
    assert len(world.assistant.read(conversation.id).turns) == 1


def test_positions_have_no_gaps_however_many_ask_at_once(
    world: World, conversation: ConversationView
) -> None:
    other = world.assistant.start()

    def ask(number: int) -> None:
        world.ask((conversation, other)[number % 2], QUESTION, f"key {number}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ask, range(16)))
    for each in (conversation, other):
        seen = world.assistant.read(each.id).turns
        assert [turn.position for turn in seen] == list(range(8))
        assert {turn.status for turn in seen} == {TurnStatus.ANSWERED}
    report = world.verify()
    assert report.ok
    assert kinds(world).count(Kind.TURN_ANSWERED) == 16


# -- recorded before shown -------------------------------------------------------------------------


def test_the_row_and_the_record_commit_together_or_not_at_all(
    world: World, conversation: ConversationView
) -> None:
    before = kinds(world)

    class Cut(Exception):
        """The line to the database breaks."""

    def cut(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE turns"):
            raise Cut

    engine = world.database._writer
    event.listen(engine, "before_cursor_execute", cut)
    with pytest.raises(Cut):
        world.ask(conversation, QUESTION, "cut")
    event.remove(engine, "before_cursor_execute", cut)
    assert kinds(world) == before
    (waiting,) = world.assistant.read(conversation.id).turns
    assert waiting.status is TurnStatus.RECEIVED
    assert waiting.answer == ""
    assert world.verify().ok


def test_when_the_log_cannot_be_written_nothing_is_shown(
    world: World, conversation: ConversationView
) -> None:
    class Full(Exception):
        """No room for one more leaf."""

    def full(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO log_leaves"):
            raise Full

    engine = world.database._writer
    event.listen(engine, "before_cursor_execute", full)
    with pytest.raises(Full):
        world.ask(conversation, QUESTION, "full")
    event.remove(engine, "before_cursor_execute", full)
    with world.database.read() as connection:
        row = connection.execute(select(turns)).one()
    assert (row.status, row.record_id, row.outcome) == ("received", None, None)


def test_no_text_is_returned_before_it_is_durable(
    world: World, conversation: ConversationView, new_database: NewDatabase
) -> None:
    shown = world.ask(conversation, QUESTION)
    with open_world(world.url, world.keys_url, prefix="other") as elsewhere:
        assert elsewhere.assistant.turn(conversation.id, shown.id) == shown


def test_a_question_is_durable_before_it_is_answered(
    world: World, conversation: ConversationView
) -> None:
    seen: list[TurnView] = []

    def look() -> None:
        with open_world(world.url, world.keys_url, prefix="other") as elsewhere:
            seen.extend(elsewhere.assistant.read(conversation.id).turns)

    in_the_middle(world, conversation, look)
    assert [(turn.status, turn.question, turn.answer) for turn in seen] == [
        (TurnStatus.RECEIVED, QUESTION, "")
    ]


# -- what may change in the middle of answering ----------------------------------------------------


def test_a_withdrawal_in_the_middle_of_answering_leaves_no_answer(
    world: World, conversation: ConversationView
) -> None:
    shown = in_the_middle(
        world,
        conversation,
        lambda: world.operations.withdraw(WithdrawalKind.PAGE, PASSPORT + "/", "wrong"),
    )
    assert (shown.outcome, shown.reason, shown.answer) == ("abstained", "no_guidance", "")
    assert not shown.citations
    assert kinds(world)[-2:] == [Kind.GUIDANCE_WITHDRAWN, Kind.TURN_ANSWERED]
    assert shown == world.assistant.turn(conversation.id, shown.id)


def test_withdrawing_something_else_in_the_middle_changes_nothing(
    world: World, conversation: ConversationView
) -> None:
    shown = in_the_middle(
        world,
        conversation,
        lambda: world.operations.withdraw(WithdrawalKind.PAGE, "https://else.example/", "other"),
    )
    assert shown.outcome == "answered"


def test_switching_off_in_the_middle_of_answering_leaves_no_answer(
    world: World, conversation: ConversationView
) -> None:
    shown = in_the_middle(
        world, conversation, lambda: world.operations.switch(False, "something is wrong")
    )
    assert (shown.outcome, shown.reason, shown.answer) == ("abstained", "answering_off", "")
    assert facts(world, shown.record)["outcome"] == "abstained"
    assert world.ask(conversation, QUESTION, "later").reason == "answering_off"
    world.operations.switch(True, "mended")
    assert world.ask(conversation, QUESTION, "again").outcome == "answered"


def test_an_answer_does_not_outlive_the_return_from_its_snapshot(
    world: World, conversation: ConversationView
) -> None:
    world.operations.activate(SECOND, {})
    shown = in_the_middle(world, conversation, lambda: world.operations.rollback("it was wrong"))
    assert (shown.outcome, shown.answer) == ("abstained", "")


def test_an_answer_from_the_snapshot_before_a_new_one_stands(
    world: World, conversation: ConversationView
) -> None:
    shown = in_the_middle(world, conversation, lambda: world.operations.activate(SECOND, {}))
    assert shown.outcome == "answered"
    assert shown.snapshot == FIRST.version
    assert world.ask(conversation, QUESTION, "next").snapshot == SECOND.version


def test_a_withdrawn_page_is_not_offered_as_the_nearest_either(
    new_database: NewDatabase,
) -> None:
    strict = replace(
        bundled_policy(),
        thresholds=bundled_policy().thresholds.model_copy(
            update={"answer": 1.0, "caution": 1.0, "abstain": 1.0}
        ),
    )
    with open_world(new_database(), new_database(), policy=strict) as world:
        conversation = world.assistant.start()
        assert PASSPORT in {link.url for link in world.ask(conversation, QUESTION).nearest}
        shown = in_the_middle(
            world,
            conversation,
            lambda: world.operations.withdraw(WithdrawalKind.PAGE, PASSPORT, "wrong"),
        )
        assert shown.outcome == "abstained"
        assert PASSPORT not in {link.url for link in shown.nearest}


def test_operators_do_not_overtake_a_turn_that_is_being_recorded(
    world: World, conversation: ConversationView
) -> None:
    """No answer that quotes a page stands in the log after the page's withdrawal."""

    def ask(number: int) -> None:
        world.ask(world.assistant.start(), QUESTION, f"{number}")

    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(ask, number) for number in range(12)]
        world.operations.withdraw(WithdrawalKind.PAGE, PASSPORT, "wrong")
        for each in asked:
            each.result()
    with world.database.read() as connection:
        leaves = connection.execute(
            select(log_leaves.c.leaf_index, log_leaves.c.kind, log_leaves.c.leaf)
        ).all()
    withdrawn = next(each.leaf_index for each in leaves if each.kind == Kind.GUIDANCE_WITHDRAWN)
    for each in leaves:
        if each.kind == Kind.TURN_ANSWERED and each.leaf_index > withdrawn:
            quoted = json.loads(each.leaf)["facts"]["quoted"]
            assert not any(PASSPORT in statement["url"] for statement in quoted)


# -- faults ----------------------------------------------------------------------------------------


def test_a_step_that_breaks_ends_in_a_plain_message(new_database: NewDatabase) -> None:
    def broken(turn: Turn) -> Turn:
        raise RuntimeError(f"secret {turn.question}")

    def breaking(steps: Sequence[Step]) -> Sequence[Step]:
        return [replace(each, run=broken) if each.name == "rerank" else each for each in steps]

    with open_world(new_database(), new_database(), steps=breaking) as world:
        conversation = world.assistant.start()
        shown = world.ask(conversation, QUESTION)
        assert (shown.outcome, shown.reason) == ("abstained", "system_fault")
        assert shown.message
        said = facts(world, shown.record)
        assert said["trace"][-1]["evidence"] == {"error": "RuntimeError"}
        assert "secret" not in json.dumps(said)


def test_a_snapshot_that_cannot_be_opened_fails_closed(
    world: World, conversation: ConversationView
) -> None:
    world.operations.activate(replace(FIRST, name="lost", version="9" * 64), {})
    shown = world.ask(conversation, QUESTION)
    assert (shown.outcome, shown.reason) == ("abstained", "system_fault")
    assert facts(world, shown.record)["trace"][-1]["step"] == "retrieve"
    person = world.ask(conversation, "I want to talk to a person", "person")
    assert person.outcome == "escalated"
    world.operations.rollback("it is lost")
    assert world.ask(conversation, QUESTION, "again").outcome == "answered"


def test_a_listener_that_breaks_does_not_lose_the_turn(
    world: World, conversation: ConversationView
) -> None:
    def broken(stage: str) -> None:
        raise OSError("gone")

    shown = world.assistant.ask(conversation.id, RawText(QUESTION), "key", broken)
    assert shown.status is TurnStatus.ANSWERED


def test_a_clock_that_goes_backwards_harms_nothing(
    world: World, conversation: ConversationView
) -> None:
    def back() -> None:
        world.clock.pass_(minutes=-5)

    shown = in_the_middle(world, conversation, back)
    assert shown.elapsed_ms == 0
    assert shown == world.assistant.turn(conversation.id, shown.id)
    world.clock.pass_(days=-400)
    assert world.ask(conversation, QUESTION, "earlier").position == 1
    assert world.verify().ok


# -- half-done turns -------------------------------------------------------------------------------


def test_a_turn_that_a_crash_left_is_closed_with_a_plain_message(
    world: World, conversation: ConversationView
) -> None:
    turn_id = leave_half_done(world, conversation, QUESTION, "key")
    assert world.assistant.turn(conversation.id, turn_id).status is TurnStatus.RECEIVED
    assert world.assistant.close_half_done(all_of_them=True) == 1
    closed = world.assistant.turn(conversation.id, turn_id)
    assert (closed.status, closed.outcome, closed.reason, closed.answer) == (
        TurnStatus.CLOSED,
        "abstained",
        "system_fault",
        "",
    )
    assert closed.question == QUESTION
    fault = Abstained(Reason.SYSTEM_FAULT)
    assert closed.message == world.policy.english.message(fault)
    assert kinds(world)[-1] == Kind.TURN_CLOSED
    assert world.assistant.ask(conversation.id, RawText(QUESTION), "key") == closed
    with pytest.raises(KeyReused):
        world.assistant.ask(conversation.id, RawText("another"), "key")
    assert world.assistant.close_half_done(all_of_them=True) == 0
    verify_receipt(world.assistant.receipt(conversation.id, turn_id), [SIGNER.verifier_key])
    assert world.verify().ok


def test_a_section_quoted_twice_is_one_source_with_both_quotations(
    world: World, conversation: ConversationView
) -> None:
    """Every block of the little guidance is a passage of its own."""
    shown = world.ask(conversation, QUESTION)
    (cited,) = shown.citations
    assert cited.quote.split("\n") == [
        ANSWER,
        "You must send your old passport by post.",
    ]
    assert {block.citation for block in shown.blocks} == {0}
    assert all(line in shown.answer for line in cited.quote.split("\n"))
    kept = world.assistant.turn(conversation.id, shown.id)
    assert kept.citations == shown.citations


def test_it_is_closed_in_the_language_of_the_conversation(world: World) -> None:
    conversation = world.assistant.start("cy")
    turn_id = leave_half_done(world, conversation, QUESTION, "key")
    world.assistant.close_half_done(all_of_them=True)
    closed = world.assistant.turn(conversation.id, turn_id)
    assert closed.message == world.policy.welsh.message(Abstained(Reason.SYSTEM_FAULT))
    assert closed.language == "cy"


def test_only_turns_past_their_time_are_closed_when_others_may_be_answering(
    world: World, conversation: ConversationView
) -> None:
    turn_id = leave_half_done(world, conversation, QUESTION, "key")
    assert world.assistant.close_half_done(all_of_them=False) == 0
    world.clock.pass_(seconds=119)
    assert world.assistant.turn(conversation.id, turn_id).status is TurnStatus.RECEIVED
    world.clock.pass_(seconds=2)
    assert world.assistant.close_half_done(all_of_them=False) == 1


@pytest.mark.parametrize("how", ["turn", "read", "ask"])
def test_whoever_comes_back_to_a_lost_turn_finds_it_closed(
    world: World, conversation: ConversationView, how: str
) -> None:
    turn_id = leave_half_done(world, conversation, QUESTION, "key")
    world.clock.pass_(minutes=3)
    match how:
        case "turn":
            seen = world.assistant.turn(conversation.id, turn_id)
        case "read":
            (seen,) = world.assistant.read(conversation.id).turns
        case _:
            seen = world.assistant.ask(conversation.id, RawText(QUESTION), "key")
    assert seen.status is TurnStatus.CLOSED
    assert kinds(world).count(Kind.TURN_CLOSED) == 1


def test_a_turn_closed_while_it_is_answered_stays_closed(
    world: World, conversation: ConversationView
) -> None:
    shown = in_the_middle(
        world, conversation, lambda: world.assistant.close_half_done(all_of_them=True)
    )
    assert shown.status is TurnStatus.CLOSED
    assert kinds(world).count(Kind.TURN_ANSWERED) == 0
    assert shown == world.assistant.turn(conversation.id, shown.id)
    assert world.verify().ok


def test_closing_and_answering_at_once_give_one_ending(
    world: World, conversation: ConversationView
) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(world.ask, conversation, QUESTION, f"{n}") for n in range(8)]
        for _ in range(8):
            pool.submit(world.assistant.close_half_done, all_of_them=True).result()
        seen = [each.result() for each in asked]
    endings = kinds(world)
    assert endings.count(Kind.TURN_ANSWERED) + endings.count(Kind.TURN_CLOSED) == 8
    assert sorted(seen, key=lambda turn: turn.position) == list(
        world.assistant.read(conversation.id).turns
    )
    assert world.verify().ok


# -- erasing ---------------------------------------------------------------------------------------


def test_erasing_destroys_the_words_and_keeps_the_proofs(
    world: World, conversation: ConversationView
) -> None:
    other = world.assistant.start()
    kept = world.ask(other, "When are bins emptied?")
    shown = world.ask(conversation, QUESTION)
    receipt = world.assistant.receipt(conversation.id, shown.id)
    world.assistant.erase(conversation.id)
    with pytest.raises(KeyErased):
        personal(world, shown.record)
    with world.database.read() as connection:
        sealed = connection.execute(
            select(func.count())
            .select_from(vault)
            .where(vault.c.conversation_id == conversation.id)
        ).scalar_one()
        row = connection.execute(
            select(turns).where(turns.c.conversation_id == conversation.id)
        ).one()
    assert sealed == 0
    assert row.sealed_question is None
    assert world.keys.is_destroyed(conversation.id)
    verify_receipt(receipt, [SIGNER.verifier_key])
    assert facts(world, shown.record)["outcome"] == "answered"
    assert world.assistant.turn(other.id, kept.id) == kept
    assert world.verify().ok


def test_an_erased_conversation_is_unknown_to_every_question(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, QUESTION, "key")
    world.assistant.erase(conversation.id)
    for wrong in (
        lambda: world.ask(conversation, QUESTION, "key"),
        lambda: world.ask(conversation, QUESTION, "new"),
        lambda: world.assistant.read(conversation.id),
        lambda: world.assistant.turn(conversation.id, shown.id),
        lambda: world.assistant.receipt(conversation.id, shown.id),
        lambda: world.assistant.feedback(conversation.id, shown.id, True, RawText("")),
        lambda: world.assistant.ask_for_person(conversation.id),
        lambda: world.assistant.choose_language(conversation.id, "cy"),
    ):
        with pytest.raises(ConversationUnknown):
            wrong()


def test_erasing_again_changes_nothing(world: World, conversation: ConversationView) -> None:
    world.ask(conversation, QUESTION)
    world.assistant.erase(conversation.id)
    before = kinds(world)
    world.assistant.erase(conversation.id)
    assert kinds(world) == before
    assert before.count(Kind.CONVERSATION_ERASED) == 1


def test_erasing_in_the_middle_of_answering_leaves_nothing_of_it(
    world: World, conversation: ConversationView
) -> None:
    with pytest.raises(ConversationUnknown):
        in_the_middle(world, conversation, lambda: world.assistant.erase(conversation.id))
    assert Kind.TURN_ANSWERED not in kinds(world)
    assert world.assistant.close_half_done(all_of_them=True) == 0
    assert world.verify().ok


def test_an_erasure_elsewhere_shows_as_unknown_and_never_as_a_fault(
    world: World, conversation: ConversationView
) -> None:
    world.ask(conversation, QUESTION)
    with open_world(world.url, world.keys_url, prefix="other") as elsewhere:

        def erase() -> None:
            elsewhere.assistant.erase(conversation.id)

        with pytest.raises(ConversationUnknown):
            in_the_middle(world, conversation, erase)
    with pytest.raises(ConversationUnknown):
        world.assistant.read(conversation.id)


def test_a_crash_in_the_middle_of_erasing_is_finished_at_the_next_start(
    world: World, conversation: ConversationView
) -> None:
    """The record is durable first; the key follows, at the latest at the next start."""
    shown = world.ask(conversation, QUESTION)
    with world.database.write() as connection:
        connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation.id)
            .values(erased_at=as_text(world.clock()))
        )
        world.log.erase(connection, conversation.id)
    assert not world.keys.is_destroyed(conversation.id)
    assert finish_erasures(world.database, world.keys) == (conversation.id,)
    assert world.keys.is_destroyed(conversation.id)
    with pytest.raises(KeyErased):
        personal(world, shown.record)


@pytest.mark.parametrize("round_", range(3))
def test_asking_and_erasing_at_once_never_end_in_a_fault(
    world: World, conversation: ConversationView, round_: int
) -> None:
    world.ask(conversation, QUESTION, "first")
    go = threading.Barrier(5)

    def work(act: Callable[[], object]) -> None:
        go.wait()
        with suppress(ConversationUnknown):
            act()

    acts = [
        lambda: world.ask(conversation, "When are bins emptied?", "a"),
        lambda: world.assistant.read(conversation.id),
        lambda: world.ask(conversation, "And how often?", "b"),
        lambda: world.assistant.erase(conversation.id),
        lambda: world.assistant.ask_for_person(conversation.id),
    ]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, acts))
    with pytest.raises(ConversationUnknown):
        world.assistant.read(conversation.id)
    assert world.verify().ok


# -- nothing personal in the clear -----------------------------------------------------------------

SECRETS = ("Zanzibarova", "zebrafish", "qqquizzical", "07700 900456", "xylophonist")


def test_no_personal_text_is_in_any_table_or_file(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    with open_world(new_database(), new_database()) as world:
        conversation = world.assistant.start()
        question = "Can Ms Zanzibarova with the zebrafish renew a passport? Call 07700 900456"
        shown = world.ask(conversation, question, "my key is qqquizzical")
        world.assistant.feedback(conversation.id, shown.id, True, RawText("thanks, xylophonist"))
        leave_half_done(world, conversation, "And what of the zebrafish?", "zebrafish key")
        in_the_clear: list[str] = []
        with world.database.read() as connection:
            for table in inspect(connection).get_table_names():
                for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                    in_the_clear.extend(
                        bytes(value).decode("latin-1") if isinstance(value, bytes) else str(value)
                        for value in row
                    )
        everything = "\n".join(in_the_clear)
        raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))
        assert bool(raw) is (world.database.engine_name == "sqlite")
        for secret in SECRETS:
            assert secret.casefold() not in everything.casefold(), secret
            assert secret.encode() not in raw, secret
        assert shown.id in everything


def test_what_the_pipeline_recorded_holds_no_word_of_the_question(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, "Zanzibarova zebrafish passport renewal 07700 900456")
    said = json.dumps(facts(world, shown.record)).casefold()
    assert not [secret for secret in SECRETS if secret.casefold() in said]
    assert "phone" in said


def test_the_citizens_view_of_a_question_is_masked(
    world: World, conversation: ConversationView
) -> None:
    shown = world.ask(conversation, "Renew a passport, my number is 07700 900456")
    assert "07700" not in shown.question
    assert shown.masked == ("phone",)


def test_two_conversations_do_not_see_each_other(world: World) -> None:
    one, two = world.assistant.start(), world.assistant.start("cy")
    world.ask(one, QUESTION)
    world.ask(two, "When are bins emptied?")
    assert [turn.question for turn in world.assistant.read(one.id).turns] == [QUESTION]
    assert world.assistant.read(two.id).language == "cy"


def test_a_record_in_the_wrong_conversation_cannot_be_slipped_in(world: World) -> None:
    """A row that points at another conversation's record shows nothing of it."""
    one, two = world.assistant.start(), world.assistant.start()
    shown = world.ask(one, QUESTION)
    with world.database.write() as connection:
        connection.execute(
            insert(turns).values(
                id="forged",
                conversation_id=two.id,
                position=0,
                idempotency_key="forged",
                status=TurnStatus.ANSWERED.value,
                asked_at=as_text(world.clock()),
                answer_by=as_text(world.clock() + timedelta(minutes=2)),
                record_id=shown.record,
            )
        )
    with pytest.raises(LogMismatch):
        world.assistant.turn(two.id, "forged")
