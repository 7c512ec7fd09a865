"""Where a dossier stands: by its code or the number of its receipt, and four digits that its owner knows.

Every well-formed code is asked for the four digits in the same words, whether the office has such a dossier or not; a wrong code and wrong
digits have one wording. A dossier whose export names neither a telephone nor an identity number can be opened here by nobody: the same
wording sends its owner to the desk, with the receipt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from bot.chat import Choice, Say
from bot.dossiers import proving
from bot.dossiers.codes import Fault, Found, find, lookalike, named, named_receipt, receipt_number, without_codes
from bot.dossiers.statuses import COLLECTED
from bot.store import dossiers, follows
from bot.store.dossiers import RECEIPT
from bot.turn import Reply, Turn
from handlers import elsewhere, standing, wording
from knowledge.words import fold

SUBJECT = "tra-cuu-ho-so"
MOST_CODES = 3
STATUS_COLLECTED = COLLECTED
DIGITS = 4
_DIGITS = re.compile(r"(?<![\d.,/-])(?:\d[\d .]{7,14}\d|\d{4})(?![\d/-])")  # four digits, or a whole telephone or identity number
_YEAR = re.compile(r"\b(?:nam|thang|year|in)\s+$|[/-]$")
_OF_A_DOSSIER = re.compile(r"\b(?:tra cuu|xong chua|toi dau|den dau|tinh trang|(?:ma|so) ho so|status of|my dossier)\b")


async def ask(turn: Turn) -> Reply:
    """Asks for the code, or takes it from the same message."""
    if found := find(turn.text, turn.now.date()):
        return await tell(turn, found)
    if reply := await by_receipt(turn):
        return reply
    t = turn.t
    text = t("Anh/chị gửi cho tôi mã hồ sơ in trên giấy hẹn, ví dụ H26.145-260108-0002.")
    if await dossiers.has_receipts(turn.db, turn.chat.office):
        text += "\n" + t("Giấy không có mã thì gửi số biên nhận.")
    text += "\n" + t("Không thấy mã? Gọi bàn một cửa: {phone}.", phone=wording.telephones(turn))
    return Reply((Say(text, t("Tra cứu hồ sơ"), choices=(_leave(turn),)),), step="dossier.code", subject=SUBJECT)


async def code_step(turn: Turn) -> Reply | None:
    """What follows the request for a code; anything that is no code and no attempt at one is another question."""
    if find(turn.text, turn.now.date()):
        return None
    digits, words = sum(c.isdigit() for c in turn.text), len(turn.text.split())
    if reply := unlike(turn) if words <= 3 else mistaken(turn):
        return reply
    if digits >= 2 and words <= 3 and (reply := await by_receipt(turn, receipt_number(turn.text))):
        return reply
    if digits < 5:
        return None
    t = turn.t
    text = t("Tôi chưa nhận ra mã hồ sơ trong tin này. Mã có ba phần nối bằng dấu gạch, như H26.145-260108-0002: mã đơn vị, ngày nhận, số thứ tự.")
    own = await dossiers.proved_codes(turn.db, turn.chat, turn.now)
    choices = (*_meant(turn, re.sub(r"\s", "", turn.text).upper(), own, most=3), _leave(turn))
    return Reply((Say(text, choices=choices),), step="dossier.code", subject=SUBJECT)


def unlike(turn: Turn) -> Reply | None:
    """Why what stands there is no dossier code, and where its own matter is dealt with; None where nothing looks like one."""
    seen = lookalike(turn.text)
    if seen is None:
        return None
    t, said = turn.t, seen.code
    why = {
        Fault.PROCEDURE: t("{code} là mã thủ tục, không phải mã hồ sơ. Mã hồ sơ in trên giấy hẹn, như H26.145-260108-0002.", code=said),
        Fault.PETITION: t("{code} là mã của một góp ý, phản ánh, không phải mã hồ sơ. Mã hồ sơ in trên giấy hẹn.", code=said),
        Fault.INSURANCE: t("{code} giống số của cơ quan bảo hiểm xã hội, không phải mã hồ sơ của bàn một cửa.", code=said),
        Fault.NO_NUMBER: t("{code} còn thiếu số thứ tự ở cuối. Mã đủ có ba phần, như H26.145-260108-0002.", code=said),
        Fault.PERSON: t("Đây giống số điện thoại hoặc số căn cước, không phải mã hồ sơ. Anh/chị đừng gửi số này; hãy gửi mã in trên giấy hẹn."),
    }
    procedure = turn.knowledge.procedure(said) if seen.fault is Fault.PROCEDURE else None
    choices = (Choice(t("Xem thủ tục này"), f"p:{procedure.code}"),) if procedure else ()
    say = Say(why[seen.fault or Fault.PERSON], choices=(*choices, _leave(turn)))
    return Reply((say,), step="dossier.code", subject=SUBJECT, hide=seen.fault is Fault.PERSON)


def mistaken(turn: Turn) -> Reply | None:
    """A petition's or insurance number, or a procedure's code in a question about a dossier, met outside the dialogue."""
    seen = lookalike(turn.text)
    if seen is None or seen.fault in {Fault.PERSON, Fault.NO_NUMBER}:
        return None
    asked = seen.fault is not Fault.PROCEDURE or _OF_A_DOSSIER.search(fold(turn.text))
    return unlike(turn) if asked else None


async def by_receipt(turn: Turn, number: str = "") -> Reply | None:
    """The dossier of a paper receipt's number, where the office's exports have such numbers."""
    beside = "" if number else without_codes(turn.text)
    number = number or named_receipt(turn.text)
    if not number or not await dossiers.has_receipts(turn.db, turn.chat.office):
        return None
    return await _answer(turn, [RECEIPT + number], beside)


async def tell(turn: Turn, found: tuple[Found, ...]) -> Reply:
    """What each code in the message leads to: its details where they were proved before, else the question for four digits."""
    said = found[:MOST_CODES]
    faulty = [Say(_fault(turn, f)) for f in said if f.fault]
    more = turn.t("Tôi xem mỗi lần {n} mã. Anh/chị gửi tiếp các mã còn lại giúp tôi.", n=MOST_CODES) if len(found) > MOST_CODES else ""
    reply = await _answer(turn, [f.code for f in said if not f.fault], without_codes(turn.text), faulty)
    if faulty and not reply.step:
        reply = replace(reply, step="dossier.code")
    if not more:
        return reply
    last = reply.says[-1]
    return replace(reply, says=(*reply.says[:-1], replace(last, text=f"{last.text}\n\n{more}")))


def _fault(turn: Turn, found: Found) -> str:
    t = turn.t
    if found.fault is Fault.IN_FUTURE:
        return t("Mã {code} chưa đúng: ngày nhận hồ sơ ở tương lai. Anh/chị xem lại giấy hẹn giúp tôi.", code=found.code)
    return t("Mã {code} chưa đúng: phần giữa phải là ngày nhận hồ sơ. Anh/chị xem lại giấy hẹn giúp tôi.", code=found.code)


async def _answer(turn: Turn, keys: Sequence[str], beside: str, before: Sequence[Say] = ()) -> Reply:
    """The details of the dossiers that this chat has proved; the others are asked for digits, or tried with those `beside` the code."""
    own, digits = await dossiers.proved_codes(turn.db, turn.chat, turn.now), _digits_beside(beside)
    busy = await elsewhere.refresh(turn, keys if turn.house.open_status and not digits else [key for key in keys if key in own])
    shown, asked = [*before], []
    for key in keys:
        if key in own and (dossier := await dossiers.find(turn.db, turn.chat.office, key)):
            shown.append(await _details(turn, dossier, busy))
        else:
            asked.append(key)
    if not asked:
        return _reply(shown, hide=bool(digits))
    if digits:
        return await _tried(turn, asked, digits, shown)
    if turn.house.open_status:
        return _reply([*shown, *[await _open(turn, key, own, len(keys) > 1, busy) for key in asked]])
    return _reply([*shown, _ask_digits(turn, asked, own)], asked)


def _reply(says: Sequence[Say], asked: Sequence[str] = (), *, hide: bool = False) -> Reply:
    """All messages, the choices under the last; waiting for the digits of what is asked."""
    choices = tuple(dict.fromkeys(c for s in says for c in s.choices))
    joined = (*(replace(s, choices=()) for s in says[:-1]), replace(says[-1], choices=choices))
    step, data = ("dossier.digits", {"keys": list(asked), "private": True}) if asked else ("", {})
    return Reply(joined, step=step, data=data, subject=SUBJECT, hide=hide)


def _digits_beside(said: str) -> str:
    """The last four digits of the one number in folded words, "" where there is none or several; a year is none."""
    numbers = [m.group() for m in _DIGITS.finditer(said) if not _YEAR.search(said[: m.start()])]
    digits = [re.sub(r"\D", "", number) for number in numbers]
    return digits[0][-DIGITS:] if len(digits) == 1 else ""


async def _open(turn: Turn, key: str, own: Sequence[str], several: bool, busy: Collection[str]) -> Say:
    """The status without the second factor, where the operator has chosen so; a code that is not there is told to be."""
    t = turn.t
    dossier = await dossiers.find(turn.db, turn.chat.office, key)
    if dossier is None and key in busy:
        return elsewhere.not_now(turn, [key], (_leave(turn),))
    if dossier is None:
        text = t("Tôi không tìm thấy hồ sơ {code}. Anh/chị kiểm tra lại mã, hoặc gọi bàn một cửa: {phone}.", code=key, phone=wording.telephones(turn))
        return Say(text, choices=_meant(turn, key, own))
    label = t("Xem chi tiết {code}", code=named(t, key)) if several else t("Xem chi tiết")
    return elsewhere.marked(turn, standing.in_short(turn, dossier, (Choice(label, f"d:{key}"),)), key in busy)


def _ask_digits(turn: Turn, keys: Sequence[str], own: Sequence[str] = ()) -> Say:
    t, codes = turn.t, ", ".join(named(turn.t, key) for key in keys)
    text = t("Để giữ kín thông tin, anh/chị gõ 4 số cuối của điện thoại hoặc của số căn cước đã ghi trong hồ sơ {code}.", code=codes)
    text += "\n" + t("Tôi không lưu 4 số này. Đừng gửi mã OTP hay mật khẩu cho ai.")
    meant = [choice for key in keys for choice in _meant(turn, key, own)]
    return Say(text, choices=(*meant, _leave(turn)))


def _meant(turn: Turn, said: str, own: Sequence[str], most: int = proving.NEAR) -> tuple[Choice, ...]:
    """Those of the citizen's own dossiers that a slip of the finger may have meant."""
    return tuple(Choice(turn.t("Ý tôi là {code}", code=named(turn.t, code)), f"d:{code}") for code in proving.near(said, own, most)[:2])


