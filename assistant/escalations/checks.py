"""Each check that stopped or doubted a turn, in plain English with its figures, from its trace."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.grounding.reasons import Ungrounded

_STOPPED_BY_RULE = {
    "screen": "The message could not be read as a question.",
    "safeguard": "A rule heard danger in the message: {reason}.",
    "route": "A rule sorts this message as: {reason}.",
}

_VERDICTS = {
    ("contextualise", "cannot be told"): "The message does not say what it is about.",
    ("contextualise", "not understood"): "No guidance uses the words of this question.",
    ("retrieve", "off"): "Answering was switched off, or no guidance was active.",
    ("retrieve", "not understood"): "No guidance uses the words of this question.",
    ("retrieve", "nothing found"): "No passage was found.",
    ("welsh", "not in Welsh"): "No Welsh guidance clearly answers this.",
    ("compose", "nothing to quote"): "The passages found had nothing to quote.",
    ("ground", "no answer"): "There was no draft to check.",
    ("listen", "maybe in trouble"): "The words sound like somebody in danger; no rule says so.",
}


def checks_of(
    trace: Sequence[Mapping[str, Any]], outcome: str, reason: str, best: int | None
) -> tuple[str, ...]:
    """Return a line for each check that stopped or doubted the turn, in the order they ran.

    `trace` is as in the turn's record; `best` the score of the best passage in basis points, or
    None where none was found.
    """
    lines = []
    for place, entry in enumerate(trace):
        last = place == len(trace) - 1
        line = _line(entry, outcome, reason, best, last=last)
        if line:
            lines.append(line)
    return tuple(lines)


def _line(
    entry: Mapping[str, Any], outcome: str, reason: str, best: int | None, *, last: bool
) -> str:
    step, verdict, evidence = entry["step"], entry["verdict"], entry["evidence"]
    if verdict == "fault":
        return f"The step “{step}” failed with a fault of ours ({evidence.get('error', '')})."
    if (step, verdict) in _VERDICTS:
        return _VERDICTS[(step, verdict)]
    if step == "ground" and evidence.get("faults"):
        return _grounding(verdict, evidence["faults"])
    if step == "decide":
        return _deciding(outcome, evidence, best)
    if last and step in _STOPPED_BY_RULE:
        return _STOPPED_BY_RULE[step].format(reason=reason.replace("_", " "))
    return ""


def _grounding(verdict: str, faults: Sequence[str]) -> str:
    told = "; ".join(_fault(name) for name in faults)
    if verdict == "not grounded":
        return f"The draft was rejected, because its passages do not bear it out: {told}."
    return f"A first draft was rejected ({told}); the answer quotes the guidance instead."


def _fault(name: str) -> str:
    try:
        return Ungrounded[name.upper()].value
    except KeyError:
        return name.replace("_", " ")


def _deciding(outcome: str, evidence: Mapping[str, Any], best: int | None) -> str:
    figures = f"confidence {_share(evidence['confidence'])}, needs {_share(evidence['needed'])}"
    passage = f" (best passage {_share(best)})" if best is not None else ""
    match outcome:
        case "answered":
            return f"Answered: {figures}{passage}."
        case "clarifying":
            return f"Asked which page is meant, for want of confidence: {figures}{passage}."
        case _:
            return f"Not sure enough to answer: {figures}{passage}."


def _share(points: int) -> str:
    return f"{points / 10_000:.2f}"
