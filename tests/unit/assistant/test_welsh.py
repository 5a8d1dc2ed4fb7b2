"""A Welsh question finds Welsh guidance by its words, and English pages by the English terms."""

import pytest

from assistant.english_terms import EnglishTerms
from assistant.steps.retrieve import retrieve
from assistant.text import RawText, RedactedText
from assistant.turns import Mark, Turn
from assistant.welsh import roots_of, twins, well_worded
from tests.assisting import NOON, opened
from tests.fakes import page

PENSION = page(
    "/cy/pensiwn", "Eich pensiwn", "Gallwch gymryd arian o'ch pensiwn o 55 oed.", language="cy"
)
SCAM = page("/cy/sgam", "Sgiamiau", "Ar ôl i'r arian fynd, mae'n rhy hwyr.", language="cy")
ENGLISH = page("/passport", "Passports", "You can renew your passport online.")


@pytest.mark.parametrize(
    "form", ["pasbort", "basbort", "mhasbort", "phasbort", "Pasbort", "basbort?"]
)
def test_a_word_is_known_in_every_mutation(form: str) -> None:
    assert roots_of(form) == roots_of("pasbort") != frozenset()


def test_small_words_say_nothing() -> None:
    assert roots_of("Sut mae fy ... yn y?") == frozenset()
    assert not well_worded((), "Sut mae?")


TERMS = EnglishTerms.of({"pasbort": "passport", "trwydded yrru": "driving licence"})


def hits(question: str, *documents: object) -> Turn:
    turn = Turn(
        "t",
        RawText(question),
        NOON,
        redacted=RedactedText(question),
        standalone=RedactedText(question),
        marks=frozenset({Mark.WELSH}),
    )
    return retrieve(opened(documents).retriever, frozenset(), terms=TERMS)(turn)  # type: ignore[arg-type]


def test_welsh_guidance_with_the_words_is_found_first_and_nothing_english() -> None:
    turn = hits("Pryd alla i gymryd arian o fy mhensiwn?", SCAM, PENSION, ENGLISH)
    assert [hit.passage.document_url for hit in turn.hits] == ["/cy/pensiwn", "/cy/sgam"]


def test_where_no_welsh_page_has_the_words_the_english_page_is_found_to_point_to() -> None:
    turn = hits("Sut mae adnewyddu fy mhasbort?", SCAM, PENSION, ENGLISH)
    assert not well_worded(turn.hits, turn.standalone)
    assert [hit.passage.document_url for hit in turn.english] == ["/passport"]


def test_an_english_question_finds_no_welsh_page() -> None:
    english = Turn("t", RawText("pensiwn"), NOON, standalone=RedactedText("passport pensiwn"))
    found = retrieve(opened((PENSION, ENGLISH)).retriever, frozenset())(english)
    assert [hit.passage.document_url for hit in found.hits] == ["/passport"]


@pytest.mark.parametrize(
    ("asked", "english"),
    [
        ("Mae fy nhrwydded yrru ar goll", "driving licence"),
        ("pasbort newydd", "passport"),
        ("Ga i PIP yn 82 oed?", "PIP 82"),
        ("Sut mae?", ""),
    ],
)
def test_the_terms_give_english_words_for_what_is_known(asked: str, english: str) -> None:
    assert TERMS.english(asked) == english


def test_a_page_may_stand_in_the_other_language_at_a_known_address() -> None:
    assert "https://x/en/tax" in twins("https://x/cy/tax")
    assert twins("https://www.gov.uk/tax.cy") == ("https://www.gov.uk/tax",)
    assert "https://www.gov.uk/tax.cy" in twins("https://www.gov.uk/tax")
