"""The snapshots below one folder: immutable, named by their content, opened only when whole."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from knowledge.embedding import Embedder
from knowledge.errors import SnapshotInvalid, SnapshotUnknown
from knowledge.snapshot_format import (
    MANIFEST,
    NAME,
    VERSION_LENGTH,
    DocumentRecord,
    Manifest,
    Snapshot,
    damaged_files,
    read_manifest,
    read_snapshot,
)
from knowledge.snapshot_writing import point_to

__all__ = ["DocumentRecord", "Finding", "Manifest", "Snapshot", "SnapshotLibrary"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a snapshot: the file, and what to do."""

    file: str
    problem: str


class SnapshotLibrary:
    """The snapshots below one folder. Which of them is live is decided elsewhere."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def list(self) -> tuple[Manifest, ...]:
        """Return the manifests of all snapshots that can be read, by name and then by age."""
        manifests = []
        for folder in self._folders():
            try:
                manifests.append(read_manifest(folder))
            except SnapshotInvalid:
                continue
        return tuple(sorted(manifests, key=lambda each: (each.name, each.created)))

    def open(self, wanted: str, embedder: Embedder | None = None) -> Snapshot:
        """Return the snapshot of that name (the one built last), version or digest.

        Every file is read and checked. Raises SnapshotUnknown, SnapshotInvalid, and
        ModelMismatch where an embedder is given that did not make its vectors.
        """
        snapshot = read_snapshot(self.find(wanted))
        if embedder is not None:
            snapshot.require(embedder)
        return snapshot

    def find(self, wanted: str) -> Path:
        """Return the folder of the snapshot of that name, version or digest.

        Raises SnapshotUnknown.
        """
        if NAME.fullmatch(wanted):
            latest = self._latest(wanted)
            if latest is not None:
                return latest
            for folder in self._folders():
                if folder.name == wanted[:VERSION_LENGTH]:
                    return folder
        known = ", ".join(sorted({folder.parent.name for folder in self._folders()})) or "none yet"
        raise SnapshotUnknown(
            f"There is no snapshot {wanted!r} in {self.root} (there are: {known}). "
            "`signpost snapshots list` shows them; `signpost ingest` builds one."
        )

    def verify(self, wanted: str) -> tuple[Finding, ...]:
        """Return everything that is wrong with a snapshot; nothing where it is sound.

        Raises SnapshotUnknown.
        """
        return findings(self.find(wanted))

    def delete(self, wanted: str) -> None:
        """Delete one version of a snapshot. Raises SnapshotUnknown.

        Whoever calls this has made sure that it is not live.
        """
        folder = self.find(wanted)
        gone = folder.with_name(f".deleted-{folder.name}-{os.getpid()}")
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
        others = [each for each in self._folders() if each.parent == folder.parent]
        pointer = folder.parent / "latest"
        if others and pointer.is_file() and pointer.read_text().strip() == folder.name:
            point_to(folder.parent, max(others, key=lambda each: each.stat().st_mtime).name)

    def _latest(self, name: str) -> Path | None:
        pointer = self.root / name / "latest"
        try:
            version = pointer.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        folder = self.root / name / version
        return folder if NAME.fullmatch(version) and folder.is_dir() else None

    def _folders(self) -> tuple[Path, ...]:
        if not self.root.is_dir():
            return ()
        names = [each for each in sorted(self.root.iterdir()) if NAME.fullmatch(each.name)]
        return tuple(
            version
            for name in names
            if name.is_dir()
            for version in sorted(name.iterdir())
            if version.is_dir() and NAME.fullmatch(version.name)
        )


def findings(folder: Path) -> tuple[Finding, ...]:
    """Return everything that is wrong with the snapshot in a folder."""
    try:
        manifest = read_manifest(folder)
    except SnapshotInvalid as error:
        return (Finding(MANIFEST, str(error)),)
    damaged = tuple(Finding(file, problem) for file, problem in damaged_files(folder, manifest))
    if damaged:
        return damaged
    try:
        read_snapshot(folder)
    except SnapshotInvalid as error:
        return (Finding(MANIFEST, str(error)),)
    return ()
