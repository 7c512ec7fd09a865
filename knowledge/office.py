"""office.md, calendar.md, words.md and notices.md → records, with a problem for each line that does not read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from knowledge.leaflet import Sheet, empty_sections, read
from knowledge.model import CalendarDay, Desk, Hours, Notice, Office, Word
from knowledge.words import fold, spoken

OFFICE_KEYS = ("Mã", "Địa chỉ", "Điện thoại", "Bản đồ", "Thư điện tử", "Trang thông tin", "Nộp hồ sơ trực tuyến", "Quầy")
OFFICE_SECTIONS = ("Giờ làm việc", "Lưu ý")
CALENDAR_SECTIONS = ("Ngày nghỉ", "Ngày làm bù", "Nửa ngày")
_KINDS = {"Ngày nghỉ": "off", "Ngày làm bù": "worked", "Nửa ngày": "half"}
_DAY_NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_WEEKDAYS = {fold(name): number for number, name in enumerate(_DAY_NAMES)}
_WEEKDAYS |= {f"thu {number + 2}": number for number in range(6)} | {f"t{number + 2}": number for number in range(6)} | {"cn": 6}
_HOUR = r"(\d{1,2})\s*(?:giờ|[:hg])\s*(\d{2})?"
_SPAN = re.compile(rf"{_HOUR}\s*(?:-|đến)\s*{_HOUR}", re.I)
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
_PERSON = re.compile(r"\b(?i:ông|bà|cô|chú|anh|chị|em|bác)\s+(\w)")
_TELEPHONE = re.compile(r"^[0-9][0-9 .()+-]{1,20}[0-9]$|^\+?\(?[0-9][0-9 .()-]{2,20}[0-9]$")


def read_office(path: Path, text: str) -> tuple[Office, Sheet]:
    """The office; address and telephone are required, for they stand in every way out that the bot offers."""
    sheet = read(path, text, keys=OFFICE_KEYS, sections=OFFICE_SECTIONS)
    for key in ("Mã", "Địa chỉ", "Điện thoại"):
        if not sheet.keys.get(key):
            sheet.complain(sheet.line_of(key), f"thiếu khóa “{key}”.")
    if (code := sheet.keys.get("Mã", "")) and not _CODE.fullmatch(code):
        sheet.complain(sheet.line_of("Mã"), f"“Mã: {code[:40]}” không dùng được. Hãy viết nhiều nhất 20 chữ không dấu, số, gạch ngang, như xa-mau.")
    hours = tuple(h for line in sheet.lines("Giờ làm việc") for h in _hours(sheet, line.number, line.text))
    if not hours:
        sheet.complain(
            sheet.line_of("Giờ làm việc"), "mục “Giờ làm việc” thiếu hoặc trống. Hãy viết như “- Thứ Hai đến thứ Sáu: 7:30-11:30, 13:30-17:00”."
        )
    _no_overlap(sheet, hours)
    _links(sheet)
    empty_sections(sheet, besides=("Giờ làm việc",))
    return Office(
        path=path,
        code=sheet.keys.get("Mã", ""),
        name=sheet.title,
        address=sheet.keys.get("Địa chỉ", ""),
        telephones=_telephones(sheet),
        hours=tuple(sorted(hours, key=lambda h: (h.weekday, h.opens))),
        map_url=sheet.keys.get("Bản đồ", ""),
        email=sheet.keys.get("Thư điện tử", ""),
        website=sheet.keys.get("Trang thông tin", ""),
        online_portal=sheet.keys.get("Nộp hồ sơ trực tuyến", ""),
        notes=tuple(line.text for line in sheet.lines("Lưu ý")),
        line=sheet.line_of("Mã"),
        desks=_desks(sheet),
    ), sheet


def _telephones(sheet: Sheet) -> tuple[str, ...]:
    found = tuple(t.strip() for t in re.split(r"[;,]", sheet.keys.get("Điện thoại", "")) if t.strip())
    for telephone in found:
        if not _TELEPHONE.match(telephone):
            sheet.complain(
                sheet.line_of("Điện thoại"),
                f"“{telephone[:40]}” không phải là số điện thoại. Hãy viết như 0200 123 4567; nhiều số thì cách nhau bằng dấu phẩy.",
            )
    return found


def _desks(sheet: Sheet) -> tuple[Desk, ...]:
    """The counters, «Quầy: Quầy 1, Quầy 2 Hộ tịch». A counter has no person's name: whoever rates it rates no clerk."""
    found: dict[str, Desk] = {}
    for name in (part.strip() for part in re.split(r"[;,]", sheet.keys.get("Quầy", "")) if part.strip()):
        id_ = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:38]
        if not id_ or id_ in found:
            sheet.complain(sheet.line_of("Quầy"), f"tên quầy “{name[:40]}” trùng hoặc trống. Hãy viết mỗi quầy một tên, như “Quầy 1, Quầy 2”.")
        elif any(initial.isupper() for initial in _PERSON.findall(name)):
            sheet.complain(sheet.line_of("Quầy"), f"tên quầy “{name[:40]}” nêu tên người. Hãy đặt tên theo số hoặc theo việc, như “Quầy 1”.")
        else:
            found[id_] = Desk(id_, name)
    return tuple(found.values())


