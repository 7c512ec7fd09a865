"""The topology of compose.yaml as processes: two `motcua run` on one PostgreSQL, the page open at one, the message sent to the other."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.soak.worker import Worker

CHAT = {"Cookie": "motcua=" + "c" * 32}


@pytest.fixture
async def workers(shared_url: str, tmp_path: Path) -> AsyncIterator[tuple[Worker, Worker]]:
    both = Worker(tmp_path / "data", {"MOTCUA_DATABASE": shared_url}), Worker(tmp_path / "data", {"MOTCUA_DATABASE": shared_url})
    await asyncio.gather(*(worker.start() for worker in both))
    yield both
    for worker in both:
        await worker.kill()


async def says(worker: Worker, event: str, text: str = "giờ làm việc") -> None:
    async with httpx.AsyncClient(base_url=worker.address, headers=CHAT, timeout=30) as http:
        assert (await http.post("/api/messages", json={"event": event, "text": text})).status_code == 202


async def hears(worker: Worker, event: str) -> dict[str, Any]:
    """The answer to an event, as an open page gets it."""
    async with httpx.AsyncClient(base_url=worker.address, headers=CHAT, timeout=60) as http, http.stream("GET", "/api/events") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: ") and (told := json.loads(line.removeprefix("data: "))) and not told["mine"] and told["event"] == event:
                return dict(told)
    raise AssertionError("the stream ended")


@pytest.mark.slow
async def test_two_processes_are_one_service(workers: tuple[Worker, Worker]) -> None:
    """A page open at one worker gets what is asked at the other; a dead worker's message is answered by the other within thirty seconds;
    each stops within ten, well."""
    one, two = workers
    async with asyncio.timeout(120):
        page = asyncio.create_task(hears(one, "event-0001"))
        await says(two, "event-0001")
        assert "Thứ Hai" in (await page)["wire"]["text"]

        begun = time.monotonic()
        await says(one, "event-0002")
        await one.kill()
        assert "Thứ Hai" in (await hears(two, "event-0002"))["wire"]["text"]
        assert time.monotonic() - begun < 30

        await one.start()
        begun = time.monotonic()
        assert await asyncio.gather(one.stop(), two.stop()) == [0, 0]
        assert time.monotonic() - begun < 10
    for worker in workers:
        with pytest.raises(httpx.ConnectError):
            await says(worker, "event-0003")
