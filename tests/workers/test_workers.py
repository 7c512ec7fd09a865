"""Several workers on one database: a chat in order, nothing twice, what one leaves behind the other takes up."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bot import sender
from bot.channels.web import Web
from bot.chat import Chat, Incoming, Say, Wire
from bot.dispatch import Bench, Dispatch
from bot.pace import PACES, Alone, Pace
from bot.sender import Sender
from bot.store import Database, road
from bot.store.tables import inbox, outbox
from bot.store.workers import Bells, Foreman
from bot.turn import Library, Outcome, Reply, Turn
from tests.conftest import KEY, NOW, Clock

Pair = tuple[Database, Database]


async def count(turn: Turn) -> Reply:
    """Tells how many messages of the chat there were, and this one."""
    await asyncio.sleep(0)
    told = turn.state.data.get("count", 0) + 1
    return Reply((Say(f"{told}: {turn.text}"),), step="x", data={"count": told}, outcome=Outcome.ANSWER)


def dispatch(database: Database, library: Library, clock: Clock, route: Callable[[Turn], Awaitable[Reply]] = count) -> Dispatch:
    return Dispatch(Bench(database, lambda: library, route, clock, KEY))


@asynccontextmanager
async def running(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        async with asyncio.timeout(30):
            yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    while not await condition():  # noqa: ASYNC110 - what is awaited is a row in a database
        await asyncio.sleep(0.01)


async def said(database: Database, chat: str) -> list[str]:
    async with database.reading() as db:
        return [wire.whole for _, wire in await road.replies(db, "web", chat, 0)]


async def unanswered(database: Database) -> int:
    async with database.reading() as db:
        return (await db.execute(sa.select(sa.func.count()).where(inbox.c.done_at.is_(None)))).scalar_one()


# --- answers --------------------------------------------------------------------------------------------------------------------------------


async def test_chats_in_order_and_once(pair: Pair, library: Library, clock: Clock) -> None:
    """Ten chats of eight messages, put in by both workers: each message is answered once, in order, each turn upon the last one's state."""
    workers = [dispatch(database, library, clock) for database in pair]
    async with running(*(worker.run() for worker in workers)):
        for n in range(8):
            await asyncio.gather(*(workers[(n + chat) % 2].accept(Incoming("web", str(chat), f"{chat}.{n}", text=str(n))) for chat in range(10)))

        async def done() -> bool:
            return not await unanswered(pair[0])

        await until(done)
    for chat in range(10):
        assert await said(pair[0], str(chat)) == [f"{n + 1}: {n}" for n in range(8)]


async def test_both_workers_work(pair: Pair, library: Library, clock: Clock) -> None:
    """What one worker took in is answered by both, while there is more than one can do."""
    at_work, together = Counter[int](), asyncio.Barrier(2)

    def by(worker: int) -> Callable[[Turn], Awaitable[Reply]]:
        async def meeting(turn: Turn) -> Reply:
            at_work[worker] += 1
            if turn.text == "0":
                await together.wait()
            return await count(turn)

        return meeting

    one, two = (dispatch(database, library, clock, by(n)) for n, database in enumerate(pair))
    one._room, two._room = asyncio.Semaphore(1), asyncio.Semaphore(1)  # so that one alone cannot hold both chats
    await one.accept(*(Incoming("web", chat, f"{chat}.0", text="0") for chat in "ab"))
    async with running(one.run(), two.run()):

        async def done() -> bool:
            return not await unanswered(pair[0])

        await until(done)
    assert at_work == {0: 1, 1: 1}


async def test_the_work_of_a_dead_worker_is_taken_up(pair: Pair, library: Library, clock: Clock) -> None:
    """A worker that is gone in the midst of an answer holds nothing: the other answers within seconds, once."""
    begun, never = asyncio.Event(), asyncio.Event()

    async def stuck(turn: Turn) -> Reply:
        begun.set()
        await never.wait()
        return await count(turn)

    dying = dispatch(pair[0], library, clock, stuck)
    await dying.accept(Incoming("web", "a", "1", text="một"))
    async with running(dying.run()):
        await begun.wait()
        async with running(dispatch(pair[1], library, clock).run()):
            await asyncio.sleep(0)
            assert await said(pair[1], "a") == []
            async with pair[1].writing() as db:  # as when its machine is gone
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
                assert (await db.exec_driver_sql(others)).scalars().all() == [True]

            async def answered() -> bool:
                return bool(await said(pair[1], "a"))

            await until(answered)
    never.set()
    assert await said(pair[1], "a") == ["1: một"]


