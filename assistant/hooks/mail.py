"""Plain-text e-mail through a real server (RFC 5321, RFC 8314): STARTTLS or TLS, and sign-in."""

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from hashlib import sha256

from assistant.errors import MailInvalid
from assistant.escalations.outbox import Announced
from assistant.hooks.bounded import Bounded, TookTooLong
from assistant.hooks.results import CITIZEN, Delivered, Failed, Rejected, Result, Skipped
from assistant.hooks.texts import Text

ReachBy = Callable[[Announced], str]
"""Returns the address of the citizen of a case, "" where there is none to be used."""


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and how to sign in there; `user` is "" where it asks for nobody.

    `seconds` is the limit for connecting and for each answer.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = 15.0
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def send(self, message: EmailMessage) -> None:
        """Hand the message to the server. Raises OSError and smtplib.SMTPException."""
        with self._connected() as server:
            if self.security is Security.STARTTLS:
                server.starttls(context=self.context)
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)
            # It is accepted by now: whatever happens while saying goodbye, it is not sent again.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        if self.security is Security.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.seconds, context=self.context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        try:
            yield server
        finally:
            server.close()


def message(
    sender: str, recipient: str, subject: str, text: str, message_id: str, at: datetime
) -> EmailMessage:
    """Return a plain-text e-mail to one recipient; `message_id` is without its angle brackets.

    Raises MailInvalid for an address that is not one, and for line breaks or control characters
    in what becomes a header, so nothing can add a header or a recipient.
    """
    made = EmailMessage(policy=SMTP)
    for name, value in (
        ("From", address(sender)),
        ("To", address(recipient)),
        ("Subject", _one_line(subject, "subject")),
        ("Message-ID", f"<{_one_line(message_id, 'message id')}>"),
        # RFC 3834: nobody's out-of-office message answers it.
        ("Auto-Submitted", "auto-generated"),
    ):
        made[name] = value
    made["Date"] = at
    made.set_content(text)
    return made


def address(text: str) -> str:
    """Return an e-mail address if it is just one; raise MailInvalid otherwise."""
    try:
        parsed = Address(addr_spec=_one_line(text, "address"))
    except (HeaderParseError, ValueError, IndexError) as error:
        raise MailInvalid("This is not one e-mail address, such as ann@example.org.") from error
    if not parsed.username or "." not in parsed.domain or parsed.addr_spec != text:
        raise MailInvalid("This is not one e-mail address, such as ann@example.org.")
    return text


def _one_line(text: str, what: str) -> str:
    if not text.strip() or not text.isprintable():
        raise MailInvalid(f"The {what} must be one line of text, without control characters.")
    return text


@dataclass(frozen=True, slots=True)
class MailSender:
    """Sends an e-mail for each event, from texts that the operator wrote."""

    server: MailServer
    sender: str
    subject: Text
    text: Text
    source: str
    clock: Callable[[], datetime]
    bounded: Bounded
    citizen: ReachBy

    @property
    def longest(self) -> float:
        """Seconds for one message."""
        return self.bounded.seconds

    def send(self, event: Announced, recipient: str, attempt: int) -> Result:
        """Send it. A 5xx answer about recipient or message is final, anything else is tried again.

        A message that is sent twice has the same Message-ID both times.
        """
        to = self.citizen(event) if recipient == CITIZEN else recipient
        if not to:
            return Skipped("no e-mail address to be used")
        try:
            made = message(
                self.sender,
                to,
                self.subject.of(event),
                self.text.of(event),
                self.message_id(event, to),
                self.clock(),
            )
        except MailInvalid as error:
            return Rejected(str(error))
        try:
            self.bounded.call(lambda: self.server.send(made))
        except TookTooLong as late:
            return Failed(f"the mail server {late}")
        except (OSError, smtplib.SMTPException) as error:
            return _judged(error)
        return Delivered()

    def message_id(self, event: Announced, to: str) -> str:
        """Return the same id for the same event and recipient, always."""
        told = sha256(f"{self.source}\n{event.id}\n{to}".encode()).hexdigest()[:24]
        return f"{self.source}.{event.id}.{told}@{self.sender.rpartition('@')[2]}"


def _judged(error: OSError | smtplib.SMTPException) -> Result:
    """Keep the code alone: what a server says with it may quote the address."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _by_code(next(iter(error.recipients.values()))[0], "the recipient")
        case smtplib.SMTPSenderRefused():
            return _by_code(error.smtp_code, "the sender")
        case smtplib.SMTPDataError():
            return _by_code(error.smtp_code, "the message")
        case smtplib.SMTPAuthenticationError():
            return Failed(f"the mail server refused the sign-in ({error.smtp_code})")
        case smtplib.SMTPNotSupportedError():
            return Failed("the mail server lacks STARTTLS, sign-in or this kind of address")
        case _:
            return Failed(f"the mail server did not take it ({type(error).__name__})")


def _by_code(code: int, what: str) -> Result:
    """RFC 5321 §4.2.1: 5xx is permanent, 4xx (greylisting, a full mailbox) passes."""
    why = f"the mail server refused {what} ({code})"
    return Rejected(why) if 500 <= code < 600 else Failed(why)
