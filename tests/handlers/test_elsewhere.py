"""Dossiers that only the province's system knows, or knows better: told after the digits, and honestly when it is busy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import handlers
from bot.dispatch import Bench, Dispatch
from bot.dossiers.sources import Absent, Busy, Found, Sources
from bot.store import Database
from bot.turn import House, Library
from tests.bot.dossiers.test_sources import CODE, Told, told
from tests.citizen import Citizen
from tests.conftest import KEY, Clock
from tests.handlers.conftest import Shelve

UNKNOWN = "H26.145-261110-0777"
BUSY = "Hệ thống của tỉnh đang bận nên tôi chưa mở được hồ sơ {code}. Anh/chị thử lại sau ít phút, hoặc gọi 0200 000 0000."
LAST = "Hệ thống của tỉnh đang bận. Đây là tình trạng lần cuối tôi biết, vào lúc ghi ở dưới."
NO_MATCH = "Mã hồ sơ và 4 số này không khớp."
DIGITS = "anh/chị gõ 4 số cuối của điện thoại"

Asks = Callable[..., Citizen]


@pytest.fixture
def asks(database: Database, library: Library, clock: Clock) -> Asks:
    """A citizen of an office that has this system."""

    def made(system: Told, chat: str = "citizen", *, open_status: bool = False) -> Citizen:
        sources = Sources(database, [system], clock)
        bench = Bench(database, lambda: library, handlers.route, clock, KEY, sources=sources, house=House(open_status))
        return Citizen(Dispatch(bench), database, chat=chat)

    return made


async def test_told_after_the_digits(asks: Asks, clock: Clock) -> None:
    """A code alone makes nobody ask the province; the digits do, and what it says is told at once with its time."""
    system = Told(Found(told(clock)))
    citizen = asks(system)
    await citizen.says(CODE)
    citizen.hears(DIGITS)
    assert system.asked == []
    await citizen.says("0009")
    citizen.hears("Trạng thái: Đang xử lý", "Người nộp: L• V•• D•", "9:00 hôm nay")
    assert system.asked == [CODE]


async def test_asked_again_when_it_is_told_again(asks: Asks, clock: Clock) -> None:
    """A dossier that was proved is told as it stands now, by its code and by its button."""
    system = Told(Found(told(clock)))
    citizen = asks(system)
    await citizen.says(f"{CODE} 0009")
    system.answer = Found(told(clock, status=9, status_label="Đã xử lý xong"))
    clock.move(minutes=2)
    await citizen.says(CODE)
    citizen.hears("Trạng thái: Đã xử lý xong")
    system.answer = Found(told(clock, status=10, status_label="Đã trả kết quả"))
    clock.move(minutes=2)
    await citizen.presses_id(f"d:{CODE}")
    citizen.hears("Trạng thái: Đã trả kết quả")


async def test_busy_tells_the_last_known_state(asks: Asks, clock: Clock) -> None:
    """With its time and an honest word; the details stay open to who has proved them."""
    system = Told(Found(told(clock)))
    citizen = asks(system)
    await citizen.says(f"{CODE} 0009")
    system.answer = Busy()
    clock.move(hours=2)
    await citizen.says(CODE)
    citizen.hears("Trạng thái: Đang xử lý", LAST, "9:00 hôm nay")
    await citizen.presses_id(f"d:{CODE}")
    citizen.hears(LAST)


async def test_busy_opens_what_the_export_knows(asks: Asks, shelve: Shelve) -> None:
    """The right digits of an imported dossier open it while the province is silent."""
    code = await shelve()
    citizen = asks(Told(Busy()))
    await citizen.says(f"{code} 0009")
    citizen.hears("Trạng thái: Đang xử lý", LAST)


async def test_busy_tells_nobody_what_exists(asks: Asks, shelve: Shelve) -> None:
    """Wrong digits for a dossier that is there and any digits for one that is not are answered in the same words."""
    code = await shelve()
    there, not_there = asks(Told(Busy()), "one"), asks(Told(Busy()), "two")
    for citizen, asked in ((there, code), (not_there, UNKNOWN)):
        await citizen.says(asked)
        await citizen.says("1111")
        citizen.hears_only(BUSY.format(code=asked))
    assert (await there.state()).step == (await not_there.state()).step == "dossier.digits"


async def test_absent_is_a_wrong_code(asks: Asks) -> None:
    """A code that neither the store nor the province has is told in the words for wrong digits."""
    citizen = asks(Told(Absent()))
    await citizen.says(f"{UNKNOWN} 0009")
    citizen.hears(NO_MATCH)


async def test_who_is_locked_asks_nobody(asks: Asks, clock: Clock) -> None:
    """After too many wrong digits the province is not asked either."""
    system = Told(Found(told(clock)))
    citizen = asks(system)
    await citizen.says(CODE)
    for _ in range(3):
        await citizen.says("1111")
    before = len(system.asked)
    await citizen.says("0009")
    citizen.hears("Đã có nhiều lần thử sai.")
    assert len(system.asked) == before


async def test_without_the_second_factor(asks: Asks, clock: Clock) -> None:
    """Where the office tells the status to everybody, the province's is told; busy is not «no such dossier»."""
    system = Told(Found(told(clock)))
    citizen = asks(system, open_status=True)
    await citizen.says(CODE)
    citizen.hears("Trạng thái: Đang xử lý")
    citizen.hears_no("L• V••")
    system.answer = Busy()
    await citizen.says(UNKNOWN)
    citizen.hears_only(BUSY.format(code=UNKNOWN))


async def test_another_offices_system_is_not_asked(asks: Asks) -> None:
    """The system of another office plays no part."""
    system = Told(Busy(), office="khac")
    citizen = asks(system)
    await citizen.says(f"{UNKNOWN} 0009")
    citizen.hears(NO_MATCH)
    assert system.asked == []
