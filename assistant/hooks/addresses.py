"""Which addresses a webhook may connect to: what a name resolves to, judged before connecting.

Sources: IANA's registries of IPv4 and IPv6 special-purpose addresses (RFC 6890) and of the IPv6
address space, where only 2000::/3 is global unicast: mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96),
unique local, link-local and multicast IPv6 addresses are outside by one rule.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a name; raises OSError where it has none."""

_GLOBAL_IPV6 = IPv6Network("2000::/3")
_SPECIAL: tuple[Network, ...] = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # this network; connects to this machine
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers; clouds put their own services there
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; clouds answer with credentials at 169.254.169.254
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments: Teredo carries an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


class AddressRefused(Exception):
    """The name leads where no webhook may go, or nowhere. Its text names what to allow."""


def is_public(address: Address) -> bool:
    """Say whether the address is one of the public internet's, for one receiver."""
    if address.version == 6 and address not in _GLOBAL_IPV6:
        return False
    return not any(address in each for each in _SPECIAL if each.version == address.version)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return what the system's resolver says, each address once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def permitted(
    host: str, port: int, resolver: Resolver, allowed: Sequence[Network]
) -> tuple[str, ...]:
    """Return the addresses of `host` to connect to, resolved just once.

    Raises AddressRefused when any of them is neither public nor in an allowed network: a name that
    leads both outside and inside is not to be trusted. Raises OSError when there are none.
    """
    found = tuple(resolver(host, port))
    if not found:
        raise OSError(f"{host} has no address")
    for text in found:
        try:
            address = ip_address(text)
        except ValueError as error:
            raise AddressRefused(f"{host} resolves to {text!r}, which is no address") from error
        inside = any(address in each for each in allowed if each.version == address.version)
        if not inside and not is_public(address):
            raise AddressRefused(
                f"{host} resolves to {address}, which is no public address. Where that is meant, "
                "name its network in allow_networks."
            )
    return found
