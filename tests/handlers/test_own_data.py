"""«Xoá dữ liệu của tôi»: told in plain words, asked once more, and then gone; figures stay without the chat."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import Database
from bot.store.tables import attempts, conversations, deletions, feedback, inbox, metadata, outcomes, questions, ratings
from tests.citizen import Citizen
from tests.conftest import Clock
from tests.handlers.conftest import CHANNELS, Meet, Shelve
from tests.handlers.test_rating import proves

SECRET = "chuyện riêng của nhà tôi"
DONE = re.compile(
    r"Đã xoá\. Số xác nhận: (XD-261123-[2-9A-HJ-NP-Z]{4})\.\nChỉ còn lại tin này\. Cần hỏi lại, anh/chị gọi 0200 000 0000 và đọc số này\."
)


async def lives(citizen: Citizen, code: str) -> None:
    """Leaves something in every table that knows a chat."""
    await proves(citizen, code)
    await citizen.presses_id(f"fo:{code}")
    await citizen.presses_id("nt:all")
    await citizen.says("/thongbao")
    await citizen.presses("Đăng ký dự đối thoại")
    await citizen.presses("Gửi câu hỏi trước")
    await citizen.says("Bao giờ sửa đường?")
    await citizen.presses("Gửi")
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    await citizen.says(SECRET)
    await citizen.says("/gopy")
    await citizen.says("Sân trơn khi mưa")
    await citizen.presses("Gửi")


async def traces(database: Database, chat: str) -> dict[str, int]:
    """How many rows of each table still name the chat."""
    found = {}
    async with database.reading() as db:
        for name, table in metadata.tables.items():
            if "chat" in table.c:
                found[name] = (await db.execute(sa.select(sa.func.count()).select_from(table).where(table.c.chat == chat))).scalar_one()
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize("channel", CHANNELS)
async def test_told_asked_deleted(meet: Meet, database: Database, shelve: Shelve, channel: str, tmp_path: Path) -> None:
    """Nothing leads to the chat any more but the last word; levels, feedback and questions stay without it."""
    citizen, code = meet(channel, chat="the very chat"), await shelve(4)
    await lives(citizen, code)
    await citizen.says("xoá dữ liệu của tôi")
    citizen.hears(
        "Tôi đang giữ về cuộc trò chuyện này:",
        "tin nhắn và các câu trả lời",
        "• 1 hồ sơ đang theo dõi",
        "• 1 hồ sơ đã mở bằng 4 số",
        "• 1 chủ đề thông báo",
        "• 1 lần đăng ký dự đối thoại",
        "• 1 câu hỏi gửi buổi đối thoại",
        "• 1 lần đánh giá",
        "• 1 góp ý",
    )
    await citizen.presses("Xoá dữ liệu của tôi")
    told = DONE.fullmatch(citizen.heard)
    assert told, citizen.heard
    assert await traces(database, "the very chat") == {"conversations": 1, "inbox": 1, "outbox": 1}
    async with database.reading() as db:
        assert (await db.execute(sa.select(ratings.c.level, ratings.c.comment, ratings.c.dossier))).all() == [(4, "", "")]
        assert (await db.execute(sa.select(feedback.c.text))).scalars().all() == ["Sân trơn khi mưa"]
        assert (await db.execute(sa.select(questions.c.text))).scalars().all() == ["Bao giờ sửa đường?"]
        assert (await db.execute(sa.select(deletions.c.reference))).scalars().all() == [told.group(1)]
        row = (await db.execute(sa.select(conversations))).one()
    assert (row.step, row.data, row.topic) == ("", {}, {})


async def test_the_words_are_gone(citizen: Citizen, database: Database, shelve: Shelve) -> None:
    """No table holds what was said in confidence."""
    await lives(citizen, await shelve(4))
    await citizen.says("/xoadulieu")
    await citizen.presses("Xoá dữ liệu của tôi")
    async with database.reading() as db:
        rows = [str(tuple(row)) for table in metadata.tables.values() for row in await db.execute(sa.select(table))]
    assert rows
    assert not [row for row in rows if SECRET in row]


@pytest.mark.parametrize(
    "words",
    [
        "Xóa dữ liệu của tôi",
        "xoa du lieu cua toi",
        "hãy xoá hết dữ liệu cá nhân của tôi đi",
        "xoá tin nhắn của em",
        "Xóa dữ liệu cá nhân của tôi ở đây giùm",
        "delete my data",
        "Please delete all my data.",
        "bot đang giữ thông tin gì về tôi",
        "/xoadulieu",
        "/mydata",
    ],
)
async def test_said_in_many_ways(citizen: Citizen, words: str) -> None:
    """The wish is understood, and asked about once more."""
    await citizen.says(words)
    citizen.hears("Dữ liệu của anh/chị", "Xoá rồi không lấy lại được.")
    citizen.sees("Xoá dữ liệu của tôi", "Không xoá")


@pytest.mark.parametrize("words", ["xoá thông tin thường trú", "xóa đăng ký thường trú của tôi", "xoá án tích"])
async def test_other_wishes_are_other_questions(citizen: Citizen, words: str) -> None:
    """Papers of the office are another matter."""
    await citizen.says(words)
    citizen.hears_no("Xoá rồi không lấy lại được.")


@pytest.mark.parametrize("no", ["Không xoá", "không", "huỷ"])
async def test_not_deleted(citizen: Citizen, database: Database, no: str) -> None:
    """A no leaves everything where it was."""
    await citizen.says("xin chào")
    before = await traces(database, "citizen")
    await citizen.says("xoá dữ liệu của tôi")
    await citizen.says(no)
    citizen.hears("Đã dừng, không có gì được gửi đi.")
    assert (await traces(database, "citizen"))["inbox"] == before["inbox"] + 2


@pytest.mark.parametrize("yes", ["xoá", "Đồng ý", "ok"])
async def test_deleted_by_words(citizen: Citizen, yes: str) -> None:
    """A yes in words deletes as well as the button."""
    await citizen.says("xoá dữ liệu của tôi")
    await citizen.says(yes)
    assert DONE.fullmatch(citizen.heard)


async def test_another_matter_deletes_nothing(citizen: Citizen) -> None:
    """A question in place of a yes is answered."""
    await citizen.says("xoá dữ liệu của tôi")
    await citizen.says("đăng ký kết hôn cần giấy tờ gì")
    citizen.hears("Đăng ký kết hôn")
    await citizen.presses_id("xd")
    citizen.hears("Nút này đã cũ")


async def test_in_the_middle_of_feedback(citizen: Citizen) -> None:
    """What is written to the office is not taken for a wish to the bot."""
    await citizen.says("/gopy")
    await citizen.says("xoá thông tin của tôi trên bảng tin của xã")
    citizen.hears("Xem lại trước khi gửi")


async def test_others_keep_theirs(meet: Meet, database: Database) -> None:
    """One chat's wish is one chat's."""
    for chat in ("a", "b"):
        await meet(chat=chat).says("/gopy")
    citizen = meet(chat="c")
    await citizen.says("xoá dữ liệu của tôi")
    before = {chat: await traces(database, chat) for chat in "ab"}
    await citizen.presses("Xoá dữ liệu của tôi")
    assert {chat: await traces(database, chat) for chat in "ab"} == before


async def test_the_lock_on_a_second_factor_stays(citizen: Citizen, database: Database, shelve: Shelve) -> None:
    """Deleting does not give new tries at somebody's digits."""
    code = await shelve(4)
    await citizen.presses_id(f"d:{code}")
    for _ in range(5):
        await citizen.says("1234")
    await citizen.says("huỷ")
    await citizen.says("xoá dữ liệu của tôi")
    await citizen.presses("Xoá dữ liệu của tôi")
    await citizen.presses_id(f"d:{code}")
    await citizen.says("0009")
    citizen.hears("Đã có nhiều lần thử sai.")
    async with database.reading() as db:
        assert len((await db.execute(sa.select(attempts.c.id))).all()) == 3
        assert (await db.execute(sa.select(sa.func.count()).select_from(outcomes))).scalar_one() > 5


async def test_what_waits_is_still_answered(citizen: Citizen, database: Database, clock: Clock) -> None:
    """A message that came meanwhile is not lost."""
    await citizen.says("xoá dữ liệu của tôi")
    await citizen.presses("Xoá dữ liệu của tôi")
    await citizen.says("đăng ký kết hôn")
    citizen.hears("Đăng ký kết hôn")
    async with database.reading() as db:
        assert (await db.execute(sa.select(sa.func.count()).select_from(inbox))).scalar_one() == 2
