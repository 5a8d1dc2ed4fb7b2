"""How long somebody will wait: a range, told only where enough of today's cases bear it out.

Who stands in the queue waits until as many people as are ahead have been answered, and one more. So
the range is taken from the gaps between answers while people were waiting, of which each is news of
its own; the waits themselves are not (those who queue together wait for the same adviser to come
free), and they lag behind a queue that grows. With gaps of mean g, of which n were seen, m more of
them take m·g·F, F being Fisher's distribution with 2m and 2n degrees of freedom: exactly so for
gaps without memory, as many advisers together produce. Where gaps vary more than that, both degrees
of freedom are divided by the gaps' squared coefficient of variation.

Whoever finds nobody ahead is told the range of those who found nobody ahead today: the k-th least
and k-th greatest of n earlier waits hold the next with probability (n + 1 − 2k) / (n + 1).
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import fmean, median, pvariance

from scipy.special import fdtri  # type: ignore[import-untyped]

from assistant.policy.levels import ExpectedWait


@dataclass(frozen=True, slots=True)
class Asked:
    """A case of the queue: when it came, and when it was answered or given up, if it was."""

    asked_at: datetime
    answered_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A range that holds the real wait in about `share` of cases.

    `cases` answered today bear it out; half of them waited less than `median`. The range is in
    whole minutes, rounded outwards.
    """

    shortest: timedelta
    longest: timedelta
    share: float
    cases: int
    median: timedelta


@dataclass(frozen=True, slots=True)
class WaitUnknown:
    """Not enough cases to say; `cases` are those that there were."""

    cases: int


def expected_wait(
    now: datetime, ahead: int, recent: Iterable[Asked], rules: ExpectedWait, zone: tzinfo
) -> Wait | WaitUnknown:
    """Return how long a person waits with `ahead` people in front, from today's cases.

    `recent` are cases of the same queue in any order; those not answered on the local day of `now`
    say nothing. Cases that are still waiting may be among them.
    """
    today = now.astimezone(zone).date()
    known = [case for case in recent if case.asked_at <= now]
    answered = sorted(
        (case.answered_at, case.asked_at)
        for case in known
        if case.answered_at is not None
        and case.answered_at <= now
        and case.answered_at.astimezone(zone).date() == today
    )
    used = _in_line(answered) if ahead else _in_front(answered, known)
    used = used[-rules.most :]
    if len(used) < rules.fewest:
        return WaitUnknown(len(used))
    seconds = [case.length.total_seconds() for case in used]
    low, high = _by_gaps(seconds, ahead + 1, rules) if ahead else _by_waits(seconds, rules)
    middle = median(case.waited.total_seconds() for case in used)
    return Wait(
        timedelta(minutes=math.floor(low / 60)),
        timedelta(minutes=max(1, math.ceil(high / 60))),
        rules.share,
        len(used),
        timedelta(minutes=max(1, math.ceil(middle / 60))),
    )


@dataclass(frozen=True, slots=True)
class _Used:
    """A case that a wait is worked out from: how long it waited, and the length that counts."""

    waited: timedelta
    length: timedelta


def _in_line(answered: Sequence[tuple[datetime, datetime]]) -> list[_Used]:
    """Return those who were waiting already when the one before them was answered."""
    return [
        _Used(answer - asked, answer - before)
        for (before, _), (answer, asked) in pairwise(answered)
        if asked <= before
    ]


def _in_front(answered: Sequence[tuple[datetime, datetime]], known: Sequence[Asked]) -> list[_Used]:
    """Return those who found nobody ahead: all who came before had been answered, or had gone."""
    asks = sorted(case.asked_at for case in known)
    ends = sorted(end for case in known if (end := _end(case)) is not None)
    return [
        _Used(answer - asked, answer - asked)
        for answer, asked in answered
        if bisect_left(asks, asked) <= bisect_right(ends, asked)
    ]


def _end(case: Asked) -> datetime | None:
    ends = [end for end in (case.answered_at, case.left_at) if end is not None]
    return min(ends) if ends else None


def _by_gaps(seconds: Sequence[float], answers: int, rules: ExpectedWait) -> tuple[float, float]:
    """Return the range, in seconds, in which so many more answers come."""
    mean = fmean(seconds)
    if not mean:
        return 0.0, 0.0
    spread = max(1.0, pvariance(seconds) / mean**2)
    freedom = 2 * answers / spread, 2 * len(seconds) / spread
    tail = (1 - rules.share) / 2
    low, high = (float(fdtri(*freedom, p)) for p in (tail, 1 - tail))
    return answers * mean * low, answers * mean * high


def _by_waits(seconds: Sequence[float], rules: ExpectedWait) -> tuple[float, float]:
    """Return the range, in seconds, of the next wait of the same kind."""
    in_order = sorted(seconds)
    k = math.floor(round((1 - rules.share) * (len(in_order) + 1) / 2, 9))
    return in_order[k - 1], in_order[-k]
