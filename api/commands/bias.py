"""Evaluate whether everybody is served alike, however they write and whoever they are."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap import Home, OpenedGuidance, now
from api.commands.asking import BatchAsker, opened_guidance
from api.commands.evaluating import (
    command_line,
    identity_of,
    indexed,
    labelled_guidance,
    note_verdict,
    progress,
    starter_guidance,
)
from api.commands.running import opened_home, output
from assistant.releases import EvaluationKind, Verdict
from evaluation.corpora import GUIDANCE, READERS
from evaluation.datasets import guidance_questions
from evaluation.fairness.asking import OUTCOMES, ask_all, suite_of
from evaluation.fairness.findings import BiasRun
from evaluation.fairness.gates import load_gates
from evaluation.fairness.judging import judge
from evaluation.fairness.moved import ask_moves
from evaluation.fairness.planning import Profile, plan
from evaluation.fairness.report import write_bias_report
from evaluation.fairness.verdicts import named
from evaluation.own_questions import (
    guidance_documents,
    load_guidance_questions,
    load_questions,
    starter_documents,
)
from evaluation.suites.bases import Labelled, conditional_bases, heading_bases, own_bases
from evaluation.suites.moves import load_moves

HEADINGS = 300
"""The most questions that are made from the headings of a snapshot."""

_VERDICTS = {
    "passed": Verdict.PASSED,
    "failed": Verdict.FAILED,
    "too_few_data": Verdict.TOO_FEW_DATA,
}
Systems = dict[str, tuple[OpenedGuidance, tuple[Labelled, ...]]]


def bias(
    out: Annotated[Path, typer.Option("--out", help="Folder for the report; it goes on there.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="Ask over the guidance pages of this folder too.")
    ] = None,
    snapshot: Annotated[
        str, typer.Option("--snapshot", help="Ask over this snapshot too, from its headings.")
    ] = "",
    profile: Annotated[Profile, typer.Option(help="How thoroughly.")] = Profile.QUICK,
    earlier: Annotated[
        Path | None,
        typer.Option("--earlier", exists=True, help="bias.json of the release before, to compare."),
    ] = None,
) -> None:
    """Is everybody served alike, however they write and whoever they are?"""
    gates = load_gates()
    with opened_home() as home, progress() as watch:
        systems = _systems(home, data, snapshot)
        asked = plan(profile, {name: bases for name, (_, bases) in systems.items()})
        identity = {
            f"{name}: {what}": digest
            for name, (guidance, _) in systems.items()
            for what, digest in identity_of(home, guidance).items()
        }
        outcomes = ask_all(
            asked,
            {name: BatchAsker(home, guidance).turn for name, (guidance, _) in systems.items()},
            identity,
            out,
            watch,
        )
        judgement = judge(outcomes, gates, [way.name for way in asked.ways if way.primary])
        starter, _ = systems["starter"]
        run = BiasRun(
            judgement=judgement,
            gates=gates,
            outcomes=outcomes,
            plan=asked,
            identity=identity,
            command=command_line(),
            created=now().isoformat(timespec="seconds"),
            suite=suite_of(out),
            outcomes_sha256=sha256((out / OUTCOMES).read_bytes()).hexdigest(),
            moves=ask_moves(load_moves(), BatchAsker(home, starter).turn),
        )
        write_bias_report(run, out, earlier=earlier)
        output.print(f"{judgement.verdict.why}\nReport: {out / 'bias.html'}")
        if snapshot:
            verdict = _VERDICTS[named(judgement.verdict)]
            note_verdict(
                home,
                EvaluationKind.BIAS,
                verdict,
                judgement.verdict.why,
                out / "bias.json",
                snapshot,
            )
        else:
            output.print("No verdict for a release: name its guidance with --snapshot.")


def _systems(home: Home, data: Path | None, snapshot: str) -> Systems:
    pages = starter_documents()
    systems: Systems = {
        "starter": (starter_guidance(home), own_bases(load_questions(), pages, "starter"))
    }
    if data:
        guidance = guidance_documents(data)
        own = own_bases(load_guidance_questions(), guidance, "guidance")
        systems["guidance"] = (labelled_guidance(home, data), own)
        gold = conditional_bases(guidance_questions(data), GUIDANCE)
        systems[GUIDANCE] = (indexed(home, READERS[GUIDANCE](data)), gold)
    if snapshot:
        opened = opened_guidance(home, snapshot)
        made = heading_bases(opened.passages, snapshot, HEADINGS)
        systems[f"snapshot {snapshot}"] = (opened, made)
    return systems
