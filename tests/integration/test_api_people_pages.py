"""Talking to a person on pages without JavaScript: a citizen's forms, an adviser's moves."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.parts import Limits
from assistant.escalations.needs import Need, SupportNeeds
from audit.events import Kind
from tests.casework import ANN, ANSWERED, BOB
from tests.meeting import SUNDAY, Meeting, a_meeting

BROWSER = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Site": "same-origin"}
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'text' {{ 7 * 7 }}"


class Citizen:
    """A browser without JavaScript."""

    def __init__(self, http: TestClient) -> None:
        self.http = http

    def get(self, path: str) -> str:
        answer = self.http.get(path, headers=BROWSER)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return unescape(answer.text)

    def post(self, path: str, page: str = "/conversation", **fields: str) -> Response:
        html = self.http.get(page, headers=BROWSER).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))
        return self.http.post(path, data={**hidden, **fields}, headers=BROWSER)

    def done(self, path: str, page: str = "/conversation", **fields: str) -> str:
        answer = self.post(path, page, **fields)
        while answer.status_code == 303:
            answer = self.http.get(answer.headers["location"].partition("#")[0], headers=BROWSER)
        assert answer.status_code == 200, answer.text[:300]
        return unescape(answer.text)

    def log(self) -> list[str]:
        """Return what the log says, each message as one line."""
        html = self.get("/conversation")
        inside = html.partition("data-log>")[2].partition("data-waiting")[0]
        inside = re.sub(r"<summary.*?</summary>|<details.*?</details>", "", inside, flags=re.S)
        sections = re.findall(r"<section class=\"app-message.*?</section>", inside, flags=re.S)
        return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in sections]


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    with a_meeting(tmp_path) as meeting:
        yield meeting


def browser(met: Meeting, **changes: object) -> TestClient:
    return TestClient(
        create_app(met.parts(**changes)),
        base_url="http://testserver",
        raise_server_exceptions=False,
        follow_redirects=False,
    )


@pytest.fixture
def citizen(met: Meeting) -> Iterator[Citizen]:
    with browser(met) as http:
        yield Citizen(http)


def newest(met: Meeting):  # type: ignore[no-untyped-def]
    return met.centre.everything()[-1]


def test_the_whole_journey_by_forms(met: Meeting, citizen: Citizen) -> None:
    met.on_duty[0] = 1
    citizen.done("/conversation/turns", "/", question="How can I renew my passport?")
    page = citizen.done("/conversation/person")
    assert "You asked to talk to a person" in page
    assert "You can talk to a person here" in page
    assert "You are first in the queue." in page
    assert "Check for new messages" in page
    case, cases = newest(met), met.centre.cases
    assert f"Your case number is {case.number}." in page

    met.clock.pass_(minutes=1)
    case = cases.claim(case.id, case.version, ANN)
    page = citizen.get("/conversation")
    assert page.count("Ann is reading your messages") == 2  # the heading, and what scripts say
    assert "Your message" in page
    assert "A person reads this, not the assistant." in page

    met.clock.pass_(minutes=1)
    citizen.done("/conversation/turns", question="Are you there? I am at 12 High Street.")
    case = met.centre.now(case)
    met.clock.pass_(minutes=1)
    cases.reply(case.id, case.version, ANN, f"Hello.\n\n{HOSTILE}", "k", draft="Hi")
    met.clock.pass_(minutes=1)
    citizen.done("/conversation/turns", question="Thank you")
    told = citizen.log()
    assert [line.split(maxsplit=1)[0] for line in told] == [
        "You", "Assistant", "You", "You", "Ann", "You",
    ]  # fmt: skip
    assert told[3].startswith("You Are you there?")
    assert told[3].endswith("Sent")
    assert told[4].startswith("Ann (adviser) Hello.")
    assert "The assistant wrote a draft of this. Ann checked it and sent it." in told[4]
    assert told[5] == "You Thank you Sent"
    assert "<script>alert" not in citizen.http.get("/conversation", headers=BROWSER).text

    case = met.centre.now(case)
    cases.resolve(case.id, case.version, ANN, ANSWERED)
    page = citizen.get("/conversation")
    assert "Your conversation with a person has ended" in page
    assert "You can ask the assistant again." in page
    assert "Check for new messages" not in page
    assert "Your question" in page
    page = citizen.done("/conversation/turns", question="How can I renew my passport?")
    assert citizen.log()[-1].startswith("Assistant")
    citizen.done("/conversation/person")
    assert newest(met).id == case.id
    assert newest(met).status.value == "open"


def test_the_files_to_keep_hold_what_people_wrote(met: Meeting, citizen: Citizen) -> None:
    citizen.done("/conversation/person", "/", language="en")
    case = newest(met)
    case = met.centre.cases.claim(case.id, case.version, ANN)
    met.centre.cases.reply(case.id, case.version, ANN, HOSTILE, "k")
    met.clock.pass_(minutes=1)
    citizen.done("/conversation/turns", question="Fine")
    html = citizen.http.get("/conversation/download.html").text
    assert "Ann (adviser)" in html
    assert "<script>" not in html
    assert html.index("Ann (adviser)") < html.index("Fine")
    kept = citizen.http.get("/conversation/download.json").json()
    assert kept["messages"][0]["text"] == HOSTILE
    assert kept["person"] == "with_person"


def test_in_a_trial_nobody_is_said_to_be_there(tmp_path: Path) -> None:
    with a_meeting(tmp_path, in_use=False, on_duty=5) as met, browser(met) as http:
        citizen = Citizen(http)
        page = citizen.done("/conversation/person", "/", language="en")
        for path in ("/conversation/needs", "/conversation/call-back"):
            page += citizen.get(path)
        for said in ("queue", "Check for new", "is reading", "We are closed", "on duty", "Save</"):
            assert said not in page.partition("<main")[2], said
        assert "Call Tref Council on 0300 000 0000." in page
        assert citizen.post("/conversation/needs", bsl="yes").status_code == 409
        assert met.centre.everything() == []


def test_out_of_hours_and_nobody_on_duty_are_said(tmp_path: Path) -> None:
    with a_meeting(tmp_path, now=SUNDAY, on_duty=5) as met, browser(met) as http:
        citizen = Citizen(http)
        page = citizen.done("/conversation/person", "/", language="en")
        assert "We are closed now" in page
        assert "Nobody can reply until we open tomorrow at 9am." in page
        assert "first in the queue" not in page
        for address in ("/conversation/call-back", "/conversation/code", "#question"):
            assert f'href="{address}"' in page
        met.clock.pass_(hours=23, minutes=30)
        met.on_duty[0] = 0
        assert "Nobody is here to reply right now" in citizen.get("/conversation")
        met.on_duty[0] = 1
        assert "You are first in the queue." in citizen.get("/person")


def test_welsh(met: Meeting, citizen: Citizen) -> None:
    citizen.done("/conversation/person", "/?lang=cy", language="cy")
    pages = {path: citizen.get(path) for path in ("/conversation", "/conversation/needs",
                                                  "/conversation/call-back", "/conversation/code",
                                                  "/come-back?lang=cy")}  # fmt: skip
    assert "Nid oes neb yma i ateb ar hyn o bryd" in pages["/conversation"]
    assert "Gwirio am negeseuon newydd" in pages["/conversation"]
    assert "Dywedwch wrthym pa gymorth sydd ei angen arnoch" in pages["/conversation/needs"]
    assert "Dewiswch amser i ni eich ffonio" in pages["/conversation/call-back"]
    for path, page in pages.items():
        assert '<html lang="cy"' in page, path
        assert "conversation with a person" not in page
        assert "nid yw" in page.casefold() or "siaradwr cymraeg" in page.casefold(), path
    case = newest(met)
    assert case.queue == "welsh"
    met.centre.cases.claim(case.id, case.version, ANN)
    assert "Mae Ann yn darllen eich negeseuon" in citizen.get("/conversation")


def test_needs_are_kept_changed_and_taken_back(met: Meeting, citizen: Citizen) -> None:
    assert citizen.post("/conversation/needs", "/", bsl="yes").status_code == 404
    citizen.done("/conversation/turns", "/", question="How can I renew my passport?")
    page = citizen.get("/conversation/needs")
    assert "Ask to talk to a person first." in page
    citizen.done("/conversation/person", language="en")
    wrong = citizen.post("/conversation/needs", interpreter="yes", other="yes", bsl="yes",
                         other_detail=HOSTILE)  # fmt: skip
    assert wrong.status_code == 422
    assert "Tell us which language" in wrong.text
    assert "Error:" in wrong.text
    assert "<script>alert" not in wrong.text
    assert unescape(wrong.text).count(HOSTILE)
    page = citizen.done("/conversation/needs", interpreter="yes", interpreter_detail=" Somali ",
                        bsl="yes", safe_times_detail="not ticked")  # fmt: skip
    assert "We have saved what you told us" in page
    case = newest(met)
    assert met.reaching.needs(case.conversation_id) == SupportNeeds(
        {Need.INTERPRETER: "Somali", Need.BSL: ""}
    )
    again = newest(met)
    citizen.done("/conversation/needs", interpreter="yes", interpreter_detail="Somali", bsl="yes")
    assert newest(met).version == again.version  # nothing new: nothing to acknowledge again
    page = citizen.get("/conversation/needs")
    assert 'value="Somali"' in page
    assert "This replaces what you told us before." in page
    page = citizen.done("/conversation/needs")
    assert "You have told us that you need no support." in page
    assert not met.reaching.needs(case.conversation_id)
    long = citizen.post("/conversation/needs", other="yes", other_detail="x" * 301)
    assert "Use 300 characters or less" in long.text


def test_a_call_is_booked_changed_and_cancelled(met: Meeting, citizen: Citizen) -> None:
    citizen.done("/conversation/person", "/", language="en")
    page = citizen.get("/conversation/call-back")
    first, second = re.findall(r'name="starts" type="radio" value="([^"]+)"', page)[:2]
    for fields, said in (
        ({}, "Choose a time"),
        ({"starts": first}, "Enter a phone number"),
        ({"starts": first, "phone": "call me"}, "Enter a phone number"),
        ({"starts": first, "phone": "09011 234567"}, "Enter a phone number"),
        ({"starts": "2026-12-01T03:00:00Z", "phone": "07700900982"}, "can no longer be chosen"),
        ({"starts": "<script>", "phone": "07700900982"}, "Choose a time"),
        ({"starts": "2026-12-01T11:00", "phone": "07700900982"}, "Choose a time"),
    ):
        answer = citizen.post("/conversation/call-back", **fields)
        assert answer.status_code == 422, fields
        assert said in answer.text
    page = citizen.done("/conversation/call-back", starts=first, phone="07700 900 982")
    assert "We will ring you on Tuesday 1 December, 11am to 11:30am." in page
    assert "ends in 982" in page
    assert "7700" not in page
    assert "7700" not in citizen.get("/conversation/call-back")
    page = citizen.done("/conversation/call-back", starts=second)
    assert "11:30am to midday" in page
    page = citizen.done("/conversation/call-back/cancel")
    assert "We will ring" not in page
    citizen.done("/conversation/call-back/cancel")  # gone already
    assert met.reaching.call_backs.to_make() == ()


def test_a_private_code_comes_back_from_another_browser(met: Meeting, citizen: Citizen) -> None:
    citizen.done("/conversation/turns", "/", question="How can I renew my passport?")
    page = citizen.done("/conversation/code")
    (code,) = re.findall(r"<strong>([2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5})</strong>", page)
    assert "until Tuesday 29 December" in page
    assert code not in citizen.get("/conversation/code")
    with browser(met) as elsewhere:
        other = Citizen(elsewhere)
        assert elsewhere.get("/conversation", headers=BROWSER).status_code == 404
        page = other.done("/come-back", "/come-back", code=code.lower().replace("-", " "))
        assert "How can I renew my passport?" in page
    for typed, said in (
        ("", "Check the code."),
        ("hello", "Check the code."),
        (HOSTILE, "Check the code."),
        (code[:-1] + ("3" if code[-1] == "2" else "2"), "Check the code."),
    ):
        answer = citizen.post("/come-back", "/come-back", code=typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert "<script>alert" not in answer.text
    used = met.centre.records(Kind.PRIVATE_CODE_USED)
    assert len(used) == 1
    met.clock.pass_(days=29)
    assert (
        "does not open a conversation" in citizen.post("/come-back", "/come-back", code=code).text
    )


def test_guessing_codes_is_slowed_and_mistyping_is_not(met: Meeting) -> None:
    with browser(met, limits=Limits(codes_per_address="3 per hour")) as http:
        citizen = Citizen(http)
        citizen.done("/conversation/person", "/", language="en")
        conversation = newest(met).conversation_id
        old = met.reaching.make_code(conversation).text
        good = met.reaching.make_code(conversation).text
        for _ in range(10):
            assert citizen.post("/come-back", "/come-back", code="nonsense").status_code == 422
        for _ in range(3):
            assert citizen.post("/come-back", "/come-back", code=old).status_code == 422
        slowed = citizen.post("/come-back", "/come-back", code=good)
        assert slowed.status_code == 429
        assert "Too many codes have been tried. Wait 1 hour, then try again." in slowed.text
        assert int(slowed.headers["retry-after"]) > 3_000


def test_making_codes_is_slowed(met: Meeting) -> None:
    with browser(met, limits=Limits(codes_per_conversation="2 per hour")) as http:
        citizen = Citizen(http)
        citizen.done("/conversation/person", "/", language="en")
        for _ in range(2):
            citizen.done("/conversation/code")
        assert citizen.post("/conversation/code").status_code == 429


@pytest.mark.parametrize(
    "path",
    ["needs", "call-back", "call-back/cancel", "code"],
)
def test_forged_forms_change_nothing(met: Meeting, citizen: Citizen, path: str) -> None:
    citizen.done("/conversation/person", "/", language="en")
    before = met.centre.kinds()
    fields = {"bsl": "yes", "starts": "2026-12-01T11:00:00Z", "phone": "07700900982"}
    for headers, form in (
        ({**BROWSER, "Sec-Fetch-Site": "cross-site"}, {}),
        ({"Accept": "text/html", "Origin": "https://evil.example"}, {}),
        (BROWSER, {"form_token": "forged"}),
    ):
        answer = citizen.http.post(
            f"/conversation/{path}", data={**fields, **form}, headers=headers
        )
        assert answer.status_code == 403
    assert met.centre.kinds() == before
    stranger = citizen.http.post(
        "/come-back", data={"code": "x"}, headers={**BROWSER, "Sec-Fetch-Site": "cross-site"}
    )
    assert stranger.status_code == 403


def test_one_citizen_reaches_nothing_of_another(met: Meeting, citizen: Citizen) -> None:
    citizen.done("/conversation/person", "/", language="en")
    case = newest(met)
    case = met.centre.cases.claim(case.id, case.version, ANN)
    met.centre.cases.reply(case.id, case.version, ANN, "Secret words", "k")
    with browser(met) as elsewhere:
        for path in ("/conversation/news", "/conversation/needs", "/conversation/call-back"):
            assert elsewhere.get(path, headers=BROWSER).status_code == 404
        other = Citizen(elsewhere)
        other.done("/conversation/person", "/", language="en")
        assert elsewhere.get("/conversation/news").json()["messages"] == []
        assert "Secret words" not in other.get("/conversation")


def test_news_for_scripts_come_once_and_go_on(met: Meeting, citizen: Citizen) -> None:
    citizen.done("/conversation/person", "/", language="en")
    case = newest(met)
    case = met.centre.cases.claim(case.id, case.version, ANN)
    first = citizen.http.get("/conversation/news").json()
    assert first["messages"] == []
    assert 'data-every="2"' in first["panel"]
    met.centre.cases.note(case.id, BOB, "Rude", "n")
    sent = met.centre.cases.reply(case.id, case.version, ANN, "Hello", "k")
    after = f"/conversation/news?after={first['after']}"
    second = citizen.http.get(after).json()
    assert [message["id"] for message in second["messages"]] == [sent.id]
    assert f'id="message-{sent.id}"' in second["messages"][0]["html"]
    assert "Rude" not in str(second)
    again = citizen.http.get(f"/conversation/news?after={second['after']}").json()
    assert again["messages"] == []
    for odd in ("-99", str(2**70), "0"):
        assert citizen.http.get(f"/conversation/news?after={odd}").status_code == 200
    assert citizen.http.get("/conversation/news?after=x").status_code == 422
    met.clock.pass_(minutes=1)
    met.world.assistant.erase(case.conversation_id)
    assert citizen.http.get("/conversation/news").status_code == 404


def test_a_reopened_case_after_the_days_of_policy_is_a_new_one(
    met: Meeting, citizen: Citizen
) -> None:
    citizen.done("/conversation/person", "/", language="en")
    case = newest(met)
    case = met.centre.cases.claim(case.id, case.version, ANN)
    met.centre.cases.resolve(case.id, case.version, ANN, ANSWERED)
    code = met.reaching.make_code(case.conversation_id).text
    met.clock.now += timedelta(days=15)
    page = citizen.done("/come-back", "/come-back", code=code)
    assert "same case" not in page
    citizen.done("/conversation/person")
    assert newest(met).id != case.id
