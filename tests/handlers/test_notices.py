"""Notices: read, told once to who wants them, dialogues signed up to and asked questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

import handlers
from bot.announcing import announce
from bot.chat import Chat
from bot.dispatch import Bench, Dispatch
from bot.settings import ZONE
from bot.store import Database, notices
from bot.store.tables import outbox, questions
from bot.turn import Library
from knowledge.model import Knowledge, Notice
from tests.citizen import Citizen
from tests.conftest import KEY, NOW, Clock
from tests.handlers.conftest import CHANNELS, Meet

DAY = dt.timedelta(days=1)
TITLE = "Đối thoại với người dân quý IV năm 2026"


def notice(title: str, first: int, subject: str = "", **more: object) -> Notice:
    """A notice of November from one day on."""
    return Notice(title, f"Nội dung {title}.", dt.date(2026, 11, first), dt.date(2026, 12, 30), subject, **more)  # type: ignore[arg-type]


def knowing(library: Library, *found: Notice) -> Knowledge:
    return replace(library.knowledge, notices=found)


async def subscribe(database: Database, *subjects: str, chat: str = "citizen", channel: str = "web") -> None:
    async with database.writing() as db:
        for subject in subjects:
            await notices.subscribe(db, Chat("mau", channel, chat), subject, [], NOW)


async def told(database: Database) -> list[tuple[str, str]]:
    async with database.reading() as db:
        rows = await db.execute(sa.select(outbox.c.chat, outbox.c.payload).where(outbox.c.inbox_id.is_(None)).order_by(outbox.c.id))
        return [(row.chat, row.payload["text"].splitlines()[0]) for row in rows]


# --- dialogues with citizens ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("words", ["/thongbao", "có thông báo gì mới?", "Bao giờ chủ tịch xã đối thoại với dân?"])
async def test_the_plan_of_dialogues(meet: Meet, channel: str, words: str) -> None:
    """When, where and what about, with the ways to take part."""
    citizen = meet(channel)
    await citizen.says(words)
    citizen.hears(f"{TITLE}\nLúc 8:00 thứ Năm 10/12/2026, tại hội trường xã Mẫu.\nLãnh đạo xã Mẫu đối thoại với người dân")
    citizen.sees("Đăng ký dự đối thoại", "Gửi câu hỏi trước", "Nhận thông báo mới", "Gửi góp ý")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_signed_up_and_away(meet: Meet, database: Database, channel: str) -> None:
    """One tap, no name; taken back by one tap."""
    citizen = meet(channel)
    await citizen.says("/thongbao")
    await citizen.presses("Đăng ký dự đối thoại")
    citizen.hears("Đã đăng ký. Hẹn gặp anh/chị lúc 8:00 thứ Năm 10/12/2026. Nơi họp: hội trường xã Mẫu.")
    async with database.reading() as db:
        assert [row async for row in notices.for_dialogues(db)] == [(TITLE, "1 người đăng ký dự", None, "")]
    await citizen.says("/thongbao")
    await citizen.presses("Thôi dự đối thoại")
    citizen.hears("Đã huỷ đăng ký dự.")
    async with database.reading() as db:
        assert [row async for row in notices.for_dialogues(db)] == []


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("yes", ["Gửi", "ok"])
async def test_a_question_beforehand(meet: Meet, database: Database, channel: str, yes: str) -> None:
    """Shown before it is sent, kept for the export, without who it was."""
    citizen = meet(channel)
    await citizen.says("/thongbao")
    await citizen.presses("Gửi câu hỏi trước")
    citizen.hears("Anh/chị viết câu hỏi vào đây")
    await citizen.says("Bao giờ sửa đường?")
    citizen.hears("Xem lại trước khi gửi\n\n“Bao giờ sửa đường?”\n\nLãnh đạo và cán bộ sẽ đọc đúng như trên")
    await citizen.presses("Viết lại")
    await citizen.says("Bao giờ sửa đường vào thôn Mẫu?")
    await (citizen.presses(yes) if yes == "Gửi" else citizen.says(yes))
    citizen.hears("Đã gửi câu hỏi.")
    async with database.reading() as db:
        assert [row async for row in notices.for_dialogues(db)] == [(TITLE, "Bao giờ sửa đường vào thôn Mẫu?", NOW, channel)]


@pytest.mark.parametrize("no", ["Thôi", "huỷ", "không"])
async def test_a_question_not_sent(citizen: Citizen, database: Database, no: str) -> None:
    """What was not sent is not kept."""
    await citizen.says("/thongbao")
    await citizen.presses("Gửi câu hỏi trước")
    await citizen.says("Bao giờ sửa đường?")
    await citizen.says(no)
    citizen.hears("Đã dừng, không có gì được gửi đi.")
    async with database.reading() as db:
        assert (await db.execute(sa.select(questions.c.id))).all() == []


async def test_at_most_five_questions(citizen: Citizen, database: Database) -> None:
    """One person does not fill the plan."""
    for n in range(6):
        await citizen.says("/thongbao")
        await citizen.presses("Gửi câu hỏi trước")
        if n == 5:
            citizen.hears_only("Anh/chị đã gửi 5 câu hỏi cho buổi này, nhiều nhất có thể. Xin hỏi thêm tại buổi đối thoại.")
            break
        await citizen.says(f"Câu hỏi {n}?")
        await citizen.presses("Gửi")
    async with database.reading() as db:
        assert len((await db.execute(sa.select(questions.c.id))).all()) == 5


async def test_a_long_question(citizen: Citizen) -> None:
    """Of a very long one the first thousand characters are kept, and that is said."""
    await citizen.says("/thongbao")
    await citizen.presses("Gửi câu hỏi trước")
    await citizen.says("a" * 1001)
    citizen.hears("“" + "a" * 1000 + "”", "Câu hỏi dài quá 1.000 ký tự nên tôi giữ phần đầu.")


@pytest.mark.parametrize("id_", ["na", "na:x", "nl:x", "nq:x", "nq", "ns", "nr", "nt", "nt:x", "nt:"])
async def test_forged_buttons(citizen: Citizen, id_: str) -> None:
    """A dialogue or subject that there is not is an outdated button."""
    await citizen.presses_id(id_)
    citizen.hears("Nút này đã cũ")


async def test_a_dialogue_that_is_over(citizen: Citizen, library: Library, clock: Clock) -> None:
    """Once it has begun nobody signs up, and its old buttons say that they are old."""
    id_ = next(n.id for n in library.knowledge.notices if n.held)
    await citizen.says("/thongbao")
    await citizen.presses("Gửi câu hỏi trước")
    await citizen.says("Bao giờ sửa đường?")
    clock.now = dt.datetime(2026, 12, 10, 8, 0, tzinfo=ZONE)
    await citizen.says("/thongbao")
    citizen.hears(TITLE)
    assert "Đăng ký dự đối thoại" not in citizen.labels
    await citizen.presses_id(f"na:{id_}")
    citizen.hears("Nút này đã cũ")


async def test_two_dialogues_are_told_apart(database: Database, library: Library, clock: Clock) -> None:
    """Each button has its day."""
    two = [notice(f"Buổi {n}", 20, held=dt.datetime(2026, 12, n, 8), place="nhà văn hoá") for n in (20, 11)]
    told_ = replace(library, knowledge=knowing(library, *two))
    citizen = Citizen(Dispatch(Bench(database, lambda: told_, handlers.route, clock, KEY)), database)
    await citizen.says("/thongbao")
    assert citizen.labels[:4] == ["Đăng ký dự đối thoại 11/12", "Gửi câu hỏi trước 11/12", "Đăng ký dự đối thoại 20/12", "Gửi câu hỏi trước 20/12"]


# --- being told -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_subjects_are_toggled(meet: Meet, channel: str) -> None:
    """One tap for a subject, one more to leave it, one word to end all."""
    citizen = meet(channel)
    await citizen.says("/thongbao")
    await citizen.presses("Nhận thông báo mới")
    citizen.hears("Anh/chị chọn chủ đề muốn nhận.")
    await citizen.presses("Đối thoại")
    citizen.hears("Đã ghi. Có thông báo mới tôi nhắn ở đây một lần, từ 7:00 đến 21:00. Muốn thôi, anh/chị gõ “dừng”.")
    await citizen.presses("✓ Đối thoại")
    citizen.sees("Đối thoại", "Mọi thông báo")
    await citizen.presses("Mọi thông báo")
    await citizen.presses("Thôi nhận thông báo")
    citizen.hears("Đã dừng. Tôi không gửi thông báo nữa.")


async def test_told_once_of_ones_own_subjects(database: Database, library: Library) -> None:
    """When it begins, each subscriber once, of several subjects too; a second look and a restart tell nothing."""
    held, holiday, tax = notice("Đối thoại", 24, "Đối thoại"), notice("Nghỉ lễ", 24, "Ngày nghỉ"), notice("Thuế", 25, "thuế")
    served = knowing(library, held, holiday, tax)
    await subscribe(database, held.subject_id)
    await subscribe(database, held.subject_id, notices.ALL, chat="b", channel="telegram")
    await subscribe(database, tax.subject_id, chat="c", channel="zalo_bot")
    counts = [await announce(database, served, NOW + n * DAY) for n in (0, 1, 1, 2, 2, 9)]
    assert counts == [0, 3, 0, 2, 0, 0]
    again = Database(str(database.url))
    await again.open()
    assert await announce(again, served, NOW + 3 * DAY) == 0
    await again.close()
    assert sorted(await told(database)) == [("b", "Nghỉ lễ"), ("b", "Thuế"), ("b", "Đối thoại"), ("c", "Thuế"), ("citizen", "Đối thoại")]


@pytest.mark.parametrize(("hour", "count"), [(6, 0), (7, 1), (20, 1), (21, 0)])
async def test_quiet_hours(database: Database, library: Library, hour: int, count: int) -> None:
    """Nobody is woken by a notice; the morning tells it."""
    served = knowing(library, notice("Nghỉ lễ", 20))
    await subscribe(database, notices.ALL)
    assert await announce(database, served, NOW.replace(hour=hour)) == count
    assert await announce(database, served, NOW + DAY) == 1 - count


async def test_what_was_there_is_no_news(citizen: Citizen, database: Database, library: Library) -> None:
    """Whoever subscribes has just read what is announced; what is added on the same day is told."""
    await citizen.says("/thongbao")
    await citizen.presses("Nhận thông báo mới")
    await citizen.presses("Mọi thông báo")
    assert await announce(database, library.knowledge, NOW) == 0
    assert await announce(database, knowing(library, *library.knowledge.notices, notice("Mới", 23)), NOW) == 1


@pytest.mark.parametrize(("first", "count"), [(23, 1), (24, 0), (1, 1)])
async def test_only_what_began_lately(database: Database, library: Library, first: int, count: int) -> None:
    """Neither what begins tomorrow nor, a month later, what is old."""
    served = knowing(library, notice("Nghỉ lễ", first))
    await subscribe(database, notices.ALL)
    assert await announce(database, served, NOW) == count
    await subscribe(database, notices.ALL, chat="late")
    assert await announce(database, served, NOW.replace(month=12, day=26)) == 0


async def test_a_mended_text_is_not_told_again(database: Database, library: Library) -> None:
    """Only the title and the first day make a notice a new one."""
    await subscribe(database, notices.ALL)
    first = notice("Nghỉ lễ", 23)
    counts = [await announce(database, knowing(library, n), NOW) for n in (first, replace(first, text="khác"), replace(first, title="Nghỉ bù"))]
    assert counts == [1, 0, 1]


@pytest.mark.parametrize(("channel", "buttons"), [("web", 2), ("telegram", 2), ("zalo_bot", 0)])
async def test_how_a_notice_looks(database: Database, library: Library, channel: str, buttons: int) -> None:
    """A way to sign up, a way to stop; no numbered menu takes the place of another's."""
    await subscribe(database, notices.ALL, channel=channel)
    served = knowing(library, notice("Đối thoại", 23, "Đối thoại", held=dt.datetime(2026, 12, 20, 8), place="hội trường"))
    assert await announce(database, served, NOW) == 1
    async with database.reading() as db:
        (payload,) = (await db.execute(sa.select(outbox.c.payload))).scalars()
    assert payload["title"] == "Thông báo mới"
    assert payload["text"] == "Đối thoại\nLúc 8:00 Chủ Nhật 20/12/2026, tại hội trường.\nNội dung Đối thoại.".replace("Chủ", "chủ")
    assert payload["footer"] == "Gõ “dừng” để thôi nhận thông báo."
    assert len(payload["buttons"]) == buttons


async def test_many_subscribers(database: Database, library: Library) -> None:
    """More than one transaction holds: each is told once."""
    async with database.writing() as db:
        for n in range(450):
            await notices.subscribe(db, Chat("mau", "web", f"c{n}"), notices.ALL, [], NOW)
    assert await announce(database, knowing(library, notice("Nghỉ lễ", 23)), NOW) == 450
    assert len({chat for chat, _ in await told(database)}) == 450
