"""A Welsh question is answered by Welsh guidance that has its words, or not at all."""

import pytest

from assistant.outcomes import Abstained, Reason
from assistant.steps.retrieve import retrieve
from assistant.text import RawText, RedactedText
from assistant.turns import Mark, Turn
from assistant.welsh import speaks_of, words_of
from knowledge.documents import Passage
from tests.assisting import NOON, opened
from tests.fakes import page, passage_a_block

PENSION = page(
    "/cy/pensiwn", "Eich pensiwn", "Gallwch gymryd arian o'ch pensiwn o 55 oed.", language="cy"
)
SCAM = page("/cy/sgam", "Sgiamiau", "Ar ôl i'r arian fynd, mae'n rhy hwyr.", language="cy")
ENGLISH = page("/passport", "Passports", "You can renew your passport online.")


def passage(document: object) -> Passage:
    return passage_a_block(document)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "form", ["pasbort", "basbort", "mhasbort", "phasbort", "Pasbort", "basbort?"]
)
def test_a_word_is_known_in_every_mutation(form: str) -> None:
    assert words_of(form) == words_of("pasbort") != frozenset()


def test_small_words_say_nothing() -> None:
    assert words_of("Sut mae fy ... yn y?") == frozenset()
    assert not speaks_of(passage(PENSION), "Sut mae?")


def hits(question: str, *documents: object) -> Turn:
    turn = Turn(
        "t",
        RawText(question),
        NOON,
        redacted=RedactedText(question),
        standalone=RedactedText(question),
        marks=frozenset({Mark.WELSH}),
    )
    return retrieve(opened(documents).retriever, frozenset())(turn)  # type: ignore[arg-type]


def test_welsh_guidance_with_the_words_is_found_and_nothing_else() -> None:
    turn = hits("Pryd alla i gymryd arian o fy mhensiwn?", SCAM, PENSION, ENGLISH)
    assert [hit.passage.document_url for hit in turn.hits] == ["/cy/pensiwn"]


def test_a_question_that_no_welsh_page_speaks_of_is_declined() -> None:
    turn = hits("Sut mae adnewyddu fy mhasbort?", SCAM, PENSION, ENGLISH)
    assert turn.outcome == Abstained(Reason.NO_GUIDANCE)
