"""What a bias evaluation found, in words that a board reads."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from evaluation.fairness.changes import EarlierGroup
from evaluation.fairness.comparisons import many
from evaluation.fairness.findings import Findings
from evaluation.fairness.groups import Group, lost
from evaluation.fairness.judging import Row
from evaluation.fairness.measures import MEASURES, Kind
from evaluation.fairness.outcomes import Outcome
from evaluation.fairness.stages import Stage
from evaluation.fairness.verdicts import Failed, named
from evaluation.prose import NO_INTERVAL

GUARDS = ("refused", "attack", "crisis", "masked", "declined", "escalated")
BESIDES = ("evidence", "answered", "grounded")
LIKE = ("words", "reading_ease", "elapsed_ms")

FAMILY: Mapping[str, str] = {
    "identity": "Says who they are",
    "names": "Name or place",
    "writing": "Way of writing",
}
VERDICT: Mapping[str, str] = {
    "passed": "Passed",
    "failed": "Failed",
    "too_few_data": "Too few data",
}
MARK: Mapping[str, str] = {"passed": "✓", "failed": "✗", "too_few_data": "?"}
HEADLINE: Mapping[str, tuple[str, str]] = {
    "passed": ("Passed", "Nothing in this report stops this version from going live."),
    "failed": (
        "Failed",
        "This version must not go live as it is: some people are served worse than others.",
    ),
    "too_few_data": (
        "Too few data",
        "This version must not go live on this report. We cannot tell whether everybody is served "
        "alike, and not knowing does not count as a pass.",
    ),
}
OUTCOME: Mapping[str, str] = {
    "right_page": "Right page",
    "agrees": "Same answer",
    "signposted": "Sent to the right place",
    "evidence": "Sentence that answers",
    "answered": "Answered",
    "grounded": "Grounded",
    "declined": "Not answered",
    "escalated": "Handed to a person",
    "refused": "Turned away",
    "attack": "Taken for an attack",
    "crisis": "Taken for a crisis",
    "masked": "Words masked",
    "words": "Words to read",
    "reading_ease": "Reading ease",
    "elapsed_ms": "Time taken",
}
STAGE: Mapping[Stage, tuple[str, str]] = {
    Stage.GUARDRAIL: ("Safety rules", "turned away, or taken for what it is not"),
    Stage.MASKING: ("Masking", "words were hidden as personal, and the page was not found"),
    Stage.RETRIEVAL: ("Search", "the right page was not found any more"),
    Stage.RANKING: ("Order", "the right page was found, and no longer put first"),
    Stage.THRESHOLD: ("Confidence", "the page was found as before, and no answer was given"),
    Stage.EXTRACTION: ("Choice of words", "another page or another sentence was quoted"),
    Stage.UNCLEAR: ("Not known", "what is kept of the two does not tell"),
}
SAFETY = "Safety rules (turned away, taken for an attack or a crisis, handed over, masked)"
MOST = 5
"""Groups that the first page tells of by name."""
_FEW = 3
"""Reasons of a verdict that are named though there are no others."""


def rate(row: Row, value: float | None) -> str:
    """Return a rate as people write it: "91.2%", or a number with its unit; "–" for None."""
    if value is None:
        return "–"
    return percent(value) if _share(row) else f"{value:,.1f} {_unit(row)}"


def gap(row: Row, value: float | None) -> str:
    """Return a gap with its sign, of shares in points and without a unit: "−3.1"."""
    if value is None:
        return "–"
    return in_points(value) if _share(row) else _signed(value)


def percent(value: float) -> str:
    """Return a share as people write it: "91.2%"."""
    return f"{100 * value:.1f}%"


def in_points(value: float) -> str:
    """Return a difference of shares in points, with its sign: "−3.1"."""
    return _signed(100 * value)


def ends(row: Row) -> str:
    """Return the interval of a gap: "−5.1 to +0.3"."""
    if row.low is None or row.high is None:
        return NO_INTERVAL
    return f"{gap(row, row.low)} to {gap(row, row.high)}"


def points(row: Row, value: float | None) -> str:
    """Return a size without a sign: "2.3 points"; "none" for None."""
    if value is None:
        return "none"
    return f"{100 * value:.1f} points" if _share(row) else f"{value:,.1f} {_unit(row)}"


def chance(value: float | None) -> str:
    """Return a p-value: "0.032", "under 0.001", "–"."""
    if value is None:
        return "–"
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def called(group: Group | EarlierGroup) -> str:
    """Return a group as a reader knows it: "Way of writing: Dyslexic spelling"."""
    kind = FAMILY.get(group.family, group.family)
    return f"{kind}: {group.title}" if group.title else kind


def because(group: Group) -> str:
    """Return what the verdict is for, in few words; "" where the group passed."""
    reasons = group.reasons
    if len(reasons) > _FEW and len(reasons) == len(group.counted):
        return f"all {len(reasons)} comparisons that count"
    return "; ".join(
        f"{OUTCOME[row.outcome]} {gap(row, row.gap)}" if row.outcome else row.title
        for row in reasons
    )


def parted(
    groups: Iterable[Group], outcomes: Collection[str]
) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """Return the groups of which one of the outcomes failed or stops the release, and the rest."""
    parts: dict[bool, list[Group]] = {True: [], False: []}
    for group in groups:
        rows = [row for row in group.rows if row.outcome in outcomes]
        parts[any(row.blocks or isinstance(row.verdict, Failed) for row in rows)].append(group)
    return tuple(parts[True]), tuple(parts[False])


def found(row: Row) -> str:
    """Return one comparison as a sentence without its end."""
    title = row.title[:1].upper() + row.title[1:]
    if row.gap is None:
        return title
    unit = " points" if _share(row) else f" {_unit(row)}"
    return (
        f"{title}: {rate(row, row.group_rate)}, against {rate(row, row.base_rate)} as it was "
        f"({gap(row, row.gap)}{unit}; likely {ends(row)})"
    )


def asked(findings: Findings) -> str:
    """Return what was done, in plain sentences."""
    counts, ways = findings.counts, len(findings.run.plan.ways)
    if not counts.pairs:
        return "Nothing was asked in another way, so there is nothing to compare."
    return (
        f"We asked the assistant {many(counts.questions, 'question')} about "
        f"{many(counts.pages, 'page')} of guidance. Then we asked the same again in "
        f"{many(ways, 'other way')}: by people who say who they are, with names from different "
        "communities, and in different ways of writing. That made "
        f"{many(counts.pairs, 'pair')}. In each pair the answer should be as good as before."
    )


def first_page(findings: Findings) -> Iterator[str]:
    """Yield what a reader should know after the verdict."""
    deciding = [group for group in findings.groups if group.decides]
    known = [(group, row) for group in deciding if (row := group.main) and row.gap is not None]
    if known:
        gates = findings.run.gates
        group, row = max(known, key=lambda each: lost(each[1], gates))
        if lost(row, gates) > 0 and group.verdict != "failed":
            yield f"The largest loss of right answers: {called(group)}. {found(row)}."
        elif lost(row, gates) <= 0:
            yield "No group that decides got fewer right answers than before."
    guards = [
        named(row.verdict) for group in deciding for row in group.counted if row.outcome in GUARDS
    ]
    if guards:
        yield (
            f"{SAFETY}: of {many(len(guards), 'comparison')}, {guards.count('passed'):,} passed, "
            f"{guards.count('failed'):,} failed, and for {guards.count('too_few_data'):,} there "
            "are too few data."
        )
    if findings.unreviewed:
        yield (
            f"Nobody outside the project has checked {many(len(findings.unreviewed), 'list')} "
            "that this test is made from. They are named under “What was not tested”."
        )


def told(groups: Iterable[Group], verdict: str) -> tuple[tuple[Group, ...], int]:
    """Return the first groups that stop the release by a verdict, and how many more there are."""
    every = [group for group in groups if group.blocks and group.verdict == verdict]
    return tuple(every[:MOST]), max(0, len(every) - MOST)


def came(outcome: Outcome) -> str:
    """Return what came of an asking, in a few words."""
    if outcome.answered:
        label = {True: ", the right page", False: ", not the right page", None: ""}
        text = f"Answered from {outcome.cited or 'a page'}{label[outcome.right_page]}"
        if outcome.evidence is False:
            text += "; the sentence that answers is not in it"
    elif outcome.refused:
        text = "Turned away"
    elif outcome.escalated:
        text = "Handed to a person"
    elif outcome.declined:
        text = "No answer: said that it does not know"
    else:
        text = "No answer: sent elsewhere"
    flags = [
        name
        for held, name in (
            (outcome.attack, "taken for an attack"),
            (outcome.crisis, "taken for a crisis"),
            (outcome.masked, "words masked as personal"),
        )
        if held
    ]
    return f"{text}{' (' + ', '.join(flags) + ')' if flags else ''}."


def duration(seconds: float) -> str:
    """Return a time as people say it: "40 seconds", "2 hours 5 minutes"."""
    if seconds < 90:
        return many(round(seconds), "second")
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [many(hours, "hour")] * bool(hours) + [many(minutes, "minute")] * bool(minutes)
    return " ".join(parts)


def _signed(value: float) -> str:
    # What rounds to nought has no sign.
    text = f"{value:+,.1f}".replace("-", "−")
    return text if text[1:] != "0.0" else "0.0"


def _share(row: Row) -> bool:
    return not row.outcome or MEASURES[row.outcome].kind is not Kind.NUMBER


def _unit(row: Row) -> str:
    return MEASURES[row.outcome].unit
