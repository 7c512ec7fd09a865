"""A year of a real-looking commune, end to end: 1,791 dossiers with Vietnamese headings, 4 of them late, a follower, and a register that differs.

The counts are those of a real commune (domain rules, section 7: 1,791 with 4 late = 99.78 % on time); names, numbers and codes are invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from openpyxl import Workbook

from bot.chat import Chat
from bot.dossiers import counter
from bot.dossiers.imports import Imported, import_file
from bot.dossiers.mapping import Mapping
from bot.dossiers.reconcile import compare
from bot.store import Database, follows
from bot.store.tables import outbox
from tests.conftest import KEY, NOW

HEADINGS = ("STT", "Số hồ sơ", "Tên thủ tục hành chính", "Lĩnh vực", "Tình trạng", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả")
HEADINGS += ("Hình thức nộp", "Chủ hồ sơ", "SĐT", "Ghi chú")
TOTAL, LATE = 1791, {100, 500, 900, 1300}
FOLLOWER = Chat("mau", "web", "follower")
Row = list[object]


def code(n: int) -> str:
    return f"H26.145-{_received(n):%y%m%d}-{n:04}"


def _received(n: int) -> dt.datetime:
    return dt.datetime(2026, 1, 5, 8) + dt.timedelta(days=n // 6, minutes=n % 360)


def row(n: int) -> Row:
    """A dossier as the system of a province exports it; dates as text here and as dates there, as Excel leaves them."""
    received = _received(n)
    due = received + dt.timedelta(days=5)
    done = due + dt.timedelta(days=2 if n in LATE else -(n % 3))
    dates: list[object] = [received, due.strftime("%d/%m/%Y"), done.strftime("%d/%m/%Y %H:%M")]
    way = "Trực tiếp" if n % 50 == 0 else "Trực tuyến"
    return [n, code(n), "Đăng ký kết hôn", "Hộ tịch", "Đã trả kết quả", *dates, way, "Trần Thị Mẫu", f"09{n:08}", None]


def book(path: Path, change: Callable[[int, Row], Row | None] = lambda n, cells: cells) -> Path:
    """The export as a workbook; a change of None leaves a row out."""
    made = Workbook(write_only=True)
    sheet = made.create_sheet("Danh sách hồ sơ")
    sheet.append(HEADINGS)
    for n in range(1, TOTAL + 1):
        if (cells := change(n, row(n))) is not None:
            sheet.append(cells)
    made.save(path)
    return path


def under_way(n: int, cells: Row) -> Row:
    """The last dossier is not done yet."""
    return cells if n != TOTAL else [*cells[:4], "Đang xử lý", *cells[5:7], None, *cells[8:]]


async def take(database: Database, path: Path, now: dt.datetime = NOW) -> Imported:
    return await import_file(database, "mau", path, KEY, now)


async def test_a_year_of_a_commune(database: Database, tmp_path: Path) -> None:
    """Every row is taken; the four late ones are found; on time and online are computed to two decimals."""
    done = await take(database, book(tmp_path / "2026.xlsx"))
    assert (done.taken, done.new, done.refused, done.closed) == (TOTAL, TOTAL, [], 0)
    async with database.reading() as db:
        year = await counter.figures(db, "mau", counter.spans(NOW.date())[1], NOW)
        assert await counter.faults(db, "mau", counter.spans(NOW.date())[1], NOW) == []
    assert (year.received, year.solved, year.late, year.pending) == (TOTAL, TOTAL, 4, 0)
    assert (year.online, year.direct) == (TOTAL - 35, 35)
    assert counter.percent(year.early + year.on_time, year.solved) == Decimal("99.78")
    assert counter.percent(year.online, year.fresh) == Decimal("98.05")


async def test_the_follower_is_told_once(database: Database, tmp_path: Path) -> None:
    """A second import with one change: one message, however often it is read."""
    await take(database, book(tmp_path / "a.xlsx", under_way))
    async with database.writing() as db:
        await follows.follow(db, FOLLOWER, code(TOTAL), NOW)
    second = book(tmp_path / "b.xlsx")
    for hours in (1, 2):
        done = await take(database, second, NOW + dt.timedelta(hours=hours))
        assert (done.moved.total(), done.new) == ((1, 0) if hours == 1 else (0, 0))
    async with database.reading() as db:
        messages = [row.payload["text"] for row in await db.execute(sa.select(outbox))]
    assert [text.splitlines()[0] for text in messages] == ["Trạng thái mới: Đã trả kết quả"]


async def test_a_register_that_differs_in_three_rows(database: Database, tmp_path: Path) -> None:
    """One only in the software, one with another day, one only in the register: three lines and nothing else."""
    await take(database, book(tmp_path / "2026.xlsx", lambda n, cells: None if n == 30 else cells))

    def register(n: int, cells: Row) -> Row | None:
        return None if n == 10 else [*cells[:7], "31/01/2026", *cells[8:]] if n == 20 else cells

    found = await compare(database, "mau", book(tmp_path / "so.xlsx", register), NOW.date(), Mapping())
    software = (_received(20) + dt.timedelta(days=5 - 20 % 3)).strftime("%d/%m/%Y")
    assert list(found.lines())[:-2] == [
        f"chỉ có trong sổ: {code(30)}",
        f"chỉ có trong phần mềm: {code(10)}",
        f"khác nhau: {code(20)}: ngày hoàn thành: sổ 31/01/2026, phần mềm {software}",
    ]
