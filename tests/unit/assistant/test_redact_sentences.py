"""Whole enquiries: what names somebody or says where they live goes, and every other word stays."""

import re
import tomllib
from pathlib import Path

import pytest

from assistant.policy import PersonalKind, load_policy
from assistant.redaction.redactor import LABELS, Redactor

SENTENCES = tomllib.loads(
    (Path(__file__).parent / "personal_sentences.toml").read_text(encoding="utf-8")
)
REDACTOR = Redactor(load_policy().redaction)
LABEL = re.compile("|".join(re.escape(label) for label in LABELS.values()))


def sentences(section: str) -> list[str]:
    return [sentence for group in SENTENCES[section].values() for sentence in group]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("kind", [PersonalKind.NAME, PersonalKind.ADDRESS])
def test_there_are_many_ways_to_say_it(kind: PersonalKind) -> None:
    least = {PersonalKind.NAME: 60, PersonalKind.ADDRESS: 40}[kind]
    assert len(set(sentences(kind.value))) >= least
    assert all("«" in sentence for sentence in sentences(kind.value))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (kind, sentence)
        for kind in (PersonalKind.NAME, PersonalKind.ADDRESS)
        for sentence in sentences(kind.value)
    ],
)
def test_what_is_marked_is_masked_and_nothing_else(kind: PersonalKind, sentence: str) -> None:
    masked = REDACTOR.mask(re.sub("[«»]", "", sentence))
    assert set(masked.kinds) == {kind}
    assert words(LABEL.sub(" ", masked.text)) == words(re.sub("«[^»]*»", " ", sentence))


@pytest.mark.parametrize("sentence", sentences("harmless"))
def test_what_names_nobody_is_left(sentence: str) -> None:
    assert REDACTOR.mask(sentence).text == sentence
