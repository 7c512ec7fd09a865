"""Photos posted by the page: taken once and whole, or refused in words that say what to do; places beside them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.web import Web
from bot.chat import Say
from bot.dispatch import Bench, Dispatch
from bot.files import Arrived, ByChannel
from bot.photos import MOST_BYTES
from bot.store import Database
from bot.turn import Library, Reply, Turn
from tests.conftest import KEY, Clock
from tests.pictures import picture

JPEG = picture()
IMAGE = {"content-type": "image/jpeg"}
NO_PHOTO = "Tệp này không phải ảnh mà tôi xem được. Anh/chị gửi ảnh JPG, PNG hoặc WebP giúp tôi."
TOO_BIG = "Ảnh nặng quá 10 MB. Anh/chị chụp lại ở cỡ nhỏ hơn rồi gửi giúp tôi."
FULL = "Lúc này tôi đang nhận nhiều ảnh quá. Anh/chị đợi vài phút rồi gửi lại giúp tôi."
STALE = "Trang đã cũ. Anh/chị tải lại trang giúp tôi."


async def look(turn: Turn) -> Reply:
    """Says what came."""
    if turn.incoming.place:
        return Reply((Say(f"ở {turn.incoming.place}"),))
    sizes = [len(await turn.files.read("web", media, MOST_BYTES)) for media in turn.incoming.media]
    return Reply((Say(f"{turn.incoming.kind} {sizes}"),))


class Page:
    """The page in a browser, and the server behind it. `folder` holds what has arrived."""

    def __init__(self, http: httpx.AsyncClient, dispatch: Dispatch, folder: Path) -> None:
        self.http, self.dispatch, self.folder = http, dispatch, folder

    @property
    def held(self) -> list[str]:
        return os.listdir(self.folder) if self.folder.exists() else []

    async def uploads(self, raw: Any = JPEG, event: str = "event-0001", **headers: str) -> tuple[int, str]:
        """The status, and the error that the page is told."""
        response = await self.http.post(f"/api/photos/{event}", content=raw, headers=IMAGE | headers)
        return response.status_code, response.json().get("error", "") if response.content else ""

    async def lines(self) -> list[dict[str, Any]]:
        return list((await self.http.get("/api/history")).json())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "arrived"


@pytest.fixture
async def page(database: Database, library: Library, clock: Clock, folder: Path) -> AsyncIterator[Page]:
    arrived = Arrived(folder, most_staged=3)
    dispatch = Dispatch(Bench(database, lambda: library, look, clock, KEY, ByChannel(web=arrived)))
    web = Web(database, dispatch.accept, lambda: library.knowledge.office, clock, arrived)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web.application()), base_url="http://xa-mau.test") as http:
        await http.get("/")
        yield Page(http, dispatch, folder)


async def test_a_photo_is_taken_and_answered(page: Page) -> None:
    """It is on the disk before it is acknowledged, the handler sees it, and afterwards it is gone; the history says that there was one."""
    assert await page.uploads() == (202, "")
    assert len(page.held) == 1
    await page.dispatch.settle()
    assert page.held == []
    mine, answer = await page.lines()
    assert (mine["kind"], mine["text"], answer["wire"]["text"]) == ("photo", "", f"photo [{len(JPEG)}]")


async def test_a_photo_sent_again_is_one(page: Page) -> None:
    """A page that did not hear of the first try tries again: one message, one file."""
    assert await page.uploads() == (202, "")
    assert await page.uploads() == (202, "")
    assert len(page.held) == 1
    await page.dispatch.settle()
    assert [line["kind"] for line in await page.lines() if line["mine"]] == ["photo"]


async def test_several_photos(page: Page) -> None:
    """Each is a message of its own, answered in order."""
    for number in range(3):
        assert await page.uploads(event=f"event-{number:04}") == (202, "")
    await page.dispatch.settle()
    assert [line["mine"] for line in await page.lines()] == [True, False] * 3


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        (b"", {}),
        (b"<!doctype html><script>alert(1)</script>", {}),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {"content-type": "image/svg+xml"}),
        (b"GIF89a" + b"\0" * 20, {"content-type": "image/gif"}),
        (JPEG, {"content-type": "text/plain"}),
        (JPEG, {"content-type": "multipart/form-data; boundary=x"}),
        (JPEG, {"content-type": ""}),
    ],
)
async def test_what_is_no_photo_is_refused(page: Page, raw: bytes, headers: dict[str, str]) -> None:
    """By its first bytes or by what it says of itself; nothing of it stays."""
    assert await page.uploads(raw, **headers) == (415, NO_PHOTO)
    assert page.held == []
    assert await page.lines() == []


async def pieces(*parts: bytes | Exception) -> AsyncIterator[bytes]:
    for part in parts:
        if isinstance(part, Exception):
            raise part
        yield part


async def test_too_big(page: Page) -> None:
    """10 MB and no byte more, whether the size is announced or not."""
    whole = JPEG + b"\0" * (MOST_BYTES - len(JPEG))
    assert await page.uploads(whole + b"\0") == (413, TOO_BIG)
    assert await page.uploads(pieces(whole, b"\0")) == (413, TOO_BIG)
    assert page.held == []
    assert await page.uploads(pieces(whole[:5], whole[5:])) == (202, "")


async def test_no_room_is_said(page: Page) -> None:
    """More photos than can wait are refused until some are answered."""
    for number in range(3):
        await page.uploads(event=f"event-{number:04}")
    assert await page.uploads(event="event-0004") == (507, FULL)
    await page.dispatch.settle()
    assert await page.uploads(event="event-0004") == (202, "")


@pytest.mark.parametrize(
    ("event", "headers"),
    [
        ("event-0001", {"sec-fetch-site": "cross-site"}),
        ("event-0001", {"sec-fetch-site": "same-site"}),
        ("short", {}),
        ("event-0001", {"cookie": "motcua=x"}),
    ],
)
async def test_strangers_are_refused(page: Page, event: str, headers: dict[str, str]) -> None:
    """Another site's page, a request without our cookie, or an event that no page of ours makes."""
    if "cookie" in headers:
        page.http.cookies.clear()
    assert await page.uploads(event=event, **headers) == (401, STALE)
    assert page.held == []


