"""Whether an answer was right: asked sparingly, heard with a comment, put before the staff without personal data."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

import handlers
from bot.dispatch import Bench, Dispatch
from bot.store import Database
from bot.store.tables import unanswered
from bot.turn import Library
from tests.citizen import Citizen
from tests.conftest import KEY, Clock

ASKED = "Câu trả lời này có đúng không?"
FIRST, SECOND = "đăng ký khai sinh", "đăng ký kết hôn cần giấy tờ gì, tôi tên Nguyễn Văn Mẫu, số 0900000001"


def somebody(database: Database, library: Library, clock: Clock, share: float = 1.0, **more: Any) -> Citizen:
    return Citizen(Dispatch(Bench(database, lambda: library, handlers.route, clock, KEY, ask_share=share)), database, **more)


@pytest.fixture
def citizen(database: Database, library: Library, clock: Clock) -> Citizen:
    """Somebody who may be asked under every answer."""
    return somebody(database, library, clock)


async def kept(database: Database) -> list[tuple[Any, ...]]:
    u = unanswered.c
    async with database.reading() as db:
        return [tuple(row) for row in await db.execute(sa.select(u.text, u.kind, u.procedures, u.comment).order_by(u.id))]


async def test_once_a_day_and_not_in_the_first_turn(citizen: Citizen, clock: Clock) -> None:
    """The second answer of a day is asked about, no other; the next day again."""
    asked = []
    for words, hours in ((FIRST, 0), (SECOND, 0), (FIRST, 0), (SECOND, 24), (FIRST, 0)):
        clock.move(hours=hours)
        await citizen.says(words)
        asked.append(ASKED in citizen.heard)
    assert asked == [False, True, False, True, False]


@pytest.mark.parametrize("channel", ["zalo_bot", "zalo_oa", "console"])
async def test_not_where_buttons_run_short(database: Database, library: Library, clock: Clock, channel: str) -> None:
    """No answer becomes a numbered list for the sake of the question."""
    citizen = somebody(database, library, clock, channel=channel)
    for words in (FIRST, SECOND):
        await citizen.says(words)
        citizen.hears_no(ASKED)


@pytest.mark.parametrize("words", ["xyz tuv", "xin chào", "giờ làm việc", "/danhgia"])
async def test_only_under_an_answer(citizen: Citizen, words: str) -> None:
    """Neither a question back, nor small talk, nor what was not understood is asked about."""
    await citizen.says(FIRST)
    await citizen.says(words)
    citizen.hears_no(ASKED)


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.2, 20, 60)])
async def test_the_share(database: Database, library: Library, clock: Clock, share: float, least: int, most: int) -> None:
    """Of two hundred chats about so many are asked as the setting says; none where it is 0."""
    asked = 0
    for n in range(200):
        citizen = somebody(database, library, clock, share, chat=f"c{n}")
        await citizen.presses_id("p:1.001193")
        await citizen.says("đăng ký kết hôn")
        asked += ASKED in citizen.heard
    assert least <= asked <= most


async def test_right(citizen: Citizen, database: Database) -> None:
    """Thanks, and nothing for the staff."""
    await citizen.says(FIRST)
    await citizen.says(SECOND)
    await citizen.presses("Đúng")
    citizen.hears_only("Cảm ơn anh/chị. Anh/chị cứ hỏi tiếp nhé.")
    assert await kept(database) == []


async def test_wrong_with_a_comment(citizen: Citizen, database: Database) -> None:
    """The question joins the unanswered ones as a wrong answer, without name and number, and so does the comment."""
    await citizen.says(FIRST)
    await citizen.says(SECOND)
    await citizen.presses("Chưa đúng")
    citizen.hears("Cảm ơn anh/chị đã báo.", "0200 000 0000")
    await citizen.says("thiếu giấy xác nhận, gọi tôi 0900000001")
    citizen.hears_only("Tôi đã ghi thêm lời của anh/chị. Cảm ơn anh/chị.")
    ((text, kind, procedures, comment),) = await kept(database)
    assert (kind, procedures, comment) == ("wrong", "1.000894", "thiếu giấy xác nhận, gọi tôi …")
    assert text.startswith("đăng ký kết hôn cần giấy tờ gì")
    assert "Mẫu" not in text
    assert "0900000001" not in text


async def test_wrong_without_a_comment(citizen: Citizen, database: Database) -> None:
    """«Thôi» says that the question was passed on all the same."""
    await citizen.says(FIRST)
    await citizen.says("đăng ký kết hôn")
    await citizen.says("chưa đúng")
    await citizen.presses("Thôi")
    citizen.hears("Vâng, tôi vẫn chuyển câu hỏi cho cán bộ xem lại.")
    assert await kept(database) == [("đăng ký kết hôn", "wrong", "1.000894", "")]


async def test_the_next_question_is_no_comment(citizen: Citizen, database: Database) -> None:
    """Whoever goes on asking is answered."""
    await citizen.says(FIRST)
    await citizen.says("đăng ký kết hôn")
    await citizen.presses("Chưa đúng")
    await citizen.says("khai tử cần giấy tờ gì?")
    citizen.hears("khai tử")
    assert [row[3] for row in await kept(database)] == [""]


@pytest.mark.parametrize("id_", ["v", "v:", "v:1", "v:2:261123", "v:0:261122", "v:0:x", "v:1:261123:x"])
async def test_forged_verdicts(citizen: Citizen, database: Database, id_: str) -> None:
    """A verdict on what was not asked is an outdated button."""
    await citizen.presses_id(id_)
    citizen.hears("Nút này đã cũ")
    assert await kept(database) == []


async def test_the_first_verdict_counts(citizen: Citizen, database: Database) -> None:
    """A second press, of either button, changes nothing."""
    await citizen.says(FIRST)
    await citizen.says("đăng ký kết hôn")
    await citizen.presses("Chưa đúng")
    for id_ in ("v:0:261123", "v:1:261123"):
        await citizen.presses_id(id_)
        citizen.hears("Nút này đã cũ")
    assert len(await kept(database)) == 1
