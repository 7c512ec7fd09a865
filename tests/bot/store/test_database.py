"""The database: migrated, lent, and told about in words that say what to mend."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.store import Database, StoreError
from bot.store.database import passing
from bot.store.tables import cursors, malformed, metadata
from tests.conftest import NOW
from tests.postgres import Postgres


def at(path: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{path}")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    database = at(folder / "m.db")
    await database.open()
    yield database
    await database.close()


async def refused(path: Path | str) -> str:
    database = Database(path) if isinstance(path, str) else at(path)
    with pytest.raises(StoreError) as error:
        await database.open()
    await database.close()
    return str(error.value)


# --- migrations -----------------------------------------------------------------------------------------------------------------------------


async def test_migrations_lead_to_the_tables(database: Database) -> None:
    """What the migrations make of an empty database is what bot.store.tables says: nothing is left to generate."""

    def differences(connection: sa.Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with database.reading() as db:
        assert await db.run_sync(differences) == []


async def test_migrated_columns_have_the_defaults_of_the_tables(database: Database, tmp_path: Path) -> None:
    """Type, default, NULL, keys and indexes of every table are alike in a migrated database and in one made from bot.store.tables."""
    metadata.create_all(made := sa.create_engine(f"sqlite:///{tmp_path / 'made.db'}"))

    def index(seen: dict[str, Any]) -> str:
        return f"{seen['name']} {seen['unique']} {seen['column_names']} { {k: str(v) for k, v in seen.get('dialect_options', {}).items()} }"

    def described(connection: sa.Connection) -> dict[str, object]:
        seen = sa.inspect(connection)
        columns = {name: sorted(str(sorted(c.items(), key=str)) for c in seen.get_columns(name)) for name in metadata.tables}
        indexes = {name: sorted(index(i) for i in seen.get_indexes(name)) for name in metadata.tables}
        return {"columns": columns, "indexes": indexes, "keys": {name: seen.get_pk_constraint(name) for name in metadata.tables}}

    if database.shared:
        async with database.reading() as db:
            before = await db.run_sync(described)
        async with database.writing() as db:
            await db.run_sync(metadata.drop_all)
            await db.run_sync(metadata.create_all)
            assert before == await db.run_sync(described)
        return
    with made.connect() as other:
        expected = described(other)
    made.dispose()
    async with database.reading() as db:
        assert await db.run_sync(described) == expected


async def test_a_difference_would_be_found(database: Database) -> None:
    """The comparison above sees a missing column."""

    def differences(connection: sa.Connection) -> list[object]:
        connection.exec_driver_sql("ALTER TABLE feedback DROP COLUMN text")
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with database.reading() as db:
        found = await db.run_sync(differences)
    assert [(kind, table, column.name) for kind, _, table, column in found] == [("add_column", "feedback", "text")]


async def test_opening_again_keeps_everything(tmp_path: Path) -> None:
    """A second start migrates nothing and finds what was written."""
    for value in ("1", "2"):
        database = at(tmp_path / "m.db")
        await database.open()
        async with database.writing() as db:
            assert (await db.execute(sa.select(sa.func.count()).select_from(cursors))).scalar_one() == int(value) - 1
            await db.execute(cursors.insert().values(name=value, value=value))
        await database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_workers_start_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Four that open a new database at the same time all find it migrated."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'm.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgres")
    workers = [Database(url) for _ in range(4)]
    await asyncio.gather(*(one.open() for one in workers))
    for one in workers:
        async with one.reading() as db:
            assert (await db.execute(sa.select(sa.func.count()).select_from(cursors))).scalar_one() == 0
        await one.close()


async def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """A table of another program stands in the way: the file stays as it was."""
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE ratings (stars)")
    message = await refused(tmp_path / "other.db")
    assert message == f"sqlite+aiosqlite:///{tmp_path / 'other.db'} cannot be reached: table ratings already exists"
    tables = sqlite3.connect(tmp_path / "other.db").execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("ratings",)]


async def test_sqlite_is_prepared(tmp_path: Path) -> None:
    """WAL, foreign keys on."""
    async with opened(tmp_path) as database, database.reading() as db:
        assert [(await db.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "foreign_keys")] == ["wal", 1]


# --- connections ----------------------------------------------------------------------------------------------------------------------------


async def names(database: Database) -> list[str]:
    async with database.reading() as db:
        return list((await db.execute(sa.select(cursors.c.name).order_by(cursors.c.name))).scalars())


async def test_writing_is_kept(database: Database) -> None:
    """A block that ends well is kept whole."""
    async with database.writing() as db:
        await db.execute(cursors.insert().values(name="a"))
        await db.execute(cursors.insert().values(name="b"))
    assert await names(database) == ["a", "b"]


async def write_and_fail(database: Database) -> None:
    async with database.writing() as db:
        await db.execute(cursors.insert().values(name="a"))
        raise LookupError


async def test_writing_that_fails_is_undone(database: Database) -> None:
    """A block that raises leaves nothing, and the next one can write."""
    with pytest.raises(LookupError):
        await write_and_fail(database)
    assert await names(database) == []
    async with database.writing() as db:
        await db.execute(cursors.insert().values(name="b"))
    assert await names(database) == ["b"]


async def test_reading_writes_nothing(database: Database) -> None:
    """What is written on a reading connection is undone."""
    async with database.reading() as db:
        await db.execute(cursors.insert().values(name="a"))
    assert await names(database) == []


async def test_reading_sees_one_moment(database: Database) -> None:
    """Two questions on one reading connection are answered from the same state, whatever is written between."""
    count = sa.select(sa.func.count()).select_from(cursors)
    async with database.reading() as db:
        before = (await db.execute(count)).scalar_one()
        async with database.writing() as other:
            await other.execute(cursors.insert().values(name="a"))
        assert (before, (await db.execute(count)).scalar_one()) == (0, 0)
    assert await names(database) == ["a"]


async def test_writers_take_turns(database: Database) -> None:
    """Twenty that read, lock and write at once lose no count."""
    async with database.writing() as db:
        await db.execute(cursors.insert().values(name="n", value="0"))

    async def add() -> None:
        async with database.writing() as db:
            value = (await db.execute(sa.select(cursors.c.value).where(cursors.c.name == "n").with_for_update())).scalar_one()
            await db.execute(cursors.update().values(value=str(int(value) + 1)))

    await asyncio.gather(*(add() for _ in range(20)))
    async with database.reading() as db:
        assert (await db.execute(sa.select(cursors.c.value))).scalar_one() == "20"


async def test_moments_come_back_as_they_went(database: Database) -> None:
    """A time is stored in UTC and is the same moment again."""
    async with database.writing() as db:
        await db.execute(malformed.insert().values(channel="web", body="", at=NOW))
    async with database.reading() as db:
        assert (await db.execute(sa.select(malformed.c.at))).scalar_one() == NOW
        assert str((await db.exec_driver_sql("SELECT at FROM malformed")).scalar_one()).startswith("2026-11-23 02:00:00")


# --- faults ---------------------------------------------------------------------------------------------------------------------------------


async def test_a_read_only_database(tmp_path: Path) -> None:
    """Told with the cure. (A write version of 3 in its header makes a file read-only to everybody, root included.)"""
    path = tmp_path / "ro.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE a (b)")
    content = bytearray(path.read_bytes())
    content[18] = 3
    path.write_bytes(content)
    expected = f"sqlite+aiosqlite:///{path} is read-only. Expected: a file and folder that this user may write (check owner and free space)."
    assert await refused(path) == expected


@pytest.mark.slow
async def test_a_locked_database(tmp_path: Path) -> None:
    """Told after five seconds of waiting."""
    other = sqlite3.connect(tmp_path / "m.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    expected = (
        f"sqlite+aiosqlite:///{tmp_path / 'm.db'} is locked by another program for over 5 s. Close the program that holds it, then start again."
    )
    assert await refused(tmp_path / "m.db") == expected
    other.close()


async def test_not_a_database(tmp_path: Path) -> None:
    """Another file in its place is told, and not touched."""
    path = tmp_path / "m.db"
    path.write_text("Danh sách hồ sơ tháng 11\n" * 100, encoding="utf-8")
    before = path.read_bytes()
    assert await refused(path) == f"sqlite+aiosqlite:///{path} is not a database. Move the file away or restore a backup; nothing was changed."
    assert path.read_bytes() == before


async def test_a_damaged_database(tmp_path: Path) -> None:
    """Pages overwritten with rubbish are told."""
    path = tmp_path / "m.db"
    database = at(path)
    await database.open()
    await database.close()
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    assert await refused(path) == f"sqlite+aiosqlite:///{path} is damaged. Restore the last good backup; nothing was changed."


async def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """A path that is a folder cannot be opened."""
    expected = "cannot be opened. Expected: an existing folder that this user may write. Check MOTCUA_DATA and MOTCUA_DATABASE."
    assert await refused(tmp_path) == f"sqlite+aiosqlite:///{tmp_path} {expected}"


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file where the data folder should be."""
    (tmp_path / "data").write_text("", encoding="utf-8")
    expected = f"{tmp_path / 'data' / 'x'} cannot be made: Not a directory. Expected: a folder that this user may write. Check MOTCUA_DATA."
    assert await refused(tmp_path / "data" / "x" / "m.db") == expected


