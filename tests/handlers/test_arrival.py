"""From the QR code on paper to the rating of the visit, on each channel; an altered code is a greeting."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from telegram import Update

import handlers
from bot.__main__ import main
from bot.channels import telegram, web
from bot.chat import Incoming, Kind
from bot.dispatch import Bench, Dispatch
from bot.store import Database
from bot.store.tables import ratings
from bot.turn import Library
from tests.bot.commands.test_qr import scanned
from tests.citizen import Citizen
from tests.conftest import KEY, NOW, Clock
from tests.handlers.conftest import Meet


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The page of counter 1, with a code for the web page and one for Telegram."""
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.xa-mau.example")
    monkeypatch.setenv("MOTCUA_TELEGRAM_NAME", "xa_mau_bot")
    assert main(["qr", "desk", "Quầy 1", "--out", str(tmp_path / "a.html")]) == 0
    return tmp_path / "a.html"


def by_telegram(url: str) -> Incoming:
    """What Telegram sends when the link is opened and its start button is pressed."""
    (payload,) = parse_qs(urlsplit(url).query)["start"]
    message = {
        "message_id": 1,
        "date": 0,
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "M"},
        "text": f"/start {payload}",
    }
    incoming = telegram.parse(Update.de_json({"update_id": 1, "message": message}, None))
    assert incoming is not None
    return incoming


def by_web(url: str) -> Incoming:
    """What the page posts when it is opened with the address of the code."""
    (payload,) = parse_qs(urlsplit(url).query)["start"]
    return web._incoming("c" * 32, json.loads(json.dumps({"start": True, "text": payload, "event": "a" * 32})))


def by_console(url: str) -> Incoming:
    """What somebody types at a terminal."""
    (payload,) = parse_qs(urlsplit(url).query)["start"]
    return Incoming("console", "t", "t.1", text=f"/start {payload}")


@pytest.mark.parametrize(("place", "read"), [(0, by_web), (1, by_telegram), (0, by_console)], ids=["web", "telegram", "console"])
async def test_from_the_code_to_the_rating(printed: Path, meet: Meet, database: Database, place: int, read: Callable[[str], Incoming]) -> None:
    """Scanned, opened, one tap: the visit at this counter is rated; a second scan on the day offers to change it."""
    incoming = read(scanned(printed)[place])
    citizen = meet(incoming.channel, chat=incoming.chat)
    for known in (False, True):
        await (citizen.starts(incoming.text) if incoming.kind is Kind.START else citizen.says(incoming.text))
        citizen.hears("Đánh giá phục vụ ở Quầy 1")
        citizen.hears("Anh/chị đã chọn “Hài lòng”. Trong 7 ngày anh/chị có thể chọn lại:" if known else "phục vụ ở bàn một cửa thế nào?")
        await citizen.presses("Bình thường" if known else "Hài lòng")
    async with database.reading() as db:
        assert (await db.execute(sa.select(ratings.c.level, ratings.c.desk, ratings.c.visit))).all() == [(3, "quay-1", "261123")]


async def test_each_visit_is_rated_once(citizen: Citizen, database: Database, clock: Clock) -> None:
    """Another counter, and the same one on another day, are other visits."""
    for payload, days in (("desk_mau_quay-1", 0), ("desk_mau_quay-2", 0), ("desk_mau_quay-1", 1)):
        clock.now = NOW.replace(day=23 + days)
        await citizen.starts(payload)
        await citizen.presses("Hài lòng")
    async with database.reading() as db:
        rows = (await db.execute(sa.select(ratings.c.desk, ratings.c.visit).order_by(ratings.c.id))).all()
    assert rows == [("quay-1", "261123"), ("quay-2", "261123"), ("quay-1", "261124")]


@pytest.mark.parametrize("payload", ["desk_mau_quay-9", "desk_", "quay-1", "desk_thu_quay-1", "DESK_MAU_QUAY-1", "desk_mau_quay-1x", "-", "_"])
async def test_an_altered_code_is_a_greeting(citizen: Citizen, database: Database, payload: str) -> None:
    """A counter that there is not, or anything else, opens the chat as usual."""
    await citizen.starts(payload)
    citizen.hears("Chào anh/chị! Tôi là trợ lý của")
    async with database.reading() as db:
        assert (await db.execute(sa.select(ratings.c.id))).all() == []


@pytest.mark.parametrize("text", ["<b>", "a" * 65, "desk quay", "desk-quầy-1", "' OR 1=1"])
def test_the_page_takes_no_other_payload(text: str) -> None:
    """What is no payload is dropped before it is stored."""
    assert web._incoming("c" * 32, {"start": True, "text": text, "event": "a" * 32}).text == ""


async def test_the_code_names_its_office(database: Database, library: Library, clock: Clock) -> None:
    """Where one bot serves several offices, the code of a desk says which is meant, and nobody asks for it."""
    office = library.knowledge.office
    other = replace(office, code="mau-hai", name="Trung tâm Phục vụ hành chính công xã Mẫu Hai")
    both = replace(library, knowledge=replace(library.knowledge, others=(other,)))
    citizen = Citizen(Dispatch(Bench(database, lambda: both, handlers.route, clock, KEY)), database)
    await citizen.starts("desk_mau-hai_quay-2")
    citizen.hears("Đánh giá phục vụ ở Quầy 2")
    await citizen.presses("Hài lòng")
    async with database.reading() as db:
        assert (await db.execute(sa.select(ratings.c.office, ratings.c.desk))).all() == [("mau-hai", "quay-2")]
