"""A photo of a receipt is answered as its code would be; any other photo with how to take a better one."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

import handlers
from bot.chat import Kind
from bot.dispatch import Bench, Dispatch
from bot.photos import MOST_BYTES
from bot.store import Database
from bot.store.tables import metadata
from bot.turn import FilesBusy, Gone, Library
from tests.citizen import Citizen, Pocket
from tests.conftest import KEY, Clock
from tests.handlers.conftest import CHANNELS, Meet
from tests.handlers.test_offices import with_offices
from tests.pictures import CODE, animated, bars, picture, png_header, qr, receipt, saved

CARD = "079080000123|012345678|Lê Thị Ví Dụ|01011980|Nữ|Thôn Mẫu, Xã Mẫu|01012021"
NEVER = "Đừng gửi ảnh căn cước hay giấy tờ riêng."
BETTER = "Anh/chị chụp lại giúp tôi: để giấy hẹn nơi sáng, đưa máy gần mã QR cho thật rõ nét. Hoặc gõ mã in trên giấy, như H26.145-260108-0002."
NONE = f"Tôi chưa thấy mã hồ sơ nào trong ảnh, và đã bỏ ảnh.\n\n{BETTER}\n\n{NEVER}"
OTHER = f"Mã trong ảnh không phải mã hồ sơ.\n\n{BETTER}\n\n{NEVER}"
IDENTITY = (
    "Trong ảnh có mã của thẻ căn cước. Tôi đã bỏ ảnh, không giữ lại gì. Xin đừng gửi ảnh căn cước cho tôi hay cho ai trên mạng.\n\n"
    "Để tra cứu hồ sơ, anh/chị chụp giấy hẹn hoặc gõ mã in trên đó."
)
HERE = "Ở bước này tôi không xem ảnh, và đã bỏ ảnh. Xin đừng gửi ảnh căn cước hay giấy tờ riêng. Anh/chị gõ chữ giúp tôi."

pytestmark = pytest.mark.usefixtures("shelf")


def photo(*texts: str, tilt: float = 17) -> bytes:
    """A receipt with a QR code for each text."""
    return saved(receipt(*map(qr, texts), size=(700, 500 + 260 * len(texts)), tilt=tilt))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("step", [(), ("/hoso",), (f"!d:{CODE}",)])
async def test_a_receipt_is_answered_as_its_code(meet: Meet, files: Pocket, channel: str, step: tuple[str, ...]) -> None:
    """At 17 degrees, out of nowhere or where the code is asked for, on every channel; and the photo is gone."""
    writes, sends = meet(channel, chat="one"), meet(channel, chat="two")
    await writes.says(CODE)
    for line in step:
        await (sends.presses_id(line[1:]) if line.startswith("!") else sends.says(line))
    await sends.sends_photo(photo(CODE))
    assert sends.heard == writes.heard
    assert (await sends.state()).step == (await writes.state()).step
    assert files.held == {}


async def test_a_barcode(citizen: Citizen) -> None:
    """Bars are read as well as squares."""
    await citizen.says(CODE)
    typed = citizen.heard
    await citizen.sends_photo(saved(receipt(bars())))
    citizen.hears_only(typed)


@pytest.mark.parametrize("text", [f"https://tra-cuu.example/?ma={CODE}", f"Mã hồ sơ: {CODE}; Lê Thị Ví Dụ"])
async def test_a_code_within_other_words(citizen: Citizen, text: str) -> None:
    """Whatever stands around it in the QR code, the dossier's code is found."""
    await citizen.says(CODE)
    typed = citizen.heard
    await citizen.sends_photo(photo(text))
    citizen.hears_only(typed)


async def test_several_codes(citizen: Citizen) -> None:
    """Each is answered, as if all had been typed."""
    await citizen.says(f"{CODE}\nH26.145-261102-0004")
    typed = sorted(citizen.labels)
    await citizen.sends_photo(photo(CODE, "H26.145-261102-0004"))
    assert sorted(citizen.labels) == typed
    citizen.hears(CODE, "H26.145-261102-0004")


