"""A PostgreSQL for tests, from the pgserver wheel: one server a run, shared by its processes, a database a test."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

from bot.store import Database

QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200")


@dataclass
class Postgres:
    """A server on a socket in its folder. `made` is the name of a database that is not yet there."""

    folder: Path
    server: Any
    owner: str = field(default_factory=lambda: f"p{os.getpid()}")
    _count: Iterator[int] = field(default_factory=count)
    _made: bool = False

    def url(self, name: str, user: str = "postgres") -> str:
        return f"postgresql+asyncpg://{user}@/{name}?host={self.folder}"

    def create(self, *, migrated: bool = True) -> str:
        """The name of a new database, with the tables of the store or without any."""
        name = f"{self.owner}_{next(self._count)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{self._template() if migrated else "template0"}"')
        return name

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """A statement outside the tests' own databases."""

        async def once() -> None:
            connection = await asyncpg.connect(host=str(self.folder), user="postgres", database="postgres")
            await connection.execute(statement)
            await connection.close()

        _run(once())

    def restart(self) -> None:
        """As an operator does it: all connections are cut."""
        import pgserver  # noqa: PLC0415

        pgserver.pg_ctl(["-w", "-m", "fast", "restart"], pgdata=self.server.pgdata, user=self.server.system_user)
        self.server.ensure_postgres_running()

    def _template(self) -> str:
        name = f"{self.owner}_template"
        if not self._made:
            self.run(f'CREATE DATABASE "{name}" TEMPLATE template0')
            _run(_migrate(self.url(name)))
            self._made = True
        return name


def _run(work: Coroutine[None, None, None]) -> None:
    """Also where a loop runs already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.open()
    await database.close()


@contextmanager
def server(run: str = "", *, quick: bool = True) -> Iterator[Postgres]:
    """A server that lives as long as anybody uses it. Those that name the same `run` share it; it goes with the last of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: it takes another folder
        import pgserver  # noqa: PLC0415 - dear, and a server is not wanted by every test

    # not below pytest's folder: that is closed to others, and as root the server runs as somebody else
    folder = Path(tempfile.gettempdir(), f"motcua-pg-{run}") if run else Path(tempfile.mkdtemp(prefix="motcua-pg-"))
    with _locked(folder):
        folder.mkdir(exist_ok=True)
        made = pgserver.get_server(folder, cleanup_mode="stop")
        if quick and not (folder / "quick").exists():
            (folder / "quick").touch()
            _prepare(folder, made.system_user)
            made.ensure_postgres_running()  # it is another process now
    try:
        yield Postgres(made.get_postmaster_info().socket_dir or folder, made)
    finally:
        with _locked(folder):
            made.cleanup()
            if not (folder / "postmaster.pid").exists():
                shutil.rmtree(folder)
                folder.with_suffix(".lock").unlink(missing_ok=True)


def _prepare(folder: Path, user: str | None) -> None:
    """Quick settings, and a user whose password is asked for."""
    import pgserver  # noqa: PLC0415

    with (folder / "postgresql.conf").open("a") as settings:
        settings.write("\n" + "\n".join(QUICK) + "\n")
    rules = folder / "pg_hba.conf"
    rules.write_text("local all clerk scram-sha-256\n" + rules.read_text())
    pgserver.pg_ctl(["-w", "restart"], pgdata=folder, user=user)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
