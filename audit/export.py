"""Writing the log in a database to a bundle."""

import os
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from audit.bundle import LeafLine, encode_line
from audit.canonical import Json, canonical_json
from audit.database import Database
from audit.errors import BundleInvalid
from audit.stored_log import read_lines


def export_bundle(database: Database, path: Path, *, ciphertexts: bool = True) -> int:
    """Write the log in `database` to a new file; return how many leaves it holds.

    The file appears whole or not at all, and shows one state of the log however long it takes.
    Raises BundleInvalid if the file is there already or cannot be written, LogMismatch if the
    database holds no log.
    """
    if path.exists():
        raise BundleInvalid(f"{path} is there already: choose another name, or remove it")
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    leaves = 0
    try:
        with draft.open("xb") as file:
            writer = _Writer(file)
            for line in read_lines(database, ciphertexts=ciphertexts):
                writer.write(encode_line(line))
                leaves += isinstance(line, LeafLine)
            writer.finish()
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except OSError as error:
        raise BundleInvalid(f"{path} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return leaves


class _Writer:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = sha256()
        self._lines = 0

    def write(self, value: dict[str, Json]) -> None:
        line = canonical_json(value) + b"\n"
        self._digest.update(line)
        self._lines += 1
        self._file.write(line)

    def finish(self) -> None:
        end: dict[str, Json] = {
            "lines": self._lines,
            "sha256": self._digest.hexdigest(),
            "type": "end",
        }
        self._file.write(canonical_json(end) + b"\n")
