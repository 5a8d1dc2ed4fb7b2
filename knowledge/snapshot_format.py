"""What a snapshot is on disk, and reading it: only when it is whole, and without trust.

    root/<name>/latest                  the version that was built last, as text
    root/<name>/<version>/manifest.json      settings, counts, and the SHA-256 of each file
                          documents.jsonl    a line a document: address, title, digest, passages
                          passages.jsonl     a line a passage, as canonical JSON
                          vectors.npy        float32[passages, dimensions]
                          segments.npy       float16[segments, dimensions]
                          lexical.json       the vocabulary: terms, and the word of each
                          lexical-*.npy      BM25 weights, rows, starts and ceilings
    root/<name>/.building-*             a build in progress, or what a killed one left

A version is the start of the snapshot's digest, which covers the text and the settings and not the
vectors: rounding differs between machines, what is quoted does not. All files are plain numbers
and JSON; nothing is unpickled.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Passage, passage_from_line
from knowledge.embedding import Embedder
from knowledge.errors import KnowledgeError, ModelMismatch, SnapshotInvalid
from knowledge.lexical import LexicalWeights, Vocabulary
from knowledge.vector_store import Contents

FORMAT = 2
VERSION_LENGTH = 16
MANIFEST = "manifest.json"
DOCUMENTS = "documents.jsonl"
PASSAGES = "passages.jsonl"
VECTORS = "vectors.npy"
SEGMENTS = "segments.npy"
VOCABULARY = "lexical.json"
LEXICAL = {part: f"lexical-{part}.npy" for part in ("weights", "rows", "starts", "ceilings")}
FILES = (DOCUMENTS, PASSAGES, VECTORS, SEGMENTS, VOCABULARY, *LEXICAL.values())
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
REBUILD = "Build it again with `signpost ingest`, or restore the folder from a backup."

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What a snapshot keeps of a document beside its passages."""

    url: str
    title: str
    digest: str
    passages: int
    language: str = "en"
    updated: str = ""
    publisher: str = ""
    official_url: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself. `created` is an ISO 8601 time in UTC.

    `settings` holds everything beside the text that decides what is found: the chunking, how
    text is embedded, the lexical settings. `files` gives the SHA-256 of each file.
    """

    format: int
    name: str
    digest: str
    created: str
    model: str
    dimensions: int
    settings: Mapping[str, Mapping[str, Scalar]]
    documents: int
    passages: int
    segments: int
    terms: int
    files: Mapping[str, str]

    @property
    def version(self) -> str:
        """Return the name of the snapshot's folder."""
        return self.digest[:VERSION_LENGTH]

    def require(self, embedder: Embedder) -> None:
        """Raise ModelMismatch unless the embedder's vectors can be compared with these."""
        if embedder.digest != self.model:
            raise ModelMismatch(
                f"Snapshot {self.name} {self.version} was built with another "
                f"embedding model ({self.model[:12]}, the one set is "
                f"{embedder.digest[:12]}). Set the model it was built with, or build it again."
            )


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """An opened snapshot: checked, complete, never changing."""

    manifest: Manifest
    documents: tuple[DocumentRecord, ...]
    contents: Contents

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Return the passages in order."""
        return self.contents.passages

    def require(self, embedder: Embedder) -> None:
        """Raise ModelMismatch unless the embedder's vectors can be compared with these."""
        self.manifest.require(embedder)


def identity(
    passages: Sequence[str], model: str, settings: Mapping[str, Mapping[str, Scalar]]
) -> str:
    """Return the digest (hex) of a snapshot with these passage digests, model and settings."""
    return sha256_of(
        {"format": FORMAT, "passages": list(passages), "model": model, "settings": settings}
    )


def canonical(value: object) -> bytes:
    """Return JSON with sorted keys and no spaces, as UTF-8: what digests are taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_manifest(folder: Path) -> Manifest:
    """Return a snapshot's manifest. Raises SnapshotInvalid."""
    try:
        said = json.loads((folder / MANIFEST).read_bytes())
        seal = said.pop("seal")
        manifest = Manifest(**said)
        sound = seal == sha256_of(said) and manifest.format == FORMAT
        sound = sound and set(manifest.files) == set(FILES)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _invalid(folder, MANIFEST, f"cannot be read ({error})") from error
    if not sound or folder.name != manifest.version:
        raise _invalid(folder, MANIFEST, "is damaged or of another format")
    return manifest


