"""Where a dossier stands: the code in any written form, the ten statuses, the second factor."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot.dossiers.statuses import STATUSES
from bot.store import Database
from bot.store.tables import attempts, conversations, inbox, outbox
from tests.citizen import Citizen
from tests.conftest import Clock
from tests.handlers.conftest import CHANNELS, Meet, Shelve

CODE = "H26.145-261110-0001"  # in the sample: Đang xử lý, Trần Thị Mẫu, 0900000001
ASK_DIGITS = (
    "Để giữ kín thông tin, anh/chị gõ 4 số cuối của điện thoại hoặc của số căn cước đã ghi trong hồ sơ {}.\n"
    "Tôi không lưu 4 số này. Đừng gửi mã OTP hay mật khẩu cho ai."
)
WRONG = "Mã hồ sơ và 4 số này không khớp. Anh/chị xem lại giấy hẹn rồi gõ lại 4 số, hoặc gọi bàn một cửa: 0200 000 0000."
LOCKED = "Anh/chị đã thử sai nhiều lần. Xin đợi một giờ rồi thử lại, hoặc mang giấy hẹn đến bàn một cửa: 0200 000 0000."

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.mark.parametrize(
    "words",
    [
        "H26.145-261110-0001",
        "h26.145-261110-0001",
        "H26.145 - 261110 - 0001",
        "H26.145–261110–0001",
        "H26,145-261110-0001",
        "H26.145-26111O-OOO1",
        "H26.145 261110 0001",
        "cho hỏi hồ sơ H26.145-261110-0001 xong chưa ạ",
        "(mã H26.145-261110-0001)",
        "ho so cua toi ma so H26.145_261110_0001, bao gio lay duoc?",
    ],
)
async def test_code_in_any_written_form(citizen: Citizen, words: str) -> None:
    """A code is found in a sentence and however it is written; the answer needs no word more."""
    await citizen.says(words)
    citizen.hears_only(
        "Hồ sơ H26.145-261110-0001\n\n"
        "Trạng thái: Đang xử lý\n"
        "Cơ quan đang giải quyết hồ sơ. Anh/chị chưa phải làm gì thêm.\n"
        "Người làm tiếp: cơ quan.\n"
        "Ngày hẹn trả: thứ Hai 30/11/2026.\n\n"
        "Số liệu lúc 9:00 ngày 23/11/2026."
    )


async def test_asked_for_the_code(citizen: Citizen) -> None:
    """The dialogue asks for the code, tells what one looks like, and takes it."""
    await citizen.says("/hoso")
    citizen.hears_only(
        "Tra cứu hồ sơ\n\nAnh/chị gửi cho tôi mã hồ sơ in trên giấy hẹn, ví dụ H26.145-260108-0002.\nKhông thấy mã? Gọi bàn một cửa: 0200 000 0000."
    )
    await citizen.says("26111/0001")
    citizen.hears("Tôi chưa nhận ra mã hồ sơ trong tin này. Mã có ba phần nối bằng dấu gạch, như H26.145-260108-0002")
    await citizen.says(CODE)
    citizen.hears("Trạng thái: Đang xử lý")


async def test_code_with_the_command(citizen: Citizen) -> None:
    """A code that comes with the command is not asked for again."""
    await citizen.says(f"/hoso {CODE}")
    citizen.hears("Trạng thái: Đang xử lý")


async def test_another_question_instead_of_the_code(citizen: Citizen) -> None:
    """Whoever asks something else instead of giving the code is answered."""
    await citizen.says("/hoso")
    await citizen.says("đăng ký kết hôn")
    citizen.hears("Đăng ký kết hôn", "Anh/chị cần mang theo:")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_several_codes(meet: Meet, channel: str) -> None:
    """Several codes are answered one by one; the choices say which dossier they belong to, on every channel."""
    citizen = meet(channel)
    await citizen.says(f"{CODE} và H26.145-261102-0004")
    citizen.hears("Hồ sơ H26.145-261110-0001\n\nTrạng thái: Đang xử lý", "Hồ sơ H26.145-261102-0004\n\nTrạng thái: Đã trả kết quả")
    citizen.sees("Xem chi tiết H26.145-261110-0001", "Đánh giá hồ sơ H26.145-261102-0004")
    await citizen.presses("Xem chi tiết H26.145-261110-0001")
    citizen.hears_only(ASK_DIGITS.format(CODE) + ("\n\n1. Thôi" if channel == "zalo_bot" else ""))


async def test_more_codes_than_at_once(citizen: Citizen) -> None:
    """Of many codes three are answered, and the citizen is asked for the rest."""
    await citizen.says(" ".join(f"H26.145-261110-000{n}" for n in range(1, 6)))
    citizen.hears("Tôi xem mỗi lần 3 mã. Anh/chị gửi tiếp các mã còn lại giúp tôi.", "H26.145-261110-0003")
    citizen.hears_no("H26.145-261110-0004")
    citizen.sees(f"Xem chi tiết {CODE}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("H26.145-261340-0001", "Mã H26.145-261340-0001 chưa đúng: phần giữa phải là ngày nhận hồ sơ. Anh/chị xem lại giấy hẹn giúp tôi."),
        ("H26.145-270101-0001", "Mã H26.145-270101-0001 chưa đúng: ngày nhận hồ sơ ở tương lai. Anh/chị xem lại giấy hẹn giúp tôi."),
        ("H26.145-261110-7777", "Tôi không tìm thấy hồ sơ H26.145-261110-7777. Anh/chị kiểm tra lại mã, hoặc gọi bàn một cửa: 0200 000 0000."),
    ],
)
async def test_codes_that_lead_nowhere(citizen: Citizen, words: str, said: str) -> None:
    """A code that cannot be or is not there is told so, and the next try needs no command."""
    await citizen.says(words)
    citizen.hears_only(said)
    await citizen.says(CODE)
    citizen.hears("Trạng thái: Đang xử lý")


@pytest.mark.parametrize("number", range(1, 11))
async def test_ten_statuses(citizen: Citizen, shelve: Shelve, number: int) -> None:
    """Each status is told by its name, in plain words, and with who acts next."""
    status = STATUSES[number]
    code = await shelve(number)
    await citizen.says(code)
    next_ = {
        "office": "Người làm tiếp: cơ quan.",
        "citizen": "Người làm tiếp: anh/chị.",
        "collect": "Người làm tiếp: anh/chị, đến nhận kết quả.",
        "nobody": "Không ai phải làm gì thêm.",
    }
    citizen.hears(f"Trạng thái: {status.label}\n{status.plain}\n{next_[status.next]}")
    assert ("Ngày hẹn trả: thứ Tư 25/11/2026." in citizen.heard) == (number not in {8, 10})
    assert ("Đánh giá phục vụ" in citizen.labels) == (number == 10)


async def test_unknown_label(citizen: Citizen, shelve: Shelve) -> None:
    """A label that is none of the ten is kept word for word, with the appointed day and no guess."""
    await citizen.says(await shelve(None, status_label="Chờ hội đồng họp"))
    citizen.hears("Trạng thái: Chờ hội đồng họp\nNgày hẹn trả: thứ Tư 25/11/2026.")
    citizen.hears_no("Người làm tiếp")


async def test_late(citizen: Citizen) -> None:
    """A dossier past its day says by how much, and that one may ask why."""
    await citizen.says("H26.145-261019-0005")
    citizen.hears("Ngày hẹn trả: thứ Hai 26/10/2026. Đã quá hẹn 28 ngày. Anh/chị có quyền hỏi lý do: 0200 000 0000.")


@pytest.mark.parametrize(("status", "days"), [(4, 0), (4, 2), (8, -9), (9, -9), (10, -9)])
async def test_not_late(citizen: Citizen, shelve: Shelve, clock: Clock, status: int, days: int) -> None:
    """On its day a dossier is not late, nor when it is done or stopped."""
    await citizen.says(await shelve(status, due_at=clock() + dt.timedelta(days=days)))
    citizen.hears_no("Đã quá hẹn")


@pytest.mark.parametrize("digits", ["0001", "  0001 ", "4 số cuối là 0001", "0900 000 001", "0900000001"])
@pytest.mark.parametrize("channel", CHANNELS)
async def test_details(meet: Meet, channel: str, digits: str) -> None:
    """The last four digits of the telephone open the details; the name is masked."""
    citizen = meet(channel)
    await citizen.says(CODE)
    await citizen.presses("Xem chi tiết")
    await citizen.says(digits)
    citizen.hears(
        "Hồ sơ H26.145-261110-0001\n\nTrạng thái: Đang xử lý",
        "Thủ tục: Đăng ký kết hôn\nNgười nộp: T••• T•• M••\nNgày nhận: thứ Ba 10/11/2026\nHình thức nộp: Trực tuyến",
    )
    citizen.hears_no("Trần", "Mẫu", "0900000001")
    await citizen.presses("Tờ hướng dẫn thủ tục này")
    citizen.hears("mã 1.000894")


async def test_note_of_the_office(citizen: Citizen) -> None:
    """The office's note is a detail: it is not told without the second factor."""
    await citizen.says("H26.145-261113-0003")
    citizen.hears("Trạng thái: Yêu cầu bổ sung giấy tờ", "Người làm tiếp: anh/chị.")
    citizen.hears_no("Thiếu giấy tờ của chủ hộ")
    await citizen.presses("Xem chi tiết")
    await citizen.says("0003")
    citizen.hears("Ghi chú của cơ quan: Thiếu giấy tờ của chủ hộ")


