"""Hours on any day, notices within their dates, and emergencies in context."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

import handlers
from bot.dispatch import Bench, Dispatch
from bot.settings import ZONE
from bot.store import Database
from bot.turn import Library
from handlers.office import day_asked
from knowledge.calendar import Calendar
from tests.citizen import Citizen
from tests.conftest import KEY, Clock
from tests.handlers.conftest import CHANNELS, Meet

MONDAY = dt.date(2026, 11, 23)
WEEK = "Giờ làm việc:\n• Thứ Hai đến thứ Sáu: 7:30–11:30, 13:30–17:00\nĐịa chỉ: Số 1 đường Mẫu, xã Mẫu, tỉnh Mẫu\nĐiện thoại: 0200 000 0000"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-23 09:00", "Hôm nay, thứ Hai 23/11/2026, bàn một cửa có làm việc: 7:30–11:30, 13:30–17:00. Bây giờ đang mở cửa.\n"),
        (
            "2026-11-23 12:00",
            "Hôm nay, thứ Hai 23/11/2026, bàn một cửa có làm việc: 7:30–11:30, 13:30–17:00. "
            "Bây giờ đang đóng cửa. Lần mở cửa tới: 13:30 thứ Hai 23/11/2026.\n",
        ),
        ("2026-11-27 17:00", "Bây giờ đang đóng cửa. Lần mở cửa tới: 7:30 thứ Hai 30/11/2026.\n"),
        (
            "2026-11-28 09:00",
            "Hôm nay, thứ Bảy 28/11/2026, bàn một cửa không làm việc. Lần mở cửa tới: 7:30 thứ Hai 30/11/2026.\n",
        ),
        (
            "2027-09-02 09:00",
            "Hôm nay, thứ Năm 02/09/2027, bàn một cửa không làm việc (Quốc khánh). Lần mở cửa tới: 7:30 thứ Hai 06/09/2027.\n",
        ),
        ("2026-01-10 09:00", "Hôm nay, thứ Bảy 10/01/2026, bàn một cửa có làm việc: 7:30–11:30, 13:30–17:00. Bây giờ đang mở cửa.\n"),
        (
            "2026-01-02 09:00",
            "Hôm nay, thứ Sáu 02/01/2026, bàn một cửa không làm việc (nghỉ Tết Dương lịch, hoán đổi với thứ Bảy 10/01/2026). "
            "Lần mở cửa tới: 7:30 thứ Hai 05/01/2026.\n",
        ),
    ],
)
async def test_today(citizen: Citizen, clock: Clock, moment: str, said: str) -> None:
    """Whether the desk is open today and now, with the reason and the next opening when it is not."""
    clock.now = dt.datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    await citizen.says("/giolamviec")
    citizen.hears(said, WEEK, "Người cao tuổi, người khuyết tật và phụ nữ mang thai được ưu tiên số thứ tự.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "ngày mai",
            "Ngày mai, thứ Ba 24/11/2026, bàn một cửa không làm việc (Ngày Văn hóa Việt Nam, nghỉ theo bộ lịch nhưng chưa rõ hiệu lực; "
            "anh/chị gọi điện trước khi đến). Lần mở cửa tới: 7:30 thứ Tư 25/11/2026.",
        ),
        ("thứ bảy này", "Vào thứ Bảy 28/11/2026 bàn một cửa không làm việc. Lần mở cửa tới: 7:30 thứ Hai 30/11/2026."),
        ("thứ sáu", "Vào thứ Sáu 27/11/2026 bàn một cửa có làm việc: 7:30–11:30, 13:30–17:00."),
        ("2/9", "Vào thứ Năm 02/09/2027 bàn một cửa không làm việc (Quốc khánh)."),
    ],
)
async def test_another_day(citizen: Citizen, words: str, said: str) -> None:
    """The day that is asked about is the day that is answered."""
    await citizen.says(f"/giolamviec {words}")
    citizen.hears(said)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mấy giờ mở cửa", MONDAY),
        ("thủ tục hôm nay nộp được không", MONDAY),
        ("chiều nay có tiếp dân không", MONDAY),
        ("chứng thực thu tuc tu phap", MONDAY),
        ("thứ hai có làm không", MONDAY),
        ("mai có làm không", dt.date(2026, 11, 24)),
        ("sáng mai xã làm không", dt.date(2026, 11, 24)),
        ("cô Mai có ở đó không", MONDAY),
        ("ngày kia", dt.date(2026, 11, 25)),
        ("thứ 4", dt.date(2026, 11, 25)),
        ("THỨ TƯ", dt.date(2026, 11, 25)),
        ("t7 có làm không", dt.date(2026, 11, 28)),
        ("cuối tuần", dt.date(2026, 11, 28)),
        ("chủ nhật", dt.date(2026, 11, 29)),
        ("thứ hai tuần sau", dt.date(2026, 11, 30)),
        ("thứ sáu tuần tới", dt.date(2026, 12, 4)),
        ("ngày 30/4 có làm không", dt.date(2027, 4, 30)),
        ("25-12", dt.date(2026, 12, 25)),
        ("ngày 1 tháng 1 năm 2027", dt.date(2027, 1, 1)),
        ("2/9/2026", dt.date(2026, 9, 2)),
        ("31/2 có làm không", MONDAY),
        ("99/99", MONDAY),
        ("tomorrow", dt.date(2026, 11, 24)),
        ("Saturday", dt.date(2026, 11, 28)),
    ],
)
def test_day_asked(text: str, day: dt.date) -> None:
    """The day that a question names; a day that does not exist is today."""
    assert day_asked(text, MONDAY) == day


def test_leap_day() -> None:
    """The 29th of February without a year is today where the year has none."""
    assert day_asked("29/2", MONDAY) == MONDAY
    assert day_asked("29/2/2028", MONDAY) == dt.date(2028, 2, 29)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_contacts(meet: Meet, channel: str) -> None:
    """The desk can be called, found on the map, and filed with online."""
    citizen = meet(channel)
    await citizen.says("/giolamviec")
    if channel == "zalo_bot":
        citizen.hears("Gọi 0200 000 0000", "Xem bản đồ: https://www.openstreetmap.org/", "https://dichvucong.gov.vn")
    else:
        assert [(b.label, b.phone or b.url[:8]) for b in citizen.buttons] == [
            ("Gọi 0200 000 0000", "02000000000"),
            ("Xem bản đồ", "https://"),
            ("Nộp hồ sơ trực tuyến", "https://"),
        ]


async def test_hours_in_english(citizen: Citizen, clock: Clock) -> None:
    """In English days and times are written the English way."""
    await citizen.says("/language en")
    await citizen.says("/hours saturday")
    citizen.hears(
        "On Saturday 28 Nov 2026 the one-stop desk is closed. It opens next at 7:30 AM on Monday 30 Nov 2026.",
        "• Monday to Friday: 7:30 AM–11:30 AM, 1:30 PM–5:00 PM",
    )


@pytest.mark.parametrize(("day", "shown"), [("2026-11-14", False), ("2026-11-15", True), ("2026-12-10", True), ("2026-12-11", False)])
async def test_notices_within_their_dates(citizen: Citizen, clock: Clock, day: str, shown: bool) -> None:
    """A notice is shown from its first to its last day."""
    clock.now = dt.datetime.fromisoformat(f"{day} 23:30").replace(tzinfo=ZONE)
    await citizen.says("/thongbao")
    if shown:
        citizen.hears("Thông báo của Trung tâm Phục vụ hành chính công xã Mẫu", "Đối thoại với người dân quý IV năm 2026")
        citizen.sees("Gửi góp ý")
    else:
        citizen.hears_only("Hiện không có thông báo mới.")


EMERGENCY = (
    "Việc khẩn cấp\n\nNếu có người đang gặp nguy hiểm, anh/chị gọi ngay:\n"
    "• 113: công an\n• 114: cháy nổ, cứu nạn\n• 115: cấp cứu\n• 111: bảo vệ trẻ em"
)


@pytest.mark.parametrize(
    "words", ["nhà tôi đang cháy", "cháy nhà rồi, cứu với", "có người bị đuối nước", "mẹ tôi ngất xỉu, bất tỉnh rồi", "nha ben canh dang chay lon"]
)
async def test_emergency(citizen: Citizen, words: str) -> None:
    """Somebody in danger gets the numbers, first and alone."""
    await citizen.says(words)
    citizen.hears_only(EMERGENCY)
    assert [b.phone for b in citizen.buttons] == ["113", "114", "115", "111"]


@pytest.mark.parametrize(
    "words",
    ["thủ tục phòng cháy chữa cháy", "nghiệm thu phong chay chua chay", "giấy bị cháy một góc có đổi được không"],
)
async def test_no_emergency(citizen: Citizen, words: str) -> None:
    """The words of danger inside other words are no emergency."""
    await citizen.says(words)
    citizen.hears_no("anh/chị gọi ngay")


@pytest.mark.parametrize("opening", ["/gopy", "/hoso", "rl:2:", "d:H26.145-261110-0001"])
async def test_emergency_inside_a_dialogue(citizen: Citizen, opening: str) -> None:
    """Danger comes before any dialogue; what was begun stays begun."""
    await (citizen.says if opening.startswith("/") else citizen.presses_id)(opening)
    before = await citizen.state()
    await citizen.says("nhà tôi đang cháy")
    citizen.hears_only(EMERGENCY)
    after = await citizen.state()
    assert (after.step, after.data) == (before.step, before.data)


async def test_reason_without_a_word(database: Database, library: Library, clock: Clock) -> None:
    """A day off in the middle of the week is told as a day off, in English too."""
    hours = tuple(h for h in library.knowledge.office.hours if h.weekday != 2)
    told = replace(library, calendar=Calendar((), hours))
    citizen = Citizen(Dispatch(Bench(database, lambda: told, handlers.route, clock, KEY)), database)
    await citizen.says("/giolamviec thứ tư")
    citizen.hears("Vào thứ Tư 25/11/2026 bàn một cửa không làm việc (ngày nghỉ trong tuần).")


async def test_website_and_mail_are_shown_where_the_office_has_them(database: Database, library: Library, clock: Clock) -> None:
    """The keys «Trang thông tin» and «Thư điện tử» of office.md reach the citizen."""
    office = replace(library.knowledge.office, website="https://xa-mau.example", email="motcua@xa-mau.example")
    told = replace(library, knowledge=replace(library.knowledge, office=office))
    citizen = Citizen(Dispatch(Bench(database, lambda: told, handlers.route, clock, KEY)), database)
    await citizen.says("/giolamviec")
    citizen.hears("Thư điện tử: motcua@xa-mau.example")
    assert "https://xa-mau.example" in [button.url for button in citizen.buttons]
