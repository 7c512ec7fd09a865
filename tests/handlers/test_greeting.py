"""The first words, the help, the language, and what is no text."""

from __future__ import annotations

import pytest

from bot.chat import Kind
from tests.citizen import Citizen
from tests.handlers.conftest import CHANNELS, Meet

WAYS_IN = ("Danh sách thủ tục", "Tra cứu hồ sơ", "Giờ làm việc, địa chỉ", "Đánh giá phục vụ", "Gửi góp ý", "Gặp cán bộ")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_start(meet: Meet, channel: str) -> None:
    """The bot says whose assistant it is, gives examples, and leads into every dialogue."""
    citizen = meet(channel)
    await citizen.starts()
    citizen.hears(
        "Chào anh/chị! Tôi là trợ lý của Trung tâm Phục vụ hành chính công xã Mẫu.",
        "Anh/chị cứ hỏi như nói chuyện, có dấu hay không dấu đều được, ví dụ:",
        "• làm giấy khai sinh cho con cần gì\n• chứng thực bản sao bao nhiêu tiền\n• hôm nay có làm việc không",
    )
    citizen.sees(*WAYS_IN, "English")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("Danh sách thủ tục", "Anh/chị chọn lĩnh vực:"),
        ("Tra cứu hồ sơ", "Anh/chị gửi cho tôi mã hồ sơ in trên giấy hẹn"),
        ("Giờ làm việc, địa chỉ", "Giờ làm việc:\n• Thứ Hai đến thứ Sáu: 7:30–11:30, 13:30–17:00"),
        ("Đánh giá phục vụ", "Anh/chị thấy việc phục vụ ở bàn một cửa thế nào?"),
        ("Gửi góp ý", "Anh/chị viết góp ý vào đây"),
        ("Gặp cán bộ", "Anh/chị gọi 0200 000 0000, hoặc đến Số 1 đường Mẫu, xã Mẫu, tỉnh Mẫu."),
    ],
)
async def test_every_way_in(meet: Meet, channel: str, way: str, said: str) -> None:
    """Each choice of the greeting opens its dialogue, with buttons and without."""
    citizen = meet(channel)
    await citizen.starts()
    await citizen.presses(way)
    citizen.hears(said)


@pytest.mark.parametrize("command", ["/trogiup", "/help", "/HELP", "/help@motcua_bot", "/chuacolenhnay"])
async def test_help(citizen: Citizen, command: str) -> None:
    """The help says what can be asked, how to leave, and what never to send; an unknown command is answered by it."""
    await citizen.says(command)
    citizen.hears(
        "Tôi giúp được gì",
        "• Tra cứu hồ sơ: gửi mã in trên giấy hẹn, hoặc ảnh chụp mã đó.",
        "• Đang làm dở mà muốn thoát: gõ “huỷ”.",
        "• Đừng gửi ảnh căn cước, mật khẩu hay mã OTP. Tôi không bao giờ hỏi những thứ này.",
    )
    citizen.sees(*WAYS_IN)


@pytest.mark.parametrize(
    ("vietnamese", "english", "said"),
    [
        ("/thutuc", "/procedures", "Anh/chị chọn lĩnh vực:"),
        ("/hoso", "/dossier", "Tra cứu hồ sơ"),
        ("/giolamviec", "/hours", "Giờ làm việc:"),
        ("/danhgia", "/rate", "Đánh giá phục vụ"),
        ("/gopy", "/feedback", "Gửi góp ý"),
        ("/thongbao", "/notices", "Thông báo của"),
        ("/ngonngu", "/language", "Anh/chị chọn ngôn ngữ:"),
        ("/huy", "/cancel", "Vâng, khi cần anh/chị cứ hỏi."),
        ("/batdau", "/start", "Chào anh/chị!"),
    ],
)
async def test_commands(citizen: Citizen, vietnamese: str, english: str, said: str) -> None:
    """Every command works in Vietnamese and in English."""
    await citizen.says(vietnamese)
    citizen.hears(said)
    await citizen.says(english)
    citizen.hears(said)