async def test_a_code_in_the_caption(citizen: Citizen) -> None:
    """A caption that says the code helps a photo that does not show it."""
    await citizen.says(CODE)
    typed = citizen.heard
    await citizen.sends_photo(saved(receipt(size=(700, 900))), caption=f"hồ sơ {CODE}")
    citizen.hears_only(typed)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (saved(receipt(size=(700, 900))), NONE),
        (photo("https://example.org/"), OTHER),
        (photo("079080000123"), OTHER),
        (photo(CARD), IDENTITY),
        (
            b"<!doctype html><script>alert(1)</script>",
            f"Tệp này không phải ảnh mà tôi xem được. Anh/chị gửi ảnh JPG, PNG hoặc WebP giúp tôi.\n\n{NEVER}",
        ),
        (b"<svg onload='alert(1)'/>", f"Tệp này không phải ảnh mà tôi xem được. Anh/chị gửi ảnh JPG, PNG hoặc WebP giúp tôi.\n\n{NEVER}"),
        (picture(400, 400)[:900], f"Ảnh bị hỏng nên tôi không xem được. Anh/chị chụp lại rồi gửi giúp tôi.\n\n{NEVER}"),
        (animated("WEBP"), f"Đây là ảnh động. Anh/chị gửi ảnh chụp thường giúp tôi.\n\n{NEVER}"),
        (png_header(20_000, 20_000), f"Ảnh có kích thước quá lớn. Anh/chị chụp lại ở cỡ nhỏ hơn rồi gửi giúp tôi.\n\n{NEVER}"),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, f"Ảnh nặng quá 10 MB. Anh/chị chụp lại ở cỡ nhỏ hơn rồi gửi giúp tôi.\n\n{NEVER}"),
    ],
)
async def test_what_is_wrong_with_a_photo(citizen: Citizen, files: Pocket, raw: bytes, said: str) -> None:
    """What to do better is said, with the warning that identity papers are never to be sent; nothing is kept."""
    await citizen.sends_photo(raw)
    citizen.hears_only(said)
    citizen.sees("Danh sách thủ tục", "Tra cứu hồ sơ")
    assert files.held == {}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (FilesBusy(), "Lúc này tôi chưa tải được ảnh. Anh/chị đợi vài phút rồi gửi lại giúp tôi."),
        (Gone(), "Ảnh không còn tải được nữa. Anh/chị gửi lại giúp tôi."),
    ],
)
async def test_a_photo_that_cannot_be_had(citizen: Citizen, files: Pocket, fault: Exception, said: str) -> None:
    """The citizen is told to send it again, now or later."""
    files.fault = fault
    await citizen.sends_photo(photo(CODE))
    citizen.hears_only(f"{said}\n\n{NEVER}")


async def test_nothing_of_an_identity_card_stays(citizen: Citizen, database: Database, logged: list[dict[str, Any]]) -> None:
    """Neither number nor name nor address reaches the database or the log."""
    await citizen.sends_photo(photo(CARD))
    citizen.hears_only(IDENTITY)
    async with database.reading() as db:
        held = str([[tuple(row) for row in await db.execute(sa.select(table))] for table in metadata.sorted_tables])
    assert not re.search("079080000123|012345678|Ví Dụ|Thôn Mẫu", held + str(logged))


async def test_a_photo_in_vain_leaves_the_step(citizen: Citizen) -> None:
    """Where the code was asked for, it is still asked for after a photo without one."""
    await citizen.says("/hoso")
    await citizen.sends_photo(saved(receipt(size=(700, 900))))
    citizen.hears_only(NONE)
    assert citizen.labels == ["Thôi"]
    assert (await citizen.state()).step == "dossier.code"


async def test_a_photo_where_none_is_wanted(citizen: Citizen, files: Pocket) -> None:
    """In the midst of another dialogue a photo is not looked at, and the dialogue goes on."""
    await citizen.says("/gopy")
    await citizen.sends_photo(photo(CODE))
    citizen.hears_only(HERE)
    assert (await citizen.state()).step == "feedback.text"
    assert files.held == {}


async def test_a_channel_that_passes_no_photo(citizen: Citizen) -> None:
    """A photo that came without its content is told not to be looked at."""
    await citizen.sends(Kind.PHOTO)
    citizen.hears_only(HERE)


async def test_the_office_is_asked_for_first(database: Database, library: Library, clock: Clock, files: Pocket) -> None:
    """Where one bot serves several offices, the photo need not be sent again once the office is chosen."""
    several = with_offices(library, {"mau": "xã Mẫu", "vi-du": "phường Ví Dụ"})
    citizen = Citizen(Dispatch(Bench(database, lambda: several, handlers.route, clock, KEY, files)), database, files=files)
    await citizen.sends_photo(photo(CODE))
    citizen.hears("Anh/chị hỏi cho xã, phường nào?")
    await citizen.presses("xã Mẫu")
    citizen.hears("Vâng, từ giờ tôi trả lời cho Trung tâm Phục vụ hành chính công xã Mẫu.", CODE)
