"""Which stage of the pipeline lost an answer that the question as it was got.

The stages are gone through in the pipeline's order, and the first that did worse than for the
question as it was is named: what comes after it had less to work with.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from evaluation.fairness.outcomes import Outcome
from evaluation.fairness.pairing import Pair


class Stage(StrEnum):
    """Where an answer was lost."""

    GUARDRAIL = "guardrail"
    """Not answered, but refused, taken for an attack or a crisis, routed or handed over."""
    MASKING = "masking"
    """Words were masked as personal data, and the page was then found less well."""
    RETRIEVAL = "retrieval"
    """The page is no longer among the passages that are found."""
    RANKING = "ranking"
    """It is among them, and no longer first."""
    THRESHOLD = "threshold"
    """It was found as before, and no answer was given."""
    EXTRACTION = "extraction"
    """An answer was given, and another page or another sentence is quoted."""
    UNCLEAR = "unclear"
    """Nothing that is known of the two tells: the page is not known, or was not found before."""


def got_worse(pair: Pair) -> bool:
    """Return whether the question as it was got a right answer and the variant did not.

    Right is: a sentence that answers is quoted, or the right page first; of an unlabelled question
    that something is answered, and the same page quoted. Where the answer may lawfully change,
    nothing got worse.
    """
    before, after = pair.before, pair.after
    if pair.may_move:
        return False
    if not pair.labelled:
        return before.answered and (not after.answered or before.cited != after.cited)
    return any(
        bool(getattr(before, fact)) and not getattr(after, fact)
        for fact in ("right_page", "evidence")
    )


def stage_lost(pair: Pair) -> Stage | None:
    """Return the stage that lost the answer; None where the pair did not get worse."""
    if not got_worse(pair):
        return None
    causes = (stage for stage, lost_by in _CAUSES if lost_by(pair.before, pair.after))
    return next(causes, Stage.UNCLEAR)


def stages_by_group(pairs: Iterable[Pair]) -> Mapping[str, Mapping[Stage, int]]:
    """Return, for every group, how many answers each stage lost: every stage, in their order."""
    lost: dict[str, Counter[Stage]] = {}
    for pair in pairs:
        counted = lost.setdefault(pair.group, Counter())
        if (stage := stage_lost(pair)) is not None:
            counted[stage] += 1
    return {group: {stage: lost[group][stage] for stage in Stage} for group in sorted(lost)}


def _stopped(before: Outcome, after: Outcome) -> bool:
    def stops(each: Outcome) -> bool:
        return any((each.refused, each.attack, each.crisis, each.routed, each.escalated))

    return not after.answered and stops(after) and not stops(before)


def _not_found(before: Outcome, after: Outcome) -> bool:
    return bool(before.page_found) and not after.page_found


def _not_first(before: Outcome, after: Outcome) -> bool:
    return bool(before.page_first) and not after.page_first


def _masked(before: Outcome, after: Outcome) -> bool:
    newly = after.masked and not before.masked
    return newly and (_not_found(before, after) or _not_first(before, after))


_CAUSES: tuple[tuple[Stage, Callable[[Outcome, Outcome], bool]], ...] = (
    (Stage.GUARDRAIL, _stopped),
    (Stage.MASKING, _masked),
    (Stage.RETRIEVAL, _not_found),
    (Stage.RANKING, _not_first),
    (Stage.THRESHOLD, lambda before, after: not after.answered),
    (Stage.EXTRACTION, lambda before, after: bool(after.page_found)),
)
"""The stages in the pipeline's order, and how each is told."""