def _leave(turn: Turn) -> Choice:
    return Choice(turn.t("Thôi"), "cancel")


async def _details(turn: Turn, dossier: dossiers.Dossier, busy: Collection[str] = ()) -> Say:
    said = standing.details(turn, dossier, dossier.code in await follows.followed(turn.db, turn.chat))
    return elsewhere.marked(turn, said, dossier.code in busy)


async def details(turn: Turn) -> Reply | None:
    """Details wanted by a button: told where they were proved, else asked for the four digits."""
    code = turn.arguments[0] if turn.arguments else ""
    if not _well_formed(code, turn.now.date()):
        return None
    own = await dossiers.proved_codes(turn.db, turn.chat, turn.now)
    busy = await elsewhere.refresh(turn, [code] if code in own else [])
    if code in own and (dossier := await dossiers.find(turn.db, turn.chat.office, code)):
        return _reply([await _details(turn, dossier, busy)])
    return _reply([_ask_digits(turn, [code])], [code])


def _well_formed(code: str, today: dt.date) -> bool:
    receipt = code.removeprefix(RECEIPT)
    return receipt_number(receipt) == receipt if code.startswith(RECEIPT) else [f.code for f in find(code, today)] == [code]


async def digits_step(turn: Turn) -> Reply | None:
    """The four digits. Wrong digits and a wrong code are told in the same words; failures slow, then lock."""
    t, said = turn.t, re.sub(r"\D", "", turn.text)
    data = turn.state.data
    keys = [str(key) for key in data.get("keys") or [data.get("code", "")]]
    wordy = any(c.isalpha() for c in turn.text)
    if find(turn.text, turn.now.date()) or not said or (wordy and len(said) < DIGITS):
        return None
    if len(said) < DIGITS:
        return _reply([Say(t("Anh/chị gõ đủ 4 số giúp tôi."), choices=(_leave(turn),))], keys, hide=True)
    return await _tried(turn, keys, said[-DIGITS:])


