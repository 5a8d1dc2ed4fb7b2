"""What a bias evaluation asks: which questions, in which ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evaluation.fairness.asking import Plan
from evaluation.suites import identity, names, writing
from evaluation.suites.bases import Labelled, sampled
from evaluation.suites.variants import Perturbation

SEED = 4


class Profile(StrEnum):
    """How thorough a run is."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class _Size:
    """The most questions over a corpus, and whether only the ways that decide are asked."""

    bases: int
    primary_only: bool


_SIZES: Mapping[Profile, _Size] = {
    Profile.QUICK: _Size(bases=250, primary_only=True),
    Profile.FULL: _Size(bases=10_000, primary_only=False),
}


def ways() -> tuple[Perturbation, ...]:
    """Return every way of putting a question, in the order of families."""
    return (*identity.perturbations(), *names.perturbations(), *writing.perturbations())


def plan(profile: Profile, bases: Mapping[str, tuple[Labelled, ...]], seed: int = SEED) -> Plan:
    """Return what a run of the profile asks of some bases by corpus."""
    size = _SIZES[profile]
    return Plan(
        profile=profile.value,
        bases={corpus: sampled(held, size.bases) for corpus, held in bases.items()},
        ways=tuple(way for way in ways() if way.primary or not size.primary_only),
        seed=seed,
    )
