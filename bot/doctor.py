"""`motcua doctor`: settings, database, content and channels looked at one by one, with what to mend."""

from __future__ import annotations

from collections.abc import Iterator

from telegram.error import InvalidToken, TelegramError

from bot.app import PortInUse, port_is_free
from bot.channels.telegram import make_bot
from bot.dossiers.source_file import FOLDER, SourceError, described
from bot.settings import SettingError, Settings, load_settings
from bot.store import Database, StoreError, dossiers
from knowledge.loader import ContentError, load

GOOD, BAD, NOTE = "✓", "✗", "·"


async def examine() -> bool:
    """Prints a line a finding; True where nothing has to be mended."""
    try:
        settings = load_settings()
    except SettingError as error:
        print(f"{BAD} Settings: {error}")
        return False
    print(f"{GOOD} Settings: data {settings.data}, page http://{settings.http}" + (f", time fixed at {settings.now}" if settings.now else ""))
    findings = [*_content(settings), await _database(settings), *_sources(settings), _port(settings), await _telegram(settings)]
    for sign, text in findings:
        print(f"{sign} {text}")
    return all(sign != BAD for sign, _ in findings)


def _content(settings: Settings) -> Iterator[tuple[str, str]]:
    try:
        knowledge = load(settings.content, settings.clock().date())
    except ContentError as error:
        for problem in error.problems:
            yield (BAD if problem.fatal else NOTE), f"Content: {problem}"
        return
    yield GOOD, f"Content: {len(knowledge.procedures)} procedures, {len(knowledge.generals)} general leaflets, {len(knowledge.warnings)} warnings"
    if knowledge.office.code == "mau":
        yield NOTE, f"Content: {knowledge.office.path} still describes the sample office. Write your own office there."


async def _database(settings: Settings) -> tuple[str, str]:
    try:
        database = Database(settings.database_url)
    except StoreError as error:
        return BAD, f"Database: {error}"
    try:
        await database.open()
        async with database.writing() as db:
            count = await dossiers.total(db)
    except StoreError as error:
        return BAD, f"Database: {error}"
    finally:
        await database.close()
    return GOOD, f"Database: {database.url.render_as_string(hide_password=True)}, {count} dossiers"


def _sources(settings: Settings) -> Iterator[tuple[str, str]]:
    for found in described(settings.data):
        if isinstance(found, SourceError):
            yield BAD, f"Dossiers: {FOLDER}/{found}"
        else:
            yield GOOD, f"Dossiers: {FOLDER}/{found.name}.toml is looked up" + (f" for the office {found.office}" if found.office else "")


def _port(settings: Settings) -> tuple[str, str]:
    try:
        port_is_free(settings)
    except PortInUse as error:
        return NOTE, f"Web: {error} (that is right when the bot is running already)"
    return GOOD, f"Web: {settings.http} is free"


async def _telegram(settings: Settings) -> tuple[str, str]:
    token = settings.telegram_token.get_secret_value()
    if not token:
        return NOTE, "Telegram: no MOTCUA_TELEGRAM_TOKEN, so it is left out"
    bot = make_bot(token, settings.telegram_api)
    try:
        await bot.initialize()
        return GOOD, f"Telegram: joined as @{bot.username}"
    except InvalidToken:
        return BAD, "Telegram: the token is refused. Expected in MOTCUA_TELEGRAM_TOKEN: what BotFather shows now."
    except TelegramError as error:
        return BAD, f"Telegram: {settings.telegram_api} cannot be reached ({type(error).__name__}). Check the network or MOTCUA_TELEGRAM_API."
    finally:
        await bot.shutdown()
