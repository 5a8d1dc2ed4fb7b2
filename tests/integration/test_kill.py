"""A server killed at any moment loses nothing that a citizen was shown."""

from pathlib import Path

from tests.kill import kill_again_and_again


def test_twenty_five_kills_lose_nothing(tmp_path: Path) -> None:
    result = kill_again_and_again(tmp_path, kills=25, seed=2026)
    print(result)
    assert result.faults == []
    assert result.kills == 25
    assert result.received > 25
    assert result.answered > 25


def test_ten_kills_lose_nothing_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    result = kill_again_and_again(tmp_path, kills=10, database=postgresql_url, seed=2026)
    print(result)
    assert result.faults == []
    assert result.kills == 10
    assert result.received > 10
    assert result.answered > 10
