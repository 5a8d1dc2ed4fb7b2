"""Snapshots: named by their content, complete or not there, opened only when whole."""

import hashlib
import io
import json
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.building import BuildReport, Progress, build
from knowledge.documents import Document, Passage, PlainSummary
from knowledge.errors import (
    DocumentUnreadable,
    ModelMismatch,
    SnapshotInvalid,
    SnapshotUnknown,
    StorageFull,
)
from knowledge.lexical import LexicalSettings
from knowledge.results import Failed, Read, Skipped
from knowledge.snapshot_format import FILES, MANIFEST, sha256_of
from knowledge.snapshots import SnapshotLibrary
from knowledge.summaries import GivenSummary, section_digest, sections_of
from tests.fakes import WordsEmbedder, page, pages, passage_a_block

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> SnapshotLibrary:
    return SnapshotLibrary(tmp_path / "snapshots")


@pytest.fixture
def embedder() -> WordsEmbedder:
    return WordsEmbedder()


def built(
    library: SnapshotLibrary,
    embedder: WordsEmbedder,
    sources: tuple[Read, ...] = pages(),
    name: str = "tried",
    **settings: Any,
) -> BuildReport:
    return build(library, name, sources, passage_a_block, embedder, now=lambda: NOON, **settings)


def test_what_was_built_can_be_opened(library: SnapshotLibrary, embedder: WordsEmbedder) -> None:
    report = built(library, embedder, chunking={"limit": 220})
    snapshot = library.open("tried", embedder)
    expected = [passage for document in pages() for passage in passage_a_block(document)]
    assert list(snapshot.passages) == expected
    assert [each.digest for each in snapshot.documents] == [each.digest for each in pages()]
    assert snapshot.manifest.settings["chunking"] == {"limit": 220}
    assert snapshot.manifest.created == "2026-03-01T12:00:00+00:00"
    assert snapshot.manifest.digest == report.digest
    assert snapshot.contents.vectors.dtype == np.float32
    assert snapshot.contents.segment_vectors.dtype == np.float16
    assert (report.documents, report.passages, report.added) == (5, 7, 5)
    assert library.verify("tried") == ()
    assert library.list() == (snapshot.manifest,)
    for wanted in (report.version, report.digest):
        assert library.open(wanted).manifest == snapshot.manifest