async def test_a_worker_that_hangs_loses_its_claim(shared_url: str) -> None:
    """The server cuts off who sits in a transaction for twenty seconds, so that frozen machines hold up no chat."""
    database = Database(shared_url)
    async with database.reading() as db:
        assert (await db.exec_driver_sql("SHOW idle_in_transaction_session_timeout")).scalar_one() == "20s"
    await database.close()


# --- sending --------------------------------------------------------------------------------------------------------------------------------


class Platform:
    """Takes a while for each message and keeps what it took, all workers' in one."""

    name = "zalo_oa"

    def __init__(self, taken: list[tuple[str, str]]) -> None:
        self.taken = taken

    async def send(self, chat: str, wire: Wire) -> str:
        self.taken.append((chat, wire.text))
        await asyncio.sleep(0.002)
        return str(len(self.taken))


async def test_two_senders_send_once_and_in_order(pair: Pair, clock: Clock) -> None:
    """Twenty chats of six messages by two senders: each message goes out once, each chat in order."""
    async with pair[0].writing() as db:
        for n in range(6):
            for chat in range(20):
                await road.say(db, Chat("mau", Platform.name, str(chat)), [Wire(str(n))], NOW)
    taken: list[tuple[str, str]] = []

    async def all_sent() -> bool:
        async with pair[0].reading() as db:
            return not await road.any_left(db, Platform.name)

    async with running(*(Sender(database, Platform(taken), clock).run() for database in pair)):
        await until(all_sent)
    for chat in range(20):
        assert [text for key, text in taken if key == str(chat)] == [str(n) for n in range(6)]


async def test_a_slow_send_holds_up_no_other_chat(database: Database, clock: Clock) -> None:
    """While one message is under way, what is said later in other chats is sent."""
    free, taken = asyncio.Event(), list[tuple[str, str]]()

    class Slow(Platform):
        async def send(self, chat: str, wire: Wire) -> str:
            if chat == "slow":
                await free.wait()
            return await super().send(chat, wire)

    one = Sender(database, Slow(taken), clock)

    async def say(chat: str, text: str) -> None:
        async with database.writing() as db:
            await road.say(db, Chat("mau", Slow.name, chat), [Wire(text)], NOW)
        one.wake()

    async def sent(text: str) -> bool:
        return text in [words for _, words in taken]

    async with running(one.run()):
        await say("slow", "một")
        for text in ("hai", "ba", "bốn"):
            await say(text, text)
            await until(lambda text=text: sent(text))  # type: ignore[misc]
        assert not await sent("một")
        free.set()
        await until(lambda: sent("một"))


async def test_a_pace_is_kept_by_all(pair: Pair, clock: Clock) -> None:
    """Of a pace of two at once and then one a second, two workers have together what one would have."""
    waits = []
    for n in range(5):
        async with pair[n % 2].writing() as db:
            waits.append((await road.next_moment(db, "p", clock(), dt.timedelta(seconds=1), 2)).total_seconds())
    assert waits == [0, 0, 1, 2, 3]
    clock.move(10)
    async with pair[0].writing() as db:
        assert await road.next_moment(db, "p", clock(), dt.timedelta(seconds=1), 2) == dt.timedelta()
        await road.forget_paces(db, clock())


def test_a_pace_alone() -> None:
    """Within one process the same pace is kept without the database."""
    kept = Alone(Pace((0.04, 5), (1.0, 3)))
    assert [kept.taken("a", 100.0, (1.0, 3)) for _ in range(5)] == [0, 0, 0, 1, 2]
    assert kept.taken("b", 100.0, (1.0, 3)) == 0
    assert kept.taken("a", 110.0, (1.0, 3)) == 0


