"""Secrets kept in files: made once, readable by their owner alone, never overwritten."""

import base64
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.errors import NoteInvalid, SecretUnusable
from audit.note import (
    Signature,
    SignatureKind,
    VerifierKey,
    sign_text,
    strict_base64,
)

SECRET_SIZE = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """32 secret bytes, kept out of reprs and logs."""

    value: bytes

    def __post_init__(self) -> None:
        if len(self.value) != SECRET_SIZE:
            raise SecretUnusable(f"a secret has {SECRET_SIZE} bytes, not {len(self.value)}")

    def __repr__(self) -> str:
        return "Secret(…)"

    @classmethod
    def generate(cls) -> "Secret":
        """Return a new secret from the operating system's random source."""
        return cls(os.urandom(SECRET_SIZE))


class LogSigner:
    """The log's signing key (Ed25519), under the log's origin as its name."""

    def __init__(self, origin: str, seed: Secret) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed.value)
        self.verifier_key = VerifierKey(
            origin, SignatureKind.LOG, self._private.public_key().public_bytes_raw()
        )
        self._key_id = self.verifier_key.key_id

    @classmethod
    def load_or_create(cls, path: Path, origin: str) -> "LogSigner":
        """Return the signer whose seed is in `path`, making it first if need be.

        Raises SecretUnusable as `load_or_create_secret` does, and NoteInvalid when `origin`
        cannot name a key (it is empty, or has a space or a plus sign).
        """
        return cls(origin, load_or_create_secret(path))

    @property
    def origin(self) -> str:
        """The name of the log this key signs for."""
        return self.verifier_key.name

    def sign(self, text: str) -> Signature:
        """Return this key's signature line over a note's text."""
        return sign_text(text, self.origin, self._private, self._key_id)


def load_or_create_secret(path: Path) -> Secret:
    """Return the 32-byte secret in `path` (one line of base64), making it first if it is missing.

    A new file is complete and durable before it has its name, readable by its owner alone, and
    when two processes make it at once both return the same secret. Raises SecretUnusable if the
    file cannot be made, is damaged, or lets its group or anybody else read it.
    """
    try:
        if not path.exists():
            _create(path, base64.b64encode(Secret.generate().value) + b"\n")
        return _load(path)
    except OSError as error:
        raise SecretUnusable(
            f"the key file {path} cannot be used ({error.strerror}): check its folder and owner"
        ) from error


def create_secret(path: Path) -> Secret:
    """Make a file with a new 32-byte secret, readable by its owner alone, and return the secret.

    Raises SecretUnusable where a file of that name is there already: it is left as it is.
    """
    secret = Secret.generate()
    try:
        made = _create(path, base64.b64encode(secret.value) + b"\n")
    except OSError as error:
        raise SecretUnusable(
            f"the key file {path} cannot be made ({error.strerror}): check its folder and owner"
        ) from error
    if not made:
        raise SecretUnusable(f"{path} is there already: give another name")
    return secret


def load_secret(path: Path) -> Secret:
    """Return the 32-byte secret in `path`; raises as `load_or_create_secret`, also if missing."""
    try:
        return _load(path)
    except OSError as error:
        raise SecretUnusable(
            f"the key file {path} cannot be read ({error.strerror}): check its name and owner"
        ) from error


def _load(path: Path) -> Secret:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretUnusable(f"others may read the key file {path}: run chmod 600 {path}")
        text = file.read(1000)
    try:
        return Secret(strict_base64(text.decode("ascii").removesuffix("\n"), "the key"))
    except (NoteInvalid, UnicodeDecodeError, SecretUnusable) as error:
        raise SecretUnusable(
            f"the key file {path} is damaged: restore it from its backup; a new key would not"
            " open what the old one protects"
        ) from error


def _create(path: Path, content: bytes) -> bool:
    """Write a private file under another name, then link it into place unless one is there.

    Says whether it did.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
