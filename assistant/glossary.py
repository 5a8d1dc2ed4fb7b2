"""Find the official words of a text, and what they mean in everyday ones.

A line is read once from left to right; each word of it is looked up, so that the time does not grow
with the glossary, and what was found is remembered: guidance is quoted again and again. At one
place the longest form counts, so "grant of probate" is not "probate".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.answers import ExplainedWord
from assistant.policy.glossary_words import GlossaryWords, form_words

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[ \u00a0\-\u2010\u2011&]+")


@dataclass(frozen=True, slots=True)
class _Form:
    """A form's words after its first. `key` is "" where the word means something else."""

    rest: tuple[str, ...]
    key: str


class Glossary:
    """The official words of one language, ready to be looked up."""

    def __init__(self, words: GlossaryWords) -> None:
        forms: dict[str, list[_Form]] = {}
        for key, word in words.word.items():
            for form, owner in (*((f, key) for f in word.forms), *((f, "") for f in word.unless)):
                first, *rest = form_words(form)
                forms.setdefault(first, []).append(_Form(tuple(rest), owner))
        said = (form for word in words.word.values() for form in (*word.forms, *word.unless))
        self._telling = frozenset(max(_LETTERS.findall(form.lower()), key=len) for form in said)
        self._found = lru_cache(maxsize=4_096)(self._found_in_line)
        self._forms: Mapping[str, tuple[_Form, ...]] = {
            first: tuple(sorted(found, key=lambda each: -len(each.rest)))
            for first, found in forms.items()
        }

    def found(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield each official word as it stands in the text, with its key, in order of use."""
        for line in text.split("\n"):
            yield from self._found(line)

    def _found_in_line(self, text: str) -> tuple[tuple[str, str], ...]:
        # Most lines hold no form's longest word, and so no form.
        if self._telling.isdisjoint(_LETTERS.findall(text.lower())):
            return ()
        found: list[tuple[str, str]] = []
        tokens = list(_TOKEN.finditer(text))
        place = 0
        while place < len(tokens):
            form = self._form_at(text, tokens, place)
            if form is None:
                place += 1
                continue
            last = place + len(form.rest)
            if form.key:
                found.append((text[tokens[place].start() : tokens[last].end()], form.key))
            place = last + 1
        return tuple(found)

    def _form_at(self, text: str, tokens: list[re.Match[str]], place: int) -> _Form | None:
        word = tokens[place].group()
        candidates = self._forms.get(word)
        small = word.lower()
        if small != word:
            candidates = (*(candidates or ()), *self._forms.get(small, ()))
            candidates = tuple(sorted(candidates, key=lambda each: -len(each.rest)))
        for form in candidates or ():
            if self._goes_on(text, tokens, place, form.rest):
                return form
        return None

    @staticmethod
    def _goes_on(text: str, tokens: list[re.Match[str]], place: int, rest: tuple[str, ...]) -> bool:
        following = tokens[place + 1 : place + 1 + len(rest)]
        if len(following) < len(rest):
            return False
        end = tokens[place].end()
        for token, wanted in zip(following, rest, strict=True):
            word = token.group()
            if wanted not in (word, word.lower()):
                return False
            if not _BETWEEN.fullmatch(text, end, token.start()):
                return False
            end = token.end()
        return True


@dataclass(frozen=True, slots=True)
class Glossaries:
    """Official words by the language of the text, explained in the language of the reader."""

    words: Mapping[str, Glossary]
    meanings: Mapping[str, Mapping[str, str]]

    def explained(
        self, text: str, language: str, reader: str, most: int
    ) -> tuple[tuple[str, ExplainedWord], ...]:
        """Return up to `most` official words, each once, at its first use, with its key.

        `language` is that of the text, `reader` that of the interface: "en" or "cy".
        """
        glossary = self.words.get(language)
        if glossary is None or most <= 0:
            return ()
        meanings = self.meanings.get(reader, self.meanings["en"])
        found: dict[str, ExplainedWord] = {}
        for word, key in glossary.found(text):
            if key not in found:
                found[key] = ExplainedWord(word, meanings[key])
                if len(found) == most:
                    break
        return tuple(found.items())


def glossaries(policy: Mapping[str, GlossaryWords]) -> Glossaries:
    """Return the policy's glossaries, ready to be looked up."""
    return Glossaries(
        {language: Glossary(words) for language, words in policy.items()},
        {
            language: {key: word.meaning for key, word in words.word.items()}
            for language, words in policy.items()
        },
    )
