"""office.md, calendar.md, words.md and notices.md → records, with a problem for each line that does not read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path

from knowledge.leaflet import Sheet, read
from knowledge.model import CalendarDay, Hours, Notice, Office, Word
from knowledge.words import fold

OFFICE_KEYS = ("Mã", "Địa chỉ", "Điện thoại", "Bản đồ", "Thư điện tử", "Trang thông tin", "Nộp hồ sơ trực tuyến")
OFFICE_SECTIONS = ("Giờ làm việc", "Lưu ý")
CALENDAR_SECTIONS = ("Ngày nghỉ", "Ngày làm bù", "Nửa ngày")
_KINDS = {"Ngày nghỉ": "off", "Ngày làm bù": "worked", "Nửa ngày": "half"}
_WEEKDAYS = {
    "thu hai": 0,
    "thu ba": 1,
    "thu tu": 2,
    "thu nam": 3,
    "thu sau": 4,
    "thu bay": 5,
    "chu nhat": 6,
    "thu 2": 0,
    "thu 3": 1,
    "thu 4": 2,
    "thu 5": 3,
    "thu 6": 4,
    "thu 7": 5,
}
_SPAN = re.compile(r"(\d{1,2})[:hg](\d{2})?\s*(?:-|đến)\s*(\d{1,2})[:hg](\d{2})?")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def read_office(path: Path, text: str) -> tuple[Office, Sheet]:
    """The office; address and telephone are required, for they stand in every way out that the bot offers."""
    sheet = read(path, text, keys=OFFICE_KEYS, sections=OFFICE_SECTIONS)
    for key in ("Mã", "Địa chỉ", "Điện thoại"):
        if not sheet.keys.get(key):
            sheet.complain(sheet.line_of(key), f"thiếu khóa “{key}”.")
    hours = tuple(h for line in sheet.lines("Giờ làm việc") for h in _hours(sheet, line.number, line.text))
    if not hours:
        sheet.complain(
            sheet.line_of("Giờ làm việc"), "mục “Giờ làm việc” thiếu hoặc trống. Hãy viết như “- Thứ Hai đến thứ Sáu: 7:30-11:30, 13:30-17:00”."
        )
    return Office(
        path=path,
        code=sheet.keys.get("Mã", ""),
        name=sheet.title,
        address=sheet.keys.get("Địa chỉ", ""),
        telephones=tuple(t.strip() for t in re.split(r"[;,]", sheet.keys.get("Điện thoại", "")) if t.strip()),
        hours=hours,
        map_url=sheet.keys.get("Bản đồ", ""),
        email=sheet.keys.get("Thư điện tử", ""),
        website=sheet.keys.get("Trang thông tin", ""),
        online_portal=sheet.keys.get("Nộp hồ sơ trực tuyến", ""),
        notes=tuple(line.text for line in sheet.lines("Lưu ý")),
    ), sheet


def _hours(sheet: Sheet, number: int, text: str) -> list[Hours]:
    days, _, spans_text = text.partition(":")
    parts = re.split(r"\s*(?:-|\bden\b)\s*", fold(days))
    ends = [_WEEKDAYS[part] for part in parts if part in _WEEKDAYS]
    spans = _spans(spans_text)
    if not spans or not 1 <= len(ends) <= 2 or len(ends) < len(parts):
        sheet.complain(number, f"không hiểu giờ làm việc “{text}”. Hãy viết như “Thứ Hai đến thứ Sáu: 7:30-11:30, 13:30-17:00”.")
        return []
    return [Hours(day, opens, closes) for day in range(ends[0], ends[-1] + 1) for opens, closes in spans]


def _spans(text: str) -> tuple[tuple[dt.time, dt.time], ...]:
    found = []
    for h1, m1, h2, m2 in _SPAN.findall(text):
        try:
            opens, closes = dt.time(int(h1), int(m1 or 0)), dt.time(int(h2), int(m2 or 0))
        except ValueError:
            return ()
        if opens >= closes:
            return ()
        found.append((opens, closes))
    return tuple(found)


def read_calendar(path: Path, text: str) -> tuple[tuple[CalendarDay, ...], Sheet]:
    """Days that differ from the rule: «- 02/01/2026: nghỉ Tết Dương lịch», a span of days with «đến», hours for half days."""
    sheet = read(path, text, keys=("Kiểm tra ngày", "Nguồn"), sections=CALENDAR_SECTIONS)
    days: dict[dt.date, CalendarDay] = {}
    for name in CALENDAR_SECTIONS:
        for line in sheet.lines(name):
            for entry in _calendar_days(sheet, line.number, line.text, _KINDS[name]):
                if entry.day in days:
                    sheet.complain(line.number, f"ngày {entry.day:%d/%m/%Y} đã có trong lịch (“{days[entry.day].reason}”). Hãy bỏ một dòng.")
                days[entry.day] = entry
    return tuple(sorted(days.values(), key=lambda d: d.day)), sheet


def _calendar_days(sheet: Sheet, number: int, text: str, kind: str) -> Sequence[CalendarDay]:
    head, _, reason = text.partition(":")
    try:
        ends = [dt.date(int(y), int(m), int(d)) for d, m, y in _DATE.findall(head)]
    except ValueError:
        ends = []
    spans = _spans(reason) if kind == "half" else ()
    if not 1 <= len(ends) <= 2 or ends[0] > ends[-1] or (ends[-1] - ends[0]).days > 31 or (kind == "half" and not spans):
        sheet.complain(number, f"không hiểu ngày “{text}”. Hãy viết như “02/01/2026: nghỉ Tết Dương lịch”; nửa ngày thì kèm giờ “7:30-11:30”.")
        return ()
    return [CalendarDay(ends[0] + dt.timedelta(days=n), kind, reason.strip(), spans) for n in range((ends[-1] - ends[0]).days + 1)]


def read_words(path: Path, text: str) -> tuple[tuple[Word, ...], Sheet]:
    """Short and everyday forms, «- cccd: căn cước công dân»; a form told twice in different ways is a problem."""
    sheet = read(path, text, keys=(), sections=None)
    words: dict[str, Word] = {}
    for section in sheet.sections.values():
        for line in section.lines:
            shorts, colon, long = line.text.partition(":")
            if not colon or not long.strip():
                sheet.complain(line.number, f"không hiểu “{line.text}”. Hãy viết như “cccd: căn cước công dân”.")
                continue
            for short in (s.strip() for s in shorts.split(",")):
                word = Word(short, long.strip(), line.number)
                if short in words and words[short].long != word.long:
                    sheet.complain(line.number, f"“{short}” đã có nghĩa “{words[short].long}” ở dòng {words[short].line}. Hãy bỏ một.")
                words[short] = word
    return tuple(words.values()), sheet


def read_notices(path: Path, text: str) -> tuple[tuple[Notice, ...], Sheet]:
    """Announcements: a «## tiêu đề» each, with «- Từ: ngày», «- Đến: ngày», «- Chủ đề: …» and the text."""
    sheet = read(path, text, keys=(), sections=None)
    notices = []
    for section in sheet.sections.values():
        facts: dict[str, str] = {}
        body = []
        for line in section.lines:
            key, colon, value = line.text.partition(":")
            if colon and fold(key) in {"tu", "den", "chu de"}:
                facts[fold(key)] = value.strip()
            else:
                body.append(line.text)
        first, last = _one_date(facts.get("tu", "")), _one_date(facts.get("den", ""))
        if first is None or last is None or first > last:
            sheet.complain(section.number, f"thông báo “{section.name}” cần “- Từ: 01/12/2026” và “- Đến: 31/12/2026”, ngày đầu không sau ngày cuối.")
        elif not body:
            sheet.complain(section.number, f"thông báo “{section.name}” chưa có nội dung.")
        else:
            notices.append(Notice(section.name, "\n".join(body), first, last, facts.get("chu de", "")))
    return tuple(notices), sheet


def _one_date(text: str) -> dt.date | None:
    match = _DATE.search(text)
    if not match:
        return None
    try:
        return dt.date(int(match.group(3)), int(match.group(2)), int(match.group(1)))
    except ValueError:
        return None
