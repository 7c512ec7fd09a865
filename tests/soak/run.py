"""`python -m tests.soak.run [--kills 200] [--conversations 2000] [--database sqlite|postgresql|both]`: kills, then counts."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.dossiers.imports import import_file
from bot.dossiers.intake import FOLDER
from bot.dossiers.secret import load_key
from bot.settings import ZONE
from bot.store import Database
from knowledge.loader import CONTENT
from tests.bot.dossiers.export import line, sheet
from tests.postgres import server
from tests.soak.citizens import Citizen
from tests.soak.counting import Count, counted, settled
from tests.soak.platform import TOKEN, Platform, platform
from tests.soak.worker import Worker

AT_ONCE = 40
STATUSES = ("Đang xử lý", "Yêu cầu bổ sung giấy tờ", "Đang xử lý", "Đã xử lý xong")
SETTLE_SECONDS = 120


@dataclass
class Soak:
    """A number of workers, citizens that talk to them, and somebody who kills."""

    folder: Path
    url: str
    platform: Platform
    kills: int
    conversations: int
    count: Count = field(default_factory=Count)
    citizens: list[Citizen] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)

    async def run(self) -> Count:
        settings = {"MOTCUA_DATABASE": self.url, "MOTCUA_TELEGRAM_TOKEN": TOKEN, "MOTCUA_TELEGRAM_API": self.platform.address}
        settings |= {"MOTCUA_CONTENT": str(await asyncio.to_thread(_some_content, self.folder)), "MOTCUA_BACKUP_HOURS": "0"}
        self.workers = [Worker(self.folder, settings) for _ in range(2 if "postgresql" in self.url else 1)]
        database = Database(self.url)
        try:
            for worker in self.workers:
                await worker.start()
            await self._import(database)
            talks = asyncio.create_task(self._talks())
            await self._kill()
            await talks
            self._export()
            if not (await self._imported() and await settled(database, SETTLE_SECONDS)):
                self.count.lost.append(f"not settled within {SETTLE_SECONDS} s")
            for worker in self.workers:
                if await worker.stop():
                    self.count.lost.append("a worker did not stop well")
            await counted(database, self.citizens, self.platform, self.count)
        finally:
            await database.close()
            for worker in self.workers:
                await worker.kill()
        return self.count

    async def _import(self, database: Database) -> None:
        """The dossiers are there before they are asked for."""
        path, now = sheet(self.folder, *self._rows()), dt.datetime.now(ZONE)
        done = await import_file(database, "mau", path, load_key(self.folder), now)
        assert done.taken == self.conversations, done.summary()
        self.count.imports += 1

    async def _imported(self) -> bool:
        """Whether the folder is empty within the time."""
        for _ in range(SETTLE_SECONDS * 5):
            if not list((self.folder / FOLDER).glob("*.csv")):
                return True
            await asyncio.sleep(0.2)
        return False

    def _rows(self) -> list[str]:
        status = STATUSES[self.count.imports % len(STATUSES)]
        moment = time.strftime("%d/%m/%Y %H:%M:%S", time.gmtime(time.time() + 7 * 3600))
        return [line(n, status, as_of=moment) for n in range(1, self.conversations + 1)]

    def _export(self) -> None:
        """The office drops an export in which every dossier has moved."""
        sheet(self.folder / FOLDER, *self._rows(), name=f"export-{self.count.imports}.csv")
        self.count.imports += 1

    async def _talks(self) -> None:
        """Conversations keep step with the kills, so that the last is not over before them."""
        room = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=AT_ONCE)) as http, asyncio.TaskGroup() as tasks:
            for number in range(1, self.conversations + 1):
                while number > AT_ONCE / 2 + self.conversations * (self.count.faults + 1) / self.kills:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                await room.acquire()
                citizen = Citizen(number, "telegram" if number % 3 == 0 else "web")
                self.citizens.append(citizen)
                talk = citizen.talk_telegram(self.platform) if citizen.channel == "telegram" else citizen.talk_web(self.workers, http)
                tasks.create_task(talk).add_done_callback(lambda _: room.release())
                self.count.conversations += 1

    async def _kill(self) -> None:
        long = False
        while self.count.faults < self.kills:
            await asyncio.sleep(random.uniform(9, 13) if long else random.uniform(0, 1.5))  # noqa: S311
            worker = random.choice(self.workers)  # noqa: S311
            await worker.kill()
            self.count.faults += 1
            if long := self.count.faults % 20 == 19:  # it lives until the folder of exports was looked at twice
                self._export()
            await worker.start()
            if self.count.faults % 20 == 0:
                print(f"{self.count.faults} kills, {self.count.conversations} conversations", file=sys.stderr, flush=True)


def _some_content(folder: Path) -> Path:
    """The leaflets of one field: a worker that is killed hundreds of times should be back soon."""
    content = folder / "content"
    shutil.copytree(CONTENT, content, ignore=lambda place, names: [n for n in names if Path(place).name == "procedures" and n != "ho-tich"])
    return content


async def soak(folder: Path, url: str, kills: int, conversations: int) -> Count:
    """Kills and counts on one database."""
    async with platform() as double:
        return await Soak(folder, url, double, kills, conversations).run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--conversations", type=int, default=2000)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    options = parser.parse_args()
    good = True
    for kind in ["sqlite", "postgresql"] if options.database == "both" else [options.database]:
        with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
            folder, url = Path(place), f"sqlite+aiosqlite:///{place}/motcua.db"
            if kind == "postgresql":
                postgres = stack.enter_context(server(quick=False))
                url = postgres.url(postgres.create(migrated=False))
            begun = time.monotonic()
            count = asyncio.run(soak(folder, url, options.kills, options.conversations))
            print(f"{kind}, {time.monotonic() - begun:.0f} s: {count}", flush=True)
            for told in (*count.lost[:20], *count.doubled[:20]):
                print(f"  {told}")
            good = good and not count.lost and not count.doubled
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
