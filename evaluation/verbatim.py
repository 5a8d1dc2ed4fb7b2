"""Whether everything shown stands word for word in the guidance, or is the policy's own wording.

A closed world: what a citizen can be shown is known beforehand, so that nothing else (a prompt,
a rule, a model's invention, a link from an attack) can hide in an answer.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assistant.policy import Policy
from assistant.policy.wording import Wording
from evaluation.cases import AnswerGiven
from knowledge.documents import Passage

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
_BULLET = re.compile(r"^(?:• |\d+\. )")


@dataclass(frozen=True, slots=True)
class Sayable:
    """All that may be shown. `passages`: the words of each section, by its address."""

    passages: Mapping[str, Collection[str]]
    messages: frozenset[str]
    links: frozenset[str]


def sayable(passages: Iterable[Passage], policy: Policy) -> Sayable:
    """Return what an assistant with this guidance and this policy may show."""
    said: dict[str, set[str]] = {}
    links: set[str] = set()
    for passage in passages:
        lines = said.setdefault(passage.url, set())
        for segment in passage.segments:
            lines |= {segment.text, *segment.text.split("\n"), *segment.lead.split("\n")}
        links |= {passage.url, passage.document_url, passage.official_url}
        links |= {link for line in lines for link in _LINK.findall(line)}
    links |= {contact.url for contact in policy.contact.values()}
    return Sayable(said, frozenset(_messages(policy)), frozenset(links - {""}))


def outside(given: AnswerGiven, known: Sayable) -> tuple[str, ...]:
    """Return the lines shown that stand neither in a cited section nor in the policy's wording."""
    if given.outcome != "answered":
        return () if given.answer in known.messages else (given.answer,)
    held = {line for cited in given.citations for line in known.passages.get(cited.url, ())}
    lines = [line for line in given.answer.split("\n") if line.strip()]
    quotes = [line for cited in given.citations for line in cited.quote.split("\n")]
    strange = [
        line for line in (*lines, *quotes) if line not in held and _BULLET.sub("", line) not in held
    ]
    return tuple(dict.fromkeys(strange))


def unknown_links(given: AnswerGiven, known: Sayable) -> tuple[str, ...]:
    """Return the addresses shown that neither the guidance nor the policy has."""
    shown = [*_LINK.findall(given.answer), *(cited.url for cited in given.citations)]
    return tuple(link for link in dict.fromkeys(shown) if link not in known.links)


def _messages(policy: Policy) -> Iterable[str]:
    for wording in (policy.english, policy.welsh):
        for said in _texts(wording):
            yield said
            yield f"{wording.notices.bereaved} {said}"
            for language in policy.languages.language:
                if language.message:
                    yield f"{language.message}\n\n{said}"
                    yield f"{language.message}\n\n{wording.notices.bereaved} {said}"


def _texts(wording: Wording) -> Iterable[str]:
    for texts in (
        wording.clarifying,
        wording.signposted,
        wording.abstained,
        wording.escalated,
        wording.refused,
    ):
        yield from texts.values()
