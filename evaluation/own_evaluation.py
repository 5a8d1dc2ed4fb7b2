"""How an assistant does on the project's own questions, each half apart.

What ships was fitted on the `fit` half (fusion, ranking, quoting, confidence, follow-ups); the
`report` half says how that holds on pages that nothing was fitted on. Follow-ups are asked with the
questions before them. Intervals are by page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evaluation.cases import AnswerGiven, Ask, EarlierTurn, Question
from evaluation.intervals import Interval, ratio_interval
from evaluation.own_set import OwnQuestion, OwnQuestions, segment_digest

BANDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
"""Confidences from one to the next are looked at together."""

Watch = Callable[[str, int, int], None]
Given = Mapping[str, AnswerGiven]
"""What was answered, by the question's id."""


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A question and what came of it. `right`: the answer holds a sentence marked as answering."""

    asked: OwnQuestion
    given: AnswerGiven
    right: bool
    cites_page: bool

    @property
    def answered(self) -> bool:
        """Return whether an answer was given at all."""
        return self.given.outcome == "answered"


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """A share in [0, 1] over `n` questions, with its 95% interval by page where there is one."""

    name: str
    value: float
    n: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Band:
    """Questions whose confidence lies in [low, high): what was promised, and what was kept."""

    low: float
    high: float
    n: int
    promised: float
    kept: float


def ask_own(questions: OwnQuestions, ask: Ask, watch: Watch) -> tuple[OwnCase, ...]:
    """Ask every question; follow-ups after the questions before them and what was answered."""
    given = ask_in_order(questions, questions.questions, ask, watch)
    return tuple(judged(asked, given[asked.id]) for asked in questions.questions)


def ask_in_order(
    questions: OwnQuestions, wanted: Sequence[OwnQuestion], ask: Ask, watch: Watch
) -> Given:
    """Return what is answered to the wanted questions and to those that they follow, by id."""
    given: dict[str, AnswerGiven] = {}
    for done, asked in enumerate(wanted):
        watch("asking the project's own questions", done, len(wanted))
        for turn in (*questions.before(asked), asked):
            if turn.id not in given:
                history = earlier_turns(questions.before(turn), given)
                given[turn.id] = ask(Question(turn.id, turn.text, history))
    return given


def earlier_turns(turns: Iterable[OwnQuestion], given: Given) -> tuple[EarlierTurn, ...]:
    """Return questions that were asked, and what was answered, as the history of the next one."""
    return tuple(_earlier(turn, given[turn.id]) for turn in turns)


def figures(cases: Iterable[OwnCase]) -> tuple[OwnFigure, ...]:
    """Return the figures of some cases; those without any question are left out."""
    cases = tuple(cases)
    alone = [case for case in cases if case.asked.answerable and not case.asked.follows]
    following = [case for case in cases if case.asked.answerable and case.asked.follows]
    near = [case for case in cases if not case.asked.answerable and not case.asked.out_of_scope]
    outside = [case for case in cases if case.asked.out_of_scope]
    found = (
        _share("right page cited first", alone, lambda case: case.cites_page),
        _share("marked sentence in the answer", alone, lambda case: case.right),
        _share("answerable, but not answered", alone, lambda case: not case.answered),
        _share("follow-ups: right page cited first", following, lambda case: case.cites_page),
        _share("follow-ups: marked sentence in the answer", following, lambda case: case.right),
        _share("near misses answered", near, lambda case: case.answered),
        _share("out of scope answered", outside, lambda case: case.answered),
    )
    return tuple(figure for figure in found if figure is not None)


def reliability(cases: Iterable[OwnCase]) -> tuple[Band, ...]:
    """Return, for each band of confidence, how many of its questions were answered right."""
    judged = [
        (case.given.confidence, case.right) for case in cases if case.given.confidence is not None
    ]
    bands = []
    for low, high in pairwise(BANDS):
        held = [(promised, right) for promised, right in judged if low <= promised < high]
        if held:
            bands.append(
                Band(
                    low,
                    high,
                    len(held),
                    sum(promised for promised, _ in held) / len(held),
                    sum(right for _, right in held) / len(held),
                )
            )
    return tuple(bands)


def judged(asked: OwnQuestion, given: AnswerGiven) -> OwnCase:
    """Return the question with what came of it, judged."""
    quoted = {segment_digest(line) for cited in given.citations for line in cited.quote.split("\n")}
    right = bool(quoted.intersection(asked.evidence))
    return OwnCase(asked, given, right, bool(given.citations) and _cites_page(asked, given))


def _cites_page(asked: OwnQuestion, given: AnswerGiven) -> bool:
    """Say whether the section quoted first is of a page that answers, or of a part of a guide."""
    first = given.citations[0].url.partition("#")[0]
    pages = (asked.page, *asked.also)
    if not asked.collection:
        return first in {f"/guidance/{slug}" for slug in pages}
    return any(first == page or first.startswith(f"{page}/") for page in pages)


def _earlier(asked: OwnQuestion, given: AnswerGiven) -> EarlierTurn:
    cited = given.citations[0] if given.citations else None
    title, url = (cited.title, cited.url) if cited else ("", "")
    return EarlierTurn(asked.text, given.answer, title, url)


def _share(
    name: str, cases: Sequence[OwnCase], holds: Callable[[OwnCase], bool]
) -> OwnFigure | None:
    if not cases:
        return None
    held = [float(holds(case)) for case in cases]
    pages = [case.asked.page or case.asked.id for case in cases]
    interval = ratio_interval(held, [1.0] * len(held), pages)
    return OwnFigure(name, sum(held) / len(held), len(held), interval)
