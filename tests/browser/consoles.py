"""The staff console in a real browser, over a real server and database.

`python -m tests.browser.consoles [MESSAGES]` prints how long a citizen's message takes to an
adviser's screen: from the moment it is sent over HTTP until it stands in the adviser's page.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from api.parts import Limits, SiteSettings
from api.staff.console import open_console
from api.staff.permissions import Role
from api.staff.sessions import Stage
from assistant.escalations.case import Case
from tests.browser.serving import free_socket, serve
from tests.consoling import Console, a_console
from tests.staffing import COOKIE


@dataclass
class Desk:
    """A console being served, and browsers at it."""

    made: Console
    base: str
    chromium: Browser
    stack: ExitStack = field(repr=False)

    def adviser(self, name: str = "Ann Ang", *held: Role, **options: Any) -> tuple[Page, str]:
        """Return a page of somebody signed in, and the account's identifier."""
        staffing = self.made.staffing
        account = staffing.account(*(held or (Role.ADVISER,)), name=name)
        sessions = open_console(staffing.staff, self.base, "Signpost").sessions
        with staffing.database.write() as connection:
            token = sessions.begin(connection, account, Stage.SIGNED_IN, "a test")
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = self.chromium.new_context(base_url=self.base, **options)
        context.set_default_timeout(8_000)
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.base}])
        self.stack.callback(context.close)
        return context.new_page(), account

    def with_person(self) -> tuple[Case, httpx.Client, str]:
        """Return a waiting case, its citizen's client, and the conversation's address."""
        http = self.stack.enter_context(httpx.Client(base_url=self.base, timeout=30))
        body = http.post("/v1/conversations", json={"language": "en"}).json()
        http.headers["Authorization"] = f"Bearer {body['token']}"
        address = f"/v1/conversations/{body['id']}"
        self.made.centre.world.assistant.ask_for_person(body["id"])
        return self.made.centre.of(body["id"]), http, address

    def write(self, http: httpx.Client, address: str, text: str, key: str) -> None:
        """Write as the citizen."""
        answer = http.post(
            f"{address}/turns", json={"question": text}, headers={"Idempotency-Key": key}
        )
        assert answer.status_code in {200, 201}, answer.text


@contextmanager
def a_desk(chromium: Browser, folder: Path) -> Iterator[Desk]:
    """Serve a console over new databases in this folder."""
    with ExitStack() as stack:
        made = stack.enter_context(
            a_console(f"sqlite:///{folder}/a.db", f"sqlite:///{folder}/k.db")
        )
        listening = free_socket()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        limits = Limits(turns_per_conversation="10000 per minute")
        parts = made.parts(site=SiteSettings(base_url=base), limits=limits)
        stack.enter_context(serve(create_app(parts), listening))  # type: ignore[arg-type]
        with ExitStack() as browsers:
            yield Desk(made, base, chromium, browsers)


_WATCH = """() => {
  window.seenAt = {}
  const look = () => {
    for (const found of document.body.textContent.matchAll(/message number \\d+/g)) {
      window.seenAt[found[0]] ??= Date.now()
    }
  }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
}"""


def measure(desk: Desk, messages: int) -> list[float]:
    """Return the milliseconds from sending each message until it stands in the adviser's page."""
    case, http, address = desk.with_person()
    page, _ = desk.adviser()
    page.goto(f"/staff/cases/{case.id}")
    page.get_by_role("button", name="Claim this case").click()
    page.get_by_text("You have this case now").wait_for()
    page.evaluate(_WATCH)
    times = []
    for number in range(messages):
        text = f"message number {number}"
        sent = time.time() * 1000
        desk.write(http, address, f"This is {text}", f"key {number}")
        page.wait_for_function("text => window.seenAt[text]", arg=text)
        times.append(page.evaluate("text => window.seenAt[text]", text) - sent)
    return times


def main(messages: int) -> None:
    from tests.browser.conftest import ARGUMENTS, find_chromium

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = find_chromium(playwright)
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with a_desk(chromium, Path(folder)) as desk:
            times = sorted(measure(desk, messages))
        chromium.close()
    middle, high = (times[round(share * (len(times) - 1))] for share in (0.5, 0.95))
    print(
        f"{len(times)} messages, from sending to the adviser's screen: median {middle:.0f} ms, "
        f"p95 {high:.0f} ms, longest {times[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
