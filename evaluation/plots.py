"""Plots of figures with their intervals, as SVG that stands by itself."""

import io
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from evaluation.exhibits import Plot
from evaluation.figures import Figure, Unit
from evaluation.prose import ends, number

COLOURS = ("#1d70b8", "#d4351c", "#00703c", "#4c2c92")
_MARKS = ("o", "s", "^", "D")


def plot(title: str, systems: Mapping[str, Sequence[Figure]]) -> Plot | None:
    """Return the systems' shares and scores side by side; None where there are none.

    Systems differ in colour and in the shape of their mark.
    """
    drawn = {
        system: [each for each in figures if each.measure.unit in (Unit.SHARE, Unit.SCORE)]
        for system, figures in systems.items()
    }
    labels = list(
        dict.fromkeys(each.measure.label for figures in drawn.values() for each in figures)
    )
    if not labels:
        return None
    return Plot(title, _source(labels, drawn), _alternative(title, drawn))


def _source(labels: Sequence[str], systems: Mapping[str, Sequence[Figure]]) -> str:
    with drawing(9, 1.2 + 0.42 * len(labels)) as (canvas, axes):
        for place, (system, figures) in enumerate(systems.items()):
            shift = (place - (len(systems) - 1) / 2) * 0.24
            rows = [labels.index(each.measure.label) + shift for each in figures]
            values = [each.value for each in figures]
            lows = [each.value - each.interval.low if each.interval else 0 for each in figures]
            highs = [each.interval.high - each.value if each.interval else 0 for each in figures]
            axes.errorbar(
                values,
                rows,
                xerr=[[max(0, low) for low in lows], [max(0, high) for high in highs]],
                fmt=_MARKS[place % len(_MARKS)],
                color=COLOURS[place % len(COLOURS)],
                capsize=3,
                label=system.replace("$", r"\$"),
            )
        axes.set_yticks(range(len(labels)), [label.replace("$", r"\$") for label in labels])
        axes.invert_yaxis()
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel("Share or score (lines: 95% intervals)")
        axes.grid(axis="x", color="#b1b4b6", linewidth=0.6)
        axes.spines["left"].set_visible(False)
        canvas.legend(loc="outside upper left", ncols=len(systems), frameon=False)
        return as_address(canvas)


@contextmanager
def drawing(width: float, height: float) -> Iterator[tuple[Canvas, Axes]]:
    """Yield a canvas (inches) with empty axes, in the style that all plots share."""
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "signpost", "font.size": 10}):
        canvas = Canvas(figsize=(width, height), layout="constrained")
        axes = canvas.add_subplot()
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        yield canvas, axes


def as_address(canvas: Canvas) -> str:
    """Return what was drawn as the data address of an SVG."""
    drawn = io.BytesIO()
    canvas.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + b64encode(drawn.getvalue()).decode()


def _alternative(title: str, systems: Mapping[str, Sequence[Figure]]) -> str:
    told = "; ".join(
        f"{system}: "
        + ", ".join(
            f"{each.measure.label} {number(each.value, each.measure.unit)}"
            f" ({ends(each.interval, each.measure.unit)})"
            for each in figures
        )
        for system, figures in systems.items()
    )
    return f"{title}. {told}. The same figures are in the table."
