"""What `glossary.en.toml` and `glossary.cy.toml` hold: official words, and what they mean."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from assistant.policy.model import Strict
from assistant.policy.wording import Said

MOST_WORDS = 45
"""The most words of one explanation: it stands under an answer of 120."""

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def form_words(form: str) -> tuple[str, ...]:
    """Return the words of a form as they are compared: a hyphen parts words like a space.

    A word written with a capital letter is compared as it stands, any other in small letters.
    """
    return tuple(_TOKEN.findall(form))


def _form(form: str) -> str:
    if not form_words(form) or form != " ".join(form.split()):
        raise ValueError(f'"{form}": write a word, or words with single spaces between them')
    return form


def _meaning(text: str) -> str:
    if len(text.split()) > MOST_WORDS:
        raise ValueError(f"the meaning is too long: at most {MOST_WORDS} words")
    if not text.endswith("."):
        raise ValueError("the meaning must be one or more sentences: end it with a full stop")
    return text


Form = Annotated[str, AfterValidator(_form)]


class OfficialWord(Strict):
    """A word as guidance writes it (`forms`), and its meaning in everyday words.

    `unless` are phrases in which it means something else.
    """

    forms: Annotated[tuple[Form, ...], Field(min_length=1)]
    unless: tuple[Form, ...] = ()
    meaning: Annotated[Said, AfterValidator(_meaning)]


class GlossaryWords(Strict):
    """The official words of one language. `reviewed_by` blank: nobody has vouched for them yet."""

    language: str
    reviewed_by: str
    word: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], OfficialWord]
