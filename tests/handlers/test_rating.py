"""Satisfaction: five levels by one choice, reasons, a comment; changed within a week, tied to a dossier."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from bot.store import Database
from bot.store.tables import ratings
from tests.citizen import Citizen
from tests.conftest import Clock
from tests.handlers.conftest import CHANNELS, Meet, Shelve

LEVELS = {"Rất hài lòng": 5, "Hài lòng": 4, "Bình thường": 3, "Không hài lòng": 2, "Rất không hài lòng": 1}
GOOD = ("Cán bộ nhiệt tình", "Nhanh, đúng hẹn", "Hướng dẫn rõ ràng", "Nơi tiếp dân sạch, thuận tiện")
BAD = ("Thái độ chưa tốt", "Phải chờ lâu", "Trễ hẹn", "Hướng dẫn chưa rõ", "Đi lại nhiều lần")


async def proves(citizen: Citizen, code: str) -> None:
    """Shows by its four digits that the dossier is the citizen's own."""
    await citizen.presses_id(f"d:{code}")
    await citizen.says("0009")
    citizen.hears("Hồ sơ ")


async def kept(database: Database) -> list[tuple[Any, ...]]:
    """Level, reasons, comment and dossier of every rating."""
    query = sa.select(ratings.c.level, ratings.c.reasons, ratings.c.comment, ratings.c.dossier).order_by(ratings.c.id)
    async with database.reading() as db:
        return [tuple(row) for row in await db.execute(query)]


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("level", LEVELS)
async def test_five_levels(meet: Meet, database: Database, channel: str, level: str) -> None:
    """One choice is a rating; the reasons offered fit the level."""
    citizen = meet(channel)
    await citizen.says("/danhgia")
    citizen.hears("Anh/chị thấy việc phục vụ ở bàn một cửa thế nào?")
    await citizen.presses(level)
    citizen.hears(f"Đã ghi: {level}. Cảm ơn anh/chị!\nAnh/chị có thể chọn lý do, viết thêm vài lời, hoặc bấm Xong.")
    citizen.sees(*(GOOD if LEVELS[level] > 3 else BAD), "Trả lời thêm 4 câu ngắn", "Xong")
    assert await kept(database) == [(LEVELS[level], [], "", "")]


@pytest.mark.parametrize("words", ["rất hài lòng", "Rat hai long", "RẤT HÀI LÒNG."])
async def test_level_in_words(citizen: Citizen, database: Database, words: str) -> None:
    """A level can be typed."""
    await citizen.says("/danhgia")
    await citizen.says(words)
    assert await kept(database) == [(5, [], "", "")]


async def test_reasons_are_toggled(citizen: Citizen, database: Database) -> None:
    """A reason is chosen by one press and taken back by the next."""
    await citizen.says("/danhgia")
    await citizen.presses("Không hài lòng")
    await citizen.presses("Phải chờ lâu")
    await citizen.presses("Trễ hẹn")
    citizen.sees("✓ Phải chờ lâu", "✓ Trễ hẹn", "Thái độ chưa tốt")
    assert await kept(database) == [(2, ["slow", "late"], "", "")]
    await citizen.presses("✓ Phải chờ lâu")
    citizen.sees("Phải chờ lâu", "✓ Trễ hẹn")
    assert await kept(database) == [(2, ["late"], "", "")]
    await citizen.presses("Xong")
    citizen.hears_only("Cảm ơn anh/chị. Trong 7 ngày anh/chị có thể đổi đánh giá bằng cách đánh giá lại.")
    citizen.sees("Gửi góp ý")


async def test_comment(citizen: Citizen, database: Database) -> None:
    """Words after the level are a comment."""
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    await citizen.says("cô ở quầy số 2 chỉ dẫn tận tình")
    citizen.hears_only("Tôi đã ghi thêm lời của anh/chị. Cảm ơn anh/chị đã giúp bàn một cửa phục vụ tốt hơn.")
    assert await kept(database) == [(4, [], "cô ở quầy số 2 chỉ dẫn tận tình", "")]


async def test_long_comment(citizen: Citizen, database: Database) -> None:
    """Of a very long comment the first 2,000 characters are kept."""
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    await citizen.says("tốt " * 2500)
    assert len((await kept(database))[0][2]) == 2000


@pytest.mark.parametrize("question", ["đăng ký kết hôn cần giấy tờ gì?", "H26.145-261110-0009"])
async def test_a_question_is_no_comment(citizen: Citizen, database: Database, shelve: Shelve, question: str) -> None:
    """A question or a code after a rating is answered, not swallowed as a comment."""
    await shelve()
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    await citizen.says(question)
    citizen.hears_no("Tôi đã ghi thêm lời")
    assert await kept(database) == [(4, [], "", "")]


async def test_no_comment_long_after(citizen: Citizen, database: Database, clock: Clock) -> None:
    """What is said an hour after a rating is not taken for a comment on it."""
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    clock.move(hours=1)
    await citizen.says("đăng ký kết hôn")
    citizen.hears("Đăng ký kết hôn")
    assert await kept(database) == [(4, [], "", "")]


