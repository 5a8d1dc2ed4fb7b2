"""Sealing what is personal: AES-256-GCM under the conversation's key, and a salted commitment.

Pure functions over a ConversationKey. The ciphertext is bound to its record and conversation, so
one record's ciphertext never opens as another's.
"""

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from audit.canonical import canonical_json
from audit.errors import SealBroken

NONCE_SIZE = 12
KEY_SIZE = 32
COMMITMENT_DOMAIN = b"signpost/commitment/v1\n"


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """What one conversation's secret yields: a key that encrypts and a key that salts."""

    conversation_id: str
    encryption: bytes
    salting: bytes

    def __repr__(self) -> str:
        """Return a text without the secrets, since reprs end up in logs."""
        return f"ConversationKey({self.conversation_id!r})"


def derive_key(conversation_id: str, secret: bytes) -> ConversationKey:
    """Return the two keys that HKDF-SHA-256 (RFC 5869) derives from a conversation's secret.

    `secret` is 32 random bytes. Both keys are lost for good when it is.
    """

    def derive(purpose: bytes) -> bytes:
        return HKDF(SHA256(), KEY_SIZE, salt=conversation_id.encode(), info=purpose).derive(secret)

    return ConversationKey(
        conversation_id, derive(b"signpost/encryption/v1"), derive(b"signpost/salting/v1")
    )


def seal(key: ConversationKey, record_id: str, plain: bytes) -> bytes:
    """Return nonce (12 random bytes) ‖ ciphertext ‖ tag (16) of `plain` for this record."""
    nonce = os.urandom(NONCE_SIZE)
    return nonce + AESGCM(key.encryption).encrypt(nonce, plain, _binding(key, record_id))


def unseal(key: ConversationKey, record_id: str, sealed: bytes) -> bytes:
    """Return what was sealed for this record, or raise SealBroken if anything differs."""
    nonce, ciphertext = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:]
    try:
        return AESGCM(key.encryption).decrypt(nonce, ciphertext, _binding(key, record_id))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(
            f"the ciphertext of record {record_id} was changed, or belongs to another record:"
            " run signpost-audit verify"
        ) from error


def record_salt(key: ConversationKey, record_id: str) -> bytes:
    """Return the 32-byte salt of a record's commitment: HMAC-SHA-256(salting key, record id)."""
    return hmac.digest(key.salting, record_id.encode(), "sha256")


def commitment(salt: bytes, personal: bytes) -> bytes:
    """Return SHA-256(domain ‖ salt ‖ personal): it hides `personal` and fits no other text.

    `salt` is 32 bytes, so that the parts cannot run into each other.
    """
    return sha256(COMMITMENT_DOMAIN + salt + personal).digest()


def _binding(key: ConversationKey, record_id: str) -> bytes:
    return canonical_json(["signpost/vault/v1", key.conversation_id, record_id])
