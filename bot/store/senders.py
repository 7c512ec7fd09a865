"""Who sent a petition: the way back to the chat, sealed with the key file, and the name and contact of one who chose to be named.

No column tells two petitions of one chat from those of two chats. What a chat has sent is found by opening each sender since a time: a
hash of the chat would be quicker, but would join all that one person ever sent, and could be tried out by whoever gets the key for an hour."""

from __future__ import annotations

import datetime as dt
import json

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.petitions.rules import coarse
from bot.petitions.seal import Unsealable, seal, unseal
from bot.petitions.steps import Draft, Sender
from bot.store.tables import petition_senders, petitions

_PURPOSE = "petition sender"
_PAD = 256


async def keep(db: AsyncConnection, key: bytes, petition: int, code: str, chat: Chat, draft: Draft) -> None:
    """Keeps the sealed way back, bound to this petition; name and contact only of one who chose to be named."""
    way = json.dumps([chat.channel, chat.key, draft.language], ensure_ascii=False).encode()
    known = {"name": draft.name, "contact": draft.contact} if draft.named else {}
    sealed = seal(key, _PURPOSE, way, f"{chat.office}/{code}", _PAD)
    await db.execute(petition_senders.insert().values(petition=petition, office=chat.office, sealed=sealed, **known))


async def sender_of(db: AsyncConnection, key: bytes, petition: int) -> Sender | None:
    """The way back to the sender, for delivery only. None where the key is not the one that sealed it."""
    row = (await db.execute(_query().where(petitions.c.id == petition))).one_or_none()
    return None if row is None else _opened(key, row)


async def contact_of(db: AsyncConnection, petition: int) -> tuple[str, str]:
    """Name and contact for the staff; both empty of an anonymous petition."""
    row = (await db.execute(_query().where(petitions.c.id == petition))).one_or_none()
    return ("", "") if row is None else (row.name, row.contact)


async def sent_by(db: AsyncConnection, key: bytes, chat: Chat, since: dt.datetime) -> list[int]:
    """The numbers of the petitions that this chat has sent since a time."""
    rows = await db.execute(_query().where(petitions.c.office == chat.office, petitions.c.received_at >= coarse(since)))
    found = ((row.id, _opened(key, row)) for row in rows)
    return [id_ for id_, sender in found if sender and (sender.channel, sender.chat) == (chat.channel, chat.key)]


def _query() -> sa.Select[tuple[int, str, str, str, str, str]]:
    s, p = petition_senders.c, petitions.c
    return sa.select(p.id, p.office, p.code, s.sealed, s.name, s.contact).join_from(petition_senders, petitions, s.petition == p.id)


def _opened(key: bytes, row: sa.Row[tuple[int, str, str, str, str, str]]) -> Sender | None:
    try:
        channel, chat, language = json.loads(unseal(key, _PURPOSE, row.sealed, f"{row.office}/{row.code}"))
    except (Unsealable, ValueError):
        return None
    return Sender(channel, chat, language, row.name, row.contact)
