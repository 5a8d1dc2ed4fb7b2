"""Sentences are found where a reader finds them, and no word is lost or changed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["You must pay £1.50 a week.", "It goes up in April."],
        ["See e.g. gov.uk for more.", "Call No. 10 if Mr. Smith is out."],
        ["You get it (e.g. if you’re a parent).", "It’s paid every 4 weeks!"],
        ["Apply by 5 p.m. on Monday.", "The U.K. rules are different."],
        ["‘Is it fair?’ he asked.", "“Yes.”", "She left."],
        ["Use form SA100, i.e. the main one.", "Go to www.gov.uk/tax.", "Then e-mail a@b.gov.uk."],
        ["The rate is 20%.", "12 months later it ends.", "you can appeal."],
        ["Section 2.1 applies.", "See para. 4 and reg. 5.", "Approx. 5 years."],
        ["Contact Acas Ltd.", "They help."],
        ["Telephone: 0300 123 4567.", "Monday to Friday, 9am to 5pm."],
        ["Your N.I. number is on your payslip.", "Keep it safe."],
        ["Write to HMRC, P.O. Box 12, Leeds."],
        ["You cannot apply from prison (or on remand.)", "Ask for help."],
        ["Mae’n rhaid i chi dalu.", "Ffoniwch ni."],
        ["What you need:"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    assert split_sentences(" ".join(sentences)) == sentences


ALPHABET = st.characters(codec="utf-8")
LIVELY = st.text(st.sampled_from("aB1 .?!,;:()[]“”‘’'\"\n\t\u00a0£…-e.g. No. ") | ALPHABET)


@given(LIVELY)
def test_sentences_are_the_text_but_for_the_white_space_around_them(text: str) -> None:
    at = 0
    for sentence in split_sentences(text):
        found = text.index(sentence, at)
        assert text[at:found].strip() == ""
        assert sentence == sentence.strip() != ""
        at = found + len(sentence)
    assert text[at:].strip() == ""


@pytest.mark.parametrize("unit", [".", "a. ", "word ", '"a. ', "(a. ", "e.g. ", "A.", "! ) "])
def test_splitting_takes_time_in_proportion_to_the_text(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.process_time()
        split_sentences(text)
        return time.process_time() - start

    seconds(1000)
    assert seconds(60_000) < 3
