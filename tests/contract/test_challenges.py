"""A citizen challenges an answer, somebody who did not handle it decides: on both databases."""

from collections.abc import Iterator
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from assistant.challenges.challenge import Decision
from assistant.challenges.challenges import LONGEST_WHY, Challenges
from assistant.challenges.states import ChallengeStatus, Ruling
from assistant.challenges.tables import challenges
from assistant.errors import (
    CaseUnknown,
    ChallengeMoved,
    ChallengeRefused,
    ChallengeUnknown,
    ConversationUnknown,
    DecidedByHandler,
    MessageInvalid,
    TurnUnknown,
)
from assistant.escalations.people import StaffMember
from assistant.escalations.states import EscalationReason, Status
from assistant.text import RawText
from assistant.views import TurnStatus
from audit.events import Kind
from audit.storage import log_leaves, vault
from tests.assisting import open_world
from tests.casework import ANN, ANSWERED, BOB, QUESTION, SUE, Centre, a_centre
from tests.challenging import (
    NOT_UPHELD,
    PARTLY,
    UPHELD,
    WHY,
    Challenged,
    a_challenge,
    challenges_of,
)
from tests.contract.test_cases_at_once import at_once
from tests.databases import NewDatabase

MADE = (Kind.CHALLENGE_MADE, Kind.CHALLENGE_DECIDED, Kind.CHALLENGE_CLOSED)


@pytest.fixture
def centre(new_database: NewDatabase) -> Iterator[Centre]:
    with a_centre(new_database) as opened:
        yield opened


@pytest.fixture
def decided(centre: Centre) -> Challenges:
    return challenges_of(centre.world)


def row_of(centre: Centre, made: Challenged) -> tuple[object, ...]:
    query = select(challenges).where(challenges.c.reference == made.challenge.reference)
    with centre.world.database.read() as connection:
        return tuple(connection.execute(query).one())


# -- making one -----------------------------------------------------------------------------------


def test_a_challenge_opens_a_case_in_the_complaints_queue(centre: Centre) -> None:
    made = a_challenge(centre)
    case = centre.of(made.conversation.id)
    assert (case.reason, case.queue) == (EscalationReason.CHALLENGE, "complaints")
    assert made.challenge.case_id == case.id
    assert made.challenge.reference == f"CH-{centre.records(Kind.CHALLENGE_MADE)[0].index}"
    assert centre.announced()[-1].kind == "challenge.made"
    assert centre.announced()[-1].case_id == case.id
    (record,) = centre.records(Kind.CHALLENGE_MADE)
    assert record.facts == {"turn": made.turn.id, "record": made.turn.record, "case": case.id}


def test_the_case_that_is_not_ended_takes_it_and_an_ended_one_does_not(centre: Centre) -> None:
    challenged = challenges_of(centre.world)
    waiting = centre.waiting(QUESTION)
    (turn,) = centre.view(waiting).turns
    assert challenged.make(waiting.conversation_id, turn.id, RawText(WHY)).case_id == waiting.id

    ended = centre.claimed(QUESTION)
    ended = centre.cases.resolve(ended.id, ended.version, ANN, ANSWERED)
    (turn,) = centre.view(ended).turns
    made = challenged.make(ended.conversation_id, turn.id, RawText(WHY))
    assert made.case_id != ended.id
    assert centre.now(ended).status is Status.RESOLVED
    assert centre.of(ended.conversation_id).queue == "complaints"


def test_in_a_trial_it_waits_in_the_list_and_opens_no_case(new_database: NewDatabase) -> None:
    with open_world(new_database(), new_database()) as world:
        conversation = world.assistant.start()
        turn = world.ask(conversation, QUESTION)
        made = challenges_of(world).make(conversation.id, turn.id, RawText(WHY))
        assert made.case_id == ""
        assert world.assistant.read(conversation.id).case_number == 0
        assert challenges_of(world).all() == (made,)
        decided = challenges_of(world).decide(made.reference, 1, SUE, UPHELD)
        assert decided.ruling is Ruling.UPHELD
        assert world.verify().ok


