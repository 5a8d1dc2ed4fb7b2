"""Checkpoints: what a log signs about itself (C2SP, https://c2sp.org/tlog-checkpoint).

Three lines: the log's origin, how many leaves it has, and the base64 root of its Merkle tree.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from audit.errors import NoteInvalid, SignatureInvalid
from audit.merkle import HASH_SIZE
from audit.note import SignatureKind, VerifierKey, parse_note, strict_base64, verify_note

LARGEST_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One state of a log: its origin, its number of leaves and its root hash (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed, with the final newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that these exact three lines spell, or raise NoteInvalid.

    Extension lines, which C2SP allows but advises against, are refused: our logs write none.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise NoteInvalid("a checkpoint has three lines: origin, size and root")
    origin, size, encoded = lines[:3]
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size):
        raise NoteInvalid(f"the checkpoint's size is not a plain number: {size[:40]!r}")
    if int(size) > LARGEST_SIZE:
        raise NoteInvalid("the checkpoint's size is larger than any log can be")
    root = strict_base64(encoded, "the checkpoint's root")
    if len(root) != HASH_SIZE:
        raise NoteInvalid("the checkpoint's root is not a SHA-256 hash")
    return Checkpoint(origin, int(size), root)


def read_checkpoint(note_text: str) -> Checkpoint:
    """Return the checkpoint in a signed note without checking any signature."""
    return parse_checkpoint(parse_note(note_text).text)


def open_checkpoint(note_text: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint in a note that its own log signed with one of `keys`.

    Raises NoteInvalid for a malformed note, and SignatureInvalid unless a log key whose name is
    the checkpoint's origin signed it. Witness keys may be among `keys`; alone they do not suffice.
    """
    note = parse_note(note_text)
    checkpoint = parse_checkpoint(note.text)
    signers = verify_note(note, keys)
    if not any(k.kind is SignatureKind.LOG and k.name == checkpoint.origin for k in signers):
        raise SignatureInvalid(f"the checkpoint of {checkpoint.origin} is not signed by that log")
    return checkpoint
