"""Settings: read from environment, files and motcua.toml; a wrong one is told by name, value and expectation."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from bot.petitions.rules import Rules
from bot.settings import ZONE, SettingError, Settings, load_settings
from knowledge.duedate import Limit, Unit
from knowledge.loader import CONTENT

TOKEN = "123456:AnInventedTokenForTests_-1234"
NAMES = ", ".join(sorted(f"MOTCUA_{name.upper()}" for name in Settings.model_fields))


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told() -> str:
    with pytest.raises(SettingError) as error:
        load_settings()
    return str(error.value)


def test_everything_is_optional() -> None:
    """Without a setting: the data folder here, SQLite in it, the shipped content, this computer only, no channel but the page."""
    made = load_settings()
    assert (made.data, made.content, made.host, made.port, made.now) == (Path("data"), CONTENT, "127.0.0.1", 8080, None)
    assert made.database_url == "sqlite+aiosqlite:///data/motcua.db"
    assert made.telegram_token.get_secret_value() == ""
    assert abs(made.clock() - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert made.clock().utcoffset() == dt.timedelta(hours=7)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "PETITION_ANSWER",
            "mười lăm hôm",
            "MOTCUA_PETITION_ANSWER='mười lăm hôm'. Expected the limit of an answer to a petition, such as 15 ngày làm việc or 30 ngày.",
        ),
        ("PETITION_ACCEPT", "0", "MOTCUA_PETITION_ACCEPT='0'. Expected hours of work within which a petition is taken up, such as 8."),
        ("PETITION_PER_DAY", "0", "MOTCUA_PETITION_PER_DAY='0'. Expected new petitions that one person may send a day, such as 5."),
        ("HTTP", "nowhere", "MOTCUA_HTTP='nowhere'. Expected host:port such as 127.0.0.1:8080."),
        ("HTTP", "127.0.0.1:0", "MOTCUA_HTTP='127.0.0.1:0'. Expected host:port such as 127.0.0.1:8080."),
        ("HTTP", "127.0.0.1:65536", "MOTCUA_HTTP='127.0.0.1:65536'. Expected host:port such as 127.0.0.1:8080."),
        ("HTTP", ":8080", "MOTCUA_HTTP=':8080'. Expected host:port such as 127.0.0.1:8080."),
        ("HTTP", "127.0.0.1:²", "MOTCUA_HTTP='127.0.0.1:²'. Expected host:port such as 127.0.0.1:8080."),
        ("DATABASE", "motcua.db", "MOTCUA_DATABASE='motcua.db'. Expected a URL such as sqlite+aiosqlite:///motcua.db."),
        ("DATABASE", "sqlite:///motcua.db", "MOTCUA_DATABASE='sqlite:///motcua.db'. Expected a URL such as sqlite+aiosqlite:///motcua.db."),
        (
            "DATABASE",
            "postgresql+asyncpg://127.0.0.1:cổng/motcua",
            "MOTCUA_DATABASE='postgresql+asyncpg://127.0.0.1:cổng/motcua'. Expected a URL such as sqlite+aiosqlite:///motcua.db.",
        ),
        ("TELEGRAM_TOKEN", "geheim", "MOTCUA_TELEGRAM_TOKEN=(hidden). Expected the token that BotFather gave, such as 123456:AbC…."),
        (
            "TELEGRAM_API",
            "api.telegram.org",
            "MOTCUA_TELEGRAM_API='api.telegram.org'. Expected the address of a Bot API server, http:// or https://.",
        ),
        (
            "TELEGRAM_WEBHOOK",
            "xa.vn",
            "MOTCUA_TELEGRAM_WEBHOOK='xa.vn'. Expected the public https:// address that Telegram calls; empty for polling.",
        ),
        (
            "TELEGRAM_WEBHOOK",
            "http://xa.vn/telegram",
            "MOTCUA_TELEGRAM_WEBHOOK='http://xa.vn/telegram'. Expected the public https:// address that Telegram calls; empty for polling.",
        ),
        ("TELEGRAM_WEBHOOK_SECRET", "short", "MOTCUA_TELEGRAM_WEBHOOK_SECRET=(hidden). Expected 16 to 256 letters, digits, _ or -."),
        ("NOW", "hôm nay", "MOTCUA_NOW='hôm nay'. Expected a fixed time for trials, such as 2026-11-20T15:20."),
        ("NOW", "2026-02-30T10:00", "MOTCUA_NOW='2026-02-30T10:00'. Expected a fixed time for trials, such as 2026-11-20T15:20."),
    ],
)
def test_a_wrong_setting_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    """Name, value and expectation, in one line."""
    monkeypatch.setenv(f"MOTCUA_{name}", value)
    assert told() == message


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two mistakes are two lines."""
    monkeypatch.setenv("MOTCUA_HTTP", "x")
    monkeypatch.setenv("MOTCUA_NOW", "y")
    expected = ["MOTCUA_HTTP='x'. Expected host:port such as 127.0.0.1:8080."]
    expected += ["MOTCUA_NOW='y'. Expected a fixed time for trials, such as 2026-11-20T15:20."]
    assert told().splitlines() == expected


