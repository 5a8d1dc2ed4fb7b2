"""Tell the language of a question, saying nothing where it cannot be told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

from assistant.patterns import fold
from assistant.policy.model import Languages
from knowledge.welsh import telling, unmutated

ENGLISH, WELSH, UNKNOWN = "en", "cy", ""


@dataclass(frozen=True, slots=True)
class LanguageTeller:
    """Everyday words first, which settle most questions; the detector only where they do not.

    `telling` are Welsh words, `unmutated`, that settle what is left: keywords, or a single word.
    """

    rules: Languages
    english: frozenset[str]
    welsh: frozenset[str]
    others: Mapping[str, frozenset[str]]
    detector: LanguageDetector
    telling: frozenset[str] = frozenset()

    def tell(self, text: str) -> str:
        """Return the ISO 639-1 code of the text's language, or "" where it is doubtful."""
        words = [word for word in fold(text).split() if not word.isdigit()]
        if not words:
            return UNKNOWN
        english = sum(word in self.english for word in words)
        welsh = sum(word in self.welsh for word in words)
        share = self.rules.known_share * len(words)
        if welsh > english and welsh >= max(2.0, share):
            return WELSH
        if english >= share and english >= welsh:
            return ENGLISH
        return self._detected(text, words) or (UNKNOWN if english else self._keywords(words))

    def _keywords(self, words: list[str]) -> str:
        """Return Welsh where half of the telling words are known to be, and UNKNOWN otherwise."""
        said = [word for word in words if telling(word)]
        known = sum(unmutated(word) in self.telling for word in said)
        return WELSH if said and 2 * known >= len(said) else UNKNOWN

    def _detected(self, text: str, words: list[str]) -> str:
        strange = [word for word in words if word not in self.english]
        other_script = _other_script(text)
        if len(strange) < self.rules.min_words and not other_script:
            return UNKNOWN
        best = self.detector.compute_language_confidence_values(text)[0]
        code = best.language.iso_code_639_1.name.lower()
        if best.value < self.rules.confidence or code == ENGLISH:
            return UNKNOWN
        own = sum(word in self.others.get(code, ()) for word in words)
        enough = own >= 2 or (own == 1 and (len(words) < 4 or not _ascii(text)))
        return code if other_script or enough else UNKNOWN


def language_teller(rules: Languages, telling_words: Iterable[str] = ()) -> LanguageTeller:
    """Build the teller, with its models in memory. Takes about a third of a second: build once.

    `telling_words` are Welsh words, folded, that English does not have.
    """
    codes = {ENGLISH, WELSH, *(language.code for language in rules.language)}
    detector = (
        LanguageDetectorBuilder.from_languages(*(_language(code) for code in sorted(codes)))
        .with_low_accuracy_mode()
        .with_preloaded_language_models()
        .build()
    )
    welsh = frozenset(rules.welsh)
    others = {language.code: frozenset(language.words) for language in rules.language}
    return LanguageTeller(
        rules,
        frozenset(rules.english),
        welsh,
        {**others, WELSH: welsh},
        detector,
        frozenset(unmutated(word) for word in {*welsh, *telling_words} if telling(word)),
    )


def _language(code: str) -> Language:
    iso: IsoCode639_1 = getattr(IsoCode639_1, code.upper())
    return Language.from_iso_code_639_1(iso)


def _other_script(text: str) -> bool:
    """Say whether most letters are outside the Latin script (there, few words are enough)."""
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(ord(c) > 0x024F for c in letters) > len(letters)


def _ascii(text: str) -> bool:
    """Say whether no letter has an accent that English words do without."""
    return all(c.isascii() for c in text if c.isalpha())
