"""Key files: made once, private, never silently replaced."""

import os
import stat
import threading
from pathlib import Path

import pytest

from audit.errors import NoteInvalid, SecretUnusable
from audit.keyfiles import (
    LogSigner,
    Secret,
    create_secret,
    load_or_create_secret,
    load_secret,
)


def test_a_secret_is_made_once_and_then_kept(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    first = load_or_create_secret(path)
    assert load_or_create_secret(path) == first
    assert load_or_create_secret(tmp_path / "other.key") != first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["master.key", "other.key"]


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    load_or_create_secret(path)
    for mode in (0o640, 0o604, 0o660, 0o601):
        path.chmod(mode)
        with pytest.raises(SecretUnusable, match="chmod 600"):
            load_or_create_secret(path)
    path.chmod(0o400)
    load_or_create_secret(path)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"AAAA\n", b"\xff" * 32, b"A" * 43 + b"\n", b"=" * 44]
)
def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SecretUnusable, match="restore it"):
        load_or_create_secret(path)
    assert path.read_bytes() == content


def test_a_new_secret_overwrites_nothing_and_is_only_read_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "board.key"
    with pytest.raises(SecretUnusable, match="cannot be read"):
        load_secret(path)
    assert not path.exists()
    made = create_secret(path)
    assert load_secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(SecretUnusable, match="there already"):
        create_secret(path)
    assert load_secret(path) == made
    assert os.listdir(tmp_path) == ["board.key"]
    with pytest.raises(SecretUnusable, match="check its folder"):
        create_secret(tmp_path / "none" / "board.key")


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretUnusable, match="check its folder"):
        load_or_create_secret(tmp_path / "none" / "master.key")


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretUnusable, match="cannot be used"):
        load_or_create_secret(tmp_path)


def test_those_who_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    gate = threading.Barrier(8)
    seen: list[Secret] = []

    def make() -> None:
        gate.wait()
        seen.append(load_or_create_secret(path))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len({secret.value for secret in seen}) == 1
    assert os.listdir(tmp_path) == ["master.key"]


def test_a_signer_keeps_its_key(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    signer = LogSigner.load_or_create(path, "audit.example/log")
    assert LogSigner.load_or_create(path, "audit.example/log").verifier_key == signer.verifier_key
    with pytest.raises(NoteInvalid, match="cannot name a key"):
        LogSigner.load_or_create(path, "not a name")


def test_a_secret_does_not_show_itself() -> None:
    assert "s" * 8 not in repr(Secret(b"s" * 32))
    with pytest.raises(SecretUnusable, match="32 bytes"):
        Secret(b"short")
