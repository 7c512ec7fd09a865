"""The road of a message: inbox → handler, in order within a chat → one transaction → outbox. The only error boundary."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import CAPS, Chat, Incoming, Menu, Say, Wire, render
from bot.petitions.envelope import enclosed
from bot.petitions.rules import Rules, coarse
from bot.store import figures, road
from bot.store.database import Database, passing
from bot.store.figures import Counted
from bot.store.road import Received
from bot.texts import suggested, texts
from bot.turn import Files, Handler, House, Library, NoFiles, NoSources, Outcome, Reply, Sources, Stale, State, Turn

if TYPE_CHECKING:
    from bot.photos import PhotoStore

BATCH = 200
MOST_BUSY = 1000  # chats taken up at once; the statement that leaves them out must not grow without end
TRIES = 4
POLL_SECONDS = 1.0  # on a shared database: what another worker left behind rings no bell here
ELSEWHERE_SECONDS = 0.1
PRIVATE = frozenset({"console"})  # channels whose own process answers them
MINUTE = dt.timedelta(minutes=1)
log = structlog.get_logger()


@dataclass(frozen=True)
class Bench:
    """What every turn needs beside its message."""

    database: Database
    library: Callable[[], Library]
    route: Handler
    clock: Callable[[], dt.datetime]
    key: bytes
    files: Files = field(default_factory=NoFiles)
    sources: Sources = field(default_factory=NoSources)
    house: House = field(default_factory=House)
    rules: Rules = field(default_factory=Rules)
    photos: PhotoStore | None = None
    ask_share: float = 0.0  # of how many answers it may be asked whether they are right
    most_a_minute: int = 0  # messages of one chat that are answered within a minute; 0 for any number


class Dispatch:
    """Serves the inbox. `accept` may be called from any channel; `run` works until it is cancelled."""

    def __init__(self, bench: Bench, spoken: Callable[[str], None] = lambda channel: None) -> None:
        self._bench = bench
        self._spoken = spoken  # told the channel that has something to send
        self._wake = asyncio.Event()
        self._busy: set[tuple[str, str]] = set()
        self._room = asyncio.Semaphore(bench.database.at_once)

    async def accept(self, *messages: Incoming) -> int:
        """Stores messages and returns how many were new. Once it returns they will be answered, whatever happens."""
        office = self._bench.library().knowledge.office.code
        async with self._bench.database.writing() as db:
            new = [await road.receive(db, office, message, self._bench.clock()) for message in messages]
        self._wake.set()
        return sum(new)

    async def malformed(self, channel: str, body: str) -> None:
        """Keeps what a channel could not read; the log says so without the text."""
        log.warning("malformed", channel=channel)
        async with self._bench.database.writing() as db:
            await road.keep_malformed(db, channel, body, self._bench.clock())

    async def run(self) -> None:
        """Answers what waits, oldest first, several chats at once, each chat in order."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                for chat, rows in (await self._waiting(skip=PRIVATE)).items():
                    self._busy.add(chat)
                    tasks.create_task(self._serve(chat, rows))
                await self._woken()

    async def _woken(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS if self._bench.database.shared else None):
                await self._wake.wait()

    async def settle(self, only: str = "") -> None:
        """Answers everything that waits, or all of `only` one channel, and returns; for the console, trials and tests."""
        while waiting := await self._waiting(only):
            for chat, rows in waiting.items():
                self._busy.add(chat)
                await self._serve(chat, rows)

    async def _waiting(self, only: str = "", skip: Collection[str] = ()) -> dict[tuple[str, str], list[Received]]:
        chats: defaultdict[tuple[str, str], list[Received]] = defaultdict(list)
        if len(self._busy) >= MOST_BUSY:  # each that is through wakes us
            return {}
        try:
            async with self._bench.database.reading() as db:
                rows = await road.received(db, BATCH, self._busy, only=only, skip=skip)
        except Exception as error:  # whatever it is, it is tried again: nobody would notice a dispatch that ended
            log.error("inbox unreadable", error=type(getattr(error, "orig", error)).__name__)
            asyncio.get_running_loop().call_later(1, self._wake.set)
            return {}
        if len(rows) == BATCH:  # others wait behind these, perhaps in chats that are free
            self._wake.set()
        for row in rows:
            chats[row.incoming.channel, row.incoming.chat].append(row)
        return dict(chats)

    async def _serve(self, chat: tuple[str, str], rows: Sequence[Received]) -> None:
        try:
            async with self._room:
                mine = True
                for row in rows:
                    mine = mine and await self._answer(row)
            if not mine:  # another worker serves the chat: it is looked at again a little later
                await asyncio.sleep(ELSEWHERE_SECONDS)
        except Exception as error:  # the row stays in the inbox and is taken up again; the other chats go on
            log.error("answer not stored", channel=chat[0], error=type(getattr(error, "orig", error)).__name__)
            await asyncio.sleep(1)
        finally:
            self._busy.discard(chat)
            self._wake.set()

    async def _answer(self, row: Received) -> bool:
        """Answers the next message of the row's chat; False where another worker is at it."""
        for attempt in range(1, TRIES):
            try:
                return await self._answer_once(row)
            except (SQLAlchemyError, Stale):
                await asyncio.sleep(0.05 * 4**attempt)
        return await self._answer_once(row, last=True)

    async def _answer_once(self, given: Received, *, last: bool = False) -> bool:
        bench = self._bench
        async with bench.database.claiming() as db:
            row = await road.claim(db, given)
            if row is None:
                return False
            turn = await self._turn(db, row.incoming)
            recent = await road.answered_since(db, turn.chat, turn.now - MINUTE, bench.most_a_minute + 1) if bench.most_a_minute else -1
            if recent >= bench.most_a_minute:
                await self._hold_off(row, turn, say=recent == bench.most_a_minute)
                return True
            reply, failure = await self._handled(turn, last)
            try:
                await self._keep(row, turn, reply, failure)
            except Exception as error:
                if _passing(error):
                    raise
                await self._apologise(row, turn)
        await self._tidy(row.incoming)
        self._spoken(row.incoming.channel)
        return True

    async def _turn(self, db: AsyncConnection, message: Incoming) -> Turn:
        library = self._bench.library()
        state = await _state(db, Chat(library.knowledge.office.code, message.channel, message.chat))
        state = replace(state, language=state.language or suggested(message.language))
        bench, there = self._bench, (self._bench.clock(), library.at(state.office), texts(state.language))
        return Turn(message, state, *there, db, bench.key, bench.files, bench.sources, bench.house, bench.rules, bench.photos, bench.ask_share)

    async def _hold_off(self, row: Received, turn: Turn, *, say: bool) -> None:
        """A flood of one chat is told once that it is too much; its further messages are closed unread until it ebbs."""
        text = turn.t("Anh/chị gửi nhanh quá nên tôi chưa đọc tin này. Anh/chị đợi một phút rồi gửi lại giúp tôi; những gì đã gửi xong vẫn còn.")
        wires = _rendered((Say(text),), row.incoming)[0] if say else []
        async with self._bench.database.keeping(turn.db) as db:
            if await road.finish(db, row, turn.now, failure="flood", hide=bool(turn.state.data.get("private"))):
                await road.say(db, turn.chat, wires, turn.now, row.id)
        await self._tidy(row.incoming)
        self._spoken(row.incoming.channel)

    async def _tidy(self, message: Incoming) -> None:
        """What came with an answered message is not kept; what cannot be removed now goes when old things are swept."""
        for media in message.media:
            try:
                await self._bench.files.remove(message.channel, media)
            except OSError as error:
                log.warning("file not removed", channel=message.channel, error=type(error).__name__)

    async def _handled(self, turn: Turn, last: bool) -> tuple[Reply, str]:
        try:
            return await self._bench.route(turn), ""
        except Exception as error:
            if _passing(error) and not last:
                raise
            await turn.db.rollback()  # after an error of its own PostgreSQL takes no more statements
            return _failed(turn)

    async def _apologise(self, row: Received, turn: Turn) -> None:
        """In place of a reply that cannot be kept. Where not even this can be, the row is closed, so that its chat is not held up for ever."""
        reply, reference = _failed(turn)
        try:
            await self._keep(row, turn, reply, reference)
        except Exception as error:
            if _passing(error):
                raise
            async with self._bench.database.keeping(turn.db) as db:
                await road.finish(db, row, turn.now, failure=reference)

    async def _keep(self, row: Received, turn: Turn, reply: Reply, failure: str) -> None:
        counted = Counted(reply.outcome, reply.procedures, reply.aspects, reply.subject)
        async with self._bench.database.keeping(turn.db) as db:
            if not await road.finish(db, row, turn.now, failure=failure, hide=reply.hide or reply.private):
                return  # by another worker, meanwhile
            for effect in reply.effects:
                await effect(db)
            says = (*reply.says, *(await reply.told(db) if reply.told else ()))
            wires, menu = _rendered(says, row.incoming)
            await road.keep_state(db, turn.chat, _next_state(turn, reply, menu), turn.now)
            await road.say(db, turn.chat, [enclosed(turn.key, turn.chat, w) for w in wires] if reply.private else wires, turn.now, row.id)
            await figures.count(db, turn.chat, counted, coarse(turn.now) if reply.private else turn.now)


