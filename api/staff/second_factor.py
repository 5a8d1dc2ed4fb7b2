"""The second factor: a code from an app, new every 30 seconds (TOTP, RFC 6238)."""

import re
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup

from api.staff.sealing import new_code

STEP_SECONDS = 30
SKEW = 1
"""How many steps a phone's clock may be before or behind ours (RFC 6238 §5.2)."""
RECOVERY_CODES = 10
_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


def new_secret() -> str:
    """Return 160 random bits in base32, as apps take them (RFC 4226 §4)."""
    return pyotp.random_base32()


def accepted_step(secret: str, typed: str, now: datetime, used: int) -> int | None:
    """Return the step whose code was typed: at most SKEW away, and after `used`; else None.

    A step is a number of 30 seconds since 1970. Whoever accepts one must store it, so that the
    same code never opens twice (RFC 6238 §5.2).
    """
    digits = "".join(typed.split())
    if not _DIGITS.fullmatch(digits):
        return None
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(current - SKEW, current + SKEW + 1):
        same = pyotp.utils.strings_equal(totp.at(step * STEP_SECONDS), digits)
        if same and step > used and found is None:
            found = step
    return found


def enrolment_address(secret: str, email: str, service: str) -> str:
    """Return the otpauth:// address that an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=service)


def picture(address: str) -> Markup:
    """Return the address as a QR code: an SVG to stand in a page, described beside it."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawn.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1))  # noqa: S704


def in_groups(secret: str) -> str:
    """Return the key as people copy it: four characters at a time."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def new_recovery_codes() -> tuple[str, ...]:
    """Return fresh recovery codes."""
    return tuple(new_code() for _ in range(RECOVERY_CODES))
