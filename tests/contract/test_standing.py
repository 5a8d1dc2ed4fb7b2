"""What a citizen is told of people: true at every moment, and nothing of what staff say alone."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.callbacks import CallBackEnd
from assistant.errors import (
    CallBackUnknown,
    ConversationUnknown,
    NobodyThere,
    PhoneRefused,
    SlotTaken,
)
from assistant.escalations.needs import Need, SupportNeeds
from assistant.reaching import Standing
from assistant.service_levels.availability import Busy, Option, OutOfHours, Staffed, Unstaffed
from assistant.service_levels.recent import asked_of
from assistant.service_levels.waits import Wait, WaitUnknown
from assistant.telling import StandingTold, tell_standing
from assistant.text import RawText
from assistant.views import PersonState
from audit.events import Kind
from tests.casework import ANN, ANSWERED, BOB
from tests.databases import NewDatabase
from tests.meeting import SUNDAY, TUESDAY, Meeting, a_meeting

PHONE = RawText("07700 900 982")
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def met(new_database: NewDatabase) -> Iterator[Meeting]:
    with a_meeting(new_database) as meeting:
        yield meeting


def asked(met: Meeting, language: str = "en") -> str:
    conversation = met.world.assistant.start(language)
    met.world.assistant.ask_for_person(conversation.id)
    return conversation.id


def standing(met: Meeting, conversation_id: str) -> Standing:
    return met.reaching.standing(met.world.assistant.read(conversation_id))


def told(met: Meeting, conversation_id: str, language: str = "en") -> StandingTold:
    wording = met.world.policy.wording(language)
    return tell_standing(standing(met, conversation_id), wording, met.clock(), LONDON)


def test_in_a_trial_nobody_is_offered(new_database: NewDatabase) -> None:
    with a_meeting(new_database, in_use=False, on_duty=3) as met:
        conversation = asked(met)
        assert standing(met, conversation) == Standing(PersonState.NOBODY)
        assert told(met, conversation) == StandingTold()
        for act in (
            lambda: met.reaching.slots(conversation),
            lambda: met.reaching.book(conversation, TUESDAY, PHONE),
        ):
            with pytest.raises(NobodyThere):
                act()


def test_nobody_on_duty_is_said_and_nobody_is_told_to_wait(met: Meeting) -> None:
    conversation = asked(met)
    found = standing(met, conversation).found
    assert isinstance(found, Unstaffed)
    said = told(met, conversation)
    assert said.title == "Nobody is here to reply right now"
    assert Option.WAIT not in dict(said.options)
    assert set(dict(said.options)) == {Option.LEAVE_MESSAGE, Option.CALL_BACK, Option.COME_BACK}
    assert "queue" not in " ".join((*said.lines, *dict(said.options).values()))


def test_out_of_hours_the_next_opening_is_said(new_database: NewDatabase) -> None:
    with a_meeting(new_database, now=SUNDAY, on_duty=4) as met:
        conversation = asked(met)
        assert isinstance(standing(met, conversation).found, OutOfHours)
        assert told(met, conversation).lines == ("Nobody can reply until we open tomorrow at 9am.",)
        assert told(met, conversation, "cy").title == "Rydym ar gau nawr"


def test_the_place_is_kept_and_those_who_answer_have_no_room(met: Meeting) -> None:
    met.on_duty[0] = 2
    first, second, third = (asked(met) for _ in range(3))
    assert isinstance(standing(met, first).found, Staffed)
    assert standing(met, third).found == Busy(3, WaitUnknown(0), _all_options())
    case = met.centre.of(first)
    case = met.centre.cases.claim(case.id, case.version, ANN)
    assert standing(met, second).found == Staffed(1, WaitUnknown(0), _all_options())
    assert standing(met, third).found == Busy(2, WaitUnknown(0), _all_options())
    met.centre.cases.reply(case.id, case.version, ANN, "Hello", "k")  # Ann is free again
    assert standing(met, third).found == Staffed(2, WaitUnknown(0), _all_options())
    other = met.centre.of(second)
    met.centre.cases.claim(other.id, other.version, BOB)
    assert standing(met, third).found == Staffed(1, WaitUnknown(1), _all_options())


def _all_options() -> tuple[Option, ...]:
    return (Option.WAIT, Option.LEAVE_MESSAGE, Option.CALL_BACK, Option.COME_BACK)


def test_a_wait_is_told_from_todays_answers_and_not_before(met: Meeting) -> None:
    met.on_duty[0] = 1
    for _ in range(10):
        case = met.centre.of(asked(met))
        met.clock.pass_(minutes=2)
        case = met.centre.cases.claim(case.id, case.version, ANN)
        met.centre.cases.reply(case.id, case.version, ANN, "Hello", "k")
    found = standing(met, asked(met)).found
    assert isinstance(found, Staffed)
    assert isinstance(found.wait, Wait)
    assert found.wait.cases == 10
    met.clock.pass_(days=1)
    found = standing(met, asked(met)).found
    assert isinstance(found, Busy | Staffed)
    assert isinstance(found.wait, WaitUnknown)


def test_asks_end_with_a_reply_or_with_the_case_and_can_come_again(met: Meeting) -> None:
    case = met.centre.of(asked(met))
    case = met.centre.cases.claim(case.id, case.version, ANN)
    met.clock.pass_(minutes=5)
    case = met.centre.cases.resolve(case.id, case.version, ANN, ANSWERED)
    met.clock.pass_(minutes=5)
    case = met.centre.cases.reopen(case.id, case.version, ANN, "again")
    still = asked(met)
    with met.world.database.read() as connection:
        found = asked_of(connection, "general", TUESDAY - timedelta(hours=1))
        assert asked_of(connection, "welsh", TUESDAY) == ()
        later = asked_of(connection, "general", TUESDAY + timedelta(days=1))
    lengths = [(a.answered_at is not None, a.left_at is not None) for a in found]
    assert sorted(lengths) == [(False, False), (False, False), (False, True)]
    assert len(later) == 3  # what has not ended is never too old
    assert met.centre.of(still).waiting_since


def test_a_person_by_first_name_and_silence_said_once(met: Meeting) -> None:
    met.on_duty[0] = 1
    case = met.centre.claimed("How can I renew my passport?")
    conversation = case.conversation_id
    assert standing(met, conversation).person is PersonState.WITH_PERSON
    said = told(met, conversation)
    assert said.title == "Ann is reading your messages"
    assert said.brief == (
        "Ann is reading your messages. The assistant is silent while Ann has this conversation."
        " What you write goes to Ann."
    )
    assert said.case == f"Your case number is {case.number}. Give it if you ring us."
    met.clock.pass_(hours=10)  # the evening: Ann has gone home
    assert told(met, conversation).title == "Ann has your conversation"
    assert "nobody can reply yet" in told(met, conversation).lines[0]


def test_what_comes_after_the_end(met: Meeting) -> None:
    case = met.centre.resolved()
    said = told(met, case.conversation_id)
    assert said.title == "Your conversation with a person has ended"
    assert "Until Tuesday 15 December you come back to the same case." in said.lines[-1]
    met.world.assistant.ask_for_person(case.conversation_id)
    assert met.centre.of(case.conversation_id).id == case.id
    case = met.centre.now(case)
    case = met.centre.cases.claim(case.id, case.version, ANN)
    met.centre.cases.reply(case.id, case.version, ANN, "Well?", "second")
    met.clock.pass_(days=14, minutes=1)
    assert met.centre.cases.expire_overdue() == 1
    assert "did not hear from you" in told(met, case.conversation_id).lines[0]
    met.clock.pass_(days=15)
    assert "same case" not in " ".join(told(met, case.conversation_id).lines)
    met.world.assistant.ask_for_person(case.conversation_id)
    assert met.centre.of(case.conversation_id).id != case.id


def test_a_call_is_booked_changed_and_cancelled_and_the_number_hidden(met: Meeting) -> None:
    conversation = asked(met)
    first, second = met.reaching.slots(conversation)[:2]
    met.reaching.book(conversation, first.starts, PHONE)
    said = told(met, conversation)
    assert said.call[0] == "We will ring you on Tuesday 1 December, 11am to 11:30am."
    assert "982" in said.call[1]
    assert "7700" not in " ".join(said.call)
    assert Option.CALL_BACK not in dict(said.options)
    with pytest.raises(CallBackUnknown):
        met.reaching.book(conversation, second.starts, PHONE)
    moved = met.reaching.call_backs.change(conversation, second.starts)
    assert moved.starts == second.starts
    assert standing(met, conversation).digits == "982"
    met.reaching.call_backs.change(conversation, second.starts, RawText("01632 960 001"))
    assert standing(met, conversation).digits == "001"
    assert met.reaching.call_backs.phone(conversation, "ann") == "+441632960001"
    met.reaching.cancel(conversation)
    assert standing(met, conversation).call_back is None
    with pytest.raises(CallBackUnknown):
        met.reaching.call_backs.change(conversation, first.starts)
    logged = str([dict(r.facts) for r in met.centre.records(*Kind)])
    assert "7700" not in logged
    assert "960001" not in logged


def test_a_change_that_cannot_be_made_loses_nothing(met: Meeting) -> None:
    conversation = asked(met)
    first, second = met.reaching.slots(conversation)[:2]
    met.reaching.book(conversation, first.starts, PHONE)
    for _ in range(2):
        met.reaching.book(asked(met), second.starts, PHONE)
    before = standing(met, conversation)
    for starts, phone, fault in (
        (second.starts, None, SlotTaken),
        (second.starts + timedelta(minutes=1), None, SlotTaken),
        (first.starts, RawText("0900 123 4567"), PhoneRefused),
    ):
        with pytest.raises(fault):
            met.reaching.call_backs.change(conversation, starts, phone)
        assert standing(met, conversation) == before
    met.reaching.call_backs.change(conversation, first.starts)  # the same slot, full or not


def test_staff_ending_the_call_while_it_is_read_is_no_fault(met: Meeting) -> None:
    conversation = asked(met)
    met.reaching.book(conversation, met.reaching.slots(conversation)[0].starts, PHONE)
    met.reaching.call_backs.end(conversation, CallBackEnd.CALLED, "ann")
    assert met.reaching.call_backs.shown(conversation) is None


def test_needs_come_back_to_their_citizen(met: Meeting) -> None:
    conversation = asked(met)
    assert not met.reaching.needs(conversation)
    needs = SupportNeeds({Need.INTERPRETER: "Somali", Need.BSL: ""})
    met.world.assistant.state_needs(conversation, needs)
    assert met.reaching.needs(conversation) == needs
    assert standing(met, conversation).needs_stated


def test_news_are_the_citizens_alone_in_order_and_go_on_from_any_number(met: Meeting) -> None:
    case = met.centre.claimed()
    conversation, cases = case.conversation_id, met.centre.cases
    start, _ = met.reaching.news(conversation, -1)
    cases.note(case.id, ANN, "A hard one", "n1")
    cases.note(case.id, ANN, "What do you think?", "n2", consult=True)
    other = met.centre.claimed(by=BOB)
    cases.reply(other.id, other.version, BOB, "Not yours", "k")
    number, news = met.reaching.news(conversation, start)
    assert news == ()
    assert number > start
    sent = []
    for text in ("One", "Two", "Three"):
        case = met.centre.now(case)
        sent.append(cases.reply(case.id, case.version, ANN, text, text).id)
    case = met.centre.now(case)
    cases.resolve(case.id, case.version, ANN, ANSWERED)
    newest, news = met.reaching.news(conversation, number)
    assert [each.message for each in news] == [*sent, ""]
    assert [each.id for each in news] == sorted({each.id for each in news})
    for cut in news:
        later = tuple(each for each in news if each.id > cut.id)
        assert met.reaching.news(conversation, cut.id) == (newest, later)
    assert met.reaching.news(conversation, newest) == (newest, ())
    assert met.reaching.news(conversation, 2**62) == (2**62, ())


def test_news_of_a_deleted_conversation_end(met: Meeting) -> None:
    conversation = asked(met)
    met.world.assistant.erase(conversation)
    with pytest.raises(ConversationUnknown):
        met.reaching.news(conversation, -1)
