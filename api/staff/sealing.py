"""What keeps staff secrets readable for this service alone: keys derived from the master key."""

import hmac
import os
import secrets
from base64 import b32encode
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from audit.canonical import canonical_json
from audit.errors import SealBroken
from audit.keyfiles import Secret
from audit.vault import NONCE_SIZE

CODE_CHARACTERS = 20
"""Of 32 each, so 100 bits: nobody guesses a code, however many there are."""


class StaffKeys:
    """Seals second factors (AES-256-GCM) and digests short secrets (HMAC-SHA-256).

    Both keys come from the master key by HKDF-SHA-256 (RFC 5869), each for its purpose alone.
    """

    def __init__(self, master: Secret) -> None:
        self._sealing = _derive(master, b"signpost/staff/second-factor/v1")
        self._digesting = _derive(master, b"signpost/staff/digest/v1")

    def seal(self, account_id: str, plain: bytes) -> bytes:
        """Return nonce (12 random bytes) ‖ ciphertext ‖ tag, bound to this account."""
        nonce = os.urandom(NONCE_SIZE)
        return nonce + AESGCM(self._sealing).encrypt(nonce, plain, _binding(account_id))

    def unseal(self, account_id: str, sealed: bytes) -> bytes:
        """Return what was sealed for this account, or raise SealBroken."""
        nonce, ciphertext = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:]
        try:
            return AESGCM(self._sealing).decrypt(nonce, ciphertext, _binding(account_id))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                "a second factor was changed, or sealed under another master key: "
                "let its holder join again with `signpost staff reset-second-factor`"
            ) from error

    def digest(self, purpose: str, *parts: str) -> str:
        """Return a keyed digest (hex) of the parts for this purpose."""
        message = canonical_json([f"signpost/staff/{purpose}/v1", *parts])
        return hmac.digest(self._digesting, message, "sha256").hex()


def token_digest(token: str) -> str:
    """Return how a random token of ours is kept: it needs no key, for nobody can guess it."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_token() -> str:
    """Return 256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return a code that people can type: five groups of four capitals and digits 2 to 7."""
    text = b32encode(secrets.token_bytes(CODE_CHARACTERS)).decode()[:CODE_CHARACTERS]
    return "-".join(text[at : at + 4] for at in range(0, CODE_CHARACTERS, 4))


def read_code(typed: str) -> str:
    """Return a typed code as it was made, whatever its spaces, dashes and capitals."""
    text = "".join(character for character in typed.upper() if character.isalnum())
    text = text.replace("0", "O").replace("1", "I").replace("8", "B")[: CODE_CHARACTERS + 1]
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _derive(master: Secret, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(master.value)


def _binding(account_id: str) -> bytes:
    return canonical_json(["signpost/staff/second-factor/v1", account_id])
