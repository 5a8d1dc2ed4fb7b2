"""Read a data file of the suites, and say with its line what is wrong with it."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from assistant.policy.lines import lines_of
from assistant.policy.model import Strict
from assistant.policy.plain import explain
from evaluation.errors import DataMissing, DataUnreadable

FOLDER = Path(__file__).parent

Part = TypeVar("Part", bound=Strict)


def read(path: Path, form: type[Part]) -> Part:
    """Return the file in that form. Raise DataMissing, DataUnreadable."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataMissing(path, "rules of the suites of writing", "Install again.") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise DataUnreadable(path, 0, f"cannot be read as UTF-8 text: {fault}") from fault
    try:
        return form.model_validate_json(json.dumps(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"at line (\d+)", str(fault))
        line = int(found[1]) if found else max(1, text.count("\n"))
        raise DataUnreadable(path, line, f"this is not valid TOML ({fault})") from fault
    except ValidationError as fault:
        error: Any = fault.errors(include_url=False)[0]
        where, why = explain(error["loc"], error["type"], error["msg"], error.get("ctx", {}))
        line = lines_of(text).of(where, error.get("input"))
        raise DataUnreadable(path, line, why) from fault


def wrong(path: Path, where: tuple[str | int, ...], why: str, value: object = None) -> Exception:
    """Return the error for what no form can tell, with the line of the key `where`."""
    line = lines_of(path.read_text(encoding="utf-8")).of(where, value)
    return DataUnreadable(path, line, why)
