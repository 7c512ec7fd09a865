"""Petitions in the hands of the staff: each button, each refusal, who did what, and nothing of an anonymous sender."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.chat import Chat
from bot.petitions.rules import Rules
from bot.petitions.steps import BY_STAFF, Draft, State
from bot.staff import news
from bot.staff.enrolment import Role
from bot.store import Database, petitions, staff
from bot.turn import Library
from tests.citizen import Citizen
from tests.conftest import KEY, Clock
from tests.handlers.conftest import Invite, Meet

CODE = "PAKN-261123-0001"
DRAFT = Draft("Đèn đường trước trường mầm non hỏng ba hôm nay", "ngõ 5, thôn Mẫu", (21.02851, 105.80482))
CARD = (
    f"Phản ánh {CODE}\n\nPhản ánh mới\n\n“Đèn đường trước trường mầm non hỏng ba hôm nay”\n\n"
    "Nơi: ngõ 5, thôn Mẫu\n"
    "Bản đồ: https://www.openstreetmap.org/?mlat=21.02851&mlon=105.80482#map=18/21.02851/105.80482\n"
    "Người gửi: ẩn danh\n"
    "Hiện: chưa ai nhận\n"
    "Hạn nhận: 9:30 thứ Tư 25/11/2026\n"
    "Hạn trả lời: 17:00 thứ Ba 15/12/2026\n\n"
    "Nhận lúc khoảng 9:00 thứ Hai 23/11/2026."
)
NO_LONGER = "Cuộc trò chuyện này không còn nhận việc của cơ quan, nên nút này không dùng được nữa."

Sent = Callable[..., Awaitable[int]]
Clerk = Callable[..., Awaitable[Citizen]]


@pytest.fixture
def sent(database: Database, library: Library, clock: Clock) -> Sent:
    """A citizen sends a petition, and whoever is enrolled is told; its number."""

    async def done(draft: Draft = DRAFT, chat: str = "sender") -> int:
        async with database.writing() as db:
            made = await petitions.receive(db, KEY, Chat("mau", "web", chat), draft, Rules(), library.calendar, clock())
        await news.deliver(database, "mau", KEY, clock())
        return made.id

    return done


@pytest.fixture
def clerk(meet: Meet, invite: Invite) -> Clerk:
    """Somebody of the staff in a chat of that name: `await clerk("lan", "Chị Lan")`."""

    async def made(chat: str = "lan", name: str = "Chị Lan", role: Role = Role.CLERK, channel: str = "web", **more: Any) -> Citizen:
        person = meet(channel, chat=chat, **more)
        await person.says(f"/nhanvien {await invite(name, role)}")
        return person

    return made


async def petition(database: Database, number: int = 1) -> Any:
    async with database.reading() as db:
        return await petitions.find(db, KEY, number)


async def happened(database: Database, number: int = 1) -> list[tuple[str, str, str]]:
    """Who did what with which words."""
    async with database.reading() as db:
        return [(str(e.step), e.by, e.words) for e in await petitions.events_of(db, number)][1:]


async def test_a_new_petition_comes_to_all(clerk: Clerk, sent: Sent, database: Database, clock: Clock) -> None:
    """Everybody enrolled gets it once, with its place, its due times and every button."""
    lan, minh = await clerk(), await clerk("minh", "Anh Minh")
    await sent()
    for person in (lan, minh):
        await person.looks()
        person.hears_only(CARD)
        person.sees("Nhận xử lý", "Trả lời", "Hỏi lại", "Chuyển", "Đóng", "Diễn biến")
    await news.deliver(database, "mau", KEY, clock())
    await lan.looks()
    assert lan.reply == []


async def test_news_wait_for_the_first_of_the_staff(clerk: Clerk, sent: Sent, database: Database, clock: Clock) -> None:
    """What came while nobody was enrolled is told to the first who is."""
    await sent()
    lan = await clerk()
    await news.deliver(database, "mau", KEY, clock())
    await lan.looks()
    lan.hears_only(CARD)


async def test_a_named_sender_is_shown(clerk: Clerk, sent: Sent) -> None:
    """Name and contact of one who chose to be named, and the dossier."""
    lan = await clerk()
    await sent(Draft("Hồ sơ của tôi quá hẹn", dossier="H26.145-261110-0001", named=True, name="Lê Văn Mẫu", contact="0900 000 009"))
    await lan.looks()
    lan.hears("Người gửi: Lê Văn Mẫu, 0900 000 009", "Hồ sơ: H26.145-261110-0001", "Nhận lúc 9:00 thứ Hai 23/11/2026.")


async def test_nothing_of_an_anonymous_sender(clerk: Clerk, sent: Sent) -> None:
    """Name and contact that were typed before choosing to stay anonymous are not shown, nor the chat."""
    lan = await clerk()
    await sent(Draft("Cán bộ làm việc riêng trong giờ", name="Lê Văn Mẫu", contact="0900 000 009"), chat="chat-of-sender")
    for act in ("looks", "s:open", "s:take", "s:log"):
        await (lan.looks() if act == "looks" else lan.presses_id(f"{act}:{CODE}"))
        lan.hears_no("Lê Văn Mẫu", "0900", "chat-of-sender")


async def test_taken(clerk: Clerk, sent: Sent, database: Database) -> None:
    """«Nhận xử lý» shows in the same message who has it; the button is gone, who did it is recorded."""
    lan = await clerk()
    await sent()
    await lan.looks()
    await lan.presses("Nhận xử lý")
    lan.hears("Chị Lan nhận xử lý.", "Hiện: Chị Lan đang xử lý")
    assert "Nhận xử lý" not in lan.labels
    assert [wire.replace for wire in lan.reply] == ["the pressed message"]
    assert await happened(database) == [("taken", "Chị Lan", "")]


async def test_the_second_is_told_who_took_it(clerk: Clerk, sent: Sent, database: Database) -> None:
    """Whoever presses later changes nothing and hears the name."""
    lan, minh = await clerk(), await clerk("minh", "Anh Minh")
    await sent()
    await lan.presses_id(f"s:take:{CODE}")
    await minh.presses_id(f"s:take:{CODE}")
    minh.hears_only(f"Phản ánh {CODE}\n\nChưa làm gì thêm, vì phản ánh này đã đổi: Chị Lan đang xử lý.")
    assert await happened(database) == [("taken", "Chị Lan", "")]


async def test_two_at_the_same_moment(clerk: Clerk, sent: Sent, database: Database) -> None:
    """Of five who press at once one has it, the others hear who."""
    people = [await clerk(f"p{n}", f"Người {n}") for n in range(5)]
    await sent()
    running = asyncio.create_task(people[0].dispatch.run())
    for person in people:
        await person.looks()
    await asyncio.gather(*(person.posts_choice(f"s:take:{CODE}") for person in people))
    silent = people
    while silent:
        await asyncio.sleep(0)
        for person in silent:
            await person.looks()
        silent = [person for person in silent if not person.reply]
    running.cancel()
    assert sum("nhận xử lý." in person.heard for person in people) == 1
    holder = (await petition(database)).holder
    assert [holder in person.heard for person in people] == [True] * 5
    assert len(await happened(database)) == 1


async def test_answered(clerk: Clerk, sent: Sent, database: Database) -> None:
    """The words are shown as the sender will read them; sent, they stand in the petition."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:answer:{CODE}")
    lan.hears_only(f"Phản ánh {CODE}\n\nAnh/chị viết câu trả lời, một tin là đủ. Tôi cho xem lại trước khi gửi.")
    await lan.says("Điện lực thay bóng ngày 25/11.")
    lan.hears_only("Xem lại trước khi gửi\n\n“Điện lực thay bóng ngày 25/11.”\n\nNgười gửi sẽ đọc câu trả lời đúng như trên.")
    assert (await petition(database)).state is State.RECEIVED
    await lan.presses("Gửi")
    lan.hears_only(f"Đã gửi cho người gửi {CODE}. Hiện: Chị Lan đã trả lời, chờ người gửi xác nhận.")
    assert (await petition(database)).answer == "Điện lực thay bóng ngày 25/11."
    assert await happened(database) == [("answered", "Chị Lan", "Điện lực thay bóng ngày 25/11.")]
    assert (await lan.state()).step == ""


