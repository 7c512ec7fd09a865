"""Asks for a rating once, at a good moment: by day, in no dialogue, and after an hour of silence, so never on top of a trouble."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable

import structlog
from sqlalchemy.exc import DBAPIError

from bot.chat import CAPS, Choice, Say, Wire, render
from bot.dossiers import telling
from bot.reports.scale import LEVELS
from bot.store import Database, askings
from bot.store.askings import Asking
from bot.texts import Texts, texts
from knowledge.model import Office

LOOK_SECONDS = 60
SILENT = dt.timedelta(hours=1)
log = structlog.get_logger()


async def run(database: Database, offices: Callable[[], Iterable[Office]], clock: Callable[[], dt.datetime]) -> None:
    """Asks whoever is to be asked, minute by minute, until it is cancelled."""
    while True:
        try:
            for office in offices():
                await ask(database, office, clock())
        except DBAPIError as error:
            log.error("ratings not asked for", error=type(error.orig).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def ask(database: Database, office: Office, now: dt.datetime) -> int:
    """Asks all whose moment has come and returns how many; a second call asks nobody again."""
    if telling.not_before(now) != now:
        return 0
    async with database.reading() as db:
        found = await askings.due(db, office.code, now, SILENT)
    told = 0
    for asking in found:
        async with database.writing() as db:
            told += await askings.ask(db, asking, wires(asking, office), now)
    return told


def wires(asking: Asking, office: Office) -> tuple[Wire, ...]:
    """The question with a tap for each level; where the channel has too few buttons, the words to type instead of them."""
    t, caps = texts(asking.language or "vi"), CAPS[asking.chat.channel]
    text = t("Anh/chị thấy bàn một cửa phục vụ thế nào? Chỉ cần một lần bấm, không bắt buộc.")
    choices = (*(Choice(t(label), f"rl:{level}:{asking.about}") for level, label in LEVELS.items()), Choice(t("Để sau"), f"rw:{asking.about}"))
    if len(choices) > caps.buttons:
        text = t("Anh/chị thấy bàn một cửa phục vụ thế nào? Không bắt buộc. Anh/chị gõ một trong các mức:")
        text += "\n" + "\n".join(f"• {t(label)}" for label in LEVELS.values()) + "\n" + t("hoặc gõ “để sau”.")
        choices = ()
    return render(Say(text, _title(t, asking.about, office), choices=choices), caps)[0]


def _title(t: Texts, about: str, office: Office) -> str:
    desk = next((desk for desk in office.desks if about.startswith(f"@{desk.id}.")), None)
    return t("Đánh giá phục vụ ở {desk}", desk=desk.name) if desk else t("Đánh giá hồ sơ {code}", code=about)
