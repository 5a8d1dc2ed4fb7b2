"""The rule files: what they promise, and what is said of mistakes in them."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from evaluation.errors import DataMissing, DataUnreadable
from evaluation.suites.variants import Base, variants
from evaluation.suites.writing import perturbations
from evaluation.suites.writing.checking import EACH, bases, checked
from evaluation.suites.writing.dialects import dialect_rules
from evaluation.suites.writing.learners import learner_rules
from evaluation.suites.writing.meaning import Kind, keeps, may_become, pieces
from evaluation.suites.writing.reading import FOLDER
from evaluation.suites.writing.rules import Rules, load
from evaluation.suites.writing.spelling import (
    misspellings_from,
    read_spelling,
    second_opinion,
)

GOOD = """a_sentence = 2
[group.north]
title = "North"
reviewed = ""
[forms.past]
get = "got"
[[rule]]
feature = "never as preverbal past tense negator"
within = ["north"]
find = "didn't {past}"
put = ["never {past}"]
example = ["I didn't get it.", "I never got it."]
unless = ["I did get it."]
"""


def test_a_file_of_rules_is_used_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(GOOD, encoding="utf-8")
    rules = load(path)
    assert rules.put("They didn’t get it.", "north", Random(1)) == "They never got it."
    assert rules.put("They got it.", "north", Random(1)) is None


@pytest.mark.parametrize(
    ("before", "after", "line", "why"),
    [
        ("didn't {past}", "(didn't {past}", 10, "pattern"),
        ("didn't {past}", "didn't {future}", 10, "table"),
        ('within = ["north"]', 'within = ["south"]', 9, "north"),
        ('within = ["north"]', "within = []", 9, "at least one"),
        ("I never got it.", "I not got it.", 12, "I never got it."),
        ("I did get it.", "I didn't get it.", 13, "must not change"),
        ('put = ["never {past}"]', 'put = ["did {past}"]', 12, "nothing"),
        ("a_sentence = 2", "a_sentence = 0", 1, "a_sentence"),
        ('title = "North"', 'titel = "North"', 2, "title"),
        ('feature = "', "feature = ", 8, "TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, line: int, why: str
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(GOOD.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(DataUnreadable, match=why) as fault:
        load(path)
    assert fault.value.line == line


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"rules\.toml"):
        load(tmp_path / "rules.toml")


@pytest.mark.parametrize("rules_of", [dialect_rules, learner_rules])
def test_each_group_has_features_enough_and_is_unsigned(
    rules_of: Callable[[], Rules],
) -> None:
    rules = rules_of()
    for name, group in rules.groups.items():
        features = {rule.feature for rule in rules.rules if name in rule.within}
        assert len(features) >= 10, name
        assert group.title
        assert not group.reviewed, f"{name} is signed: say so in docs/bias.md, and here"
    assert all(rule.within <= set(rules.groups) for rule in rules.rules)


@pytest.mark.parametrize(
    "feature",
    ["negative concord", "was/were generalization", "them instead of demonstrative those",
     "second person plural pronoun", "never as preverbal past tense negator",
     "invariant non-concord tag: innit"],
)  # fmt: skip
def test_features_of_the_catalogue_are_named(feature: str) -> None:
    assert feature in {rule.feature for rule in dialect_rules().rules}


def test_only_a_few_features_a_sentence_and_a_tag_once_a_text() -> None:
    rules = dialect_rules()
    text = "It was late. We were cold. They were kind. Can I have those forms? Is it open?"
    for seed in range(30):
        said = rules.put(text, "east_london", Random(seed))
        assert said is not None
        assert said.count(", innit") <= 1
        assert sum(said.count(tag) for tag in (", mate", ", love", " then?")) <= 1


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("I paid £1,200.50.", Kind.NUMBER, "£1,200.50"),
        ("It is 10 % off", Kind.NUMBER, "10 %"),
        ("form V5C/2", Kind.NUMBER, "V5C/2"),
        ("I cant pay", Kind.NEGATOR, "cant"),
        ("I can’t pay", Kind.NEGATOR, "can’t"),
        ("in northern ireland", Kind.NATION, "northern ireland"),
        ("my US visa", Kind.NATION, "US"),
        ("due in May", Kind.DATE, "May"),
        ("see www.gov.uk/pip.", Kind.ADDRESS, "www.gov.uk/pip"),
    ],
)
def test_what_carries_meaning_is_found(text: str, kind: Kind, piece: str) -> None:
    found = {each.text: each.kind for each in pieces(text)}
    if kind is Kind.DATE or piece == "US":
        assert found.get(piece) in (Kind.DATE, Kind.NATION)
    else:
        assert found.get(piece) is kind


@pytest.mark.parametrize("text", ["tell us now", "you may go", "I can pay", "want rent", "knot"])
def test_words_of_every_day_are_free(text: str) -> None:
    assert pieces(text) == ()


@pytest.mark.parametrize(
    ("before", "after", "more", "kept"),
    [
        ("I didn't get", "I never got", 0, True),
        ("I can't pay", "I can pay", 0, False),
        ("I haven't any", "I haven't no", 0, False),
        ("I haven't any", "I haven't no", 1, True),
        ("I have any", "I have 5", 1, False),
        ("pay 16", "pay 61", 0, False),
        ("in Wales, not England", "in England, not Wales", 0, False),
    ],
)
def test_a_change_of_meaning_is_seen(before: str, after: str, more: int, kept: bool) -> None:
    assert keeps(before, after, more) is kept


def test_a_slip_makes_no_word_that_asks_something_else() -> None:
    assert not may_become("employer", "employee")
    assert not may_become("now", "not")
    assert not may_become("can", "cant")
    assert not may_become("word", "word")
    assert may_become("from", "form")


def test_common_misspellings_are_many_and_none_is_a_listed_word() -> None:
    listed = read_spelling().misspelt
    assert len(listed) >= 250
    assert {"receive", "address", "benefit", "maternity", "passport", "licence", "separate"} <= set(
        listed
    )
    assert "recieve" in listed["receive"]
    for word, options in listed.items():
        assert options, word
        assert word not in options


def test_a_misspelling_that_says_something_else_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "spelling.toml").read_text(encoding="utf-8")
    path = tmp_path / "spelling.toml"
    path.write_text(f'{text}\nnowhereland = ["nowhere"]\n', encoding="utf-8")
    with pytest.raises(DataUnreadable, match="nowhere") as fault:
        read_spelling(path)
    assert fault.value.line == len(text.splitlines()) + 2


def test_a_public_list_is_a_second_opinion(tmp_path: Path) -> None:
    folder = tmp_path / "robustness"
    folder.mkdir()
    path = folder / "misspellings_in_corpus.csv"
    path.write_text(
        "misspelling,correction,corpus_count\npasport,passport,3\npassprt,passport,9\nnot,note,1\n",
        encoding="utf-8",
    )
    assert misspellings_from(tmp_path)["passport"] == ("passprt", "pasport")
    (way,) = second_opinion(tmp_path)
    assert not way.primary
    bases_ = [Base("q", "a passport note", "starter", "p")]
    (made,) = variants(bases_, [way], 1)
    assert made.text in ("a passprt note", "a pasport note")
    path.write_text("misspelling,correction,corpus_count\npasport,passport,many\n")
    with pytest.raises(DataUnreadable, match=":2: "):
        misspellings_from(tmp_path)
    with pytest.raises(DataMissing, match="misspellings_in_corpus"):
        misspellings_from(folder)


def test_the_check_by_hand_covers_every_way_and_is_of_these_rules() -> None:
    read = checked()
    asked = bases()
    ways = {way.name: way for way in perturbations()}
    assert len(read) >= 150
    assert {each.name for each in read} == set(ways)
    for each in read:
        (made,) = variants([asked[each.base]], [ways[each.name]], each.seed)
        assert made.text == each.text, "rules have changed: draw a sample and read it again"
    for name in ways:
        mine = [each for each in read if each.name == name]
        assert len(mine) == EACH
        assert sum(each.keeps for each in mine) >= EACH - 1, name
    assert sum(each.keeps for each in read) / len(read) >= 0.95


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "JSON"),
        ('{"base": "a", "name": "b", "seed": 1, "text": "c", "keeps": false}', "why"),
        ('{"base": "a", "name": "b", "seed": 1, "text": "c", "keeps": true, "why": "d"}', "why"),
        ('{"base": "a", "name": "b", "seed": 1, "text": "c", "keeps": true, "by": "d"}', "by"),
        ('{"base": "a", "name": "b", "seed": "1", "text": "c", "keeps": true}', "seed"),
    ],
)
def test_a_broken_line_of_the_check_is_told(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "checked.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(DataUnreadable, match=why) as fault:
        checked(path)
    assert fault.value.line == 1
