"""A photo: the codes of a receipt are read from it as if they were typed; it is kept by nobody here."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import Choice, Kind, Say
from bot.dossiers import receipt
from bot.dossiers.codes import find
from bot.dossiers.receipt import Seen
from bot.photos import MOST_BYTES, PhotoRefused, Reason
from bot.texts import Texts
from bot.turn import FilesBusy, Gone, Reply, TooBig, Turn
from handlers import dossier, greeting, offices

SUBJECT = "nhan-photo"
Trouble = TooBig | Gone | FilesBusy | PhotoRefused


async def receipt_photo(turn: Turn) -> Reply:
    """Where the dossiers stand whose codes are in the photo; else what is wrong with it and how to take a better one."""
    if not turn.incoming.media:
        return await greeting.unreadable(turn)
    try:
        seen = await receipt.read(await turn.files.read(turn.incoming.channel, turn.incoming.media[0], MOST_BYTES))
    except (TooBig, Gone, FilesBusy, PhotoRefused) as error:
        return _stay(turn, told(turn.t, error), _never_papers(turn.t))
    return await _read(turn, seen)


async def _read(turn: Turn, seen: Seen) -> Reply:
    t = turn.t
    if seen.identity:
        text = t("Trong ảnh có mã của thẻ căn cước. Tôi đã bỏ ảnh, không giữ lại gì. Xin đừng gửi ảnh căn cước cho tôi hay cho ai trên mạng.")
        return _stay(turn, text, t("Để tra cứu hồ sơ, anh/chị chụp giấy hẹn hoặc gõ mã in trên đó."))
    found = find("\n".join((*seen.texts, turn.text)), turn.now.date())
    if found:
        words = "\n".join((*(f.code for f in found), turn.text))
        typed = replace(turn, incoming=replace(turn.incoming, kind=Kind.TEXT, text=words, media=()))
        return await offices.ask(typed) if turn.undecided else await dossier.tell(typed, found)
    none = t("Mã trong ảnh không phải mã hồ sơ.") if seen.texts else t("Tôi chưa thấy mã hồ sơ nào trong ảnh, và đã bỏ ảnh.")
    return _stay(turn, none, better(t), _never_papers(t))


def better(t: Texts) -> str:
    """How to take a photo from which a code can be read."""
    return t("Anh/chị chụp lại giúp tôi: để giấy hẹn nơi sáng, đưa máy gần mã QR cho thật rõ nét. Hoặc gõ mã in trên giấy, như H26.145-260108-0002.")


def told(t: Texts, error: Trouble) -> str:
    """What to do about a photo that cannot be taken."""
    if isinstance(error, FilesBusy):
        return t("Lúc này tôi chưa tải được ảnh. Anh/chị đợi vài phút rồi gửi lại giúp tôi.")
    if isinstance(error, Gone):
        return t("Ảnh không còn tải được nữa. Anh/chị gửi lại giúp tôi.")
    if isinstance(error, TooBig) or error.reason is Reason.TOO_BIG:
        return t("Ảnh nặng quá 10 MB. Anh/chị chụp lại ở cỡ nhỏ hơn rồi gửi giúp tôi.")
    return {
        Reason.TOO_LARGE: t("Ảnh có kích thước quá lớn. Anh/chị chụp lại ở cỡ nhỏ hơn rồi gửi giúp tôi."),
        Reason.ANIMATED: t("Đây là ảnh động. Anh/chị gửi ảnh chụp thường giúp tôi."),
        Reason.NO_PHOTO: t("Tệp này không phải ảnh mà tôi xem được. Anh/chị gửi ảnh JPG, PNG hoặc WebP giúp tôi."),
    }.get(error.reason, t("Ảnh bị hỏng nên tôi không xem được. Anh/chị chụp lại rồi gửi giúp tôi."))


def _never_papers(t: Texts) -> str:
    return t("Đừng gửi ảnh căn cước hay giấy tờ riêng.")


def _stay(turn: Turn, *paragraphs: str) -> Reply:
    """Said, and what was begun stays begun."""
    choices = (Choice(turn.t("Thôi"), "cancel"),) if turn.state.step else greeting.main_choices(turn)
    return Reply((Say("\n\n".join(paragraphs), choices=choices),), step=turn.state.step, data=turn.state.data, subject=SUBJECT)
