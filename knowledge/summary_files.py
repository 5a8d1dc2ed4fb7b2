"""Files of plain-language summaries: TOML that a content designer can write and a reviewer sign.

[[summary]]
url = "https://www.gov.uk/probate#apply"       the section's address
section = "9f86d0818…"                         the digest of its words
text = "…"                                     up to 120 words, no links
checked_by = ""                                who read it beside the guidance; "" for a draft
checked_on = ""                                the day, as in "2026-03-01"
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.documents import Passage, PlainSummary
from knowledge.errors import SummariesInvalid
from knowledge.readability import reading_age
from knowledge.summaries import GivenSummary, section_digest, section_text, sections_of

MOST_WORDS = 120
KEYS = ("url", "section", "text", "checked_by", "checked_on")

_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*summary[ \t]*\]\]", re.MULTILINE)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LINK = re.compile(r"https?:|www\.", re.IGNORECASE)


def read_summaries(path: Path) -> tuple[GivenSummary, ...]:
    """Return the summaries in a file. Raises SummariesInvalid, with the line and what to write."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise SummariesInvalid(str(path), 1, f"cannot be read as UTF-8 text: {fault}") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"at line (\d+)", str(fault))
        line = int(found[1]) if found else max(1, text.count("\n"))
        raise SummariesInvalid(str(path), line, f"this is not valid TOML ({fault})") from None
    lines = [text.count("\n", 0, match.start()) + 1 for match in _TABLE.finditer(text)]
    if set(data) - {"summary"} or not isinstance(data.get("summary", []), list):
        raise SummariesInvalid(str(path), 1, "write nothing but [[summary]] sections in it")
    given: list[GivenSummary] = []
    for number, said in enumerate(data.get("summary", [])):
        line = lines[number] if number < len(lines) else 1
        if why := _fault(said):
            raise SummariesInvalid(str(path), line, why)
        if any((each.url, each.section) == (said["url"], said["section"]) for each in given):
            raise SummariesInvalid(str(path), line, "this section has a summary above: delete one")
        summary = PlainSummary(
            said["text"].strip(), said["checked_by"].strip(), said["checked_on"].strip()
        )
        given.append(GivenSummary(said["url"], said["section"], summary, f"{path}:{line}"))
    return tuple(given)


def blanks(passages: Iterable[Passage], above: float) -> str:
    """Return forms to fill in: one for each English section that reads harder than age `above`.

    A section that has a summary is left out. The section's words stand above its form as a comment.
    """
    forms = []
    for section in sections_of(passages):
        age = reading_age(section_text(section))
        first = section[0]
        if first.plain is not None or first.language != "en" or age is None or age <= above:
            continue
        words = [f"# {line}" for line in section_text(section).splitlines()]
        forms.append(
            "\n".join(
                (
                    f"# {first.heading} (reading age {age:.0f})",
                    *words,
                    "[[summary]]",
                    f"url = {_quoted(first.url)}",
                    f'section = "{section_digest(section)}"',
                    'text = ""',
                    'checked_by = ""',
                    'checked_on = ""',
                )
            )
        )
    return "\n\n".join(forms) + "\n" if forms else ""


def _fault(said: Any) -> str:
    """Return what is wrong with one summary of a file, or ""."""
    if not isinstance(said, Mapping):
        return "write each summary as a section of its own: [[summary]]"
    for key in said:
        if key not in KEYS:
            return f'"{key}" is not known here; a summary has {", ".join(KEYS)}'
    for key in KEYS:
        if not isinstance(said.get(key), str):
            return f'"{key}" is missing or no text: add a line {key} = "…"'
    if not said["url"].strip():
        return "write the section's address in url"
    if not _DIGEST.fullmatch(said["section"]):
        return (
            "section is the digest of the words summarised: `signpost summaries blanks` prints it"
        )
    return _fault_of_text(said["text"]) or _fault_of_review(said["checked_by"], said["checked_on"])


def _fault_of_text(text: str) -> str:
    if not text.strip():
        return "write the summary in text"
    if len(text.split()) > MOST_WORDS:
        return f"the text has {len(text.split())} words; a summary has at most {MOST_WORDS}"
    if _LINK.search(text):
        return "take the link out of the text: the quotation beside it has the link"
    return ""


def _fault_of_review(name: str, day: str) -> str:
    if bool(name.strip()) != bool(day.strip()):
        return "write checked_by and checked_on together, or leave both empty for a draft"
    if day.strip():
        try:
            date.fromisoformat(day.strip())
        except ValueError:
            return 'write checked_on as in "2026-03-01"'
    return ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
