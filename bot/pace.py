"""The pace that a platform bears, kept by all workers together: over all chats, and in each."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from bot.store import Database, road

FURTHEST = dt.timedelta(seconds=5)  # a moment further off comes of a clock that was wrong
_MANY = 10_000


@dataclass(frozen=True)
class Pace:
    """`overall` and `chat`: the seconds between two messages, and how many may follow at once after a pause."""

    overall: tuple[float, int]
    chat: tuple[float, int]


# Telegram: some 30 messages a second over all chats, one a second in a chat, "short bursts that go over this limit" allowed.
# Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
PACES = {"telegram": Pace(overall=(1 / 25, 5), chat=(1.0, 3))}


class Keeper(Protocol):
    """Keeps a pace."""

    async def wait(self, chat: str) -> None:
        """Returns when the next message of the chat may be sent."""
        ...


def keeper(database: Database, channel: str, clock: Callable[[], dt.datetime]) -> Keeper:
    """What keeps the pace of a channel, alone or with the other workers of the database."""
    pace = PACES.get(channel)
    if pace is None:
        return _Free()
    return _Shared(database, channel, pace, clock) if database.shared else Alone(pace)


class _Free:
    async def wait(self, chat: str) -> None:
        return


class Alone:
    """Keeps a pace within this process; the timer counts seconds."""

    def __init__(self, pace: Pace, timer: Callable[[], float] = time.monotonic) -> None:
        self._pace, self._timer = pace, timer
        self._free: dict[str, float] = {}

    async def wait(self, chat: str) -> None:
        now = self._timer()
        await asyncio.sleep(max(self.taken(chat, now, self._pace.chat), self.taken("", now, self._pace.overall)))

    def taken(self, name: str, now: float, pace: tuple[float, int]) -> float:
        """Takes the next moment and says in how many seconds it is."""
        every, burst = pace
        if len(self._free) > _MANY:
            self._free = {key: free for key, free in self._free.items() if free > now - every * burst}
        mine = max(self._free.get(name, 0.0), now - every * (burst - 1))
        self._free[name] = mine + every
        return max(0.0, mine - now)


@dataclass(frozen=True)
class _Shared:
    database: Database
    channel: str
    pace: Pace
    clock: Callable[[], dt.datetime]

    async def wait(self, chat: str) -> None:
        waits = []
        for name, (every, burst) in ((f"{self.channel} {chat}", self.pace.chat), (self.channel, self.pace.overall)):
            async with self.database.writing() as db:
                await db.execute(sa.text("SET LOCAL synchronous_commit = off"))  # a pace that a power cut forgets harms nobody
                waits.append(await road.next_moment(db, name, self.clock(), dt.timedelta(seconds=every), burst))
        await asyncio.sleep(min(max(waits), FURTHEST).total_seconds())
