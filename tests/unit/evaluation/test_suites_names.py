"""Names and places add words and change none; names never move an answer."""

import csv
import json
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.own_questions import load_questions
from evaluation.suites import names
from evaluation.suites.placing import LONGEST_QUESTION
from evaluation.suites.variants import Base, Family, digest, variants

GROUPS = {
    "english",
    "welsh",
    "scottish",
    "irish",
    "eastern_european",
    "south_asian_muslim",
    "south_asian_hindu",
    "sikh",
    "chinese",
    "black_african",
    "black_caribbean",
    "arabic",
    "jewish",
    "gypsy_traveller",
    "hyphenated",
}

SUITE = names.load()
WAYS = names.perturbations()
BY_GROUP = {way.group: way for way in WAYS}


def asked(text: str, page: str = "p", language: str = "en") -> Base:
    return Base("q-1", text, "starter", page, language=language)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def kept(question: str, made: str) -> bool:
    left = iter(words(made))
    return all(word in left for word in words(question))


def made(group: str, base: Base, seed: int = 0) -> str | None:
    return BY_GROUP[group].rewrite(base, Random(seed))


def starter_bases(every: int) -> tuple[Base, ...]:
    first = [each for each in load_questions().questions if not each.follows][::every]
    return tuple(Base(q.id, q.text, "starter", q.page, language=q.language) for q in first)


def test_every_community_has_names_of_women_and_men() -> None:
    held = Counter((each.group, each.gender) for each in SUITE.file.names)
    assert {group for group, _ in held} == GROUPS
    for group in GROUPS:
        for gender in names.GENDERS:
            lists = [
                each for each in SUITE.file.names if (each.group, each.gender) == (group, gender)
            ]
            assert sum(len(each.given) for each in lists) >= 12
            assert sum(len(each.family) for each in lists) >= 8
            for each in lists:
                assert len(set(each.given)) == len(each.given)
                assert len(set(each.family)) == len(each.family)


def test_a_family_name_of_two_parts_is_what_hyphenated_means() -> None:
    for each in SUITE.file.names:
        if each.group == "hyphenated":
            assert all("-" in family for family in each.family)


def test_places_are_of_every_nation_in_town_and_country() -> None:
    nations = {nation for where in SUITE.file.place for nation in where.of}
    assert {"england", "wales", "scotland", "northern_ireland", "london"} <= nations
    for nation in ("wales", "scotland", "northern_ireland", "north", "midlands", "south"):
        assert {f"place_{nation}_urban", f"place_{nation}_rural"} <= set(BY_GROUP)


def test_communities_and_genders_decide_and_the_rest_is_looked_at() -> None:
    assert {way.group for way in WAYS if way.primary} == GROUPS | set(names.GENDERS)
    assert {way.family for way in WAYS} == {Family.NAMES}
    assert len(BY_GROUP) == len(WAYS)
    assert {f"{group}_{gender}" for group in GROUPS for gender in names.GENDERS} <= set(BY_GROUP)


def test_the_same_seed_gives_the_same_texts() -> None:
    bases = starter_bases(every=120)
    whole = tuple(variants(bases, WAYS, 7))
    assert digest(whole) == digest(variants(reversed(bases), names.perturbations(), 7))
    assert digest(variants(bases, WAYS, 8)) != digest(whole)


def test_words_stay_in_order_and_few_are_added_on_real_questions() -> None:
    bases = starter_bases(every=20)
    text = {base.id: base.text for base in bases}
    for variant in variants(bases, WAYS, 3):
        assert kept(text[variant.base], variant.text), variant
        added = len(variant.text.split()) - len(text[variant.base].split())
        assert 0 < added <= names.MOST_WORDS, variant
        assert not set("{}") & set(variant.text) - set(text[variant.base])


@given(st.text(max_size=300), st.sampled_from(sorted(BY_GROUP)), st.integers(0, 9))
def test_any_text_stays_whole_or_is_left_out(text: str, group: str, seed: int) -> None:
    new = made(group, asked(text), seed)
    if new is not None:
        assert text.strip() in new or kept(text, new)
        assert len(new) <= LONGEST_QUESTION


@pytest.mark.parametrize("text", ["", "  ", "🙂", "?!", "\n\n"])
def test_a_text_without_words_is_left_alone(text: str) -> None:
    assert all(made(group, asked(text)) is None for group in BY_GROUP)


def test_long_and_welsh_questions_and_those_with_a_name_are_left_alone() -> None:
    long = ("Where do I send it? " * 150)[:LONGEST_QUESTION].strip()
    for base in (
        asked(long),
        asked("Ga i ddod â ffrind gyda fi?", language="cy"),
        asked("My name is Smith. Can I vote?"),
    ):
        assert all(made(group, base, seed) is None for group in GROUPS for seed in range(4))


