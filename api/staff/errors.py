"""What the console refuses. Each text is fit to show, and says what to do.

ApiError
├── NotSignedIn        the page needs somebody who is signed in
├── NotPermitted       no role of this person grants what the page needs
├── StaffInvalid       something that was filled in cannot be used; says which field
├── StaffUnknown       no such account
├── StaffMoveRefused   a move with an account that may not be made now
├── SignInRefused      what was given opens nothing; says no more than that
├── SignInSlowed       too many failures from here; says when to try again
└── ProviderFailed     the identity provider cannot be used, or said something untrue
"""

from api.errors import ApiError


class NotSignedIn(ApiError):
    """Nobody is signed in, or has not finished signing in."""

    def __init__(self) -> None:
        super().__init__("Sign in, then open this page again.")


class NotPermitted(ApiError):
    """The person is signed in, and none of their roles grants what the page needs."""

    def __init__(self) -> None:
        super().__init__("Your roles do not include this. Ask an admin if you need it.")


class StaffInvalid(ApiError):
    """Something filled in cannot be used. `field` names it as forms do."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class StaffUnknown(ApiError):
    """There is no such account."""

    def __init__(self, wanted: str = "") -> None:
        named = f" {wanted}" if wanted else ""
        super().__init__(f"There is no account{named}. See `signpost staff list`.")


class StaffMoveRefused(ApiError):
    """A move with an account that may not be made now."""


class SignInRefused(ApiError):
    """What was given opens nothing. The same words whether or not there is such an account."""


class SignInSlowed(ApiError):
    """Too many failures from here. `retry_after` is in whole seconds, at least 1."""

    def __init__(self, retry_after: int) -> None:
        minutes = -(-retry_after // 60)
        wait = f"{retry_after} seconds" if retry_after < 100 else f"{minutes} minutes"
        super().__init__(f"Too many attempts did not work. Wait {wait}, then try again.")
        self.retry_after = retry_after


class ProviderFailed(ApiError):
    """The identity provider cannot be reached, or what it said does not hold."""
