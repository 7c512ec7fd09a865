"""Tells each subscriber of a notice once, when it begins: by day only, and never again, whatever is restarted."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

import structlog
from sqlalchemy.exc import DBAPIError

from bot.chat import CAPS, Choice, Say, Wire, render
from bot.dossiers import telling
from bot.reports.announced import told
from bot.settings import ZONE
from bot.store import Database, follows, notices
from bot.store.follows import Follower
from bot.texts import texts
from knowledge.model import Knowledge, Notice

LOOK_SECONDS = 60
FURTHEST = dt.timedelta(days=30)  # what began longer ago is no news; what was told is remembered for longer
_PIECE = 200
log = structlog.get_logger()


async def run(database: Database, knowledge: Callable[[], Knowledge], clock: Callable[[], dt.datetime]) -> None:
    """Announces what begins, for each office, until it is cancelled. A notice added during the day is told on that day."""
    while True:
        try:
            served = knowledge()
            for office in served.offices:
                await announce(database, served.at(office.code), clock())
        except DBAPIError as error:
            log.error("notices not announced", error=type(error.orig).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def announce(database: Database, knowledge: Knowledge, now: dt.datetime) -> int:
    """Writes what subscribers are to be told and returns how many messages; a second call writes none."""
    if telling.not_before(now) != now:
        return 0
    today, office, count = now.astimezone(ZONE).date(), knowledge.office.code, 0
    for notice in knowledge.notices:
        if not (notice.first <= today <= notice.last and today - notice.first <= FURTHEST):
            continue
        async with database.reading() as db:
            found = await notices.subscribers(db, office, [notices.ALL, *filter(None, [notice.subject_id])])
        messages = [follows.Notice(f, notice.id, wire(notice, f), now) for f in found]
        for first in range(0, len(messages), _PIECE):
            async with database.writing() as db:
                count += await follows.tell(db, messages[first : first + _PIECE], now)
    return count


def wire(notice: Notice, follower: Follower) -> Wire:
    """The notice with a way to sign up and to stop; it never leaves a numbered menu behind."""
    t, caps = texts(follower.language or "vi"), CAPS[follower.chat.channel]
    footer = t("Gõ “dừng” để thôi nhận thông báo.")
    choices = (Choice(t("Xem và đăng ký dự"), "g:thong-bao"),) if notice.held else ()
    choices = (*choices, Choice(t("Thôi nhận thông báo"), "nx"))
    say = Say(told(t, notice), t("Thông báo mới"), footer, choices if len(choices) <= caps.buttons else ())
    return render(say, caps)[0][0]
