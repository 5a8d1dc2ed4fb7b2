"""Which of the lists that a bias evaluation stands on nobody has signed yet."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evaluation.errors import DataMissing
from evaluation.fairness import gates
from evaluation.suites import identity

_SUITES = identity.FILE.parent
_WRITING = _SUITES / "writing"
LISTS: Mapping[str, Path] = {
    "what stops a release (gates)": gates.BUNDLED,
    "who people say they are": _SUITES / "identity.toml",
    "where the answer may lawfully change": _SUITES / "lawful.toml",
    "names and places": _SUITES / "names.toml",
    "dialects": _WRITING / "dialects.toml",
    "learner English": _WRITING / "learners.toml",
    "spelling": _WRITING / "spelling.toml",
    "Welsh words in English questions": _WRITING / "code_switching.toml",
    "typing errors": _WRITING / "mistyping.toml",
    "habits of writing": _WRITING / "habits.toml",
    "voice recognition": _WRITING / "speech.toml",
    "long messages and keywords": _WRITING / "length.toml",
}
"""What each list holds, in plain words."""


def unreviewed(lists: Mapping[str, Path] = LISTS) -> tuple[tuple[str, str], ...]:
    """Return what each unsigned list holds, and which of its parts nobody signed.

    A file says who has read it, or its parts, as `reviewed = "name, date"`: "" is nobody, and a
    file that has no such line was signed by nobody either. Raise DataMissing.
    """
    return tuple((name, what) for name, path in lists.items() if (what := _unsigned(path)))


def _unsigned(path: Path) -> str:
    if not path.is_file():
        raise DataMissing(path, "a list of the bias evaluation", "Install again.")
    signed = list(_signatures(tomllib.loads(path.read_text(encoding="utf-8"))))
    blank = sum(not each.strip() for each in signed)
    if not signed or (blank and len(signed) == 1):
        return f"{path.name}, all of it"
    return f"{path.name}, {blank} of its {len(signed)} parts" if blank else ""


def _signatures(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, held in value.items():
                if key == "reviewed":
                    yield str(held)
                else:
                    yield from _signatures(held)
        case list():
            for held in value:
                yield from _signatures(held)
