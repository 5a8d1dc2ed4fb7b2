"""What verification can find wrong, by name, and the report it gives."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

MOST_EXAMPLES = 20
"""How many findings of one kind are listed; the rest are counted."""


class Fault(StrEnum):
    """Everything that verification can find wrong, each with what it means."""

    LEAF_CHANGED = "LeafChanged"
    """A leaf's text is not the text that was hashed when it was recorded."""

    LEAF_MISSING = "LeafMissing"
    """A leaf was taken out."""

    LEAF_INSERTED = "LeafInserted"
    """A leaf was put in that the log never signed."""

    REORDERED = "Reordered"
    """Leaves stand in another order than they were recorded in."""

    TAIL_TRUNCATED = "TailTruncated"
    """The newest leaves are gone, although a signed checkpoint counts them."""

    ROOT_MISMATCH = "RootMismatch"
    """The leaves do not add up to the root that the log signed."""

    HISTORY_REWRITTEN = "HistoryRewritten"
    """The leaves do not add up to the root of a checkpoint that was kept elsewhere."""

    SIGNATURE_INVALID = "SignatureInvalid"
    """A checkpoint is not signed by a key that is trusted, or was changed after signing."""

    CHECKPOINT_MISPLACED = "CheckpointMisplaced"
    """A checkpoint is malformed, of another log, or not where its size belongs."""

    NODE_CHANGED = "NodeChanged"
    """A stored hash of the tree is missing, superfluous or wrong; proofs made from it fail."""

    COLUMN_CHANGED = "ColumnChanged"
    """A column kept beside a leaf for finding it says something else than the leaf."""

    CIPHERTEXT_CHANGED = "CiphertextChanged"
    """An encrypted part is not the one that was recorded."""

    CIPHERTEXT_SWAPPED = "CiphertextSwapped"
    """An encrypted part stands with another record than its own."""

    CIPHERTEXT_MISSING = "CiphertextMissing"
    """An encrypted part is gone, although its conversation was never erased."""

    CIPHERTEXT_ORPHANED = "CiphertextOrphaned"
    """An encrypted part belongs to no record of the log."""

    ERASED_BUT_KEPT = "ErasedButKept"
    """An encrypted part is still there, although its conversation was erased."""

    BUNDLE_DAMAGED = "BundleDamaged"
    """The exported file is not as it was written: cut short, or altered anywhere."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    fault: Fault
    detail: str

    def __str__(self) -> str:
        return f"{self.fault}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """What verification saw. `cautions` are what it could not check."""

    origin: str
    leaves: int
    checkpoints: int
    ciphertexts: int
    root: bytes
    findings: tuple[Finding, ...]
    cautions: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.findings

    @property
    def exit_code(self) -> int:
        """0 if nothing was found wrong, else 1."""
        return 0 if self.ok else 1

    @property
    def faults(self) -> frozenset[Fault]:
        """The kinds of findings."""
        return frozenset(finding.fault for finding in self.findings)

    def lines(self) -> tuple[str, ...]:
        """Return the report in plain English, line by line."""
        seen = [
            f"Log {self.origin or '(none)'}",
            f"Checked {self.leaves:,} leaves, {self.checkpoints:,} signed checkpoints and"
            f" {self.ciphertexts:,} encrypted parts.",
            f"Root hash {self.root.hex()}",
        ]
        cautions = [f"CAUTION: {caution}" for caution in self.cautions]
        if self.ok:
            return (
                *seen,
                *cautions,
                "OK: nothing was changed, removed, inserted or reordered since it was signed.",
            )
        return (
            *seen,
            *cautions,
            *(str(finding) for finding in self.findings),
            f"FAILED: this log was changed or damaged ({len(self.findings)} findings).",
        )


class Findings:
    """Collects findings, keeping a few examples of each kind and a count of the rest."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[Fault] = Counter()

    def add(self, fault: Fault, detail: str) -> None:
        """Take note of one finding."""
        self._counts[fault] += 1
        if self._counts[fault] <= MOST_EXAMPLES:
            self._kept.append(Finding(fault, detail))

    def all(self) -> tuple[Finding, ...]:
        """Return the findings, with one more for each kind that had too many to list."""
        rest = tuple(
            Finding(fault, f"and {count - MOST_EXAMPLES:,} more")
            for fault, count in self._counts.items()
            if count > MOST_EXAMPLES
        )
        return (*self._kept, *rest)
