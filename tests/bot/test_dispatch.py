"""The road of a message: in order, once, whole, whatever a handler does."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.__main__ import _log_to_stderr
from bot.chat import Chat, Choice, Incoming, Kind, Media, Menu, Say
from bot.dispatch import BATCH, Bench, Dispatch
from bot.store import Database, road, voices
from bot.store.tables import conversations, inbox, malformed, metadata, outbox, outcomes
from bot.turn import Library, Outcome, Reply, Stale, State, Turn
from knowledge.model import Aspect
from knowledge.understand.meaning import Topic
from tests.citizen import Pocket
from tests.conftest import KEY, NOW, Clock

Route = Callable[[Turn], Awaitable[Reply]]
SECRET = "Nguyễn Thị Bí Mật"


async def echo(turn: Turn) -> Reply:
    return Reply((Say(f"nghe: {turn.text}"),), outcome=Outcome.ANSWER)


@dataclass
class Road:
    """A dispatch over a database, with what a test wants to see of it."""

    database: Database
    library: Library
    clock: Clock
    spoken: list[str] = field(default_factory=list)
    files: Pocket = field(default_factory=Pocket)

    def dispatch(self, route: Route = echo) -> Dispatch:
        return Dispatch(Bench(self.database, lambda: self.library, route, self.clock, KEY, self.files), self.spoken.append)

    async def answer(self, route: Route, *messages: Incoming) -> list[str]:
        """All that is said in reply."""
        dispatch = self.dispatch(route)
        await dispatch.accept(*messages)
        async with asyncio.timeout(20):
            await dispatch.settle()
        return await self.said()

    async def said(self, chat: str = "a") -> list[str]:
        async with self.database.reading() as db:
            return [wire.whole for _, wire in await road.replies(db, "web", chat, 0)]

    async def rows(self, *columns: sa.Column[object]) -> list[tuple[object, ...]]:
        async with self.database.reading() as db:
            return [tuple(row) for row in await db.execute(sa.select(*columns))]

    async def state(self, chat: str = "a") -> State:
        async with self.database.reading() as db:
            return await road.state_of(db, Chat("mau", "web", chat))


@pytest.fixture
def way(database: Database, library: Library, clock: Clock) -> Road:
    return Road(database, library, clock)


def hears(text: str, chat: str = "a", event: str = "", language: str = "") -> Incoming:
    return Incoming("web", chat, event or f"{chat}.{text}", text=text, language=language)


@asynccontextmanager
async def running(dispatch: Dispatch) -> AsyncIterator[asyncio.Task[None]]:
    """The dispatch at work, stopped at the end."""
    task = asyncio.create_task(dispatch.run())
    try:
        async with asyncio.timeout(20):
            yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Waits for what another task does; the caller's deadline ends it."""
    while not await condition():  # noqa: ASYNC110 - what is awaited is a row in a database
        await asyncio.sleep(0.005)


# --- order and number -----------------------------------------------------------------------------------------------------------------------


async def test_a_message_is_answered(way: Road) -> None:
    """Accepted, answered, counted, and its channel woken."""
    assert await way.answer(echo, hears("xin chào")) == ["nghe: xin chào"]
    assert way.spoken == ["web"]
    assert await way.rows(inbox.c.office, inbox.c.done_at, inbox.c.failure) == [("mau", NOW, "")]
    assert await way.rows(outcomes.c.outcome, outcomes.c.channel) == [("answer", "web")]


async def test_a_chat_is_answered_in_order(way: Road) -> None:
    """Replies follow one another as the messages did, each under its own."""
    texts = [str(n) for n in range(12)]
    assert await way.answer(echo, *(hears(t) for t in texts)) == [f"nghe: {t}" for t in texts]
    assert [inbox_id for (inbox_id,) in await way.rows(outbox.c.inbox_id)] == [id_ for (id_,) in await way.rows(inbox.c.id)]


