"""Plays dialogues through tg-auto-test; runs in `.venv-wire`. A line in holds the steps of one dialogue, a line out what was heard.

Step: ["says", text], ["presses", the beginning of a label], ["sends", {…the fields of a message…}], ["photo", caption]
or ["receipt", its slant in degrees]."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from PIL import Image
from telegram import Update
from telegram.ext import AIORateLimiter, Application, ContextTypes, TypeHandler
from tg_auto_test.test_utils.serverless_telegram_client import ServerlessTelegramClient

import handlers
from bot import app
from bot.channels.telegram import Telegram
from bot.dispatch import Bench, Dispatch
from bot.files import ByChannel
from bot.sender import Sender
from bot.settings import ZONE, Settings
from bot.store import Database
from bot.turn import Library
from tests.pictures import qr, receipt, saved

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)  # as in tests/conftest.py, which needs pytest


class Phone:
    """A citizen's Telegram in front of our channel, the road behind it: one chat, one database."""

    def __init__(self, database: Database, library: Library) -> None:
        self._files = ByChannel()
        bench = Bench(database, lambda: library, handlers.route, lambda: NOW, b"an invented key of thirty-two b.", self._files)
        self._dispatch = Dispatch(bench)
        self._database, self._messages = database, {}
        self.client = ServerlessTelegramClient(build_application=self._application)

    def _application(self, builder: Any) -> Application[Any, Any, Any, Any, Any, Any]:
        application = builder.rate_limiter(AIORateLimiter(max_retries=0)).build()
        telegram = Telegram(application.bot, self._dispatch.accept, self._dispatch.malformed)
        sender = Sender(self._database, telegram, lambda: NOW)
        self._files.places["telegram"] = telegram

        async def receive(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            await telegram.receive(update)
            await self._dispatch.settle()
            await sender.send_waiting()

        async def name_commands(_: object) -> None:
            await telegram.name_commands()

        application.add_handler(TypeHandler(Update, receive))
        application.post_init = name_commands
        return application

    async def play(self, steps: list[list[Any]]) -> dict[str, Any]:
        await self.client.connect()
        opening = self._calls_since(0)
        heard = []
        async with self.client.conversation("bot") as talk:
            for action, what in steps:
                before = len(self.client._api_calls)
                await self._do(talk, action, what)
                heard.append({"heard": await self._hear(talk), "calls": self._calls_since(before)})
        await self.client.disconnect()
        return {"opening": opening, "steps": heard}

    async def _do(self, talk: Any, action: str, what: Any) -> None:
        if action == "says":
            await talk.send_message(what, parse_mode=None)
        elif action == "photo":
            await talk.send_file(_picture(), caption=what)
        elif action == "receipt":
            await talk.send_file(saved(receipt(qr(), tilt=what)))
        elif action == "presses":
            shown = ((message, b) for message in reversed(self._messages.values()) for row in message.buttons or () for b in row)
            pressed, button = next((message, b) for message, b in shown if b.text.startswith(what))
            await pressed.click(data=button.data)
        else:  # what its client cannot send goes to the application as an update
            update, message = self.client._helpers.base_message_update(self.client._chat_id)
            message.update(what)
            await self.client._update_processor.process_update(self.client, update)

    async def _hear(self, talk: Any) -> list[dict[str, Any]]:
        """All that came, edits last."""
        heard = []
        for get in (talk.get_response, talk.get_edit):
            while True:
                try:
                    message = await get()
                except RuntimeError:  # its word for "nothing more"
                    break
                self._messages[message.id] = message
                buttons = [[[button.text, button.data.decode()] for button in row] for row in message.buttons or ()]
                heard.append({"id": message.id, "text": message.text, "buttons": buttons, "edit": message._is_edit})
        return heard

    def _calls_since(self, before: int) -> list[dict[str, Any]]:
        return [{"method": call.api_method, **call.parameters} for call in self.client._api_calls[before:]]


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return file.getvalue()


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = app.library(Settings(data=Path(folder), now=NOW))
        for number, line in enumerate(sys.stdin):
            database = Database(f"sqlite+aiosqlite:///{folder}/{number}.db")
            await database.open()
            try:
                print(json.dumps(await Phone(database, library).play(json.loads(line))), flush=True)
            except Exception:
                print(json.dumps({"error": traceback.format_exc()}), flush=True)
            await database.close()


if __name__ == "__main__":
    asyncio.run(main())
