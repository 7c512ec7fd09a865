"""The database: opened, migrated, and lent as reading connections and writing transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.group import Writer

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 5
CONNECT_SECONDS = 10
_MIGRATING = 0x6D6F7463  # the advisory lock of those that migrate
_PASSING = {"08", "25", "40", "53", "55", "57", "58"}  # classes of PostgreSQL's SQLSTATE, appendix A: connection, conflict, space, shutdown
_LASTING = (DataError, IntegrityError, ProgrammingError)
_SERVER = {
    "application_name": "motcua",
    # A worker that hangs in the midst of a transaction, or whose machine is gone, loses what it had claimed, so that another takes it up.
    "idle_in_transaction_session_timeout": "20000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
}


class StoreError(Exception):
    """The database cannot be used; the text says why and how to mend it, without its contents."""


class Database:
    """One database for all workers. SQLite, in WAL mode with foreign keys on, has one; `shared` says that there may be several."""

    def __init__(self, url: str, migrations: Path = MIGRATIONS) -> None:
        self.url, self._migrations = sa.make_url(url), migrations
        self.shared = self.url.get_backend_name() != "sqlite"
        self.at_once = 12 if self.shared else 32  # claims that may be held at a time: on PostgreSQL each holds a connection
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}}
        if self.shared:
            connecting = {"timeout": CONNECT_SECONDS, "server_settings": _SERVER}
            options = {"connect_args": connecting, "pool_pre_ping": True, "pool_size": 32, "max_overflow": 8}
        try:  # an error must not quote the values of its statement: they are citizens' words, and errors end in logs
            self.engine: AsyncEngine = create_async_engine(self.url, hide_parameters=True, **options)
        except ModuleNotFoundError as error:
            place = self.url.render_as_string(hide_password=True)
            raise StoreError(f"{place} needs the package {error.name}. Install it: pip install {error.name}") from error
        self.engines = [self.engine]
        if not self.shared:  # SQLite's own waiting for its lock is a poll, slow and unfair: the writers of one process queue for one connection
            one = create_async_engine(self.url, hide_parameters=True, pool_size=1, max_overflow=0, **options)
            self.engines.append(one)
            self._writer = Writer(one)
            for engine in self.engines:
                sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)

    @property
    def file(self) -> Path | None:
        """Where SQLite keeps it; None on PostgreSQL and in memory."""
        return None if self.shared or self.url.database in (None, "", ":memory:") else Path(str(self.url.database))

    async def open(self) -> None:
        """Connects and runs the migrations. Raises StoreError where the database is absent, locked or read-only."""
        if self.file:
            _folder(self.file.parent)
        with told(self.url):
            async with self.writing() as db:  # all migrations or none, and one worker at a time
                if self.shared:
                    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
                await db.run_sync(_upgrade, self._migrations)

    async def close(self) -> None:
        for engine in self.engines:
            await engine.dispose()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """A connection as it is. Raises OperationalError where there is none to be had, whatever the driver raises."""
        connection = self.engine.connect()
        try:
            await connection.start()
        except OSError as error:
            raise OperationalError("connect", None, error) from error
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading, all of it from one moment; what is written on it is undone."""
        async with self.connected() as connection:
            if self.shared:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            else:  # the driver begins nothing by itself
                await connection.exec_driver_sql("BEGIN")
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: kept when the block ends well, undone when it raises.

        SQLite has one at a time; on PostgreSQL who writes what depends on a row that was read locks it (with_for_update)."""
        if not self.shared:
            async with self._writer.transaction() as connection:
                yield connection
            return
        async with self.connected() as connection:
            yield connection
            await connection.commit()

    @asynccontextmanager
    async def claiming(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which a row is claimed (road.claim) and what it leads to is kept (`keeping`).

        On PostgreSQL the claim is a lock on the row, held by the very transaction that marks it done: it ends with its worker, however that
        dies, needs no clock and no second write, and what a worker does that lost its claim cannot be kept. A column of leases would need all
        three. SQLite has one worker, so there it is a reading connection."""
        async with self.connected() as connection:
            if not self.shared:
                await connection.exec_driver_sql("BEGIN")
            yield connection

    @asynccontextmanager
    async def keeping(self, claiming: AsyncConnection) -> AsyncIterator[AsyncConnection]:
        """The transaction of a claim: kept when the block ends well; undone, and the claim with it, when it raises."""
        if not self.shared:
            await claiming.rollback()
            async with self.writing() as db:
                yield db
            return
        try:
            yield claiming
            await claiming.commit()
        except BaseException:
            await claiming.rollback()
            raise


def passing(error: BaseException) -> bool:
    """Whether it is the database's fault and may be over soon: locked, full, unreachable, restarted, no connection free."""
    if not isinstance(error, DBAPIError | PoolTimeout) or isinstance(error, _LASTING):
        return False
    origin = getattr(error, "orig", None)
    if state := getattr(origin, "sqlstate", None):
        return str(state)[:2] in _PASSING
    return not isinstance(getattr(origin, "__cause__", None), ValueError)  # so asyncpg tells a value that no column can hold


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
        if isinstance(error, (DBAPIError, OSError)):
            raise StoreError(_advice(self.url, error)) from error


_ADVICE = {
    "readonly": "is read-only. Expected: a file and folder that this user may write (check owner and free space).",
    "read-only": "is read-only. Expected: a file and folder that this user may write (check owner and free space).",
    "locked": f"is locked by another program for over {BUSY_SECONDS} s. Close the program that holds it, then start again.",
    "unable to open": "cannot be opened. Expected: an existing folder that this user may write. Check MOTCUA_DATA and MOTCUA_DATABASE.",
    "not a database": "is not a database. Move the file away or restore a backup; nothing was changed.",
    "malformed": "is damaged. Restore the last good backup; nothing was changed.",
}
_POSTGRES_ADVICE = {
    "28P01": "refuses the user name or the password. Check both in MOTCUA_DATABASE.",
    "28000": "refuses this user. Check the user in MOTCUA_DATABASE, and pg_hba.conf on the server.",
    "3D000": "has no database of this name. Make it on the server: createdb -O USER NAME, then start again.",
    "42501": "does not let this user make tables. On the server: GRANT ALL ON SCHEMA public TO the user of MOTCUA_DATABASE.",
    "53300": "has no connection free. Raise max_connections on the server (40 for each worker).",
}


def _advice(url: sa.URL, error: BaseException) -> str:
    origin = getattr(error, "orig", None) or error
    reason, place = str(origin), url.render_as_string(hide_password=True)
    if cure := _POSTGRES_ADVICE.get(getattr(origin, "sqlstate", None) or ""):
        return f"{place} {cure}"
    if isinstance(origin, OSError):
        why = origin.strerror or str(origin) or f"no answer within {CONNECT_SECONDS} s"
        return f"{place} cannot be reached: {why}. Start PostgreSQL, or check host and port in MOTCUA_DATABASE."
    for sign, cure in _ADVICE.items():
        if sign in reason:
            return f"{place} {cure}"
    kind = "cannot be reached" if isinstance(error, OperationalError) else "cannot be used"
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


def _upgrade(connection: sa.Connection, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
