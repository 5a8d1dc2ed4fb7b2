"""Misspelt words are read as guidance spells them, and nothing else is ever changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.lexical import LexicalSettings, weigh
from knowledge.spelling import Spelling

TEXT = (
    "Renew your passport. Pay the fee. Maternity benefits last. The passport office counts "
    "benefits for maternity. A provisional licence; provisional licences. Council tax, council. "
    "Wales not never cannot. Welsh nation Scotland England Scotland England Wales."
)
WHOLE = frozenset("garden holiday touch draft mum scot now".split())


def spelling(text: str = TEXT, language: str = "en") -> Spelling:
    url = "https://a.example/one"
    segments = (Segment(SegmentKind.SENTENCE, text),)
    passage = Passage("Title", (), url, segments, url, language=language)
    return Spelling(weigh([passage], LexicalSettings()).vocabulary, WHOLE.__contains__)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("renew my pasport", "renew my passport"),
        ("PASPORT?", "passport?"),
        ("passprot, benifits and maternaty", "passport, benefits and maternity"),
        ("provisnal", "provisional"),
        ("prvsnl", "prvsnl"),  # too far from anything
        ("provisionl licences", "provisional licences"),
        ("pasprt", "pasprt"),  # two slips in a short word
        ("cuoncils", "council"),  # by the stem
        ("cuoncil", "council"),
        ("passports", "passports"),  # guidance has it in another form
        ("tuch the gardens", "tuch the gardens"),  # nothing near that guidance has
        ("mums holidays", "mums holidays"),  # words that people know
        ("fee feee", "fee feee"),  # too short, and seen once
        ("12345 AB123456C £88.50", "12345 AB123456C £88.50"),
        ("passp0rt", "passp0rt"),
        ("I can't, don't, won't", "I can't, don't, won't"),
        ("", ""),
    ],
)
def test_what_is_read(typed: str, read: str) -> None:
    assert spelling().mended(typed) == read


WORDS = st.sampled_from((*TEXT.replace(".", "").replace(",", "").split(), *WHOLE, "not", "can't"))


@given(st.lists(WORDS, max_size=20).map(" ".join))
def test_what_is_spelt_right_is_never_changed(text: str) -> None:
    assert spelling().mended(text) == text


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=300))
def test_hostile_text_keeps_everything_but_words(text: str) -> None:
    read = spelling().mended(text)
    assert len(read.split()) == len(text.split())
    assert [each for each in read if each.isdigit()] == [each for each in text if each.isdigit()]
    assert spelling().mended(read) == read


def test_whatever_is_read_is_a_word_of_the_guidance_or_what_was_typed() -> None:
    known = {word.strip(".,;").casefold() for word in TEXT.split()}
    for typed in ("pasport", "benefts", "scotlnad", "qqqqqqq", "walees"):
        assert spelling().mended(typed) in known | {typed}


def test_guidance_in_welsh_gives_no_words_to_read_english_by() -> None:
    assert spelling("pasbort pasbort ffioedd ffioedd", "cy").mended("pasbrt") == "pasbrt"


def test_a_long_text_of_unknown_words_is_read_in_time() -> None:
    text = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}zqxvkj" for n in range(300))
    assert spelling().mended(text) == text
