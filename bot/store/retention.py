"""What is kept for how long, and the purge of what is older: in small pieces, so that the bot goes on answering."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import road
from bot.store.database import Database
from bot.store.tables import (
    askings,
    attempts,
    attendances,
    conversations,
    feedback,
    inbox,
    malformed,
    notifications,
    outbox,
    outcomes,
    petition_photos,
    petitions,
    proofs,
    questions,
    ratings,
    unanswered,
    verdicts,
)

LOOK_SECONDS = 600
NIGHT = (2, 5)  # hours in Việt Nam between which the purge runs
PIECE = 500
_PAUSE = 0.05  # seconds between pieces, for those who wait to write
log = structlog.get_logger()


@dataclass(frozen=True)
class Kind:
    """Rows of one table that may go once `age` lies longer back than their setting MOTCUA_KEEP_… says, if `when` holds."""

    setting: str
    table: sa.Table
    age: sa.Column[dt.datetime]
    when: sa.ColumnElement[bool] | None = None


def _not_last(table: sa.Table) -> sa.ColumnElement[bool]:
    """The last row stays: SQLite would give its number to the next, and a page that waits for higher numbers would miss it."""
    highest = table.alias()
    return table.c.id < sa.select(sa.func.max(highest.c.id)).scalar_subquery()


ENDED = ("confirmed", "closed", "answered")  # a petition under way is never purged
KINDS: tuple[Kind, ...] = (
    Kind("inbox", inbox, inbox.c.done_at, _not_last(inbox)),
    Kind("outbox", outbox, outbox.c.created_at, sa.and_(sa.or_(outbox.c.sent_at.is_not(None), outbox.c.failed_at.is_not(None)), _not_last(outbox))),
    Kind("malformed", malformed, malformed.c.at),
    Kind("attempts", attempts, attempts.c.at),
    Kind("conversations", conversations, conversations.c.updated_at),
    Kind("proofs", proofs, proofs.c.at),
    Kind("notifications", notifications, notifications.c.at),
    Kind("notifications", askings, askings.c.at),
    Kind("unanswered", unanswered, unanswered.c.at),
    Kind("verdicts", verdicts, verdicts.c.at),
    Kind("dialogues", attendances, attendances.c.at),
    Kind("dialogues", questions, questions.c.at),
    Kind("outcomes", outcomes, outcomes.c.at),
    Kind("feedback", feedback, feedback.c.at),
    Kind("ratings", ratings, ratings.c.at),
    Kind("petitions", petitions, petitions.c.ended_at, petitions.c.state.in_(ENDED)),
)


@dataclass(frozen=True)
class Purged:
    """How many rows of a table are gone, or would be."""

    table: str
    days: int
    rows: int


async def run(database: Database, days: Mapping[str, int], clock: Callable[[], dt.datetime], photo: Callable[[str], None]) -> None:
    """Purges once a night until it is cancelled."""
    done: dt.date | None = None
    while True:
        now = clock()
        if done != now.date() and NIGHT[0] <= now.hour < NIGHT[1]:
            try:
                await purge(database, days, now, photo)
                done = now.date()
            except DBAPIError as error:
                log.error("purge broke off", error=type(error.orig).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def purge(
    database: Database, days: Mapping[str, int], now: dt.datetime, photo: Callable[[str], None], *, dry: bool = False, piece: int = PIECE
) -> tuple[Purged, ...]:
    """Removes what is older than its kind may be; `dry` only counts. `days` are the settings by the kind's name; `photo` removes
    the file of one photo."""
    found, photos = [], set[str]()
    if not dry:
        async with database.reading() as db:
            photos = await _photos(db, now - dt.timedelta(days=days["petitions"]))
    for kind in KINDS:
        before = now - dt.timedelta(days=days[kind.setting])
        rows = await _count(database, kind, before) if dry else await _remove(database, kind, before, piece)
        found.append(Purged(kind.table.name, days[kind.setting], rows))
    for sha256 in photos:
        await asyncio.to_thread(photo, sha256)
    if not dry:
        async with database.writing() as db:
            await road.forget_paces(db, now - dt.timedelta(days=1))
    return tuple(found)


async def _photos(db: AsyncConnection, before: dt.datetime) -> set[str]:
    """The photos that only petitions show which are to go."""
    old = sa.select(petition_photos.c.sha256).join(petitions, petitions.c.id == petition_photos.c.petition)
    kept = sa.or_(petitions.c.ended_at.is_(None), petitions.c.ended_at >= before, petitions.c.state.not_in(ENDED))
    return {*(await db.execute(old.where(~kept))).scalars()} - {*(await db.execute(old.where(kept))).scalars()}


def _old(kind: Kind, before: dt.datetime) -> sa.ColumnElement[bool]:
    return kind.age < before if kind.when is None else sa.and_(kind.age < before, kind.when)


async def _count(database: Database, kind: Kind, before: dt.datetime) -> int:
    async with database.reading() as db:
        return (await db.execute(sa.select(sa.func.count()).select_from(kind.table).where(_old(kind, before)))).scalar_one()


async def _remove(database: Database, kind: Kind, before: dt.datetime, piece: int) -> int:
    total = 0
    while True:
        async with database.writing() as db:
            count = await _remove_some(db, kind, before, piece)
        total += count
        if count < piece:
            return total
        await asyncio.sleep(_PAUSE)


async def _remove_some(db: AsyncConnection, kind: Kind, before: dt.datetime, piece: int) -> int:
    key: Sequence[sa.Column[object]] = list(kind.table.primary_key.columns)
    some = sa.select(*key).where(_old(kind, before)).limit(piece)
    chosen = key[0].in_(some) if len(key) == 1 else sa.tuple_(*key).in_(some)
    return (await db.execute(kind.table.delete().where(chosen))).rowcount
