"""Telegram over real HTTP, against a Bot API server that nobody here wrote (the npm package telegram-test-api, in a process of its own)."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
import pytest
import sqlalchemy as sa
import uvicorn

from bot.app import Engine
from bot.channels.telegram import SECRET_HEADER, Telegram, make_bot
from bot.channels.web import Web
from bot.store import Database, road
from bot.store.tables import inbox, malformed
from tests.wire.node import Citizen, bot_api, eventually, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

SECRET = "an-invented-secret-of-the-webhook"
GREETING = (
    "Chào anh/chị! Tôi là trợ lý của Trung tâm Phục vụ hành chính công xã Mẫu.\n\n"
    "Anh/chị cứ hỏi như nói chuyện, có dấu hay không dấu đều được, ví dụ:\n"
    "• làm giấy khai sinh cho con cần gì\n"
    "• chứng thực bản sao bao nhiêu tiền\n"
    "• hôm nay có làm việc không"
)
WORDLESS = "Tin nhắn chưa có chữ nào. Anh/chị gõ điều cần hỏi, ví dụ “làm giấy khai sinh cho con”."
LANGUAGE = "Anh/chị chọn ngôn ngữ:"
UNREADABLE_CHAT: dict[str, Any] = {"id": 7007, "first_name": "Lê Thị Ví Dụ"}  # the type that every chat must have is absent


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with bot_api() as address:
        yield address


@pytest.fixture
def token(request: pytest.FixtureRequest) -> str:
    """A bot of the test's own."""
    return f"123:{crc32(request.node.name.encode()):020d}"


@pytest.fixture
def citizen(server: str, token: str) -> Citizen:
    return Citizen(server, token)


@asynccontextmanager
async def running(engine: Engine, telegram: Telegram, *jobs: Any) -> AsyncIterator[None]:
    """The road at work, with the sender that Telegram needs."""
    sender = engine.join(telegram)
    tasks = [asyncio.create_task(job) for job in (engine.dispatch.run(), sender.run(), *jobs)]
    try:
        yield
        await eventually(lambda: all_sent(engine.database))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await telegram.close()


@asynccontextmanager
async def polling(engine: Engine, server: str, token: str) -> AsyncIterator[None]:
    telegram = Telegram(make_bot(token, server), engine.dispatch.accept, engine.dispatch.malformed)
    await telegram.open()
    async with running(engine, telegram, telegram.poll()):
        yield


@asynccontextmanager
async def webhook(engine: Engine, server: str, token: str) -> AsyncIterator[str]:
    """The product's own page with Telegram's webhook, on a free port; the webhook's address."""
    telegram = Telegram(make_bot(token, server), engine.dispatch.accept, engine.dispatch.malformed, SECRET)
    web = Web(engine.database, engine.dispatch.accept, lambda: engine.shelf.library.knowledge.office, engine.settings.clock, engine.arrived)
    page = uvicorn.Server(uvicorn.Config(web.application(telegram.webhook), log_level="warning", access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/telegram"
        await telegram.open(address)
        async with running(engine, telegram):
            serving = asyncio.create_task(page.serve(sockets=[taken]))
            try:
                yield address
            finally:
                page.should_exit = True
                await serving


JOINED: list[Callable[..., Any]] = [polling, webhook]


@pytest.mark.parametrize("joined", JOINED)
async def test_start_greets_with_buttons(engine: Engine, server: str, token: str, citizen: Citizen, joined: Callable[..., Any]) -> None:
    """/start is answered by the greeting and the way into every dialogue, by polling as by webhook."""
    async with joined(engine, server, token):
        await citizen.says("/start")
        heard = await citizen.hears()
    assert [h.text for h in heard] == [GREETING]
    assert heard[0].buttons == (
        ("Danh sách thủ tục", "fields"),
        ("Tra cứu hồ sơ", "g:tra-cuu-ho-so"),
        ("Giờ làm việc, địa chỉ", "g:gio-lam-viec"),
        ("Đánh giá phục vụ", "g:danh-gia"),
        ("Gửi góp ý", "g:gop-y"),
        ("Gặp cán bộ", "g:gap-can-bo"),
        ("English", "l:en"),
    )


@pytest.mark.parametrize("joined", JOINED)
async def test_a_pressed_menu_is_edited_in_place(engine: Engine, server: str, token: str, citizen: Citizen, joined: Callable[..., Any]) -> None:
    """A field takes the place of the fields whose button was pressed; no further message comes."""
    async with joined(engine, server, token):
        await citizen.says("/start")
        greeting = (await citizen.hears())[0]
        await citizen.presses(greeting, "Danh sách thủ tục")
        fields = (await citizen.hears(2))[1]
        await citizen.presses(fields, next(label for label, _ in fields.buttons if label.startswith("Hộ tịch (")))
        field = await citizen.hears_edit(fields)
        assert await citizen.hears() == [greeting, field]
    assert fields.text.endswith("Anh/chị chọn lĩnh vực:")
    assert field.text.startswith("Hộ tịch\n\nThủ tục 1 đến 8 trong ")


async def test_a_question_is_answered(engine: Engine, server: str, token: str, citizen: Citizen) -> None:
    """A question gets the procedure's answer, with buttons for more of it."""
    async with polling(engine, server, token):
        await citizen.says("đăng ký khai sinh cần giấy tờ gì")
        heard = (await citizen.hears())[0]
    assert heard.text.startswith("Đăng ký khai sinh\n\n")
    assert "Xem thêm" in dict(heard.buttons)


async def test_messages_are_answered_in_their_order(engine: Engine, server: str, token: str, citizen: Citizen) -> None:
    """Three messages sent at once are answered in the order in which they were sent."""
    async with polling(engine, server, token):
        for text in ("/start", "…", "/language"):
            await citizen.says(text)
        heard = await citizen.hears(3)
    assert [h.text for h in heard] == [GREETING, WORDLESS, LANGUAGE]


async def test_what_came_while_the_bot_was_down_is_answered_once(engine: Engine, server: str, token: str, citizen: Citizen) -> None:
    """A message sent while nobody polls is answered at the next start, and not again at the one after."""
    await citizen.says("/start")
    for _ in range(2):
        async with polling(engine, server, token):
            await citizen.hears()
    async with polling(engine, server, token):
        await citizen.says("/language")
        heard = await citizen.hears(2)
    assert [h.text for h in heard] == [GREETING, LANGUAGE]


@pytest.mark.parametrize("joined", JOINED)
async def test_an_unreadable_update_is_kept_and_passed(
    engine: Engine, database: Database, server: str, token: str, citizen: Citizen, joined: Callable[..., Any]
) -> None:
    """An update that cannot be read is kept apart, and the next message is answered."""
    async with joined(engine, server, token):
        await citizen.says("không đọc được", chat=UNREADABLE_CHAT)
        await eventually(lambda: rows(database, malformed))
        await citizen.says("/start")
        heard = await citizen.hears()
    kept = await rows(database, malformed)
    assert [row.channel for row in kept] == ["telegram"]
    assert "không đọc được" in kept[0].body
    assert [h.text for h in heard] == [GREETING]


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "another-secret-of-nobody"}, {SECRET_HEADER: SECRET[:-1]}])
async def test_a_wrong_secret_is_refused(engine: Engine, database: Database, server: str, token: str, headers: dict[str, str]) -> None:
    """Without the webhook's secret an update is refused with 403 and nothing of it is kept."""
    async with webhook(engine, server, token) as address, httpx.AsyncClient() as stranger:
        response = await stranger.post(address, json=update(1, "/start"), headers=headers)
    assert response.status_code == 403
    assert await rows(database, inbox) == []
    assert await rows(database, malformed) == []


