"""A petition from the first word to the code: told apart, described, shown, sent; and what is left when it is not."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

import handlers
from bot.chat import Chat, Kind
from bot.dispatch import Bench, Dispatch
from bot.petitions.rules import Rules
from bot.petitions.steps import Draft, Petition
from bot.photos import PhotoStore
from bot.store import Database, drafts, petitions, road, senders
from bot.turn import Library
from tests.citizen import Citizen
from tests.conftest import KEY, NOW, Clock
from tests.handlers.conftest import CHANNELS, Meet

TEXT = "Rác chất đống trước cổng chợ cả tuần nay"
SENT = re.compile(
    r"Đã gửi\. Mã: (PAKN-261123-\d{4})\n\nCán bộ nhận trước 9:30 thứ Tư 25/11/2026, trả lời trước 17:00 thứ Ba 15/12/2026\.\n"
    r"Trả lời về khung chat này\. Xem tới đâu: gửi mã trên, hoặc gõ “phản ánh của tôi”\."
)
STAFF_READ = "• Cán bộ xử lý đọc đúng như trên, không thấy tên, số điện thoại hay tài khoản của anh/chị."


def photo(colour: str = "red", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG", **options)
    return file.getvalue()


def kept(photos: PhotoStore) -> int:
    """How many photos are on the disk."""
    return len(list(photos._folder.glob("*"))) if photos._folder.is_dir() else 0


async def sent(database: Database) -> list[Petition]:
    async with database.reading() as db:
        return await petitions.open_ones(db, KEY, "mau")


async def written(citizen: Citizen, text: str = TEXT) -> None:
    """As far as the preview, without photos and place."""
    await citizen.says("/phananh")
    await citizen.presses("Phản ánh, kiến nghị")
    await citizen.says(text)
    await citizen.presses("Không có ảnh")
    await citizen.presses("Bỏ qua")


async def draft_left(database: Database, citizen: Citizen) -> bool:
    async with database.reading() as db:
        return await drafts.find(db, KEY, Chat("mau", citizen.channel, citizen.chat), NOW) is not None


# --- sent -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS)
async def test_sent(meet: Meet, database: Database, channel: str) -> None:
    """Words, place and two photos are shown as staff will see them, and stored only when they are sent."""
    citizen = meet(channel)
    await citizen.says("/phananh")
    citizen.hears("Gửi phản ánh, kiến nghị", "• Khiếu nại: quyết định", "• Tố cáo: báo một người làm sai. Không gửi vào đây")
    await citizen.presses("Phản ánh, kiến nghị")
    citizen.hears("Anh/chị kể chuyện gì, ở đâu, từ bao giờ, và mong xã làm gì. Viết một tin, chưa gửi đi ngay đâu.")
    await citizen.says(TEXT)
    citizen.hears("Có ảnh thì anh/chị gửi luôn, nhiều nhất 5 ảnh.")
    await citizen.sends_photo(photo("red"))
    citizen.hears("Đã nhận ảnh 1 trên 5.")
    await citizen.sends_photo(photo("blue"), "đống rác to nhất")
    citizen.hears("Đã nhận ảnh 2 trên 5. Lời kèm ảnh đã ghi vào phản ánh.")
    await citizen.presses("Xong, đi tiếp")
    citizen.hears("Chuyện xảy ra ở đâu?")
    await citizen.shares_place(21.03, 105.85)
    citizen.hears(
        f"Xem lại trước khi gửi\n\n“{TEXT}\nđống rác to nhất”\n\nẢnh: 2\nVị trí trên bản đồ: có\n\nAi thấy gì:\n{STAFF_READ}\n"
        "• Vị trí có thể cho biết anh/chị ở đâu.\n• Ảnh đã được bỏ nơi chụp, giờ chụp và tên máy.\n"
        "• Trả lời về khung chat này. Không đăng công khai."
    )
    assert await sent(database) == []
    await citizen.presses("Gửi")
    code = SENT.search(citizen.heard)
    assert code, citizen.heard
    (petition,) = await sent(database)
    assert (petition.code, petition.text, petition.spot) == (code.group(1), f"{TEXT}\nđống rác to nhất", (21.03, 105.85))
    assert not petition.named
    async with database.reading() as db:
        assert len(await petitions.photos_of(db, petition.id)) == 2
    assert not await draft_left(database, citizen)


@pytest.mark.parametrize("yes", ["gửi", "Gui di", "ok", "đồng ý"])
async def test_sent_by_words(citizen: Citizen, database: Database, yes: str) -> None:
    """A yes in words sends as well as the button."""
    await written(citizen)
    await citizen.says(yes)
    assert SENT.search(citizen.heard)
    assert [p.text for p in await sent(database)] == [TEXT]


async def test_sent_once(citizen: Citizen, database: Database) -> None:
    """A second press of «Gửi» sends nothing more."""
    await written(citizen)
    await citizen.presses("Gửi")
    await citizen.presses_id("k:send")
    citizen.hears("Nút này đã cũ")
    assert len(await sent(database)) == 1


async def test_named(citizen: Citizen, database: Database) -> None:
    """One who chooses to be named sees that in the preview, and the staff get name and number."""
    await written(citizen)
    await citizen.presses("Ghi tên tôi")
    await citizen.says("Người Mẫu")
    citizen.hears("Cán bộ cần hỏi thêm thì gọi số nào?")
    await citizen.says("12345")
    citizen.hears("Số này chưa đúng.")
    await citizen.says("0900 000 000")
    citizen.hears("thấy tên Người Mẫu và cách liên hệ: 0900000000.")
    await citizen.presses("Gửi")
    (petition,) = await sent(database)
    async with database.reading() as db:
        assert await senders.contact_of(db, petition.id) == ("Người Mẫu", "0900000000")


async def test_named_and_then_not(citizen: Citizen, database: Database) -> None:
    """A name that was typed and taken back is not kept."""
    await written(citizen)
    await citizen.presses("Ghi tên tôi")
    await citizen.says("Người Mẫu")
    await citizen.presses("Chỉ qua khung chat")
    await citizen.presses("Giấu tên")
    citizen.hears(STAFF_READ)
    await citizen.presses("Gửi")
    (petition,) = await sent(database)
    async with database.reading() as db:
        assert await senders.contact_of(db, petition.id) == ("", "")


async def test_about_a_dossier(citizen: Citizen, database: Database) -> None:
    """A code in the words is taken up and shown; staff see it; whether there is such a dossier is not told."""
    await citizen.says("/phananh")
    await citizen.says("Hồ sơ H26.145-261110-0099 quá hẹn mười ngày mà không ai báo")
    await citizen.presses("Không có ảnh")
    await citizen.presses("Bỏ qua")
    citizen.hears_only("Hồ sơ\n\nPhản ánh này về hồ sơ H26.145-261110-0099? Anh/chị gõ mã khác nếu không phải.")
    await citizen.says("không phải mã")
    citizen.hears("Mã này chưa đúng dạng.")
    await citizen.says("H26.145-261110-0001")
    citizen.hears("“Hồ sơ [mã hồ sơ] quá hẹn mười ngày mà không ai báo”", "Hồ sơ: H26.145-261110-0001", "• Mã hồ sơ cho cán bộ biết chủ hồ sơ là ai.")
    await citizen.presses("Gửi")
    assert [p.dossier for p in await sent(database)] == ["H26.145-261110-0001"]


@pytest.mark.parametrize(
    ("button", "words", "seen"),
    [
        ("Sửa lời", "Rác ở cổng chợ đã ba tuần chưa ai dọn", "“Rác ở cổng chợ đã ba tuần chưa ai dọn”"),
        ("Nơi xảy ra", "cổng chợ Mẫu", "Nơi: cổng chợ Mẫu"),
        ("Hồ sơ", "H26.145-261110-0001", "Hồ sơ: H26.145-261110-0001"),
    ],
)
async def test_changed_from_the_preview(citizen: Citizen, button: str, words: str, seen: str) -> None:
    """Each part is changed from the preview and leads back there."""
    await written(citizen)
    await citizen.presses(button)
    await citizen.says(words)
    citizen.hears("Xem lại trước khi gửi", seen)


async def test_photos_from_the_preview(citizen: Citizen, photos: PhotoStore) -> None:
    """Photos are added from the preview, and all removed again."""
    await written(citizen)
    await citizen.presses("Ảnh")
    await citizen.sends_photo(photo())
    await citizen.presses("Xong, đi tiếp")
    citizen.hears("Xem lại trước khi gửi", "Ảnh: 1")
    assert kept(photos) == 1
    await citizen.presses("Ảnh")
    await citizen.presses("Bỏ hết ảnh")
    assert kept(photos) == 0
    await citizen.presses("Không có ảnh")
    citizen.hears_no("Ảnh: 1")


@pytest.mark.parametrize("word", ["bỏ qua", "không", "khong co", "xong", "skip"])
async def test_passed_over_by_words(citizen: Citizen, word: str) -> None:
    """«Bỏ qua» passes over a step and does not leave the dialogue."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.says(word)
    citizen.hears("Chuyện xảy ra ở đâu?")
    await citizen.says(word)
    citizen.hears("Xem lại trước khi gửi")


