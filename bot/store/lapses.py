"""Followed dossiers whose day has passed without form 04: each is a task of the staff, noted once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dossiers import Dossier
from bot.store.road import upsert
from bot.store.tables import dossiers, lapses


async def note(db: AsyncConnection, office: str, passed: Sequence[Dossier], now: dt.datetime) -> list[str]:
    """Notes dossiers whose appointed day has passed and returns the codes of those that were not noted before."""
    rows = [{"office": office, "code": d.code, "due_at": d.appointed, "at": now} for d in passed]
    fresh = [row for row in rows if (await db.execute(upsert(db, lapses).values(row).on_conflict_do_nothing())).rowcount == 1]
    return [str(row["code"]) for row in fresh]


async def waiting(db: AsyncConnection, office: str) -> list[tuple[str, dt.datetime]]:
    """Code and day of the noted dossiers that still are neither done nor given a new day, the oldest first."""
    d, passed = dossiers.c, lapses.c
    same = sa.and_(d.office == passed.office, d.code == passed.code, sa.func.coalesce(d.extended_at, d.due_at, type_=d.due_at.type) == passed.due_at)
    undone = sa.and_(d.completed_at.is_(None), sa.or_(d.status.is_(None), d.status.not_in((3, 8, 9, 10))))
    query = sa.select(passed.code, passed.due_at).join(dossiers, same).where(passed.office == office, undone).order_by(passed.due_at, passed.code)
    return [(row.code, row.due_at) for row in await db.execute(query)]
