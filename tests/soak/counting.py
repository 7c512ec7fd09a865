"""What is in the database and at the receiver when all is over."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from bot.store import Database
from bot.store.tables import feedback, follows, inbox, notifications, outbox, outcomes, ratings
from tests.soak.citizens import Citizen, script
from tests.soak.platform import Platform


@dataclass
class Count:
    """`lost` and `doubled` name what is missing or too much; `sent_twice` counts what Telegram took a second time because the process was
    killed between the sending and the note of it."""

    faults: int = 0
    messages: int = 0
    conversations: int = 0
    imports: int = 0
    notices: int = 0
    sent: int = 0
    sent_twice: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.faults} kills, {self.conversations} conversations, {self.messages} messages acknowledged, {self.imports} imports, "
            f"{self.notices} notices: lost {len(self.lost)}, doubled {len(self.doubled)}; "
            f"of {self.sent} messages sent to Telegram {self.sent_twice} went out a second time"
        )


async def settled(database: Database, seconds: float) -> bool:
    """Whether all that was acknowledged is answered, and all that may be sent is sent, within this time."""
    for _ in range(int(seconds * 5)):
        now = dt.datetime.now(dt.UTC)
        async with database.reading() as db:
            open_ = sa.select(sa.exists().where(inbox.c.done_at.is_(None)))
            unsent = sa.select(sa.exists().where(outbox.c.sent_at.is_(None), outbox.c.failed_at.is_(None), outbox.c.not_before <= now))
            if not (await db.execute(open_)).scalar_one() and not (await db.execute(unsent)).scalar_one():
                return True
        await asyncio.sleep(0.2)
    return False


async def counted(database: Database, citizens: Sequence[Citizen], platform: Platform, count: Count) -> Count:
    async with database.reading() as db:
        rows = (await db.execute(sa.select(inbox.c.channel, inbox.c.chat, inbox.c.event, inbox.c.done_at, inbox.c.failure, inbox.c.id))).all()
        said = (await db.execute(sa.select(outbox.c.inbox_id, outbox.c.channel, outbox.c.chat, outbox.c.payload, outbox.c.sent_at))).all()
        own: dict[str, Counter[str]] = {}
        for table in (ratings, feedback, follows, notifications):
            own[table.name] = Counter((await db.execute(sa.select(table.c.chat))).scalars())
        turns = (await db.execute(sa.select(sa.func.count()).select_from(outcomes))).scalar_one()
    _messages(count, citizens, rows, said)
    if turns != len(rows):
        (count.lost if turns < len(rows) else count.doubled).append(f"outcomes: {turns} for {len(rows)} messages")
    for citizen in citizens:
        for name in ("ratings", "feedback", "follows"):
            _one(count, f"{name} of {citizen.number}", own[name][citizen.chat], 1)
        notices = [row for row in said if row.inbox_id is None and row.chat == citizen.chat]
        _one(count, f"notices of {citizen.number}", len(notices), own["notifications"][citizen.chat])
    count.notices = sum(own["notifications"].values())
    _received(count, citizens, said, platform)
    return count


def _one(count: Count, what: str, found: int, expected: int) -> None:
    if found != expected:
        (count.lost if found < expected else count.doubled).append(f"{what}: {found}, expected {expected}")


def _messages(count: Count, citizens: Sequence[Citizen], rows: Sequence[sa.Row[object]], said: Sequence[sa.Row[object]]) -> None:
    """Each acknowledged message is in the inbox once, answered without a failure, and by as many messages as everybody else's."""
    stored = Counter((row.channel, row.event) for row in rows)
    answered = {(row.channel, row.event): row for row in rows}
    wires = Counter(row.inbox_id for row in said)
    per_step: defaultdict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for citizen in citizens:
        for step, event in enumerate(citizen.acknowledged):
            key = citizen.channel, event
            count.messages += 1
            _one(count, f"message {key}", stored[key], 1)
            row = answered.get(key)
            if row is None or row.done_at is None or row.failure:
                count.lost.append(f"answer to {key}")
            else:
                per_step[citizen.channel, step].append((event, wires[row.id]))
        if len(citizen.acknowledged) != len(script(citizen.number)):
            count.lost.append(f"conversation {citizen.number}: {len(citizen.acknowledged)} messages")
    for found in per_step.values():
        usual = Counter(number for _, number in found).most_common(1)[0][0]
        for event, number in found:
            _one(count, f"answers to {event}", number, usual)


def _received(count: Count, citizens: Sequence[Citizen], said: Sequence[sa.Row[object]], platform: Platform) -> None:
    """What Telegram took against what was marked as sent."""
    marked = Counter(row.chat for row in said if row.channel == "telegram" and row.sent_at is not None)
    for citizen in (c for c in citizens if c.channel == "telegram"):
        taken = platform.taken[citizen.chat].total()
        count.sent += taken
        if taken < marked[citizen.chat]:
            count.lost.append(f"sent to {citizen.number}: {taken}, marked {marked[citizen.chat]}")
        count.sent_twice += max(0, taken - marked[citizen.chat])
