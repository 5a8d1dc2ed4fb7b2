"""Signed notes and their keys (C2SP signed-note, https://c2sp.org/signed-note).

A note is text that ends in a newline, an empty line, and a line for each signature:
`— name base64(key id ‖ signature)`. Two kinds of key are known: a log's own (0x01, Ed25519 over the
text) and a witness's (0x04, https://c2sp.org/tlog-cosignature: Ed25519 over a time and the text).
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.errors import NoteInvalid, SignatureInvalid

KEY_ID_SIZE = 4
PUBLIC_KEY_SIZE = 32
LONGEST_NOTE = 1_000_000
MOST_SIGNATURES = 100

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class SignatureKind(IntEnum):
    """The signature types that C2SP assigns and this package checks."""

    LOG = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and the public half of the key that signs under it."""

    name: str
    kind: SignatureKind
    public: bytes

    def __post_init__(self) -> None:
        require_key_name(self.name)
        if len(self.public) != PUBLIC_KEY_SIZE:
            raise NoteInvalid(f"an Ed25519 public key has 32 bytes, not {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ kind ‖ public key)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[
            :KEY_ID_SIZE
        ]

    def __str__(self) -> str:
        """Return the key in its one published spelling, `name+hex key id+base64(kind ‖ key)`."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who claims to have signed, with which key, and the bytes."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, its final newline included, and the signatures it carries."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the key that `name+hexkeyid+base64` spells, or raise NoteInvalid saying what is wrong.

    The key id is recomputed, so a mistyped key does not pass for another.
    """
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise NoteInvalid("a verifier key reads name+keyid+base64: copy the whole line")
    name, key_id, encoded = parts
    material = strict_base64(encoded, "the verifier key")
    if not material or material[0] not in set(SignatureKind):
        raise NoteInvalid("the verifier key is of a kind this program does not know")
    key = VerifierKey(name, SignatureKind(material[0]), material[1:])
    if key.key_id.hex() != key_id:
        raise NoteInvalid(f"the verifier key for {name} has a typing error: its id does not match")
    return key


def parse_note(text: str) -> Note:
    """Return the parts of a signed note, or raise NoteInvalid; nothing is verified yet."""
    if len(text) > LONGEST_NOTE:
        raise NoteInvalid("the note is too long to be a checkpoint")
    if _CONTROL.search(text):
        raise NoteInvalid("the note holds control characters")
    body, separator, lines = text.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise NoteInvalid("the note has no signatures: expected an empty line, then lines of them")
    signatures = tuple(_parse_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise NoteInvalid(f"the note has more than {MOST_SIGNATURES} signatures")
    return Note(body + "\n", signatures)


def sign_text(text: str, name: str, private: Ed25519PrivateKey, key_id: bytes) -> Signature:
    """Return a log's own signature (type 0x01) over a text that ends in a newline."""
    if not text.endswith("\n"):
        raise NoteInvalid("a note's text ends in a newline")
    return Signature(name, key_id, private.sign(text.encode()))


def sign_cosignature(
    text: str, time: int, name: str, private: Ed25519PrivateKey, key_id: bytes
) -> Signature:
    """Return a witness's signature (type 0x04), made at `time` (whole seconds since 1970)."""
    value = private.sign(_cosigned(text, time))
    return Signature(name, key_id, time.to_bytes(8, "big") + value)


def verify_note(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return which of `keys` signed the note, at least one.

    Signatures by other keys are ignored. A wrong signature by one of `keys`, or none at all by
    any of them, raises SignatureInvalid.
    """
    known = {(key.name, key.key_id): key for key in keys}
    signed: list[VerifierKey] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not _is_valid(note.text, signature, key):
            raise SignatureInvalid(
                f"the signature of {key.name} is wrong: the text was changed after signing"
            )
        if key not in signed:
            signed.append(key)
    if not signed:
        names = ", ".join(f"{key.name}+{key.key_id.hex()}" for key in keys) or "none was given"
        raise SignatureInvalid(f"not signed by a key you trust ({names})")
    return tuple(signed)


def cosignature_time(signature: Signature) -> int:
    """Return when a witness signed, in whole seconds since 1970; verify the note first."""
    return int.from_bytes(signature.value[:8], "big")


def strict_base64(text: str, what: str) -> bytes:
    """Return the bytes of standard base64 in its one spelling, or raise NoteInvalid naming it.

    Stray characters and unused bits that are not zero are refused: each would be a second
    spelling of the same bytes (RFC 4648 §3.5).
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise NoteInvalid(f"{what} is not base64: {error}") from error
    if base64.b64encode(data).decode() != text:
        raise NoteInvalid(f"{what} is not spelt as base64 should be")
    return data


def _is_valid(text: str, signature: Signature, key: VerifierKey) -> bool:
    value, message = signature.value, text.encode()
    if key.kind is SignatureKind.COSIGNATURE:
        message, value = _cosigned(text, cosignature_time(signature)), value[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cosigned(text: str, time: int) -> bytes:
    """Return the message that a cosignature signs (tlog-cosignature, Ed25519 signed message)."""
    if not 0 <= time < 2**64:
        raise NoteInvalid(f"a cosignature cannot carry the time {time}")
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _parse_signature(line: str) -> Signature:
    if not line.startswith("— "):
        raise NoteInvalid("a signature line must start with an em dash and a space")
    name, separator, encoded = line[2:].partition(" ")
    if not separator:
        raise NoteInvalid("a signature line has a name, a space and the signature")
    require_key_name(name)
    material = strict_base64(encoded, f"the signature of {name}")
    if len(material) <= KEY_ID_SIZE:
        raise NoteInvalid(f"the signature of {name} is too short")
    return Signature(name, material[:KEY_ID_SIZE], material[KEY_ID_SIZE:])


def require_key_name(name: str) -> None:
    """Raise NoteInvalid for a name that no key can have."""
    if not name or "+" in name or any(c.isspace() or c < " " for c in name):
        raise NoteInvalid(f"{name!r} cannot name a key: no spaces, no plus signs, not empty")