def _links(sheet: Sheet) -> None:
    for key in ("Bản đồ", "Trang thông tin", "Nộp hồ sơ trực tuyến"):
        value = sheet.keys.get(key, "")
        if value and not re.match(r"https?://\S+$", value):
            sheet.complain(sheet.line_of(key), f"“{key}: {value[:60]}” không phải là địa chỉ. Địa chỉ bắt đầu bằng https:// và không có dấu cách.")


def _hours(sheet: Sheet, number: int, text: str) -> list[Hours]:
    days, _, spans_text = text.partition(":")
    numbers = _weekdays(days)
    spans = _spans(spans_text)
    if not numbers or not spans or re.search(r"\d", _SPAN.sub("", spans_text)):
        sheet.complain(number, f"không hiểu giờ làm việc “{text[:80]}”. Hãy viết như “Thứ Hai đến thứ Sáu: 7:30-11:30, 13:30-17:00”.")
        return []
    return [Hours(day, opens, closes) for day in numbers for opens, closes in spans]


def _weekdays(text: str) -> list[int]:
    """The weekdays of «Thứ Hai đến thứ Sáu» or «Thứ Hai, thứ Tư», none where a part is not understood or the span runs backwards."""
    found: list[int] = []
    for part in re.split(r"\s*(?:,|;|\bva\b)\s*", fold(text)):
        ends = [_WEEKDAYS.get(day, -1) for day in re.split(r"\s*(?:-|\bden\b)\s*", part)]
        if not 1 <= len(ends) <= 2 or -1 in ends or ends[0] > ends[-1]:
            return []
        found += range(ends[0], ends[-1] + 1)
    return found


def _no_overlap(sheet: Sheet, hours: tuple[Hours, ...]) -> None:
    ordered = sorted(hours, key=lambda h: (h.weekday, h.opens))
    for one, two in pairwise(ordered):
        if one.weekday == two.weekday and two.opens < one.closes:
            spans = " và ".join(f"{h.opens:%H:%M}-{h.closes:%H:%M}" for h in (one, two))
            sheet.complain(sheet.line_of("Giờ làm việc"), f"{_DAY_NAMES[one.weekday]} có hai khoảng giờ chồng nhau: {spans}.")


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
    empty_sections(sheet)
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
        rule = "Hãy viết như “02/01/2026: nghỉ Tết Dương lịch”; nửa ngày thì kèm giờ “7:30-11:30”."
        sheet.complain(number, f"không hiểu ngày “{text[:80]}”. {rule}")
        return ()
    if not reason.strip():
        sheet.complain(number, f"“{text[:80]}” chưa có lý do. Người dân sẽ đọc lý do; hãy viết như “02/01/2026: nghỉ Tết Dương lịch”.")
    return [CalendarDay(ends[0] + dt.timedelta(days=n), kind, reason.strip(), spans) for n in range((ends[-1] - ends[0]).days + 1)]


