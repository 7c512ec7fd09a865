"""What is told of a dossier: its status in plain words, who acts next and how, its days, and how old the figures are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bot.chat import Choice, Say
from bot.dossiers.codes import named
from bot.dossiers.statuses import CLOSED, COLLECTED, STATUSES, Next
from bot.store.dossiers import Dossier
from bot.texts import Texts
from bot.turn import Turn
from handlers import wording
from handlers.duedate import can_explain
from knowledge.model import Procedure
from knowledge.words import fold

DONE = {8, 9, COLLECTED}  # no day is waited for any more
_ONLINE = {"truc tuyen", "online", "2"}


def details(turn: Turn, dossier: Dossier, followed: bool) -> Say:
    """All that its owner may see, after the second factor: the name is masked."""
    t = turn.t
    told = t("Ghi chú của cơ quan: {reason}", reason=dossier.reason) if dossier.reason and dossier.status not in _HELP else ""
    facts = [
        t("Thủ tục: {name}", name=dossier.procedure_name) if dossier.procedure_name else "",
        t("Người nộp: {name}", name=dossier.applicant) if dossier.applicant else "",
        t("Số biên nhận: {number}", number=dossier.receipt) if dossier.receipt and dossier.receipt not in dossier.code else "",
        t("Ngày nhận: {date}", date=t.weekday(_day(turn, dossier.received_at))) if dossier.received_at else "",
        t("Ngày xong: {date}", date=t.weekday(_day(turn, dossier.completed_at))) if dossier.completed_at else "",
        t("Hình thức nộp: {method}", method=t(dossier.method)) if dossier.method else "",
        told,
    ]
    parts = (_status(turn, dossier), help_of(turn, dossier), _days(turn, dossier), "\n".join(f for f in facts if f), _old(turn, dossier))
    return Say("\n\n".join(p for p in parts if p), title(t, dossier), as_of(turn, dossier), _choices(turn, dossier, followed))


def in_short(turn: Turn, dossier: Dossier, choices: tuple[Choice, ...]) -> Say:
    """The status and the appointed day, nothing else: what an office may choose to tell without the second factor."""
    day = _appointed(turn, dossier)
    parts = (_status(turn, dossier), turn.t("Ngày hẹn trả: {date}.", date=turn.t.weekday(day)) if day else "", _old(turn, dossier))
    return Say("\n\n".join(p for p in parts if p), title(turn.t, dossier), as_of(turn, dossier), choices)


def title(t: Texts, dossier: Dossier) -> str:
    return t("Hồ sơ {code}", code=named(t, dossier.code))


def _status(turn: Turn, dossier: Dossier) -> str:
    """The status in plain words and who acts next; a label that nobody knows word for word."""
    t, status = turn.t, STATUSES.get(dossier.status or 0)
    if status is None:
        return t("Trạng thái: {label}", label=dossier.status_label)
    who = {
        Next.OFFICE: t("Người làm tiếp: cơ quan."),
        Next.CITIZEN: t("Người làm tiếp: anh/chị."),
        Next.COLLECT: t("Người làm tiếp: anh/chị, đến nhận kết quả."),
        Next.NOBODY: t("Không ai phải làm gì thêm."),
    }
    return "\n".join((t("Trạng thái: {label}", label=t(status.label)), t(status.plain), who[status.next]))


def help_of(turn: Turn, dossier: Dossier) -> str:
    """What the citizen can do at this status, from what the export says; "" where there is nothing to do."""
    return _HELP[dossier.status](turn, dossier) if dossier.status in _HELP else ""


def _refused(turn: Turn, dossier: Dossier) -> str:
    t = turn.t
    why = t("Lý do: {reason}", reason=dossier.reason) + "\n" if dossier.reason else ""
    return why + t("Sửa xong, anh/chị nộp lại như lần đầu. Chưa rõ thì hỏi: {phone}.", phone=wording.telephones(turn))


def _incomplete(turn: Turn, dossier: Dossier) -> str:
    t = turn.t
    what = t("Cần bổ sung: {reason}", reason=dossier.reason) + "\n" if dossier.reason else ""
    how = t("Nộp thêm tại bàn một cửa, mang theo giấy hẹn.")
    if fold(dossier.method) in _ONLINE:
        how = t("Nộp thêm trên dichvucong.gov.vn, trong hồ sơ này, hoặc tại bàn một cửa.")
    return what + how


def _to_pay(turn: Turn, dossier: Dossier) -> str:
    t, amount = turn.t, dossier.amount
    said = t.money(int(amount)) if amount.isdecimal() else amount
    what = t("Số tiền: {amount}.", amount=said) if said else t("Số tiền ghi trên thông báo nộp tiền của hồ sơ; dữ liệu tôi có không nêu.")
    how = t("Nộp tại bàn một cửa, lấy biên lai.")
    if fold(dossier.method) in _ONLINE:
        how = t("Thanh toán trên dichvucong.gov.vn, trong hồ sơ này, hoặc nộp tại bàn một cửa, lấy biên lai.")
    return "\n".join((what, how, t("Đừng chuyển tiền vào tài khoản cá nhân của ai.")))


def _stopped(turn: Turn, dossier: Dossier) -> str:
    t = turn.t
    why = t("Lý do: {reason}", reason=dossier.reason) + "\n" if dossier.reason else ""
    return why + t("Anh/chị có quyền hỏi thêm: {phone}.", phone=wording.telephones(turn))


def _to_collect(turn: Turn, dossier: Dossier) -> str:
    t = turn.t
    return desk(turn) + "\n" + t("Người khác nhận thay thì mang thêm giấy ủy quyền.")


_HELP: dict[int | None, Callable[[Turn, Dossier], str]] = {3: _refused, 5: _incomplete, 6: _to_pay, 8: _stopped, 9: _to_collect}


def desk(turn: Turn) -> str:
    """When one can go to the desk: until when it is open now, or when it opens next."""
    t, coming = turn.t, turn.library.calendar.next_open(turn.now)
    if coming is None:
        return t("Giờ mở cửa, anh/chị hỏi: {phone}.", phone=wording.telephones(turn))
    day, (opens, closes) = coming
    if day == turn.now.date() and opens <= turn.now.time():
        return t("Bàn một cửa đang mở, đến {time} hôm nay.", time=t.time(closes))
    return t("Bàn một cửa mở lần tới: {time} {day}.", time=t.time(opens), day=t.weekday(day))


def _day(turn: Turn, moment: dt.datetime) -> dt.date:
    return moment.astimezone(turn.now.tzinfo).date()


def _appointed(turn: Turn, dossier: Dossier) -> dt.date | None:
    """The day that still is waited for."""
    waited = dossier.appointed and not dossier.completed_at and dossier.status not in DONE | CLOSED
    return _day(turn, dossier.appointed) if waited and dossier.appointed else None


def _days(turn: Turn, dossier: Dossier) -> str:
    """The appointed day, how far off it is or how long past, and the apology with the new day where the office has recorded one."""
    t = turn.t
    if dossier.due_at and dossier.status == 9:
        return t("Ngày hẹn trả: {date}.", date=t.weekday(_day(turn, dossier.due_at)))
    day = _appointed(turn, dossier)
    if day is None:
        return ""
    lines = [t("Ngày hẹn trả: {date}.", date=t.weekday(day)) + " " + _distance(turn, (day - turn.now.date()).days)]
    if dossier.extended_at and dossier.due_at:
        first = t.weekday(_day(turn, dossier.due_at))
        lines = [t("Ngày hẹn cũ {date}: cơ quan đã xin lỗi và hẹn lại.", date=first), *lines]
        lines += [t("Lý do: {reason}", reason=dossier.apology)] if dossier.apology else []
    return "\n".join(lines)


def _distance(turn: Turn, days: int) -> str:
    t = turn.t
    if days > 0:
        return t.plural("Còn {n} ngày.", "Còn {n} ngày.", days)
    if days == 0:
        return t("Hẹn trả hôm nay.")
    told = t.plural("Đã quá hẹn {n} ngày.", "Đã quá hẹn {n} ngày.", -days)
    return f"{told} " + t("Anh/chị có quyền hỏi lý do: {phone}.", phone=wording.telephones(turn))


def as_of(turn: Turn, dossier: Dossier) -> str:
    """The time of the figures: «Số liệu lúc 10:42 hôm nay.»"""
    t, moment = turn.t, dossier.as_of.astimezone(turn.now.tzinfo)
    match (turn.now.date() - moment.date()).days:
        case 0:
            return t("Số liệu lúc {time} hôm nay.", time=t.time(moment))
        case 1:
            return t("Số liệu lúc {time} hôm qua.", time=t.time(moment))
    return t("Số liệu lúc {time} ngày {date}.", time=t.time(moment), date=t.date(moment.date()))


def _old(turn: Turn, dossier: Dossier) -> str:
    """A warning where the figures are older than the operator allows; what is closed does not grow old."""
    if dossier.status in CLOSED:
        return ""
    age = turn.library.calendar.working_time(dossier.as_of.astimezone(turn.now.tzinfo), turn.now)
    if age <= dt.timedelta(hours=turn.house.stale_hours):
        return ""
    phone = wording.telephones(turn)
    return turn.t("Lưu ý: số liệu này đã lâu chưa được cập nhật, hồ sơ có thể đã đi tiếp. Hỏi lại bàn một cửa: {phone}.", phone=phone)


def rate_choice(turn: Turn, dossier: Dossier) -> tuple[Choice, ...]:
    """The way to the rating of a dossier that was handed over."""
    return (Choice(turn.t("Đánh giá phục vụ"), f"r:{dossier.code}"),) if dossier.status == COLLECTED else ()


def _choices(turn: Turn, dossier: Dossier, followed: bool) -> tuple[Choice, ...]:
    t, code = turn.t, dossier.code
    follow = Choice(t("Dừng theo dõi"), f"fx:{code}") if followed else Choice(t("Theo dõi hồ sơ này"), f"fo:{code}")
    leaflet = leaflet_of(turn, dossier)
    return (
        *(() if dossier.status in CLOSED else (follow,)),
        *((Choice(t("Vì sao hẹn ngày này"), f"dw:{code}"),) if leaflet and can_explain(dossier, leaflet) else ()),
        *((Choice(t("Tờ hướng dẫn thủ tục này"), f"p:{leaflet.code}"),) if leaflet else ()),
        *rate_choice(turn, dossier),
    )


def leaflet_of(turn: Turn, dossier: Dossier) -> Procedure | None:
    """The leaflet of a dossier's procedure, by its code, else by its whole name."""
    if procedure := turn.knowledge.procedure(dossier.procedure_code):
        return procedure
    name = fold(dossier.procedure_name).removeprefix("thu tuc ")
    return next((p for p in turn.knowledge.procedures if name and name in {fold(p.name), fold(p.official_name)}), None)
