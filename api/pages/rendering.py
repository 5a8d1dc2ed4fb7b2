"""Pages and fragments from templates. The page and the widget's frame share the same markup."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import CodeType
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from jinja2.bccache import Bucket, BytecodeCache
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.assets import Assets
from api.pages.layout import cells_of, paragraphs
from api.pages.people_seen import PeopleSeen
from api.parts import LANGUAGES, Limits, SiteSettings
from api.words import Words, read_words
from assistant.challenges.challenges import LONGEST_WHY
from assistant.policy.watching import DescribingWords
from assistant.policy.wording import Wording
from assistant.ratings import RatingReason
from assistant.reaching import Reaching
from assistant.views import AnswerBlock, ConversationView, PersonMessage, PersonState, TurnView

FOLDER = Path(__file__).parents[1] / "templates"
_READING = frozenset({"screen", "redact", "safeguard", "route", "spell", "embed", "listen"})
_LOOKING = frozenset({"contextualise", "retrieve"})
_CHOOSING = frozenset({"rerank", "focus", "compose"})


class _Compiled(BytecodeCache):
    """Remembers compiled templates for this process, by name and content."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[(bucket.key, bucket.checksum)] = bucket.code


_COMPILED = _Compiled()
"""The same for every app in a process: compiling has no settings, and takes most of a second."""


class Pages:
    """Renders everything a citizen sees. `frame` pages are for the widget's frame."""

    def __init__(
        self,
        site: SiteSettings,
        limits: Limits,
        assets: Assets,
        describing: Mapping[str, DescribingWords],
        reaching: Reaching | None = None,
        said: Mapping[str, Wording] | None = None,
        *,
        challenging: bool = False,
    ) -> None:
        self._site = site
        self._limits = limits
        self._describing = describing
        self._reaching = reaching
        self._said = said or {}
        self._words: Mapping[str, Words] = read_words(LANGUAGES)
        self._templates = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(FOLDER),
                    PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
                ]
            ),
            autoescape=True,
            bytecode_cache=_COMPILED,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "site": site,
            "limits": limits,
            "asset": assets.address,
            "new_key": lambda: secrets.token_urlsafe(16),
            "safe_link": safe_link,
            "modules": assets.modules,
            "reasons": tuple(RatingReason),
            "challenging": challenging,
            "policy_words": self._said.get,
            "longest_why": LONGEST_WHY,
            "whole_address": lambda url: f"{site.base_url}{url}" if url.startswith("/") else url,
        }
        self._templates.filters |= {
            "paragraphs": paragraphs,
            "cells": cells_of,
            "by_heading": by_heading,
        }

    def words(self, language: str) -> Words:
        """Return the interface strings; English where the language is not offered."""
        return self._words[language if language in self._site.languages else "en"]

    def language_of(self, request: Request) -> str:
        """Return the language asked for in the address, if it is offered."""
        asked = request.query_params.get("lang", "")
        return asked if asked in self._site.languages else self._site.languages[0]

    def notice(self, language: str) -> str:
        """Return what must be said before the first question, as plain text."""
        words = self.words(language)
        said = [words("start.notice")]
        if self._site.trial:
            said.append(words("site.trial"))
            if self._site.unexamined:
                said.append(words("site.unexamined"))
        if self._site.model_provider:
            said.append(words("start.provider", provider=self._site.model_provider))
        return " ".join(said)

    def stage_words(
        self, language: str, person: PersonState = PersonState.NOBODY
    ) -> Callable[[str], str]:
        """Return what to say while a step of the pipeline runs; `person` who has the conversation.

        To a person a message is only sent: nobody looks for an answer.
        """
        words = self.words(language)

        def say(stage: str) -> str:
            if person is PersonState.WITH_PERSON:
                return words("stages.sending")
            if stage in _READING:
                return words("stages.reading")
            if stage in _LOOKING:
                return words("stages.looking")
            return words("stages.choosing" if stage in _CHOOSING else "stages.checking")

        return say

    def page(
        self,
        template: str,
        language: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> HTMLResponse:
        """Return a whole page."""
        html = self.html(template, language, **values)
        return HTMLResponse(html, status, headers=dict(headers or {}))

    def html(self, template: str, language: str, **values: object) -> str:
        """Return a template's markup."""
        w = self.words(language)
        return self._templates.get_template(template).render(
            w=w,
            lang=w.language,
            address=_Addresses(w.language),
            about=self._describing[w.language],
            reach=self._reaching.policy.wording(w.language) if self._reaching else None,
            **values,
        )

    def turn(self, turn: TurnView, language: str, *, framed: bool, form_token: str) -> str:
        """Return one turn's markup, the same in the page and in the frame.

        `language` is that of what stands around it: what is in another is marked.
        """
        return self.html(
            "parts/one_turn.html",
            language,
            turn=turn,
            framed=framed,
            form_token=form_token,
        )

    def rating(self, turn: TurnView, language: str, *, form_token: str, told: bool) -> str:
        """Return the markup that follows a rating; `told`: the reason was given too."""
        return self.html(
            "parts/one_rating.html", language, turn=turn, form_token=form_token, told=told
        )

    def challenge(self, turn: TurnView, language: str, *, framed: bool, form_token: str) -> str:
        """Return the markup of the place where an answer is challenged, or of what came of it."""
        return self.html(
            "parts/one_challenge.html", language, turn=turn, framed=framed, form_token=form_token
        )

    def messages(
        self, conversation: ConversationView, people: PeopleSeen, *, framed: bool, form_token: str
    ) -> str:
        """Return the markup of every message of a conversation."""
        return self.html(
            "parts/messages.html",
            conversation.language,
            conversation=conversation,
            people=people,
            framed=framed,
            form_token=form_token,
        )

    def person(
        self, language: str, asked_at: datetime | None, people: PeopleSeen, *, framed: bool
    ) -> str:
        """Return the markup that says that a person was asked for, and how else to reach one."""
        return self.html(
            "parts/person_asked.html", language, asked_at=asked_at, people=people, framed=framed
        )

    def people(self, people: PeopleSeen, language: str, *, framed: bool) -> str:
        """Return the markup that says where the conversation stands with people."""
        return self.html("people/panel_alone.html", language, people=people, framed=framed)

    def message(self, message: PersonMessage, language: str) -> str:
        """Return the markup of a person's message."""
        return self.html("people/message_alone.html", language, message=message)


class _Addresses:
    """Our own addresses, carrying the language on."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, path: str, language: str = "") -> str:
        wanted = language or self._language
        return path if wanted == "en" else f"{path}?lang={wanted}"


def safe_link(url: str) -> str:
    """Return the address if a citizen may follow it (http, https or a path of ours), or ""."""
    if any(character <= " " for character in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in {"http", "https"} and parts.netloc:
        return url
    ours = not parts.scheme and not parts.netloc and url.startswith("/")
    return url if ours and "\\" not in url else ""


def by_heading(turn: TurnView) -> list[tuple[str, list[AnswerBlock]]]:
    """Return neighbouring blocks together under the heading they share.

    A page's title is said once: neighbours of the same page stand under their section's heading.
    """
    found: list[tuple[str, list[AnswerBlock]]] = []
    before = ""
    for heading, group in groupby(turn.blocks, lambda block: block.heading):
        blocks = list(group)
        title = turn.citations[blocks[0].citation].title
        section = heading.removeprefix(f"{title} – ")
        found.append((section if title == before else heading, blocks))
        before = title
    return found
