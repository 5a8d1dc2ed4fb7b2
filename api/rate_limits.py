"""How often one conversation and one address may ask. Asking for a person is never counted."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from math import ceil
from time import time

from limits import parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from api.errors import RateLimited
from api.parts import Limits

Network = IPv4Network | IPv6Network


class RateLimits:
    """Moving windows (`limits` package). If the store is down, requests pass: people come first."""

    def __init__(self, limits: Limits) -> None:
        self._windows = MovingWindowRateLimiter(
            storage_from_string(limits.storage, wrap_exceptions=True)
        )
        self._starts = parse(limits.starts_per_address)
        self._turns_here = parse(limits.turns_per_address)
        self._turns = parse(limits.turns_per_conversation)
        self._feedback = parse(limits.feedback_per_conversation)
        self._sign_ins = parse(limits.sign_ins_per_address)
        self._codes_here = parse(limits.codes_per_address)
        self._codes = parse(limits.codes_per_conversation)

    def count_start(self, address: str) -> None:
        """Count a new conversation from this address; raise `RateLimited` above the rate."""
        self._count((self._starts, ("start", address)))

    def count_turn(self, conversation_id: str, address: str) -> None:
        """Count a question; raise `RateLimited` above either rate."""
        self._count(
            (self._turns, ("turn", conversation_id)), (self._turns_here, ("turns", address))
        )

    def count_feedback(self, conversation_id: str) -> None:
        """Count a piece of feedback; raise `RateLimited` above the rate."""
        self._count((self._feedback, ("feedback", conversation_id)))

    def count_code_tried(self, address: str) -> None:
        """Count a private code tried from this address; raise `RateLimited` above the rate."""
        self._count((self._codes_here, ("code", address)))

    def count_code_made(self, conversation_id: str) -> None:
        """Count a private code made; raise `RateLimited` above the rate."""
        self._count((self._codes, ("code made", conversation_id)))

    def count_sign_in(self, address: str) -> None:
        """Count a try at a staff door from this address; raise `RateLimited` above the rate.

        This only bounds the work of hashing; `api/staff/throttle.py` slows guessing.
        """
        self._count((self._sign_ins, ("sign-in", address)))

    def _count(self, *windows: tuple[object, tuple[str, str]]) -> None:
        for item, (kind, who) in windows:
            try:
                if self._windows.hit(item, kind, who):  # type: ignore[arg-type]
                    continue
                stats = self._windows.get_window_stats(item, kind, who)  # type: ignore[arg-type]
            except StorageError:
                continue
            raise RateLimited(max(1, ceil(stats.reset_time - time())))


def client_address(request: Request, trusted: Iterable[Network]) -> str:
    """Return the address to count by: the nearest one that is not a trusted proxy's.

    `X-Forwarded-For` is read from the right and only while each hop is trusted, since anybody can
    write its left end. IPv6 is cut to the /64 that one household or office holds.
    """
    peer = request.client.host if request.client else ""
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",")]
    networks = tuple(trusted)
    while _is_trusted(peer, networks) and hops and hops[-1]:
        peer = hops.pop()
    try:
        address = ip_address(peer)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


def _is_trusted(peer: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in networks)