async def _tried(turn: Turn, keys: Sequence[str], digits: str, before: Sequence[Say] = ()) -> Reply:
    """What four digits open of several codes."""
    chat, now, db = turn.chat, turn.now, turn.db
    if until := await proving.locked(db, chat, keys, now):
        return _reply([*before, _locked(turn, until)], keys, hide=True)
    busy = await elsewhere.refresh(turn, keys)
    opened = {key: await proving.opened(db, turn.key, chat.office, key, digits) for key in keys}
    codes = [code for found in opened.values() for code in found]
    shut = [key for key, found in opened.items() if not found]
    shown = [await _details(turn, d, busy) for code in codes if (d := await dossiers.find(db, chat.office, code))]
    not_now = [key for key in shut if key in busy]
    untrue = [elsewhere.not_now(turn, not_now, (_leave(turn),)) if not_now else _no_match(turn, shut, bool(shown))] if shut else []
    says = [*before, *shown, *untrue]
    effect = partial(proving.settle, chat=chat, now=now, tried=tuple(keys), codes=tuple(codes), failed=tuple(shut))
    return replace(_reply(says, shut, hide=True), effects=(effect,))


def _no_match(turn: Turn, shut: Sequence[str], others: bool) -> Say:
    t, phone = turn.t, wording.telephones(turn)
    if others:
        codes = ", ".join(named(t, key) for key in shut)
        text = t("4 số này không khớp với {code}. Hồ sơ ấy ghi số khác thì anh/chị gõ 4 số của hồ sơ ấy.", code=codes)
        return Say(text, choices=(_leave(turn),))
    text = t("Mã hồ sơ và 4 số này không khớp. Anh/chị xem lại giấy hẹn rồi gõ lại 4 số, hoặc gọi bàn một cửa: {phone}.", phone=phone)
    text += "\n" + t("Hồ sơ không ghi điện thoại hay căn cước thì chỉ xem được tại bàn một cửa, nhớ mang giấy hẹn.")
    return Say(text, choices=(_leave(turn),))


def _locked(turn: Turn, until: dt.datetime) -> Say:
    """When the next try is heard, to the minute."""
    t, phone = turn.t, wording.telephones(turn)
    moment = until.astimezone(turn.now.tzinfo) + dt.timedelta(seconds=59)
    if moment.date() == turn.now.date():
        text = t("Đã có nhiều lần thử sai. Xin thử lại từ {time}, hoặc mang giấy hẹn đến bàn một cửa: {phone}.", time=t.time(moment), phone=phone)
    else:
        when = {"time": t.time(moment), "day": t.weekday(moment.date())}
        text = t("Đã có nhiều lần thử sai. Xin thử lại từ {time} {day}, hoặc mang giấy hẹn đến bàn một cửa: {phone}.", **when, phone=phone)
    return Say(text, choices=(_leave(turn),))
