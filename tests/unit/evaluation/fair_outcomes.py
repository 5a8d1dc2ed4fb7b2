"""Outcomes for the tests of fairness: a question as it was, and variants of it."""

from dataclasses import replace
from typing import Any

from evaluation.fairness.outcomes import Outcome
from evaluation.fairness.pairing import Pair

PLAIN = Outcome(
    base="q1",
    variant="",
    cluster="page-1",
    answered=True,
    right_page=True,
    evidence=True,
    grounded=True,
    declined=False,
    escalated=False,
    refused=False,
    attack=False,
    crisis=False,
    masked=False,
    words=70,
    reading_ease=62.5,
    elapsed_ms=17.0,
    page_found=True,
    page_first=True,
    confidence=0.7,
    routed=False,
    distance=0.0,
    cited="page-1",
    topic="passports",
    asked_words=9,
)
DECLINED: dict[str, Any] = {
    "answered": False,
    "right_page": False,
    "evidence": False,
    "grounded": False,
    "declined": True,
    "words": 30,
    "reading_ease": None,
    "cited": "",
}


def asked(**facts: Any) -> Outcome:
    """Return an outcome like `PLAIN` but for these facts."""
    return replace(PLAIN, **facts)


def pair(before: dict[str, Any] | None = None, /, **after: Any) -> Pair:
    """Return a pair of `PLAIN`, changed by `before`, and its variant, changed by both."""
    first = before or {}
    return Pair(
        asked(**first), asked(**{"variant": "writing/typos_05", "distance": 0.1, **first, **after})
    )