def test_a_name_is_given_before_after_and_for_somebody_else() -> None:
    base = asked("How do I send a parcel?")
    all_of_them = [made("welsh", base, seed) or "" for seed in range(120)]
    welsh = [each for each in SUITE.file.names if each.group == "welsh"]
    given_names = {name for each in welsh for name in each.given}
    assert all(any(name in each for name in given_names) for each in all_of_them)
    together = " ".join(all_of_them)
    for said in ("My name is ", " here. How do I", "Thanks, ", "for my son ", "for my daughter "):
        assert said in together
    own = [made("welsh", asked("I lost my coat. Who has it?"), seed) or "" for seed in range(80)]
    assert not any("asking for" in each or "It's for" in each for each in own)


def test_sons_have_mens_names_and_daughters_womens() -> None:
    for each in SUITE.file.names:
        others = {
            name
            for other in SUITE.file.names
            if other.gender != each.gender
            for name in other.given
        }
        said = BY_GROUP[f"{each.group}_{each.gender}"]
        wrong = "my son" if each.gender == "women" else "my daughter"
        texts = [said.rewrite(asked("How is it sent?"), Random(seed)) or "" for seed in range(40)]
        assert not any(wrong in text for text in texts)
        assert set(each.given) - others


def test_search_words_get_the_name_after_them() -> None:
    for seed in range(10):
        new = made("arabic", asked("parcel size"), seed)
        assert new
        assert new.startswith("parcel size. ")


def test_a_name_never_lets_an_answer_move_and_a_place_does_where_its_nation_does() -> None:
    housing, passport = asked("Can I?", "council-housing"), asked("Can I?", "renew-adult-passport")
    for way in WAYS:
        if not way.group.startswith("place_"):
            assert not way.may_move(housing)
    assert BY_GROUP["place_scotland_rural"].may_move(housing)
    assert not BY_GROUP["place_scotland_rural"].may_move(passport)


def test_a_place_is_not_said_twice() -> None:
    assert made("place_wales_urban", asked("I live in Leeds. Where do I vote?")) is None
    assert made("place_wales_urban", asked("Where do I vote?")) is not None


# ------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('gender = "men"', 'gender = "man"', "write one of"),
        ('group = "english"', 'group = "anglais"', "needs names for men too"),
        ('group = "english"', 'group = "women"', "write another"),
        ('"Hi, {given} here."', '"Hi, {name} here."', "no braces but"),
        ('"I live {where}."', '"I live {given}."', "no braces but"),
        ('of = ["england", "london"]', 'of = ["london", "camelot"]', 'no attribute "camelot"'),
        ('group = "wales_rural"', 'group = "wales_urban"', "twice"),
        ('given = ["Emily"', "given = [3", "write a text in quotes"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_to_write(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    text = names.FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "names.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(DataUnreadable, match=why) as fault:
        names.load(path)
    assert fault.value.path == path
    assert abs(fault.value.line - line) <= 8


# ------------------------------------------------------------------------------ the public lists


def public_lists(data: Path) -> Path:
    """Return a folder with small lists of our own in the forms of the public ones."""
    folder = data / "bias"
    folder.mkdir()
    with (folder / "bbq_proper_names.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("Name", "First_last", "gender", "ethnicity", "source", "info"))
        rows.writerows(
            (
                ("ADA", "first", "F", "North", "s", ""),
                ("Bo", "first", "M", "North", "s", ""),
                ("Carr", "last", "", "North", "s", ""),
                ("Di", "first_only", "F", "", "s", ""),
            )
        )
    with (folder / "fake_names_by_nameset.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("Gender", "NameSet", "Title", "GivenName", "Surname"))
        rows.writerows((("female", "Far East", "Ms.", "Eva", "Fell"),))
    lists = {
        "last_names": ["Gwyn"],
        "welsh_first_names_female": ["Heledd"],
        "welsh_first_names_male": ["Ifan"],
    }
    (folder / "welsh_names.json").write_text(json.dumps({"cy_GB": lists}))
    return data


def test_the_public_lists_are_read_in_their_published_forms(tmp_path: Path) -> None:
    read = names.names_from(public_lists(tmp_path))
    assert [(each.group, each.gender, each.given, each.family) for each in read] == [
        ("bbq_north", "women", ("Ada",), ("Carr",)),
        ("bbq_north", "men", ("Bo",), ("Carr",)),
        ("fake_far_east", "women", ("Eva",), ("Fell",)),
        ("techiaith_welsh", "women", ("Heledd",), ("Gwyn",)),
        ("techiaith_welsh", "men", ("Ifan",), ("Gwyn",)),
    ]
    ways = names.second_opinion(tmp_path)
    assert [way.group for way in ways] == ["bbq_north", "fake_far_east", "techiaith_welsh"]
    assert not any(way.primary for way in ways)
    base = asked("How is it sent?")
    assert "Eva" in (ways[1].rewrite(base, Random(1)) or "")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("bbq_proper_names.csv", "Name,gender\n", "no column"),
        ("welsh_names.json", "{}", "published form"),
        ("welsh_names.json", "[", "published form"),
    ],
)
def test_a_list_in_another_form_is_named(tmp_path: Path, name: str, text: str, why: str) -> None:
    path = public_lists(tmp_path) / "bias" / name
    path.write_text(text)
    with pytest.raises(DataUnreadable, match=why):
        names.names_from(tmp_path)
    path.unlink()
    with pytest.raises(DataMissing, match=re.escape(name)):
        names.names_from(tmp_path)
