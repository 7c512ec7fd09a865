"""Where a dossier stands: by its code the status and the appointed date, by four digits the details."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.chat import Choice, Say
from bot.dossiers.codes import Fault, Found, find
from bot.dossiers.secret import matches
from bot.dossiers.statuses import STATUSES, Next
from bot.store import dossiers
from bot.store.dossiers import Dossier
from bot.turn import Reply, Turn
from handlers import wording
from knowledge.words import fold

SUBJECT = "tra-cuu-ho-so"
MOST_CODES = 3
STATUS_COLLECTED = 10
CLOSED = {3, 8, STATUS_COLLECTED}  # nothing more will come of these
DIGITS = 4


async def ask(turn: Turn) -> Reply:
    """Asks for the code, or takes it from the same message."""
    if found := find(turn.text, turn.now.date()):
        return await tell(turn, found)
    t = turn.t
    text = t("Anh/chị gửi cho tôi mã hồ sơ in trên giấy hẹn, ví dụ H26.145-260108-0002.")
    text += "\n" + t("Không thấy mã? Gọi bàn một cửa: {phone}.", phone=wording.telephones(turn))
    return Reply((Say(text, t("Tra cứu hồ sơ"), choices=(Choice(t("Thôi"), "cancel"),)),), step="dossier.code", subject=SUBJECT)


async def code_step(turn: Turn) -> Reply | None:
    """What follows the request for a code; anything that is no code and no attempt at one is another question."""
    if find(turn.text, turn.now.date()) or sum(c.isdigit() for c in turn.text) < 5:
        return None
    t = turn.t
    text = t("Tôi chưa nhận ra mã hồ sơ trong tin này. Mã có ba phần nối bằng dấu gạch, như H26.145-260108-0002: mã đơn vị, ngày nhận, số thứ tự.")
    return Reply((Say(text, choices=(Choice(t("Thôi"), "cancel"),)),), step="dossier.code", subject=SUBJECT)


async def tell(turn: Turn, found: tuple[Found, ...]) -> Reply:
    """The status of each code in the message."""
    replies = [await _one(turn, f, several=len(found) > 1) for f in found[:MOST_CODES]]
    says = [s for r in replies for s in r.says]
    choices = tuple(c for s in says for c in s.choices)
    says = [*(replace(s, choices=()) for s in says[:-1]), replace(says[-1], choices=choices)]
    if len(found) > MOST_CODES:
        says.append(Say(turn.t("Tôi xem mỗi lần {n} mã. Anh/chị gửi tiếp các mã còn lại giúp tôi.", n=MOST_CODES), choices=choices))
        says[-2] = replace(says[-2], choices=())
    return Reply(tuple(says), step=replies[-1].step, data=replies[-1].data, subject=SUBJECT)


async def _one(turn: Turn, found: Found, several: bool) -> Reply:
    t = turn.t
    if found.fault:
        why = {
            Fault.NO_SUCH_DAY: t("Mã {code} chưa đúng: phần giữa phải là ngày nhận hồ sơ. Anh/chị xem lại giấy hẹn giúp tôi.", code=found.code),
            Fault.IN_FUTURE: t("Mã {code} chưa đúng: ngày nhận hồ sơ ở tương lai. Anh/chị xem lại giấy hẹn giúp tôi.", code=found.code),
        }
        return Reply((Say(why[found.fault]),), step="dossier.code")
    dossier = await dossiers.find(turn.db, turn.chat.office, found.code)
    if dossier is None:
        text = t(
            "Tôi không tìm thấy hồ sơ {code}. Anh/chị kiểm tra lại mã, hoặc gọi bàn một cửa: {phone}.",
            code=found.code,
            phone=wording.telephones(turn),
        )
        return Reply((Say(text),), step="dossier.code")
    if await dossiers.proved(turn.db, turn.chat, dossier.code, turn.now):
        return Reply((_details(turn, dossier),))
    label = t("Xem chi tiết {code}", code=dossier.code) if several else t("Xem chi tiết")
    choices = (Choice(label, f"d:{dossier.code}"), *_rate_choice(turn, dossier, several))
    return Reply((Say(_status(turn, dossier), t("Hồ sơ {code}", code=dossier.code), _as_of(turn, dossier), choices),))


def _status(turn: Turn, dossier: Dossier) -> str:
    """The status in plain words, who acts next, the appointed date."""
    t = turn.t
    status = STATUSES.get(dossier.status or 0)
    if status is None:
        parts = [t("Trạng thái: {label}", label=dossier.status_label)]
    else:
        who = {
            Next.OFFICE: t("Người làm tiếp: cơ quan."),
            Next.CITIZEN: t("Người làm tiếp: anh/chị."),
            Next.COLLECT: t("Người làm tiếp: anh/chị, đến nhận kết quả."),
            Next.NOBODY: t("Không ai phải làm gì thêm."),
        }
        parts = [t("Trạng thái: {label}", label=t(status.label)), t(status.plain), who[status.next]]
    if dossier.due_at and (status is None or status.next is not Next.NOBODY):
        parts.append(t("Ngày hẹn trả: {date}.", date=t.weekday(dossier.due_at.astimezone(turn.now.tzinfo).date())) + _lateness(turn, dossier))
    return "\n".join(parts)


def _lateness(turn: Turn, dossier: Dossier) -> str:
    if dossier.due_at is None or dossier.completed_at or dossier.status in {8, 9, 10}:
        return ""
    late = (turn.now.date() - dossier.due_at.astimezone(turn.now.tzinfo).date()).days
    if late <= 0:
        return ""
    t = turn.t
    told = t.plural("Đã quá hẹn {n} ngày.", "Đã quá hẹn {n} ngày.", late)
    return f" {told} " + t("Anh/chị có quyền hỏi lý do: {phone}.", phone=wording.telephones(turn))


def _as_of(turn: Turn, dossier: Dossier) -> str:
    moment = dossier.as_of.astimezone(turn.now.tzinfo)
    return turn.t("Số liệu lúc {time} ngày {date}.", time=turn.t.time(moment), date=turn.t.date(moment.date()))


def _rate_choice(turn: Turn, dossier: Dossier, several: bool = False) -> tuple[Choice, ...]:
    label = turn.t("Đánh giá hồ sơ {code}", code=dossier.code) if several else turn.t("Đánh giá phục vụ")
    return (Choice(label, f"r:{dossier.code}"),) if dossier.status == STATUS_COLLECTED else ()


def _details(turn: Turn, dossier: Dossier) -> Say:
    t = turn.t
    rows = [_status(turn, dossier)]
    day = {name: moment.astimezone(turn.now.tzinfo).date() for name, moment in (("r", dossier.received_at), ("c", dossier.completed_at)) if moment}
    facts = [
        t("Thủ tục: {name}", name=dossier.procedure_name) if dossier.procedure_name else "",
        t("Người nộp: {name}", name=dossier.applicant) if dossier.applicant else "",
        t("Ngày nhận: {date}", date=t.weekday(day["r"])) if "r" in day else "",
        t("Ngày xong: {date}", date=t.weekday(day["c"])) if "c" in day else "",
        t("Hình thức nộp: {method}", method=t(dossier.method)) if dossier.method else "",
        t("Ghi chú của cơ quan: {reason}", reason=dossier.reason) if dossier.reason else "",
    ]
    rows.append("\n".join(f for f in facts if f))
    follow = () if dossier.status in CLOSED else (Choice(t("Theo dõi hồ sơ này"), f"fo:{dossier.code}"),)
    choices = (*follow, *_leaflet_choice(turn, dossier), *_rate_choice(turn, dossier))
    return Say("\n\n".join(r for r in rows if r), t("Hồ sơ {code}", code=dossier.code), _as_of(turn, dossier), choices)


def _leaflet_choice(turn: Turn, dossier: Dossier) -> tuple[Choice, ...]:
    procedure = turn.knowledge.procedure(dossier.procedure_code)
    if procedure is None:
        name = fold(dossier.procedure_name).removeprefix("thu tuc ")
        procedure = next((p for p in turn.knowledge.procedures if name and name in {fold(p.name), fold(p.official_name)}), None)
    return (Choice(turn.t("Tờ hướng dẫn thủ tục này"), f"p:{procedure.code}"),) if procedure else ()


async def details(turn: Turn) -> Reply | None:
    """Details wanted: asked for the four digits, unless given before. A code that we do not have is asked just the same."""
    t, code = turn.t, turn.arguments[0] if turn.arguments else ""
    if [f.code for f in find(code, turn.now.date())] != [code]:
        return None
    dossier = await dossiers.find(turn.db, turn.chat.office, code)
    if dossier and await dossiers.proved(turn.db, turn.chat, code, turn.now):
        return Reply((_details(turn, dossier),), subject=SUBJECT)
    text = t("Để giữ kín thông tin, anh/chị gõ 4 số cuối của điện thoại hoặc của số căn cước đã ghi trong hồ sơ {code}.", code=code)
    text += "\n" + t("Tôi không lưu 4 số này. Đừng gửi mã OTP hay mật khẩu cho ai.")
    return Reply((Say(text, choices=(Choice(t("Thôi"), "cancel"),)),), step="dossier.digits", data={"code": code, "private": True}, subject=SUBJECT)


async def digits_step(turn: Turn) -> Reply | None:
    """The four digits. Wrong digits and a wrong code are told in the same words; many failures lock."""
    t, said, code = turn.t, re.sub(r"\D", "", turn.text), str(turn.state.data.get("code", ""))
    wordy = any(c.isalpha() for c in turn.text)
    if find(turn.text, turn.now.date()) or not said or (wordy and len(said) < DIGITS):
        return None
    chat, now = turn.chat, turn.now
    step = Reply((), step="dossier.digits", data={"code": code, "private": True}, subject=SUBJECT, hide=True)
    if len(said) < DIGITS:
        return replace(step, says=(Say(t("Anh/chị gõ đủ 4 số giúp tôi."), choices=(Choice(t("Thôi"), "cancel"),)),))
    if await dossiers.locked(turn.db, chat, code, now):
        text = t(
            "Anh/chị đã thử sai nhiều lần. Xin đợi một giờ rồi thử lại, hoặc mang giấy hẹn đến bàn một cửa: {phone}.", phone=wording.telephones(turn)
        )
        return replace(step, says=(Say(text, choices=(Choice(t("Thôi"), "cancel"),)),))
    dossier = await dossiers.find(turn.db, chat.office, code)
    stored = (dossier.phone_hash, dossier.identity_hash) if dossier else ("", "")
    if matches(turn.key, code, said[-DIGITS:], *stored) and dossier:
        return Reply((_details(turn, dossier),), effects=(lambda db: dossiers.prove(db, chat, code, now),), subject=SUBJECT, hide=True)
    phone = wording.telephones(turn)
    text = t("Mã hồ sơ và 4 số này không khớp. Anh/chị xem lại giấy hẹn rồi gõ lại 4 số, hoặc gọi bàn một cửa: {phone}.", phone=phone)
    say = Say(text, choices=(Choice(t("Thôi"), "cancel"),))
    return replace(step, says=(say,), effects=(lambda db: dossiers.fail(db, chat, code, now),))