async def test_changed_within_a_week(citizen: Citizen, database: Database, clock: Clock) -> None:
    """Within seven days a second rating changes the first; the reasons of another level are not kept."""
    await citizen.says("/danhgia")
    await citizen.presses("Rất không hài lòng")
    await citizen.presses("Trễ hẹn")
    clock.move(days=6, hours=23)
    await citizen.says("/danhgia")
    citizen.hears("Anh/chị đã chọn “Rất không hài lòng”. Trong 7 ngày anh/chị có thể chọn lại:")
    await citizen.presses("Hài lòng")
    assert await kept(database) == [(4, [], "", "")]


async def test_not_changed_after_a_week(citizen: Citizen, database: Database, clock: Clock) -> None:
    """After seven days a rating stands, and another is a new one."""
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    clock.move(days=7)
    await citizen.says("/danhgia")
    citizen.hears("Anh/chị thấy việc phục vụ ở bàn một cửa thế nào?")
    await citizen.presses("Bình thường")
    assert [row[0] for row in await kept(database)] == [4, 3]


async def test_each_chat_rates_for_itself(meet: Meet, database: Database) -> None:
    """Two citizens' ratings do not change one another."""
    for chat, level in (("a", "Hài lòng"), ("b", "Bình thường")):
        citizen = meet(chat=chat)
        await citizen.says("/danhgia")
        await citizen.presses(level)
    assert [row[0] for row in await kept(database)] == [4, 3]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_of_a_dossier(meet: Meet, database: Database, shelve: Shelve, channel: str) -> None:
    """A dossier whose result was handed over is rated by its own button; a rating of the service stays apart."""
    code, citizen = await shelve(10), meet(channel)
    await proves(citizen, code)
    await citizen.presses("Đánh giá phục vụ")
    citizen.hears(f"Đánh giá hồ sơ {code}")
    await citizen.presses("Không hài lòng")
    await citizen.presses("Trễ hẹn")
    await citizen.says("hẹn ba lần mới xong")
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    assert await kept(database) == [(2, ["late"], "hẹn ba lần mới xong", code), (4, [], "", "")]


@pytest.mark.parametrize("id_", ["r:{}", "rl:5:{}", "rw:{}"])
async def test_of_a_dossier_that_was_not_theirs(citizen: Citizen, database: Database, shelve: Shelve, id_: str) -> None:
    """Whether a dossier is handed over, under way or not there at all, the same words ask for its four digits; nothing is rated."""
    await shelve(10)
    await shelve(4, code="H26.145-261110-0010")
    heard = set()
    for code in ("H26.145-261110-0009", "H26.145-261110-0010", "H26.145-261110-7777"):
        await citizen.presses_id(id_.format(code))
        heard.add(citizen.heard.replace(code, "…"))
    assert len(heard) == 1
    assert ("4 số cuối" in heard.pop()) == (id_ != "rw:{}")
    assert await kept(database) == []


@pytest.mark.parametrize("id_", ["r:{}", "rl:5:{}", "rw:{}"])
@pytest.mark.parametrize(
    "code", ["H26.145-261110-0009", "không phải mã", "@quay-1.261101", "@quay-1.261124", "@quay-9.261123", "@quay-1", "@", "@.261123"]
)
async def test_of_what_is_not_to_be_rated(citizen: Citizen, database: Database, shelve: Shelve, id_: str, code: str) -> None:
    """A dossier of one's own that is under way, a visit of another day, a desk that is not there: an outdated button."""
    await proves(citizen, await shelve(4))
    await citizen.presses_id(id_.format(code))
    citizen.hears("Nút này đã cũ")
    assert await kept(database) == []


@pytest.mark.parametrize("id_", ["rl", "rl:", "rl:0", "rl:6", "rl:-1", "rl:²", "rl:99999999999999999999", "rr:slow", "rr:fast"])
async def test_forged_levels_and_reasons(citizen: Citizen, database: Database, id_: str) -> None:
    """A level that does not exist, or a reason without a rating, is an outdated button."""
    await citizen.presses_id(id_)
    citizen.hears("Nút này đã cũ")
    assert await kept(database) == []


async def test_reason_of_another_level(citizen: Citizen, database: Database) -> None:
    """A reason to be content is not added to a bad level."""
    await citizen.says("/danhgia")
    await citizen.presses("Rất không hài lòng")
    await citizen.presses_id("rr:fast")
    citizen.hears("Nút này đã cũ")
    assert await kept(database) == [(1, [], "", "")]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_later(meet: Meet, database: Database, channel: str) -> None:
    """«Để sau» stores nothing."""
    citizen = meet(channel)
    await citizen.says("/danhgia")
    await citizen.presses("Để sau")
    citizen.hears("Vâng, khi cần anh/chị cứ hỏi.")
    assert await kept(database) == []


async def test_leaving_keeps_the_level(citizen: Citizen, database: Database) -> None:
    """«Huỷ» after the level was chosen keeps the level, and says so."""
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    await citizen.says("huỷ")
    citizen.hears_only("Vâng, đánh giá anh/chị đã chọn vẫn được giữ.")
    assert await kept(database) == [(4, [], "", "")]


async def test_english(citizen: Citizen) -> None:
    """In English the levels and reasons are English."""
    await citizen.says("/language en")
    await citizen.says("/rate")
    citizen.sees("Very satisfied", "Satisfied", "Neutral", "Dissatisfied", "Very dissatisfied")
    await citizen.presses("Dissatisfied")
    citizen.hears_no("Đã ghi", "Anh/chị")
