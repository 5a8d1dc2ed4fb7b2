"""The check itself: leaves go through in order, once, in memory that does not grow with them.

What is remembered beyond the tree's frontier is bounded (`MOST_MISMATCHES`), except for one number
for each conversation with encrypted parts, to know what an erasure should have removed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from audit.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from audit.errors import NotCanonical, NoteInvalid, SignatureInvalid
from audit.findings import Fault, Finding, Findings
from audit.leaf import Leaf, parse_leaf
from audit.merkle import EMPTY_ROOT, HASH_SIZE, Frontier, leaf_hash
from audit.note import VerifierKey

MOST_MISMATCHES = 10_000

CONVERSATION_ERASED = "conversation_erased"


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """A leaf as found: its number, its text, the hash kept beside it and its encrypted part.

    `hash` is empty where none is kept. `ciphertext` is None where there is none, or where none
    were included.
    """

    index: int
    text: bytes
    hash: bytes
    ciphertext: bytes | None


@dataclass(frozen=True, slots=True)
class _Mismatch:
    index: int
    computed: bytes
    stored: bytes


@dataclass(frozen=True, slots=True)
class _Awaited:
    checkpoint: Checkpoint
    what: str
    fault: Fault


class Checker:
    """Goes through the leaves of one log and takes note of everything that is wrong."""

    def __init__(self, origin: str, keys: Sequence[VerifierKey], with_ciphertexts: bool) -> None:
        self.findings = Findings()
        self.ciphertexts = 0
        self.checkpoints = 0
        self.frontier = Frontier()
        self._origin = origin
        self._keys = keys
        self._with_ciphertexts = with_ciphertexts
        self._awaited: dict[int, list[_Awaited]] = {}
        self._root_reported = False
        self._absent: dict[int, bytes] = {}
        self._hash_mismatches: list[_Mismatch] = []
        self._sealed_mismatches: list[_Mismatch] = []
        self._conversations_kept: set[int] = set()
        self._conversations_lost: dict[int, int] = {}
        self._conversations_erased: set[int] = set()

    @property
    def size(self) -> int:
        """How many leaves have gone through."""
        return self.frontier.size

    def expect(self, note: str, what: str, *, held_elsewhere: bool = False) -> Checkpoint | None:
        """Require that the leaves add up to a signed checkpoint, when its size is reached.

        `what` names it in findings. Returns the checkpoint, or None when it cannot be read.
        """
        checkpoint = self._opened(note, what)
        if checkpoint is None:
            return None
        fault = Fault.HISTORY_REWRITTEN if held_elsewhere else Fault.ROOT_MISMATCH
        self.checkpoints += 1
        awaited = _Awaited(checkpoint, what, fault)
        if checkpoint.size == self.size:
            self._compare_root(awaited)
        elif checkpoint.size > self.size:
            self._awaited.setdefault(checkpoint.size, []).append(awaited)
        else:
            self.findings.add(
                Fault.CHECKPOINT_MISPLACED,
                f"{what} is for {checkpoint.size} leaves but stands after {self.size}",
            )
        return checkpoint

    def leaf(self, stored: StoredLeaf) -> Leaf | None:
        """Check the next leaf; return what it says, or None when it is not readable as a leaf."""
        if stored.index < self.size:
            self._out_of_order(stored)
            return None
        while stored.index > self.size and len(self._absent) < MOST_MISMATCHES:
            self.absent(b"")
        computed = leaf_hash(stored.text)
        if stored.hash != computed:
            self._mismatch(self._hash_mismatches, self.size, computed, stored.hash)
        self._advance(computed)
        try:
            leaf = parse_leaf(stored.text)
        except NotCanonical as error:
            self.findings.add(Fault.LEAF_CHANGED, f"leaf {stored.index} is not a leaf: {error}")
            return None
        self._check_ciphertext(stored, leaf)
        return leaf

    def absent(self, stored_hash: bytes) -> None:
        """Take note that the next leaf is not there; its hash, where kept, stands in for it."""
        self._absent[self.size] = stored_hash
        self._advance(stored_hash or bytes(HASH_SIZE))

    def finish(self, signed_size: int | None) -> tuple[Finding, ...]:
        """Draw the conclusions once all leaves went through; return every finding.

        `signed_size` is how many leaves the log's newest signed checkpoint counts, None if that
        cannot be read.
        """
        for waiting in self._awaited.values():
            for awaited in waiting:
                self.findings.add(
                    Fault.TAIL_TRUNCATED,
                    f"{awaited.what} counts {awaited.checkpoint.size} leaves, but only"
                    f" {self.size} are here: the newest were removed",
                )
        if signed_size is not None and self.size > signed_size:
            self.findings.add(
                Fault.LEAF_INSERTED,
                f"{self.size - signed_size} leaves stand after leaf {signed_size - 1}, the last"
                " that was signed",
            )
        self._name_hash_mismatches()
        self._name_sealed_mismatches()
        for index in self._conversations_lost.values():
            self.findings.add(
                Fault.CIPHERTEXT_MISSING,
                f"the encrypted part of leaf {index} is gone, but its conversation was not erased",
            )
        return self.findings.all()

    def _opened(self, note: str, what: str) -> Checkpoint | None:
        try:
            checkpoint = read_checkpoint(note)
        except NoteInvalid as error:
            self.findings.add(Fault.CHECKPOINT_MISPLACED, f"{what}: {error}")
            return None
        try:
            open_checkpoint(note, self._keys)
        except SignatureInvalid as error:
            self.findings.add(Fault.SIGNATURE_INVALID, f"{what}: {error}")
        if checkpoint.origin != self._origin:
            self.findings.add(
                Fault.CHECKPOINT_MISPLACED,
                f"{what} is of the log {checkpoint.origin}, not {self._origin}",
            )
            return None
        return checkpoint

    def _advance(self, hashed: bytes) -> None:
        self.frontier, _ = self.frontier.append(hashed)
        for awaited in self._awaited.pop(self.size, ()):
            self._compare_root(awaited)

    def _compare_root(self, awaited: _Awaited) -> None:
        root = self.frontier.root() if self.size else EMPTY_ROOT
        if root == awaited.checkpoint.root:
            return
        if awaited.fault is Fault.ROOT_MISMATCH:
            if self._root_reported:
                return
            self._root_reported = True
        self.findings.add(
            awaited.fault,
            f"the first {self.size} leaves are not those that {awaited.what} was signed over",
        )

    def _out_of_order(self, stored: StoredLeaf) -> None:
        self._absent.pop(stored.index, None)
        self.findings.add(Fault.REORDERED, f"leaf {stored.index} stands after leaf {self.size - 1}")

    def _check_ciphertext(self, stored: StoredLeaf, leaf: Leaf) -> None:
        conversation = hash(leaf.conversation)
        if leaf.kind == CONVERSATION_ERASED:
            self._conversations_erased.add(conversation)
            self._conversations_lost.pop(conversation, None)
            if conversation in self._conversations_kept:
                self.findings.add(
                    Fault.ERASED_BUT_KEPT,
                    f"leaf {stored.index} erased conversation {leaf.conversation}, but encrypted"
                    " parts of it are still there",
                )
        if not self._with_ciphertexts:
            return
        if stored.ciphertext is None:
            if leaf.ciphertext is not None and conversation not in self._conversations_erased:
                self._conversations_lost.setdefault(conversation, stored.index)
            return
        self.ciphertexts += 1
        self._conversations_kept.add(conversation)
        digest = sha256(stored.ciphertext).digest()
        if leaf.ciphertext is None:
            self.findings.add(
                Fault.CIPHERTEXT_ORPHANED, f"leaf {stored.index} was recorded without one"
            )
        elif digest.hex() != leaf.ciphertext:
            expected = bytes.fromhex(leaf.ciphertext)
            self._mismatch(self._sealed_mismatches, stored.index, digest, expected)

    @staticmethod
    def _mismatch(kept: list[_Mismatch], index: int, computed: bytes, stored: bytes) -> None:
        if len(kept) < MOST_MISMATCHES:
            kept.append(_Mismatch(index, computed, stored))

    def _name_hash_mismatches(self) -> None:
        """Tell changed, inserted, removed and reordered leaves apart by which hashes went where."""
        computed = Counter(m.computed for m in self._hash_mismatches)
        stored = Counter(m.stored for m in self._hash_mismatches if m.stored)
        stored.update(hashed for hashed in self._absent.values() if hashed)
        foreign = computed - stored
        lost = stored - computed
        in_balance = foreign.total() == lost.total()
        self._name_absent(lost)
        for mismatch in self._hash_mismatches:
            if mismatch.computed in foreign and mismatch.stored in lost:
                self.findings.add(
                    Fault.LEAF_CHANGED,
                    f"leaf {mismatch.index} is not the one that was recorded there",
                )
            elif mismatch.computed in foreign:
                self.findings.add(Fault.LEAF_INSERTED, f"leaf {mismatch.index} was never recorded")
            elif mismatch.stored in lost:
                self.findings.add(
                    Fault.LEAF_MISSING, f"the leaf recorded as {mismatch.index} is nowhere"
                )
            elif in_balance:
                self.findings.add(
                    Fault.REORDERED, f"leaf {mismatch.index} was recorded at another place"
                )

    def _name_absent(self, lost: Counter[bytes]) -> None:
        """Tell leaves that are gone from those that only moved up into another's place."""
        end = self.size
        while end - 1 in self._absent:
            end -= 1
        for index, hashed in self._absent.items():
            if hashed and hashed not in lost:
                continue
            if index >= end:
                self.findings.add(Fault.TAIL_TRUNCATED, f"leaf {index}, at the end, was removed")
            else:
                self.findings.add(Fault.LEAF_MISSING, f"leaf {index} was removed")

    def _name_sealed_mismatches(self) -> None:
        expected = {m.stored for m in self._sealed_mismatches}
        for mismatch in self._sealed_mismatches:
            if mismatch.computed in expected:
                self.findings.add(
                    Fault.CIPHERTEXT_SWAPPED,
                    f"the encrypted part with leaf {mismatch.index} is another record's",
                )
            else:
                self.findings.add(
                    Fault.CIPHERTEXT_CHANGED,
                    f"the encrypted part with leaf {mismatch.index} is not the recorded one",
                )
