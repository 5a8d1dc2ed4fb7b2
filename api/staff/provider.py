"""Signing in through the organisation's own identity provider (OpenID Connect Core 1.0).

The authorisation code flow with PKCE (RFC 7636), state and nonce. Signatures are checked with
joserfc, Authlib's own library for them, claims by Authlib. What leaves for the provider cannot be
used twice: its state is kept as a digest, bound to a cookie of this browser, and deleted when it
comes back; nonce and verifier follow from that cookie, so they are stored nowhere.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, insert, select, update

from api.staff.errors import ProviderFailed, SignInRefused
from api.staff.sealing import token_digest
from api.staff.sign_in import Entry, Signer, SignIn
from api.staff.tables import accounts, join_codes, provider_attempts
from assistant.storage import as_text
from audit.database import Database
from audit.events import Event, Kind

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
"""Signatures by the provider's private key alone: never "none", never a shared secret."""
LASTS = timedelta(minutes=10)
BACK = "/staff/provider/back"
_SKEW_SECONDS = 60
_SECONDS = 10.0
_LARGEST = 500_000
_FORGED = "What the identity provider sent does not hold, so you are not signed in. Try again."
_DOWN = "The identity provider cannot be reached. Try again, or sign in with your password."
_NOBODY = "There is no open account for you here. Ask an admin to add you."
_STALE = "This sign-in was used, has run out, or began in another browser. Start again."


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Where the provider is, and who we are to it. `claim` names the e-mail address of an account.

    `name` is on the button: "Sign in with …".
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "email"
    name: str = "your organisation"


@dataclass(frozen=True, slots=True)
class Provider:
    """The way through one identity provider. `site` is our own public address."""

    settings: ProviderSettings
    site: str
    database: Database
    clock: Callable[[], datetime]
    sign_in: SignIn

    def begin(self, browser: str) -> str:
        """Return the address to send the browser to; `browser` is the secret in its cookie."""
        endpoint = self._endpoint(self._described(), "authorization_endpoint")
        state, now = secrets.token_urlsafe(32), self.clock()
        with self.database.write() as connection:
            ended = provider_attempts.c.ends_at <= as_text(now)
            connection.execute(delete(provider_attempts).where(ended))
            connection.execute(
                insert(provider_attempts),
                {
                    "state_hash": token_digest(state),
                    "browser_hash": token_digest(browser),
                    "ends_at": as_text(now + LASTS),
                },
            )
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.site + BACK,
            "scope": "openid email profile",
            "state": state,
            "nonce": _derived(browser, "nonce"),
            "code_challenge": create_s256_code_challenge(_derived(browser, "verifier")),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def finish(self, state: str, code: str, browser: str, signer: Signer) -> Entry:
        """Return the way in of whom the provider vouches for.

        Raises SignInRefused (who came back may not enter) or ProviderFailed (it cannot be told).
        """
        with self.database.write() as connection:
            used = connection.execute(
                delete(provider_attempts).where(
                    provider_attempts.c.state_hash == token_digest(state),
                    provider_attempts.c.browser_hash == token_digest(browser),
                    provider_attempts.c.ends_at > as_text(self.clock()),
                )
            ).rowcount
        if used != 1 or not browser:
            raise SignInRefused(_STALE)
        if not code:
            self.sign_in.refused("", "provider")
            raise SignInRefused("The identity provider did not sign you in.")
        claims = self._claims(code, browser)
        return self._enter(claims, signer)

    def _enter(self, claims: Mapping[str, Any], signer: Signer) -> Entry:
        said, subject = claims.get(self.settings.claim), claims["sub"]
        unverified = self.settings.claim == "email" and claims.get("email_verified") is False
        email = said.strip().casefold() if isinstance(said, str) and not unverified else ""
        with self.database.write() as connection:
            self.sign_in.log.lock(connection)
            row = connection.execute(
                select(accounts)
                .where(accounts.c.email == email, accounts.c.disabled_at.is_(None))
                .with_for_update()
            ).first()
            if row is not None and row.provider_subject in {None, subject}:
                if row.provider_subject is None:
                    held = {"provider_subject": subject}
                    connection.execute(
                        update(accounts).where(accounts.c.id == row.id).values(**held)
                    )
                if row.joined_at is None:
                    joined = {"joined_at": as_text(self.clock())}
                    connection.execute(
                        update(accounts).where(accounts.c.id == row.id).values(**joined)
                    )
                    used = delete(join_codes).where(join_codes.c.account_id == row.id)
                    connection.execute(used)
                    facts = {"who": row.id, "how": "provider"}
                    self.sign_in.log.append(connection, [Event(Kind.STAFF_JOINED, facts)])
                return self.sign_in.enter(connection, row.id, "", signer, "provider")
        self.sign_in.refused(row.id if row else "", "provider")
        raise SignInRefused(_NOBODY)

    def _claims(self, code: str, browser: str) -> Mapping[str, Any]:
        """Return the claims of the ID token that the code buys, checked (OIDC Core §3.1.3.7)."""
        described = self._described()
        sent = self._json(
            "POST",
            self._endpoint(described, "token_endpoint"),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.site + BACK,
                "code_verifier": _derived(browser, "verifier"),
            },
            auth=httpx.BasicAuth(self.settings.client_id, self.settings.client_secret),
        )
        keys = self._json("GET", self._endpoint(described, "jwks_uri"))
        try:
            public = KeySet.import_key_set(cast(Any, keys))
            token = jwt.decode(str(sent.get("id_token", "")), public, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                    "sub": {"essential": True},
                },
                params={
                    "nonce": _derived(browser, "nonce"),
                    "client_id": self.settings.client_id,
                    "access_token": sent.get("access_token"),
                },
            )
            claims.validate(now=int(self.clock().timestamp()), leeway=_SKEW_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as fault:
            self.sign_in.refused("", "provider")
            raise ProviderFailed(_FORGED) from fault
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise ProviderFailed(_FORGED)
        return cast(Mapping[str, Any], claims)

    def _described(self) -> Mapping[str, Any]:
        """Return what the provider says of itself (OIDC Discovery §4), if it is the one we mean."""
        address = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        described = self._json("GET", address)
        if described.get("issuer") != self.settings.issuer:
            raise ProviderFailed(_FORGED)
        return described

    def _endpoint(self, described: Mapping[str, Any], name: str) -> str:
        """Return an endpoint's address: https wherever the issuer is."""
        address = str(described.get(name, ""))
        wanted = {"https", urlsplit(self.settings.issuer).scheme}
        if urlsplit(address).scheme not in wanted or not urlsplit(address).hostname:
            raise ProviderFailed(_FORGED)
        return address

    def _json(self, method: str, address: str, **sent: Any) -> Mapping[str, Any]:
        try:
            with (
                httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
                client.stream(method, address, **sent) as answer,
            ):
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > _LARGEST:
                        raise ProviderFailed(_FORGED)
                answer.raise_for_status()
            read = httpx.Response(200, content=body).json()
        except httpx.HTTPError as fault:
            raise ProviderFailed(_DOWN) from fault
        except ValueError as fault:
            raise ProviderFailed(_FORGED) from fault
        if not isinstance(read, dict):
            raise ProviderFailed(_FORGED)
        return read


def _derived(browser: str, purpose: str) -> str:
    """Return 256 bits that only the browser's cookie yields: 43 characters, as PKCE wants."""
    mac = hmac.digest(browser.encode(), f"signpost provider {purpose} v1".encode(), "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()
