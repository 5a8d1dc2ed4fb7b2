"""Numbers with their units and the side of them that is meant; dates; amounts of money.

"at least 18", "18 or over" and "not under 18" are one and the same quantity, as are "£1,250" and
"1250 pounds", "5 April" and "April 5th", "within 14 days" and "no more than fourteen days".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.grounding.reading import Mark, Sentence, Word
from assistant.grounding.vocabulary import Vocabulary

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NTHS = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_VALUES = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
}
_ORDINALS = {word: value for value, word in enumerate(_NTHS, start=3)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_PARTS: dict[str, str] = {"half": "50", "quarter": "25", "quarters": "75"}
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_EACH = frozenset("a an one each every per".split())
_FIXED: dict[str, str] = {
    **_PARTS,
    **{word: str(value) for word, value in _ORDINALS.items()},
    **dict.fromkeys(_EACH - {"one"}, "1"),
    "twice": "2",
}
_CURRENCY = {"£": "pound", "$": "dollar", "€": "euro"}
_BETWEEN = frozenset(
    "the of age ages aged about around roughly approximately turn a an £ $ € is you are your his "
    "her their they child baby person".split()
)
LONGEST = 12
"""A number is read no further than so many digits or words."""
_TIMES = frozenset("by until till before after from since following".split())


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value as it is written in digits, what it counts ("" unknown), and which side is meant.

    `bound` is "", "at_least", "more_than", "at_most", "less_than" or "range". `side` is "before"
    or "after" where the count runs from something ("14 days before"). A `loose` one is the "a" of
    "a week": it may be said otherwise.
    """

    value: str
    unit: str = ""
    bound: str = ""
    side: str = ""
    loose: bool = False


def quantities(sentence: Sentence, vocabulary: Vocabulary) -> tuple[Quantity, ...]:
    """Return the quantities of a sentence in their order."""
    words = sentence.words
    bounds = {mark.end: mark for mark in sentence.bounds}
    starts = {mark.start: mark for mark in sentence.bounds}
    ranged = _ranged(words)
    read: list[Quantity] = []
    place = 0
    while place < len(words):
        value, end = _value(words, place)
        if not value:
            place += 1
            continue
        inner = starts.get(end)
        between = inner if inner and inner.does.endswith("_after") else None
        unit, after = _unit(words, place, between.end if between else end, vocabulary)
        alone = words[place].text in _EACH
        if alone and not unit:
            place = end
            continue
        if between:
            bound = between.does.removesuffix("_after")
        elif place in ranged:
            bound = "range"
        else:
            bound = _bound(words, place, after, bounds, starts)
            if bound == "at_most" and _begun(read):
                bound = ""
        if unit == "year" and value in ("1", "2", "3", "4", "5"):
            value, unit = str(12 * int(value)), "month"
        behind = starts.get(after)
        rest = behind.end if behind and behind.does.endswith("_after") else after
        read.append(Quantity(value, unit, bound, _side(words, rest), alone and not bound))
        place = max(end, after)
    return tuple(read)


def _begun(read: Sequence[Quantity]) -> bool:
    """Say whether a "from" was read: "from May to June" and "from May until June" are the same."""
    return any(quantity.bound == "at_least" for quantity in read)


def _value(words: Sequence[Word], place: int) -> tuple[str, int]:
    """Return the value that begins here and where it ends, or "" and the place."""
    text = words[place].text
    if text[0].isdigit() or text[0] == "+":
        return _digits(words, place)
    if _is_month_at(words, place) and (text != "may" or _dated(words, place)):
        return text, place + 1
    if text in _FIXED:
        return _FIXED[text], place + 1
    return _spelt(words, place)


def _digits(words: Sequence[Word], place: int) -> tuple[str, int]:
    value, end = _plain(words[place].text), place + 1
    following = words[end].text if end < len(words) else ""
    if following in _SCALES and value.isdecimal() and len(value) < LONGEST:
        return str(int(value) * _SCALES[following]), end + 1
    return value, end + (following in ("st", "nd", "rd", "th"))


def _spelt(words: Sequence[Word], place: int) -> tuple[str, int]:
    total = part = 0
    end = place
    while end < len(words) and end < place + LONGEST:
        text = words[end].text
        if text in _VALUES and (end == place or words[end - 1].text in ("-", *_TENS, *_SCALES)):
            part += _VALUES[text]
        elif text in _SCALES and end > place:
            total, part = (
                (total, part * 100) if text == "hundred" else (total + part * _SCALES[text], 0)
            )
        elif not (text == "-" and end > place and words[end - 1].text in _TENS):
            break
        end += 1
    while end > place and words[end - 1].text == "-":
        end -= 1
    return (str(total + part), end) if end > place else ("", place)


