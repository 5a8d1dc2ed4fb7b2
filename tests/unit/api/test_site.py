"""A site's settings are checked when they are made, and the error names the setting."""

import pytest

from api.errors import SiteInvalid
from api.parts import SiteSettings, origin_of
from tests.web_parts import parts

FULL = {
    "organisation": "Example Council",
    "phone": "0300 000 0000",
    "hours": "Monday to Friday, 9am to 5pm",
    "privacy_email": "privacy@council.example",
}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("base_url", "https://enquiries.example/"),
        ("base_url", "enquiries.example"),
        ("base_url", "ftp://enquiries.example"),
        ("base_url", "https://enquiries.example:443"),
        ("embedding_origins", ("*",)),
        ("embedding_origins", ("https://*.example.org",)),
        ("embedding_origins", ("https://www.example.org/page",)),
        ("embedding_origins", ("https://www.example.org; script-src *",)),
        ("embedding_origins", ("www.example.org",)),
        ("embedding_origins", ("https://a.example b.example",)),
        ("languages", ()),
        ("languages", ("en", "fr")),
        ("service_name", "  "),
        ("privacy_email", "not an address"),
        ("accessibility_email", "a@b"),
        ("retention_days", -1),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(setting: str, value: object) -> None:
    with pytest.raises(SiteInvalid, match=setting):
        SiteSettings(**{setting: value})  # type: ignore[arg-type]


def test_a_short_token_secret_is_refused() -> None:
    with pytest.raises(SiteInvalid, match="token_secret"):
        parts(token_secret=b"short")


@pytest.mark.parametrize("blank", sorted(FULL))
def test_it_is_a_trial_until_everything_is_filled_in(blank: str) -> None:
    assert not SiteSettings(**FULL).trial  # type: ignore[arg-type]
    assert SiteSettings(**{**FULL, blank: ""}).trial  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://a.example", "https://a.example"),
        ("https://A.example:443/path", "https://a.example"),
        ("http://a.example:8080/", "http://a.example:8080"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("null", ""),
        ("javascript:alert(1)", ""),
        ("https://a.example:99999", ""),
        ("https://[", ""),
    ],
)
def test_origins(address: str, origin: str) -> None:
    assert origin_of(address) == origin
