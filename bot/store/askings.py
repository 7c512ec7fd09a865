"""What a citizen is to be asked to rate, unasked for: once, once more after «để sau», and never again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat, Wire
from bot.store.road import say, upsert
from bot.store.tables import askings, conversations

TIMES = 2
FRESH = dt.timedelta(days=14)  # a service that lies longer back is asked about no more
_MOST = 200


@dataclass(frozen=True)
class Asking:
    """One chat that is to be asked now, in its language."""

    chat: Chat
    about: str
    language: str
    asked: int


def _own(chat: Chat, about: str) -> sa.ColumnElement[bool]:
    a = askings.c
    return sa.and_(a.office == chat.office, a.channel == chat.channel, a.chat == chat.key, a.about == about)


async def plan(db: AsyncConnection, chat: Chat, about: str, due: dt.datetime, now: dt.datetime) -> None:
    """This chat will be asked from `due` on, unless it was planned before."""
    row = {"office": chat.office, "channel": chat.channel, "chat": chat.key, "about": about, "due_at": due, "at": now}
    await db.execute(upsert(db, askings).values(**row).on_conflict_do_nothing(index_elements=["office", "channel", "chat", "about"]))


async def due(db: AsyncConnection, office: str, now: dt.datetime, silent: dt.timedelta) -> list[Asking]:
    """Whom to ask now: only chats that stand in no dialogue and have been silent for so long."""
    a, c = askings.c, conversations.c
    talk = sa.and_(c.channel == a.channel, c.chat == a.chat)
    calm = sa.or_(c.chat.is_(None), sa.and_(c.step == "", c.updated_at <= now - silent))
    query = (
        sa.select(a.office, a.channel, a.chat, a.about, c.language, a.asked)
        .outerjoin_from(askings, conversations, talk)
        .where(a.office == office, a.open, a.due_at <= now, a.due_at > now - FRESH, calm)
        .order_by(a.due_at)
        .limit(_MOST)
    )
    return [Asking(Chat(r.office, r.channel, r.chat), r.about, r.language or "", r.asked) for r in await db.execute(query)]


async def ask(db: AsyncConnection, asking: Asking, wires: Sequence[Wire], now: dt.datetime) -> bool:
    """Puts the question into the outbox; False where another worker has asked it meanwhile."""
    where = sa.and_(_own(asking.chat, asking.about), askings.c.open, askings.c.asked == asking.asked, askings.c.due_at.is_not(None))
    done = await db.execute(askings.update().where(where).values(asked=asking.asked + 1, due_at=None))
    if done.rowcount:
        await say(db, asking.chat, wires, now)
    return bool(done.rowcount)


async def put_off(db: AsyncConnection, chat: Chat, about: str, until: dt.datetime, now: dt.datetime) -> None:
    """«Để sau»: asked once more, the second time never again. Of a visit that the citizen opened, this is the first asking."""
    row = {"office": chat.office, "channel": chat.channel, "chat": chat.key, "about": about, "asked": 1, "due_at": until, "at": now}
    again = sa.and_(askings.c.asked < TIMES, askings.c.open)
    query = upsert(db, askings).values(**row)
    later = {"due_at": sa.case((again, query.excluded.due_at), else_=None), "open": again}
    await db.execute(query.on_conflict_do_update(index_elements=["office", "channel", "chat", "about"], set_=later))


async def close(db: AsyncConnection, chat: Chat, about: str) -> None:
    """The question is answered, or not wanted."""
    await db.execute(askings.update().where(_own(chat, about)).values(open=False, due_at=None))


async def close_all(db: AsyncConnection, chat: Chat) -> None:
    """Nothing more is asked of this chat."""
    own = sa.and_(askings.c.office == chat.office, askings.c.channel == chat.channel, askings.c.chat == chat.key)
    await db.execute(askings.update().where(own).values(open=False, due_at=None))


async def asked(db: AsyncConnection, chat: Chat, about: str) -> int:
    """How often this chat was asked about it."""
    return (await db.execute(sa.select(askings.c.asked).where(_own(chat, about)))).scalar_one_or_none() or 0


async def planned(db: AsyncConnection, chat: Chat, about: str) -> bool:
    """Whether this chat followed the dossier to its end, and so had proved it to be its own."""
    return (await db.execute(sa.select(sa.exists().where(_own(chat, about))))).scalar_one()


async def waiting(db: AsyncConnection, chat: Chat, now: dt.datetime) -> str | None:
    """What this chat was asked about last and has not answered, None where there is nothing."""
    a = askings.c
    own = (a.office == chat.office, a.channel == chat.channel, a.chat == chat.key, a.open, a.asked > 0, a.at > now - FRESH)
    return (await db.execute(sa.select(a.about).where(*own).order_by(a.at.desc()).limit(1))).scalar_one_or_none()
