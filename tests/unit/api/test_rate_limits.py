"""Whom a request is counted against, and what happens above the rate."""

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from api.errors import RateLimited
from api.parts import Limits
from api.rate_limits import RateLimits, client_address

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def _from(peer: str | None, forwarded: str = "") -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    client = None if peer is None else (peer, 1234)
    return Request({"type": "http", "headers": headers, "client": client})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("fd00::1", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("10.0.0.1", "not an address", "unknown"),
        (None, "198.51.100.1", "unknown"),
    ],
)
def test_only_a_trusted_proxy_may_name_another_address(
    peer: str | None, forwarded: str, address: str
) -> None:
    assert client_address(_from(peer, forwarded), PROXIES) == address


def test_nobody_is_trusted_unless_named() -> None:
    assert client_address(_from("10.0.0.1", "198.51.100.1"), ()) == "10.0.0.1"


def test_above_the_rate_it_says_when_to_try_again() -> None:
    rates = RateLimits(Limits(turns_per_conversation="2 per minute"))
    rates.count_turn("c1", "a")
    rates.count_turn("c1", "a")
    with pytest.raises(RateLimited) as limited:
        rates.count_turn("c1", "a")
    assert 1 <= limited.value.retry_after <= 60
    rates.count_turn("c2", "a")


def test_an_address_is_limited_over_all_its_conversations() -> None:
    rates = RateLimits(Limits(turns_per_address="2 per minute", starts_per_address="1 per hour"))
    rates.count_turn("c1", "a")
    rates.count_turn("c2", "a")
    with pytest.raises(RateLimited):
        rates.count_turn("c3", "a")
    rates.count_turn("c3", "b")
    rates.count_start("a")
    with pytest.raises(RateLimited):
        rates.count_start("a")


def test_feedback_has_a_rate_of_its_own() -> None:
    rates = RateLimits(Limits(feedback_per_conversation="1 per minute"))
    rates.count_feedback("c1")
    with pytest.raises(RateLimited):
        rates.count_feedback("c1")
