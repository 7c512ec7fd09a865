"""The raw counts of petitions."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.petitions.rules import Rules
from bot.store import Database, petition_counts, petitions
from bot.store.petition_counts import Counts
from bot.turn import Library
from tests.bot.store.test_petitions import Send, calendar, send  # noqa: F401
from tests.conftest import KEY, NOW

DAY = dt.timedelta(days=1)
LATE = NOW + 40 * DAY
BY = "Cán bộ A"
pytestmark = pytest.mark.usefixtures("calendar")


async def counted(database: Database, now: dt.datetime = NOW, since: dt.datetime = NOW - DAY) -> dict[str, Counts]:
    async with database.reading() as db:
        return await petition_counts.counts(db, "mau", since, NOW + DAY, now)


async def test_known_counts(send: Send, database: Database, library: Library) -> None:  # noqa: F811
    """Six petitions of known fate give these numbers, and what came in is what is ended or open."""
    rules = Rules(per_day=9)
    on_time, late, closed, again, _ = [(await send(rules=rules, place="Chợ Mẫu")).id for _ in range(5)]
    await send(rules=rules, dossier="H26.145-261110-0001", named=True, name="Người Mẫu")
    async with database.writing() as db:
        await petitions.answer(db, KEY, on_time, BY, "Xong", NOW + DAY)
        await petitions.verdict(db, KEY, on_time, 5, NOW + DAY)
        await petitions.answer(db, KEY, late, BY, "Xong", LATE)
        await petitions.close(db, KEY, closed, BY, "Trùng", NOW + DAY)
        await petitions.answer(db, KEY, again, BY, "Xong", NOW + DAY)
        await petitions.reopen(db, KEY, again, "Chưa", rules, library.calendar, NOW + DAY)
    found = await counted(database)
    assert found == {
        "place": Counts(received=5, on_time=2, late=1, open_in_time=2, closed=1, reopened=1, confirmed=1, anonymous=5),
        "dossier": Counts(received=1, open_in_time=1),
    }
    assert (await counted(database, LATE))["place"].open_late == 2
    for c in (await counted(database, LATE)).values():
        assert c.received == c.on_time + c.late + c.open_in_time + c.open_late


async def test_only_of_the_span_and_office(send: Send, database: Database) -> None:  # noqa: F811
    """What came before the span, or to another office, is not counted."""
    await send()
    assert await counted(database, since=NOW + dt.timedelta(hours=1)) == {}
    async with database.reading() as db:
        assert await petition_counts.counts(db, "khac", NOW - DAY, NOW + DAY, NOW) == {}
