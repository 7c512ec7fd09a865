"""Faults of the world around the service: what was acknowledged is answered once, what cannot be kept is not acknowledged."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.chat import Incoming, Say, Wire
from bot.dispatch import Bench, Dispatch
from bot.sender import Sender
from bot.store import Database, road
from bot.store.tables import inbox, outbox
from bot.turn import Library, Reply, Turn
from knowledge.loader import CONTENT
from tests.conftest import KEY, Clock
from tests.postgres import server
from tests.soak.worker import Worker


async def echo(turn: Turn) -> Reply:
    return Reply((Say(f"nghe: {turn.text}"),))


class Receiver:
    """A channel that counts what it is given."""

    name = "zalo_oa"

    def __init__(self) -> None:
        self.taken = Counter[str]()

    async def send(self, chat: str, wire: Wire) -> str:
        self.taken[wire.text] += 1
        return "1"


class Service:
    """The road between a database and a receiver, without a process of its own."""

    def __init__(self, database: Database, library: Library, clock: Clock) -> None:
        self.database, self.receiver = database, Receiver()
        self.sender = Sender(database, self.receiver, clock)
        self.dispatch = Dispatch(Bench(database, lambda: library, echo, clock, KEY), lambda channel: self.sender.wake())
        self.acknowledged: list[str] = []

    async def hears(self, text: str) -> bool:
        """Whether the message was acknowledged."""
        try:
            await self.dispatch.accept(Incoming(Receiver.name, str(hash(text) % 7), text, text=text))
        except DBAPIError:
            return False
        self.acknowledged.append(text)
        return True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(job) for job in (self.dispatch.run(), self.sender.run())]
        try:
            async with asyncio.timeout(60):
                yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Returns when all that was acknowledged is answered and sent."""
        while not await self._all():  # noqa: ASYNC110 - what is awaited is a row in a database
            await asyncio.sleep(0.05)

    async def _all(self) -> bool:
        try:
            async with self.database.reading() as db:
                left = sa.select(sa.func.count()).where(inbox.c.done_at.is_(None))
                return not (await db.execute(left)).scalar_one() and not await road.any_left(db, Receiver.name)
        except DBAPIError:
            return False

    async def exactly_once(self) -> None:
        assert self.receiver.taken == Counter(f"nghe: {text}" for text in self.acknowledged)
        async with self.database.reading() as db:
            assert (await db.execute(sa.select(sa.func.count()).select_from(outbox))).scalar_one() == len(self.acknowledged)
            assert sorted((await db.execute(sa.select(inbox.c.event).where(inbox.c.failure == ""))).scalars()) == sorted(self.acknowledged)


def limited(database: Database, pragma: Callable[[], str]) -> None:
    """Each statement of the database runs under this pragma: a full disk, or little patience with a lock."""

    def before(connection: Any, _cursor: Any, _statement: Any, _given: Any, _context: Any, _many: Any) -> None:
        cursor = connection.connection.dbapi_connection.cursor()
        cursor.execute(f"PRAGMA {pragma()}")
        cursor.close()

    for engine in database.engines:
        sa.event.listen(engine.sync_engine, "before_cursor_execute", before)


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'm.db'}")
    await database.open()
    yield database
    await database.close()


async def test_a_full_disk(file: Database, library: Library, clock: Clock) -> None:
    """What does not fit is not acknowledged; when there is room again all that was acknowledged is answered, once."""
    service, pages = Service(file, library, clock), [1_000_000]
    limited(file, lambda: f"max_page_count = {pages[0]}")
    assert await service.hears("trước")
    async with file.reading() as db:
        pages[0] = (await db.exec_driver_sql("PRAGMA page_count")).scalar_one() + 4
    refused = 0
    async with service.running():
        for n in range(60):
            refused += not await service.hears(f"{n} " + "x" * 600)
        assert refused
        assert len(service.acknowledged) > 1
        pages[0] = 1_000_000
        assert await service.hears("sau")
        await service.settled()
    await service.exactly_once()


