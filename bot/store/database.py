"""The database: opened, migrated, and lent as reading connections and writing transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 5


class StoreError(Exception):
    """The database cannot be used; the text says why and how to mend it, without its contents."""


class Database:
    """One database for all workers of one process. SQLite runs in WAL mode with foreign keys on."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self._sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}} if self._sqlite else {"pool_pre_ping": True}
        try:  # an error must not quote the values of its statement: they are citizens' words, and errors end in logs
            self.engine: AsyncEngine = create_async_engine(self.url, hide_parameters=True, **options)
        except ModuleNotFoundError as error:
            place = self.url.render_as_string(hide_password=True)
            raise StoreError(f"{place} needs the package {error.name}. Install it: pip install {error.name}") from error
        if self._sqlite:
            sa.event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)

    async def open(self) -> None:
        """Connects and runs the migrations. Raises StoreError where the database is absent, locked or read-only."""
        if self._sqlite and self.url.database and self.url.database != ":memory:":
            _folder(Path(self.url.database).parent)
        with told(self.url):
            async with self.writing() as db:  # all migrations or none, and one worker at a time
                await db.run_sync(_upgrade)

    async def close(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading, all of it from one moment; what is written on it is undone."""
        async with self.engine.connect() as connection:
            if self._sqlite:  # the driver begins nothing by itself
                await connection.exec_driver_sql("BEGIN")
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: kept when the block ends well, undone when it raises."""
        async with self.engine.connect() as connection:
            if self._sqlite:  # takes the write lock at once, so that no reader has to upgrade and fail
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            await connection.commit()


@asynccontextmanager
async def paused(connection: AsyncConnection) -> AsyncIterator[None]:
    """Leaves a connection for reading without a transaction while something slow is waited for; what is read afterwards is of a new moment."""
    await connection.rollback()
    yield
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("BEGIN")


class told:
    """Turns the database's own errors into a StoreError that says what to do."""

    def __init__(self, url: sa.URL) -> None:
        self.url = url

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (DatabaseError, OSError)):
            raise StoreError(_advice(self.url, error)) from error


def _advice(url: sa.URL, error: BaseException) -> str:
    reason = str(getattr(error, "orig", None) or error)
    place = url.render_as_string(hide_password=True)
    for sign, cure in {
        "readonly": "is read-only. Expected: a file and folder that this user may write (check owner and free space).",
        "read-only": "is read-only. Expected: a file and folder that this user may write (check owner and free space).",
        "locked": f"is locked by another program for over {BUSY_SECONDS} s. Close the program that holds it, then start again.",
        "unable to open": "cannot be opened. Expected: an existing folder that this user may write. Check MOTCUA_DATA and MOTCUA_DATABASE.",
        "not a database": "is not a database. Move the file away or restore a backup; nothing was changed.",
        "malformed": "is damaged. Restore the last good backup; nothing was changed.",
    }.items():
        if sign in reason:
            return f"{place} {cure}"
    kind = "cannot be reached" if isinstance(error, (OperationalError, OSError)) else "cannot be used"
    return f"{place} {kind}: {reason.splitlines()[0]}"


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror}. Expected: a folder that this user may write. Check MOTCUA_DATA.") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """WAL, on the disk before a commit returns, so that a power cut loses nothing acknowledged; no transaction opened behind our back."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _upgrade(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
