"""Vendored assets: ours alone, small, and named by what is in them."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

import pytest

from api.assets import FOLDER, Assets
from api.errors import AssetsInvalid


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
    for name in ("signpost.css", "page.js", "chat.js"):
        assert len(assets.named(name).packed) <= 20_000, name
        assert gzip.decompress(assets.named(name).packed) == assets.named(name).body


def test_nothing_of_gov_uk_alone_is_used_and_nothing_is_fetched_from_elsewhere() -> None:
    styles = (FOLDER / "signpost.css").read_text("utf-8")
    for word in ("GDS Transport", "@font-face", "url(", "@import", "crest"):
        assert word not in styles, word
    for path in sorted(FOLDER.glob("*.js")):
        name, script = path.name, path.read_text("utf-8")
        code = re.sub(r"^\s*//.*$", "", script, flags=re.M)
        assert "import(" not in code
        for imported in re.findall(r"^import .*$", code, re.M):
            assert re.search(r'"\./[a-z]+\.js"$', imported), name
        assert "'*'" not in code
        assert not re.search(r"\beval\(|new Function", code), name


def test_a_script_names_what_it_imports_by_content(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js"\nimport "./c.js"\n')
    (tmp_path / "b.js").write_text('import "./c.js"\n')
    (tmp_path / "c.js").write_text("1\n")
    before = Assets(tmp_path)
    assert before.modules("a.js") == (before.address("c.js"), before.address("b.js"))
    for name in ("b.js", "c.js"):
        assert f'"{before.address(name)}"' in before.named("a.js").body.decode()
    (tmp_path / "c.js").write_text("2\n")
    after = Assets(tmp_path)
    for name in ("a.js", "b.js", "c.js"):
        assert after.address(name) != before.address(name), name


def test_scripts_that_import_each_other_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import "./b.js"\n')
    (tmp_path / "b.js").write_text('import "./a.js"\n')
    with pytest.raises(AssetsInvalid, match=r"a\.js imports b\.js imports a\.js"):
        Assets(tmp_path)


def test_the_licence_of_what_is_vendored_is_kept() -> None:
    licence = (FOLDER / "GOVUK-FRONTEND-LICENSE.txt").read_text("utf-8")
    assert "Crown Copyright" in licence
    assert "6.3.0" in (FOLDER / "source" / "build.sh").read_text("utf-8")
