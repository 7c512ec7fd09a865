"""The one-stop desk: address, hours, telephones, whether it is open; and what to do when somebody is in danger."""

from __future__ import annotations

import datetime as dt
import re
from itertools import groupby

from bot.chat import Choice, Say
from bot.texts import Texts, n_
from bot.turn import Reply, Turn
from handlers import wording
from knowledge.model import Hours
from knowledge.words import fold

_AHEAD = {
    0: re.compile(r"\b(hom nay|bay gio|luc nay|bua nay|today|now)\b"),
    1: re.compile(r"\b(ngay mai|sang mai|chieu mai|bua mai|(?<!co )(?<!chi )(?<!ba )(?<!em )mai (co|lam|xa|uy ban)|tomorrow)\b"),
    2: re.compile(r"\b(ngay kia|ngay mot|day after tomorrow)\b"),
}
_WEEKDAYS = (
    r"thu hai|thu 2|t2|monday",
    r"thu ba|thu 3|t3|tuesday",
    r"thu tu|thu 4|t4|wednesday",
    r"thu nam|thu 5|t5|thursday",
    r"thu sau|thu 6|t6|friday",
    r"thu bay|thu 7|t7|cuoi tuan|saturday|weekend",
    r"chu nhat|cn|sunday",
)
_NEXT_WEEK = re.compile(r"\b(tuan sau|tuan toi|next week)\b")
_DATE = re.compile(r"\b(\d{1,2})\s*[/-]\s*(\d{1,2})(?:\s*[/-]\s*(20\d\d))?\b|\bngay (\d{1,2}) thang (\d{1,2})(?: nam (20\d\d))?\b")
_CLOSED = n_("ngày nghỉ")


async def hours(turn: Turn) -> Reply:
    """Whether the desk is open on the day asked about, then hours, address, telephones and map."""
    t, office = turn.t, turn.knowledge.office
    facts = [t("Giờ làm việc:") + "\n" + week(t, office.hours), t("Địa chỉ: {address}", address=office.address)]
    facts.append(t("Điện thoại: {phone}", phone=wording.telephones(turn)))
    if office.email:
        facts.append(t("Thư điện tử: {email}", email=office.email))
    text = "\n\n".join((open_on(turn, day_asked(turn.text, turn.now.date())), "\n".join(facts), *office.notes))
    return Reply((Say(text, office.name, choices=contacts(turn)),), subject="gio-lam-viec")


def day_asked(text: str, today: dt.date) -> dt.date:
    """The day that a question names: a date, today, tomorrow, a weekday to come, else today."""
    said = fold(text)
    if named := _date(said, today):
        return named
    for days in (2, 1, 0):
        if _AHEAD[days].search(said):
            return today + dt.timedelta(days=days)
    weekday = next((n for n, words in enumerate(_WEEKDAYS) if re.search(rf"\b({words})\b", said)), None)
    if weekday is None:
        return today
    if _NEXT_WEEK.search(said):
        return today + dt.timedelta(days=7 - today.weekday() + weekday)
    return today + dt.timedelta(days=(weekday - today.weekday()) % 7)


def _date(said: str, today: dt.date) -> dt.date | None:
    """The date written in a question; without a year the next one to come. None where there is no such day."""
    match = _DATE.search(said)
    if not match:
        return None
    day, month, year = (part or other for part, other in zip(match.group(1, 2, 3), match.group(4, 5, 6), strict=True))
    try:
        found = dt.date(int(year or today.year), int(month), int(day))
        return found if year or found >= today else found.replace(year=today.year + 1)
    except ValueError:
        return None


def open_on(turn: Turn, day: dt.date) -> str:
    """The answer to «hôm nay có làm việc không?», with the reason when closed."""
    t, calendar = turn.t, turn.library.calendar
    found = calendar.day(day)
    named = _named(turn, day)
    if found.open:
        spans = ", ".join(f"{t.time(a)}–{t.time(b)}" for a, b in found.spans)
        text = t("{day} bàn một cửa có làm việc: {spans}.", day=named, spans=spans)
        return text if day != turn.now.date() else f"{text} {_now(turn)}"
    if fold(found.reason) in {"thu bay", "chu nhat"}:  # the day's own name is reason enough
        return t("{day} bàn một cửa không làm việc.", day=named) + _next(turn, day)
    return t("{day} bàn một cửa không làm việc ({reason}).", day=named, reason=t(found.reason or _CLOSED)) + _next(turn, day)