async def test_the_same_event_is_answered_once(way: Road) -> None:
    """A platform that delivers twice gets one answer, also when the second comes after the first was answered."""
    dispatch = way.dispatch()
    assert await dispatch.accept(hears("một", event="7"), hears("một", event="7")) == 1
    await dispatch.settle()
    assert await dispatch.accept(hears("một", event="7")) == 0
    await dispatch.settle()
    assert await way.said() == ["nghe: một"]


async def test_several_chats_at_once(way: Road) -> None:
    """A slow answer to one chat does not keep another waiting: both handlers are under way together."""
    together = asyncio.Barrier(2)

    async def meeting(turn: Turn) -> Reply:
        await together.wait()
        return await echo(turn)

    dispatch = way.dispatch(meeting)
    async with running(dispatch):
        await dispatch.accept(hears("một", "a"), hears("hai", "b"))
        await until(lambda: both_said(way))
    assert (await way.said("a"), await way.said("b")) == (["nghe: một"], ["nghe: hai"])


async def both_said(way: Road) -> bool:
    return bool(await way.said("a") and await way.said("b"))


async def test_one_message_of_a_chat_at_a_time(way: Road) -> None:
    """Also when messages keep coming while one is being answered, a chat has one handler at work, and order is kept."""
    at_work: Counter[str] = Counter()

    async def watched(turn: Turn) -> Reply:
        chat = turn.incoming.chat
        at_work[chat] += 1
        assert at_work[chat] == 1
        await asyncio.sleep(0)
        at_work[chat] -= 1
        count = turn.state.data.get("count", 0) + 1
        return Reply((Say(f"{count}: {turn.text}"),), step="x", data={"count": count})

    dispatch = way.dispatch(watched)
    async with running(dispatch):
        for n in range(6):
            await dispatch.accept(*(hears(str(n), chat) for chat in "abc"))

        async def all_said() -> bool:
            return all([len(await way.said(chat)) == 6 for chat in "abc"])

        await until(all_said)
    for chat in "abc":
        assert await way.said(chat) == [f"{n + 1}: {n}" for n in range(6)]


async def test_a_busy_chat_does_not_keep_others_waiting(way: Road) -> None:
    """More messages of one chat than a batch holds, the first still being answered: another chat is answered all the same."""
    free = asyncio.Event()

    async def slow(turn: Turn) -> Reply:
        if turn.incoming.chat == "a":
            await free.wait()
        return await echo(turn)

    dispatch = way.dispatch(slow)
    async with running(dispatch):
        await dispatch.accept(*(hears(str(n)) for n in range(250)))
        await dispatch.accept(hears("một", "b"))

        async def answered() -> bool:
            return await way.said("b") == ["nghe: một"]

        await until(answered)


async def test_a_restart_loses_nothing(way: Road) -> None:
    """Stopped in the midst of an answer, the next start gives it, once."""
    begun, never = asyncio.Event(), asyncio.Event()

    async def stuck(turn: Turn) -> Reply:
        begun.set()
        await never.wait()
        return await echo(turn)

    dispatch = way.dispatch(stuck)
    async with running(dispatch):
        await dispatch.accept(hears("một"), hears("hai"))
        await begun.wait()
    assert await way.said() == []
    await way.dispatch().settle()
    assert await way.said() == ["nghe: một", "nghe: hai"]


# --- state ----------------------------------------------------------------------------------------------------------------------------------


async def test_the_state_is_carried_from_turn_to_turn(way: Road) -> None:
    """Step, data and menu are those of the last reply; topic and language stay until they are changed."""
    topic, seen = Topic(("1.001193",), (Aspect.FEE,)), list[State]()
    first = Reply((Say("?", choices=(Choice("Có", "yes"),), numbered=True),), step="s", data={"a": 1}, topic=topic, language="en")
    replies = iter([first, Reply((Say("!"),)), Reply((Say("."),))])

    async def told(turn: Turn) -> Reply:
        seen.append(turn.state)
        return next(replies)

    await way.answer(told, hears("một"), hears("hai"), hears("ba"))
    menu = Menu((("Có", "yes"),), numbered=True, ordinal=True)
    assert [replace(s, updated=None) for s in seen] == [State("vi"), State("en", "s", {"a": 1}, menu, topic), State("en", topic=topic)]
    assert [s.updated for s in seen] == [None, NOW, NOW]


