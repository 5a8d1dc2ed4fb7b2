"""A labelled question of the project's own, and a set of them (see questions/README.md)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from knowledge.loaders.pages import GET_INTO_TEACHING, GOV_UK, PENSION_WISE

Kind = Literal["story", "plain", "keywords", "short", "angry", "worried", "off_point"]
Trait = Literal["typos", "text_speak"]
Half = Literal["fit", "report"]
HALVES: tuple[Half, ...] = ("fit", "report")
Collection = Literal["content_pages", "get_into_teaching", "pension_wise"]

ROOTS: Mapping[Collection, tuple[str, ...]] = {
    "content_pages": (f"{GOV_UK}/",),
    "get_into_teaching": (f"{GET_INTO_TEACHING}/",),
    "pension_wise": (f"{PENSION_WISE}/en/", f"{PENSION_WISE}/cy/"),
}
"""Where the pages of each collection lie, in each language; what follows names a page in ids."""

LONGEST_CHAIN = 4


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question as a citizen puts it, and what answers it.

    `page` is the slug of the starter page it is about, or the address of a page of `collection`
    ("" when `out_of_scope`). `evidence` holds the SHA-256 (hex) of each segment of that page that
    answers, and is empty exactly where `answerable` is false: then no page of the set answers.
    `also` names other pages that answer it too. A follow-up names the turn before it in `follows`,
    and says in `standalone` what it means without the turns before.
    """

    id: str
    page: str
    kind: Kind
    text: str
    evidence: tuple[str, ...] = ()
    answerable: bool = False
    also: tuple[str, ...] = ()
    follows: str = ""
    standalone: str = ""
    traits: tuple[Trait, ...] = ()
    language: Literal["en", "cy"] = "en"
    out_of_scope: bool = False
    collection: Collection | Literal[""] = ""

    @property
    def half(self) -> Half:
        """Return the half of the set it belongs to; all questions of a page share one."""
        return half_of(self.page or self.id)

    @property
    def owner(self) -> str:
        """Return what its id must begin with, before "-" and a number."""
        if self.out_of_scope:
            return "out-of-scope"
        if not self.collection:
            return self.page
        path = self.page
        for root in ROOTS[self.collection]:
            path = path.removeprefix(root)
        slug = path.replace("/", ".") if self.collection == "content_pages" else path
        return f"{self.collection}/{slug}"


@dataclass(frozen=True, slots=True)
class OwnQuestions:
    """The whole set, in the files' order."""

    questions: tuple[OwnQuestion, ...]

    @property
    def digest(self) -> str:
        """Return the SHA-256 (hex) of the set, whatever order the lines stand in."""
        lines = (
            json.dumps(_told(question), ensure_ascii=False, sort_keys=True)
            for question in sorted(self.questions, key=lambda question: question.id)
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def of(self, half: Half) -> tuple[OwnQuestion, ...]:
        """Return the questions of one half."""
        return tuple(question for question in self.questions if question.half == half)

    def before(self, question: OwnQuestion) -> tuple[OwnQuestion, ...]:
        """Return the turns that a follow-up leans on, oldest first; none for a first question."""
        by_id = {each.id: each for each in self.questions}
        turns: list[OwnQuestion] = []
        while question.follows:
            question = by_id[question.follows]
            turns.append(question)
        return tuple(reversed(turns))

    def chains(self) -> tuple[tuple[OwnQuestion, ...], ...]:
        """Return the conversations of two turns or more, each from its first question on."""
        leant_on = {question.follows for question in self.questions}
        return tuple(
            (*self.before(last), last)
            for last in self.questions
            if last.follows and last.id not in leant_on
        )


def half_of(key: str) -> Half:
    """Return the half of a `page` (or, out of scope, of the id): an even SHA-256 is "fit"."""
    return "report" if hashlib.sha256(key.encode()).digest()[-1] % 2 else "fit"


def segment_digest(text: str) -> str:
    """Return how a segment's text is named in `evidence`: SHA-256 (hex) of its UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _told(question: OwnQuestion) -> dict[str, object]:
    told = asdict(question)
    return told if question.collection else {k: v for k, v in told.items() if k != "collection"}
