"""What the staff are reminded of, in working hours only: petitions before they are due, and on Mondays the week's unanswered questions."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError

from bot.chat import Choice, Say
from bot.petitions.rules import after_work
from bot.petitions.steps import Petition
from bot.settings import ZONE
from bot.staff import cards, figures, telling, unanswered
from bot.staff.enrolment import Role, signer
from bot.staff.unanswered import Group
from bot.store import Database, petitions, staff
from bot.store.staff import Member
from bot.texts import Texts
from bot.turn import Library
from knowledge.calendar import Calendar

LOOK_SECONDS = 60.0
TAKE_HOURS = 2  # hours of work before a petition is to be taken up
ANSWER_HOURS = (16, 4)  # hours of work before it is to be answered
HORIZON = dt.timedelta(days=21)  # longer than any row of days off with the hours above
WEEKLY_FROM = dt.time(8)
log = structlog.get_logger()


async def run(database: Database, library: Callable[[], Library], key: bytes, clock: Callable[[], dt.datetime]) -> None:
    """Looks every minute until it is cancelled."""
    while True:
        try:
            for office in library().knowledge.offices:
                await remind(database, library().at(office.code), key, clock())
                await weekly(database, library().at(office.code), clock())
        except DBAPIError as error:
            log.error("staff not reminded", error=type(error.orig).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def remind(database: Database, library: Library, key: bytes, now: dt.datetime) -> int:
    """Reminds of petitions that are nearly due and returns how many chats were told; outside working hours none.

    Each due time is reminded of once for each of its hours, and never after it has passed."""
    local, office = now.astimezone(ZONE), library.knowledge.office.code
    if not library.calendar.open_at(local):
        return 0
    async with database.reading() as db:
        found = await petitions.due_before(db, key, office, now + HORIZON)
        members = await staff.enrolled(db, office)
    told = 0
    for petition in found:
        if event := nearly_due(petition, library.calendar, local):
            async with database.writing() as db:
                say = partial(_reminder, shown=await cards.case(db, petition), event=event, now=now)
                told += await telling.tell_members(db, _responsible(petition, members), say, now, f"{petition.code} {event}", key)
    return told


def nearly_due(petition: Petition, calendar: Calendar, now: dt.datetime) -> str:
    """Which reminder a petition needs now, as «take» or «answer» with its hours and due time; "" for none."""
    if petition.taken_at is None and petition.accept_due > now:
        return f"take {TAKE_HOURS} {_stamp(petition.accept_due)}" if after_work(calendar, now, TAKE_HOURS) >= petition.accept_due else ""
    if petition.answer_due <= now:
        return ""
    hours = [h for h in ANSWER_HOURS if after_work(calendar, now, h) >= petition.answer_due]
    return f"answer {min(hours)} {_stamp(petition.answer_due)}" if hours else ""


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat()


def _responsible(petition: Petition, members: list[Member]) -> list[Member]:
    """Who has it in hand or was given it; else leaders where it came back, else all."""
    one = signer(members, petition.holder or petition.receiver)
    if one:
        return [one]
    leaders = [m for m in members if m.role == Role.LEADER]
    return leaders if petition.level and leaders else members


def _reminder(t: Texts, shown: cards.Case, event: str, now: dt.datetime) -> Say:
    p = shown.petition
    if event.startswith("take"):
        heading = t("Sắp đến hạn nhận: {when}. Chưa ai nhận phản ánh này.", when=cards.moment(t, p.accept_due))
    else:
        heading = t("Sắp đến hạn trả lời: {when}.", when=cards.moment(t, p.answer_due))
    return cards.card(t, shown, now, heading)


async def weekly(database: Database, library: Library, now: dt.datetime) -> int:
    """Tells once a week, from Monday at eight on and in working hours, which questions found no answer; a week without any is not told of."""
    local, office = now.astimezone(ZONE), library.knowledge.office.code
    monday = local.date() - dt.timedelta(days=local.weekday())
    due = dt.datetime.combine(monday, WEEKLY_FROM, ZONE)
    if local < due or not library.calendar.open_at(local):
        return 0
    async with database.reading() as db:
        groups = await figures.unanswered_groups(db, office, due)
    if not groups:
        return 0
    async with database.writing() as db:
        return await telling.tell(db, office, partial(_week, groups=groups), now, event=f"week {monday}", since=due)


def _week(t: Texts, groups: list[Group]) -> Say:
    footer = t("Số và tên riêng đã được che.") + " " + t("Viết thêm tờ hướng dẫn thì lần sau tôi trả lời được.")
    return Say(unanswered.worded(t, groups), t("Tuần qua tôi chưa trả lời được"), footer, (Choice(t("Số liệu hôm nay"), "s:today"),))
