"""Builds that are killed, run out of room or meet each other, in real processes."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.building import build
from knowledge.snapshots import SnapshotLibrary
from tests.fakes import WordsEmbedder, page, pages, passage_a_block

ROOT = Path(__file__).parents[2]
KILLS = 12

BUILD = """
import resource, sys
from pathlib import Path
from knowledge.building import build
from knowledge.errors import StorageFull
from knowledge.snapshots import SnapshotLibrary
from tests.fakes import WordsEmbedder, page, passage_a_block

root, salt, count, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
documents = [
    page(f"https://guidance.example/{n}", f"Page {n}", f"Text {salt} {n}.") for n in range(count)
]

def tell(progress):
    print(progress.stage, flush=True)

print("ready", flush=True)
try:
    report = build(
        SnapshotLibrary(root), "tried", documents, passage_a_block, WordsEmbedder(), progress=tell
    )
except StorageFull as error:
    print("full", error)
    sys.exit(3)
print("built", report.version)
"""


def start(root: Path, salt: str, count: int, limit: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(root), salt, str(count), str(limit)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(child: subprocess.Popen[str]) -> str:
    out, _ = child.communicate(timeout=240)
    return out.splitlines()[-1] if out else ""


def test_a_build_killed_at_any_moment_leaves_the_others_untouched(tmp_path: Path) -> None:
    library = SnapshotLibrary(tmp_path)
    live = build(library, "tried", pages(), passage_a_block, WordsEmbedder()).version
    chance = random.Random(11)
    child = start(tmp_path / "timed", "whole", 400)
    assert child.stdout is not None
    child.stdout.readline()
    begun = time.monotonic()
    assert finish(child).startswith("built")
    whole = time.monotonic() - begun
    interrupted = 0
    for kill in range(KILLS):
        child = start(tmp_path, f"kill {kill}", 400)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, whole))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert library.verify(live) == ()
        for manifest in library.list():
            assert library.verify(manifest.version) == ()
        opened = library.open("tried").manifest.version
        interrupted += opened == live
        live = opened
    assert interrupted > 0
    report = build(library, "tried", pages()[:2], passage_a_block, WordsEmbedder())
    assert library.open("tried").manifest.version == report.version
    left = {each.name for each in (tmp_path / "tried").iterdir()}
    assert left == {".lock", "latest", *(manifest.version for manifest in library.list())}


@pytest.mark.parametrize("room", [100, 5_000, 20_000, 40_000])
def test_no_room_is_said_plainly_and_changes_nothing(tmp_path: Path, room: int) -> None:
    library = SnapshotLibrary(tmp_path)
    live = build(library, "tried", pages(), passage_a_block, WordsEmbedder()).version
    before = sorted(tmp_path.rglob("*"))
    child = start(tmp_path, "big", 400, room)
    said = finish(child)
    assert child.returncode == 3
    assert "could not be written" in said
    assert "Make room" in said
    assert sorted(tmp_path.rglob("*")) == before
    assert library.open("tried").manifest.version == live
    assert finish(start(tmp_path, "big", 400)).startswith("built")


def test_builds_of_one_name_wait_for_each_other(tmp_path: Path) -> None:
    children = [start(tmp_path, f"writer {number % 2}", 200) for number in range(4)]
    ended = [finish(child) for child in children]
    assert all(said.startswith("built") for said in ended)
    library = SnapshotLibrary(tmp_path)
    assert {said.split()[1] for said in ended} == {each.version for each in library.list()}
    assert all(library.verify(each.version) == () for each in library.list())
    assert len(library.list()) == 2


def test_an_opened_snapshot_outlives_its_deletion(tmp_path: Path) -> None:
    library = SnapshotLibrary(tmp_path)
    document = page("https://guidance.example/a", "A", "Some text.")
    build(library, "tried", [document], passage_a_block, WordsEmbedder())
    snapshot = library.open("tried")
    library.delete("tried")
    assert snapshot.contents.vectors.sum() != 0
    assert snapshot.passages[0].text == "Some text."
