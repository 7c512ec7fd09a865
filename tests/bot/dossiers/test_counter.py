"""The public counter: the sums of form II.06a hold, ratios are computed, and what breaks a sum is listed instead of shown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.dossiers import counter
from bot.dossiers.counter import Figures
from bot.dossiers.imports import import_file
from bot.store import Database
from tests.bot.dossiers.export import code, line, sheet
from tests.conftest import KEY, NOW

DONE = "Đã trả kết quả"
MONTH, YEAR = counter.spans(NOW.date())


async def made(database: Database, folder: Path, *lines: str, span: counter.Span = MONTH) -> tuple[Figures, list[str]]:
    await import_file(database, "mau", sheet(folder, *lines), KEY, NOW)
    async with database.reading() as db:
        faults = await counter.faults(db, "mau", span, NOW)
        return await counter.figures(db, "mau", span, NOW), [f"{fault.code[-4:]} {fault.reason}" for fault in faults]


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(22, 24, "91.67"), (701, 715, "98.04"), (1787, 1791, "99.78"), (1, 8, "12.50"), (0, 3, "0.00"), (3, 3, "100.00"), (1, 16, "6.25")],
)
def test_ratios_are_computed(part: int, whole: int, share: str) -> None:
    """Two decimals, rounded half up; the figures of real communes."""
    assert counter.percent(part, whole) == Decimal(share)


def test_nothing_of_nothing_is_no_ratio() -> None:
    """Not 0 % and not 100 %."""
    assert counter.percent(0, 0) is None


def test_spans() -> None:
    """December ends with the year."""
    assert [(s.name, s.end) for s in counter.spans(dt.date(2026, 12, 31))] == [
        ("Tháng 12/2026", dt.date(2027, 1, 1)),
        ("Năm 2026", dt.date(2027, 1, 1)),
    ]


async def test_the_figures_of_a_month(database: Database, tmp_path: Path) -> None:
    """Received, of them carried over; solved early, on time, late; pending in time, late. What was only registered does not count."""
    found, faults = await made(
        database,
        tmp_path,
        line(1, DONE, due="20/11/2026", done="19/11/2026"),
        line(2, DONE, due="20/11/2026", done="20/11/2026 16:59", way="Trực tiếp"),
        line(3, "Đã xử lý xong", due="20/11/2026", done="21/11/2026"),
        line(4, DONE, received="28/10/2026", due="05/11/2026", done="02/11/2026"),
        line(5, DONE, received="01/10/2026", due="05/10/2026", done="05/10/2026"),
        line(6, due="23/11/2026"),
        line(7, due="22/11/2026", way="Bưu chính công ích"),
        line(8, "Mới đăng ký", received=""),
        line(9, "Không được tiếp nhận"),
    )
    assert faults == []
    assert (found.received, found.carried, found.fresh, found.online, found.direct) == (6, 1, 5, 3, 2)
    assert (found.solved, found.early, found.on_time, found.late) == (4, 2, 1, 1)
    assert (found.pending, found.in_time, found.overdue) == (2, 1, 1)
    assert found.as_of == NOW
    assert found.solved_shown
    assert found.pending_shown
    assert found.ways_shown


async def test_the_days_are_those_of_viet_nam(database: Database, tmp_path: Path) -> None:
    """Half past midnight on the first is this month, though it is still the month before in London."""
    found, _ = await made(database, tmp_path, line(1, received="01/11/2026 00:30"), line(2, received="31/10/2026 23:59"))
    assert (found.fresh, found.carried) == (1, 1)


async def test_last_years_dossiers_are_carried_over(database: Database, tmp_path: Path) -> None:
    """In the year's figures too."""
    found, _ = await made(database, tmp_path, line(1, received="30/12/2025", due="05/01/2026"), line(2), span=YEAR)
    assert (found.fresh, found.carried, found.overdue, found.in_time) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("row", "fault", "shown"),
    [
        (line(1, DONE), "0001 đã xong hoặc đã dừng mà thiếu ngày hoàn thành", ""),
        (line(1, done="20/11/2026"), "0001 có ngày hoàn thành mà trạng thái chưa xong", ""),
        (line(1, received=""), "0001 thiếu ngày tiếp nhận", ""),
        (line(1, DONE, received="", done="20/11/2026"), "0001 thiếu ngày tiếp nhận", ""),
        (line(1, DONE, done="09/11/2026"), "0001 ngày hoàn thành trước ngày tiếp nhận", ""),
        (line(1, due=""), "0001 thiếu ngày hẹn trả", "solved ways"),
        (line(1, DONE, due="", done="20/11/2026"), "0001 thiếu ngày hẹn trả", "pending ways"),
        (line(1, way="Bồ câu"), "0001 hình thức nộp trống hoặc lạ", "solved pending"),
    ],
)
async def test_what_breaks_a_sum_is_listed(database: Database, tmp_path: Path, row: str, fault: str, shown: str) -> None:
    """The figures of that sum are not shown, the others are."""
    found, faults = await made(database, tmp_path, row, line(2), line(3, DONE, done="20/11/2026"))
    assert faults == [fault]
    assert [name for name in ("solved", "pending", "ways") if getattr(found, f"{name}_shown")] == shown.split()


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The staff see the figures of month and year, then what has to be mended; the exit code says whether anything has."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_NOW", "2026-11-23T09:00")
    main(["dossiers", "import", str(sheet(tmp_path, line(1, DONE, done="20/11/2026"), line(2)))])
    capsys.readouterr()
    assert main(["dossiers", "counter"]) == 0
    assert capsys.readouterr().out.splitlines()[:7] == [
        "Tháng 11/2026:",
        "  Tiếp nhận: 2 (chuyển từ kỳ trước 0)",
        "  Nộp trực tuyến: 2, trực tiếp và bưu chính: 0 (trực tuyến 100,00 %)",
        "  Đã giải quyết: 1 = 1 trước hạn + 0 đúng hạn + 0 trễ hạn",
        "  Trước và đúng hạn: 100,00 %, trễ hạn: 0,00 %",
        "  Đang giải quyết: 1 = 1 trong hạn + 0 quá hạn",
        "  Số liệu lúc 09:00 ngày 23/11/2026",
    ]
    main(["dossiers", "import", str(sheet(tmp_path, line(3, DONE)))])
    assert main(["dossiers", "counter"]) == 1
    out = capsys.readouterr().out
    assert "  Tiếp nhận: chưa công bố được\n" in out
    assert f"  ! {code(3)}: đã xong hoặc đã dừng mà thiếu ngày hoàn thành\n" in out
