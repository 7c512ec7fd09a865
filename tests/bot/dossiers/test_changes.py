"""An import says what it changed; the newer row wins; the same file twice changes nothing, however often and in whatever order."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.dossiers.imports import PIECE, How, Imported, import_file
from bot.dossiers.mapping import load_mapping
from bot.dossiers.sheet import SheetError
from bot.store import Database
from bot.store.tables import dossiers
from tests.bot.dossiers.export import code, line, sheet
from tests.conftest import KEY, NOW

DAY = dt.timedelta(days=1)


async def take(database: Database, path: Path, now: dt.datetime = NOW, how: How = How()) -> Imported:  # noqa: B008 - frozen
    return await import_file(database, "mau", path, KEY, now, how)


async def statuses(database: Database) -> dict[str, tuple[object, object]]:
    async with database.reading() as db:
        rows = await db.execute(sa.select(dossiers.c.code, dossiers.c.status, dossiers.c.as_of))
        return {row.code: (row.status, row.as_of) for row in rows}


async def test_the_summary(database: Database, tmp_path: Path) -> None:
    """New, moved from which status to which, changed otherwise, unchanged, refused."""
    await take(database, sheet(tmp_path, line(1), line(2), line(3), line(4)))
    second = sheet(tmp_path, line(1, "Đã trả kết quả"), line(2, "Đã trả kết quả"), line(3, due="26/11/2026"), line(4), line(5), "xx,Đang xử lý")
    done = await take(database, second, NOW + DAY)
    assert done.summary() == (
        "Đã đọc 5 hồ sơ, bỏ qua 1 dòng.\n"
        "Mới: 1. Đổi trạng thái: 2. Đổi thông tin khác: 1. Không đổi: 1. Cũ hơn số liệu đang có: 0.\n"
        "  Đang xử lý → Đã trả kết quả: 2"
    )
    assert [str(row) for row in done.refused] == ["dòng 7, cột A: “xx” không phải là mã hồ sơ (như H26.145-260108-0002)."]


async def test_dossiers_that_nobody_can_open_are_told(database: Database, tmp_path: Path) -> None:
    """Without a telephone or an identity number a dossier cannot be looked up: the staff hear how many there are."""
    path = tmp_path / "h.csv"
    path.write_text(f"Mã hồ sơ,Trạng thái,Điện thoại\n{code(1)},Đang xử lý,\n{code(2)},Đang xử lý,0900000002\n", encoding="utf-8")
    done = await take(database, path)
    assert "\n1 hồ sơ không có điện thoại và số căn cước: người dân không tra cứu được, phải đến bàn một cửa." in done.summary()


async def test_a_file_read_again_is_as_old_as_at_first(database: Database, tmp_path: Path) -> None:
    """Yesterday's file, imported once more after today's, does not bring yesterday's status back."""
    old, new = sheet(tmp_path, line(1), name="a.csv"), sheet(tmp_path, line(1, "Đã xử lý xong"), name="b.csv")
    await take(database, old)
    await take(database, new, NOW + DAY)
    again = await take(database, old, NOW + 2 * DAY)
    assert (again.moved.total(), again.older) == (0, 1)
    assert await statuses(database) == {code(1): (9, NOW + DAY)}


async def test_a_code_twice_far_apart(database: Database, tmp_path: Path) -> None:
    """The last row of a code counts, and reading the file again does not move it to and fro."""
    path = sheet(tmp_path, line(1), *(line(n) for n in range(2, PIECE + 3)), line(1, "Đã xử lý xong"))
    await take(database, path)
    again = await take(database, path, NOW + DAY)
    assert (again.new, again.moved.total(), again.otherwise, again.unchanged) == (0, 0, 0, PIECE + 3)
    assert (await statuses(database))[code(1)] == (9, NOW)


async def test_a_fresh_export_confirms(database: Database, tmp_path: Path) -> None:
    """A later export that says the same changes nothing but the time of the figures."""
    await take(database, sheet(tmp_path, line(1), line(2)))
    done = await take(database, sheet(tmp_path, line(1)), NOW + DAY)
    assert (done.new, done.otherwise, done.unchanged) == (0, 0, 1)
    assert await statuses(database) == {code(1): (4, NOW + DAY), code(2): (4, NOW)}


async def test_the_column_wins_over_the_argument(database: Database, tmp_path: Path) -> None:
    """Each row may say when it was true; the file's argument stands for rows that do not."""
    path = sheet(tmp_path, line(1, as_of="20/11/2026 08:00"), line(2))
    await take(database, path, how=How(as_of=NOW - DAY))
    assert {c: at for c, (_, at) in (await statuses(database)).items()} == {code(1): NOW - 3 * DAY - dt.timedelta(hours=1), code(2): NOW - DAY}
    older = await take(database, sheet(tmp_path, line(1, "Đã xử lý xong", as_of="19/11/2026")))
    assert (older.older, (await statuses(database))[code(1)][0]) == (1, 4)


async def test_figures_of_the_future_are_refused(database: Database, tmp_path: Path) -> None:
    """They would keep every later export out."""
    done = await take(database, sheet(tmp_path, line(1, as_of="01/01/2027")))
    assert [str(row) for row in done.refused] == ["dòng 2, cột J: “01/01/2027” ở tương lai, không thể là lúc lấy số liệu."]


async def test_a_mapping_that_was_mended_is_applied(database: Database, tmp_path: Path) -> None:
    """The same file with another mapping is another import."""
    path, mapping = sheet(tmp_path, line(1, "Chờ ký")), tmp_path / "m.toml"
    await take(database, path)
    assert (await statuses(database))[code(1)][0] is None
    mapping.write_text('[statuses]\n"chờ ký" = 4\n', encoding="utf-8")
    await take(database, path, NOW + DAY, How(load_mapping(mapping)))
    assert (await statuses(database))[code(1)][0] == 4


async def test_a_fault_at_the_end_writes_nothing(database: Database, tmp_path: Path) -> None:
    """The whole file is read before its first row is written."""
    path = sheet(tmp_path, *(line(n) for n in range(PIECE + 1)))
    path.write_bytes(path.read_bytes() + b"\xff\xfe")
    with pytest.raises(SheetError):
        await take(database, path)
    assert await statuses(database) == {}


async def test_an_import_that_is_stopped_ends_and_can_be_run_again(database: Database, tmp_path: Path) -> None:
    """The bot can be stopped in the midst of a long file; what is missing comes with the next run."""
    path = sheet(tmp_path, *(line(n) for n in range(9 * PIECE)))
    running = asyncio.create_task(take(database, path))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    done = await take(database, path)
    assert done.taken == len(await statuses(database)) == 9 * PIECE
