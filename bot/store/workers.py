"""What the workers of one database have between them: who does the jobs that are done once, and bells that ring in all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database

JOBS = 0x6D6F7475  # the advisory lock of the worker that does the jobs
BEAT_SECONDS = 5.0
AGAIN_SECONDS = 1.0
_MOST = 7000  # bytes; a notification holds 8000
log = structlog.get_logger()


class Foreman:
    """Says whether this worker does the jobs that one worker does for all: reminders, imports, asking a platform for what is new.

    On PostgreSQL an advisory lock says so, which ends with its holder's connection; a holder that hangs is cut off by the server. On SQLite
    there is one worker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.mine = not database.shared
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Strives for the lock and keeps it, until it is cancelled."""
        while self._database.shared:
            try:
                await self._hold()
            except DBAPIError as error:
                log.warning("jobs lost", error=type(error.orig).__name__)
            finally:
                await self._tell(False)
            await asyncio.sleep(AGAIN_SECONDS)
        await asyncio.Event().wait()

    async def _hold(self) -> None:
        async with self._database.connected() as db:
            await db.execution_options(isolation_level="AUTOCOMMIT")
            await db.exec_driver_sql(f"SET idle_session_timeout = {int(BEAT_SECONDS * 4000)}")
            try:
                while True:
                    if not self.mine:
                        await self._tell(bool((await db.execute(sa.select(sa.func.pg_try_advisory_lock(JOBS)))).scalar_one()))
                    else:
                        await db.exec_driver_sql("SELECT 1")
                    await asyncio.sleep(BEAT_SECONDS)
            finally:
                await db.invalidate()  # the lock goes with the connection, whatever state that is in

    async def _tell(self, mine: bool) -> None:
        async with self._changed:
            self.mine = mine
            self._changed.notify_all()

    async def do(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Does a job whenever it is this worker's, and stops it when it no longer is."""
        while True:
            await self._until(True)
            work, lost = asyncio.create_task(job()), asyncio.create_task(self._until(False))
            try:
                await asyncio.wait({work, lost}, return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    return work.result()
            finally:
                for task in (work, lost):
                    task.cancel()
                await asyncio.gather(work, lost, return_exceptions=True)

    async def _until(self, mine: bool) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.mine is mine)


class Bells:
    """Rings in every worker: `heard` is called with what any of them told. On SQLite there is but this one."""

    def __init__(self, database: Database, name: str, heard: Callable[[str], None]) -> None:
        self._database, self._name, self._heard = database, name, heard
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def tell(self, word: str) -> None:
        """Rings here at once, and returns when the others were told. Raises DBAPIError where the database cannot be reached."""
        self._heard(word)
        if not self._database.shared:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((word, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        """Tells all that came together in one statement."""
        while self._waiting:
            some, self._waiting = self._waiting, []
            try:
                async with self._database.connected() as db:
                    await db.execution_options(isolation_level="AUTOCOMMIT")
                    words = sa.func.unnest(sa.cast([" ".join(part) for part in _parts([word for word, _ in some])], sa.ARRAY(sa.Text())))
                    await db.execute(sa.select(sa.func.pg_notify(self._name, words.column_valued("words"))))
            except Exception as error:
                for done in (d for _, d in some if not d.done()):
                    done.set_exception(error)
            else:
                for done in (d for _, d in some if not d.done()):
                    done.set_result(None)

    async def run(self) -> None:
        """Listens to the others until it is cancelled."""
        while self._database.shared:
            try:
                await self._listen()
            except DBAPIError as error:
                log.warning("workers not heard", error=type(error.orig).__name__)
            await asyncio.sleep(AGAIN_SECONDS)
        await asyncio.Event().wait()

    async def _listen(self) -> None:
        async with self._database.connected() as db:
            await db.execution_options(isolation_level="AUTOCOMMIT")
            driver: Any = (await db.get_raw_connection()).driver_connection
            await driver.add_listener(self._name, self._notified)
            try:
                await _alive(db)
            finally:
                await db.invalidate()

    def _notified(self, _connection: object, _pid: int, _name: str, words: str) -> None:
        for word in words.split():
            self._heard(word)


async def _alive(db: AsyncConnection) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        await db.exec_driver_sql("SELECT 1")


def _parts(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    size = 0
    for word in dict.fromkeys(words):
        size += len(word.encode()) + 1
        if size > _MOST:
            parts.append([])
            size = len(word.encode()) + 1
        parts[-1].append(word)
    return parts
