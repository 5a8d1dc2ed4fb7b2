"""What a report shows besides figures: tables and plots, as plain values."""

from collections.abc import Iterable
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
    """Rows of cells, one for each column. `about` says in plain English what they show."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of the table {self.name} has too few or too many cells")

    @property
    def records(self) -> Iterable[dict[str, Cell]]:
        """Yield each row as the JSON has it, by column name."""
        names = [column.name for column in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows)
