"""The leaf of a record: the canonical JSON that the log hashes, and what it says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from audit.canonical import Json, canonical_json, parse_canonical
from audit.errors import NotCanonical
from audit.merkle import leaf_hash

LEAF_VERSION = 1

_REQUIRED = {"v", "id", "kind", "at", "facts"}
_OPTIONAL = {"conversation", "commitment", "ciphertext"}
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one leaf says.

    `commitment` (SHA-256 over salt and personal part) and `ciphertext` (SHA-256 of what the vault
    holds), both hexadecimal, are both there or both absent. `kind` is text, so that an old
    verifier reads a newer log.
    """

    record_id: str
    kind: str
    at: str
    facts: Mapping[str, Json]
    conversation: str | None = None
    commitment: str | None = None
    ciphertext: str | None = None

    def value(self) -> dict[str, Json]:
        """Return the JSON object whose canonical form is hashed."""
        value: dict[str, Json] = {
            "v": LEAF_VERSION,
            "id": self.record_id,
            "kind": self.kind,
            "at": self.at,
            "facts": self.facts,
        }
        if self.conversation is not None:
            value["conversation"] = self.conversation
        if self.commitment is not None:
            value["commitment"] = self.commitment
        if self.ciphertext is not None:
            value["ciphertext"] = self.ciphertext
        return value

    def encode(self) -> bytes:
        """Return the canonical JSON that is hashed."""
        return canonical_json(self.value())

    def hash(self) -> bytes:
        """Return the leaf hash."""
        return leaf_hash(self.encode())


def parse_leaf(data: bytes) -> Leaf:
    """Return what a leaf's bytes say, or raise NotCanonical unless they are exactly a leaf."""
    return read_leaf(parse_canonical(data))


def read_leaf(value: Json) -> Leaf:
    """Return the leaf in a JSON value, or raise NotCanonical unless it is exactly one."""
    if not isinstance(value, dict):
        raise NotCanonical("a leaf is a JSON object")
    if not _REQUIRED <= value.keys() <= _REQUIRED | _OPTIONAL:
        raise NotCanonical(f"a leaf does not have the members {', '.join(sorted(value))[:200]}")
    if value["v"] != LEAF_VERSION or isinstance(value["v"], bool):
        raise NotCanonical("the leaf is of a version this program does not know: update it")
    for name in ("id", "kind", "at", *(_OPTIONAL & value.keys())):
        if not isinstance(value[name], str) or not value[name]:
            raise NotCanonical(f"the leaf's {name} is not text")
    if not isinstance(value["facts"], dict):
        raise NotCanonical("the leaf's facts are not an object")
    if not _AT.fullmatch(value["at"]):
        raise NotCanonical("the leaf's time is not UTC in milliseconds")
    if ("commitment" in value) != ("ciphertext" in value):
        raise NotCanonical("a leaf has a commitment and a ciphertext's digest, or neither")
    if "commitment" in value and "conversation" not in value:
        raise NotCanonical("a leaf with a personal part belongs to a conversation")
    for name in {"commitment", "ciphertext"} & value.keys():
        if not _DIGEST.fullmatch(value[name]):
            raise NotCanonical(f"the leaf's {name} is not a SHA-256 digest")
    return Leaf(
        record_id=value["id"],
        kind=value["kind"],
        at=value["at"],
        facts=cast(Mapping[str, Json], value["facts"]),
        conversation=value.get("conversation"),
        commitment=value.get("commitment"),
        ciphertext=value.get("ciphertext"),
    )


def write_time(moment: datetime) -> str:
    """Return an aware time as leaves spell it: UTC, milliseconds, `2026-01-02T03:04:05.678Z`."""
    if moment.tzinfo is None:
        raise ValueError("the clock must give aware times: use datetime.now(UTC)")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def read_time(text: str) -> datetime:
    """Return the moment that a leaf's time spells."""
    return datetime.fromisoformat(text)
