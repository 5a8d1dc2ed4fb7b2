"""Vendored assets: ours alone, small, and named by what is in them."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

from api.assets import FOLDER, Assets


def test_an_address_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = Assets(tmp_path).address("a.css")
    (tmp_path / "a.css").write_text("b{}")
    assert Assets(tmp_path).address("a.css") != before
    digest = sha256(b"b{}").hexdigest()
    assert Assets(tmp_path).address("a.css") == f"/assets/a-{digest[:12]}.css"


def test_the_widget_is_tiny_and_everything_is_small() -> None:
    assets = Assets()
    assert len(assets.named("widget.js").packed) <= 10_000
    for name in ("signpost.css", "page.js", "chat.js", "staff.css", "console.js"):
        assert len(assets.named(name).packed) <= 20_000, name
        assert gzip.decompress(assets.named(name).packed) == assets.named(name).body


def test_nothing_of_gov_uk_alone_is_used_and_nothing_is_fetched_from_elsewhere() -> None:
    styles = (FOLDER / "signpost.css").read_text("utf-8")
    for word in ("GDS Transport", "@font-face", "url(", "@import", "crest"):
        assert word not in styles, word
    for name in ("page.js", "chat.js", "widget.js", "console.js"):
        script = (FOLDER / name).read_text("utf-8")
        code = re.sub(r"^\s*//.*$", "", script, flags=re.M)
        assert "import(" not in code
        assert not re.search(r"^import ", code, re.M), name
        assert "'*'" not in code
        assert not re.search(r"\beval\(|new Function", code), name


def test_the_licence_of_what_is_vendored_is_kept() -> None:
    licence = (FOLDER / "GOVUK-FRONTEND-LICENSE.txt").read_text("utf-8")
    assert "Crown Copyright" in licence
    assert "6.3.0" in (FOLDER / "source" / "build.sh").read_text("utf-8")
