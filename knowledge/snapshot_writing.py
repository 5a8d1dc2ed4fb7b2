"""Writing a snapshot: durable, in one step, one build of a name at a time."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import StorageFull
from knowledge.snapshot_format import (
    DOCUMENTS,
    LEXICAL,
    MANIFEST,
    PASSAGES,
    SEGMENTS,
    VECTORS,
    VOCABULARY,
    DocumentRecord,
    Manifest,
    canonical,
    sha256_of,
)
from knowledge.vector_store import Contents

LITTER = (".building-", ".deleted-", ".damaged-", ".latest-")


def _manifest_bytes(manifest: Manifest) -> bytes:
    """Return the manifest's file: readable JSON, sealed with the digest of what it says."""
    said = asdict(manifest)
    return json.dumps(said | {"seal": sha256_of(said)}, indent=2, sort_keys=True).encode()


def write_snapshot(
    folder: Path,
    manifest: Manifest,
    documents: Sequence[DocumentRecord],
    lines: Sequence[bytes],
    contents: Contents,
) -> None:
    """Write a version into a name's folder, complete or not at all.

    `manifest` lacks the files' digests; `lines` are the passages as canonical JSON. Whoever calls
    this holds `only_build`.
    """
    written = Path(mkdtemp(prefix=LITTER[0], dir=folder))
    try:
        records = [canonical(asdict(record)) for record in documents]
        vocabulary = contents.lexical.vocabulary
        terms = canonical({"terms": vocabulary.terms, "words": vocabulary.words})
        files = {
            DOCUMENTS: _store(written / DOCUMENTS, _lines(records)),
            PASSAGES: _store(written / PASSAGES, _lines(lines)),
            VOCABULARY: _store(written / VOCABULARY, [terms]),
        }
        for file, array in _arrays(contents).items():
            files[file] = _store_array(written / file, array)
        _store(written / MANIFEST, [_manifest_bytes(replace(manifest, files=files))])
        written.chmod(0o755)
        fsync_folder(written)
        place = folder / manifest.version
        if place.exists():
            place.rename(folder / f".damaged-{place.name}-{os.getpid()}")
        written.rename(place)
        fsync_folder(folder)
    finally:
        shutil.rmtree(written, ignore_errors=True)


def _arrays(contents: Contents) -> dict[str, NDArray[Any]]:
    lexical = contents.lexical
    return {
        VECTORS: contents.vectors,
        SEGMENTS: contents.segment_vectors,
        LEXICAL["weights"]: lexical.weights,
        LEXICAL["rows"]: lexical.rows,
        LEXICAL["starts"]: lexical.starts,
        LEXICAL["ceilings"]: lexical.vocabulary.ceilings,
    }


def _lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line
        yield b"\n"


class _Hashing:
    """Writes to a file and takes the digest of what it wrote.

    NumPy writes to a plain file by itself and then loses the reason of a failure (no space left).
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return self._file.write(data)


def _store(path: Path, parts: Iterable[bytes]) -> str:
    """Write a file durably and return its SHA-256."""
    with path.open("xb") as file:
        hashing = _Hashing(file)
        for part in parts:
            hashing.write(part)
        file.flush()
        os.fsync(file.fileno())
    return hashing.sha256.hexdigest()


def _store_array(path: Path, array: NDArray[Any]) -> str:
    """Write a .npy file durably and return its SHA-256."""
    with path.open("xb") as file:
        hashing = _Hashing(file)
        np.lib.format.write_array(hashing, np.ascontiguousarray(array), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return hashing.sha256.hexdigest()


@contextmanager
def only_build(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the name's lock (it goes with the process, however that ends) and clear litter."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        for litter in folder.iterdir():
            if litter.name.startswith(LITTER):
                _remove(litter)
        yield


def _remove(litter: Path) -> None:
    if litter.is_dir():
        shutil.rmtree(litter, ignore_errors=True)
    else:
        litter.unlink(missing_ok=True)


@contextmanager
def storage_full(root: Path) -> Iterator[None]:
    """Turn what the file system refuses into StorageFull."""
    try:
        yield
    except OSError as error:
        raise StorageFull(
            f"The snapshot could not be written below {root} ({error.strerror or error}). "
            "Make room there or set another folder; what was there is as it was."
        ) from error


def point_to(folder: Path, version: str) -> None:
    """Make a version the one that its name opens, in one step."""
    written = folder / f".latest-{os.getpid()}"
    with written.open("wb") as file:
        file.write(version.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    written.replace(folder / "latest")
    fsync_folder(folder)


def fsync_folder(folder: Path) -> None:
    """Make the folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