async def test_english(citizen: Citizen, database: Database) -> None:
    """In English the dialogue is English."""
    await citizen.says("/language en")
    await citizen.says("/petition")
    await citizen.says("The street light before the market has been broken for weeks")
    await citizen.presses("No photos")
    await citizen.presses("Skip")
    citizen.hears("Who sees what:", "do not see your name")
    await citizen.presses("Send")
    citizen.hears("Sent. Code: PAKN-261123-0001")
    citizen.hears_no("Đã gửi", "anh/chị", "Cán bộ")


# --- told apart -----------------------------------------------------------------------------------------------------------------------------


async def test_a_denunciation_is_not_taken(citizen: Citizen, database: Database) -> None:
    """A denunciation is told where to go and how the identity is protected; nothing of it is kept."""
    await citizen.says("/phananh")
    await citizen.says("Tôi muốn tố cáo ông A nhận tiền của dân")
    citizen.hears("Tố cáo\n\n• Tôi không nhận tố cáo trong khung chat, và không giữ lại điều anh/chị vừa viết.", "được giữ bí mật theo Luật Tố cáo")
    assert not await draft_left(database, citizen)
    async with database.reading() as db:
        dump = str((await db.exec_driver_sql("SELECT payload FROM inbox")).all())
    assert "ông A" not in dump


