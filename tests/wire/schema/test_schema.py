"""Every call that the channel makes in a broad dialogue keeps to the Bot API, by aiogram's models (in an environment of its own)."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from telegram.ext import ExtBot

import handlers
from bot.app import Engine
from bot.channels.telegram import Telegram
from bot.chat import CAPS, Choice, Incoming, Kind, Say, Wire, render, utf16_units
from bot.petitions.envelope import disclosed
from bot.store import road
from tests.wire.schema.recorder import Call, Recorder

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-aiogram" / "bin" / "python"
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="aiogram is not installed: make install-wire.")

TEXT = {"chat_id": "7", "text": "chào"}
CODE = "H26.145-261110-0001"
MOST_OF_A_KIND = 40
SAID = (
    "/start",
    *(f"/{name}" for name in handlers.COMMANDS),
    *("xin chào", "asdf qwer", "…", "cháy nhà rồi", "1", "hủy", "hôm nay có làm việc không", "giấy tờ đất bị mất thì làm sao"),
    *("đăng ký khai sinh cần giấy tờ gì", "còn khai tử thì sao", "so sánh khai sinh và khai tử", "làm giấy tờ", "đăng ký kết hôn " * 300),
    *(CODE, "0001", "/gopy", "Góp ý được bịa ra 🙂 " * 150, "/danhgia", "đăng ký hộ kinh doanh bao nhiêu tiền, bao lâu, nộp ở đâu"),
)
Check = Callable[..., list[list[str]]]


@pytest.fixture(scope="module")
def check() -> Iterator[Check]:
    """Tells the problems of each call."""
    command = [str(PYTHON), str(Path(__file__).with_name("check.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own script
        assert process.stdin is not None
        assert process.stdout is not None

        def problems(*calls: Call) -> list[list[str]]:
            found = []
            for call in calls:
                process.stdin.write(json.dumps(asdict(call)) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
                assert line, f"the checker broke off at {call}"
                found.append(json.loads(line))
            return found

        yield problems
        process.stdin.close()


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
def test_the_checker_finds_what_is_wrong(check: Check, call: Call, problem: str) -> None:
    """A call that the Bot API would refuse is told with its place."""
    assert check(call) == [[problem]]


def test_the_checker_passes_what_is_right(check: Check) -> None:
    """Calls at the very limits pass."""
    longest = Call("sendMessage", TEXT | {"text": "ă" * 4096, "reply_markup": keyboard(text="Nút", callback_data="x" * 64)})
    assert check(longest, Call("getMe", {})) == [[], []]


class Crawler:
    """A citizen who presses every button that is shown, each but once and of each kind at most MOST_OF_A_KIND."""

    def __init__(self, engine: Engine, chat: str) -> None:
        self._engine, self._chat = engine, chat
        self._seen: set[str] = set()
        self._told = 0
        self._sent = 0
        self.wires: list[Wire] = []

    async def says(self, *messages: str) -> None:
        for text in messages:
            await self._accept(Incoming("telegram", self._chat, f"{self._chat}.{self._sent}", text=text))
        await self._engine.dispatch.settle()

    async def presses_all(self) -> None:
        """Presses what is shown, and what that shows, until nothing is new."""
        while waiting := await self._shown():
            for id_ in dict.fromkeys(waiting):
                kind = id_.split(":")[0]
                if id_ in self._seen or sum(seen.split(":")[0] == kind for seen in self._seen) >= MOST_OF_A_KIND:
                    continue
                self._seen.add(id_)
                await self._accept(Incoming("telegram", self._chat, f"{self._chat}.{self._sent}", Kind.CHOICE, choice=id_, message="1"))
            await self._engine.dispatch.settle()

    async def _accept(self, message: Incoming) -> None:
        self._sent += 1
        await self._engine.dispatch.accept(message)

    async def _shown(self) -> list[str]:
        """The ids of the buttons of all that was said since the last look."""
        shown = []
        async with self._engine.database.reading() as db:
            while rows := await road.replies(db, "telegram", self._chat, self._told):
                self._told = rows[-1][0]
                wires = [disclosed(self._engine.key, "telegram", self._chat, wire) for _, wire in rows]
                shown += [choice.id for wire in wires for choice in wire.buttons if choice.id]
                self.wires += wires
        return shown


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def telegram(recorder: Recorder, engine: Engine) -> Telegram:
    bot = ExtBot("123:invented", request=recorder, get_updates_request=recorder)
    return Telegram(bot, engine.dispatch.accept, engine.dispatch.malformed, "an-invented-secret")


async def test_a_broad_dialogue_keeps_to_the_bot_api(check: Check, engine: Engine, telegram: Telegram, recorder: Recorder) -> None:
    """All that the dialogues say and show, with their edits, is taken by the Bot API."""
    engine.join(telegram)
    crawler = Crawler(engine, "7")
    await crawler.says(*SAID)
    await crawler.presses_all()
    for wire in crawler.wires:  # straight to the channel: the sender would keep Telegram's pace of one a second
        await telegram.send("7", wire)
    assert faults(check, recorder) == []
    assert {call.method for call in recorder.calls} == {"sendMessage", "editMessageText"}
    assert len(recorder.calls) > 300


@pytest.mark.parametrize("unit", ["Một đoạn dài. 🙂\n\n", "một dòng dài 🙂\n", "từ 🙂 ", "ệ", "🙂"])
@pytest.mark.parametrize("choices", [(), tuple(Choice(f"Lựa chọn rất dài số {n} " * 5, f"p:{n}") for n in range(100))])
async def test_long_texts_keep_to_the_bot_api(check: Check, telegram: Telegram, recorder: Recorder, unit: str, choices: tuple[Choice, ...]) -> None:
    """A text of many thousand characters goes out in messages that the Bot API takes, each with its marks inside the text."""
    wires, _ = render(Say(unit * (12_000 // len(unit)), "Tên thủ tục 🙂", "Nguồn: một tờ được bịa ra", choices), CAPS["telegram"])
    for wire in wires:
        await telegram.send("7", wire)
    assert len(recorder.calls) >= 3
    assert faults(check, recorder) == []
    for call in recorder.calls:
        ends = [entity["offset"] + entity["length"] for entity in json.loads(call.parameters.get("entities", "[]"))]
        assert all(end <= utf16_units(call.parameters["text"]) for end in ends)


@pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")  # as make_bot does
async def test_the_calls_beside_the_dialogues_keep_to_the_bot_api(check: Check, telegram: Telegram, recorder: Recorder) -> None:
    """Joining by polling and by webhook, the menus of commands, typing, the acknowledged button and the poll are taken by the Bot API."""
    await telegram.open()
    await telegram.open("https://motcua.example/telegram")
    for message in ({"text": "chào"}, {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 8, "height": 8}]}):
        await telegram.receive_json(received(message=message | MESSAGE))
    await telegram.receive_json(received(callback_query={"id": "5", "from": PERSON, "chat_instance": "c", "message": MESSAGE, "data": "fields"}))
    polling = asyncio.create_task(telegram.poll())
    await recorder.polled.wait()
    polling.cancel()
    assert faults(check, recorder) == []
    assert {call.method for call in recorder.calls} == {
        *("getMe", "setMyCommands", "deleteWebhook", "setWebhook", "sendChatAction", "answerCallbackQuery", "getUpdates")
    }


PERSON = {"id": 7, "is_bot": False, "first_name": "Lê Thị Ví Dụ"}
MESSAGE = {"message_id": 1, "date": 1_795_000_000, "chat": {"id": 7, "type": "private"}, "from": PERSON}


def received(**content: object) -> dict[str, object]:
    return {"update_id": 1, **content}


def faults(check: Check, recorder: Recorder) -> list[tuple[Call, list[str]]]:
    """The calls with problems."""
    return [(call, found) for call, found in zip(recorder.calls, check(*recorder.calls), strict=True) if found]
