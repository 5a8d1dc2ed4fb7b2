"""What was found on reading test questions of others (see readings/README.md)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from evaluation.errors import DataMissing, DataUnreadable

UNCOVERED = Path(__file__).parent / "readings" / "uncovered.jsonl"

Covered = Literal["yes", "partly", "no"]
_COVERED: TypeAdapter[Covered] = TypeAdapter(Covered)


def uncovered_read(path: Path = UNCOVERED) -> Mapping[str, Covered]:
    """Return, by question id, whether another page answers. Raise DataMissing, DataUnreadable."""
    if not path.is_file():
        raise DataMissing(path, "what was read of questions whose page is not there")
    read: dict[str, Covered] = {}
    for number, text in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not text:
            continue
        try:
            line = json.loads(text)
            name, covered = str(line["id"]), _COVERED.validate_python(line["covered"])
        except (ValueError, KeyError, TypeError, ValidationError) as fault:
            raise DataUnreadable(path, number, 'needs an id and "yes", "partly" or "no"') from fault
        if name in read:
            raise DataUnreadable(path, number, f"the id {name!r} stands there twice")
        read[name] = covered
    return read
