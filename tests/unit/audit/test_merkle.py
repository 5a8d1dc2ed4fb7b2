"""The tree is RFC 6962's: published vectors, laws for every size, and proofs that must fail."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    Node,
    consistency_proof,
    consistency_ranges,
    inclusion_proof,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    range_nodes,
    range_root,
    root,
    verify_consistency,
    verify_inclusion,
)

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(40)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % i) for i in range(size)]


def recursive_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 §2.1's definition, word for word, to compare with."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(recursive_root(hashes[:k]), recursive_root(hashes[k:]))


def stored_nodes(hashes: list[bytes]) -> dict[tuple[int, int], bytes]:
    frontier, nodes = Frontier(), dict[tuple[int, int], bytes]()
    for hashed in hashes:
        frontier, completed = frontier.append(hashed)
        for node in completed:
            assert (node.level, node.position) not in nodes
            nodes[node.level, node.position] = node.hash
    return nodes


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert root([leaf_hash(e) for e in ENTRIES[:size]]).hex() == ROOTS[size]


def test_published_hashes() -> None:
    assert leaf_hash(b"L123456").hex() == (
        "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    )
    assert node_hash(b"N123", b"N456").hex() == (
        "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


@pytest.mark.parametrize("size", SIZES)
def test_the_frontier_gives_the_recursive_root(size: int) -> None:
    assert root(leaves(size)) == recursive_root(leaves(size))


def test_the_frontier_names_each_perfect_subtree_once() -> None:
    nodes = stored_nodes(leaves(11))
    assert sorted(nodes) == sorted((lv, p) for lv in range(4) for p in range(11 >> lv))
    for (level, position), hashed in nodes.items():
        assert hashed == recursive_root(leaves(11)[position << level : (position + 1) << level])


def test_a_frontier_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="peaks"):
        Frontier(3, (EMPTY_ROOT,))
    with pytest.raises(ValueError, match="peaks"):
        Frontier(-1, ())


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_proves_and_only_at_its_own_place(size: int) -> None:
    hashes = leaves(size)
    top = root(hashes)
    for index in range(size):
        proof = inclusion_proof(hashes, index)
        for place in range(-1, size + 2):
            proven = verify_inclusion(hashes[index], place, size, proof, top)
            assert proven == (place == index)


@pytest.mark.parametrize("new", SIZES)
def test_every_tree_extends_its_own_beginnings_and_nothing_else(new: int) -> None:
    hashes = leaves(new)
    for old in range(new + 1):
        proof = consistency_proof(hashes, old)
        old_root, new_root = root(hashes[:old]), root(hashes)
        assert verify_consistency(old, new, old_root, new_root, proof)
        if old:
            other = root([*hashes[: old - 1], leaf_hash(b"x")])
            assert not verify_consistency(old, new, other, new_root, proof)
        if 0 < old < new:
            other = root([*hashes[:-1], leaf_hash(b"x")])
            assert not verify_consistency(old, new, old_root, other, proof)


@pytest.mark.parametrize("size", SIZES)
def test_proofs_from_stored_nodes_are_the_same_in_few_reads(size: int) -> None:
    hashes = leaves(size)
    nodes = stored_nodes(hashes)
    for index in range(size):
        ranges = inclusion_ranges(index, size)
        made = tuple(range_root(a, b, nodes.__getitem__) for a, b in ranges)
        assert made == inclusion_proof(hashes, index)
        assert sum(len(range_nodes(a, b)) for a, b in ranges) <= 2 * size.bit_length()
    for old in range(size + 1):
        ranges = consistency_ranges(old, size)
        made = tuple(range_root(a, b, nodes.__getitem__) for a, b in ranges)
        assert made == consistency_proof(hashes, old)


sizes_and_indices = st.integers(1, 300).flatmap(
    lambda size: st.tuples(st.just(size), st.integers(0, size - 1))
)


@given(sizes_and_indices, st.data())
def test_any_flipped_bit_fails_an_inclusion_proof(
    size_and_index: tuple[int, int], data: st.DataObject
) -> None:
    size, index = size_and_index
    hashes = leaves(size)
    parts = [hashes[index], root(hashes), *inclusion_proof(hashes, index)]
    which = data.draw(st.integers(0, len(parts) - 1))
    place = data.draw(st.integers(0, 255))
    assert verify_inclusion(parts[0], index, size, parts[2:], parts[1])
    parts[which] = flip(parts[which], place)
    assert not verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(st.integers(1, 300), st.data())
def test_any_flipped_bit_fails_a_consistency_proof(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    hashes = leaves(new)
    parts = [root(hashes[:old]), root(hashes), *consistency_proof(hashes, old)]
    which = data.draw(st.integers(0, len(parts) - 1))
    place = data.draw(st.integers(0, 255))
    assert verify_consistency(old, new, parts[0], parts[1], parts[2:])
    parts[which] = flip(parts[which], place)
    assert not verify_consistency(old, new, parts[0], parts[1], parts[2:])


@given(sizes_and_indices, st.sampled_from(["longer", "shorter", "reversed", "larger", "smaller"]))
def test_a_proof_of_another_shape_fails(size_and_index: tuple[int, int], change: str) -> None:
    size, index = size_and_index
    hashes = leaves(size)
    proof = list(inclusion_proof(hashes, index))
    match change:
        case "longer":
            proof.append(EMPTY_ROOT)
        case "shorter" if proof:
            proof.pop()
        case "reversed" if len(proof) > 1:
            proof.reverse()
        case "larger" if len(inclusion_ranges(index, size + 1)) != len(proof):
            size += 1
        case "smaller" if index < size - 1 and len(inclusion_ranges(index, size - 1)) != len(proof):
            size -= 1
        case _:
            return
    assert not verify_inclusion(hashes[index], index, size, proof, root(hashes))


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_leaf_is_never_taken_for_a_node() -> None:
    """RFC 6962 §2.1: without the prefixes, two leaf hashes end to end would pass for a leaf."""
    a, b = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(a + b) != node_hash(a, b)


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [(1, 0, []), (-1, 2, []), (0, 2, [EMPTY_ROOT]), (2, 2, [EMPTY_ROOT]), (1, 2, []), (2, 4, [])],
)
def test_senseless_consistency_proofs_fail(old: int, new: int, proof: list[bytes]) -> None:
    top = root(leaves(2))
    assert not verify_consistency(old, new, EMPTY_ROOT if old == 0 else top, top, proof)


def test_an_empty_tree_has_the_empty_root_whatever_extends_it() -> None:
    assert verify_consistency(0, 5, EMPTY_ROOT, root(leaves(5)), [])
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(0, 5, root(leaves(1)), root(leaves(5)), [])
    assert not verify_consistency(0, 0, EMPTY_ROOT, root(leaves(1)), [])


def test_what_cannot_be_proven_is_refused() -> None:
    for index, size in [(0, 0), (5, 5), (-1, 3)]:
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_ranges(index, size)
    with pytest.raises(ValueError, match="cannot extend"):
        consistency_ranges(4, 3)
    with pytest.raises(ValueError, match="holds no leaf"):
        range_nodes(3, 3)
    with pytest.raises(ValueError, match="not a subtree"):
        range_nodes(1, 3)


def test_appending_says_which_nodes_are_new() -> None:
    a, b = leaves(2)
    frontier, first = Frontier().append(a)
    assert first == (Node(0, 0, a),)
    frontier, second = frontier.append(b)
    assert second == (Node(0, 1, b), Node(1, 0, node_hash(a, b)))
    assert frontier.peaks == (node_hash(a, b),)
