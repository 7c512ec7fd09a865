"""The day before an appointed day, and honestly when it has passed: each follower is told once."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterable

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Say
from bot.dossiers import telling
from bot.dossiers.codes import named
from bot.settings import ZONE
from bot.store import Database, attempts, follows, lapses
from bot.store.dossiers import Dossier
from bot.store.follows import Follower, Notice
from bot.texts import texts
from knowledge.model import Office

LOOK_SECONDS = 60
FURTHEST = dt.timedelta(days=60)  # a day that passed longer ago is no news, should the bot have slept
_PIECE = 200  # notices a transaction, so that the bot goes on answering
REMEMBERED = dt.timedelta(days=7)  # wrong tries: longer than any limit counts
_MOST_NAMED = 20
TellStaff = Callable[[AsyncConnection, str, Say, dt.datetime], Awaitable[object]]
log = structlog.get_logger()


async def _nobody(db: AsyncConnection, office: str, say: Say, now: dt.datetime) -> None:
    """Where no staff are enrolled the task only stands in the list."""


async def run(database: Database, offices: Callable[[], Iterable[Office]], clock: Callable[[], dt.datetime], tell_staff: TellStaff = _nobody) -> None:
    """Reminds once a day, from seven in the morning on, until it is cancelled."""
    done: dt.date | None = None
    while True:
        now = clock()
        if done != now.date() and telling.not_before(now) == now:
            try:
                for office in offices():
                    await remind(database, office, now, tell_staff)
                done = now.date()
            except DBAPIError as error:
                log.error("reminders not written", error=type(error.orig).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def remind(database: Database, office: Office, now: dt.datetime, tell_staff: TellStaff = _nobody) -> int:
    """Writes what followers are to be told today and returns how many messages; a second call on the same day writes none.

    Where a day has passed without form 04 the citizen hears that no reason is known, and the staff get a task."""
    today = now.astimezone(ZONE).date()
    midnight = dt.datetime.combine(today, dt.time(), ZONE)
    async with database.reading() as db:
        found = await follows.open_dossiers(db, office.code, midnight - FURTHEST, midnight + dt.timedelta(days=2))
    notices = [notice for follower, dossier in found if (notice := _notice(follower, dossier, office, today, now))]
    told = 0
    for first in range(0, len(notices), _PIECE):
        async with database.writing() as db:
            told += await follows.tell(db, notices[first : first + _PIECE], now)
    passed = {dossier.code: dossier for _, dossier in found if dossier.appointed and dossier.appointed < midnight}
    async with database.writing() as db:
        await _task(db, office, list(passed.values()), now, tell_staff)
        await attempts.forget(db, office.code, now - REMEMBERED)
    return told


async def _task(db: AsyncConnection, office: Office, passed: list[Dossier], now: dt.datetime, tell_staff: TellStaff) -> None:
    """One message to the staff about all dossiers that are newly late without an apology."""
    fresh = await lapses.note(db, office.code, passed, now)
    if not fresh:
        return
    t = texts("vi")
    text = t("{n} hồ sơ có người theo dõi đã quá ngày hẹn mà chưa ghi thư xin lỗi, ngày hẹn mới (mẫu 04):", n=len(fresh))
    text += "\n" + "\n".join(f"• {named(t, code)}" for code in fresh[:_MOST_NAMED]) + ("\n…" if len(fresh) > _MOST_NAMED else "")
    text += "\n" + t("Người theo dõi đã được báo là chưa rõ lý do. Ghi lý do và ngày mới vào phần mềm, lần xuất sau họ sẽ được báo.")
    await tell_staff(db, office.code, Say(text, t("Hồ sơ quá hẹn")), now)


def _notice(follower: Follower, dossier: Dossier, office: Office, today: dt.date, now: dt.datetime) -> Notice | None:
    """What is due to be told today; a day that had passed before the dossier was followed is no news."""
    if dossier.appointed is None:
        return None
    t, day = texts(follower.language or "vi"), dossier.appointed.astimezone(ZONE).date()
    title, choices = t("Hồ sơ {code}", code=named(t, dossier.code)), telling.choices(t, dossier.code)
    if day == today + dt.timedelta(days=1):
        text, kind = t("Ngày mai, {date}, là ngày hẹn trả. Hồ sơ đang ở bước: {label}.", date=t.weekday(day), label=t(dossier.status_label)), "before"
    elif day < today and day >= follower.since.astimezone(ZONE).date():
        text = t("Ngày hẹn trả {date} đã qua mà theo số liệu tôi có, hồ sơ chưa xong. Tôi chưa biết lý do.", date=t.weekday(day))
        text += "\n" + t("Anh/chị có quyền hỏi lý do: {phone}.", phone=", ".join(office.telephones))
        kind = "passed"
    else:
        return None
    say = Say(text, title, telling.as_of(t, dossier), choices)
    return Notice(follower, f"{kind} {day}", telling.wire(t, say, follower), telling.not_before(now))
