"""Read a policy folder, check everything in it, and refuse it with file, line and what to write."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import rfc8785
from pydantic import ValidationError

from assistant.english_terms import LONGEST, EnglishTerms, words_of
from assistant.errors import PolicyInvalid
from assistant.outcomes import Contact, HelpNote, Outcome, Reason, Refused, Signposted
from assistant.patterns import PatternError, Words, check, fold, pattern
from assistant.policy.canned import CannedReplies
from assistant.policy.escalating import Escalations
from assistant.policy.glossary_words import GlossaryWords, form_words
from assistant.policy.grounding_words import GroundingWords
from assistant.policy.levels import ServiceLevels
from assistant.policy.lines import Lines, lines_of
from assistant.policy.model import (
    EnglishTermsList,
    HelpContact,
    Languages,
    Limits,
    Phrases,
    Reading,
    RedactionRules,
    Routing,
    Safeguarding,
    Screening,
    Strict,
    Thresholds,
)
from assistant.policy.plain import explain
from assistant.policy.rules import label_rule, rule
from assistant.policy.watching import DescribingWords, Monitoring
from assistant.policy.wording import MESSAGES, Wording
from assistant.turns import Mark
from knowledge.welsh import telling

BUNDLED = Path(__file__).parent

Part = TypeVar("Part", bound=Strict)


class Contacts(Strict):
    """Help lines and offices by the short name that other files use for them."""

    contact: dict[str, HelpContact]


FILES: Mapping[str, type[Strict]] = {
    "canned_replies.toml": CannedReplies,
    "contacts.toml": Contacts,
    "describing.cy.toml": DescribingWords,
    "describing.en.toml": DescribingWords,
    "english_terms.toml": EnglishTermsList,
    "escalations.toml": Escalations,
    "glossary.cy.toml": GlossaryWords,
    "glossary.en.toml": GlossaryWords,
    "grounding.toml": GroundingWords,
    "languages.toml": Languages,
    "limits.toml": Limits,
    "monitoring.toml": Monitoring,
    "reading.toml": Reading,
    "redaction.toml": RedactionRules,
    "routing.toml": Routing,
    "safeguarding.toml": Safeguarding,
    "screening.toml": Screening,
    "service_levels.toml": ServiceLevels,
    "thresholds.toml": Thresholds,
    "wording.cy.toml": Wording,
    "wording.en.toml": Wording,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that people decide about the assistant. Loaded once, never changed.

    `glossary` holds official words by language ("en", "cy"), `describing` the voluntary form.
    `digest` is the SHA-256, in hex, of the files' content as RFC 8785 JSON: comments and layout
    do not count, every value does.
    """

    limits: Limits
    thresholds: Thresholds
    grounding: GroundingWords
    reading: Reading
    glossary: Mapping[str, GlossaryWords]
    redaction: RedactionRules
    screening: Screening
    languages: Languages
    english_terms: EnglishTerms
    safeguarding: Safeguarding
    routing: Routing
    contact: Mapping[str, HelpContact]
    monitoring: Monitoring
    service_levels: ServiceLevels
    describing: Mapping[str, DescribingWords]
    escalations: Escalations
    canned: CannedReplies
    english: Wording
    welsh: Wording
    digest: str

    def wording(self, language: str) -> Wording:
        """Return the texts of the interface language: "cy" is Welsh, anything else English."""
        return self.welsh if language == "cy" else self.english

    def message(
        self,
        outcome: Outcome,
        language: str,
        detected: str,
        organisation: str,
        nation: str = "",
        marks: Collection[Mark] = (),
    ) -> str:
        """Return what to say for the outcome.

        `language` is that of the interface, `detected` that of the question (ISO 639-1), `nation`
        the one asked about, or "". Somebody who wrote in another language reads it first in that
        one, where there is a text. Somebody marked as bereaved reads first that we are sorry,
        unless the message is urgent or refused.
        """
        said = self.wording(language).message(outcome, organisation, nation)
        if Mark.BEREAVED in marks and not _curt(outcome):
            said = f"{self.wording(language).notices.bereaved} {said}"
        theirs = self.other_language_message(detected)
        if outcome.reason is Reason.OTHER_LANGUAGE and theirs:
            return f"{theirs}\n\n{said}"
        return said

    def help_note(self, maybe: Reason | None, language: str) -> HelpNote | None:
        """Return the note to somebody who may be in that danger, in the interface's language.

        It has the contacts that are always named and those for that danger, each once. None where
        there is no sign of any.
        """
        if maybe is None:
            return None
        note = self.safeguarding.note
        names = tuple(dict.fromkeys((*note.always, *note.more[maybe])))
        text = self.wording(language).notices.maybe_in_trouble
        return HelpNote(text, self.contacts(names, language))

    @property
    def welsh_speakers(self) -> tuple[Contact, ...]:
        """Return who can talk to somebody in Welsh, in Welsh."""
        return self.contacts(self.languages.welsh_speakers, "cy")

    def contacts(self, names: tuple[str, ...], language: str) -> tuple[Contact, ...]:
        """Return the named contacts in the interface language."""
        return tuple(self.contact[name].shown(language) for name in names)

    def other_language_message(self, code: str) -> str:
        """Return the message in that language (ISO 639-1), or "" where there is none."""
        return next((text.message for text in self.languages.language if text.code == code), "")


