"""Every asking beside the same question as it was."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluation.errors import PairsBroken
from evaluation.fairness.outcomes import Outcome

GROUPS_OF_ONE_KIND = "some of its outcomes decide a release and some do not"


@dataclass(frozen=True, slots=True)
class Pair:
    """What came of a question as it was (`before`) and as somebody else would put it (`after`)."""

    before: Outcome
    after: Outcome

    @property
    def group(self) -> str:
        """Return the perturbation's name."""
        return self.after.variant

    @property
    def cluster(self) -> str:
        """Return the page, by which pairs hang together."""
        return self.before.cluster

    @property
    def may_move(self) -> bool:
        """Return whether the answer may lawfully be another one."""
        return self.after.may_move

    @property
    def labelled(self) -> bool:
        """Return whether the question's right page is known."""
        return self.before.right_page is not None


def pair_up(outcomes: Iterable[Outcome]) -> Mapping[str, tuple[Pair, ...]]:
    """Return every variant with its unperturbed question, by group, in the order of names.

    A question may be put several times in the way of one group: each is a pair. Raise PairsBroken
    where a question was not asked as it was, or twice, where a pair disagrees about its page or
    its labels, or where a group decides a release in some pairs only.
    """
    asked = tuple(outcomes)
    before = {each.base: each for each in asked if not each.variant}
    after = [each for each in asked if each.variant]
    faults = [
        (base, "", "it was asked as it was more than once")
        for base, times in Counter(each.base for each in asked if not each.variant).items()
        if times > 1
    ]
    deciding: dict[str, bool] = {}
    for each in after:
        fault = _fault(before.get(each.base), each)
        if fault is None and deciding.setdefault(each.variant, each.primary) != each.primary:
            fault = GROUPS_OF_ONE_KIND
        if fault is not None:
            faults.append((each.base, each.variant, fault))
    if faults:
        raise PairsBroken(tuple(faults))
    groups: dict[str, list[Pair]] = {name: [] for name in sorted(deciding)}
    for each in after:
        groups[each.variant].append(Pair(before[each.base], each))
    return {name: tuple(pairs) for name, pairs in groups.items()}


def _fault(before: Outcome | None, after: Outcome) -> str | None:
    if before is None:
        return "the question was not asked as it was"
    if before.cluster != after.cluster:
        return f"its page is {after.cluster!r} here and {before.cluster!r} there"
    for label in ("right_page", "evidence"):
        if (getattr(before, label) is None) != (getattr(after, label) is None):
            return f"{label} is known in one of the two only"
    return None
