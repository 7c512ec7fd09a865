"""Environment, then motcua.toml → frozen Settings. Every setting is optional; a wrong one is told by name, value and expectation."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.petitions.rules import ANSWER, Rules
from knowledge.duedate import limit_of
from knowledge.loader import CONTENT

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TOML = Path("motcua.toml")
_TOKEN = re.compile(r"^\d+:[\w-]{20,}$")
_USER = re.compile(r"(?<=://)[^\s/]*(?=@)")  # name and password inside an address
_DAYS = "days, 1 or more"
_NAME = re.compile(r"^\w{5,32}$", re.ASCII)
_WEBHOOK_SECRET = re.compile(r"^[\w-]{16,256}$")


class SettingError(Exception):
    """A setting that cannot be used; the text says which, what it holds and what is expected."""


class Settings(BaseSettings):
    """All that an operator may set. Secrets may also be given as a file: MOTCUA_TELEGRAM_TOKEN_FILE=/run/secrets/token."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", toml_file=TOML, frozen=True, extra="forbid", env_ignore_empty=True)

    data: Path = Field(Path("data"), description="a folder that can be written")
    database: str = Field("", description="a URL such as sqlite+aiosqlite:///motcua.db")
    content: Path = Field(CONTENT, description="a folder of leaflets")
    http: str = Field("127.0.0.1:8080", description="host:port such as 127.0.0.1:8080")
    telegram_token: SecretStr = Field(SecretStr(""), description="the token that BotFather gave, such as 123456:AbC…")
    telegram_api: str = Field("https://api.telegram.org", description="the address of a Bot API server, http:// or https://")
    telegram_webhook: str = Field("", description="the public https:// address that Telegram calls; empty for polling")
    telegram_webhook_secret: SecretStr = Field(SecretStr(""), description="16 to 256 letters, digits, _ or -")
    dossier_open_status: bool = Field(False, description="true or false; true tells a dossier's status and appointed day to whoever types its code")
    dossier_stale_hours: int = Field(24, ge=1, le=2400, description="working-day hours after which figures of dossiers are called old, such as 24")
    petition_accept: int = Field(8, ge=1, le=400, description="hours of work within which a petition is taken up, such as 8")
    petition_answer: str = Field("15 ngày làm việc", description="the limit of an answer to a petition, such as 15 ngày làm việc or 30 ngày")
    petition_per_day: int = Field(5, ge=1, le=100, description="new petitions that one person may send a day, such as 5")
    telegram_name: str = Field("", description="the bot's user name on Telegram, such as xa_mau_bot, without @")
    public_url: str = Field("", description="the public address of the web page, http:// or https://")
    ask_share: float = Field(0.2, ge=0, le=1, description="from 0 to 1: of how many answers it may be asked whether they are right")
    neutral: Literal["dissatisfied", "satisfied", "apart"] = Field(
        "dissatisfied", description="dissatisfied, satisfied or apart: where «bình thường» goes in a table of three levels"
    )
    keep_inbox: int = Field(30, ge=1, description=_DAYS)
    keep_outbox: int = Field(30, ge=1, description=_DAYS)
    keep_malformed: int = Field(30, ge=1, description=_DAYS)
    keep_attempts: int = Field(7, ge=7, description="days, 7 or more: wrong tries slow down whoever guesses")
    keep_conversations: int = Field(365, ge=1, description=_DAYS)
    keep_proofs: int = Field(90, ge=1, description=_DAYS)
    keep_notifications: int = Field(90, ge=61, description="days, 61 or more: what was told is told again once it is forgotten")
    keep_unanswered: int = Field(180, ge=1, description=_DAYS)
    keep_verdicts: int = Field(180, ge=1, description=_DAYS)
    keep_dialogues: int = Field(400, ge=1, description=_DAYS)
    keep_outcomes: int = Field(400, ge=1, description=_DAYS)
    keep_feedback: int = Field(730, ge=1, description=_DAYS)
    keep_ratings: int = Field(1825, ge=1, description=_DAYS)
    keep_petitions: int = Field(1825, ge=1, description=_DAYS)
    backup_hours: int = Field(24, ge=0, le=24 * 366, description="hours between two backups into the data folder, 0 for none")
    backup_keep: int = Field(7, ge=1, le=1000, description="how many of these backups are kept, at least 1")
    now: dt.datetime | None = Field(None, description="a fixed time for trials, such as 2026-11-20T15:20")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @field_validator("http")
    @classmethod
    def _address(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError
        return value

    @field_validator("database")
    @classmethod
    def _url(cls, value: str) -> str:
        try:
            known = not value or make_url(value).drivername in {"sqlite+aiosqlite", "postgresql+asyncpg"}
        except ArgumentError as error:
            raise ValueError from error
        if not known:
            raise ValueError
        return value

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _TOKEN.match(value.get_secret_value()):
            raise ValueError
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _WEBHOOK_SECRET.match(value.get_secret_value()):
            raise ValueError
        return value

    @field_validator("telegram_name")
    @classmethod
    def _name(cls, value: str) -> str:
        if value and not _NAME.match(value.removeprefix("@")):
            raise ValueError
        return value.removeprefix("@")

    @field_validator("telegram_api", "telegram_webhook", "public_url")
    @classmethod
    def _web(cls, value: str) -> str:
        if value and not re.match(r"^https?://[^/\s]+", value):
            raise ValueError
        return value.rstrip("/")

    @field_validator("telegram_webhook")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        if value and not value.startswith("https://"):  # Bot API, setWebhook: HTTPS only
            raise ValueError
        return value

    @field_validator("petition_answer")
    @classmethod
    def _limit(cls, value: str) -> str:
        limit = limit_of(value)
        if limit is None or not 0 < limit.amount <= 365:
            raise ValueError
        return value

    @field_validator("now")
    @classmethod
    def _zoned(cls, value: dt.datetime | None) -> dt.datetime | None:
        return value and (value.astimezone(ZONE) if value.tzinfo else value.replace(tzinfo=ZONE))

    @property
    def rules(self) -> Rules:
        """What is set of petitions."""
        return Rules(self.petition_accept, limit_of(self.petition_answer) or ANSWER, self.petition_per_day)

    @property
    def host(self) -> str:
        return self.http.rpartition(":")[0]

    @property
    def port(self) -> int:
        return int(self.http.rpartition(":")[2])

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.data / 'motcua.db'}"

    @property
    def keep(self) -> dict[str, int]:
        """For how many days each kind is kept, by its name."""
        return {name.removeprefix("keep_"): getattr(self, name) for name in type(self).model_fields if name.startswith("keep_")}

    def clock(self) -> dt.datetime:
        """The time in Việt Nam, or the fixed one."""
        return self.now or dt.datetime.now(ZONE)


