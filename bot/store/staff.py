"""Staff who work by chat: invited by a one-time code, enrolled with one chat, left or removed. Nobody is deleted: the record names them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.tables import conversations, enrolment_tries, staff


@dataclass(frozen=True)
class Member:
    """Somebody of the staff, or a staff group, with the chat that tasks are sent to and the language that it speaks."""

    id: int
    name: str
    role: str
    chat: Chat
    language: str = ""
    invited_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    joined_at: dt.datetime | None = None
    left_at: dt.datetime | None = None

    @property
    def enrolled(self) -> bool:
        return self.joined_at is not None and self.left_at is None


def _members() -> sa.Select[tuple[object, ...]]:
    talk = sa.and_(conversations.c.channel == staff.c.channel, conversations.c.chat == staff.c.chat)
    return sa.select(staff, conversations.c.language).outerjoin_from(staff, conversations, talk)


def _member(row: sa.Row[tuple[object, ...]]) -> Member:
    r = row._mapping
    times = {name: r[name] for name in ("invited_at", "expires_at", "joined_at", "left_at")}
    return Member(r["id"], r["name"], r["role"], Chat(r["office"], r["channel"], r["chat"]), r["language"] or "", **times)


_ENROLLED = sa.and_(staff.c.joined_at.is_not(None), staff.c.left_at.is_(None))


async def invite(db: AsyncConnection, office: str, name: str, role: str, code_hash: str, now: dt.datetime, until: dt.datetime) -> int:
    """Writes an invitation and returns its number."""
    row = {"office": office, "name": name, "role": role, "code_hash": code_hash, "invited_at": now, "expires_at": until}
    done = await db.execute(staff.insert().values(**row).returning(staff.c.id))
    return int(done.scalar_one())


async def invitations(db: AsyncConnection, now: dt.datetime) -> list[tuple[int, str, str]]:
    """Number, office and hash of every invitation that can still be taken up."""
    s = staff.c
    waiting = sa.and_(s.joined_at.is_(None), s.left_at.is_(None), s.expires_at > now)
    return [(row.id, row.office, row.code_hash) for row in await db.execute(sa.select(s.id, s.office, s.code_hash).where(waiting))]


async def join(db: AsyncConnection, id_: int, chat: Chat, now: dt.datetime) -> bool:
    """Enrols a chat by an invitation, which is used up; False where it was taken up, withdrawn or outlived meanwhile."""
    s = staff.c
    open_ = sa.and_(s.id == id_, s.joined_at.is_(None), s.left_at.is_(None), s.expires_at > now)
    values = {"channel": chat.channel, "chat": chat.key, "joined_at": now, "code_hash": ""}
    return (await db.execute(staff.update().where(open_).values(**values))).rowcount == 1


async def move(db: AsyncConnection, old: Chat, new: Chat) -> None:
    """A group got another key from its platform and stays enrolled."""
    s = staff.c
    await db.execute(staff.update().where(s.channel == old.channel, s.chat == old.key, _ENROLLED).values(chat=new.key))


async def leave(db: AsyncConnection, office: str, id_: int, now: dt.datetime) -> bool:
    """Ends an enrolment or withdraws an invitation; False where there is none of this number."""
    s = staff.c
    left = staff.update().where(s.office == office, s.id == id_, s.left_at.is_(None)).values(left_at=now, code_hash="")
    return (await db.execute(left)).rowcount == 1


async def member(db: AsyncConnection, chat: Chat) -> Member | None:
    """Whom a chat is enrolled as, at whatever office; None where it is not."""
    s = staff.c
    query = _members().where(s.channel == chat.channel, s.chat == chat.key, _ENROLLED)
    row = (await db.execute(query)).one_or_none()
    return _member(row) if row else None


async def was_member(db: AsyncConnection, chat: Chat) -> bool:
    """Whether a chat was enrolled at any time."""
    s = staff.c
    return (await db.execute(sa.select(sa.exists().where(s.channel == chat.channel, s.chat == chat.key)))).scalar_one()


async def numbered(db: AsyncConnection, id_: int) -> Member | None:
    """The member of a number, enrolled or not."""
    row = (await db.execute(_members().where(staff.c.id == id_))).one_or_none()
    return _member(row) if row else None


async def enrolled(db: AsyncConnection, office: str) -> list[Member]:
    """All who work by chat now, oldest first."""
    return [_member(row) for row in await db.execute(_members().where(staff.c.office == office, _ENROLLED).order_by(staff.c.id))]


async def everyone(db: AsyncConnection, office: str) -> list[Member]:
    """All who were ever invited, oldest first."""
    return [_member(row) for row in await db.execute(_members().where(staff.c.office == office).order_by(staff.c.id))]


async def fail(db: AsyncConnection, chat: Chat, now: dt.datetime) -> None:
    """Remembers a wrong code."""
    await db.execute(enrolment_tries.insert().values(office=chat.office, channel=chat.channel, chat=chat.key, at=now))


async def tries(db: AsyncConnection, chat: Chat, since: dt.datetime) -> list[dt.datetime]:
    """When this chat gave wrong codes, oldest first."""
    e = enrolment_tries.c
    query = sa.select(e.at).where(e.channel == chat.channel, e.chat == chat.key, e.at > since).order_by(e.at)
    return list((await db.execute(query)).scalars())
