"""Petitions of a month by what they are about: received, on time, late, waiting, reopened, confirmed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reports.tables import Table
from bot.settings import ZONE
from bot.store.petition_counts import Counts, counts

CLASSES = {"dossier": "Về hồ sơ", "place": "Về nơi xảy ra", "other": "Khác"}
NUMBERS = {
    "received": "Đã nhận",
    "on_time": "Đã trả lời hoặc đóng, đúng hạn",
    "late": "Đã trả lời hoặc đóng, trễ hạn",
    "open_in_time": "Đang giải quyết, trong hạn",
    "open_late": "Đang giải quyết, quá hạn",
    "reopened": "Mở lại",
    "confirmed": "Người dân xác nhận đã ổn",
}
NOTES = ("Đã đóng không có nghĩa là đã giải quyết xong.", "Loại theo phần người dân gửi kèm: mã hồ sơ, nơi xảy ra, hoặc không có.")


async def table(db: AsyncConnection, office: str, month: str, first: dt.date, end: dt.date, now: dt.datetime) -> Table:
    """What became of the petitions that came in a span. «Closed» and «answered» are told apart from what citizens confirmed."""
    since, until = (dt.datetime.combine(day, dt.time(), ZONE) for day in (first, end))
    found = await counts(db, office, since, until, now)
    by_class = [found.get(name, Counts()) for name in CLASSES]
    rows = []
    for name, label in NUMBERS.items():
        each = [getattr(count, name) for count in by_class]
        rows.append((label, *each, sum(each)))
    title = f"Phản ánh, kiến nghị nhận trong {month[0].lower() + month[1:]}"
    return Table(title, ("", *CLASSES.values(), "Tổng"), tuple(rows), NOTES)
