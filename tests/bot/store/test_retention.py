"""What is older than its kind may be goes, in small pieces, and nothing else."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.__main__ import main
from bot.settings import Settings
from bot.store import Database, retention
from bot.store.retention import KINDS, Kind, purge
from bot.store.tables import inbox, malformed, outbox, petition_events, petition_photos, petitions
from tests.conftest import NOW

DAYS = Settings().keep
SHA = "a" * 64
DAY = dt.timedelta(days=1)


def row(table: sa.Table, number: int, at: dt.datetime, **more: object) -> dict[str, Any]:
    """An invented row: every time is `at`, every needed value something."""
    made: dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.type, sa.JSON):
            made[column.name] = {}
        elif "Moment" in type(column.type).__name__:
            made[column.name] = at
        elif isinstance(column.type, sa.Boolean):
            made[column.name] = False
        elif isinstance(column.type, sa.Text):
            made[column.name] = f"{column.name} {number}"
        elif isinstance(column.type, sa.Integer) and not column.nullable:
            made[column.name] = number
    return made | more


async def count(database: Database, table: sa.Table) -> int:
    async with database.reading() as db:
        return (await db.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()


def ended(kind: Kind) -> dict[str, object]:
    return {"state": "closed"} if kind.table is petitions else {}


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.table.name)
async def test_each_kind_has_its_time(database: Database, kind: Kind) -> None:
    """A row on its last day stays, one a second older goes; a dry run counts the same and removes nothing."""
    last = NOW - DAYS[kind.setting] * DAY
    made = [row(kind.table, n, at, **ended(kind)) for n, at in ((1, last), (2, last - dt.timedelta(seconds=1)), (3, NOW))]
    async with database.writing() as db:
        await db.execute(kind.table.insert(), made)
    for dry, gone, left in ((True, 1, 3), (False, 1, 2), (False, 0, 2)):
        told = {p.table: p.rows for p in await purge(database, DAYS, NOW, lambda sha: None, dry=dry)}
        assert {name: rows for name, rows in told.items() if rows} == ({kind.table.name: gone} if gone else {})
        assert await count(database, kind.table) == left


def test_every_setting_has_a_kind() -> None:
    """No MOTCUA_KEEP_… that nothing obeys, and no kind without one."""
    assert {kind.setting for kind in KINDS} == set(DAYS)


@pytest.mark.parametrize(
    ("table", "more"),
    [
        (inbox, {"done_at": None}),
        (outbox, {"sent_at": None, "failed_at": None}),
        (petitions, {"state": "taken"}),
        (petitions, {"state": "received", "ended_at": None}),
        (petitions, {"state": "reopened"}),
    ],
)
async def test_what_is_under_way_stays(database: Database, table: sa.Table, more: dict[str, object]) -> None:
    """However old: a message not answered or not sent, a petition not ended."""
    async with database.writing() as db:
        await db.execute(table.insert().values(**row(table, 1, NOW - 9000 * DAY, **more)))
    await purge(database, DAYS, NOW, lambda sha: None)
    assert await count(database, table) == 1


async def test_a_petition_goes_with_all_that_is_its(database: Database) -> None:
    """Events and photos too; of the files only those that no petition shows any more."""
    old, removed = NOW - 9000 * DAY, list[str]()
    async with database.writing() as db:
        await db.execute(petitions.insert(), [row(petitions, n, at, state="closed", code=f"c{n}") for n, at in ((1, old), (2, NOW))])
        await db.execute(petition_events.insert().values(**row(petition_events, 1, old, petition=1)))
        shown = [{"petition": p, "place": n, "office": "mau", "sha256": sha} for p, n, sha in ((1, 0, SHA), (1, 1, "b" * 64), (2, 0, "b" * 64))]
        await db.execute(petition_photos.insert(), shown)
    await purge(database, DAYS, NOW, removed.append, dry=True)
    assert removed == []
    await purge(database, DAYS, NOW, removed.append)
    assert removed == [SHA]
    assert [await count(database, table) for table in (petitions, petition_events, petition_photos)] == [1, 0, 1]


@pytest.mark.parametrize("table", [inbox, outbox])
async def test_numbers_go_on_growing(database: Database, table: sa.Table) -> None:
    """The last message stays however old it is, or its number would come again and a waiting page would miss the next."""
    async with database.writing() as db:
        await db.execute(table.insert(), [row(table, n, NOW - 99 * DAY) for n in (1, 2)])
    await purge(database, DAYS, NOW, lambda sha: None)
    async with database.reading() as db:
        assert (await db.execute(sa.select(table.c.id))).scalars().all() == [2]


async def test_in_small_pieces(database: Database) -> None:
    """Others write between the pieces: the bot goes on answering."""
    async with database.writing() as db:
        await db.execute(malformed.insert(), [row(malformed, n, NOW - 99 * DAY) for n in range(1, 1001)])
    seen = []

    async def write() -> None:
        for n in range(20):
            async with database.writing() as db:
                seen.append((await db.execute(sa.select(sa.func.count()).select_from(malformed))).scalar_one())
                await db.execute(malformed.insert().values(**row(malformed, 5000 + n, NOW)))
            await asyncio.sleep(0.02)

    await asyncio.gather(purge(database, DAYS, NOW, lambda sha: None, piece=50), write())
    assert await count(database, malformed) == 20
    assert len(set(seen)) > 3


async def test_once_a_night(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two and five in the morning, once; by day never."""
    monkeypatch.setattr(retention, "LOOK_SECONDS", 0)
    hours: Iterator[dt.datetime] = iter([NOW, NOW.replace(hour=1), NOW.replace(hour=2), NOW.replace(hour=3), NOW.replace(hour=5)])
    purged = []

    def clock() -> dt.datetime:
        now = next(hours, None)
        if now is None:
            raise LookupError
        purged.append(now.hour)
        return now

    async with database.writing() as db:
        await db.execute(malformed.insert().values(**row(malformed, 1, NOW - 99 * DAY)))
    with pytest.raises(LookupError):
        await retention.run(database, DAYS, clock, lambda sha: None)
    assert purged == [9, 1, 2, 3, 5]
    assert await count(database, malformed) == 0


