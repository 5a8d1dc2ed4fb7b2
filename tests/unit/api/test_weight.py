"""The widget and the page stay small, and the command that says so can say otherwise."""

import pytest

from api import weight


def test_first_loads_are_within_their_limits(capsys: pytest.CaptureFixture[str]) -> None:
    launcher, widget, page = weight.loads()
    assert launcher.total <= 10_000
    assert widget.total <= 60_000
    assert page.total <= 60_000
    assert weight.main() == 0
    assert f"widget, opened: {widget.total:,} bytes" in capsys.readouterr().out


def test_every_script_that_is_loaded_is_counted() -> None:
    _, widget, _ = weight.loads()
    assert {"page.js", "chat.js", "visit.js", "reading.js", "signpost.css"} <= set(widget.files)
    assert all(size > 0 for size in widget.files.values())


def test_too_much_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight, "FIRST_LOAD_LIMIT", 1_000)
    assert weight.main(lambda line: None) == 1
