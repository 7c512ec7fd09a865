"""A Telegram group of the staff: commands, buttons and replies to the bot, each person in a conversation of their own; else silence."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.chat import Chat, Incoming, Kind
from bot.petitions.rules import Rules
from bot.petitions.steps import Draft
from bot.staff import news
from bot.store import Database, petitions, staff
from bot.store.tables import inbox
from bot.turn import Library
from tests.citizen import Citizen
from tests.conftest import KEY, Clock
from tests.handlers.conftest import Invite, Meet

CODE = "PAKN-261123-0001"
GROUP = "-1007"


@pytest.fixture
def lan(meet: Meet) -> Citizen:
    return meet("telegram", chat=f"{GROUP}:1", group=GROUP, sender="Lan")


@pytest.fixture
def hoa(meet: Meet) -> Citizen:
    return meet("telegram", chat=f"{GROUP}:2", group=GROUP, sender="Hoa")


@pytest.fixture
def wall(meet: Meet) -> Citizen:
    """What comes to the group unasked."""
    return meet("telegram", chat=GROUP)


@pytest.fixture
async def enrolled(lan: Citizen, invite: Invite) -> None:
    await lan.says(f"/nhanvien@motcua_bot {await invite('Tổ một cửa')}")
    lan.hears("Xong. Từ giờ việc mới sẽ được gửi vào đây.", "Trong nhóm tôi chỉ đọc lệnh, nút bấm và tin trả lời (reply) tin của tôi.")


@pytest.fixture
async def sent(enrolled: None, database: Database, library: Library, clock: Clock) -> None:
    async with database.writing() as db:
        draft = Draft("Đèn đường hỏng ở ngõ 5")
        await petitions.receive(db, KEY, Chat("mau", "web", "sender"), draft, Rules(), library.calendar, clock())
    await news.deliver(database, "mau", KEY, clock())


@pytest.mark.parametrize("words", ["/start", "/homnay", "/viec", "/hoso", "xin chào", "đăng ký kết hôn", "huỷ", "H26.145-261110-0001", ""])
async def test_silent_in_a_foreign_group(lan: Citizen, database: Database, words: str) -> None:
    """A group that is not enrolled hears nothing, and nothing that was written there is kept."""
    await lan.says(words)
    assert lan.reply == []
    async with database.reading() as db:
        assert not words or words not in str((await db.execute(sa.select(inbox.c.payload))).scalar_one()["text"])


async def test_a_button_in_a_foreign_group(lan: Citizen) -> None:
    """No button does anything there, of citizens or of staff."""
    for id_ in ("fields", "g:gop-y", f"s:take:{CODE}", "cancel"):
        await lan.presses_id(id_)
        assert lan.reply == []


@pytest.mark.usefixtures("enrolled")
@pytest.mark.parametrize("words", ["xin chào", "đăng ký kết hôn cần gì", "H26.145-261110-0001", "1", "?"])
async def test_talk_among_the_staff(lan: Citizen, words: str) -> None:
    """What people say to each other in a staff group is not answered, and no citizen's dialogue begins."""
    await lan.says(words)
    assert lan.reply == []
    for id_ in ("fields", "g:gop-y"):
        await lan.presses_id(id_)
        assert lan.reply == []


@pytest.mark.usefixtures("enrolled")
@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.STICKER, Kind.START, Kind.VOICE])
async def test_what_is_no_text(lan: Citizen, kind: Kind) -> None:
    """A photo or a sticker in the group is theirs."""
    await lan.sends(kind)
    assert lan.reply == []


@pytest.mark.usefixtures("enrolled")
async def test_commands(lan: Citizen, hoa: Citizen) -> None:
    """Everybody in the group has the staff's commands; one that is none of them shows the menu."""
    await hoa.says("/homnay@motcua_bot")
    hoa.hears("Số liệu cho cán bộ")
    await lan.says("/hoso")
    lan.hears("nhận việc với tên “Tổ một cửa”")


@pytest.mark.usefixtures("sent")
async def test_who_pressed_is_recorded(lan: Citizen, hoa: Citizen, wall: Citizen, database: Database) -> None:
    """The news stand in the group once; who takes it is named with the group, and the next one hears the name."""
    await wall.looks()
    wall.hears("“Đèn đường hỏng ở ngõ 5”")
    await lan.presses_id(f"s:take:{CODE}")
    lan.hears("Hiện: Tổ một cửa (Lan) đang xử lý")
    await hoa.presses_id(f"s:take:{CODE}")
    hoa.hears("Chưa làm gì thêm, vì phản ánh này đã đổi: Tổ một cửa (Lan) đang xử lý.")
    async with database.reading() as db:
        assert [e.by for e in await petitions.events_of(db, 1)] == ["", "Tổ một cửa (Lan)"]


@pytest.mark.usefixtures("sent")
async def test_two_write_at_the_same_time(lan: Citizen, hoa: Citizen, database: Database) -> None:
    """Each person has a conversation of their own: words of one do not end in the answer of another."""
    await lan.presses_id(f"s:answer:{CODE}")
    lan.hears("Trong nhóm: trả lời (reply) chính tin này.")
    await hoa.says("Mình ăn trưa đây")
    assert hoa.reply == []
    await hoa.presses_id(f"s:ask:{CODE}")
    await lan.says("Cháy bóng, mai thay.")
    lan.hears("“Cháy bóng, mai thay.”")
    await lan.presses("Gửi")
    await hoa.says("Cột số mấy?")
    await hoa.presses("Gửi")
    hoa.hears("Tổ một cửa (Lan) đã trả lời")
    async with database.reading() as db:
        assert [(str(e.step), e.words) for e in await petitions.events_of(db, 1)][1:] == [("answered", "Cháy bóng, mai thay.")]


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("words", ["huỷ", "/huy"])
async def test_left_by_cancelling(lan: Citizen, words: str) -> None:
    """«Huỷ» leaves what was begun, with the staff's menu and none of the citizens'."""
    await lan.presses_id(f"s:answer:{CODE}")
    await lan.says(words)
    lan.hears_only("Đã dừng, không có gì được gửi đi.")
    assert "Danh sách thủ tục" not in lan.labels


@pytest.mark.usefixtures("sent")
async def test_a_removed_group(lan: Citizen, database: Database, clock: Clock) -> None:
    """Its buttons say so, its commands are silent."""
    async with database.writing() as db:
        await staff.leave(db, "mau", 1, clock())
    await lan.presses_id(f"s:take:{CODE}")
    lan.hears("Cuộc trò chuyện này không còn nhận việc của cơ quan")
    await lan.says("/viec")
    assert lan.reply == []


@pytest.mark.usefixtures("enrolled")
async def test_a_group_that_moves(lan: Citizen, database: Database) -> None:
    """When Telegram gives the group another key it stays enrolled."""
    moved = Incoming("telegram", lan.chat, "moved", Kind.MOVED, "-1009", group=GROUP)
    await lan.dispatch.accept(moved)
    await lan.dispatch.settle()
    async with database.reading() as db:
        assert [m.chat.key for m in await staff.enrolled(db, "mau")] == ["-1009"]


async def test_a_citizen_cannot_move_a_group(citizen: Citizen, enrolled: None, database: Database) -> None:
    """Outside the group nothing moves it."""
    await citizen.sends(Kind.MOVED)
    async with database.reading() as db:
        assert [m.chat.key for m in await staff.enrolled(db, "mau")] == [GROUP]
