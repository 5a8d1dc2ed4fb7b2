"""Documents → a new snapshot, or none: complete in its place, or not there at all."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Document, Passage, Segment, as_json
from knowledge.embedding import Embedder, PassageText, PassageVectors, Vectors
from knowledge.errors import DocumentUnreadable, SnapshotInvalid, SnapshotUnknown
from knowledge.lexical import LexicalSettings, weigh
from knowledge.results import Failed, Read, Skipped
from knowledge.snapshot_format import FORMAT, NAME, VERSION_LENGTH, Scalar, canonical, identity
from knowledge.snapshot_writing import only_build, point_to, storage_full, write_snapshot
from knowledge.snapshots import DocumentRecord, Manifest, Snapshot, SnapshotLibrary, findings
from knowledge.summaries import NO_SUMMARIES, GivenSummary, SummaryReport, SummaryTying
from knowledge.vector_store import Contents

EMBEDDING_SETTINGS: Mapping[str, Scalar] = {
    "passage": "headings, text",
    "segment": "in its passage",
    "precision": "float32 passages, float16 segments",
}
BATCH = 256

PassagesOf = Callable[[Document], tuple[Passage, ...]]
Settings = Mapping[str, Mapping[str, Scalar]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` (0 where it is not known) at a stage."""

    stage: str
    done: int
    total: int