def test_a_summary_is_part_of_what_a_snapshot_is_and_changes_no_vector(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    bare = built(library, embedder)
    section = next(sections_of(passage_a_block(pages()[0])))
    draft = GivenSummary(section[0].url, section_digest(section), PlainSummary("Ask."), "s:1")
    signed = replace(draft, summary=PlainSummary("Ask.", "J. Evans", "2026-02-01"))
    with_draft = built(library, embedder, summaries=(draft,))
    with_signed = built(library, embedder, summaries=(signed,))
    assert len({bare.digest, with_draft.digest, with_signed.digest}) == 3
    assert (with_draft.summaries.kept, with_draft.summaries.drafts) == (1, 1)
    assert (with_signed.summaries.kept, with_signed.summaries.drafts) == (1, 0)
    assert (with_signed.unchanged, with_signed.embedded) == (5, 0)
    opened = library.open(with_signed.digest)
    assert [each.plain for each in opened.passages[: len(section)]] == [signed.summary] * len(
        section
    )
    assert not any(each.plain for each in opened.passages[len(section) :])
    assert library.verify(with_signed.digest) == ()
    assert built(library, embedder).digest == bare.digest


def test_a_summary_that_is_left_out_changes_nothing(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    bare = built(library, embedder)
    old = GivenSummary(f"{pages()[0].url}#about", "0" * 64, PlainSummary("Ask."), "s:1")
    report = built(library, embedder, summaries=(old,))
    assert [each.reason for each in report.summaries.left_out] == ["changed"]
    assert report.digest == bare.digest
    assert not report.new


def test_a_passage_is_embedded_with_its_headings(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    built(library, embedder)
    snapshot = library.open("tried")
    for passage, vector in zip(snapshot.passages, snapshot.contents.vectors, strict=True):
        text = f"{passage.title} – About\n{passage.text}"
        assert vector == pytest.approx(embedder.embed_question(text), abs=1e-6)


def test_the_same_content_is_the_same_version_and_is_not_embedded_again(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    first = built(library, embedder)
    files = {path: path.stat().st_mtime_ns for path in library.find("tried").iterdir()}
    embedder.embedded.clear()
    second = built(library, embedder)
    assert (second.version, second.new) == (first.version, False)
    assert (second.unchanged, second.added, second.changed) == (5, 0, 0)
    assert embedder.embedded == []
    assert {path: path.stat().st_mtime_ns for path in library.find("tried").iterdir()} == files


def test_identity_is_text_and_settings_and_not_vectors_or_names_or_time(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    digest = built(library, embedder).digest
    elsewhere = WordsEmbedder(rounding=1e-6)
    assert built(library, elsewhere, name="other").digest == digest
    assert library.open("other", embedder).manifest.name == "other"
    here, there = (library.open(name).contents.vectors for name in ("tried", "other"))
    assert not np.array_equal(here, there)


@pytest.mark.parametrize(
    "settings",
    [
        {"chunking": {"limit": 100}},
        {"lexical": LexicalSettings(k1=0.9)},
        {"sources": pages()[::-1]},
        {"sources": pages()[1:]},
        {"sources": (*pages()[1:], replace(pages()[0], updated="2025-03-02"))},
        {"embedder": WordsEmbedder(name="another")},
    ],
    ids=["chunking", "lexical", "order", "fewer", "facts", "model"],
)
def test_whatever_decides_what_is_found_changes_the_version(
    library: SnapshotLibrary, embedder: WordsEmbedder, settings: dict[str, Any]
) -> None:
    before = built(library, embedder).digest
    assert built(library, **{"embedder": embedder, **settings}).digest != before


def test_only_what_changed_is_embedded_again(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    first = built(library, embedder)
    assert first.embedded == len(embedder.embedded) == len(set(embedder.embedded))
    old = library.open("tried").contents
    embedder.embedded.clear()
    changed = page(pages()[0].url, "Renew a passport", "Only this is new.", updated="2025-03-01")
    redated = replace(pages()[1], updated="2026-01-01")
    added = page("https://guidance.example/new", "New", "Another new page.")
    report = built(library, embedder, (changed, redated, *pages()[3:], added))
    assert sorted(embedder.embedded) == [
        "New – About\nAnother new page.",
        "Renew a passport – About\nOnly this is new.",
    ]
    assert (report.added, report.changed, report.unchanged) == (1, 2, 2)
    assert report.removed == ("https://guidance.example/prescriptions-england",)
    assert (report.embedded, report.reused) == (2, 3)
    new = library.open("tried").contents
    assert np.array_equal(new.vectors[1], old.vectors[2])
    assert np.array_equal(new.segment_vectors[1], old.segment_vectors[2])


def test_vectors_of_another_model_are_never_reused(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    built(library, embedder)
    other = WordsEmbedder(name="another")
    report = built(library, other)
    assert report.reused == 0
    assert report.embedded == len(other.embedded) > 0
    with pytest.raises(ModelMismatch, match="another embedding model"):
        library.open("tried", embedder)
    assert library.open("tried", other).manifest.model == other.digest


def test_identical_texts_are_embedded_once(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    twins = tuple(page(f"https://guidance.example/{n}", "Twin", "The same.") for n in range(9))
    report = built(library, embedder, twins)
    assert sorted(embedder.embedded) == ["Twin – About\nThe same."]
    assert report.passages == 9


def test_what_is_left_out_is_reported_with_its_reason(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    withdrawn = Skipped("https://guidance.example/old", "withdrawn", "It says it is withdrawn.")
    failed = Failed("page.json", "It is not JSON. Save it again.")
    half = page("https://guidance.example/half", "Half", "a \ud800 b")
    second = replace(pages()[0], title="From a second source")

    def fussy(document: Document) -> tuple[Passage, ...]:
        if "cy" in document.url:
            raise DocumentUnreadable(document.url, "no passages")
        return passage_a_block(document)

    sources: tuple[Read, ...] = (withdrawn, failed, *pages(), half, second)
    report = build(library, "tried", sources, fussy, embedder)
    assert report.withdrawn == 1
    assert [each.reason for each in report.skipped] == ["withdrawn", "duplicate"]
    assert [each.source for each in report.failed] == ["page.json", pages()[3].url, half.url]
    assert report.documents == 4
    assert library.open("tried").passages[0].title == "Renew a passport"


def test_nothing_to_index_is_refused_and_changes_nothing(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    version = built(library, embedder).version
    for sources in ((), (Failed("x", "y"),), (page("https://guidance.example/e", "Empty"),)):
        with pytest.raises(SnapshotInvalid, match="nothing to index"):
            built(library, embedder, sources)
    assert library.open("tried").manifest.version == version


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../up", "a/b", "UPPER", "-x", "a" * 65, "latest", ".building-x", "é"]
)
def test_names_that_could_lead_elsewhere_are_refused(
    library: SnapshotLibrary, embedder: WordsEmbedder, name: str
) -> None:
    with pytest.raises(SnapshotInvalid, match="cannot name a snapshot"):
        built(library, embedder, name=name)
    with pytest.raises(SnapshotUnknown):
        library.open(name)
    assert not library.root.exists()


def test_a_name_opens_what_was_built_last(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    one = built(library, embedder).version
    two = built(library, embedder, pages()[:2]).version
    assert library.open("tried").manifest.version == two
    assert library.open(one).manifest.version == one
    again = built(library, embedder)
    assert (again.version, again.new) == (one, False)
    assert library.open("tried").manifest.version == one
    library.delete(one)
    assert library.open("tried").manifest.version == two
    library.delete("tried")
    with pytest.raises(SnapshotUnknown, match="there are: none yet"):
        library.open("tried")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


@pytest.mark.parametrize("harm", [flip, truncate, lengthen, Path.unlink])
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_named(
    library: SnapshotLibrary, embedder: WordsEmbedder, file: str, harm: Callable[[Path], None]
) -> None:
    built(library, embedder)
    harm(library.find("tried") / file)
    with pytest.raises(SnapshotInvalid, match=f"{file}.*Build it again"):
        library.open("tried")
    assert [finding.file for finding in library.verify("tried")] == [file]


def test_no_flipped_bit_of_the_manifest_goes_unseen(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    built(library, embedder)
    manifest = library.find("tried") / MANIFEST
    sound = manifest.read_bytes()
    kept = library.open("tried").manifest
    for place in range(0, len(sound), 7):
        manifest.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        try:
            assert library.open("tried").manifest == kept  # white space may change
        except SnapshotInvalid as error:
            assert MANIFEST in str(error)  # noqa: PT017
            assert library.verify("tried")
    for end in range(0, len(sound), 50):
        manifest.write_bytes(sound[:end])
        with pytest.raises(SnapshotInvalid, match=MANIFEST):
            library.open("tried")


def test_building_again_mends_a_damaged_version(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    version = built(library, embedder).version
    flip(library.find("tried") / "vectors.npy")
    report = built(library, embedder)
    assert (report.version, report.new) == (version, True)
    assert library.verify("tried") == ()


class Booby:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.trace),)


def reseal(folder: Path, **said: Any) -> None:
    """Make a manifest that fits the files in the folder, as whoever forges a snapshot would."""
    manifest = json.loads((folder / MANIFEST).read_bytes()) | said
    del manifest["seal"]
    manifest["files"] = {
        file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in FILES
    }
    sealed = manifest | {"seal": sha256_of(manifest)}
    (folder / MANIFEST).write_text(json.dumps(sealed))


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


HUGE = b"\x93NUMPY\x01\x00\x76\x00" + (
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 48), }".ljust(117) + b"\n"
)


def forgeries() -> Iterator[tuple[str, str, bytes]]:
    yield "not an array", "vectors.npy", b"nonsense"
    yield "an empty file", "segments.npy", b""
    yield "more numbers than there are", "vectors.npy", HUGE
    yield "another shape", "vectors.npy", npy(np.ones((7, 3), np.float32))
    yield "another kind", "segments.npy", npy(np.ones((7, 48), np.float64))
    yield "no unit vectors", "vectors.npy", npy(np.zeros((7, 48), np.float32))
    yield "not numbers", "vectors.npy", npy(np.full((7, 48), np.nan, np.float32))
    yield "no numbers in segments", "segments.npy", npy(np.full((7, 48), np.inf, np.float16))
    yield "rows outside", "lexical-rows.npy", npy(np.full(2, 10**6, np.int32))
    yield "starts outside", "lexical-starts.npy", npy(np.full(2, 10**9, np.int64))
    yield "documents that are none", "documents.jsonl", b'{"nothing": 1}\n'
    yield "passages that are none", "passages.jsonl", b"[]\n"
    yield "passages that nest", "passages.jsonl", b"[" * 100_000 + b"\n"
    yield "a vocabulary of numbers", "lexical.json", b'{"terms": [1, 2]}'
    yield "no vocabulary", "lexical.json", b"7"


@pytest.mark.parametrize(("file", "content"), [pytest.param(f, c, id=i) for i, f, c in forgeries()])
def test_a_forged_file_with_a_fitting_manifest_is_refused(
    library: SnapshotLibrary, embedder: WordsEmbedder, file: str, content: bytes
) -> None:
    built(library, embedder)
    folder = library.find("tried")
    (folder / file).write_bytes(content)
    reseal(folder)
    with pytest.raises(SnapshotInvalid, match="Build it again"):
        library.open("tried")
    assert library.verify("tried")


@pytest.mark.parametrize("file", FILES)
def test_no_file_can_run_code(
    library: SnapshotLibrary, embedder: WordsEmbedder, tmp_path: Path, file: str
) -> None:
    built(library, embedder)
    folder = library.find("tried")
    trace = tmp_path / "ran"
    for content in (npy(np.array([Booby(trace)])), pickle.dumps(Booby(trace))):
        (folder / file).write_bytes(content)
        reseal(folder)
        with pytest.raises(SnapshotInvalid):
            library.open("tried")
    assert not trace.exists()
    np.load(io.BytesIO(npy(np.array([Booby(trace)]))), allow_pickle=True)
    assert trace.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"passages": 8},
        {"segments": 0},
        {"format": 3},
        {"dimensions": 47},
        {"digest": "0" * 64},
        {"model": "0" * 64},
        {"settings": {}},
        {"unknown": 1},
        {"documents": "5"},
    ],
    ids=str,
)
def test_a_manifest_that_says_something_else_is_refused(
    library: SnapshotLibrary, embedder: WordsEmbedder, said: dict[str, Any]
) -> None:
    built(library, embedder)
    reseal(library.find("tried"), **said)
    with pytest.raises(SnapshotInvalid):
        library.open("tried")


def test_changed_words_are_seen_even_when_every_digest_was_forged(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    built(library, embedder)
    folder = library.find("tried")
    words = (folder / "passages.jsonl").read_text()
    (folder / "passages.jsonl").write_text(words.replace("It costs more", "It costs less"))
    reseal(folder)
    with pytest.raises(SnapshotInvalid, match="text its version is named for"):
        library.open("tried")


def test_litter_of_a_killed_build_is_cleared_by_the_next(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    built(library, embedder)
    folder = library.root / "tried"
    (folder / ".building-abc").mkdir()
    (folder / ".building-abc" / "vectors.npy").write_bytes(b"half")
    (folder / ".latest-12").write_text("half")
    assert len(library.list()) == 1
    report = built(library, embedder, pages()[:2])
    assert {each.name for each in folder.iterdir() if each.is_dir()} == {
        report.version,
        library.list()[0].version,
        library.list()[1].version,
    }
    assert not (folder / ".latest-12").exists()


def test_a_build_that_breaks_leaves_nothing_behind(
    library: SnapshotLibrary, embedder: WordsEmbedder
) -> None:
    version = built(library, embedder).version
    before = sorted(library.root.rglob("*"))

    def refuse(progress: Progress) -> None:
        if progress.stage == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built(library, embedder, pages()[:3], progress=refuse)
    assert sorted(library.root.rglob("*")) == before
    assert library.open("tried").manifest.version == version


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, embedder: WordsEmbedder) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFull, match=r"below .*file"):
        built(SnapshotLibrary(tmp_path / "file"), embedder)


def test_progress_is_told_stage_by_stage(library: SnapshotLibrary, embedder: WordsEmbedder) -> None:
    told: list[Progress] = []
    built(library, embedder, progress=told.append)
    assert list(dict.fromkeys(each.stage for each in told)) == ["reading", "embedding", "writing"]
    embedding = [each for each in told if each.stage == "embedding"]
    assert all(each.done == each.total for each in embedding)


def test_the_page_about_snapshots_names_every_file_of_one() -> None:
    told = (Path(__file__).parents[2] / "docs" / "snapshots.md").read_text(encoding="utf-8")
    for file in (*FILES, MANIFEST):
        assert file in told
