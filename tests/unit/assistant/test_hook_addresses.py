"""Which addresses webhooks may go to: every special network is out, whatever it is wrapped in."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.hooks.addresses import AddressRefused, is_public, permitted

INSIDE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.0.1",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:10::1", "2001:db8::1",
    "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1",
    "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
OUTSIDE = [
    "1.1.1.1", "8.8.8.8", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
    "192.167.0.1", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1", "2001:4860::8888",
]  # fmt: skip


@pytest.mark.parametrize("text", INSIDE)
def test_special_addresses_are_refused_unless_allowed(text: str) -> None:
    assert not is_public(ip_address(text))
    with pytest.raises(AddressRefused, match="allow_networks"):
        permitted("h.example", 443, lambda *_: [text], ())
    assert permitted("h.example", 443, lambda *_: [text], (ip_network(text),)) == (text,)


@pytest.mark.parametrize("text", OUTSIDE)
def test_public_addresses_are_taken(text: str) -> None:
    assert permitted("h.example", 443, lambda *_: [text], ()) == (text,)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_reached_by_way_of_ipv6(address: IPv4Address) -> None:
    number = int(address)
    for wrapped in (
        (0xFFFF << 32) | number,
        number,
        int(IPv6Address("64:ff9b::")) | number,
        int(IPv6Address("2002::")) | number << 80,
        int(IPv6Address("2001::")) | (number ^ 0xFFFFFFFF),
    ):
        assert not is_public(IPv6Address(wrapped))


@given(st.ip_addresses(v=4))
def test_what_python_calls_private_or_multicast_is_never_public(address: IPv4Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@given(st.ip_addresses(v=6))
def test_only_global_unicast_is_public(address: IPv6Address) -> None:
    if is_public(address):
        assert address in IPv6Network("2000::/3")
        assert address.is_global


def test_one_bad_address_refuses_the_name_and_order_is_kept() -> None:
    for found in (["8.8.8.8", "10.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["8.8.8.8", "fe80::1%eth0"]):
        with pytest.raises(AddressRefused):
            permitted("h.example", 443, lambda *_, found=found: found, ())
    both = ["8.8.8.8", "1.1.1.1"]
    assert permitted("h.example", 443, lambda *_: both, ()) == tuple(both)
    with pytest.raises(OSError, match="no address"):
        permitted("h.example", 443, lambda *_: [], ())
    with pytest.raises(AddressRefused):
        permitted("h.example", 443, lambda *_: ["nonsense"], ())
