"""Ways of writing keep what is asked, come out the same each time, and take any text."""

import re
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.suites.variants import Base, Perturbation, digest, variants
from evaluation.suites.writing import perturbations
from evaluation.suites.writing.checking import bases
from evaluation.suites.writing.length import lengths
from evaluation.suites.writing.meaning import Kind, pieces, spliced
from evaluation.suites.writing.mistyping import SHORTEST
from evaluation.suites.writing.speech import in_words

PRIMARY = {
    "typos_05", "keyboard", "no_punctuation", "capitals", "emoji", "text_speak", "phonetic",
    "dyslexic", "learner", "dialect_scots", "dialect_geordie", "dialect_yorkshire",
    "dialect_scouse", "dialect_west_country", "dialect_welsh_english", "dialect_northern_irish",
    "dialect_east_london", "dialect_mle", "dialect_jamaican", "speech", "rambling", "keywords",
    "code_switching",
}  # fmt: skip
EXPLORATORY = {
    "typos_02", "typos_10", "phone", "lower_case", "no_spaces", "stretched", "misspellings",
    "learner_slavic", "learner_south_asian", "learner_chinese", "learner_arabic",
    "learner_romance", "speech_misheard",
}  # fmt: skip
WAYS = {way.group: way for way in perturbations()}
OWN = sorted(bases().values(), key=lambda base: base.id)

# Written apart from the rules' own lists on purpose.
NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|nowt|nae|[a-z]+nae"
    r"|(?:ca|do|wo|is|ai|are|was|were|does|did|has|have|had|could|should|would|must|need)n?['’]?t)\b",
    re.IGNORECASE,
)
NEGATES = re.compile(r"^(?!do$|dot$|wot$|is$|at$|hast$|cat$|want$)", re.IGNORECASE)
NATIONS = re.compile(
    r"\b(?:england|scotland|wales|northern ireland|uk|poland|france|spain|italy|ukraine|india"
    r"|pakistan|jamaica|british|irish|scottish)\b",
    re.IGNORECASE,
)
VOCABULARY = (
    "I can't pay", "I cannot go", "they won't", "it isn't", "I didn't get the letter",
    "not", "never", "no", "nothing", "without", "don’t", "16", "£1,200.50", "30 hours",
    "2 years", "1 May 2024", "5pm", "10%", "V5C", "P45", "12/03/2024", "three children",
    "20th", "Scotland", "England", "Northern Ireland", "UK", "Poland", "help@example.org",
    "https://www.gov.uk/pip", "How do I", "apply for", "my son", "the council", "What is",
    "those forms", "please", "to", "for", "too", "before", "know", "now", "I was",
    "we were", "benefits", "Universal Credit", "PIP", "HMRC", "I haven't got any money",
    "my landlord says", "is there anything", "at the moment", "passport", "their", "would",
    "you",
)  # fmt: skip
MARKS = (" ", " ", " ", ", ", ". ", "? ", "! ", " - ", "\n")
texts = st.lists(
    st.tuples(st.sampled_from(VOCABULARY), st.sampled_from(MARKS)), min_size=1, max_size=14
).map(lambda parts: "".join(word + mark for word, mark in parts))
asked = st.one_of(texts, st.sampled_from([base.text for base in OWN]))


def rewritten(way: Perturbation, text: str, seed: int = 1) -> str | None:
    made = way.rewrite(Base("q-1", text, "starter", "p"), Random(seed))
    return made if made is not None and made.strip() != text.strip() else None


def spoken_numbers(text: str) -> str:
    """Put digits for numbers in words: longest first, each written out by `in_words`."""
    words = {in_words(number): str(number) for number in range(1000)}
    alternatives = "|".join(sorted(words, key=len, reverse=True))
    return re.sub(rf"\b(?:{alternatives})\b", lambda m: words[m[0].lower()], text, flags=re.I)


def digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def negations(text: str) -> int:
    return sum(bool(NEGATES.match(each)) for each in NEGATION.findall(text))


