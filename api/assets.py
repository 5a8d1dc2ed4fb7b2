"""Stylesheets, scripts and the icon: read once, served under names that carry their digest.

A script names another of ours as it lies beside it (`from "./visit.js"`); browsers are told the
other's hashed address, so that a change anywhere changes every address above it.
"""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from api.errors import AssetsInvalid

FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
_IMPORT = re.compile(r'(?<=from ")\./([a-z]+\.js)(?=")|(?<=import ")\./([a-z]+\.js)(?=")')
_HOUR = "public, max-age=3600"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, plain and compressed. `digest` is the SHA-256 of the plain bytes, in hex.

    `imports` are the addresses of all scripts that it needs, directly or not.
    """

    name: str
    media_type: str
    body: bytes = field(repr=False)
    packed: bytes = field(repr=False)
    digest: str
    imports: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Return the path that changes whenever the content does."""
        stem, _, suffix = self.name.rpartition(".")
        return f"/assets/{stem}-{self.digest[:12]}.{suffix}"

    def respond(self, request: Request, cache: str) -> Response:
        """Return the file, compressed where the client can take it, or 304."""
        tag = f'"{self.digest[:16]}"'
        headers = {"Cache-Control": cache, "ETag": tag, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.packed, headers=headers, media_type=self.media_type)
        return Response(self.body, headers=headers, media_type=self.media_type)


class Assets:
    """All files of `api/static` that browsers may have."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._by_name: Mapping[str, Asset] = _read_all(folder)
        self._by_address = {asset.address: asset for asset in self._by_name.values()}

    def address(self, name: str) -> str:
        """Return the hashed address of a file; `KeyError` names a file that is not there."""
        return self._by_name[name].address

    def modules(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a script's imports, so that a page can fetch them at once."""
        return self._by_name[name].imports

    def serve(self, request: Request) -> Response | None:
        """Return the asset at the request's path, or None."""
        asset = self._by_address.get(request.url.path)
        return None if asset is None else asset.respond(request, FOREVER)

    def serve_script(self, request: Request, name: str) -> Response:
        """Return a file under its plain name, to be asked for again within the hour."""
        return self._by_name[name].respond(request, _HOUR)

    def named(self, name: str) -> Asset:
        """Return one file."""
        return self._by_name[name]


def _read_all(folder: Path) -> Mapping[str, Asset]:
    read: dict[str, Asset] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in _TYPES:
            _read(path, read, ())
    return read


def _read(path: Path, read: dict[str, Asset], above: tuple[str, ...]) -> Asset:
    """Return the file, after those that it imports; raise `AssetsInvalid` for a circle."""
    if path.name in read:
        return read[path.name]
    if path.name in above:
        raise AssetsInvalid(" imports ".join((*above, path.name)))
    body, imports = path.read_bytes(), dict[str, None]()

    def hashed(found: re.Match[str]) -> str:
        needed = _read(path.with_name(found[1] or found[2]), read, (*above, path.name))
        imports.update(dict.fromkeys((*needed.imports, needed.address)))
        return needed.address

    if path.suffix == ".js":
        body = _IMPORT.sub(hashed, body.decode()).encode()
    packed = gzip.compress(body, 9, mtime=0)
    digest = sha256(body).hexdigest()
    asset = Asset(path.name, _TYPES[path.suffix], body, packed, digest, tuple(imports))
    read[path.name] = asset
    return asset