async def test_an_answer_is_no_question_and_no_emergency(clerk: Clerk, sent: Sent, database: Database) -> None:
    """Whatever a clerk writes to a citizen is sent as it is: danger, a dossier code, a procedure, a number."""
    lan = await clerk()
    for number, words in enumerate(("Cháy nhà thì gọi 114", "H26.145-261110-0001", "Đăng ký kết hôn cần gì thì hỏi bàn một cửa", "5"), 1):
        await sent(Draft(f"Phản ánh số {number} về đèn đường"))
        await lan.presses_id(f"s:answer:PAKN-261123-{number:04}")
        await lan.says(words)
        await lan.presses("Gửi")
        assert (await petition(database, number)).answer == words


async def test_rewritten(clerk: Clerk, sent: Sent, database: Database) -> None:
    """Other words in place of the button, or «Viết lại», take the place of the first ones."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:answer:{CODE}")
    await lan.says("Lần một")
    await lan.says("Lần hai")
    lan.hears("“Lần hai”")
    await lan.presses("Viết lại")
    await lan.says("Lần ba")
    await lan.presses("Gửi")
    assert (await petition(database)).answer == "Lần ba"


async def test_dropped(clerk: Clerk, sent: Sent, database: Database) -> None:
    """«Thôi» sends nothing, and a «Gửi» after it is an old button."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:answer:{CODE}")
    await lan.says("Chưa chắc")
    await lan.presses("Thôi")
    lan.hears("Đã dừng, không có gì được gửi đi.")
    await lan.presses_id("s:send")
    lan.hears("Nút này đã cũ")
    assert await happened(database) == []