@pytest.mark.parametrize("name", ["MOTCUA_TELEGRAM_TOKN", "MOTCUA_", "MOTCUA_SECRET_FILE"])
def test_an_unknown_name_is_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A misspelt setting is not passed over in silence."""
    monkeypatch.setenv(name, "geheim")
    assert told() == f"{name} is not a setting. Expected one of: {NAMES}."


def test_other_programs_settings_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only names that begin with MOTCUA_ are looked at."""
    monkeypatch.setenv("MOTCUATRO", "x")
    assert load_settings().port == 8080


@pytest.mark.parametrize("name", ["DATA", "CONTENT", "HTTP", "DATABASE", "NOW", "TELEGRAM_TOKEN", "TELEGRAM_API"])
def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """`MOTCUA_NOW=` in a compose file means the default."""
    monkeypatch.setenv(f"MOTCUA_{name}", "")
    assert getattr(load_settings(), name.lower()) == Settings.model_fields[name.lower()].default


# --- secrets --------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["environment", "file", "toml"])
def test_a_token_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """A token is read from anywhere, and the settings as text do not hold it."""
    if how == "environment":
        monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN", TOKEN)
    elif how == "file":
        (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
        monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    else:
        (tmp_path / "motcua.toml").write_text(f'telegram_token = "{TOKEN}"\n', encoding="utf-8")
    made = load_settings()
    assert made.telegram_token.get_secret_value() == TOKEN
    assert TOKEN not in f"{made!r} {made} {made.model_dump()}"


@pytest.mark.parametrize(
    ("name", "value"),
    [("TELEGRAM_TOKEN", "geheim"), ("TELEGRAM_WEBHOOK_SECRET", "geheim"), ("DATABASE", "mysql://xa:geheim@127.0.0.1/motcua")],
)
@pytest.mark.parametrize("how", ["environment", "file", "toml"])
def test_a_wrong_secret_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, how: str) -> None:
    """An error names the setting and the expectation, but not the secret, wherever it was given."""
    if how == "environment":
        monkeypatch.setenv(f"MOTCUA_{name}", value)
    elif how == "file":
        (tmp_path / "secret").write_text(value, encoding="utf-8")
        monkeypatch.setenv(f"MOTCUA_{name}_FILE", str(tmp_path / "secret"))
    else:
        (tmp_path / "motcua.toml").write_text(f'{name.lower()} = "{value}"\n', encoding="utf-8")
    assert told().startswith(f"MOTCUA_{name}=")
    assert "geheim" not in told()


def test_a_file_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`_FILE` is what an operator chose on purpose; any setting may be given so."""
    (tmp_path / "http").write_text(" 127.0.0.1:9000\n", encoding="utf-8")
    monkeypatch.setenv("MOTCUA_HTTP", "127.0.0.1:8000")
    monkeypatch.setenv("MOTCUA_HTTP_FILE", str(tmp_path / "http"))
    assert load_settings().port == 9000


def test_a_missing_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, path and reason."""
    monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN_FILE", "/nowhere/token")
    assert told() == "MOTCUA_TELEGRAM_TOKEN_FILE=/nowhere/token: No such file or directory. Expected a readable file."


