"""Wrong second factors: how many, when, by whom and on which code. A code that no dossier has counts like any other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.tables import attempts

_MOST = 60  # more a day than any limit counts


async def of_chat(db: AsyncConnection, chat: Chat, since: dt.datetime) -> list[dt.datetime]:
    """When this chat failed, oldest first."""
    a = attempts.c
    return await _times(db, a.channel == chat.channel, a.chat == chat.key, a.at > since)


async def on_code(db: AsyncConnection, office: str, code: str, since: dt.datetime) -> list[dt.datetime]:
    """When anybody failed on this code or receipt number, oldest first."""
    a = attempts.c
    return await _times(db, a.office == office, a.code == code, a.at > since)


async def _times(db: AsyncConnection, *where: sa.ColumnElement[bool]) -> list[dt.datetime]:
    query = sa.select(attempts.c.at).where(*where).order_by(attempts.c.at.desc()).limit(_MOST)
    return list((await db.execute(query)).scalars())[::-1]


async def fail(db: AsyncConnection, chat: Chat, codes: Sequence[str], now: dt.datetime) -> None:
    """Remembers a wrong second factor for each of the codes."""
    own = {"office": chat.office, "channel": chat.channel, "chat": chat.key, "at": now}
    await db.execute(attempts.insert(), [{**own, "code": code} for code in codes])


async def in_office(db: AsyncConnection, office: str, since: dt.datetime) -> int:
    """How often anybody failed on any code of the office."""
    return (await db.execute(sa.select(sa.func.count()).where(attempts.c.office == office, attempts.c.at > since))).scalar_one()


async def forget(db: AsyncConnection, office: str, before: dt.datetime) -> None:
    """Removes what no limit counts any more."""
    await db.execute(attempts.delete().where(attempts.c.office == office, attempts.c.at < before))
