"""The register against the software: three rows that differ are three lines, each with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.__main__ import main
from bot.dossiers.imports import import_file
from bot.dossiers.mapping import Mapping
from bot.dossiers.reconcile import Differences, compare
from bot.store import Database
from tests.bot.dossiers.export import code, line, sheet
from tests.conftest import KEY, NOW


async def compared(database: Database, folder: Path, own: list[str], register: list[str]) -> Differences:
    await import_file(database, "mau", sheet(folder, *own), KEY, NOW)
    return await compare(database, "mau", sheet(folder, *register, name="so.csv"), NOW.date(), Mapping())


async def test_alike(database: Database, tmp_path: Path) -> None:
    """Nothing to say but how many."""
    found = await compared(database, tmp_path, [line(1), line(2)], [line(2), line(1)])
    assert not found.differs
    assert list(found.lines()) == [
        "Hồ sơ của phần mềm được so: tiếp nhận từ 10/11/2026 đến 10/11/2026, như trong sổ.",
        "Khớp 2, khác 0, chỉ có trong sổ 0, chỉ có trong phần mềm 0, ghi hai lần 0, không đọc được 0.",
    ]


async def test_three_rows_that_differ(database: Database, tmp_path: Path) -> None:
    """In one only, in the other only, and in status and a date."""
    found = await compared(
        database, tmp_path, [line(1), line(2), line(3)], [line(1), line(3, "Đã trả kết quả", done="20/11/2026"), line(4), line(4), "xx,Đang xử lý"]
    )
    assert found.differs
    assert list(found.lines())[:-2] == [
        f"chỉ có trong sổ: {code(4)}",
        f"chỉ có trong phần mềm: {code(2)}",
        f"khác nhau: {code(3)}: trạng thái: sổ “Đã trả kết quả”, phần mềm “Đang xử lý”; ngày hoàn thành: sổ 20/11/2026, phần mềm trống",
        f"ghi hai lần trong sổ: {code(4)}",
        "không đọc được: dòng 6, cột A: “xx” không phải là mã hồ sơ (như H26.145-260108-0002).",
    ]


async def test_only_the_register_s_days_count(database: Database, tmp_path: Path) -> None:
    """The register of a month does not miss the dossiers of other months."""
    found = await compared(database, tmp_path, [line(1), line(2, received="01/10/2026")], [line(1)])
    assert not found.differs


def test_the_monthly_figures_say_how_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """How often the register was compared in the month and the year, and how the last time went."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_NOW", "2026-11-12T09:00")
    main(["dossiers", "import", str(sheet(tmp_path, *(line(n, received="01/10/2026") for n in (1, 2, 3))).replace(tmp_path / "h.csv"))])
    for now, rows in (("2026-11-12T09:00", [line(1)]), ("2026-11-20T09:00", [line(2, "Đã xử lý xong", received="01/10/2026"), line(4)])):
        monkeypatch.setenv("MOTCUA_NOW", now)
        main(["dossiers", "reconcile", str(sheet(tmp_path, *rows, name="so.csv"))])
    for now in ("2026-11-23T09:00", "2026-12-01T09:00"):
        monkeypatch.setenv("MOTCUA_NOW", now)
        main(["dossiers", "counter"])
    told = [text.strip() for text in capsys.readouterr().out.splitlines() if "Đối soát" in text]
    last = "lần cuối 20/11/2026 lệch 4 (chỉ có trong sổ 1, chỉ có trong phần mềm 2, khác nhau 1, ghi hai lần 0, không đọc được 0)"
    year = f"Đối soát với sổ, năm 2026: 2 lần; {last}"
    assert told == [f"Đối soát với sổ, tháng 11/2026: 2 lần; {last}", year, "Đối soát với sổ, tháng 12/2026: chưa lần nào", year]


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An XLSX register; 0 where all is alike, 1 where not."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_NOW", "2026-11-23T09:00")
    assert main(["dossiers", "import", str(sheet(tmp_path, line(1)))]) == 0
    for status, exit_code in (("Đang xử lý", 0), ("Đã xử lý xong", 1)):
        book = Workbook()
        book.active.append(["Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", "Ngày hẹn trả"])  # type: ignore[union-attr]
        book.active.append([code(1), status, "10/11/2026", "25/11/2026"])  # type: ignore[union-attr]
        book.save(tmp_path / "so.xlsx")
        assert main(["dossiers", "reconcile", "so.xlsx"]) == exit_code
    assert capsys.readouterr().out.endswith("Khớp 0, khác 1, chỉ có trong sổ 0, chỉ có trong phần mềm 0, ghi hai lần 0, không đọc được 0.\n")