def _named(turn: Turn, day: dt.date) -> str:
    """The day as a sentence about it begins: «Hôm nay, thứ Sáu 20/11/2026,»."""
    t, weekday = turn.t, turn.t.weekday(day)
    match (day - turn.now.date()).days:
        case 0:
            return t("Hôm nay, {day},", day=weekday)
        case 1:
            return t("Ngày mai, {day},", day=weekday)
    return t("Vào {day}", day=weekday)


def _now(turn: Turn) -> str:
    if turn.library.calendar.open_at(turn.now):
        return turn.t("Bây giờ đang mở cửa.")
    return turn.t("Bây giờ đang đóng cửa.") + _next(turn, turn.now.date())


def _next(turn: Turn, day: dt.date) -> str:
    moment = turn.now if day == turn.now.date() else dt.datetime.combine(day, dt.time(), turn.now.tzinfo)
    coming = turn.library.calendar.next_open(moment)
    if coming is None:
        return ""
    return " " + turn.t("Lần mở cửa tới: {time} {day}.", time=turn.t.time(coming[1][0]), day=turn.t.weekday(coming[0]))


def week(t: Texts, found: tuple[Hours, ...]) -> str:
    """The week's hours, days with the same hours together."""
    by_day = [
        (day, tuple((h.opens, h.closes) for h in own)) for day, own in groupby(sorted(found, key=lambda h: (h.weekday, h.opens)), lambda h: h.weekday)
    ]
    rows = []
    for spans, own in groupby(by_day, lambda pair: pair[1]):
        days = [day for day, _ in own]
        named = _weekday(t, days[0]) if len(days) == 1 else t("{first} đến {last}", first=_weekday(t, days[0]), last=_weekday(t, days[-1]))
        rows.append(f"{named[0].upper()}{named[1:]}: " + ", ".join(f"{t.time(a)}–{t.time(b)}" for a, b in spans))
    return wording.bullets(rows)


def _weekday(t: Texts, weekday: int) -> str:
    return t.weekday(dt.date(2024, 1, 1) + dt.timedelta(days=weekday)).rsplit(" ", 1)[0] if t.language == "vi" else _english(t, weekday)


def _english(t: Texts, weekday: int) -> str:
    return t.weekday(dt.date(2024, 1, 1) + dt.timedelta(days=weekday)).split(" ")[0]


def contacts(turn: Turn) -> tuple[Choice, ...]:
    """Buttons to call, to find the way, to file online."""
    t, office = turn.t, turn.knowledge.office
    found = [Choice(t("Gọi {phone}", phone=p), phone=p.replace(" ", "")) for p in office.telephones]
    found += [Choice(t("Xem bản đồ"), url=office.map_url)] if office.map_url else []
    found += [Choice(t("Trang thông tin"), url=office.website)] if office.website else []
    found += [Choice(t("Nộp hồ sơ trực tuyến"), url=office.online_portal)] if office.online_portal else []
    return tuple(found)


async def desk(turn: Turn) -> Reply:
    """How to reach a person."""
    t, office = turn.t, turn.knowledge.office
    text = t("Anh/chị gọi {phone}, hoặc đến {address}.", phone=wording.telephones(turn), address=office.address)
    text += "\n" + open_on(turn, turn.now.date())
    return Reply((Say(text, office.name, choices=contacts(turn)),), subject="gap-can-bo")


async def emergency(turn: Turn) -> Reply:
    """The numbers to call, first and alone; what was begun stays begun. Source: domain rules, section 6."""
    t = turn.t
    text = t("Nếu có người đang gặp nguy hiểm, anh/chị gọi ngay:")
    numbers = (t("113: công an"), t("114: cháy nổ, cứu nạn"), t("115: cấp cứu"), t("111: bảo vệ trẻ em"))
    calls = tuple(Choice(t("Gọi {phone}", phone=n), phone=n) for n in ("113", "114", "115", "111"))
    say = Say(f"{text}\n{wording.bullets(numbers)}", t("Việc khẩn cấp"), choices=calls)
    return Reply((say,), step=turn.state.step, data=turn.state.data, subject="khan-cap")
