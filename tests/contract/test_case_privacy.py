"""Support needs, who looked, and erasure of cases, on both databases alike."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text

from assistant.errors import (
    CaseHeldByOther,
    CaseMoveRefused,
    CaseUnknown,
    MessageInvalid,
    NeedsNotAcknowledged,
    TurnUnknown,
)
from assistant.escalations.case import Case
from assistant.escalations.needs import NO_NEEDS, Need, SupportNeeds
from assistant.escalations.states import (
    Status,
)
from assistant.storage import turns
from audit.errors import LogMismatch
from audit.events import Kind
from tests.casework import ANN, BOB, QUESTION, Centre, a_centre, refused_and_unchanged
from tests.databases import NewDatabase

SECRETS = ("Zanzibarova", "zebrafish", "xylophonist", "quizzical", "07700 900456")


@pytest.fixture
def centre(new_database: NewDatabase) -> Iterator[Centre]:
    with a_centre(new_database) as opened:
        yield opened


# -- support needs ---------------------------------------------------------------------------------

NEEDS = SupportNeeds({Need.BSL: "", Need.SAFE_TIMES: "Mondays, when zebrafish are fed"})


def test_support_needs_are_acknowledged_before_a_reply_is_accepted(centre: Centre) -> None:
    """A coroner counted six chances missed because needs stood in a tab that nobody opened."""
    conversation = centre.world.assistant.start()
    centre.world.assistant.ask_for_person(conversation.id, NEEDS)
    case = centre.of(conversation.id)
    assert case.needs_record
    assert not case.needs_acknowledged
    case = centre.cases.claim(case.id, case.version, ANN)
    said = refused_and_unchanged(
        centre,
        case,
        lambda: centre.cases.reply(case.id, case.version, ANN, "Hello", "k"),
        NeedsNotAcknowledged,
    )
    assert "Acknowledge" in said
    view = centre.cases.read(case.id, ANN)
    assert view.needs == NEEDS == view.file.needs
    case = centre.cases.acknowledge_needs(case.id, case.version, ANN)
    assert case.needs_acknowledged
    centre.cases.reply(case.id, case.version, ANN, "Hello", "k")


def test_new_needs_and_a_new_holder_are_acknowledged_again(centre: Centre) -> None:
    case = centre.claimed()
    centre.world.assistant.state_needs(case.conversation_id, NEEDS)
    case = centre.now(case)
    case = centre.cases.acknowledge_needs(case.id, case.version, ANN)
    case = centre.cases.hand_over(case.id, case.version, ANN, BOB, "her day off")
    with pytest.raises(NeedsNotAcknowledged):
        centre.cases.reply(case.id, case.version, BOB, "Hello", "k")
    case = centre.cases.acknowledge_needs(case.id, case.version, BOB)
    other = SupportNeeds({Need.INTERPRETER: "Polish"})
    centre.world.assistant.state_needs(case.conversation_id, other)
    case = centre.now(case)
    with pytest.raises(NeedsNotAcknowledged):
        centre.cases.reply(case.id, case.version, BOB, "Hello", "k")
    assert centre.cases.read(case.id, BOB).needs == other


def test_needs_without_a_case_are_not_kept(centre: Centre) -> None:
    conversation = centre.world.assistant.start()
    before = centre.kinds()
    centre.world.assistant.state_needs(conversation.id, NEEDS)
    assert centre.kinds() == before
    case = centre.claimed()
    with pytest.raises(CaseMoveRefused):
        centre.cases.acknowledge_needs(case.id, case.version, ANN)


@given(st.dictionaries(st.sampled_from(Need), st.text(max_size=310), min_size=1))
def test_needs_are_refused_or_read_back_the_same(stated: dict[Need, str]) -> None:
    from assistant.escalations.needs import needs_from_json

    bad = any(len(t) > 300 or (n.in_words and not t.strip()) for n, t in stated.items())
    if bad:
        with pytest.raises(MessageInvalid):
            SupportNeeds(stated)
    else:
        needs = SupportNeeds(stated)
        assert needs_from_json(needs.as_json()) == needs
    assert not NO_NEEDS


# -- who looked ------------------------------------------------------------------------------------


def test_opening_a_case_file_is_itself_recorded_first(centre: Centre) -> None:
    case = centre.waiting(QUESTION)
    centre.cases.read(case.id, BOB)
    (record,) = centre.records(Kind.RECORD_VIEWED)
    assert dict(record.facts) == {"what": "case", "case": case.id, "by": BOB.id}
    before = centre.kinds()
    centre.cases.queue()
    centre.cases.case(case.id)
    centre.cases.history(case.id)
    assert centre.kinds() == before


def test_a_reveal_is_recorded_before_anything_is_shown(centre: Centre) -> None:
    question = "Renew a passport, my number is 07700 900456"
    case = centre.claimed(question)
    (turn,) = centre.view(case).turns
    assert centre.cases.reveal(case.id, turn.id, ANN, "to ring back") == question
    (record,) = centre.records(Kind.TEXT_REVEALED)
    assert dict(record.facts) == {"case": case.id, "turn": turn.id, "by": ANN.id}
    assert centre.personal(record.record_id)["why"] == "to ring back"
    with pytest.raises(MessageInvalid):
        centre.cases.reveal(case.id, turn.id, ANN, " ")
    with pytest.raises(TurnUnknown):
        centre.cases.reveal(case.id, "other", ANN, "why")
    with pytest.raises(CaseHeldByOther):
        centre.cases.reveal(case.id, turn.id, BOB, "curious")
    assert len(centre.records(Kind.TEXT_REVEALED)) == 1


def test_what_cannot_be_recorded_is_not_shown(centre: Centre) -> None:
    case = centre.claimed(QUESTION)
    (turn,) = centre.view(case).turns
    with centre.world.database.write() as connection:
        head = connection.execute(text("SELECT origin FROM log_head")).scalar_one()
        connection.execute(text("UPDATE log_head SET origin = 'elsewhere'"))
    with pytest.raises(LogMismatch):
        centre.cases.read(case.id, ANN)
    with pytest.raises(LogMismatch):
        centre.cases.reveal(case.id, turn.id, ANN, "to ring back")
    with centre.world.database.write() as connection:
        connection.execute(text("UPDATE log_head SET origin = :o"), {"o": head})


# -- erasure ---------------------------------------------------------------------------------------


def everything_written(centre: Centre, case: Case) -> None:
    """Put the secrets into everything that people can write in a case."""
    case = centre.cases.claim(case.id, case.version, ANN)
    centre.world.assistant.state_needs(
        case.conversation_id, SupportNeeds({Need.OTHER: "xylophonist"})
    )
    case = centre.now(case)
    case = centre.cases.acknowledge_needs(case.id, case.version, ANN)
    centre.cases.note(case.id, ANN, "a zebrafish", "quizzical key")
    centre.cases.reply(
        case.id, case.version, ANN, "Dear Ms Zanzibarova", "quizzical", draft="Dear zebrafish"
    )
    centre.write(case, "It is Zanzibarova, 07700 900456")
    case = centre.now(case)
    turn = centre.view(case).turns[-1]
    centre.cases.reveal(case.id, turn.id, ANN, "to ring Zanzibarova")
    case = centre.cases.hand_over(case.id, case.version, ANN, BOB, "knows the zebrafish")


def test_no_text_of_a_case_is_in_any_table_in_the_clear(centre: Centre) -> None:
    case = centre.waiting("Can Ms Zanzibarova with the zebrafish renew a passport?")
    everything_written(centre, case)
    found = []
    with centre.world.database.read() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                found.extend(
                    bytes(v).decode("latin-1") if isinstance(v, bytes) else str(v) for v in row
                )
    everything = "\n".join(found).casefold()
    assert case.id in everything
    assert [s for s in SECRETS if s.casefold() in everything] == []


def test_erasing_leaves_nothing_readable_and_ends_the_case(centre: Centre) -> None:
    case = centre.waiting("Can Ms Zanzibarova with the zebrafish renew a passport?")
    everything_written(centre, case)
    version = centre.now(case).version
    centre.world.assistant.erase(case.conversation_id)
    for act in (
        lambda: centre.cases.read(case.id, ANN),
        lambda: centre.cases.note(case.id, ANN, "late", "n"),
        lambda: centre.cases.claim(case.id, version, ANN),
        lambda: centre.cases.reply(case.id, version, BOB, "late", "k"),
        lambda: centre.cases.reveal(case.id, "t", ANN, "late"),
    ):
        with pytest.raises(CaseUnknown):
            act()
    ended = centre.now(case)
    assert (ended.status, ended.holder_id) == (Status.EXPIRED, "")
    assert centre.cases.queue() == ()
    assert centre.announced()[-1].kind == "case.erased"
    with centre.world.database.read() as connection:
        for table in ("vault", "turn_workings"):
            query = text(f"SELECT count(*) FROM {table}")
            assert connection.execute(query).scalar_one() == 0
        query = select(turns.c.sealed_question).where(
            turns.c.conversation_id == case.conversation_id
        )
        assert set(connection.execute(query).scalars()) == {None}
    centre.world.assistant.erase(case.conversation_id)
    assert len(centre.records(Kind.CASE_ERASED)) == 1
    assert centre.world.keys.is_destroyed(case.conversation_id)


def test_an_erased_case_that_had_ended_stays_resolved(centre: Centre) -> None:
    case = centre.resolved()
    centre.world.assistant.erase(case.conversation_id)
    assert centre.now(case).status is Status.RESOLVED
    assert centre.now(case).ended_at == case.ended_at
