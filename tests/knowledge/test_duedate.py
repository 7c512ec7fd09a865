"""Due dates against worked examples and by properties."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import Calendar
from knowledge.duedate import Limit, Unit, Why, due, limit_of
from knowledge.model import CalendarDay, Hours

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
