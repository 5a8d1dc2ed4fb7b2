"""What sentences say, in a form that can be compared: who must what, unless what, how often not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.grounding.quantities import Quantity, quantities
from assistant.grounding.reading import COUNTING, Mark, Sentence, Word, found
from assistant.grounding.vocabulary import Vocabulary

LONGEST = 40
"""A condition is read no further than so many words."""

_STARTERS = frozenset(
    "you your it they their we he she there do then this these that ask tell call use send see "
    "contact apply the".split()
)
_BE = frozenset("be been is are was were being get gets".split())

_SO = frozenset(("so", "and", "then", "but", "or"))

_EVEN = frozenset(("even", "only", "except", "yes", "no"))

_LIGHT = frozenset("also still normally usually then now be always".split())

_PASSED = frozenset("be not also still to always only then normally usually been have get".split())

_AUXILIARIES = _LIGHT | frozenset("is are was were will would does do not".split())


@dataclass(frozen=True, slots=True)
class Claims:
    """What some sentences say, in a form that can be compared.

    `counts` holds word stems, `parties` who is named how often. `strengths` are "must", "should",
    "may", "forbidden", "free" (need not) and "should not"; `governed` gives each with the verb it
    governs. `nots` counts what negates, `main_nots` what does outside of conditions. `only`: it
    shuts out whatever else; `just` may mean that. `agents` are those who must, may or should.
    """

    sentences: tuple[Sentence, ...]
    stems: frozenset[str]
    counts: Counter[str]
    parties: Counter[str]
    quantities: tuple[Quantity, ...]
    strengths: frozenset[str]
    governed: frozenset[tuple[str, str]]
    nots: int
    main_nots: int
    only: bool
    just: bool
    conditional: bool
    although: bool
    places: frozenset[str]
    agents: frozenset[str]


def claims(sentences: Iterable[Sentence], vocabulary: Vocabulary) -> Claims:
    """Return what the sentences say, taken together."""
    sentences = tuple(sentences)
    nots = [_nots(sentence) for sentence in sentences]
    governed = frozenset(each for sentence in sentences for each in strengths(sentence))
    return Claims(
        sentences=sentences,
        stems=stems_of(sentences),
        counts=Counter(w.stem for s in sentences for w in s.words if w.text.isalpha()),
        parties=Counter(m.does for s in sentences for m in found(vocabulary.parties, s.words)),
        quantities=tuple(q for sentence in sentences for q in quantities(sentence, vocabulary)),
        strengths=frozenset(strength for strength, _ in governed),
        governed=governed,
        nots=sum(count for count, _, _ in nots),
        main_nots=sum(main for _, main, _ in nots),
        only=any(only for _, _, only in nots),
        just=any(sentence.has("just") for sentence in sentences),
        conditional=any(_conditional(sentence) for sentence in sentences),
        although=any(sentence.has("although") for sentence in sentences),
        places=frozenset(
            mark.does for s in sentences for mark in found(vocabulary.places, s.words)
        ),
        agents=frozenset(a for s in sentences for a in _agents(s, vocabulary)),
    )


def stems_of(sentences: Iterable[Sentence]) -> frozenset[str]:
    """Return the stems of all words and numbers."""
    return frozenset(w.stem for s in sentences for w in s.words if w.text[0].isalnum())


def _nots(sentence: Sentence) -> tuple[int, int, bool]:
    """Return how often the sentence negates, how often outside its conditions, and if it is "only".

    "Not … unless", "not … until" and "only if" say the same; "unless" is "if not".
    """
    inside = _conditional(sentence)
    main = sum(
        m.does in ("not", "modality forbidden") and m.start not in inside for m in sentence.marks
    )
    within = sum(
        m.does in ("not", "modality forbidden") and m.start in inside for m in sentence.marks
    )
    only = any(_exclusive(sentence, mark, inside) for mark in sentence.marks)
    unless = sum(m.does == "unless" for m in sentence.marks)
    if only and inside:
        main, within = main + 1, within + 1
    if unless:
        within += unless
        only = only or main % 2 == 1
    elif main % 2 and not only and any(_until(sentence, mark) for mark in sentence.marks):
        main, only = main - 1, True
    return main + within, main, only


def _exclusive(sentence: Sentence, mark: Mark, inside: frozenset[int]) -> bool:
    """Say whether the mark is an "only" that shuts out, not one that plays down a number."""
    near = sentence.words[mark.end : mark.end + 3]
    counted = any(word.text[0].isdigit() or word.text in COUNTING for word in near)
    return mark.does == "only" and not counted and mark.start not in inside


def _until(sentence: Sentence, mark: Mark) -> bool:
    behind = sentence.words[mark.end : mark.end + 1]
    if not behind or not behind[0].text[0].isalnum():
        return False
    before = mark.does == "time" and sentence.words[mark.start].text == "before"
    return before or mark.does == "until"


def _conditional(sentence: Sentence) -> frozenset[int]:
    """Return the places of the words that belong to a condition."""
    places: set[int] = set()
    for mark in sentence.marks:
        if mark.does in ("if", "unless", "although", "whether") and mark.start not in places:
            places |= set(range(mark.start, condition_end(sentence.words, mark)))
    return frozenset(places)


def condition_end(words: Sequence[Word], mark: Mark) -> int:
    """Return the place behind the condition that the mark begins.

    One that comes first ends at the comma before the main clause, any other with the sentence.
    """
    before = words[mark.start - 1].text if mark.start else ","
    first = before in (",", ":") or (mark.start <= 2 and words[0].text in _SO | _EVEN)
    comma = 0
    end = min(len(words), mark.end + LONGEST)
    for place in range(mark.end, end):
        following = words[place + 1].text if place + 1 < len(words) else ""
        if words[place].text in (",", ":") and first:
            if following in _STARTERS:
                return place
            comma = comma or (place if following not in ("or", "and") else 0)
        if words[place].text in (";", "but") and following in _STARTERS and not first:
            return place
    return comma or end


def strengths(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """Yield how far each modal word binds, "not" taken in, and the stem of what it governs.

    "You cannot … unless" allows, as does "you can only … if".
    """
    words = sentence.words
    not_starts = {mark.start for mark in sentence.marks if mark.does == "not"}
    not_ends = {mark.end for mark in sentence.marks if mark.does == "not"}
    until = not sentence.has("only") and _nots(sentence)[2]
    may_ends = {mark.end for mark in sentence.marks if mark.does == "modality may"}
    for mark in sentence.marks:
        kind, _, strength = mark.does.partition(" ")
        if kind != "modality":
            continue
        if strength == "must" and mark.start in may_ends:
            continue
        before = mark.start in not_ends or (
            mark.start - 1 in not_ends and words[mark.start - 1].text in _LIGHT
        )
        behind = mark.end in not_starts or (
            mark.end + 1 in not_starts and words[mark.end].text in _LIGHT
        )
        if before or behind:
            binding = behind and words[mark.start].text in ("must", "shall")
            strength = {"must": "forbidden" if binding else "free", "may": "forbidden"}.get(
                strength, "should not" if strength == "should" else strength
            )
        if strength == "forbidden" and until:
            strength = "may"
        yield strength, _governed(words, mark.end)


def _governed(words: Sequence[Word], place: int) -> str:
    for word in words[place : place + 4]:
        if not word.text[0].isalnum():
            break
        if word.text not in _PASSED:
            return word.stem
    return ""


def _agents(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield who must, may or should do something: the party before the word, or behind "by"."""
    parties = {m.start: m for m in found(vocabulary.parties, sentence.words)}
    if is_order(sentence, vocabulary):
        yield "you"
    for mark in sentence.marks:
        if not mark.does.startswith("modality"):
            continue
        words = sentence.words
        if any(words[p].text in _BE for p in range(mark.end, min(mark.end + 3, len(words)))):
            continue
        for place in range(mark.start - 1, max(-1, mark.start - 5), -1):
            if words[place].text == "you" or place in parties:
                yield parties[place].does if place in parties else "you"
                break
            if words[place].text not in _AUXILIARIES:
                break


def is_order(sentence: Sentence, vocabulary: Vocabulary) -> bool:
    """Say whether the sentence tells to do something: "Ask your council", "Do not wait"."""
    words = sentence.words
    inside = _conditional(sentence)
    starts = [0, *(place + 1 for place, word in enumerate(words) if word.text in (",", ":"))]
    starts = [at + (at < len(words) and words[at].text in _SO) for at in starts]
    return any(
        start < len(words)
        and words[start].text in vocabulary.orders
        and not (start and start - 1 in inside and start in inside)
        for start in starts[:2]
    )


def is_fragment(sentence: Sentence, vocabulary: Vocabulary) -> bool:
    """Say whether it is only a list item: "your birth certificate", "Proof of income"."""
    first = sentence.words[0]
    if first.text.isalpha() and not first.capital:
        return True
    verbs = vocabulary.orders | _BE | _AUXILIARIES
    return len(sentence.words) < 8 and all(
        word.text not in verbs and word.stem not in verbs for word in sentence.words
    )
