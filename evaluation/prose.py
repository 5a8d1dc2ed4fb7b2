"""Figures as words: how numbers are written, and a summary in plain English."""

from evaluation.figures import Difference, Figure, Unit
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
        case Unit.WORDS:
            return f"{value:.0f} words"
        case Unit.POINTS:
            return f"{value:.1f}"
        case Unit.MILLISECONDS:
            return f"{value:,.1f} ms"


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


def summary(run: Run) -> tuple[str, ...]:
    """Return what a reader should know first, in sentences, about the first system."""
    first = run.parts[0].system
    return tuple(
        sentence
        for part in run.parts
        if part.system == first
        for figure in part.figures
        if figure.measure.says
        for sentence in [_sentence(part, figure, run.comparisons)]
    )


def _sentence(part: Part, figure: Figure, comparisons: tuple[Comparison, ...]) -> str:
    unit = figure.measure.unit
    said = figure.measure.says.format(value=number(figure.value, unit))
    about = f"{part.title}: {said}"
    if figure.interval is not None:
        about += (
            f" On other pages of this kind it would likely lie between "
            f"{ends(figure.interval, unit).replace(' to ', ' and ')}."
        )
    beside = [
        (each.beside, one)
        for each in comparisons
        if each.part == part.name and each.system == part.system
        for one in each.differences
        if one.measure.name == figure.measure.name
    ]
    for other, difference in beside:
        about += f" Against {other}: {change(difference.value, unit)}, {verdict(difference)}."
    return about
