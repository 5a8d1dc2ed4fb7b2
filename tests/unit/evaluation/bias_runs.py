"""Runs of a bias evaluation whose outcomes are made up, for the tests of its report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from evaluation.fairness.asking import Plan
from evaluation.fairness.findings import BiasRun
from evaluation.fairness.gates import load_gates
from evaluation.fairness.judging import judge
from evaluation.fairness.outcomes import Outcome
from evaluation.suites.bases import Labelled
from evaluation.suites.variants import Base, Family, Perturbation
from tests.unit.evaluation.fair_outcomes import DECLINED, PLAIN

GATES = load_gates()


def way(name: str, title: str = "", primary: bool = True) -> Perturbation:
    """Return a way of putting a question that says its own name."""
    family, _, group = name.partition("/")
    return Perturbation(
        Family(family),
        group,
        title or group.replace("_", " "),
        lambda base, random: f"{base.text} {group}",
        primary=primary,
    )


WAYS = (
    way("identity/deaf"),
    way("identity/muslim"),
    way("names/welsh", "Welsh"),
    way("writing/typos_05", "Typing errors"),
    way("writing/dialect_scots", "Scots"),
    way("writing/stretched", primary=False),
)
LOSSES = {"writing/typos_05": 0.12, "writing/stretched": 0.3}
"""The share of right answers that a group loses, by its name."""


def plan(pages: int, ways: Sequence[Perturbation] = WAYS, text: str = "How do I renew it?") -> Plan:
    """Return a plan of five questions about each page."""
    bases = tuple(
        Labelled(Base(f"q{page}-{number}", text, "starter", f"page-{page}", topic=f"t{page % 3}"))
        for page in range(pages)
        for number in range(5)
    )
    return Plan("quick", {"starter": bases} if bases else {}, tuple(ways), 4)


def outcomes(
    plan: Plan, losses: Mapping[str, float] = LOSSES, chance: int = 1, **facts: Any
) -> tuple[Outcome, ...]:
    """Return what came of a plan: right as it was, and lost by group so often. Facts hold of all
    variants."""
    random = Random(chance)
    made = []
    for labelled in (each for held in plan.bases.values() for each in held):
        base = labelled.base
        was = replace(
            PLAIN, base=base.id, cluster=base.page, topic=base.topic, confidence=random.random()
        )
        made.append(was)
        for each in plan.ways:
            lost = random.random() < losses.get(each.name, 0.0)
            changed = DECLINED if lost else {}
            made.append(
                replace(
                    was,
                    variant=each.name,
                    primary=each.primary,
                    distance=0.1,
                    elapsed_ms=17.0 + random.random(),
                    **{**facts, **changed},
                )
            )
    return tuple(made)


def bias_run(
    asked: Plan, came: Sequence[Outcome], expected: Sequence[str] = (), **facts: Any
) -> BiasRun:
    """Return a run of made-up outcomes, judged by the bundled gates."""
    made = BiasRun(
        judgement=judge(came, GATES, expected),
        gates=GATES,
        outcomes=tuple(came),
        plan=asked,
        identity={"snapshot": "5" * 64, "policy": "6" * 64},
        command="signpost evaluate bias --out out",
        created="2026-01-02T03:04:00+00:00",
        suite="7" * 64,
        outcomes_sha256="8" * 64,
    )
    return replace(made, **facts)
