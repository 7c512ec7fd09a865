"""The way out: outbox → channel, in order within a chat, again after failures. What the platform has taken is not sent again, unless the
process is killed before it could note that."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import groupby

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import Channel, TryLater, Undeliverable
from bot.pace import keeper
from bot.petitions.envelope import disclosed
from bot.store import road
from bot.store.database import Database
from bot.store.road import Waiting

BATCH = 200
ATTEMPTS = 12
LONGEST_WAIT = 600.0
IDLE_SECONDS = 1.0
POLL_SECONDS = 3.0  # what another process puts into the outbox rings no bell here
GRACE_SECONDS = 5.0
AT_ONCE = 12  # chats; on PostgreSQL each holds a connection
ELSEWHERE_SECONDS = 0.1
Effect = Callable[[AsyncConnection], Awaitable[None]]
Transaction = AbstractAsyncContextManager[AsyncConnection]
log = structlog.get_logger()


class Sender:
    """Sends what waits for one channel. `wake` when there is something new; `run` works until it is cancelled."""

    def __init__(self, database: Database, channel: Channel, clock: Callable[[], dt.datetime], poll: float = POLL_SECONDS, key: bytes = b"") -> None:
        """`key` opens sealed messages."""
        self._database, self._channel, self._clock, self._poll, self._key = database, channel, clock, poll, key
        self._wake = asyncio.Event()
        self._busy: set[str] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._pace = keeper(database, channel.name, clock)
        self._taken: dict[int, str] = {}  # rows that the platform took and the database could not note, with the platform's name

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Sends what is due, several chats at once: one that is slow holds up no other."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                await self._pause(IDLE_SECONDS if await self._take_up(tasks) else self._poll)

    async def _take_up(self, tasks: asyncio.TaskGroup) -> bool:
        """Begins to send to the chats that are free; True where something is left for later."""
        if len(self._busy) >= BATCH:  # each that is through wakes us
            return True
        try:
            async with self._database.reading() as db:
                rows = await road.waiting(db, self._channel.name, BATCH, self._clock(), self._busy)
                left = bool(rows) or await road.any_left(db, self._channel.name)
        except Exception as error:  # whatever it is, the next round is tried: nobody would notice a sender that ended
            self._unserved(error)
            return True
        for own in _by_chat(rows):
            self._busy.add(own[0].chat)
            tasks.create_task(self._serve(own))
        return left

    async def _serve(self, rows: Sequence[Waiting]) -> None:
        try:
            if not await self._send_chat(rows):  # another worker serves the chat
                await asyncio.sleep(ELSEWHERE_SECONDS)
        except Exception as error:
            self._unserved(error)
            await asyncio.sleep(IDLE_SECONDS)
        finally:
            self._busy.discard(rows[0].chat)
            self._wake.set()

    def _unserved(self, error: Exception) -> None:
        log.error("outbox not served", channel=self._channel.name, error=type(getattr(error, "orig", error)).__name__)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def send_waiting(self) -> bool:
        """Sends all that is due now, each chat in order; True where something is left for later."""
        async with self._database.reading() as db:
            rows = await road.waiting(db, self._channel.name, BATCH, self._clock())
        faults = await asyncio.gather(*(self._send_chat(own) for own in _by_chat(rows)), return_exceptions=True)
        for fault in faults:  # raised once all chats are through: the next round must not meet a row still under way
            if isinstance(fault, BaseException):
                raise fault
        async with self._database.reading() as db:
            return await road.any_left(db, self._channel.name)

    async def _send_chat(self, rows: Sequence[Waiting]) -> bool:
        """Sends a chat's rows until one has to wait; False where another worker is at the chat.

        A stop waits for the row under way, so that it is not sent again."""
        async with self._room:
            for row in rows:
                sending = asyncio.ensure_future(self._send_row(row))
                try:
                    follow = await asyncio.shield(sending)
                except asyncio.CancelledError:
                    await asyncio.wait({sending}, timeout=GRACE_SECONDS)
                    raise
                if not follow:
                    return follow is not None
        return True

    async def _send_row(self, given: Waiting) -> bool | None:
        """True when the next row of the chat may follow; None where another worker is at the chat."""
        async with self._claimed(given) as (row, keeping):
            if row is None:
                return None
            mark, follow = await self._tried(row)
            async with keeping() as db:
                await mark(db)
        self._taken.pop(row.id, None)
        return follow

    @asynccontextmanager
    async def _claimed(self, row: Waiting) -> AsyncIterator[tuple[Waiting | None, Callable[[], Transaction]]]:
        """The row, held against other workers while it is sent, and the transaction that keeps what became of it."""
        if not self._database.shared:
            yield row, self._database.writing
            return
        async with self._database.claiming() as db:
            yield await road.claim_unsent(db, self._channel.name, row, self._clock()), lambda: self._database.keeping(db)

    async def _tried(self, row: Waiting) -> tuple[Effect, bool]:
        """What is to be noted of a row that was tried, and whether the next one of its chat may follow."""
        try:
            if row.id not in self._taken:
                await self._pace.wait(row.chat)
                self._taken[row.id] = await self._channel.send(row.chat, disclosed(self._key, self._channel.name, row.chat, row.wire))
        except TryLater as error:
            return self._put_off(row, error)
        except Undeliverable as error:
            return self._failed(row, str(error)), True
        except Exception as error:  # a fault of the channel's own must not stop the other chats
            log.exception("channel failed", channel=self._channel.name, row=row.id)
            return self._put_off(row, TryLater(type(error).__name__))
        return self._sent(row), True

    def _sent(self, row: Waiting) -> Effect:
        """What was sealed leaves no trace once it is sent, but where the channel reads the outbox itself."""
        if row.wire.sealed and not getattr(self._channel, "reads_outbox", False):
            return lambda db: road.forget_sent(db, row.id)
        return lambda db: road.mark_sent(db, [row.id], [self._taken[row.id]], self._clock())

    def _put_off(self, row: Waiting, error: TryLater) -> tuple[Effect, bool]:
        """One that was tried often enough is given up instead."""
        if row.attempts + 1 >= ATTEMPTS:
            return self._failed(row, str(error)), True
        wait = error.after if error.after is not None else min(LONGEST_WAIT, 2.0**row.attempts)
        log.warning("send later", channel=self._channel.name, row=row.id, seconds=wait, reason=str(error))
        return lambda db: road.mark_retry(db, row.id, self._clock() + dt.timedelta(seconds=wait), str(error)), False

    def _failed(self, row: Waiting, reason: str) -> Effect:
        log.warning("not delivered", channel=self._channel.name, row=row.id, reason=reason)
        return lambda db: road.mark_failed(db, row.id, self._clock(), reason)


def _by_chat(rows: Sequence[Waiting]) -> list[list[Waiting]]:
    return [list(own) for _, own in groupby(sorted(rows, key=lambda r: (r.chat, r.id)), lambda r: r.chat)]
