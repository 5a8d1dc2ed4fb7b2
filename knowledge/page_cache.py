"""Remembers fetched pages on disk, so that a server can answer "not modified"."""

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page with what its server gives to tell whether it changed."""

    body: bytes
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def conditions(self) -> dict[str, str]:
        """Return the headers of a conditional request for this page (RFC 9110 §13.1)."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class PageCache:
    """Pages by address in one folder. A damaged or half-written page is as good as none."""

    folder: Path

    def get(self, url: str) -> CachedPage | None:
        """Return the page kept for an address, if it is whole."""
        try:
            head, _, body = self._path(url).read_bytes().partition(b"\n")
            facts = json.loads(head)
            page = CachedPage(body, facts["content_type"], facts["etag"], facts["last_modified"])
            whole = facts["url"] == url and facts["sha256"] == hashlib.sha256(body).hexdigest()
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return page if whole else None

    def put(self, url: str, page: CachedPage) -> None:
        """Keep a page that can be asked for again; where the disk is full, it is not kept."""
        if not page.conditions:
            return
        facts = {
            "url": url,
            "content_type": page.content_type,
            "etag": page.etag,
            "last_modified": page.last_modified,
            "sha256": hashlib.sha256(page.body).hexdigest(),
        }
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(json.dumps(facts).encode() + b"\n" + page.body)
                Path(name).replace(self._path(url))
            except OSError:
                Path(name).unlink(missing_ok=True)

    def _path(self, url: str) -> Path:
        return self.folder / hashlib.sha256(url.encode()).hexdigest()
