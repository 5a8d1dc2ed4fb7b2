"""Patterns that content designers write, matched against folded text.

Folding takes away what people vary without meaning anything by it: case, accents, apostrophes,
punctuation, spacing. So one pattern ("im being hit") finds "I'm being hit", "IM BEING HIT" and
"I’m  being hit!". Patterns run on RE2, whose time is linear in the text whatever the pattern.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2  # type: ignore[import-untyped,unused-ignore]

Words = Mapping[str, Sequence[str]]
"""Lists that patterns name in braces: {"person": ("person", "human")} for "talk to a {person}"."""

_APOSTROPHES = re.compile("['’‘`´ʼ]")
_SENTENCE_END = re.compile(r"[.?!;:…]+(?=\s|$)|[\r\n]+")
_BETWEEN_WORDS = re.compile(r"(?:[^\w\n]|_)+")
_AROUND_LINES = re.compile(r" *\n[ \n]*")
_NAME = re.compile(r"\{([a-z_]+)\}")
_SPELT_OUT = re.compile(r"\b[a-hj-z] (?:\w )+\w\b")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_MIXED_WORD = re.compile(r"\b(?:[a-z]+[0-9]|[0-9]+[a-z])[a-z0-9]*\b")
_LOOKALIKES = str.maketrans("01345", "oieas")
_GAP = r"(?:\w+ ){0,4}"


class PatternError(ValueError):
    """A pattern cannot be read. The text says why, in words fit for a policy file's error."""


def fold(text: str) -> str:
    """Return text in lower case without accents or punctuation, one sentence a line.

    Words are separated by single spaces. Folding twice changes nothing.
    """
    text = text.casefold()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    text = _APOSTROPHES.sub("", text)
    text = _SENTENCE_END.sub("\n", text)
    text = _BETWEEN_WORDS.sub(" ", text)
    return _AROUND_LINES.sub("\n", text).strip()


def unmasked(folded: str) -> str:
    """Return folded text with the tricks undone that hide words from filters, for a second look.

    Joins letters written apart ("k i l l"), shortens drawn-out ones ("dieee"), and reads digits
    inside words as the letters they stand for ("k1ll").
    """
    joined = _SPELT_OUT.sub(lambda match: match[0].replace(" ", ""), folded)
    shortened = _DRAWN_OUT.sub(r"\1", joined)
    return _MIXED_WORD.sub(lambda match: match[0].translate(_LOOKALIKES), shortened)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One or many patterns as one: whole words only, never across a sentence end unless asked."""

    compiled: Any
    sources: tuple[str, ...]

    def found(self, folded: str) -> bool:
        """Say whether any of the patterns occurs in the folded text."""
        return self.compiled.search(folded) is not None

    def count(self, folded: str) -> int:
        """Return how many times the patterns occur, not counting overlaps."""
        return sum(1 for _ in self.compiled.finditer(folded))

    def without(self, folded: str) -> str:
        """Return the folded text with every occurrence cut out; no phrase forms over the cut."""
        return str(self.compiled.sub("\n", folded))


def pattern(sources: Sequence[str], words: Words | None = None) -> Pattern | None:
    """Return the patterns as one that matches whole words, or None where there is none.

    `{name}` stands for any entry of that list in `words`; `{gap}` for up to four words.

    Raises:
        PatternError: a pattern is not valid, or names a list that does not exist.
    """
    if not sources:
        return None
    parts = [_expanded(source, words or {}) for source in sources]
    return Pattern(_compiled(rf"(?m)\b(?:{'|'.join(parts)})\b"), tuple(sources))


def whole(sources: Sequence[str], fillers: Sequence[str], words: Words | None = None) -> Pattern:
    """Return a pattern for messages made of nothing but these patterns and the fillers."""
    parts = [_expanded(source, words or {}) for source in (*sources, *fillers)]
    return Pattern(_compiled(rf"^(?:(?:{'|'.join(parts)})(?:[ \n]+|$))+$"), tuple(sources))


def check(source: str, words: Words) -> None:
    """Raise PatternError unless the pattern can be compiled by itself."""
    _compiled(_expanded(source, words))


def _expanded(source: str, words: Words, inside: tuple[str, ...] = ()) -> str:
    def entries(match: re.Match[str]) -> str:
        name = match.group(1)
        if name == "gap":
            return _GAP
        if name in inside:
            raise PatternError(f'the word list "{name}" contains itself')
        if name not in words:
            known = ", ".join(sorted((*words, "gap")))
            raise PatternError(f'there is no word list called "{name}"; the lists are: {known}')
        return (
            "(?:"
            + "|".join(_expanded(entry, words, (*inside, name)) for entry in words[name])
            + ")"
        )

    if not source.strip():
        raise PatternError("an empty pattern would match everything; delete it")
    return "(?:" + _NAME.sub(entries, _plain(source)) + ")"


def _plain(source: str) -> str:
    """Return the pattern with its own letters folded, so that "â" may be written and is found."""
    kept = _APOSTROPHES.sub("", source)
    if not kept.isascii():
        decomposed = unicodedata.normalize("NFKD", kept)
        kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"\\.|[^\\]+", lambda m: m[0] if m[0][0] == "\\" else m[0].casefold(), kept)


def _compiled(source: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = 256 << 20
    try:
        return re2.compile(source, options)
    except re2.error as fault:
        why = fault.args[0] if fault.args else "not a valid pattern"
        text = why.decode() if isinstance(why, bytes) else str(why)
        raise PatternError(f"this pattern cannot be read ({text})") from None
