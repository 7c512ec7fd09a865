"""An anonymous petition in a dump of the database: nothing leads from it to who sent it, and the answer arrives all the same.

The reader of the dump has every table and no key file. What a row «carries» is every value in it, and in its JSON, taken apart."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.chat import Chat, Wire
from bot.petitions import letters
from bot.sender import Sender
from bot.store import Database, dossiers, petitions
from bot.store.tables import metadata
from tests.citizen import Citizen, Pocket
from tests.conftest import KEY, Clock

CHAT = "7001234567"
DOSSIER = "H26.145-261110-0001"
TEXT = f"Hồ sơ {DOSSIER} quá hẹn mười ngày mà không ai báo"
PLACE = "Ngõ Mẫu, cạnh cổng chợ"
REPLY = "Tôi nộp ở quầy số ba"
ANSWER = "Hồ sơ đã được trả, xin lỗi vì chậm."
AGAIN = "Vẫn chưa nhận được giấy nào cả"
PETITION = {"petitions", "petition_senders", "petition_events", "petition_photos", "petition_numbers"}
Row = tuple[str, dict[str, Any]]


class Platform:
    """A platform that takes what it is given, and knows it."""

    name = "telegram"

    def __init__(self) -> None:
        self.heard: list[tuple[str, Wire]] = []

    async def send(self, chat: str, wire: Wire) -> str:
        self.heard.append((chat, wire))
        return str(len(self.heard))


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def dump(database: Database, dispatch: Any, files: Pocket, clock: Clock, platform: Platform) -> list[Row]:
    """Every row of every table, after an anonymous petition with all its parts went the whole way, among other people's messages."""
    citizen = Citizen(dispatch, database, "telegram", CHAT, files=files)
    other = Citizen(dispatch, database, "telegram", "7009999999", files=files)
    sender = Sender(database, platform, clock, key=KEY)

    async def told() -> None:
        clock.move(minutes=3, seconds=7)
        await letters.deliver(database, KEY, "mau", clock())
        await sender.send_waiting()
        async with database.reading() as db:  # what was sent is gone, and its numbers come again
            citizen._last = (await db.execute(sa.text("SELECT coalesce(max(id), 0) FROM outbox"))).scalar_one()

    clock.move(seconds=11)
    async with database.writing() as db:
        await dossiers.prove(db, citizen_chat(citizen), DOSSIER, clock())
    await citizen.says(TEXT)  # first as a question
    await other.says("giờ làm việc")
    await citizen.says("/phananh")
    if "Bỏ, viết cái mới" in citizen.labels:
        await citizen.presses("Bỏ, viết cái mới")
    for line in ("!Phản ánh, kiến nghị", TEXT, "photo", "!Xong, đi tiếp", PLACE, "!Đúng hồ sơ này", "!Gửi"):
        clock.move(seconds=19)
        if line == "photo":
            await citizen.sends_photo(_photo())
        else:
            await (citizen.presses(line[1:]) if line[0] == "!" else citizen.says(line))
    code = "PAKN-261123-0001"
    citizen.hears(code)
    await told()
    await citizen.says(f"{code} tới đâu rồi")
    await citizen.says("phản ánh của tôi")
    await citizen.presses("Xem phản ánh 1")
    clock.move(seconds=41)
    async with database.writing() as db:
        await petitions.ask_back(db, KEY, 1, "Cán bộ A", "Anh/chị nộp ở quầy nào?", clock())
    await told()
    await citizen.presses_id(platform.heard[-1][1].buttons[0].id)
    await citizen.says(REPLY)
    clock.move(seconds=41)
    async with database.writing() as db:
        await petitions.answer(db, KEY, 1, "Cán bộ A", ANSWER, clock())
    await told()
    assert platform.heard[-1][0] == CHAT
    assert ANSWER in platform.heard[-1][1].text
    await citizen.presses_id(platform.heard[-1][1].buttons[1].id)
    await citizen.says(AGAIN)
    await told()
    return await _rows(database)


def citizen_chat(citizen: Citizen) -> Chat:
    return Chat("mau", citizen.channel, citizen.chat)


def _photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    return file.getvalue()


async def _rows(database: Database) -> list[Row]:
    async with database.reading() as db:
        return [(name, dict(row._mapping)) for name, table in metadata.tables.items() for row in await db.execute(sa.select(table))]