async def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    """The first start makes the data folder."""
    database = at(tmp_path / "a" / "b" / "m.db")
    await database.open()
    await database.close()
    assert (tmp_path / "a" / "b" / "m.db").exists()


async def test_an_error_does_not_quote_what_was_to_be_written(database: Database) -> None:
    """Errors end in logs, also in those of the web server: a statement that fails names no citizen's words."""
    with pytest.raises(sa.exc.IntegrityError) as error:
        async with database.writing() as db:
            await db.execute(malformed.insert().values(channel="web", body="Nguyễn Thị Bí Mật", at=None))
    assert "Bí Mật" not in str(error.value)


async def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    """What is acknowledged survives a power cut: SQLite's synchronous is FULL (2), in WAL mode."""
    async with opened(tmp_path) as database, database.reading() as db:
        assert (await db.exec_driver_sql("PRAGMA synchronous")).scalar() == 2
        assert (await db.exec_driver_sql("PRAGMA journal_mode")).scalar() == "wal"


# --- faults of PostgreSQL -------------------------------------------------------------------------------------------------------------------


def shown(url: str) -> str:
    """An address as it is printed: the folder of a socket is quoted."""
    address, _, folder = url.partition("?host=")
    return f"{address}?host={quote(folder, safe='')}"


async def test_a_wrong_password(postgres: Postgres) -> None:
    """Told without the password."""
    url = postgres.url("postgres", user="clerk:sai")
    place = shown(postgres.url("postgres", user="clerk:***"))
    assert await refused(url) == f"{place} refuses the user name or the password. Check both in MOTCUA_DATABASE."