async def test_the_menu_is_that_of_the_last_message_that_has_one(way: Road) -> None:
    """A closing sentence without buttons does not take the menu before it away."""

    async def twice(turn: Turn) -> Reply:
        return Reply((Say("?", choices=(Choice("Một", "1"),)), Say("?", choices=(Choice("Hai", "2"),)), Say("hết")))

    await way.answer(twice, hears("một"))
    assert (await way.state()).menu == Menu((("Hai", "2"),))


@pytest.mark.parametrize(("language", "heard"), [("", "vi"), ("vi-VN", "vi"), ("en-GB", "en"), ("ko", "en")])
async def test_the_first_words_are_in_the_language_of_the_phone(way: Road, language: str, heard: str) -> None:
    """Until a citizen chooses, the channel's language decides."""

    async def language_of(turn: Turn) -> Reply:
        return Reply((Say(turn.t.language),))

    assert await way.answer(language_of, hears("hi", language=language)) == [heard]


# --- a handler that fails -------------------------------------------------------------------------------------------------------------------


async def failing(turn: Turn) -> Reply:
    if SECRET in turn.text:
        raise ValueError(f"không hiểu {turn.text}")
    return await echo(turn)


APOLOGY = re.compile(
    r"Xin lỗi anh/chị, tôi gặp trục trặc và chưa trả lời được\. Anh/chị thử lại sau ít phút, hoặc gọi 0200 000 0000 và đọc số (L-[0-9A-F]{6})\."
)


async def test_a_handler_that_fails_apologises(way: Road, logged: list[dict[str, object]]) -> None:
    """The citizen gets an apology with a reference and the telephone; log and inbox have the reference; the next message is answered."""
    apology, answer = await way.answer(failing, hears(SECRET), hears("còn đó không"))
    reference = APOLOGY.fullmatch(apology)[1]
    assert answer == "nghe: còn đó không"
    assert await way.rows(inbox.c.failure) == [(reference,), ("",)]
    assert [(e["event"], e["reference"], e["channel"], e["step"]) for e in logged] == [("handler failed", reference, "web", "")]
    assert await way.rows(outcomes.c.outcome) == [("unknown",), ("answer",)]


async def test_a_failure_is_apologised_for_in_the_citizens_language(way: Road) -> None:
    """An English phone reads an English apology."""
    (apology,) = await way.answer(failing, hears(SECRET, language="en"))
    assert apology.startswith("Sorry")


