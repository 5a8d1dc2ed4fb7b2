"""Guidance: ingest it, list, activate, roll back and verify snapshots, withdraw pages."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.bootstrap import Home
from api.commands.running import fail, opened_home, output
from assistant.errors import NothingToChange
from assistant.live import SnapshotRef, WithdrawalKind
from knowledge.building import BuildReport, build
from knowledge.building import Progress as Stage
from knowledge.results import Failed, Read
from knowledge.snapshots import Snapshot
from knowledge.sources import read_source
from knowledge.summaries import GivenSummary, SummaryReport
from knowledge.summary_files import read_summaries

snapshots = typer.Typer(
    help="List, activate, roll back and verify snapshots.", no_args_is_help=True
)

Reason = Annotated[str, typer.Option("--reason", help="Why: goes into the audit log.")]


def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(help="Files, folders, addresses, sitemaps, or @list.txt of addresses."),
    ],
    name: Annotated[str, typer.Option("--name", help="Name of the snapshot.")] = "guidance",
    activated: Annotated[bool, typer.Option("--activate", help="Let it serve citizens.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first file that cannot be read.")
    ] = False,
    summaries: Annotated[
        list[Path] | None,
        typer.Option("--summaries", help="TOML of plain-language summaries; may be repeated."),
    ] = None,
) -> None:
    """Read guidance into a new snapshot; only what changed is indexed again."""
    with opened_home() as home:
        given = tuple(chain.from_iterable(read_summaries(path) for path in summaries or ()))
        with home.fetcher() as fetcher:
            found = chain.from_iterable(read_source(source, fetcher) for source in sources)
            report = _build(home, name, _strictly(found) if strict else found, given)
        _print_report(report)
        if activated:
            activate(home, home.library.open(report.digest), report.name)


@snapshots.command("list")
def list_snapshots() -> None:
    """List the snapshots, the live one marked."""
    with opened_home() as home:
        live = home.operations.state().snapshot
        table = Table("", "name", "version", "pages", "passages", "made")
        for each in home.library.list():
            mark = "live" if live == SnapshotRef(each.name, each.digest) else ""
            table.add_row(
                mark,
                each.name,
                each.version,
                str(each.documents),
                str(each.passages),
                each.created[:16],
            )
        output.print(table)


@snapshots.command("activate")
def activate_snapshot(wanted: Annotated[str, typer.Argument(help="Name or version.")]) -> None:
    """Let a snapshot serve citizens."""
    with opened_home() as home:
        activate(home, home.library.open(wanted, home.embedder))


@snapshots.command("rollback")
def rollback_snapshot(reason: Reason) -> None:
    """Return to the snapshot that served before."""
    with opened_home() as home:
        if home.gate is not None:
            # The models are loaded before, not while other moves wait for this one.
            home.release_of("")
        state = home.operations.rollback(reason)
        if state.snapshot:
            output.print(f"Serving again: {state.snapshot.name} {state.snapshot.version[:16]}")


@snapshots.command("verify")
def verify_snapshot(wanted: Annotated[str, typer.Argument(help="Name or version.")]) -> None:
    """Check every file of a snapshot."""
    with opened_home() as home:
        findings = home.library.verify(wanted)
        for finding in findings:
            output.print(f"{finding.file}: {finding.problem}", markup=False)
        if findings:
            raise typer.Exit(1)
        output.print(f"{wanted}: every file is sound.")


def withdraw(
    what: Annotated[str, typer.Argument(help="Address of a page, or words of a topic.")],
    reason: Reason,
    topic: Annotated[bool, typer.Option("--topic", help="WHAT is words in headings.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Let it be quoted again.")] = False,
) -> None:
    """Stop quoting a page or topic, at once."""
    kind = WithdrawalKind.TOPIC if topic else WithdrawalKind.PAGE
    with opened_home() as home:
        move = home.operations.restore if undo else home.operations.withdraw
        state = move(kind, what, reason)
        if state.snapshot:
            pages = sorted(state.withdrawn(home.passages(state.snapshot)))
            output.print(f"{len(pages)} pages of the live snapshot are withdrawn now:")
            for page in pages:
                output.print(f"  {page}", markup=False)


def switch_off(reason: Reason) -> None:
    """Stop answering for everybody; people stay reachable."""
    with opened_home() as home:
        home.operations.switch(False, reason)
        output.print("Answering is off. `signpost on --reason …` switches it on again.")


def switch_on(reason: Reason) -> None:
    """Answer again."""
    with opened_home() as home:
        home.operations.switch(True, reason)
        output.print("Answering is on.")


def ensure_starter(home: Home) -> None:
    """Build and activate the bundled guidance where no snapshot is live yet."""
    if home.operations.state().snapshot is not None:
        return
    output.print("Preparing the bundled guidance (once)…")
    report = prepare_starter(home)
    activate(home, home.library.open(report.digest), report.name)


def prepare_starter(home: Home) -> BuildReport:
    """Build the bundled guidance; nothing begins to serve."""
    starter = Path(__file__).parents[2] / "knowledge" / "starter"
    given = read_summaries(starter / "summaries.toml")
    with home.fetcher() as fetcher:
        pages = _strictly(read_source(str(starter / "pages"), fetcher))
        return _build(home, "starter", pages, given)


def _build(
    home: Home, name: str, found: Iterable[Read], summaries: Iterable[GivenSummary] = ()
) -> BuildReport:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=output, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def show(stage: Stage) -> None:
            bar.update(
                task, description=stage.stage, completed=stage.done, total=stage.total or None
            )

        return build(
            home.library,
            name,
            found,
            home.cut(),
            home.embedder,
            summaries=summaries,
            progress=show,
        )


def _strictly(found: Iterable[Read]) -> Iterator[Read]:
    for each in found:
        if isinstance(each, Failed):
            fail(f"{each.source}: {each.why}\nNothing was changed (--strict).")
        yield each


def activate(home: Home, snapshot: Snapshot, name: str = "") -> None:
    """Publish the snapshot to every process and let it serve citizens; say so.

    `name` is the one it was built under, if not the snapshot's own: a digest opens the same content
    under whichever name comes first.
    """
    said = snapshot.manifest
    served = name or said.name
    wanted = SnapshotRef(served, said.digest)
    home.adopt_shipped(wanted)
    home.publish(snapshot)
    try:
        home.operations.activate(wanted, facts_of(snapshot))
    except NothingToChange as same:
        output.print(str(same))
    else:
        output.print(f"Serving citizens now: {served} {said.version}")


def facts_of(snapshot: Snapshot) -> dict[str, str | int | bool]:
    """Return what the log is told of a snapshot when it is activated."""
    said = snapshot.manifest
    return {"documents": said.documents, "passages": said.passages}


def _print_report(report: BuildReport) -> None:
    new = "" if report.new else " (the same content as before: nothing was written)"
    output.print(f"Snapshot {report.name} {report.version}{new}")
    output.print(
        f"  pages: {report.documents} ({report.added} added, {report.changed} changed, "
        f"{report.unchanged} unchanged, {len(report.removed)} removed, "
        f"{report.withdrawn} withdrawn, {len(report.failed)} failed)"
    )
    output.print(
        f"  passages: {report.passages}; texts indexed: {report.embedded} new, "
        f"{report.reused} kept; {report.seconds:.0f} s"
    )
    for reason, count in sorted(Counter(each.reason for each in report.skipped).items()):
        output.print(f"  left out, {reason}: {count}")
    for failed in report.failed:
        output.print(f"  failed: {failed.source}: {failed.why}", style="red", markup=False)
    _print_summaries(report.summaries)


def _print_summaries(report: SummaryReport) -> None:
    if not report.kept and not report.left_out:
        return
    output.print(
        f"  summaries in plain words: {report.kept} kept ({report.drafts} not checked), "
        f"{len(report.left_out)} left out"
    )
    for each in report.left_out:
        where = f"{each.given.source}: {each.given.url}"
        output.print(f"  left out, {each.reason}: {where}: {each.why}", style="red", markup=False)