def load_settings(**given: Any) -> Settings:
    """The settings in force. Raises SettingError with one line for each that is wrong."""
    _unknown_names()
    try:
        settings = Settings(**_from_files(), **given)
    except ValidationError as error:
        raise SettingError("\n".join(_told(e["loc"], e.get("input"), e["type"]) for e in error.errors())) from error
    except ValueError as error:  # motcua.toml is not TOML
        raise SettingError(f'{TOML}: {error}. Expected lines such as http = "127.0.0.1:8080".') from error
    if settings.telegram_webhook and not settings.telegram_webhook_secret.get_secret_value():
        raise SettingError(
            "MOTCUA_TELEGRAM_WEBHOOK_SECRET is empty. Expected: 16 to 256 letters, digits, _ or - when MOTCUA_TELEGRAM_WEBHOOK is set."
        )
    return settings


def _unknown_names() -> None:
    known = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith("MOTCUA_") and name.removesuffix("_FILE") not in known:
            raise SettingError(f"{name} is not a setting. Expected one of: {', '.join(sorted(known))}.")


def _from_files() -> dict[str, Any]:
    values = {}
    for name in Settings.model_fields:
        if path := os.environ.get(f"MOTCUA_{name.upper()}_FILE"):
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
                raise SettingError(f"MOTCUA_{name.upper()}_FILE={path}: {reason}. Expected a readable file.") from error
    return values


def _told(place: tuple[int | str, ...], value: object, kind: str) -> str:
    name = str(place[0]) if place else "?"
    if kind == "extra_forbidden":
        return f"{name} in {TOML} is not a setting. Expected one of: {', '.join(sorted(Settings.model_fields))}."
    field = Settings.model_fields.get(name)
    shown = "(hidden)" if field is not None and field.annotation is SecretStr else _USER.sub("…", repr(value))
    return f"MOTCUA_{name.upper()}={shown}. Expected {field.description if field else 'another value'}."
