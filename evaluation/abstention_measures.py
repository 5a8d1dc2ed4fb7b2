"""What is measured of knowing what it does not know. "Wrong" is said of answers that were given."""

from evaluation.answers import CONVERSATIONS as TURNS
from evaluation.figures import Average, Measure, Unit

STARTER_PAGES, GUIDANCE_PAGES = "the starter pages", "guidance pages"
OVER = (STARTER_PAGES, GUIDANCE_PAGES)


def _bad(name: str, label: str, explains: str, says: str = "") -> Measure:
    return Measure(name, name, label, explains, says=says, higher_is_better=False)


def _area(against: str, label: str, explains: str, says: str = "") -> Measure:
    return Measure(
        f"area: {against}",
        "confidence",
        label,
        explains,
        unit=Unit.SCORE,
        average=Average.AREA,
        against=against,
        says=says,
    )


def _let_by(against: str, label: str) -> Measure:
    return Measure(
        f"let by: {against}",
        "confidence",
        label,
        "Share answered at the threshold that answers 95% of those that should be.",
        average=Average.LET_BY,
        against=against,
        higher_is_better=False,
    )


_WRONG = _bad(
    "wrong",
    "Wrong, of answers given",
    "Answers that hold no sentence marked as answering the question; so every answer to a "
    "question that should have none is wrong.",
    "{value} of the answers given are wrong.",
)
_PLAINLY_WRONG = _bad(
    "wrong, no caution", "Wrong, of answers without a caution", "The same, of plain answers."
)
_DECLINED = _bad(
    "declined",
    "Over-caution: answerable, but declined",
    "Share of answerable questions that got no answer.",
    "{value} of the answerable questions are declined.",
)
_SPOILT = _bad(
    "right declined",
    "Over-caution: right answers held back",
    "Of the answers that would have been right, the share that was not given.",
)
_CALIBRATION = Measure(
    "calibration error",
    "promised",
    "Expected calibration error",
    "Mean distance between the confidence promised and the share that held; before any answer is "
    "held back.",
    unit=Unit.SCORE,
    average=Average.CALIBRATION,
    against="right",
    higher_is_better=False,
)
_RIGHT = _area(
    "right",
    "Confidence: right answers before all else (area)",
    "How often a question whose answer holds has more confidence than one whose answer does not, "
    "or that has none.",
)

OWN = (
    _WRONG,
    *(_bad(f"wrong: {over}", f"… over {over}", "The same, apart.") for over in OVER),
    _PLAINLY_WRONG,
    _DECLINED,
    *(_bad(f"declined: {over}", f"… over {over}", "The same, apart.") for over in OVER),
    _bad("declined: follow-ups", "… follow-ups", "The same, of follow-ups alone."),
    _SPOILT,
    _bad(
        "near miss answered",
        "Near misses answered",
        "Of questions on a page's topic that it does not answer.",
        "{value} of the near misses are answered all the same.",
    ),
    _bad("near miss as complete", "… without a caution", "As if the page answered them."),
    _bad("out of scope answered", "Out of scope answered", "Questions guidance is not there for."),
    _RIGHT,
    _area(
        "answerable",
        "Confidence: answerable before near misses and out of scope (area)",
        "How often an answerable question has more confidence than one that no page answers.",
    ),
    _let_by("answerable", "Near misses and out of scope answered at 95% coverage"),
    _CALIBRATION,
)

GUIDANCE = (
    _WRONG,
    _PLAINLY_WRONG,
    _DECLINED,
    _SPOILT,
    _bad(
        "uncovered answered",
        "Page not there, answered all the same",
        "Some of these questions may be partly covered by another page.",
        "{value} of the questions whose page is not there are answered all the same.",
    ),
    _bad(
        "uncovered answered, read",
        "… of those read, and answered by no page",
        "A hundred were read with what was quoted: see evaluation/readings.",
    ),
    _bad("uncovered as complete", "… without a caution", "As if their page were there."),
    _area(
        "page there",
        "Confidence: page there before page not there (area)",
        "How often a question that its page answers has more confidence than one whose page is "
        "not there.",
        "Confidence parts questions whose page is there from others with an area of {value}.",
    ),
    _let_by("page there", "Page not there, answered at 95% coverage"),
    _RIGHT,
    _CALIBRATION,
)

MESSAGES = (
    _bad(
        "answered",
        "Answered all the same",
        "Quoted guidance at it. Messages for which no rule was written.",
        "{value} of these messages are answered all the same.",
    ),
    _bad("as complete", "… without a caution", "As if it were a question that guidance answers."),
    _bad("answered, seen", "Answered, the half that rules were written for", "The other messages."),
)

_TURNS_KEPT = (
    "answered unanswerable",
    "unanswerable as complete",
    "partial as complete",
    "declined answerable",
)

CONVERSATIONS = (
    *(measure for name in _TURNS_KEPT for measure in TURNS if measure.name == name),
    _area(
        "answerable",
        "Confidence: answerable turns before unanswerable ones (area)",
        "Partly answerable turns are left out.",
    ),
)