async def test_the_log_of_a_failure_holds_no_words_of_the_citizen(way: Road, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even inside the text of the exception; where it happened is there."""
    _log_to_stderr(verbose=True)
    await way.answer(failing, hears(SECRET))
    log = capsys.readouterr().err
    assert "handler failed" in log
    assert "ValueError" in log
    assert "test_dispatch.py" in log
    assert SECRET not in log


async def test_a_failure_leaves_the_dialogue(way: Road) -> None:
    """After an apology nothing of a step half done is left; topic and language stay."""
    topic = Topic(("1.001193",))

    async def step(turn: Turn) -> Reply:
        if turn.state.step:
            raise LookupError
        return Reply((Say("?"),), step="s", data={"a": 1}, topic=topic, language="en")

    await way.answer(step, hears("một"), hears("hai"))
    assert replace(await way.state(), updated=None) == State("en", topic=topic)


# --- one transaction ------------------------------------------------------------------------------------------------------------------------


async def rate(db: AsyncConnection) -> None:
    await voices.rate(db, Chat("mau", "web", "a"), "", 5, NOW)


async def ratings(way: Road) -> int:
    async with way.database.reading() as db:
        return len([row async for row in voices.all_ratings(db)])


async def test_effects_are_kept_with_the_reply(way: Road) -> None:
    """What a handler wants written is there when its words are."""

    async def rating(turn: Turn) -> Reply:
        assert await ratings(way) == 0
        return Reply((Say("đã ghi"),), effects=(rate,))

    assert await way.answer(rating, hears("một")) == ["đã ghi"]
    assert await ratings(way) == 1


async def unencodable(db: AsyncConnection) -> None:
    await voices.keep_feedback(db, Chat("mau", "web", "a"), "GY-1", "\ud800", NOW)


async def unknown(db: AsyncConnection) -> None:
    raise LookupError("không có")


async def not_null(db: AsyncConnection) -> None:
    await voices.keep_feedback(db, Chat("mau", "web", "a"), "GY-1", None, NOW)


@pytest.mark.parametrize("effect", [unencodable, unknown, not_null])
async def test_an_effect_that_fails_leaves_nothing(way: Road, effect: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    """Neither the other effects nor the words nor the step are kept; the citizen is told, and the next message is answered."""

    async def rating(turn: Turn) -> Reply:
        return Reply((Say("đã ghi"),), step="s", effects=(rate, effect)) if turn.text == "một" else await echo(turn)

    dispatch = way.dispatch(rating)
    async with running(dispatch) as task:
        await dispatch.accept(hears("một"), hears("hai"))

        async def done() -> bool:
            return task.done() or len(await way.said()) == 2

        await until(done)
        assert not task.done()
    apology, answer = await way.said()
    assert APOLOGY.fullmatch(apology)
    assert answer == "nghe: hai"
    assert await ratings(way) == 0
    assert (await way.state()).step == ""
    assert [bool(failure) for (failure,) in await way.rows(inbox.c.failure)] == [True, False]


async def test_a_reply_that_was_overtaken_is_made_anew(way: Road) -> None:
    """An effect that finds things changed meanwhile undoes the reply, and the message is handled once more as things stand now."""
    seen: list[str] = []

    async def write(db: AsyncConnection) -> None:
        await voices.keep_feedback(db, Chat("mau", "web", "a"), f"GY-{len(seen)}", "x", NOW)
        if len(seen) == 1:
            raise Stale

    async def route(turn: Turn) -> Reply:
        seen.append(turn.text)
        return Reply((Say(f"lần {len(seen)}"),), effects=(write,))

    assert await way.answer(route, hears("chào")) == ["lần 2"]
    async with way.database.reading() as db:
        assert [row[2] async for row in voices.all_feedback(db)] == ["GY-2"]


async def test_a_reply_that_cannot_be_rendered_is_a_failure(way: Road) -> None:
    """Data that no row can hold are apologised for like any fault of a handler."""

    async def unstorable(turn: Turn) -> Reply:
        return Reply((Say("được"),), step="s", data={"when": dt.date(2026, 11, 20)})

    (apology,) = await way.answer(unstorable, hears("một"))
    assert APOLOGY.fullmatch(apology)


@pytest.mark.slow
async def test_a_failing_question_to_the_store_is_a_failure(way: Road) -> None:
    """A handler that asks for a table that is not there is apologised for, not tried for ever."""

    async def wrong(turn: Turn) -> Reply:
        await turn.db.execute(sa.select(sa.text("x")).select_from(sa.text("không_có")))
        return await echo(turn)

    (apology,) = await way.answer(wrong, hears("một"))
    assert APOLOGY.fullmatch(apology)


async def test_hide_keeps_the_words_out_of_the_store(way: Road) -> None:
    """Four digits typed as proof are nowhere in the database."""

    async def secret(turn: Turn) -> Reply:
        return Reply((Say("đúng"),), hide=True)

    await way.answer(secret, hears("bảy bảy tám tám", event="1"))
    async with way.database.reading() as db:
        everything = [tuple(row) for table in metadata.tables.values() for row in await db.execute(sa.select(table))]
    assert "••••" in str([payload for (payload,) in await way.rows(inbox.c.payload)])
    assert "bảy" not in str(everything)


async def test_malformed_input_is_kept_and_not_logged(way: Road, logged: list[dict[str, object]]) -> None:
    """What a channel cannot read is in the store for the operator; the log only says that there was something."""
    await way.dispatch().malformed("telegram", SECRET)
    assert await way.rows(malformed.c.channel, malformed.c.body, malformed.c.at) == [("telegram", SECRET, NOW)]
    assert logged == [{"event": "malformed", "channel": "telegram", "log_level": "warning"}]


# --- what another version, another process or a fault of the database leaves behind ---------------------------------------------------------


async def set_payload(way: Road, payload: object) -> None:
    async with way.database.writing() as db:
        await db.execute(inbox.update().where(inbox.c.event == "1").values(payload=payload))


@pytest.mark.parametrize("payload", [{}, {"kind": "hologram"}, {"channel": "web", "chat": "a", "event": "1", "kind": "text", "mood": "?"}, None, 7])
async def test_a_row_that_another_version_wrote_holds_up_nobody(way: Road, payload: object) -> None:
    """A message whose stored form cannot be read is answered as a thing that we cannot read; what follows it is answered too."""

    async def kinds(turn: Turn) -> Reply:
        return Reply((Say(f"{turn.incoming.kind}: {turn.text}"),))

    dispatch = way.dispatch(kinds)
    await dispatch.accept(hears("một", event="1"), hears("hai"))
    await set_payload(way, payload)
    async with asyncio.timeout(20):
        await dispatch.settle()
    assert await way.said() == ["unsupported:", "text: hai"]
    async with way.database.reading() as db:
        assert len(await road.history(db, "web", "a", 10)) == 4


async def test_a_state_that_another_version_wrote_is_begun_anew(way: Road, logged: list[dict[str, object]]) -> None:
    """A conversation whose row cannot be read goes on from its beginning instead of being tried for ever."""
    await way.answer(echo, hears("một"))
    async with way.database.writing() as db:
        await db.execute(conversations.update().values(topic={"asked": 7}, menu=7))
    assert await way.answer(echo, hears("hai")) == ["nghe: một", "nghe: hai"]
    assert [e["event"] for e in logged] == ["state unreadable"]


async def test_two_workers_answer_a_message_once(way: Road) -> None:
    """Where two processes take up the same row, one reply and its effects are kept, and nothing of the other.

    On PostgreSQL the second does not even begin."""
    together, begun = asyncio.Barrier(1 if way.database.shared else 2), Counter[str]()

    async def rating(turn: Turn) -> Reply:
        begun["rating"] += 1
        await together.wait()
        return Reply((Say("đã ghi"),), effects=(rate_anew,))

    await way.dispatch().accept(hears("một"))
    async with asyncio.timeout(20):
        await asyncio.gather(way.dispatch(rating).settle(), way.dispatch(rating).settle())
    assert begun["rating"] == together.parties
    assert await way.said() == ["đã ghi"]
    assert await ratings(way) == 1
    assert await way.rows(outcomes.c.outcome) == [("other",)]


async def rate_anew(db: AsyncConnection) -> None:
    await voices.rate(db, Chat("mau", "web", f"{await ratings_in(db)}"), "", 5, NOW)


async def ratings_in(db: AsyncConnection) -> int:
    return len([row async for row in voices.all_ratings(db)])


async def test_a_row_that_cannot_even_be_apologised_for_is_closed(way: Road) -> None:
    """A channel that is no more can be told nothing: the row is closed with its reference and not taken up again."""
    await way.answer(echo, Incoming("fax", "a", "1", text="một"), hears("hai"))
    assert await way.said() == ["nghe: hai"]
    (lost,), (answered,) = await way.rows(inbox.c.failure)
    assert re.fullmatch(r"L-[0-9A-F]{6}", str(lost))
    assert answered == ""


async def test_a_full_batch_of_one_chat_does_not_keep_others_waiting(way: Road) -> None:
    """After a restart, more messages of one chat wait than a batch holds and nothing new comes: another chat is answered meanwhile."""
    free = asyncio.Event()

    async def slow(turn: Turn) -> Reply:
        if turn.incoming.chat == "a":
            await free.wait()
        return await echo(turn)

    await way.dispatch().accept(*(hears(str(n)) for n in range(BATCH + 5)), hears("một", "b"))
    async with running(way.dispatch(slow)):

        async def answered() -> bool:
            return await way.said("b") == ["nghe: một"]

        await until(answered)


# --- photos -----------------------------------------------------------------------------------------------------------------------------------

PHOTO = Incoming("web", "a", "photo", Kind.PHOTO, media=(Media(Kind.PHOTO, "ref", 3, "image/jpeg"),))


async def look(turn: Turn) -> Reply:
    seen = await turn.files.read(turn.incoming.channel, turn.incoming.media[0], 10)
    return Reply((Say(f"thấy {seen.decode()}"),))


async def test_a_photo_is_there_until_it_is_answered(way: Road) -> None:
    """The handler reads what came with the message; once that is answered, it is removed."""
    way.files.held["ref"] = b"abc"
    assert await way.answer(look, PHOTO) == ["thấy abc"]
    assert way.files.held == {}


async def test_a_photo_stays_while_its_message_waits(way: Road) -> None:
    """An answer that cannot be kept because the database is down leaves the photo for the next try."""
    way.files.held["ref"] = b"abc"

    async def reads_in_vain(turn: Turn) -> Reply:
        raise sa.exc.OperationalError("SELECT", {}, Exception("database is locked"))

    dispatch = way.dispatch(reads_in_vain)
    await dispatch.accept(PHOTO)
    async with running(dispatch):
        await asyncio.sleep(0)
    assert way.files.held == {"ref": b"abc"}
    assert await way.rows(inbox.c.done_at) == [(None,)]


async def test_a_photo_of_a_failed_handler_is_removed(way: Road) -> None:
    """An apology is an answer too: nothing is kept."""
    way.files.held["ref"] = b"abc"

    async def fails(turn: Turn) -> Reply:
        raise RuntimeError

    await way.answer(fails, PHOTO)
    assert way.files.held == {}


async def test_a_photo_that_cannot_be_removed(way: Road, logged: list[dict[str, object]]) -> None:
    """The answer stands; the log says that a file is left, for the sweep."""

    class Stuck(Pocket):
        async def remove(self, channel: str, media: Media) -> None:
            raise PermissionError

    way.files = Stuck({"ref": b"abc"})
    assert await way.answer(look, PHOTO) == ["thấy abc"]
    assert [(e["event"], e["error"]) for e in logged] == [("file not removed", "PermissionError")]


async def test_a_flood_is_told_once(way: Road, clock: Clock) -> None:
    """What comes over the limit of a minute is closed with one word, on either database; after the minute all is as before."""
    dispatch = Dispatch(Bench(way.database, lambda: way.library, echo, clock, KEY, most_a_minute=3))
    await dispatch.accept(*(hears(f"tin {n}") for n in range(8)))
    await dispatch.settle()
    answers = await way.said()
    assert len(answers) == 4
    assert answers[-1].startswith("Anh/chị gửi nhanh quá nên tôi chưa đọc tin này.")
    assert [failure for (failure,) in await way.rows(inbox.c.failure)] == ["", "", "", *["flood"] * 5]
    clock.move(61)
    await dispatch.accept(hears("tin sau"))
    await dispatch.settle()
    assert len(await way.said()) == 5