def test_a_file_that_is_no_text_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no UTF-8 are not shown either."""
    (tmp_path / "token").write_bytes(b"\xff\xfe12")
    monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    assert told() == f"MOTCUA_TELEGRAM_TOKEN_FILE={tmp_path / 'token'}: not UTF-8. Expected a readable file."


def test_a_webhook_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever could guess the address could speak as Telegram."""
    monkeypatch.setenv("MOTCUA_TELEGRAM_WEBHOOK", "https://xa-mau.vn/telegram/")
    expected = "MOTCUA_TELEGRAM_WEBHOOK_SECRET is empty. Expected: 16 to 256 letters, digits, _ or - when MOTCUA_TELEGRAM_WEBHOOK is set."
    assert told() == expected
    monkeypatch.setenv("MOTCUA_TELEGRAM_WEBHOOK_SECRET", "an_invented_secret")
    assert load_settings().telegram_webhook == "https://xa-mau.vn/telegram"


# --- motcua.toml ----------------------------------------------------------------------------------------------------------------------------


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """motcua.toml gives what the environment leaves open."""
    (tmp_path / "motcua.toml").write_text('http = "0.0.0.0:9000"\ndata = "kho"\n', encoding="utf-8")
    monkeypatch.setenv("MOTCUA_HTTP", "127.0.0.1:8000")
    made = load_settings()
    assert (made.http, made.data) == ("127.0.0.1:8000", Path("kho"))


def test_an_unknown_line_is_told(tmp_path: Path) -> None:
    """A misspelt line of motcua.toml is not passed over."""
    (tmp_path / "motcua.toml").write_text('htpp = "127.0.0.1:9000"\n', encoding="utf-8")
    assert told() == f"htpp in motcua.toml is not a setting. Expected one of: {', '.join(sorted(Settings.model_fields))}."


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    """What is no TOML is told with its place."""
    (tmp_path / "motcua.toml").write_text("http = 127.0.0.1:9000\n", encoding="utf-8")
    assert re.fullmatch(r'motcua\.toml: .+ \(at line 1, column \d+\)\. Expected lines such as http = "127\.0\.0\.1:8080"\.', told())


# --- what is derived ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "hanoi"),
    [
        ("2026-11-20T15:20", "2026-11-20T15:20:00+07:00"),
        ("2026-11-20T20:00Z", "2026-11-21T03:00:00+07:00"),
        ("2026-11-20", "2026-11-20T00:00:00+07:00"),
    ],
)
def test_the_fixed_time_is_that_of_viet_nam(monkeypatch: pytest.MonkeyPatch, value: str, hanoi: str) -> None:
    """A time without a zone is meant in Việt Nam; one with a zone is told as it is there, so that its day is right."""
    monkeypatch.setenv("MOTCUA_NOW", value)
    assert load_settings().clock().isoformat() == hanoi
    assert load_settings().clock().tzinfo is ZONE


@pytest.mark.parametrize(("http", "host", "port"), [("[::1]:8080", "[::1]", 8080), ("0.0.0.0:80", "0.0.0.0", 80)])  # noqa: S104 - read, not bound
def test_host_and_port(http: str, host: str, port: int) -> None:
    """The address is parted at its last colon."""
    made = Settings(http=http)
    assert (made.host, made.port) == (host, port)


def test_settings_do_not_change() -> None:
    """Settings are frozen."""
    with pytest.raises(ValueError, match="frozen"):
        Settings().http = "127.0.0.1:1"


@pytest.mark.parametrize(
    ("value", "limit"),
    [("15 ngày làm việc", Limit(Unit.WORKING_DAYS, 15)), ("30 ngày", Limit(Unit.DAYS, 30)), ("60 ngày", Limit(Unit.DAYS, 60))],
)
def test_the_limits_of_petitions_are_the_offices(monkeypatch: pytest.MonkeyPatch, value: str, limit: Limit) -> None:
    """Places have set different limits: each is said as a leaflet says it."""
    monkeypatch.setenv("MOTCUA_PETITION_ANSWER", value)
    monkeypatch.setenv("MOTCUA_PETITION_PER_DAY", "3")
    assert load_settings().rules == Rules(8, limit, 3)
