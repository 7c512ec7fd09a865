"""Petitions of a month: received, on time, late, reopened. Classes stand here as soon as staff record them."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.petitions.steps import ENDED, Step
from bot.reports.tables import Table
from bot.settings import ZONE
from bot.store.tables import petition_events, petitions


async def table(db: AsyncConnection, office: str, month: str, first: dt.date, end: dt.date, now: dt.datetime) -> Table:
    """What became of the petitions that came in a span. «Closed» and «answered» are told apart from what citizens confirmed."""
    p, span = petitions.c, [dt.datetime.combine(day, dt.time(), ZONE) for day in (first, end)]
    here = sa.and_(p.office == office, p.received_at >= span[0], p.received_at < span[1])
    rows = (await db.execute(sa.select(p.id, p.state, p.late, p.answer_due, p.ended_at).where(here))).all()
    e = petition_events.c
    again = sa.select(sa.func.count(sa.distinct(e.petition))).join_from(petition_events, petitions, e.petition == p.id)
    reopened = (await db.execute(again.where(here, e.step == Step.REOPEN))).scalar_one()
    ended = [row for row in rows if row.state in ENDED]
    late = [row for row in ended if row.late or (row.ended_at and row.ended_at > row.answer_due)]
    waiting = [row for row in rows if row.state not in ENDED]
    over = [row for row in waiting if row.answer_due < now]
    counts = (
        ("Đã nhận", len(rows)),
        ("Đã trả lời hoặc đóng, đúng hạn", len(ended) - len(late)),
        ("Đã trả lời hoặc đóng, trễ hạn", len(late)),
        ("Người dân xác nhận đã ổn", sum(row.state == "confirmed" for row in rows)),
        ("Mở lại", reopened),
        ("Đang giải quyết, trong hạn", len(waiting) - len(over)),
        ("Đang giải quyết, quá hạn", len(over)),
    )
    return Table(
        f"Phản ánh, kiến nghị nhận trong {month[0].lower() + month[1:]}", ("", "Số"), counts, ("Đã đóng không có nghĩa là đã giải quyết xong.",)
    )
