"""Live pages over a real server: nothing missed, nothing told, and of two who claim one wins."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from api.app import create_app
from api.staff.casework import live
from api.staff.permissions import Role
from api.staff.sessions import Stage, form_token
from assistant.escalations.states import MoveKind
from tests.browser.serving import free_socket, serve
from tests.consoling import Console, a_console, seen
from tests.databases import NewDatabase
from tests.staffing import BROWSER, COOKIE


@dataclass
class Served:
    """A console behind a real server."""

    made: Console
    base: str

    @contextmanager
    def adviser(self, name: str, *held: Role) -> Iterator[tuple[httpx.Client, str, str]]:
        """Yield a signed-in client, its identifier and the value of its forms' hidden field."""
        staffing = self.made.staffing
        account = staffing.account(*(held or (Role.ADVISER,)), name=name)
        sessions = self.app_sessions
        with staffing.database.write() as connection:
            token = sessions.begin(connection, account, Stage.SIGNED_IN, "a test")
        with httpx.Client(
            base_url=self.base, cookies={COOKIE: token}, headers=BROWSER, timeout=30
        ) as http:
            yield http, account, form_token(token)

    @property
    def app_sessions(self):  # type: ignore[no-untyped-def]
        from api.staff.console import open_console

        return open_console(self.made.staffing.staff, self.base, "Signpost").sessions


@pytest.fixture
def served(new_database: NewDatabase) -> Iterator[Served]:
    with a_console(new_database(), new_database()) as made:
        listening = free_socket()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with serve(create_app(made.parts()), listening):  # type: ignore[arg-type]
            yield Served(made, base)


@dataclass
class Heard:
    """What one stream said: (event, data, id) in order."""

    events: list[tuple[str, str, str]]
    grown: threading.Condition

    def until(self, count: int, seconds: float = 10) -> list[tuple[str, str, str]]:
        with self.grown:
            assert self.grown.wait_for(lambda: len(self.events) >= count, seconds), self.events
            return list(self.events)


@contextmanager
def listening(http: httpx.Client, path: str, **headers: str) -> Iterator[Heard]:
    """Follow a stream in a thread until the block ends."""
    heard = Heard([], threading.Condition())
    connected = threading.Event()

    def follow() -> None:
        try:
            with (
                httpx.Client(base_url=http.base_url, cookies=http.cookies) as own,
                own.stream("GET", path, headers={**BROWSER, **headers}, timeout=None) as answer,
            ):
                assert answer.headers["content-type"].startswith("text/event-stream")
                streams.append(answer)
                event: dict[str, str] = {}
                for line in answer.iter_lines():
                    connected.set()
                    name, _, said = line.partition(": ")
                    if line == "" and "event" in event:
                        with heard.grown:
                            told = (event["event"], event.get("data", ""), event.get("id", ""))
                            heard.events.append(told)
                            heard.grown.notify_all()
                    event = {} if line == "" else {**event, name: said}
        except (httpx.HTTPError, httpx.StreamError):
            pass

    streams: list[httpx.Response] = []
    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    assert connected.wait(10)
    yield heard


def test_a_live_page_hears_of_every_case_and_reads_no_words(served: Served) -> None:
    with served.adviser("Ann Ang") as (http, _, _token):
        with listening(http, "/staff/events?after=-1") as heard:
            case = served.made.centre.waiting("My secret question about a passport")
            other = served.made.centre.waiting()
            events = heard.until(2)
        assert [event[:2] for event in events] == [("case", case.id), ("case", other.id)]
        assert "secret" not in repr(events)
        with listening(http, f"/staff/events?case={other.id}&after=-1") as heard:
            assert [event[1] for event in heard.until(1)] == [other.id]


def test_a_browser_that_was_away_goes_on_where_it_was(served: Served) -> None:
    made = served.made
    with served.adviser("Ann Ang") as (http, _, _token):
        with listening(http, "/staff/events?after=-1") as heard:
            made.centre.waiting()
            (first,) = heard.until(1)
        missed = [made.centre.waiting() for _ in range(5)]
        again = {"Last-Event-ID": first[2]}
        with listening(http, "/staff/events?after=-1", **again) as heard:
            assert [event[1] for event in heard.until(5)] == [case.id for case in missed]
        for nonsense in ("x", "9" * 30, "²", "-5"):
            with listening(http, f"/staff/events?after={nonsense}") as heard:
                fresh = made.centre.waiting()
                assert heard.until(1)[0][1] == fresh.id


def test_who_else_looks_is_told_and_an_ended_session_hears_nothing_more(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TICK", 0.1)
    case = served.made.centre.waiting()
    with (
        served.adviser("Ann Ang") as (ann, account, _token),
        served.adviser("Bob Bee") as (bob, _, _token2),
    ):
        with listening(ann, f"/staff/events?case={case.id}") as heard:
            assert bob.get(f"/staff/cases/{case.id}").status_code == 200
            assert heard.until(1)[0][0] == "presence"
            assert "Also looking Ann" in seen(bob.get(f"/staff/cases/{case.id}").text)
            with served.made.staffing.database.write() as connection:
                served.app_sessions.end_all(connection, account)
            assert heard.until(2)[1][0] == "signed-out"
        assert ann.get("/staff/events").status_code == 303


def test_a_live_page_does_not_keep_a_session_alive(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TICK", 0.1)
    with served.adviser("Ann Ang") as (ann, _, _token), listening(ann, "/staff/events") as heard:
        served.made.centre.world.clock.pass_(minutes=31)
        assert heard.until(1)[0][0] == "signed-out"


@pytest.mark.parametrize("attempt", range(5))
def test_of_advisers_who_claim_at_once_one_wins(served: Served, attempt: int) -> None:
    made = served.made
    case = made.centre.waiting()
    names = ("Ann Ang", "Bob Bee", "Cy Coe")
    barrier = threading.Barrier(len(names))

    def claim(name: str) -> tuple[str, int, str]:
        with served.adviser(name) as (http, _, token):
            assert http.get(f"/staff/cases/{case.id}").status_code == 200
            barrier.wait()
            data = {"form_token": token, "version": str(case.version)}
            answer = http.post(f"/staff/cases/{case.id}/claim", data=data)
            return name, answer.status_code, seen(answer.text)

    with ThreadPoolExecutor(len(names)) as pool:
        results = list(pool.map(claim, names))
    winners = [name for name, status, _ in results if status == 303]
    assert len(winners) == 1
    for name, status, text in results:
        if name not in winners:
            assert status == 409
            assert f"{winners[0].split()[0]} claimed the case (2 March 2026, 12:00)" in text
    assert [m.kind for m in made.centre.cases.history(case.id)].count(MoveKind.CLAIMED) == 1
