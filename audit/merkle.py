"""The Merkle tree of RFC 6962 §2.1 and RFC 9162 §2.1, as pure functions of hashes.

A tree of n leaves is described by ranges of leaves `(start, end)`, end excluded. Every hash that a
proof holds is the root over one such range, and every such range is a few perfect subtrees, named
`(level, position)`: level 0 is the leaves, and `(level, position)` covers the leaves from
`position * 2**level` up to `(position + 1) * 2**level`. A perfect subtree never changes once its
last leaf is in, so a log that keeps them makes any proof from O(log n) reads.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Range: TypeAlias = tuple[int, int]
NodeId: TypeAlias = tuple[int, int]
ReadNode: TypeAlias = Callable[[NodeId], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one leaf: SHA-256(0x00 ‖ entry) (RFC 6962 §2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an interior node: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Node:
    """The hash of one perfect subtree."""

    level: int
    position: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that appending needs to know of a tree: its size and its perfect subtrees, largest first.

    `peaks` has one hash for each 1 in the binary form of `size` (a "compact range" from zero).
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"{len(self.peaks)} peaks cannot describe a tree of {self.size}")

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return _fold(self.peaks)

    def append(self, leaf: bytes) -> tuple["Frontier", tuple[Node, ...]]:
        """Return the frontier with one more leaf hash, and the perfect subtrees it completed."""
        peaks = list(self.peaks)
        level, position, current = 0, self.size, leaf
        completed = [Node(level, position, current)]
        while position & 1:
            current = node_hash(peaks.pop(), current)
            level, position = level + 1, position >> 1
            completed.append(Node(level, position, current))
        peaks.append(current)
        return Frontier(self.size + 1, tuple(peaks)), tuple(completed)


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over these leaf hashes (RFC 6962 §2.1, MTH)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier, _ = frontier.append(leaf)
    return frontier.root()


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """Return the ranges whose roots prove leaf `index` in a tree of `size`, leaf's sibling first.

    Requires 0 <= index < size (RFC 9162 §2.1.3.1, PATH).
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    siblings: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return tuple(reversed(siblings))


def consistency_ranges(old: int, new: int) -> tuple[Range, ...]:
    """Return the ranges whose roots prove that a tree of `new` extends its first `old` leaves.

    Requires 0 <= old <= new; nothing needs proving from an empty or an equal tree
    (RFC 9162 §2.1.4.1, SUBPROOF).
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves cannot extend one of {old}")
    if old in (0, new):
        return ()
    ranges: list[Range] = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start != 0:
        ranges.append((start, end))
    return tuple(reversed(ranges))


def range_nodes(start: int, end: int) -> tuple[NodeId, ...]:
    """Return the perfect subtrees that make up a range of a proof, left to right.

    Requires start < end, and `start` a multiple of a power of two no smaller than the range, as
    it is for every range that `inclusion_ranges` and `consistency_ranges` return.
    """
    if not 0 <= start < end:
        raise ValueError(f"the range {start} to {end} holds no leaf")
    nodes: list[NodeId] = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start & ((1 << level) - 1):
            raise ValueError(f"the range {start} to {end} is not a subtree of a proof")
        nodes.append((level, start >> level))
        start += 1 << level
    return tuple(nodes)


def range_root(start: int, end: int, read: ReadNode) -> bytes:
    """Return the root over a range of a proof, reading its perfect subtrees with `read`."""
    return _fold([read(node) for node in range_nodes(start, end)])


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the inclusion proof of leaf `index` among these leaf hashes."""
    return tuple(root(leaves[a:b]) for a, b in inclusion_ranges(index, len(leaves)))


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """Return the proof that these leaf hashes extend their own first `old`."""
    return tuple(root(leaves[a:b]) for a, b in consistency_ranges(old, len(leaves)))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes
) -> bool:
    """Tell whether `proof` shows that the leaf hash is at `index` of the tree (RFC 9162 §2.1.3.2).

    Any index, size or proof may be passed: what makes no sense proves nothing.
    """
    if not 0 <= index < size:
        return False
    position, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            current = node_hash(sibling, current)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and current == expected_root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether `proof` shows that the new tree extends the old one (RFC 9162 §2.1.4.2).

    An empty tree is extended by every tree; equal sizes need equal roots. Both take no proof.
    """
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT and (new != 0 or new_root == EMPTY_ROOT)
    if old == new:
        return not proof and old_root == new_root
    hashes = list(proof)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_seen = new_seen = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_seen = node_hash(sibling, old_seen)
            new_seen = node_hash(sibling, new_seen)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_seen = node_hash(new_seen, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_seen == old_root and new_seen == new_root


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees of falling size, or of no leaves at all."""
    if not hashes:
        return EMPTY_ROOT
    right_to_left: Iterator[bytes] = reversed(hashes)
    current = next(right_to_left)
    for left in right_to_left:
        current = node_hash(left, current)
    return current


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (RFC 6962 §2.1)."""
    return 1 << ((size - 1).bit_length() - 1)
