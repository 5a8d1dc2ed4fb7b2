"""The console's pages for challenges and reviewed knowledge, over HTTP, over a whole world."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from api.staff.permissions import Role
from assistant.challenges.challenges import Challenges
from assistant.escalations.people import StaffMember
from assistant.reviewed_knowledge.reviewing import ReviewedKnowledge
from assistant.reviewed_knowledge.states import KnowledgeStatus
from audit.events import Kind
from tests.casework import Centre, a_centre
from tests.challenging import a_challenge, challenges_of
from tests.databases import NewDatabase
from tests.reviewing import ASKED, SAID, a_candidate, a_page, a_reply, reviewed_of
from tests.staffing import Staffing, staffing

HOSTILE = '<script>alert(1)</script>" onfocus="alert(2)'


@dataclass(frozen=True)
class Office:
    """A console beside a contact centre, on one database."""

    centre: Centre
    made: Staffing
    http: TestClient
    challenges: Challenges
    reviewed: ReviewedKnowledge

    def sign_in(self, *roles: Role, name: str = "Amina Begum") -> tuple[str, StaffMember]:
        self.http.cookies.clear()
        account = self.made.account(*roles, name=name)
        first_name = name.split(maxsplit=1)[0]
        return self.made.sign_in(self.http, account), StaffMember(account, first_name)

    def post(self, path: str, token: str, **fields: str):  # type: ignore[no-untyped-def]
        return self.http.post(path, data={"form_token": token, **fields})


@pytest.fixture
def office(new_sqlite: NewDatabase) -> Iterator[Office]:
    with a_centre(new_sqlite) as centre:
        challenges, reviewed = challenges_of(centre.world), reviewed_of(centre.world)
        world = centre.world
        parts = {"challenges": challenges, "reviewed": reviewed}
        with staffing(world.url, world.keys_url, **parts) as made, made.client() as http:
            yield Office(centre, made, http, challenges, reviewed)


# -- challenges -----------------------------------------------------------------------------------


def test_a_supervisor_sees_the_answer_its_passages_and_receipt_and_decides(office: Office) -> None:
    made = a_challenge(office.centre, HOSTILE)
    token, who = office.sign_in(Role.SUPERVISOR)
    path = f"/staff/challenges/{made.challenge.reference}"
    listed = office.http.get("/staff/challenges").text
    assert made.challenge.reference in listed
    assert "script>alert" not in listed
    page = office.http.get(path).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert made.turn.answer.split("\n")[0] in page
    assert "Passages that were found for it" in page
    receipt = office.http.get(f"{path}/receipt")
    assert receipt.status_code == 200
    assert made.turn.record in receipt.text
    fields = {"version": "1", "ruling": "partly", "reasons": HOSTILE, "corrected": "Ten weeks."}
    sent = office.post(path, token, **fields)
    assert (sent.status_code, sent.headers["location"]) == (303, path)
    page = office.http.get(path).text
    assert "Partly upheld" in page
    assert "<script>alert" not in page
    assert office.challenges.find(made.challenge.reference).decided_by == who.id
    assert made.challenge.reference not in office.http.get("/staff/challenges").text
    decided = office.http.get("/staff/challenges?status=decided").text
    assert made.challenge.reference in decided
    again = office.post(path, token, **fields)
    assert again.status_code == 409
    assert "Look at the challenge again" in again.text
    assert len(office.centre.records(Kind.CHALLENGE_DECIDED)) == 1


BAD = (
    {"reasons": "x", "corrected": "y"},
    {"ruling": "burnt", "reasons": "x", "corrected": "y"},
    {"ruling": "upheld", "reasons": "", "corrected": "typed already"},
    {"ruling": "upheld", "reasons": "typed already", "corrected": ""},
    {"ruling": "not_upheld", "reasons": "x", "corrected": "typed already"},
    {"ruling": "upheld", "reasons": "x" * 4_001, "corrected": "typed already"},
)


@pytest.mark.parametrize("fields", BAD)
def test_a_form_that_is_not_whole_comes_back_with_what_was_typed(
    office: Office, fields: dict[str, str]
) -> None:
    made = a_challenge(office.centre)
    token, _ = office.sign_in(Role.SUPERVISOR)
    path = f"/staff/challenges/{made.challenge.reference}"
    answer = office.post(path, token, version="1", **fields)
    assert answer.status_code in {409, 422}
    assert "There is a problem" in answer.text
    assert ("typed already" in answer.text) == ("typed already" in fields.values())
    assert office.challenges.find(made.challenge.reference).ruling is None


@pytest.mark.parametrize("version", ["", "0", "2", "-1", "x", "9" * 400, "١"])
def test_a_stale_or_forged_version_decides_nothing(office: Office, version: str) -> None:
    made = a_challenge(office.centre)
    token, _ = office.sign_in(Role.SUPERVISOR)
    path = f"/staff/challenges/{made.challenge.reference}"
    fields = {"ruling": "not_upheld", "reasons": "Right"}
    assert office.post(path, token, version=version, **fields).status_code == 409
    assert office.challenges.find(made.challenge.reference).ruling is None


def test_who_had_the_case_is_told_so_and_gets_no_form(office: Office) -> None:
    made = a_challenge(office.centre)
    token, who = office.sign_in(Role.SUPERVISOR)
    office.centre.cases.claim(made.challenge.case_id, 1, who)
    path = f"/staff/challenges/{made.challenge.reference}"
    page = office.http.get(path).text
    assert "somebody else has to decide" in page
    assert 'name="ruling"' not in page
    sent = office.post(path, token, version="1", ruling="not_upheld", reasons="Right")
    assert sent.status_code == 409
    assert "Somebody who did not" in sent.text


def test_an_unknown_or_deleted_challenge_is_not_found(office: Office) -> None:
    made = a_challenge(office.centre)
    office.centre.world.assistant.erase(made.conversation.id)
    office.sign_in(Role.SUPERVISOR)
    for reference in (made.challenge.reference, "CH-0", "%27", "..%2f..", "x" * 900):
        assert office.http.get(f"/staff/challenges/{reference}").status_code == 404
        assert office.http.get(f"/staff/challenges/{reference}/receipt").status_code == 404
    assert office.http.get("/staff/challenges?status=%00").status_code == 200


# -- knowledge ------------------------------------------------------------------------------------


def approval(**changes: str) -> dict[str, str]:
    return {
        "version": "1",
        "question": ASKED,
        "answer": SAID,
        "official_url": "https://www.gov.uk/renew",
        "official_title": "Renew",
        "expires_on-day": "1",
        "expires_on-month": "9",
        "expires_on-year": "2026",
    } | changes


def test_an_adviser_proposes_a_supervisor_approves_and_withdraws(office: Office) -> None:
    case, message = a_reply(office.centre)
    token, _ = office.sign_in(Role.ADVISER, name="Bob Jones")
    form = office.http.get(f"/staff/knowledge/new?case={case}&message={message}")
    assert SAID in form.text
    fields = {"case": case, "message": message, "question": ASKED, "answer": SAID}
    assert office.post("/staff/knowledge/new", token, **fields).status_code == 303
    (candidate,) = office.reviewed.all()
    path = f"/staff/knowledge/{candidate.name}"
    assert candidate.name in office.http.get("/staff/knowledge").text
    assert SAID not in office.http.get("/staff/knowledge").text
    assert office.http.get(path).status_code == 403
    again = office.post("/staff/knowledge/new", token, **fields)
    assert again.status_code == 409

    token, who = office.sign_in(Role.SUPERVISOR, name="Sue Smith")
    assert ASKED in office.http.get(path).text
    sent = office.post(f"{path}/approve", token, **approval())
    assert sent.status_code == 303, sent.text
    made = office.reviewed.find(candidate.name)
    assert (made.status, made.decided_by) == (KnowledgeStatus.APPROVED, who.id)
    assert "Withdraw it" in office.http.get(path).text
    assert office.post(f"{path}/withdraw", token, reason=" ").status_code == 422
    gone = office.post(f"{path}/withdraw", token, reason="It has changed.")
    assert gone.status_code == 200
    assert "No answer quoted it." in gone.text
    assert office.post(f"{path}/withdraw", token, reason="Again").status_code == 409


def test_a_supervisor_who_proposed_gets_no_form_and_is_refused(office: Office) -> None:
    token, who = office.sign_in(Role.SUPERVISOR)
    candidate = a_candidate(office.centre, by=who)
    path = f"/staff/knowledge/{candidate.name}"
    assert 'name="official_url"' not in office.http.get(path).text
    assert office.post(f"{path}/approve", token, **approval()).status_code == 409
    assert office.post(f"{path}/refuse", token, version="1", why="No").status_code == 409
    assert office.reviewed.find(candidate.name).status is KnowledgeStatus.PROPOSED


BAD_APPROVALS = (
    {"question": ""},
    {"answer": ""},
    {"official_url": "javascript:alert(1)"},
    {"official_url": HOSTILE},
    {"official_title": ""},
    {"expires_on-day": "31", "expires_on-month": "2"},
    {"expires_on-year": ""},
    {"expires_on-year": "99999"},
    {"expires_on-year": "²"},
    {"expires_on-year": "2020"},
    {"answer": f"{HOSTILE} 07700 900456"},
    {"version": "7"},
    {"version": "x"},
)


@pytest.mark.parametrize("changes", BAD_APPROVALS, ids=str)
def test_what_cannot_be_approved_is_said_and_nothing_is(
    office: Office, changes: dict[str, str]
) -> None:
    candidate = a_candidate(office.centre)
    token, _ = office.sign_in(Role.SUPERVISOR)
    path = f"/staff/knowledge/{candidate.name}"
    answer = office.post(f"{path}/approve", token, **approval(**changes))
    assert answer.status_code in {409, 422}
    assert "There is a problem" in answer.text
    assert "<script>alert" not in answer.text
    assert office.reviewed.find(candidate.name).status is KnowledgeStatus.PROPOSED


def test_hostile_text_is_only_ever_text(office: Office) -> None:
    case, message = a_reply(office.centre, HOSTILE)
    token, _ = office.sign_in(Role.ADVISER)
    form = office.http.get(f"/staff/knowledge/new?case={case}&message={message}").text
    assert "<script>alert" not in form
    fields = {"case": case, "message": message, "question": HOSTILE, "answer": ""}
    again = office.post("/staff/knowledge/new", token, **fields)
    assert again.status_code == 422
    assert "<script>alert" not in again.text
    office.post("/staff/knowledge/new", token, **fields | {"answer": HOSTILE})
    (candidate,) = office.reviewed.all()
    token, _ = office.sign_in(Role.SUPERVISOR)
    path = f"/staff/knowledge/{candidate.name}"
    assert "<script>alert" not in office.http.get(path).text
    made = office.post(f"{path}/approve", token, **approval(question=HOSTILE, answer=HOSTILE))
    assert made.status_code == 303, made.text
    for page in (path, "/staff/knowledge"):
        assert "<script>alert" not in office.http.get(page).text


def test_refusing_needs_a_reason_and_shows_it_to_colleagues(office: Office) -> None:
    candidate = a_candidate(office.centre)
    token, _ = office.sign_in(Role.SUPERVISOR)
    path = f"/staff/knowledge/{candidate.name}"
    assert office.post(f"{path}/refuse", token, version="1", why="").status_code == 422
    assert office.post(f"{path}/refuse", token, version="1", why="Not so.").status_code == 303
    assert "Refused because: Not so." in office.http.get(path).text


def test_what_is_not_there_is_not_found(office: Office) -> None:
    a_page(office.centre)
    token, _ = office.sign_in(Role.SUPERVISOR)
    for name in ("reviewed-0", "%27", "x" * 900):
        assert office.http.get(f"/staff/knowledge/{name}").status_code == 404
        for move in ("approve", "refuse", "withdraw"):
            fields = approval(why="x", reason="x")
            sent = office.post(f"/staff/knowledge/{name}/{move}", token, **fields)
            assert sent.status_code == 404
    assert office.http.get("/staff/knowledge/new?case=x&message=y").status_code == 404
