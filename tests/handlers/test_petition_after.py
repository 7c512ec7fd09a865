"""After a petition is sent: letters into the same chat, replies, «đã ổn chưa?», once more to the superior, codes of one's own and of others."""

from __future__ import annotations

import datetime as dt

import pytest

import handlers
from bot.chat import Chat, Wire
from bot.dispatch import Bench, Dispatch
from bot.petitions import letters
from bot.petitions.envelope import LOST, disclosed, enclosed
from bot.petitions.rules import Rules
from bot.petitions.steps import Petition, State
from bot.photos import PhotoStore
from bot.store import Database, petitions, road
from bot.turn import Library
from tests.citizen import Citizen
from tests.conftest import KEY, Clock
from tests.handlers.conftest import CHANNELS, Meet
from tests.handlers.test_petition import photo, written

TEXT = "Rác chất đống trước cổng chợ cả tuần nay"
BY = "Cán bộ A"


async def one(database: Database) -> Petition:
    async with database.reading() as db:
        found = await petitions.find(db, KEY, 1)
    assert found
    return found


async def letter(citizen: Citizen, clock: Clock) -> str:
    """What comes into the chat by itself, "" where nothing does."""
    clock.move(minutes=1)
    await letters.deliver(citizen.database, KEY, "mau", clock())
    async with citizen.database.reading() as db:
        rows = await road.replies(db, citizen.channel, citizen.chat, citizen._last)
    citizen._last = rows[-1][0] if rows else citizen._last
    citizen.reply = [disclosed(KEY, citizen.channel, citizen.chat, wire) for _, wire in rows]
    return citizen.heard


async def sent(citizen: Citizen) -> None:
    await written(citizen)
    await citizen.presses("Gửi")


async def answered(citizen: Citizen, clock: Clock, words: str = "Đã dọn sáng nay.") -> None:
    async with citizen.database.writing() as db:
        await petitions.answer(db, KEY, 1, BY, words, clock())
    await letter(citizen, clock)


# --- the whole road -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_from_citizen_to_staff_to_answer_to_reopening_across_a_restart(
    meet: Meet,
    database: Database,
    library: Library,
    clock: Clock,
    photos: PhotoStore,
    channel: str,
) -> None:
    """Two photos and a place; a restart while it is written and another while it is answered lose nothing."""
    citizen = meet(channel)

    def restart() -> None:
        """Another process over the same database and disk."""
        bench = Bench(database, lambda: library, handlers.route, clock, KEY, citizen.files, Rules(), PhotoStore(photos._folder))
        citizen.dispatch = Dispatch(bench)

    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.sends_photo(photo("red"))
    restart()
    await citizen.sends_photo(photo("blue"))
    await citizen.presses("Xong, đi tiếp")
    await citizen.shares_place(21.03, 105.85)
    restart()
    await citizen.presses("Gửi")
    citizen.hears("Đã gửi. Mã: PAKN-261123-0001")

    async with database.reading() as db:
        (petition,) = await petitions.open_ones(db, KEY, "mau")
        shas = await petitions.photos_of(db, petition.id)
    assert (petition.text, petition.spot, petition.named) == (TEXT, (21.03, 105.85), False)
    assert [photos.read(sha)[:2] for sha in shas] == [b"\xff\xd8", b"\xff\xd8"]

    async with database.writing() as db:
        await petitions.take(db, KEY, petition.id, BY, clock())
    assert await letter(citizen, clock) == ("Phản ánh PAKN-261123-0001\n\nCán bộ đã nhận phản ánh của anh/chị. Hạn trả lời: 17:00 thứ Ba 15/12/2026.")
    async with database.writing() as db:
        await petitions.ask_back(db, KEY, petition.id, BY, "Cổng phía đông hay phía tây ạ?", clock())
    restart()
    assert "Cán bộ hỏi thêm:\n“Cổng phía đông hay phía tây ạ?”" in await letter(citizen, clock)
    await citizen.presses("Trả lời cán bộ")
    await citizen.says("phía đông")
    citizen.hears("Đã chuyển tới cán bộ. Cảm ơn anh/chị.")
    assert (await one(database)).state is State.TAKEN

    await answered(citizen, clock)
    citizen.hears("Xã trả lời:\n“Đã dọn sáng nay.”\n\nNhư vậy đã ổn chưa ạ?")
    restart()
    await citizen.presses("Chưa ổn, xem lại")
    citizen.hears("Anh/chị thấy chưa ổn chỗ nào?")
    await citizen.says("Vẫn còn nguyên đống rác phía đông")
    citizen.hears("Đã gửi lên cấp trên xem lại, mã vẫn là PAKN-261123-0001. Hạn trả lời mới: 17:00 thứ Ba 15/12/2026.")
    again = await one(database)
    assert (again.state, again.level) == (State.REOPENED, 1)

    await answered(citizen, clock, "Đã dọn cả phía đông.")
    await citizen.presses("Đã ổn")
    await citizen.presses("Hài lòng")
    citizen.hears("Đã ghi: Hài lòng. Cảm ơn anh/chị.")
    done = await one(database)
    assert (done.state, done.rating) == (State.CONFIRMED, 4)
    async with database.reading() as db:
        story = [(e.step.value, e.by, e.words) for e in await petitions.events_of(db, petition.id)]
    assert story == [
        ("received", "", ""),
        ("taken", BY, ""),
        ("asked_back", BY, "Cổng phía đông hay phía tây ạ?"),
        ("replied_by_citizen", "", "phía đông"),
        ("answered", BY, "Đã dọn sáng nay."),
        ("reopened", "", "Vẫn còn nguyên đống rác phía đông"),
        ("answered", BY, "Đã dọn cả phía đông."),
        ("confirmed", "", ""),
        ("confirmed", "", "4"),
    ]


