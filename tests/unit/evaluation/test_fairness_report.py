"""The report of a bias evaluation: what it shows is what was found, and nothing in it acts."""

import csv
import hashlib
import io
import json
import re
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.errors import DataUnreadable
from evaluation.fairness import telling
from evaluation.fairness.asking import Plan
from evaluation.fairness.changes import read_earlier
from evaluation.fairness.findings import BiasRun, Findings
from evaluation.fairness.forest import AT_MOST, Line, forests
from evaluation.fairness.judging import Judgement, judge
from evaluation.fairness.moved import Moved, shares
from evaluation.fairness.report import comparisons_csv, page, write_bias_report
from evaluation.fairness.stages import Stage
from evaluation.fairness.unreviewed import LISTS, unreviewed
from evaluation.fairness.verdicts import Passed, TooFewData
from evaluation.fairness.worst import texts, worst
from tests.unit.evaluation.bias_runs import GATES, WAYS, bias_run, outcomes, plan, way
from tests.unit.evaluation.fair_outcomes import DECLINED, pair

HOSTILE = (
    '</summary></style><script>alert("1")</script><img src=x onerror=alert(2)>\'"{{ 7*7 }}$x_1$'
)
FILES = ("bias.csv", "bias.html", "bias.json", "bias-summary.json")


