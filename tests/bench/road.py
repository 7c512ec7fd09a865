"""`python -m tests.bench.road`: the whole road of a message with a stub transport, beside a bare python-telegram-bot echo in the same run.

Parse, inbox, understanding, reply, outbox, send; each worker is a process of its own, its messages are real questions."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from telegram import Update
from telegram.ext import Application, ApplicationBuilder, MessageHandler, filters

import handlers
from bot import app
from bot.channels.telegram import parse
from bot.chat import Wire
from bot.dispatch import Bench, Dispatch
from bot.sender import Sender
from bot.settings import ZONE, Settings
from bot.store import Database
from bot.store.tables import inbox, outbox
from tests.postgres import server

QUESTIONS = ("làm giấy khai sinh cần gì", "hết bao nhiêu tiền", "đăng ký kết hôn ở đâu", "giờ làm việc", "mấy ngày thì xong", "xin chào")
CHATS = 200
NAME = "zalo_oa"  # a channel without a pace: the road is measured, not the platform's limit


class Stub:
    """A transport that takes everything at once."""

    name = NAME

    async def send(self, chat: str, wire: Wire) -> str:
        return "1"


def update(number: int) -> dict[str, Any]:
    """An update as Telegram writes it."""
    sender = {"id": number % CHATS, "is_bot": False, "first_name": "Mẫu", "language_code": "vi"}
    chat = {"id": number % CHATS, "type": "private"}
    text = QUESTIONS[number // CHATS % len(QUESTIONS)]
    return {"update_id": number, "message": {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": sender, "text": text}}


@dataclass
class Road:
    """A worker: takes updates in and sends what is said, over a database that others may share."""

    database: Database
    dispatch: Dispatch
    sender: Sender

    @staticmethod
    def of(url: str) -> Road:
        settings = Settings()
        library = app.library(settings)
        database = Database(url)
        sender = Sender(database, Stub(), settings.clock)
        bench = Bench(database, lambda: library, handlers.route, settings.clock, b"a key of the bench")
        return Road(database, Dispatch(bench, lambda channel: sender.wake()), sender)

    async def accept(self, number: int) -> None:
        message = parse(Update.de_json(update(number), None))
        assert message
        await self.dispatch.accept(replace(message, channel=NAME))


@contextlib.asynccontextmanager
async def at_work(road: Road) -> Any:
    tasks = [asyncio.create_task(job) for job in (road.dispatch.run(), road.sender.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await road.database.close()


async def _left(database: Database) -> int:
    async with database.reading() as db:
        undone = (await db.execute(sa.select(sa.func.count()).where(inbox.c.done_at.is_(None)))).scalar_one()
        return int(undone + (await db.execute(sa.select(sa.func.count()).where(outbox.c.sent_at.is_(None)))).scalar_one())


async def work(url: str, first: int, count: int) -> None:
    """A worker's part: puts its messages in, sixteen at a time, and works until nothing is left of anybody's."""
    road = Road.of(url)
    async with at_work(road):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        room = asyncio.Semaphore(16)

        async def one(number: int) -> None:
            async with room:
                await road.accept(number)

        await asyncio.gather(*(one(number) for number in range(first, first + count)))
        while await _left(road.database):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)


def rate(url: str, workers: int, count: int) -> tuple[float, int]:
    """Messages a second through so many workers, and the memory of one in MB."""
    part = count // workers
    started = [_process("--work", url, "--first", str(n * part + 1), "--count", str(part)) for n in range(workers)]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    begun = time.perf_counter()
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    memory = [int(process.stdout.readline()) for process in started if process.stdout]
    spent = time.perf_counter() - begun
    for process in started:
        process.wait()
    return count / spent, max(memory)


def _process(*arguments: str) -> subprocess.Popen[str]:
    own = {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-m", "tests.bench.road", *arguments], env={**os.environ, **own}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


async def echo(count: int) -> float:
    """Messages a second of a bare echo with python-telegram-bot, its transport a stub too."""
    from telegram.request import BaseRequest  # noqa: PLC0415

    class Nowhere(BaseRequest):
        sent = 0

        @property
        def read_timeout(self) -> float:
            return 5

        async def initialize(self) -> None: ...

        async def shutdown(self) -> None: ...

        async def do_request(self, url: str, method: str, request_data: Any = None, **rest: Any) -> tuple[int, bytes]:
            if url.endswith("getMe"):
                return 200, b'{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "b", "username": "b"}}'
            Nowhere.sent += 1
            return 200, b'{"ok": true, "result": {"message_id": 1, "date": 1790000000, "chat": {"id": 1, "type": "private"}, "text": "x"}}'

    made = ApplicationBuilder().token("1:" + "A" * 35).request(Nowhere()).get_updates_request(Nowhere()).build()
    application: Application[Any, Any, Any, Any, Any, Any] = made

    async def answer(update: Update, _context: Any) -> None:
        if update.message:
            await update.message.reply_text(update.message.text or "")

    application.add_handler(MessageHandler(filters.TEXT, answer))
    await application.initialize()
    await application.start()
    begun = time.perf_counter()
    for number in range(count):
        await application.update_queue.put(Update.de_json(update(number), application.bot))
    while Nowhere.sent < count:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    spent = time.perf_counter() - begun
    await application.stop()
    await application.shutdown()
    return count / spent


@dataclass
class Timed:
    """The time from a message's acceptance until its first answer is sent."""

    waits: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        return sorted(self.waits)[min(len(self.waits) - 1, int(len(self.waits) * share))] * 1000


