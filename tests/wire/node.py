"""telegram-test-api as a process of its own, and a citizen who writes to a bot through it over HTTP."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

WIRE = Path(__file__).parent
SECONDS = 60.0


def missing() -> str:
    """What the tests over HTTP lack here, as a sentence; "" where nothing is missing."""
    if not shutil.which("node"):
        return "node is not installed: the tests over HTTP need Node.js 18 or later (apt-get install nodejs npm)."
    if not (WIRE / "node_modules" / "telegram-test-api").is_dir():
        return "telegram-test-api is not installed: make install-wire."
    return ""


@contextmanager
def bot_api() -> Iterator[str]:
    """A Bot API server on a free port of this computer; its address."""
    node = shutil.which("node") or "node"
    with subprocess.Popen([node, "shim.js"], cwd=WIRE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own script
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port.isdigit(), "the Bot API server did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    """What `look` finds, as soon as it finds something; AssertionError where it finds nothing in time."""
    deadline = time.monotonic() + SECONDS
    while not (found := await look()):
        assert time.monotonic() < deadline, f"nothing came within {SECONDS} s"
        await asyncio.sleep(0.02)
    return found


@dataclass(frozen=True)
class Heard:
    """A message of the bot as it stands now: an edit shows in place."""

    id: int
    text: str
    buttons: tuple[tuple[str, str], ...]

    def id_of(self, label: str) -> str:
        """What the button of that label sends when it is pressed."""
        return dict(self.buttons)[label]


class Citizen:
    """Somebody with Telegram on the phone; `token` is the bot's."""

    def __init__(self, server: str, token: str, key: int = 7007) -> None:
        self.server, self.token, self.key = server, token, key
        self._http = httpx.AsyncClient(base_url=server)

    async def says(self, text: str, **instead: Any) -> None:
        """Sends a text; `instead` exchanges fields of the message, for ones that no real Telegram would send."""
        await self._post("sendMessage", {**self._message(), "text": text, **instead})

    async def presses(self, heard: Heard, label: str) -> None:
        message = {"message_id": heard.id, "chat": self._chat(), "date": 1_795_000_000}
        await self._post("sendCallback", {**self._message(), "message": message, "data": heard.id_of(label)})

    async def hears(self, count: int = 1) -> list[Heard]:
        """All that the bot has said, once it is `count` messages or more."""

        async def look() -> list[Heard]:
            history = await self._post("getUpdatesHistory", {"token": self.token})
            heard = [_heard(row) for row in history["result"] if "chat_id" in row.get("message", {}) and row["message"]["chat_id"] == str(self.key)]
            return heard if len(heard) >= count else []

        return await eventually(look)

    async def hears_edit(self, before: Heard) -> Heard:
        """The message that stands where `before` stood, once it is another."""

        async def look() -> list[Heard]:
            return [heard for heard in await self.hears() if heard.id == before.id and heard != before]

        return (await eventually(look))[0]

    def _chat(self) -> dict[str, Any]:
        return {"id": self.key, "first_name": "Lê Thị Ví Dụ", "type": "private"}

    def _message(self) -> dict[str, Any]:
        sender = {"id": self.key, "is_bot": False, "first_name": "Lê Thị Ví Dụ", "language_code": "vi"}
        return {"botToken": self.token, "from": sender, "chat": self._chat(), "date": 1_795_000_000}

    async def _post(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self._http.post(f"/{action}", json=body)
        response.raise_for_status()
        return dict(response.json())


def _heard(row: dict[str, Any]) -> Heard:
    message = row["message"]
    keyboard = message.get("reply_markup", {})
    rows = (json.loads(keyboard) if isinstance(keyboard, str) else keyboard).get("inline_keyboard", [])
    return Heard(row["messageId"], message["text"], tuple((b["text"], b.get("callback_data", "")) for buttons in rows for b in buttons))
