"""Where guidance comes from: files, folders, addresses, lists of addresses, sitemaps."""

import gzip
import io
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from lxml import etree  # type: ignore[import-untyped]

from knowledge.documents import Document
from knowledge.errors import SourceGone, SourceUnreachable
from knowledge.fetching import Fetched, Fetcher
from knowledge.loading import load_source
from knowledge.results import Failed, Read, Skipped

READ_SUFFIXES = frozenset(
    {".json", ".jsonl", ".ndjson", ".html", ".htm", ".xhtml", ".md", ".markdown", ".txt", ".pdf"}
)
MOST_FILE_BYTES = 200 * 1024 * 1024
MOST_SITEMAP_BYTES = 50 * 1024 * 1024
MOST_SITEMAPS = 100

_GOV_UK_HOSTS = frozenset({"www.gov.uk", "gov.uk"})
_CONTENT_API = "https://www.gov.uk/api/content"
_LIST_SUFFIX = ".urls"


def read_source(source: str, fetcher: Fetcher) -> Iterator[Read]:
    """Yield everything in a source, in a stable order; what is bad is named and passed over.

    `source` is a file, a folder (with all below it, hidden files apart), an http or https
    address of a page or a sitemap, or a list of these, one a line: `@name.txt` or `name.urls`.
    An address on www.gov.uk is read through its Content API. A document that comes again under
    the same address is skipped: the first one wins.
    """
    seen: set[str] = set()
    for read in _read(source, fetcher):
        if isinstance(read, Document) and read.url in seen:
            yield Skipped(read.url, "repeated", "was read before, in this source")
            continue
        if isinstance(read, Document):
            seen.add(read.url)
        yield read


def _read(source: str, fetcher: Fetcher) -> Iterator[Read]:
    if not source.strip():
        yield Failed(source, "names nothing: give a file, a folder or an address")
    elif source.startswith("@"):
        yield from _listed(Path(source[1:]), fetcher)
    elif _is_address(source):
        yield from _address(source, fetcher)
    elif source.endswith(_LIST_SUFFIX):
        yield from _listed(Path(source), fetcher)
    elif Path(source).is_dir():
        yield from _folder(Path(source))
    else:
        yield from _file(Path(source))


def _is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _file(path: Path) -> Iterator[Read]:
    try:
        if not path.is_file():
            yield Failed(str(path), "is not a file" if path.exists() else "does not exist")
            return
        if path.stat().st_size > MOST_FILE_BYTES:
            yield Failed(str(path), f"is larger than {MOST_FILE_BYTES} bytes: divide it")
            return
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        yield Failed(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}")
        return
    yield from load_source(data, str(path))


def _folder(top: Path) -> Iterator[Read]:
    closed: list[OSError] = []

    def named() -> Iterator[Failed]:
        while closed:
            error = closed.pop()
            yield Failed(str(error.filename), f"cannot be read: {error.strerror}")

    for name, folders, files in os.walk(top, onerror=closed.append):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        for path in (Path(name, file) for file in sorted(files) if not file.startswith(".")):
            if path.suffix.lower() in READ_SUFFIXES:
                yield from _file(path)
            else:
                yield Skipped(str(path), "other_form", "is of a kind that holds no guidance")
        yield from named()
    yield from named()


def _listed(path: Path, fetcher: Fetcher) -> Iterator[Read]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        yield Failed(str(path), f"cannot be read as a list of addresses: {error}")
        return
    for line in (line.strip() for line in lines):
        if not line or line.startswith("#"):
            continue
        if line.startswith("@") or line.endswith(_LIST_SUFFIX):
            yield Failed(line, f"is a list inside the list {path}: name it on its own")
        elif _is_address(line):
            yield from _address(line, fetcher)
        else:
            yield from _read(str(path.parent / line), fetcher)


def _address(url: str, fetcher: Fetcher) -> Iterator[Read]:
    """Yield the documents at an address, which may be a page or a sitemap."""
    waiting = deque([url])
    queued = {url}
    told = 0
    while waiting:
        address = waiting.popleft()
        try:
            fetched = fetcher.fetch(content_api_address(address))
        except SourceGone as gone:
            yield Skipped(address, "gone", gone.why)
            continue
        except SourceUnreachable as error:
            yield Failed(address, error.why)
            continue
        sitemap = _sitemap(fetched)
        if sitemap is None:
            yield from load_source(fetched.body, address, fetched.url)
        elif told >= MOST_SITEMAPS:
            yield Failed(address, f"more than {MOST_SITEMAPS} sitemaps: name some on their own")
        else:
            told += 1
            host = _netloc(fetched.url)
            for found in sitemap:
                if found in queued:
                    continue
                queued.add(found)
                if _is_address(found) and _netloc(found) == host:
                    waiting.append(found)
                else:
                    yield Failed(found, f"is in the sitemap {address} of another host")


def content_api_address(url: str) -> str:
    """Return where to fetch a page: for a page of www.gov.uk, its item in the Content API."""
    if _netloc(url) not in _GOV_UK_HOSTS:
        return url
    path = urlsplit(url).path.rstrip("/")
    if not path or path.startswith("/api/") or "." in path.rpartition("/")[2]:
        return url
    return f"{_CONTENT_API}{quote(path, safe='/%')}"


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _sitemap(fetched: Fetched) -> list[str] | None:
    """Return the addresses in a sitemap or an index of sitemaps; None for anything else.

    Source: https://www.sitemaps.org/protocol.html
    """
    body = fetched.body
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
                body = file.read(MOST_SITEMAP_BYTES)
        except (OSError, EOFError):
            return None
    if b"<urlset" not in body[:2000] and b"<sitemapindex" not in body[:2000]:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(body, parser)
    if root is None:
        return None
    return [
        (place.text or "").strip()
        for place in root.iter("{*}loc")
        if etree.QName(place.getparent()).localname in {"url", "sitemap"}
    ]
