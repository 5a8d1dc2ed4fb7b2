"""What reading a source gives: documents, and by name what was left out or could not be read."""

from dataclasses import dataclass

from knowledge.documents import Document


@dataclass(frozen=True, slots=True)
class Skipped:
    """Recognised and on purpose not indexed. `reason` is a word for counting ("withdrawn")."""

    source: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Could not be fetched or understood; `why` says what to do."""

    source: str
    why: str


Read = Document | Skipped | Failed
