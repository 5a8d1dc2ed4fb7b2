"""The bundle's form: a whole log in one plain file that anyone can keep and check.

A line of canonical JSON (RFC 8785) for each thing, in order: a header with the newest signed
checkpoint, the leaves with every published checkpoint at its place among them, and an end line with
the SHA-256 of all before it. It is written and read line by line, so size does not matter.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from audit.canonical import Json, canonical_json, parse_canonical
from audit.errors import BundleInvalid, NotCanonical

FORMAT = "signpost-audit-bundle"
VERSION = 1
LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: whose log it is, its newest checkpoint, and the keys it names as its own.

    `ciphertexts` tells whether encrypted parts were included.
    """

    origin: str
    checkpoint: str
    keys: tuple[str, ...]
    ciphertexts: bool


@dataclass(frozen=True, slots=True)
class LeafLine:
    """One leaf: its number, the hash kept beside it, its canonical text, its encrypted part."""

    index: int
    hash: bytes
    text: bytes
    ciphertext: bytes | None


@dataclass(frozen=True, slots=True)
class CheckpointLine:
    """A checkpoint that the log published when it had just the leaves before this line."""

    checkpoint: str


@dataclass(frozen=True, slots=True)
class EndLine:
    """The last line; `intact` tells whether its digest is that of everything before it."""

    intact: bool


BundleLine = Header | LeafLine | CheckpointLine | EndLine


def read_bundle(path: Path) -> Iterator[BundleLine]:
    """Yield the lines of a bundle, the header first and the end last.

    Raises BundleInvalid, with the line's number, at the first line that is not as `export_bundle`
    writes it; what was yielded before stays usable.
    """
    try:
        with path.open("rb") as file:
            yield from _read_lines(file)
    except OSError as error:
        raise BundleInvalid(f"{path} cannot be read: {error.strerror}") from error


def encode_line(line: BundleLine) -> dict[str, Json]:
    """Return a line as JSON; the end line is for whoever counts the others to make."""
    match line:
        case Header():
            return {
                "type": "header",
                "format": FORMAT,
                "v": VERSION,
                "origin": line.origin,
                "checkpoint": line.checkpoint,
                "keys": line.keys,
                "ciphertexts": line.ciphertexts,
            }
        case LeafLine():
            value: dict[str, Json] = {
                "type": "leaf",
                "index": line.index,
                "hash": line.hash.hex(),
                "leaf": _leaf_value(line),
            }
            if line.ciphertext is not None:
                value["ciphertext"] = base64.b64encode(line.ciphertext).decode()
            return value
        case CheckpointLine():
            return {"type": "checkpoint", "checkpoint": line.checkpoint}
        case EndLine():
            raise ValueError("the end line is the writer's own")


def _leaf_value(line: LeafLine) -> Json:
    try:
        return parse_canonical(line.text)
    except NotCanonical as error:
        raise BundleInvalid(
            f"leaf {line.index} is damaged: run signpost-audit verify --database ({error})"
        ) from error


def _read_lines(file: BinaryIO) -> Iterator[BundleLine]:
    digest = sha256()
    number = 0
    while True:
        line = file.readline(LONGEST_LINE)
        if not line:
            raise BundleInvalid(f"line {number + 1}: the bundle has no end line: it was cut short")
        try:
            value = parse_canonical(line.removesuffix(b"\n")) if line.endswith(b"\n") else None
            if not isinstance(value, dict):
                raise BundleInvalid("not a whole line of JSON")
            decoded = _decode(value, number, digest.hexdigest())
        except (BundleInvalid, NotCanonical) as error:
            raise BundleInvalid(f"line {number + 1}: {error}") from error
        if isinstance(decoded, Header) is not (number == 0):
            raise BundleInvalid(f"line {number + 1}: the header is the first line, and only that")
        yield decoded
        if isinstance(decoded, EndLine):
            break
        digest.update(line)
        number += 1
    if file.read(1):
        raise BundleInvalid(f"line {number + 2}: there is more after the end line")


def _decode(value: dict[str, Json], lines: int, digest: str) -> BundleLine:
    match value:
        case {
            "type": "header",
            "format": str(name),
            "v": int(version),
            "origin": str(origin),
            "checkpoint": str(checkpoint),
            "keys": list(keys),
            "ciphertexts": bool(ciphertexts),
        } if len(value) == 7 and all(isinstance(key, str) for key in keys):
            if name != FORMAT or version != VERSION or isinstance(version, bool):
                raise BundleInvalid("not a bundle of this version: use a newer program")
            return Header(origin, checkpoint, tuple(map(str, keys)), ciphertexts)
        case {"type": "leaf", "index": int(index), "hash": str(hashed), "leaf": dict(leaf)} if (
            value.keys() <= {"type", "index", "hash", "leaf", "ciphertext"}
            and not isinstance(index, bool)
        ):
            sealed = value.get("ciphertext")
            return LeafLine(
                index,
                _hexadecimal(hashed),
                canonical_json(leaf),
                None if sealed is None else _base64(sealed),
            )
        case {"type": "checkpoint", "checkpoint": str(checkpoint)} if len(value) == 2:
            return CheckpointLine(checkpoint)
        case {"type": "end", "lines": int(counted), "sha256": str(expected)} if len(value) == 3:
            return EndLine(
                intact=counted == lines and not isinstance(counted, bool) and expected == digest
            )
    raise BundleInvalid("neither a header, a leaf, a checkpoint nor the end")


def _hexadecimal(text: str) -> bytes:
    try:
        data = bytes.fromhex(text)
    except ValueError as error:
        raise BundleInvalid("a hash is not hexadecimal") from error
    if data.hex() != text:
        raise BundleInvalid("a hash is not spelt in lower case")
    return data


def _base64(text: Json) -> bytes:
    try:
        data = base64.b64decode(cast(str, text), validate=True)
    except (TypeError, ValueError) as error:
        raise BundleInvalid("an encrypted part is not base64") from error
    if base64.b64encode(data).decode() != text:
        raise BundleInvalid("an encrypted part is not spelt as base64 should be")
    return data
