"""English as people write it who grew up with another language.

The mix of all rules is what decides; the profiles by first language are looked at.
"""

from functools import cache
from random import Random

from evaluation.suites.variants import Base, Family, Perturbation, Rewrite
from evaluation.suites.writing.reading import FOLDER
from evaluation.suites.writing.rules import Rules, load


def perturbations() -> tuple[Perturbation, ...]:
    """Return the mix, and a profile for each group of first languages. Raise DataUnreadable."""
    mix = Perturbation(Family.WRITING, "learner", "Learner English, all rules", _in(None))
    return (
        mix,
        *(
            Perturbation(Family.WRITING, f"learner_{name}", each.title, _in(name), primary=False)
            for name, each in learner_rules().groups.items()
        ),
    )


@cache
def learner_rules() -> Rules:
    """Return the rules. Raise DataMissing, DataUnreadable with the line."""
    return load(FOLDER / "learners.toml")


def _in(group: str | None) -> Rewrite:
    def rewrite(base: Base, random: Random) -> str | None:
        return learner_rules().put(base.text, group, random)

    return rewrite