async def test_answered_by_another_meanwhile(clerk: Clerk, sent: Sent, database: Database) -> None:
    """Of two who write an answer the first sends it; the second is told and sends nothing."""
    lan, minh = await clerk(), await clerk("minh", "Anh Minh")
    await sent()
    for person, words in ((lan, "của Lan"), (minh, "của Minh")):
        await person.presses_id(f"s:answer:{CODE}")
        await person.says(words)
    await minh.presses("Gửi")
    await lan.presses("Gửi")
    lan.hears("Chưa làm gì thêm, vì phản ánh này đã đổi: Anh Minh đã trả lời, chờ người gửi xác nhận.")
    assert await happened(database) == [("answered", "Anh Minh", "của Minh")]


async def test_asked_back(clerk: Clerk, sent: Sent, database: Database, clock: Clock) -> None:
    """A question goes to the sender; the reply comes to the one who asked, and to nobody else."""
    lan, minh = await clerk(), await clerk("minh", "Anh Minh")
    await sent()
    await minh.looks()
    await lan.presses_id(f"s:ask:{CODE}")
    await lan.says("Cột số mấy ạ?")
    lan.hears("Người gửi sẽ đọc câu hỏi đúng như trên.")
    await lan.presses("Gửi")
    lan.hears("Hiện: Chị Lan đã hỏi lại, chờ người gửi.")
    async with database.writing() as db:
        await petitions.reply(db, KEY, 1, "Cột số 7", clock())
    await news.deliver(database, "mau", KEY, clock())
    await lan.looks()
    lan.hears(f"Trả lời về {CODE}\n\nNgười gửi trả lời câu hỏi của cán bộ:\n“Cột số 7”", "Hiện: Chị Lan đang xử lý")
    await minh.looks()
    assert minh.reply == []


async def test_closed_with_a_reason(clerk: Clerk, sent: Sent, database: Database) -> None:
    """A reason by button and words of one's own; both are shown first."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:close:{CODE}")
    lan.hears("Đóng vì lý do gì? Người gửi sẽ được báo lý do và có thể gửi lại một lần.")
    await lan.presses("Việc này không thuộc thẩm quyền của xã, phường")
    await lan.says("Xin gửi Sở Xây dựng.")
    lan.hears("“Việc này không thuộc thẩm quyền của xã, phường. Xin gửi Sở Xây dựng.”")
    await lan.presses("Gửi")
    lan.hears("Hiện: Chị Lan đã đóng.")
    assert (await petition(database)).reason == "Việc này không thuộc thẩm quyền của xã, phường. Xin gửi Sở Xây dựng."


async def test_closed_without_words(clerk: Clerk, sent: Sent, database: Database) -> None:
    """A reason is enough, but «Lý do khác» needs words."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:why:{CODE}:other")
    assert "Không thêm lời" not in lan.labels
    await lan.presses_id(f"s:why:{CODE}:twice")
    await lan.presses("Không thêm lời")
    await lan.presses("Gửi")
    assert (await petition(database)).reason == "Trùng với một phản ánh đã được tiếp nhận."


