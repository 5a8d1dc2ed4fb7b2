"""A receipt: one small text file that proves, offline, what the log holds.

The top is for people: what the file is, what it shows and how to check it. Below the marker is a
C2SP proof (https://c2sp.org/tlog-proof) whose `extra` line carries the leaf and, if the holder
chose to have it revealed, the salt and the text that open the leaf's commitment. The top is written
from the proof alone, and a receipt whose top differs is refused, so no line can be altered.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from audit.canonical import Json, canonical_json, parse_canonical
from audit.checkpoint import open_checkpoint, read_checkpoint
from audit.errors import NotCanonical, NoteInvalid, ReceiptInvalid, ReceiptNotProven
from audit.leaf import Leaf, read_leaf
from audit.merkle import HASH_SIZE, verify_inclusion
from audit.note import VerifierKey, strict_base64
from audit.vault import commitment

ABOUT = (
    "Receipt for a record in a public audit log",
    "",
    "This file proves that the record below was in the log when its owner signed it,",
    "and that it has not been changed since. Keep it if you may want to show later",
    "what happened. It can be checked without the service and without the internet:",
    "",
    "    signpost-audit receipt THIS-FILE --key KEY",
    "",
    "KEY is the log's public key. Take it from the organisation, not from this file.",
)
MARKER = "----- everything below is for the checking program; do not change it -----"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
LONGEST_RECEIPT = 2_000_000
LONGEST_PROOF = 64
SALT_SIZE = 32

_MISLEADING = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
"""Controls, invisible characters, and marks that turn the direction of writing."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a leaf's commitment: its salt (32 bytes) and the personal part itself."""

    salt: bytes
    personal: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A leaf, where it stands, the inclusion proof, and the signed checkpoint it leads to."""

    leaf: Leaf
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    opening: Opening | None = None


def write_receipt(receipt: Receipt) -> str:
    """Return the one text of a receipt. Raises ReceiptInvalid if its checkpoint is malformed."""
    return _preamble(receipt) + MARKER + "\n\n" + _proof_text(receipt)


def parse_receipt(text: str) -> Receipt:
    """Return what a receipt's text holds; nothing is proven yet.

    Raises ReceiptInvalid, naming what is wrong, unless the text is exactly what `write_receipt`
    gives for it (ReceiptNotProven when only the readable top differs: somebody rewrote it).
    """
    if len(text) > LONGEST_RECEIPT:
        raise ReceiptInvalid("the file is too long to be a receipt")
    _, separator, proof = text.partition("\n" + MARKER + "\n\n")
    if not separator:
        raise ReceiptInvalid("this is not a receipt: the marker line above its proof is missing")
    receipt = _parse_proof(proof)
    if write_receipt(receipt) != text:
        raise ReceiptNotProven("the text at the top is not the one that belongs to the proof below")
    return receipt


def verify_receipt(text: str, keys: Sequence[VerifierKey]) -> Receipt:
    """Return the receipt if one of `keys`' logs signed it and the proof holds.

    Raises ReceiptInvalid for a malformed text and ReceiptNotProven, naming the failed step, for a
    well-formed receipt that proves nothing.
    """
    receipt = parse_receipt(text)
    try:
        checkpoint = open_checkpoint(receipt.checkpoint, keys)
    except NoteInvalid as error:
        raise ReceiptNotProven(f"the checkpoint is not to be trusted: {error}") from error
    if not verify_inclusion(
        receipt.leaf.hash(), receipt.index, checkpoint.size, receipt.proof, checkpoint.root
    ):
        raise ReceiptNotProven("the record is not in the log that was signed")
    if receipt.opening is not None:
        opened = commitment(receipt.opening.salt, canonical_json(receipt.opening.personal)).hex()
        if opened != receipt.leaf.commitment:
            raise ReceiptNotProven("the text shown is not the one that was recorded")
    return receipt


def _preamble(receipt: Receipt) -> str:
    try:
        checkpoint = read_checkpoint(receipt.checkpoint)
    except NoteInvalid as error:
        raise ReceiptInvalid(f"the receipt's checkpoint is malformed: {error}") from error
    leaf = receipt.leaf
    lines = [
        *ABOUT,
        "",
        f"    Log      {_plain(checkpoint.origin)}",
        f"    Record   {_plain(leaf.record_id)}",
        f"    What     {_plain(leaf.kind)}",
        f"    When     {leaf.at}",
        f"    Place    leaf {receipt.index} of the log's first {checkpoint.size} leaves",
        "",
    ]
    if receipt.opening is None:
        lines += ["What was said is not in this file. It shows only that the record exists.", ""]
    else:
        lines += ["What was said is in this file. Think before you share it.", ""]
        for name, value in sorted(receipt.opening.personal.items()):
            said = value if isinstance(value, str) else canonical_json(value).decode()
            lines += [f"    {_plain(name)}:"]
            lines += [f"        {_plain(line)}" for line in said.split("\n")]
            lines += [""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return the text with what could mislead an eye or a terminal spelt as escapes.

    The list is written out rather than asked of Python, whose Unicode tables change: a receipt
    must read the same in every year.
    """
    return _MISLEADING.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def _proof_text(receipt: Receipt) -> str:
    extra: dict[str, Json] = {"leaf": receipt.leaf.value()}
    if receipt.opening is not None:
        extra["salt"] = receipt.opening.salt.hex()
        extra["personal"] = receipt.opening.personal
    lines = [
        PROOF_HEADER,
        f"extra {base64.b64encode(canonical_json(extra)).decode()}",
        f"index {receipt.index}",
        *(base64.b64encode(h).decode() for h in receipt.proof),
    ]
    return "\n".join(lines) + "\n\n" + receipt.checkpoint