async def test_details_are_remembered(citizen: Citizen, clock: Clock) -> None:
    """Once proved, the details come at once for ninety days, in this chat only."""
    await citizen.says(CODE)
    await citizen.presses("Xem chi tiết")
    await citizen.says("0001")
    clock.move(days=89)
    await citizen.says(CODE)
    citizen.hears("Người nộp: T••• T•• M••")
    stranger = Citizen(citizen.dispatch, citizen.database, chat="stranger")
    await stranger.says(CODE)
    stranger.hears_no("Người nộp")
    clock.move(days=2)
    await citizen.says(CODE)
    citizen.hears_no("Người nộp")


async def test_wrong_code_and_wrong_digits_sound_alike(citizen: Citizen) -> None:
    """Nobody learns from the details whether a code exists: asked, refused, and locked in the same words."""
    heard = []
    for code in (CODE, "H26.145-261110-7777"):
        somebody = Citizen(citizen.dispatch, citizen.database, chat=code)
        lines = []
        await somebody.presses_id(f"d:{code}")
        lines.append(somebody.heard.replace(code, "…"))
        for _ in range(6):
            await somebody.says("1234")
            lines.append(somebody.heard)
        heard.append(lines)
    assert heard[0] == heard[1] == [ASK_DIGITS.format("…"), *[WRONG] * 5, LOCKED]


