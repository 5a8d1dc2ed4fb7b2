"""The format's page lists every kind, fault, leaf member and command; none that is not there."""

import re
from dataclasses import fields
from pathlib import Path

from audit.command import _parser
from audit.events import Kind
from audit.findings import Fault
from audit.leaf import Leaf

PAGE = (Path(__file__).parents[3] / "docs" / "audit-format.md").read_text()


def rows(section: str, column: str) -> set[str]:
    """Return the first cells of the table headed by `column` in a section."""
    text = PAGE.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    table = text.split(f"| {column} |", 1)[1].split("\n\n", 1)[0]
    return set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))


def test_every_kind_is_explained() -> None:
    assert rows("Leaves", "kind") == {kind.value for kind in Kind}


def test_every_fault_is_explained() -> None:
    assert rows("What verification can find", "name") == {fault.value for fault in Fault}


def test_every_member_of_a_leaf_is_explained() -> None:
    named = {"record_id": "id"}
    members = {named.get(field.name, field.name) for field in fields(Leaf)} | {"v"}
    assert rows("Leaves", "member") == members


def test_every_command_is_shown() -> None:
    subparsers = next(a for a in _parser()._actions if a.dest == "command")
    assert subparsers.choices is not None
    shown = set(re.findall(r"^signpost-audit (\w+)", PAGE, re.MULTILINE))
    assert shown == set(subparsers.choices)
