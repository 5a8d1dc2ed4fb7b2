"""Plain-language summaries: which a snapshot has, and blanks for those that are missing."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.commands.running import fail, opened_home, output
from knowledge.summaries import sections_of
from knowledge.summary_files import blanks

summaries = typer.Typer(
    help="Plain-language summaries of the guidance that is hard to read.", no_args_is_help=True
)

Wanted = Annotated[str, typer.Argument(help="Name or version of a snapshot.")]


@summaries.command("list")
def list_summaries(wanted: Wanted) -> None:
    """List the summaries in a snapshot, and who has checked each."""
    with opened_home() as home:
        table = Table("section", "checked by", "on")
        for section in sections_of(home.library.open(wanted).passages):
            plain = section[0].plain
            if plain is not None:
                table.add_row(section[0].url, plain.checked_by or "nobody yet", plain.checked_on)
        output.print(table)


@summaries.command("blanks")
def write_blanks(
    wanted: Wanted,
    above: Annotated[float, typer.Option("--above", help="Reading age, in years.")] = 0.0,
    out: Annotated[Path | None, typer.Option("--out", help="TOML to write.")] = None,
) -> None:
    """Write a form to fill in for each section that is hard to read and has no summary yet."""
    with opened_home() as home:
        age = above or float(home.policy.reading.hard_above_age)
        forms = blanks(home.library.open(wanted).passages, age)
    if out is None:
        typer.echo(forms, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(forms)
    except FileExistsError:
        fail(f"{out} is there already, and may hold somebody's work: name another file")
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
