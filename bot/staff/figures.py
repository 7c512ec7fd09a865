"""The figures of today and of this month for the staff."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dossiers import counter
from bot.settings import ZONE
from bot.staff import unanswered
from bot.staff.unanswered import Group
from bot.store import summary
from bot.store.summary import Between

FEWEST = 5  # ratings of a group whose levels may be shown. Source: domain rules, section 5
SATISFIED = 4
WEEK = dt.timedelta(days=7)
MOST_QUESTIONS = 1000


@dataclass(frozen=True)
class Figures:
    """What was counted in a span; `satisfied` is None where the ratings are too few to show."""

    answered: int
    asked_back: int
    unknown: int
    ratings: int
    satisfied: int | None
    petitions: int
    feedback: int
    malformed: int


def day(now: dt.datetime) -> Between:
    """Today in Việt Nam, as far as it has come."""
    return Between(dt.datetime.combine(now.astimezone(ZONE).date(), dt.time(), ZONE), now + dt.timedelta(seconds=1))


def month(now: dt.datetime) -> Between:
    """This month in Việt Nam, as far as it has come."""
    return Between(dt.datetime.combine(now.astimezone(ZONE).date().replace(day=1), dt.time(), ZONE), now + dt.timedelta(seconds=1))


async def figures(db: AsyncConnection, office: str, span: Between) -> Figures:
    """The figures of a span."""
    turns, levels = await summary.outcomes_of(db, office, span), await summary.levels_of(db, office, span)
    n = sum(levels.values())
    satisfied = sum(count for level, count in levels.items() if level >= SATISFIED) if n >= FEWEST else None
    return Figures(
        answered=turns.get("answer", 0),
        asked_back=turns.get("choose", 0),
        unknown=turns.get("unknown", 0),
        ratings=n,
        satisfied=satisfied,
        petitions=await summary.petitions_count(db, office, span),
        feedback=await summary.feedback_count(db, office, span),
        malformed=await summary.malformed_count(db, span),
    )


async def late_dossiers(db: AsyncConnection, office: str, now: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many dossiers are not done after their appointed day, and when that was so; None without any data."""
    made = await counter.figures(db, office, counter.spans(now.astimezone(ZONE).date())[0], now)
    return made.overdue, made.as_of


async def unanswered_groups(db: AsyncConnection, office: str, now: dt.datetime) -> list[Group]:
    """The questions of the last seven days that found no answer, those alike together."""
    span = Between(now - WEEK, now + dt.timedelta(seconds=1))
    return unanswered.grouped(await summary.unanswered_texts(db, office, span, MOST_QUESTIONS))


async def petitions_waiting(db: AsyncConnection, office: str, now: dt.datetime) -> tuple[int, int]:
    """How many petitions are open, and how many of them are overdue."""
    return await summary.open_petitions(db, office, now)
