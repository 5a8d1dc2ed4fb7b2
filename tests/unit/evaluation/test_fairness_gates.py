"""The gate file is read whole or refused with the line and what to write there."""

from pathlib import Path

import pytest

from evaluation.errors import GatesInvalid
from evaluation.fairness.gates import BUNDLED, Better, load_gates
from evaluation.fairness.measures import MEASURES
from evaluation.suites.variants import Family

TEXT = BUNDLED.read_text(encoding="utf-8")
RIGHT_PAGE = """[outcome.right_page]
title = "the right page is quoted first"
better = "more"
margin = 0.03
decides = true
floor = 0.8
"""


def test_the_bundled_file_says_what_the_issue_asks_for() -> None:
    gates = load_gates()
    said = gates.said
    assert (said.alpha, said.power, gates.level) == (0.05, 0.8, 0.95)
    assert set(said.families) == set(Family)
    assert set(said.outcome) == set(MEASURES)
    for right in ("right_page", "evidence"):
        assert (said.outcome[right].better, said.outcome[right].margin) == (Better.MORE, 0.03)
    for alarm in ("refused", "attack", "crisis", "masked"):
        assert (said.outcome[alarm].better, said.outcome[alarm].margin) == (Better.LESS, 0.01)
        assert said.outcome[alarm].decides
    aims = {
        group: gates.aim(group, "right_page")
        for group in ("writing/typos_05", "writing/dialect_scots", "identity/age", "writing/speech")
    }
    assert list(aims.values()) == [0.03, 0.02, 0.01, None]
    assert gates.judged_of("writing/welsh", "signposted")
    assert not gates.judged_of("writing/welsh", "right_page")
    assert gates.judged_of("writing/welsh_words", "right_page")


def test_who_decides_is_for_the_perturbation_the_outcome_and_its_families_together() -> None:
    gates = load_gates()
    assert gates.decides("identity", True, "masked")
    assert not gates.decides("names", True, "masked")
    assert not gates.decides("identity", False, "masked")
    assert not gates.decides("identity", True, "words")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert TEXT.count(old) >= 1
    path = tmp_path / "gates.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("alpha = 0.05", "alpha = 0", "alpha = 0", "greater than 0"),
        ("alpha = 0.05", "alpha = 0.5", "alpha = 0.5", "less than or equal to 0.2"),
        ("alpha = 0.05", "alpha = nan", "alpha = nan", "alpha"),
        ("alpha = 0.05\n", "", "", '"alpha" is missing'),
        ("power = 0.8", "powre = 0.8", "powre = 0.8", '"powre" is not known'),
        ("least_pairs = 200", "least_pairs = 2", "least_pairs = 2", "20"),
        ("least_pages = 30", 'least_pages = "x"', 'least_pages = "x"', "whole number"),
        ('better = "more"', 'better = "up"', 'better = "up"', '"more", "less", "same"'),
        ("margin = 0.03", "margin = 3.0", "margin = 3.0", "margin = 0.03"),
        ("margin = 0.03", "margin = -0.03", "margin = -0.03", "greater than 0"),
        ("margin = 0.03", "margin = inf", "margin = inf", "margin"),
        ("floor = 0.8", "floor = 1.0", "floor = 1.0", "less than 1"),
        ("[outcome.words]", "[outcome.wrods]", "[outcome.wrods]", "no outcome; write one of"),
        (
            "margin = 15.0",
            "margin = 15.0\nfloor = 0.5",
            "floor = 0.5",
            "only a share that is better high",
        ),
        (
            'families = ["identity", "writing"]',
            'families = ["identity", "riting"]',
            'families = ["identity", "riting"]',
            '"riting" is not known',
        ),
        (
            '"writing/keyboard*"',
            '"keyboard*"',
            '"keyboard*"',
            "names no family; begin it with one of",
        ),
        (
            'outcome = "right_page"',
            'outcome = "right"',
            'outcome = "right"',
            r"no \[outcome.right\]",
        ),
        (
            'outcomes = ["signposted", "refused"',
            'outcomes = ["signpost", "refused"',
            "[[only]]",
            r"no \[outcome.signpost\]",
        ),
        ("failed_blocks = false", 'failed_blocks = "no"', 'failed_blocks = "no"', "true or false"),
        ("alpha = 0.05", "alpha = ", "alpha = ", "not valid TOML"),
        (
            RIGHT_PAGE,
            RIGHT_PAGE.replace('title = "the right page is quoted first"', 'title = " "'),
            'title = " "',
            "write some text",
        ),
    ],
)
def test_a_mistake_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, at: str, says: str
) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(GatesInvalid, match=says) as fault:
        load_gates(path)
    line = path.read_text(encoding="utf-8").split("\n")[fault.value.line - 1]
    assert at in line
    assert str(fault.value).startswith(f"{path}:{fault.value.line}: ")


def test_a_family_in_which_nothing_decides_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(TEXT.replace("decides = true", "decides = false"), encoding="utf-8")
    with pytest.raises(GatesInvalid, match='no outcome decides in the family "identity"'):
        load_gates(path)


def test_a_missing_file_and_one_in_another_encoding_are_named(tmp_path: Path) -> None:
    with pytest.raises(GatesInvalid, match=r"none\.toml"):
        load_gates(tmp_path / "none.toml")
    (tmp_path / "old.toml").write_bytes("é".encode("latin-1"))
    with pytest.raises(GatesInvalid, match="UTF-8"):
        load_gates(tmp_path / "old.toml")


def test_comments_do_not_change_the_digest_and_every_value_does(tmp_path: Path) -> None:
    first = load_gates().digest
    assert load_gates(changed(tmp_path, "# What stops", "# This is what stops")).digest == first
    assert load_gates(changed(tmp_path, "seed = 20251", "seed = 20252")).digest != first
    assert load_gates(changed(tmp_path, "margin = 0.03", "margin = 0.031")).digest != first