def _plain(text: str) -> str:
    text = text.replace(",", "")
    if "." in text and text.count(".") == 1:
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0")
        return f"{whole}.{fraction}" if fraction else whole
    return text


def _unit(words: Sequence[Word], place: int, end: int, vocabulary: Vocabulary) -> tuple[str, int]:
    """Return what the value counts, and where that ends."""
    before = words[place - 1].text if place else ""
    following = words[end].text if end < len(words) else ""
    near = end + (following == "-")
    if words[place].text in _MONTHS:
        return "month of the year", end
    if before in _CURRENCY:
        return _CURRENCY[before], end
    if words[place].text in _PARTS or following == "%":
        return "percent", end + (following == "%")
    if any(
        _is_month_at(words, at) for at in (place - 1, near, near + 1 if following == "of" else -1)
    ):
        return "date", end
    return _counted(words, near, end, vocabulary)


def _counted(words: Sequence[Word], near: int, end: int, vocabulary: Vocabulary) -> tuple[str, int]:
    near += near < len(words) and words[near].text in _MORE
    kind = vocabulary.qualifiers.get(words[near].text, "") if near < len(words) else ""
    near += bool(kind)
    unit = vocabulary.units.get(words[near].text, "") if near < len(words) else ""
    if unit:
        return f"{kind} {unit}".strip(), near + 1
    year = words[end - 1].text
    return "date" if len(year) == 4 and year.isdecimal() and year[:2] in ("19", "20") else "", end


def _bound(
    words: Sequence[Word], place: int, after: int, ends: dict[int, Mark], starts: dict[int, Mark]
) -> str:
    """Return which side of the number at `place` is meant: words before it say so, or behind it."""
    rate = after < len(words) and words[after].text in _EACH
    behind = starts.get(after) or (starts.get(after + 2) if rate else None)
    if behind and behind.does.endswith("_after"):
        return behind.does.removesuffix("_after")
    the = False
    for near in range(place, max(0, place - 7), -1):
        mark = ends.get(near)
        if mark and not mark.does.endswith("_after"):
            time = words[mark.start].text in _TIMES or mark.end - mark.start > 1
            return mark.does if time or not the else ""
        word = words[near - 1].text
        day = word[0].isdigit() and any(_is_month_at(words, at) for at in (near, near - 2))
        day = day or (word in _IN_DATES and _is_date(words, near - 1))
        if not (word in _BETWEEN or day or _is_month_at(words, near - 1)):
            return ""
        the = the or (word == "the" and words[near].text not in ("age", "ages"))
    return ""


_MORE = frozenset("more extra further additional full whole consecutive long".split())
_IN_DATES = frozenset((",", "st", "nd", "rd", "th"))


def _is_date(words: Sequence[Word], place: int) -> bool:
    """Say whether the comma or "th" at `place` stands within a date such as "April 5th, 2025"."""
    near = [words[at] for at in range(max(0, place - 3), place)]
    return any(_is_month_at(near, at) for at in range(len(near)))


def _side(words: Sequence[Word], after: int) -> str:
    following = words[after].text if after < len(words) else ""
    return following if following in ("before", "after") else ""


def _ranged(words: Sequence[Word]) -> frozenset[int]:
    """Return the places of numbers that stand as "16 to 19", "16-19" or "between 16 and 19"."""
    places: set[int] = set()
    for middle in range(1, len(words) - 1):
        joined = words[middle].text in ("to", "-", "–", "and", "or")
        between = words[middle].text not in ("and", "or") or (
            middle > 1 and words[middle - 2].text == "between"
        )
        near, far = words[middle - 1].text, words[middle + 1].text
        if joined and between and near[0].isdigit() and far[0].isdigit():
            places |= {middle - 1, middle + 1}
    return frozenset(places)


def _is_month_at(words: Sequence[Word], place: int) -> bool:
    if not 0 <= place < len(words) or words[place].text not in _MONTHS:
        return False
    return words[place].text != "may" or words[place].capital


def _dated(words: Sequence[Word], place: int) -> bool:
    beside = [words[near].text for near in (place - 1, place + 1) if 0 <= near < len(words)]
    return place > 0 or any(text[0].isdigit() for text in beside)
