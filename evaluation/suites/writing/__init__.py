"""Ways of writing: the same question with slips, in dialect, by voice, at length, in few words.

Rules are data, one TOML file beside each module. None of them touches a number, an amount of money,
a date, a negation or the name of a nation (`meaning`). docs/bias.md says who wrote the rules and
what they leave out; checked.jsonl holds what was read by hand.
"""

from functools import cache

from evaluation.suites.variants import Perturbation
from evaluation.suites.writing import (
    code_switching,
    dialects,
    habits,
    learners,
    length,
    mistyping,
    speech,
    spelling,
)


@cache
def perturbations() -> tuple[Perturbation, ...]:
    """Return every way of writing, in a fixed order. Raise DataMissing, DataUnreadable."""
    return (
        *mistyping.perturbations(),
        *habits.perturbations(),
        *spelling.perturbations(),
        *learners.perturbations(),
        *dialects.perturbations(),
        *speech.perturbations(),
        *length.perturbations(),
        *code_switching.perturbations(),
    )
