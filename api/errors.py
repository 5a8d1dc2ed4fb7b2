"""What the ways in refuse, before or instead of asking the assistant.

ApiError
├── SettingInvalid    a setting in the environment or the file is wrong; names the setting
├── HomeInUse         another server already runs from this home folder
├── SiteInvalid       a site setting cannot be used; names the setting
├── TokenRefused      the token was not issued here, or has expired
├── FormRefused       a form came from another site, or is too old
├── RateLimited       too many requests; says when to try again
├── Busy              every place for answering is taken; says when to try again
├── AssetsInvalid     scripts import each other in a circle; names them
└── WordsMissing      an interface string is missing; names language and key
"""


class ApiError(Exception):
    """Root of every error this package raises on purpose; its text says what to do."""


class SettingInvalid(ApiError):
    """A setting is wrong. `setting` names it as it is written in the environment."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(f"{setting}: {why}")
        self.setting = setting
        self.why = why


class HomeInUse(ApiError):
    """Another server already runs from this home folder."""


class SiteInvalid(ApiError):
    """A site setting cannot be used. `setting` names it."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(f"{setting}: {why}")
        self.setting = setting


class TokenRefused(ApiError):
    """The token is missing, was not issued by this service, or has expired."""


class FormRefused(ApiError):
    """The form was sent from another site, or its conversation has changed."""


class RateLimited(ApiError):
    """Too many requests. `retry_after` is in whole seconds, at least 1."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Wait {retry_after} seconds, then try again.")
        self.retry_after = retry_after


class Busy(ApiError):
    """Every place for answering is taken. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Many people are asking right now. Try again in {retry_after} seconds.")
        self.retry_after = retry_after


class AssetsInvalid(ApiError):
    """Scripts of `api/static` import each other in a circle."""


class WordsMissing(ApiError):
    """An interface string is missing from a language's file."""

    def __init__(self, language: str, key: str) -> None:
        super().__init__(f"api/templates/words/{language}.toml: add a string for {key}")
        self.language = language
        self.key = key