@pytest.mark.parametrize(
    ("text", "asked", "label", "told"),
    [
        ("Cán bộ quầy hai vòi tiền tôi", "Anh/chị muốn tố cáo một người, hay phản ánh để xã chấn chỉnh?", "Là tố cáo", "Tôi không nhận tố cáo"),
        ("Tôi khiếu nại quyết định của ủy ban", "Đây có phải là khiếu nại về quyền lợi của chính", "Là khiếu nại", "trong 30 ngày kể từ ngày thụ lý"),
        ("cho tôi hỏi đăng ký kết hôn cần giấy gì", "Anh/chị hỏi thủ tục, hay muốn phản ánh", "Là câu hỏi, trả lời tôi", "Đăng ký kết hôn"),
    ],
)
async def test_asked_where_it_is_open(citizen: Citizen, text: str, asked: str, label: str, told: str) -> None:
    """Where the words leave it open it is asked, and each answer has its road; nothing is sent meanwhile."""
    await citizen.says("/phananh")
    await citizen.says(text)
    citizen.hears(asked, "Chưa có gì được gửi đi.")
    await citizen.presses(label)
    citizen.hears(told)


@pytest.mark.parametrize("text", ["Cán bộ quầy hai vòi tiền tôi", "Tôi khiếu nại quyết định của ủy ban"])
async def test_a_petition_all_the_same(citizen: Citizen, database: Database, text: str) -> None:
    """Who says that it is a petition goes on with the same words."""
    await citizen.says("/phananh")
    await citizen.says(text)
    await citizen.presses("Gửi là phản ánh")
    await citizen.presses("Không có ảnh")
    await citizen.presses("Bỏ qua")
    await citizen.presses("Gửi")
    assert [p.text for p in await sent(database)] == [text]