async def test_another_sites_words_are_refused_too(page: Page) -> None:
    """The guard stands before messages as before photos; our own page passes it."""
    for site, status in {"cross-site": 401, "same-origin": 202}.items():
        response = await page.http.post("/api/messages", json={"event": "event-0001", "text": "chào"}, headers={"sec-fetch-site": site})
        assert response.status_code == status


async def test_the_pace_holds_for_photos(page: Page) -> None:
    """More than thirty a minute are too many."""
    for number in range(30):
        await page.uploads(b"", event=f"event-{number:04}")
    assert await page.uploads() == (429, "Anh/chị gửi nhanh quá, xin đợi một phút rồi gửi tiếp.")


async def test_a_photo_cut_off_on_the_way(database: Database, library: Library, clock: Clock, folder: Path) -> None:
    """A connection that breaks in the midst leaves neither file nor message."""
    accepted: list[object] = []

    async def accept(*messages: object) -> int:
        accepted.extend(messages)
        return len(messages)

    app = Web(database, accept, lambda: library.knowledge.office, clock, Arrived(folder)).application()
    pieces_ = iter([{"type": "http.request", "body": JPEG, "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(pieces_)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"image/jpeg"), (b"cookie", b"motcua=" + b"0" * 32)]
    scope = {"type": "http", "method": "POST", "path": "/api/photos/event-0001", "query_string": b"", "headers": headers}
    async with asyncio.timeout(5):
        await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert (accepted, os.listdir(folder)) == ([], [])


@pytest.mark.parametrize(
    ("place", "status"), [([21.03, 105.85], 202), (["21.03", "105.85"], 202), ([91, 0], 400), ([0, 181], 400), ([1], 400), ("x", 400)]
)
async def test_a_place(page: Page, place: object, status: int) -> None:
    """Latitude and longitude on this earth arrive as a place, anything else is refused; the history does not repeat the figures."""
    response = await page.http.post("/api/messages", json={"event": "event-0001", "place": place})
    assert response.status_code == status
    await page.dispatch.settle()
    lines = await page.lines()
    assert [line["kind"] for line in lines if line["mine"]] == ["location"] * (status == 202)
    if status == 202:
        assert lines[1]["wire"]["text"] == "ở (21.03, 105.85)"
        assert "21.03" not in str(lines[0])
