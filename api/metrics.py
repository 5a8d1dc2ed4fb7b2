"""Counts for operators (Prometheus). No label ever holds an id, an address or a word of text."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from assistant.views import TurnView

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)


class Metrics:
    """This process's counters, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
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
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"signpost_{name}", help_text, labels, registry=self._registry)
