"""What can go wrong while reading, indexing or searching guidance.

KnowledgeError
├── DocumentUnreadable        a source file or page could not be understood
├── NotGuidance               understood, and on purpose not indexed (withdrawn, gone, redirect…)
├── SourceUnreachable         an address, folder or file could not be fetched
│   └── SourceGone            the address answers that there is nothing there any more
├── ModelMismatch             an embedding model is not the one that is expected
├── SnapshotInvalid           a snapshot is damaged, incomplete or from another model
├── SnapshotUnknown           no snapshot has that name
├── SummariesInvalid          a file of plain-language summaries cannot be used
└── StorageFull               the disk or database refused the write
"""


class KnowledgeError(Exception):
    """Root of every error this package raises on purpose; its text says what to do."""


class DocumentUnreadable(KnowledgeError):
    """A document could not be read. `source` names it, the text says why."""

    def __init__(self, source: str, why: str) -> None:
        super().__init__(f"{source}: {why}")
        self.source = source
        self.why = why


class NotGuidance(KnowledgeError):
    """A document was recognised and is not indexed. `reason` is a word for counting."""

    def __init__(self, source: str, reason: str, why: str) -> None:
        super().__init__(f"{source}: {why}")
        self.source = source
        self.reason = reason
        self.why = why


class SourceUnreachable(KnowledgeError):
    """A source could not be fetched. `source` names it, the text says why."""

    def __init__(self, source: str, why: str) -> None:
        super().__init__(f"{source}: {why}")
        self.source = source
        self.why = why


class SourceGone(SourceUnreachable):
    """The server says that there is nothing at this address (404 or 410)."""


class ModelMismatch(KnowledgeError):
    """The embedding model's files are not the expected ones."""


class SnapshotInvalid(KnowledgeError):
    """A snapshot is damaged, incomplete, or was built with another model."""


class SnapshotUnknown(KnowledgeError):
    """No snapshot has the name that was asked for."""


class SummariesInvalid(KnowledgeError):
    """A file of summaries is wrong: `file` and `line` say where, `why` says what to do."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file = file
        self.line = line
        self.why = why


class StorageFull(KnowledgeError):
    """The snapshot could not be written; what was active stays active."""
