"""What is sealed opens only as the record it was, and a commitment fits only its own text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import SealBroken
from audit.vault import commitment, derive_key, record_salt, seal, unseal

KEY = derive_key("conversation-1", b"k" * 32)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens(plain: bytes, record: str) -> None:
    record = record.encode("utf-8", "replace").decode()
    assert unseal(KEY, record, seal(KEY, record, plain)) == plain


def test_nothing_of_the_text_shows_and_no_two_seals_are_alike() -> None:
    sealed = {seal(KEY, "r1", b"a very telling text") for _ in range(50)}
    assert len(sealed) == 50
    assert not any(b"telling" in one for one in sealed)


def test_a_seal_opens_for_its_own_record_and_conversation_only() -> None:
    sealed = seal(KEY, "r1", b"text")
    with pytest.raises(SealBroken, match="r2"):
        unseal(KEY, "r2", sealed)
    renamed = type(KEY)("conversation-2", KEY.encryption, KEY.salting)
    with pytest.raises(SealBroken):
        unseal(renamed, "r1", sealed)
    with pytest.raises(SealBroken):
        unseal(derive_key("conversation-1", b"x" * 32), "r1", sealed)


def test_identifiers_cannot_run_into_each_other() -> None:
    key = type(KEY)("a", KEY.encryption, KEY.salting)
    other = type(KEY)('a","b', KEY.encryption, KEY.salting)
    with pytest.raises(SealBroken):
        unseal(other, "c", seal(key, 'b","c', b"text"))


@given(st.data())
def test_any_flipped_bit_breaks_the_seal(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, "r1", b"text"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealBroken):
        unseal(KEY, "r1", bytes(sealed))


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_what_is_too_short_to_be_sealed_is_refused(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, "r1", bytes(length))


def test_keys_and_salts_are_all_different() -> None:
    other = derive_key("conversation-2", b"k" * 32)
    secrets = {KEY.encryption, KEY.salting, other.encryption, other.salting, b"k" * 32}
    assert len(secrets) == 5
    assert len({record_salt(k, r) for k in (KEY, other) for r in ("r1", "r2")}) == 4


def test_a_commitment_depends_on_salt_and_text() -> None:
    salt = record_salt(KEY, "r1")
    assert commitment(salt, b"text") == commitment(salt, b"text")
    assert commitment(salt, b"text") != commitment(salt, b"Text")
    assert commitment(salt, b"text") != commitment(record_salt(KEY, "r2"), b"text")


def test_a_key_does_not_show_itself() -> None:
    assert KEY.encryption.hex() not in repr(KEY)
    assert repr(KEY.encryption) not in repr(KEY)
