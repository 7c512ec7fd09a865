"""What citizens did with their petitions, brought to the staff: each step once, whoever is enrolled, across any restart."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.petitions.steps import BY_CITIZEN, OPEN, Event, Petition, Step
from bot.staff import cards, telling
from bot.staff.enrolment import Role, signer
from bot.store import Database, petitions, staff
from bot.store.staff import Member

LOOK_SECONDS = 3.0
log = structlog.get_logger()


async def run(database: Database, offices: Callable[[], Sequence[str]], key: bytes, clock: Callable[[], dt.datetime]) -> None:
    """Looks for news until it is cancelled."""
    while True:
        try:
            for office in offices():
                await deliver(database, office, key, clock())
        except DBAPIError as error:
            log.error("news not told", error=type(error.orig).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def deliver(database: Database, office: str, key: bytes, now: dt.datetime) -> int:
    """Tells what is new and returns how many chats were told. While nobody is enrolled, the news wait."""
    async with database.reading() as db:
        waiting = await petitions.untold(db, office, BY_CITIZEN)
        members = await staff.enrolled(db, office)
    told = 0
    for event in waiting if members else ():
        async with database.writing() as db:
            if await petitions.mark_told(db, event.id, now):
                told += await _tell(db, key, event, members, now)
    return told


async def _tell(db: AsyncConnection, key: bytes, event: Event, members: list[Member], now: dt.datetime) -> int:
    petition = await petitions.find(db, key, event.petition)
    if petition is None or (petition.state not in OPEN and event.step is not Step.CONFIRM):
        return 0
    shown = await cards.case(db, petition)
    whom = recipients(event.step, petition, members)
    return await telling.tell_members(db, whom, partial(cards.news, shown=shown, event=event, now=now), now, key=key)


def recipients(step: Step, petition: Petition, members: list[Member]) -> list[Member]:
    """Who is told of a citizen's step: all of a new petition, leaders of one that comes back, else who has it in hand."""
    holder = signer(members, petition.holder) if petition.holder else None
    if step is Step.CONFIRM:
        return [holder] if holder else []
    if step is Step.REPLY and holder:
        return [holder]
    if step is Step.REOPEN:
        return [m for m in members if m.role == Role.LEADER] or members
    return members
