"""Due times of petitions: hours of the office's own time, working days, the office's settings."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.petitions.rules import Rules, after_work, coarse, dues
from bot.settings import ZONE
from bot.turn import Library
from knowledge.calendar import Calendar
from knowledge.duedate import Limit, Unit
from knowledge.model import Hours


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


# The sample office: Monday to Friday 7:30-11:30 and 13:30-17:00 (seven and a half hours a day); 24/11 is a day off.
@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-25 07:30", 4, "2026-11-25 11:30"),
        ("2026-11-25 07:30", 5, "2026-11-25 14:30"),
        ("2026-11-25 05:00", 1, "2026-11-25 08:30"),
        ("2026-11-25 12:00", 1, "2026-11-25 14:30"),
        ("2026-11-25 16:30", 1, "2026-11-26 08:00"),
        ("2026-11-27 17:00", 1, "2026-11-30 08:30"),
        ("2026-11-28 09:00", 8, "2026-12-01 08:00"),
        ("2026-11-23 09:00", 8, "2026-11-25 09:30"),
    ],
)
def test_hours_of_work(library: Library, start: str, hours: int, end: str) -> None:
    """Only the hours in which the office works are counted: no noon, no night, no weekend, no day off."""
    assert after_work(library.calendar, at(start), hours) == at(end)


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        (Limit(Unit.WORKING_DAYS, 15), "2026-12-15 17:00"),
        (Limit(Unit.DAYS, 30), "2026-12-23 17:00"),
        (Limit(Unit.DAYS, 60), "2027-01-22 17:00"),
        (Limit(Unit.HOURS, 8), "2026-11-25 09:30"),
    ],
)
def test_the_answer_is_due_as_the_office_has_set(library: Library, limit: Limit, due: str) -> None:
    """Fifteen working days by default; other places have set thirty or sixty days, or hours."""
    assert dues(Rules(answer=limit), library.calendar, at("2026-11-23 09:00")).answer == at(due)


def test_defaults() -> None:
    """Eight hours of work to take it up, fifteen working days to answer, five new ones a person and day."""
    assert (Rules().accept_hours, Rules().answer, Rules().per_day) == (8, Limit(Unit.WORKING_DAYS, 15), 5)


def test_an_office_that_never_opens() -> None:
    """Hours that never come are an error, not an endless search."""
    with pytest.raises(ValueError, match="no 8 hours of work"):
        after_work(Calendar((), ()), at("2026-11-23 09:00"), 8)


def test_coarse() -> None:
    """An anonymous petition's time is its hour."""
    assert coarse(at("2026-11-23 09:59:58.123456")) == at("2026-11-23 09:00")


def test_half_hours_are_kept() -> None:
    """Hours that open at another minute are counted to the minute."""
    calendar = Calendar((), [Hours(day, dt.time(7, 45), dt.time(9, 15)) for day in range(5)])
    assert after_work(calendar, at("2026-12-01 08:00"), 2) == at("2026-12-02 08:30")
