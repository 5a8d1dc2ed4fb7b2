"""Every setting, read in one place: from `SIGNPOST_…` variables or from `settings.toml`.

Variables win over the file, the file over the defaults. The file lies in the home folder, or
where `SIGNPOST_SETTINGS` says. A wrong value stops the start with the setting's name.
"""

import os
import tomllib
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

from api.errors import SettingInvalid

PREFIX = "SIGNPOST_"
FILE = f"{PREFIX}SETTINGS"
DEFAULT_HOME = Path.home() / ".signpost"


def _origin(value: str) -> str:
    scheme, _, host = value.partition("://")
    if scheme not in ("http", "https") or not host or "/" in host:
        raise ValueError("write origins such as https://www.example.gov.uk, without a path")
    return value


Listed = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """What an operator can set. Each field is the setting `SIGNPOST_` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(
        default=DEFAULT_HOME, description="Folder that holds all state of this service."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    base_url: str = Field(
        default="", description="Public address, such as https://ask.example.gov.uk."
    )
    database_url: str = Field(
        default="", description="postgresql://… for more than one machine; SQLite in home if empty."
    )
    keys_url: str = Field(
        default="", description="Database of the conversations' keys, apart from the other one."
    )
    secrets: Path | None = Field(
        default=None, description="Folder of the key files; home/secrets if not set."
    )
    policy: Path | None = Field(
        default=None, description="Folder of policy files; the bundled ones if not set."
    )
    embedding_model: Path | None = Field(
        default=None,
        description="Folder of a sentence-transformers model; the packaged all-MiniLM-L6-v2 if not set.",
    )
    threads: int = Field(
        default=0, ge=0, le=256, description="Threads for the embedding model; 0 lets torch choose."
    )
    model: str = Field(
        default="",
        description="LangChain chat model such as openai:gpt-4.1-mini; empty answers by quotation.",
    )
    model_url: str = Field(
        default="", description="Address of an OpenAI-compatible server for the model."
    )
    model_key: SecretStr = Field(default=SecretStr(""), description="Key for the model's provider.")
    model_timeout: float = Field(
        default=20.0, gt=0, le=120, description="Seconds to wait for the model before quoting."
    )
    service_name: str = Field(default="Signpost", description="Name that citizens see.")
    organisation: str = Field(
        default="", description="Who runs the service; until set, every page says it is a trial."
    )
    phone: str = Field(default="", description="Phone number that reaches a person.")
    hours: str = Field(default="", description="When that phone is answered.")
    privacy_contact: str = Field(default="", description="E-mail for questions about data.")
    accessibility_contact: str = Field(
        default="", description="E-mail for reporting accessibility problems."
    )
    allowed_origins: Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode] = (
        Field(default=(), description="Sites that may embed the widget, separated by commas.")
    )
    trusted_proxies: Listed = Field(
        default=(), description="Addresses of proxies whose X-Forwarded-For is believed."
    )
    questions_per_minute: int = Field(
        default=20, ge=1, le=10_000, description="Questions allowed in a minute per conversation."
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
        return self.database_url or f"sqlite:///{self.home / 'signpost.db'}"

    @property
    def keys(self) -> str:
        """Return the address of the database of keys."""
        return self.keys_url or f"sqlite:///{self.home / 'keys.db'}"

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
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).removeprefix(PREFIX.lower()).upper()
        raise SettingInvalid(f"{PREFIX}{name}", str(first["msg"])) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingInvalid(str(settings_file()), f"is not TOML: {error}") from error


def setting_names() -> list[str]:
    """Return every setting as it is written in the environment."""
    return [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


def settings_file() -> Path:
    """Return the path of the settings file, which need not exist."""
    home = Path(os.environ.get(f"{PREFIX}HOME") or DEFAULT_HOME)
    return Path(os.environ.get(FILE) or home / "settings.toml")
