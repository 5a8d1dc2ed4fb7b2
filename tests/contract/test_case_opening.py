"""Opening a case and its case file, on SQLite and on PostgreSQL alike.

The numbers in test names are issues of Chatwoot (an open support inbox) whose faults must not
happen here: see the peers' page in the project's shared anchors.
"""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from assistant.escalations.outbox import newest
from assistant.escalations.states import (
    EscalationReason,
    Priority,
    Status,
)
from assistant.views import PersonState
from audit.events import Kind
from audit.receipts import verify_receipt
from tests.assisting import SIGNER, bundled_policy, hearing, open_world
from tests.casework import (
    ANN,
    QUESTION,
    Centre,
    a_centre,
)
from tests.databases import NewDatabase


@pytest.fixture
def centre(new_database: NewDatabase) -> Iterator[Centre]:
    with a_centre(new_database) as opened:
        yield opened


# -- opening ---------------------------------------------------------------------------------------


def test_asking_for_a_person_opens_one_case_and_asking_again_none(centre: Centre) -> None:
    case = centre.waiting(QUESTION)
    assert (case.status, case.version) == (Status.OPEN, 1)
    assert case.reason is EscalationReason.STILL_ASKING
    assert (case.queue, case.priority) == ("general", Priority.NORMAL)
    before = centre.kinds()
    view = centre.world.assistant.ask_for_person(case.conversation_id)
    assert centre.kinds() == before
    assert centre.now(case) == case
    assert view.person is PersonState.WAITING
    assert view.case_number == case.number
    assert before[-2:] == [Kind.PERSON_REQUESTED, Kind.CASE_OPENED]


def test_in_a_trial_asking_for_a_person_opens_nothing(new_database: NewDatabase) -> None:
    for staffed in (None, lambda connection: False):
        with open_world(new_database(), new_database(), staffed=staffed) as world:
            conversation = world.assistant.start()
            world.ask(conversation, QUESTION)
            world.ask(conversation, "I want to talk to a person")
            view = world.assistant.ask_for_person(conversation.id)
            assert (view.person, view.case_number) == (PersonState.NOBODY, 0)
            with world.database.read() as connection:
                assert newest(connection) == -1
                for table in ("cases", "turn_workings"):
                    query = text(f"SELECT count(*) FROM {table}")
                    assert connection.execute(query).scalar_one() == 0
            world.assistant.erase(conversation.id)
            assert world.verify().ok


def test_whoever_asked_in_a_trial_gets_a_case_once_there_are_staff(
    new_database: NewDatabase,
) -> None:
    staff: list[int] = []
    with open_world(
        new_database(), new_database(), staffed=lambda connection: bool(staff)
    ) as world:
        conversation = world.assistant.start()
        assert world.assistant.ask_for_person(conversation.id).case_number == 0
        staff.append(1)
        assert world.assistant.ask_for_person(conversation.id).case_number > 0


def test_a_question_that_asks_for_a_person_opens_the_case_with_its_record(centre: Centre) -> None:
    conversation = centre.world.assistant.start()
    shown = centre.world.ask(conversation, "I want to talk to a person")
    assert shown.outcome == "escalated"
    case = centre.of(conversation.id)
    assert case.reason is EscalationReason.ASKED_FOR_PERSON
    tail = [Kind.TURN_ANSWERED, Kind.PERSON_REQUESTED, Kind.CASE_OPENED]
    assert centre.kinds()[-3:] == tail


def test_danger_goes_to_its_own_lane_at_once_whatever_was_said_since(centre: Centre) -> None:
    case = centre.waiting("I want to end my life", "Hello", QUESTION, language="cy")
    assert case.reason is EscalationReason.SAFEGUARDING
    assert (case.queue, case.priority, case.guarded) == ("safeguarding", Priority.URGENT, True)