def _curt(outcome: Outcome) -> bool:
    """Say whether nothing may come before the message: help is urgent, or it was refused."""
    return isinstance(outcome, Refused) or (isinstance(outcome, Signposted) and outcome.urgent)


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    lines: Lines
    data: dict[str, Any]

    def wrong(self, path: tuple[str | int, ...], why: str, value: object = None) -> PolicyInvalid:
        return PolicyInvalid(self.name, self.lines.of(path, value), why)


def load_policy(folder: Path | None = None) -> Policy:
    """Return the policy in the folder, or the bundled one.

    Raises:
        PolicyInvalid: a file is missing, unknown or wrong; names file, line and what to write.
    """
    folder = folder or BUNDLED
    unknown = sorted({path.name for path in folder.glob("*.toml")} - set(FILES))
    if unknown:
        known = ", ".join(sorted(FILES))
        raise PolicyInvalid(unknown[0], 1, f"no such policy file is known; they are: {known}")
    files = {name: _read(folder / name) for name in sorted(FILES)}
    languages = _part(files["languages.toml"], Languages)
    content = {name: file.data for name, file in files.items()}
    policy = Policy(
        limits=_part(files["limits.toml"], Limits),
        thresholds=_part(files["thresholds.toml"], Thresholds),
        grounding=_part(files["grounding.toml"], GroundingWords),
        reading=_part(files["reading.toml"], Reading),
        glossary={
            language: _part(files[f"glossary.{language}.toml"], GlossaryWords)
            for language in ("en", "cy")
        },
        redaction=_part(files["redaction.toml"], RedactionRules),
        screening=_part(files["screening.toml"], Screening),
        languages=languages,
        english_terms=_english_terms(files["english_terms.toml"], languages),
        safeguarding=_part(files["safeguarding.toml"], Safeguarding),
        routing=_part(files["routing.toml"], Routing),
        contact=_part(files["contacts.toml"], Contacts).contact,
        monitoring=_part(files["monitoring.toml"], Monitoring),
        service_levels=_service_levels(files["service_levels.toml"]),
        describing={
            language: _part(files[f"describing.{language}.toml"], DescribingWords)
            for language in ("en", "cy")
        },
        escalations=_part(files["escalations.toml"], Escalations),
        canned=_part(files["canned_replies.toml"], CannedReplies),
        english=_part(files["wording.en.toml"], Wording),
        welsh=_part(files["wording.cy.toml"], Wording),
        digest=hashlib.sha256(rfc8785.dumps(content)).hexdigest(),
    )
    _check_phrases(policy, files)
    _check_contacts(policy, files)
    _check_outcomes(policy, files)
    _check_placeholders(files)
    _check_glossaries(policy, files)
    _check_describing(policy, files)
    _check_queues(policy, files)
    _check_canned(policy, files)
    return policy


