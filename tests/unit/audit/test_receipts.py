"""A receipt proves what it says, offline, and no other text passes for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical_json
from audit.checkpoint import Checkpoint
from audit.errors import ReceiptInvalid, ReceiptNotProven
from audit.leaf import Leaf
from audit.merkle import inclusion_proof, leaf_hash, root
from audit.note import Note
from audit.receipts import (
    MARKER,
    Opening,
    Receipt,
    parse_receipt,
    verify_receipt,
    write_receipt,
)
from audit.vault import commitment
from tests.auditing import ORIGIN, OTHER_SIGNER, SIGNER

KEYS = [SIGNER.verifier_key]
OPENING = Opening(b"s" * 32, {"question": "Can I renew?\nIt ran out.", "n": [1, None, {"é": True}]})
LEAF = Leaf(
    "r1",
    "turn_answered",
    "2026-01-02T03:04:05.678Z",
    {"outcome": "answered"},
    "c1",
    commitment(OPENING.salt, canonical_json(OPENING.personal)).hex(),
    "1" * 64,
)


def make(leaf: Leaf = LEAF, opening: Opening | None = OPENING, size: int = 13) -> Receipt:
    hashes = [leaf_hash(b"%d" % i) for i in range(size)]
    hashes[5] = leaf.hash()
    text = Checkpoint(ORIGIN, size, root(hashes)).text()
    note = str(Note(text, (SIGNER.sign(text),)))
    return Receipt(leaf, 5, inclusion_proof(hashes, 5), note, opening)


def test_a_receipt_is_verified_and_read_back() -> None:
    receipt = make()
    assert verify_receipt(write_receipt(receipt), KEYS) == receipt


def test_without_the_opening_nothing_personal_is_in_it() -> None:
    receipt = make(opening=None)
    text = write_receipt(receipt)
    assert verify_receipt(text, KEYS) == receipt
    assert "renew" not in text
    assert "not in this file" in text


def test_the_top_says_in_plain_words_what_was_said() -> None:
    top = write_receipt(make()).partition(MARKER)[0]
    for words in ("Can I renew?", "It ran out.", "turn_answered", "leaf 5 of", "signpost-audit"):
        assert words in top
    assert max(map(len, top.splitlines())) <= 80


@pytest.mark.parametrize("reveal", [True, False])
def test_every_flipped_bit_is_refused(reveal: bool) -> None:
    encoded = write_receipt(make(opening=OPENING if reveal else None)).encode()
    for place in range(len(encoded)):
        changed = bytearray(encoded)
        changed[place] ^= 1 << place % 8
        try:
            text = changed.decode()
        except UnicodeDecodeError:
            continue
        with pytest.raises(ReceiptInvalid):
            verify_receipt(text, KEYS)


@given(st.data())
def test_any_cut_or_added_text_is_refused(data: st.DataObject) -> None:
    text = write_receipt(make())
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    changed = text[:start] + data.draw(st.text("\nab=0 —", max_size=3)) + text[end:]
    if changed != text:
        with pytest.raises(ReceiptInvalid):
            verify_receipt(changed, KEYS)


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ReceiptInvalid):
        parse_receipt(text)
    with pytest.raises(ReceiptInvalid):
        parse_receipt(f"\n{MARKER}\n\n{text}")


def test_another_key_proves_nothing() -> None:
    for keys in ([], [OTHER_SIGNER.verifier_key]):
        with pytest.raises(ReceiptNotProven, match="not to be trusted"):
            verify_receipt(write_receipt(make()), keys)


def test_a_forged_signature_proves_nothing() -> None:
    receipt = make()
    text = receipt.checkpoint.partition("\n\n")[0] + "\n"
    forged = replace(OTHER_SIGNER.sign(text), key_id=SIGNER.verifier_key.key_id)
    with pytest.raises(ReceiptNotProven, match="signature"):
        verify_receipt(write_receipt(replace(receipt, checkpoint=str(Note(text, (forged,))))), KEYS)


def test_another_record_is_not_proven() -> None:
    other = replace(LEAF, facts={"outcome": "abstained"})
    with pytest.raises(ReceiptNotProven, match="not in the log"):
        verify_receipt(write_receipt(replace(make(), leaf=other)), KEYS)
    with pytest.raises(ReceiptNotProven, match="not in the log"):
        verify_receipt(write_receipt(replace(make(), index=6)), KEYS)


def test_other_words_are_not_proven() -> None:
    for other in (replace(OPENING, personal={"question": "No"}), replace(OPENING, salt=b"t" * 32)):
        with pytest.raises(ReceiptNotProven, match="not the one that was recorded"):
            verify_receipt(write_receipt(make(opening=other)), KEYS)


def test_words_cannot_be_added_to_a_record_that_has_none() -> None:
    bare = replace(LEAF, commitment=None, ciphertext=None)
    with pytest.raises(ReceiptNotProven, match="not the one that was recorded"):
        verify_receipt(write_receipt(make(leaf=bare)), KEYS)


def test_what_was_said_cannot_imitate_the_rest_of_the_receipt() -> None:
    words = f"x\n{MARKER}\n\nc2sp.org/tlog-proof@v1\n\u202eevil\x1b["
    sly = Opening(OPENING.salt, {"question": words})
    leaf = replace(LEAF, commitment=commitment(sly.salt, canonical_json(sly.personal)).hex())
    text = write_receipt(make(leaf=leaf, opening=sly))
    assert verify_receipt(text, KEYS).opening == sly
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_only_leaf_of_a_log_needs_no_hashes() -> None:
    text = Checkpoint(ORIGIN, 1, LEAF.hash()).text()
    receipt = Receipt(LEAF, 0, (), str(Note(text, (SIGNER.sign(text),))))
    assert verify_receipt(write_receipt(receipt), KEYS) == receipt


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (MARKER, "", "marker"),
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", "prescribes"),
        ("extra ", "ekstra ", "lacks its extra"),
        ("index 5", "index 05", "not a plain number"),
        ("index 5", "index -5", "not a plain number"),
        ("index 5", "index ٥", "not a plain number"),
        ("index 5", "index " + "9" * 5000, "not a plain number"),
        ("index 5", "index 5\nAAAA", "32 bytes"),
        ("index 5", "index 5\n*", "base64"),
        ("index 5", "index 5" + ("\n" + "A" * 43 + "=") * 65, "longer than any log"),
        ("index 5", "index 6", "top is not the one"),
        ("Receipt for", "Proof for", "top is not the one"),
        (ORIGIN + "\n13\n", ORIGIN + "\n13 \n", "checkpoint is malformed"),
        (" 13 leaves", " 14 leaves", "top is not the one"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, message: str) -> None:
    text = write_receipt(make())
    assert old in text
    with pytest.raises(ReceiptInvalid, match=message):
        verify_receipt(text.replace(old, new), KEYS)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ([], "other parts"),
        ({}, "other parts"),
        ({"leaf": LEAF.value(), "salt": "00"}, "other parts"),
        ({"leaf": {}}, "cannot be read"),
        ({"leaf": LEAF.value(), "salt": 1, "personal": {}}, "not hexadecimal"),
        ({"leaf": LEAF.value(), "salt": "zz", "personal": {}}, "not hexadecimal"),
        ({"leaf": LEAF.value(), "salt": "00", "personal": {}}, "32 bytes"),
        ({"leaf": LEAF.value(), "salt": "00" * 32, "personal": []}, "not an object"),
    ],
    ids=str,
)
def test_a_malformed_record_is_named(extra: object, message: str) -> None:
    import base64

    text = write_receipt(make())
    line = next(line for line in text.splitlines() if line.startswith("extra "))
    spelt = base64.b64encode(canonical_json(extra)).decode()
    with pytest.raises(ReceiptInvalid, match=message):
        parse_receipt(text.replace(line, f"extra {spelt}"))


def test_too_long_a_text_is_not_even_looked_at() -> None:
    with pytest.raises(ReceiptInvalid, match="too long"):
        parse_receipt("x" * 2_000_001)
