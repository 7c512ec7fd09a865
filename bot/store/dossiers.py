"""Dossiers in the store: imported, looked up, proved to be somebody's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.road import upsert
from bot.store.tables import attempts, dossiers, proofs

TRIES_PER_HOUR = 5
CODE_TRIES_PER_DAY = 20
PROOF_LASTS = dt.timedelta(days=90)


@dataclass(frozen=True)
class Dossier:
    """A dossier as the office exported it; the name is masked, the numbers are hashes."""

    code: str
    procedure_name: str
    procedure_code: str
    field: str
    status: int | None
    status_label: str
    reason: str
    received_at: dt.datetime | None
    due_at: dt.datetime | None
    completed_at: dt.datetime | None
    method: str
    applicant: str
    phone_hash: str
    identity_hash: str
    as_of: dt.datetime


async def keep(db: AsyncConnection, office: str, records: Sequence[Mapping[str, object]], as_of: dt.datetime) -> None:
    """Writes dossiers; a known code is replaced, so that the same file twice changes nothing."""
    if not records:
        return
    rows = [{"office": office, "as_of": as_of, **record} for record in records]
    query = upsert(db, dossiers)
    changed = {c.name: query.excluded[c.name] for c in dossiers.columns if c.name not in {"office", "code"}}
    await db.execute(query.on_conflict_do_update(index_elements=["office", "code"], set_=changed), rows)


async def find(db: AsyncConnection, office: str, code: str) -> Dossier | None:
    """The dossier of a code, None where the office has none."""
    names = [dossiers.c[name] for name in Dossier.__dataclass_fields__]
    row = (await db.execute(sa.select(*names).where(dossiers.c.office == office, dossiers.c.code == code))).one_or_none()
    return Dossier(*row) if row else None


async def total(db: AsyncConnection) -> int:
    return (await db.execute(sa.select(sa.func.count()).select_from(dossiers))).scalar_one()


async def prove(db: AsyncConnection, chat: Chat, code: str, now: dt.datetime) -> None:
    """Remembers that this chat gave the second factor of a dossier."""
    query = upsert(db, proofs).values(office=chat.office, channel=chat.channel, chat=chat.key, code=code, at=now)
    await db.execute(query.on_conflict_do_update(index_elements=["office", "channel", "chat", "code"], set_={"at": now}))


async def proved(db: AsyncConnection, chat: Chat, code: str, now: dt.datetime) -> bool:
    """Whether this chat gave the second factor within the last 90 days."""
    p = proofs.c
    own = sa.and_(p.office == chat.office, p.channel == chat.channel, p.chat == chat.key, p.code == code, p.at > now - PROOF_LASTS)
    return (await db.execute(sa.select(sa.exists().where(own)))).scalar_one()


async def fail(db: AsyncConnection, chat: Chat, code: str, now: dt.datetime) -> None:
    """Remembers a wrong second factor."""
    await db.execute(attempts.insert().values(office=chat.office, channel=chat.channel, chat=chat.key, code=code, at=now))


async def locked(db: AsyncConnection, chat: Chat, code: str, now: dt.datetime) -> bool:
    """Whether there were too many wrong tries: by this chat within an hour, or on this code within a day."""
    a = attempts.c
    mine = sa.select(sa.func.count()).where(a.channel == chat.channel, a.chat == chat.key, a.at > now - dt.timedelta(hours=1))
    on_code = sa.select(sa.func.count()).where(a.office == chat.office, a.code == code, a.at > now - dt.timedelta(days=1))
    return (await db.execute(mine)).scalar_one() >= TRIES_PER_HOUR or (await db.execute(on_code)).scalar_one() >= CODE_TRIES_PER_DAY