def test_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`motcua purge --dry-run` says what would go, `motcua purge` removes it."""
    monkeypatch.setenv("MOTCUA_DATA", str(settings.data))
    monkeypatch.setenv("MOTCUA_NOW", "2026-11-23T09:00")
    monkeypatch.setenv("MOTCUA_KEEP_MALFORMED", "7")

    async def fill() -> None:
        database = Database(settings.database_url)
        await database.open()
        async with database.writing() as db:
            await db.execute(malformed.insert(), [row(malformed, n, NOW - n * DAY) for n in range(1, 11)])
        await database.close()

    asyncio.run(fill())
    for arguments, last in ((["--dry-run"], "Chưa xoá gì."), ([], "Đã xoá 3 dòng."), ([], "Đã xoá 0 dòng.")):
        assert main(["purge", *arguments]) == 0
        out = capsys.readouterr().out.splitlines()
        assert out[-1] == last
        assert f"malformed: {0 if last == 'Đã xoá 0 dòng.' else 3} dòng quá 7 ngày" in out


@pytest.mark.parametrize(("name", "value"), [("KEEP_INBOX", "0"), ("KEEP_RATINGS", "-1"), ("KEEP_FEEDBACK", "x"), ("KEEP_NOTIFICATIONS", "60")])
def test_a_wrong_time_is_told(name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """By name, value and what is expected."""
    monkeypatch.setenv(f"MOTCUA_{name}", value)
    assert main(["purge"]) == 1
    assert capsys.readouterr().err.startswith(f"motcua: MOTCUA_{name}='{value}'. Expected days, ")
