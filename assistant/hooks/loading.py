"""Read the file of hooks, look its secrets up, and build who is told; errors name the line."""

import base64
import binascii
import json
import os
import re
import ssl
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import HooksInvalid
from assistant.escalations.outbox import Announced
from assistant.hooks.addresses import Resolver, resolve
from assistant.hooks.bounded import Bounded
from assistant.hooks.connecting import Times
from assistant.hooks.functions import FunctionSender, Hook, installed
from assistant.hooks.mail import MailSender, MailServer, ReachBy
from assistant.hooks.model import EmailPart, FunctionPart, HooksFile, NotifyPart, WebhookPart
from assistant.hooks.notify import Channel, NotifyAccount, NotifySender
from assistant.hooks.results import Endpoint, Sender
from assistant.hooks.retries import Retries
from assistant.hooks.texts import Text
from assistant.hooks.webhook import WebhookSender
from assistant.policy.lines import Lines, lines_of
from assistant.policy.plain import explain

SECRET_PREFIX = "whsec_"  # noqa: S105
SECRET_BYTES = range(24, 65)
"""How long a secret may be (Standard Webhooks, "Signature scheme")."""
_NOTIFY_KEY = re.compile(r".*[0-9a-f-]{36}-[0-9a-f-]{36}")


def nobody(event: Announced) -> str:
    """Reach nobody: stands in where citizens' addresses are not kept."""
    return ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the senders need besides the file.

    `source` names this installation, `agent` this software. `citizen_email` and `citizen_phone`
    look up whoever a case is about; they return "" where there is no address to be used, the
    conversation was erased, or the person did not ask for it.
    """

    source: str
    agent: str
    clock: Callable[[], datetime]
    citizen_email: ReachBy = nobody
    citizen_phone: ReachBy = nobody
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    resolver: Resolver = resolve
    functions: Callable[[str], Hook] = installed


@dataclass(frozen=True, slots=True)
class Hooks:
    """Who is told, and how often it is tried."""

    endpoints: tuple[Endpoint, ...] = ()
    retries: Retries = field(default_factory=Retries)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    lines: Lines
    around: Surroundings

    def wrong(self, at: tuple[str | int, ...], why: str, value: object = None) -> HooksInvalid:
        return HooksInvalid(self.path.name, self.lines.of(at, value), why)

    def secret(self, at: tuple[str | int, ...], reference: str) -> str:
        """Return what the reference names, without the line break at its end."""
        way, _, where = reference.partition(":")
        if way == "env":
            found = self.around.environment.get(where, "")
            if not found:
                raise self.wrong(at, f"the variable {where} is not set", reference)
            return found
        try:
            text = (self.path.parent / Path(where).expanduser()).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = f"the file {where} cannot be read ({type(error).__name__})"
            raise self.wrong(at, why, reference) from None
        if not text.strip():
            raise self.wrong(at, f"the file {where} is empty", reference)
        return text.strip()

    def context(self, at: tuple[str | int, ...], ca_file: str) -> ssl.SSLContext:
        """Return what verifies certificates: by the system's authorities, or by one file's."""
        try:
            path = self.path.parent / Path(ca_file).expanduser() if ca_file else None
            return ssl.create_default_context(cafile=path)
        except (OSError, ssl.SSLError) as error:
            why = f"no certificates can be read from {ca_file} ({type(error).__name__})"
            raise self.wrong((*at, "ca_file"), why) from None


def load_hooks(path: Path, around: Surroundings, kinds: Collection[str] = ()) -> Hooks:
    """Return the hooks of the file.

    `kinds` are the kinds of event there are; where they are given, no other may be wanted. Raises
    HooksInvalid, which names file and line and never repeats a secret.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HooksInvalid(
            path.name, 1, f"the file cannot be read as UTF-8 text ({type(error).__name__})"
        ) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"at line (\d+)", str(fault))
        line = int(found[1]) if found else max(1, text.count("\n"))
        raise HooksInvalid(path.name, line, f"this is not valid TOML ({fault})") from None
    file = _File(path, lines_of(text), around)
    read = _checked(file, data)
    _check_names(file, read)
    if kinds:
        _check_kinds(file, read, kinds)
    endpoints = tuple(
        Endpoint(part.name, frozenset(part.kinds), _recipients(part), _sender(file, at, part))
        for at, part in _parts(read)
    )
    retries = Retries(
        read.retries.tries,
        read.retries.first_seconds,
        read.retries.longest_seconds,
        read.retries.keep_days,
    )
    return Hooks(endpoints, retries)


