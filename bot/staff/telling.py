"""What the staff are told unasked: to whom, once for each event, at a fitting hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import CAPS, Say, Wire, render
from bot.dossiers.telling import not_before
from bot.petitions.envelope import enclosed
from bot.petitions.rules import coarse
from bot.staff.enrolment import Role
from bot.store import road, staff
from bot.store.road import upsert
from bot.store.staff import Member
from bot.store.tables import notifications
from bot.texts import Texts, texts

Words = Say | Callable[[Texts], Say]


async def tell(
    db: AsyncConnection, office: str, say: Words, now: dt.datetime, *, role: Role | str = "", event: str = "", since: dt.datetime | None = None
) -> int:
    """Tells the office's staff by chat, inside the caller's transaction, and returns how many chats are told.

    All are told, or those of a `role` (all where nobody has it), or of these only who were enrolled before `since`. With an `event` a chat is
    told once, however often this is called. What is told at night is sent at seven."""
    members = [m for m in await recipients(db, office, role) if since is None or (m.joined_at is not None and m.joined_at <= since)]
    return await tell_members(db, members, say, now, event)


async def tell_members(db: AsyncConnection, members: Iterable[Member], say: Words, now: dt.datetime, event: str = "", key: bytes = b"") -> int:
    """The same to certain members. With a `key` the messages are sealed, and stamped with the hour only: they are about a citizen's petition."""
    told = 0
    for member in members:
        if not event or await _first(db, member, event, now):
            own = [enclosed(key, member.chat, wire) if key else wire for wire in wires(member, say)]
            await road.say(db, member.chat, own, coarse(now) if key else now, not_before=not_before(now))
            told += 1
    return told


async def recipients(db: AsyncConnection, office: str, role: Role | str = "") -> list[Member]:
    """The enrolled of a role; all where nobody has it, or none is given."""
    members = await staff.enrolled(db, office)
    return [m for m in members if m.role == role] or members


async def _first(db: AsyncConnection, member: Member, event: str, now: dt.datetime) -> bool:
    """Notes that a member is told of an event; False where this was noted before."""
    chat = member.chat
    row = {"office": chat.office, "channel": chat.channel, "chat": chat.key, "code": "", "event": f"staff {event}", "at": now}
    return (await db.execute(upsert(db, notifications).values(**row).on_conflict_do_nothing())).rowcount == 1


def wires(member: Member, say: Words) -> tuple[Wire, ...]:
    """The messages as the member's channel shows them, without a numbered menu: that would take the place of the one in use."""
    t, caps = texts(member.language), CAPS[member.chat.channel]
    made = say if isinstance(say, Say) else say(t)
    if sum(1 for choice in made.choices if choice.id) > caps.buttons:
        made = replace(made, choices=(), footer="\n".join(part for part in (made.footer, t("Gõ /viec để mở và xử lý.")) if part))
    return render(made, caps)[0]
