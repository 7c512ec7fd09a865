"""Ratings and feedback: kept at once, changed for a week, exported for a spreadsheet."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import AsyncIterator, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.tables import feedback, ratings

CHANGEABLE = dt.timedelta(days=7)
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _whose(chat: Chat) -> dict[str, str]:
    return {"office": chat.office, "channel": chat.channel, "chat": chat.key}


def new_reference(kind: str, now: dt.datetime) -> str:
    """A number to call with, such as GY-261122-7K3Q: kind, day, four letters that cannot be mistaken for one another."""
    return f"{kind}-{now:%y%m%d}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}"


def changeable(chat: Chat, dossier: str, now: dt.datetime) -> sa.ColumnElement[bool]:
    """The rating that this chat may still change. Source: domain rules, section 5 (7 days)."""
    return sa.and_(ratings.c.channel == chat.channel, ratings.c.chat == chat.key, ratings.c.dossier == dossier, ratings.c.at > now - CHANGEABLE)


async def rate(db: AsyncConnection, chat: Chat, dossier: str, level: int, now: dt.datetime) -> None:
    """Stores a level from 1 (very dissatisfied) to 5; within a week it changes the one given before."""
    where = changeable(chat, dossier, now)
    changed = await db.execute(ratings.update().where(where).values(level=level, changed_at=now))
    if not changed.rowcount:
        row = {**_whose(chat), "dossier": dossier, "level": level, "reasons": [], "at": now, "changed_at": now}
        await db.execute(ratings.insert().values(**row))


async def explain(
    db: AsyncConnection, chat: Chat, dossier: str, now: dt.datetime, reasons: Sequence[str] | None = None, comment: str | None = None
) -> None:
    """Adds reasons or a comment to the rating that this chat may still change."""
    values: dict[str, object] = {"changed_at": now}
    if reasons is not None:
        values["reasons"] = list(reasons)
    if comment is not None:
        values["comment"] = comment
    await db.execute(ratings.update().where(changeable(chat, dossier, now)).values(**values))


async def rated(db: AsyncConnection, chat: Chat, dossier: str, now: dt.datetime) -> int | None:
    """The level that this chat gave within the last week, None where it gave none."""
    query = sa.select(ratings.c.level).where(changeable(chat, dossier, now)).order_by(ratings.c.id.desc()).limit(1)
    return (await db.execute(query)).scalar_one_or_none()


async def keep_feedback(db: AsyncConnection, chat: Chat, reference: str, text: str, now: dt.datetime) -> None:
    """Stores a citizen's words under their reference number."""
    await db.execute(feedback.insert().values(**_whose(chat), reference=reference, text=text, at=now))


async def all_ratings(db: AsyncConnection) -> AsyncIterator[Sequence[object]]:
    """Every rating for export; who gave it stays in the store."""
    columns = ratings.c
    query = sa.select(columns.at, columns.channel, columns.level, columns.reasons, columns.comment, columns.dossier).order_by(columns.id)
    async for row in await db.stream(query):
        yield tuple(row)


async def all_feedback(db: AsyncConnection) -> AsyncIterator[Sequence[object]]:
    """Every feedback for export; who gave it stays in the store."""
    query = sa.select(feedback.c.at, feedback.c.channel, feedback.c.reference, feedback.c.text).order_by(feedback.c.id)
    async for row in await db.stream(query):
        yield tuple(row)
