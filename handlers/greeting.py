"""The first words, the help, the language, and the way out of any dialogue."""

from __future__ import annotations

import re

from bot.chat import Choice, Say
from bot.texts import LANGUAGES, texts
from bot.turn import Outcome, Reply, Turn
from handlers import wording
from knowledge.words import fold

CANCEL_WORDS = frozenset({"huy", "huy bo", "thoi", "thoi khoi", "dung lai", "thoat", "cancel", "stop", "bo qua"})
CANCEL_WORDS |= {"huy di", "huy nhe", "huy giup", "thoi di", "thoi nhe", "thoi khong", "thoi khong can", "khong gui nua", "khong can nua"}

_NAMED = {"en": re.compile(r"\b(english|tieng anh|en)\b"), "vi": re.compile(r"\b(vietnamese|tieng viet|vi)\b")}


def main_choices(turn: Turn) -> tuple[Choice, ...]:
    """The way into every dialogue."""
    t = turn.t
    return (
        Choice(t("Danh sách thủ tục"), "fields"),
        Choice(t("Tra cứu hồ sơ"), "g:tra-cuu-ho-so"),
        Choice(t("Giờ làm việc, địa chỉ"), "g:gio-lam-viec"),
        Choice(t("Đánh giá phục vụ"), "g:danh-gia"),
        Choice(t("Gửi góp ý"), "g:gop-y"),
        Choice(t("Gặp cán bộ"), "g:gap-can-bo"),
    )


async def start(turn: Turn) -> Reply:
    """Who the bot is and what it can do, with a way into each dialogue."""
    t = turn.t
    text = t("Chào anh/chị! Tôi là trợ lý của {office}.", office=turn.knowledge.office.name)
    text += "\n\n" + t("Anh/chị cứ hỏi như nói chuyện, có dấu hay không dấu đều được, ví dụ:")
    text += "\n" + wording.bullets((t("làm giấy khai sinh cho con cần gì"), t("chứng thực bản sao bao nhiêu tiền"), t("hôm nay có làm việc không")))
    return Reply((Say(text, choices=(*main_choices(turn), _other_language(turn))),), subject="tro-giup")


async def help_(turn: Turn) -> Reply:
    """What can be asked, and what never to send."""
    t = turn.t
    lines = (
        t("Hỏi thủ tục: gõ tên việc, ví dụ “đăng ký kết hôn cần gì”, rồi hỏi tiếp “bao nhiêu tiền”, “bao lâu”."),
        t("Tra cứu hồ sơ: gửi mã in trên giấy hẹn, hoặc ảnh chụp mã đó."),
        t("Đánh giá, góp ý: bấm nút bên dưới."),
        t("Đang làm dở mà muốn thoát: gõ “huỷ”."),
        t("Đừng gửi ảnh căn cước, mật khẩu hay mã OTP. Tôi không bao giờ hỏi những thứ này."),
    )
    return Reply((Say(wording.bullets(lines), t("Tôi giúp được gì"), choices=(*main_choices(turn), _other_language(turn))),), subject="tro-giup")


def _other_language(turn: Turn) -> Choice:
    other = "en" if turn.t.language == "vi" else "vi"
    return Choice(LANGUAGES[other], f"l:{other}")


async def language(turn: Turn) -> Reply:
    """Switches to the language named, or offers the choice."""
    wanted = turn.arguments[0] if turn.arguments else ""
    if not wanted:
        wanted = next((code for code, words in _NAMED.items() if words.search(fold(turn.text))), "")
    if wanted not in LANGUAGES:
        choices = tuple(Choice(name, f"l:{code}") for code, name in LANGUAGES.items())
        return Reply((Say(turn.t("Anh/chị chọn ngôn ngữ:"), choices=choices),), subject="doi-ngon-ngu")
    t = texts(wanted)
    text = t("Từ giờ tôi nói tiếng Việt.")
    if wanted != "vi":
        text += " " + t("Các tờ hướng dẫn vẫn bằng tiếng Việt cho đến khi được dịch.")
    choices = (Choice(t("Danh sách thủ tục"), "fields"), Choice(t("Trợ giúp"), "g:tro-giup"))
    return Reply((Say(text, choices=choices),), language=wanted, subject="doi-ngon-ngu")


async def cancel(turn: Turn) -> Reply:
    """Out of whatever was begun; nothing of it is kept."""
    t = turn.t
    text = t("Đã dừng, không có gì được gửi đi.") if turn.state.step else t("Vâng, khi cần anh/chị cứ hỏi.")
    if turn.state.step.startswith("rating."):
        text = t("Vâng, đánh giá anh/chị đã chọn vẫn được giữ.")
    if turn.state.step == "verdict.comment":
        text = t("Vâng, tôi vẫn chuyển câu hỏi cho cán bộ xem lại.")
    return Reply((Say(text, choices=main_choices(turn)),), outcome=Outcome.OTHER, subject="huy")


async def unreadable(turn: Turn) -> Reply:
    """A sticker, a voice message, a file, a place: what to do instead."""
    t, kind = turn.t, turn.incoming.kind.value
    told = {
        "photo": t("Ở bước này tôi không xem ảnh, và đã bỏ ảnh. Xin đừng gửi ảnh căn cước hay giấy tờ riêng. Anh/chị gõ chữ giúp tôi."),
        "voice": t("Tôi chưa nghe được tin thoại. Anh/chị gõ chữ giúp tôi, không dấu cũng được."),
        "sticker": t("Cảm ơn anh/chị! Anh/chị cần hỏi việc gì ạ?"),
        "location": t("Tôi chưa dùng được vị trí. Anh/chị cần hỏi việc gì ạ?"),
        "contact": t("Tôi không cần số điện thoại của anh/chị và không lưu lại. Anh/chị cần hỏi việc gì ạ?"),
    }
    text = told.get(kind, t("Tôi chỉ đọc được tin nhắn chữ. Anh/chị gõ câu hỏi giúp tôi, không dấu cũng được."))
    return Reply(
        (Say(text, choices=() if turn.state.step else main_choices(turn)),), step=turn.state.step, data=turn.state.data, subject=f"nhan-{kind}"
    )


async def wordless(turn: Turn) -> Reply:
    """An empty message, or one without a letter or digit."""
    text = turn.t("Tin nhắn chưa có chữ nào. Anh/chị gõ điều cần hỏi, ví dụ “làm giấy khai sinh cho con”.")
    return Reply((Say(text, choices=main_choices(turn)),), step=turn.state.step, data=turn.state.data, subject="nhan-trong")


async def no_such_number(turn: Turn) -> Reply:
    """A number that the menu does not have."""
    t, menu = turn.t, turn.state.menu
    if not menu.numbered or not menu.items:
        text = t("Hiện không có danh sách nào để chọn bằng số. Anh/chị gõ điều cần hỏi giúp tôi.")
        return Reply((Say(text, choices=main_choices(turn)),), subject="so-ngoai-danh-sach")
    text = t("Danh sách chỉ có số 1 đến {n}. Anh/chị gõ lại số, hoặc gõ điều cần hỏi.", n=len(menu.items))
    if len(menu.items) == 1:
        text = t("Danh sách chỉ có số 1. Anh/chị gõ 1, hoặc gõ điều cần hỏi.")
    choices = tuple(Choice(label, id_) for label, id_ in menu.items)
    return Reply((Say(text, choices=choices, numbered=menu.ordinal),), subject="so-ngoai-danh-sach")
