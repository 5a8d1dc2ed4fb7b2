"""Forest plots: every group's gap with its interval, and the margin that it may not pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluation.exhibits import Plot
from evaluation.fairness.judging import Row
from evaluation.fairness.verdicts import named
from evaluation.plots import as_address, drawing

AT_MOST = 36
"""Groups in one picture: so many fit on a printed page."""
_LONGEST = 48
"""Characters of a group's title beside its line; the table has it whole."""

_LOOKS = {"passed": ("#00703c", "o"), "failed": ("#b10e1e", "s"), "too_few_data": ("#505a5f", "D")}
_SAID = {"passed": "passed", "failed": "failed", "too_few_data": "too few data"}


@dataclass(frozen=True, slots=True)
class Line:
    """A group's title and its row."""

    title: str
    row: Row


def forests(title: str, lines: Sequence[Line], margin: float) -> Iterator[Plot]:
    """Yield pictures of the gaps of one outcome, in points, in the order given.

    `margin` is the share that may be lost at most. Verdicts differ in colour and in the shape of
    their mark.
    """
    drawn = [line for line in lines if line.row.gap is not None]
    for start in range(0, len(drawn), AT_MOST):
        part = drawn[start : start + AT_MOST]
        of = (
            f" ({start + 1} to {start + len(part)} of {len(drawn)})" if len(drawn) > AT_MOST else ""
        )
        yield Plot(title + of, _source(part, margin), _alternative(title + of, part, margin))


def _source(lines: Sequence[Line], margin: float) -> str:
    with drawing(8.5, 1.3 + 0.27 * len(lines)) as (canvas, axes):
        axes.axvline(0, color="#0b0c0c", linewidth=1)
        axes.axvline(
            -100 * margin,
            color="#b10e1e",
            linewidth=1.4,
            linestyle="--",
            label=f"most that may be lost ({100 * margin:g} points)",
        )
        for verdict, (colour, mark) in _LOOKS.items():
            found = [
                (place, line.row)
                for place, line in enumerate(lines)
                if named(line.row.verdict) == verdict
            ]
            if not found:
                continue
            gaps = [100 * (row.gap or 0.0) for _, row in found]
            ends = [
                (100 * row.low, 100 * row.high)
                if row.low is not None and row.high is not None
                else (gap, gap)
                for gap, (_, row) in zip(gaps, found, strict=True)
            ]
            axes.errorbar(
                gaps,
                [place for place, _ in found],
                xerr=[
                    [max(0.0, gap - low) for gap, (low, _) in zip(gaps, ends, strict=True)],
                    [max(0.0, high - gap) for gap, (_, high) in zip(gaps, ends, strict=True)],
                ],
                fmt=mark,
                color=colour,
                capsize=3,
                label=_SAID[verdict],
            )
        axes.set_yticks(range(len(lines)), [_label(line.title) for line in lines])
        axes.set_ylim(len(lines) - 0.4, -0.6)
        axes.set_xlabel("Gap in points; left of 0 is worse (lines: intervals)")
        axes.grid(axis="x", color="#b1b4b6", linewidth=0.6)
        axes.spines["left"].set_visible(False)
        canvas.legend(loc="outside upper left", ncols=4, frameon=False)
        return as_address(canvas)


def _label(title: str) -> str:
    """Return a title that leaves room for the picture, and is not taken for mathematics."""
    short = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
    return short.replace("$", r"\$")


def _alternative(title: str, lines: Sequence[Line], margin: float) -> str:
    first, gap = lines[0], 100 * (lines[0].row.gap or 0.0)
    return (
        f"{title}. {len(lines)} groups; the dashed line is at −{100 * margin:g} points. "
        f"First, {first.title}: {gap:+.1f} points, {_SAID[named(first.row.verdict)]}. "
        "All of them are in the table below."
    )
