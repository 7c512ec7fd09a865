"""Dossiers beside the limits of issue 5, on SQLite and PostgreSQL: `python -m tests.bench.dossiers [part …] [--small]`.

Parts: look-up (the whole dialogue, 1,000 dossiers against 1,000,000), import (rows a second beside executemany and COPY), followers
(10,000 of a changed import, told over a stub channel), probing (100,000 codes from 1,000 accounts: answers, lengths, times)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import sqlalchemy as sa
import structlog

import handlers
from bot import app
from bot.chat import Chat, Incoming, Wire
from bot.dispatch import Bench, Dispatch
from bot.dossiers.imports import import_file
from bot.dossiers.secret import keyed_hash
from bot.sender import Sender
from bot.settings import ZONE, Settings
from bot.store import Database, follows
from bot.store.tables import outbox
from bot.texts import texts
from bot.turn import Library, State, Turn
from handlers import dossier
from tests.postgres import Postgres, server

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=ZONE)
KEY = b"an invented key of thirty-two b."
FEW, MANY = 1_000, 1_000_000
LOOK_UPS = 100
MOST_TIMES, MOST_APART = 1.5, 0.10
NAMES = ("office", "code", "procedure_name", "status", "status_label", "received_at", "due_at", "method", "applicant", "phone_hash", "as_of")
HEADINGS = "Mã hồ sơ,Trạng thái,Ngày tiếp nhận,Ngày hẹn trả,Hình thức nộp,Người nộp,Điện thoại"


def code(n: int) -> str:
    return f"H26.145-261110-{n:07}"


def rows(count: int, known: int) -> Iterator[tuple[object, ...]]:
    """Invented dossiers; `known` of them, evenly spread, have a second factor."""
    at = dt.datetime(2026, 11, 10, 2, tzinfo=dt.UTC)
    every = max(1, count // known)
    for n in range(count):
        secret = keyed_hash(KEY, code(n), "4711") if n % every == 0 else "0" * 64
        yield ("mau", code(n), "Đăng ký kết hôn", 4, "Đang xử lý", at, at + dt.timedelta(days=9), "Trực tuyến", "T••• T•• M••", secret, at)


async def fill(database: Database, count: int, known: int) -> None:
    """Straight into the table, as fast as each database takes it."""
    if database.url.get_backend_name() == "sqlite":
        with sqlite3.connect(str(database.url.database)) as db:
            marks = ",".join("?" * len(NAMES))
            written = ([v.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(v, dt.datetime) else v for v in row] for row in rows(count, known))
            db.executemany(f"INSERT INTO dossiers ({', '.join(NAMES)}) VALUES ({marks})", written)  # noqa: S608 - names of ours
        return
    connection = await asyncpg.connect(str(database.url.set(drivername="postgresql").render_as_string(hide_password=False)))
    await connection.copy_records_to_table("dossiers", records=rows(count, known), columns=NAMES)
    await connection.execute("ANALYZE dossiers")
    await connection.close()


@asynccontextmanager
async def opened(kind: str, place: Path, postgres: Postgres) -> AsyncIterator[Database]:
    """An empty database of a kind."""
    name = postgres.create() if kind == "postgresql" else ""
    database = Database(postgres.url(name) if name else f"sqlite+aiosqlite:///{place / f'{time.monotonic_ns()}.db'}")
    await database.open()
    try:
        yield database
    finally:
        await database.close()
        if name:
            postgres.drop(name)


def told(name: str, value: str, over: bool = False, limit: str = "") -> None:
    print(f"{name:58} {value:>24} {limit:>22} {'over' if over else ''}".rstrip(), flush=True)


# --- look-up --------------------------------------------------------------------------------------------------------------------------------


async def look_up(kind: str, place: Path, postgres: Postgres, library: Library, many: int) -> None:
    """Code and digits in one message, from a chat of its own each time; from the inbox to the outbox."""
    counts = (FEW, many)
    took: tuple[list[float], list[float]] = ([], [])
    async with opened(kind, place, postgres) as small, opened(kind, place, postgres) as large:
        for database, count in zip((small, large), counts, strict=True):
            await fill(database, count, LOOK_UPS)
        roads = [Dispatch(Bench(database, lambda: library, handlers.route, lambda: NOW, KEY)) for database in (small, large)]
        for n in range(LOOK_UPS):  # in turn, so that both meet the same load of the machine
            for road, count, times in zip(roads, counts, took, strict=True):
                times.append(await _one(road, n, code(n * (count // LOOK_UPS))))
        for database in (small, large):
            async with database.reading() as db:
                answers = [row["text"] for row in (await db.execute(sa.select(outbox.c.payload))).scalars()]
            assert sum("Người nộp" in text for text in answers) == LOOK_UPS, "not every look-up was answered"
    medians = [statistics.median(times) for times in took]
    for count, median in zip(counts, medians, strict=True):
        told(f"look-up, {kind}, {count:,} dossiers", f"median {median * 1000:.1f} ms")
    ratio = medians[1] / medians[0]
    told(f"look-up, {kind}, {many:,} against {FEW:,}", f"{ratio:.2f} times", ratio > MOST_TIMES, f"at most {MOST_TIMES}")


async def _one(road: Dispatch, n: int, asked: str) -> float:
    begun = time.perf_counter()
    await road.accept(Incoming("web", f"c{n}", f"e{n}", text=f"{asked} 4711"))
    await road.settle()
    return time.perf_counter() - begun


# --- import ---------------------------------------------------------------------------------------------------------------------------------


async def imports(kind: str, place: Path, postgres: Postgres, count: int) -> None:
    """An export of so many rows; beside it the same rows by executemany or COPY, without reading, hashing, comparing and telling."""
    path = place / f"export-{kind}.csv"
    with path.open("w", encoding="utf-8") as file:
        print(HEADINGS, file=file)
        for n in range(count):
            print(f"{code(n)},Đang xử lý,10/11/2026 09:00,19/11/2026,Trực tuyến,Trần Thị Mẫu,09{n:08}", file=file)
    async with opened(kind, place, postgres) as database:
        begun = time.perf_counter()
        await fill(database, count, 1)
        peer = count / (time.perf_counter() - begun)
    async with opened(kind, place, postgres) as database:
        for again in ("", " again, nothing changed"):
            begun = time.perf_counter()
            done = await import_file(database, "mau", path, KEY, NOW)
            speed = count / (time.perf_counter() - begun)
            assert done.taken == count
            peer_name = "executemany" if kind == "sqlite" else "COPY"
            told(f"import{again}, {kind}, {count:,} rows", f"{speed:,.0f} rows/s", limit=f"{peer_name} {peer:,.0f} rows/s")


# --- followers ------------------------------------------------------------------------------------------------------------------------------


@dataclass
class Stub:
    """A platform that takes everything."""

    wanted: int
    name: str = "telegram"
    taken: Counter[str] = field(default_factory=Counter)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat: str, wire: Wire) -> str:
        assert wire.text
        self.taken[chat] += 1
        if self.taken.total() == self.wanted:
            self.done.set()
        return "1"


async def followers(kind: str, place: Path, postgres: Postgres, count: int) -> None:
    """An import moves one dossier that all of them follow: each is told once, at the pace that the channel allows."""
    path = place / f"followed-{kind}.csv"
    async with opened(kind, place, postgres) as database:
        for status in ("Đang xử lý", "Đã xử lý xong"):
            path.write_text(f"{HEADINGS}\n{code(1)},{status},10/11/2026,19/11/2026,Trực tuyến,Trần Thị Mẫu,0900000001\n", encoding="utf-8")
            begun = time.perf_counter()
            await import_file(database, "mau", path, KEY, NOW + dt.timedelta(hours=status == "Đã xử lý xong"))
            imported = time.perf_counter() - begun
            if status == "Đang xử lý":
                async with database.writing() as db:
                    for n in range(count):
                        await follows.follow(db, Chat("mau", "telegram", f"{n}"), code(1), NOW)
        stub = Stub(count)
        sender = asyncio.create_task(Sender(database, stub, lambda: NOW + dt.timedelta(hours=1, seconds=time.perf_counter() - begun)).run())
        begun = time.perf_counter()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stub.done.wait(), max(60, count / 10))
        took = time.perf_counter() - begun
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
    lost = count - len(stub.taken)
    told(f"followers, {kind}, {count:,} messages written with the import", f"{imported:.1f} s", imported > 60, "at most 60 s")
    told(f"followers, {kind}, sent", f"{count / took:,.0f} a second", limit=f"{took:.0f} s in all")
    twice = sum(n > 1 for n in stub.taken.values())
    told(f"followers, {kind}, lost / told twice", f"{lost} / {twice}", bool(lost or twice), "0 / 0")


# --- probing --------------------------------------------------------------------------------------------------------------------------------


async def probing(place: Path, postgres: Postgres, library: Library, tries: int) -> None:
    """Codes from many accounts, half of them there, with digits that fit none: the answers, their length and their time, for both kinds."""
    accounts, known = max(1, tries // 100), tries // 2
    dice = random.Random(7)  # noqa: S311 - repeatable
    answers: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    times: dict[tuple[bool, str], list[float]] = {}
    async with opened("sqlite", place, postgres) as database:
        await fill(database, known, known)
        for first in range(0, tries, 500):
            async with database.writing() as db:
                for n in range(first, first + 500):
                    number = dice.randrange(2 * known)
                    incoming = Incoming("web", f"a{n % accounts}", f"e{n}", text=f"{code(number)} {dice.randrange(4711):04}")
                    now = NOW + dt.timedelta(seconds=n * 80_000 / tries)
                    begun = time.perf_counter()
                    reply = await dossier.ask(Turn(incoming, State(), now, library, texts("vi"), db, KEY))
                    for effect in reply.effects:
                        await effect(db)
                    took = time.perf_counter() - begun
                    kind = "wrong" if reply.effects else "locked"
                    shown = "\n".join(say.text for say in reply.says) if kind == "wrong" else "locked until …"
                    answers[number < known][f"{shown} {[c.label for s in reply.says for c in s.choices]}"] += 1
                    times.setdefault((number < known, kind), []).append(took)
    lengths = {there: Counter({len(text): n for text, n in found.items()}) for there, found in answers.items()}
    alike = set(answers[True]) == set(answers[False]) and set(lengths[True]) == set(lengths[False])
    told(f"probing, {tries:,} codes, {accounts:,} accounts: kinds of answer", f"{len(answers[True])} / {len(answers[False])}", not alike, "the same")
    for kind in ("wrong", "locked"):
        there, missing = (times.get((known_, kind), [0.0]) for known_ in (True, False))
        medians = [statistics.median(t) * 1000 for t in (there, missing)]
        apart = abs(medians[0] - medians[1]) / max(*medians, 1e-9)
        name = f"probing, «{kind}», {len(there):,} there / {len(missing):,} missing: median"
        told(name, f"{medians[0]:.3f} / {medians[1]:.3f} ms", apart > MOST_APART, f"{apart:.1%}, at most {MOST_APART:.0%}")


PARTS: dict[str, Callable[..., object]] = {"look-up": look_up, "import": imports, "followers": followers, "probing": probing}


async def run(parts: list[str], postgres: Postgres, place: Path, *, small: bool) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    library = app.library(Settings(data=place / "data", now=NOW))
    less = 100 if small else 1
    for kind in ("sqlite", "postgresql"):
        if "look-up" in parts:
            await look_up(kind, place, postgres, library, MANY // less)
        if "import" in parts:
            await imports(kind, place, postgres, 50_000 // (less // 10 or 1))
        if "followers" in parts:
            await followers(kind, place, postgres, 10_000 // less)
    if "probing" in parts:
        await probing(place, postgres, library, 100_000 // less)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"{', '.join(PARTS)}; all where none is named")
    parser.add_argument("--small", action="store_true", help="a hundredth of each, to see that it works")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, server(quick=False) as postgres:
        asyncio.run(run(options.parts or list(PARTS), postgres, Path(place), small=options.small))
    return 0


if __name__ == "__main__":
    sys.exit(main())
