"""Staff by chat: enrolled by a one-time code, still citizens otherwise, told when they are no longer staff."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from bot.staff.enrolment import Role
from bot.store import Database, staff
from bot.store.tables import inbox
from tests.citizen import Citizen
from tests.conftest import Clock
from tests.handlers.conftest import CHANNELS, Invite, Meet

WRONG = "Mã này không đúng, đã dùng hoặc đã quá hạn. Anh/chị xin cơ quan cấp mã mới."
WELCOME = (
    "Việc của cán bộ\n\nXong. Từ giờ việc mới sẽ được gửi vào đây.\n\n"
    "Cuộc trò chuyện này nhận việc với tên “Tổ một cửa” (cán bộ xử lý).\nAnh/chị vẫn hỏi tôi như người dân được."
)
HELP = "Tôi giúp được gì"
NO_LONGER = "Cuộc trò chuyện này không còn nhận việc của cơ quan, nên nút này không dùng được nữa."


async def names(database: Database) -> list[str]:
    async with database.reading() as db:
        return [member.name for member in await staff.enrolled(db, "mau")]


@pytest.mark.parametrize("channel", [*CHANNELS, "console"])
async def test_enrolled_by_a_code(meet: Meet, invite: Invite, database: Database, channel: str) -> None:
    """A code makes the chat one of the staff's, on every channel; the code is not kept in what the citizen sent."""
    code = await invite("Tổ một cửa")
    clerk = meet(channel)
    await clerk.says(f"/nhanvien {code}")
    clerk.hears(WELCOME)
    clerk.sees("Số liệu hôm nay", "Thôi nhận việc")
    assert await names(database) == ["Tổ một cửa"]
    async with database.reading() as db:
        assert code not in str((await db.execute(sa.select(inbox.c.payload))).all())


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", ""), lambda code: f"  {code} "])
async def test_a_code_however_it_is_typed(citizen: Citizen, invite: Invite, database: Database, typed: object) -> None:
    """Small letters, spaces and a lost dash do not matter."""
    assert callable(typed)
    await citizen.says(f"/nhanvien {typed(await invite('Tổ một cửa'))}")
    assert await names(database) == ["Tổ một cửa"]


async def test_a_code_serves_once(meet: Meet, invite: Invite, database: Database) -> None:
    """The second chat that gives a code is refused."""
    code = await invite("Tổ một cửa")
    await meet(chat="first").says(f"/nhanvien {code}")
    second = meet(chat="second")
    await second.says(f"/nhanvien {code}")
    second.hears_only(WRONG)
    assert await names(database) == ["Tổ một cửa"]


@pytest.mark.parametrize(("hours", "enrolled"), [(47, ["Tổ một cửa"]), (48, [])])
async def test_a_code_lasts_48_hours(citizen: Citizen, invite: Invite, database: Database, clock: Clock, hours: int, enrolled: list[str]) -> None:
    """Up to then it serves, from then on it does not."""
    code = await invite("Tổ một cửa")
    clock.move(hours=hours)
    await citizen.says(f"/nhanvien {code}")
    assert await names(database) == enrolled


async def test_a_withdrawn_invitation(citizen: Citizen, invite: Invite, database: Database, clock: Clock) -> None:
    """A code that the office took back does not serve."""
    code = await invite("Tổ một cửa")
    async with database.writing() as db:
        assert await staff.leave(db, "mau", 1, clock())
    await citizen.says(f"/nhanvien {code}")
    citizen.hears_only(WRONG)


async def test_wrong_codes_are_slowed_and_limited(citizen: Citizen, invite: Invite, database: Database, clock: Clock) -> None:
    """After each wrong code the chat waits longer, and after five within an hour even the right one is not looked at."""
    code = await invite("Tổ một cửa")
    for wait in (10, 20, 40, 80, 160):
        await citizen.says("/nhanvien ABCDE-23456")
        citizen.hears_only(WRONG)
        clock.move(seconds=wait - 1)
        await citizen.says(f"/nhanvien {code}")
        citizen.hears("Mã sai. Xin đợi ")
        clock.move(seconds=1)
    await citizen.says(f"/nhanvien {code}")
    citizen.hears_only("Mã sai. Xin đợi 55 phút rồi thử lại.")
    assert await names(database) == []
    clock.move(hours=1)
    await citizen.says(f"/nhanvien {code}")
    assert await names(database) == ["Tổ một cửa"]


