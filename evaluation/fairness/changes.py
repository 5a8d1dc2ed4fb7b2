"""What changed since an earlier report: verdicts, gaps, groups, and what was examined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from evaluation.errors import DataUnreadable
from evaluation.fairness.groups import Group

FORMAT = 1
"""Of `bias.json`."""
NOTABLE = 0.01
"""How far the gap of right answers must have moved to be told, as a share."""

_FORM = ConfigDict(strict=True, extra="ignore")
Named = Literal["failed", "too_few_data", "passed"]
Finite = Annotated[float, Field(allow_inf_nan=False)]


def _moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


@checked(frozen=True, slots=True, config=_FORM)
class EarlierGroup:
    """A group of an earlier report."""

    group: str
    title: str
    family: str
    decides: bool
    verdict: Named


@checked(frozen=True, slots=True, config=_FORM)
class EarlierRow:
    """One comparison of an earlier report."""

    group: str
    outcome: str
    gap: Finite | None


@checked(frozen=True, slots=True, config=_FORM)
class EarlierJudgement:
    """The judgement of an earlier report."""

    gates: str
    rows: list[EarlierRow]


@checked(frozen=True, slots=True, config=_FORM)
class EarlierPlan:
    """What an earlier report asked."""

    suite: str


@checked(frozen=True, slots=True, config=_FORM)
class Earlier:
    """What is read of an earlier `bias.json`."""

    format: Literal[1]
    created: Annotated[str, AfterValidator(_moment)]
    verdict: Named
    examined: dict[str, str]
    plan: EarlierPlan
    judgement: EarlierJudgement
    groups: list[EarlierGroup]


@dataclass(frozen=True, slots=True)
class Change:
    """A group, then and now. Verdicts by name; gaps of right answers, group − base, None where
    there is none."""

    group: Group
    before: str
    gap_before: float | None

    @property
    def by(self) -> float:
        """Return how much the gap grew; negative: more is lost. 0 where it is not known."""
        row = self.group.main
        if row is None or row.gap is None or self.gap_before is None:
            return 0.0
        return row.gap - self.gap_before


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed of the groups that decide, then or now.

    `examined` names what differs of what was examined. `gaps` has groups of the same verdict whose
    right answers moved by `NOTABLE`; `added` and `gone` are groups of only one of the reports.
    """

    earlier: Earlier
    examined: tuple[str, ...]
    same_suite: bool
    same_gates: bool
    verdicts: tuple[Change, ...]
    gaps: tuple[Change, ...]
    added: tuple[Group, ...]
    gone: tuple[EarlierGroup, ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything but the earlier report itself."""
        return {
            "since": self.earlier.created,
            "verdict_then": self.earlier.verdict,
            "examined": list(self.examined),
            "same_suite": self.same_suite,
            "same_gates": self.same_gates,
            "verdicts": [_told(each) for each in self.verdicts],
            "gaps": [_told(each) for each in self.gaps],
            "added": [group.name for group in self.added],
            "gone": [group.group for group in self.gone],
        }


def read_earlier(path: Path) -> Earlier | None:
    """Return an earlier report's JSON; None where there is none. Raise DataUnreadable."""
    if not path.is_file():
        return None
    try:
        return TypeAdapter(Earlier).validate_json(path.read_bytes())
    except ValidationError as fault:
        error = fault.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in error["loc"]) or "the file"
        raise DataUnreadable(
            path,
            0,
            f"is not an earlier bias report ({where}: {error['msg']}); move it away, or choose "
            "another folder",
        ) from None


def changes_since(
    earlier: Earlier,
    groups: Sequence[Group],
    examined: Mapping[str, str],
    suite: str,
    gates: str,
) -> Changes:
    """Return what changed. `suite` and `gates` are the digests of now."""
    then = {group.group: group for group in earlier.groups}
    gaps = {(row.group, row.outcome): row.gap for row in earlier.judgement.rows}
    both = [
        Change(group, then[group.name].verdict, _gap(group, gaps))
        for group in groups
        if group.name in then and (group.decides or then[group.name].decides)
    ]
    named = {group.name for group in groups}
    return Changes(
        earlier=earlier,
        examined=tuple(sorted(_differing(earlier.examined, examined))),
        same_suite=earlier.plan.suite == suite,
        same_gates=earlier.judgement.gates == gates,
        verdicts=tuple(each for each in both if each.before != each.group.verdict),
        gaps=tuple(
            sorted(
                (
                    each
                    for each in both
                    if each.before == each.group.verdict and abs(each.by) >= NOTABLE
                ),
                key=lambda each: each.by,
            )
        ),
        added=tuple(group for group in groups if group.decides and group.name not in then),
        gone=tuple(group for group in earlier.groups if group.decides and group.group not in named),
    )


def _gap(group: Group, gaps: Mapping[tuple[str, str], float | None]) -> float | None:
    return gaps.get((group.name, group.main.outcome)) if group.main else None


def _differing(then: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    return {name for name in {*then, *now} if then.get(name) != now.get(name)}


def _told(change: Change) -> dict[str, Any]:
    row = change.group.main
    return {
        "group": change.group.name,
        "verdict_then": change.before,
        "verdict": change.group.verdict,
        "gap_then": change.gap_before,
        "gap": row.gap if row else None,
    }
