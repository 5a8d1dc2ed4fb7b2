"""Are the words the passage's own, or do they mean the same? Are the names?"""

from collections.abc import Iterable, Iterator, Sequence

from assistant.grounding.claims import stems_of
from assistant.grounding.reading import Sentence, Word, found
from assistant.grounding.reasons import Ungrounded
from assistant.grounding.vocabulary import Vocabulary

SHARED = 0.4
"""The least share of all words, the smallest too, where no content word is shared."""
_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "mis")


def covered(
    words: Iterable[Word], stems: frozenset[str], groups: frozenset[int], vocabulary: Vocabulary
) -> float:
    """Return the share of the words' content that `stems` hold, or words that mean the same.

    `groups` are those of `stems`. Numbers and ordinary words are no content; 1 where there is none.
    """
    content = {w.stem for w in words if w.text.isalpha()} - vocabulary.ordinary
    known = sum(explained(stem, stems, groups, vocabulary) for stem in content)
    return known / len(content) if content else 1.0


def groups_of(stems: Iterable[str], vocabulary: Vocabulary) -> frozenset[int]:
    """Return the groups of words with one meaning that the stems belong to."""
    return frozenset(g for stem in stems for g in vocabulary.same.get(stem, ()))


def explained(
    stem: str, stems: frozenset[str], groups: frozenset[int], vocabulary: Vocabulary
) -> bool:
    """Say whether the stem is one of `stems`, or means the same as one of them."""
    return stem in stems or not groups.isdisjoint(vocabulary.same.get(stem, ()))


def against(stem: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the words that would be the opposite: listed ones, and those a prefix away."""
    longer = {prefix + stem for prefix in _PREFIXES if len(stem) > 3}
    shorter = {
        stem[len(prefix) :]
        for prefix in _PREFIXES
        if stem.startswith(prefix) and len(stem) > len(prefix) + 3
    }
    return vocabulary.opposites.get(stem, frozenset()) | longer | shorter


def names(
    said: Sequence[Sentence],
    have: Sequence[Sentence],
    titles: Sequence[Sentence],
    vocabulary: Vocabulary,
) -> Iterator[Ungrounded]:
    """Yield NAME where the text has a name, form or party of its own.

    One that only the heading has may be added, but not stand in for one that the passage has.
    """
    around = (*have, *titles)
    known = frozenset(w.text for s in around for w in s.words)
    stems = stems_of(around)
    named: set[str] = set()
    spelt = _renamed(said, around, vocabulary)
    for sentence in said:
        for place, word in enumerate(sentence.words):
            if not _named(sentence.words, place) or word in spelt:
                continue
            begins = place == 0 or not sentence.words[place - 1].text[0].isalnum()
            named.add(word.text)
            if word.text not in known and not (
                begins and not _shouted(word) and _ordinary(word.stem, stems, vocabulary)
            ):
                yield Ungrounded.NAME
    theirs = {w.text for s in have for p, w in enumerate(s.words) if p and _named(s.words, p)}
    segment = frozenset(w.text for s in have for w in s.words)
    spoken = frozenset(w.text for s in said for w in s.words)
    lent = {name for name in named - segment if name in known and name not in vocabulary.ordinary}
    if lent and theirs - spoken and len(have) == 1:
        yield Ungrounded.NAME
    parties = {m.does for s in around for m in found(vocabulary.parties, s.words)}
    if any(m.does not in parties for s in said for m in found(vocabulary.parties, s.words)):
        yield Ungrounded.NAME


def _renamed(
    said: Sequence[Sentence], around: Sequence[Sentence], vocabulary: Vocabulary
) -> frozenset[Word]:
    """Return the words of names that the passage writes in their other way ("HMRC")."""
    there = {m.does for s in around for m in found(vocabulary.names, s.words)}
    return frozenset(
        word
        for sentence in said
        for mark in found(vocabulary.names, sentence.words)
        if mark.does in there
        for word in sentence.words[mark.start : mark.end]
    )


def _named(words: Sequence[Word], place: int) -> bool:
    word = words[place]
    form = word.text.isalnum() and not word.text.isalpha() and not word.text.isdecimal()
    return form or (word.capital and len(word.text) > 1)


def _shouted(word: Word) -> bool:
    return not word.text.isalpha() or word.shouted


def _ordinary(stem: str, known: frozenset[str], vocabulary: Vocabulary) -> bool:
    mine = stem in vocabulary.ordinary or stem in vocabulary.orders
    return mine or stem in known or stem in vocabulary.same


def own_words(
    said: Sequence[Sentence], around: Sequence[Sentence], vocabulary: Vocabulary
) -> float:
    """Return the least share, over the sentences, of content that the passage has or means.

    Of three words or more, one may be new. 0 where no content is the passage's, and few of the
    other words are: nothing is said of what it is about.
    """
    have = stems_of(around)
    groups = groups_of(have, vocabulary)
    spelt = {word.stem for word in _renamed(said, around, vocabulary)}
    words = stems_of(said)
    least, spoken = 1.0, len(words & have) >= SHARED * max(1, len(words))
    for sentence in said:
        content = _content(stems_of((sentence,)), vocabulary)
        known = sum(
            stem in spelt
            or explained(stem, have, groups, vocabulary)
            or not have.isdisjoint(against(stem, vocabulary))
            for stem in content
        )
        spoken = spoken or known > 0
        if content and not (known > 1 and len(content) == known + 1):
            least = min(least, known / len(content))
    return least if spoken else 0.0


def _content(stems: frozenset[str], vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset(stem for stem in stems - vocabulary.ordinary if stem.isalpha())
