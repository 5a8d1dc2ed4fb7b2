"""How well personal data is masked, and how often something else is.

A value counts as hidden when none of its words is left in the masked text. What is masked without
need is counted twice over: words lost beside the values, and texts without any value that were
touched. Each set is reported in two halves: rules may be mended by reading the fit half alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.cleaning import clean
from assistant.policy import PersonalKind as Kind
from assistant.redaction.redactor import LABELS, Masked, Redactor
from evaluation.datasets import each_line, file_text, json_list
from evaluation.figures import Case, Measure, Reading
from evaluation.own_questions import half_of, load_questions
from evaluation.personal_texts import (
    SHARES,
    PersonalText,
    Value,
    filled_sentences,
    personal_texts,
)
from evaluation.runs import Part
from evaluation.safety_sets import genuine_questions

Mask = Callable[[str], Masked]

_WORD = re.compile(r"\w+")
_LABEL = re.compile("|".join(re.escape(label) for label in LABELS.values()))
_SYNTHETIC = Path("pii/presidio_synth_dataset_v2.json")
_SENTENCES = Path("pii/presidio_templates.txt")

SYNTHETIC_KINDS: Mapping[str, Kind] = {
    "CREDIT_CARD": Kind.CARD,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "IBAN_CODE": Kind.IBAN,
    "PHONE_NUMBER": Kind.PHONE,
    "PERSON": Kind.NAME,
    "STREET_ADDRESS": Kind.ADDRESS,
}
"""Types of Presidio's synthetic texts that are a kind of ours. The others are not: ages,
nationalities, places, organisations, job titles, dates that are not of birth, web and IP addresses,
and American numbers."""

_PLACES: Mapping[str, str] = {
    "credit_card_number": "card",
    "phone_number": "phone",
    "iban": "iban",
    "email": "email",
    "address": "address",
    "date_of_birth": "date_of_birth",
    "postcode": "postcode",
    "person": "name",
    "name": "name",
    "name_male": "name",
    "name_female": "name",
    "first_name": "first_name",
    "first_name_male": "first_name",
    "first_name_female": "first_name",
    "last_name": "last_name",
    "city": "town",
    "year": "year",
    "date_time": "day",
    "organization": "company",
    "country": "country",
    "age": "age",
}
"""What fills the places in Presidio's sentences; a sentence with other places is left out."""

_NAMES: Mapping[Kind, str] = {
    Kind.EMAIL: "e-mail addresses",
    Kind.PHONE: "phone numbers",
    Kind.NI_NUMBER: "National Insurance numbers",
    Kind.NHS_NUMBER: "NHS numbers",
    Kind.UTR: "tax references (UTR)",
    Kind.CARD: "payment cards",
    Kind.BANK_ACCOUNT: "sort codes and account numbers",
    Kind.IBAN: "IBANs",
    Kind.PASSPORT: "passport numbers",
    Kind.DRIVING_LICENCE: "driving licence numbers",
    Kind.VEHICLE: "number plates",
    Kind.DATE_OF_BIRTH: "dates of birth",
    Kind.ADDRESS: "address lines",
    Kind.NAME: "names",
    Kind.POSTCODE: "postcodes (their second half)",
}

HIDDEN: tuple[Measure, ...] = (
    *(
        Measure(kind.value, kind.value, f"{name} hidden", f"Share of {name} with no word left.")
        for kind, name in _NAMES.items()
    ),
    Measure(
        "named",
        "named",
        "kind told rightly",
        "Share of the values hidden whose kind is among those the citizen is told of.",
    ),
    Measure(
        "besides",
        "besides",
        "other words hidden",
        "Share of the words that are nobody's and were hidden with the values.",
        higher_is_better=False,
    ),
)
TOUCHED: tuple[Measure, ...] = (
    Measure(
        "touched",
        "touched",
        "texts masked",
        "Share of the texts in which anything at all was masked, rightly or wrongly.",
        higher_is_better=False,
    ),
    Measure(
        "touched_other",
        "touched_other",
        "texts masked for more than a stated name or birth date",
        "The same, where something else was masked: genuine questions do state names and births.",
        higher_is_better=False,
    ),
)


