"""One bot for several offices: which is meant is asked once, when it matters, and the message that waited is answered then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import handlers
from bot.dispatch import Bench, Dispatch
from bot.store import Database
from bot.turn import Library
from handlers.offices import labels, named
from knowledge.model import Office
from tests.citizen import Citizen
from tests.conftest import KEY, Clock
from tests.handlers.conftest import Meet

NAMES = {"mau": "xã Mẫu", "mau-hai": "xã Mẫu Hai", "vi-du": "phường Ví Dụ"}


def with_offices(library: Library, names: dict[str, str]) -> Library:
    """The library for a bot that serves offices of these names; each has a telephone of its own."""
    first = library.knowledge.office
    made = [
        replace(first, path=Path(code), code=code, name=f"Trung tâm Phục vụ hành chính công {name}", telephones=(f"0200 000 000{n}",))
        for n, (code, name) in enumerate(names.items(), 1)
    ]
    return replace(library, knowledge=replace(library.knowledge, office=made[0], others=tuple(made[1:])))


@pytest.fixture
def meet(database: Database, library: Library, clock: Clock) -> Meet:
    several = with_offices(library, NAMES)
    return lambda channel="web": Citizen(Dispatch(Bench(database, lambda: several, handlers.route, clock, KEY)), database, channel)


@pytest.mark.parametrize("channel", ["web", "telegram", "zalo_bot"])
async def test_asked_once_and_answered_at_once(meet: Meet, channel: str) -> None:
    """The hours depend on the office: it is asked, and the question need not be typed again. The next one is answered straight."""
    citizen = meet(channel)
    await citizen.says("mấy giờ mở cửa")
    citizen.hears("Anh/chị hỏi cho xã, phường nào?")
    citizen.sees("xã Mẫu", "xã Mẫu Hai", "phường Ví Dụ")
    await citizen.presses("xã Mẫu Hai")
    citizen.hears("Vâng, từ giờ tôi trả lời cho Trung tâm Phục vụ hành chính công xã Mẫu Hai.", "0200 000 0002", "Giờ làm việc:")
    await citizen.says("gặp cán bộ")
    citizen.hears("0200 000 0002")


async def test_named_in_words(citizen: Citizen) -> None:
    """The name is typed, without accents or «xã», in a sentence."""
    await citizen.says("/giolamviec")
    await citizen.says("toi o ben vi du a")
    citizen.hears("phường Ví Dụ", "0200 000 0003")


async def test_what_depends_on_no_office_is_answered_at_once(citizen: Citizen) -> None:
    """The papers for a birth are the same everywhere: nothing is asked first."""
    await citizen.says("đăng ký khai sinh cần giấy tờ gì")
    citizen.hears("Giấy chứng sinh")
    citizen.hears_no("xã, phường nào")


async def test_another_question_is_no_name(citizen: Citizen) -> None:
    """Who asks something else instead of naming an office is answered."""
    await citizen.says("/gopy")
    await citizen.says("đăng ký kết hôn cần giấy tờ gì")
    citizen.hears("Đăng ký kết hôn")


async def test_changed_by_command(citizen: Citizen) -> None:
    """/donvi offers them anew at any time."""
    await citizen.says("/donvi")
    await citizen.presses("xã Mẫu")
    citizen.hears_only("Vâng, từ giờ tôi trả lời cho Trung tâm Phục vụ hành chính công xã Mẫu. Muốn đổi, anh/chị gõ /donvi.")
    await citizen.says("/donvi")
    await citizen.presses("phường Ví Dụ")
    assert (await citizen.state()).office == "vi-du"


async def test_the_start_says_how_many_and_asks(citizen: Citizen) -> None:
    """The welcome is followed by the question; a name answers it."""
    await citizen.starts()
    citizen.hears("Tôi là trợ lý một cửa của 3 xã, phường.", "Anh/chị hỏi cho xã, phường nào?")
    await citizen.says("Mẫu Hai")
    citizen.hears("xã Mẫu Hai")


async def test_an_office_that_is_no_longer_served_is_asked_for_again(citizen: Citizen, database: Database, library: Library, clock: Clock) -> None:
    """Who had chosen an office that has left is asked, not answered for another."""
    await citizen.says("/donvi")
    await citizen.presses("phường Ví Dụ")
    fewer = with_offices(library, {"mau": "xã Mẫu", "mau-hai": "xã Mẫu Hai"})
    citizen.dispatch = Dispatch(Bench(database, lambda: fewer, handlers.route, clock, KEY))
    await citizen.says("/giolamviec")
    citizen.hears("Anh/chị hỏi cho xã, phường nào?")


async def test_feedback_goes_to_the_office_that_was_chosen(citizen: Citizen, database: Database) -> None:
    """What is written belongs to that office in the store."""
    await citizen.says("/gopy")
    await citizen.presses("xã Mẫu Hai")
    await citizen.says("Quầy số 2 thiếu ghế cho người già")
    await citizen.presses("Gửi")
    async with database.reading() as db:
        rows = (await db.exec_driver_sql("SELECT office FROM feedback")).scalars().all()
    assert rows == ["mau-hai"]


async def test_one_office_is_never_asked_for(dispatch: Dispatch, database: Database) -> None:
    """A bot of one office names it."""
    alone = Citizen(dispatch, database)
    await alone.says("/donvi")
    alone.hears_only("Tôi phục vụ Trung tâm Phục vụ hành chính công xã Mẫu, Số 1 đường Mẫu, xã Mẫu, tỉnh Mẫu.")


def offices(library: Library, names: dict[str, str]) -> tuple[Office, ...]:
    return with_offices(library, names).knowledge.offices


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("xã Mẫu Hai", ["mau-hai"]),
        ("mau hai", ["mau-hai"]),
        ("Mẫu", ["mau"]),
        ("phuong vi du", ["vi-du"]),
        ("ví dụu", ["vi-du"]),
        ("em ở phường Ví Dụ với xã Mẫu", ["mau", "vi-du"]),
        ("xã Khác", []),
        ("", []),
    ],
)
def test_names_are_found(library: Library, text: str, codes: list[str]) -> None:
    """With or without accents, kind of place and slips; a longer name wins over the one inside it."""
    assert [office.code for office in named(offices(library, NAMES), text)] == codes


def test_labels_tell_apart(library: Library) -> None:
    """Where the short names are the same, the whole ones are shown."""
    assert labels(offices(library, NAMES)) == NAMES
    twins = offices(library, {"a": "tại xã Mẫu", "b": "xã Mẫu"})
    assert set(labels(twins).values()) == {office.name for office in twins}


async def test_many_offices_are_typed(database: Database, library: Library, clock: Clock) -> None:
    """130 offices are no buttons: the name is asked for; one that fits two is chosen between these."""
    many = with_offices(library, {f"xa-{n}": f"xã Số {n}" for n in range(130)} | {"tan-an": "xã Tân An", "tan-an-2": "phường Tân An"})
    citizen = Citizen(Dispatch(Bench(database, lambda: many, handlers.route, clock, KEY)), database)
    await citizen.says("/giolamviec")
    citizen.hears_only("Anh/chị hỏi cho xã, phường nào? Anh/chị gõ tên giúp tôi, ví dụ “xã Số 0”.")
    await citizen.says("tân an")
    citizen.sees("xã Tân An", "phường Tân An")
    await citizen.presses("phường Tân An")
    citizen.hears("phường Tân An", "Giờ làm việc:")


async def test_a_dossier_is_looked_for_at_the_office_chosen(citizen: Citizen, database: Database, clock: Clock) -> None:
    """A code that is sent first waits for the office."""
    await citizen.says("H26.145-261110-0009")
    citizen.hears("Anh/chị hỏi cho xã, phường nào?")
    await citizen.presses("xã Mẫu Hai")
    citizen.hears("H26.145-261110-0009")


async def test_the_question_can_be_left(citizen: Citizen) -> None:
    """«huỷ» leaves it, an empty message and a foreign button do no harm, and the question is asked again when it matters."""
    await citizen.says("/giolamviec")
    await citizen.says(" ")
    citizen.hears("Tin nhắn chưa có chữ nào.")
    await citizen.presses_id("o:khong-co")
    assert (await citizen.state()).office == ""
    await citizen.says("/giolamviec")
    await citizen.says("huỷ")
    citizen.hears("Đã dừng, không có gì được gửi đi.")
    await citizen.says("/giolamviec")
    citizen.hears("Anh/chị hỏi cho xã, phường nào?")
