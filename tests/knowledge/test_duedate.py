"""Due dates against worked examples and by properties."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import Calendar
from knowledge.duedate import Limit, Unit, Why, due, limit_of
from knowledge.model import CalendarDay, Hours
from tests.knowledge.test_calendar import shipped

WEEK = tuple(Hours(day, opens, closes) for day in range(5) for opens, closes in ((dt.time(7, 30), dt.time(11, 30)), (dt.time(13, 30), dt.time(17))))
ENTRIES = (
    CalendarDay(dt.date(2026, 1, 2), "off", "hoán đổi"),
    CalendarDay(dt.date(2026, 1, 10), "worked", "làm bù"),
    CalendarDay(dt.date(2026, 8, 22), "worked", "làm bù"),
    CalendarDay(dt.date(2026, 12, 31), "half", "nửa ngày", ((dt.time(7, 30), dt.time(11, 30)),)),
)
CALENDAR = Calendar(ENTRIES, WEEK)


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%d/%m/%Y %H:%M")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5 ngày làm việc", Limit(Unit.WORKING_DAYS, 5)),
        ("03 ngày làm việc kể từ ngày nhận đủ hồ sơ", Limit(Unit.WORKING_DAYS, 3)),
        ("45 ngày", Limit(Unit.DAYS, 45)),
        ("24 giờ", Limit(Unit.HOURS, 24)),
        ("Trong ngày; nhận hồ sơ sau 15 giờ thì trả vào ngày làm việc tiếp theo", Limit(Unit.SAME_DAY)),
        ("Trong ngày làm việc", Limit(Unit.SAME_DAY)),
        ("Chưa công bố", None),
        ("15 ngày với nhà ở riêng lẻ, 20 ngày với công trình khác", None),
        ("Theo Nghị định 123/2015/NĐ-CP", None),
    ],
)
def test_limit_is_read_as_published(text: str, limit: Limit | None) -> None:
    """A line states one limit, or none that can be reckoned with."""
    assert limit_of(text) == limit


@pytest.mark.parametrize(
    ("received", "limit", "cutoff", "expected"),
    [
        ("20/11/2026 15:20", Limit(Unit.WORKING_DAYS, 3), None, "26/11/2026"),  # 24/11 is off
        ("20/11/2026 14:59", Limit(Unit.SAME_DAY), dt.time(15), "20/11/2026"),
        ("20/11/2026 15:20", Limit(Unit.SAME_DAY), dt.time(15), "23/11/2026"),
        ("12/02/2026 09:00", Limit(Unit.WORKING_DAYS, 3), None, "24/02/2026"),  # Tết 16 to 20 February
        ("31/12/2025 09:00", Limit(Unit.WORKING_DAYS, 1), None, "05/01/2026"),  # 1 and 2 January off
        ("09/01/2026 09:00", Limit(Unit.WORKING_DAYS, 1), None, "10/01/2026"),  # a worked Saturday
        ("21/08/2026 09:00", Limit(Unit.WORKING_DAYS, 1), None, "22/08/2026"),
        ("30/12/2026 09:00", Limit(Unit.WORKING_DAYS, 1), None, "31/12/2026"),  # half a day is a working day
        ("31/12/2026 14:00", Limit(Unit.SAME_DAY), dt.time(15), "04/01/2027"),  # closed in the afternoon
        ("01/04/2026 09:00", Limit(Unit.DAYS, 29), None, "04/05/2026"),  # 30/4, 1/5 and the weekend
        ("06/11/2026 09:00", Limit(Unit.DAYS, 15), None, "23/11/2026"),
        ("22/11/2026 10:00", Limit(Unit.WORKING_DAYS, 2), None, "26/11/2026"),  # filed online on a Sunday
    ],
)
def test_due_day_agrees_with_worked_examples(received: str, limit: Limit, cutoff: dt.time | None, expected: str) -> None:
    """Tết, swap days, worked Saturdays, half days, the cut-off hour and Sundays."""
    assert f"{due(at(received), limit, CALENDAR, cutoff).day:%d/%m/%Y}" == expected


@pytest.mark.parametrize(
    ("received", "limit", "expected"),
    [
        # 2025: Tết 25/01 to 02/02 (27/01 to 31/01 off), Hùng Vương 07/04, 02/05 swapped for Saturday 26/04, 01/09 and 02/09
        ("24/01/2025 09:00", Limit(Unit.WORKING_DAYS, 1), "03/02/2025"),
        ("22/01/2025 09:00", Limit(Unit.WORKING_DAYS, 5), "05/02/2025"),
        ("20/01/2025 09:00", Limit(Unit.DAYS, 9), "03/02/2025"),
        ("04/04/2025 09:00", Limit(Unit.WORKING_DAYS, 1), "08/04/2025"),
        ("25/04/2025 09:00", Limit(Unit.WORKING_DAYS, 1), "26/04/2025"),
        ("25/04/2025 09:00", Limit(Unit.WORKING_DAYS, 4), "05/05/2025"),
        ("16/04/2025 09:00", Limit(Unit.DAYS, 15), "05/05/2025"),
        ("29/08/2025 15:20", Limit(Unit.WORKING_DAYS, 1), "03/09/2025"),
        # 2026: 02/01 swapped for Saturday 10/01, Tết 16/02 to 20/02, Hùng Vương 26/04 (Sunday) given on 27/04, 31/08 swapped for 22/08
        ("31/12/2025 09:00", Limit(Unit.WORKING_DAYS, 6), "10/01/2026"),
        ("13/02/2026 16:00", Limit(Unit.WORKING_DAYS, 1), "23/02/2026"),
        ("06/02/2026 09:00", Limit(Unit.DAYS, 10), "23/02/2026"),
        ("24/04/2026 09:00", Limit(Unit.WORKING_DAYS, 3), "04/05/2026"),
        ("21/08/2026 09:00", Limit(Unit.WORKING_DAYS, 7), "03/09/2026"),
        ("20/11/2026 15:20", Limit(Unit.WORKING_DAYS, 3), "26/11/2026"),
        # 2027: Tết 04/02 to 10/02, 30/04 to 03/05, 02/09 and 03/09
        ("03/02/2027 09:00", Limit(Unit.WORKING_DAYS, 1), "11/02/2027"),
        ("01/02/2027 09:00", Limit(Unit.DAYS, 5), "11/02/2027"),
        ("29/04/2027 09:00", Limit(Unit.WORKING_DAYS, 2), "05/05/2027"),
        ("01/09/2027 09:00", Limit(Unit.WORKING_DAYS, 1), "06/09/2027"),
        ("30/12/2026 16:00", Limit(Unit.WORKING_DAYS, 2), "04/01/2027"),
    ],
)
def test_the_shipped_calendar_of_three_years(received: str, limit: Limit, expected: str) -> None:
    """Tết, holidays moved from a weekend, swapped days and the Saturdays worked for them, of 2025, 2026 and 2027."""
    assert f"{due(at(received), limit, shipped()).day:%d/%m/%Y}" == expected


def test_half_days_that_a_clerk_writes_down() -> None:
    """A half day is a working day; what arrives after its end counts from the next."""
    half = CalendarDay(dt.date(2027, 2, 3), "half", "họp", ((dt.time(7, 30), dt.time(11, 30)),))
    calendar = Calendar([half], WEEK)
    assert due(at("02/02/2027 09:00"), Limit(Unit.WORKING_DAYS, 1), calendar).day == dt.date(2027, 2, 3)
    assert due(at("03/02/2027 11:00"), Limit(Unit.SAME_DAY), calendar, dt.time(15)).day == dt.date(2027, 2, 3)
    late = due(at("03/02/2027 14:00"), Limit(Unit.SAME_DAY), calendar, dt.time(15))
    assert (late.day, late.guessed) == (dt.date(2027, 2, 11), True)


def test_steps_give_the_reason() -> None:
    """The reckoning names the first day counted and each day off."""
    found = due(at("20/11/2026 15:20"), Limit(Unit.WORKING_DAYS, 3), CALENDAR)
    told = [(step.why, f"{step.day:%d/%m}") for step in found.steps]
    assert told == [(Why.RECEIVED, "20/11"), (Why.COUNTED_FROM, "23/11"), (Why.SKIPPED, "24/11"), (Why.DUE, "26/11")]


def test_a_guess_says_so() -> None:
    """What arrives outside opening hours is reckoned from the next opening, which is no written rule."""
    assert due(at("21/11/2026 09:00"), Limit(Unit.WORKING_DAYS, 1), CALENDAR).guessed
    assert not due(at("20/11/2026 09:00"), Limit(Unit.WORKING_DAYS, 1), CALENDAR).guessed


MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 9, 30))


@given(MOMENTS, st.integers(1, 60))
def test_due_day_is_a_working_day_and_grows_with_the_limit(received: dt.datetime, amount: int) -> None:
    """Never due on a day off, never before receipt, and a longer limit is never due earlier."""
    for unit in (Unit.WORKING_DAYS, Unit.DAYS):
        first, second = due(received, Limit(unit, amount), CALENDAR).day, due(received, Limit(unit, amount + 1), CALENDAR).day
        assert CALENDAR.day(first).open
        assert received.date() < first <= second


@given(MOMENTS, st.integers(1, 30))
def test_exactly_so_many_working_days_lie_between(received: dt.datetime, amount: int) -> None:
    """Working days after the day of receipt up to the due day are as many as published."""
    found = due(received, Limit(Unit.WORKING_DAYS, amount), CALENDAR)
    start = next((s.day for s in found.steps if s.why is Why.CLOSED), received.date())
    days = [start + dt.timedelta(days=n) for n in range(1, (found.day - start).days + 1)]
    assert sum(CALENDAR.day(day).open for day in days) == amount
