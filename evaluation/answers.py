"""How good answers are: what of the evidence they hold, and what else they say.

Answers are read up to exactly 120 words. Only an answer whose outcome is "answered" can hold
evidence: a question that was declined counts as holding none, so declining never helps a share
of all questions. What is measured of given answers only says so.
"""

from collections.abc import Mapping
from urllib.parse import urldefrag

from evaluation.cases import AnswerGiven, Question, address
from evaluation.datasets import ConversationTurn, GoldQuestion, passage_id
from evaluation.figures import Average, Case, Measure, Reading, Unit
from evaluation.matching import aligned, first_words, is_heading, plain, stands_in, tokens
from knowledge.readability import reading_age, reading_ease

WORDS = 120
WITH_CAUTION = "quoted_with_caution"
"""The reason of an answer that does not claim to be complete."""
HARD_ABOVE_AGE = 11
"""Years. What the service itself offers a summary above is policy (`reading.toml`)."""
OUTCOMES = ("answered", "clarifying", "signposted", "abstained", "escalated", "refused")

Values = dict[str, tuple[float, float]]


def _outcomes(asked: str) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            name=f"outcome {outcome}",
            source=f"outcome {outcome}",
            label=f"Outcome: {outcome}",
            explains=f"Share of {asked} that ended as {outcome}.",
            higher_is_better=None,
        )
        for outcome in OUTCOMES
    )


_TIMES = tuple(
    Measure(
        name=f"elapsed p{round(quantile * 100)}",
        source="elapsed",
        label=f"Time to the recorded answer, p{round(quantile * 100)}",
        explains="Wall time of one question, on this machine.",
        unit=Unit.MILLISECONDS,
        average=Average.QUANTILE,
        quantile=quantile,
        higher_is_better=False,
    )
    for quantile in (0.5, 0.95)
)

GUIDANCE = (
    Measure(
        "any evidence",
        "any evidence",
        f"Any evidence in the first {WORDS} words",
        "Share of questions with gold evidence whose answer holds at least one gold element whole.",
        says="{value} of answers to questions with known evidence hold some of it.",
    ),
    Measure(
        "evidence recall",
        "evidence recall",
        f"Evidence in the first {WORDS} words",
        "Share of all gold elements that stand whole in the answer. Every element weighs the same.",
        says="The answers hold {value} of all the evidence.",
    ),
    Measure(
        "evidence recall by question",
        "evidence recall",
        f"Evidence in the first {WORDS} words, mean of questions",
        "The same, averaged over questions.",
        average=Average.BY_QUESTION,
    ),
    Measure(
        "gold words",
        "gold words",
        "Words of the answer that are evidence",
        "Of the words in given answers to questions with evidence, the share that stand in a run "
        "of four or more (or a whole element) shared with a gold element, aligned in order.",
        says="{value} of what the answers say is evidence; the rest is beside it.",
    ),
    Measure(
        "gold words by question",
        "gold words",
        "Words of the answer that are evidence, mean of answers",
        "The same, averaged over given answers.",
        average=Average.BY_QUESTION,
    ),
    Measure(
        "span contained",
        "span contained",
        "Answer holds the expected words",
        "Of the questions whose expected answer is words of the page (not yes or no), the share "
        "whose answer holds at least one of them whole.",
    ),
    Measure(
        "cites page",
        "cites page",
        "Right page cited",
        "Of given answers, the share that cites the question's page.",
    ),
    Measure(
        "declined",
        "declined",
        "Declined",
        "Share of questions the page answers that got no answer.",
        says="{value} of the questions that the guidance answers were declined.",
        higher_is_better=False,
    ),
    *_outcomes("all questions"),
    Measure(
        "words",
        "words",
        "Words in an answer",
        "Mean over given answers, before any cut.",
        unit=Unit.WORDS,
        average=Average.BY_QUESTION,
        higher_is_better=None,
    ),
    Measure(
        "reading ease",
        "reading ease",
        "Reading ease (Flesch)",
        "Mean over given answers; 60 to 70 is plain English, higher is easier.",
        unit=Unit.POINTS,
        average=Average.BY_QUESTION,
    ),
    Measure(
        "hard to read",
        "hard to read",
        f"Answers above reading age {HARD_ABOVE_AGE}",
        "Of given answers, the share whose Flesch–Kincaid grade + 5 is above that many years.",
        higher_is_better=False,
    ),
    *_TIMES,
)
CONVERSATIONS = (
    Measure(
        "cites relevant",
        "cites relevant",
        "Cites a relevant passage",
        "Of the turns with relevant passages, the share whose answer cites at least one.",
        says="{value} of the answers in conversations cite a relevant passage.",
    ),
    Measure(
        "declined answerable",
        "declined answerable",
        "Declined although answerable",
        "Share of turns marked answerable or partly answerable that got no answer.",
        higher_is_better=False,
    ),
    Measure(
        "answered unanswerable",
        "answered unanswerable",
        "Answered although unanswerable",
        "Share of turns marked unanswerable that were answered.",
        higher_is_better=False,
    ),
    Measure(
        "partial as complete",
        "partial as complete",
        "Partly answerable, answered as if complete",
        "Share of turns marked partly answerable that were answered without a caution.",
        higher_is_better=False,
    ),
    Measure(
        "unanswerable as complete",
        "unanswerable as complete",
        "Unanswerable, answered as if complete",
        "Share of turns marked unanswerable that were answered without a caution.",
        higher_is_better=False,
    ),
    *_outcomes("all turns"),
    *_TIMES,
)
UNCOVERED = (
    Measure(
        "answered uncovered",
        "answered uncovered",
        "Answered although the page is not there",
        "Share of questions about pages the corpus lacks that were answered. Some may be partly "
        "covered by another page.",
        says="{value} of the questions whose page is not there were answered all the same.",
        higher_is_better=False,
    ),
    *_outcomes("all questions"),
    *_TIMES,
)


