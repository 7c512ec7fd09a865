"""Conversations with something at stake: a rating, words for the office, a dossier to follow. Each message is sent until it is taken."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from tests.bot.dossiers.export import code
from tests.soak.platform import Platform
from tests.soak.worker import Worker


def script(number: int) -> tuple[str, ...]:
    """What the citizen of this number says; the dossier of the same number is theirs."""
    return (
        "làm giấy khai sinh cần gì",
        "/danhgia",
        "Rất hài lòng",
        "Xong",
        "/gopy",
        f"Ghế chờ thứ {number} bị hỏng",
        "gửi",
        "thì hết bao nhiêu tiền",
        code(number),
        f"{number:04}",
        "Theo dõi hồ sơ này",
    )


@dataclass
class Citizen:
    """One conversation. `acknowledged` are the events that the service took."""

    number: int
    channel: str
    chat: str = ""
    acknowledged: list[str] = field(default_factory=list)

    async def talk_web(self, workers: Sequence[Worker], http: httpx.AsyncClient) -> None:
        self.chat = secrets.token_hex(16)
        for text in script(self.number):
            event = secrets.token_hex(16)
            while not await self._posted(random.choice(workers), http, event, text):  # noqa: S311, ASYNC110 - what is awaited is another process
                await asyncio.sleep(0.1)
            self.acknowledged.append(f"{self.chat}:{event}")
            await asyncio.sleep(random.uniform(0, 0.3))  # noqa: S311

    async def _posted(self, worker: Worker, http: httpx.AsyncClient, event: str, text: str) -> bool:
        try:
            answer = await http.post(
                f"{worker.address}/api/messages", json={"event": event, "text": text}, headers={"Cookie": f"motcua={self.chat}"}, timeout=10
            )
        except httpx.HTTPError:
            return False
        return answer.status_code == 202

    async def talk_telegram(self, platform: Platform) -> None:
        self.chat = str(1_000_000 + self.number)
        for text in script(self.number):
            number = platform.says(int(self.chat), text)
            while int(number) in platform.updates:  # noqa: ASYNC110 - what is awaited is another process
                await asyncio.sleep(0.1)
            self.acknowledged.append(number)
            await asyncio.sleep(random.uniform(0, 0.3))  # noqa: S311
