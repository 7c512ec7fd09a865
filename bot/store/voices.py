"""Ratings and feedback: kept at once, changed for a week, exported for a spreadsheet."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

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


def about_visit(desk: str, day: dt.date) -> str:
    """What a rating of a visit at a desk is about; that of a dossier is about its code, any other about ""."""
    return f"@{desk}.{day:%y%m%d}"


def _about(about: str) -> dict[str, str]:
    """Dossier, desk and day of the visit, at most one of the two told."""
    desk, _, day = about[1:].rpartition(".") if about.startswith("@") else ("", "", "")
    return {"dossier": "" if desk else about, "desk": desk, "visit": day}


def changeable(chat: Chat, about: str, now: dt.datetime) -> sa.ColumnElement[bool]:
    """The rating that this chat may still change. Source: domain rules, section 5 (7 days)."""
    own = [ratings.c[name] == value for name, value in {**_whose(chat), **_about(about)}.items()]
    return sa.and_(*own, ratings.c.at > now - CHANGEABLE)


async def rate(db: AsyncConnection, chat: Chat, about: str, level: int, now: dt.datetime, field: str = "") -> None:
    """Stores a level from 1 (very dissatisfied) to 5; within a week it changes the one given before."""
    changed = await db.execute(ratings.update().where(changeable(chat, about, now)).values(level=level, changed_at=now))
    if not changed.rowcount:
        row = {**_whose(chat), **_about(about), "level": level, "reasons": [], "answers": {}, "field": field, "at": now, "changed_at": now}
        await db.execute(ratings.insert().values(**row))


async def explain(
    db: AsyncConnection,
    chat: Chat,
    about: str,
    now: dt.datetime,
    reasons: Sequence[str] | None = None,
    comment: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> None:
    """Adds reasons, a comment or answers to the rating that this chat may still change."""
    values: dict[str, object] = {"changed_at": now}
    if reasons is not None:
        values["reasons"] = list(reasons)
    if comment is not None:
        values["comment"] = comment
    if answers is not None:
        values["answers"] = dict(answers)
    await db.execute(ratings.update().where(changeable(chat, about, now)).values(**values))


async def rated(db: AsyncConnection, chat: Chat, about: str, now: dt.datetime) -> int | None:
    """The level that this chat gave within the last week, None where it gave none."""
    query = sa.select(ratings.c.level).where(changeable(chat, about, now)).order_by(ratings.c.id.desc()).limit(1)
    return (await db.execute(query)).scalar_one_or_none()


async def settled(db: AsyncConnection, chat: Chat, about: str) -> bool:
    """Whether this chat has ever rated it; what is no longer changeable stands."""
    own = [ratings.c[name] == value for name, value in {**_whose(chat), **_about(about)}.items()]
    return (await db.execute(sa.select(sa.exists().where(*own)))).scalar_one()


async def keep_feedback(db: AsyncConnection, chat: Chat, reference: str, text: str, now: dt.datetime) -> None:
    """Stores a citizen's words under their reference number."""
    await db.execute(feedback.insert().values(**_whose(chat), reference=reference, text=text, at=now))


async def all_ratings(db: AsyncConnection) -> AsyncIterator[Sequence[Any]]:
    """Every rating for export; who gave it stays in the store."""
    r = ratings.c
    query = sa.select(r.at, r.channel, r.level, r.reasons, r.comment, r.dossier, r.desk, r.field, r.answers).order_by(r.id)
    async for row in await db.stream(query):
        yield tuple(row)


async def all_feedback(db: AsyncConnection) -> AsyncIterator[Sequence[object]]:
    """Every feedback for export; who gave it stays in the store."""
    query = sa.select(feedback.c.at, feedback.c.channel, feedback.c.reference, feedback.c.text).order_by(feedback.c.id)
    async for row in await db.stream(query):
        yield tuple(row)