def read_snapshot(folder: Path) -> Snapshot:
    """Return the snapshot in a folder, after checking every file. Raises SnapshotInvalid."""
    manifest = read_manifest(folder)
    for file, problem in damaged_files(folder, manifest):
        raise _invalid(folder, file, problem)
    try:
        lines = (folder / PASSAGES).read_bytes().splitlines()
        documents = tuple(
            DocumentRecord(**json.loads(line))
            for line in (folder / DOCUMENTS).read_bytes().splitlines()
        )
        contents = Contents(
            passages=tuple(map(passage_from_line, lines)),
            vectors=_array(folder / VECTORS),
            segment_vectors=_array(folder / SEGMENTS),
            lexical=_lexical(folder, manifest.passages),
        )
    except (OSError, ValueError, TypeError, KeyError, EOFError, RecursionError) as error:
        raise _invalid(folder, "a file", f"cannot be read ({error})") from error
    digests = [passage.digest for passage in contents.passages]
    if identity(digests, manifest.model, manifest.settings) != manifest.digest:
        raise _invalid(folder, PASSAGES, "does not hold the text its version is named for")
    _check_shapes(folder, manifest, contents, documents)
    return Snapshot(manifest, documents, contents)


def _check_shapes(
    folder: Path, manifest: Manifest, contents: Contents, documents: Sequence[DocumentRecord]
) -> None:
    """Raise SnapshotInvalid unless every array has the shape and values searching relies on."""
    passages, width = len(contents.passages), manifest.dimensions
    segments = sum(len(passage.segments) for passage in contents.passages)
    lexical, terms = contents.lexical, len(contents.lexical.vocabulary.terms)
    counted = (len(documents), passages, segments, terms)
    said = (manifest.documents, manifest.passages, manifest.segments, manifest.terms)
    if counted != said or sum(each.passages for each in documents) != passages:
        raise _invalid(folder, MANIFEST, f"counts {said}, the files hold {counted}")
    shapes: dict[str, tuple[NDArray[Any], type, tuple[int, ...]]] = {
        VECTORS: (contents.vectors, np.float32, (passages, width)),
        SEGMENTS: (contents.segment_vectors, np.float16, (segments, width)),
        LEXICAL["starts"]: (lexical.starts, np.int64, (terms + 1,)),
        LEXICAL["rows"]: (lexical.rows, np.int32, (len(lexical.weights),)),
        LEXICAL["weights"]: (lexical.weights, np.float32, (len(lexical.weights),)),
        LEXICAL["ceilings"]: (lexical.vocabulary.ceilings, np.float32, (terms,)),
    }
    for file, (array, kind, shape) in shapes.items():
        if array.dtype != kind or array.shape != shape:
            raise _invalid(
                folder, file, f"holds {array.dtype}{array.shape}, not {kind.__name__}{shape}"
            )
    starts, rows = lexical.starts, lexical.rows
    ordered = bool((np.diff(starts) >= 0).all()) and starts[0] == 0 and starts[-1] == len(rows)
    if not ordered or (len(rows) and not 0 <= rows.min() <= rows.max() < passages):
        raise _invalid(folder, LEXICAL["rows"], "points outside the snapshot")
    if not np.allclose(np.linalg.norm(contents.vectors, axis=1), 1, atol=1e-3):
        raise _invalid(folder, VECTORS, "holds vectors that are not of unit length")
    for file in (SEGMENTS, LEXICAL["weights"], LEXICAL["ceilings"]):
        if not np.isfinite(shapes[file][0]).all():
            raise _invalid(folder, file, "holds something that is no number")


def _lexical(folder: Path, passages: int) -> LexicalWeights:
    said = json.loads((folder / VOCABULARY).read_bytes())
    terms, words = said["terms"], said["words"]
    if not all(isinstance(each, str) for each in (*terms, *words)) or len(terms) != len(words):
        raise ValueError(f"{VOCABULARY} holds something that is no term")
    return LexicalWeights(
        vocabulary=Vocabulary(tuple(terms), _array(folder / LEXICAL["ceilings"]), tuple(words)),
        passages=passages,
        weights=_array(folder / LEXICAL["weights"]),
        rows=_array(folder / LEXICAL["rows"]),
        starts=_array(folder / LEXICAL["starts"]),
    )


def _array(path: Path) -> Any:
    """Return the array in a .npy file, mapped into memory; never an object array.

    It comes as a plain array, since each slice of a `numpy.memmap` costs some microseconds.
    """
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def damaged_files(folder: Path, manifest: Manifest) -> list[tuple[str, str]]:
    """Return the files that are not as they were written, each with what is wrong with it."""
    damaged = []
    for file, expected in sorted(manifest.files.items()):
        try:
            with (folder / file).open("rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            damaged.append((file, f"cannot be read ({error.strerror or error})"))
            continue
        if found != expected:
            damaged.append((file, "is not what was written when the snapshot was built"))
    return damaged


def sha256_of(value: object) -> str:
    """Return the SHA-256 (hex) of the value's canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _invalid(folder: Path, file: str, problem: str) -> KnowledgeError:
    where = f"Snapshot {folder.parent.name} {folder.name}: {file}"
    return SnapshotInvalid(f"{where} {problem}. {REBUILD}")