async def waits(url: str, per_second: float, count: int) -> Timed:
    """At a steady load: each message of a chat of its own, timed from the moment it came."""
    road, timed, begun = Road.of(url), Timed(), dict[str, float]()
    await road.database.open()

    class Timing(Stub):
        async def send(self, chat: str, wire: Wire) -> str:
            if chat in begun:
                timed.waits.append(time.perf_counter() - begun.pop(chat))
            return "1"

    road.sender._channel = Timing()
    async with at_work(road):
        start = time.perf_counter()
        tasks = []
        for number in range(1, count + 1):
            await asyncio.sleep(max(0.0, start + number / per_second - time.perf_counter()))
            begun[str(number % CHATS)] = time.perf_counter()
            tasks.append(asyncio.create_task(road.accept(number)))
        await asyncio.gather(*tasks)
        while await _left(road.database):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return timed


def start_to_answer() -> float:
    """Seconds from starting the process with all leaflets until the first answer is there."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "bot", "ask", "làm giấy khai sinh cần gì"],
            env={**os.environ, "MOTCUA_DATA": folder}, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return time.perf_counter() - begun


@contextlib.contextmanager
def place(kind: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if kind == "sqlite":
            url = f"sqlite+aiosqlite:///{folder}/motcua.db"
        else:
            postgres = stack.enter_context(server(quick=False))
            url = postgres.url(postgres.create(migrated=False))
        asyncio.run(_made(url))
        yield url


async def _made(url: str) -> None:
    database = Database(url)
    await database.open()
    await database.close()


def report(count: int) -> None:
    print(f"{dt.datetime.now(ZONE):%Y-%m-%d %H:%M}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    bare = asyncio.run(echo(count))
    _told(f"bare python-telegram-bot echo            {bare:6.0f} messages/s")
    rates: dict[tuple[str, int], float] = {}
    memory: dict[tuple[str, int], int] = {}
    for kind, workers in (("sqlite", 1), ("postgresql", 1), ("postgresql", 2)):
        with place(kind) as url:
            rates[kind, workers], memory[kind, workers] = rate(url, workers, count)
        _told(f"{kind:10} {workers} worker(s)                  {rates[kind, workers]:6.0f} messages/s, {rates[kind, workers] / bare:.2f} of the echo")
    _told(f"two workers over one on PostgreSQL         {rates['postgresql', 2] / rates['postgresql', 1]:.2f}")
    for kind in ("sqlite", "postgresql"):
        with place(kind) as url:
            timed = asyncio.run(waits(url, rates[kind, 1] / 2, count // 2))
        _told(f"{kind}: at half its load p50 {timed.quantile(0.5):.0f} ms, p99 {timed.quantile(0.99):.0f} ms")
    _told(f"start to first answer                    {min(start_to_answer() for _ in range(3)):6.1f} s")
    with place("sqlite") as url:
        small = rate(url, 1, 100)[1]
    _told(f"memory of a worker                       {small:6} MB after 100 messages, {memory['sqlite', 1]} MB after {count}")
    _told(f"bare echo again, for the machine's mood  {asyncio.run(echo(count)):6.0f} messages/s")


def _told(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--work", default="")
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    if options.work:
        asyncio.run(work(options.work, options.first, options.count))
    else:
        report(options.count)


if __name__ == "__main__":
    main()
