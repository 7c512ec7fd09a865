"""Satisfaction: five levels by one tap, kept at once; reasons and a comment if the citizen likes. Source: domain rules, section 5."""

from __future__ import annotations

from functools import partial

from bot.chat import Choice, Say
from bot.store import voices
from bot.texts import n_
from bot.turn import Effect, Reply, Turn

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
COMMENT_MAX = 2000


async def ask(turn: Turn) -> Reply:
    """The five levels; for a dossier when its button led here."""
    t = turn.t
    dossier = turn.arguments[0] if turn.arguments and turn.incoming.choice.startswith("r:") else ""
    given = await voices.rated(turn.db, turn.chat, dossier, turn.now)
    text = t("Anh/chị thấy việc phục vụ ở bàn một cửa thế nào?")
    if given:
        text = t("Anh/chị đã chọn “{level}”. Trong 7 ngày anh/chị có thể chọn lại:", level=t(LEVELS[given]))
    title = t("Đánh giá hồ sơ {code}", code=dossier) if dossier else t("Đánh giá phục vụ")
    choices = tuple(Choice(t(label), f"rl:{level}:{dossier}") for level, label in LEVELS.items())
    return Reply((Say(text, title, choices=(*choices, Choice(t("Để sau"), "cancel"))),), subject=SUBJECT)


async def level(turn: Turn) -> Reply | None:
    """A level was tapped: it is stored, and the reasons are offered."""
    number, dossier = (*turn.arguments, "", "")[:2]
    if not number.isdigit() or int(number) not in LEVELS:
        return None
    return _reasons(turn, int(number), dossier, (), partial(voices.rate, chat=turn.chat, dossier=dossier, level=int(number), now=turn.now))


async def reason(turn: Turn) -> Reply | None:
    """A reason was tapped: chosen, or taken back."""
    name = turn.arguments[0] if turn.arguments else ""
    if turn.state.step != "rating.comment" or name not in {**GOOD, **BAD}:
        return None
    data = turn.state.data
    chosen = tuple(data["reasons"])
    chosen = tuple(c for c in chosen if c != name) if name in chosen else (*chosen, name)
    effect = partial(voices.explain, chat=turn.chat, dossier=data["dossier"], now=turn.now, reasons=chosen)
    return _reasons(turn, data["level"], data["dossier"], chosen, effect)


def _reasons(turn: Turn, given: int, dossier: str, chosen: tuple[str, ...], effect: Effect) -> Reply:
    t = turn.t
    offered = GOOD if given >= 4 else BAD
    choices = tuple(Choice(("✓ " if name in chosen else "") + t(label), f"rr:{name}") for name, label in offered.items())
    text = t("Đã ghi: {level}. Cảm ơn anh/chị!", level=t(LEVELS[given]))
    text += "\n" + t("Anh/chị có thể chọn lý do, viết thêm vài lời, hoặc bấm Xong.")
    data = {"level": given, "dossier": dossier, "reasons": list(chosen)}
    say = Say(text, choices=(*choices, Choice(t("Xong"), "rd")), replace=True)
    return Reply((say,), step="rating.comment", data=data, effects=(effect,), subject=SUBJECT)


async def comment_step(turn: Turn) -> Reply | None:
    """Words beside the rating."""
    t, data = turn.t, turn.state.data
    effect = partial(voices.explain, chat=turn.chat, dossier=data["dossier"], now=turn.now, comment=turn.text[:COMMENT_MAX])
    return Reply(
        (Say(t("Tôi đã ghi thêm lời của anh/chị. Cảm ơn anh/chị đã giúp bàn một cửa phục vụ tốt hơn.")),), effects=(effect,), subject=SUBJECT
    )


async def done(turn: Turn) -> Reply:
    """The end of a rating."""
    t = turn.t
    text = t("Cảm ơn anh/chị. Trong 7 ngày anh/chị có thể đổi đánh giá bằng cách đánh giá lại.")
    return Reply((Say(text, choices=(Choice(t("Gửi góp ý"), "g:gop-y"),)),), subject=SUBJECT)
