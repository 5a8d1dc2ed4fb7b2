"""Watch live use: is everybody served alike?"""

import json
from typing import Annotated

import typer
from rich.table import Table

from api.bootstrap import now
from api.commands.running import opened_home, output
from assistant.policy import Policy
from assistant.policy.watching import STYLES
from evaluation.monitoring import Finding, Rate, Seen, Watch, as_json, watch

_STYLE_TITLES = {"length": "Length", "slips": "Words put right", "language": "Language"}


def monitor(
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, help="Days to look back, the policy's if not given."),
    ] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Is everybody served alike in live use? Exit status 1 when there is an alert."""
    with opened_home() as home:
        policy = home.policy
        with home.database.read() as connection:
            found = watch(connection, policy, now().date(), days or 0)
    if as_json_:
        output.print_json(json.dumps(as_json(found)))
    else:
        _print(found, policy)
    if found.alerts:
        raise typer.Exit(1)


def _print(found: Watch, policy: Policy) -> None:
    output.print(
        f"First questions since {found.since}; self-descriptions of the weeks from "
        f"{found.described_since} until {found.described_until}.\n"
        f"Counts are rounded down to tens, or as the policy says; smaller ones are not shown."
    )
    for dimension in dict.fromkeys(each.dimension for each in found.seen):
        rows = [each for each in found.seen if each.dimension == dimension]
        title = _title(policy, dimension)
        if all(each.finding is Finding.TOO_FEW for each in rows):
            output.print(f"\n{title}: too few to say anything.", markup=False, highlight=False)
            continue
        table = Table("Group", "Outcome", "This group", "All others", "Finding", title=title)
        for each in rows:
            table.add_row(
                _group(policy, each),
                policy.monitoring.outcome[each.outcome].title,
                _rate(each.rate),
                _rate(each.others),
                each.finding.value,
            )
        output.print(table)
    if not found.alerts:
        output.print("\nNo alert. That is no proof that all are served alike.")
    for each in found.alerts:
        output.print(f"\nALERT: {alert(policy, each)}", markup=False, highlight=False)


def alert(policy: Policy, seen: Seen) -> str:
    """Return the alert as one sentence."""
    rule = policy.monitoring.outcome[seen.outcome]
    return (
        f"{_title(policy, seen.dimension)}, {_group(policy, seen)}: {rule.title} in "
        f"{_rate(seen.rate)}, all others {_rate(seen.others)}. That is worse by more than "
        f"{100 * rule.margin:g} points, and chance alone does not explain it."
    )


def _title(policy: Policy, dimension: str) -> str:
    if dimension in STYLES:
        return _STYLE_TITLES[dimension]
    return policy.describing["en"].question[dimension].title


def _group(policy: Policy, seen: Seen) -> str:
    if seen.dimension in STYLES:
        return seen.group
    return policy.describing["en"].question[seen.dimension].groups[seen.group]


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return "too few"
    ends = f"{rate.interval.low:.0%} to {rate.interval.high:.0%}"
    return f"about {rate.share:.0%} ({ends}) of {rate.counted:,} or more"
