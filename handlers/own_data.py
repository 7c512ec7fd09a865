"""What the bot keeps about this chat, told in plain words and deleted when the citizen wishes. Source: domain rules, section 8."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.chat import Choice, Say
from bot.store import own_data, voices
from bot.texts import Texts
from bot.turn import Reply, Turn
from handlers import feedback, greeting, wording
from knowledge.understand.meaning import Topic
from knowledge.words import fold

SUBJECT = "du-lieu-cua-toi"
_MINE = r"(?:cua (?:toi|minh|em|con|chau|bac|co|chu)|toi|minh)"
_WHAT = r"(?:du lieu|thong tin|tin nhan|lich su|cuoc tro chuyen)"
_DELETE = re.compile(
    rf"\b(?:xoa|go bo)(?: \w+){{0,3}}? {_WHAT}(?: ca nhan| chat| nhan tin)? {_MINE}\b|^xoa du lieu$"
    r"|\b(?:delete|erase|remove)(?: all)?(?: of)? my (?:personal )?(?:data|messages|chat|information)\b"
)
_SHOW = re.compile(
    rf"\b(?:bot|ban|may|day) (?:dang )?(?:giu|luu)(?: \w+){{0,3}} {_WHAT}(?: gi)?\b|\bwhat (?:data )?do you (?:keep|know|store) about me\b"
)
_MAY_LEAVE = {"", "rating", "verdict", "dossier", "own_data"}  # elsewhere the citizen is writing to the office, and these may be the words


async def word(turn: Turn) -> Reply | None:
    """«xoá dữ liệu của tôi»: shows what is kept; nothing is deleted yet."""
    said = " ".join(re.findall(r"\w+", fold(turn.text)))
    busy = turn.state.step.partition(".")[0] not in _MAY_LEAVE
    return await show(turn) if not busy and len(said) < 80 and (_DELETE.search(said) or _SHOW.search(said)) else None


async def show(turn: Turn) -> Reply:
    """What is kept, what would go and what would stay; one more tap deletes."""
    t, held = turn.t, await own_data.held(turn.db, turn.chat)
    text = t("Tôi đang giữ về cuộc trò chuyện này:") + "\n" + wording.bullets(_kept(t, held))
    text += "\n\n" + t("Xoá rồi không lấy lại được. Sau khi xoá:")
    stays = (
        t("Điểm đánh giá vẫn được đếm trong số liệu, nhưng không còn biết là của ai; lời kèm theo và mã hồ sơ bị bỏ."),
        t("Góp ý và câu hỏi đã gửi cán bộ vẫn còn nguyên lời, nhưng không còn nối với anh/chị."),
        t("Phản ánh đã gửi và hồ sơ của cơ quan không nằm trong phần này. Muốn xem, sửa, xoá, anh/chị gọi {phone}.", phone=wording.telephones(turn)),
    )
    text += "\n" + wording.bullets(stays)
    choices = (Choice(t("Xoá dữ liệu của tôi"), "xd"), Choice(t("Không xoá"), "cancel"))
    return Reply((Say(text, t("Dữ liệu của anh/chị"), choices=choices),), step="own_data.confirm", subject=SUBJECT)


def _kept(t: Texts, held: Mapping[str, int]) -> list[str]:
    names = {
        "messages": t.plural("{n} tin nhắn và các câu trả lời", "{n} tin nhắn và các câu trả lời", held["messages"]),
        "follows": t.plural("{n} hồ sơ đang theo dõi", "{n} hồ sơ đang theo dõi", held["follows"]),
        "proofs": t.plural("{n} hồ sơ đã mở bằng 4 số", "{n} hồ sơ đã mở bằng 4 số", held["proofs"]),
        "subscriptions": t.plural("{n} chủ đề thông báo", "{n} chủ đề thông báo", held["subscriptions"]),
        "attendances": t.plural("{n} lần đăng ký dự đối thoại", "{n} lần đăng ký dự đối thoại", held["attendances"]),
        "questions": t.plural("{n} câu hỏi gửi buổi đối thoại", "{n} câu hỏi gửi buổi đối thoại", held["questions"]),
        "ratings": t.plural("{n} lần đánh giá", "{n} lần đánh giá", held["ratings"]),
        "feedback": t.plural("{n} góp ý", "{n} góp ý", held["feedback"]),
    }
    return [words for name, words in names.items() if held[name]]


async def confirm_step(turn: Turn) -> Reply | None:
    """A yes or a no in words; anything else is another matter."""
    answer = _ANSWERS.get(fold(turn.text).strip(" .!,"))
    return await answer(turn) if answer else None


async def delete(turn: Turn) -> Reply | None:
    """Deletes, and gives a number by which the office can confirm that it was done."""
    if turn.state.step != "own_data.confirm":
        return None
    t, reference = turn.t, voices.new_reference("XD", turn.now)
    text = t("Đã xoá. Số xác nhận: {reference}.", reference=reference)
    text += "\n" + t("Chỉ còn lại tin này. Cần hỏi lại, anh/chị gọi {phone} và đọc số này.", phone=wording.telephones(turn))
    effect = partial(own_data.delete, chat=turn.chat, reference=reference, now=turn.now)
    return Reply((Say(text),), topic=Topic(), effects=(effect,), subject=SUBJECT, hide=True)


_ANSWERS: dict[str, Callable[[Turn], Awaitable[Reply | None]]] = {
    **dict.fromkeys(("xoa", "xoa di", "xoa het", "dong y", "co", "ok", "vang", "yes", "delete"), delete),
    **dict.fromkeys((*feedback.NO, "khong xoa"), greeting.cancel),
}
