"""Files and folders: read in a stable order, everything bad named, nothing else touched."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.documents import Document
from knowledge.fetching import Fetcher
from knowledge.results import Failed, Read, Skipped
from knowledge.sources import read_source


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(version="0", contact="nobody") as made:
        yield made


def shown(read: Read, folder: Path) -> tuple[str, str]:
    match read:
        case Document(title=title):
            return ("read", title)
        case Skipped(source=source, reason=reason):
            return (reason, source.removeprefix(f"{folder}/"))
        case Failed(source=source):
            return ("failed", source.removeprefix(f"{folder}/"))


def test_a_folder_is_read_in_order_with_all_below_it(tmp_path: Path, fetcher: Fetcher) -> None:
    for name in ("b/inner.md", "a.md", "c.md", "b/deep/z.txt", ".hidden.md", ".git/x.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n\nText.")
    (tmp_path / "b/broken.json").write_text("{")
    (tmp_path / "b/picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "b/empty.md").write_text("")
    assert [shown(one, tmp_path) for one in read_source(str(tmp_path), fetcher)] == [
        ("read", "a.md"),
        ("read", "c.md"),
        ("failed", "b/broken.json"),
        ("no_text", "b/empty.md"),
        ("read", "b/inner.md"),
        ("other_form", "b/picture.png"),
        ("read", "b/deep/z.txt"),
    ]


def test_a_page_that_comes_twice_is_read_once_and_the_first_wins(
    tmp_path: Path, fetcher: Fetcher
) -> None:
    for name, text in (("1.jsonl", "First."), ("2.jsonl", "Second.")):
        (tmp_path / name).write_text(
            f'{{"url": "https://x/kites", "title": "Kites", "body_markdown": "{text}"}}'
        )
    first, second = read_source(str(tmp_path), fetcher)
    assert isinstance(first, Document)
    assert first.sections[0].blocks[0].items == ("First.",)
    assert isinstance(second, Skipped)
    assert (second.source, second.reason) == ("https://x/kites", "repeated")


def test_one_file_is_read_whatever_its_name(tmp_path: Path, fetcher: Fetcher) -> None:
    path = tmp_path / ".hidden"
    path.write_text("<html><body><main><p>Some words.</p></main></body></html>")
    (page,) = read_source(str(path), fetcher)
    assert isinstance(page, Document)


def test_what_is_missing_or_no_file_is_named(tmp_path: Path, fetcher: Fetcher) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    sources = [*(str(tmp_path / name) for name in ("missing.md", "pipe.md")), "", "a\x00b"]
    for source in sources:
        (failed,) = read_source(source, fetcher)
        assert isinstance(failed, Failed), source
    for missing in (f"@{tmp_path}/missing.txt", f"{tmp_path}/missing.urls", f"@{tmp_path}"):
        (failed,) = read_source(missing, fetcher)
        assert isinstance(failed, Failed)
        assert "list of addresses" in failed.why


def test_an_endless_link_to_itself_ends(tmp_path: Path, fetcher: Fetcher) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "lost.md").symlink_to(tmp_path / "nowhere.md")
    (tmp_path / "a.md").write_text("# A\n\nText.")
    read = [shown(one, tmp_path) for one in read_source(str(tmp_path), fetcher)]
    assert read == [("read", "A"), ("failed", "lost.md")]