async def test_locked(citizen: Citizen, clock: Clock) -> None:
    """After five wrong tries even the right digits are refused for an hour."""
    await citizen.presses_id(f"d:{CODE}")
    for _ in range(5):
        await citizen.says("1234")
    await citizen.says("0001")
    citizen.hears_only(LOCKED)
    clock.move(minutes=61)
    await citizen.presses_id(f"d:{CODE}")
    await citizen.says("0001")
    citizen.hears("Người nộp: T••• T•• M••")


async def test_too_few_digits(citizen: Citizen) -> None:
    """Fewer than four digits are no try."""
    await citizen.presses_id(f"d:{CODE}")
    for _ in range(7):
        await citizen.says("12")
    citizen.hears_only("Anh/chị gõ đủ 4 số giúp tôi.")
    await citizen.says("0001")
    citizen.hears("Người nộp")


async def test_a_question_is_no_try(citizen: Citizen, database: Database) -> None:
    """Whoever asks something instead of giving the digits is answered, and has not tried."""
    await citizen.presses_id(f"d:{CODE}")
    await citizen.says("đăng ký kết hôn 1 người đi được không")
    citizen.hears("Đăng ký kết hôn")
    async with database.reading() as db:
        assert (await db.execute(sa.select(attempts))).all() == []


@pytest.mark.parametrize("digits", ["0001", "6789"])
async def test_digits_are_not_kept(citizen: Citizen, database: Database, digits: str) -> None:
    """Neither right nor wrong digits stay in the store."""
    await citizen.presses_id(f"d:{CODE}")
    await citizen.says(f"số của tôi {digits}")
    async with database.reading() as db:
        kept = [str(row) for table in (inbox, conversations, attempts) for row in (await db.execute(sa.select(table))).all()]
        said = [row.payload["text"] for row in (await db.execute(sa.select(outbox))).all()]
    assert [row for row in (row.replace(CODE, "") for row in kept) if digits in row] == []
    assert [text for text in (text.replace(CODE, "") for text in said) if digits in text] == []
    assert any("••••" in row for row in kept)


async def test_nothing_of_a_nameless_dossier_is_invented(citizen: Citizen, shelve: Shelve) -> None:
    """Details that the export left out are left out, the leaflet too."""
    code = await shelve(4, applicant="", received_at=None, due_at=None)
    await citizen.presses_id(f"d:{code}")
    await citizen.says("0009")
    citizen.hears_only(
        f"Hồ sơ {code}\n\nTrạng thái: Đang xử lý\nCơ quan đang giải quyết hồ sơ. Anh/chị chưa phải làm gì thêm.\nNgười làm tiếp: cơ quan.\n\n"
        "Số liệu lúc 9:00 ngày 23/11/2026."
    )
    assert "Tờ hướng dẫn thủ tục này" not in citizen.labels


async def test_english(citizen: Citizen) -> None:
    """In English the status and its dates are English."""
    await citizen.says("/language en")
    await citizen.says(CODE)
    citizen.hears_only(
        "Dossier H26.145-261110-0001\n\nStatus: In progress\nThe office is working on the dossier. You need not do anything now.\n"
        "Next to act: the office.\nAppointed day: Monday 30 Nov 2026.\n\nAs of 9:00 AM on 23 Nov 2026."
    )