async def test_danger_goes_first(citizen: Citizen) -> None:
    """Danger to life in the words is answered with the numbers to call, by button too."""
    await citizen.says("/phananh")
    await citizen.says("Nhà hàng xóm đang cháy, cứu với")
    citizen.hears("113: công an", "114")
    await citizen.says("/phananh")
    await citizen.presses("Có người gặp nguy hiểm")
    citizen.hears("113: công an")


async def test_words_that_tell_it_are_the_draft(citizen: Citizen, database: Database) -> None:
    """A message that already tells what is wrong need not be typed again."""
    await citizen.says("Rác chất đống mấy ngày nay không ai hốt")
    citizen.hears("Anh/chị muốn gửi điều này tới xã thành một phản ánh có mã, có trả lời?")
    await citizen.presses("Gửi là phản ánh")
    await citizen.presses("Không có ảnh")
    await citizen.presses("Bỏ qua")
    citizen.hears("“Rác chất đống mấy ngày nay không ai hốt”")


async def test_from_feedback(citizen: Citizen) -> None:
    """Who came to give feedback is offered a petition that is answered."""
    await citizen.says("/gopy")
    await citizen.presses("Phản ánh, cần trả lời")
    citizen.hears("Gửi phản ánh, kiến nghị")


# --- left -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
async def test_left_at_any_step(citizen: Citizen, database: Database, photos: PhotoStore, steps: int) -> None:
    """«Huỷ» at any step forgets words and photos that were not sent."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    for n in range(steps):
        await (citizen.sends_photo(photo()) if n == 0 else citizen.says("xong"))
    await citizen.says("huỷ")
    citizen.hears("Đã dừng, không có gì được gửi đi.")
    assert not await draft_left(database, citizen)
    assert kept(photos) == 0
    assert await sent(database) == []


async def test_resumed_within_a_day(citizen: Citizen, database: Database, clock: Clock) -> None:
    """A draft left for another question is told to be kept, and is taken up again."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.sends_photo(photo())
    await citizen.says("/giolamviec")
    citizen.hears("Phản ánh đang viết dở được giữ một ngày, chưa gửi đi. Gõ /phananh để viết tiếp.")
    clock.move(hours=23)
    await citizen.says("/phananh")
    citizen.hears_only(f"Anh/chị đang viết dở một phản ánh:\n“{TEXT}”")
    await citizen.presses("Viết tiếp")
    citizen.hears("Đang có 1 ảnh. Anh/chị gửi thêm, hoặc đi tiếp.")
    await citizen.presses("Xong, đi tiếp")
    await citizen.presses("Bỏ qua")
    await citizen.presses("Gửi")
    assert [p.text for p in await sent(database)] == [TEXT]


async def test_a_new_one_in_place_of_the_draft(citizen: Citizen, photos: PhotoStore) -> None:
    """The draft is dropped with its photos for a new one."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.sends_photo(photo())
    await citizen.says("/phananh")
    await citizen.presses("Bỏ, viết cái mới")
    citizen.hears("Việc của anh/chị là gì?")
    assert kept(photos) == 0


async def test_forgotten_after_a_day(citizen: Citizen, database: Database, clock: Clock) -> None:
    """After a day the draft is gone."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.says("/giolamviec")
    clock.move(hours=25)
    await citizen.says("/phananh")
    citizen.hears_no(TEXT)