async def test_passed_on_to_a_colleague(clerk: Clerk, sent: Sent, database: Database) -> None:
    """The colleague gets it with the buttons; which of the staff has it is no news for the sender."""
    lan, minh = await clerk(), await clerk("minh", "Anh Minh")
    await sent()
    await minh.looks()
    await lan.presses_id(f"s:forward:{CODE}")
    lan.hears("Chuyển cho ai? Hạn trả lời giữ nguyên.")
    assert "Chị Lan" not in lan.labels
    await lan.presses("Anh Minh")
    await lan.presses("Chuyển")
    lan.hears_only(f"Đã chuyển {CODE} tới Anh Minh.")
    await minh.looks()
    minh.hears("Được chuyển tới đây", "Hiện: đã chuyển tới Anh Minh, chưa ai nhận")
    await minh.presses("Nhận xử lý")
    minh.hears("Hiện: Anh Minh đang xử lý")
    async with database.reading() as db:
        assert [str(e.step) for e in await petitions.untold(db, "mau", BY_STAFF)] == ["taken"]


async def test_passed_on_to_the_leaders(clerk: Clerk, sent: Sent) -> None:
    """All leaders get it, and only they."""
    lan, minh = await clerk(), await clerk("minh", "Anh Minh")
    leaders = [await clerk("ha", "Bà Hà", Role.LEADER), await clerk("tam", "Ông Tám", Role.LEADER)]
    await sent()
    for person in (minh, *leaders):
        await person.looks()
    await lan.presses_id(f"s:forward:{CODE}")
    await lan.presses("Tất cả lãnh đạo")
    await lan.presses("Chuyển")
    lan.hears_only(f"Đã chuyển {CODE} tới lãnh đạo.")
    for person in leaders:
        await person.looks()
        person.hears("Được chuyển tới đây")
    await minh.looks()
    assert minh.reply == []


async def test_passed_on_to_another_body(clerk: Clerk, sent: Sent, database: Database) -> None:
    """A name that is typed; the sender is told of this one."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:forward:{CODE}")
    await lan.presses("Nơi khác, tôi gõ tên")
    await lan.says("Điện lực huyện Mẫu")
    lan.hears_only("Xem lại trước khi gửi\n\n“Điện lực huyện Mẫu”\n\nPhản ánh được chuyển tới nơi trên.")
    await lan.presses("Chuyển")
    assert (await petition(database)).receiver == "Điện lực huyện Mẫu"
    async with database.reading() as db:
        assert [str(e.step) for e in await petitions.untold(db, "mau", BY_STAFF)] == ["forwarded"]


async def test_too_long(clerk: Clerk, sent: Sent) -> None:
    """An answer of more than 3,000 characters is asked for again."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:answer:{CODE}")
    await lan.says("a" * 3001)
    lan.hears("Dài quá 3.000 ký tự. Anh/chị viết ngắn lại giúp tôi.")
    await lan.says("a" * 3000)
    lan.hears("Xem lại trước khi gửi")


async def test_reopened_comes_to_the_leaders(clerk: Clerk, sent: Sent, database: Database, library: Library, clock: Clock) -> None:
    """What the sender does not find solved comes to the leaders with the answer of before; a second answer is recorded."""
    lan, ha = await clerk(), await clerk("ha", "Bà Hà", Role.LEADER)
    await sent()
    for person in (lan, ha):
        await person.looks()
    await lan.presses_id(f"s:answer:{CODE}")
    await lan.says("Đã thay bóng.")
    await lan.presses("Gửi")
    async with database.writing() as db:
        await petitions.reopen(db, KEY, 1, "Vẫn tối", Rules(), library.calendar, clock())
    await news.deliver(database, "mau", KEY, clock())
    await ha.looks()
    ha.hears("Người gửi chưa thấy ổn và gửi lại, lần này tới lãnh đạo.\n“Vẫn tối”\nLần trước đã trả lời: “Đã thay bóng.”")
    ha.sees("Nhận xử lý", "Trả lời")
    await lan.looks()
    assert lan.reply == []


