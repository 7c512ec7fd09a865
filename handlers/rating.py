"""Satisfaction: five levels by one tap, kept at once; reasons and a comment if the citizen likes. Source: domain rules, section 5."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial

from bot.chat import Choice, Say
from bot.dossiers.codes import find
from bot.store import dossiers, voices
from bot.texts import n_
from bot.turn import Effect, Reply, Turn
from handlers.dossier import STATUS_COLLECTED
from knowledge.understand.meaning import Answer, Choose
from knowledge.words import fold

SUBJECT = "danh-gia"
LEVELS = {
    5: n_("Rất hài lòng"),
    4: n_("Hài lòng"),
    3: n_("Bình thường"),
    2: n_("Không hài lòng"),
    1: n_("Rất không hài lòng"),
}
GOOD = {
    "attitude": n_("Cán bộ nhiệt tình"),
    "fast": n_("Nhanh, đúng hẹn"),
    "clear": n_("Hướng dẫn rõ ràng"),
    "place": n_("Nơi tiếp dân sạch, thuận tiện"),
}
BAD = {
    "attitude": n_("Thái độ chưa tốt"),
    "slow": n_("Phải chờ lâu"),
    "late": n_("Trễ hẹn"),
    "unclear": n_("Hướng dẫn chưa rõ"),
    "trips": n_("Đi lại nhiều lần"),
}
BY_ID = {str(level): level for level in LEVELS}
COMMENT_MAX = 2000
COMMENT_WITHIN = dt.timedelta(minutes=30)
_ASKING = re.compile(r"\b(bao nhieu|bao lau|bao gio|khi nao|may gio|o dau|the nao|can gi|giay to gi|lam sao|phai khong)\b")


async def ask(turn: Turn) -> Reply:
    """The five levels, for the service as a whole."""
    return await _levels(turn, "")


async def ask_of_dossier(turn: Turn) -> Reply | None:
    """The five levels for a dossier whose button led here."""
    dossier = turn.arguments[0] if turn.arguments else ""
    return await _levels(turn, dossier) if await _collected(turn, dossier) else None


async def _collected(turn: Turn, dossier: str) -> bool:
    """Whether the code is that of a dossier whose result was handed over, and that this chat has proved: only then its service is rated,
    and nobody learns from a made-up button which codes there are."""
    if not await dossiers.ever_proved(turn.db, turn.chat, dossier):
        return False
    found = await dossiers.find(turn.db, turn.chat.office, dossier)
    return found is not None and found.status == STATUS_COLLECTED


async def _levels(turn: Turn, dossier: str) -> Reply:
    t = turn.t
    given = await voices.rated(turn.db, turn.chat, dossier, turn.now)
    text = t("Anh/chị thấy việc phục vụ ở bàn một cửa thế nào?")
    if given:
        text = t("Anh/chị đã chọn “{level}”. Trong 7 ngày anh/chị có thể chọn lại:", level=t(LEVELS[given]))
    title = t("Đánh giá hồ sơ {code}", code=dossier) if dossier else t("Đánh giá phục vụ")
    choices = tuple(Choice(t(label), f"rl:{level}:{dossier}") for level, label in LEVELS.items())
    return Reply((Say(text, title, choices=(*choices, Choice(t("Để sau"), "cancel"))),), subject=SUBJECT)


async def level(turn: Turn) -> Reply | None:
    """A level was tapped: it is stored, and the reasons are offered."""
    named, dossier = (*turn.arguments, "", "")[:2]
    given = BY_ID.get(named)
    if given is None or (dossier and not await _collected(turn, dossier)):
        return None
    rate = partial(voices.rate, chat=turn.chat, dossier=dossier, level=given, now=turn.now)
    forget = partial(voices.explain, chat=turn.chat, dossier=dossier, now=turn.now, reasons=())  # those of another level
    return _reasons(turn, given, dossier, (), rate, forget)


async def reason(turn: Turn) -> Reply | None:
    """A reason was tapped: chosen, or taken back."""
    name = turn.arguments[0] if turn.arguments else ""
    data = turn.state.data
    if turn.state.step != "rating.comment" or name not in _offered(data["level"]):
        return None
    chosen = tuple(data["reasons"])
    chosen = tuple(c for c in chosen if c != name) if name in chosen else (*chosen, name)
    effect = partial(voices.explain, chat=turn.chat, dossier=data["dossier"], now=turn.now, reasons=chosen)
    return _reasons(turn, data["level"], data["dossier"], chosen, effect)


def _offered(given: int) -> dict[str, str]:
    return GOOD if given >= 4 else BAD


def _reasons(turn: Turn, given: int, dossier: str, chosen: tuple[str, ...], *effects: Effect) -> Reply:
    t, offered = turn.t, _offered(given)
    choices = tuple(Choice(("✓ " if name in chosen else "") + t(label), f"rr:{name}") for name, label in offered.items())
    text = t("Đã ghi: {level}. Cảm ơn anh/chị!", level=t(LEVELS[given]))
    text += "\n" + t("Anh/chị có thể chọn lý do, viết thêm vài lời, hoặc bấm Xong.")
    data = {"level": given, "dossier": dossier, "reasons": list(chosen)}
    say = Say(text, choices=(*choices, Choice(t("Xong"), "rd")), replace=True)
    return Reply((say,), step="rating.comment", data=data, effects=effects, subject=SUBJECT)


async def comment_step(turn: Turn) -> Reply | None:
    """Words beside the rating."""
    if _another_matter(turn):
        return None
    t, data = turn.t, turn.state.data
    effect = partial(voices.explain, chat=turn.chat, dossier=data["dossier"], now=turn.now, comment=turn.text[:COMMENT_MAX])
    return Reply(
        (Say(t("Tôi đã ghi thêm lời của anh/chị. Cảm ơn anh/chị đã giúp bàn một cửa phục vụ tốt hơn.")),), effects=(effect,), subject=SUBJECT
    )


def _another_matter(turn: Turn) -> bool:
    """Whether what follows a rating is no comment on it: long after it, a dossier code, or a question that has an answer."""
    updated = turn.state.updated
    if (updated and turn.now - updated > COMMENT_WITHIN) or find(turn.text, turn.now.date()):
        return True
    asking = "?" in turn.text or _ASKING.search(fold(turn.text))
    return bool(asking) and isinstance(turn.library.understanding.read(turn.text, turn.state.topic).meaning, Answer | Choose)


async def done(turn: Turn) -> Reply:
    """The end of a rating."""
    t = turn.t
    text = t("Cảm ơn anh/chị. Trong 7 ngày anh/chị có thể đổi đánh giá bằng cách đánh giá lại.")
    return Reply((Say(text, choices=(Choice(t("Gửi góp ý"), "g:gop-y"),)),), subject=SUBJECT)
