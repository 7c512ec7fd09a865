"""Drafts of petitions: sealed, one a chat, resumed for a day. Photos are files already; those of a draft that is gone are to be removed."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.petitions.seal import Unsealable, seal, unseal
from bot.petitions.steps import Draft
from bot.store.petitions import photos_kept
from bot.store.road import upsert
from bot.store.tables import petition_drafts

LASTS = dt.timedelta(days=1)
_PURPOSE = "petition draft"
_PAD = 1024


@dataclass(frozen=True)
class Kept:
    """A draft and until when it can be resumed."""

    draft: Draft
    until: dt.datetime


def _own(chat: Chat) -> sa.ColumnElement[bool]:
    return sa.and_(petition_drafts.c.channel == chat.channel, petition_drafts.c.chat == chat.key)


async def keep(db: AsyncConnection, key: bytes, chat: Chat, draft: Draft, now: dt.datetime) -> None:
    """Keeps what a chat has written so far, in place of what it had before."""
    values = {"office": chat.office, "sealed": seal(key, _PURPOSE, json.dumps(asdict(draft)).encode(), chat.key, _PAD), "updated_at": now}
    query = upsert(db, petition_drafts).values(channel=chat.channel, chat=chat.key, **values)
    await db.execute(query.on_conflict_do_update(index_elements=["channel", "chat"], set_=values))


async def find(db: AsyncConnection, key: bytes, chat: Chat, now: dt.datetime) -> Kept | None:
    """What this chat is writing; None where there is nothing, or it is a day old."""
    query = sa.select(petition_drafts).where(_own(chat), petition_drafts.c.updated_at >= now - LASTS)
    row = (await db.execute(query)).one_or_none()
    draft = _opened(key, chat.key, row.sealed) if row else None
    return Kept(draft, row.updated_at + LASTS) if row and draft else None


async def drop(db: AsyncConnection, chat: Chat) -> None:
    """Forgets what this chat has written."""
    await db.execute(petition_drafts.delete().where(_own(chat)))


async def sweep(db: AsyncConnection, key: bytes, now: dt.datetime) -> list[str]:
    """Forgets the drafts of more than a day, and returns the photos that nobody needs any more."""
    old = (await db.execute(sa.select(petition_drafts).where(petition_drafts.c.updated_at < now - LASTS))).all()
    shas = {sha for row in old if (draft := _opened(key, row.chat, row.sealed)) for sha in draft.photos}
    await db.execute(petition_drafts.delete().where(petition_drafts.c.updated_at < now - LASTS))
    return await unneeded(db, key, shas)


async def unneeded(db: AsyncConnection, key: bytes, shas: set[str]) -> list[str]:
    """Those of the photos that belong to no petition and to no draft."""
    if not shas:
        return []
    others = (_opened(key, row.chat, row.sealed) for row in await db.execute(sa.select(petition_drafts)))
    drafted = {sha for draft in others if draft for sha in draft.photos}
    return sorted(shas - drafted - await photos_kept(db, sorted(shas)))


def _opened(key: bytes, chat: str, sealed: str) -> Draft | None:
    """The draft; None where it was sealed with another key or by another version."""
    try:
        row = json.loads(unseal(key, _PURPOSE, sealed, chat))
        return Draft(**{**row, "spot": row["spot"] and tuple(row["spot"]), "photos": tuple(row["photos"])})
    except (Unsealable, ValueError, TypeError, KeyError):
        return None
