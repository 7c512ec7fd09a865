"""A double of the Bot API on this computer: hands out updates until they are confirmed, and keeps what it is sent."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

TOKEN = "123456:" + "A" * 35


class Platform:
    """`updates` are those not yet confirmed; `taken` counts, for each chat, how often each text was taken."""

    def __init__(self) -> None:
        self.updates: dict[int, dict[str, Any]] = {}
        self.taken: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._numbers, self._new = itertools.count(1), asyncio.Event()
        self.address = ""

    def says(self, chat: int, text: str) -> str:
        """A citizen's message; returns the event by which the bot knows it."""
        number = next(self._numbers)
        sender = {"id": chat, "is_bot": False, "first_name": "Mẫu", "language_code": "vi"}
        message = {"message_id": number, "date": 1_790_000_000, "chat": {"id": chat, "type": "private"}, "from": sender, "text": text}
        self.updates[number] = {"update_id": number, "message": message}
        self._new.set()
        return str(number)

    async def call(self, request: Request) -> JSONResponse:
        given = dict(parse_qsl((await request.body()).decode()))
        method = str(request.path_params["method"]).lower()
        if method == "getupdates":
            return _fine(await self._get(int(given.get("offset") or 0), request))
        if method in ("sendmessage", "editmessagetext"):
            chat = str(given["chat_id"])
            self.taken[chat][str(given["text"])] += 1
            return _fine({"message_id": next(self._numbers), "date": 1_790_000_000, "chat": {"id": int(chat), "type": "private"}, "text": "…"})
        if method == "getme":
            return _fine({"id": 123456, "is_bot": True, "first_name": "Một Cửa", "username": "mau_bot"})
        return _fine(True)

    async def _get(self, offset: int, request: Request) -> list[dict[str, Any]]:
        self.updates = {number: update for number, update in self.updates.items() if number >= offset}
        for _ in range(10):
            if self.updates or await request.is_disconnected():
                break
            self._new.clear()
            try:
                async with asyncio.timeout(0.2):
                    await self._new.wait()
            except TimeoutError:
                continue
        return list(self.updates.values())[:100]


def _fine(result: Any) -> JSONResponse:
    return JSONResponse({"ok": True, "result": result})


@asynccontextmanager
async def platform() -> AsyncIterator[Platform]:
    """The double at a free port."""
    made = Platform()
    app = Starlette(routes=[Route("/bot{token}/{method}", made.call, methods=["GET", "POST"])])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        made.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=1))
        server.capture_signals = _ours  # type: ignore[method-assign]
        task = asyncio.create_task(server.serve([listening]))
        try:
            yield made
        finally:
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)


def _ours() -> Any:
    """The driver's own signals stay its own."""
    return nullcontext()