def test_words_that_sound_like_danger_are_not_lost(new_database: NewDatabase) -> None:
    from assistant.steps.listen import Listeners

    with a_centre(new_database, listeners=Listeners(hearing(-1.0))) as centre:
        case = centre.waiting(QUESTION)
        assert case.reason is EscalationReason.MAYBE_IN_TROUBLE
        file = centre.cases.read(case.id, ANN).file
        assert "The words sound like somebody in danger; no rule says so." in (
            file.explained[0].checks
        )


def test_a_welsh_conversation_waits_in_the_welsh_queue(centre: Centre) -> None:
    assert centre.waiting(language="cy").queue == "welsh"


def test_13881_a_handover_tells_the_citizen_so(centre: Centre) -> None:
    conversation = centre.world.assistant.start()
    shown = centre.world.ask(conversation, "I want to talk to a person")
    assert shown.message
    view = centre.world.assistant.read(conversation.id)
    assert view.person is PersonState.WAITING
    assert centre.cases.position_in_queue(conversation.id) == 1


# -- the case file ---------------------------------------------------------------------------------


def test_the_case_file_says_what_was_found_and_why_it_stopped(new_database: NewDatabase) -> None:
    policy = bundled_policy()
    high = policy.thresholds.model_copy(update={"answer": 1.0, "caution": 0.99, "abstain": 0.0})
    with a_centre(new_database, policy=replace(policy, thresholds=high)) as centre:
        case = centre.waiting(QUESTION + " Call me on 07700 900456")
        file = centre.cases.read(case.id, ANN).file
        (said,) = file.transcript
        assert "07700" not in json.dumps(file.as_json())
        assert said.masked == ("phone",) == file.masked
        (why,) = file.explained
        assert why.turn == said.turn
        assert any("needs 0.99" in check and "best passage" in check for check in why.checks)
        best = why.workings.passages[0]
        assert best.title == "Renew a passport"
        assert best.updated == "2025-03-01"
        assert best.score > 0
        assert "passport" in best.text
        assert "You can renew your passport online" in why.workings.draft
        assert file.language == "en"


def test_a_rejected_draft_is_in_no_receipt_and_no_view_of_the_citizen(
    new_database: NewDatabase,
) -> None:
    policy = bundled_policy()
    high = policy.thresholds.model_copy(update={"answer": 1.0, "caution": 1.0, "abstain": 0.99})
    with a_centre(new_database, policy=replace(policy, thresholds=high)) as centre:
        case = centre.waiting(QUESTION)
        draft = centre.cases.read(case.id, ANN).file.explained[0].workings.draft
        assert draft
        (turn,) = centre.view(case).turns
        receipt = centre.world.assistant.receipt(case.conversation_id, turn.id)
        verify_receipt(receipt, [SIGNER.verifier_key])
        assert draft.splitlines()[0] not in receipt
        assert draft.splitlines()[0] not in repr(centre.view(case))


def test_the_turns_record_commits_to_what_was_in_hand(centre: Centre) -> None:
    from assistant.escalations.workings import commitment_to, kept

    case = centre.waiting(QUESTION)
    (turn,) = centre.view(case).turns
    key = centre.world.keys.get(case.conversation_id)
    with centre.world.database.read() as connection:
        workings = kept(connection, key, turn.id)
        facts = centre.world.log.record(connection, turn.record).facts
    assert facts["workings"] == commitment_to(key, turn.id, workings)
    assert facts["workings"] != commitment_to(key, turn.id, replace(workings, draft="other"))


def test_the_case_file_stays_as_it_was_handed_over(centre: Centre) -> None:
    case = centre.waiting(QUESTION)
    before = centre.cases.read(case.id, ANN).file
    centre.write(case, "When are bins emptied?")
    view = centre.cases.read(case.id, ANN)
    assert view.file == before
    assert [turn.question for turn in view.conversation.turns] == [
        QUESTION,
        "When are bins emptied?",
    ]
    assert centre.personal(case.file_record)["case_file"] == json.loads(
        json.dumps(before.as_json())
    )
