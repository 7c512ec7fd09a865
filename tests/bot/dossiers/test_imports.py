"""A sheet into the store: whole or not at all, and twice like once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.dossiers import sample
from bot.dossiers.imports import PIECE, import_file
from bot.dossiers.sheet import Refused, SheetError
from bot.store import Database
from bot.store.tables import dossiers
from bot.turn import Library
from tests.conftest import KEY, NOW

HEADINGS = "Mã hồ sơ,Trạng thái,Người nộp,Điện thoại,Ghi chú"


def line(n: int, status: str = "Đang xử lý") -> str:
    return f"H26.145-261110-{n:04},{status},Trần Thị Mẫu,090000{n:04},ghi chú"


def sheet(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "hồ sơ.csv"
    path.write_bytes(b"\n".join(x.encode() if isinstance(x, str) else x for x in (HEADINGS, *lines)))
    return path


async def stored(database: Database) -> list[tuple[object, ...]]:
    async with database.reading() as db:
        return [tuple(row) for row in await db.execute(sa.select(dossiers).order_by(dossiers.c.code))]


async def test_the_same_file_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    """An import is repeated without harm."""
    path = sheet(tmp_path, line(1), line(2))
    first = await import_file(database, "mau", path, KEY, NOW)
    before = await stored(database)
    second = await import_file(database, "mau", path, KEY, NOW)
    assert (first.taken, first.refused) == (second.taken, second.refused) == (2, [])
    assert await stored(database) == before
    assert len(before) == 2


async def test_a_newer_file_wins(database: Database, tmp_path: Path) -> None:
    """A status that moved on is taken over with the time of the import; dossiers that are not in the file stay."""
    later = NOW + dt.timedelta(days=1)
    await import_file(database, "mau", sheet(tmp_path, line(1), line(2)), KEY, NOW)
    await import_file(database, "mau", sheet(tmp_path, line(1, "Đã trả kết quả"), line(3)), KEY, later)
    async with database.reading() as db:
        rows = (await db.execute(sa.select(dossiers.c.code, dossiers.c.status, dossiers.c.as_of).order_by(dossiers.c.code))).all()
    assert [(code[-4:], status, as_of) for code, status, as_of in rows] == [("0001", 10, later), ("0002", 4, NOW), ("0003", 4, later)]


async def test_the_last_of_a_code_counts(database: Database, tmp_path: Path) -> None:
    """A code that stands twice in a file is one dossier."""
    await import_file(database, "mau", sheet(tmp_path, line(1), line(1, "Đã trả kết quả")), KEY, NOW)
    async with database.reading() as db:
        assert (await db.execute(sa.select(dossiers.c.status))).scalars().all() == [10]


async def test_refused_rows_are_listed_and_the_others_taken(database: Database, tmp_path: Path) -> None:
    """One bad row does not keep the file out."""
    done = await import_file(database, "mau", sheet(tmp_path, line(1), "xx,Đang xử lý", line(2)), KEY, NOW)
    assert (done.taken, done.refused) == (2, [Refused(3, "A", "“xx” không phải là mã hồ sơ (như H26.145-260108-0002).")])
    assert len(await stored(database)) == 2


async def test_more_rows_than_a_piece(database: Database, tmp_path: Path) -> None:
    """A long file is taken whole."""
    done = await import_file(database, "mau", sheet(tmp_path, *(line(n) for n in range(2 * PIECE + 7))), KEY, NOW)
    assert done.taken == len(await stored(database)) == 2 * PIECE + 7


@pytest.mark.parametrize("rubbish", [b"\xff\xfe", b"a\0b"])
async def test_a_file_that_fails_writes_nothing(database: Database, tmp_path: Path, rubbish: bytes) -> None:
    """Rubbish far down the file: what was read before it is not kept."""
    path = sheet(tmp_path, *(line(n) for n in range(2 * PIECE)), rubbish)
    with pytest.raises(SheetError):
        await import_file(database, "mau", path, KEY, NOW)
    assert await stored(database) == []


async def test_no_name_and_no_number_is_stored(database: Database, tmp_path: Path) -> None:
    """The name is masked, the telephone a hash."""
    await import_file(database, "mau", sheet(tmp_path, line(1)), KEY, NOW)
    everything = str(await stored(database))
    assert "T••• T•• M••" in everything
    assert "Trần" not in everything
    assert "0900000001" not in everything


async def test_the_sample_is_there_once(database: Database, library: Library) -> None:
    """The sample office finds six invented dossiers, all of them readable, at its first start only."""
    for _ in range(2):
        await sample.fill(database, library.knowledge.office, KEY, NOW)
    rows = await stored(database)
    assert len(rows) == 6
    assert (await import_file(database, "mau", sample.FILE, KEY, NOW)).refused == []
    async with database.writing() as db:
        await db.execute(dossiers.delete().where(dossiers.c.status != 4))
    await sample.fill(database, library.knowledge.office, KEY, NOW)
    assert 0 < len(await stored(database)) < 6


async def test_another_office_gets_no_sample(database: Database, library: Library) -> None:
    """Invented dossiers are for the invented office."""
    office = library.knowledge.office.__class__(**{**library.knowledge.office.__dict__, "code": "that"})
    await sample.fill(database, office, KEY, NOW)
    assert await stored(database) == []
