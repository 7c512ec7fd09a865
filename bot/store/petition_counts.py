"""The raw counts of petitions for the figures: each number can be checked by hand in the table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.petitions.steps import ENDED, OPEN
from bot.store.tables import petitions

# What a petition is about, as far as its parts tell: a dossier, a place, or neither.
_CLASS = sa.case(
    (petitions.c.dossier != "", "dossier"),
    (sa.or_(petitions.c.latitude.is_not(None), petitions.c.place != ""), "place"),
    else_="other",
)


@dataclass(frozen=True)
class Counts:
    """Petitions received in a span: received = on_time + late + open_in_time + open_late. Reopened and confirmed ones are among these."""

    received: int = 0
    on_time: int = 0  # answered or closed, never after the due time
    late: int = 0  # answered or closed, once after it
    open_in_time: int = 0
    open_late: int = 0
    closed: int = 0  # among the ended: without an answer to the matter
    reopened: int = 0
    confirmed: int = 0  # the citizen said that all is well
    anonymous: int = 0


async def counts(db: AsyncConnection, office: str, since: dt.datetime, until: dt.datetime, now: dt.datetime) -> dict[str, Counts]:
    """The counts of an office by class ("dossier", "place", "other") for what was received from `since` up to before `until`."""
    p = petitions.c
    is_open, ended = p.state.in_(OPEN), p.state.in_(ENDED)
    overdue = sa.or_(p.late, p.answer_due < now)
    query = sa.select(
        _CLASS.label("class"),
        sa.func.count().label("received"),
        _number(sa.and_(ended, ~p.late), "on_time"),
        _number(sa.and_(ended, p.late), "late"),
        _number(sa.and_(is_open, ~overdue), "open_in_time"),
        _number(sa.and_(is_open, overdue), "open_late"),
        _number(sa.and_(ended, p.answer == ""), "closed"),
        _number(p.level > 0, "reopened"),
        _number(p.state == "confirmed", "confirmed"),
        _number(~p.named, "anonymous"),
    ).where(p.office == office, p.received_at >= since, p.received_at < until)
    rows = await db.execute(query.group_by(_CLASS))
    return {row[0]: Counts(*row[1:]) for row in rows}


def _number(where: sa.ColumnElement[bool], name: str) -> sa.Label[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((where, 1), else_=0)), 0).label(name)
