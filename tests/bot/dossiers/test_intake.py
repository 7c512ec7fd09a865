"""The watched folder: files are imported once they are whole, and moved away with a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

from bot.dossiers.intake import Intake
from bot.store import Database
from bot.store.tables import dossiers
from tests.bot.dossiers.export import line, sheet
from tests.conftest import KEY, Clock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dossiers-in"
    made.mkdir()
    return made


@pytest.fixture
def intake(database: Database, folder: Path, clock: Clock) -> Intake:
    return Intake(database, lambda: ["mau", "mau-hai"], folder, KEY, clock)


async def count(database: Database) -> int:
    async with database.reading() as db:
        return (await db.execute(sa.select(sa.func.count()).select_from(dossiers))).scalar_one()


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_a_whole_file_is_taken(database: Database, intake: Intake, folder: Path) -> None:
    """At the second look, when it has stayed the same; the report says what changed and what was refused."""
    sheet(folder, line(1), "xx,Đang xử lý")
    await intake.look()
    assert await count(database) == 0
    await intake.look()
    assert await count(database) == 1
    assert names(folder) == ["done/20261123-090000-h.csv", "done/20261123-090000-h.csv.report"]
    assert (folder / "done" / "20261123-090000-h.csv.report").read_text(encoding="utf-8") == (
        "Đã đọc 1 hồ sơ, bỏ qua 1 dòng.\nMới: 1. Đổi trạng thái: 0. Đổi thông tin khác: 0. Không đổi: 0. Cũ hơn số liệu đang có: 0.\n"
        "dòng 3, cột A: “xx” không phải là mã hồ sơ (như H26.145-260108-0002).\n"
    )


async def test_a_file_that_grows_waits(database: Database, intake: Intake, folder: Path) -> None:
    """Half of a copy is not imported."""
    for n in range(1, 4):
        sheet(folder, *(line(k) for k in range(n)))
        await intake.look()
    assert await count(database) == 0
    await intake.look()
    assert await count(database) == 3


def _no_heading(folder: Path) -> None:
    (folder / "h.csv").write_text("a,b\n1,2\n", encoding="utf-8")


def _no_workbook(folder: Path) -> None:
    (folder / "h.xlsx").write_text("x", encoding="utf-8")


def _bad_mapping(folder: Path) -> None:
    sheet(folder, line(1))
    (folder / "mapping.toml").write_text("[x]", encoding="utf-8")


@pytest.mark.parametrize("drop", [_no_heading, _no_workbook, _bad_mapping])
async def test_a_file_that_cannot_be_read(
    database: Database, intake: Intake, folder: Path, drop: Callable[[Path], None], logged: list[structlog.typing.EventDict]
) -> None:
    """It is moved to refused/ with the reason beside it; the log holds neither its name nor its contents."""
    drop(folder)
    await intake.look()
    await intake.look()
    moved, report = [name for name in names(folder) if name != "mapping.toml"]
    assert moved.startswith("refused/20261123-090000-h.")
    assert (folder / report).read_text(encoding="utf-8").strip()
    assert logged == [{"event": "export refused", "log_level": "warning", "ending": Path(moved).suffix}]
    assert await count(database) == 0


async def test_the_mapping_beside_the_exports(database: Database, intake: Intake, folder: Path) -> None:
    """mapping.toml in the folder holds for all its files and stays."""
    sheet(folder, line(1, "Trình ký"))
    (folder / "mapping.toml").write_text('[statuses]\n"Trình ký" = 4\n', encoding="utf-8")
    await intake.look()
    await intake.look()
    async with database.reading() as db:
        assert (await db.execute(sa.select(dossiers.c.status))).scalars().all() == [4]
    assert (folder / "mapping.toml").exists()


async def test_other_files_are_left_alone(intake: Intake, folder: Path) -> None:
    """What is no export stays where it is."""
    (folder / "ghi chú.docx").write_text("x", encoding="utf-8")
    await intake.look()
    await intake.look()
    assert names(folder) == ["ghi chú.docx"]


async def test_each_further_office_has_its_own_folder(database: Database, intake: Intake, folder: Path) -> None:
    """What lies in the folder named by an office's code is that office's, and stays in its folder; the mapping may be shared."""
    await intake.look()
    (folder / "mapping.toml").write_text('[headings]\n"Số HS" = "code"\n', encoding="utf-8")
    sheet(folder, line(1))
    second = sheet(folder / "mau-hai", line(2))
    second.write_text(second.read_text(encoding="utf-8").replace("Mã hồ sơ", "Số HS"), encoding="utf-8")
    await intake.look()
    await intake.look()
    async with database.reading() as db:
        rows = (await db.execute(sa.select(dossiers.c.office).order_by(dossiers.c.office))).scalars().all()
    assert rows == ["mau", "mau-hai"]
    assert {name for name in names(folder) if not name.endswith(".report")} == {
        "done/20261123-090000-h.csv",
        "mapping.toml",
        "mau-hai/done/20261123-090000-h.csv",
    }
