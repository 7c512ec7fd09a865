"""The one-stop desk: address, hours, telephones, whether it is open; notices; and what to do when somebody is in danger."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from bot.chat import Choice, Say
from bot.texts import Texts
from bot.turn import Reply, Turn
from handlers import show
from knowledge.model import Hours
from knowledge.words import fold

_TOMORROW = ("ngay mai", "sang mai", "chieu mai", "mai co", "mai lam", "tomorrow")
_WEEKDAYS = {"thu hai": 0, "thu 2": 0, "thu ba": 1, "thu 3": 1, "thu tu": 2, "thu 4": 2, "thu nam": 3, "thu 5": 3, "thu sau": 4, "thu 6": 4}
_WEEKDAYS |= {"thu bay": 5, "thu 7": 5, "chu nhat": 6, "saturday": 5, "sunday": 6}


async def hours(turn: Turn) -> Reply:
    """Whether the desk is open on the day asked about, then hours, address, telephones and map."""
    t, office = turn.t, turn.knowledge.office
    facts = [t("Giờ làm việc:") + "\n" + week(t, office.hours), t("Địa chỉ: {address}", address=office.address)]
    facts.append(t("Điện thoại: {phone}", phone=show.telephones(turn)))
    text = "\n\n".join((open_on(turn, day_asked(turn.text, turn.now.date())), "\n".join(facts), *office.notes))
    return Reply((Say(text, office.name, choices=contacts(turn)),), subject="gio-lam-viec")


def day_asked(text: str, today: dt.date) -> dt.date:
    """The day that a question names: tomorrow, a weekday to come, else today."""
    said = fold(text)
    if any(word in said for word in _TOMORROW):
        return today + dt.timedelta(days=1)
    for words, weekday in _WEEKDAYS.items():
        if words in said:
            return today + dt.timedelta(days=(weekday - today.weekday()) % 7)
    return today


def open_on(turn: Turn, day: dt.date) -> str:
    """The answer to «hôm nay có làm việc không?», with the reason when closed."""
    t, calendar = turn.t, turn.library.calendar
    found = calendar.day(day)
    named = t("Hôm nay, {day},", day=t.weekday(day)) if day == turn.now.date() else t("Ngày {day}", day=t.weekday(day))
    if found.open:
        spans = ", ".join(f"{t.time(a)}–{t.time(b)}" for a, b in found.spans)
        text = t("{day} bàn một cửa có làm việc: {spans}.", day=named, spans=spans)
        return text if day != turn.now.date() else f"{text} {_now(turn)}"
    reason = found.reason or t("ngày nghỉ")
    return t("{day} bàn một cửa không làm việc ({reason}).", day=named, reason=reason) + _next(turn, day)


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
        rows.append(f"{named}: " + ", ".join(f"{t.time(a)}–{t.time(b)}" for a, b in spans))
    return show.bullets(rows)


def _weekday(t: Texts, weekday: int) -> str:
    return t.weekday(dt.date(2024, 1, 1) + dt.timedelta(days=weekday)).rsplit(" ", 1)[0] if t.language == "vi" else _english(t, weekday)


def _english(t: Texts, weekday: int) -> str:
    return t.weekday(dt.date(2024, 1, 1) + dt.timedelta(days=weekday)).split(" ")[0]


def contacts(turn: Turn) -> tuple[Choice, ...]:
    """Buttons to call, to find the way, to file online."""
    t, office = turn.t, turn.knowledge.office
    found = [Choice(t("Gọi {phone}", phone=p), phone=p.replace(" ", "")) for p in office.telephones]
    found += [Choice(t("Xem bản đồ"), url=office.map_url)] if office.map_url else []
    found += [Choice(t("Nộp hồ sơ trực tuyến"), url=office.online_portal)] if office.online_portal else []
    return tuple(found)


async def desk(turn: Turn) -> Reply:
    """How to reach a person."""
    t, office = turn.t, turn.knowledge.office
    text = t("Anh/chị gọi {phone}, hoặc đến {address}.", phone=show.telephones(turn), address=office.address)
    text += "\n" + open_on(turn, turn.now.date())
    return Reply((Say(text, office.name, choices=contacts(turn)),), subject="gap-can-bo")


async def notices(turn: Turn) -> Reply:
    """What the office announces today."""
    t, today = turn.t, turn.now.date()
    shown = [n for n in turn.knowledge.notices if n.first <= today <= n.last]
    if not shown:
        return Reply((Say(t("Hiện không có thông báo mới.")),), subject="thong-bao")
    text = "\n\n".join(f"{n.title}\n{n.text}" for n in shown)
    return Reply((Say(text, t("Thông báo của {office}", office=turn.knowledge.office.name)),), subject="thong-bao")


async def emergency(turn: Turn) -> Reply:
    """The numbers to call, first and alone. Source: domain rules, section 6."""
    t = turn.t
    text = t("Nếu có người đang gặp nguy hiểm, anh/chị gọi ngay:")
    numbers = (t("113: công an"), t("114: cháy nổ, cứu nạn"), t("115: cấp cứu"), t("111: bảo vệ trẻ em"))
    calls = tuple(Choice(t("Gọi {phone}", phone=n), phone=n) for n in ("113", "114", "115", "111"))
    return Reply((Say(f"{text}\n{show.bullets(numbers)}", t("Việc khẩn cấp"), choices=calls),), subject="khan-cap")
