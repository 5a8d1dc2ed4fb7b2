"""Passwords: Argon2id (RFC 9106), and what makes one too easy to guess.

The advice of the NCSC ("Password policy: updating your approach"): length, and no password that
everybody tries first; no rules about which characters it is made of, no changing it on a date.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from api.staff.errors import StaffInvalid

SHORTEST = 12
LONGEST = 200
"""In characters. A longest there must be, since every one is read."""
_AT_ONCE = 4
"""How many are hashed at once: each takes 64 MiB of memory."""
_LEFT_OVER = 8
_FEWEST_DIFFERENT = 5
_COMMON = Path(__file__).parent / "common_passwords.txt"
_PARTS = re.compile(r"[^\W\d_]{3,}")


class Passwords:
    """Hashes and checks passwords. `hasher` has the parameters that new hashes get."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._nobodys = hasher.hash("nobody has this password")
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """Return the hash to keep, with its salt and parameters."""
        with self._places:
            return self._hasher.hash(_as_typed(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Return whether it is the password. Takes as long where nothing is kept (None)."""
        with self._places:
            try:
                self._hasher.verify(kept or self._nobodys, _as_typed(password)[: 4 * LONGEST])
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_dated(self, kept: str) -> bool:
        """Return whether a hash was made with other parameters than new ones get."""
        return self._hasher.check_needs_rehash(kept)


def require_good(password: str, about: Iterable[str] = ()) -> None:
    """Raise StaffInvalid for a password that is too short, long or easy to guess.

    `about` is what anybody knows of its owner: name, e-mail address, the service's name.
    """
    text = unicodedata.normalize("NFKC", password)
    if len(text) < SHORTEST:
        raise StaffInvalid(
            "password",
            f"Choose a password of at least {SHORTEST} characters. Three words that have nothing "
            "to do with each other are easy to remember.",
        )
    if len(text) > LONGEST:
        raise StaffInvalid("password", f"Choose a password of at most {LONGEST} characters.")
    if _is_common(text):
        raise StaffInvalid(
            "password", "This password is one of those that are tried first. Choose another."
        )
    if _is_about(text, about):
        raise StaffInvalid(
            "password", "This password is little more than your name. Choose another."
        )


def _is_common(text: str) -> bool:
    plain = text.casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    common = _common()
    return bool({plain, core, _once(plain), _once(core)} & common) or (
        len(set(plain)) < _FEWEST_DIFFERENT
    )


def _once(text: str) -> str:
    """Return what a text repeats: "passwordpassword" → "password"."""
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text[:size] * (len(text) // size) == text:
            return text[:size]
    return text


def _is_about(text: str, about: Iterable[str]) -> bool:
    left = text.casefold()
    parts = {part.casefold() for known in about for part in _PARTS.findall(known)}
    for part in sorted(parts, key=len, reverse=True):
        left = left.replace(part, "")
    return left != text.casefold() and len(left) < _LEFT_OVER


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = _COMMON.read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line and not line.startswith("#"))


def _as_typed(password: str) -> bytes:
    """Return the password's bytes, the same on every keyboard (NFKC)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
