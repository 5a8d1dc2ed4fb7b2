"""Two people make a reply into a page, and no one person can: on both databases alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.errors import (
    CaseUnknown,
    KnowledgeInvalid,
    KnowledgeMoved,
    KnowledgeMoveRefused,
    KnowledgeUnknown,
    SecondPersonNeeded,
)
from assistant.live import WithdrawalKind
from assistant.reviewed_knowledge.page import text_digest
from assistant.reviewed_knowledge.reviewing import ReviewedKnowledge
from assistant.reviewed_knowledge.states import KnowledgeStatus
from assistant.reviewed_knowledge.tables import reviewed_knowledge
from audit.events import Kind
from audit.storage import log_leaves
from tests.assisting import open_world
from tests.casework import ANN, BOB, SUE, Centre, a_centre
from tests.contract.test_cases_at_once import at_once
from tests.databases import NewDatabase
from tests.fakes import page
from tests.reviewing import (
    APPROVAL,
    ASKED,
    SAID,
    SOURCE,
    TOM,
    a_candidate,
    a_page,
    a_reply,
    reviewed_of,
)


@pytest.fixture
def centre(new_database: NewDatabase) -> Iterator[Centre]:
    with a_centre(new_database) as opened:
        yield opened


@pytest.fixture
def reviewed(centre: Centre) -> ReviewedKnowledge:
    return reviewed_of(centre.world)


def everything(centre: Centre) -> tuple[object, ...]:
    with centre.world.database.read() as connection:
        return (connection.execute(select(reviewed_knowledge)).all(), centre.kinds())


def test_a_reply_becomes_a_page_that_remembers_where_it_came_from(
    centre: Centre, reviewed: ReviewedKnowledge
) -> None:
    case, message = a_reply(centre)
    candidate = reviewed.propose(case, message, BOB, ASKED, SAID)
    assert (candidate.question, candidate.answer, candidate.author) == ("", "", ANN.id)
    file = reviewed.read(candidate.name, TOM)
    assert (file.question, file.answer) == (ASKED, SAID)
    edited = replace(APPROVAL, answer=SAID + "!!")
    made = reviewed.approve(candidate.name, 1, TOM, edited)
    (proposed,) = centre.records(Kind.KNOWLEDGE_PROPOSED)
    (approved,) = centre.records(Kind.KNOWLEDGE_APPROVED)
    (replied,) = centre.records(Kind.CASE_REPLIED)
    assert made.name == f"reviewed-{proposed.index}"
    assert (made.case_id, made.message, made.digest) == (
        case,
        replied.record_id,
        replied.leaf.commitment,
    )
    assert (made.proposed_by, made.decided_by) == (BOB.id, TOM.id)
    assert approved.facts["edit_distance"] == 2
    assert approved.facts["text"] == text_digest(made.question, made.answer)
    assert SAID not in repr(centre.kinds()) + str(approved.facts) + str(proposed.facts)
    assert [r.facts["by"] for r in centre.records(Kind.RECORD_VIEWED)] == [TOM.id]


def test_nobody_decides_about_what_they_proposed_or_wrote(
    centre: Centre, reviewed: ReviewedKnowledge
) -> None:
    candidate = a_candidate(centre)
    before = everything(centre)
    for one in (BOB, ANN, replace(BOB, supervisor=True), replace(ANN, supervisor=True)):
        with pytest.raises(SecondPersonNeeded):
            reviewed.approve(candidate.name, 1, one, APPROVAL)
        with pytest.raises(SecondPersonNeeded):
            reviewed.refuse(candidate.name, 1, one, "No")
    assert everything(centre) == before


def test_of_eight_who_decide_at_once_one_wins(centre: Centre, reviewed: ReviewedKnowledge) -> None:
    candidate = a_candidate(centre)
    acts = [
        lambda n=n: (  # type: ignore[misc]
            reviewed.approve(candidate.name, 1, replace(TOM, id=f"s{n}"), APPROVAL)
            if n % 2
            else reviewed.refuse(candidate.name, 1, replace(TOM, id=f"s{n}"), "No")
        )
        for n in range(8)
    ]
    came = at_once(*acts)
    assert sum(isinstance(each, KnowledgeMoved) for each in came) == 7
    assert len(centre.records(Kind.KNOWLEDGE_APPROVED, Kind.KNOWLEDGE_REFUSED)) == 1


def test_personal_data_is_masked_in_a_candidate_and_refused_in_a_page(
    centre: Centre, reviewed: ReviewedKnowledge
) -> None:
    case, message = a_reply(centre, "Ring Mrs Zanzibarova on 07700 900456.")
    suggestion = reviewed.suggest(case, message, BOB)
    assert "900456" not in suggestion.answer
    candidate = reviewed.propose(case, message, BOB, ASKED, "Ring me on 07700 900456.")
    file = reviewed.read(candidate.name, TOM)
    assert file.answer == "Ring me on [phone number]."
    before = everything(centre)
    for answer in (file.answer, "Ring me on 07700 900456.", "Write to a@b.example.org"):
        with pytest.raises(KnowledgeInvalid) as refused:
            reviewed.approve(candidate.name, 1, TOM, replace(APPROVAL, answer=answer))
        assert refused.value.field == "answer"
    asked = replace(APPROVAL, question="Shall I ring 07700 900456?")
    with pytest.raises(KnowledgeInvalid):
        reviewed.approve(candidate.name, 1, TOM, asked)
    assert everything(centre) == before


SOURCES = (
    "",
    "http://www.gov.uk/x",
    "javascript:alert(1)",
    "https://",
    "https://localhost/x",
    "https://user:secret@www.gov.uk/x",
    "https://www.gov.uk:8443/x",
    "https://www.gov.uk/a b",
    "https://www.gov.uk/\n",
    "https://[::1",
    "//www.gov.uk/x",
    "https://www.gov.uk/" + "x" * 600,
)


@pytest.mark.parametrize("address", SOURCES)
def test_the_source_is_an_https_address(
    centre: Centre, reviewed: ReviewedKnowledge, address: str
) -> None:
    candidate = a_candidate(centre)
    with pytest.raises(KnowledgeInvalid) as refused:
        reviewed.approve(candidate.name, 1, TOM, replace(APPROVAL, official_url=address))
    assert refused.value.field == "official_url"


@pytest.mark.parametrize("days", [-1, 0, 732, 40_000])
def test_the_last_day_is_to_come_and_not_far_off(
    centre: Centre, reviewed: ReviewedKnowledge, days: int
) -> None:
    candidate = a_candidate(centre)
    last = centre.world.clock.now.date() + timedelta(days=days)
    with pytest.raises(KnowledgeInvalid) as refused:
        reviewed.approve(candidate.name, 1, TOM, replace(APPROVAL, expires_on=last))
    assert refused.value.field == "expires_on"


@pytest.mark.parametrize("text", ["", "  ", "x\x00y", "\x1b[31m", "a\x85b", "\ud800", "x" * 6_000])
def test_no_text_too_much_of_it_or_what_cannot_be_printed_is_refused(
    centre: Centre, reviewed: ReviewedKnowledge, text: str
) -> None:
    case, message = a_reply(centre)
    with pytest.raises(KnowledgeInvalid):
        reviewed.propose(case, message, BOB, ASKED, text)
    with pytest.raises(KnowledgeInvalid):
        reviewed.propose(case, message, BOB, text, SAID)
    with pytest.raises(KnowledgeInvalid):
        reviewed.propose(case, message, BOB, "two\nlines", SAID)
    assert reviewed.all() == ()


def test_only_a_reply_of_that_case_can_be_proposed_and_only_once(
    centre: Centre, reviewed: ReviewedKnowledge
) -> None:
    case, message = a_reply(centre)
    other = centre.claimed()
    note = centre.cases.note(other.id, ANN, "Private", "n")
    for pair in ((other.id, message), (other.id, note.id), (case, "nothing")):
        with pytest.raises(KnowledgeMoveRefused):
            reviewed.propose(*pair, BOB, ASKED, SAID)
        with pytest.raises(KnowledgeMoveRefused):
            reviewed.suggest(*pair, BOB)
    with pytest.raises(CaseUnknown):
        reviewed.propose("no case", message, BOB, ASKED, SAID)
    came = at_once(*[lambda: reviewed.propose(case, message, BOB, ASKED, SAID)] * 4)
    assert sum(isinstance(each, KnowledgeMoveRefused) for each in came) == 3
    (name,) = (each.name for each in reviewed.all())
    reviewed.refuse(name, 1, TOM, "Not clear")
    assert reviewed.read(name, TOM).refused_because == "Not clear"
    reviewed.propose(case, message, BOB, ASKED, SAID)


def test_withdrawing_takes_effect_with_the_next_question_and_lists_who_read_it(
    centre: Centre, reviewed: ReviewedKnowledge, new_database: NewDatabase
) -> None:
    made = a_page(centre)
    ours = page(made.address, "Post offices", SAID, official_url=SOURCE)
    with open_world(
        centre.world.url,
        centre.world.keys_url,
        documents=(ours,),
        prefix="q",
        clock=centre.world.clock,
    ) as asking:
        reader, gone = asking.assistant.start(), asking.assistant.start()
        first = asking.ask(reader, "Do post offices check the form?")
        second = asking.ask(gone, "Do post offices check the form?")
        assert first.citations[0].url.startswith(made.address)
        assert first.citations[0].reviewed
        assert not first.citations[0].starter
        asking.assistant.erase(gone.id)
        quoted = reviewed.withdraw(made.name, "Sue", "The post office stopped it.")
        assert [(each.turn, each.erased) for each in quoted] == [
            (first.id, False),
            (second.id, True),
        ]
        assert quoted[0].conversation_id == reader.id
        again = asking.ask(reader, "Do post offices check a form?")
        assert made.address not in str(again.citations)
        assert asking.operations.state().withdrawals[-1].value == made.address
    (record,) = centre.records(Kind.KNOWLEDGE_WITHDRAWN)
    assert record.facts["reason"] == "The post office stopped it."
    with pytest.raises(KnowledgeMoveRefused):
        reviewed.withdraw(made.name, "Sue", "Again")


def test_withdrawing_what_an_operator_withdrew_already_still_ends_the_page(
    centre: Centre, reviewed: ReviewedKnowledge
) -> None:
    made = a_page(centre)
    centre.world.operations.withdraw(WithdrawalKind.PAGE, made.address, "At once")
    assert reviewed.withdraw(made.name, "Sue", "Wrong") == ()
    assert reviewed.find(made.name).status is KnowledgeStatus.WITHDRAWN
    assert len(centre.world.operations.state().withdrawals) == 1


def test_a_page_expires_after_its_last_day_and_not_on_it(
    centre: Centre, reviewed: ReviewedKnowledge
) -> None:
    made = a_page(centre, days=10)
    centre.world.clock.pass_(days=10)
    assert reviewed.expire_overdue() == ()
    assert reviewed.in_use() == (made,)
    centre.world.clock.pass_(days=1)
    assert reviewed.in_use() == ()
    (ended,) = reviewed.expire_overdue()
    assert ended.status is KnowledgeStatus.EXPIRED
    assert centre.world.operations.state().withdrawals[-1].value == made.address
    assert reviewed.expire_overdue() == ()


def test_deleting_the_conversation_ends_a_candidate_and_leaves_a_page(
    centre: Centre, reviewed: ReviewedKnowledge
) -> None:
    candidate, made = a_candidate(centre), a_page(centre)
    for each in (candidate, made):
        centre.world.assistant.erase(each.conversation_id)
    assert reviewed.find(candidate.name).status is KnowledgeStatus.ERASED
    assert reviewed.find(made.name) == made
    assert reviewed.read(made.name, SUE).answer == SAID
    assert reviewed.read(candidate.name, SUE).answer == ""
    with pytest.raises((KnowledgeMoveRefused, CaseUnknown)):
        reviewed.approve(candidate.name, 2, TOM, APPROVAL)
    (closed,) = centre.records(Kind.KNOWLEDGE_CLOSED)
    assert closed.facts["page"] == candidate.name
    with centre.world.database.read() as connection:
        leaves = repr(connection.execute(select(log_leaves)).all())
    assert SAID not in leaves
    reviewed.withdraw(made.name, "Sue", "No longer right")


def test_an_unknown_name_is_said_to_be_so(reviewed: ReviewedKnowledge) -> None:
    for name in ("", "reviewed-0", "' OR 1=1", "x" * 9_000):
        with pytest.raises(KnowledgeUnknown):
            reviewed.find(name)
        with pytest.raises(KnowledgeUnknown):
            reviewed.withdraw(name, "Sue", "Wrong")


def test_records_read_in_pages_are_all_there_and_in_order(centre: Centre) -> None:
    for _ in range(5):
        centre.waiting("How can I renew my passport?")
    with centre.world.database.read() as connection:
        whole = centre.world.log.of_kind(connection, Kind.TURN_ANSWERED)
        assert len(whole) == 5
        for size in (1, 2, 5, 1_000):
            found = centre.world.log.scan(connection, Kind.TURN_ANSWERED, page=size)
            assert tuple(found) == whole
        wanted = str(whole[3].facts["turn"]).encode()
        assert [*centre.world.log.scan(connection, Kind.TURN_ANSWERED, wanted, 2)] == [whole[3]]
