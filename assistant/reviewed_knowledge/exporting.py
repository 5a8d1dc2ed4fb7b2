"""Reviewed pages as files: Markdown that `signpost ingest` reads, and questions to ask of them.

`DIR/pages` holds a page each, `DIR/questions.jsonl` a question each, in the form that
`signpost ask --batch` reads, with the page that should answer it.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from assistant.errors import KnowledgeMoveRefused
from assistant.reviewed_knowledge.page import Knowledge

_OURS = "reviewed-*.md"
_ITEM = re.compile(r"(?P<mark>[-*•]|\d{1,3}[.)])[ \t]+(?P<text>\S.*)")
_MARK = re.compile(r"[!-&*+/:;<=>@\[-`{-~]")
_NUMBERED = re.compile(r"^(s?\d+)([.)])")
_FURNITURE = re.compile(r"[KMG]B\b|^This file ")


def write_pages(folder: Path, pages: Iterable[Knowledge], publisher: str) -> tuple[Path, ...]:
    """Write approved pages, and delete those of ours that are none any more; return the files.

    Raises KnowledgeMoveRefused when the folder cannot be written.
    """
    kept = tuple(pages)
    below, questions = folder / "pages", folder / "questions.jsonl"
    try:
        below.mkdir(parents=True, exist_ok=True)
        written = []
        for page in kept:
            path = below / f"{page.name}.md"
            path.write_text(page_markdown(page, publisher), encoding="utf-8")
            written.append(path)
        for path in set(below.glob(_OURS)) - set(written):
            path.unlink()
        lines = "".join(f"{question_line(page)}\n" for page in kept)
        questions.write_text(lines, encoding="utf-8")
    except OSError as fault:
        raise KnowledgeMoveRefused(
            f"{folder} cannot be written ({fault.strerror}). Name a folder of your own."
        ) from fault
    return (*written, questions)


def page_markdown(page: Knowledge, publisher: str) -> str:
    """Return an approved page as Markdown under TOML front matter: who reviewed it, and when.

    What the adviser wrote is text: nothing in it but the marks of a list can become markup.
    """
    assert page.decided_at is not None
    assert page.expires_on is not None
    day = page.decided_at.date().isoformat()
    facts = {
        "kind": "reviewed",
        "title": page.question,
        "official_url": page.official_url,
        "official_title": page.official_title,
        "relied_on": day,
        "publisher": f"{publisher}, answer reviewed by {page.decided_name}",
        "language": page.language,
        "reviewed_by": page.decided_name,
        "expires_on": page.expires_on.isoformat(),
    }
    front = "".join(f"{name} = {_toml(value)}\n" for name, value in facts.items())
    return f"+++\n{front}+++\n\n{body_markdown(page.answer)}\n"


def body_markdown(text: str) -> str:
    """Return a text as Markdown that reads the same: each line a paragraph or an item of a list."""
    blocks: list[str] = []
    listed = False
    for line in (line.strip() for line in text.split("\n")):
        if not line:
            listed = False
            continue
        item = _ITEM.fullmatch(line)
        said = f"{_mark(item['mark'])} {_literal(item['text'])}" if item else _literal(line)
        blocks.append(("\n" if item and listed else "\n\n") + said)
        listed = item is not None
    return "".join(blocks).strip("\n")


def question_line(page: Knowledge) -> str:
    """Return the regression question of a page as a line of JSON."""
    asked = {"id": page.name, "question": page.question, "expected": page.address}
    return json.dumps(asked, ensure_ascii=False)


def _mark(mark: str) -> str:
    return mark if mark[0].isdigit() else "-"


def _literal(line: str) -> str:
    """Return a line in which every sign that Markdown may take for a mark is a reference."""
    said = _MARK.sub(lambda sign: _reference(sign[0]), line)
    said = _NUMBERED.sub(lambda found: f"{found[1]}{_reference(found[2])}", said)
    first = said[:1]
    if first and (_FURNITURE.search(line) or not (first.isalnum() or first == "&")):
        said = _reference(first) + said[1:]
    return said


def _reference(sign: str) -> str:
    return f"&#{ord(sign)};"


def _toml(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are all TOML's too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
