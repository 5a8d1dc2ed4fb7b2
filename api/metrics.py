"""Counts for operators (Prometheus). No label ever holds an id, an address or a word of text."""

from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assistant.hooks.rows import EndpointState
from assistant.releasing import ReleaseFigures
from assistant.storage import as_moment
from assistant.views import TurnView
from evaluation.monitoring import Finding, Seen

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)


class Metrics:
    """This process's counters, in a registry of their own; the home's figures on releases, and how
    groups fare in it.

    Of groups only rates are given, in whole points, and only those that `signpost monitor` shows.
    """

    def __init__(
        self,
        releases: Callable[[], ReleaseFigures] = ReleaseFigures,
        monitored: Callable[[], tuple[Seen, ...]] = tuple,
        hooks: Callable[[], tuple[EndpointState, ...]] = tuple,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._registry = CollectorRegistry()
        self._releases = releases
        self._monitored = monitored
        self._hooks = hooks
        self._clock = clock
        counter = self._counter
        self._turns = counter("turns", "Questions answered or declined", "outcome", "reason")
        self._seconds = Histogram(
            "signpost_turn_seconds",
            "Time from a question to its recorded answer",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._started = counter("conversations_started", "Conversations begun", "way")
        self._persons = counter("person_requests", "Times somebody asked for a person", "way")
        self._erased = counter("conversations_deleted", "Conversations deleted by citizens", "way")
        self._feedback = counter("feedback", "Answers rated", "useful")
        self._refused = counter("refusals", "Requests refused or failed", "status", "code")
        self._gated = self._gauge(
            "release_gate", "1 where only approved releases serve, 0 in a trial"
        )
        self._overrides = self._gauge(
            "release_overrides", "Times a board key let a release serve that had not passed"
        )
        self._by_override = self._gauge(
            "release_by_override", "1 while such a release is the one that serves"
        )

        labels = ("dimension", "group", "outcome")
        self._rate = self._gauge("monitor_rate", "Share of a group to whom it came", *labels)
        self._others = self._gauge("monitor_others_rate", "The same of all others", *labels)
        self._alert = self._gauge("monitor_alert", "1 where a group is worse off", *labels)

        self._deliveries = self._gauge(
            "hook_deliveries", "Deliveries to a hook that are kept", "hook", "status"
        )
        self._waits = self._gauge(
            "hook_oldest_pending_seconds", "Age of the oldest event not delivered", "hook"
        )
        self._disabled = self._gauge("hook_disabled", "1 where a hook wants nothing more", "hook")

    def turn(self, turn: TurnView, seconds: float) -> None:
        """Count a finished turn and the time it took, in seconds."""
        self._turns.labels(turn.outcome or turn.status.value, turn.reason).inc()
        self._seconds.observe(seconds)

    def started(self, way: str) -> None:
        """Count a conversation; `way` is api, page or frame."""
        self._started.labels(way).inc()

    def person(self, way: str) -> None:
        """Count a request for a person."""
        self._persons.labels(way).inc()

    def erased(self, way: str) -> None:
        """Count a deletion."""
        self._erased.labels(way).inc()

    def feedback(self, useful: bool) -> None:
        """Count a rating."""
        self._feedback.labels("yes" if useful else "no").inc()

    def refused(self, status: int, code: str) -> None:
        """Count a problem sent."""
        self._refused.labels(str(status), code).inc()

    def page(self) -> bytes:
        """Return everything in Prometheus' text format. Raises as reading the database does."""
        figures = self._releases()
        self._gated.set(figures.gated)
        self._overrides.set(figures.overrides)
        self._by_override.set(figures.serves_by_override)
        seen = self._monitored()
        for gauge in (self._rate, self._others, self._alert):
            gauge.clear()
        for each in seen:
            labels = (each.dimension, each.group, each.outcome)
            if each.rate and each.others:
                self._rate.labels(*labels).set(round(each.rate.share, 2))
                self._others.labels(*labels).set(round(each.others.share, 2))
                self._alert.labels(*labels).set(each.finding is Finding.ALERT)
        self._show_hooks()
        return generate_latest(self._registry)

    def _show_hooks(self) -> None:
        for gauge in (self._deliveries, self._waits, self._disabled):
            gauge.clear()
        for hook in self._hooks():
            for status, count in hook.counts.items():
                self._deliveries.labels(hook.name, status.value).set(count)
            age = (self._clock() - as_moment(hook.oldest)).total_seconds() if hook.oldest else 0.0
            self._waits.labels(hook.name).set(max(0.0, age))
            self._disabled.labels(hook.name).set(bool(hook.disabled_at))

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"signpost_{name}", help_text, labels, registry=self._registry)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(f"signpost_{name}", help_text, labels, registry=self._registry)