async def test_limits_are_the_chats_own(meet: Meet, invite: Invite, database: Database) -> None:
    """Wrong codes of one chat do not hold up another."""
    code = await invite("Tổ một cửa")
    await meet(chat="guesser").says("/nhanvien 23456-23456")
    await meet(chat="clerk").says(f"/nhanvien {code}")
    assert await names(database) == ["Tổ một cửa"]


async def test_the_menu(citizen: Citizen, invite: Invite) -> None:
    """`/nhanvien` alone shows a clerk the menu, and anybody else how a code is given."""
    await citizen.says("/nhanvien")
    citizen.hears_only("Gửi /nhanvien kèm mã mà cơ quan đã cấp, ví dụ: /nhanvien ABCDE-23456")
    await citizen.says(f"/nhanvien {await invite('Bà Lãnh Đạo', Role.LEADER)}")
    await citizen.says("/staff")
    citizen.hears("nhận việc với tên “Bà Lãnh Đạo” (lãnh đạo)")


async def test_a_clerk_needs_no_second_code(citizen: Citizen, invite: Invite, database: Database, meet: Meet) -> None:
    """A chat that is enrolled uses no further code up."""
    await citizen.says(f"/nhanvien {await invite('Tổ một cửa')}")
    other = await invite("Tổ hộ tịch")
    await citizen.says(f"/nhanvien {other}")
    citizen.hears("với tên “Tổ một cửa”")
    await meet(chat="second").says(f"/nhanvien {other}")
    assert await names(database) == ["Tổ một cửa", "Tổ hộ tịch"]


@pytest.mark.parametrize("command", ["/homnay", "/chuatraloi", "/thoivai", "/today"])
async def test_citizens_do_not_see_the_staffs_commands(citizen: Citizen, command: str) -> None:
    """To a citizen they are commands that are not known."""
    await citizen.says(command)
    citizen.hears(HELP)
    citizen.hears_no("cán bộ", "nhân viên")


@pytest.mark.parametrize("id_", ["s", "s:", "s:today", "s:menu", "s:left", "s:feedback", "s:nonsense"])
async def test_forged_buttons(citizen: Citizen, id_: str) -> None:
    """A button of the staff is an old button to a chat that never was enrolled."""
    await citizen.presses_id(id_)
    citizen.hears("Nút này đã cũ")


async def test_staff_are_citizens_too(citizen: Citizen, invite: Invite) -> None:
    """An enrolled chat asks about procedures as before."""
    await citizen.says(f"/nhanvien {await invite('Tổ một cửa')}")
    await citizen.says("đăng ký kết hôn cần gì")
    citizen.hears("Đăng ký kết hôn")


async def test_leaving(citizen: Citizen, invite: Invite, database: Database) -> None:
    """`/thoivai` asks first; staying changes nothing, leaving ends it, and the buttons of before say so."""
    await citizen.says(f"/nhanvien {await invite('Tổ một cửa')}")
    await citizen.says("/thoivai")
    citizen.hears_only("Thôi nhận việc với tên “Tổ một cửa” ở đây? Muốn nhận lại phải có mã mới.")
    await citizen.presses("Ở lại")
    assert await names(database) == ["Tổ một cửa"]
    await citizen.says("/thoivai")
    await citizen.presses("Thôi nhận việc")
    citizen.hears_only("Đã thôi. Tôi không gửi việc vào đây nữa; phần việc đã ghi vẫn mang tên “Tổ một cửa”.")
    assert await names(database) == []
    await citizen.presses_id("s:today")
    citizen.hears_only(NO_LONGER)
    await citizen.says("/homnay")
    citizen.hears(HELP)


async def test_removed_by_the_office(citizen: Citizen, invite: Invite, database: Database, clock: Clock) -> None:
    """Whoever was removed is told so by the old buttons, and can be enrolled anew under another name."""
    await citizen.says(f"/nhanvien {await invite('Tổ một cửa')}")
    async with database.writing() as db:
        assert await staff.leave(db, "mau", 1, clock())
    await citizen.presses_id("s:unanswered")
    citizen.hears_only(NO_LONGER)
    await citizen.says(f"/nhanvien {await invite('Tổ hộ tịch')}")
    assert await names(database) == ["Tổ hộ tịch"]


async def test_english(citizen: Citizen, invite: Invite) -> None:
    """A clerk who speaks English to the bot is answered in English."""
    await citizen.says("/language en")
    await citizen.says(f"/staff {await invite('Tổ một cửa')}")
    citizen.hears("Tổ một cửa")
    assert not re.search(r"[ăđơưạếộ]", citizen.heard.replace("Tổ một cửa", ""))