async def _state(db: AsyncConnection, chat: Chat) -> State:
    """Where the conversation stands; at its beginning where another version wrote what cannot be read."""
    try:
        return await road.state_of(db, chat)
    except (TypeError, ValueError, KeyError, AttributeError):
        log.exception("state unreadable", channel=chat.channel)
        return State()


def _passing(error: Exception) -> bool:
    """Whether trying again may help: the reply was overtaken, or the database is out of reach for a while."""
    return isinstance(error, Stale) or passing(error)


def _failed(turn: Turn) -> tuple[Reply, str]:
    """What is said in place of a reply, and the reference that joins it to the log."""
    reference = f"L-{secrets.token_hex(3).upper()}"
    log.exception("handler failed", reference=reference, channel=turn.incoming.channel, step=turn.state.step)
    return replace(_apology(turn, reference), hide=bool(turn.state.data.get("private"))), reference


def _next_state(turn: Turn, reply: Reply, menu: Menu) -> State:
    topic = turn.state.topic if reply.topic is None else reply.topic
    language = turn.state.language if reply.language is None else reply.language
    office = turn.state.office if reply.office is None else reply.office
    return State(language, reply.step, reply.data, menu, topic, office=office)


def _rendered(says: Sequence[Say], message: Incoming) -> tuple[list[Wire], Menu]:
    """All messages of a reply for its channel, and the menu of the last that has one."""
    wires: list[Wire] = []
    menu = Menu()
    for say in says:
        rendered, offered = render(say, CAPS[message.channel], message.message)
        wires += rendered
        menu = offered if offered.items else menu
    return wires, menu


def _apology(turn: Turn, reference: str) -> Reply:
    text = turn.t(
        "Xin lỗi anh/chị, tôi gặp trục trặc và chưa trả lời được. Anh/chị thử lại sau ít phút, hoặc gọi {phone} và đọc số {reference}.",
        phone=", ".join(turn.knowledge.office.telephones),
        reference=reference,
    )
    return Reply((Say(text),), outcome=Outcome.UNKNOWN)
