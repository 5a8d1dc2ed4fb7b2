"""Interface strings: complete in both languages, the same gaps to fill, no jargon."""

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.errors import WordsMissing
from api.words import Words, read_words

BOTH = read_words(("en", "cy"))
USED = re.compile(r"""\bw(?:ords)?(?:\.lines)?\(\s*"([a-z_]+\.[a-z_]+)\"""")
API = Path(__file__).parents[3] / "api"


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_everything() -> None:
    assert BOTH["en"].keys == BOTH["cy"].keys


def test_both_languages_leave_the_same_gaps() -> None:
    for key in BOTH["en"].keys:
        english, welsh = (BOTH[language]._find(key) for language in ("en", "cy"))
        if isinstance(english, str):
            assert isinstance(welsh, str), key
            if "%{" in english:
                assert "%{count}" in welsh, key
            else:
                assert _names(english) == _names(welsh), key
        else:
            assert isinstance(english, list), key
            assert isinstance(welsh, list), key
            assert len(english) == len(welsh), key


def test_every_string_that_is_used_exists_and_welsh_is_marked_unreviewed() -> None:
    sources = [*API.rglob("*.html"), *API.rglob("*.py")]
    used = {key for path in sources for key in USED.findall(path.read_text("utf-8"))}
    assert len(used) > 80
    assert used <= BOTH["en"].keys
    assert BOTH["cy"]("site.unreviewed")
    assert not BOTH["en"]("site.unreviewed")


@pytest.mark.parametrize("word", ["snapshot", "inclusion proof", "abstain", "hallucinat", "LLM"])
def test_citizens_are_spared_our_own_words(word: str) -> None:
    spoken = (API / "templates" / "words" / "en.toml").read_text("utf-8")
    assert word.lower() not in spoken.lower()


def test_english_is_plain() -> None:
    """Short sentences and short words: at most 25 words, and about 4.5 letters on average."""
    words = BOTH["en"]
    spoken = [
        sentence
        for key in words.keys
        if not key.startswith(("language.", "site.other"))
        for text in ([words(key)] if isinstance(words._find(key), str) else words.lines(key))
        for sentence in re.split(r"(?<=[.!?:;]) ", text)
    ]
    assert max(len(sentence.split()) for sentence in spoken) <= 27
    letters = re.findall(r"[A-Za-z]+", " ".join(spoken))
    assert sum(map(len, letters)) / len(letters) < 4.6


@pytest.mark.parametrize(
    ("iso", "english", "welsh"),
    [
        ("2024-03-03", "3 March 2024", "3 Mawrth 2024"),
        ("2025-01", "January 2025", "Ionawr 2025"),
        ("2021", "2021", "2021"),
        ("2021-13", "2021-13", "2021-13"),
        ("2021-01-99", "2021-01-99", "2021-01-99"),
        ("soon", "soon", "soon"),
        ("", "", ""),
    ],
)
def test_dates(iso: str, english: str, welsh: str) -> None:
    assert BOTH["en"].date(iso) == english
    assert BOTH["cy"].date(iso) == welsh


def test_moments_are_in_uk_time() -> None:
    assert BOTH["en"].moment(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026, 00:30"


@pytest.mark.parametrize("key", ["site.nothing", "nothing.site", "nonsense", "start.cannot"])
def test_a_missing_string_is_an_error_that_names_it(key: str) -> None:
    with pytest.raises(WordsMissing, match=key):
        BOTH["en"](key)
    with pytest.raises(WordsMissing):
        Words("en", {}).lines(key)
