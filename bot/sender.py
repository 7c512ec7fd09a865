"""The way out: outbox → channel, in order within a chat, again after failures. What the platform has taken is not sent again, unless the
process is killed before it could note that."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from itertools import groupby

import structlog

from bot.channels import Channel, TryLater, Undeliverable
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
log = structlog.get_logger()


class Sender:
    """Sends what waits for one channel. `wake` when there is something new; `run` works until it is cancelled."""

    def __init__(self, database: Database, channel: Channel, clock: Callable[[], dt.datetime], poll: float = POLL_SECONDS, key: bytes = b"") -> None:
        """`key` opens sealed messages."""
        self._database, self._channel, self._clock, self._poll, self._key = database, channel, clock, poll, key
        self._wake = asyncio.Event()
        self._taken: dict[int, str] = {}  # rows that the platform took and the database could not note, with the platform's name

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        while True:
            self._wake.clear()
            try:
                left = await self.send_waiting()
            except Exception as error:  # whatever it is, the next round is tried: nobody would notice a sender that ended
                log.error("outbox not served", channel=self._channel.name, error=type(getattr(error, "orig", error)).__name__)
                left = True
            await self._pause(IDLE_SECONDS if left else self._poll)

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
        chats = [list(own) for _, own in groupby(sorted(rows, key=lambda r: (r.chat, r.id)), lambda r: r.chat)]
        faults = await asyncio.gather(*(self._send_chat(own) for own in chats), return_exceptions=True)
        for fault in faults:  # raised once all chats are through: the next round must not meet a row still under way
            if isinstance(fault, BaseException):
                raise fault
        async with self._database.reading() as db:
            return await road.any_left(db, self._channel.name)

    async def _send_chat(self, rows: Sequence[Waiting]) -> None:
        """Sends a chat's rows until one has to wait. A stop waits for the row under way, so that it is not sent again."""
        for row in rows:
            sending = asyncio.ensure_future(self._send_row(row))
            try:
                if not await asyncio.shield(sending):
                    return
            except asyncio.CancelledError:
                await asyncio.wait({sending}, timeout=GRACE_SECONDS)
                raise

    async def _send_row(self, row: Waiting) -> bool:
        """True when the next row of the chat may follow."""
        try:
            if row.id not in self._taken:
                self._taken[row.id] = await self._channel.send(row.chat, disclosed(self._key, self._channel.name, row.chat, row.wire))
        except TryLater as error:
            return not await self._put_off(row, error)
        except Undeliverable as error:
            await self._failed(row, str(error))
        except Exception as error:  # a fault of the channel's own must not stop the other chats
            log.exception("channel failed", channel=self._channel.name, row=row.id)
            return not await self._put_off(row, TryLater(type(error).__name__))
        else:
            async with self._database.writing() as db:
                if row.wire.sealed and not getattr(self._channel, "reads_outbox", False):
                    await road.forget_sent(db, row.id)
                else:
                    await road.mark_sent(db, [row.id], [self._taken[row.id]], self._clock())
            del self._taken[row.id]
        return True

    async def _put_off(self, row: Waiting, error: TryLater) -> bool:
        """False where it was tried often enough and is given up instead."""
        if row.attempts + 1 >= ATTEMPTS:
            await self._failed(row, str(error))
            return False
        wait = error.after if error.after is not None else min(LONGEST_WAIT, 2.0**row.attempts)
        log.warning("send later", channel=self._channel.name, row=row.id, seconds=wait, reason=str(error))
        async with self._database.writing() as db:
            await road.mark_retry(db, row.id, self._clock() + dt.timedelta(seconds=wait), str(error))
        return True

    async def _failed(self, row: Waiting, reason: str) -> None:
        log.warning("not delivered", channel=self._channel.name, row=row.id, reason=reason)
        async with self._database.writing() as db:
            await road.mark_failed(db, row.id, self._clock(), reason)
