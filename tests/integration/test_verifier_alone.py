"""A regulator's machine: Python, `cryptography` and our base install, and nothing else.

The environment is made offline: its one library is linked from the environment the tests run in,
and the package itself from this checkout.
"""

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from audit.export import export_bundle
from audit.receipts import write_receipt
from tests.auditing import SIGNER, open_world

ROOT = Path(__file__).parents[2]
NEEDED = ("cryptography", "cffi", "_cffi_backend", "pycparser", "typing_extensions")
ABSENT = ("sqlalchemy", "psycopg", "torch", "numpy", "fastapi", "pydantic")


def link_package(name: str, folder: Path) -> None:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return
    origin = Path(spec.origin)
    source = origin.parent if origin.name == "__init__.py" else origin
    (folder / source.name).symlink_to(source)


@pytest.fixture(scope="module")
def regulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a virtual environment that holds `cryptography` and `audit` alone."""
    folder = tmp_path_factory.mktemp("regulator")
    venv.create(folder / "env", with_pip=False)
    (site,) = (folder / "env" / "lib").glob("python3*/site-packages")
    for name in NEEDED:
        link_package(name, site)
    (site / "audit").symlink_to(ROOT / "audit")
    return folder / "env" / "bin" / "python"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exported log and a receipt."""
    folder = tmp_path_factory.mktemp("papers")
    with open_world(f"sqlite:///{folder}/log.db", f"sqlite:///{folder}/keys.db") as world:
        for number in range(9):
            world.answer(f"c{number}", f"question {number}")
        export_bundle(world.database, folder / "log.jsonl")
        with world.database.read() as connection:
            receipt = world.log.receipt(connection, "r4", reveal=True)
    (folder / "receipt.txt").write_text(write_receipt(receipt))
    return folder


def run(regulator: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(regulator), "-I", "-W", "error", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": os.environ.get("PATH", "")},
    )


def test_the_environment_is_as_bare_as_it_claims(regulator: Path) -> None:
    question = (
        "from importlib.util import find_spec as f; import sys;"
        "print([n for n in sys.argv[1:] if f(n)])"
    )
    assert run(regulator, "-c", question, *ABSENT).stdout == "[]\n"
    assert run(regulator, "-c", question, "cryptography").stdout == "['cryptography']\n"
    assert sys.prefix not in run(regulator, "-c", "import sys; print(sys.path)").stdout


def test_a_bundle_is_verified(regulator: Path, papers: Path) -> None:
    key = str(SIGNER.verifier_key)
    done = run(regulator, "-m", "audit.command", "verify", f"{papers}/log.jsonl", "--key", key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Checked 9 leaves" in done.stdout
    assert "OK: nothing was changed" in done.stdout


def test_a_changed_bundle_is_found(regulator: Path, papers: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.jsonl"
    changed.write_text((papers / "log.jsonl").read_text().replace("answered", "answerer", 1))
    done = run(regulator, "-m", "audit.command", "verify", str(changed))
    assert (done.returncode, done.stderr) == (1, "")
    assert "LeafChanged" in done.stdout


def test_a_receipt_is_verified(regulator: Path, papers: Path) -> None:
    key = str(SIGNER.verifier_key)
    done = run(regulator, "-m", "audit.command", "receipt", f"{papers}/receipt.txt", "--key", key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "OK: record r4" in done.stdout


def test_a_database_is_politely_declined(regulator: Path, papers: Path) -> None:
    done = run(
        regulator, "-m", "audit.command", "verify", "--database", f"sqlite:///{papers}/log.db"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "signpost-enquiries[database]" in done.stderr
    assert "Traceback" not in done.stderr