def read_words(path: Path, text: str) -> tuple[tuple[Word, ...], Sheet]:
    """Short and everyday forms, «- cccd: căn cước công dân»; a form told twice in different ways is a problem."""
    sheet = read(path, text, keys=(), sections=None)
    words: dict[str, Word] = {}
    empty_sections(sheet)
    for section in sheet.sections.values():
        for line in section.lines:
            shorts, colon, long = line.text.partition(":")
            if not colon or not long.strip() or not all(spoken(short) for short in shorts.split(",")):
                sheet.complain(
                    line.number,
                    f"không hiểu “{line.text[:60]}”. Hãy viết như “cccd: căn cước công dân”; nhiều cách viết thì cách nhau bằng dấu phẩy.",
                )
                continue
            for short in (s.strip() for s in shorts.split(",")):
                word = Word(short, long.strip(), line.number)
                told = words.setdefault(spoken(short), word)
                if told.long != word.long:
                    sheet.complain(line.number, f"“{short}” đã có nghĩa “{told.long}” ở dòng {told.line}. Hãy bỏ một.")
    return tuple(words.values()), sheet


def read_notices(path: Path, text: str) -> tuple[tuple[Notice, ...], Sheet]:
    """Announcements: a «## tiêu đề» each, with «- Từ: ngày», «- Đến: ngày» and the text; «- Chủ đề: …» to subscribe to,
    «- Lúc: giờ ngày» and «- Nơi: …» of a dialogue that one can sign up to."""
    sheet = read(path, text, keys=(), sections=None)
    notices = []
    empty_sections(sheet, besides=sheet.sections)
    for section in sheet.sections.values():
        facts: dict[str, str] = {}
        body = []
        for line in section.lines:
            key, colon, value = line.text.partition(":")
            if colon and fold(key) in {"tu", "den", "chu de", "luc", "noi"}:
                facts[fold(key)] = value.strip()
            else:
                body.append(line.text)
        first, last = _one_date(facts.get("tu", "")), _one_date(facts.get("den", ""))
        held = _moment(facts.get("luc", ""))
        if first is None or last is None or first > last:
            sheet.complain(section.number, f"thông báo “{section.name}” cần “- Từ: 01/12/2026” và “- Đến: 31/12/2026”, ngày đầu không sau ngày cuối.")
        elif not body:
            sheet.complain(section.number, f"thông báo “{section.name}” chưa có nội dung.")
        elif "luc" in facts and (held is None or not first <= held.date() <= last):
            rule = "Hãy viết như “- Lúc: 8:00 10/12/2026”, trong khoảng từ ngày đầu đến ngày cuối của thông báo."
            sheet.complain(section.number, f"thông báo “{section.name}”: không dùng được “Lúc: {facts['luc'][:40]}”. {rule}")
        else:
            notices.append(Notice(section.name, "\n".join(body), first, last, facts.get("chu de", ""), held, facts.get("noi", "")))
    return tuple(notices), sheet


def _one_date(text: str) -> dt.date | None:
    match = _DATE.search(text)
    if not match:
        return None
    try:
        return dt.date(int(match.group(3)), int(match.group(2)), int(match.group(1)))
    except ValueError:
        return None


def _moment(text: str) -> dt.datetime | None:
    """The time of «8:00 10/12/2026» or «8 giờ 30 ngày 10/12/2026», as the clocks of Việt Nam show it."""
    day, hour = _one_date(text), re.search(_HOUR, text)
    if day is None or hour is None:
        return None
    try:
        return dt.datetime.combine(day, dt.time(int(hour.group(1)), int(hour.group(2) or 0)))
    except ValueError:
        return None


def read_lexicon(path: Path, text: str) -> tuple[None, Sheet]:
    """A file of the lexicon, judged only: what it means is read by `knowledge.understand`."""
    sheet = read(path, text, keys=(), sections=None, line_most=len(text))
    for name, section in sheet.sections.items():
        for line in section.lines if fold(name) == "thu tu" else ():
            if not re.fullmatch(r"-?[0-9]{1,2}", line.text.partition(":")[2].strip()):
                sheet.complain(line.number, f"không hiểu “{line.text[:60]}”. Sau dấu hai chấm hãy viết số thứ tự, như “cái thứ hai: 2”.")
    return None, sheet