def test_telegrams_limits() -> None:
    """In no second more than 30 messages, in no chat more than three at once and then one a second."""
    every, burst = PACES["telegram"].overall
    assert burst + 1 / every <= 30
    assert PACES["telegram"].chat == (1.0, 3)


# --- what is done once, and bells -----------------------------------------------------------------------------------------------------------


async def test_one_worker_does_the_jobs(pair: Pair) -> None:
    """Of two workers one has the jobs; when it is gone the other has them."""
    at_work: list[int] = []
    foremen = [Foreman(database) for database in pair]

    def job(worker: int) -> Callable[[], Coroutine[Any, Any, None]]:
        async def work() -> None:
            at_work.append(worker)
            await asyncio.Event().wait()

        return work

    async def begun(number: int) -> bool:
        return len(at_work) == number

    async with running(*(foreman.run() for foreman in foremen), *(foreman.do(job(n)) for n, foreman in enumerate(foremen))) as tasks:
        await until(lambda: begun(1))
        first = at_work[0]
        assert [foreman.mine for foreman in foremen] == [n == first for n in range(2)]
        tasks[first].cancel()
        await until(lambda: begun(2))
        assert at_work == [first, 1 - first]


async def test_alone_the_jobs_are_ones_own(database: Database) -> None:
    """With one worker, on SQLite at once and on PostgreSQL with the lock, the jobs are done."""
    foreman, done = Foreman(database), asyncio.Event()

    async def work() -> None:
        done.set()
        await asyncio.Event().wait()

    async with running(foreman.run(), foreman.do(work)):
        await done.wait()


async def test_a_job_that_fails_is_told(database: Database) -> None:
    """What a job raises ends it as it did before there were several workers."""

    async def work() -> None:
        raise LookupError

    foreman = Foreman(database)
    async with running(foreman.run()):
        with pytest.raises(LookupError):
            await foreman.do(work)


async def test_a_bell_rings_in_all_workers(pair: Pair) -> None:
    """What one worker tells all hear, also much at once."""
    heard: list[list[str]] = [[], []]
    one, two = (Bells(database, "t", words.append) for database, words in zip(pair, heard, strict=True))
    words = [f"{n:032x}" for n in range(500)]

    async def listened() -> bool:
        await one.tell("there")
        return "there" in heard[1]

    async with running(one.run(), two.run()):
        await until(listened)
        await asyncio.gather(*(one.tell(word) for word in words))

        async def all_heard() -> bool:
            return set(words) <= set(heard[1])

        await until(all_heard)
    assert [word for word in heard[0] if word == words[7]][:1] == [words[7]]


async def test_a_reply_of_another_worker_reaches_the_open_page(pair: Pair, library: Library, clock: Clock) -> None:
    """The page is open in one worker; the other answers and sends: the bell of the page's chat rings."""

    async def accept(*messages: Incoming) -> int:
        return 0

    pages = [Web(database, accept, lambda: library.knowledge.office, clock, None) for database in pair]  # type: ignore[arg-type]
    bell = asyncio.Event()
    pages[0]._bells["a" * 32].add(bell)
    async with pair[1].writing() as db:
        await road.say(db, Chat("mau", "web", "a" * 32), [Wire("xin chào")], NOW)
    async with running(pages[0].bells.run()):
        async with pair[1].reading() as db:
            listening = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' AND datname = current_database()"

            async def heard() -> bool:
                async with pair[1].writing() as other:
                    return bool((await other.exec_driver_sql(listening.replace("%%", "%"))).scalar_one())

            await until(heard)
        await Sender(pair[1], pages[1], clock).send_waiting()
        await bell.wait()
    async with pair[0].reading() as db:
        assert (await db.execute(sa.select(outbox.c.sent_at))).scalars().all() == [NOW]


def test_what_a_sender_may_hold() -> None:
    """Claims of senders and of the dispatch leave connections for the page: 12 + 2 senders of 12 of 40."""
    assert 12 + 2 * sender.AT_ONCE < 40
