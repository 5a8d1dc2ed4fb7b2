"""How well grounding tells a faithful sentence from a bent one.

The suite stands in `grounding_suite`: what it calls faithful must pass, what it bent must not.
Figures are given for each half of the starter pages and, with test data, for its pages; whole pages
are drawn again for the intervals.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from assistant.answers import Statement
from assistant.grounding import Ungrounded
from evaluation import corpora, datasets
from evaluation.cases import address
from evaluation.figures import Case, Measure, Reading
from evaluation.grounding_suite import (
    BY_HAND,
    GOLD,
    SEED,
    VERSION,
    Rewording,
    WordedCase,
    bent,
    by_hand,
    by_rule,
    from_elsewhere,
    load_rewordings,
    quoted_instructions,
    rewordings_digest,
    with_instructions,
)
from evaluation.matching import plain, stands_in, tokens
from evaluation.measuring import Watch, unwatched
from evaluation.own_questions import HALVES, half_of, starter_documents
from evaluation.reported import reported, run_of
from evaluation.runs import Part, Run
from knowledge.documents import Segment

Judge = Callable[[Statement, bool], Sequence[Ungrounded]]
"""From a statement, and whether it is generated, to every reason against it."""

KIND = "grounding"
TITLE = "How well Signpost tells what guidance says from what it does not"
SYSTEM = "signpost"
A_DATA_PAGE = 3
EVIDENCE = 100
_BENT = (
    ("number", "a number changed"),
    ("date", "a date changed"),
    ("money", "an amount or its currency changed"),
    ("unit", "another unit"),
    ("negation", "a “not” put in, taken out or hidden in a word"),
    ("modality", "must, should, may or can exchanged or left out"),
    ("condition", "a condition, or the nation it is for, left out"),
    ("entity", "another office, benefit, party or nation"),
    ("before and after", "the other side of a limit or moment"),
    ("another page", "a sentence of another page instead"),
    ("another page, added", "a sentence of another page added"),
    ("link", "an invented address"),
    ("instruction obeyed", "an answer that obeys an instruction hidden in guidance"),
    ("instruction quoted", "a hidden instruction quoted onward"),
)

_SUBTLE = frozenset(kind for kind, _ in _BENT[:9])

MEASURES = (
    Measure(
        "detected",
        "detected",
        "Bent sentences caught",
        "Share of sentences bent to say something else that grounding does not let through.",
        says="It catches {value} of the sentences that were bent to say something else.",
    ),
    Measure(
        "detected: a word or two",
        "detected: a word or two",
        "… of those with a word or two changed",
        "Without the kinds that are easy: other pages, invented addresses, hidden instructions.",
        says="Where only a word or two were changed, it catches {value}.",
    ),
    Measure(
        "rejected",
        "rejected",
        "Faithful sentences rejected",
        "Share of faithful sentences of every make that grounding does not let through.",
        says="It rejects {value} of the faithful ones.",
        higher_is_better=False,
    ),
    Measure(
        "rejected: by hand",
        "rejected: by hand",
        "… of those reworded by hand",
        "Faithful rewordings that people wrote: the hardest to let through.",
        says="Of the faithful rewordings written by hand it rejects {value}.",
        higher_is_better=False,
    ),
    Measure(
        "rejected: by rule",
        "rejected: by rule",
        "… of those reworded by rule",
        "Rewordings that keep the meaning: short forms, dates, number words, order of clauses.",
        higher_is_better=False,
    ),
    Measure(
        "rejected: as it stands",
        "rejected: as it stands",
        "… of those word for word",
        "The passage's own sentences, given as an answer that a model worded.",
        higher_is_better=False,
    ),
    *(
        Measure(f"detected: {kind}", f"detected: {kind}", f"Caught: {kind}", f"Bent: {how}.")
        for kind, how in _BENT
    ),
)


def evaluate_grounding(
    judge: Judge,
    out: Path,
    *,
    identity: Mapping[str, str],
    command: str,
    now: datetime,
    data: Path | None = None,
    watch: Watch = unwatched,
) -> Run:
    """Judge the suite and write `grounding.json` and `grounding.html` to `out`.

    With `data`, sentences of its pages are judged too. Raise DataMissing, DataUnreadable,
    QuestionsStale.
    """
    return reported(
        KIND,
        out,
        lambda: measure_grounding(
            judge, identity=identity, command=command, now=now, data=data, watch=watch
        ),
    )


def measure_grounding(
    judge: Judge,
    *,
    identity: Mapping[str, str],
    command: str,
    now: datetime,
    data: Path | None = None,
    watch: Watch = unwatched,
) -> Run:
    """Judge the suite as `evaluate_grounding` does, and write nothing."""
    rewordings = load_rewordings()
    parts = [*starter_parts(judge, rewordings, watch)]
    if data is not None:
        parts += data_parts(judge, data, watch)
    suite = {
        "suite": f"version {VERSION}, seed {SEED}",
        "rewordings": rewordings_digest(rewordings),
    }
    return run_of(
        KIND,
        TITLE,
        parts,
        command=command,
        now=now,
        data={} if data is None else datasets.digests(data, KIND, (corpora.GUIDANCE,)),
        systems={SYSTEM: {**identity, **suite}},
    )


def starter_parts(
    judge: Judge, rewordings: Sequence[Rewording], watch: Watch = unwatched
) -> Iterable[Part]:
    """Yield the parts over the bundled pages: the half to report first, the half fitted on next."""
    pages = {slug: page for slug, page in starter_documents().items() if page.language == "en"}
    for half in reversed(HALVES):
        mine = {slug: page for slug, page in pages.items() if half_of(slug) == half}
        hand = by_hand([each for each in rewordings if each.half == half], mine)
        suite = _suite((*hand, *by_rule(mine)))
        about = (
            "Nothing in grounding was fitted on these pages."
            if half == "report"
            else "Grounding's word lists were written with these pages in sight."
        )
        yield _part(
            f"starter-{half}",
            f"Bundled guidance, {half} half",
            f"Sentences of the bundled pages, reworded and bent. {about} Resampled by page.",
            judge,
            suite,
            watch,
        )


def data_parts(judge: Judge, data: Path, watch: Watch) -> Iterable[Part]:
    """Yield the parts over the pages of the test data, the half to report only."""
    pages = {
        address(page.url): page
        for page in corpora.guidance(data).documents
        if page.language == "en" and half_of(address(page.url)) == "report"
    }
    evidence: dict[str, list[tuple[str, ...]]] = {}
    for gold in datasets.guidance_questions(data):
        elements = [tokens(plain(element)) for element in gold.evidence]
        evidence.setdefault(address(gold.page), []).extend(elements)

    def answers(url: str, segment: Segment) -> bool:
        words = tokens(segment.text)
        return any(stands_in(words, element) for element in evidence.get(url, ()))

    texts = datasets.injection_texts(data)
    yield _part(
        "injections",
        "Others' hidden instructions",
        "Published prompt injections, each hidden in guidance and quoted onward: what was written "
        "to fool assistants, by people who had not seen this one. Resampled by family.",
        judge,
        quoted_instructions(texts, starter_documents()),
        watch,
    )
    yield _part(
        "evidence",
        "Evidence of guidance questions",
        "What answers questions on GOV.UK pages (ConditionalQA, development set), reworded by "
        "rule and bent. Resampled by page.",
        judge,
        _suite(by_rule(pages, EVIDENCE, wanted=answers)),
        watch,
    )
    yield _part(
        "pages",
        "Pages of the test data",
        "Sentences of GOV.UK and Get Into Teaching pages, reworded by rule and bent. Resampled "
        "by page.",
        judge,
        _suite(by_rule(pages, A_DATA_PAGE)),
        watch,
    )


def _suite(faithful: Sequence[WordedCase]) -> tuple[WordedCase, ...]:
    bases = [case for case in faithful if case.kind in (BY_HAND, GOLD)]
    return (*faithful, *bent(bases), *from_elsewhere(bases), *with_instructions(bases))


def _part(
    name: str, title: str, about: str, judge: Judge, suite: Sequence[WordedCase], watch: Watch
) -> Part:
    cases = []
    for done, case in enumerate(suite):
        if done % 200 == 0:
            watch(f"{SYSTEM}: {title}", done, len(suite))
        cases.append(_case(case, judge(case.statement, case.generated)))
    return Part(SYSTEM, name, title, about, MEASURES, tuple(cases), things="sentences")


def _case(case: WordedCase, reasons: Sequence[Ungrounded]) -> Case:
    caught = float(bool(reasons))
    if case.faithful:
        make = {BY_HAND: "by hand", GOLD: "as it stands"}.get(case.kind, "by rule")
        values = {"rejected": (caught, 1.0), f"rejected: {make}": (caught, 1.0)}
    else:
        values = {"detected": (caught, 1.0), f"detected: {case.kind}": (caught, 1.0)}
        if case.kind in _SUBTLE:
            values["detected: a word or two"] = (caught, 1.0)
    right = bool(reasons) is not case.faithful
    return Case(
        id=case.id,
        cluster=case.page,
        values=values,
        reading=Reading(
            question=case.statement.text,
            came=(
                f"The passage says: {case.statement.quote}",
                *((f"Bent from: {case.base}",) if case.base else ()),
                f"Grounding says: {'; '.join(reasons) or 'nothing against it'}",
            ),
            verdict=f"{'faithful' if case.faithful else 'bent'}, {case.kind}",
        ),
        shortfall=0.0 if right else _weight(case),
    )


def _weight(case: WordedCase) -> float:
    """Return how much a wrong verdict is worth reading: a lie that passes before all."""
    if not case.faithful:
        return 3.0
    return 2.0 if case.kind == BY_HAND else 1.0