# --- letters --------------------------------------------------------------------------------------------------------------------------------


async def test_each_letter_once(citizen: Citizen, clock: Clock) -> None:
    """A second round brings nothing more."""
    await sent(citizen)
    await answered(citizen, clock)
    assert citizen.heard
    assert await letter(citizen, clock) == ""


async def test_closed_is_not_called_solved(citizen: Citizen, clock: Clock) -> None:
    """A closed petition comes with its reason, says that closed is not solved, and can go to the superior."""
    await sent(citizen)
    async with citizen.database.writing() as db:
        await petitions.close(db, KEY, 1, BY, "Thuộc thẩm quyền của xã bên", clock())
    heard = await letter(citizen, clock)
    assert "lý do:\n“Thuộc thẩm quyền của xã bên”\n\nĐóng không có nghĩa là đã giải quyết xong. Như vậy đã ổn chưa ạ?" in heard
    citizen.sees("Đã ổn", "Chưa ổn, xem lại")


async def test_passed_on(citizen: Citizen, clock: Clock) -> None:
    """Who has it now is told."""
    await sent(citizen)
    async with citizen.database.writing() as db:
        await petitions.forward(db, KEY, 1, BY, "Công an xã", clock())
    assert "Phản ánh đã chuyển đến Công an xã." in await letter(citizen, clock)


async def test_not_at_night(citizen: Citizen, clock: Clock) -> None:
    """A letter written at night waits for the morning."""
    await sent(citizen)
    clock.move(hours=14)
    async with citizen.database.writing() as db:
        await petitions.take(db, KEY, 1, BY, clock())
    await letters.deliver(citizen.database, KEY, "mau", clock())
    async with citizen.database.reading() as db:
        assert [w for w in await road.waiting(db, "web", 99, clock()) if w.id > citizen._last] == []
        morning = (clock() + dt.timedelta(days=1)).replace(hour=7, minute=0)
        assert [w.not_before for w in await road.waiting(db, "web", 99, morning) if w.id > citizen._last] == [morning]


async def test_in_the_language_of_the_chat(citizen: Citizen, clock: Clock) -> None:
    """The letter speaks as the chat does."""
    await sent(citizen)
    await citizen.says("/language en")
    await answered(citizen, clock)
    citizen.hears("Petition PAKN-261123-0001", "The commune answers:", "Is all well now?")


async def test_without_buttons(meet: Meet, clock: Clock) -> None:
    """Where there are no buttons the letter says what to type, and the code brings the choices."""
    citizen = meet("zalo_bot")
    await sent(citizen)
    await answered(citizen, clock)
    citizen.hears("Muốn trả lời, anh/chị gửi mã PAKN-261123-0001 cho tôi.")
    await citizen.says("PAKN-261123-0001")
    await citizen.presses("Đã ổn")
    citizen.hears("Cảm ơn anh/chị đã cho biết.")


async def test_another_key_file(citizen: Citizen, clock: Clock, logged: list[dict[str, object]]) -> None:
    """Without the key file that sealed the sender nothing is delivered, and the log says why, without the code."""
    await sent(citizen)
    async with citizen.database.writing() as db:
        await petitions.take(db, KEY, 1, BY, clock())
    assert await letters.deliver(citizen.database, b"another key of thirty-two bytes.", "mau", clock()) == 0
    assert [e["event"] for e in logged if e["log_level"] == "error"] == ["sender of a petition cannot be opened"]
    assert "PAKN" not in str(logged)


