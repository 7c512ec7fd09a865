"""Working days: the holidays package gives the rule, calendar.md wins over it. Every answer comes with its reason."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass

import holidays

from knowledge.model import CalendarDay, Hours

Span = tuple[dt.time, dt.time]
LOOK_AHEAD_DAYS = 60
FURTHEST_DAYS = 800


@dataclass(frozen=True)
class Day:
    """Whether and when the office is open on a day; `reason` says why not, or why differently."""

    day: dt.date
    spans: tuple[Span, ...]
    reason: str = ""

    @property
    def open(self) -> bool:
        return bool(self.spans)


class Calendar:
    """The office's days. A worked day has the hours of the first working weekday."""

    def __init__(self, entries: Iterable[CalendarDay], hours: Iterable[Hours]) -> None:
        self._entries = {entry.day: entry for entry in entries}
        self._week: dict[int, tuple[Span, ...]] = {}
        for span in hours:
            self._week[span.weekday] = (*self._week.get(span.weekday, ()), (span.opens, span.closes))
        self._usual: tuple[Span, ...] = self._week[min(self._week)] if self._week else ()

    def day(self, day: dt.date) -> Day:
        """What holds on a day: calendar.md first, then public holidays (Labour Code 2019, art. 112), then the week."""
        if entry := self._entries.get(day):
            spans = {"off": (), "worked": self._usual, "half": entry.spans}[entry.kind]
            return Day(day, spans, entry.reason)
        if holiday := _holidays(day.year).get(day):
            return Day(day, (), holiday)
        return Day(day, self._week.get(day.weekday(), ()), "" if day.weekday() in self._week else _weekend(day))

    def open_at(self, moment: dt.datetime) -> bool:
        """Whether the office is open at this moment of its own time zone."""
        return any(opens <= moment.time() < closes for opens, closes in self.day(moment.date()).spans)

    def next_open(self, moment: dt.datetime) -> tuple[dt.date, Span] | None:
        """The span under way or the next one; None where none begins within two months."""
        for ahead in range(LOOK_AHEAD_DAYS):
            day = moment.date() + dt.timedelta(days=ahead)
            for opens, closes in self.day(day).spans:
                if ahead or closes > moment.time():
                    return day, (opens, closes)
        return None

    def working_time(self, since: dt.datetime, until: dt.datetime) -> dt.timedelta:
        """How much of a span lies on days when the office is open, counted in whole days of 24 hours; a span of years is counted as days."""
        if (until - since).days > FURTHEST_DAYS:
            return until - since
        passed, start = dt.timedelta(), since
        while start < until:
            end = min(until, dt.datetime.combine(start.date() + dt.timedelta(days=1), dt.time(), start.tzinfo))
            passed += end - start if self.day(start.date()).open else dt.timedelta()
            start = end
        return passed


def _weekend(day: dt.date) -> str:
    return "thứ Bảy" if day.weekday() == 5 else "Chủ nhật" if day.weekday() == 6 else "ngày nghỉ trong tuần"


@functools.lru_cache(maxsize=16)
def _holidays(year: int) -> dict[dt.date, str]:
    return dict(holidays.country_holidays("VN", years=year, language="vi"))