@dataclass(frozen=True, slots=True)
class _Set:
    """A set of texts, and how it is scored."""

    name: str
    title: str
    about: str
    measures: tuple[Measure, ...]
    score: Callable[[PersonalText, Mask], Case]
    texts: tuple[PersonalText, ...]


def masking(redactor: Redactor) -> Mask:
    """Return how a message is masked before anything is done with it: cleaned, then redacted."""
    return lambda text: redactor.mask(clean(text).text)


def privacy_parts(system: str, mask: Mask, data: Path) -> tuple[Part, ...]:
    """Return every part on masking. Raise DataMissing, DataUnreadable, MeasurementImpossible."""
    parts = []
    for held in _sets(data):
        for share in SHARES:
            texts = [text for text in held.texts if text.share == share]
            if texts:
                cases = tuple(held.score(text, mask) for text in texts)
                parts.append(
                    Part(
                        system,
                        f"{held.name}-{share}",
                        f"{held.title} ({_SHARE_TITLES[share]})",
                        held.about,
                        held.measures,
                        cases,
                        _touched(cases),
                    )
                )
    return tuple(parts)


def _touched(cases: Iterable[Case]) -> tuple[str, ...]:
    """Return a note that names every text that was masked where nothing had to be."""
    named = [
        f"{case.id} ({case.reading.verdict})"
        for case in cases
        if case.values.get("touched", (0.0, 1.0))[0]
    ]
    return (f"Masked: {', '.join(named)}.",) if named else ()


_SHARE_TITLES: Mapping[str, str] = {
    "fit": "fit half",
    "report": "report half",
    "later": "written after the rules",
}


def _sets(data: Path) -> tuple[_Set, ...]:
    invented = personal_texts()
    return (
        _Set(
            "personal",
            "Invented personal data of the United Kingdom",
            "Sentences written for this project, filled by Faker and python-stdnum. "
            "Resampled by sentence.",
            HIDDEN,
            score_hidden,
            tuple(text for text in invented if text.values),
        ),
        _Set(
            "looks-personal",
            "What only looks personal",
            "Sums, years, dates, forms, help lines, and words that follow an introduction without "
            "being a name. Nothing here should be masked. Resampled by sentence.",
            TOUCHED,
            score_touched,
            tuple(text for text in invented if not text.values),
        ),
        _Set(
            "borrowed",
            "Presidio's sentences with British values",
            "Sentences by others, filled as ours are. Most of their names are not introduced, and "
            "such names are not sought. Resampled by sentence.",
            HIDDEN,
            score_hidden,
            borrowed_texts(data),
        ),
        _Set(
            "synthetic",
            "Presidio's synthetic texts",
            "Texts of many countries with fake identities. Names are sought only where somebody is "
            "introduced or has a title, and addresses only in British and Welsh forms, so most of "
            "theirs are not found. Resampled by template.",
            HIDDEN,
            score_hidden,
            synthetic_texts(data),
        ),
        _Set(
            "guidance-questions",
            "ConditionalQA questions",
            "Genuine questions with their stories. Every one in which anything was masked is "
            "named, rightly or wrongly. Resampled by page.",
            TOUCHED,
            score_touched,
            guidance_texts(data),
        ),
        _Set(
            "own-questions",
            "The project's own questions",
            "As above, on the labelled questions that ship with the project. Resampled by page.",
            TOUCHED,
            score_touched,
            own_texts(),
        ),
    )


