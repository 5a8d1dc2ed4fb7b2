"""Compare what a text says with what its passage says, and name every way in which they differ."""

from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.grounding.claims import (
    Claims,
    claims,
    condition_end,
    is_fragment,
    is_order,
    strengths,
)
from assistant.grounding.quantities import Quantity
from assistant.grounding.reading import Mark, Sentence, Word, links, read
from assistant.grounding.reasons import Ungrounded
from assistant.grounding.vocabulary import Vocabulary
from assistant.grounding.wording import against, covered, groups_of, names, own_words

SAID = 0.4
"""A sentence of the passage counts as said when this share of its words is in the text."""
KEPT = 0.5
"""A condition counts as kept when this share of its words is in the text."""

_THIS = frozenset(("this", "that", "so"))

_ASKING = frozenset(
    "say ask know see check decid about of on tell explain find out learn wonder depend".split()
)

_LIMITS = ("if", "unless", "until", "although")

_CONDITIONS = (*_LIMITS, "time")


def disagreements(
    text: str, source: str, heading: str, vocabulary: Vocabulary, enough: float
) -> tuple[Ungrounded, ...]:
    """Return every way in which `text` says other than `source`, in the order of the reasons.

    `heading` may lend names and words, but no numbers. `enough` is the least share of the text's
    own words that must be the passage's, or mean the same. Linear in the length of all three.
    """
    text_links, text = links(text)
    source_links, source = links(source)
    said = read(text, vocabulary)
    have = read(source, vocabulary)
    titles = read(heading, vocabulary)
    around = (*have, *titles)
    ours = claims(said, vocabulary)
    theirs = claims(_spoken_of(have, ours.stems, vocabulary), vocabulary)
    found_out = {
        Ungrounded.LINK: bool(text_links - source_links),
        Ungrounded.ONLY: ours.only != theirs.only and not (ours.just or theirs.just),
        Ungrounded.PLACE: bool(theirs.places - ours.places),
        Ungrounded.PARTY: bool(
            (ours.agents - theirs.agents and theirs.agents - ours.agents)
            or (ours.parties - theirs.parties and theirs.parties - ours.parties)
        ),
    }
    reasons = {reason for reason, wrong in found_out.items() if wrong}
    reasons |= set(_numbers(ours, claims(have, vocabulary), theirs))
    reasons |= set(_polarity(ours, theirs, vocabulary))
    reasons |= set(_modality(ours, theirs, titles, vocabulary))
    reasons |= set(_conditions(ours, theirs, vocabulary))
    reasons |= set(names(said, have, titles, vocabulary))
    if own_words(said, around, vocabulary) < enough:
        reasons.add(Ungrounded.WORDS)
    return tuple(reason for reason in Ungrounded if reason in reasons)


def _spoken_of(
    have: Sequence[Sentence], stems: frozenset[str], vocabulary: Vocabulary
) -> tuple[Sentence, ...]:
    """Return the sentences of the passage that the text speaks of; all where it is not clear."""
    if len(have) < 2:
        return tuple(have)
    groups = groups_of(stems, vocabulary)
    chosen = tuple(s for s in have if covered(s.words, stems, groups, vocabulary) >= SAID)
    return chosen or tuple(have)


def _numbers(ours: Claims, all_theirs: Claims, theirs: Claims) -> Iterator[Ungrounded]:
    by_value: dict[str, set[Quantity]] = {}
    for quantity in all_theirs.quantities:
        by_value.setdefault(quantity.value, set()).add(quantity)
    units = {quantity.unit for quantity in all_theirs.quantities}
    for quantity in set(ours.quantities):
        same = by_value.get(quantity.value, set())
        alike = {(q.bound, q.side) for q in same if q.unit == quantity.unit}
        if quantity.loose:
            if quantity.unit not in units:
                yield Ungrounded.NUMBER
        elif not same:
            yield Ungrounded.NUMBER
        elif not alike:
            yield Ungrounded.UNIT
        elif (quantity.bound, quantity.side) not in alike:
            yield Ungrounded.LIMIT
    values = {quantity.value for quantity in ours.quantities}
    if any(q.value not in values for q in theirs.quantities if not q.loose):
        yield Ungrounded.NUMBER_LEFT_OUT


