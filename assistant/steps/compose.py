"""Compose an answer by quotation: the segments that answer, verbatim.

Segments of the best passages are taken by score until the word budget is spent or they fall too
far behind the best one. The most direct one comes first, then the others in reading order. What
introduces a segment comes with it; a short list is kept whole.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answers import Answer, Statement
from assistant.outcomes import Abstained, Reason
from assistant.turns import Turn
from knowledge.documents import Passage, Segment, SegmentKind
from knowledge.retrieval import Hit

_OPENING = 6
"""How many words of a sentence tell whether it leans on the one before."""
_MARKS = ",.;:!?()\"'‘’“”"


@dataclass(frozen=True, slots=True)
class QuotingRules:
    """How much to quote. `words` is the most an answer may have; `passages` how many to quote from.

    A segment scores `passage_weight` × its passage's score + its own cosine, and is left out when
    that is more than `margin` below the best. Both were chosen on the fit half of the project's own
    questions: twice the margin finds no more of what answers, in a tenth more words. A list of
    up to `whole_list_words`, or steps of up to `whole_steps_words`, are kept whole. A sentence
    that only says where to read on begins with one of `pointers`; it comes after what its passage
    says itself. One that scores `lead` above what would be read first comes before it, with what
    follows it in its paragraph; not if it leans on what stands before it: then it has one of
    `leaning` among its first words.
    """

    words: int = 120
    passages: int = 4
    passage_weight: float = 1.0
    margin: float = 0.25
    lead: float = 0.05
    whole_list_words: int = 60
    whole_steps_words: int = 100
    pointers: tuple[str, ...] = ("see ", "read ", "find out ", "gweler ", "darllenwch ")
    leaning: frozenset[str] = frozenset(
        "this that these those it its they them their he she his her such both either neither "
        "also too then otherwise however instead but and or so yet again still same other others "
        "another hyn hwn hon hynny nhw hefyd felly".split()
    )


@dataclass(frozen=True, slots=True)
class _Unit:
    """Segments of one passage that are quoted together or not at all."""

    rank: int
    first: int
    segments: tuple[Segment, ...]
    score: float

    @property
    def lead(self) -> str:
        return self.segments[0].lead

    @property
    def says(self) -> tuple[tuple[str, str], ...]:
        """What is read of it, whichever page it stands on."""
        return tuple((segment.lead, segment.text) for segment in self.segments)

    def words(self) -> int:
        return sum(len(segment.text.split()) for segment in self.segments)


def quote(rules: QuotingRules) -> Callable[[Turn], Turn]:
    """Return the step that composes from quotations alone."""

    def step(turn: Turn) -> Turn:
        hits = turn.hits[: rules.passages]
        chosen = _choose(list(_units(hits, rules)), rules)
        if not chosen:
            outcome = Abstained(Reason.NO_GUIDANCE)
            return replace(turn.note("nothing to quote"), outcome=outcome)
        statements = tuple(
            statement
            for unit, direct in _as_read(chosen, rules)
            for statement in _statements(hits[unit.rank].passage, unit, direct)
        )
        answer = Answer(statements)
        noted = turn.note("quoted", statements=len(statements), words=answer.words)
        return replace(noted, answer=answer)

    return step


def _units(hits: Sequence[Hit], rules: QuotingRules) -> Iterator[_Unit]:
    for rank, hit in enumerate(hits):
        segments = hit.passage.segments
        cosines = hit.segments or (0.0,) * len(segments)
        introduces = {segment.lead for segment in segments if segment.lead}
        for run in _runs(segments, rules):
            own = [segments[place] for place in run]
            if len(own) == 1 and _introduces(own[0], introduces):
                continue
            relevant = [cosines[place] for place in run]
            relevant += _lead_cosine(own[0].lead, segments, cosines)
            score = rules.passage_weight * hit.score + max(relevant)
            yield _Unit(rank, run[0], tuple(own), score)


def _runs(segments: Sequence[Segment], rules: QuotingRules) -> Iterator[range]:
    """Yield runs of places: each short list whole, everything else by itself."""
    start = 0
    while start < len(segments):
        end = start + 1
        first = segments[start]
        if first.kind in (SegmentKind.ITEM, SegmentKind.STEP):
            while end < len(segments) and _same_list(first, segments[end]):
                end += 1
        steps = first.kind is SegmentKind.STEP
        whole = rules.whole_steps_words if steps else rules.whole_list_words
        if sum(len(segments[place].text.split()) for place in range(start, end)) > whole:
            end = start + 1
        yield range(start, end)
        start = end


def _same_list(first: Segment, other: Segment) -> bool:
    return (first.kind, first.block, first.lead) == (other.kind, other.block, other.lead)


def _introduces(segment: Segment, leads: Iterable[str]) -> bool:
    return segment.kind is SegmentKind.SENTENCE and any(
        lead.endswith(segment.text) for lead in leads
    )


def _lead_cosine(lead: str, segments: Sequence[Segment], cosines: Sequence[float]) -> list[float]:
    if not lead:
        return []
    return [
        cosine
        for segment, cosine in zip(segments, cosines, strict=True)
        if segment.kind is SegmentKind.SENTENCE and lead.endswith(segment.text)
    ]


def _choose(units: list[_Unit], rules: QuotingRules) -> list[_Unit]:
    """Return the units to quote: by score, within the budget, leads counted once. What pages say in
    the same words is quoted once."""
    units.sort(key=lambda unit: (-unit.score, unit.rank, unit.first))
    chosen: list[_Unit] = []
    introduced: set[tuple[int, str]] = set()
    said: set[tuple[tuple[str, str], ...]] = set()
    words = 0
    for unit in units:
        if unit.score < units[0].score - rules.margin:
            break
        if unit.says in said:
            continue
        introduction = (unit.rank, unit.lead)
        cost = unit.words()
        if unit.lead and introduction not in introduced:
            cost += len(unit.lead.split())
        if words + cost > rules.words:
            continue
        words += cost
        chosen.append(unit)
        introduced.add(introduction)
        said.add(unit.says)
    return chosen


def _in_reading_order(chosen: Iterable[_Unit], rules: QuotingRules) -> list[_Unit]:
    """Return the passage with the best unit first, and each passage's units as they stand there,
    but for those that point elsewhere."""
    best: dict[int, float] = {}
    for unit in chosen:
        best[unit.rank] = max(unit.score, best.get(unit.rank, unit.score))
    return sorted(
        chosen,
        key=lambda unit: (-best[unit.rank], unit.rank, _points_on(unit, rules), unit.first),
    )


def _as_read(chosen: Sequence[_Unit], rules: QuotingRules) -> list[tuple[_Unit, bool]]:
    """Return the units as they are read, and whether they moved: the most direct one first, with
    what follows it in its paragraph."""
    ordered = _in_reading_order(chosen, rules)
    direct = chosen[0]
    enough = direct.score - ordered[0].score >= rules.lead
    if direct is ordered[0] or not enough or not _stands_alone(direct, ordered, rules):
        return [(unit, False) for unit in ordered]
    moved = _with_what_follows(direct, ordered)
    return [
        *((unit, True) for unit in moved),
        *((each, False) for each in ordered if each not in moved),
    ]


def _with_what_follows(direct: _Unit, ordered: Sequence[_Unit]) -> list[_Unit]:
    """Return a unit and those quoted right after it that stand right after it in its paragraph."""
    moved = [direct]
    for unit in ordered[ordered.index(direct) + 1 :]:
        last = moved[-1]
        follows = unit.rank == last.rank and unit.first == last.first + len(last.segments)
        if not follows or unit.segments[0].block != last.segments[0].block:
            break
        moved.append(unit)
    return moved


def _stands_alone(unit: _Unit, chosen: Iterable[_Unit], rules: QuotingRules) -> bool:
    """Return whether a unit can be read before what stands before it: no step, no row, and no part
    of a list that is quoted in parts."""
    first = unit.segments[0]
    if first.kind not in (SegmentKind.SENTENCE, SegmentKind.ITEM) or _points_on(unit, rules):
        return False
    if unit.lead and any(
        (other.rank, other.lead) == (unit.rank, unit.lead) for other in chosen if other is not unit
    ):
        return False
    opening = (first.lead or first.text).casefold().split()[:_OPENING]
    return {word.strip(_MARKS) for word in opening}.isdisjoint(rules.leaning)


def _points_on(unit: _Unit, rules: QuotingRules) -> bool:
    first = unit.segments[0]
    return first.kind is SegmentKind.SENTENCE and first.text.casefold().startswith(rules.pointers)


def _statements(passage: Passage, unit: _Unit, direct: bool) -> Iterator[Statement]:
    for segment in unit.segments:
        yield Statement(
            text=segment.text,
            quote=segment.text,
            passage=passage,
            kind=segment.kind,
            lead=segment.lead,
            block=segment.block,
            number=segment.number,
            direct=direct,
        )
