"""Working days of 2025 to 2027: the law's days off, the swapped days, and calendar.md over both."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import LOOK_AHEAD_DAYS, Calendar
from knowledge.loader import CONTENT
from knowledge.model import CalendarDay, Hours
from knowledge.office import read_calendar, read_office

MORNING, AFTERNOON = (dt.time(7, 30), dt.time(11, 30)), (dt.time(13, 30), dt.time(17))
WEEK = tuple(Hours(day, *span) for day in range(5) for span in (MORNING, AFTERNOON))


def shipped() -> Calendar:
    """The calendar of the shipped content."""
    entries, _ = read_calendar(CONTENT / "calendar.md", (CONTENT / "calendar.md").read_text(encoding="utf-8"))
    office, _ = read_office(CONTENT / "office.md", (CONTENT / "office.md").read_text(encoding="utf-8"))
    return Calendar(entries, office.hours)


def date(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d/%m/%Y").date()


def moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%d/%m/%Y %H:%M")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("01/01/2025", "01/01/2025"),
        ("27/01/2025", "02/02/2025"),
        ("07/04/2025", "07/04/2025"),
        ("30/04/2025", "04/05/2025"),
        ("30/08/2025", "02/09/2025"),
        ("01/01/2026", "04/01/2026"),
        ("14/02/2026", "22/02/2026"),
        ("25/04/2026", "27/04/2026"),
        ("30/04/2026", "03/05/2026"),
        ("29/08/2026", "02/09/2026"),
        ("01/01/2027", "03/01/2027"),
        ("04/02/2027", "10/02/2027"),
        ("16/04/2027", "18/04/2027"),
        ("30/04/2027", "03/05/2027"),
        ("02/09/2027", "05/09/2027"),
    ],
)
def test_the_office_is_closed_through_the_holidays(first: str, last: str) -> None:
    """From the first to the last day of a holiday nobody is sent to the desk, and the days around it are worked."""
    calendar, day = shipped(), date(first)
    assert calendar.day(day - dt.timedelta(days=1)).open or (day - dt.timedelta(days=1)).weekday() >= 5
    while day <= date(last):
        assert not calendar.day(day).open, day
        assert calendar.day(day).reason, day
        day += dt.timedelta(days=1)
    assert calendar.day(day).open, day


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("02/01/2026", "nghỉ Tết Dương lịch, hoán đổi với thứ Bảy 10/01/2026"),
        ("31/08/2026", "Ngày nghỉ (thay cho ngày 22/08/2026)"),
        ("02/05/2025", "Ngày nghỉ (thay cho ngày 26/04/2025)"),
        ("17/02/2026", "Tết Nguyên Đán"),
        ("27/04/2026", "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
        ("21/11/2026", "thứ Bảy"),
        ("22/11/2026", "Chủ nhật"),
    ],
)
def test_a_closed_day_says_why(day: str, reason: str) -> None:
    """The reason stands beside every closed day."""
    assert (shipped().day(date(day)).spans, shipped().day(date(day)).reason) == ((), reason)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("26/04/2025", "làm bù cho ngày nghỉ 02/05/2025"),
        ("10/01/2026", "làm bù cho ngày nghỉ 02/01/2026"),
        ("22/08/2026", "làm bù cho ngày nghỉ 31/08/2026"),
    ],
)
def test_a_worked_saturday_has_the_usual_hours(day: str, reason: str) -> None:
    """A Saturday worked for a swapped day is open like a Monday."""
    assert (shipped().day(date(day)).spans, shipped().day(date(day)).reason) == ((MORNING, AFTERNOON), reason)


@pytest.mark.parametrize("day", ["24/11/2026", "24/11/2027"])
def test_the_day_of_culture_is_closed_with_a_caution(day: str) -> None:
    """The books have 24/11 off and the law is not confirmed: the reason says to call first."""
    assert not shipped().day(date(day)).open
    assert shipped().day(date(day)).reason == "Ngày Văn hóa Việt Nam, nghỉ theo bộ lịch nhưng chưa rõ hiệu lực; anh/chị gọi điện trước khi đến"


def test_calendar_md_wins_over_the_holidays() -> None:
    """A day worked by order of the office is open even on a public holiday, and a half day has hours of its own."""
    half = CalendarDay(date("05/02/2026"), "half", "7:30-11:30, họp", (MORNING,))
    calendar = Calendar([CalendarDay(date("24/11/2026"), "worked", "vẫn làm việc"), half], WEEK)
    assert (calendar.day(date("24/11/2026")).spans, calendar.day(date("24/11/2026")).reason) == ((MORNING, AFTERNOON), "vẫn làm việc")
    assert (calendar.day(date("05/02/2026")).spans, calendar.day(date("05/02/2026")).reason) == ((MORNING,), "7:30-11:30, họp")


def test_an_office_may_open_on_saturday_and_close_on_monday() -> None:
    """The week is the office's own; a weekday without hours says that it is closed every week."""
    calendar = Calendar([], [Hours(1, *MORNING), Hours(5, *MORNING)])
    assert calendar.day(date("28/11/2026")).spans == (MORNING,)
    assert calendar.day(date("23/11/2026")).reason == "ngày nghỉ trong tuần"


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("23/11/2026 07:29", False),
        ("23/11/2026 07:30", True),
        ("23/11/2026 11:29", True),
        ("23/11/2026 11:30", False),
        ("23/11/2026 12:30", False),
        ("23/11/2026 16:59", True),
        ("23/11/2026 17:00", False),
        ("22/11/2026 09:00", False),
        ("24/11/2026 09:00", False),
        ("10/01/2026 09:00", True),
    ],
)
def test_open_at(when: str, is_open: bool) -> None:
    """The opening minute is open, the closing minute is not."""
    assert shipped().open_at(moment(when)) is is_open


