"""The life-cycle of petitions: every step possible and impossible, numbers, due ones, and what is kept of whom."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.petitions.rules import Rules
from bot.petitions.steps import (
    BY_CITIZEN,
    BY_STAFF,
    STEPS,
    Draft,
    NoSuchPetition,
    NotNow,
    Petition,
    PetitionError,
    ReopenedBefore,
    SentBefore,
    State,
    Step,
    TooManyToday,
    WordsMissing,
    possible,
)
from bot.store import Database, petitions, senders
from bot.store.tables import petition_events, petition_senders
from bot.store.tables import petitions as table
from bot.turn import Library
from knowledge.calendar import Calendar
from tests.conftest import KEY, NOW

CHAT = Chat("mau", "telegram", "70012345")
OTHER = Chat("mau", "telegram", "70099999")
RULES = Rules()
TEXT = "Cống trước chợ nghẹt, nước ngập sân"
SPAN = dt.timedelta(minutes=23)
Send = Callable[..., Awaitable[Petition]]


@pytest.fixture
def calendar(library: Library) -> Calendar:
    return library.calendar


@pytest.fixture
def send(database: Database, calendar: Calendar) -> Send:
    """Stores one petition; each has other words unless given."""
    numbers = itertools.count(1)

    async def sent(chat: Chat = CHAT, now: dt.datetime = NOW, rules: Rules = RULES, **more: object) -> Petition:
        draft = Draft(**{"text": f"{TEXT} {next(numbers)}", **more})
        async with database.writing() as db:
            return await petitions.receive(db, KEY, chat, draft, rules, calendar, now)

    return sent


def steps_of(calendar: Calendar) -> dict[Step, Callable[[AsyncConnection, int], Awaitable[Petition]]]:
    """Every step that can be tried on a petition."""
    return {
        Step.TAKE: lambda db, n: petitions.take(db, KEY, n, "Cán bộ A", NOW),
        Step.FORWARD: lambda db, n: petitions.forward(db, KEY, n, "Cán bộ A", "Công an xã", NOW),
        Step.ASK_BACK: lambda db, n: petitions.ask_back(db, KEY, n, "Cán bộ A", "Cống nào ạ?", NOW),
        Step.REPLY: lambda db, n: petitions.reply(db, KEY, n, "Cống cạnh cổng chợ", NOW),
        Step.ANSWER: lambda db, n: petitions.answer(db, KEY, n, "Cán bộ A", "Đã thông cống.", NOW),
        Step.CLOSE: lambda db, n: petitions.close(db, KEY, n, "Cán bộ A", "Trùng phản ánh khác", NOW),
        Step.CONFIRM: lambda db, n: petitions.verdict(db, KEY, n, 4, NOW),
        Step.REOPEN: lambda db, n: petitions.reopen(db, KEY, n, "Vẫn nghẹt", RULES, calendar, NOW),
    }


# How each state is reached.
ROADS: dict[State, tuple[Step, ...]] = {
    State.RECEIVED: (),
    State.TAKEN: (Step.TAKE,),
    State.FORWARDED: (Step.TAKE, Step.FORWARD),
    State.ASKED: (Step.TAKE, Step.ASK_BACK),
    State.ANSWERED: (Step.TAKE, Step.ANSWER),
    State.CLOSED: (Step.CLOSE,),
    State.CONFIRMED: (Step.ANSWER, Step.CONFIRM),
    State.REOPENED: (Step.ANSWER, Step.REOPEN),
}


async def walk(database: Database, calendar: Calendar, petition: int, road: tuple[Step, ...]) -> None:
    for step in road:
        async with database.writing() as db:
            await steps_of(calendar)[step](db, petition)


async def found(database: Database, petition: int) -> Petition:
    async with database.reading() as db:
        kept = await petitions.find(db, KEY, petition)
    assert kept
    return kept


# --- sending --------------------------------------------------------------------------------------------------------------------------------


async def test_received(send: Send, database: Database) -> None:
    """A petition has a code of the day, due times, and all that was sent."""
    sent = await send(text=TEXT, place="Chợ Mẫu", spot=(21.5, 105.25), dossier="H26.145-261110-0001", photos=("b" * 64, "a" * 64))
    assert (sent.code, sent.state, sent.text, sent.place, sent.spot) == ("PAKN-261123-0001", State.RECEIVED, TEXT, "Chợ Mẫu", (21.5, 105.25))
    assert (sent.dossier, sent.named, sent.level, sent.late) == ("H26.145-261110-0001", False, 0, False)
    assert sent.accept_due == dt.datetime(2026, 11, 25, 9, 30, tzinfo=NOW.tzinfo)
    assert sent.answer_due == dt.datetime(2026, 12, 15, 17, 0, tzinfo=NOW.tzinfo)
    async with database.reading() as db:
        assert await petitions.by_code(db, KEY, "mau", sent.code) == sent
        assert await petitions.by_code(db, KEY, "khac", sent.code) is None
        assert await petitions.photos_of(db, sent.id) == ["b" * 64, "a" * 64]
        assert await petitions.photos_kept(db, ["a" * 64, "c" * 64]) == {"a" * 64}
        assert [(e.step, e.by) for e in await petitions.events_of(db, sent.id)] == [(Step.RECEIVE, "")]


async def test_numbers_run_by_day_and_office(send: Send) -> None:
    """The number begins anew with every day and in every office."""
    codes = [(await send()).code, (await send()).code, (await send(Chat("xa-b", "web", "x"))).code, (await send(now=NOW + dt.timedelta(days=1))).code]
    assert codes == ["PAKN-261123-0001", "PAKN-261123-0002", "PAKN-261123-0001", "PAKN-261124-0001"]


async def test_two_workers_never_give_the_same_number(send: Send) -> None:
    """Sent at the same time by many, every petition has a number of its own."""
    sent = await asyncio.gather(*(send(Chat("mau", "web", str(n))) for n in range(12)))
    assert sorted(p.code for p in sent) == [f"PAKN-261123-{n:04d}" for n in range(1, 13)]


async def test_no_more_a_day_than_the_office_has_set(send: Send) -> None:
    """The sixth of a day is refused, the next day's first is not; another person's is not either."""
    for _ in range(5):
        await send()
    with pytest.raises(TooManyToday):
        await send()
    await send(OTHER)
    await send(now=NOW + dt.timedelta(days=1))
    with pytest.raises(TooManyToday):
        await send(OTHER, rules=Rules(per_day=1))


async def test_the_same_words_twice(send: Send) -> None:
    """The same words of the same person are refused with the code that has them; of another person they are kept."""
    first = await send(text=TEXT)
    with pytest.raises(SentBefore) as refused:
        await send(text=f"  {TEXT.upper()} ")
    assert refused.value.code == first.code
    assert (await send(OTHER, text=TEXT)).code != first.code


# --- steps ----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "step"), list(itertools.product(State, STEPS)))
async def test_every_step_in_every_state(send: Send, database: Database, calendar: Calendar, state: State, step: Step) -> None:
    """A possible step leads to its state and is an event; an impossible one is refused by a typed error and changes nothing."""
    petition = (await send()).id
    await walk(database, calendar, petition, ROADS[state])
    before = await found(database, petition)
    assert before.state is state
    async with database.reading() as db:
        events = await petitions.events_of(db, petition)
    if possible(step, state):
        await walk(database, calendar, petition, (step,))
        assert (await found(database, petition)).state is STEPS[step][1]
        async with database.reading() as db:
            assert [e.step for e in await petitions.events_of(db, petition)] == [*(e.step for e in events), step]
    else:
        with pytest.raises(PetitionError):
            await walk(database, calendar, petition, (step,))
        assert await found(database, petition) == before
        async with database.reading() as db:
            assert await petitions.events_of(db, petition) == events


async def test_who_did_what_when(send: Send, database: Database, calendar: Calendar) -> None:
    """The events tell the whole story in order; what the citizen did has no name."""
    petition = (await send()).id
    await walk(database, calendar, petition, (Step.TAKE, Step.ASK_BACK, Step.REPLY, Step.FORWARD, Step.ANSWER, Step.REOPEN, Step.TAKE, Step.CLOSE))
    async with database.reading() as db:
        story = [(e.step.value, e.by, e.words) for e in await petitions.events_of(db, petition)]
    assert story == [
        ("received", "", ""),
        ("taken", "Cán bộ A", ""),
        ("asked_back", "Cán bộ A", "Cống nào ạ?"),
        ("replied_by_citizen", "", "Cống cạnh cổng chợ"),
        ("forwarded", "Cán bộ A", "Công an xã"),
        ("answered", "Cán bộ A", "Đã thông cống."),
        ("reopened", "", "Vẫn nghẹt"),
        ("taken", "Cán bộ A", ""),
        ("closed", "Cán bộ A", "Trùng phản ánh khác"),
    ]


async def test_taken_by_somebody_else(send: Send, database: Database) -> None:
    """The error of a second taking names who has it."""
    petition = (await send()).id
    async with database.writing() as db:
        await petitions.take(db, KEY, petition, "Cán bộ A", NOW)
    with pytest.raises(NotNow) as refused:
        async with database.writing() as db:
            await petitions.take(db, KEY, petition, "Cán bộ B", NOW)
    assert (refused.value.state, refused.value.holder) == (State.TAKEN, "Cán bộ A")


async def test_two_take_at_once(send: Send, database: Database) -> None:
    """Of two that take it at the same time one has it, and the other is told."""
    petition = (await send()).id

    async def take(by: str) -> str:
        async with database.writing() as db:
            return (await petitions.take(db, KEY, petition, by, NOW)).holder

    done = await asyncio.gather(take("Cán bộ A"), take("Cán bộ B"), return_exceptions=True)
    assert {type(one) for one in done} == {str, NotNow}


async def test_reopened_once_to_the_superior(send: Send, database: Database, calendar: Calendar) -> None:
    """Reopening lays it before the superior with new due times, free to be taken; there is no second time."""
    petition = (await send()).id
    await walk(database, calendar, petition, (Step.TAKE, Step.ANSWER))
    later = NOW + dt.timedelta(days=9)
    async with database.writing() as db:
        again = await petitions.reopen(db, KEY, petition, "Vẫn nghẹt", RULES, calendar, later)
    assert (again.level, again.holder, again.taken_at, again.ended_at) == (1, "", None, None)
    assert again.answer_due == dt.datetime(2026, 12, 23, 17, 0, tzinfo=NOW.tzinfo)
    await walk(database, calendar, petition, (Step.ANSWER,))
    with pytest.raises(ReopenedBefore):
        await walk(database, calendar, petition, (Step.REOPEN,))
    assert (await found(database, petition)).state is State.ANSWERED


@pytest.mark.parametrize("step", ["answer", "ask_back", "close", "forward"])
async def test_no_words(send: Send, database: Database, step: str) -> None:
    """An answer, question, reason or unit without a word is refused, and so is a reply."""
    petition = (await send()).id
    async with database.writing() as db:
        with pytest.raises(WordsMissing):
            await getattr(petitions, step)(db, KEY, petition, "Cán bộ A", " \n", NOW)
        with pytest.raises(WordsMissing):
            await petitions.reply(db, KEY, petition, " ", NOW)
    assert (await found(database, petition)).state is State.RECEIVED


async def test_no_such_petition(database: Database) -> None:
    """A step of a petition that is not there is told so."""
    with pytest.raises(NoSuchPetition):
        async with database.writing() as db:
            await petitions.take(db, KEY, 99, "Cán bộ A", NOW)


@pytest.mark.parametrize(("days", "late"), [(1, False), (23, True)])
async def test_late(send: Send, database: Database, calendar: Calendar, days: int, late: bool) -> None:
    """Answered after its due time it stays late, whatever follows."""
    petition = (await send()).id
    async with database.writing() as db:
        assert (await petitions.answer(db, KEY, petition, "Cán bộ A", "Xong", NOW + dt.timedelta(days=days))).late is late
    await walk(database, calendar, petition, (Step.REOPEN, Step.ANSWER))
    assert (await found(database, petition)).late is late


# --- looking ----------------------------------------------------------------------------------------------------------------------------------


async def test_open_ones(send: Send, database: Database, calendar: Calendar) -> None:
    """What is answered or closed is not open; what was reopened is, the most urgent first."""
    first, second, third, fourth = [(await send(Chat("mau", "web", str(n)))).id for n in range(4)]
    await walk(database, calendar, second, (Step.ANSWER,))
    await walk(database, calendar, third, (Step.CLOSE,))
    await walk(database, calendar, fourth, (Step.ANSWER,))
    async with database.writing() as db:
        await petitions.reopen(db, KEY, fourth, "", RULES, calendar, NOW + dt.timedelta(days=3))
    async with database.reading() as db:
        assert [p.id for p in await petitions.open_ones(db, KEY, "mau")] == [first, fourth]
        assert await petitions.open_ones(db, KEY, "khac") == []


async def test_due_before(send: Send, database: Database, calendar: Calendar) -> None:
    """First what nobody has taken up in time, then what is not answered in time."""
    waits, taken, done = [(await send(Chat("mau", "web", str(n)))).id for n in range(3)]
    await walk(database, calendar, taken, (Step.TAKE,))
    await walk(database, calendar, done, (Step.ANSWER,))

    async def due(days: int) -> list[int]:
        async with database.reading() as db:
            return [p.id for p in await petitions.due_before(db, KEY, "mau", NOW + dt.timedelta(days=days))]

    assert (await due(1), await due(3), await due(23)) == ([], [waits], [waits, taken])


async def test_of_sender(send: Send, database: Database) -> None:
    """A chat's own petitions, named or not, newest first; nobody else's, and none with another key."""
    first = await send(now=NOW - dt.timedelta(days=2))
    second = await send(named=True, name="Người Mẫu", contact="0900 000 000")
    await send(OTHER)
    async with database.reading() as db:
        assert [p.id for p in await petitions.of_sender(db, KEY, CHAT, NOW - dt.timedelta(days=30))] == [second.id, first.id]
        assert [p.id for p in await petitions.of_sender(db, KEY, CHAT, NOW)] == [second.id]
        assert await petitions.of_sender(db, b"another key of thirty-two bytes.", CHAT, NOW - dt.timedelta(days=30)) == []
        assert await petitions.of_sender(db, KEY, Chat("mau", "web", CHAT.key), NOW - dt.timedelta(days=30)) == []


async def test_untold(send: Send, database: Database, calendar: Calendar) -> None:
    """Each step waits to be told to the other side, once."""
    petition = (await send()).id
    await walk(database, calendar, petition, (Step.TAKE, Step.ANSWER))
    async with database.writing() as db:
        assert [e.step for e in await petitions.untold(db, "mau", BY_CITIZEN)] == [Step.RECEIVE]
        waiting = await petitions.untold(db, "mau", BY_STAFF)
        assert [e.step for e in waiting] == [Step.TAKE, Step.ANSWER]
        assert [await petitions.mark_told(db, waiting[0].id, NOW) for _ in range(2)] == [True, False]
        assert [e.step for e in await petitions.untold(db, "mau", BY_STAFF)] == [Step.ANSWER]
        assert await petitions.untold(db, "khac", BY_STAFF) == []


# --- whose ----------------------------------------------------------------------------------------------------------------------------------


async def test_named(send: Send, database: Database) -> None:
    """Of one who chose to be named the name and contact are kept, apart from the text, and the time to the minute."""
    sent = await send(named=True, name="Người Mẫu", contact="0900 000 000", now=NOW + SPAN)
    async with database.reading() as db:
        assert await senders.contact_of(db, sent.id) == ("Người Mẫu", "0900 000 000")
    assert sent.received_at == NOW + SPAN


async def test_anonymous(send: Send, database: Database) -> None:
    """Of an anonymous one neither name nor contact is kept, even where they were typed; the time is the hour."""
    sent = await send(name="Người Mẫu", contact="0900 000 000", now=NOW + SPAN)
    async with database.writing() as db:
        await petitions.ask_back(db, KEY, sent.id, "Cán bộ A", "Ở đâu ạ?", NOW + SPAN)
        await petitions.reply(db, KEY, sent.id, "Cổng chợ", NOW + 2 * SPAN)
    async with database.reading() as db:
        assert await senders.contact_of(db, sent.id) == ("", "")
        assert [e.at for e in await petitions.events_of(db, sent.id)] == [NOW, NOW + SPAN, NOW]
    assert sent.received_at == NOW


async def test_the_way_back(send: Send, database: Database) -> None:
    """The key file opens the way back; without it, or with the seal of another petition, there is none."""
    sent, other = await send(language="en"), await send(OTHER)
    async with database.writing() as db:
        sender = await senders.sender_of(db, KEY, sent.id)
        assert sender
        assert (sender.channel, sender.chat, sender.language) == ("telegram", "70012345", "en")
        assert await senders.sender_of(db, b"another key of thirty-two bytes.", sent.id) is None
        stolen = (await db.execute(sa.select(petition_senders.c.sealed).where(petition_senders.c.petition == other.id))).scalar_one()
        await db.execute(petition_senders.update().where(petition_senders.c.petition == sent.id).values(sealed=stolen))
        assert await senders.sender_of(db, KEY, sent.id) is None


async def test_a_removed_petition_leaves_nothing(send: Send, database: Database) -> None:
    """Sender and events go with their petition."""
    sent = await send()
    async with database.writing() as db:
        await db.execute(table.delete().where(table.c.id == sent.id))
        for left in (petition_senders, petition_events):
            assert (await db.execute(sa.select(sa.func.count()).select_from(left))).scalar_one() == 0
