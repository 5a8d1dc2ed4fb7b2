"""What the file of hooks holds, as frozen values. docs/hooks.md explains each to operators."""

import re
from ipaddress import ip_network
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from assistant.errors import MailInvalid
from assistant.hooks.mail import Security, address
from assistant.hooks.notify import NOTIFY_URL, Channel
from assistant.hooks.results import CITIZEN
from assistant.hooks.texts import Text
from assistant.policy.model import Strict

_PHONE = re.compile(r"\+?[0-9][0-9 ]{6,18}[0-9]")


def _reference(value: str) -> str:
    if not re.fullmatch(r"(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)", value):
        raise ValueError(
            'a secret is not written here: name where it is, "env:NAME" or "file:path"'
        )
    if value.startswith("env:SIGNPOST_"):
        raise ValueError("variables that begin with SIGNPOST_ are settings: choose another name")
    return value


def _template(value: str) -> str:
    if not value.strip():
        raise ValueError("write some text")
    Text(value)
    return value


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("write one line")
    return value


def _mail_address(value: str) -> str:
    try:
        return address(value)
    except MailInvalid as error:
        raise ValueError("write one e-mail address, such as team@example.gov.uk") from error


def _mail_recipient(value: str) -> str:
    return value if value == CITIZEN else _mail_address(value)


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("write an address such as https://hooks.example.gov.uk/signpost")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("write the address without a user, a password or a fragment (#…)")
    return value


def _uuid(value: str) -> str:
    try:
        UUID(value)
    except ValueError as error:
        raise ValueError("write the template's id, as Notify shows it") from error
    return value


def _network(value: str) -> str:
    try:
        ip_network(value)
    except ValueError as error:
        raise ValueError(f'"{value}" is no network: write one such as 10.0.0.0/8') from error
    return value


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z_.]{0,31}$")]
Reference = Annotated[str, AfterValidator(_reference)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
MailRecipient = Annotated[str, AfterValidator(_mail_recipient)]
Template = Annotated[str, AfterValidator(_template)]
Subject = Annotated[str, AfterValidator(_one_line), AfterValidator(_template)]
Seconds = Annotated[float, Field(gt=0, le=300)]
Port = Annotated[int, Field(ge=1, le=65_535)]


class Hook(Strict):
    """What all hooks have. `kinds` empty means every kind of event."""

    name: Name
    kinds: tuple[Kind, ...] = ()


class WebhookPart(Hook):
    """An address that events are posted to."""

    url: WebAddress
    secrets: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=4)]
    allow_networks: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    allow_http: bool = False
    ca_file: str = ""
    connect_seconds: Seconds = 5.0
    read_seconds: Seconds = 10.0
    whole_seconds: Seconds = 20.0

    @model_validator(mode="after")
    def _private(self) -> Self:
        if self.url.startswith("http:") and not self.allow_http:
            raise ValueError("url begins with http: use https, or write allow_http = true")
        return self


class EmailPart(Hook):
    """E-mail through a server of the operator's."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]+$")]
    port: Port = 587
    security: Security = Security.STARTTLS
    user: str = ""
    password: Reference | Literal[""] = ""
    sender: MailAddress
    to: Annotated[tuple[MailRecipient, ...], Field(min_length=1)]
    subject: Subject
    text: Template
    ca_file: str = ""
    seconds: Seconds = 15.0
    whole_seconds: Seconds = 60.0

    @model_validator(mode="after")
    def _signed_in_privately(self) -> Self:
        if bool(self.user) != bool(self.password):
            raise ValueError("write both user and password, or neither")
        if self.user and self.security is Security.NONE:
            raise ValueError('a password needs security = "starttls" or "tls"')
        return self


class NotifyPart(Hook):
    """E-mail or text messages through GOV.UK Notify."""

    api_key: Reference
    channel: Channel
    template: Annotated[str, AfterValidator(_uuid)]
    to: Annotated[tuple[str, ...], Field(min_length=1)]
    base_url: WebAddress = NOTIFY_URL
    seconds: Seconds = 15.0
    whole_seconds: Seconds = 45.0

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        for each in self.to:
            if each == CITIZEN:
                continue
            if self.channel is Channel.EMAIL:
                _mail_address(each)
            elif not _PHONE.fullmatch(each):
                raise ValueError(f'"{each}" is no phone number: write one such as 07700 900000')
        return self


class FunctionPart(Hook):
    """A function of an installed package, by its name in the entry point group."""

    seconds: Seconds = 30.0


class RetriesPart(Strict):
    """How often and how long. See `assistant.hooks.retries.Retries`."""

    tries: Annotated[int, Field(ge=1, le=100)] = 18
    first_seconds: Annotated[float, Field(gt=0, le=3_600)] = 5.0
    longest_seconds: Annotated[float, Field(gt=0, le=86_400)] = 21_600.0
    keep_days: Annotated[int, Field(ge=1, le=3_650)] = 30


class HooksFile(Strict):
    """The whole file."""

    retries: RetriesPart = RetriesPart()
    webhook: tuple[WebhookPart, ...] = ()
    email: tuple[EmailPart, ...] = ()
    notify: tuple[NotifyPart, ...] = ()
    function: tuple[FunctionPart, ...] = ()