@pytest.mark.parametrize(
    ("when", "day", "span"),
    [
        ("23/11/2026 05:00", "23/11/2026", MORNING),
        ("23/11/2026 09:00", "23/11/2026", MORNING),
        ("23/11/2026 12:00", "23/11/2026", AFTERNOON),
        ("23/11/2026 17:00", "25/11/2026", MORNING),
        ("20/11/2026 18:00", "23/11/2026", MORNING),
        ("13/02/2026 17:00", "23/02/2026", MORNING),
        ("09/01/2026 20:00", "10/01/2026", MORNING),
    ],
)
def test_next_open(when: str, day: str, span: tuple[dt.time, dt.time]) -> None:
    """The span under way, or the next one over evenings, weekends and holidays."""
    assert shipped().next_open(moment(when)) == (date(day), span)


def test_an_office_without_hours_never_opens() -> None:
    """Where no hours are known, none is promised."""
    assert Calendar([], []).next_open(moment("23/11/2026 09:00")) is None
    assert Calendar([CalendarDay(date("28/11/2026"), "worked", "làm bù")], []).next_open(moment("23/11/2026 09:00")) is None


@given(st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 12, 31)))
def test_the_next_opening_lies_ahead_and_is_the_first(when: dt.datetime) -> None:
    """Whenever one asks, the answer is a real span that has not ended, and no day before it has one to come."""
    calendar = shipped()
    found = calendar.next_open(when)
    assert found is not None
    day, (opens, closes) = found
    assert (opens, closes) in calendar.day(day).spans
    assert dt.datetime.combine(day, closes) > when
    assert (day - when.date()).days < LOOK_AHEAD_DAYS
    assert calendar.open_at(when) is (dt.datetime.combine(day, opens) <= when)
    between = (when.date() + dt.timedelta(days=n) for n in range(1, (day - when.date()).days))
    assert not any(calendar.day(other).open for other in between)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("23/11/2026 09:00", "23/11/2026 10:42", 1.7),
        ("20/11/2026 16:00", "23/11/2026 09:00", 17),  # over a weekend
        ("23/11/2026 09:00", "25/11/2026 09:00", 24),  # 24/11 is off
        ("13/02/2026 12:00", "23/02/2026 12:00", 24),  # Tết
        ("23/11/2026 09:00", "23/11/2026 09:00", 0),
        ("23/11/2026 09:00", "22/11/2026 09:00", 0),
    ],
)
def test_working_time(since: str, until: str, hours: float) -> None:
    """The part of a span that lies on days when the office works, nights included."""
    assert shipped().working_time(moment(since), moment(until)) == dt.timedelta(hours=hours)


@given(st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 6, 30)), st.timedeltas(dt.timedelta(), dt.timedelta(days=60)))
def test_working_time_adds_up(since: dt.datetime, span: dt.timedelta) -> None:
    """Never more than the span, and the parts make the whole."""
    calendar, middle, until = shipped(), since + span / 3, since + span
    whole = calendar.working_time(since, until)
    assert dt.timedelta() <= whole <= span
    assert calendar.working_time(since, middle) + calendar.working_time(middle, until) == whole