async def test_an_unknown_user(postgres: Postgres) -> None:
    """A user that the server does not know."""
    assert (await refused(postgres.url("postgres", user="nobody"))).endswith(
        "refuses this user. Check the user in MOTCUA_DATABASE, and pg_hba.conf on the server."
    )


async def test_no_such_database(postgres: Postgres) -> None:
    """Told with the command that makes it."""
    cure = "has no database of this name. Make it on the server: createdb -O USER NAME, then start again."
    assert await refused(postgres.url("none")) == f"{shown(postgres.url('none'))} {cure}"


async def test_no_server(tmp_path: Path) -> None:
    """Neither behind a socket nor behind a port."""
    cure = "Start PostgreSQL, or check host and port in MOTCUA_DATABASE."
    url = f"postgresql+asyncpg://postgres@/motcua?host={tmp_path}"
    assert await refused(url) == f"{shown(url)} cannot be reached: No such file or directory. {cure}"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql+asyncpg://postgres@127.0.0.1:{closed.getsockname()[1]}/motcua"
        message = await refused(url)
    assert message.startswith(f"{url} cannot be reached: ")
    assert message.endswith(cure)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1 / 0", False),
        ("SELECT * FROM khong_co", False),
        ("SELECT pg_terminate_backend(pg_backend_pid())", True),
        ("SET statement_timeout = 1; SELECT pg_sleep(5)", True),
    ],
)
async def test_what_may_be_over_soon(postgres: Postgres, statement: str, expected: bool) -> None:
    """A connection that was cut, or a statement broken off, is worth another try; a wrong statement is not."""
    database = Database(postgres.url("postgres"))
    async with database.reading() as db:
        *before, last = statement.split("; ")
        for part in before:
            await db.exec_driver_sql(part)
        with pytest.raises(sa.exc.DBAPIError) as error:
            await db.exec_driver_sql(last)
    await database.close()
    assert passing(error.value) is expected


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
async def test_what_no_column_can_hold_is_not_tried_again(database: Database, text: str) -> None:
    """PostgreSQL refuses a NUL and half a character; SQLite only the latter."""
    if not database.shared and text == "a\0b":
        return
    with pytest.raises((sa.exc.DBAPIError, UnicodeEncodeError)) as error:
        async with database.writing() as db:
            await db.execute(malformed.insert().values(channel="web", body=text, at=NOW))
    assert not passing(error.value)
