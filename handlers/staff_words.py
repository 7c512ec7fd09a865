"""Words of the staff about a petition: an answer, a question back, a closing, a passing on; each is shown before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Choice, Say
from bot.petitions.steps import NotNow, Petition, Step, possible
from bot.staff import cards, telling
from bot.staff.enrolment import ROLES, Role, signed
from bot.store import petitions, staff
from bot.store.staff import Member
from bot.texts import n_
from bot.turn import Reply, Turn
from handlers.staff import SUBJECT
from handlers.staff_petitions import code_of, in_place, refusal

WORDS, PREVIEW = "staff.words", "staff.preview"
MOST = 3000
UNIT_MOST = 200
STEPS = {"answer": Step.ANSWER, "ask": Step.ASK_BACK, "close": Step.CLOSE, "forward": Step.FORWARD}
# The office's language is the citizen's: what is chosen here stands in the closing as it is.
REASONS = {
    "scope": n_("Việc này không thuộc thẩm quyền của xã, phường"),
    "kind": n_("Đây không phải phản ánh, kiến nghị"),
    "twice": n_("Trùng với một phản ánh đã được tiếp nhận"),
    "facts": n_("Chưa đủ thông tin để xử lý"),
    "done": n_("Việc đã được xử lý trước khi phản ánh đến"),
    "other": n_("Lý do khác"),
}
OTHER = "other"
LEADERS = "leader"


async def begin(turn: Turn, member: Member) -> Reply | None:
    """A button that asks for words, a reason, or somebody to pass the petition on to."""
    petition = await petitions.by_code(turn.db, turn.key, turn.chat.office, code_of(turn))
    if petition is None:
        return None
    do = turn.arguments[0]
    if not possible(STEPS[do], petition.state):
        return _said(await refusal(turn, turn.db, petition.id))
    if do == "close":
        return _said(_reasons(turn, petition))
    if do == "forward":
        return _said(await _receivers(turn, petition, member))
    return _asked(turn, {"do": do, "code": petition.code})


def _reasons(turn: Turn, petition: Petition) -> Say:
    choices = tuple(Choice(turn.t(label), f"s:why:{petition.code}:{name}") for name, label in REASONS.items())
    text = turn.t("Đóng vì lý do gì? Người gửi sẽ được báo lý do và có thể gửi lại một lần.")
    return Say(text, turn.t("Đóng {code}", code=petition.code), choices=(*choices, _drop(turn)), numbered=True)


async def _receivers(turn: Turn, petition: Petition, member: Member) -> Say:
    t = turn.t
    others = [m for m in await staff.enrolled(turn.db, turn.chat.office) if m.id != member.id]
    choices = [Choice(m.name, f"s:to:{petition.code}:{m.id}", hint=t(ROLES[Role(m.role)])) for m in others]
    if any(m.role == Role.LEADER for m in others):
        choices.append(Choice(t("Tất cả lãnh đạo"), f"s:to:{petition.code}:{LEADERS}"))
    choices += [Choice(t("Nơi khác, tôi gõ tên"), f"s:to:{petition.code}:{OTHER}"), _drop(turn)]
    return Say(t("Chuyển cho ai? Hạn trả lời giữ nguyên."), t("Chuyển {code}", code=petition.code), choices=tuple(choices), numbered=True)


async def why(turn: Turn, member: Member) -> Reply | None:
    """A reason for closing was chosen; words may follow, and must where the reason is another."""
    _, code, name = (*turn.arguments, "", "")[:3]
    return _asked(turn, {"do": "close", "code": code, "reason": name}) if name in REASONS else None


async def to(turn: Turn, member: Member) -> Reply | None:
    """Somebody to pass it on to was chosen."""
    _, code, whom = (*turn.arguments, "", "")[:3]
    if whom == OTHER:
        return _asked(turn, {"do": "forward", "code": code})
    if whom == LEADERS:
        return _previewed(turn, {"do": "forward", "code": code, "to": LEADERS, "words": ROLES[Role.LEADER]})
    receiver = await _receiver(turn, whom)
    return _previewed(turn, {"do": "forward", "code": code, "to": str(receiver.id), "words": receiver.name}) if receiver else None


async def _receiver(turn: Turn, number: str) -> Member | None:
    members = await staff.enrolled(turn.db, turn.chat.office)
    return next((m for m in members if str(m.id) == number), None)


def _asked(turn: Turn, data: Mapping[str, Any]) -> Reply:
    """The request for words."""
    t, do = turn.t, data["do"]
    text = {
        "answer": t("Anh/chị viết câu trả lời, một tin là đủ. Tôi cho xem lại trước khi gửi."),
        "ask": t("Anh/chị cần hỏi người gửi điều gì? Tôi cho xem lại trước khi gửi."),
        "close": t("Anh/chị viết thêm lời cho người gửi: vì sao, và nên làm gì tiếp."),
        "forward": t("Chuyển tới nơi nào? Gõ tên cơ quan, đơn vị."),
    }[do]
    if turn.incoming.group:
        text += "\n" + t("Trong nhóm: trả lời (reply) chính tin này.")
    plain = (Choice(t("Không thêm lời"), "s:plain"),) if do == "close" and data["reason"] != OTHER else ()
    return _said(Say(text, t("Phản ánh {code}", code=data["code"]), choices=(*plain, _drop(turn))), step=WORDS, data=data)


async def words_step(turn: Turn, member: Member) -> Reply | None:
    """The words that were asked for, or others in their place."""
    most = UNIT_MOST if turn.state.data["do"] == "forward" else MOST
    words = turn.text.strip()
    if len(words) > most:
        text = turn.t("Dài quá {n} ký tự. Anh/chị viết ngắn lại giúp tôi.", n=turn.t.number(most))
        return _said(Say(text, choices=(_drop(turn),)), step=WORDS, data=turn.state.data)
    return _previewed(turn, {**turn.state.data, "words": words, "to": ""})


async def plain(turn: Turn, member: Member) -> Reply | None:
    """A closing without further words."""
    data = turn.state.data
    return _previewed(turn, {**data, "words": ""}) if turn.state.step == WORDS and data.get("do") == "close" else None


async def again(turn: Turn, member: Member) -> Reply | None:
    """Back to the words."""
    return _asked(turn, turn.state.data) if turn.state.step == PREVIEW else None


def _previewed(turn: Turn, data: Mapping[str, Any]) -> Reply:
    t, do = turn.t, data["do"]
    told = {
        "answer": t("Người gửi sẽ đọc câu trả lời đúng như trên."),
        "ask": t("Người gửi sẽ đọc câu hỏi đúng như trên."),
        "close": t("Người gửi sẽ đọc lý do đúng như trên."),
        "forward": t("Phản ánh được chuyển tới nơi trên."),
    }[do]
    rewrite = () if data.get("to") else (Choice(t("Viết lại"), "s:again"),)
    choices = (Choice(t("Chuyển") if do == "forward" else t("Gửi"), "s:send"), *rewrite, _drop(turn))
    say = Say(f"“{sentence(data)}”\n\n{told}", t("Xem lại trước khi gửi"), choices=choices)
    return _said(say, step=PREVIEW, data=data)


def sentence(data: Mapping[str, Any]) -> str:
    """What is sent: the words, after the reason of a closing where there is one."""
    reason = "" if data.get("reason", OTHER) == OTHER else f"{REASONS[data['reason']]}."
    return " ".join(part for part in (reason, data["words"]) if part)


async def send(turn: Turn, member: Member) -> Reply | None:
    """«Gửi»: done once, unless another was first."""
    if turn.state.step != PREVIEW:
        return None
    petition = await petitions.by_code(turn.db, turn.key, turn.chat.office, turn.state.data["code"])
    if petition is None:
        return None
    return Reply((), told=partial(_send, turn=turn, member=member, petition=petition.id), subject=SUBJECT, private=True)


async def _send(db: AsyncConnection, turn: Turn, member: Member, petition: int) -> tuple[Say, ...]:
    data, by = turn.state.data, signed(member, turn.incoming.sender)
    do = {"answer": petitions.answer, "ask": petitions.ask_back, "close": petitions.close, "forward": petitions.forward}[data["do"]]
    try:
        after = await do(db, turn.key, petition, by, sentence(data), turn.now)
    except NotNow:
        return (await refusal(turn, db, petition),)
    if data.get("to"):
        await _hand_over(db, turn, after, data["to"])
    t = turn.t
    text = t("Đã chuyển {code} tới {receiver}.", code=after.code, receiver=after.receiver) if data["do"] == "forward" else _sent(turn, after)
    return (in_place(Say(text, choices=(Choice(t("Mở phản ánh"), f"s:open:{after.code}"),))),)


def _sent(turn: Turn, after: Petition) -> str:
    return turn.t("Đã gửi cho người gửi {code}. Hiện: {standing}.", code=after.code, standing=cards.standing(turn.t, after))


async def _hand_over(db: AsyncConnection, turn: Turn, petition: Petition, whom: str) -> None:
    """Whoever of the staff it was passed on to is told, with the buttons."""
    passed = (await petitions.events_of(db, petition.id))[-1]
    await petitions.mark_told(db, passed.id, turn.now)  # which of the staff has it is no news for the sender
    members = await staff.enrolled(db, turn.chat.office)
    chosen = [m for m in members if (m.role == Role.LEADER if whom == LEADERS else str(m.id) == whom)]
    shown = await cards.case(db, petition)
    await telling.tell_members(db, chosen, lambda t: cards.card(t, shown, turn.now, t("Được chuyển tới đây")), turn.now, key=turn.key)


def _drop(turn: Turn) -> Choice:
    return Choice(turn.t("Thôi"), "s:drop")


def _said(say: Say, step: str = "", data: Mapping[str, Any] | None = None) -> Reply:
    return Reply((say,), step=step, data=data or {}, subject=SUBJECT, private=True)
