"""The files about the office itself: office.md, calendar.md, words.md, notices.md."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from knowledge.model import CalendarDay, Hours, Notice, Word
from knowledge.office import read_calendar, read_notices, read_office, read_words
from tests.knowledge.conftest import SOUND

OFFICE = (SOUND / "office.md").read_text(encoding="utf-8")
HOURS = "Thứ Hai đến thứ Sáu: 7:30-11:30, 13:30-17:00"
PATH = Path("thu.md")
MORNING, AFTERNOON = (dt.time(7, 30), dt.time(11, 30)), (dt.time(13, 30), dt.time(17))


def test_the_office_is_what_stands_in_the_file() -> None:
    """Name from the title, facts from the keys, several telephones and notes."""
    text = OFFICE.replace("0200 000 0000", "0200 000 0000; (0200) 111.2222, 1022") + "\n## Lưu ý\n- Người cao tuổi được ưu tiên.\n"
    office, sheet = read_office(PATH, text.replace("Bản đồ:", "Thư điện tử: thu@example.org\nTrang thông tin: https://example.org\nBản đồ:"))
    assert sheet.problems == []
    assert (office.code, office.name, office.address) == ("thu", "Trung tâm Phục vụ hành chính công xã Thử", "Số 1 đường Thử, xã Thử")
    assert office.telephones == ("0200 000 0000", "(0200) 111.2222", "1022")
    assert (office.map_url, office.website, office.email) == ("https://example.org/ban-do", "https://example.org", "thu@example.org")
    assert office.notes == ("Người cao tuổi được ưu tiên.",)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("Thứ Hai đến thứ Sáu", [0, 1, 2, 3, 4]),
        ("thứ 2 - thứ 6", [0, 1, 2, 3, 4]),
        ("T2-T6", [0, 1, 2, 3, 4]),
        ("Thứ Hai, thứ Tư và thứ Sáu", [0, 2, 4]),
        ("Thứ Ba đến thứ Năm, Chủ nhật", [1, 2, 3, 6]),
        ("thứ bảy", [5]),
        ("CN", [6]),
    ],
)
def test_weekdays_as_people_write_them(written: str, days: list[int]) -> None:
    """Names, numbers and short forms; spans and lists."""
    office, sheet = read_office(PATH, OFFICE.replace("Thứ Hai đến thứ Sáu", written))
    assert sheet.problems == []
    assert office.hours == tuple(Hours(day, *span) for day in days for span in (MORNING, AFTERNOON))


@pytest.mark.parametrize(
    "written", ["7:30-11:30, 13:30-17:00", "7h30-11h30 và 13h30-17h", "7g30 – 11g30; 13g30 – 17g", "7 giờ 30 đến 11 giờ 30, 13 giờ 30 đến 17 giờ"]
)
def test_hours_as_people_write_them(written: str) -> None:
    """Colons, h, g and giờ; with or without minutes."""
    office, sheet = read_office(PATH, OFFICE.replace("7:30-11:30, 13:30-17:00", written))
    assert sheet.problems == []
    assert office.hours[:2] == (Hours(0, *MORNING), Hours(0, *AFTERNOON))


@pytest.mark.parametrize(
    "written",
    [
        "Thứ Tám: 7:30-11:30",
        "Thứ Sáu đến thứ Hai: 7:30-11:30",
        "Thứ Hai đến thứ Ba đến thứ Tư: 7:30-11:30",
        "Thứ Hai: 11:30-7:30",
        "Thứ Hai: 7:30-25:00",
        "Thứ Hai: 7:30-11:30, 13:30",
        "Thứ Hai: cả ngày",
        "Thứ Hai",
        ": 7:30-11:30",
    ],
)
def test_hours_that_make_no_sense_are_refused(written: str) -> None:
    """No hour is guessed, none silently left out."""
    office, sheet = read_office(PATH, OFFICE.replace(HOURS, f"{HOURS}\n- {written}"))
    rule = "Hãy viết như “Thứ Hai đến thứ Sáu: 7:30-11:30, 13:30-17:00”."
    assert [str(p) for p in sheet.problems] == [f"thu.md:10: không hiểu giờ làm việc “{written}”. {rule}"]
    assert len(office.hours) == 10


@pytest.mark.parametrize("number", ["0200", "+84 200 000 0000", "0200.000.0000", "(0200) 000-0000", "19001234"])
def test_telephones_as_people_write_them(number: str) -> None:
    """Spaces, dots, dashes and brackets are fine in a telephone number."""
    office, sheet = read_office(PATH, OFFICE.replace("0200 000 0000", number))
    assert sheet.problems == []
    assert office.telephones == (number,)


def test_calendar_days_are_read_in_order() -> None:
    """Single days, spans of days, worked days and half days with their hours."""
    text = "# Lịch\n## Ngày nghỉ\n- 01/02/2027 đến 03/02/2027: bão\n- 2/1/2026: hoán đổi\n## Ngày làm bù\n- 10/01/2026: làm bù\n"
    days, sheet = read_calendar(PATH, text + "## Nửa ngày\n- 05/02/2026: 7:30-11:30, họp tổng kết\n")
    assert sheet.problems == []
    assert days == (
        CalendarDay(dt.date(2026, 1, 2), "off", "hoán đổi"),
        CalendarDay(dt.date(2026, 1, 10), "worked", "làm bù"),
        CalendarDay(dt.date(2026, 2, 5), "half", "7:30-11:30, họp tổng kết", (MORNING,)),
        CalendarDay(dt.date(2027, 2, 1), "off", "bão"),
        CalendarDay(dt.date(2027, 2, 2), "off", "bão"),
        CalendarDay(dt.date(2027, 2, 3), "off", "bão"),
    )


@pytest.mark.parametrize("days", ["03/02/2027 đến 01/02/2027", "01/01/2027 đến 31/12/2027", "30/02/2027", "mai", "00/00/0000"])
def test_days_that_do_not_exist_are_refused(days: str) -> None:
    """Spans that run backwards or for over a month, and impossible days."""
    found, sheet = read_calendar(PATH, f"# Lịch\n## Ngày nghỉ\n- {days}: bão\n")
    rule = "Hãy viết như “02/01/2026: nghỉ Tết Dương lịch”; nửa ngày thì kèm giờ “7:30-11:30”."
    assert found == ()
    assert [str(p) for p in sheet.problems] == [f"thu.md:3: không hiểu ngày “{days}: bão”. {rule}"]


def test_words_stand_for_one_meaning_each() -> None:
    """Several short forms may share a line; the same form twice with one meaning is no harm."""
    words, sheet = read_words(PATH, "# Từ\n## A\n- cccd, CC: căn cước\n- cccd: căn cước\n## B\n- mô: đâu\n")
    assert sheet.problems == []
    assert words == (Word("cccd", "căn cước", 3), Word("CC", "căn cước", 3), Word("mô", "đâu", 6))


def test_two_meanings_differ_by_accents_only_where_the_forms_do() -> None:
    """«ma» and «mà» are two forms; «CCCD» and «cccd» are one."""
    words, sheet = read_words(PATH, "# Từ\n## A\n- ma: mà thôi\n- mà: nhưng mà\n- cccd: căn cước\n- CCCD: cây chuối\n")
    assert [word.short for word in words] == ["ma", "mà", "cccd"]
    assert [str(p) for p in sheet.problems] == ["thu.md:6: “CCCD” đã có nghĩa “căn cước” ở dòng 5. Hãy bỏ một."]


def test_notices_carry_their_days_subject_and_text() -> None:
    """A notice is a heading with its facts; the rest is the text."""
    text = "# Thông báo\n## Nghỉ chiều\n- Từ: 01/12/2026\n- Đến ngày: x\n- Đến: 02/12/2026\n- Chủ đề: lịch\n- Chiều nghỉ.\n- Mai mở: 7:30.\n"
    notices, sheet = read_notices(PATH, text)
    assert sheet.problems == []
    assert notices == (Notice("Nghỉ chiều", "Đến ngày: x\nChiều nghỉ.\nMai mở: 7:30.", dt.date(2026, 12, 1), dt.date(2026, 12, 2), "lịch"),)
