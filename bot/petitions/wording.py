"""The words about a petition that letters and dialogues share, and the buttons under them."""

from __future__ import annotations

import datetime as dt
import unicodedata

from bot.chat import Chat, Choice
from bot.petitions.seal import Unsealable, seal, unseal
from bot.petitions.steps import ENDED, Petition, State
from bot.settings import ZONE
from bot.texts import Texts, n_

_PURPOSE = "petition button"
_ID_BYTES = 5
STATES = {
    State.RECEIVED: n_("Đã gửi, chờ cán bộ nhận"),
    State.TAKEN: n_("Cán bộ đã nhận, đang xem xét"),
    State.FORWARDED: n_("Đã chuyển đến nơi xử lý"),
    State.ASKED: n_("Cán bộ hỏi thêm, chờ anh/chị trả lời"),
    State.ANSWERED: n_("Đã có trả lời"),
    State.CLOSED: n_("Đã đóng, có nêu lý do"),
    State.CONFIRMED: n_("Anh/chị đã báo là ổn"),
    State.REOPENED: n_("Đã gửi lên cấp trên xem lại"),
}


def token(key: bytes, chat: Chat, petition: int) -> str:
    """What a button carries in place of the petition's number: sealed, never twice the same, of use in this chat only."""
    return seal(key, _PURPOSE, petition.to_bytes(_ID_BYTES, "big"), f"{chat.channel}|{chat.key}", pad=1)


def told_by(key: bytes, chat: Chat, sealed: str) -> int:
    """The petition's number in a token, 0 where it is none of this chat."""
    try:
        return int.from_bytes(unseal(key, _PURPOSE, sealed, f"{chat.channel}|{chat.key}"), "big")
    except Unsealable:
        return 0


def choices(t: Texts, sealed: str, petition: Petition) -> tuple[Choice, ...]:
    """What the sender can do with it now."""
    if petition.state is State.ASKED:
        return (Choice(t("Trả lời cán bộ"), f"k:reply:{sealed}"),)
    if petition.state not in ENDED:
        return ()
    again = (Choice(t("Chưa ổn, xem lại"), f"k:not:{sealed}"),) if not petition.level else ()
    return (Choice(t("Đã ổn"), f"k:ok:{sealed}"), *again) if petition.state is not State.CONFIRMED else again


def day_and_time(t: Texts, moment: dt.datetime) -> str:
    """17:00 thứ Ba 15/12/2026."""
    local = moment.astimezone(ZONE)
    return f"{t.time(local)} {t.weekday(local.date())}"


def plain(text: str) -> str:
    """The text without control characters and marks that turn the direction of writing; line breaks and emoji stay."""
    kept = (c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return unicodedata.normalize("NFC", "".join(kept)).replace("\t", " ").strip()
