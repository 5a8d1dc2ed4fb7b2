"""Settings: a wrong one is named, the environment wins, and two homes never touch each other."""

import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from api.bootstrap import Home
from api.errors import SettingInvalid
from api.settings import FILE, PREFIX, Settings, load_settings, setting_names
from assistant.live import WithdrawalKind
from assistant.text import RawText
from tests.fakes import WordsEmbedder

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [*setting_names(), FILE]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path / "home"))


WRONG = {
    "PORT": ["-1", "65536", "eighty", "80.5"],
    "BASE_URL": ["ask.example.gov.uk", "https://ask.example/path", "ftp://x.example"],
    "DATABASE_URL": ["mysql://u:sesame@h/d", "not an address", "oracle://h"],
    "KEYS_URL": ["mysql://u:sesame@h/d", "nonsense"],
    "POLICY": ["/no/such/folder"],
    "EMBEDDING_MODEL": ["/no/such/folder"],
    "THREADS": ["-1", "257", "many"],
    "MODEL_URL": ["model.example/v1", "file:///etc/passwd"],
    "MODEL_TIMEOUT": ["0", "-3", "61", "soon"],
    "SERVICE_NAME": ["   "],
    "PRIVACY_CONTACT": ["nobody", "a b@example.org"],
    "ACCESSIBILITY_CONTACT": ["@"],
    "ALLOWED_ORIGINS": ["https://a.example/path", "*", "https://*.example", "a.example"],
    "TRUSTED_PROXIES": ["proxy.example", "10.0.0.1/8", "10.0.0.0/99"],
    "EXIT_URL": ["weather", "javascript:alert(1)", "file:///etc/passwd"],
    "QUESTIONS_PER_MINUTE": ["0", "10001", "lots"],
    "OIDC_ISSUER": ["login.example", "http://login.example", "ftp://login.example"],
    "OIDC_CLAIM": ["  "],
    "HOOKS": ["/no/such/file.toml", "/"],
}
FREE_TEXT = {"HOME", "HOST", "SECRETS", "MODEL", "MODEL_KEY", "ORGANISATION", "PHONE", "HOURS"}
FREE_TEXT |= {"FETCH_CONTACT", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_value_names_its_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("SIGNPOST_MODEL", "openai:x")
    monkeypatch.setenv(f"SIGNPOST_{name}", value)
    with pytest.raises(SettingInvalid) as caught:
        load_settings()
    assert caught.value.setting == f"SIGNPOST_{name}"
    assert str(caught.value).startswith(f"SIGNPOST_{name}: ")
    assert "sesame" not in str(caught.value)


def test_every_setting_is_tried() -> None:
    assert {f"{PREFIX}{name}" for name in {*WRONG, *FREE_TEXT}} == set(setting_names())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "https://ask.example.gov.uk"),
        ("BASE_URL", "http://localhost:8000"),
        ("DATABASE_URL", "sqlite:////tmp/x.db"),
        ("ALLOWED_ORIGINS", "https://a.example, http://b.example:8080,"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("MODEL_TIMEOUT", "60"),
        ("PORT", "0"),
    ],
)
def test_a_right_value_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SIGNPOST_{name}", value)
    load_settings()


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOST_ALLOWED_ORIGINS", "https://a.example, http://b.example:8080,")
    assert load_settings().allowed_origins == ("https://a.example", "http://b.example:8080")


@pytest.mark.parametrize("name", ["SIGNPOST_PROT", "SIGNPOST_", "SIGNPOST_HOME_"])
def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingInvalid, match=re.escape(name)):
        load_settings()


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text('port = 8100\nservice_name = "From the file"\n')
    monkeypatch.setenv("SIGNPOST_PORT", "8200")
    settings = load_settings()
    assert (settings.port, settings.service_name, settings.host) == (
        8200,
        "From the file",
        "127.0.0.1",
    )
    assert load_settings(port=8300).port == 8300


