"""One writer of a SQLite file: those that write at the same time share a commit, so that the disk is waited for once and not for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

MOST = 64  # writers of one commit, so that the first does not wait long


class Writer:
    """Lends its one connection to one after the other. Each is a savepoint of its own; the last that waits commits for all."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._connection: AsyncConnection | None = None
        self._together: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Kept on the disk when the block has ended well; undone when it raises. Raises DBAPIError where the commit for all failed."""
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            connection = await self._begun()
            try:
                yield connection
            except BaseException as error:
                await asyncio.shield(self._undo(connection, error))
                raise
            await connection.exec_driver_sql("RELEASE one")
            kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._together.append(kept)
            await self._pass_on()
        finally:
            self._turn.release()
        await asyncio.shield(kept)

    async def _begun(self) -> AsyncConnection:
        if self._connection is None:
            connection = self._engine.connect()
            await connection.start()
            try:  # takes the write lock at once, so that no reader has to upgrade and fail
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
        await self._connection.exec_driver_sql("SAVEPOINT one")
        return self._connection

    async def _undo(self, connection: AsyncConnection, cause: BaseException) -> None:
        try:
            await connection.exec_driver_sql("ROLLBACK TO one")
            await connection.exec_driver_sql("RELEASE one")
        except OperationalError:  # a full disk undoes the whole transaction, and with it what the others wrote
            await self._end(cause if isinstance(cause, Exception) else OperationalError("write", None, Exception("undone")))
            return
        await self._pass_on()

    async def _pass_on(self) -> None:
        """Leaves the commit to the next that waits, or commits."""
        if not self._waiting or len(self._together) >= MOST:
            await asyncio.shield(asyncio.ensure_future(self._end()))

    async def _end(self, failed: Exception | None = None) -> None:
        connection, together = self._connection, self._together
        self._connection, self._together = None, []
        try:
            if connection and failed is None:
                await connection.commit()
        except Exception as error:
            failed = error
        finally:
            if connection:
                await connection.close()
        for kept in (future for future in together if not future.done()):
            kept.set_result(None) if failed is None else kept.set_exception(failed)