def test_what_identifies_somebody_is_masked_before_it_is_kept(centre: Centre) -> None:
    made = a_challenge(centre, "Wrong. Ring me on 07700 900456 or write to zed@example.org")
    shown = centre.world.assistant.turn(made.conversation.id, made.turn.id).challenge
    assert shown is not None
    assert "[phone number]" in shown.why
    assert "07700" not in str(centre.personal(made.challenge.made_record))
    assert "zed@" not in str(centre.personal(made.challenge.made_record))


def test_the_same_words_twice_make_one_challenge_and_others_are_told_its_reference(
    centre: Centre, decided: Challenges
) -> None:
    made = a_challenge(centre)
    before = centre.kinds()
    assert decided.make(made.conversation.id, made.turn.id, RawText(f" {WHY} ")) == made.challenge
    with pytest.raises(ChallengeRefused, match=made.challenge.reference):
        decided.make(made.conversation.id, made.turn.id, RawText("And it is rude."))
    assert centre.kinds() == before


def test_eight_clicks_at_once_make_one_challenge_and_one_case(centre: Centre) -> None:
    conversation = centre.world.assistant.start()
    turn = centre.world.ask(conversation, QUESTION)
    make = challenges_of(centre.world).make
    came = at_once(*[lambda: make(conversation.id, turn.id, RawText(WHY))] * 8)
    assert len(set(came)) == 1
    assert len(centre.records(Kind.CHALLENGE_MADE, Kind.CASE_OPENED)) == 2


@pytest.mark.parametrize("why", ["", " \n ", "x" * (LONGEST_WHY + 1), "\ud800"])
def test_no_reason_or_too_much_of_one_keeps_nothing(
    centre: Centre, decided: Challenges, why: str
) -> None:
    conversation = centre.world.assistant.start()
    turn = centre.world.ask(conversation, QUESTION)
    before = centre.kinds()
    with pytest.raises(MessageInvalid):
        decided.make(conversation.id, turn.id, RawText(why))
    assert centre.kinds() == before


def test_only_an_answer_of_the_conversation_can_be_challenged(
    centre: Centre, decided: Challenges
) -> None:
    made, other = a_challenge(centre), centre.world.assistant.start()
    with pytest.raises(TurnUnknown):
        decided.make(other.id, made.turn.id, RawText(WHY))
    with pytest.raises(ConversationUnknown):
        decided.make("nobody's", made.turn.id, RawText(WHY))
    case = centre.claimed(QUESTION)
    silent = centre.write(case, "Are you there?")
    assert silent.status is TurnStatus.SILENT
    with pytest.raises(ChallengeRefused, match="no answer"):
        decided.make(case.conversation_id, silent.id, RawText(WHY))


# -- deciding one ---------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", [UPHELD, PARTLY, NOT_UPHELD], ids=lambda d: d.ruling)
def test_the_citizen_reads_what_was_decided_by_its_reference(
    centre: Centre, decided: Challenges, decision: Decision
) -> None:
    made = a_challenge(centre)
    centre.world.clock.pass_(hours=1)
    after = decided.decide(made.challenge.reference, 1, BOB, decision)
    assert (after.version, after.ruling, after.decided_by) == (2, decision.ruling, BOB.id)
    shown = centre.world.assistant.read(made.conversation.id).turns[0].challenge
    assert shown is not None
    assert shown.reference == made.challenge.reference
    assert (shown.ruling, shown.reasons, shown.corrected) == (
        decision.ruling.value,
        decision.reasons,
        decision.corrected,
    )
    (record,) = centre.records(Kind.CHALLENGE_DECIDED)
    assert record.facts["by"] == BOB.id
    assert record.facts["ruling"] == decision.ruling.value
    assert decision.reasons not in str(record.facts)
    assert centre.announced()[-1].kind == "challenge.decided"


