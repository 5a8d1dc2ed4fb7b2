"""Rewordings by rule that keep what a sentence means: the easy part of what must pass grounding."""

import re
from collections.abc import Callable, Mapping

_SHORT = (
    ("do not", "don't"), ("does not", "doesn't"), ("is not", "isn't"), ("are not", "aren't"),
    ("cannot", "can't"), ("will not", "won't"), ("has not", "hasn't"), ("have not", "haven't"),
    ("should not", "shouldn't"), ("it is", "it's"), ("you are", "you're"), ("you have", "you've"),
    ("you will", "you'll"), ("did not", "didn't"),
)  # fmt: skip
_NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
_MONTH = "(January|February|March|April|May|June|July|August|September|October|November|December)"
_STARTERS = "(?:you|your|it|they|their|we|he|she|there|the|this|that|these)"


def short_forms(text: str) -> str:
    """Return the text with every full form shortened: "do not" → "don't"."""
    for full, short in _SHORT:
        text = re.sub(rf"\b{full}\b(?! to\b)", short, text)
        text = re.sub(rf"\b{full.capitalize()}\b(?! to\b)", short.capitalize(), text)
    return text


def full_forms(text: str) -> str:
    """Return the text with every short form written out: "don't" → "do not"."""
    for full, short in _SHORT:
        text = re.sub(rf"\b{short}\b", full, text)
        text = re.sub(rf"\b{short.capitalize()}\b", full.capitalize(), text)
    return text


def according_to(text: str) -> str:
    """Return the text with its source named before it."""
    begins = text.split(" ", 1)[0]
    keep = not begins.istitle() or begins not in _LOWERED
    return f"According to the guidance, {text if keep else text[0].lower() + text[1:]}"


_LOWERED = frozenset(
    "You Your If It The They There This These That An Any Some Most When Before After In At Do Ask "
    "Once Nobody As Even No With Until While Also By For On Every All What How Where Who Both "
    "Tell Use Send Keep Give Check Write Say Look Talk Wait Call Read".split()
)


def must_as_have_to(text: str) -> str:
    """Return the text with "must" of you and they as "have to"."""
    return re.sub(r"\b([Yy]ou|[Tt]hey|[Ww]e) must(?! not\b| have\b)", r"\1 have to", text)


def need_to_as_must(text: str) -> str:
    """Return the text with "you need to" and "you have to" as "you must"."""
    return re.sub(r"(?<!not )\b([Yy]ou) (?:need|have) to\b", r"\1 must", text)


def can_as_may(text: str) -> str:
    """Return the text with "you can" as "you may"."""
    return re.sub(r"(?<!as )\b([Yy]ou) can\b(?! not)", r"\1 may", text)


def cannot_as_may_not(text: str) -> str:
    """Return the text with "you cannot" as "you are not allowed to"."""
    return re.sub(r"\b([Yy]ou) cannot\b", r"\1 are not able to", text)


def numbers_spelt(text: str) -> str:
    """Return the text with the numbers 2 to 12 before a word spelt out."""
    return re.sub(
        rf"(?<![\d£$.,/:-] )(?<![\d£$.,/:-])\b([2-9]|1[0-2]) (?!{_MONTH}|\d)(?=[a-z])",
        lambda m: f"{_NUMBERS[int(m[1]) - 2]} ",
        text,
    )


def numbers_in_digits(text: str) -> str:
    """Return the text with the number words two to twelve in digits."""
    spelt = {word: str(value) for value, word in enumerate(_NUMBERS, start=2)}
    return re.sub(rf"\b({'|'.join(_NUMBERS)})\b", lambda m: spelt[m[1]], text)


def american_dates(text: str) -> str:
    """Return the text with "5 April" as "April 5th"."""
    return re.sub(
        rf"(?<!the )\b([12]?\d|3[01]) {_MONTH}\b(?! \d)",
        lambda m: f"{m[2]} {m[1]}{_nth(int(m[1]))}",
        text,
    )


def _nth(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def plain_money(text: str) -> str:
    """Return the text with "£1,250" as "£1250"."""
    return re.sub(r"(£\d+),(\d{3})\b", r"\1\2", text)


def money_in_words(text: str) -> str:
    """Return the text with "£500" as "500 pounds"."""
    return re.sub(r"£([\d,]+)\b(?!\.\d| million)", r"\1 pounds", text)


def or_more(text: str) -> str:
    """Return the text with "at least 3 weeks" as "3 weeks or more"."""
    return re.sub(
        r"\bat least (\d+ (?:days|weeks|months|years|hours))\b(?! (?:of|before|after)\b)",
        r"\1 or more",
        text,
    )


def condition_last(text: str) -> str:
    """Return "If X, you Y." as "You Y if X."."""
    return re.sub(
        rf"^(If|When|Unless) ([^,.:]+), ((?i:{_STARTERS}) [^.:]+)\.$",
        lambda m: f"{m[3][0].upper()}{m[3][1:]} {m[1].lower()} {m[2]}.",
        text,
    )


def condition_first(text: str) -> str:
    """Return "You Y if X." as "If X, you Y."."""
    return re.sub(
        r"^(You|It|They|There|This) ([^,.:;]+) (if|when|unless) ([^,.:;]+)\.$",
        lambda m: (
            text
            if re.search(r"\b(even|only|see|check|ask|say|tell|about|depends|and|but|or)$", m[2])
            else f"{m[3].capitalize()} {m[4]}, {m[1].lower()} {m[2]}."
        ),
        text,
    )


def lead_and_item(text: str) -> str:
    """Return a list's lead and its item as one: "You must: sign it" → "You must sign it."."""
    joined = re.sub(r":\s+(?=\S)", " ", text)
    return joined if joined.endswith((".", "?", "!")) else f"{joined}."


KEEPING: Mapping[str, Callable[[str], str]] = {
    "short forms": short_forms,
    "full forms": full_forms,
    "according to": according_to,
    "have to": must_as_have_to,
    "must": need_to_as_must,
    "may": can_as_may,
    "not able to": cannot_as_may_not,
    "numbers spelt": numbers_spelt,
    "numbers in digits": numbers_in_digits,
    "dates": american_dates,
    "plain money": plain_money,
    "money in words": money_in_words,
    "or more": or_more,
    "condition last": condition_last,
    "condition first": condition_first,
}
"""Each returns the text as it is where it does not apply."""
