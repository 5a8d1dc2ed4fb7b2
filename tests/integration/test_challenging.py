"""A citizen challenges an answer over HTTP: page, frame and API, with the real assistant behind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.parts import SiteSettings
from assistant.challenges.challenges import Challenges
from tests.assisting import World, bundled_policy, open_world
from tests.casework import BOB, Centre
from tests.challenging import UPHELD, challenges_of
from tests.integration.test_api_pages import FULL, _hidden, _post
from tests.reviewing import a_candidate, a_page, reviewed_of
from tests.web_parts import client

QUESTION = {"question": "How can I renew my passport?"}
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'
SAID = {"en": bundled_policy().english, "cy": bundled_policy().welsh}


@dataclass(frozen=True)
class Site:
    world: World
    challenges: Challenges
    http: TestClient

    def asked(self) -> tuple[str, dict[str, str]]:
        """Ask by form; return the turn's identifier and the page's hidden fields."""
        _post(self.http, "/conversation/turns", **QUESTION)
        html = self.http.get("/conversation").text
        found = re.search(r'id="challenge-(\w+)"', html)
        assert found, html
        return found[1], _hidden(html)


@pytest.fixture(params=["trial", "staffed"])
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    staffed = request.param == "staffed"
    world = open_world(
        f"sqlite:///{tmp_path}/a.db",
        f"sqlite:///{tmp_path}/k.db",
        staffed=(lambda connection: True) if staffed else None,
    )
    with world as opened:
        challenges = challenges_of(opened)
        settings = FULL if staffed else SiteSettings(base_url="http://testserver")
        with client(
            conversations=opened.assistant,
            challenges=challenges,
            said=SAID,
            site=settings,
            reviewed=lambda name: next(
                (p for p in reviewed_of(opened).all() if p.name == name), None
            ),
            clock=opened.clock,
        ) as http:
            yield Site(opened, challenges, http)
        assert opened.verify().ok


def test_the_form_keeps_a_challenge_and_the_page_shows_reference_and_outcome(site: Site) -> None:
    turn, fields = site.asked()
    sent = _post(site.http, f"/conversation/turns/{turn}/challenge", reason=HOSTILE, **fields)
    assert sent.status_code == 303
    assert sent.headers["location"] == f"/conversation#challenge-{turn}"
    html = site.http.get("/conversation").text
    (made,) = site.challenges.all()
    assert f"Its reference is {made.reference}." in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert ("This is a trial, and we cannot say" in html) == (site.world.cases is None)
    assert ("https://www.gov.uk/contact" in html) == (site.world.cases is None)
    assert bool(made.case_id) == (site.world.cases is not None)
    site.challenges.decide(made.reference, 1, BOB, UPHELD)
    html = site.http.get("/conversation").text
    assert "You were right: the answer was wrong." in html
    assert UPHELD.corrected in html
    assert UPHELD.reasons in html
    assert BOB.first_name not in html


@pytest.mark.parametrize(
    ("reason", "said"),
    [("", "Say what is wrong with the answer"), ("x" * 2_001, "at most 2000 letters")],
)
def test_what_cannot_be_kept_is_shown_again_with_what_was_typed(
    site: Site, reason: str, said: str
) -> None:
    turn, fields = site.asked()
    path = f"/conversation/turns/{turn}/challenge"
    answer = _post(site.http, path, reason=reason, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert f">{reason}</textarea>" in answer.text
    assert f'href="#reason-{turn}-why"' in answer.text
    assert site.challenges.all() == ()


def test_other_words_the_second_time_change_nothing_and_the_same_are_welcome(site: Site) -> None:
    turn, fields = site.asked()
    path = f"/conversation/turns/{turn}/challenge"
    for _ in range(2):
        assert _post(site.http, path, reason="Wrong", **fields).status_code == 303
    answer = _post(site.http, path, reason="Other", **fields)
    assert answer.status_code == 409
    assert "cannot be challenged now" in answer.text
    assert len(site.challenges.all()) == 1


def test_a_forged_form_another_site_or_another_conversation_keeps_nothing(site: Site) -> None:
    turn, fields = site.asked()
    path = f"/conversation/turns/{turn}/challenge"
    forged = _post(site.http, path, reason="Wrong", form_token="x")
    assert forged.status_code == 403
    site.http.cookies.clear()
    assert _post(site.http, path, reason="Wrong", **fields).status_code == 404
    other, hidden = site.asked()
    assert other != turn
    assert _post(site.http, path, reason="Wrong", **hidden).status_code == 404
    elsewhere = site.http.post(
        path,
        data={"reason": "Wrong", **fields},
        headers={"Sec-Fetch-Site": "cross-site", "Accept": "text/html"},
    )
    assert elsewhere.status_code == 403
    assert site.challenges.all() == ()


def test_the_frame_sends_it_with_its_token_and_gets_the_markup_back(site: Site) -> None:
    started = site.http.post("/v1/conversations").json()
    headers = {"Authorization": f"Bearer {started['token']}", "Accept": "application/json"}
    turn = site.world.ask(site.world.assistant.read(started["id"]), QUESTION["question"])
    path = f"/conversation/turns/{turn.id}/challenge"
    empty = site.http.post(path, data={"reason": " "}, headers=headers)
    assert empty.status_code == 422
    assert empty.json()["detail"] == "Say what is wrong with the answer"
    answer = site.http.post(path, data={"reason": "Wrong"}, headers=headers)
    assert answer.status_code == 200
    (made,) = site.challenges.all()
    assert made.reference in answer.json()["html"]
    assert "data-rating" in answer.json()["html"]
    assert answer.headers["signpost-token"]


def test_the_api_gives_the_reference_and_later_the_outcome(site: Site) -> None:
    started = site.http.post("/v1/conversations").json()
    headers = {"Authorization": f"Bearer {started['token']}"}
    turn = site.world.ask(site.world.assistant.read(started["id"]), QUESTION["question"])
    path = f"/v1/conversations/{started['id']}/turns/{turn.id}"
    assert site.http.get(path, headers=headers).json()["challenge"] is None
    for bad in ({}, {"reason": ""}, {"reason": 1}, {"reason": "x" * 2_001}, {"reason": None}):
        assert site.http.post(f"{path}/challenge", json=bad, headers=headers).status_code == 422
    blank = site.http.post(f"{path}/challenge", json={"reason": "  "}, headers=headers)
    assert blank.status_code == 422
    answer = site.http.post(f"{path}/challenge", json={"reason": "Wrong"}, headers=headers)
    assert answer.status_code == 200, answer.text
    reference = answer.json()["challenge"]["reference"]
    other = site.http.post(f"{path}/challenge", json={"reason": "Other"}, headers=headers)
    assert other.status_code == 409
    assert reference in other.json()["detail"]
    site.challenges.decide(reference, 1, BOB, UPHELD)
    shown = site.http.get(path, headers=headers).json()["challenge"]
    assert (shown["ruling"], shown["corrected"]) == ("upheld", UPHELD.corrected)
    assert "staff" not in str(shown)


def test_welsh_citizens_read_it_in_welsh(site: Site) -> None:
    _post(site.http, "/conversation/turns", language="cy", **QUESTION)
    html = unescape(site.http.get("/conversation").text)
    assert SAID["cy"].challenge.title in html
    assert SAID["en"].challenge.title not in html


def test_without_challenges_there_is_no_place_for_one() -> None:
    with client() as http:
        _post(http, "/conversation/turns", **QUESTION)
        html = http.get("/conversation").text
        assert "challenge" not in html
        answer = _post(http, "/conversation/turns/t1/challenge", reason="x", **_hidden(html))
        assert answer.status_code == 404


def test_a_reviewed_page_says_what_it_is_and_when_it_is_no_more(site: Site) -> None:
    if site.world.cases is None:
        return
    centre = Centre(site.world, site.world.cases)
    made, candidate = a_page(centre), a_candidate(centre)
    shown = site.http.get(made.address)
    assert shown.status_code == 200
    assert made.question in shown.text
    assert "a second person checked it" in shown.text
    assert site.http.get(candidate.address).status_code == 404
    for path in ("/reviewed/", "/reviewed/x", "/reviewed/..%2f", "/reviewed/%00"):
        assert site.http.get(path).status_code == 404
    site.world.clock.pass_(days=200)
    assert site.http.get(made.address).status_code == 410
    reviewed_of(site.world).withdraw(made.name, "Sue", "Wrong")
    gone = site.http.get(made.address)
    assert gone.status_code == 410
    assert made.answer not in gone.text