def _read(path: Path) -> _File:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PolicyInvalid(
            path.name, 1, f"the file is missing from {path.parent}: copy it from the bundled policy"
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyInvalid(
            path.name, 1, f"the file cannot be read as UTF-8 text: {fault}"
        ) from None
    try:
        return _File(path.name, lines_of(text), tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"at line (\d+)", str(fault))
        line = int(found[1]) if found else max(1, text.count("\n"))
        why = f'this is not valid TOML ({fault}); texts stand in quotes: key = "text"'
        raise PolicyInvalid(path.name, line, why) from None


def _part(file: _File, model: type[Part]) -> Part:
    try:
        return model.model_validate_json(json.dumps(file.data, default=str))
    except ValidationError as fault:
        error = fault.errors(include_url=False)[0]
        path, why = explain(error["loc"], error["type"], error["msg"], error.get("ctx", {}))
        raise file.wrong(path, why, error.get("input")) from None


def _service_levels(file: _File) -> ServiceLevels:
    levels = _part(file, ServiceLevels)
    for path, why in levels.faults():
        raise file.wrong(path, why)
    return levels


def _english_terms(file: _File, languages: Languages) -> EnglishTerms:
    entries = _part(file, EnglishTermsList).english
    seen: dict[tuple[str, ...], str] = {}
    for phrase in entries:
        words = words_of(phrase)
        if not 1 <= len(words) <= LONGEST:
            why = f'"{phrase}" must have one to {LONGEST} words'
            raise file.wrong(("english", phrase), why)
        if words in seen:
            why = f'"{phrase}" is the same as "{seen[words]}": delete one of them'
            raise file.wrong(("english", phrase), why)
        if len(words) == 1 and not telling(words[0]):
            why = f'"{phrase}" is too common to say what a question is about: delete the line'
            raise file.wrong(("english", phrase), why)
        seen[words] = phrase
    return EnglishTerms.of(entries, set(languages.english) - set(languages.welsh))


def _check_phrases(policy: Policy, files: Mapping[str, _File]) -> None:
    screening, routing = files["screening.toml"], files["routing.toml"]
    safeguarding = files["safeguarding.toml"]
    words = policy.screening.words
    for name in ("injection", "abuse", "bereavement"):
        _check_group(screening, (name,), getattr(policy.screening, name), words)
    for number, category in enumerate(policy.safeguarding.category):
        _check_group(safeguarding, ("category", number), category, policy.safeguarding.words)
    _check_group(files["grounding.toml"], ("instructions",), policy.grounding.instructions, {})
    _check_group(routing, ("question",), policy.routing.question, policy.routing.words)
    for number, label in enumerate(policy.routing.label):
        path = ("label", number)
        _check_sources(routing, path, label, policy.routing.words)
        _check_examples(routing, path, label, label_rule(label, policy.routing).applies)


def _check_group(file: _File, path: tuple[str | int, ...], phrases: Phrases, words: Words) -> None:
    _check_sources(file, path, phrases, words)
    _check_examples(file, path, phrases, rule(phrases, words).applies)


def _check_sources(
    file: _File, path: tuple[str | int, ...], phrases: Phrases, words: Words
) -> None:
    for key in ("en", "cy", "unless"):
        sources: tuple[str, ...] = getattr(phrases, key)
        for number, source in enumerate(sources if _any_bad(sources, words) else ()):
            try:
                check(source, words)
            except PatternError as fault:
                raise file.wrong((*path, key, number), str(fault), source) from None


def _any_bad(sources: tuple[str, ...], words: Words) -> bool:
    """Say whether a pattern is bad: all are compiled as one, which is quicker than one by one."""
    try:
        pattern(sources, words)
    except PatternError:
        return True
    return "" in {source.strip() for source in sources}


def _check_examples(
    file: _File, path: tuple[str | int, ...], phrases: Phrases, applies: Callable[[str], bool]
) -> None:
    for number, example in enumerate(phrases.examples):
        if not applies(fold(example)):
            why = f'no phrase catches the example "{example}": add a phrase, or change the example'
            raise file.wrong((*path, "examples", number), why, example)
    for number, example in enumerate(phrases.counter_examples):
        if applies(fold(example)):
            why = (
                f'"{example}" must not be caught, but it is: narrow the phrases, '
                "or add its context to unless"
            )
            raise file.wrong((*path, "counter_examples", number), why, example)


def _check_contacts(policy: Policy, files: Mapping[str, _File]) -> None:
    named: list[tuple[str, tuple[str | int, ...], tuple[str, ...]]] = [
        ("languages.toml", ("welsh_speakers",), policy.languages.welsh_speakers),
        ("safeguarding.toml", ("note", "always"), policy.safeguarding.note.always),
        *(
            ("safeguarding.toml", ("note", "more", danger), contacts)
            for danger, contacts in policy.safeguarding.note.more.items()
        ),
        *(
            ("safeguarding.toml", ("category", n, "contacts"), each.contacts)
            for n, each in enumerate(policy.safeguarding.category)
        ),
        *(
            ("routing.toml", ("label", n, "contacts"), each.contacts)
            for n, each in enumerate(policy.routing.label)
        ),
    ]
    for file, path, contacts in named:
        for number, name in enumerate(contacts):
            if name not in policy.contact:
                known = ", ".join(sorted(policy.contact))
                why = f'contacts.toml has no contact "{name}"; it has: {known}'
                raise files[file].wrong((*path, number), why, name)


def _check_outcomes(policy: Policy, files: Mapping[str, _File]) -> None:
    for number, label in enumerate(policy.routing.label):
        if label.reason not in MESSAGES[label.outcome]:
            why = f'"{label.outcome}" never has the reason "{label.reason}": change one of them'
            raise files["routing.toml"].wrong(("label", number, "reason"), why)


def _check_placeholders(files: Mapping[str, _File]) -> None:
    english, welsh = files["wording.en.toml"], files["wording.cy.toml"]
    for section, texts in english.data.items():
        if not isinstance(texts, dict):
            continue
        for key, text in texts.items():
            wanted = set(re.findall(r"\{\w*\}", text))
            if set(re.findall(r"\{\w*\}", welsh.data[section][key])) != wanted:
                names = ", ".join(sorted(wanted)) or "no braces"
                why = f"the Welsh text must hold the same places to fill in as the English: {names}"
                raise welsh.wrong((section, key), why)


def _check_glossaries(policy: Policy, files: Mapping[str, _File]) -> None:
    """Raise where a word is explained in one language only, or a form stands for two words."""
    for language, other in (("en", "cy"), ("cy", "en")):
        file = files[f"glossary.{language}.toml"]
        words, theirs = policy.glossary[language].word, policy.glossary[other].word
        for key in words:
            if key not in theirs:
                why = f"glossary.{other}.toml has no [word.{key}]: add it there, or delete it here"
                raise file.wrong(("word", key), why)
        owner: dict[tuple[str, ...], str] = {}
        for key, word in words.items():
            for form in (*word.forms, *word.unless):
                if owner.setdefault(form_words(form), key) != key:
                    first = owner[form_words(form)]
                    why = f'"{form}" stands under [word.{first}] already: keep it in one place'
                    raise file.wrong(("word", key, "forms", 0), why, form)


def _check_describing(policy: Policy, files: Mapping[str, _File]) -> None:
    """Raise unless both languages ask the same questions with the same groups, in one order."""
    english, welsh = (policy.describing[language].question for language in ("en", "cy"))
    file = files["describing.cy.toml"]
    if list(english) != list(welsh):
        why = f"ask the same questions in the same order as in English: {', '.join(english)}"
        raise file.wrong(("question",), why)
    for name, asked in english.items():
        if list(asked.groups) != list(welsh[name].groups):
            why = f"offer the same groups as in English: {', '.join(asked.groups)}"
            raise file.wrong(("question", name, "groups"), why)


def _check_queues(policy: Policy, files: Mapping[str, _File]) -> None:
    """Raise unless every queue that a case can be in has its hours and targets."""
    for name in policy.escalations.queue:
        if name not in policy.service_levels.queue:
            why = f'give "{name}" its hours and targets in service_levels.toml too'
            raise files["escalations.toml"].wrong(("queue", name), why)


def _check_canned(policy: Policy, files: Mapping[str, _File]) -> None:
    """Raise for a canned reply that is longer than a message may be."""
    most = policy.escalations.message_characters
    for name, reply in policy.canned.reply.items():
        for language in ("en", "cy"):
            text: str = getattr(reply, language)
            if len(text) > most:
                why = f"use at most {most} characters: that is the longest message"
                raise files["canned_replies.toml"].wrong(("reply", name, language), why, text)
