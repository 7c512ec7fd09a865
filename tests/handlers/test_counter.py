"""«Kết quả giải quyết tháng này?»: computed figures with the time of the data, in both languages; none that breaks a sum."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.dossiers.imports import import_file
from bot.store import Database
from tests.bot.dossiers.export import line, sheet
from tests.citizen import Citizen
from tests.conftest import KEY, Clock

DONE = "Đã trả kết quả"
ROWS = (
    line(1, DONE, due="20/11/2026", done="19/11/2026"),
    line(2, DONE, due="20/11/2026", done="21/11/2026", way="Trực tiếp"),
    line(3, DONE, received="02/03/2026", due="05/03/2026", done="05/03/2026"),
    line(4),
)


@pytest.fixture
async def _filled(database: Database, tmp_path: Path, clock: Clock) -> None:
    await import_file(database, "mau", sheet(tmp_path, *ROWS), KEY, clock())


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("words", ["kết quả giải quyết tháng này?", "ket qua giai quyet thang nay", "tỉ lệ giải quyết đúng hạn", "/ketqua"])
async def test_month_and_year(citizen: Citizen, words: str) -> None:
    """Asked in several ways, with and without accents."""
    await citizen.says(words)
    citizen.hears_only(
        "Kết quả giải quyết hồ sơ\n\n"
        "Tháng 11/2026\n"
        "• Tiếp nhận: 3 hồ sơ, trong đó 0 chuyển từ kỳ trước\n"
        "• Đã giải quyết: 2 = 1 trước hạn + 0 đúng hạn + 1 trễ hạn\n"
        "• Trước và đúng hạn: 50,00 %; trễ hạn: 50,00 %\n"
        "• Đang giải quyết: 1 = 1 trong hạn + 0 quá hạn\n"
        "• Nộp trực tuyến: 2 hồ sơ mới, 66,67 %\n\n"
        "Năm 2026\n"
        "• Tiếp nhận: 4 hồ sơ, trong đó 0 chuyển từ kỳ trước\n"
        "• Đã giải quyết: 3 = 1 trước hạn + 1 đúng hạn + 1 trễ hạn\n"
        "• Trước và đúng hạn: 66,67 %; trễ hạn: 33,33 %\n"
        "• Đang giải quyết: 1 = 1 trong hạn + 0 quá hạn\n"
        "• Nộp trực tuyến: 3 hồ sơ mới, 75,00 %\n\n"
        "Số liệu lúc 9:00 ngày 23/11/2026."
    )


async def test_no_figures_yet(citizen: Citizen) -> None:
    """An office without dossiers does not boast of 100 %."""
    await citizen.says("/ketqua")
    citizen.hears_only("Tôi chưa có số liệu hồ sơ nào. Anh/chị hỏi bàn một cửa: 0200 000 0000.")


async def test_a_broken_sum_is_not_shown(citizen: Citizen, database: Database, tmp_path: Path, clock: Clock) -> None:
    """No figure, no code: only that there is something to mend."""
    await import_file(database, "mau", sheet(tmp_path, line(1, DONE), line(2)), KEY, clock())
    await citizen.says("/ketqua")
    citizen.hears("Tháng 11/2026\n• Chưa nêu được số nào.", "Số nào còn hồ sơ thiếu hoặc sai ngày thì tôi chưa nêu")
    citizen.hears_no("Tiếp nhận", "H26")


async def test_nothing_solved_has_no_ratio(citizen: Citizen, database: Database, tmp_path: Path, clock: Clock) -> None:
    """0 of 0 is neither 0 % nor 100 %."""
    await import_file(database, "mau", sheet(tmp_path, line(2)), KEY, clock())
    await citizen.says("/ketqua")
    citizen.hears("Đã giải quyết: 0 = 0 trước hạn")
    citizen.hears_no("Trước và đúng hạn")


@pytest.mark.usefixtures("_filled")
async def test_english(citizen: Citizen) -> None:
    """With English numbers."""
    await citizen.says("/language en")
    await citizen.says("/results")
    citizen.hears("Dossiers received and solved", "Early and on time: 66.67%; late: 33.33%", "As of 9:00 AM on 23 Nov 2026.")


@pytest.mark.usefixtures("_filled")
async def test_counted_once_until_something_changes(citizen: Citizen, database: Database, tmp_path: Path, clock: Clock) -> None:
    """What was counted is told again without counting; a change of the dossiers or of the day is counted anew."""
    async with database.writing() as db:
        await db.execute(sa.text("UPDATE dossiers SET status = NULL, received_at = NULL"))  # behind the back of the store
    await citizen.says("/ketqua")
    citizen.hears("Tháng 11/2026\n• Tiếp nhận: 3 hồ sơ")
    clock.move(days=1)
    await citizen.says("/ketqua")
    citizen.hears("Chưa nêu được số nào.")
    await import_file(database, "mau", sheet(tmp_path, *ROWS, line(5)), KEY, clock())
    await citizen.says("/ketqua")
    citizen.hears("Tháng 11/2026\n• Tiếp nhận: 4 hồ sơ")
