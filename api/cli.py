"""`signpost`: the operator's commands."""

import typer

from api.commands import (
    asking,
    bias,
    deciding,
    evaluating,
    guidance,
    hooks,
    hours,
    monitoring,
    releasing,
    serving,
    staffing,
    summarising,
    timing,
)

app = typer.Typer(
    help="A responsible AI assistant for public enquiries.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.command("serve")(serving.serve)
app.command("ask")(asking.ask)
app.command("search")(asking.search)
app.command("ingest")(guidance.ingest)
app.add_typer(guidance.snapshots, name="snapshots")
app.add_typer(summarising.summaries, name="summaries")
app.command("withdraw")(guidance.withdraw)
app.command("off")(guidance.switch_off)
app.command("on")(guidance.switch_on)
app.add_typer(hours.hours, name="hours")
app.add_typer(deciding.challenges, name="challenges")
app.add_typer(deciding.knowledge, name="knowledge")
app.add_typer(releasing.release, name="release")
app.add_typer(releasing.keys, name="board-key")
evaluating.evaluate.command("bias")(bias.bias)
app.add_typer(evaluating.evaluate, name="evaluate")
app.add_typer(staffing.staff, name="staff")
app.command("monitor")(monitoring.monitor)
app.add_typer(hooks.hooks, name="hooks")
app.command("bench")(timing.run_bench)


def main() -> None:
    """Run the command line."""
    app()
