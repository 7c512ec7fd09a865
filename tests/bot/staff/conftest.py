"""Staff at their chats, and petitions for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.chat import Chat
from bot.petitions.envelope import disclosed
from bot.petitions.rules import Rules
from bot.petitions.steps import Draft, Petition
from bot.staff import enrolment
from bot.staff.enrolment import Role
from bot.store import Database, petitions, staff
from bot.store.road import Wire
from bot.store.tables import outbox
from bot.turn import Library
from tests.conftest import KEY, NOW

Enrol = Callable[..., Awaitable[int]]
Receive = Callable[..., Awaitable[Petition]]
Told = Callable[[], Awaitable[list[tuple[str, str]]]]


@pytest.fixture
def enrol(database: Database) -> Enrol:
    """Enrols somebody at a chat of that name: `await enrol("lan")`; the number."""

    async def made(chat: str, role: Role = Role.CLERK, at: dt.datetime = NOW, channel: str = "telegram") -> int:
        async with database.writing() as db:
            number, _ = await enrolment.invite(db, "mau", chat.title(), role, KEY, at)
            assert await staff.join(db, number, Chat("mau", channel, chat), at)
        return number

    return made


@pytest.fixture
def receive(database: Database, library: Library) -> Receive:
    """A petition that came at a time."""

    async def made(at: dt.datetime = NOW, text: str = "Đèn đường hỏng ở ngõ 5") -> Petition:
        async with database.writing() as db:
            draft = Draft(text, named=True, name="Lê Văn Mẫu")
            return await petitions.receive(db, KEY, Chat("mau", "web", "sender"), draft, Rules(), library.calendar, at)

    return made


@pytest.fixture
def told(database: Database) -> Told:
    """Chat and text of all that was said, in order."""

    async def read() -> list[tuple[str, str]]:
        async with database.reading() as db:
            rows = (await db.execute(sa.select(outbox).order_by(outbox.c.id))).all()
        wires = ((row.chat, disclosed(KEY, row.channel, row.chat, Wire.from_dict(row.payload))) for row in rows)
        return [(chat, wire.text) for chat, wire in wires]

    return read
