"""Several systems asked at once: the newest figures win, the store remembers, followers hear, and a busy system is no absent dossier."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.chat import Chat
from bot.dossiers.secret import keyed_hash
from bot.dossiers.sources import Absent, Busy, Found, Imported, Sources
from bot.store import Database, dossiers, follows, road
from bot.store.dossiers import Dossier
from tests.conftest import KEY, Clock

CODE = "H26.145-261110-0001"


def told(clock: Clock, source: str = "tinh", **more: object) -> dict[str, object]:
    """A dossier as a system tells it: no field and no method, which it does not know."""
    empty = dict.fromkeys(("procedure_code", "field", "reason", "method", "identity_hash"), "")
    words = {
        "procedure_name": "Đăng ký khai sinh",
        "status_label": "Đang xử lý",
        "applicant": "L• V•• D•",
        "phone_hash": keyed_hash(KEY, CODE, "0009"),
    }
    dates = {"received_at": clock() - dt.timedelta(days=3), "due_at": clock() + dt.timedelta(days=3), "completed_at": None}
    return {"code": CODE, "status": 4, **empty, **words, **dates, "source": source, **more}


@dataclass
class Told:
    """A system that answers as it is told to."""

    answer: Found | Absent | Busy
    name: str = "tinh"
    office: str = "mau"
    asked: list[str] = field(default_factory=list)

    def serves(self, office: str, code: str) -> bool:
        return office == self.office

    async def look_up(self, office: str, code: str) -> Found | Absent | Busy:
        self.asked.append(code)
        return self.answer


async def stands(database: Database) -> Dossier | None:
    async with database.reading() as db:
        return await dossiers.find(db, "mau", CODE)


async def test_what_is_told_is_in_the_store(database: Database, clock: Clock) -> None:
    """With the time of asking, and the system that told it."""
    system = Told(Found(told(clock)))
    assert await Sources(database, [system], clock).refresh("mau", [CODE]) == frozenset()
    found = await stands(database)
    assert found
    assert (found.status, found.source, found.as_of) == (4, "tinh", clock())


async def test_the_newest_of_several_counts(database: Database, clock: Clock) -> None:
    """Two systems have it: the one with the later figures is believed."""
    old = Told(Found(told(clock, status=2, as_of=clock() - dt.timedelta(hours=2))), "cu")
    new = Told(Found(told(clock, "moi", status=9, as_of=clock() - dt.timedelta(hours=1))), "moi")
    await Sources(database, [new, old], clock).refresh("mau", [CODE])
    found = await stands(database)
    assert found
    assert (found.status, found.source, found.as_of) == (9, "moi", clock() - dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("answers", "busy"),
    [
        ([Busy()], True),
        ([Busy(), Absent()], True),
        ([Absent(), Absent()], False),
        ([], False),
    ],
)
async def test_busy_is_not_absent(database: Database, clock: Clock, answers: list[Absent | Busy], busy: bool) -> None:
    """As long as one system could not tell and none has it, it is not known."""
    sources = Sources(database, [Told(answer) for answer in answers], clock)
    assert await sources.refresh("mau", [CODE]) == (frozenset({CODE}) if busy else frozenset())
    assert await stands(database) is None


async def test_one_that_has_it_is_enough(database: Database, clock: Clock) -> None:
    """A busy system beside one that tells is no trouble."""
    sources = Sources(database, [Told(Busy()), Told(Found(told(clock)))], clock)
    assert await sources.refresh("mau", [CODE]) == frozenset()


async def test_only_the_systems_of_the_office_are_asked(database: Database, clock: Clock) -> None:
    """Another office's system hears nothing of the code."""
    other = Told(Found(told(clock)), office="khac")
    sources = Sources(database, [other], clock)
    assert not sources.any_for("mau", [CODE])
    assert sources.any_for("khac", [CODE])
    await sources.refresh("mau", [CODE])
    assert other.asked == []


async def test_what_the_export_knows_more_stays(database: Database, clock: Clock) -> None:
    """A system that tells less than the export blanks nothing, and the dossier is still the export's."""
    async with database.writing() as db:
        await dossiers.keep(db, "mau", [{**told(clock, ""), "method": "Trực tuyến", "field": "Hộ tịch", "reason": "thiếu ảnh"}], clock())
    clock.move(minutes=1)
    await Sources(database, [Told(Found(told(clock, status=9, status_label="Đã xử lý xong")))], clock).refresh("mau", [CODE])
    found = await stands(database)
    assert found
    assert (found.status, found.method, found.field, found.source, found.as_of) == (9, "Trực tuyến", "Hộ tịch", "", clock())


async def test_what_is_remembered_is_not_written_again(database: Database, clock: Clock) -> None:
    """An answer from the system's short memory leaves the time of the figures as it was."""
    await Sources(database, [Told(Found(told(clock)))], clock).refresh("mau", [CODE])
    before = await stands(database)
    clock.move(seconds=30)
    await Sources(database, [Told(Found(told(clock), fresh=False))], clock).refresh("mau", [CODE])
    assert await stands(database) == before


async def test_followers_hear_of_a_change_once(database: Database, clock: Clock) -> None:
    """A status that has moved since the last look is told to who follows it."""
    chat, due = Chat("mau", "web", "a"), clock() + dt.timedelta(days=3)
    await Sources(database, [Told(Found(told(clock, due_at=due)))], clock).refresh("mau", [CODE])
    async with database.writing() as db:
        await follows.follow(db, chat, CODE, clock())
    for _ in range(2):
        clock.move(minutes=5)
        moved = told(clock, status=9, status_label="Đã xử lý xong", due_at=due)
        await Sources(database, [Told(Found(moved))], clock).refresh("mau", [CODE])
    async with database.reading() as db:
        said = [wire.text for _, wire in await road.replies(db, "web", "a", 0)]
    assert len(said) == 1
    assert "Đã xử lý xong" in said[0]


@pytest.fixture
async def broken(tmp_path: Path) -> AsyncIterator[Database]:
    """A database without tables."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    yield made
    await made.close()


async def test_a_store_that_cannot_be_used(broken: Database, clock: Clock) -> None:
    """What cannot be kept cannot be told: busy."""
    assert await Imported(broken).look_up("mau", CODE) == Busy()
    assert await Sources(broken, [Told(Found(told(clock)))], clock).refresh("mau", [CODE]) == frozenset({CODE})


async def test_the_table_is_a_source_too(database: Database, clock: Clock) -> None:
    """It tells what it has, and has no more than that."""
    assert await Imported(database).look_up("mau", CODE) == Absent()
    await Sources(database, [Told(Found(told(clock)))], clock).refresh("mau", [CODE])
    found = await Imported(database).look_up("mau", CODE)
    assert isinstance(found, Found)
    assert (found.record["code"], found.fresh) == (CODE, False)


async def test_looked_up_dossiers_are_no_figures(database: Database, clock: Clock) -> None:
    """Those that citizens happened to ask for are neither compared with the register nor counted."""
    await Sources(database, [Told(Found(told(clock)))], clock).refresh("mau", [CODE])
    async with database.reading() as db:
        assert [d async for d in dossiers.every(db, "mau")] == []
        assert (await db.execute(sa.text("SELECT count(*) FROM dossiers"))).scalar_one() == 1