def values(value: object) -> Iterator[str]:
    """Every single value in a row, JSON taken apart, times as their moment."""
    if isinstance(value, dict):
        for part in value.values():
            yield from values(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from values(part)
    elif isinstance(value, dt.datetime):
        yield value.astimezone(dt.UTC).isoformat()
    elif value not in (None, "", True, False):
        yield str(value)


def text_of(row: Row) -> str:
    return json.dumps(list(values(row[1])), ensure_ascii=False)


def of_sender(rows: list[Row]) -> list[Row]:
    """The rows that carry the chat's key anywhere."""
    return [row for row in rows if CHAT in text_of(row)]


def of_petition(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[0] in PETITION]


async def test_the_dump_is_not_empty(dump: list[Row]) -> None:
    """The petition is there with its words and the sender's chat with its rows: the tests below look at something."""
    assert {name for name, _ in of_petition(dump)} == PETITION
    assert {"inbox", "conversations", "proofs"} <= {name for name, _ in of_sender(dump)}
    assert any("quá hẹn mười ngày" in text_of(row) for row in of_petition(dump))


async def test_no_row_of_the_petition_carries_the_sender(dump: list[Row]) -> None:
    """Neither as text nor inside what looks sealed, encoded or reversed."""
    for name, row in of_petition(dump):
        text = text_of((name, row))
        assert CHAT not in text
        assert CHAT[::-1] not in text
        assert "telegram" not in text
        assert all(CHAT.encode() not in decoded(value) for value in values(row))


def decoded(value: str) -> bytes:
    """The bytes of what looks like base64, none of anything else."""
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except ValueError:
        return b""


@pytest.mark.parametrize("told", ["quá hẹn mười ngày", PLACE, REPLY, ANSWER, AGAIN, "quầy nào", "PAKN", "261123-0001"])
async def test_no_row_of_the_sender_repeats_the_petition(dump: list[Row], told: str) -> None:
    """No word of the petition, its code, its question, reply or answer stands in a row that carries the chat's key."""
    assert [name for name, row in of_sender(dump) if told in text_of((name, row))] == []


async def test_the_dossier_does_not_lead_to_the_sender(dump: list[Row], database: Database) -> None:
    """The dossier that this chat has proved is sealed, and out of the words; the staff see it."""
    assert [name for name, row in of_petition(dump) if DOSSIER in text_of((name, row))] == []
    async with database.reading() as db:
        petition = await petitions.find(db, KEY, 1)
    assert petition
    assert (petition.text, petition.dossier) == ("Hồ sơ [mã hồ sơ] quá hẹn mười ngày mà không ai báo", DOSSIER)


async def test_no_value_is_shared(dump: list[Row]) -> None:
    """No value but small numbers, the office and plain words of the product joins a row of the petition with one of the sender."""
    shared = {v for row in of_petition(dump) for v in values(row[1])} & {v for row in of_sender(dump) for v in values(row[1])}
    assert {value for value in shared if value != "mau" and not (value.isdigit() and int(value) < 100)} == set()


async def test_no_time_is_shared(dump: list[Row]) -> None:
    """What the citizen did is known to the hour only, and no table has both a chat and that moment."""
    events = [row["at"] for name, row in dump if name == "petition_events" and row["by"] == ""]
    assert len(events) == 3
    assert {(at.minute, at.second, at.microsecond) for at in events} == {(0, 0, 0)}
    moments = {v for name, row in of_sender(dump) for v in values(row) if v.startswith("2026-11-23T")}
    assert moments.isdisjoint({v for row in of_petition(dump) for v in values(row[1])})


async def test_what_was_sent_leaves_no_row(dump: list[Row]) -> None:
    """Of the private dialogue nothing is left in the outbox once the platform has it, and no draft."""
    told = [row["payload"] for name, row in dump if name == "outbox"]
    assert [payload for payload in told if payload.get("sealed")] == []
    assert [name for name, _ in dump if name == "petition_drafts"] == []


async def test_counted_by_the_hour(dump: list[Row]) -> None:
    """A turn of the dialogue is counted by its hour: its moment would join the count with a message."""
    counted = [row["at"] for name, row in dump if name == "outcomes" and row["subject"] == "phan-anh"]
    assert len(counted) > 5
    assert {(at.minute, at.second) for at in counted} == {(0, 0)}


async def test_two_petitions_of_one_person_are_not_told_to_be_of_one(dump: list[Row], database: Database, dispatch: Any, files: Pocket) -> None:
    """Two petitions of one chat share no value that those of two chats would not share."""
    citizen = Citizen(dispatch, database, "telegram", CHAT, files=files, _events=500)
    async with database.reading() as db:
        citizen._last = (await db.execute(sa.text("SELECT coalesce(max(id), 0) FROM outbox"))).scalar_one()
    for line in ("/phananh", "!Phản ánh, kiến nghị", "Một chuyện khác hẳn ở sân kho", "!Không có ảnh", "!Bỏ qua", "!Gửi"):
        await (citizen.presses(line[1:]) if line[0] == "!" else citizen.says(line))
    first, second = [set(values(row)) for name, row in await _rows(database) if name == "petition_senders"]
    assert {v for v in first & second if not v.isdigit()} == {"mau"}


async def test_the_check_finds_a_link(dump: list[Row]) -> None:
    """The reader above is no fool: a chat's key in a note, or a shared moment, is found."""
    (petition,) = [row for name, row in dump if name == "petitions"]
    spoilt = [*dump, ("outbox", {"chat": CHAT, "payload": {"text": f"Đã gửi. Mã: {petition['code']}"}})]
    assert [name for name, row in of_sender(spoilt) if "PAKN" in text_of((name, row))] == ["outbox"]
