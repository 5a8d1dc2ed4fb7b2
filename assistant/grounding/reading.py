"""Read a text as sentences of words with what they do: negate, bind, limit, condition, name.

Everything here takes time linear in the text: one pass of a pattern that cannot fail half way, and
phrases of a handful of words looked up by their first.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.grounding.vocabulary import Phrases, Vocabulary, stems

_TOKEN = re.compile(r"[£$€%&]|\+?\d+(?:[.,:]\d+)*|[^\W_]+(?:['’][^\W_]+)*|[.!?;:,()\[\]–—•|\n/-]")
_ENDS = frozenset(".!?\n•;")
_SHORT = {"n't": "not", "'ll": "will", "'re": "are", "'ve": "have", "'d": "would", "'m": "am"}
_WHOLE = {"can't": "can", "won't": "will", "shan't": "shall", "ain't": "is"}
_IS = frozenset(
    "it that what there who here he she how where when everything this let someone one".split()
)
_AROUND = "()[]{}<>\"'“”‘’.,;:!?*_`"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case, its stem, whether its first letter, or all of it, is a capital."""

    text: str
    stem: str
    capital: bool = False
    shouted: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase from word `start` up to, not including, word `end`, and what it does."""

    start: int
    end: int
    does: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's words, punctuation among them, and the phrases in it that do something."""

    words: tuple[Word, ...]
    marks: tuple[Mark, ...]
    bounds: tuple[Mark, ...]

    def has(self, *does: str) -> bool:
        """Say whether a phrase does one of these things."""
        return any(mark.does in does for mark in self.marks)


def links(text: str) -> tuple[frozenset[str], str]:
    """Return web and mail addresses of any domain, without scheme, and the text without them."""
    found: set[str] = set()
    kept: list[str] = []
    for line in unicodedata.normalize("NFKC", text).split("\n"):
        chunks = []
        for chunk in line.split():
            link = _link(chunk)
            if link:
                found.add(link)
            chunks.append("" if link else chunk)
        kept.append(" ".join(chunks))
    return frozenset(found), "\n".join(kept)


def _link(chunk: str) -> str:
    bare = chunk.replace("[.]", ".").strip(_AROUND).casefold()
    if "://" in bare:
        return bare.partition("://")[2].removeprefix("www.").rstrip("/")
    if "." not in bare:
        return ""
    host = bare.rpartition("@")[2]
    for mark in "/?#:":
        host = host.partition(mark)[0]
    labels = host.split(".")
    last = labels[-1]
    if len(labels) < 2 or not all(labels) or len(last) < 2 or not last.isalpha():
        return ""
    return bare.removeprefix("www.").rstrip("/")


def read(text: str, vocabulary: Vocabulary) -> tuple[Sentence, ...]:
    """Return the sentences of a text that holds no links."""
    sentences = []
    words: list[Word] = []
    for word in _words(text):
        if word.text in _ENDS:
            if words:
                sentences.append(_sentence(words, vocabulary))
            words = []
        else:
            words.append(word)
    if words:
        sentences.append(_sentence(words, vocabulary))
    return tuple(sentences)


def found(phrases: Phrases, words: Sequence[Word]) -> Iterator[Mark]:
    """Yield the phrases that stand in `words`, the longest first, none over another."""
    place = 0
    while place < len(words):
        mark = next(
            (
                Mark(place, place + len(phrase), does)
                for phrase, does in phrases.get(words[place].text, ())
                if all(
                    place + ahead < len(words) and words[place + ahead].text == part
                    for ahead, part in enumerate(phrase)
                )
            ),
            None,
        )
        if mark:
            yield mark
        place = mark.end if mark else place + 1


def _sentence(words: list[Word], vocabulary: Vocabulary) -> Sentence:
    if len(words) > 2 and words[0].text in ("yes", "no") and words[1].text == ",":
        words = words[2:]
    bounds = tuple(found(vocabulary.bounds, words))
    limits = {
        place
        for bound in bounds
        if _counts(words, bound.end)
        for place in range(bound.start, bound.end)
    }
    marks = tuple(
        mark
        for mark in found(vocabulary.marks, words)
        if not (mark.does == "modality may" and _is_month(words, mark.start))
        and not (mark.start and words[mark.start].capital and words[mark.start - 1].capital)
        and not (mark.does == "not" and mark.start in limits)
    )
    return Sentence(tuple(words), marks, bounds)


def _counts(words: Sequence[Word], place: int) -> bool:
    """Say whether a number, or something measured, stands here or just behind."""
    return any(word.text[0].isdigit() or word.text in COUNTING for word in words[place : place + 2])


COUNTING = frozenset(
    "£ $ € a an one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety".split()
)


def _is_month(words: Sequence[Word], place: int) -> bool:
    word = words[place]
    if word.text != "may" or not word.capital:
        return False
    beside = [words[near].text for near in (place - 1, place + 1) if 0 <= near < len(words)]
    return place > 0 or any(text[0].isdigit() for text in beside)


def _words(text: str) -> Iterator[Word]:
    for token in _TOKEN.findall(text):
        for part in filter(None, _opened(token.replace("’", "'"))):
            lower = part.lower()
            shouted = len(part) > 2 and part.isupper()
            yield Word(lower, stems((lower,))[0], part[0].isupper(), shouted)


def _opened(token: str) -> tuple[str, ...]:
    """Return the words of a short form: "don't" → do not, "it's" → it is, "child's" → child."""
    lower = token.lower()
    if lower == "cannot":
        return token[:3], "not"
    if "'" not in token:
        return (token,)
    if lower in _WHOLE:
        return _WHOLE[lower], "not"
    for ending, word in _SHORT.items():
        if lower.endswith(ending):
            return token[: -len(ending)], word
    before, _, ending = token.partition("'")
    if ending.lower() == "s":
        return (before, "is") if before.lower() in _IS else (before,)
    return (token.replace("'", ""),)
