"""Figures as words: how numbers are written, and a summary in plain English."""

from collections.abc import Iterator
from datetime import datetime

from evaluation.exhibits import Cell
from evaluation.figures import Difference, Unit
from evaluation.intervals import Interval
from evaluation.runs import Comparison, Part, Run

NO_INTERVAL = "no interval"


def number(value: float, unit: Unit) -> str:
    """Return a value as people write it: 0.914 as a share is "91.4%"."""
    match unit:
        case Unit.SHARE:
            return f"{100 * value:.1f}%"
        case Unit.SCORE:
            return f"{value:.3f}"
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.WORDS:
            return f"{value:.0f} words"
        case Unit.POINTS:
            return f"{value:.1f}"
        case Unit.MILLISECONDS:
            return f"{value:,.1f} ms"


def cell(value: Cell, unit: Unit) -> str:
    """Return a cell of a table as people write it; "–" where there is nothing."""
    match value:
        case None:
            return "–"
        case str():
            return value
        case _:
            return number(value, unit)


def ends(interval: Interval | None, unit: Unit) -> str:
    """Return an interval as words: "86.0% to 95.1%"."""
    if interval is None:
        return NO_INTERVAL
    return f"{number(interval.low, unit)} to {number(interval.high, unit)}"


def change(value: float, unit: Unit) -> str:
    """Return a difference with its sign; of shares, in percentage points."""
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    if unit is Unit.SHARE:
        return f"{sign}{abs(100 * value):.1f} points"
    return f"{sign}{number(abs(value), unit)}"


def change_ends(interval: Interval | None, unit: Unit) -> str:
    """Return the interval of a difference as words."""
    if interval is None:
        return NO_INTERVAL
    return f"{change(interval.low, unit)} to {change(interval.high, unit)}"


def verdict(difference: Difference) -> str:
    """Say whether a difference is clear, or could be chance."""
    if difference.interval is None:
        return "same on every page" if difference.paired and not difference.value else "not tested"
    if difference.interval.low <= 0 <= difference.interval.high:
        return "could be chance"
    better = difference.measure.higher_is_better
    if better is None:
        return "clear"
    return "clearly better" if (difference.value > 0) is better else "clearly worse"


def day_and_time(stamp: str) -> str:
    """Return an ISO 8601 timestamp as people write it: "2 January 2026 at 03:04 UTC"."""
    moment = datetime.fromisoformat(stamp)
    zone = f" {moment.tzname()}" if moment.tzinfo else ""
    return f"{moment.day} {moment:%B %Y} at {moment:%H:%M}{zone}"


def summary(run: Run) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what a reader should know first about the first system: titles, each with sentences.

    Parts that the summary has nothing to say of are left out.
    """
    told = (
        (part.title, tuple(_sentences(part, run.comparisons)))
        for part in run.parts
        if part.system == run.parts[0].system
    )
    return tuple((title, sentences) for title, sentences in told if sentences)


def _sentences(part: Part, comparisons: tuple[Comparison, ...]) -> Iterator[str]:
    mine = [each for each in comparisons if (each.part, each.system) == (part.name, part.system)]
    for figure in part.figures:
        if figure.measure.says:
            unit = figure.measure.unit
            beside = (
                f" Against {each.beside}: {change(one.value, unit)}"
                f" ({change_ends(one.interval, unit)}; {verdict(one)})."
                for each in mine
                for one in each.differences
                if one.measure.name == figure.measure.name
            )
            value = f"{number(figure.value, unit)} ({ends(figure.interval, unit)})"
            yield figure.measure.says.format(value=value) + "".join(beside)
