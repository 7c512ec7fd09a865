"""«Câu trả lời này có đúng không?»: under few answers, at most once a chat and day; what is wrong goes to the staff."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial

from bot.chat import CAPS, Choice, Kind, Say
from bot.store import verdicts
from bot.turn import Outcome, Reply, Turn
from handlers import rating, wording

SUBJECT = "nhan-xet-tra-loi"


async def asked_under(turn: Turn, reply: Reply) -> Reply:
    """The answer, with the question under it where its turn has come: never in the first of a conversation, nor where buttons run short."""
    last, day = reply.says[-1], f"{turn.now:%y%m%d}"
    choices = (Choice(turn.t("Đúng"), f"v:1:{day}"), Choice(turn.t("Chưa đúng"), f"v:0:{day}"))
    fits = len(last.choices) + len(choices) <= CAPS[turn.incoming.channel].buttons
    plain = turn.incoming.kind is Kind.TEXT and reply.outcome is Outcome.ANSWER and not reply.step and not last.numbered
    if not (plain and fits and turn.state.topic.past and _drawn(turn)) or await verdicts.asked(turn.db, turn.chat, day):
        return reply
    footer = "\n".join(part for part in (last.footer, turn.t("Câu trả lời này có đúng không?")) if part)
    effect = partial(verdicts.ask, chat=turn.chat, day=day, question=turn.text, procedures=reply.procedures, now=turn.now)
    says = (*reply.says[:-1], replace(last, footer=footer, choices=(*last.choices, *choices)))
    return replace(reply, says=says, effects=(*reply.effects, effect))


def _drawn(turn: Turn) -> bool:
    """Drawn by the message itself, so that trying again after a failure draws the same."""
    lot = hashlib.sha256(f"{turn.incoming.channel} {turn.incoming.chat} {turn.incoming.event}".encode()).digest()
    return int.from_bytes(lot[:4], "big") < turn.ask_share * 2**32


async def give(turn: Turn) -> Reply | None:
    """A verdict was tapped; the first one counts."""
    named, day = (*turn.arguments, "", "")[:2]
    if named not in {"0", "1"} or not await verdicts.open_(turn.db, turn.chat, day):
        return None
    t, verdict = turn.t, verdicts.RIGHT if named == "1" else verdicts.WRONG
    effect = partial(verdicts.give, chat=turn.chat, day=day, verdict=verdict, now=turn.now)
    if verdict == verdicts.RIGHT:
        return Reply((Say(t("Cảm ơn anh/chị. Anh/chị cứ hỏi tiếp nhé.")),), effects=(effect,), subject=SUBJECT)
    text = t(
        "Cảm ơn anh/chị đã báo. Tôi chuyển câu hỏi cho cán bộ xem lại, đã bỏ tên và số. Cần biết chắc ngay, anh/chị gọi {phone}.",
        phone=wording.telephones(turn),
    )
    text += "\n" + t("Chỗ nào chưa đúng, anh/chị viết một câu giúp tôi, hoặc bấm Thôi.")
    say = Say(text, choices=(Choice(t("Thôi"), "cancel"),))
    return Reply((say,), step="verdict.comment", data={"day": day}, effects=(effect,), subject=SUBJECT)


async def comment_step(turn: Turn) -> Reply | None:
    """What was wrong with the answer."""
    if rating.another_matter(turn):
        return None
    effect = partial(verdicts.comment, chat=turn.chat, day=str(turn.state.data["day"]), text=turn.text)
    return Reply((Say(turn.t("Tôi đã ghi thêm lời của anh/chị. Cảm ơn anh/chị.")),), effects=(effect,), subject=SUBJECT)
