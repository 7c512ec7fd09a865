"""What is counted: the outcome of every turn, and the questions that found no answer, scrubbed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import takewhile

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.tables import outcomes, unanswered

_PERSONAL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b|\bhttps?://\S+|\d[\d\s.,-]{3,}\d|\d{4,}")
_NAMED = re.compile(r"\b((?:(?:họ )?t[êe]n(?: l[àa])?:?|(?:tôi|toi|em|con|cháu|chau|mình|minh) l[àa])\s+)(\w+(?:\s+\w+){1,3})", re.I)
KEPT = 300


def scrub(text: str) -> str:
    """The question without what could tell a person: numbers of four digits and more, addresses, names that follow «tên»."""
    text = _SURNAMED.sub(_without_surname, _NAMED.sub(_unnamed, text))
    text = _HOUSE.sub("…", _SECRET.sub(r"\1…", text))
    return _PERSONAL.sub("…", text)[:KEPT].strip()


_SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Mai Đoàn Lương Trương"  # the commonest
_SURNAMED = re.compile(rf"\b((?:{_SURNAMES.replace(' ', '|')})\s+)(\w+(?:\s+\w+){{0,2}})")
_SECRET = re.compile(r"\b((?:mật khẩu|mat khau|otp|mã otp|ma otp|password)\s*(?:là|la|:)?\s*)\S+", re.I)
_HOUSE = re.compile(r"\b\d+/\d+\b|\b((?:số nhà|so nha|nhà số|nha so)\s+)\w+", re.I)


def _unnamed(match: re.Match[str]) -> str:
    words = match.group(2).split()
    name = list(takewhile(lambda word: word[0].isupper(), words))
    return match.group(1) + " ".join(["…", *words[len(name) :]]) if len(name) > 1 else match.group(0)


def _without_surname(match: re.Match[str]) -> str:
    words = match.group(2).split()
    name = list(takewhile(lambda word: word[0].isupper(), words))
    return " ".join(["…", *words[len(name) :]]) if name else match.group(0)


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
    return {row[0]: row[1] for row in await db.execute(query)}
