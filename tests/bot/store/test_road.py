"""The road's rows: inbox, conversations, outbox."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot.chat import Chat, Choice, Incoming, Kind, Menu, Wire
from bot.store import Database, road
from bot.store.tables import inbox, outbox
from bot.turn import State
from knowledge.model import Aspect
from knowledge.understand.meaning import Topic
from tests.conftest import NOW

CHAT = Chat("mau", "web", "a")
LATER = NOW + dt.timedelta(minutes=1)


def hears(event: str, text: str = "", **more: str) -> Incoming:
    return Incoming("web", "a", event, text=text, **more)


# --- inbox ----------------------------------------------------------------------------------------------------------------------------------


async def test_an_event_is_received_once(database: Database) -> None:
    """The same event of a channel is refused; of another channel it is another event."""
    async with database.writing() as db:
        done = [await road.receive(db, "mau", m, NOW) for m in (hears("1"), hears("1", "khác"), hears("2"), Incoming("zalo_oa", "a", "1"))]
        assert done == [True, False, True, True]
        assert [(r.incoming.channel, r.incoming.event, r.incoming.text) for r in await road.received(db, 9)] == [
            ("web", "1", ""),
            ("web", "2", ""),
            ("zalo_oa", "1", ""),
        ]


async def test_received_oldest_first_and_no_more_than_asked(database: Database) -> None:
    """A batch holds the oldest messages; answered ones are not among them."""
    async with database.writing() as db:
        for n in range(5):
            await road.receive(db, "mau", hears(str(n)), NOW)
        first = (await road.received(db, 1))[0]
        await road.finish(db, first, LATER)
        assert [r.incoming.event for r in await road.received(db, 3)] == ["1", "2", "3"]


async def test_a_message_comes_back_whole(database: Database) -> None:
    """All that a channel told of a message is in the inbox."""
    sent = Incoming("telegram", "7", "99", Kind.CHOICE, "chữ", "p:1.001193", "en-GB", "m5")
    async with database.writing() as db:
        await road.receive(db, "mau", sent, NOW)
        assert [r.incoming for r in await road.received(db, 9)] == [sent]


async def test_finish_can_hide(database: Database) -> None:
    """A secret is blotted out of the inbox; a failure keeps its reference."""
    async with database.writing() as db:
        for n, (text, options) in enumerate({"1234": {"hide": True}, "xin chào": {"failure": "L-ABC123"}}.items()):
            await road.receive(db, "mau", hears(str(n), text), NOW)
            await road.finish(db, (await road.received(db, 1))[0], LATER, **options)
        rows = (await db.execute(sa.select(inbox.c.payload, inbox.c.done_at, inbox.c.failure).order_by(inbox.c.id))).all()
    assert [(r.payload["text"], r.done_at, r.failure) for r in rows] == [("••••", LATER, ""), ("xin chào", LATER, "L-ABC123")]


async def test_malformed_is_kept_short(database: Database) -> None:
    """What could not be read is kept up to 20,000 characters."""
    async with database.writing() as db:
        await road.keep_malformed(db, "telegram", "x" * 30_000, NOW)
        assert (await db.exec_driver_sql("SELECT channel, length(body) FROM malformed")).one() == ("telegram", 20_000)


# --- conversations --------------------------------------------------------------------------------------------------------------------------

STATE = State(
    "en",
    "rating.comment",
    {"level": 4, "reasons": ["fast"], "dossier": "H26.145-261110-0001"},
    Menu((("Khai sinh", "p:1.001193"),), numbered=True, ordinal=True),
    Topic(("1.001193",), (Aspect.FEE,), ("1.000894",), ("1.001193",), "chao-hoi"),
)


async def test_a_state_comes_back_as_it_went(database: Database) -> None:
    """Language, step, data, menu and topic survive, with the time they were kept at."""
    async with database.writing() as db:
        await road.keep_state(db, CHAT, STATE, NOW)
    async with database.reading() as db:
        found = await road.state_of(db, CHAT)
    assert found == State(STATE.language, STATE.step, STATE.data, STATE.menu, STATE.topic, NOW)


async def test_a_state_replaces_the_one_before(database: Database) -> None:
    """A chat has one state; other chats and channels have their own."""
    async with database.writing() as db:
        await road.keep_state(db, CHAT, STATE, NOW)
        await road.keep_state(db, CHAT, State(step="dossier.code"), LATER)
        found = [await road.state_of(db, chat) for chat in (CHAT, Chat("mau", "web", "b"), Chat("mau", "telegram", "a"))]
    assert found == [State(step="dossier.code", updated=LATER), State(), State()]


# --- outbox ---------------------------------------------------------------------------------------------------------------------------------


async def test_messages_wait_in_order(database: Database) -> None:
    """What is said waits for its channel, oldest first, whole."""
    wires = [Wire("một", "t", "f", (Choice("Nút", "p:1"),), "m1"), Wire("hai")]
    async with database.writing() as db:
        await road.say(db, CHAT, wires, NOW)
        await road.say(db, Chat("mau", "telegram", "a"), [Wire("khác")], NOW)
        await road.say(db, CHAT, [], NOW)
        found = await road.waiting(db, "web", 9, LATER)
    assert [(w.chat, w.wire, w.attempts, w.not_before) for w in found] == [("a", wires[0], 0, NOW), ("a", wires[1], 0, NOW)]


async def test_sent_failed_and_put_off(database: Database) -> None:
    """Sent and failed messages wait no more; one put off waits with its attempts counted."""
    async with database.writing() as db:
        await road.say(db, CHAT, [Wire(str(n)) for n in range(4)], NOW)
        ids = [w.id for w in await road.waiting(db, "web", 9, LATER)]
        await road.mark_sent(db, ids[:2], ["m1", "m2"], LATER)
        await road.mark_failed(db, ids[2], LATER, "gone")
        await road.mark_retry(db, ids[3], LATER, "busy")
        rows = (await db.execute(sa.select(outbox).order_by(outbox.c.id))).all()
        assert await road.waiting(db, "web", 9, NOW) == []
        left = await road.waiting(db, "web", 9, LATER)
        assert [await road.any_left(db, channel) for channel in ("web", "telegram")] == [True, False]
    told = [(r.message, r.sent_at, r.failed_at, r.failure, r.attempts) for r in rows]
    assert told == [("m1", LATER, None, "", 0), ("m2", LATER, None, "", 0), ("", None, LATER, "gone", 0), ("", None, None, "busy", 1)]
    assert [(w.id, w.attempts, w.not_before) for w in left] == [(ids[3], 1, LATER)]


async def converse(database: Database, times: int) -> None:
    """Questions of which the second is received before the first is answered."""
    async with database.writing() as db:
        for n in range(times):
            await road.receive(db, "mau", hears(str(n), f"hỏi {n}", choice="p:1" if n == 1 else ""), NOW)
        for row in await road.received(db, times):
            n = row.incoming.event
            await road.say(db, CHAT, [Wire(f"đáp {n}a"), Wire(f"đáp {n}b")], LATER, row.id)
            await road.finish(db, row, LATER)
        await road.say(db, Chat("mau", "web", "b"), [Wire("người khác")], LATER)


async def test_history_in_order(database: Database) -> None:
    """Each question is followed by its own answers, also where the next question came before them."""
    await converse(database, 2)
    async with database.reading() as db:
        lines = await road.history(db, "web", "a", 50)
    assert [s.text or s.wire.text for s in lines] == ["hỏi 0", "đáp 0a", "đáp 0b", "hỏi 1", "đáp 1a", "đáp 1b"]
    assert [s.mine for s in lines] == [True, False, False] * 2
    assert [s.pressed for s in lines] == [False, False, False, True, False, False]
    assert [s.at for s in lines] == [NOW, LATER, LATER] * 2


async def test_history_after_a_line(database: Database) -> None:
    """What was said after a line, with the questions that it answers and their events."""
    await converse(database, 3)
    async with database.reading() as db:
        last = [line for line in await road.history(db, "web", "a", 50) if not line.mine][3].id
        lines = await road.history(db, "web", "a", 50, after=last)
        assert await road.history(db, "web", "a", 50, after=last + 9) == []
    assert [(s.text or s.wire.text, s.event) for s in lines] == [("hỏi 2", "2"), ("đáp 2a", "2"), ("đáp 2b", "2")]


async def test_what_is_said_unasked_stands_where_it_was_said(database: Database) -> None:
    """A notice follows the questions received before it and their answers, and comes before those received after it."""
    async with database.writing() as db:
        await road.receive(db, "mau", hears("1", "hỏi 1"), NOW)
        (first,) = await road.received(db, 9)
        await road.say(db, CHAT, [Wire("đáp 1")], NOW, first.id)
        await road.say(db, CHAT, [Wire("tin báo")], LATER)
        await road.receive(db, "mau", hears("2", "hỏi 2"), LATER + dt.timedelta(seconds=1))
        lines = await road.history(db, "web", "a", 50)
    assert [(s.text or s.wire.text, s.event) for s in lines] == [("hỏi 1", "1"), ("đáp 1", "1"), ("tin báo", ""), ("hỏi 2", "2")]


@pytest.mark.parametrize("most", [1, 3, 5, 30])
async def test_history_is_the_end_of_it(database: Database, most: int) -> None:
    """The last lines are given, in order, however many were said."""
    await converse(database, 10)
    said = [line for n in range(10) for line in (f"hỏi {n}", f"đáp {n}a", f"đáp {n}b")]
    async with database.reading() as db:
        assert [s.text or s.wire.text for s in await road.history(db, "web", "a", most)] == said[-most:]


async def test_a_cursor_is_remembered(database: Database) -> None:
    """A position is "" until it is kept, then the last one kept."""
    async with database.writing() as db:
        assert await road.cursor(db, "telegram") == ""
        await road.keep_cursor(db, "telegram", "5")
        await road.keep_cursor(db, "telegram", "6")
        assert await road.cursor(db, "telegram") == "6"
