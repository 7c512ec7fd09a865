"""Who follows which dossier, and what each follower was told: every event once, in the transaction of what it tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat, Wire
from bot.store.dossiers import Dossier
from bot.store.road import upsert
from bot.store.tables import conversations, dossiers, follows, notifications, outbox, proofs, ratings

MOST = 20  # dossiers that one chat may follow
_AT_ONCE = 500  # rows of one statement; a database takes some thousand values at most


@dataclass(frozen=True)
class Follower:
    """A chat that follows a dossier, with the language that it speaks; `rated` where it has rated this dossier."""

    chat: Chat
    code: str
    since: dt.datetime
    language: str
    rated: bool = False


@dataclass(frozen=True)
class Notice:
    """One message to one follower; a second one for the same event is never written."""

    follower: Follower
    event: str
    wire: Wire
    not_before: dt.datetime


def _own(chat: Chat) -> sa.ColumnElement[bool]:
    return sa.and_(follows.c.office == chat.office, follows.c.channel == chat.channel, follows.c.chat == chat.key)


async def follow(db: AsyncConnection, chat: Chat, code: str, now: dt.datetime) -> None:
    """From now on this chat is told of the dossier."""
    query = upsert(db, follows).values(office=chat.office, channel=chat.channel, chat=chat.key, code=code, since=now)
    await db.execute(query.on_conflict_do_nothing(index_elements=["office", "channel", "chat", "code"]))


async def stop(db: AsyncConnection, chat: Chat, code: str = "") -> None:
    """This chat is told no more of the dossier, or of any where no code is given."""
    where = sa.and_(_own(chat), follows.c.code == code) if code else _own(chat)
    await db.execute(follows.delete().where(where))


async def withdraw(db: AsyncConnection, chat: Chat, code: str = "") -> None:
    """Takes back what waits for the morning: the messages about a dossier that nobody asked for and that are not sent yet, or all of them."""
    o = outbox.c
    unasked = sa.and_(o.channel == chat.channel, o.chat == chat.key, o.inbox_id.is_(None), o.sent_at.is_(None), o.failed_at.is_(None))
    about = sa.cast(o.payload, sa.Text()).contains(code, autoescape=True) if code else sa.true()
    await db.execute(outbox.delete().where(unasked, about))


async def forget(db: AsyncConnection, chat: Chat) -> None:
    """Removes all that is known of a person's dossiers: what the chat follows, was told, has proved, and what waits to be sent unasked.

    Its wrong tries stay for a week, since deleting them would give new ones; `attempts.forget` removes them then."""
    await stop(db, chat)
    await withdraw(db, chat)
    for table in (notifications, proofs):
        await db.execute(table.delete().where(table.c.office == chat.office, table.c.channel == chat.channel, table.c.chat == chat.key))


async def followed(db: AsyncConnection, chat: Chat) -> list[str]:
    """The codes that this chat follows, oldest first."""
    return list((await db.execute(sa.select(follows.c.code).where(_own(chat)).order_by(follows.c.since, follows.c.code))).scalars())


def _followers() -> sa.Select[tuple[str, str, str, str, dt.datetime, str | None, bool]]:
    f, c, r = follows.c, conversations.c, ratings.c
    rated = sa.exists().where(r.channel == f.channel, r.chat == f.chat, r.dossier == f.code)
    talk = sa.and_(c.channel == f.channel, c.chat == f.chat)
    return sa.select(f.office, f.channel, f.chat, f.code, f.since, c.language, rated.label("rated")).outerjoin_from(follows, conversations, talk)


def _follower(row: sa.Row[tuple[str, str, str, str, dt.datetime, str | None, bool]]) -> Follower:
    return Follower(Chat(row.office, row.channel, row.chat), row.code, row.since, row.language or "", bool(row.rated))


async def followers(db: AsyncConnection, office: str, codes: Sequence[str]) -> list[Follower]:
    """Who follows any of these dossiers."""
    if not codes:
        return []
    query = _followers().where(follows.c.office == office, follows.c.code.in_(codes))
    return [_follower(row) for row in await db.execute(query)]


async def open_dossiers(db: AsyncConnection, office: str, first: dt.datetime, end: dt.datetime) -> list[tuple[Follower, Dossier]]:
    """The followed dossiers that are appointed from `first` to before `end` and are neither done nor closed."""
    d = dossiers.c
    names = [d[name] for name in Dossier.__dataclass_fields__ if name != "code"]
    query = _followers().add_columns(*names).join(dossiers, sa.and_(d.office == follows.c.office, d.code == follows.c.code))
    day = sa.func.coalesce(d.extended_at, d.due_at, type_=d.due_at.type)
    undone = sa.and_(d.completed_at.is_(None), sa.or_(d.status.is_(None), d.status.not_in((3, 8, 9, 10))))
    rows = await db.execute(query.where(follows.c.office == office, day >= first, day < end, undone))
    return [(_follower(row), Dossier(**{name: getattr(row, name) for name in Dossier.__dataclass_fields__})) for row in rows]


async def tell(db: AsyncConnection, notices: Sequence[Notice], now: dt.datetime) -> int:
    """Puts into the outbox those notices whose event was not told to their follower before, and says how many."""
    told = 0
    for first in range(0, len(notices), _AT_ONCE):
        some = notices[first : first + _AT_ONCE]
        own = {(n.follower.chat.channel, n.follower.chat.key, n.follower.code, n.event): n for n in some}
        query = upsert(db, notifications).values([_row(n) | {"code": n.follower.code, "event": n.event, "at": now} for n in own.values()])
        key = [notifications.c[name] for name in ("channel", "chat", "code", "event")]
        fresh = (await db.execute(query.on_conflict_do_nothing().returning(*key))).all()
        told += len(fresh)
        rows = [own[row.channel, row.chat, row.code, row.event] for row in fresh]
        if rows:
            await db.execute(outbox.insert(), [_row(n) | {"payload": n.wire.to_dict(), "created_at": now, "not_before": n.not_before} for n in rows])
    return told


def _row(notice: Notice) -> dict[str, object]:
    chat = notice.follower.chat
    return {"office": chat.office, "channel": chat.channel, "chat": chat.key}
