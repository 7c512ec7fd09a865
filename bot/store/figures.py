"""What is counted: the outcome of every turn, and the questions that found no answer, scrubbed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.tables import outcomes, unanswered

_PERSONAL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b|\bhttps?://\S+|\d[\d\s.,-]{3,}\d|\d{4,}")
_NAMED = re.compile(r"\b(?:tên|ten|họ tên|tôi là|em là|cháu là)\s+((?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]*\s*){2,4})")
KEPT = 300


def scrub(text: str) -> str:
    """The question without what could tell a person: numbers of four digits and more, addresses, names that follow «tên»."""
    text = _NAMED.sub(lambda match: match.group(0).replace(match.group(1), "… "), text)
    return _PERSONAL.sub("…", text)[:KEPT].strip()


@dataclass(frozen=True)
class Counted:
    """A turn as it is counted: outcome, what was answered or offered, and the subject of another dialogue."""

    outcome: str
    procedures: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    subject: str = ""


async def count(db: AsyncConnection, chat: Chat, turn: Counted, now: dt.datetime) -> None:
    """One turn more with this outcome; who asked is not kept."""
    row = {"outcome": turn.outcome, "procedures": " ".join(turn.procedures), "aspects": " ".join(turn.aspects), "subject": turn.subject}
    await db.execute(outcomes.insert().values(office=chat.office, channel=chat.channel, at=now, **row))


async def keep_unanswered(db: AsyncConnection, office: str, text: str, now: dt.datetime) -> None:
    """Keeps a question that found no answer, without personal data, for the staff to write the leaflet that is missing."""
    if scrubbed := scrub(text):
        await db.execute(unanswered.insert().values(office=office, text=scrubbed, at=now))


async def counted(db: AsyncConnection, since: dt.datetime) -> dict[str, int]:
    """Turns by outcome since a time."""
    query = sa.select(outcomes.c.outcome, sa.func.count()).where(outcomes.c.at >= since).group_by(outcomes.c.outcome)
    return dict((await db.execute(query)).tuples().all())
