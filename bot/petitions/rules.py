"""The rules of petitions that differ from place to place, and the due dates that follow from them. Source: domain rules, section 6 [C]."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from knowledge.calendar import Calendar
from knowledge.duedate import Limit, Unit, due

TEXT_LEAST = 10
TEXT_MOST = 4000
PHOTOS_MOST = 5
ANSWER = Limit(Unit.WORKING_DAYS, 15)
_FURTHEST_DAYS = 120


@dataclass(frozen=True)
class Rules:
    """What an office has set: hours of work until a petition is taken up, the limit of the answer, new petitions a person and day."""

    accept_hours: int = 8
    answer: Limit = ANSWER
    per_day: int = 5


@dataclass(frozen=True)
class Dues:
    """By when a petition is to be taken up, and by when answered."""

    accept: dt.datetime
    answer: dt.datetime


def dues(rules: Rules, calendar: Calendar, received: dt.datetime) -> Dues:
    """The due times of a petition that came (back) at this moment; `received` is in the office's time zone."""
    return Dues(after_work(calendar, received, rules.accept_hours), answer_due(rules, calendar, received))


def answer_due(rules: Rules, calendar: Calendar, received: dt.datetime) -> dt.datetime:
    """The end of the office's last day; of a limit in hours the hour itself."""
    if rules.answer.unit is Unit.HOURS:
        return after_work(calendar, received, rules.answer.amount)
    day = due(received, rules.answer, calendar).day
    spans = calendar.day(day).spans
    return dt.datetime.combine(day, spans[-1][1] if spans else dt.time(17), received.tzinfo)


def after_work(calendar: Calendar, start: dt.datetime, hours: int) -> dt.datetime:
    """The moment by which so many hours of the office's own time have passed. Raises ValueError where none come within four months."""
    left = dt.timedelta(hours=hours)
    for ahead in range(_FURTHEST_DAYS):
        day = start.date() + dt.timedelta(days=ahead)
        for opens, closes in calendar.day(day).spans:
            first, last = (dt.datetime.combine(day, time, start.tzinfo) for time in (opens, closes))
            first = max(first, start)
            if first < last:
                if left <= last - first:
                    return first + left
                left -= last - first
    raise ValueError(f"no {hours} hours of work after {start:%Y-%m-%d}")


def coarse(moment: dt.datetime) -> dt.datetime:
    """The hour in which something happened: as near as the store knows when an anonymous citizen did it."""
    return moment.replace(minute=0, second=0, microsecond=0)
