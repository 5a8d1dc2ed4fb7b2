"""The command line: clear words, and an exit status that scripts can rely on."""

import re
from pathlib import Path

import pytest

from audit.command import main
from audit.database import Database
from audit.events import Event, Kind
from audit.export import export_bundle
from audit.receipts import write_receipt
from audit.storage import log_leaves
from tests.auditing import OTHER_SIGNER, SIGNER, World, open_world

KEY = str(SIGNER.verifier_key)
OTHER_KEY = str(OTHER_SIGNER.verifier_key)


def five_answers(folder: Path):
    with open_world(f"sqlite:///{folder}/log.db", f"sqlite:///{folder}/keys.db") as world:
        for number in range(5):
            world.answer("c1", f"question {number}")
        yield world


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory):
    """A log that no test changes."""
    yield from five_answers(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def world(tmp_path: Path):
    """A log of the test's own."""
    yield from five_answers(tmp_path)


@pytest.fixture(scope="module")
def bundle(kept: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "log.jsonl"
    assert export_bundle(kept.database, path) == 5
    return path


@pytest.fixture
def receipt(kept: World, tmp_path: Path) -> Path:
    path = tmp_path / "receipt.txt"
    with kept.database.read() as connection:
        path.write_text(write_receipt(kept.log.receipt(connection, "r3", reveal=True)))
    return path


def test_a_sound_bundle(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(bundle), "--key", KEY]) == 0
    out = capsys.readouterr().out
    assert "Checked 5 leaves" in out
    assert "OK: nothing was changed" in out
    assert "CAUTION" not in out


def test_without_a_key_the_reader_is_told(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(bundle)]) == 0
    out = capsys.readouterr().out
    assert "CAUTION" in out
    assert KEY in out


def test_a_sound_database(kept: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--database", kept.url, "--key", KEY]) == 0
    assert "OK: nothing was changed" in capsys.readouterr().out


def test_a_key_that_is_not_the_logs(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(bundle), "--key", OTHER_KEY]) == 1
    out = capsys.readouterr().out
    assert "SignatureInvalid" in out
    assert "FAILED" in out


def test_a_changed_database(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with world.database.write() as connection:
        connection.execute(log_leaves.delete().where(log_leaves.c.leaf_index == 2))
    assert main(["verify", "--database", world.url, "--key", KEY]) == 1
    assert "LeafMissing: leaf 2 was removed" in capsys.readouterr().out


def test_keys_may_come_from_a_file(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text(f"{OTHER_KEY}\n\n{KEY}\n")
    assert main(["verify", str(bundle), "--key", str(tmp_path / "keys.txt")]) == 0
    assert main(["verify", str(bundle), "--key", OTHER_KEY, "--key", KEY]) == 0


def test_a_checkpoint_kept_elsewhere_shows_a_cut(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "older.jsonl"
    export_bundle(world.database, bundle)
    world.append(Event(Kind.SERVICE_STARTED, {}))
    assert main(["checkpoint", "--database", world.url]) == 0
    held = tmp_path / "held.txt"
    held.write_text(capsys.readouterr().out)
    assert main(["verify", "--database", world.url, "--key", KEY, "--checkpoint", str(held)]) == 0
    assert main(["verify", str(bundle), "--key", KEY, "--checkpoint", str(held)]) == 1
    assert "TailTruncated" in capsys.readouterr().out


def test_a_sound_receipt(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", str(receipt), "--key", KEY]) == 0
    out = capsys.readouterr().out
    assert "OK: record r3" in out
    assert "what was recorded" in out


def test_a_receipt_that_proves_nothing(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", str(receipt), "--key", OTHER_KEY]) == 1
    assert "NOT PROVEN" in capsys.readouterr().out


def test_an_altered_receipt(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    receipt.write_text(receipt.read_text().replace("question 2", "question 9"))
    assert main(["receipt", str(receipt), "--key", KEY]) == 1
    assert "NOT PROVEN: the text at the top is not the one" in capsys.readouterr().out


def test_an_export_that_others_verify(
    kept: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "export.jsonl"
    assert main(["export", "--database", kept.url, "--out", str(out)]) == 0
    assert "Wrote 5 leaves" in capsys.readouterr().out
    assert main(["verify", str(out), "--key", KEY]) == 0
    bare = tmp_path / "bare.jsonl"
    arguments = ["export", "--database", kept.url, "--out", str(bare), "--without-ciphertexts"]
    assert main(arguments) == 0
    capsys.readouterr()
    assert main(["verify", str(bare), "--key", KEY]) == 0
    assert "left out of this bundle" in capsys.readouterr().out
    assert len(bare.read_bytes()) < len(out.read_bytes())
    assert main(["export", "--database", kept.url, "--out", str(out)]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "{tmp}/none.jsonl"], "cannot be read: No such file"),
        (["verify", "{tmp}"], "cannot be read: Is a directory"),
        (["verify", "{tmp}/text"], "line 1: not a whole line"),
        (["verify", "{tmp}/empty"], "no end line"),
        (["verify", "{tmp}/binary"], "line 1: not"),
        (["verify", "{tmp}/text", "--key", "a+b"], "name+keyid+base64"),
        (["verify", "{tmp}/text", "--key", "{tmp}/none"], "cannot be read"),
        (["verify", "{tmp}/text", "--key", "{tmp}/empty"], "holds no key"),
        (["verify", "{tmp}/text", "--key", KEY, "--checkpoint", "{tmp}/none"], "cannot be read"),
        (["verify", "{tmp}/text", "--key", KEY, "--checkpoint", "{tmp}/binary"], "not a text file"),
        (["verify", "--database", "sqlite:///{tmp}/none.db"], "does not exist"),
        (["verify", "--database", "nonsense"], "cannot be read"),
        (["verify", "--database", "mysql://x/y"], "not supported"),
        (["export", "--database", "sqlite:///{tmp}/none.db", "--out", "{tmp}/x"], "does not exist"),
        (["checkpoint", "--database", "sqlite:///{tmp}/empty.db"], "holds no log"),
        (["receipt", "{tmp}/none", "--key", KEY], "cannot be read"),
        (["receipt", "{tmp}/text", "--key", KEY], "not a receipt"),
        (["receipt", "{tmp}/binary", "--key", KEY], "not a text file"),
    ],
)
def test_bad_input_is_named_and_never_a_traceback(
    tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text").write_text("Dear Sir or Madam")
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(bytes(range(255, 0, -1)))
    Database.open(f"sqlite:///{tmp_path}/empty.db").close()
    assert main([argument.format(tmp=tmp_path) for argument in arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["verify"], ["receipt"], ["verify", "a", "--database", "b"], ["other"]]
)
def test_misuse_shows_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: signpost-audit" in capsys.readouterr().err


def test_the_help_tells_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert re.search(r"0 all is well, 1 verification\s+failed", capsys.readouterr().out)