Part = WebhookPart | EmailPart | NotifyPart | FunctionPart
At = tuple[str, int]


def _checked(file: _File, data: dict[str, Any]) -> HooksFile:
    try:
        return HooksFile.model_validate_json(json.dumps(data, default=str))
    except ValidationError as fault:
        error = fault.errors(include_url=False)[0]
        at, why = explain(error["loc"], error["type"], error["msg"], error.get("ctx", {}))
        raise file.wrong(at, why, error.get("input")) from None


def _parts(read: HooksFile) -> tuple[tuple[At, Part], ...]:
    groups: Mapping[str, tuple[Part, ...]] = {
        "webhook": read.webhook,
        "email": read.email,
        "notify": read.notify,
        "function": read.function,
    }
    return tuple(
        ((group, number), part)
        for group, parts in groups.items()
        for number, part in enumerate(parts)
    )


def _check_names(file: _File, read: HooksFile) -> None:
    seen: set[str] = set()
    for at, part in _parts(read):
        if part.name in seen:
            raise file.wrong((*at, "name"), f'two hooks are named "{part.name}": rename one')
        seen.add(part.name)


def _check_kinds(file: _File, read: HooksFile, kinds: Collection[str]) -> None:
    for at, part in _parts(read):
        for kind in part.kinds:
            if kind not in kinds:
                known = ", ".join(sorted(kinds))
                raise file.wrong((*at, "kinds"), f'no event is a "{kind}"; they are: {known}', kind)


def _recipients(part: Part) -> tuple[str, ...]:
    match part:
        case EmailPart() | NotifyPart():
            return tuple(dict.fromkeys(part.to))
        case _:
            return ("",)


def _sender(file: _File, at: At, part: Part) -> Sender:
    around = file.around
    match part:
        case WebhookPart():
            return WebhookSender(
                url=part.url,
                secrets=tuple(_webhook_secret(file, at, each) for each in part.secrets),
                source=around.source,
                agent=around.agent,
                clock=around.clock,
                allowed=tuple(ip_network(each) for each in part.allow_networks),
                times=Times(part.connect_seconds, part.read_seconds, part.whole_seconds),
                resolver=around.resolver,
                context=file.context(at, part.ca_file),
            )
        case EmailPart():
            password = file.secret((*at, "password"), part.password) if part.password else ""
            server = MailServer(
                part.host,
                part.port,
                part.security,
                part.user,
                password,
                part.seconds,
                file.context(at, part.ca_file),
            )
            return MailSender(
                server,
                part.sender,
                Text(part.subject),
                Text(part.text),
                around.source,
                around.clock,
                Bounded(part.whole_seconds),
                around.citizen_email,
            )
        case NotifyPart():
            key = file.secret((*at, "api_key"), part.api_key)
            if not _NOTIFY_KEY.fullmatch(key):
                raise file.wrong((*at, "api_key"), "this is no API key of GOV.UK Notify")
            return NotifySender(
                NotifyAccount(key, part.base_url, part.seconds),
                part.channel,
                part.template,
                around.source,
                Bounded(part.whole_seconds),
                around.citizen_phone if part.channel is Channel.TEXT else around.citizen_email,
            )
        case FunctionPart():
            try:
                hook = around.functions(part.name)
            except LookupError as error:
                raise file.wrong((*at, "name"), str(error.args[0])) from error
            return FunctionSender(hook, Bounded(part.seconds))


def _webhook_secret(file: _File, at: At, reference: str) -> str:
    where = (*at, "secrets")
    secret = file.secret(where, reference)
    try:
        size = len(base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not secret.startswith(SECRET_PREFIX) or size not in SECRET_BYTES:
        why = "this is no secret of Standard Webhooks: make one with `signpost hooks secret`"
        raise file.wrong(where, why, reference)
    return secret
