"""Signed notes and checkpoints are C2SP's, and nothing else passes for one."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint, read_checkpoint
from audit.errors import NoteInvalid, SignatureInvalid
from audit.note import (
    Note,
    SignatureKind,
    VerifierKey,
    cosignature_time,
    parse_note,
    parse_verifier_key,
    sign_cosignature,
    strict_base64,
    verify_note,
)
from tests.auditing import ORIGIN, OTHER_SIGNER, SIGNER

# The example of golang.org/x/mod/sumdb/note, where the format comes from.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb"
    "6KE6RyyBwJnAM=\n"
)

CHECKPOINT = Checkpoint(ORIGIN, 7, b"r" * 32)
WITNESS_SEED = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS = VerifierKey(
    "witness.example/w1", SignatureKind.COSIGNATURE, WITNESS_SEED.public_key().public_bytes_raw()
)


def signed(text: str = CHECKPOINT.text()) -> str:
    return str(Note(text, (SIGNER.sign(text),)))


def cosigned(time: int = 1_700_000_000) -> str:
    text = CHECKPOINT.text()
    witness = sign_cosignature(text, time, WITNESS.name, WITNESS_SEED, WITNESS.key_id)
    return str(Note(text, (SIGNER.sign(text), witness)))


def test_published_note() -> None:
    key = parse_verifier_key(NEUMANN)
    assert str(key) == NEUMANN
    assert str(parse_note(NEUMANN_NOTE)) == NEUMANN_NOTE
    assert verify_note(parse_note(NEUMANN_NOTE), [key]) == (key,)


def test_a_checkpoint_opens_under_its_own_logs_key() -> None:
    assert open_checkpoint(signed(), [OTHER_SIGNER.verifier_key, SIGNER.verifier_key]) == CHECKPOINT
    assert read_checkpoint(signed()) == CHECKPOINT


def test_a_key_survives_being_written_down() -> None:
    assert parse_verifier_key(f" {SIGNER.verifier_key}\n") == SIGNER.verifier_key


def test_another_key_of_the_same_name_is_refused() -> None:
    with pytest.raises(SignatureInvalid, match="not signed by a key you trust"):
        open_checkpoint(signed(), [OTHER_SIGNER.verifier_key])
    with pytest.raises(SignatureInvalid):
        open_checkpoint(signed(), [])


def test_a_forger_who_copies_the_key_id_is_refused() -> None:
    text = CHECKPOINT.text()
    forged = OTHER_SIGNER.sign(text)
    forged = replace(forged, key_id=SIGNER.verifier_key.key_id)
    with pytest.raises(SignatureInvalid, match="is wrong"):
        open_checkpoint(str(Note(text, (forged,))), [SIGNER.verifier_key])


def test_a_log_cannot_sign_for_another() -> None:
    text = Checkpoint("other.example/log", 7, b"r" * 32).text()
    with pytest.raises(SignatureInvalid, match="not signed by that log"):
        open_checkpoint(str(Note(text, (SIGNER.sign(text),))), [SIGNER.verifier_key])


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    note = parse_note(cosigned())
    alone = str(Note(note.text, note.signatures[1:]))
    assert verify_note(parse_note(alone), [WITNESS]) == (WITNESS,)
    with pytest.raises(SignatureInvalid, match="not signed by that log"):
        open_checkpoint(alone, [WITNESS, SIGNER.verifier_key])


def test_a_witness_signs_a_time_and_the_text() -> None:
    note = parse_note(cosigned())
    assert verify_note(note, [SIGNER.verifier_key, WITNESS]) == (SIGNER.verifier_key, WITNESS)
    witness = note.signatures[1]
    assert cosignature_time(witness) == 1_700_000_000
    later = (1_700_000_001).to_bytes(8, "big") + witness.value[8:]
    altered = Note(note.text, (note.signatures[0], replace(witness, value=later)))
    with pytest.raises(SignatureInvalid):
        verify_note(altered, [SIGNER.verifier_key, WITNESS])


def test_the_cosigned_message_is_the_specified_one() -> None:
    value = parse_note(cosigned()).signatures[1].value
    message = b"cosignature/v1\ntime 1700000000\n" + CHECKPOINT.text().encode()
    WITNESS_SEED.public_key().verify(value[8:], message)


def test_signatures_of_strangers_are_ignored_but_kept() -> None:
    note = cosigned()
    assert open_checkpoint(note, [SIGNER.verifier_key]) == CHECKPOINT
    assert str(parse_note(note)) == note


@given(st.data())
def test_any_flipped_bit_of_a_signed_checkpoint_is_refused(data: st.DataObject) -> None:
    encoded = bytearray(signed().encode())
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        text = encoded.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(NoteInvalid):
        open_checkpoint(text, [SIGNER.verifier_key])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no signatures"),
        ("text\n", "no signatures"),
        ("text\n\n", "no signatures"),
        ("text\n\n— a AAAAAAA=", "no signatures"),
        ("text\n\n- a AAAAAAA=\n", "em dash"),
        ("text\n\n— a\n", "a name, a space"),
        ("text\n\n— a AAAA\n", "too short"),
        ("text\n\n— a AAAAAB==\n", "base64"),
        ("text\n\n— a A A\n", "base64"),
        ("text\n\n— a+b AAAAAAA=\n", "cannot name a key"),
        ("text\n\n—  AAAAAAA=\n", "cannot name a key"),
        ("te\rxt\n\n— a AAAAAAA=\n", "control"),
        ("te\0xt\n\n— a AAAAAAA=\n", "control"),
        ("text\n\n" + "— a AAAAAAA=\n" * 101, "more than 100"),
        ("x" * 1_000_001, "too long"),
    ],
)
def test_malformed_notes_are_named(text: str, message: str) -> None:
    with pytest.raises(NoteInvalid, match=message):
        parse_note(text)


ROOT = base64.b64encode(b"r" * 32).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n7\n{ROOT}",
        f"{ORIGIN}\n7\n{ROOT}\n\n",
        f"{ORIGIN}\n7\n{ROOT}\nextension\n",
        f"\n7\n{ROOT}\n",
        f"{ORIGIN}\n07\n{ROOT}\n",
        f"{ORIGIN}\n-7\n{ROOT}\n",
        f"{ORIGIN}\n+7\n{ROOT}\n",
        f"{ORIGIN}\n٧\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"{ORIGIN}\n7\n{ROOT[:-4]}\n",
        f"{ORIGIN}\n7\n{ROOT.replace('=', '')}\n",
        f"{ORIGIN}\n7\n \n",
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(NoteInvalid):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "name\\+keyid\\+base64"),
        ("a+b", "name\\+keyid\\+base64"),
        (NEUMANN.replace("c74f20a3", "c74f20a4"), "typing error"),
        (NEUMANN.replace("PeterNeumann", "PeterNewmann"), "typing error"),
        (NEUMANN.replace("ARpc", "ARpd"), "typing error"),
        (NEUMANN[:-4], "32 bytes"),
        (NEUMANN.replace("+ARpc", "+AhpC"), "kind"),
        ("a+00000000+", "kind"),
        (NEUMANN + "!", "base64"),
    ],
)
def test_malformed_keys_are_named(text: str, message: str) -> None:
    with pytest.raises(NoteInvalid, match=message):
        parse_verifier_key(text)


@given(st.binary(max_size=20))
def test_base64_has_one_spelling(data: bytes) -> None:
    text = base64.b64encode(data).decode()
    assert strict_base64(text, "it") == data
    for other in (text + "=", text + "\n", " " + text, text.rstrip("=") if "=" in text else "*"):
        with pytest.raises(NoteInvalid):
            strict_base64(other, "it")