def test_every_way_is_there_and_says_whether_it_decides() -> None:
    assert {group for group, way in WAYS.items() if way.primary} == PRIMARY
    assert {group for group, way in WAYS.items() if not way.primary} == EXPLORATORY
    assert len(perturbations()) == len(PRIMARY | EXPLORATORY)
    assert all(way.name == f"writing/{group}" and way.title for group, way in WAYS.items())


def test_the_same_seed_gives_the_same_texts_whatever_else_is_asked() -> None:
    some = OWN[::80]
    first, again = (tuple(variants(some, perturbations(), 7)) for _ in range(2))
    assert digest(first) == digest(again)
    assert digest(first) != digest(variants(some, perturbations(), 8))
    fewer = tuple(variants(some[1::2], tuple(reversed(perturbations())), 7))
    assert set(fewer) == {each for each in first if each.base in {base.id for base in some[1::2]}}


@pytest.mark.parametrize("group", sorted(WAYS))
@given(text=asked, seed=st.integers(0, 2**16))
def test_numbers_negations_and_nations_survive(group: str, text: str, seed: int) -> None:
    made = rewritten(WAYS[group], text, seed)
    if made is None:
        return
    if group.startswith("speech"):
        assert digits(spoken_numbers(made)) == digits(spoken_numbers(text))
    elif group == "text_speak":
        left: Iterator[str] = iter(re.findall(r"\d+", made))
        assert all(each in left for each in digits(text))
    else:
        assert digits(made) == digits(text)
    if group.startswith("dialect"):
        assert negations(made) >= negations(text)
    else:
        assert negations(made) == negations(text)
    named = Counter(each.casefold() for each in NATIONS.findall(text))
    assert Counter(each.casefold() for each in NATIONS.findall(made)) == named


@pytest.mark.parametrize("group", sorted(WAYS))
def test_own_questions_keep_their_numbers_and_negations(group: str) -> None:
    for base in OWN[::9]:
        made = rewritten(WAYS[group], base.text)
        if made is None:
            continue
        assert negations(made) >= negations(base.text), (base.text, made)
        if not group.startswith("speech") and group != "text_speak":
            assert digits(made) == digits(base.text), (base.text, made)


HOSTILE = (
    "", " ", "\n", "🙂", "🙂🙂👨‍👩‍👧", "?", "...", "'", "’’’", "16", "£", "\x00", "a", "I",
    "x" * 2000, "word " * 400, "can't " * 330, "1" * 2000,
    "Oes rhaid i mi dalu? Dydw i ddim yn siŵr.", "هل يمكنني التقديم الآن؟",
    "האם אני יכול להגיש בקשה?", "\u202eabc\u202c def", "ßß İstanbul ǅ ﬁ",
    "https://www.gov.uk/universal-credit?x=1&y=2", "see www.gov.uk/pip. then?",
    "a.b.c@d.e.uk",
    "so www.example.org/so-anyone-can-i-do-i/pip/but/please and my-mum@example.org",
    "<script>alert(1)</script>", "((((((((((", "\\1 \\g<0> {past} {", "no no no no",
    "我可以申请吗？",
)  # fmt: skip
ADDRESSES = (
    "https://www.gov.uk/universal-credit?x=1&y=2",
    "www.gov.uk/pip",
    "www.example.org/so-anyone-can-i-do-i/pip/but/please",
    "my-mum@example.org",
)


@pytest.mark.parametrize("group", sorted(WAYS))
def test_any_text_is_taken(group: str) -> None:
    for text in HOSTILE:
        for seed in range(1 if len(text) > 500 else 6):
            made = rewritten(WAYS[group], text, seed)
            assert made is None or (made.strip() and len(made) <= 4 * len(text) + 1000)
            assert all(each in made for each in ADDRESSES if made and each in text), made


@given(text=st.text(max_size=300), group=st.sampled_from(sorted(WAYS)))
def test_no_text_breaks_a_rule(text: str, group: str) -> None:
    made = rewritten(WAYS[group], text)
    assert made is None or isinstance(made, str)


