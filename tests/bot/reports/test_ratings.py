"""One set of ratings as every table that is asked for, with counts that are known."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.__main__ import main
from bot.chat import Chat
from bot.reports import ratings
from bot.reports.ratings import Rating, by_group, eighteen_points, five_levels, sample_size, tables, three_levels
from bot.reports.tables import Table, lines, write_csv, write_xlsx
from bot.settings import Settings
from bot.store import Database, dossiers, voices
from tests.conftest import NOW

COUNTS = {5: 301, 4: 250, 3: 90, 2: 50, 1: 24}  # 715 in all
FIELDS = {"Hộ tịch": 400, "Chứng thực": 308, "Đất đai": 4, "": 3}
TIMES, ATTITUDES = {"kept": 500, "late": 100, "none": 15}, {"good": 300, "fair": 100, "poor": 50}


def given() -> list[Rating]:
    """715 ratings: the levels, fields and answers in known numbers, dealt out in different orders."""

    def dealt(counts: dict[str, int]) -> list[str]:
        cards = [name for name, count in counts.items() for _ in range(count)]
        return (cards + [""] * 715)[:715]

    levels = [level for level, count in COUNTS.items() for _ in range(count)]
    fields, times, attitudes = dealt(FIELDS), dealt(TIMES), dealt(ATTITUDES)
    desks = ["quay-1" if n % 5 else "quay-2" for n in range(715)]
    days = [dt.date(2026, 11, 1 + n % 28) for n in range(715)]
    answers = [{k: v for k, v in (("time", t), ("attitude", a)) if v} for t, a in zip(times, reversed(attitudes), strict=True)]
    return [Rating(*row) for row in zip(levels, days, fields, desks, answers, strict=True)]


def cells(table: Table) -> dict[object, tuple[object, ...]]:
    return {row[0]: row[1:] for row in table.rows}


def test_five_levels() -> None:
    """Every level with its count and share; the index with n."""
    assert five_levels("Tháng 11/2026", given()).rows == (
        ("Rất hài lòng", 301, Decimal("42.10")),
        ("Hài lòng", 250, Decimal("34.97")),
        ("Bình thường", 90, Decimal("12.59")),
        ("Không hài lòng", 50, Decimal("6.99")),
        ("Rất không hài lòng", 24, Decimal("3.36")),
        ("Tỷ lệ hài lòng = (Hài lòng + Rất hài lòng) / n", 551, Decimal("77.06")),
        ("n", 715, None),
    )


@pytest.mark.parametrize(
    ("neutral", "low", "middle", "n", "index", "note"),
    [
        ("dissatisfied", 164, 250, 715, "77.06", "“Bình thường” được tính vào “Không hài lòng”."),
        ("satisfied", 74, 340, 715, "89.65", "“Bình thường” được tính vào “Hài lòng”."),
        ("apart", 74, 250, 625, "88.16", "“Bình thường” không được tính vào mức nào và không nằm trong n."),
    ],
)
def test_three_levels(neutral: str, low: int, middle: int, n: int, index: str, note: str) -> None:
    """Where the middle goes is a setting, and is printed with the table."""
    table = three_levels("Tháng 11/2026", given(), neutral)
    found = cells(table)
    assert (found["Không hài lòng"][0], found["Hài lòng"][0], found["Rất hài lòng"][0], found["n"][0]) == (low, middle, 301, n)
    assert found["Tỷ lệ hài lòng = (Hài lòng + Rất hài lòng) / n"] == (middle + 301, Decimal(index))
    assert table.notes[0] == note


def test_eighteen_points() -> None:
    """What was asked has points with n; what was not has no figures, and so the sum has none."""
    table = eighteen_points("Tháng 11/2026", given())
    assert table.rows[0] == (1, "Tổng thời gian giải quyết so với quy định", 600, Decimal("1.67"))
    assert table.rows[6] == (7, "Thái độ của cán bộ", 450, Decimal("1.56"))
    assert [row[3] for n, row in enumerate(table.rows[:9]) if n not in {0, 6}] == ["chưa có số liệu"] * 7
    assert table.rows[9] == (None, "Cộng (tối đa 18)", None, "chưa có số liệu: có 2 trong 9 tiêu chí")
    assert "Tiêu chí 7 lấy từ câu “Thái độ của cán bộ thế nào?”: Tận tình = 2, Bình thường = 1, Chưa tốt = 0." in table.notes


def test_groups_under_five_are_not_shown() -> None:
    """Their name is there, no figure is."""
    found = cells(by_group("Theo lĩnh vực", given(), lambda r: r.field))
    assert found["Hộ tịch"] == (400, 301, 99, 0, 0, 0, Decimal("100.00"))
    assert found["Chứng thực"] == (308, 0, 151, 90, 50, 17, Decimal("49.03"))
    assert found["Đất đai"] == found["(không rõ)"] == ("dưới 5", None, None, None, None, None, None)


@pytest.mark.parametrize("n", [0, 1, 4])
def test_a_month_under_five_is_not_shown(n: int) -> None:
    """Nor are its levels, points and answers."""
    few = given()[:n]
    for table in tables("Tháng 11/2026", few, few, 100, "dissatisfied"):
        shown = [cell for row in table.rows for cell in row[1:] if isinstance(cell, Decimal)]
        assert shown == [] or table.title.startswith("Cỡ mẫu")
    assert five_levels("T", few).rows == (("n", "dưới 5" if n else 0, None),)


@pytest.mark.parametrize(("population", "size"), [(0, 0), (1, 1), (715, 257), (840, 271), (1791, 327)])
def test_sample_size(population: int, size: int) -> None:
    """n = N/(1+N·0.05²), rounded up."""
    assert sample_size(population) == size


def test_the_sample() -> None:
    """Of 715 dossiers finished 257 ratings are wanted; 715 are more than enough."""
    assert cells(tables("T", given(), given(), 715, "apart")[-1]) == {
        "Hồ sơ giải quyết xong trong tháng (N)": (715,),
        "Cỡ mẫu n = N/(1+N·0,05²)": (257,),
        "Ý kiến đã có": (715,),
        "Đạt, %": (Decimal("278.21"),),
    }


def test_no_table_bears_the_name_of_an_official_survey() -> None:
    """A rating in a chat is voluntary feedback, and every table of ratings says so."""
    made = tables("Tháng 11/2026", given(), given(), 715, "apart")
    text = "\n".join(lines(made)).upper()
    assert not [name for name in ("SIPAS", "766", "PAR INDEX", "PAPI") if name in text]
    assert all("Ý kiến tự nguyện gửi qua trò chuyện" in " ".join(table.notes) for table in made)


# --- from the store to the file -------------------------------------------------------------------------------------------------------------


async def fill(database: Database) -> None:
    """Ratings of three months, of dossiers and desks, and dossiers finished in November."""
    async with database.writing() as db:
        for n in range(12):
            chat = Chat("mau", "web", f"c{n}")
            await voices.rate(db, chat, f"H26.145-261101-{n:04}", 5 if n % 3 else 2, NOW, "=Hộ tịch")
            await voices.explain(db, chat, f"H26.145-261101-{n:04}", NOW, answers={"time": "kept", "attitude": "good"})
            await voices.rate(db, chat, "@quay-1.261123", 4, NOW)
        await voices.rate(db, Chat("mau", "web", "o"), "", 1, NOW.replace(month=10))
        await voices.rate(db, Chat("khac", "web", "o"), "", 1, NOW)
        midnight = NOW.replace(day=1, hour=0)
        empty = dict.fromkeys(("procedure_name", "procedure_code", "field", "status_label", "reason", "method", "applicant"), "")
        rows = [(1, midnight), (2, NOW), (3, midnight - dt.timedelta(seconds=1)), (4, None)]
        records = [
            {"code": f"H26.145-261001-{n:04}", **empty, "status": 9, "received_at": None, "due_at": None, "completed_at": done}
            | {"phone_hash": "", "identity_hash": ""}
            for n, done in rows
        ]
        await dossiers.keep(db, "mau", records, NOW)


async def test_what_is_read(database: Database) -> None:
    """The office's own ratings of the span by the day in Việt Nam, and its finished dossiers."""
    await fill(database)
    async with database.reading() as db:
        month = await ratings.read(db, "mau", dt.date(2026, 11, 1), dt.date(2026, 12, 1))
        year = await ratings.read(db, "mau", dt.date(2026, 1, 1), dt.date(2026, 12, 1))
        assert (len(month), len(year)) == (24, 25)
        assert await ratings.finished(db, "mau", dt.date(2026, 11, 1), dt.date(2026, 12, 1)) == 2
    assert {r.answers["time"] for r in month if r.answers} == {"kept"}


