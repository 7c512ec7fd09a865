"""Following a dossier: begun once it is proved, told by an import, listed, stopped by a tap or a word."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.chat import Chat, Kind
from bot.dossiers import inviting
from bot.dossiers.imports import import_file
from bot.store import Database, askings, follows, notices, road
from bot.store.tables import outbox
from bot.turn import Library
from tests.bot.dossiers.export import HEADINGS, line
from tests.citizen import Citizen
from tests.conftest import KEY, Clock
from tests.handlers.conftest import CHANNELS, Meet, Shelve

CODE = "H26.145-261110-0001"  # in the sample: Đang xử lý, 0900000001
OTHER = "H26.145-261113-0003"
FOLLOWING = (
    "Đang theo dõi\n\nTôi sẽ nhắn anh/chị khi hồ sơ {} chuyển bước, một ngày trước ngày hẹn, và nếu quá hẹn.\n"
    "Tôi chỉ nhắn từ 7:00 đến 21:00. Muốn thôi, anh/chị gõ “dừng”."
)
STOPPED = "Đã dừng theo dõi hồ sơ {}. Tôi sẽ không nhắn về hồ sơ này nữa."

pytestmark = pytest.mark.usefixtures("shelf")


async def prove(citizen: Citizen, code: str = CODE) -> None:
    await citizen.says(f"{code} {code[-4:]}")


async def follow(citizen: Citizen, *codes: str) -> None:
    for code in codes or (CODE,):
        await prove(citizen, code)
        await citizen.presses("Theo dõi hồ sơ này")


async def own(citizen: Citizen) -> list[str]:
    async with citizen.database.reading() as db:
        return await follows.followed(db, Chat("mau", citizen.channel, citizen.chat))


@pytest.mark.parametrize("channel", CHANNELS)
async def test_followed_and_told(meet: Meet, channel: str, clock: Clock, tmp_path: Path) -> None:
    """From the details by one tap; an import that moves the dossier says so in the same chat, once."""
    citizen = meet(channel)
    await follow(citizen)
    citizen.hears(FOLLOWING.format(CODE))
    assert await own(citizen) == [CODE]
    path = tmp_path / "h.csv"
    path.write_text(f"{HEADINGS}\n{line(1, 'Đã xử lý xong')}\n", encoding="utf-8")
    clock.move(hours=1)
    for _ in range(2):
        await import_file(citizen.database, "mau", path, KEY, clock())
    async with citizen.database.reading() as db:
        rows = (await db.execute(sa.select(outbox).where(outbox.c.inbox_id.is_(None)))).all()
    assert [(row.channel, row.chat, row.payload["text"].splitlines()[0]) for row in rows] == [(channel, "citizen", "Trạng thái mới: Đã xử lý xong")]


async def test_a_notice_leads_to_the_rating(citizen: Citizen, library: Library, clock: Clock, tmp_path: Path) -> None:
    """At «Đã trả kết quả» the levels are one tap away, as soon as the chat has been quiet for an hour."""
    await follow(citizen)
    path = tmp_path / "h.csv"
    path.write_text(f"{HEADINGS}\n{line(1, 'Đã trả kết quả')}\n", encoding="utf-8")
    clock.move(hours=1)
    await import_file(citizen.database, "mau", path, KEY, clock())
    assert await inviting.ask(citizen.database, library.knowledge.office, clock()) == 1
    async with citizen.database.reading() as db:
        citizen.reply = [wire for _, wire in await road.replies(db, "web", "citizen", 0)][-1:]
    await citizen.presses("Rất không hài lòng")
    citizen.hears("Đã ghi: Rất không hài lòng.")


async def test_only_what_was_proved(citizen: Citizen) -> None:
    """A button that was made up asks for the four digits, for a code that is there and one that is not alike."""
    heard = []
    for code in (CODE, "H26.145-261110-7777"):
        await citizen.presses_id(f"fo:{code}")
        heard.append(citizen.heard.replace(code, "…"))
        assert await own(citizen) == []
        await citizen.says("huỷ")
    assert heard[0] == heard[1]


@pytest.mark.parametrize("status", [3, 8, 10])
async def test_a_closed_dossier_is_not_followed(citizen: Citizen, shelve: Shelve, status: int) -> None:
    """It has no button, and an old button does no harm."""
    code = await shelve(status)
    await prove(citizen, code)
    assert "Theo dõi hồ sơ này" not in citizen.labels
    await citizen.presses_id(f"fo:{code}")
    citizen.hears_only(f"Hồ sơ {code} đã kết thúc nên không còn gì để theo dõi.")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("word", ["dừng", "Dừng!", "bỏ theo dõi", "dung theo doi", "unfollow", "tôi muốn bỏ theo dõi hồ sơ này"])
async def test_a_word_stops_the_only_one(meet: Meet, channel: str, word: str) -> None:
    """At once, and it can be taken back by one tap."""
    citizen = meet(channel)
    await follow(citizen)
    await citizen.says(word)
    citizen.hears(STOPPED.format(CODE))
    assert await own(citizen) == []
    await citizen.presses("Theo dõi lại")
    assert await own(citizen) == [CODE]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_of_several_it_is_asked_which(meet: Meet, channel: str) -> None:
    """One tap for one, one tap for all."""
    citizen = meet(channel)
    await follow(citizen, CODE, OTHER)
    await citizen.says("dừng")
    citizen.hears("Anh/chị muốn dừng theo dõi hồ sơ nào?")
    await citizen.presses(f"Dừng {OTHER}")
    assert await own(citizen) == [CODE]
    await follow(citizen, OTHER)
    await citizen.says("dừng")
    await citizen.presses("Dừng tất cả")
    citizen.hears_only("Đã dừng theo dõi tất cả hồ sơ. Tôi sẽ không tự nhắn nữa.")
    assert await own(citizen) == []


async def test_a_code_beside_the_word(citizen: Citizen) -> None:
    """Of several the named one stops."""
    await follow(citizen, CODE, OTHER)
    await citizen.presses_id("g:theo-doi-ho-so")
    citizen.hears("Hồ sơ đang theo dõi")
    await citizen.presses_id(f"fx:{OTHER}")
    citizen.hears_only(STOPPED.format(OTHER))
    assert await own(citizen) == [CODE]


async def test_the_word_alone_leaves_a_dialogue(citizen: Citizen) -> None:
    """In the middle of something «dừng» means that, and the dossier stays followed."""
    await follow(citizen)
    await citizen.says("/gopy")
    await citizen.says("dừng")
    citizen.hears("Đã dừng, không có gì được gửi đi.")
    assert await own(citizen) == [CODE]


async def test_nothing_to_stop(citizen: Citizen) -> None:
    """Who follows nothing hears that nothing will come."""
    await citizen.says("dừng")
    citizen.hears("Vâng, khi cần anh/chị cứ hỏi.")
    await citizen.says("bỏ theo dõi")
    citizen.hears("Anh/chị không theo dõi hồ sơ nào, nên tôi sẽ không tự nhắn gì.")
    await citizen.presses_id("fx:H26.145-261110-0001")
    citizen.hears("Anh/chị chưa theo dõi hồ sơ nào.")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_list(meet: Meet, channel: str) -> None:
    """Every followed dossier with a way to see and to stop it."""
    citizen = meet(channel)
    await citizen.says("/theodoi")
    citizen.hears("Anh/chị chưa theo dõi hồ sơ nào.")
    await follow(citizen, CODE, OTHER)
    await citizen.presses("Hồ sơ đang theo dõi")
    citizen.sees(f"Xem {CODE}", f"Dừng {CODE}", f"Xem {OTHER}", f"Dừng {OTHER}", "Dừng tất cả")
    await citizen.presses(f"Xem {OTHER}")
    citizen.hears("Cần bổ sung: Thiếu giấy tờ của chủ hộ")


async def test_what_is_followed_is_not_offered_again(citizen: Citizen) -> None:
    """Its details offer to stop instead."""
    await follow(citizen)
    await citizen.says(CODE)
    assert "Theo dõi hồ sơ này" not in citizen.labels
    await citizen.presses("Dừng theo dõi")
    assert await own(citizen) == []
    await citizen.says(CODE)
    citizen.sees("Theo dõi hồ sơ này")


async def test_at_most_twenty(citizen: Citizen, shelve: Shelve, database: Database, clock: Clock) -> None:
    """Nobody follows a whole commune."""
    async with database.writing() as db:
        for n in range(follows.MOST):
            await follows.follow(db, Chat("mau", "web", "citizen"), f"H26.145-261110-1{n:03}", clock())
    await follow(citizen)
    citizen.hears("Anh/chị đang theo dõi 20 hồ sơ, nhiều nhất có thể.")
    assert CODE not in await own(citizen)


@pytest.mark.parametrize("words", ["hồ sơ đang theo dõi", "đăng ký theo dõi mã hồ sơ"])
async def test_asked_in_words(citizen: Citizen, words: str) -> None:
    """A question about following says how it is done."""
    await citizen.says(words)
    citizen.hears("rồi bấm “Theo dõi hồ sơ này”.")
    citizen.sees("Tra cứu hồ sơ")


async def test_somebody_else_is_not_told(meet: Meet, database: Database) -> None:
    """Following is a matter of one chat."""
    await follow(meet())
    assert await own(meet(chat="b")) == []


async def test_stickers_and_empty_messages(citizen: Citizen) -> None:
    """They change nothing of what is followed."""
    await follow(citizen)
    await citizen.sends(Kind.STICKER)
    await citizen.says("…")
    assert await own(citizen) == [CODE]


async def test_english(citizen: Citizen) -> None:
    """In English by English words."""
    await follow(citizen)
    await citizen.says("/language en")
    await citizen.says("unfollow")
    citizen.hears_only(f"I no longer follow dossier {CODE} and will not write about it.")


# --- notices and what is asked unasked for ---------------------------------------------------------------------------------------------------


async def told_of(citizen: Citizen) -> list[str]:
    async with citizen.database.reading() as db:
        return await notices.subscribed(db, Chat("mau", citizen.channel, citizen.chat))


async def subscribe(citizen: Citizen) -> None:
    await citizen.says("/thongbao")
    await citizen.presses("Nhận thông báo mới")
    await citizen.presses("Mọi thông báo")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_one_word_ends_notices(meet: Meet, channel: str) -> None:
    """Whoever follows nothing is told of nothing more by the word alone."""
    citizen = meet(channel)
    await subscribe(citizen)
    assert await told_of(citizen) == ["all"]
    await citizen.says("Dừng.")
    citizen.hears("Đã dừng. Tôi sẽ không tự nhắn gì cho anh/chị nữa.")
    assert await told_of(citizen) == []
    await citizen.says("dừng")
    citizen.hears("Vâng, khi cần anh/chị cứ hỏi.")


async def test_the_word_ends_notices_and_the_only_dossier(citizen: Citizen) -> None:
    """Both at once, and both are said."""
    await subscribe(citizen)
    await follow(citizen)
    await citizen.says("dừng")
    citizen.hears_only("Đã dừng nhận thông báo.\n" + STOPPED.format(CODE))
    assert (await told_of(citizen), await own(citizen)) == ([], [])


async def test_of_several_dossiers_notices_end_at_once(citizen: Citizen) -> None:
    """Which dossier is meant is asked; the notices are over already."""
    await subscribe(citizen)
    await follow(citizen, CODE, OTHER)
    await citizen.says("dừng")
    citizen.hears_only("Đã dừng nhận thông báo.\nAnh/chị muốn dừng theo dõi hồ sơ nào?")
    assert (await told_of(citizen), sorted(await own(citizen))) == ([], sorted([CODE, OTHER]))


@pytest.mark.parametrize("word", ["dừng hết", "Dừng tất cả"])
async def test_stop_all(citizen: Citizen, word: str) -> None:
    """Nothing is asked, all is over."""
    await subscribe(citizen)
    await follow(citizen, CODE, OTHER)
    await citizen.says(word)
    citizen.hears("Đã dừng. Tôi sẽ không tự nhắn gì cho anh/chị nữa.")
    assert (await told_of(citizen), await own(citizen)) == ([], [])


@pytest.mark.parametrize("word", ["dừng thông báo", "thôi nhận thông báo"])
async def test_stop_notices_only(citizen: Citizen, word: str) -> None:
    """The dossier stays followed."""
    await subscribe(citizen)
    await follow(citizen)
    await citizen.says(word)
    citizen.hears("Đã dừng. Tôi không gửi thông báo nữa.")
    assert (await told_of(citizen), await own(citizen)) == ([], [CODE])


async def test_the_word_ends_the_question_for_a_rating(citizen: Citizen, shelve: Shelve, library: Library, clock: Clock) -> None:
    """Whoever says «dừng» to it is asked no more."""
    code = await shelve(10)
    async with citizen.database.writing() as db:
        await askings.plan(db, Chat("mau", "web", "citizen"), code, clock(), clock())
    assert await inviting.ask(citizen.database, library.knowledge.office, clock()) == 1
    await citizen.says("dừng")
    citizen.hears("Đã dừng. Tôi sẽ không tự nhắn gì cho anh/chị nữa.")
    await citizen.says("để sau")
    clock.move(days=3)
    assert await inviting.ask(citizen.database, library.knowledge.office, clock()) == 0
