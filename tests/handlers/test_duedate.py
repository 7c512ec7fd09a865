"""«Nếu nộp sáng mai thì khi nào có?»: the appointed day before filing, asked in words or by a button."""

from __future__ import annotations

import pytest

from tests.citizen import Citizen
from tests.conftest import Clock
from tests.handlers.conftest import CHANNELS, Meet

BIRTH = "đăng ký khai sinh"  # same day; received after 15:00 the next working day
BUSINESS = "đăng ký thành lập hộ kinh doanh"  # 3 working days


@pytest.mark.parametrize(
    ("words", "reckoned"),
    [
        ("nếu nộp sáng mai thì khi nào có?", ("nhận lúc 8:00 thứ Ba 24/11/2026", "coi như nhận thứ Tư 25/11/2026", "hẹn trả thứ Hai 30/11/2026")),
        ("nop hom nay thi bao gio lay duoc", ("nhận lúc 9:00 thứ Hai 23/11/2026", "trừ thứ Ba 24/11/2026", "hẹn trả thứ Sáu 27/11/2026")),
        ("nộp chiều thứ sáu thì bao giờ lấy được", ("nhận lúc 13:30 thứ Sáu 27/11/2026", "hẹn trả thứ Tư 02/12/2026")),
        ("nộp lúc 15h20 thứ tư thì hôm nào có", ("nhận lúc 15:20 thứ Tư 25/11/2026", "hẹn trả thứ Hai 30/11/2026")),
        ("mình nộp ngày 31/12 thì mấy ngày có", ("nhận lúc 7:30 thứ Năm 31/12/2026", "trừ thứ Sáu 01/01/2027", "hẹn trả thứ Tư 06/01/2027")),
        ("if I submit it on Friday afternoon, when will it be ready?", ("nhận lúc 13:30 thứ Sáu 27/11/2026",)),
    ],
)
async def test_of_the_procedure_spoken_of(citizen: Citizen, words: str, reckoned: tuple[str, ...]) -> None:
    """The day and the half day in words; each step with its reason; the day of the slip is the official one."""
    await citizen.says(BUSINESS)
    await citizen.says(words)
    citizen.hears("3 ngày làm việc", *reckoned, "ngày hẹn chính thức ghi trên giấy hẹn")


@pytest.mark.parametrize(
    ("words", "reckoned"),
    [
        (f"{BIRTH} nếu nộp chiều thứ tư thì khi nào có?", "hẹn trả thứ Tư 25/11/2026"),
        (f"{BIRTH} nộp 15h30 thứ tư thì khi nào có?", "sau giờ chốt trong ngày nên sang thứ Năm 26/11/2026"),
        (f"{BIRTH} nộp chủ nhật thì bao giờ có giấy", "coi như nhận thứ Hai 30/11/2026"),
    ],
)
async def test_of_the_procedure_in_the_message(citizen: Citizen, words: str, reckoned: str) -> None:
    """Also when another was spoken of before."""
    for before in ("", "đăng ký kết hôn"):
        await citizen.says(before)
        await citizen.says(words)
        citizen.hears("Đăng ký khai sinh", reckoned)


async def test_of_no_procedure(citizen: Citizen) -> None:
    """It is asked which one is meant."""
    await citizen.says("nếu nộp sáng mai thì khi nào có?")
    citizen.hears_only("Anh/chị muốn nộp việc gì? Gõ cả tên việc giúp tôi, ví dụ “đăng ký kết hôn, nộp sáng mai thì khi nào có?”.")


@pytest.mark.parametrize("words", ["nộp ở đâu", "thứ bảy có nộp được không", "bao lâu có kết quả", "sáng mai có làm việc không"])
async def test_other_questions_are_left_alone(citizen: Citizen, words: str) -> None:
    """Where, whether and how long are no question for a day."""
    await citizen.says(BUSINESS)
    await citizen.says(words)
    citizen.hears_no("ngày hẹn chính thức ghi trên giấy hẹn")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_by_a_button(meet: Meet, clock: Clock, channel: str) -> None:
    """From the time of a procedure to its day, and to that of another day of filing."""
    citizen = meet(channel)
    await citizen.presses_id("due:1.001612:0")
    citizen.hears("nhận lúc 9:00 thứ Hai 23/11/2026", "hẹn trả thứ Sáu 27/11/2026")
    await citizen.presses("Nếu nộp thứ Tư 25/11/2026")
    citizen.hears("nhận lúc 7:30 thứ Tư 25/11/2026", "hẹn trả thứ Hai 30/11/2026")


@pytest.mark.parametrize("id_", ["due:1.001612:8", "due:1.001612:-1", "due:1.001612:x", "due:9.999999:0", "due"])
async def test_a_made_up_button(citizen: Citizen, id_: str) -> None:
    """It is told to be old."""
    await citizen.presses_id(id_)
    citizen.hears("Nút này đã cũ")