@pytest.mark.parametrize("body", [b"", b"not JSON", b"[]", b"{}", b'{"update_id": null}', b'{"update_id": 5, "message": {}}', b"\xff\xfe"])
async def test_a_malformed_body_is_kept(engine: Engine, database: Database, server: str, token: str, body: bytes) -> None:
    """What is no update is kept and answered with 200, so that Telegram does not send it again for ever."""
    async with webhook(engine, server, token) as address, httpx.AsyncClient() as poster:
        response = await poster.post(address, content=body, headers={SECRET_HEADER: SECRET})
    assert response.status_code == 200
    assert len(await rows(database, malformed)) == 1
    assert await rows(database, inbox) == []


async def test_an_update_that_comes_twice_is_answered_once(engine: Engine, server: str, token: str, citizen: Citizen) -> None:
    """Telegram posts an update again when it saw no answer: the second time is acknowledged, and nothing is said."""
    async with webhook(engine, server, token) as address, httpx.AsyncClient(headers={SECRET_HEADER: SECRET}) as telegram:
        statuses = [(await telegram.post(address, json=body)).status_code for body in (update(81, "/start"), update(81, "/start"))]
        await telegram.post(address, json=update(82, "/language"))
        heard = await citizen.hears(2)
    assert statuses == [200, 200]
    assert [h.text for h in heard] == [GREETING, LANGUAGE]


async def test_the_program_joins_telegram(server: str, citizen: Citizen, tmp_path: Path) -> None:
    """`motcua run` with a token polls the Bot API of its settings, answers, tells nobody its token, and stops when told to."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    own = {"DATA": str(tmp_path), "HTTP": f"127.0.0.1:{port}", "TELEGRAM_API": server, "TELEGRAM_TOKEN": citizen.token}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env=os.environ | {f"MOTCUA_{k}": v for k, v in own.items()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        await citizen.says("/start")
        assert [h.text for h in await citizen.hears()] == [GREETING]
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        async with asyncio.timeout(20):
            _, told = await process.communicate()
    assert process.returncode in {0, -15}
    assert b"Warning" not in told
    assert b"Traceback" not in told
    assert citizen.token.encode() not in told


async def all_sent(database: Database) -> bool:
    """Whether nothing waits to be sent: what Telegram took is marked so."""
    async with database.reading() as db:
        return not await road.any_left(db, "telegram")


async def rows(database: Database, table: sa.Table) -> list[Any]:
    async with database.reading() as db:
        return list(await db.execute(sa.select(table)))


def update(number: int, text: str) -> dict[str, Any]:
    """An update as Telegram posts it."""
    person = {"id": 7007, "is_bot": False, "first_name": "Lê Thị Ví Dụ", "language_code": "vi"}
    message = {"message_id": number, "date": 1_795_000_000, "chat": {"id": 7007, "type": "private"}, "from": person, "text": text}
    return {"update_id": number, "message": message}
