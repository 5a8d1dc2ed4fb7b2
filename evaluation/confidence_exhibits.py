"""Tables and plots of a confidence: whether it is kept, and what answering less would spare."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from evaluation.exhibits import Cell, Column, Plot, Table
from evaluation.figures import Unit
from evaluation.plots import COLOURS, as_address, drawing
from evaluation.ranking import BANDS, in_band
from evaluation.risk import Risk


@dataclass(frozen=True, slots=True)
class Band:
    """Cases whose confidence lies in [low, high): what was promised, and what was kept."""

    low: float
    high: float
    n: int
    promised: float
    kept: float


def reliability(promised: Sequence[float], kept: Sequence[bool]) -> tuple[Band, ...]:
    """Return the bands of some confidences and whether each was kept, those that hold any."""
    said, held = np.asarray(promised, dtype=float), np.asarray(kept, dtype=float)
    inside = [(low, high, in_band(said, low, high)) for low, high in pairwise(BANDS)]
    return tuple(
        Band(low, high, int(mine.sum()), float(said[mine].mean()), float(held[mine].mean()))
        for low, high, mine in inside
        if mine.any()
    )


def reliability_table(bands: Sequence[Band]) -> Table:
    """Return the bands as a table."""
    return Table(
        "reliability",
        "Confidence: promised and kept",
        "Every question for which an answer was found, whether or not it would be given. Kept: the "
        "share whose answer holds what was asked for.",
        (
            Column("low", "From", Unit.SCORE),
            Column("high", "To", Unit.SCORE),
            Column("promised", "Promised (mean)", Unit.SCORE),
            Column("kept", "Kept", Unit.SCORE),
            Column("n", "Questions", Unit.COUNT),
        ),
        tuple(asdict(band) for band in bands),
    )


def reliability_plot(bands: Sequence[Band]) -> Plot:
    """Return the reliability diagram: what was kept over what was promised."""
    with drawing(6, 5) as (canvas, axes):
        axes.plot([0, 1], [0, 1], color="#505a5f", linestyle="--", label="kept as promised")
        axes.plot(
            [band.promised for band in bands],
            [band.kept for band in bands],
            marker="o",
            color=COLOURS[0],
            label="measured (beside each: questions)",
        )
        for band in bands:
            axes.annotate(
                f"{band.n:,}", (band.promised, band.kept), (6, -12), textcoords="offset points"
            )
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="Promised", ylabel="Kept")
        canvas.legend(loc="outside upper left", ncols=2, frameon=False)
        source = as_address(canvas)
    told = "; ".join(f"{band.promised:.2f} → {band.kept:.2f} ({band.n:,})" for band in bands)
    return Plot(
        "Reliability: confidence promised, and kept",
        source,
        f"What confidence promised, and the share that held, with the number of questions: {told}.",
    )


def risk_plot(curve: Sequence[Risk], marked: Sequence[tuple[str, Risk]]) -> Plot:
    """Return the risk–coverage curve with its bound by page; `marked` are thresholds in force."""
    with drawing(7, 5) as (canvas, axes):
        coverage = [each.coverage for each in curve]
        axes.plot(coverage, [each.share for each in curve], color=COLOURS[0], label="wrong")
        axes.plot(
            coverage,
            [each.at_most_by_page for each in curve],
            color=COLOURS[1],
            linestyle=":",
            label="at most (95% confidence, by page)",
        )
        for (name, at), shape in zip(marked, "os^D", strict=False):
            axes.plot([at.coverage], [at.share], shape, color=COLOURS[2], label=name)
        axes.set(
            xlim=(0, 1),
            ylim=(0, 1),
            xlabel="Coverage: share of all questions that is answered",
            ylabel="Risk: share of the answers that is wrong",
        )
        axes.grid(color="#b1b4b6", linewidth=0.6)
        canvas.legend(loc="outside upper left", ncols=2, frameon=False)
        source = as_address(canvas)
    told = "; ".join(
        f"{each.coverage:.0%} answered, {each.share:.0%} of those wrong"
        for each in curve[:: max(1, len(curve) // 8)]
    )
    in_force = "; ".join(
        f"{name}: {each.coverage:.0%} answered, {each.share:.0%} wrong" for name, each in marked
    )
    return Plot(
        "Risk and coverage: what answering less would spare",
        source,
        f"From the lowest threshold to the highest: {told}. In force: {in_force or 'nothing'}.",
    )


def in_force_table(rows: Sequence[tuple[str, str, Risk]]) -> Table:
    """Return what the thresholds in force give: over which questions, which threshold, the risk."""
    return Table(
        "in force",
        "What can be promised of the answers given",
        "At most: with 95% confidence, no larger share of the answers is wrong; first as if all "
        "questions were independent (exact binomial bound), then for as many independent "
        "questions as those of so many pages are worth. The few answers that are silent on the "
        "nation asked about get a caution whatever their confidence; here they count as plain.",
        (
            Column("over", "Questions"),
            Column("name", "Answered"),
            Column("threshold", "From confidence", Unit.SCORE),
            Column("coverage", "Answers given, of all questions", Unit.SHARE),
            Column("given", "Answers", Unit.COUNT),
            Column("wrong", "Wrong", Unit.COUNT),
            Column("share", "Wrong, of answers", Unit.SHARE),
            Column("at_most", "At most, questions independent", Unit.SHARE),
            Column("pages", "Pages", Unit.COUNT),
            Column("worth", "Worth so many independent questions", Unit.COUNT),
            Column("at_most_by_page", "At most, by page", Unit.SHARE),
        ),
        tuple({"over": over, "name": name, **_told(each)} for over, name, each in rows),
    )


def choice_table(rows: Sequence[tuple[float, Risk | None, Risk | None]]) -> Table:
    """Return, for each risk wanted, what the threshold chosen for it gave on each half."""
    return Table(
        "choice",
        "Thresholds for a stated risk",
        "For each share of wrong answers that somebody may want to allow: the lowest threshold "
        "whose bound by page, on the fit half, is no higher; and what that threshold gives on "
        "the report half, which it was not chosen on. The fit half flatters, since questions "
        "were learned from it.",
        _CHOICE,
        tuple(_chosen(*row) for row in rows),
    )


_CHOICE = (
    Column("wanted", "Wrong answers allowed", Unit.SHARE),
    Column("threshold", "Threshold needed", Unit.SCORE),
    Column("fit_coverage", "Fit half: answered", Unit.SHARE),
    Column("fit_share", "Fit half: wrong", Unit.SHARE),
    Column("coverage", "Report half: answered", Unit.SHARE),
    Column("share", "Report half: wrong", Unit.SHARE),
    Column("given", "Report half: answers", Unit.COUNT),
    Column("at_most", "At most, questions independent", Unit.SHARE),
    Column("at_most_by_page", "At most, by page", Unit.SHARE),
    Column("kept", "Risk kept there"),
)


def _chosen(wanted: float, fit: Risk | None, report: Risk | None) -> Mapping[str, Cell]:
    if fit is None or report is None:
        nothing = {column.name: None for column in _CHOICE}
        return {**nothing, "wanted": wanted, "threshold": "none reaches it"}
    return {
        **_told(report),
        "wanted": wanted,
        "fit_coverage": fit.coverage,
        "fit_share": fit.share,
        "kept": "yes" if report.share <= wanted else "no",
    }


def _told(risk: Risk) -> Mapping[str, Cell]:
    return {**asdict(risk), "coverage": risk.coverage, "share": risk.share}