async def test_old_drafts_go_with_their_photos(citizen: Citizen, clock: Clock, photos: PhotoStore) -> None:
    """What was not sent within a day is removed, photos too; a fresh draft and sent photos stay."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.sends_photo(photo())
    assert await letters.sweep(citizen.database, KEY, clock(), photos) == 0
    clock.move(hours=25)
    assert await letters.sweep(citizen.database, KEY, clock(), photos) == 1
    assert list(photos._folder.glob("*")) == []


# --- once more ------------------------------------------------------------------------------------------------------------------------------


async def test_reopened_only_once(citizen: Citizen, clock: Clock) -> None:
    """The second time there is no such button, and an old one tells the other ways."""
    await sent(citizen)
    await answered(citizen, clock)
    old = next(b.id for b in citizen.buttons if b.label == "Chưa ổn, xem lại")
    await citizen.presses_id(old)
    await citizen.presses("Gửi luôn")
    await answered(citizen, clock)
    assert citizen.labels == ["Đã ổn"]
    await citizen.presses_id(old)
    citizen.hears("Phản ánh này đã được cấp trên xem lại một lần. Vẫn chưa ổn thì anh/chị gọi 0200 000 0000")


@pytest.mark.parametrize("words", ["huỷ", "Thôi"])
async def test_not_reopened_after_all(citizen: Citizen, clock: Clock, words: str) -> None:
    """Leaving at the question changes nothing."""
    await sent(citizen)
    await answered(citizen, clock)
    await citizen.presses("Chưa ổn, xem lại")
    await citizen.says(words)
    citizen.hears("Đã dừng, không có gì được gửi đi.")
    assert (await one(citizen.database)).state is State.ANSWERED


async def test_overtaken(citizen: Citizen, clock: Clock) -> None:
    """A reply that comes when the staff have answered meanwhile is told so, and is not lost without a word."""
    await sent(citizen)
    async with citizen.database.writing() as db:
        await petitions.ask_back(db, KEY, 1, BY, "Ở đâu ạ?", clock())
    await letter(citizen, clock)
    await citizen.presses("Trả lời cán bộ")
    async with citizen.database.writing() as db:
        await petitions.answer(db, KEY, 1, BY, "Đã dọn.", clock())
    await citizen.says("cổng phía đông")
    citizen.hears("Phản ánh này vừa đổi trạng thái.")


# --- codes ----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_by_code(meet: Meet, clock: Clock, channel: str) -> None:
    """In the chat that sent it a code shows state, words and answer."""
    citizen = meet(channel)
    await sent(citizen)
    await citizen.says("pakn 261123 0001 tới đâu rồi")
    citizen.hears("Phản ánh PAKN-261123-0001\n\nTrạng thái: Đã gửi, chờ cán bộ nhận.\nHạn trả lời: 17:00 thứ Ba 15/12/2026.", f"“{TEXT}”")
    await answered(citizen, clock)
    await citizen.says("PAKN-261123-0001")
    citizen.hears("Trạng thái: Đã có trả lời.", "“Đã dọn sáng nay.”")


async def test_a_code_of_somebody_else(meet: Meet, citizen: Citizen, clock: Clock) -> None:
    """To another chat a code tells state and due date, no words, no answer and no button."""
    await sent(citizen)
    await answered(citizen, clock)
    other = meet(chat="other")
    await other.says("PAKN-261123-0001")
    other.hears_only("Phản ánh PAKN-261123-0001\n\nTrạng thái: Đã có trả lời.\nNội dung và trả lời chỉ hiện trong khung chat đã gửi phản ánh.")
    assert other.buttons == []


async def test_a_button_of_somebody_else(meet: Meet, citizen: Citizen, clock: Clock) -> None:
    """A button works in the chat that it was made for only."""
    await sent(citizen)
    await answered(citizen, clock)
    other = meet(chat="other")
    for button in citizen.buttons:
        await other.presses_id(button.id)
        other.hears("Nút này đã cũ")
    assert (await one(citizen.database)).state is State.ANSWERED


async def test_a_code_that_is_none(citizen: Citizen) -> None:
    """A mistyped code is told to be looked at again."""
    await citizen.says("PAKN-261123-0077")
    citizen.hears("Tôi không thấy phản ánh nào có mã PAKN-261123-0077. Anh/chị xem lại mã, hoặc gọi 0200 000 0000.")


@pytest.mark.parametrize("words", ["phản ánh của tôi", "Phan anh cua toi?", "/phananhcuatoi"])
async def test_mine(meet: Meet, citizen: Citizen, words: str) -> None:
    """«Phản ánh của tôi» lists what this chat has sent, anonymous or not, and nothing of others."""
    await citizen.says(words)
    citizen.hears("Khung chat này chưa gửi phản ánh nào.")
    await sent(citizen)
    await citizen.says(words)
    citizen.hears(f"1. PAKN-261123-0001: Đã gửi, chờ cán bộ nhận\n“{TEXT}”")
    await citizen.presses("Xem phản ánh 1")
    citizen.hears("Phản ánh PAKN-261123-0001")
    other = meet(chat="other")
    await other.says(words)
    other.hears("Khung chat này chưa gửi phản ánh nào.")


async def test_overdue(citizen: Citizen, clock: Clock) -> None:
    """After its due time that is said, with whom to ask."""
    await sent(citizen)
    clock.move(days=40)
    await citizen.says("PAKN-261123-0001")
    citizen.hears("Đã quá hạn. Anh/chị có quyền hỏi lý do: 0200 000 0000.")


def test_wires_are_sealed_for_one_chat() -> None:
    """A sealed message opens with its key and for its chat only."""
    chat = Chat("mau", "telegram", "7")
    sealed = enclosed(KEY, chat, Wire("bí mật", "đầu đề"))
    assert "bí mật" not in str(sealed.to_dict())
    assert disclosed(KEY, "telegram", "7", sealed) == Wire("bí mật", "đầu đề")
    assert disclosed(KEY, "telegram", "8", sealed) == LOST
    assert disclosed(b"another key of thirty-two bytes.", "telegram", "7", sealed) == LOST