def _parse_proof(text: str) -> Receipt:
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or len(lines) < 3 or lines[0] != PROOF_HEADER:
        raise ReceiptInvalid(f"the proof does not start as {PROOF_HEADER} prescribes")
    extra, index, *hashes = lines[1:]
    if not extra.startswith("extra ") or not index.startswith("index "):
        raise ReceiptInvalid("the proof lacks its extra or its index line")
    number = index.removeprefix("index ")
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", number):
        raise ReceiptInvalid("the index is not a plain number")
    if len(hashes) > LONGEST_PROOF:
        raise ReceiptInvalid("the proof is longer than any log needs")
    leaf, opening = _parse_extra(extra.removeprefix("extra "))
    return Receipt(leaf, int(number), tuple(map(_parse_hash, hashes)), checkpoint, opening)


def _parse_hash(line: str) -> bytes:
    try:
        data = strict_base64(line, "a hash of the proof")
    except NoteInvalid as error:
        raise ReceiptInvalid(str(error)) from error
    if len(data) != HASH_SIZE:
        raise ReceiptInvalid("a hash of the proof has not 32 bytes")
    return data


def _parse_extra(encoded: str) -> tuple[Leaf, Opening | None]:
    try:
        extra = parse_canonical(strict_base64(encoded, "the record"))
        if not isinstance(extra, dict) or extra.keys() not in (
            {"leaf"},
            {"leaf", "salt", "personal"},
        ):
            raise ReceiptInvalid("the record holds other parts than leaf, salt and personal")
        leaf = read_leaf(extra["leaf"])
    except (NoteInvalid, NotCanonical) as error:
        raise ReceiptInvalid(f"the record cannot be read: {error}") from error
    if "salt" not in extra:
        return leaf, None
    salt, personal = extra["salt"], extra["personal"]
    if not isinstance(personal, dict):
        raise ReceiptInvalid("what was said is not an object")
    try:
        opening = Opening(bytes.fromhex(cast(str, salt)), personal)
    except (TypeError, ValueError) as error:
        raise ReceiptInvalid("the salt is not hexadecimal") from error
    if len(opening.salt) != SALT_SIZE:
        raise ReceiptInvalid("the salt has not 32 bytes")
    return leaf, opening
