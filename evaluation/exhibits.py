"""What a report shows besides figures: tables and plots, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.figures import Unit

Cell = float | str | None
"""A number in its column's unit, a word or two, or nothing."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture as a data address, with a title and the text that stands in for it."""

    title: str
    source: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the name that the JSON has, the label that people read.

    `unit` is that of its numbers; words stand as they are.
    """

    name: str
    label: str
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells by column name. `about` says in plain English what they show.

    A row has a cell for every column; what no column names is left out.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Cell], ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if lacking := {name for row in self.rows for name in names if name not in row}:
            raise ValueError(f"a row of the table {self.name} lacks {', '.join(sorted(lacking))}")
        kept = tuple({name: row[name] for name in names} for row in self.rows)
        object.__setattr__(self, "rows", kept)
