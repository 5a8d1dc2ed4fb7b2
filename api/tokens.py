"""The right to one conversation: a signed, expiring token, bound to its id.

Form: `v1.<payload>.<mac>`, both base64url without padding; the payload is `<expiry>:<id>` with the
expiry in whole Unix seconds; the mac is HMAC-SHA256 under a key derived for this purpose alone.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from api.errors import FormRefused, TokenRefused

_START_AGAIN = "Start a new conversation, and send its token as 'Authorization: Bearer …'."


@dataclass(frozen=True, slots=True)
class Token:
    """A token as sent, and when it stops working."""

    text: str = field(repr=False)
    expires_at: datetime


class Tokens:
    """Issues and reads tokens. `seconds` is how long one lasts after its last use."""

    def __init__(self, secret: bytes, seconds: int, clock: Callable[[], datetime]) -> None:
        self._token_key = _derive(secret, b"signpost conversation token v1")
        self._form_key = _derive(secret, b"signpost form token v1")
        self._seconds = seconds
        self._clock = clock

    def issue(self, conversation_id: str) -> Token:
        """Return a fresh token for the conversation."""
        expiry = int(self._clock().timestamp()) + self._seconds
        payload = _encode(f"{expiry}:{conversation_id}".encode())
        text = f"v1.{payload}.{_encode(self._mac(payload))}"
        return Token(text, datetime.fromtimestamp(expiry, UTC))

    def read(self, text: str) -> str:
        """Return the conversation's id; raise `TokenRefused` for a forged or expired token."""
        version, _, rest = text.partition(".")
        payload, _, mac = rest.partition(".")
        try:
            signed = hmac.compare_digest(_decode(mac), self._mac(payload))
            if version != "v1" or not signed:
                raise TokenRefused(f"This token was not issued here. {_START_AGAIN}")
            expiry, _, conversation_id = _decode(payload).decode().partition(":")
        except (Base64Error, UnicodeError, ValueError) as fault:
            raise TokenRefused(f"This token cannot be read. {_START_AGAIN}") from fault
        if int(expiry) <= self._clock().timestamp():
            raise TokenRefused(f"This token has expired. {_START_AGAIN}")
        return conversation_id

    def form_token(self, conversation_id: str) -> str:
        """Return the hidden value that forms of this conversation carry."""
        return _encode(hmac.digest(self._form_key, conversation_id.encode(), "sha256"))

    def check_form(self, conversation_id: str, form_token: str) -> None:
        """Raise `FormRefused` unless the form was made for this conversation."""
        expected = self.form_token(conversation_id)
        if not hmac.compare_digest(form_token.encode(), expected.encode()):
            raise FormRefused("This page is out of date. Open the conversation again and resend.")

    def _mac(self, payload: str) -> bytes:
        return hmac.digest(self._token_key, f"v1.{payload}".encode(), "sha256")


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, purpose, sha256)


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    decoded = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if _encode(decoded) != text:
        raise ValueError("not canonical base64url")
    return decoded
