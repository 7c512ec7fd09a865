"""When a dossier is due, with the reason for each step. Units stay as published.

Rules: Civil Code 2015, art. 147–148 (the first day is not counted; a last day on a day off moves to the end of the next working day);
a same-day procedure received after its cut-off hour is due on the next working day."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.calendar import Calendar, Day
from knowledge.words import fold

FURTHEST_DAYS = 800


class Unit(StrEnum):
    SAME_DAY = "same day"
    WORKING_DAYS = "working days"
    DAYS = "days"
    HOURS = "hours"


@dataclass(frozen=True)
class Limit:
    """A time limit as published; a same-day limit has no amount."""

    unit: Unit
    amount: int = 0


class Why(StrEnum):
    """Why a step was taken."""

    RECEIVED = "received"
    CLOSED = "closed when received"  # a guess: filed online or by post outside opening hours
    AFTER_CUTOFF = "after the cut-off hour"
    COUNTED_FROM = "counted from"
    SKIPPED = "day off, not counted"
    MOVED = "last day is a day off"
    DUE = "due"


@dataclass(frozen=True)
class Step:
    """One step of the reckoning: what happens on which day, with the day's reason where it is off."""

    why: Why
    day: dt.date
    reason: str = ""


@dataclass(frozen=True)
class Due:
    """The day by whose end a result is due, and how it was reckoned. `guessed` where a step is no written rule."""

    day: dt.date
    steps: tuple[Step, ...]
    time: dt.time | None = None
    guessed: bool = False


_AMOUNT = re.compile(r"(?<![\d.,/])(\d{1,3})\s*(?:\(.{1,20}?\)\s*)?(ngay lam viec|ngay|gio lam viec|gio)\b(?!\s*\d)")
_SAME_DAY = re.compile(r"^(?:tra )?(?:ngay )?(?:trong|cung) (?:mot )?(?:ngay|buoi)(?: lam viec)?\b|^ngay khi|^ngay sau khi")


def limit_of(text: str) -> Limit | None:
    """The limit that a line of a leaflet states, None where it states none or more than one."""
    said = fold(text)
    if _SAME_DAY.match(said):
        return Limit(Unit.SAME_DAY)
    found = {(int(number), unit) for number, unit in _AMOUNT.findall(said.replace("sau 15 gio", ""))}
    if len(found) != 1:
        return None
    number, unit = found.pop()
    units = {"ngay lam viec": Unit.WORKING_DAYS, "ngay": Unit.DAYS, "gio": Unit.HOURS, "gio lam viec": Unit.HOURS}
    return Limit(units[unit], number) if number else None


def due(received: dt.datetime, limit: Limit, calendar: Calendar, cutoff: dt.time | None = None) -> Due:
    """When a dossier received at this moment is due. Raises ValueError for a limit beyond about two years."""
    start, steps, guessed = _effective(received, calendar)
    if limit.unit is Unit.HOURS:
        moment = dt.datetime.combine(start, received.time() if start == received.date() else _opening(calendar, start)) + dt.timedelta(
            hours=limit.amount
        )
        return Due(moment.date(), (*steps, Step(Why.DUE, moment.date())), moment.time(), guessed)
    if limit.unit is Unit.SAME_DAY:
        return _same_day(received, start, steps, cutoff, calendar, guessed)
    counted = _working(start, limit.amount, calendar) if limit.unit is Unit.WORKING_DAYS else _calendar_days(start, limit.amount, calendar)
    return Due(counted[-1].day, (*steps, *counted), guessed=guessed)


def _effective(received: dt.datetime, calendar: Calendar) -> tuple[dt.date, list[Step], bool]:
    """The day that counts as the day of receipt."""
    day = received.date()
    steps = [Step(Why.RECEIVED, day)]
    found = calendar.day(day)
    if found.open and received.time() < found.spans[-1][1]:
        return day, steps, False
    following = _next_working(day, calendar)
    return following.day, [*steps, Step(Why.CLOSED, following.day, found.reason)], True


def _same_day(received: dt.datetime, start: dt.date, steps: list[Step], cutoff: dt.time | None, calendar: Calendar, guessed: bool) -> Due:
    if cutoff and start == received.date() and received.time() > cutoff:
        following = _next_working(start, calendar).day
        return Due(following, (*steps, Step(Why.AFTER_CUTOFF, following), Step(Why.DUE, following)), guessed=guessed)
    return Due(start, (*steps, Step(Why.DUE, start)), guessed=guessed)


def _working(start: dt.date, amount: int, calendar: Calendar) -> list[Step]:
    steps: list[Step] = []
    day, left = start, amount
    while left:
        day += dt.timedelta(days=1)
        if (day - start).days > FURTHEST_DAYS:
            raise ValueError(f"a limit of {amount} working days is too far")
        found = calendar.day(day)
        if found.open:
            left -= 1
            if left == amount - 1:
                steps.append(Step(Why.COUNTED_FROM, day))
        elif day.weekday() < 5 or calendar.day(day).reason not in {"thứ Bảy", "Chủ nhật"}:
            steps.append(Step(Why.SKIPPED, day, found.reason))
    return [*steps, Step(Why.DUE, day)]


def _calendar_days(start: dt.date, amount: int, calendar: Calendar) -> list[Step]:
    if amount > FURTHEST_DAYS:
        raise ValueError(f"a limit of {amount} days is too far")
    last = start + dt.timedelta(days=amount)
    steps = [Step(Why.COUNTED_FROM, start + dt.timedelta(days=1))]
    found = calendar.day(last)
    if found.open:
        return [*steps, Step(Why.DUE, last)]
    following = _next_working(last, calendar).day
    return [*steps, Step(Why.MOVED, last, found.reason), Step(Why.DUE, following)]


def _next_working(day: dt.date, calendar: Calendar) -> Day:
    for ahead in range(1, 60):
        found = calendar.day(day + dt.timedelta(days=ahead))
        if found.open:
            return found
    raise ValueError(f"no working day within two months of {day}")


def _opening(calendar: Calendar, day: dt.date) -> dt.time:
    return calendar.day(day).spans[0][0]
