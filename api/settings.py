"""Every setting, read in one place: from `SIGNPOST_…` variables or from `settings.toml`.

Variables win over the file, the file over the defaults. The file lies in the home folder, or
where `SIGNPOST_SETTINGS` says. A wrong value stops the start with the setting's name.
"""

import hashlib
import os
import re
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from api.errors import SettingInvalid
from api.parts import origin_of

PREFIX = "SIGNPOST_"
FILE = f"{PREFIX}SETTINGS"
SECRET = frozenset({"database_url", "keys_url", "model_key", "model_url"})
"""Settings that hold, or may hold, a password or a key."""
DEFAULT_HOME = Path.home() / ".signpost"


def _origin(value: str) -> str:
    if "*" in value or origin_of(value) != value:
        raise ValueError("write origins such as https://www.example.gov.uk, without a path")
    return value


def _public_address(value: str) -> str:
    value = value.rstrip("/")
    if value and origin_of(value) != value:
        raise ValueError("write an address such as https://ask.example.gov.uk, without a path")
    return value


def _web_address(value: str) -> str:
    if value and not origin_of(value):
        raise ValueError("write an address that begins with http:// or https://")
    return value


def _email(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError("write one e-mail address")
    return value


def _network(value: str) -> str:
    try:
        ip_network(value)
    except ValueError as error:
        raise ValueError("write addresses or networks such as 10.0.0.1 or 10.0.0.0/8") from error
    return value


def _database_address(value: str) -> str:
    """Check without repeating the value, which may hold a password."""
    try:
        backend = make_url(value).get_backend_name() if value else "sqlite"
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError("write postgresql://user:password@host/name or sqlite:////folder/file.db")
    return value


def _existing_folder(value: Path | None) -> Path | None:
    if value is not None and not value.expanduser().is_dir():
        raise ValueError("there is no such folder")
    return value


def _existing_file(value: Path | None) -> Path | None:
    if value is not None and not value.expanduser().is_file():
        raise ValueError("there is no such file")
    return value


def _whole_path(value: Path | None) -> Path | None:
    return value if value is None else Path(os.path.abspath(value.expanduser()))


Folder = Annotated[Path, AfterValidator(_whole_path)]
ExistingFolder = Annotated[Path, AfterValidator(_existing_folder), AfterValidator(_whole_path)]
ExistingFile = Annotated[Path, AfterValidator(_existing_file), AfterValidator(_whole_path)]
Email = Annotated[str, AfterValidator(_email)]
Database = Annotated[str, AfterValidator(_database_address)]
Origin = Annotated[str, AfterValidator(_origin)]
Network = Annotated[str, AfterValidator(_network)]


class Settings(BaseSettings):
    """What an operator can set. Each field is the setting `SIGNPOST_` + its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )

    home: Folder = Field(
        default=DEFAULT_HOME, description="Folder that holds all state of this service."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    base_url: Annotated[str, AfterValidator(_public_address)] = Field(
        default="", description="Public address, such as https://ask.example.gov.uk."
    )
    database_url: Database = Field(
        default="", description="postgresql://… for more than one machine; SQLite in home if empty."
    )
    keys_url: Database = Field(
        default="",
        description="Database of the conversations' keys, never the other one; SQLite in home if "
        "empty, which only does where database_url is empty too.",
    )
    secrets: Folder | None = Field(
        default=None, description="Folder of the key files; home/secrets if not set."
    )
    policy: ExistingFolder | None = Field(
        default=None, description="Folder of policy files; the bundled ones if not set."
    )
    embedding_model: ExistingFolder | None = Field(
        default=None,
        description="Folder of a sentence-transformers model; the packaged all-MiniLM-L6-v2 if "
        "not set.",
    )
    threads: int = Field(
        default=0, ge=0, le=256, description="Threads for the embedding model; 0 lets torch choose."
    )
    model: str = Field(
        default="",
        description="LangChain chat model such as openai:gpt-4.1-mini; empty answers by quotation.",
    )
    model_url: Annotated[str, AfterValidator(_web_address)] = Field(
        default="", description="Address of an OpenAI-compatible server for the model."
    )
    model_key: SecretStr = Field(default=SecretStr(""), description="Key for the model's provider.")
    model_timeout: float = Field(
        default=20.0, gt=0, le=60, description="Seconds to wait for the model before quoting."
    )
    service_name: str = Field(
        default="Signpost", pattern=r"\S", description="Name that citizens see."
    )
    organisation: str = Field(
        default="",
        description="Who runs the service; until set, every page says it is a trial. "
        "Once set, only approved releases serve.",
    )
    phone: str = Field(default="", description="Phone number that reaches a person.")
    hours: str = Field(default="", description="When that phone is answered.")
    privacy_contact: Email = Field(default="", description="E-mail for questions about data.")
    accessibility_contact: Email = Field(
        default="", description="E-mail for reporting accessibility problems."
    )
    allowed_origins: Annotated[tuple[Origin, ...], NoDecode] = Field(
        default=(), description="Sites that may embed the widget, separated by commas."
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Addresses of proxies whose X-Forwarded-For is believed, separated by commas.",
    )
    questions_per_minute: int = Field(
        default=20, ge=1, le=10_000, description="Questions allowed in a minute per conversation."
    )
    hooks: ExistingFile | None = Field(
        default=None, description="File of the hooks: who else is told what happens to cases."
    )
    fetch_contact: str = Field(
        default="", description="E-mail or address that fetching names to the sites it visits."
    )

    @field_validator("allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_file())

    @property
    def database(self) -> str:
        """Return the address of the database of conversations and of the audit log."""
        return self.database_url or _sqlite(self.home / "signpost.db")

    @property
    def keys(self) -> str:
        """Return the address of the database of keys."""
        return self.keys_url or _sqlite(self.home / "keys.db")

    @property
    def digest(self) -> str:
        """Return the SHA-256 (hex) of all settings but those in `SECRET`.

        It is in the audit log for everybody to read, so nothing secret can be guessed from it.
        """
        told = self.model_dump_json(exclude=set(SECRET))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def secrets_folder(self) -> Path:
        """Return the folder of the key files."""
        return self.secrets or self.home / "secrets"


def load_settings(**overrides: Any) -> Settings:
    """Return the settings, or raise SettingInvalid naming the first one that is wrong."""
    known = {*setting_names(), FILE}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingInvalid(unknown[0], f"no such setting; they are: {', '.join(sorted(known))}")
    file = settings_file()
    if os.environ.get(FILE) and not file.is_file():
        raise SettingInvalid(FILE, f"there is no file {file}")
    if file.is_dir():
        raise SettingInvalid(str(file), "is a folder: put a file in its place")
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).removeprefix(PREFIX.lower()).upper()
        unknown_to_us = f"{PREFIX}{name}" not in known
        why = (
            "no such setting" if unknown_to_us else str(first["msg"]).removeprefix("Value error, ")
        )
        raise SettingInvalid(f"{PREFIX}{name}", why) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingInvalid(str(file), f"is not TOML: {error}") from error
    except OSError as error:
        raise SettingInvalid(str(file), f"cannot be read ({error.strerror})") from error
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    """Refuse settings that are each right and together wrong."""
    if settings.model_url and not settings.model:
        raise SettingInvalid(f"{PREFIX}MODEL_URL", f"set {PREFIX}MODEL too, or neither")
    shared = make_url(settings.database).get_backend_name() != "sqlite"
    if shared and not settings.keys_url:
        raise SettingInvalid(
            f"{PREFIX}KEYS_URL",
            f"set it too: every process that shares {PREFIX}DATABASE_URL needs the same keys",
        )
    if make_url(settings.keys) == make_url(settings.database):
        raise SettingInvalid(
            f"{PREFIX}KEYS_URL", "name another database: keys are kept apart, so that erasing works"
        )


def _sqlite(path: Path) -> str:
    """Return the address of a file, whatever characters its name has."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def setting_names() -> list[str]:
    """Return every setting as it is written in the environment."""
    return [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


def settings_file() -> Path:
    """Return the path of the settings file, which need not exist."""
    home = Path(os.environ.get(f"{PREFIX}HOME") or DEFAULT_HOME)
    return Path(os.environ.get(FILE) or home / "settings.toml")