async def test_a_photo_that_was_sent_before_stays(citizen: Citizen, photos: PhotoStore) -> None:
    """Leaving a draft removes no photo that belongs to a petition that was sent."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.sends_photo(photo())
    await citizen.presses("Xong, đi tiếp")
    await citizen.presses("Bỏ qua")
    await citizen.presses("Gửi")
    await citizen.says("/phananh")
    await citizen.says("Rác ở chợ lại đầy sau ba ngày")
    await citizen.sends_photo(photo())
    await citizen.says("huỷ")
    assert kept(photos) == 1


# --- bad input ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["rác", "a", "12345", "ngắn quá"])
async def test_too_short(citizen: Citizen, text: str) -> None:
    """Fewer than ten characters are asked to be more."""
    await citizen.says("/phananh")
    await citizen.presses("Phản ánh, kiến nghị")
    await citizen.says(text)
    citizen.hears_only("Anh/chị viết rõ hơn một chút giúp tôi, để cán bộ hiểu chuyện gì và ở đâu.")


async def test_too_long(meet: Meet, database: Database) -> None:
    """Of more than 4,000 characters the first part is kept, and that is said."""
    citizen = meet("telegram")
    await citizen.says("/phananh")
    await citizen.presses("Phản ánh, kiến nghị")
    await citizen.says("rác " * 1100)
    citizen.hears("Phản ánh dài quá 4.000 ký tự nên tôi giữ phần đầu.")
    await citizen.presses("Không có ảnh")
    await citizen.presses("Bỏ qua")
    await citizen.presses("Gửi")
    assert [len(p.text) for p in await sent(database)] == [4000]


def script() -> bytes:
    return b"#!/bin/sh\nrm -rf /\n"


def huge() -> bytes:
    file = io.BytesIO()
    Image.new("1", (12_001, 8)).save(file, "PNG")
    return file.getvalue()


def animated() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (script(), "Tệp này không phải ảnh nên tôi không nhận."),
        (huge(), "Ảnh có kích thước quá lớn."),
        (animated(), "Ảnh động tôi không nhận được."),
        (photo()[:200], "Ảnh này tôi không mở được."),
        (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "Ảnh nặng quá 10 MB nên tôi chưa nhận được."),
    ],
)
async def test_what_is_no_photo(citizen: Citizen, photos: PhotoStore, raw: bytes, told: str) -> None:
    """A script, a picture of 12,001 points, an animated one, a broken one and a heavy one are refused kindly; the step is still waited for."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.sends_photo(raw)
    citizen.hears(told)
    assert kept(photos) == 0
    await citizen.presses("Không có ảnh")
    citizen.hears("Chuyện xảy ra ở đâu?")


async def test_an_animated_sticker(citizen: Citizen) -> None:
    """A sticker is answered and the photos are still waited for."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.sends(Kind.STICKER)
    assert (await citizen.state()).step == "petition.photos"


async def test_six_photos(citizen: Citizen, photos: PhotoStore) -> None:
    """The sixth photo is not kept, and that is said; the same photo twice is one."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    for colour in ("red", "red", "blue", "green", "white", "black"):
        await citizen.sends_photo(photo(colour))
    citizen.hears("Đã nhận ảnh 5 trên 5.")
    await citizen.sends_photo(photo("yellow"))
    citizen.hears("Đã đủ 5 ảnh, ảnh này tôi không giữ.")
    assert kept(photos) == 5


@pytest.mark.parametrize("spot", [(13.5, 111.5), (0.0, 0.0), (48.86, 2.35), (105.85, 21.03)])
async def test_a_location_in_the_sea(citizen: Citizen, database: Database, spot: tuple[float, float]) -> None:
    """A place in the sea or abroad is asked for again, and is not kept."""
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.presses("Không có ảnh")
    await citizen.shares_place(*spot)
    citizen.hears("Vị trí này ở ngoài biển hoặc ngoài Việt Nam nên tôi không dùng.")
    await citizen.presses("Bỏ qua")
    await citizen.presses("Gửi")
    assert [p.spot for p in await sent(database)] == [None]


