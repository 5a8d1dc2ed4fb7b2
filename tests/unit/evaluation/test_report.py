"""The report is a page to read: escaped, self-contained, with text for every picture."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evaluation.exhibits import Column, Table
from evaluation.figures import Average, Case, Difference, Measure, Reading, Unit
from evaluation.intervals import Interval
from evaluation.prose import change, day_and_time, number, summary, verdict
from evaluation.report import page, write_report
from evaluation.runs import Circumstances, Part, Run, as_json, beside_others

HOSTILE = '</summary><script>alert("1")</script><img src=x onerror=alert(2)>\'"{{ 7*7 }}$x_1$'
PAGE = Measure("page@1", "page@1", "Right page first", "Share.", says="First for {value}.")
TIME = Measure(
    "p50", "elapsed", "Time", "Wall.", Unit.MILLISECONDS, Average.QUANTILE, higher_is_better=False
)


class Seen(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def case(name: str, page_name: str, hit: float, text: str = "How old?") -> Case:
    return Case(
        name,
        page_name,
        {"page@1": (hit, 1), "elapsed": (10 * (hit + 1), 1)},
        Reading(text, ((text, False),), (text,), text),
        1 - hit,
    )


def run(text: str = "How old?", system: str = "Signpost") -> Run:
    parts = tuple(
        Part(
            name,
            "guidance",
            "Guidance questions",
            text,
            (PAGE, TIME),
            (case("1", "a", 1), case("2", "a", hit), case("3", "b", 0, text)),
            (text,),
        )
        for name, hit in ((system, 1), ("Other", 0))
    )
    told = Circumstances(
        f"signpost evaluate retrieval --out {text}",
        "2026-01-02T03:04:00+00:00",
        {"python": "3.11"},
        {"file": "digest"},
        {system: {"snapshot": text}},
    )
    return Run("retrieval", "How well Signpost finds guidance", parts, told, beside_others(parts))


def test_hostile_text_stays_text() -> None:
    seen = Seen(page(run(HOSTILE, HOSTILE)))
    kinds = [tag for tag, _ in seen.tags]
    assert "script" not in kinds
    assert not any(name.startswith("on") for _, attrs in seen.tags for name in attrs)
    assert all(
        (attrs.get("src") or "").startswith("data:image/svg+xml;base64,")
        for tag, attrs in seen.tags
        if tag == "img"
    )
    told = "".join(seen.words)
    assert HOSTILE in told
    assert "49" not in told


def test_nothing_is_fetched_from_anywhere() -> None:
    seen = Seen(page(run()))
    for _, attrs in seen.tags:
        for name in ("src", "href", "action", "srcset", "data"):
            value = attrs.get(name)
            assert value is None or value.startswith(("data:", "#"))
    (policy,) = [
        attrs["content"]
        for tag, attrs in seen.tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_every_picture_has_its_figures_in_words_and_every_id_is_one() -> None:
    seen = Seen(page(run()))
    pictures = [attrs for tag, attrs in seen.tags if tag == "img"]
    assert len(pictures) == 1
    assert "Right page first 66.7%" in (pictures[0]["alt"] or "")
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    links = [attrs["href"] for tag, attrs in seen.tags if tag == "a"]
    assert {(link or "")[1:] for link in links} <= set(ids)


def test_a_reader_sees_language_title_headings_and_scopes() -> None:
    seen = Seen(page(run()))
    tags = dict(reversed(seen.tags))
    assert tags["html"]["lang"] == "en-GB"
    assert [tag for tag, _ in seen.tags].count("h1") == 1
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in seen.tags if tag == "th")
    assert [tag for tag, _ in seen.tags].count("caption") == 1


def test_cases_that_went_well_are_not_listed_as_worth_reading() -> None:
    seen = Seen(page(run()))
    assert [tag for tag, _ in seen.tags].count("details") == 1 + 2


def test_the_same_run_makes_the_same_page() -> None:
    assert page(run()) == page(run())


def test_both_files_are_written_and_the_last_ones_kept(tmp_path: Path) -> None:
    data, html = write_report(run("first"), tmp_path)
    first = html.read_text()
    write_report(run("second"), tmp_path)
    assert (tmp_path / "retrieval.previous.html").read_text() == first
    assert "second" in html.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "retrieval.html",
        "retrieval.json",
        "retrieval.previous.html",
        "retrieval.previous.json",
    ]
    assert data.name == "retrieval.json"


def test_json_has_every_figure_with_its_interval_and_no_text_of_cases() -> None:
    told = as_json(run("Some question"))
    figure = told["parts"][0]["figures"][0]
    assert figure["n"] == 3
    assert figure["clusters"] == 2
    assert figure["low"] <= figure["value"] <= figure["high"]
    assert "Some question" not in str(told["parts"][0]["cases"])


COLUMNS = (Column("share", "Wrong", Unit.SHARE), Column("over", "Questions"))


def test_a_table_shows_what_its_columns_name_in_their_order() -> None:
    rows = ({"over": "all", "hidden": 7.25, "share": 0.125}, {"share": None, "over": HOSTILE})
    table = Table("some", "Some table", "About.", COLUMNS, rows)
    whole = run()
    told = replace(whole, parts=(replace(whole.parts[0], tables=(table,)), *whole.parts[1:]))
    (written,) = as_json(told)["parts"][0]["tables"]
    assert [[*each.items()] for each in written["rows"]] == [
        [("share", 0.125), ("over", "all")],
        [("share", None), ("over", HOSTILE)],
    ]
    words = [word.strip() for word in Seen(page(told)).words if word.strip()]
    start = words.index("Questions")
    assert words[start - 1 : start + 3] == ["Wrong", "Questions", "12.5%", "all"]
    assert HOSTILE in words
    assert "7.25" not in page(told)


def test_a_row_without_a_cell_for_each_column_is_refused() -> None:
    with pytest.raises(ValueError, match="the table some lacks over"):
        Table("some", "Some table", "About.", COLUMNS, ({"share": 0.5},))


def test_the_summary_speaks_of_the_first_system_with_interval_and_comparison() -> None:
    ((title, (sentence,)),) = summary(run())
    assert title == "Guidance questions"
    assert sentence.startswith("First for 66.7% (")
    assert "Against Other: +33.3 points" in sentence


def test_days_are_written_as_people_write_them() -> None:
    assert day_and_time("2026-01-02T03:04:00+00:00") == "2 January 2026 at 03:04 UTC"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.914, Unit.SHARE, "91.4%"),
        (0.5, Unit.SCORE, "0.500"),
        (87.4, Unit.WORDS, "87 words"),
        (1234.5, Unit.MILLISECONDS, "1,234.5 ms"),
        (61.23, Unit.POINTS, "61.2"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: float, unit: Unit, expected: str) -> None:
    assert number(value, unit) == expected


def test_changes_have_signs_and_shares_change_in_points() -> None:
    assert change(0.031, Unit.SHARE) == "+3.1 points"
    assert change(-0.031, Unit.SHARE) == "−3.1 points"
    assert change(0, Unit.SHARE) == "±0.0 points"
    assert change(-12, Unit.MILLISECONDS) == "−12.0 ms"


@pytest.mark.parametrize(
    ("measure", "value", "interval", "expected"),
    [
        (PAGE, 0.1, Interval(0.05, 0.2), "clearly better"),
        (PAGE, -0.1, Interval(-0.2, -0.05), "clearly worse"),
        (TIME, -5, Interval(-9, -1), "clearly better"),
        (PAGE, 0.1, Interval(-0.05, 0.2), "could be chance"),
        (PAGE, 0.0, None, "same on every page"),
        (PAGE, 0.1, None, "not tested"),
    ],
)
def test_a_difference_is_clear_only_when_its_interval_leaves_out_zero(
    measure: Measure, value: float, interval: Interval | None, expected: str
) -> None:
    assert verdict(Difference(measure, value, interval, 3, paired=True)) == expected