def test_whoever_had_a_case_or_replied_does_not_decide(centre: Centre, decided: Challenges) -> None:
    """Claimed and released; was handed it and lost it again; replied to it as a supervisor."""
    made = a_challenge(centre)
    case = centre.of(made.conversation.id)
    case = centre.cases.claim(case.id, case.version, ANN)
    case = centre.cases.hand_over(case.id, case.version, ANN, BOB, "You know passports.")
    case = centre.cases.hand_over(case.id, case.version, SUE, ANN, "Bob is ill.")
    case = centre.cases.release(case.id, case.version, ANN, "Going home")
    third = StaffMember("staff-tom", "Tom", supervisor=True)
    fourth = StaffMember("staff-uma", "Uma")
    case = centre.cases.claim(case.id, case.version, fourth)
    centre.cases.reply(case.id, case.version, third, "We look into it.", "k")
    before = row_of(centre, made), centre.kinds()
    for handler in (ANN, BOB, third, fourth):
        with pytest.raises(DecidedByHandler):
            decided.decide(made.challenge.reference, 1, handler, UPHELD)
    assert (row_of(centre, made), centre.kinds()) == before
    assert decided.decide(made.challenge.reference, 1, SUE, UPHELD).decided_name == "Sue"


def test_of_eight_who_decide_at_once_one_wins_and_seven_learn_who(
    centre: Centre, decided: Challenges
) -> None:
    made = a_challenge(centre)
    crowd = [StaffMember(f"staff-{n}", f"Judge{n}") for n in range(8)]
    came = at_once(
        *[lambda by=by: decided.decide(made.challenge.reference, 1, by, PARTLY) for by in crowd]  # type: ignore[misc]
    )
    losers = [each for each in came if isinstance(each, ChallengeMoved)]
    assert len(losers) == 7
    winner = decided.find(made.challenge.reference)
    assert {each.who for each in losers} == {winner.decided_name}
    assert len(centre.records(Kind.CHALLENGE_DECIDED)) == 1
    with pytest.raises(ChallengeMoved):
        decided.decide(made.challenge.reference, 2, SUE, UPHELD)


BAD = (
    Decision(Ruling.UPHELD, "Wrong", ""),
    Decision(Ruling.PARTLY, "Wrong", "  "),
    Decision(Ruling.UPHELD, "", "Right"),
    Decision(Ruling.NOT_UPHELD, "Right as it was", "But also this"),
    Decision(Ruling.UPHELD, "x" * 4_001, "Right"),
)


@pytest.mark.parametrize("decision", BAD)
def test_a_decision_gives_reasons_and_a_corrected_answer_just_where_one_is_due(
    centre: Centre, decided: Challenges, decision: Decision
) -> None:
    made = a_challenge(centre)
    before = row_of(centre, made), centre.kinds()
    with pytest.raises((MessageInvalid, ChallengeRefused)):
        decided.decide(made.challenge.reference, 1, BOB, decision)
    assert (row_of(centre, made), centre.kinds()) == before


def test_looking_is_recorded_first_and_shows_the_answer_with_its_passages(
    centre: Centre, decided: Challenges
) -> None:
    made = a_challenge(centre)
    file = decided.read(f" {made.challenge.reference.lower()} ", BOB)
    assert (file.why, file.turn.answer) == (WHY, made.turn.answer)
    assert file.passages
    assert not file.handled
    assert file.decision is None
    receipt = decided.receipt(made.challenge.reference, BOB)
    assert made.turn.record in receipt
    views = centre.records(Kind.RECORD_VIEWED)
    assert [view.facts["what"] for view in views] == ["challenge", "receipt"]
    assert {view.facts["by"] for view in views} == {BOB.id}
    centre.cases.claim(file.challenge.case_id, 1, BOB)
    assert decided.read(made.challenge.reference, BOB).handled


