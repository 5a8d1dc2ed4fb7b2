"""The file of hooks: a right one is built, a wrong one is refused with its line, secrets unsaid."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.errors import HooksInvalid
from assistant.escalations.outbox import Announced
from assistant.hooks.bounded import MOST_ABANDONED, Bounded
from assistant.hooks.functions import FunctionSender, installed
from assistant.hooks.loading import Surroundings, load_hooks
from assistant.hooks.mail import MailSender
from assistant.hooks.notify import NotifySender
from assistant.hooks.results import Delivered, Failed
from assistant.hooks.retries import Retries
from assistant.hooks.texts import Text
from assistant.hooks.webhook import WebhookSender

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOTIFY = "mine-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
EVENT = Announced(42, "case.opened", datetime(2026, 3, 2, 12, tzinfo=UTC), "case-1", "talk-1")
RIGHT = """\
[retries]
tries = 5

[[webhook]]
name = "crm"
url = "https://crm.example.gov.uk/hooks?of=signpost"
secrets = ["env:CRM_SECRET", "file:old.key"]
kinds = ["case.opened", "case.resolved"]
allow_networks = ["10.20.0.0/16"]

[[email]]
name = "team"
host = "smtp.example.gov.uk"
user = "signpost"
password = "env:MAIL_PASSWORD"
sender = "signpost@example.gov.uk"
to = ["team@example.gov.uk", "citizen", "team@example.gov.uk"]
subject = "A case: {kind}"
text = "See https://ask.example.gov.uk/staff/cases/{case}"

[[notify]]
name = "duty-phone"
api_key = "env:NOTIFY_KEY"
channel = "text"
template = "f33517ff-2a88-4f6e-b855-c550268ce08a"
to = ["07700 900123"]

[[function]]
name = "archive"
kinds = ["case.opened"]
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], object]:
    (tmp_path / "old.key").write_text(SECRET + "\n")
    (tmp_path / "empty.key").write_text("\n")
    environment = {
        "CRM_SECRET": SECRET,
        "MAIL_PASSWORD": "sesame",
        "NOTIFY_KEY": NOTIFY,
        "SHORT": "whsec_c2hvcnQ=",
    }

    def functions(name: str) -> Callable[[Announced], object]:
        if name != "archive":
            raise LookupError(f'no installed package has "{name}"')
        return print

    around = Surroundings(
        "signpost-test",
        "Signpost/1",
        lambda: datetime.now(UTC),
        environment=environment,
        functions=functions,
    )

    def loaded(text: str) -> object:
        path = tmp_path / "hooks.toml"
        path.write_text(text, encoding="utf-8")
        return load_hooks(path, around, {"case.opened", "case.resolved"})

    return loaded


def test_a_right_file_is_built(load: Callable[[str], object]) -> None:
    hooks = load(RIGHT)
    crm, team, phone, archive = hooks.endpoints  # type: ignore[attr-defined]
    assert hooks.retries.tries == 5  # type: ignore[attr-defined]
    assert isinstance(crm.sender, WebhookSender)
    assert crm.sender.secrets == (SECRET, SECRET)
    assert crm.wants("case.opened")
    assert not crm.wants("case.claimed")
    assert isinstance(team.sender, MailSender)
    assert team.sender.server.password == "sesame"
    assert team.recipients == ("team@example.gov.uk", "citizen")
    assert team.wants("anything")
    assert isinstance(phone.sender, NotifySender)
    assert isinstance(archive.sender, FunctionSender)
    told = repr(hooks)
    assert SECRET not in told
    assert "sesame" not in told
    assert NOTIFY not in told
    assert load("").endpoints == ()  # type: ignore[attr-defined]