def _polarity(ours: Claims, theirs: Claims, vocabulary: Vocabulary) -> Iterator[Ungrounded]:
    mine, other = ours.counts - theirs.counts, theirs.counts - ours.counts
    turned = sum(
        not other.keys().isdisjoint(against(word, vocabulary))
        for word in mine
        if word not in vocabulary.nots
    )
    moved = (
        not turned
        and ours.conditional
        and theirs.conditional
        and ours.only == theirs.only
        and len(ours.sentences) == len(theirs.sentences)
        and (ours.main_nots - theirs.main_nots) % 2
    )
    odd = (ours.nots - theirs.nots + turned) % 2
    if moved or (odd and not _spread(ours, theirs)):
        yield Ungrounded.NEGATION
    if any(not other.keys().isdisjoint(vocabulary.contrary.get(word, ())) for word in mine):
        yield Ungrounded.OPPOSITE


def _spread(ours: Claims, theirs: Claims) -> bool:
    """Say whether a "not A or B" here is a "not A and not B" there."""
    fewer, more = sorted((ours, theirs), key=lambda claims: claims.nots)
    return (
        fewer.nots >= 1 and more.nots == fewer.nots + 1 and fewer.counts["or"] > more.counts["or"]
    )


def _modality(
    ours: Claims, theirs: Claims, heading: Sequence[Sentence], vocabulary: Vocabulary
) -> Iterator[Ungrounded]:
    """Yield MODALITY where the text binds more or less than the passage.

    Where the passage gives an order, or only a list item, the text may say must, should or can.
    """
    bare = any(
        is_order(sentence, vocabulary)
        or (is_fragment(sentence, vocabulary) and not [*strengths(sentence)])
        for sentence in theirs.sentences
    )
    if not theirs.strengths and ours.strengths == {"may"}:
        return
    lent = {s for sentence in heading for s, _ in strengths(sentence)}
    added = ours.strengths - theirs.strengths - (frozenset() if theirs.strengths else lent)
    lost = theirs.strengths - ours.strengths
    orders = [sum(is_order(s, vocabulary) for s in each.sentences) for each in (ours, theirs)]
    verbs = {verb for _, verb in theirs.governed if verb}
    other = any(
        verb in verbs and (strength, verb) not in theirs.governed
        for strength, verb in ours.governed
    )
    if (added and not bare) or (lost and orders[0] <= orders[1]) or other:
        yield Ungrounded.MODALITY


def _conditions(ours: Claims, theirs: Claims, vocabulary: Vocabulary) -> Iterator[Ungrounded]:
    if ours.although != theirs.although:
        yield Ungrounded.CONDITION
        return
    limited = any(sentence.has(*_LIMITS) for sentence in ours.sentences)
    groups = groups_of(ours.stems, vocabulary)
    timed = limited or any(sentence.has("time") for sentence in ours.sentences)
    for sentence in theirs.sentences:
        counts = Counter(word.stem for word in sentence.words)
        for mark in sentence.marks:
            if mark.does not in _CONDITIONS or _indirect(sentence.words, mark):
                continue
            clause = sentence.words[mark.end : condition_end(sentence.words, mark)]
            inside = Counter(word.stem for word in clause)
            if len(clause) < 4 and clause and clause[-1].text in _THIS:
                continue
            own = [
                w
                for w in clause
                if w.text.isalpha()
                and inside[w.stem] == counts[w.stem]
                and w.stem not in vocabulary.ordinary
            ]
            if timed if mark.does == "time" else limited:
                kept = covered(own, ours.stems, groups, vocabulary) >= KEPT
            else:
                kept = bool(own) and {w.stem for w in own} <= ours.stems
            if not kept:
                yield Ungrounded.CONDITION
                return


def _indirect(words: Sequence[Word], mark: Mark) -> bool:
    """Say whether the word asks rather than limits: "say when", "tells you if", "and where"."""
    before = words[mark.start - 1] if mark.start else None
    further = words[mark.start - 2] if mark.start > 1 else None
    if before is None:
        return False
    joined = before.text in ("and", "or") and words[mark.start].text in ("when", "where")
    told = further is not None and before.text in ("you", "us", "them") and further.stem in _ASKING
    return joined or told or before.stem in _ASKING
