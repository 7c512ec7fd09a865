"""Reminders before a petition is due and the week's questions: in working hours, once, across restarts, to those whom they concern."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.petitions.rules import Rules
from bot.petitions.steps import Petition
from bot.settings import ZONE
from bot.staff import rounds
from bot.staff.enrolment import Role
from bot.store import Database, figures, petitions
from bot.turn import Library
from tests.bot.staff.conftest import Enrol, Receive, Told
from tests.conftest import KEY, NOW

# Received on Monday 23/11/2026 at 9:00: to be taken up by Wednesday 25th 9:30 (the 24th is a day off), answered by Tuesday 15/12 17:00.
# The desk works 7:30 to 11:30 and 13:30 to 17:00, Monday to Friday.


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


async def take(database: Database, petition: Petition, by: str) -> None:
    async with database.writing() as db:
        await petitions.take(db, KEY, petition.id, by, NOW)


@pytest.mark.parametrize(
    ("now", "reminded"),
    [
        (at(23, 15, month=11), 0),  # 3.5 hours of work are left
        (at(24, 9, month=11), 0),  # a day off
        (at(25, 7, 29, month=11), 0),  # before the desk opens
        (at(25, 7, 30, month=11), 1),
        (at(25, 9, 29, month=11), 1),
        (at(25, 9, 30, month=11), 0),  # the time has come: nothing is said after it
        (at(27, 9, month=11), 0),
    ],
)
async def test_before_it_is_to_be_taken_up(
    database: Database, library: Library, enrol: Enrol, receive: Receive, told: Told, now: dt.datetime, reminded: int
) -> None:
    """Two hours of work before, in working hours, and not after."""
    await enrol("lan")
    await receive()
    assert await rounds.remind(database, library, KEY, now) == reminded
    assert [("Sắp đến hạn nhận: 9:30 thứ Tư 25/11/2026. Chưa ai nhận phản ánh này." in text) for _, text in await told()] == [True] * reminded


@pytest.mark.parametrize(
    ("now", "reminded"),
    [
        (at(11, 15, 59), 0),  # a Friday: sixteen hours and a minute of work are left
        (at(11, 16), 1),
        (at(12, 10), 0),  # Saturday
        (at(13, 10), 0),  # Sunday
        (at(14, 7), 0),  # before the desk opens
        (at(14, 12), 0),  # the noon break
        (at(14, 10), 1),
        (at(15, 16, 59), 1),
        (at(15, 17), 0),
        (at(15, 23), 0),
        (at(16, 9), 0),
    ],
)
async def test_before_it_is_to_be_answered(
    database: Database, library: Library, enrol: Enrol, receive: Receive, told: Told, now: dt.datetime, reminded: int
) -> None:
    """In the last sixteen hours of work, never at night, on a day off, or once it is late."""
    await enrol("lan")
    await take(database, await receive(), "Lan")
    assert await rounds.remind(database, library, KEY, now) == reminded
    assert [("Sắp đến hạn trả lời: 17:00 thứ Ba 15/12/2026." in text) for _, text in await told()] == [True] * reminded


async def test_never_twice(database: Database, library: Library, enrol: Enrol, receive: Receive, tmp_path: Path) -> None:
    """However often it looks, and across a restart: once sixteen hours of work before, once four hours before."""
    await enrol("lan")
    await take(database, await receive(), "Lan")
    looks = [at(14, 8), at(14, 9), at(15, 8), at(15, 13, 29), at(15, 13, 30), at(15, 15), at(15, 16, 59)]
    told = []
    for now in looks:
        again = Database(str(database.url))
        await again.open()
        told.append(await rounds.remind(again, library, KEY, now))
        await again.close()
    assert told == [1, 0, 0, 0, 1, 0, 0]


async def test_who_is_reminded(database: Database, library: Library, enrol: Enrol, receive: Receive, told: Told) -> None:
    """Of one that nobody has taken all; of one that is taken who has it, also where a person of a group has."""
    for chat in ("lan", "minh"):
        await enrol(chat)
    await take(database, await receive(), "Minh (chị Hoa)")
    await receive(text="Rác tràn ở chợ Mẫu")
    assert await rounds.remind(database, library, KEY, at(14, 10)) == 3
    assert [chat for chat, _ in await told()] == ["minh", "lan", "minh"]


async def test_one_that_came_back_is_the_leaders(database: Database, library: Library, enrol: Enrol, receive: Receive, told: Told) -> None:
    """Until somebody takes it, leaders are reminded."""
    await enrol("lan")
    await enrol("ha", Role.LEADER)
    made = await receive()
    async with database.writing() as db:
        await petitions.answer(db, KEY, made.id, "Lan", "Đã thay bóng.", NOW)
        await petitions.reopen(db, KEY, made.id, "Vẫn tối", Rules(), library.calendar, NOW)
    assert await rounds.remind(database, library, KEY, at(25, 8, month=11)) == 1
    assert [chat for chat, _ in await told()] == ["ha"]


async def test_an_ended_one_is_not_reminded_of(database: Database, library: Library, enrol: Enrol, receive: Receive) -> None:
    """Nothing is said of what is answered."""
    await enrol("lan")
    made = await receive()
    async with database.writing() as db:
        await petitions.answer(db, KEY, made.id, "Lan", "Đã thay bóng.", NOW)
    assert await rounds.remind(database, library, KEY, at(14, 10)) == 0


# --- the week's questions ---------------------------------------------------------------------------------------------------------------------

MONDAY = dt.datetime(2026, 11, 30, 8, 0, tzinfo=ZONE)


async def ask(database: Database, *questions: str, when: dt.datetime = NOW) -> None:
    async with database.writing() as db:
        for question in questions:
            await figures.keep_unanswered(db, "mau", question, when)


async def test_the_weeks_questions(database: Database, library: Library, enrol: Enrol, told: Told) -> None:
    """On Monday at eight, the frequent ones first, once for the week."""
    await enrol("lan")
    await ask(database, "làm hộ chiếu ở đâu", "cấp bằng lái xe", "lam ho chieu can gi")
    looks = [MONDAY + dt.timedelta(minutes=m) for m in (-1, 0, 1, 60, 24 * 60)]
    assert [await rounds.weekly(database, library, now) for now in looks] == [0, 1, 0, 0, 0]
    [(chat, text)] = await told()
    assert chat == "lan"
    assert text.splitlines()[0].endswith("(2×)")
    assert text.splitlines()[1] == "• cấp bằng lái xe"


async def test_a_week_without_any(database: Database, library: Library, enrol: Enrol, told: Told) -> None:
    """Nothing is said of nothing; what was asked before or after the week is not in it."""
    await enrol("lan")
    await ask(database, "làm hộ chiếu ở đâu", when=MONDAY - dt.timedelta(days=8))
    assert await rounds.weekly(database, library, MONDAY) == 0
    assert await told() == []


async def test_a_monday_that_is_a_day_off(database: Database, library: Library, enrol: Enrol) -> None:
    """It is told on the first day of work: after Tết of 2027 that is Thursday 11/2."""
    await enrol("lan")
    await ask(database, "làm hộ chiếu ở đâu", when=dt.datetime(2027, 2, 5, 9, tzinfo=ZONE))
    days = [dt.datetime(2027, 2, day, 8, tzinfo=ZONE) for day in range(8, 13)]
    assert [await rounds.weekly(database, library, day) for day in days] == [0, 0, 0, 1, 0]


async def test_who_joined_later_hears_of_the_next_week(database: Database, library: Library, enrol: Enrol) -> None:
    """One enrolled on Tuesday is not told of the week before."""
    await enrol("lan", at=MONDAY + dt.timedelta(days=1))
    await ask(database, "làm hộ chiếu ở đâu", when=MONDAY - dt.timedelta(days=1))
    assert await rounds.weekly(database, library, MONDAY + dt.timedelta(days=2)) == 0
