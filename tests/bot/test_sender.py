"""The way out: in order within a chat, again after failures, one chat's trouble not another's."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.channels import TryLater, Undeliverable
from bot.chat import Chat, Wire
from bot.sender import ATTEMPTS, BATCH, Sender
from bot.store import Database, road
from bot.store.tables import outbox
from tests.conftest import NOW, Clock


@dataclass
class Recording:
    """A channel that keeps what it is given; `faults` are raised one by one for the texts that they are named for."""

    name: str = "web"
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    new: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat: str, wire: Wire) -> str:
        self.tried.append(wire.text)
        if self.faults.get(wire.text):
            raise self.faults[wire.text].pop(0)
        self.sent.append((chat, wire.text))
        self.new.set()
        return f"m{len(self.sent)}"


async def say(database: Database, chat: str, *texts: str, at: dt.datetime = NOW, channel: str = "web") -> None:
    async with database.writing() as db:
        await road.say(db, Chat("mau", channel, chat), [Wire(text) for text in texts], at)
        if at > NOW:  # said now, for later
            await db.execute(outbox.update().where(outbox.c.created_at == at).values(created_at=NOW))


async def rows(database: Database, *columns: sa.Column[object]) -> list[tuple[object, ...]]:
    async with database.reading() as db:
        return [tuple(row) for row in await db.execute(sa.select(*columns).order_by(outbox.c.id))]


@pytest.fixture
def channel() -> Recording:
    return Recording()


@pytest.fixture
def sender(database: Database, channel: Recording, clock: Clock) -> Sender:
    return Sender(database, channel, clock)


async def test_a_chat_is_sent_in_order(database: Database, channel: Recording, sender: Sender) -> None:
    """What was said first is sent first, once; the channel's name for each message is kept with the time."""
    await say(database, "a", "một", "hai", "ba")
    assert await sender.send_waiting() is False
    assert await sender.send_waiting() is False
    assert channel.sent == [("a", "một"), ("a", "hai"), ("a", "ba")]
    assert await rows(database, outbox.c.message, outbox.c.sent_at) == [("m1", NOW), ("m2", NOW), ("m3", NOW)]


async def test_other_channels_messages_are_left_alone(database: Database, channel: Recording, sender: Sender) -> None:
    """A sender serves its own channel."""
    await say(database, "a", "một", channel="telegram")
    assert await sender.send_waiting() is False
    assert channel.sent == []


async def test_chats_are_sent_at_once(database: Database, clock: Clock) -> None:
    """A platform that is slow for one chat does not hold up another."""
    both = asyncio.Barrier(2)

    class Meeting(Recording):
        async def send(self, chat: str, wire: Wire) -> str:
            await both.wait()
            return await super().send(chat, wire)

    meeting = Meeting()
    await say(database, "a", "một")
    await say(database, "b", "hai")
    async with asyncio.timeout(10):
        await Sender(database, meeting, clock).send_waiting()
    assert sorted(meeting.sent) == [("a", "một"), ("b", "hai")]


async def test_the_platforms_wait_is_kept(database: Database, channel: Recording, sender: Sender, clock: Clock) -> None:
    """Told to come back in 30 seconds: not before; what follows in the chat waits behind it, other chats do not."""
    channel.faults = {"một": [TryLater("flood", 30)]}
    await say(database, "a", "một", "hai")
    await say(database, "b", "khác")
    assert await sender.send_waiting() is True
    assert channel.sent == [("b", "khác")]
    clock.move(29)
    assert await sender.send_waiting() is True
    assert sorted(channel.tried) == ["khác", "một"]
    clock.move(1)
    assert await sender.send_waiting() is False
    assert channel.sent == [("b", "khác"), ("a", "một"), ("a", "hai")]


async def test_a_new_message_waits_behind_one_put_off(database: Database, channel: Recording, sender: Sender, clock: Clock) -> None:
    """What is said while an earlier message waits for its second try is sent after it."""
    channel.faults = {"một": [TryLater("flood", 30)]}
    await say(database, "a", "một")
    await sender.send_waiting()
    clock.move(10)
    await say(database, "a", "hai", at=clock())
    assert await sender.send_waiting() is True
    clock.move(20)
    await sender.send_waiting()
    assert channel.sent == [("a", "một"), ("a", "hai")]


