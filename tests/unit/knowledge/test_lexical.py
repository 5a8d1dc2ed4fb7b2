"""BM25 weights: the published formula, over the terms that are promised."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.lexical import LexicalSettings, LexicalWeights, Vocabulary, fold, terms_of, weigh

SOME = ["tax", "visa", "school", "court", "vote", "pay", "£5", "2024"]
WORDS = st.lists(st.sampled_from(SOME), max_size=12)
PLAIN = LexicalSettings(title=0, headings=0)


def passage(text: str, title: str = "", *headings: str, language: str = "en") -> Passage:
    segments = (Segment(SegmentKind.SENTENCE, text),)
    return Passage(title, headings, "u", segments, "u", language=language)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Applying for a passport", ("appli", "passport")),
        ("The organisation’s licences", ("organis", "licenc")),
        ("It costs £1,250.50 for 2 years", ("cost", "1250.50", "2", "year")),
        ("1,000,000 people", ("1000000", "peopl")),
        ("Form SA100, P45 and V5C", ("form", "sa100", "p45", "v5c")),
        ("Café – naïve", ("cafe", "naiv")),
        ("ﬁnd the Straße", ("find", "strass")),
        ("make a will", ("make", "will")),
        ("you’re and I'd", ()),
        ("don’t pay", ("don't", "pay")),
        ("_ __ ?! 🛂 \u202e", ()),
        ("", ()),
    ],
)
def test_english_terms(text: str, terms: tuple[str, ...]) -> None:
    assert terms_of(text) == terms


def test_other_languages_are_folded_and_nothing_else() -> None:
    assert terms_of("L’été à la mairie", "fr") == ("l'ete", "a", "la", "mairie")


def test_a_welsh_word_counts_as_it_stands_and_by_its_root() -> None:
    assert terms_of("Y tŷ a’r ysgolion", "cy") == (
        "cy.y", "cy.ty", "cy~ty", "cy.a", "cy.r", "cy.ysgolion", "cy~ysgol"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("basbort", "pasbort"), ("mhasbort", "pasbort"), ("phasbort", "pasbort"),
        ("drwydded", "trwydded"), ("nhrwydded", "trwydded"), ("thrwydded", "trwydded"),
        ("gyngor", "cyngor"), ("nghyngor", "cyngor"), ("chyngor", "cyngor"),
        ("fabi", "babi"), ("mabi", "babi"), ("waith", "gwaith"), ("ngwaith", "gwaith"),
        ("ddyled", "dyled"), ("nyled", "dyled"), ("fam", "mam"), ("lythyr", "llythyr"),
        ("rent", "rhent"), ("harian", "arian"), ("benthyciadau", "benthyciad"),
        ("pensiynau", "pensiynau"),
    ],
)  # fmt: skip
def test_a_welsh_word_is_found_in_every_mutation(asked: str, written: str) -> None:
    assert set(terms_of(asked, "cy")) & set(terms_of(written, "cy"))


@pytest.mark.parametrize("pair", [("tai", "tad"), ("cael", "cais"), ("dy", "ty"), ("55", "56")])
def test_different_welsh_words_stay_apart(pair: tuple[str, str]) -> None:
    assert not set(terms_of(pair[0], "cy")) & set(terms_of(pair[1], "cy"))


def test_pages_in_another_language_change_no_score() -> None:
    english = [passage("Renew a passport online."), passage("Pay council tax.")]
    welsh = [
        passage("Adnewyddwch eich pasbort online.", language="cy"),
        passage("Mae'n rhaid talu treth gyngor, council tax, bob mis.", language="cy"),
    ]
    question = dict.fromkeys(terms_of("How do I renew a passport online and pay council tax?"), 1.0)
    alone = weigh(english, LexicalSettings())
    beside = weigh([*english, *welsh], LexicalSettings())
    assert beside.scores(question).tolist() == [*alone.scores(question).tolist(), 0.0, 0.0]
    assert beside.vocabulary.ceiling(question) == alone.vocabulary.ceiling(question)
    assert terms_of("schools", "en-GB") == terms_of("school", "en")


@given(st.text())
@example("𝓐")
@example("İŉᾼ")
def test_any_text_has_terms_that_folding_leaves_alone(text: str) -> None:
    for term in terms_of(text, "cy"):
        assert fold(term) == term
        assert term.strip()


@given(st.text(), st.text())
def test_terms_of_two_texts_are_those_of_both(one: str, other: str) -> None:
    assert terms_of(f"{one}\n\n{other}") == terms_of(one) + terms_of(other)


def bm25(texts: list[list[str]], term: str, place: int) -> float:
    """Return the BM25 weight by the formula as it is printed (k1 = 1.2, b = 0.75)."""
    mean = sum(map(len, texts)) / len(texts)
    having = sum(term in text for text in texts)
    rarity = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
    often = texts[place].count(term)
    return rarity * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * len(texts[place]) / mean))


@given(st.lists(WORDS, min_size=1, max_size=8), WORDS)
@settings(max_examples=60)
def test_scores_are_sums_of_the_printed_formula(texts: list[list[str]], asked: list[str]) -> None:
    weights = weigh([passage(" ".join(text)) for text in texts], PLAIN)
    terms = [list(terms_of(" ".join(text))) for text in texts]
    question = dict.fromkeys(terms_of(" ".join(asked)), 1.0)
    scores = weights.scores(question)
    for place in range(len(texts)):
        by_hand = sum(bm25(terms, term, place) for term in question if terms[place])
        assert scores[place] == pytest.approx(by_hand, rel=1e-5)
    assert scores.max() <= weights.vocabulary.ceiling(question) + 1e-4


@given(st.lists(WORDS, min_size=1, max_size=8))
@settings(max_examples=60)
def test_rows_and_columns_tell_the_same(texts: list[list[str]]) -> None:
    weights = weigh([passage(" ".join(text)) for text in texts], PLAIN)
    table = weights.by_passage()
    for number, term in enumerate(weights.vocabulary.terms):
        column = weights.scores({term: 1.0})
        assert column.tolist() == [row.get(number, 0.0) for row in table]
        assert weights.vocabulary.ceilings[number] == column.max()
        assert column.max() > 0


def test_a_terms_weight_in_the_question_multiplies_its_score() -> None:
    weights = weigh([passage("tax visa"), passage("visa court")], PLAIN)
    once, twice = weights.scores({"visa": 1.0}), weights.scores({"visa": 2.0})
    assert twice == pytest.approx(2 * once)
    assert weights.vocabulary.ceiling({"visa": 2.0}) == pytest.approx(float(twice.max()))
    assert weights.scores({"unknown": 1.0}).tolist() == [0, 0]
    assert weights.vocabulary.ceiling({"unknown": 1.0}) == 0


def test_title_and_headings_count_as_often_as_the_settings_say() -> None:
    passages = [passage("tax tax visa"), passage("visa", "tax"), passage("visa", "", "tax")]
    assert weigh(passages, PLAIN).scores({"tax": 1.0}).tolist()[1:] == [0, 0]
    counted = weigh(passages, LexicalSettings(title=2, headings=1)).scores({"tax": 1.0})
    assert counted[1] > counted[2] > 0
    as_text = weigh([passage("tax tax visa"), passage("tax tax visa"), passage("tax visa")], PLAIN)
    assert counted == pytest.approx(as_text.scores({"tax": 1.0}))


def test_rare_words_weigh_more_and_repeats_ever_less() -> None:
    texts = ["tax " * n + "visa" for n in range(5)]
    weights = weigh([passage(text) for text in texts], LexicalSettings(b=0, title=0, headings=0))
    grown = np.diff(weights.scores({"tax": 1.0}))
    assert all(grown > 0)
    assert all(np.diff(grown) < 0)
    met = weigh([passage("tax visa"), passage("visa court"), passage("visa vote")], PLAIN)
    assert met.scores({"tax": 1.0})[0] > met.scores({"visa": 1.0})[0] > 0


def test_nothing_to_weigh_is_no_error() -> None:
    for passages in ([], [passage("")], [passage("?"), passage("the")]):
        weights = weigh(passages, PLAIN)
        assert weights.scores({"tax": 1.0}).tolist() == [0] * len(passages)
        assert weights.vocabulary.terms == ()
        assert weights.by_passage() == [{} for _ in passages]


def test_the_same_passages_give_the_same_bytes() -> None:
    passages = [passage("tax visa court"), passage("court tax", "Title", "vote")]
    one, other = weigh(passages, LexicalSettings()), weigh(list(passages), LexicalSettings())
    assert bytes_of(one) == bytes_of(other)


def bytes_of(weights: LexicalWeights) -> tuple[bytes, ...]:
    vocabulary: Vocabulary = weights.vocabulary
    return (
        "\n".join(vocabulary.terms).encode(),
        vocabulary.ceilings.tobytes(),
        weights.weights.tobytes(),
        weights.rows.tobytes(),
        weights.starts.tobytes(),
    )
