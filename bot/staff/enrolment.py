"""Who may work by chat: a one-time code, its limits, and the chat that it enrols."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat, Incoming
from bot.dossiers.secret import keyed_hash
from bot.store import staff
from bot.store.staff import Member
from bot.texts import n_
from knowledge.words import fold

VALID = dt.timedelta(hours=48)
TRIES_PER_HOUR = 5
FIRST_WAIT = dt.timedelta(seconds=10)
NAME_MOST = 80
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is mistaken for another
_HALF = 5


class Role(StrEnum):
    """What somebody of the staff is told of: clerks of the work, leaders also of what comes back to them."""

    CLERK = "clerk"
    LEADER = "leader"


ROLES = {Role.CLERK: n_("cán bộ xử lý"), Role.LEADER: n_("lãnh đạo")}


def chat_of(incoming: Incoming, office: str) -> Chat:
    """The chat that is enrolled: the group where it is one, else the person's."""
    return Chat(office, incoming.channel, incoming.group or incoming.chat)


def hashed(key: bytes, office: str, code: str) -> str:
    """What is stored of a code, however it is typed."""
    return keyed_hash(key, f"staff|{office}", "".join(c for c in code.upper() if c.isalnum()))


class NameTaken(Exception):
    """Another of the staff has, had or is offered this name; it would be theirs in the records."""


async def invite(db: AsyncConnection, office: str, name: str, role: Role, key: bytes, now: dt.datetime) -> tuple[int, str]:
    """Number and code of a new invitation. The code is told once: only its keyed hash is stored. Raises NameTaken."""
    for other in await staff.everyone(db, office):
        offered = other.left_at is None and other.expires_at is not None and other.expires_at > now
        if fold(other.name) == fold(name) and (other.joined_at or offered):
            raise NameTaken
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_HALF)) for _ in range(2))
    return await staff.invite(db, office, name, role, hashed(key, office, code), now, now + VALID), code


async def invitation(db: AsyncConnection, code: str, key: bytes, now: dt.datetime) -> int | None:
    """The number of the invitation that has this code, compared with every one in constant time; None where there is none."""
    open_ones = await staff.invitations(db, now)
    found = [id_ for id_, office, stored in open_ones if hmac.compare_digest(hashed(key, office, code), stored)]
    return found[0] if found else None


def next_try(wrong: list[dt.datetime], now: dt.datetime) -> dt.datetime:
    """When a chat that gave wrong codes at these times may try again: later after each, and five times within an hour at most."""
    recent = [at for at in wrong if at > now - dt.timedelta(hours=1)]
    if len(recent) >= TRIES_PER_HOUR:
        return recent[-TRIES_PER_HOUR] + dt.timedelta(hours=1)
    return recent[-1] + FIRST_WAIT * 2 ** (len(recent) - 1) if recent else now


def signed(member: Member, sender: str = "") -> str:
    """The name that stands in the records under what somebody did; in a group with the person who pressed."""
    return f"{member.name} ({sender})" if sender else member.name


def signer(members: Iterable[Member], signature: str) -> Member | None:
    """Whose signature it is; names of staff are unique in an office."""
    found = [m for m in members if signature == m.name or signature.startswith(f"{m.name} (")]
    return max(found, key=lambda m: len(m.name), default=None)