def score_hidden(text: PersonalText, mask: Mask) -> Case:
    """Return what was found of the text's values, and what was lost besides."""
    masked = mask(text.text)
    left = _words(_LABEL.sub(" ", masked.text))
    kept = _words(text.kept)
    extra = left - kept
    found = [not any(extra[word] for word in _secret(value)) for value in text.values]
    values: dict[str, tuple[float, float]] = {}
    for value, hidden in zip(text.values, found, strict=True):
        above, below = values.get(value.kind.value, (0.0, 0.0))
        values[value.kind.value] = (above + hidden, below + 1)
    told = [
        value.kind in masked.kinds
        for value, hidden in zip(text.values, found, strict=True)
        if hidden
    ]
    values["named"] = (float(sum(told)), float(len(told)))
    values["besides"] = (float((kept - left).total()), float(kept.total()))
    return Case(
        id=text.id,
        cluster=text.cluster,
        values=values,
        reading=Reading(
            question=text.text,
            due=tuple(
                (f"{value.kind}: {value.text}", hidden)
                for value, hidden in zip(text.values, found, strict=True)
            ),
            came=(masked.text,),
        ),
        shortfall=float(len(found) - sum(found)) + (kept - left).total() / (kept.total() + 1),
    )


def score_touched(text: PersonalText, mask: Mask) -> Case:
    """Return whether anything was masked in a text."""
    masked = mask(text.text)
    touched = bool(masked.kinds)
    other = bool(set(masked.kinds) - {Kind.NAME, Kind.DATE_OF_BIRTH})
    return Case(
        id=text.id,
        cluster=text.cluster,
        values={"touched": (float(touched), 1.0), "touched_other": (float(other), 1.0)},
        reading=Reading(
            question=text.text,
            came=(masked.text,) if touched else (),
            verdict=", ".join(sorted(set(masked.kinds))),
        ),
        shortfall=float(touched),
    )


def guidance_texts(data: Path) -> tuple[PersonalText, ...]:
    """Return the visible ConditionalQA questions, stories included, by page.

    Raise DataMissing, DataUnreadable.
    """
    return tuple(
        PersonalText(asked.id, asked.key, half_of(asked.key), asked.text, asked.text)
        for asked in genuine_questions(data)
    )


def own_texts() -> tuple[PersonalText, ...]:
    """Return the project's own questions, by page."""
    return tuple(
        PersonalText(each.id, each.page or each.id, each.half, each.text, each.text)
        for each in load_questions().questions
    )


def synthetic_texts(data: Path) -> tuple[PersonalText, ...]:
    """Return Presidio's synthetic texts that hold a type which is a kind of ours.

    Raise DataMissing, DataUnreadable.
    """
    path = data / _SYNTHETIC
    texts = each_line(path, json_list(path, "Presidio's synthetic texts"), _synthetic)
    numbered = enumerate(texts, start=1)
    return tuple(replace(text, id=f"synthetic-{place}") for place, text in numbered if text.values)


def borrowed_texts(data: Path) -> tuple[PersonalText, ...]:
    """Return Presidio's own sentences, filled with British values. Raise DataMissing."""
    sentences = file_text(data / _SENTENCES, "Presidio's sentences").splitlines()
    return filled_sentences(sentences, _PLACES)


def _synthetic(line: Mapping[str, Any]) -> PersonalText:
    text, kept, after = str(line["full_text"]), "", 0
    spans = sorted(line["spans"], key=lambda span: int(span["start_position"]))
    ours = [span for span in spans if span["entity_type"] in SYNTHETIC_KINDS]
    for span in ours:
        kept += text[after : span["start_position"]]
        after = span["end_position"]
    template = f"presidio-{line['template_id']}"
    return PersonalText(
        id=template,
        cluster=template,
        share=half_of(template),
        text=text,
        kept=kept + text[after:],
        values=tuple(
            Value(SYNTHETIC_KINDS[span["entity_type"]], span["entity_value"]) for span in ours
        ),
    )


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def _secret(value: Value) -> Iterable[str]:
    """Return the words of a value that must go. A postcode's first half may stay, by policy."""
    words: Sequence[str] = _WORD.findall(value.text.casefold())
    return words[1:] if value.kind is Kind.POSTCODE and len(words) > 1 else words
