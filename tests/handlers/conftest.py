"""Citizens, dossiers on the shelf, and an understanding that means what a test says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import pytest

import handlers
from bot.dispatch import Bench, Dispatch
from bot.dossiers import sample
from bot.dossiers.secret import keyed_hash
from bot.staff import enrolment
from bot.staff.enrolment import Role
from bot.store import Database, dossiers
from bot.turn import Library
from knowledge.understand.meaning import Meaning, Reading, Topic, Unknown
from tests.citizen import Citizen, Pocket
from tests.conftest import KEY, Clock

CHANNELS = ("web", "telegram", "zalo_bot")  # buttons in a page, buttons with edits, numbers only

Meet = Callable[..., Citizen]
Shelve = Callable[..., Awaitable[str]]
Invite = Callable[..., Awaitable[str]]


@dataclass
class Means:
    """Understands a text as the table says, any other as unknown."""

    table: dict[str, Meaning] = field(default_factory=dict)

    def read(self, text: str, topic: Topic) -> Reading:
        return Reading(self.table.get(text, Unknown()), topic)


@pytest.fixture
def meet(dispatch: Dispatch, database: Database, files: Pocket) -> Meet:
    """Citizens on any channel: `meet("telegram")`."""
    return lambda channel="web", **more: Citizen(dispatch, database, channel, files=files, **more)


@pytest.fixture
def citizen(meet: Meet) -> Citizen:
    """Somebody on the web page."""
    return meet()


@pytest.fixture
def invite(database: Database, clock: Clock) -> Invite:
    """Makes an invitation and returns its code: `invite("Tổ một cửa")`."""

    async def made(name: str, role: Role = Role.CLERK) -> str:
        async with database.writing() as db:
            return (await enrolment.invite(db, "mau", name, role, KEY, clock()))[1]

    return made


@pytest.fixture
def meant(database: Database, library: Library, clock: Clock) -> Meet:
    """Citizens whose words mean what a table says: `meant({"a": Choose(…)}, "telegram")`."""

    def made(table: dict[str, Meaning], channel: str = "web") -> Citizen:
        told = replace(library, understanding=Means(table))
        return Citizen(Dispatch(Bench(database, lambda: told, handlers.route, clock, KEY)), database, channel)

    return made


@pytest.fixture
async def shelf(database: Database, library: Library, clock: Clock) -> None:
    """The sample office's dossiers are imported."""
    await sample.fill(database, library.knowledge.office, KEY, clock())


@pytest.fixture
def shelve(database: Database, clock: Clock) -> Shelve:
    """Puts one invented dossier into the store and returns its code; the second factor is 0009."""

    async def kept(status: int | None = 4, **more: object) -> str:
        code = str(more.pop("code", "H26.145-261110-0009"))
        empty = dict.fromkeys(("procedure_name", "procedure_code", "field", "status_label", "reason", "method", "identity_hash"), "")
        dates = {"received_at": clock() - dt.timedelta(days=13), "due_at": clock() + dt.timedelta(days=2), "completed_at": None}
        secret = {"applicant": "L• V•• Mẫ•", "phone_hash": keyed_hash(KEY, code, "0009")}
        async with database.writing() as db:
            await dossiers.keep(db, "mau", [{"code": code, **empty, **dates, **secret, "status": status, **more}], clock())
        return code

    return kept