WAITING = Progress("waiting for another build", 0, 0)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. Document counts compare with the version that was there before.

    `new` is False where that very content was a version already; then nothing was written.
    `removed` lists addresses that were there before and are not any more, whatever the reason;
    `skipped` and `failed` say what was left out of this build, and why; `summaries` what became of
    the summaries given. `embedded` and `reused` count passages of different text.
    """

    name: str
    version: str
    digest: str
    new: bool
    added: int
    changed: int
    unchanged: int
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    failed: tuple[Failed, ...]
    documents: int
    passages: int
    segments: int
    embedded: int
    reused: int
    seconds: float
    summaries: SummaryReport = NO_SUMMARIES

    @property
    def withdrawn(self) -> int:
        """Return how many sources said that they are withdrawn."""
        return sum(each.reason == "withdrawn" for each in self.skipped)

    @property
    def passages_per_second(self) -> float:
        """Return the rate of the whole build, reading and writing included."""
        return self.passages / self.seconds if self.seconds > 0 else 0.0


@dataclass(slots=True)
class _Gathered:
    """What has been read of the sources so far."""

    summaries: SummaryTying
    records: list[DocumentRecord] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)


def build(
    library: SnapshotLibrary,
    name: str,
    sources: Iterable[Read],
    passages_of: PassagesOf,
    embedder: Embedder,
    *,
    chunking: Mapping[str, Scalar] | None = None,
    lexical: LexicalSettings | None = None,
    previous: Snapshot | None = None,
    summaries: Iterable[GivenSummary] = (),
    progress: Callable[[Progress], None] = lambda _: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> BuildReport:
    """Build the next version of a snapshot and make it the one that its name opens.

    Texts that `previous` has (without one: the version the name opens now) keep their vectors.
    Where two sources give one address, the first is taken. `summaries` in plain words go with the
    sections they were written for, and only while those say what they said. A build that
    is stopped, at whatever moment, leaves every other version as it was. Builds of one name wait
    for each other.

    Raises StorageFull, and SnapshotInvalid where there is no passage to index or the name is no
    good (lower-case letters, digits, dots, dashes and underscores; at most 64).
    """
    started = time.monotonic()
    if not NAME.fullmatch(name) or name == "latest":
        raise SnapshotInvalid(
            f"{name!r} cannot name a snapshot. Use up to 64 lower-case letters, digits, dots, "
            "dashes and underscores, beginning with a letter or digit."
        )
    settings: Settings = {
        "chunking": dict(chunking or {}),
        "embedding": dict(EMBEDDING_SETTINGS),
        "lexical": asdict(lexical or LexicalSettings()),
    }
    gathered = _gather(sources, passages_of, summaries, progress)
    if not gathered.passages:
        raise SnapshotInvalid(
            f"There is nothing to index: no source gave a passage ({len(gathered.failed)} failed, "
            f"{len(gathered.skipped)} left out). Check the sources; nothing was changed."
        )
    digests = [hashlib.sha256(line).hexdigest() for line in gathered.lines]
    digest = identity(digests, embedder.digest, settings)
    folder, version = library.root / name, digest[:VERSION_LENGTH]
    vectors = _Vectors(embedder, progress)
    with storage_full(library.root), only_build(folder, lambda: progress(WAITING)):
        before = previous if previous is not None else _opened(library, name)
        new = not (folder / version).is_dir() or bool(findings(folder / version))
        if new:
            vectors.reuse(before, settings)
            wholes, parts = vectors.of(gathered.passages)
            contents = Contents(
                passages=tuple(gathered.passages),
                vectors=wholes,
                segment_vectors=parts,
                lexical=weigh(gathered.passages, lexical or LexicalSettings()),
            )
            manifest = Manifest(
                format=FORMAT,
                name=name,
                digest=digest,
                created=now().astimezone(UTC).isoformat(timespec="seconds"),
                model=embedder.digest,
                dimensions=embedder.dimensions,
                settings=settings,
                documents=len(gathered.records),
                passages=len(contents.passages),
                segments=len(contents.segment_vectors),
                terms=len(contents.lexical.vocabulary.terms),
                files={},
            )
            progress(Progress("writing", 0, 0))
            write_snapshot(folder, manifest, gathered.records, gathered.lines, contents)
        point_to(folder, version)
    return BuildReport(
        name=name,
        version=version,
        digest=digest,
        new=new,
        **_compared(before, gathered.records),
        skipped=tuple(gathered.skipped),
        failed=tuple(gathered.failed),
        documents=len(gathered.records),
        passages=len(gathered.passages),
        segments=sum(len(passage.segments) for passage in gathered.passages),
        embedded=vectors.counts["embedded"],
        reused=vectors.counts["reused"],
        seconds=time.monotonic() - started,
        summaries=gathered.summaries.report(),
    )


def passage_text(passage: Passage) -> PassageText:
    """Return what a passage is embedded as: its headings, then its words; parts are segments."""
    text = f"{passage.heading}\n{passage.text}"
    spans: list[tuple[int, int]] = []
    end = len(passage.heading) + 1
    for segment in passage.segments:
        start = text.index(segment.text, end)
        end = start + len(segment.text)
        spans.append((start, end))
    return PassageText(text, tuple(spans), tuple(map(_alone, passage.segments)))


def vectors_of(
    passages: Sequence[Passage], embedder: Embedder
) -> tuple[Vectors, NDArray[np.float16]]:
    """Return the vectors that a snapshot of these passages holds.

    float32[passages, dimensions] and float16[segments, dimensions].
    """
    return _Vectors(embedder, lambda _: None).of(passages)


def _alone(segment: Segment) -> str:
    return f"{segment.lead} {segment.text}" if segment.lead else segment.text


def _gather(
    sources: Iterable[Read],
    passages_of: PassagesOf,
    summaries: Iterable[GivenSummary],
    progress: Callable[[Progress], None],
) -> _Gathered:
    gathered = _Gathered(SummaryTying(summaries))
    seen: set[str] = set()
    for number, read in enumerate(sources, start=1):
        match read:
            case Skipped():
                gathered.skipped.append(read)
            case Failed():
                gathered.failed.append(read)
            case Document() if read.url in seen:
                gathered.skipped.append(
                    Skipped(read.url, "duplicate", "An earlier source gave this address.")
                )
            case Document():
                seen.add(read.url)
                _add(gathered, read, passages_of)
        progress(Progress("reading", number, 0))
    return gathered


def _add(gathered: _Gathered, document: Document, passages_of: PassagesOf) -> None:
    try:
        passages = gathered.summaries.tie(passages_of(document))
        lines = [canonical(as_json(passage)) for passage in passages]
        record = DocumentRecord(
            url=document.url,
            title=document.title,
            digest=document.digest,
            passages=len(passages),
            language=document.language,
            updated=document.updated,
            publisher=document.publisher,
            official_url=document.official_url,
        )
    except DocumentUnreadable as error:
        gathered.failed.append(Failed(error.source, error.why))
        return
    except UnicodeEncodeError:
        why = "It holds half a character (a lone surrogate). Save it as UTF-8 again."
        source = document.url.encode("ascii", "backslashreplace").decode()
        gathered.failed.append(Failed(source, why))
        return
    gathered.records.append(record)
    gathered.passages.extend(passages)
    gathered.lines.extend(lines)


class _Vectors:
    """Vectors of passages: those of the version before where it has them, each text once."""

    def __init__(self, embedder: Embedder, progress: Callable[[Progress], None]) -> None:
        self._embedder = embedder
        self._progress = progress
        self._known: dict[PassageText, PassageVectors] = {}
        self.counts: Counter[str] = Counter()

    def reuse(self, before: Snapshot | None, settings: Settings) -> None:
        """Take over the vectors of a version that was made with this model in this way."""
        if before is None or before.manifest.model != self._embedder.digest:
            return
        if before.manifest.settings.get("embedding") != settings["embedding"]:
            return
        contents = before.contents
        starts = contents.segment_starts
        for row, passage in enumerate(contents.passages):
            parts = contents.segment_vectors[starts[row] : starts[row + 1]]
            self._known[passage_text(passage)] = PassageVectors(
                contents.vectors[row], parts.astype(np.float32)
            )

    def of(self, passages: Sequence[Passage]) -> tuple[Vectors, NDArray[np.float16]]:
        """Return float32[passages, dimensions] and float16[segments, dimensions]."""
        texts = [passage_text(passage) for passage in passages]
        distinct = dict.fromkeys(texts)
        missing = [text for text in distinct if text not in self._known]
        missing.sort(key=lambda each: len(each.text))
        for start in range(0, len(missing), BATCH):
            some = missing[start : start + BATCH]
            self._known.update(zip(some, self._embedder.embed_in_context(some), strict=True))
            self._progress(Progress("embedding", start + len(some), len(missing)))
        self.counts.update(embedded=len(missing), reused=len(distinct) - len(missing))
        read = [self._known[text] for text in texts]
        wholes = np.array([each.whole for each in read], dtype=np.float32)
        return wholes, np.concatenate([each.parts.astype(np.float16) for each in read])


def _compared(before: Snapshot | None, records: Sequence[DocumentRecord]) -> dict[str, Any]:
    """Return the counts of added, changed and unchanged documents, and what is gone."""
    old = {each.url: each.digest for each in before.documents} if before is not None else {}
    new = {each.url: each.digest for each in records}
    kept = [url for url in new if url in old]
    unchanged = sum(new[url] == old[url] for url in kept)
    return {
        "added": len(new) - len(kept),
        "changed": len(kept) - unchanged,
        "unchanged": unchanged,
        "removed": tuple(url for url in old if url not in new),
    }


def _opened(library: SnapshotLibrary, name: str) -> Snapshot | None:
    try:
        return library.open(name)
    except (SnapshotUnknown, SnapshotInvalid):
        return None
