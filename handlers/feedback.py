"""Free feedback: the citizen's words, shown once before they are sent, then a number to call with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.chat import Choice, Say
from bot.store import voices
from bot.turn import Reply, Turn
from handlers import greeting, wording
from knowledge.words import fold

SUBJECT = "gop-y"
MOST = 4000


async def ask(turn: Turn) -> Reply:
    """Asks for the words."""
    t = turn.t
    text = t("Anh/chị viết góp ý vào đây, một tin là đủ. Tôi sẽ cho anh/chị xem lại trước khi gửi.")
    text += "\n" + t("Không cần ghi tên. Việc khẩn cấp xin gọi 113, 114 hoặc 115.")
    choices = (Choice(t("Phản ánh, cần trả lời"), "k:new"), Choice(t("Thôi"), "cancel"))
    return Reply((Say(text, t("Gửi góp ý"), choices=choices),), step="feedback.text", subject=SUBJECT)


async def text_step(turn: Turn) -> Reply | None:
    """Shows the words as staff will see them and asks whether to send; once they are shown, «ok» sends them."""
    t, words = turn.t, turn.text.strip()
    if turn.state.step == "feedback.confirm" and (answer := ANSWERS.get(fold(words).strip(" .!,"))):
        return await answer(turn)
    cut = words[:MOST]
    note = t("Góp ý dài quá {n} ký tự nên tôi giữ phần đầu. Anh/chị có thể gửi phần còn lại sau.", n=t.number(MOST)) if len(words) > MOST else ""
    text = "\n\n".join(part for part in (f"“{cut}”", note, t("Cán bộ sẽ đọc đúng như trên, không kèm tên hay số điện thoại của anh/chị.")) if part)
    choices = (Choice(t("Gửi"), "fs"), Choice(t("Viết lại"), "fr"), Choice(t("Thôi"), "cancel"))
    return Reply((Say(text, t("Xem lại trước khi gửi"), choices=choices),), step="feedback.confirm", data={"text": cut}, subject=SUBJECT)


async def send(turn: Turn) -> Reply | None:
    """Stores the words under a reference number."""
    if turn.state.step != "feedback.confirm":
        return None
    t, reference = turn.t, voices.new_reference("GY", turn.now)
    effect = partial(voices.keep_feedback, chat=turn.chat, reference=reference, text=turn.state.data["text"], now=turn.now)
    text = t("Đã gửi. Số của góp ý: {reference}.", reference=reference)
    text += "\n" + t("Muốn hỏi lại, anh/chị gọi {phone} và đọc số này.", phone=wording.telephones(turn))
    return Reply((Say(text, replace=True),), effects=(effect,), subject=SUBJECT)


async def rewrite(turn: Turn) -> Reply | None:
    """Back to the words."""
    return await ask(turn) if turn.state.step == "feedback.confirm" else None


YES = ("gui di", "gui nhe", "gui giup", "gui luon", "ok", "ok gui", "oke", "dong y", "co", "vang", "u", "duoc", "send", "yes")
AGAIN = ("sua", "sua lai", "viet lai di", "rewrite")
NO = ("khong", "khong gui", "dung gui", "no")
# What a citizen types instead of pressing a button under the words.
ANSWERS: dict[str, Callable[[Turn], Awaitable[Reply | None]]] = {
    **dict.fromkeys(YES, send),
    **dict.fromkeys(AGAIN, rewrite),
    **dict.fromkeys(NO, greeting.cancel),
}