@pytest.mark.parametrize("group", sorted(WAYS))
def test_each_way_reaches_enough_questions(group: str) -> None:
    some = OWN[::5]
    share = sum(rewritten(WAYS[group], base.text) is not None for base in some) / len(some)
    floors = {"keywords": 0.15, "speech_misheard": 0.08, "no_spaces": 0.3}
    floor = floors.get(group, 0.6 if WAYS[group].primary else 0.4)
    assert share >= floor


@pytest.mark.parametrize(
    ("group", "one_in"), [("typos_02", 50), ("typos_05", 20), ("typos_10", 10)]
)
def test_typos_come_at_their_rate(group: str, one_in: int) -> None:
    for base in OWN[::25]:
        made = rewritten(WAYS[group], base.text)
        assert made is not None
        old, new = base.text.split(), made.split()
        assert len(old) == len(new)
        changed = sum(one != other for one, other in zip(old, new, strict=True))
        letters = sum(
            len(word)
            for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", base.text)
            if len(word) >= SHORTEST
        )
        assert 1 <= changed <= max(1, round(letters / one_in))


@given(text=asked)
def test_no_punctuation_leaves_none_but_in_numbers_and_addresses(text: str) -> None:
    made = rewritten(WAYS["no_punctuation"], text) or ""
    kept = [each for each in pieces(made) if each.kind in (Kind.NUMBER, Kind.ADDRESS)]
    rest = spliced(made, ((each.start, each.end, "") for each in kept))
    assert not re.search(r"[.,;:!?'’\"-]", rest)


@given(text=asked)
def test_capitals_change_nothing_but_case(text: str) -> None:
    made = rewritten(WAYS["capitals"], text)
    assert made is None or made.casefold() == text.casefold()


def test_rambling_says_nothing_else_and_keeps_the_question_whole() -> None:
    said = lengths().rambling
    sentences = (*said.openers, *said.before, *said.after)
    assert len(set(sentences)) == len(sentences) >= 40
    for sentence in sentences:
        assert not pieces(sentence), sentence
        assert not re.search(
            r"\b(?:pay|money|rent|job|work|tax|benefit|child|baby|ill|doctor|visa|car|house|school"
            r"|council|court|police|passport|bill|heating)\b",
            sentence,
            re.IGNORECASE,
        ), sentence
    for base in OWN[::30]:
        made = rewritten(WAYS["rambling"], base.text)
        assert made is None or base.text in made
    assert rewritten(WAYS["rambling"], "a question " * 170) is None


@given(text=asked)
def test_keywords_are_words_of_the_question_in_their_order(text: str) -> None:
    made = rewritten(WAYS["keywords"], text)
    if made is None:
        return
    rest = text.casefold()
    for word in made.casefold().split():
        assert word in rest
        rest = rest[rest.index(word) + len(word) :]
    assert len(re.findall(r"\S+", made)) >= 2


def test_numbers_are_said_as_the_british_say_them() -> None:
    said = {0: "zero", 7: "seven", 13: "thirteen", 20: "twenty", 45: "forty five"}
    said |= {100: "one hundred", 101: "one hundred and one", 999: "nine hundred and ninety nine"}
    assert {number: in_words(number) for number in said} == said
    assert len({in_words(number) for number in range(1000)}) == 1000
    for wrong in (-1, 1000):
        with pytest.raises(ValueError, match="0 to 999"):
            in_words(wrong)


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("born 3 May 1990", "3 may 1990"),
        ("on May 3 at 5pm", "may 3 at 5pm"),
        ("it costs £1,200.50", "£1,200.50"),
        ("10% of it", "10%"),
        ("my P45 and V5C", "p45"),
        ("the US visa", "US visa"),
    ],
)
def test_speech_leaves_dates_decimals_and_codes(text: str, stays: str) -> None:
    for seed in range(20):
        said = rewritten(WAYS["speech"], text, seed)
        assert said is None or all(
            word in re.sub(r"\b(?:um|er|uh|like) ", "", said) for word in stays.split()
        )
