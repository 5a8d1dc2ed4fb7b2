"""Dialects of the United Kingdom, Multicultural London English, Jamaican-influenced English.

Features have the names that the public catalogues give them (eWAVE, Multi-VALUE) where those have
one. Rules are the project's own, and unreviewed until a speaker has signed a group.
"""

from functools import cache
from random import Random

from evaluation.suites.variants import Base, Family, Perturbation, Rewrite
from evaluation.suites.writing.reading import FOLDER
from evaluation.suites.writing.rules import Rules, load


def perturbations() -> tuple[Perturbation, ...]:
    """Return a perturbation for each dialect. Raise DataMissing, DataUnreadable."""
    return tuple(
        Perturbation(Family.WRITING, f"dialect_{name}", each.title, _in(name))
        for name, each in dialect_rules().groups.items()
    )


@cache
def dialect_rules() -> Rules:
    """Return the rules. Raise DataMissing, DataUnreadable with the line."""
    return load(FOLDER / "dialects.toml")


def _in(group: str) -> Rewrite:
    def rewrite(base: Base, random: Random) -> str | None:
        return dialect_rules().put(base.text, group, random)

    return rewrite