async def test_a_locked_database(file: Database, library: Library, clock: Clock, tmp_path: Path) -> None:
    """Another program holds the file: what comes meanwhile is not acknowledged, what came before is answered afterwards."""
    service = Service(file, library, clock)
    limited(file, lambda: "busy_timeout = 100")
    assert await service.hears("trước")
    with closing(sqlite3.connect(tmp_path / "m.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with service.running():
            assert not await service.hears("trong lúc ấy")
            assert service.receiver.taken == Counter()
            other.execute("ROLLBACK")
            assert await service.hears("sau")
            await service.settled()
    await service.exactly_once()


async def test_several_processes_write_one_file(file: Database, library: Library, clock: Clock) -> None:
    """The bot, an import and a second program write at once: each waits for its turn, none is told that the database is locked."""
    service, others = Service(file, library, clock), [Database(str(file.url)) for _ in range(3)]

    async def write(other: Database) -> None:
        for n in range(30):
            async with other.writing() as db:
                await road.keep_cursor(db, f"{id(other)}", str(n))

    async with service.running():
        writing = asyncio.gather(*(write(other) for other in others))
        heard = [await service.hears(str(n)) for n in range(40)]
        await writing
        await service.settled()
    assert all(heard)
    await service.exactly_once()
    for other in others:
        await other.close()


@pytest.mark.slow
async def test_postgres_is_restarted_under_load(library: Library, clock: Clock) -> None:
    """Twice restarted with every connection cut: nothing acknowledged is lost, nothing is sent twice."""
    with server() as postgres:
        database = Database(postgres.url(postgres.create()))
        service = Service(database, library, clock)

        async def talk() -> None:
            for n in range(120):
                while not await service.hears(str(n)):  # noqa: ASYNC110 - what is awaited is another process
                    await asyncio.sleep(0.05)
                await asyncio.sleep(0.01)

        async with service.running():
            talking = asyncio.create_task(talk())
            for _ in range(2):
                await asyncio.sleep(0.5)
                await asyncio.to_thread(postgres.restart)
            await talking
            await service.settled()
        await service.exactly_once()
        await database.close()


@pytest.mark.parametrize("hours", [1, -1])
async def test_the_clock_jumps(database: Database, library: Library, clock: Clock, hours: int) -> None:
    """An hour forth or back, between a message and its answer and between the answer and its sending: each is sent, once."""
    service = Service(database, library, clock)
    assert await service.hears("một")
    clock.move(hours=hours)
    assert await service.hears("hai")
    await service.dispatch.settle()
    clock.move(hours=hours)
    async with service.running():
        assert await service.hears("ba")
        await service.settled()
    await service.exactly_once()


@pytest.mark.slow
async def test_the_content_folder_goes_away(tmp_path: Path) -> None:
    """Unmounted while the bot runs: it goes on answering from what it has read, and serves the folder when it is back."""
    content = tmp_path / "content"
    await asyncio.to_thread(shutil.copytree, CONTENT, content)
    worker = Worker(tmp_path / "data", {"MOTCUA_CONTENT": str(content)})
    await worker.start()
    try:
        async with httpx.AsyncClient(base_url=worker.address, headers={"Cookie": "motcua=" + "a" * 32}) as http:

            async def answered(number: int) -> str:
                await http.post("/api/messages", json={"event": f"event-{number:04}", "text": "giờ làm việc"})
                async with asyncio.timeout(60):
                    while True:
                        lines = (await http.get("/api/history")).json()
                        if found := [x["wire"]["text"] for x in lines if not x["mine"] and x["event"] == f"event-{number:04}"]:
                            return str(found[0])
                        await asyncio.sleep(0.1)

            before = await answered(1)
            content.rename(tmp_path / "away")
            await asyncio.sleep(2)
            assert await answered(2) == before
            (tmp_path / "away").rename(content)
            await asyncio.sleep(1)
            assert await answered(3) == before
        assert worker.process
        assert worker.process.returncode is None, worker.log
        assert await worker.stop() == 0
    finally:
        await worker.kill()


async def test_a_power_cut(file: Database, library: Library, clock: Clock, tmp_path: Path) -> None:
    """Database and log as they are on the disk at twelve random moments of writing: each opens clean and holds all that was acknowledged."""
    service = Service(file, library, clock)
    copies: list[tuple[Path, list[str]]] = []

    def pull(number: int) -> None:
        folder = tmp_path / f"cut-{number}"
        folder.mkdir()
        known = list(service.acknowledged)
        for name in ("m.db", "m.db-wal"):
            if (tmp_path / name).exists():
                shutil.copyfile(tmp_path / name, folder / name)
        copies.append((folder / "m.db", known))

    async with service.running():
        talking = asyncio.create_task(_talk(service, 150))
        for number in range(12):
            await asyncio.sleep(random.uniform(0, 0.05))  # noqa: S311
            pull(number)
        await talking
    assert any(known for _, known in copies)
    for path, known in copies:
        await _clean(path, known)


async def _talk(service: Service, number: int) -> None:
    for n in range(number):
        assert await service.hears(str(n))


async def _clean(path: Path, known: list[str]) -> None:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        events = {event for (event,) in db.execute("SELECT event FROM inbox")}
        answers = dict(db.execute("SELECT inbox_id, count(*) FROM outbox GROUP BY inbox_id"))
        done = {id_ for (id_,) in db.execute("SELECT id FROM inbox WHERE done_at IS NOT NULL")}
    assert set(known) <= events
    assert answers == dict.fromkeys(done, 1)
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.open()
    await database.close()
