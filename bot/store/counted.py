"""What was counted: the public counter's figures while they hold, and the comparisons with the office's register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.road import upsert
from bot.store.tables import counted, reconciliations

COUNTS = ("compared", "different", "register_only", "software_only", "twice", "refused")


async def kept(db: AsyncConnection, office: str, span: str, state: str) -> dict[str, Any] | None:
    """The figures of a span that were kept in this state of things, None where things have changed."""
    c = counted.c
    row = (await db.execute(sa.select(c.state, c.figures).where(c.office == office, c.span == span))).one_or_none()
    return dict(row.figures) if row and row.state == state else None


async def keep(db: AsyncConnection, office: str, span: str, state: str, figures: Mapping[str, Any]) -> None:
    """Keeps the figures of a span."""
    values = {"state": state, "figures": dict(figures)}
    query = upsert(db, counted).values(office=office, span=span, **values)
    await db.execute(query.on_conflict_do_update(index_elements=["office", "span"], set_=values))


async def reconciled(db: AsyncConnection, office: str, counts: Mapping[str, int], now: dt.datetime) -> None:
    """Remembers how a comparison with the register went, by how many of COUNTS."""
    await db.execute(reconciliations.insert().values(office=office, at=now, **counts))


async def reconciliations_of(db: AsyncConnection, office: str, first: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dict[str, int]]]:
    """The comparisons of a span, oldest first: when, and how many of COUNTS."""
    r = reconciliations.c
    query = sa.select(r.at, *(r[name] for name in COUNTS)).where(r.office == office, r.at >= first, r.at < end).order_by(r.id)
    return [(row.at, {name: getattr(row, name) for name in COUNTS}) for row in await db.execute(query)]
