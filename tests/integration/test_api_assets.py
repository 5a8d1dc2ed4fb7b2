"""Assets over HTTP: for ever under their hash, compressed, and nowhere else."""

import re

from tests.web_parts import client


def test_every_asset_that_a_page_names_is_there_for_ever() -> None:
    with client() as http:
        for path in ("/", "/conversation", "/embed", "/widget"):
            named = re.findall(r'(?:src|href)="(/assets/[^"]+)"', http.get(path).text)
            assert named
            for address in named:
                answer = http.get(address)
                assert answer.status_code == 200, address
                assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
                assert re.search(r"-[0-9a-f]{12}\.(css|js|svg)$", address)


def test_compressed_where_the_client_can_take_it() -> None:
    with client() as http:
        (address,) = re.findall(r'href="(/assets/signpost-[^"]+)"', http.get("/").text)
        packed = http.get(address, headers={"Accept-Encoding": "gzip"})
        plain = http.get(address, headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.text == plain.text
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3


def test_the_widget_script_is_asked_for_again_cheaply() -> None:
    with client() as http:
        first = http.get("/widget.js")
        assert first.headers["content-type"].startswith("text/javascript")
        assert first.headers["cross-origin-resource-policy"] == "cross-origin"
        again = http.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
