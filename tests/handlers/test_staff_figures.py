"""Figures for the staff: today, this month, what waits, the unanswered, the feedback."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.chat import Chat
from bot.petitions.rules import Rules
from bot.petitions.steps import Draft
from bot.store import Database, figures, petitions, road, voices
from bot.store.figures import Counted
from bot.turn import Library
from tests.citizen import Citizen
from tests.conftest import KEY, NOW, Clock
from tests.handlers.conftest import Invite, Shelve

CHAT = Chat("mau", "web", "someone")
EMPTY = (
    "Số liệu cho cán bộ\n\n"
    "Hôm nay, thứ Hai 23/11/2026\n• Câu hỏi: 0 trả lời, 0 hỏi lại, 0 chưa biết\n• Đánh giá: 0 lượt\n• Phản ánh mới: 0\n• Góp ý: 0\n\n"
    "Tháng 11/2026\n• Câu hỏi: 0 trả lời, 0 hỏi lại, 0 chưa biết\n• Đánh giá: 0 lượt\n• Phản ánh mới: 0\n• Góp ý: 0\n\n"
    "Đang chờ\n• Phản ánh đang mở: 0, quá hạn 0\n\nĐánh giá qua trò chuyện là ý kiến tự nguyện, không phải chỉ số hài lòng chính thức."
)


@pytest.fixture
async def clerk(citizen: Citizen, invite: Invite) -> Citizen:
    await citizen.says(f"/nhanvien {await invite('Chị Lan')}")
    return citizen


async def test_nothing_yet(clerk: Citizen) -> None:
    """An empty day is told as one."""
    await clerk.says("/homnay")
    clerk.hears_only(EMPTY)


async def test_today_and_this_month(clerk: Citizen, database: Database, library: Library, shelve: Shelve) -> None:
    """Each figure counts what happened in its span; other days, months and offices are not in it."""
    yesterday, before = NOW - dt.timedelta(days=1), NOW - dt.timedelta(days=30)
    async with database.writing() as db:
        for outcome, when in (("answer", NOW), ("answer", yesterday), ("choose", NOW), ("unknown", yesterday), ("answer", before)):
            await figures.count(db, CHAT, Counted(outcome), when)
        await figures.count(db, Chat("khac", "web", "x"), Counted("answer"), NOW)
        for n, level in enumerate((5, 5, 4, 3, 1)):
            await voices.rate(db, Chat("mau", "web", f"r{n}"), "", level, NOW if n else yesterday)
        await voices.keep_feedback(db, CHAT, "GY-1", "Sân trơn", NOW)
        await road.keep_malformed(db, "telegram", "{}", NOW)
        for when, text in ((NOW, "Đèn hỏng ở ngõ 5"), (NOW - dt.timedelta(days=60), "Rác tràn ở chợ Mẫu")):
            await petitions.receive(db, KEY, CHAT, Draft(text), Rules(), library.calendar, when)
    await shelve(due_at=NOW - dt.timedelta(days=3))
    await clerk.says("/homnay")
    assert clerk.heard.split("\n\n")[1:4] == [
        "Hôm nay, thứ Hai 23/11/2026\n• Câu hỏi: 1 trả lời, 1 hỏi lại, 0 chưa biết\n• Đánh giá: 4 lượt (dưới 5 lượt nên chưa nêu mức)\n"
        "• Phản ánh mới: 1\n• Góp ý: 1\n• Tin mà kênh gửi đến không đọc được: 1",
        "Tháng 11/2026\n• Câu hỏi: 2 trả lời, 1 hỏi lại, 1 chưa biết\n• Đánh giá: 5 lượt, 60,00 % hài lòng trở lên\n"
        "• Phản ánh mới: 1\n• Góp ý: 1\n• Tin mà kênh gửi đến không đọc được: 1",
        "Đang chờ\n• Phản ánh đang mở: 2, quá hạn 1\n• Hồ sơ quá hạn: 1 (số liệu lúc 9:00 ngày 23/11/2026)",
    ]


async def test_unanswered(clerk: Citizen, database: Database, clock: Clock) -> None:
    """`/chuatraloi`: the last seven days, like questions together, without personal data."""
    await clerk.says("/chuatraloi")
    clerk.hears_only("Câu chưa trả lời được trong 7 ngày\n\nBảy ngày qua không có câu nào tôi chưa trả lời được.")
    async with database.writing() as db:
        for days, question in ((1, "làm hộ chiếu ở đâu, số 0900 000 001"), (2, "lam ho chieu"), (3, "cấp bằng lái xe"), (8, "đổi tiền rách")):
            await figures.keep_unanswered(db, "mau", question, clock() - dt.timedelta(days=days))
    await clerk.presses_id("s:unanswered")
    clerk.hears("(2×)", "• cấp bằng lái xe", "Số và tên riêng đã được che.")
    clerk.hears_no("0900", "đổi tiền rách")


async def test_feedback(clerk: Citizen, database: Database, clock: Clock) -> None:
    """The newest five with their references, long ones cut; who wrote them is not shown."""
    await clerk.presses_id("s:feedback")
    clerk.hears_only("Góp ý mới nhất\n\nChưa có góp ý nào.")
    async with database.writing() as db:
        for n in range(6):
            await voices.keep_feedback(db, CHAT, f"GY-{n}", f"Góp ý {n} {'dài ' * 100 * (n == 5)}", clock())
    await clerk.presses_id("s:feedback")
    clerk.hears("GY-5, 23/11/2026\n“Góp ý 5 dài", "…”", "GY-1")
    clerk.hears_no("GY-0", "someone")
    assert clerk.heard.index("GY-5") < clerk.heard.index("GY-4")
