"""Kept photos: on the page by a link of the chat's own, on Telegram as a photo or an album, on the console by their path."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from telegram import Bot, InputMediaPhoto, Message

from bot.channels import Undeliverable
from bot.channels.console import Console
from bot.channels.telegram import Telegram
from bot.channels.web import COOKIE, Web
from bot.chat import WEB, Chat, Say, Wire, render
from bot.dispatch import Dispatch
from bot.files import Arrived
from bot.photos import Photo, PhotoStore
from bot.store import Database, road
from bot.turn import Library
from tests.conftest import KEY, Clock

CHAT, OTHER = "a" * 32, "b" * 32
SHAS = ("1" * 64, "2" * 64)


@pytest.fixture
def photos(tmp_path: Path) -> PhotoStore:
    """Two photos are kept."""
    store = PhotoStore(tmp_path / "photos")
    for sha in SHAS:
        store.keep(Photo(sha, f"JPEG {sha[0]}".encode(), 1, 1))
    return store


# --- the road ---------------------------------------------------------------------------------------------------------------------------------


def test_photos_go_before_the_text() -> None:
    """As a message of their own, so that a text sent again brings no photo again."""
    wires, _ = render(Say("một", "Tên", photos=SHAS), WEB)
    assert wires == (Wire("", photos=SHAS), Wire("một", "Tên"))
    assert [Wire.from_dict(wire.to_dict()) for wire in wires] == list(wires)
    assert Wire.from_dict({"text": "cũ", "title": "", "footer": "", "buttons": [], "replace": ""}) == Wire("cũ")


# --- the page ---------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def page(database: Database, dispatch: Dispatch, library: Library, clock: Clock, photos: PhotoStore, tmp_path: Path) -> httpx.AsyncClient:
    """The page after the bot showed the chat two photos."""
    async with database.writing() as db:
        await road.say(db, Chat("mau", "web", CHAT), render(Say("một", photos=SHAS), WEB)[0], clock())
    web = Web(database, dispatch.accept, lambda: library.knowledge.office, clock, Arrived(tmp_path / "arrived"), key=KEY, photos=photos)
    return httpx.AsyncClient(transport=httpx.ASGITransport(web.application()), base_url="http://motcua.example")


async def links(page: httpx.AsyncClient) -> list[str]:
    history = (await page.get("/api/history", cookies={COOKIE: CHAT})).json()
    return [str(address) for line in history for address in line["wire"].get("photos", ())]


async def test_the_page_shows_them(page: httpx.AsyncClient) -> None:
    """Each link gives its photo to the chat that it was shown to, and to nobody's cache but its own."""
    found = [await page.get(address, cookies={COOKIE: CHAT}) for address in await links(page)]
    assert [(r.status_code, r.content, r.headers["content-type"]) for r in found] == [(200, b"JPEG 1", "image/jpeg"), (200, b"JPEG 2", "image/jpeg")]
    assert found[0].headers["cache-control"] == "private, max-age=3600, immutable"


async def test_another_chat_does_not_see_them(page: httpx.AsyncClient) -> None:
    """A link that is passed on opens nothing, with another cookie or none."""
    address = (await links(page))[0]
    page.cookies.clear()
    assert [(await page.get(address, cookies=own)).status_code for own in ({COOKIE: OTHER}, {})] == [404, 404]


async def test_a_link_lasts_an_hour(page: httpx.AsyncClient, clock: Clock) -> None:
    """Then it opens nothing, and the page that is loaded anew has another."""
    address = (await links(page))[0]
    clock.move(hours=1)
    assert (await page.get(address, cookies={COOKIE: CHAT})).status_code == 200
    clock.move(seconds=1)
    assert (await page.get(address, cookies={COOKIE: CHAT})).status_code == 404
    assert (await page.get((await links(page))[0], cookies={COOKIE: CHAT})).status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        lambda link: link.replace("/1", "/2", 1).replace("1" * 63, "2" * 63),
        lambda link: link.replace("until=", "until=9"),
        lambda link: link[:-1],
        lambda link: link + "0",
        lambda link: link.split("?")[0],
        lambda link: link.replace("sign=", "sign=é"),
        lambda link: link.replace("until=", "until=-"),
        lambda link: "/photo/..%2F..%2Fsecret.key?" + link.split("?")[1],
    ],
)
async def test_a_forged_link(page: httpx.AsyncClient, forged: Any) -> None:
    """Another photo, another time, another signature: not found, like a photo that never was."""
    assert (await page.get(forged((await links(page))[0]), cookies={COOKIE: CHAT})).status_code == 404


async def test_a_photo_that_is_gone(page: httpx.AsyncClient, photos: PhotoStore) -> None:
    """Once it is removed its link opens nothing."""
    address = (await links(page))[0]
    photos.remove(SHAS[0])
    assert (await page.get(address, cookies={COOKIE: CHAT})).status_code == 404


# --- Telegram ---------------------------------------------------------------------------------------------------------------------------------


class Recording:
    """A bot that keeps what it was to send."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    async def send_photo(self, chat: int, photo: bytes) -> Message:
        self.calls.append(("send_photo", chat, photo))
        return _sent()

    async def send_media_group(self, chat: int, media: list[InputMediaPhoto]) -> tuple[Message, ...]:
        self.calls.append(("send_media_group", chat, [m.media.input_file_content for m in media]))  # type: ignore[union-attr]
        return tuple(_sent() for _ in media)


def _sent() -> Message:
    return Message.de_json({"message_id": 99, "date": 0, "chat": {"id": 7, "type": "private"}}, None)


def telegram(bot: Recording, photos: PhotoStore) -> Telegram:
    async def nobody(*_: object) -> int:
        return 0

    return Telegram(cast(Bot, bot), nobody, cast(Any, nobody), photos=photos)


@pytest.mark.parametrize(
    ("shas", "call"),
    [
        (SHAS[:1], ("send_photo", -5, b"JPEG 1")),
        (SHAS, ("send_media_group", -5, [b"JPEG 1", b"JPEG 2"])),
        ((SHAS[1], "3" * 64), ("send_photo", -5, b"JPEG 2")),
    ],
)
async def test_telegram_sends_them(photos: PhotoStore, shas: tuple[str, ...], call: tuple[Any, ...]) -> None:
    """One as a photo, several as an album, without those that are kept no more."""
    bot = Recording()
    assert await telegram(bot, photos).send("-5:7", Wire("", photos=shas)) == "99"
    assert bot.calls == [call]


async def test_telegram_without_any_left(photos: PhotoStore) -> None:
    """Where none is kept any more the message is given up, and the text after it comes."""
    with pytest.raises(Undeliverable):
        await telegram(Recording(), photos).send("7", Wire("", photos=("3" * 64,)))


# --- the console ------------------------------------------------------------------------------------------------------------------------------


async def test_the_console_names_their_paths(tmp_path: Path) -> None:
    """A terminal shows no picture: it says where the file is."""
    out = io.StringIO()
    await Console(out, photos=tmp_path).send("c", Wire("", photos=SHAS[:1]))
    await Console(out).send("c", Wire("một"))
    assert out.getvalue() == f"\n[{tmp_path}/{SHAS[0]}.jpg]\n\n\nmột\n\n"
