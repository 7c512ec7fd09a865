"""What happened in an office between two moments, counted for its staff."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.petitions.steps import OPEN
from bot.store.tables import feedback, malformed, outcomes, petitions, ratings, unanswered


@dataclass(frozen=True)
class Between:
    """A span of time: from its first moment to before its end."""

    first: dt.datetime
    end: dt.datetime

    def holds(self, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(column >= self.first, column < self.end)


async def outcomes_of(db: AsyncConnection, office: str, span: Between) -> dict[str, int]:
    """Turns by outcome."""
    o = outcomes.c
    query = sa.select(o.outcome, sa.func.count()).where(o.office == office, span.holds(o.at)).group_by(o.outcome)
    return {row[0]: row[1] for row in await db.execute(query)}


async def levels_of(db: AsyncConnection, office: str, span: Between) -> dict[int, int]:
    """Ratings by level."""
    r = ratings.c
    query = sa.select(r.level, sa.func.count()).where(r.office == office, span.holds(r.at)).group_by(r.level)
    return {row[0]: row[1] for row in await db.execute(query)}


async def feedback_count(db: AsyncConnection, office: str, span: Between) -> int:
    f = feedback.c
    return (await db.execute(sa.select(sa.func.count()).where(f.office == office, span.holds(f.at)))).scalar_one()


async def last_feedback(db: AsyncConnection, office: str, most: int) -> list[tuple[dt.datetime, str, str]]:
    """Time, reference and words of the newest feedback; who wrote it stays in the store."""
    f = feedback.c
    query = sa.select(f.at, f.reference, f.text).where(f.office == office).order_by(f.id.desc()).limit(most)
    return [(row.at, row.reference, row.text) for row in await db.execute(query)]


async def petitions_count(db: AsyncConnection, office: str, span: Between) -> int:
    """Petitions received."""
    p = petitions.c
    return (await db.execute(sa.select(sa.func.count()).where(p.office == office, span.holds(p.received_at)))).scalar_one()


async def open_petitions(db: AsyncConnection, office: str, now: dt.datetime) -> tuple[int, int]:
    """Petitions that are open, and those of them that are overdue."""
    p = petitions.c
    late = sa.func.coalesce(sa.func.sum(sa.case((p.answer_due < now, 1), else_=0)), 0)
    row = (await db.execute(sa.select(sa.func.count(), late).where(p.office == office, p.state.in_(OPEN)))).one()
    return row[0], int(row[1])


async def malformed_count(db: AsyncConnection, span: Between) -> int:
    """Messages that a channel could not read; they name no office."""
    return (await db.execute(sa.select(sa.func.count()).where(span.holds(malformed.c.at)))).scalar_one()


async def unanswered_texts(db: AsyncConnection, office: str, span: Between, most: int) -> list[str]:
    """The newest questions without an answer, scrubbed as they are stored."""
    u = unanswered.c
    query = sa.select(u.text).where(u.office == office, span.holds(u.at)).order_by(u.id.desc()).limit(most)
    return list((await db.execute(query)).scalars())