def score_guidance(gold: GoldQuestion, given: AnswerGiven) -> Case:
    """Return the case of a guidance question and its answer."""
    values = _common(given)
    read = tokens(first_words(_said(given), WORDS))
    elements = [plain(element) for element in gold.evidence if not is_heading(element)]
    folded = [tokens(element) for element in elements]
    held = [stands_in(element, read) for element in folded]
    if elements:
        values["any evidence"] = (float(any(held)), 1.0)
        values["evidence recall"] = (float(sum(held)), float(len(held)))
        values["gold words"] = (float(aligned(read, folded)), float(len(read)))
    if gold.spans:
        found = any(stands_in(tokens(span), read) for span in gold.spans)
        values["span contained"] = (float(found), 1.0)
    if gold.answerable:
        values["declined"] = (float(given.outcome != "answered"), 1.0)
    if given.outcome == "answered":
        pages = {address(citation.url) for citation in given.citations}
        values["cites page"] = (float(address(gold.page) in pages), 1.0)
    return Case(
        id=gold.question.id,
        cluster=address(gold.page),
        values=values,
        reading=_reading(gold.question, given, tuple(zip(elements, held, strict=True))),
        shortfall=_guidance_shortfall(values),
    )


def score_conversation(turn: ConversationTurn, given: AnswerGiven) -> Case:
    """Return the case of a conversation's turn and its answer."""
    values = _common(given)
    answered = given.outcome == "answered"
    cited = {passage_id(citation.url) for citation in given.citations} if answered else set()
    if turn.relevant:
        values["cites relevant"] = (float(not cited.isdisjoint(turn.relevant)), 1.0)
    if turn.answerability in ("ANSWERABLE", "PARTIAL"):
        values["declined answerable"] = (float(not answered), 1.0)
    elif turn.answerability == "UNANSWERABLE":
        values["answered unanswerable"] = (float(answered), 1.0)
    complete = answered and given.reason != WITH_CAUTION
    if turn.answerability in ("PARTIAL", "UNANSWERABLE"):
        values[f"{turn.answerability.lower()} as complete"] = (float(complete), 1.0)
    return Case(
        id=turn.question.id,
        cluster=turn.conversation,
        values=values,
        reading=_reading(turn.question, given, ()),
        shortfall=1
        - values.get("cites relevant", (1.0, 1.0))[0]
        + values.get("unanswerable as complete", (0.0, 1.0))[0],
    )


def score_uncovered(question: Question, page: str, given: AnswerGiven) -> Case:
    """Return the case of a question about a page that the corpus lacks."""
    values = _common(given)
    answered = float(given.outcome == "answered")
    values["answered uncovered"] = (answered, 1.0)
    return Case(
        id=question.id,
        cluster=address(page),
        values=values,
        reading=_reading(question, given, ()),
        shortfall=answered * (given.confidence or 0.0),
    )


def _common(given: AnswerGiven) -> Values:
    values: Values = {
        f"outcome {outcome}": (float(given.outcome == outcome), 1.0) for outcome in OUTCOMES
    }
    values["elapsed"] = (given.elapsed_ms, 1.0)
    if said := _said(given):
        values["words"] = (float(len(said.split())), 1.0)
        if (ease := reading_ease(said)) is not None:
            values["reading ease"] = (ease, 1.0)
        if (age := reading_age(said)) is not None:
            values["hard to read"] = (float(age > HARD_ABOVE_AGE), 1.0)
    return values


def _said(given: AnswerGiven) -> str:
    return given.answer if given.outcome == "answered" else ""


def _reading(question: Question, given: AnswerGiven, due: tuple[tuple[str, bool], ...]) -> Reading:
    sources = tuple(
        f"{citation.title} – {citation.heading} ({urldefrag(citation.url).url})"
        for citation in given.citations
    )
    return Reading(
        question=question.text,
        due=due,
        came=(given.answer or "(no answer)", *sources),
        verdict=f"{given.outcome} ({given.reason})",
    )


def _guidance_shortfall(values: Mapping[str, tuple[float, float]]) -> float:
    held, due = values.get("evidence recall", (0.0, 0.0))
    gold, words = values.get("gold words", (0.0, 0.0))
    missed = 1 - held / due if due else 0.0
    return missed + (0.5 * (1 - gold / words) if words else 0.0)
