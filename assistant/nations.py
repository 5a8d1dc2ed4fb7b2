"""Which nation of the United Kingdom a question names, and which nations guidance is for.

A nation's name in the name of something else is no place to live: New South Wales, the Bank of
England, a Welsh rarebit. Nor is a language: "in Welsh", "an English test". "NI" is mostly National
Insurance; it is Northern Ireland only where somebody is there. "British" and "UK" name none.
"""

import re
from collections.abc import Collection, Iterable

ENGLAND, WALES, SCOTLAND, NORTHERN_IRELAND = "England", "Wales", "Scotland", "Northern Ireland"
ALL: tuple[str, ...] = (ENGLAND, WALES, SCOTLAND, NORTHERN_IRELAND)

_OF_SOMETHING_ELSE = re.compile(
    r"\bnew south wales\b|\bnew england\b"
    r"|\b(?:bank|church|prince|princess|duke|kirk) of (?:england|wales|scotland)\b"
    r"|\b(?:not in|outside(?: of)?|except(?: in)?|apart from) (?:england|wales|scotland"
    r"|northern ireland)\b"
)
_PEOPLE_AND_RULES = (
    r"(?:councils?|governments?|law|laws|courts?|rules?|rates?|schools?|universit\w+|colleges?"
    r"|students?|landlords?|tenants?|residents?|address|taxpayers?|citizens?|nhs|parliament"
    r"|prescriptions?|propert\w+|homes?|house|farm\w*|pupils?|patients?|hospitals?|system"
    r"|version|income tax|people|businesses|compan\w+)\b"
)
_NAMES = (
    (ENGLAND, re.compile(rf"\bengland\b|\benglish {_PEOPLE_AND_RULES}")),
    (WALES, re.compile(rf"\bwales\b|\bwelsh {_PEOPLE_AND_RULES}|\bcymru\b|\byng nghymru\b")),
    (SCOTLAND, re.compile(rf"\bscotland\b|\bscots law\b|\bscottish {_PEOPLE_AND_RULES}")),
    (
        NORTHERN_IRELAND,
        re.compile(
            r"\bnorthern ireland\b|\bn\.? ireland\b|\bnorthern irish\b"
            r"|\b(?:live|lives|lived|living|based|resident|born|moved?|moving|work|working|here"
            r"|what about|and|but|if) (?:in|to) ni\b(?! (?:number|contribution|credit|record|no\b))"
        ),
    ),
)


def nation_of(question: str) -> str:
    """Return the one nation of the United Kingdom that the question names, or ""."""
    text = _OF_SOMETHING_ELSE.sub(" ", " ".join(question.casefold().split()))
    named = [nation for nation, name in _NAMES if name.search(text)]
    return named[0] if len(named) == 1 else ""


def limited_to(nations: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the nations that all of an answer's passages are for, in the usual order.

    A passage that names none, or all four, limits nothing: () where no passage does. Where
    passages have no nation in common, all that they name are returned.
    """
    limits = [frozenset(each) for each in nations if each and not set(ALL) <= set(each)]
    if not limits:
        return ()
    common = frozenset.intersection(*limits) or frozenset.union(*limits)
    known = tuple(nation for nation in ALL if nation in common)
    return (*known, *sorted(common - set(known)))


def silent_on(nation: str, limits: Collection[str], text: str) -> bool:
    """Say whether guidance limited to some nations is for others than `nation`, and never names it.

    False where no nation was asked about ("") or nothing is limited.
    """
    return bool(nation and limits) and nation not in limits and nation not in text