@pytest.mark.parametrize("fault", [TryLater("down"), ConnectionError("down")])
async def test_waits_grow(database: Database, channel: Recording, sender: Sender, clock: Clock, fault: Exception) -> None:
    """Without word from the platform the waits double up to ten minutes; the twelfth failure is the last."""
    channel.faults = {"một": [fault] * ATTEMPTS}
    await say(database, "a", "một")
    waits = []
    for _ in range(ATTEMPTS - 1):
        assert await sender.send_waiting() is True
        ((until,),) = await rows(database, outbox.c.not_before)
        waits.append((until - clock()).total_seconds())
        clock.now = until
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
    assert await sender.send_waiting() is False
    reason = "down" if isinstance(fault, TryLater) else "ConnectionError"
    assert await rows(database, outbox.c.failed_at, outbox.c.sent_at, outbox.c.failure) == [(clock(), None, reason)]
    clock.move(days=1)
    await sender.send_waiting()
    assert channel.tried == ["một"] * ATTEMPTS


@pytest.mark.parametrize("faults", [[Undeliverable("blocked")], [TryLater("down", 0)] * ATTEMPTS])
async def test_what_follows_a_lost_message_is_sent(
    database: Database, channel: Recording, sender: Sender, faults: list[Exception], logged: list[dict[str, object]]
) -> None:
    """A message that will never arrive is given up with its reason, and the chat goes on in the same round."""
    channel.faults = {"một": list(faults)}
    await say(database, "a", "một", "hai")
    while await sender.send_waiting():
        assert channel.sent == []
    assert channel.sent == [("a", "hai")]
    assert await rows(database, outbox.c.failure) == [(str(faults[0]),), ("",)]
    last = {"event": "not delivered", "channel": "web", "row": 1, "reason": str(faults[0]), "log_level": "warning"}
    assert logged[-1] == last


async def test_a_failing_chat_does_not_stop_others(database: Database, channel: Recording, sender: Sender, logged: list[dict[str, object]]) -> None:
    """A fault inside the channel puts one chat off; the others are served; the log names the row, not the words."""
    channel.faults = {"bí mật": [KeyError("bí mật")]}
    await say(database, "a", "bí mật")
    await say(database, "b", "một", "hai")
    assert await sender.send_waiting() is True
    assert channel.sent == [("b", "một"), ("b", "hai")]
    assert [e["event"] for e in logged] == ["channel failed", "send later"]
    assert [(e["channel"], e["row"]) for e in logged] == [("web", 1)] * 2
    assert logged[1]["reason"] == "KeyError"


async def test_many_put_off_messages_do_not_hold_up_others(database: Database, channel: Recording, sender: Sender, clock: Clock) -> None:
    """More messages than a batch holds wait for one chat that is put off; another chat is served all the same."""
    channel.faults = {"0": [TryLater("flood", 600)]}
    await say(database, "a", *(str(n) for n in range(BATCH + 5)))
    await sender.send_waiting()
    await say(database, "b", "một")
    assert await sender.send_waiting() is True
    assert channel.sent == [("b", "một")]
    clock.move(600)
    while await sender.send_waiting():
        pass
    assert channel.sent[1:] == [("a", str(n)) for n in range(BATCH + 5)]


async def test_a_restart_sends_the_rest(database: Database, channel: Recording, clock: Clock) -> None:
    """What one sender left is sent by the next, and what it sent is not sent again."""
    channel.faults = {"hai": [TryLater("flood", 5)]}
    await say(database, "a", "một", "hai", "ba")
    await Sender(database, channel, clock).send_waiting()
    clock.move(5)
    await Sender(database, channel, clock).send_waiting()
    assert channel.sent == [("a", "một"), ("a", "hai"), ("a", "ba")]


async def test_a_stop_waits_for_the_message_under_way(database: Database, clock: Clock) -> None:
    """Stopped while the platform takes a message, the sender still notes that it was taken: the next start does not send it again."""
    begun, free = asyncio.Event(), asyncio.Event()

    class Slow(Recording):
        async def send(self, chat: str, wire: Wire) -> str:
            begun.set()
            await free.wait()
            return await super().send(chat, wire)

    slow = Slow()
    await say(database, "a", "một", "hai")
    task = asyncio.create_task(Sender(database, slow, clock).run())
    async with asyncio.timeout(10):
        await begun.wait()
        task.cancel()
        free.set()
        await asyncio.gather(task, return_exceptions=True)
        await Sender(database, slow, clock).send_waiting()
    assert slow.tried == ["một", "hai"]


async def test_run_sends_when_woken(database: Database, channel: Recording, sender: Sender) -> None:
    """A waiting sender sends as soon as it is told that there is something."""
    task = asyncio.create_task(sender.run())
    async with asyncio.timeout(10):
        for text in ("một", "hai"):
            channel.new.clear()
            await say(database, "a", text)
            sender.wake()
            await channel.new.wait()
    task.cancel()
    assert await asyncio.gather(task, return_exceptions=True)
    assert channel.sent == [("a", "một"), ("a", "hai")]


