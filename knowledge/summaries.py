"""Plain-language summaries: people's words for a section, tied to the very text they summarise.

A summary names its section by address and by the digest of the section's words. Where the words are
others now, the summary is left out and named, so that nobody reads a summary of what the guidance
said once.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from knowledge.documents import Passage, PlainSummary
from knowledge.readability import reading_age

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class GivenSummary:
    """A summary as it was handed in. `section` is the digest of the words it summarises.

    `url` is the section's address, `source` says where the summary stands ("summaries.toml:12").
    """

    url: str
    section: str
    summary: PlainSummary
    source: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A summary that no section got. `reason` is a word for counting, `why` says what to do.

    Reasons: `changed` (the words are others now), `missing` (nothing read has that address),
    `numbers` (it names a number that the section does not), `harder` (it reads no easier).
    """

    given: GivenSummary
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class SummaryReport:
    """What became of the summaries given to a build. `kept` counts drafts too."""

    kept: int = 0
    drafts: int = 0
    left_out: tuple[LeftOut, ...] = ()


NO_SUMMARIES = SummaryReport()


def sections_of(passages: Iterable[Passage]) -> Iterator[tuple[Passage, ...]]:
    """Yield the passages of each section together, in order."""
    for _, section in groupby(passages, lambda p: (p.document_url, p.url, p.headings)):
        yield tuple(section)


def section_digest(section: Sequence[Passage]) -> str:
    """Return the SHA-256 (hex) of a section's words: title, headings, and each segment in order.

    How it is cut into passages does not count, nor do its address, dates and publisher.
    """
    said = {
        "title": section[0].title,
        "headings": section[0].headings,
        "segments": [
            (segment.kind, segment.lead, segment.text, segment.number)
            for passage in section
            for segment in passage.segments
        ],
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def section_text(section: Sequence[Passage]) -> str:
    """Return a section's own words, without its headings."""
    return "\n".join(passage.text for passage in section)


class SummaryTying:
    """Ties summaries to the sections of a build, page by page, and keeps account of them."""

    def __init__(self, given: Iterable[GivenSummary]) -> None:
        self._waiting: dict[str, list[GivenSummary]] = {}
        for each in given:
            self._waiting.setdefault(each.url, []).append(each)
        self._kept: list[GivenSummary] = []
        self._left_out: list[LeftOut] = []

    def tie(self, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        """Return a page's passages, those of a summarised section with its summary."""
        if not self._waiting:
            return passages
        tied: list[Passage] = []
        seen: set[str] = set()
        for section in sections_of(passages):
            seen.add(section[0].url)
            summary = self._summary_of(section)
            tied.extend(replace(each, plain=summary) if summary else each for each in section)
        for url in seen:
            self._leave_out(self._waiting.pop(url, ()), "changed", _CHANGED)
        return tuple(tied)

    def report(self) -> SummaryReport:
        """Return what became of the summaries, once every page has been seen."""
        for waiting in self._waiting.values():
            self._leave_out(waiting, "missing", _MISSING)
        self._waiting.clear()
        drafts = sum(not each.summary.checked for each in self._kept)
        return SummaryReport(len(self._kept), drafts, tuple(self._left_out))

    def _summary_of(self, section: tuple[Passage, ...]) -> PlainSummary | None:
        waiting = self._waiting.get(section[0].url)
        if not waiting:
            return None
        digest = section_digest(section)
        given = next((each for each in waiting if each.section == digest), None)
        if given is None:
            return None
        waiting.remove(given)
        fault = _fault(given.summary, section)
        if fault:
            self._leave_out((given,), *fault)
            return None
        self._kept.append(given)
        return given.summary

    def _leave_out(self, given: Iterable[GivenSummary], reason: str, why: str) -> None:
        self._left_out.extend(LeftOut(each, reason, why) for each in given)


_CHANGED = (
    "the guidance is not the text this was written for: read it again, mend the summary, and give "
    "it the new digest (`signpost summaries blanks` prints it)"
)
_MISSING = "nothing that was read has this address: correct it, or delete the summary"


def _fault(summary: PlainSummary, section: tuple[Passage, ...]) -> tuple[str, str] | None:
    """Return why a summary may not stand beside its section: the reason's word and what to do."""
    text = "\n".join((section[0].heading, section_text(section)))
    strange = set(_NUMBER.findall(summary.text)) - set(_NUMBER.findall(text))
    if strange:
        named = ", ".join(sorted(strange))
        return "numbers", f"it says {named}, which the section does not: take it out"
    ages = reading_age(summary.text), reading_age(section_text(section))
    if section[0].language == "en" and None not in ages and ages[0] >= ages[1]:  # type: ignore[operator]
        said = f"reading age {ages[0]:.0f}, the section's is {ages[1]:.0f}"
        return "harder", f"it reads no easier than the guidance ({said}): use shorter words"
    return None
