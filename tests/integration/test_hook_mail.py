"""E-mail through real SMTP servers that reject, greylist, hang up in the middle, or hang."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import MailInvalid
from assistant.escalations.outbox import Announced
from assistant.hooks.bounded import Bounded
from assistant.hooks.mail import MailSender, MailServer, Security, message
from assistant.hooks.results import CITIZEN, Delivered, Failed, Rejected, Skipped
from assistant.hooks.texts import Text
from tests.certificates import Certified, authority

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENT = Announced(42, "case.opened", NOON, "case-1", "talk-1")
TEAM = "team@council.example"


@dataclass
class Inbox:
    """What a server took, and what it answers. `rcpt` and `data` are answers that refuse."""

    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = "250 OK"
    taken: list[tuple[list[str], Message]] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    hang_up: bool = False
    wait: float = 0

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.wait:
            await asyncio.sleep(self.wait)
        if self.hang_up:
            server.transport.abort()
            return "451 gone"
        self.secured.append(session.ssl is not None)
        if self.data.startswith("2"):
            self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return self.data

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        right = (data.login, data.password) == (b"signpost", b"sesame")
        self.signed_in.append(mechanism)
        return AuthResult(success=right, handled=True)


@contextmanager
def serving(inbox: Inbox, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def sender(port: int, seconds: float = 5, **changes: Any) -> MailSender:
    server = MailServer("127.0.0.1", port, Security.NONE, seconds=seconds)
    return MailSender(
        replace(server, **changes),
        "signpost@council.example",
        Text("A case: {kind}"),
        Text("Case {case} of {at}.\nSee https://ask.council.example/staff/cases/{case}\n"),
        "signpost-test",
        lambda: NOON,
        Bounded(10),
        lambda _: "",
    )


def test_a_message_arrives_as_plain_text_for_one_recipient() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        assert sender(port).send(EVENT, TEAM, 1) == Delivered()
        assert sender(port).send(EVENT, TEAM, 2) == Delivered()
        assert sender(port).send(EVENT, "other@council.example", 1) == Delivered()
    (to, first), (_, second), (_, other) = inbox.taken
    assert to == [TEAM]
    assert first["To"] == TEAM
    assert first["Subject"] == "A case: case.opened"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content_type() == "text/plain"
    assert "cases/case-1" in str(first.get_payload())
    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]


def test_what_the_server_says_decides_whether_it_is_tried_again() -> None:
    for code, kind in (("550 no such user", Rejected), ("450 greylisted, come back", Failed)):
        inbox = Inbox(rcpt={TEAM: code})
        with serving(inbox) as port:
            result = sender(port).send(EVENT, TEAM, 1)
            assert isinstance(result, kind)
            assert code[:3] in str(result)
            assert TEAM not in str(result)
            assert inbox.taken == []
            inbox.rcpt.clear()
            assert sender(port).send(EVENT, TEAM, 2) == Delivered()
    for code, kind in (("554 spam", Rejected), ("452 no space", Failed)):
        with serving(Inbox(data=code)) as port:
            assert isinstance(sender(port).send(EVENT, TEAM, 1), kind)


def test_a_connection_dropped_in_the_middle_of_the_message_is_tried_again() -> None:
    inbox = Inbox(hang_up=True)
    with serving(inbox) as port:
        assert isinstance(sender(port).send(EVENT, TEAM, 1), Failed)
        inbox.hang_up = False
        assert sender(port).send(EVENT, TEAM, 2) == Delivered()
    assert len(inbox.taken) == 1


def test_a_server_that_hangs_or_drips_is_left_in_time() -> None:
    with serving(Inbox(wait=3)) as port:
        begun = time.monotonic()
        assert isinstance(sender(port, seconds=0.3).send(EVENT, TEAM, 1), Failed)
        assert time.monotonic() - begun < 2

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            try:
                for _number in range(60):
                    connection.sendall(b"220-wait\r\n")
                    time.sleep(0.05)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,), daemon=True)
        thread.start()
        begun = time.monotonic()
        dripping = replace(sender(listening.getsockname()[1]), bounded=Bounded(0.5))
        assert isinstance(dripping.send(EVENT, TEAM, 1), Failed)
        assert time.monotonic() - begun < 2
        thread.join(10)


def test_nobody_there_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert isinstance(sender(port).send(EVENT, TEAM, 1), Failed)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    folder: Path = tmp_path_factory.mktemp("certificates")
    return authority(folder, "mail.council.example")


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_the_connection_is_secured_and_signed_in(certified: Certified, security: Security) -> None:
    inbox = Inbox()
    options: dict[str, Any] = {"authenticator": inbox.authenticate, "auth_required": True}
    if security is Security.TLS:
        # Its own rule about "TLS first" looks only for STARTTLS.
        options |= {"ssl_context": certified.server(), "auth_require_tls": False}
    else:
        options |= {"tls_context": certified.server(), "require_starttls": True}
    trusting = ssl.create_default_context(cafile=certified.authority)
    known: dict[str, Any] = {"security": security, "context": trusting, "user": "signpost"}
    with serving(inbox, **options) as port:
        assert sender(port, **known, password="sesame").send(EVENT, TEAM, 1) == Delivered()
        # This server hangs up on a wrong password; others say 535. A person can mend both.
        refused = sender(port, **known, password="wrong").send(EVENT, TEAM, 1)
        assert isinstance(refused, Failed)
        unknown = known | {"context": ssl.create_default_context()}
        assert isinstance(
            sender(port, **unknown, password="sesame").send(EVENT, TEAM, 1), Failed
        ), "a certificate that nobody vouches for"
    assert len(inbox.taken) == 1
    # It knows of TLS only where that began with STARTTLS.
    assert inbox.secured == [security is Security.STARTTLS]
    assert len(inbox.signed_in) >= 2


def test_a_server_without_starttls_gets_neither_password_nor_message() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        result = sender(port, security=Security.STARTTLS, user="a", password="b").send(
            EVENT, TEAM, 1
        )
    assert result == Failed("the mail server lacks STARTTLS, sign-in or this kind of address")
    assert (inbox.taken, inbox.signed_in) == ([], [])


def test_the_citizen_is_looked_up_late_or_skipped() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        assert isinstance(sender(port).send(EVENT, CITIZEN, 1), Skipped)
        known = replace(sender(port), citizen=lambda event: f"{event.case_id}@home.example")
        assert known.send(EVENT, CITIZEN, 1) == Delivered()
        wrong = replace(sender(port), citizen=lambda _: "a@b.example\r\nBcc: x@y.example")
        assert isinstance(wrong.send(EVENT, CITIZEN, 1), Rejected)
    assert [to for to, _ in inbox.taken] == [["case-1@home.example"]]


@given(st.text(min_size=1), st.text(min_size=1), st.text())
def test_no_header_can_be_injected(to: str, subject: str, text: str) -> None:
    try:
        made = message("a@b.example", to, subject, text, "id@b.example", NOON)
    except (MailInvalid, UnicodeEncodeError):
        return
    read = message_from_bytes(bytes(made))
    assert set(read.keys()) == {
        "From",
        "To",
        "Subject",
        "Message-ID",
        "Auto-Submitted",
        "Date",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert read.get_all("To") == [to]


@pytest.mark.parametrize(
    "wrong",
    [
        "a@b.example\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "Ann <a@b.example>",
        "a@b.example\r",
        "a b@c.example",
        "a@",
        "@b.example",
        "a@localhost",
        "",
        "a@b.example\x00",
        "a@b.example\u2028Bcc: c@d.example",
        "two@a.example@b.example",
        "x;y:a@b.example",
    ],
)
def test_only_one_plain_address_is_an_address(wrong: str) -> None:
    with pytest.raises(MailInvalid):
        message("a@b.example", wrong, "s", "t", "id@b.example", NOON)


@pytest.mark.parametrize("wrong", ["a\nBcc: c@d.example", "a\r\n\r\nbody", "a\x0bb", "", " "])
def test_a_subject_is_one_line(wrong: str) -> None:
    with pytest.raises(MailInvalid):
        message("a@b.example", TEAM, wrong, "t", "id@b.example", NOON)