WRONG = [
    ("https://crm.example", "http://crm.example", "allow_http"),
    ("https://crm.example.gov.uk/hooks?of=signpost", "ftp://crm.example", "write an address"),
    ("https://crm.", "https://me:word@crm.", "without a user"),
    ("hooks?of=signpost", "hooks#here", "fragment"),
    ("env:CRM_SECRET", "env:NO_SUCH", "NO_SUCH is not set"),
    ("env:CRM_SECRET", "env:SIGNPOST_SECRET", "settings"),
    ("env:CRM_SECRET", "env:SHORT", "signpost hooks secret"),
    ("env:CRM_SECRET", "env:MAIL_PASSWORD", "signpost hooks secret"),
    ("env:CRM_SECRET", SECRET, "not written here"),
    ("file:old.key", "file:none.key", "cannot be read"),
    ("file:old.key", "file:empty.key", "is empty"),
    ('"case.opened", ', '"case.sold", ', "case.resolved"),
    ("10.20.0.0/16", "10.20.0.0/99", "is no network"),
    ('name = "crm"', 'name = "team"', "rename one"),
    ('name = "crm"', 'name = "C R M"', "name"),
    ('name = "crm"', 'nome = "crm"', "name"),
    ('password = "env:MAIL_PASSWORD"', "", "both user and password"),
    ('user = "signpost"', 'user = "signpost"\nsecurity = "none"', "starttls"),
    ("{kind}", "{question}", "{question} is not known"),
    ("{kind}", "{kind.__class__}", "is not known"),
    ("{kind}", "{kind!r}", "is not known"),
    ("A case: {kind}", "A case\\nBcc: a@b.example", "one line"),
    ('"citizen"', '"ann"', "one e-mail address"),
    ("signpost@example", "signpost example", "one e-mail address"),
    ("07700 900123", "ring me", "no phone number"),
    ("env:NOTIFY_KEY", "env:MAIL_PASSWORD", "no API key"),
    ("f33517ff", "f3", "template's id"),
    ('channel = "text"', 'channel = "letter"', "one of"),
    ('name = "archive"', 'name = "arkive"', "no installed package"),
    ("tries = 5", "tries = 0", "tries"),
    ("tries = 5", 'tries = "many"', "whole number"),
    ("[[email]]", "[[fax]]", "fax"),
    ("[[webhook]]", "[[webhook]", "not valid TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "told"), WRONG)
def test_a_mistake_is_named_with_its_line_and_no_secret(
    load: Callable[[str], object], right: str, wrong: str, told: str
) -> None:
    assert right in RIGHT
    text = RIGHT.replace(right, wrong, 1)
    with pytest.raises(HooksInvalid) as caught:
        load(text)
    said = str(caught.value)
    assert said.startswith(f"hooks.toml:{caught.value.line}: ")
    assert told in said
    assert "sesame" not in said
    assert SECRET not in said
    part = text[: text.index(wrong)].count("\n") + 1 if wrong else 0
    assert not part or abs(caught.value.line - part) <= 12


def test_a_function_gets_the_event_and_fails_like_others() -> None:
    got: list[Announced] = []
    assert FunctionSender(got.append, Bounded(5)).send(EVENT, "", 1) == Delivered()
    assert got == [EVENT]
    with pytest.raises(AttributeError):
        EVENT.id = 7  # type: ignore[misc]

    def broken(event: Announced) -> None:
        raise ValueError("what a citizen said")

    assert FunctionSender(broken, Bounded(5)).send(EVENT, "", 1) == Failed("raised ValueError")

    def leaving(event: Announced) -> None:
        raise SystemExit

    assert FunctionSender(leaving, Bounded(5)).send(EVENT, "", 1) == Failed("raised SystemExit")


def test_functions_that_hang_are_left_and_soon_no_more_are_called() -> None:
    released = threading.Event()
    calls: list[int] = []

    def hang(event: Announced) -> None:
        calls.append(event.id)
        released.wait(30)

    sender = FunctionSender(hang, Bounded(0.05))
    begun = time.monotonic()
    for attempt in range(MOST_ABANDONED + 3):
        assert isinstance(sender.send(EVENT, "", attempt + 1), Failed)
    assert len(calls) == MOST_ABANDONED
    assert time.monotonic() - begun < 5
    released.set()
    deadline = time.monotonic() + 5
    while sender.send(EVENT, "", 1) != Delivered():
        assert time.monotonic() < deadline, "once they have ended, it is called again"


def test_a_function_that_nobody_installed_is_named() -> None:
    with pytest.raises(LookupError, match="no-such"):
        installed("no-such")


def test_texts_fill_in_nothing_but_ids() -> None:
    text = Text("{{{id}}} {kind} {at} {case} {conversation}")
    assert text.of(EVENT) == "{42} case.opened 2026-03-02T12:00:00.000Z case-1 talk-1"
    for wrong in ("{", "{}", "{0}", "{id!s}", "{id:>9}", "{event}"):
        with pytest.raises(ValueError, match=r".+"):
            Text(wrong)


def test_the_file_in_the_docs_is_right(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "hooks.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```toml\n(\[retries\].*?)^```", text, re.M | re.S)
    (tmp_path / "hooks.toml").write_text(block, encoding="utf-8")
    (tmp_path / "crm.key").write_text(SECRET)
    (tmp_path / "notify.key").write_text(NOTIFY)
    around = Surroundings(
        "signpost-test",
        "Signpost/1",
        lambda: datetime.now(UTC),
        environment={"SMTP_PASSWORD": "sesame"},
        functions=lambda _: print,
    )
    hooks = load_hooks(tmp_path / "hooks.toml", around)
    assert [each.name for each in hooks.endpoints] == ["crm", "duty-team", "duty-phone", "archive"]
    assert replace(hooks.retries, chance=Retries().chance) == Retries(), "the defaults, as it says"