async def test_confirmed(clerk: Clerk, sent: Sent, database: Database, clock: Clock) -> None:
    """Who answered hears that all is well, and the rating."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:answer:{CODE}")
    await lan.says("Đã thay bóng.")
    await lan.presses("Gửi")
    async with database.writing() as db:
        await petitions.verdict(db, KEY, 1, 5, clock())
    await news.deliver(database, "mau", KEY, clock())
    await lan.looks()
    lan.hears_only(f"Phản ánh {CODE}\n\nNgười gửi xác nhận đã ổn.\nĐánh giá: 5/5")


async def test_the_list(clerk: Clerk, sent: Sent, clock: Clock) -> None:
    """`/viec`: what is open with who has it, and what is overdue; a press opens it, a code too."""
    lan = await clerk()
    await lan.says("/viec")
    lan.hears("Không có phản ánh nào đang mở.")
    await sent()
    await sent(Draft("Rác tràn ở chợ Mẫu"))
    await lan.presses_id(f"s:take:{CODE}")
    await lan.says("/viec")
    lan.hears(
        "Đang mở: 2, quá hạn 0.",
        f"1. {CODE}\n    Chị Lan đang xử lý, hạn 15/12/2026",
        "2. PAKN-261123-0002\n    chưa ai nhận, hạn 15/12/2026",
    )
    await lan.presses("PAKN-261123-0002")
    lan.hears("Rác tràn ở chợ Mẫu")
    clock.move(days=30)
    await lan.says("/viec pakn 261123 0001")
    lan.hears("Hạn trả lời: 17:00 thứ Ba 15/12/2026 (quá hạn)")
    await lan.says("/viec")
    lan.hears("quá hạn 2.", "Chị Lan đang xử lý, quá hạn")


async def test_the_history(clerk: Clerk, sent: Sent, clock: Clock) -> None:
    """Who did what when, in order."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:take:{CODE}")
    clock.move(minutes=5)
    await lan.presses_id(f"s:ask:{CODE}")
    await lan.says("Cột số mấy ạ?")
    await lan.presses("Gửi")
    await lan.presses_id(f"s:log:{CODE}")
    lan.hears_only(
        f"Diễn biến {CODE}\n\n9:00 23/11/2026\nNgười dân gửi\n\n9:00 23/11/2026\nChị Lan nhận xử lý\n\n"
        "9:05 23/11/2026\nChị Lan hỏi lại: “Cột số mấy ạ?”"
    )


@pytest.mark.parametrize("verb", ["take", "answer", "ask", "forward", "close", "open", "log", "why", "to"])
async def test_buttons_of_one_who_was_removed(clerk: Clerk, sent: Sent, database: Database, clock: Clock, verb: str) -> None:
    """They say so and do nothing."""
    lan = await clerk()
    await sent()
    async with database.writing() as db:
        await staff.leave(db, "mau", 1, clock())
    await lan.presses_id(f"s:{verb}:{CODE}")
    lan.hears_only(NO_LONGER)
    assert await happened(database) == []


async def test_removed_in_the_midst_of_an_answer(clerk: Clerk, sent: Sent, database: Database, clock: Clock) -> None:
    """Whoever is removed between preview and sending sends nothing."""
    lan = await clerk()
    await sent()
    await lan.presses_id(f"s:answer:{CODE}")
    await lan.says("Của tôi")
    async with database.writing() as db:
        await staff.leave(db, "mau", 1, clock())
    await lan.presses("Gửi")
    lan.hears_only(NO_LONGER)
    await lan.says("Gửi")
    lan.hears_only(NO_LONGER)
    assert await happened(database) == []


@pytest.mark.parametrize("verb", ["take", "answer", "ask", "forward", "close", "open", "log"])
@pytest.mark.parametrize("code", ["", "PAKN-261123-9999", "nonsense"])
async def test_a_petition_that_is_not_there(clerk: Clerk, verb: str, code: str) -> None:
    """A forged or foreign code does no harm."""
    lan = await clerk()
    await lan.presses_id(f"s:{verb}:{code}")
    assert "Nút này đã cũ" in lan.heard or "Không có phản ánh nào mang mã này." in lan.heard


@pytest.mark.parametrize("channel", ["zalo_bot", "console"])
async def test_without_buttons(clerk: Clerk, sent: Sent, database: Database, channel: str) -> None:
    """Where there are no buttons the news says how to open it, and all is done by numbers."""
    lan = await clerk(channel=channel)
    await sent()
    await lan.looks()
    lan.hears("“Đèn đường trước trường mầm non hỏng ba hôm nay”", "Gõ /viec để mở và xử lý.")
    await lan.says("/viec")
    await lan.presses(CODE)
    await lan.presses("Trả lời")
    await lan.says("Đã thay bóng.")
    await lan.presses("Gửi")
    assert (await petition(database)).answer == "Đã thay bóng."


async def test_a_citizen_does_not_see_it(citizen: Citizen, sent: Sent) -> None:
    """The same buttons and commands in another's chat show nothing of the petition."""
    await sent()
    for verb in ("open", "take", "answer", "log"):
        await citizen.presses_id(f"s:{verb}:{CODE}")
        citizen.hears("Nút này đã cũ")
    await citizen.says(f"/viec {CODE}")
    citizen.hears_no("Đèn đường")
