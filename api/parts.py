"""Everything the web side is given. `bootstrap` builds one `Parts`; nothing here reads settings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from urllib.parse import urlsplit

from api.errors import SiteInvalid
from api.staff.console import StaffParts
from assistant.challenges.challenges import Challenges
from assistant.conversations import Conversations
from assistant.hooks.rows import EndpointState
from assistant.policy.watching import DescribingWords
from assistant.policy.wording import Wording
from assistant.reaching import Reaching
from assistant.releasing import ReleaseFigures
from assistant.reviewed_knowledge.page import Knowledge
from evaluation.monitoring import Seen

LANGUAGES = ("en", "cy")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def origin_of(address: str) -> str:
    """Return the ASCII origin (`scheme://host[:port]`) of an http(s) address, or ""."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.hostname or ""):
        return ""
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, usual} else "")


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Who runs this service and where. Blank fields are shown as blanks to fill in.

    `base_url` is the public address without a trailing slash. `embedding_origins` are the exact
    origins (`https://www.example.org`) whose pages may hold the widget. `model_provider` names
    who receives redacted questions when a language model is set, and is empty otherwise.
    `retention_days` is 0 where nobody has decided. `exit_url` is an everyday page of somebody
    else's, shown to whoever has to leave at once.
    """

    base_url: str = "http://127.0.0.1:8000"
    service_name: str = "Signpost"
    organisation: str = ""
    phone: str = ""
    hours: str = ""
    privacy_email: str = ""
    accessibility_email: str = ""
    languages: tuple[str, ...] = LANGUAGES
    embedding_origins: tuple[str, ...] = ()
    retention_days: int = 0
    model_provider: str = ""
    exit_url: str = "https://www.bbc.co.uk/weather"

    def __post_init__(self) -> None:
        if origin_of(self.base_url) != self.base_url:
            raise SiteInvalid("base_url", "write it as https://host or http://host:port")
        for origin in self.embedding_origins:
            if "*" in origin or origin_of(origin) != origin:
                raise SiteInvalid(
                    "embedding_origins", f"{origin!r} is not exact; write https://www.example.org"
                )
        if not self.languages or set(self.languages) - set(LANGUAGES):
            raise SiteInvalid("languages", f"choose from {', '.join(LANGUAGES)}")
        if not self.service_name.strip():
            raise SiteInvalid("service_name", "give the service a name")
        for setting in ("privacy_email", "accessibility_email"):
            address = getattr(self, setting)
            if address and not _EMAIL.fullmatch(address):
                raise SiteInvalid(setting, "write one e-mail address")
        if not origin_of(self.exit_url):
            raise SiteInvalid("exit_url", "write an address such as https://www.bbc.co.uk/weather")
        if self.retention_days < 0:
            raise SiteInvalid("retention_days", "write a number of days, or 0 for undecided")

    @property
    def secure(self) -> bool:
        """Return whether citizens reach this service over https."""
        return self.base_url.startswith("https://")

    @property
    def unexamined(self) -> bool:
        """Return whether what serves need not have been evaluated, nor approved by anybody."""
        return not self.organisation

    @property
    def trial(self) -> bool:
        """Return whether nobody has yet said who runs this and how a person is reached."""
        return not (self.organisation and self.phone and self.hours and self.privacy_email)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, how often, how long. Rates are written as in "20 per minute".

    Addresses are shared by many people (libraries, offices, phones), so the rates for an address
    are wide; those for one conversation are about what one person can read. `token_seconds` is 24
    hours without use: WCAG 2.2.1 asks for no warning above 20 hours.
    """

    starts_per_address: str = "300 per hour"
    turns_per_address: str = "120 per minute"
    turns_per_conversation: str = "15 per minute"
    feedback_per_conversation: str = "30 per minute"
    sign_ins_per_address: str = "120 per minute"
    codes_per_address: str = "20 per hour"
    codes_per_conversation: str = "10 per hour"
    storage: str = "memory://"
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    body_bytes: int = 64 * 1024
    question_characters: int = 2_000
    token_seconds: int = 24 * 60 * 60
    answering_threads: int = 4
    waiting_turns: int = 64


@dataclass(frozen=True, slots=True)
class PartHealth:
    """Whether one part (database, snapshot, policy, model) can do its work. `detail` is public."""

    name: str
    ready: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GuidancePage:
    """A bundled starter page. `markdown` is its body; `relied_on` an ISO date, maybe reduced."""

    slug: str
    title: str
    summary: str
    markdown: str
    official_url: str
    official_title: str
    relied_on: str
    publisher: str
    nations: tuple[str, ...] = ()
    language: str = "en"
    reviewed_by: str = ""


Readiness = Callable[[], tuple[PartHealth, ...]]
GuidanceLookup = Callable[[str], GuidancePage | None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What `create_app` needs. `token_secret` is at least 32 random bytes and is kept private.

    `describing` is the voluntary form by language, `monitored` how groups fare in live use,
    `hooks` how each hook does. Without `staff` there is no console, without `reaching` nothing
    around talking to a person, without `challenges` no answer can be challenged. `reviewed` finds
    an answer that two people checked. `said` is the policy's wording by language.
    """

    conversations: Conversations
    site: SiteSettings
    token_secret: bytes = field(repr=False)
    readiness: Readiness
    guidance: GuidanceLookup
    clock: Callable[[], datetime]
    describing: Mapping[str, DescribingWords]
    limits: Limits = Limits()
    releases: Callable[[], ReleaseFigures] = ReleaseFigures
    monitored: Callable[[], tuple[Seen, ...]] = tuple
    staff: StaffParts | None = None
    hooks: Callable[[], tuple[EndpointState, ...]] = tuple
    reaching: Reaching | None = None
    challenges: Challenges | None = None
    reviewed: Callable[[str], Knowledge | None] = lambda name: None
    said: Mapping[str, Wording] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.token_secret) < 32:
            raise SiteInvalid("token_secret", "give at least 32 random bytes")