class Seen(HTMLParser):
    """Collects what a browser would act on, the words, and the tables by their captions."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th", "caption"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption") and self._cell is not None:
            text = " ".join("\n".join(self._cell).split())
            if tag == "caption":
                self.tables[text] = self._rows
            else:
                self._rows[-1].append(text)
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            return
        self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)

    @property
    def text(self) -> str:
        """Return all words, with single spaces."""
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def run() -> BiasRun:
    asked = plan(60)
    return bias_run(asked, outcomes(asked))


@pytest.fixture(scope="module")
def seen(run: BiasRun) -> Seen:
    return Seen(page(Findings(run)))


def few(asked: Plan | None = None, **facts: Any) -> BiasRun:
    """Return a run with so few questions that nothing of it can pass."""
    asked = asked or plan(4)
    return bias_run(
        asked, outcomes(asked, {}), [each.name for each in asked.ways if each.primary], **facts
    )


def test_hostile_text_stays_text() -> None:
    ways = (*WAYS, way("writing/hostile", HOSTILE))
    asked = plan(3, ways, HOSTILE)
    came = [
        replace(each, cited=HOSTILE, topic=HOSTILE)
        for each in outcomes(asked, {each.name: 0.5 for each in ways})
    ]
    made = bias_run(
        asked,
        came,
        identity={HOSTILE: HOSTILE},
        command=HOSTILE,
        moves=(Moved("1", "a", HOSTILE, right=True, already=False),),
    )
    found = Seen(page(Findings(made)))
    kinds = [tag for tag, _ in found.tags]
    assert "script" not in kinds
    assert kinds.count("style") == 1
    assert not any(name.startswith("on") for _, attrs in found.tags for name in attrs)
    sources = [attrs["src"] or "" for tag, attrs in found.tags if tag == "img"]
    assert sources
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    told = "".join(found.words)
    assert told.count(HOSTILE) > 5
    assert HOSTILE.upper() not in told
    assert "49$" not in told


def test_nothing_is_fetched_and_every_link_leads_somewhere(seen: Seen) -> None:
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    for _, attrs in seen.tags:
        for name in ("src", "href", "action", "srcset", "data"):
            value = attrs.get(name) or "#"
            assert value.startswith(("data:image/", "#"))
    links = {(attrs["href"] or "")[1:] for tag, attrs in seen.tags if tag == "a"}
    assert links
    assert links <= set(ids)
    (policy,) = [attrs["content"] for tag, attrs in seen.tags if "http-equiv" in attrs]
    assert (policy or "").startswith("default-src 'none'")


def test_the_page_is_whole_without_scripts_and_names_all_its_parts(seen: Seen) -> None:
    labels = [attrs["aria-label"] for _, attrs in seen.tags if "aria-label" in attrs]
    assert len(set(labels)) == len(labels)
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in seen.tags if tag == "th")
    pictures = [attrs["alt"] or "" for tag, attrs in seen.tags if tag == "img"]
    assert len(pictures) == 4
    assert all("table below" in alternative for alternative in pictures)
    tables = [tag for tag, _ in seen.tags].count("table")
    assert [tag for tag, _ in seen.tags].count("caption") == tables == len(seen.tables)


def test_figures_of_the_page_are_those_of_the_json(run: BiasRun, seen: Seen) -> None:
    told = json.loads(json.dumps(Findings(run).as_json()))
    rows = {
        row["group"]: row for row in told["judgement"]["rows"] if row["outcome"] == "right_page"
    }
    overview = [
        *seen.tables["Groups that decide"][1:],
        *seen.tables["Groups that are looked at"][1:],
    ]
    overview = [row for row in overview if len(row) == 8]
    assert len(overview) == len(rows) == len(WAYS)
    for line in overview:
        row = rows[line[0].rpartition(" ")[2]]
        signed = [f"{100 * row[name]:+.1f}".replace("-", "−") for name in ("gap", "low", "high")]
        signed = ["0.0" if each[1:] == "0.0" else each for each in signed]
        assert line[2:] == [
            f"{row['pairs']}",
            f"{row['pages']}",
            f"{100 * row['base_rate']:.1f}%",
            f"{100 * row['group_rate']:.1f}%",
            f"{signed[0]} {signed[1]} to {signed[2]}",
            f"{100 * row['detectable']:.1f} points",
        ]
    for group in told["groups"]:
        (line,) = [each for each in overview if each[0].endswith(f" {group['group']}")]
        assert line[1][2:].startswith(telling.VERDICT[group["verdict"]])
    stages = told["stages"]["writing/typos_05"]
    (lost,) = [
        each for each in seen.tables["Right answers lost, by group and stage"] if "typos" in each[0]
    ]
    assert lost[1:] == [*map(str, stages.values()), str(sum(stages.values()))]
    assert sum(stages.values()) > 10


def test_the_worst_groups_stand_first_and_the_deciding_ones_before_the_others(run: BiasRun) -> None:
    groups = Findings(run).groups
    assert [group.decides for group in groups] == [True] * 5 + [False]
    assert groups[0].name == "writing/typos_05"
    assert groups[0].verdict == "failed"
    assert [group.verdict for group in groups[1:5]] == ["too_few_data"] * 4
    assert groups[5].verdict == "failed"


def test_a_looked_at_group_below_a_floor_is_told_to_stop_the_release(seen: Seen) -> None:
    (line,) = [row for row in seen.tables["Groups that are looked at"] if "stretched" in row[0]]
    assert "Failed" in line[1]
    assert "stops this version all the same" in line[1]


def test_the_page_says_what_the_gates_say_of_groups_that_are_looked_at(run: BiasRun) -> None:
    looked_at = GATES.said.exploratory.model_copy(update={"failed_blocks": True})
    said = GATES.said.model_copy(update={"exploratory": looked_at})
    strict = GATES.model_copy(update={"said": said})
    made = replace(run, gates=strict, judgement=judge(run.outcomes, strict))
    assert "They stop a version where they fail." in Seen(page(Findings(made))).text
    assert "They do not stop a version, unless" in Seen(page(Findings(run))).text


def test_the_first_page_tells_who_is_served_worse_and_by_how_much(seen: Seen) -> None:
    first = seen.text.partition("On this page")[0]
    assert "This version must not go live as it is" in first
    assert "We asked the assistant 300 questions about 60 pages" in first
    assert "That made 1,800 pairs" in first
    assert re.search(
        r"Way of writing: Typing errors\. +The right page is quoted first: 8\d\.", first
    )
    assert "One example" in first


def test_where_all_passed_the_page_says_so_and_shows_no_worst() -> None:
    asked = plan(400, WAYS[:4])
    made = bias_run(asked, outcomes(asked, {}))
    assert isinstance(made.judgement.verdict, Passed)
    told = Seen(page(Findings(made))).text
    assert "✓ Passed Nothing in this report stops this version" in told
    assert "No pair got worse." in told
    assert "No right answer was lost." in told
    assert "✗" not in told


def test_too_few_data_is_never_shown_as_a_pass() -> None:
    made = few()
    findings = Findings(made)
    told = Seen(page(findings))
    assert isinstance(made.judgement.verdict, TooFewData)
    assert {group.verdict for group in findings.groups} == {"too_few_data"}
    assert "not knowing does not count as a pass" in told.text
    for caption in ("Groups that decide", "Groups that are looked at"):
        assert all("? Too few data" in row[1] for row in told.tables[caption][1:] if len(row) == 8)
    summary = findings.summary({})
    assert summary["verdict"] == "too_few_data"
    assert summary["groups_with_too_few_data"] == sorted(each.name for each in WAYS if each.primary)
    assert findings.counts.by_family["writing"] == {"passed": 0, "failed": 0, "too_few_data": 2}


def test_a_group_is_as_bad_as_its_worst_outcome() -> None:
    asked = plan(60, WAYS[:1])
    came = outcomes(asked, {})
    marked = [
        replace(each, crisis=True) if each.variant and number % 10 == 1 else each
        for number, each in enumerate(came)
    ]
    (group,) = [g for g in Findings(bias_run(asked, marked)).groups if g.name == "identity/deaf"]
    assert group.verdict == "failed"
    assert [row.outcome for row in group.reasons] == ["crisis"]
    assert telling.because(group) == "Taken for a crisis +20.0"


def test_an_empty_run_says_that_nothing_was_asked() -> None:
    asked = plan(0, ())
    findings = Findings(bias_run(asked, ()))
    told = Seen(page(findings))
    assert "Nothing was asked in another way, so there is nothing to compare." in told.text
    assert "✓" not in told.text
    assert "img" not in [tag for tag, _ in told.tags]
    assert findings.as_json()["verdict"] == "too_few_data"
    assert findings.as_json()["seconds"] is None


def test_a_group_that_was_to_be_asked_and_was_not_is_shown() -> None:
    asked = plan(60)
    made = bias_run(asked, outcomes(asked, {}), ["identity/blind"])
    told = Seen(page(Findings(made)))
    (line,) = [row for row in told.tables["Groups that decide"] if "identity/blind" in row[0]]
    assert line[1] == "? Too few data nothing of it was asked"
    assert line[2:] == ["0", "0", "–", "–", "–", "none"]
    assert "Says who they are: blind (nothing of it was asked)" in told.text


def test_files_are_written_kept_and_vouched_for(tmp_path: Path, run: BiasRun) -> None:
    written = write_bias_report(run, tmp_path)
    assert sorted(path.name for path in written) == sorted(FILES)
    summary = json.loads((tmp_path / "bias-summary.json").read_text())
    assert summary["files"] == {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        for name in ("bias.json", "bias.csv", "bias.html")
    }
    assert summary["verdict"] == "failed"
    assert summary["groups_failed"] == ["writing/typos_05", "writing/stretched"]
    assert summary["why"] == run.judgement.verdict.why
    assert (summary["suite"], summary["gates"]) == (run.suite, GATES.digest)
    assert (summary["questions"], summary["pages"], summary["pairs"]) == (300, 60, 1800)
    assert summary["examined"] == run.identity
    first = {name: (tmp_path / name).read_bytes() for name in FILES}
    write_bias_report(replace(run, command="again"), tmp_path)
    for name, content in first.items():
        stem, _, kind = name.rpartition(".")
        assert (tmp_path / f"{stem}.previous.{kind}").read_bytes() == content
    assert len(list(tmp_path.iterdir())) == 2 * len(FILES)


def test_the_json_holds_the_judgement_and_no_text_of_a_question(run: BiasRun) -> None:
    told = Findings(run).as_json()
    assert told["judgement"] == run.judgement.as_json()
    assert told["plan"]["bases"] == {"starter": 300}
    assert "How do I renew it?" not in json.dumps(told, allow_nan=False)
    assert "How do I renew it?" in page(Findings(run))


def test_the_table_has_a_row_for_each_comparison(run: BiasRun) -> None:
    rows = list(csv.DictReader(io.StringIO(comparisons_csv(run.judgement), newline="")))
    assert len(rows) == len(run.judgement.rows)
    for told, row in zip(rows, run.judgement.as_json()["rows"], strict=True):
        assert told.keys() == row.keys()
        assert told["verdict"] == row["verdict"]
        assert told["gap"] == ("" if row["gap"] is None else str(row["gap"]))


@given(st.text(), st.sampled_from(["=", "+", "-", "@", "\t=", " =", "\n@", "＝", "\xa0-"]))
def test_no_text_of_the_table_is_a_formula(text: str, start: str) -> None:
    hostile = start + text
    row = replace(few_rows().rows[0], group=hostile, title=hostile, gap=-0.5)
    table = comparisons_csv(replace(few_rows(), rows=(row,)))
    (told,) = csv.DictReader(io.StringIO(table, newline=""))
    assert told["group"] == told["title"] == f"'{hostile}"
    assert told["gap"] == "-0.5"


def few_rows() -> Judgement:
    return judge((), GATES)


def test_what_changed_is_told_against_the_report_before(tmp_path: Path) -> None:
    asked = plan(60)
    worse = bias_run(asked, outcomes(asked))
    write_bias_report(worse, tmp_path)
    mended = bias_run(
        asked,
        outcomes(asked, {"writing/typos_05": 0.02}),
        identity={"snapshot": "5" * 64, "policy": "9" * 64},
        created="2026-02-03T04:05:00+00:00",
    )
    findings = Findings(mended, read_earlier(tmp_path / "bias.json"))
    changes = findings.changes
    assert changes is not None
    assert changes.examined == ("policy",)
    assert [(each.group.name, each.before) for each in changes.verdicts] == [
        ("writing/typos_05", "failed")
    ]
    (told,) = findings.as_json()["changes"]["verdicts"]
    assert told["gap_then"] < told["gap"] <= 0
    seen = Seen(page(findings))
    assert "The last report is of 2 January 2026 at 03:04 UTC" in seen.text
    assert "Of what was examined, these differ: policy." in seen.text
    assert len(seen.tables["Groups whose verdict changed"]) == 2


def test_other_questions_other_gates_and_other_groups_are_said(tmp_path: Path) -> None:
    asked = plan(60, WAYS[:5])
    write_bias_report(bias_run(asked, outcomes(asked), suite="0" * 64), tmp_path)
    earlier = json.loads((tmp_path / "bias.json").read_text())
    earlier["judgement"]["gates"] = "0" * 64
    (tmp_path / "bias.json").write_text(json.dumps(earlier))
    now = plan(60, (*WAYS[1:5], way("identity/sikh", "Sikh")))
    findings = Findings(bias_run(now, outcomes(now)), read_earlier(tmp_path / "bias.json"))
    told = Seen(page(findings)).text
    assert "Other questions were asked, or in other ways." in told
    assert "What stops a release was changed." in told
    assert "Asked now and not then: Says who they are: Sikh." in told
    assert "Asked then and not now: Says who they are: deaf." in told


def test_the_same_run_again_has_changed_nothing(tmp_path: Path, run: BiasRun) -> None:
    write_bias_report(run, tmp_path)
    told = Seen(page(Findings(run, read_earlier(tmp_path / "bias.json")))).text
    assert "What was examined is the same." in told
    assert "No verdict of a group that decides changed" in told
    assert page(Findings(run)) == page(Findings(run))


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[1]", b"\xff", b'{"format": 2}', b'{"format": 1, "created": "yesterday"}'],
)
def test_an_earlier_report_that_is_none_stops_before_anything_is_written(
    tmp_path: Path, run: BiasRun, content: bytes
) -> None:
    (tmp_path / "bias.json").write_bytes(content)
    with pytest.raises(DataUnreadable, match="is not an earlier bias report") as fault:
        write_bias_report(run, tmp_path)
    assert fault.value.path == tmp_path / "bias.json"
    assert [path.name for path in tmp_path.iterdir()] == ["bias.json"]


def test_an_earlier_report_of_a_day_that_is_none_is_refused(tmp_path: Path, run: BiasRun) -> None:
    told = {**Findings(run).as_json(), "created": HOSTILE}
    (tmp_path / "bias.json").write_text(json.dumps(told))
    with pytest.raises(DataUnreadable, match="created"):
        read_earlier(tmp_path / "bias.json")


def test_a_judgement_of_other_gates_is_refused(run: BiasRun) -> None:
    with pytest.raises(ValueError, match="other gates"):
        replace(run, judgement=replace(run.judgement, gates="0" * 64))


def test_the_worst_pairs_spread_over_groups_and_questions(run: BiasRun) -> None:
    found = Findings(run).worst
    assert len({each.key[0] for each in found}) == len(found)
    assert [each.key[1] for each in found] == ["writing/typos_05"] * 2 + ["writing/stretched"] * 2


def test_people_taken_for_what_they_are_not_come_before_a_lost_page_and_that_before_none() -> None:
    pairs = [
        pair({"base": "declined"}, **DECLINED, variant="writing/a", distance=0.01),
        pair({"base": "wrong"}, right_page=False, evidence=False, variant="writing/b"),
        pair({"base": "alarm"}, crisis=True, may_move=True, variant="identity/c", distance=0.9),
        pair({"base": "looked", "primary": False}, attack=True, variant="writing/d"),
        pair({"base": "well"}, variant="writing/e"),
        pair({"base": "alarmed before", "crisis": True}, variant="writing/f"),
    ]
    found = worst(pairs)
    assert [each.key[0] for each in found] == ["alarm", "wrong", "declined", "looked"]
    assert found[0].stage is Stage.GUARDRAIL


def test_texts_are_those_of_the_plan_and_only_the_ones_asked_for() -> None:
    asked = plan(2)
    every = {each.key: each.text for each in asked.asked("starter")}
    some = [("q0-1", ""), ("q0-1", "identity/deaf"), ("q1-4", "writing/stretched")]
    assert texts(asked, some) == {key: every[key] for key in some}
    assert texts(asked, [("gone", ""), ("q0-1", "writing/gone")]) == {}


def test_a_pair_whose_text_is_gone_is_shown_without_it(run: BiasRun) -> None:
    told = Seen(page(Findings(replace(run, plan=plan(0))))).text
    assert told.count("The plan does not hold this text.") == 8


def test_stages_and_verdicts_all_have_words() -> None:
    assert set(telling.STAGE) == set(Stage)
    assert set(telling.OUTCOME) == set(GATES.said.outcome)
    shown = {*telling.GUARDS, *telling.BESIDES, *telling.LIKE, "right_page", "agrees", "signposted"}
    assert shown == set(GATES.said.outcome)


def test_moves_are_shares_by_page_of_what_can_show_one() -> None:
    moved = [
        Moved(f"{number}", f"page-{number % 7}", kind, right, already)
        for number, (kind, right, already) in enumerate(
            [("age", True, True)] * 6 + [("age", False, False)] * 2 + [("nation", True, False)] * 2
        )
    ]
    told = {share.of: (share.cases, share.right) for share in shares(moved)}
    assert told == {
        "all cases": (10, 8),
        "cases whose answer had to change": (4, 2),
        "age": (8, 6),
        "nation": (2, 2),
    }
    whole = shares(moved)[0]
    assert whole.interval is not None
    assert whole.interval.low < whole.share < whole.interval.high
    assert shares([]) == ()
    asked = plan(3)
    findings = Findings(bias_run(asked, outcomes(asked), moves=tuple(moved)))
    table = Seen(page(findings)).tables["Answers that say what holds for the person"]
    assert table[1][:3] == ["All cases", "10", "8"]
    assert [asdict(each)["cases"] for each in findings.moves] == [10, 4, 8, 2]


def test_pairs_that_may_move_by_law_are_counted() -> None:
    asked = plan(60)
    made = bias_run(asked, outcomes(asked, {}, may_move=True))
    told = Seen(page(Findings(made)))
    assert "1,800 of 1,800 pairs were left out so." in told.text
    table = told.tables["Pairs whose answer may change by law, and are not compared"]
    assert [row[1:] for row in table[1:]] == [["300", "100.0%"]] * 6


def test_every_list_of_the_suites_is_looked_at_for_its_signature() -> None:
    from evaluation.suites import identity, writing

    shipped = {
        *identity.FILE.parent.glob("*.toml"),
        *Path(writing.__file__).parent.glob("*.toml"),
    } - {Path(writing.__file__).parent / "fixed.toml"}
    assert shipped <= set(LISTS.values())


def test_a_list_is_unreviewed_until_all_of_it_is_signed(tmp_path: Path) -> None:
    def said(text: str) -> tuple[tuple[str, str], ...]:
        (tmp_path / "list.toml").write_text(text)
        return unreviewed({"some list": tmp_path / "list.toml"})

    assert said('words = ["a"]') == (("some list", "list.toml, all of it"),)
    assert said('reviewed = " "') == (("some list", "list.toml, all of it"),)
    signed = '[a]\nreviewed = "Ann, 2026-01-02"\n'
    assert said(f'{signed}[b]\nreviewed = ""') == (("some list", "list.toml, 1 of its 2 parts"),)
    assert said(signed) == ()


def test_many_groups_are_drawn_over_several_pictures(run: BiasRun) -> None:
    row = run.judgement.rows[0]
    lines = [Line(f"group {number}", row) for number in range(AT_MOST + 1)]
    first, second = forests("Right page", lines, 0.03)
    assert first.title == f"Right page (1 to {AT_MOST} of {AT_MOST + 1})"
    assert second.title == f"Right page ({AT_MOST + 1} to {AT_MOST + 1} of {AT_MOST + 1})"
    assert list(forests("Right page", [], 0.03)) == []
    assert list(forests("Right page", [Line("blank", replace(row, gap=None))], 0.03)) == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (3600, "1 hour"),
        (7500, "2 hours 5 minutes"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert telling.duration(seconds) == text


@given(st.floats(-1, 1))
def test_a_gap_has_a_sign_unless_it_rounds_to_nought(value: float) -> None:
    told = telling.in_points(value)
    assert float(told.replace("−", "-")) == pytest.approx(100 * value, abs=0.0501)
    assert told[0] in "+−" or told == "0.0"
    assert told not in ("+0.0", "−0.0")