async def test_run_comes_back_by_itself(database: Database, channel: Recording, sender: Sender) -> None:
    """What was put off is sent without anybody waking the sender."""
    channel.faults = {"một": [TryLater("flood", 0)]}
    await say(database, "a", "một")
    task = asyncio.create_task(sender.run())
    async with asyncio.timeout(10):
        await channel.new.wait()
    task.cancel()
    assert await asyncio.gather(task, return_exceptions=True)
    assert channel.tried == ["một", "một"]


async def refuse_notes(database: Database) -> None:
    """As a disk does that is full."""
    async with database.writing() as db:
        if not database.shared:
            await db.exec_driver_sql("CREATE TRIGGER full_disk BEFORE UPDATE OF sent_at ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END")
            return
        body = "BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END"
        await db.exec_driver_sql(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS '{body.replace(chr(39), chr(39) * 2)}'")
        await db.exec_driver_sql("CREATE TRIGGER full_disk BEFORE UPDATE OF sent_at ON outbox FOR EACH ROW EXECUTE FUNCTION full_disk()")


async def take_notes(database: Database) -> None:
    async with database.writing() as db:
        await db.exec_driver_sql("DROP TRIGGER full_disk" + (" ON outbox" if database.shared else ""))


async def test_what_the_platform_took_is_not_sent_again_while_it_cannot_be_noted(database: Database, channel: Recording, sender: Sender) -> None:
    """A disk that is full must not become a message every second: it is sent once, and noted when that is possible."""
    await say(database, "a", "một")
    await refuse_notes(database)
    for _ in range(3):
        with pytest.raises(DBAPIError):
            await sender.send_waiting()
    await take_notes(database)
    assert await sender.send_waiting() is False
    assert channel.sent == [("a", "một")]
    assert await rows(database, outbox.c.message, outbox.c.sent_at) == [("m1", NOW)]


async def test_a_fault_of_one_chat_waits_for_the_others(database: Database, clock: Clock) -> None:
    """A round ends when all its chats are through, so that the next round never sends what is still under way."""
    free = asyncio.Event()

    class Slow(Recording):
        async def send(self, chat: str, wire: Wire) -> str:
            if chat == "b":
                await free.wait()
            return await super().send(chat, wire)

    slow = Slow()
    await say(database, "a", "một")
    await say(database, "b", "hai")
    await refuse_notes(database)
    async with asyncio.timeout(10):
        task = asyncio.create_task(Sender(database, slow, clock).send_waiting())
        while not slow.sent:  # noqa: ASYNC110 - the first chat's fault follows
            await asyncio.sleep(0.005)
        done, _ = await asyncio.wait({task}, timeout=0.2)
        assert not done
        free.set()
        with pytest.raises(DBAPIError):
            await task


async def test_what_another_process_says_is_noticed(database: Database, channel: Recording, clock: Clock) -> None:
    """A row that came without a ring, such as an import's notice, is sent at the next look."""
    running = asyncio.create_task(Sender(database, channel, clock, poll=0.01).run())
    await say(database, "a", "một")
    async with asyncio.timeout(10):
        await channel.new.wait()
    running.cancel()
    assert channel.sent == [("a", "một")]


async def test_what_waits_for_the_morning_keeps_nothing_waiting(database: Database, channel: Recording, sender: Sender, clock: Clock) -> None:
    """A message for later lets those after it pass, unlike one that failed."""
    await say(database, "a", "sáng mai", at=NOW + dt.timedelta(hours=9))
    await say(database, "a", "bây giờ")
    assert await sender.send_waiting() is True
    assert channel.sent == [("a", "bây giờ")]
    clock.move(hours=9)
    assert await sender.send_waiting() is False
    assert channel.sent == [("a", "bây giờ"), ("a", "sáng mai")]


@pytest.mark.parametrize(("payload", "heard"), [({"text": "một", "mood": "?"}, "một"), ({"buttons": 7}, ""), (None, "")])
async def test_a_row_that_another_version_wrote_holds_up_nobody(
    database: Database, channel: Recording, sender: Sender, payload: object, heard: str
) -> None:
    """Of a message whose stored form cannot be read the words are sent; the other chats get theirs."""
    await say(database, "a", "một")
    await say(database, "b", "hai")
    async with database.writing() as db:
        await db.execute(outbox.update().where(outbox.c.chat == "a").values(payload=payload))
    assert await sender.send_waiting() is False
    assert sorted(channel.sent) == [("a", heard), ("b", "hai")]
