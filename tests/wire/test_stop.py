"""A stop while the platform is taking a message."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.chat import Chat, Wire
from bot.sender import Sender
from bot.store import Database, road
from tests.conftest import NOW, Clock


@dataclass
class Slow:
    """A platform that takes a message at once and says so only when it is let."""

    name: str = "telegram"
    sent: list[str] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    says_so: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat: str, wire: Wire) -> str:
        self.sent.append(wire.text)
        self.taken.set()
        await self.says_so.wait()
        return "1"


async def test_a_message_taken_during_a_stop_is_not_sent_again(database: Database, clock: Clock) -> None:
    """The sender is stopped while the platform takes a message: at the next start it is not sent a second time."""
    platform = Slow()
    async with database.writing() as db:
        await road.say(db, Chat("mau", "telegram", "7"), [Wire("một")], NOW)
    running = asyncio.create_task(Sender(database, platform, clock).run())
    async with asyncio.timeout(10):
        await platform.taken.wait()
        running.cancel()
        platform.says_so.set()
        await asyncio.wait({running})
        await Sender(database, platform, clock).send_waiting()
    assert platform.sent == ["một"]
