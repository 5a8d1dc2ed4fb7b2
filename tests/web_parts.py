"""The web side over the assistant in memory, for unit, integration and browser tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient

from api.app import create_app
from api.parts import GuidancePage, Limits, PartHealth, Parts, SiteSettings
from tests.assisting import bundled_policy
from tests.fake_conversations import FakeConversations

SECRET = b"a secret of the tests, 32 bytes or more"
BASE = "http://testserver"
PAGE = GuidancePage(
    slug="passport-photos",
    title="Passport photos",
    summary="How to get a photo for a passport.",
    markdown=(
        "Every application needs a new photo.\n\n## Digital or printed\n\n"
        "| How you apply | What you need |\n|---|---|\n| online | one digital photo |\n\n"
        "See [Get a passport photo](https://www.example.gov.test/photos).\n\n"
        "## Steps\n\n1. Find a shop.\n2. Stand still.\n\n## Steps\n\n- Do not smile.\n"
    ),
    official_url="https://www.example.gov.test/photos-for-passports",
    official_title="Get a passport photo",
    relied_on="2025-01",
    publisher="Signpost starter guidance",
    nations=("England", "Wales"),
)


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


def parts(**changes: object) -> Parts:
    """Return parts for a trial site, with any of them replaced."""
    usual = Parts(
        conversations=FakeConversations(),
        site=SiteSettings(base_url=BASE),
        token_secret=SECRET,
        readiness=lambda: (PartHealth("database", True), PartHealth("snapshot", True, "starter")),
        guidance={PAGE.slug: PAGE}.get,
        describing=bundled_policy().describing,
        clock=Clock(),
        limits=Limits(),
    )
    return replace(usual, **changes)


@contextmanager
def client(**changes: object) -> Iterator[TestClient]:
    """Yield a client of a running app; faults come back as responses, as over a network."""
    with TestClient(
        create_app(parts(**changes)),
        base_url=str(getattr(changes.get("site"), "base_url", BASE)),
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as running:
        yield running


def started(http: TestClient, language: str = "en") -> tuple[str, dict[str, str]]:
    """Start a conversation by the API; return its address and the header that opens it."""
    answer = http.post("/v1/conversations", json={"language": language})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    return f"/v1/conversations/{body['id']}", {"Authorization": f"Bearer {body['token']}"}