async def test_channel_proposes_the_language(meet: Meet) -> None:
    """Telegram's language code chooses at first; the citizen's own choice wins later."""
    citizen = meet("telegram", language="de")
    await citizen.starts()
    citizen.hears("Hello! I am the assistant of Trung tâm Phục vụ hành chính công xã Mẫu.")
    await citizen.presses("Tiếng Việt")
    citizen.hears_only("Từ giờ tôi nói tiếng Việt.")
    await citizen.starts()
    citizen.hears("Chào anh/chị!")


@pytest.mark.parametrize("command", ["/language en", "/language English", "/ngonngu tiếng Anh"])
async def test_language_named_in_the_command(citizen: Citizen, command: str) -> None:
    """The language can be named with the command."""
    await citizen.says(command)
    citizen.hears_only("From now on I speak English. The leaflets stay in Vietnamese until they are translated.")
    await citizen.says("/language tiếng Việt")
    citizen.hears_only("Từ giờ tôi nói tiếng Việt.")


async def test_language_by_button(citizen: Citizen) -> None:
    """Without a name the languages are offered, each in its own words."""
    await citizen.says("/language")
    citizen.sees("Tiếng Việt", "English")
    await citizen.presses("English")
    citizen.sees("List of procedures", "Help")


@pytest.mark.parametrize("text", ["", "   ", "👍", "❤️❤️❤️", "...", "?!", "。。"])
async def test_wordless(citizen: Citizen, text: str) -> None:
    """A message without a letter or digit is met with an example and the ways in."""
    await citizen.says(text)
    citizen.hears_only("Tin nhắn chưa có chữ nào. Anh/chị gõ điều cần hỏi, ví dụ “làm giấy khai sinh cho con”.")
    citizen.sees(*WAYS_IN)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.STICKER, "Cảm ơn anh/chị! Anh/chị cần hỏi việc gì ạ?"),
        (Kind.VOICE, "Tôi chưa nghe được tin thoại. Anh/chị gõ chữ giúp tôi, không dấu cũng được."),
        (
            Kind.PHOTO,
            "Ở bước này tôi không xem ảnh, và đã bỏ ảnh. Xin đừng gửi ảnh căn cước hay giấy tờ riêng. Anh/chị gõ chữ giúp tôi.",
        ),
        (Kind.FILE, "Tôi chỉ đọc được tin nhắn chữ. Anh/chị gõ câu hỏi giúp tôi, không dấu cũng được."),
        (Kind.UNSUPPORTED, "Tôi chỉ đọc được tin nhắn chữ. Anh/chị gõ câu hỏi giúp tôi, không dấu cũng được."),
        (Kind.LOCATION, "Tôi chưa dùng được vị trí. Anh/chị cần hỏi việc gì ạ?"),
        (Kind.CONTACT, "Tôi không cần số điện thoại của anh/chị và không lưu lại. Anh/chị cần hỏi việc gì ạ?"),
    ],
)
async def test_no_text(citizen: Citizen, kind: Kind, said: str) -> None:
    """What is no text is met with what to do instead."""
    await citizen.sends(kind)
    citizen.hears_only(said)
    citizen.sees(*WAYS_IN)


async def test_ten_thousand_characters(citizen: Citizen) -> None:
    """A message of 10,000 characters is answered."""
    await citizen.says("qwrt plkjh " * 910)
    citizen.hears("Tôi chưa hiểu anh/chị cần việc gì, nên không dám trả lời bừa.")


@pytest.mark.parametrize("text", ["huỷ", "Hủy", "HUY", "thôi", "Thôi nhé.", "cancel", "hủy bỏ!"])
async def test_nothing_to_leave(citizen: Citizen, text: str) -> None:
    """«Huỷ» outside any dialogue is taken kindly."""
    await citizen.says(text)
    citizen.hears_only("Vâng, khi cần anh/chị cứ hỏi.")
    citizen.sees(*WAYS_IN)