def test_an_unknown_reference_is_said_to_be_so(centre: Centre, decided: Challenges) -> None:
    for reference in ("", "CH-", "CH-999", "' OR 1=1 --", "\x01", "é" * 5000):
        with pytest.raises(ChallengeUnknown):
            decided.decide(reference, 1, BOB, UPHELD)
        with pytest.raises(ChallengeUnknown):
            decided.find(reference)


# -- erasing, counting ----------------------------------------------------------------------------


def test_deleting_the_conversation_removes_every_word_and_keeps_the_proof(
    centre: Centre, decided: Challenges
) -> None:
    secrets = ("zebrafish", "xylophone", "quokka")
    waits, done = (a_challenge(centre, f"I keep {secrets[0]}") for _ in range(2))
    decided.decide(
        done.challenge.reference, 1, BOB, Decision(Ruling.UPHELD, secrets[1], secrets[2])
    )
    for made in (waits, done):
        centre.world.assistant.erase(made.conversation.id)
        for act in (
            lambda r=made.challenge.reference: decided.read(r, BOB),
            lambda r=made.challenge.reference: decided.receipt(r, BOB),
            lambda r=made.challenge.reference: decided.decide(r, 1, BOB, UPHELD),
        ):
            with pytest.raises((ChallengeUnknown, CaseUnknown)):
                act()
    statuses = {each.reference: each.status for each in decided.all()}
    assert statuses[waits.challenge.reference] is ChallengeStatus.ERASED
    assert statuses[done.challenge.reference] is ChallengeStatus.DECIDED
    (closed,) = centre.records(Kind.CHALLENGE_CLOSED)
    assert closed.facts["challenge"] == waits.challenge.reference
    with centre.world.database.read() as connection:
        everything = chain(
            connection.execute(select(challenges)).all(),
            connection.execute(select(log_leaves)).all(),
        )
        assert not any(secret in repr(row) for row in everything for secret in secrets)
        assert connection.execute(select(vault)).all() == []
    assert decided.figures().by_ruling[Ruling.UPHELD] == 1
    assert decided.figures().erased == 1


def test_the_figures_count_each_challenge_once(centre: Centre, decided: Challenges) -> None:
    start = centre.world.clock.now
    for number, decision in enumerate([UPHELD, UPHELD, PARTLY, NOT_UPHELD, None]):
        centre.world.clock.pass_(hours=1)
        made = a_challenge(centre, f"Reason {number}")
        if decision:
            decided.decide(made.challenge.reference, 1, BOB, decision)
    figures = decided.figures()
    assert (figures.made, figures.waiting) == (5, 1)
    assert figures.by_ruling == {Ruling.UPHELD: 2, Ruling.PARTLY: 1, Ruling.NOT_UPHELD: 1}
    assert decided.figures(until=start).made == 0
    assert decided.figures(since=centre.world.clock.now).made == 1
    assert next(each.ruling for each in decided.all()) is None
    assert len(decided.all(ChallengeStatus.OPEN)) == 1
    assert len(decided.all(ChallengeStatus.DECIDED)) == 4


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(why=st.text(min_size=1, max_size=300), reasons=st.text(min_size=1, max_size=300))
def test_any_text_comes_back_as_it_was_written_or_is_refused(
    centre: Centre, why: str, reasons: str
) -> None:
    decided = challenges_of(centre.world)
    try:
        made = a_challenge(centre, why)
        decided.decide(made.challenge.reference, 1, BOB, Decision(Ruling.NOT_UPHELD, reasons))
    except MessageInvalid:
        assert not why.strip() or not reasons.strip()
        return
    shown = centre.world.assistant.turn(made.conversation.id, made.turn.id).challenge
    assert shown is not None
    assert shown.why == centre.world.assistant.mask(RawText(why.strip()))
    assert shown.reasons == reasons.strip()