async def test_two_hundred_in_a_minute(citizen: Citizen, database: Database, clock: Clock) -> None:
    """Of 200 petitions in a minute from one person five are kept; the others hear one kind limit, and none is said to be sent."""
    for n in range(200):
        clock.move(seconds=0.05)
        await citizen.says("/phananh")
        if n < 5:
            await citizen.says(f"{TEXT}, lần thứ {n}")
            await citizen.says("xong")
            await citizen.says("xong")
            await citizen.says("gửi")
            citizen.hears("Đã gửi.")
        else:
            citizen.hears("Hôm nay anh/chị đã gửi 5 phản ánh, đủ số một người gửi được trong ngày. Các phản ánh đã gửi vẫn được xử lý.")
    assert len(await sent(database)) == 5


async def test_the_limit_is_met_while_writing(database: Database, library: Library, clock: Clock) -> None:
    """One too many is refused at the button too, and its draft is kept, not dropped."""
    citizen = Citizen(Dispatch(Bench(database, lambda: library, handlers.route, clock, KEY, rules=Rules(per_day=1))), database)
    await written(citizen)
    state = await citizen.state()
    await citizen.presses("Gửi")
    async with database.writing() as db:
        await drafts.keep(db, KEY, Chat("mau", "web", "citizen"), Draft("Một chuyện khác hẳn ở chợ"), NOW)
        await road.keep_state(db, Chat("mau", "web", "citizen"), state, NOW)
    await citizen.presses_id("k:send")
    citizen.hears("Hôm nay anh/chị đã gửi 1 phản ánh")
    assert len(await sent(database)) == 1
    assert await draft_left(database, citizen)


async def test_the_same_words_again(citizen: Citizen, database: Database) -> None:
    """The same words on the same day are told the code that they have, and are not sent again."""
    await written(citizen)
    await citizen.presses("Gửi")
    await written(citizen, TEXT.upper())
    await citizen.presses("Gửi")
    citizen.hears_only("Hôm nay anh/chị đã gửi đúng lời này, mã PAKN-261123-0001. Một lần là đủ, tôi không gửi thêm lần nữa.")
    assert len(await sent(database)) == 1


async def test_insults(citizen: Citizen, database: Database) -> None:
    """Heated words get a kind word and are sent as they are."""
    await written(citizen, "Đồ ăn hại, rác để cả tuần không dọn, ngu như bò")
    citizen.hears("Tôi hiểu anh/chị đang bực. Lời anh/chị vẫn được gửi nguyên")
    await citizen.presses("Gửi")
    assert [p.text for p in await sent(database)] == ["Đồ ăn hại, rác để cả tuần không dọn, ngu như bò"]


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        ("<b>đậm</b> <script>alert(1)</script> rác", None),
        ("=HYPERLINK(1) rác ở cổng chợ", None),
        ("{phone} {0} %s rác ở cổng chợ", None),
        ("rác\x00 ở\x07 cổng\x1b[31m chợ", "rác ở cổng[31m chợ"),
        ("rác \u202eợhc gnổc\u202c ở đây rồi", "rác ợhc gnổc ở đây rồi"),
        ("[rác](http://vi.du) *đậm* _nghiêng_ ở chợ", None),
    ],
)
async def test_markup_and_control_characters(citizen: Citizen, database: Database, words: str, stored: str | None) -> None:
    """Markup stays plain words; control characters and turned writing are taken out."""
    await written(citizen, words)
    citizen.hears(f"“{stored or words}”")
    await citizen.presses("Gửi")
    assert [p.text for p in await sent(database)] == [stored or words]


async def test_no_gps_in_a_kept_photo(citizen: Citizen, photos: PhotoStore) -> None:
    """What the camera wrote into a photo is not in the kept one."""
    exif = Image.Exif()
    exif[0x010F] = "Máy Mẫu"
    exif.get_ifd(0x8825)[1] = "N"
    await citizen.says("/phananh")
    await citizen.says(TEXT)
    await citizen.sends_photo(photo(exif=exif))
    (path,) = photos._folder.glob("*.jpg")
    with Image.open(path) as image:
        assert not image.getexif()
    assert "Máy".encode() not in path.read_bytes()