def test_the_file_may_lie_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text('organisation = "Somewhere council"\nallowed_origins = ["https://a.example"]\n')
    monkeypatch.setenv(FILE, str(file))
    assert load_settings().organisation == "Somewhere council"
    assert load_settings().allowed_origins == ("https://a.example",)
    file.unlink()
    with pytest.raises(SettingInvalid, match=FILE):
        load_settings()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"port = 99999\n", "SIGNPOST_PORT"),
        (b'prot = "1"\n', "SIGNPOST_PROT"),
        (b"port = \n", "settings.toml"),
        (b"\xff\xfe", "settings.toml"),
        (b"port = [8000]\n", "SIGNPOST_PORT"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: bytes, named: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_bytes(text)
    with pytest.raises(SettingInvalid, match=named):
        load_settings()


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home" / "settings.toml").mkdir(parents=True)
    with pytest.raises(SettingInvalid, match=r"settings\.toml"):
        load_settings()


def test_an_empty_variable_is_as_if_it_were_not_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    for name in setting_names():
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert settings.home != Path()
    assert settings.home.is_absolute()
    assert settings.policy is None


def test_paths_may_begin_with_a_tilde_and_become_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOST_HOME", "~/mine")
    assert load_settings().home == tmp_path / "mine"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGNPOST_HOME", "here")
    assert load_settings().home == tmp_path / "here"
    assert load_settings().secrets_folder == tmp_path / "here" / "secrets"


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "a b", "ü", "a@b:c"])
def test_a_home_may_have_any_name(tmp_path: Path, name: str) -> None:
    settings = Settings(home=tmp_path / name)
    home = Home(settings)
    assert Path(str(make_url(settings.database).database)) == tmp_path / name / "signpost.db"
    assert home.database.engine_name == "sqlite"
    assert (tmp_path / name / "signpost.db").is_file()
    home.close()


def test_settings_that_are_wrong_together_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SIGNPOST_MODEL_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(SettingInvalid, match="SIGNPOST_MODEL_URL"):
        load_settings()
    monkeypatch.delenv("SIGNPOST_MODEL_URL")
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "postgresql://u:sesame@h/d")
    with pytest.raises(SettingInvalid, match="SIGNPOST_KEYS_URL"):
        load_settings()
    monkeypatch.setenv("SIGNPOST_KEYS_URL", "postgresql://u:sesame@h/d")
    with pytest.raises(SettingInvalid, match="SIGNPOST_KEYS_URL"):
        load_settings()
    monkeypatch.setenv("SIGNPOST_KEYS_URL", "postgresql://u:sesame@h/keys")
    load_settings()


def test_a_secret_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNPOST_MODEL_KEY", "sesame")
    settings = load_settings()
    assert "sesame" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_a_home_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingInvalid, match="SIGNPOST_HOME"):
        Home(Settings(home=tmp_path / "file" / "home"))


def test_two_homes_never_touch_each_other(tmp_path: Path) -> None:
    one, two = (Home(Settings(home=tmp_path / name), WordsEmbedder()) for name in ("one", "two"))
    started = one.assistant.start()
    one.assistant.ask(started.id, RawText("Hello"), "k")
    one.operations.withdraw(WithdrawalKind.TOPIC, "bins", "wrong")
    assert two.operations.state().withdrawals == ()
    with two.database.read() as connection:
        assert two.log.size(connection) == 0
    assert one.token_secret != two.token_secret
    assert one.log.origin != two.log.origin
    files = [{path.name for path in (tmp_path / name).rglob("*")} for name in ("one", "two")]
    assert all("signpost.db" in found for found in files)
    assert set(tmp_path.iterdir()) == {tmp_path / "one", tmp_path / "two"}
    one.close()
    two.close()


def test_only_the_owner_can_read_a_home(tmp_path: Path) -> None:
    home = Home(Settings(home=tmp_path / "home"), WordsEmbedder())
    home.assistant.start()
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
    for name in ("signpost.db", "keys.db", "secrets/master.key", "secrets/log.key"):
        assert (tmp_path / "home" / name).stat().st_mode & 0o077 == 0, name
    home.close()


def test_every_setting_is_documented_with_its_default() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(SIGNPOST_\w+)` \| (.*) \|$", text, re.M))
    assert set(rows) == {*setting_names(), FILE}
    for name, described in Settings.model_fields.items():
        row = rows[f"{PREFIX}{name.upper()}"]
        said = str(described.description).rstrip(".")
        assert said in row.replace("\\|", "|"), name
        if isinstance(described.default, (int, float)) or (
            isinstance(described.default, str) and described.default
        ):
            assert f"`{described.default}`" in row, name


def test_the_digest_follows_every_setting_but_secrets(tmp_path: Path) -> None:
    plain = Settings(home=tmp_path)
    assert Settings(home=tmp_path).digest == plain.digest
    assert Settings(home=tmp_path, phone="0300 000 000").digest != plain.digest
    assert Settings(home=tmp_path, threads=3).digest != plain.digest
    secret = Settings(
        home=tmp_path,
        model_key="sesame",
        model_url="https://me:sesame@model.example/v1",
        database_url="postgresql://me:sesame@host/name",
        keys_url="postgresql://me:sesame@host/keys",
    )
    assert secret.digest == plain.digest
