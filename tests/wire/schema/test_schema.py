"""Every call that the channel makes in a broad dialogue keeps to the Bot API, by aiogram's models (in an environment of its own)."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from telegram import Update
from telegram.ext import AIORateLimiter, ExtBot

import handlers
from bot.app import Engine
from bot.channels.telegram import ENGLISH_COMMANDS, Telegram
from bot.chat import Choice, Incoming, Kind, Wire
from bot.store import Database, road
from tests.wire.schema.recorder import Call, Recorder

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-aiogram" / "bin" / "python"
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="aiogram is not installed: make install-wire.")

TEXT = {"chat_id": "7", "text": "chào"}
CODE = "H26.145-261110-0001"


def check(*calls: Call) -> list[list[str]]:
    """The problems of each call."""
    lines = "".join(json.dumps(asdict(call)) + "\n" for call in calls)
    command = [str(PYTHON), str(Path(__file__).with_name("check.py"))]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def keyboard(**button: str) -> str:
    return json.dumps({"inline_keyboard": [[button]]})


WRONG = [
    (Call("sendMessage", TEXT | {"text": "ă" * 5000}), "sendMessage.text: 5000 characters, expected 1-4096"),
    (Call("sendMessage", TEXT | {"text": "🙂" * 2049}), "sendMessage.text: 4098 characters, expected 1-4096"),
    (Call("sendMessage", TEXT | {"text": ""}), "sendMessage.text: 0 characters, expected 1-4096"),
    (
        Call("sendMessage", TEXT | {"reply_markup": keyboard(text="Nút", callback_data="x" * 80)}),
        "sendMessage.reply_markup.inline_keyboard[0][0].callback_data: 80 bytes, expected 1-64",
    ),
    (
        Call("sendMessage", TEXT | {"reply_markup": keyboard(text="Nút", callback_data="ệ" * 22)}),
        "sendMessage.reply_markup.inline_keyboard[0][0].callback_data: 66 bytes, expected 1-64",
    ),
    (
        Call("sendMessage", TEXT | {"reply_markup": keyboard(text="Nút", callback_date="x")}),
        "sendMessage.reply_markup.inline_keyboard[0][0]: unknown key callback_date",
    ),
    (Call("sendMessage", TEXT | {"foo": "1"}), "sendMessage: unknown parameter foo"),
    (Call("sendMessage", {"text": "chào"}), "sendMessage: chat_id: Field required"),
    (Call("sendMesage", TEXT), "sendMesage: no such method"),
    (Call("answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 300}), "answerCallbackQuery.text: 300 characters, expected 0-200"),
    (
        Call("setMyCommands", {"commands": json.dumps([{"command": "a" * 33, "description": "b"}])}),
        "setMyCommands.commands[0].command: 33 characters, expected 1-32",
    ),
]


@pytest.mark.parametrize(("call", "problem"), WRONG)
def test_the_checker_finds_what_is_wrong(call: Call, problem: str) -> None:
    """A call that the Bot API would refuse is told with its place."""
    assert check(call) == [[problem]]


def test_the_checker_passes_what_is_right() -> None:
    """Calls at the very limits pass."""
    longest = Call("sendMessage", TEXT | {"text": "ă" * 4096, "reply_markup": keyboard(text="Nút", callback_data="x" * 64)})
    assert check(longest, Call("getMe", {})) == [[], []]


class Crawler:
    """A citizen who presses every button that is shown, each but once."""

    def __init__(self, engine: Engine, chat: str) -> None:
        self._engine, self._chat = engine, chat
        self._seen: set[str] = set()
        self._told = 0
        self._sent = 0

    async def says(self, *messages: str) -> None:
        for text in messages:
            await self._accept(Incoming("telegram", self._chat, f"{self._chat}.{self._sent}", text=text))

    async def presses_all(self, shown: Sequence[str] = ()) -> None:
        """Presses what is shown, and what that shows, until nothing is new."""
        waiting = [*shown, *await self._shown()]
        while waiting:
            for id_ in dict.fromkeys(id_ for id_ in waiting if id_ not in self._seen):
                self._seen.add(id_)
                await self._accept(Incoming("telegram", self._chat, f"{self._chat}.{self._sent}", Kind.CHOICE, choice=id_, message="1"))
            await self._engine.dispatch.settle()
            waiting = [id_ for id_ in await self._shown() if id_ not in self._seen]

    async def _accept(self, message: Incoming) -> None:
        self._sent += 1
        await self._engine.dispatch.accept(message)

    async def _shown(self) -> list[str]:
        """The ids of the buttons of all that was said since the last look."""
        shown = []
        async with self._engine.database.reading() as db:
            while rows := await road.replies(db, "telegram", self._chat, self._told):
                self._told = rows[-1][0]
                shown += [choice.id for _, wire in rows for choice in wire.buttons if choice.id]
        return shown


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def telegram(recorder: Recorder, engine: Engine) -> Telegram:
    bot = ExtBot("123:invented", request=recorder, get_updates_request=recorder)
    return Telegram(bot, engine.dispatch.accept, engine.dispatch.malformed, "an-invented-secret")


async def test_a_broad_dialogue_keeps_to_the_bot_api(engine: Engine, telegram: Telegram, recorder: Recorder) -> None:
    import time
    sender = engine.join(telegram)
    t=time.time()
    crawler = Crawler(engine, "7")
    await crawler.says("/start")
    await crawler.presses_all()
    print(len(crawler._seen), time.time()-t)
    while await sender.send_waiting(): pass
    print(len(recorder.calls), time.time()-t)
    found = check(*recorder.calls)
    print(time.time()-t, [f for f in found if f][:10])
    import collections
    print(collections.Counter(i.split(":")[0] for i in crawler._seen))
    assert 0
