"""Challenging an answer and deciding about it, in Chromium: with scripts, without, and by axe."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.parts import SiteSettings
from api.staff.permissions import Role
from assistant.challenges.challenges import Challenges
from tests.assisting import bundled_policy, open_world
from tests.browser.conftest import first_question, watched
from tests.browser.serving import free_socket, serve
from tests.browser.test_accessibility import MODES, _violations
from tests.casework import Centre
from tests.challenging import PARTLY, a_challenge, challenges_of
from tests.reviewing import a_candidate, a_page, a_reply, reviewed_of
from tests.staffing import COOKIE, Staffing, staffing
from tests.web_parts import parts

WHY = "The form was stopped last year."
QUESTION = "How can I renew my passport?"


@dataclass(frozen=True)
class Site:
    base: str
    centre: Centre
    challenges: Challenges
    made: Staffing
    app: FastAPI

    def visit(self, browser: Browser, *roles: Role, **options: object) -> Page:
        """Return a page, of somebody signed in who has these roles, if any."""
        context = browser.new_context(base_url=self.base, **options)  # type: ignore[arg-type]
        context.set_default_timeout(8_000)
        if roles:
            token = self.made.session(self.app, self.made.account(*roles))
            context.add_cookies([{"name": COOKIE, "value": token, "url": self.base}])
        return context.new_page()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        url, keys = f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db"
        world = stack.enter_context(open_world(url, keys, staffed=lambda connection: True))
        assert world.cases is not None
        challenges, reviewed = challenges_of(world), reviewed_of(world)
        given = {"challenges": challenges, "reviewed": reviewed, "clock": world.clock}
        made = stack.enter_context(staffing(url, keys, **given))
        listening = free_socket()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        policy = bundled_policy()
        app = create_app(
            parts(
                conversations=world.assistant,
                challenges=challenges,
                said={"en": policy.english, "cy": policy.welsh},
                staff=made.staff,
                clock=world.clock,
                site=SiteSettings(base_url=base),
            )
        )
        stack.enter_context(serve(app, listening))
        yield Site(base, Centre(world, world.cases), challenges, made, app)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_citizen_challenges_an_answer_and_reads_the_outcome(
    chromium: Browser, site: Site, scripts: bool
) -> None:
    page = watched(site.visit(chromium, java_script_enabled=scripts))
    first_question(page, QUESTION)
    page.locator("summary", has_text="Challenge this answer").click()
    page.get_by_label("What is wrong with the answer?").fill(WHY)
    page.get_by_role("button", name="Send your challenge").click()
    told = page.get_by_text("We have your challenge")
    told.wait_for()
    if scripts:
        expect(told).to_be_focused()
    (challenge,) = site.challenges.all()
    expect(told).to_contain_text(challenge.reference)
    deciding = watched(site.visit(chromium, Role.SUPERVISOR, java_script_enabled=scripts))
    deciding.goto(f"/staff/challenges/{challenge.reference}")
    expect(deciding.get_by_text(WHY)).to_be_visible()
    deciding.get_by_label("In part: something was wrong or missing").check()
    deciding.get_by_label("Why", exact=True).fill(PARTLY.reasons)
    deciding.get_by_label("The right answer").fill(PARTLY.corrected)
    deciding.get_by_role("button", name="Decide").click()
    expect(deciding.get_by_text("Partly upheld")).to_be_visible()
    page.goto("/conversation")
    expect(page.get_by_text("You were partly right")).to_be_visible()
    expect(page.get_by_text(PARTLY.corrected)).to_be_visible()


def test_what_was_typed_is_not_lost_where_it_cannot_be_kept(chromium: Browser, site: Site) -> None:
    page = site.visit(chromium, java_script_enabled=False)
    first_question(page, QUESTION)
    page.locator("summary", has_text="Challenge this answer").click()
    page.get_by_role("button", name="Send your challenge").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what is wrong")
    page.get_by_label("What is wrong with the answer?").fill(WHY)
    page.get_by_role("button", name="Send your challenge").click()
    page.get_by_text("We have your challenge").wait_for()


@pytest.mark.parametrize("mode", MODES)
def test_no_page_has_a_violation(chromium: Browser, site: Site, mode: str) -> None:
    challenged = a_challenge(site.centre, WHY)
    candidate, made = a_candidate(site.centre), a_page(site.centre)
    case, message = a_reply(site.centre)
    page = site.visit(chromium, **MODES[mode])
    first_question(page, QUESTION)
    page.locator("summary", has_text="Challenge this answer").click()
    found = _violations(page, mode)
    page.get_by_label("What is wrong with the answer?").fill(WHY)
    page.get_by_role("button", name="Send your challenge").click()
    page.get_by_text("We have your challenge").wait_for()
    found += _violations(page, mode)
    staff = site.visit(chromium, Role.SUPERVISOR, **MODES[mode])
    for path in (
        "/staff/challenges",
        f"/staff/challenges/{challenged.challenge.reference}",
        "/staff/knowledge",
        f"/staff/knowledge/new?case={case}&message={message}",
        f"/staff/knowledge/{candidate.name}",
        f"/staff/knowledge/{made.name}",
    ):
        staff.goto(path)
        found += [f"{path}: {each}" for each in _violations(staff, mode)]
        if mode == "320":
            wide = staff.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, f"{path} is {wide} px wide"
    staff.goto(f"/staff/knowledge/{candidate.name}")
    staff.get_by_role("button", name="Approve").click()
    staff.get_by_text("There is a problem").wait_for()
    found += _violations(staff, mode)
    assert found == []
