"""Free feedback: shown before it is sent, rewritten, left, sent under a reference number."""

from __future__ import annotations

import re

import pytest

from bot.chat import Kind
from bot.store import Database, voices
from tests.citizen import Citizen
from tests.handlers.conftest import CHANNELS, Meet

ASKED = (
    "Gửi góp ý\n\nAnh/chị viết góp ý vào đây, một tin là đủ. Tôi sẽ cho anh/chị xem lại trước khi gửi.\n"
    "Không cần ghi tên. Việc khẩn cấp xin gọi 113, 114 hoặc 115."
)
SEEN = "Xem lại trước khi gửi\n\n“{}”\n\nCán bộ sẽ đọc đúng như trên, không kèm tên hay số điện thoại của anh/chị."
SENT = re.compile(r"Đã gửi\. Số của góp ý: (GY-261123-[2-9A-HJ-NP-Z]{4})\.\nMuốn hỏi lại, anh/chị gọi 0200 000 0000 và đọc số này\.")


async def kept(database: Database) -> list[tuple[object, object]]:
    """Reference and words of every feedback."""
    async with database.reading() as db:
        return [(reference, text) async for _, _, reference, text in voices.all_feedback(db)]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_sent(meet: Meet, database: Database, channel: str) -> None:
    """The words are shown as staff will see them, and stored only when the citizen sends them."""
    citizen = meet(channel)
    await citizen.says("/gopy")
    citizen.hears(ASKED)
    await citizen.says("Quầy số 2 thiếu ghế cho người già")
    citizen.hears(SEEN.format("Quầy số 2 thiếu ghế cho người già"))
    assert await kept(database) == []
    await citizen.presses("Gửi")
    sent = SENT.fullmatch(citizen.heard)
    assert sent, citizen.heard
    assert await kept(database) == [(sent.group(1), "Quầy số 2 thiếu ghế cho người già")]


@pytest.mark.parametrize("yes", ["gửi", "Gui di", "ok", "OK!", "đồng ý", "vâng", "Gửi nhé"])
async def test_sent_by_words(citizen: Citizen, database: Database, yes: str) -> None:
    """A yes in words sends as well as the button."""
    await citizen.says("/gopy")
    await citizen.says("Sân trơn khi mưa")
    await citizen.says(yes)
    assert SENT.fullmatch(citizen.heard)
    assert [text for _, text in await kept(database)] == ["Sân trơn khi mưa"]


@pytest.mark.parametrize("again", ["Viết lại", "sửa lại", "sửa"])
async def test_rewritten(citizen: Citizen, database: Database, again: str) -> None:
    """The words can be written anew; only the last ones are stored."""
    await citizen.says("/gopy")
    await citizen.says("Sân trơn")
    await citizen.says(again)
    citizen.hears_only(ASKED)
    await citizen.says("Sân trơn khi mưa")
    await citizen.presses("Gửi")
    assert [text for _, text in await kept(database)] == ["Sân trơn khi mưa"]


async def test_other_words_before_sending(citizen: Citizen, database: Database) -> None:
    """Other words in place of a yes take the place of the first ones."""
    await citizen.says("/gopy")
    await citizen.says("Sân trơn")
    await citizen.says("Sân trơn khi mưa, xin lát lại")
    citizen.hears_only(SEEN.format("Sân trơn khi mưa, xin lát lại"))
    await citizen.presses("Gửi")
    assert [text for _, text in await kept(database)] == ["Sân trơn khi mưa, xin lát lại"]


@pytest.mark.parametrize("no", ["Thôi", "không", "không gửi nữa", "huỷ"])
async def test_not_sent(citizen: Citizen, database: Database, no: str) -> None:
    """A no in words or by button sends nothing, and says so."""
    await citizen.says("/gopy")
    await citizen.says("Sân trơn")
    await citizen.says(no)
    citizen.hears_only("Đã dừng, không có gì được gửi đi.")
    assert await kept(database) == []


@pytest.mark.parametrize("first", ["ok", "gửi", "không"])
async def test_a_yes_before_any_words(citizen: Citizen, database: Database, first: str) -> None:
    """A yes before there are words sends nothing: it is itself shown to be confirmed."""
    await citizen.says("/gopy")
    await citizen.says(first)
    citizen.hears_only(SEEN.format(first))
    assert await kept(database) == []


async def test_sent_once(citizen: Citizen, database: Database) -> None:
    """A second press of «Gửi» sends nothing more."""
    await citizen.says("/gopy")
    await citizen.says("Sân trơn")
    await citizen.presses("Gửi")
    await citizen.presses_id("fs")
    citizen.hears("Nút này đã cũ")
    assert len(await kept(database)) == 1


async def test_references_are_unique(citizen: Citizen, database: Database) -> None:
    """Each feedback has a reference of its own."""
    for n in range(5):
        await citizen.says("/gopy")
        await citizen.says(f"Góp ý thứ {n}")
        await citizen.presses("Gửi")
    assert len({reference for reference, _ in await kept(database)}) == 5


@pytest.mark.parametrize("length", [4001, 10_000])
async def test_too_long(meet: Meet, database: Database, length: int) -> None:
    """Of more than 4,000 characters the first part is kept, and that is said before sending."""
    citizen = meet("telegram")
    await citizen.says("/gopy")
    await citizen.says("a" * length)
    citizen.hears("Góp ý dài quá 4.000 ký tự nên tôi giữ phần đầu. Anh/chị có thể gửi phần còn lại sau.")
    await citizen.presses("Gửi")
    assert [text for _, text in await kept(database)] == ["a" * 4000]


async def test_as_long_as_may_be(citizen: Citizen, database: Database) -> None:
    """4,000 characters are kept whole."""
    await citizen.says("/gopy")
    await citizen.says("a" * 4000)
    citizen.hears_only(SEEN.format("a" * 4000))


@pytest.mark.parametrize("words", ["{phone} {0} %s", "=HYPERLINK(1)", "<b>đậm</b>", "dòng 1\ndòng 2", "“trong ngoặc”"])
async def test_words_stay_as_they_are(citizen: Citizen, database: Database, words: str) -> None:
    """Braces, tags, formulas and line breaks are kept and shown as they were written."""
    await citizen.says("/gopy")
    await citizen.says(words)
    citizen.hears_only(SEEN.format(words) if "{" not in words else SEEN.replace("{}", words))
    await citizen.presses("Gửi")
    assert [text for _, text in await kept(database)] == [words]


async def test_a_photo_is_no_feedback(citizen: Citizen) -> None:
    """A photo where words were expected is refused, and the words are still waited for."""
    await citizen.says("/gopy")
    await citizen.sends(Kind.PHOTO)
    citizen.hears("Ở bước này tôi không xem ảnh, và đã bỏ ảnh.")
    await citizen.says("Sân trơn")
    citizen.hears_only(SEEN.format("Sân trơn"))


async def test_english(citizen: Citizen) -> None:
    """In English the dialogue is English and the words stay the citizen's."""
    await citizen.says("/language en")
    await citizen.says("/feedback")
    await citizen.says("Thank you")
    citizen.hears("“Thank you”")
    await citizen.says("yes")
    citizen.hears("Sent. ", "0200 000 0000")
    citizen.hears_no("Đã gửi", "anh/chị")
