"""Messages, notes, and the silence of the assistant, on both databases alike.

The numbers in test names are issues of Chatwoot (an open support inbox) whose faults must not
happen here: see the peers' page in the project's shared anchors.
"""

from collections.abc import Iterator

import pytest

from assistant.errors import (
    KeyReused,
    MessageInvalid,
)
from assistant.escalations.messages import Label, MessageKind
from assistant.escalations.states import (
    Status,
)
from assistant.text import RawText
from assistant.views import PersonMessage, PersonState, TurnStatus
from audit.events import Kind
from tests.casework import (
    ANN,
    ANSWERED,
    BOB,
    QUESTION,
    SUE,
    Centre,
    a_centre,
    refused_and_unchanged,
)
from tests.databases import NewDatabase


@pytest.fixture
def centre(new_database: NewDatabase) -> Iterator[Centre]:
    with a_centre(new_database) as opened:
        yield opened


# -- messages --------------------------------------------------------------------------------------


def test_a_reply_is_recorded_before_it_is_shown_and_once_by_its_key(centre: Centre) -> None:
    case = centre.claimed(QUESTION)
    first = centre.cases.reply(case.id, case.version, ANN, " Send the form. ", "k")
    before = centre.kinds()
    again = centre.cases.reply(case.id, case.version, ANN, "Send the form.", "k")
    assert again == first
    assert centre.kinds() == before
    assert (first.kind, first.label, first.edit_distance) == (
        MessageKind.REPLY,
        Label.ADVISER,
        None,
    )
    (shown,) = centre.view(case).messages
    assert shown == PersonMessage(first.id, "Ann", "Send the form.", first.at, first.record)
    (record,) = centre.records(Kind.CASE_REPLIED)
    assert record.record_id == shown.record
    assert centre.personal(shown.record)["text"] == "Send the form."
    case = centre.now(case)
    with pytest.raises(KeyReused):
        centre.cases.reply(case.id, case.version, ANN, "Another text.", "k")


def test_two_people_may_use_the_same_key(centre: Centre) -> None:
    case = centre.claimed()
    centre.cases.reply(case.id, case.version, ANN, "From Ann", "k")
    case = centre.now(case)
    centre.cases.reply(case.id, case.version, SUE, "From Sue", "k")
    assert [(m.first_name, m.text) for m in centre.view(case).messages] == [
        ("Ann", "From Ann"),
        ("Sue", "From Sue"),
    ]
    assert centre.now(case).holder_id == ANN.id


@pytest.mark.parametrize("said", ["", " \n ", "x" * 5001, "\udfff"])
def test_what_is_no_message_is_not_sent(centre: Centre, said: str) -> None:
    case = centre.claimed()
    for act in (
        lambda: centre.cases.reply(case.id, case.version, ANN, said, "k"),
        lambda: centre.cases.note(case.id, ANN, said, "k"),
    ):
        refused_and_unchanged(centre, case, act, MessageInvalid)


HOSTILE = "<script>alert(1)</script>\x00 {{7*7}} '; DROP TABLE cases; -- \u202e"


def test_any_text_is_kept_as_it_is(centre: Centre) -> None:
    case = centre.claimed()
    centre.cases.reply(case.id, case.version, ANN, HOSTILE, HOSTILE)
    centre.cases.note(case.id, ANN, HOSTILE, HOSTILE + "2")
    view = centre.cases.read(case.id, ANN)
    assert [m.text for m in view.messages] == [HOSTILE, HOSTILE]


def test_what_the_assistant_drafted_is_said_so_with_how_much_was_changed(centre: Centre) -> None:
    case = centre.claimed()
    sent = centre.cases.reply(
        case.id, case.version, ANN, "Send us form B.", "k", draft="Send us form A."
    )
    assert (sent.label, sent.edit_distance) == (Label.ADVISER_FROM_DRAFT, 1)
    (shown,) = centre.view(case).messages
    assert shown.from_draft
    assert centre.records(Kind.CASE_REPLIED)[0].facts["edit_distance"] == 1