@pytest.fixture
async def filled(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database of an office, as the command line finds it."""
    monkeypatch.setenv("MOTCUA_DATA", str(settings.data))
    monkeypatch.setenv("MOTCUA_NOW", "2026-11-23T09:00")
    database = Database(settings.database_url)
    await database.open()
    await fill(database)
    await database.close()
    return settings


def test_printed(filled: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file the tables stand in the terminal."""
    assert main(["export", "figures"]) == 0
    out = capsys.readouterr().out
    assert "Năm mức, Tháng 11/2026\n" in out
    assert "  n                                               24\n" in out
    assert "Quầy 1" in out
    assert "Phản ánh, kiến nghị nhận trong tháng 11/2026" in out


def test_written(filled: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CSV and XLSX hold the same figures; a field that looks like a formula is text in both."""
    assert main(["export", "figures", "--month", "2026-11", "--csv", str(tmp_path / "a.csv"), "--xlsx", str(tmp_path / "a.xlsx")]) == 0
    assert capsys.readouterr().out.count("9 bảng → ") == 2
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert ["Rất hài lòng", "8", "33,33"] in rows
    assert [row[0] for row in rows if "Hộ tịch" in "".join(row)] == ["'=Hộ tịch"]
    book = load_workbook(tmp_path / "a.xlsx")
    found = [(cell.value, cell.data_type) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert ("'=Hộ tịch", "s") in found
    assert (8, "n") in found
    assert not [value for value, kind in found if kind == "f"]


def test_every_rating_in_words(filled: Settings, tmp_path: Path) -> None:
    """The rows for a spreadsheet have reasons and answers as the citizen read them, and no chat."""
    assert main(["export", "ratings", str(tmp_path / "r.csv")]) == 0
    text = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert "Thái độ của cán bộ thế nào?: Tận tình" in text
    assert not [n for n in range(12) if f"c{n}," in text]


def test_other_months(filled: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """A month is a month; one with a single rating shows no level."""
    assert main(["export", "figures", "--month", "2026-10"]) == 0
    assert "Năm mức, Tháng 10/2026\n  Mức  Số ý kiến  %\n  n    dưới 5\n" in capsys.readouterr().out
    for month in ("2026-13", "11/2026", "=1"):
        assert main(["export", "figures", f"--month={month}"]) == 1
        assert capsys.readouterr().err == f"motcua: --month {month}: not a month. Expected one such as 2026-11.\n"
    assert main(["export", "figures", "--office", "khac"]) == 1
    assert capsys.readouterr().err == "motcua: --office khac: no such office. Expected one of: mau.\n"


def test_where_nothing_can_be_written(filled: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is named with the reason, and nothing is left behind."""
    for kind in ("--csv", "--xlsx"):
        assert main(["export", "figures", kind, str(tmp_path / "nowhere" / "a")]) == 1
        assert "Expected: a file in a folder that can be written." in capsys.readouterr().err


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "a\x00b\x1bc", "\ud800", "\ufeff=1", "\u202e=1"])
def test_words_that_a_spreadsheet_would_run(tmp_path: Path, text: str) -> None:
    """A title, a heading, a cell and a note of any words give files that open, without a formula."""
    table = Table(text, (text,), ((text,),), (text,))
    write_csv(tmp_path / "a.csv", [table])
    write_xlsx(tmp_path / "a.xlsx", [table])
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert not [cell for row in csv.reader(file) for cell in row if cell.lstrip()[:1] in {*"=+-@\t\r"}]
    book = load_workbook(tmp_path / "a.xlsx")
    assert "f" not in {cell.data_type for row in book.active.iter_rows() for cell in row}
