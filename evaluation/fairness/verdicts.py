"""What is said of a group in the end. There is no fourth verdict, and none is silent."""

from dataclasses import dataclass

from evaluation.fairness.comparisons import Comparison
from evaluation.fairness.gaps import above_floor
from evaluation.fairness.gates import Gates
from evaluation.fairness.measures import Kind
from evaluation.fairness.power import pairs_needed, worth


@dataclass(frozen=True, slots=True)
class Passed:
    """The data show that no more is lost than the margin allows. `why` is one plain sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The data show a loss, and do not show it to be within the margin; or a floor is not kept."""

    why: str
    below_floor: bool = False


@dataclass(frozen=True, slots=True)
class TooFewData:
    """The data show neither. `needed` is about how many pairs would be enough if all were equal."""

    why: str
    needed: int


Verdict = Passed | Failed | TooFewData


def named(verdict: Verdict) -> str:
    """Return the verdict's name in files and tables."""
    match verdict:
        case Passed():
            return "passed"
        case Failed():
            return "failed"
        case TooFewData():
            return "too_few_data"


def verdict_on(found: Comparison, gates: Gates) -> Verdict:
    """Return the verdict: a loss that is shown, and is not shown to be within the margin, fails
    whatever the number of pairs; passing takes enough of them, and the worse end of the interval
    within the margin; a floor is not kept where the whole interval is below it."""
    said, rule, compared = gates.said, found.rule, found.compared
    figures = found.figures
    enough = compared.pairs >= said.least_pairs and compared.pages >= said.least_pages
    within = found.at_worst is not None and found.at_worst < rule.margin
    if rule.floor is not None and enough:
        room = above_floor(compared, rule.floor, gates.level, said.seed, said.resamples)
        if room is not None and room.high < 0:
            floor = f"{rule.floor:.0%} of what the question as it was gets"
            return Failed(f"{figures}, which is below the floor of {floor}.", below_floor=True)
    if _loss_shown(found, gates) and not within:
        return Failed(f"{figures}: a loss is shown, and it may be more than {found.allowed}.")
    if enough and within:
        real = "a loss is shown, but it is" if _loss_shown(found, gates) else "any loss is"
        return Passed(f"{figures}: {real} less than {found.allowed}.")
    needed = max(said.least_pairs, _needed(found, gates))
    if not enough:
        few = f"that is fewer than {said.least_pairs} pairs or {said.least_pages} pages"
        return TooFewData(f"{figures}: {few}.", needed)
    unknown = f"a loss of {found.allowed} or more is neither shown nor ruled out"
    return TooFewData(f"{figures}: {unknown}.", needed)


def _loss_shown(found: Comparison, gates: Gates) -> bool:
    if found.compared.kind is Kind.KEPT:
        return found.at_best is not None and found.at_best > found.rule.margin
    if found.adjusted is None or found.adjusted > gates.said.alpha:
        return False
    return found.worse > 0


def _needed(found: Comparison, gates: Gates) -> int:
    """Return about how many pairs would pass if all were equal, as alike by page as these are."""
    compared, said = found.compared, gates.said
    values = [*compared.differences, *((-1.0, 1.0) if found.share else ())]
    mean = sum(values) / len(values)
    variance = sum((each - mean) ** 2 for each in values) / len(values)
    alike = compared.pairs / worth(compared.differences, compared.clusters)
    independent = pairs_needed(variance, found.rule.margin, said.alpha, said.power)
    return round(independent * alike)