def test_citizens_see_replies_among_their_turns_and_never_a_note(centre: Centre) -> None:
    case = centre.waiting(QUESTION)
    centre.world.clock.pass_(minutes=1)
    case = centre.cases.claim(case.id, case.version, ANN)
    centre.cases.note(case.id, ANN, "private xylophonist", "n1")
    centre.cases.note(case.id, BOB, "consult xylophonist", "n2", consult=True)
    centre.world.clock.pass_(minutes=1)
    centre.cases.reply(case.id, case.version, ANN, "Send the form.", "k")
    centre.world.clock.pass_(minutes=1)
    wrote = centre.write(case, "My number is 07700 900456")
    assert wrote.status is TurnStatus.SILENT
    view = centre.view(case)
    assert "xylophonist" not in repr(view)
    said = [e.text if isinstance(e, PersonMessage) else e.question for e in view.timeline]
    assert said[:2] == [QUESTION, "Send the form."]
    assert "07700" not in said[2]
    assert (view.person, view.adviser) == (PersonState.WITH_PERSON, "Ann")
    kept = centre.cases.read(case.id, ANN).messages
    assert [m.kind for m in kept] == [
        MessageKind.NOTE,
        MessageKind.CONSULT,
        MessageKind.REPLY,
        MessageKind.CITIZEN,
    ]
    assert kept[3].turn == wrote.id
    assert "07700" not in kept[3].text
    assert kept[3].label is Label.CITIZEN


def test_the_citizen_learns_the_first_name_of_staff_and_no_identifier(centre: Centre) -> None:
    case = centre.replied(QUESTION)
    assert ANN.id not in repr(centre.view(case))
    assert "Ann" in repr(centre.view(case))


# -- silence ---------------------------------------------------------------------------------------


def test_13673_an_adviser_who_claims_while_the_assistant_answers_is_not_talked_over(
    centre: Centre,
) -> None:
    case = centre.waiting()

    def claim(stage: str) -> None:
        if stage == "decide":
            centre.cases.claim(case.id, case.version, ANN)

    shown = centre.world.assistant.ask(case.conversation_id, RawText(QUESTION), "k", claim)
    assert shown.status is TurnStatus.SILENT
    assert (shown.answer, shown.message) == ("", "")
    (message,) = centre.cases.read(case.id, ANN).messages
    assert (message.kind, message.text) == (MessageKind.CITIZEN, QUESTION)


def test_the_assistant_answers_again_after_release_and_after_the_end(centre: Centre) -> None:
    case = centre.claimed()
    assert centre.write(case, QUESTION, "a").status is TurnStatus.SILENT
    case = centre.now(case)
    case = centre.cases.release(case.id, case.version, ANN, "shift ends")
    assert centre.write(case, QUESTION, "b").outcome == "answered"
    case = centre.cases.claim(case.id, case.version, BOB)
    assert centre.write(case, QUESTION, "c").status is TurnStatus.SILENT
    case = centre.now(case)
    case = centre.cases.resolve(case.id, case.version, BOB, ANSWERED)
    assert centre.write(case, QUESTION, "d").outcome == "answered"
    assert centre.view(case).person is PersonState.ENDED


def test_it_stays_silent_while_people_pass_a_conversation_on(centre: Centre) -> None:
    case = centre.claimed()
    case = centre.cases.transfer(case.id, case.version, ANN, "complaints", "it is a complaint")
    assert (case.status, case.queue, case.holder_id) == (Status.OPEN, "complaints", "")
    assert centre.view(case).person is PersonState.WAITING
    assert centre.write(case, "Is anybody there?").status is TurnStatus.SILENT
    case = centre.now(case)
    case = centre.cases.claim(case.id, case.version, BOB)
    assert [m.text for m in centre.cases.read(case.id, BOB).messages] == ["Is anybody there?"]


def test_a_message_left_half_done_by_a_crash_reaches_the_person(centre: Centre) -> None:
    class Died(BaseException):
        pass

    def die(stage: str) -> None:
        raise Died

    case = centre.claimed()
    with pytest.raises(Died):
        centre.world.assistant.ask(case.conversation_id, RawText("Are you there?"), "k", die)
    assert centre.world.assistant.close_half_done(all_of_them=True) == 1
    assert centre.world.assistant.close_half_done(all_of_them=True) == 0
    (turn,) = centre.view(case).turns
    assert (turn.status, turn.message) == (TurnStatus.SILENT, "")
    (message,) = centre.cases.read(case.id, ANN).messages
    assert message.text == "Are you there?"
    assert centre.now(case).waiting_since is not None
