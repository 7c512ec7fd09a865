"""Where a dossier stands: the code in any written form, the ten statuses, the second factor."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

import handlers
from bot.dispatch import Bench, Dispatch
from bot.dossiers.imports import import_file
from bot.dossiers.secret import keyed_hash
from bot.dossiers.statuses import STATUSES
from bot.store import Database
from bot.store.tables import attempts, conversations, inbox, outbox
from bot.turn import House, Library
from tests.citizen import Citizen
from tests.conftest import KEY, Clock
from tests.handlers.conftest import CHANNELS, Meet, Shelve

CODE = "H26.145-261110-0001"  # in the sample: Đang xử lý, Trần Thị Mẫu, 0900000001
OTHER = "H26.145-261102-0004"
MISSING = "H26.145-261110-7777"
ASK_DIGITS = (
    "Để giữ kín thông tin, anh/chị gõ 4 số cuối của điện thoại hoặc của số căn cước đã ghi trong hồ sơ {}.\n"
    "Tôi không lưu 4 số này. Đừng gửi mã OTP hay mật khẩu cho ai."
)
WRONG = (
    "Mã hồ sơ và 4 số này không khớp. Anh/chị xem lại giấy hẹn rồi gõ lại 4 số, hoặc gọi bàn một cửa: 0200 000 0000.\n"
    "Hồ sơ không ghi điện thoại hay căn cước thì chỉ xem được tại bàn một cửa, nhớ mang giấy hẹn."
)
LOCKED = "Đã có nhiều lần thử sai. Xin thử lại từ {}, hoặc mang giấy hẹn đến bàn một cửa: 0200 000 0000."
STANDING = (
    "Hồ sơ H26.145-261110-0001\n\n"
    "Trạng thái: Đang xử lý\n"
    "Cơ quan đang giải quyết hồ sơ. Anh/chị chưa phải làm gì thêm.\n"
    "Người làm tiếp: cơ quan.\n\n"
    "Ngày hẹn trả: thứ Hai 30/11/2026. Còn 7 ngày.\n\n"
    "Thủ tục: Đăng ký kết hôn\nNgười nộp: T••• T•• M••\nNgày nhận: thứ Ba 10/11/2026\nHình thức nộp: Trực tuyến\n\n"
    "Số liệu lúc 9:00 hôm nay."
)

pytestmark = pytest.mark.usefixtures("shelf")


async def opens(citizen: Citizen, code: str = CODE, digits: str = "") -> None:
    """Gives a code and the four digits that belong to it."""
    await citizen.says(code)
    await citizen.says(digits or code[-4:])


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
        "hồ sơ H26.145-261110-0001 nộp năm 2026 xong chưa",
    ],
)
async def test_code_in_any_written_form(citizen: Citizen, words: str) -> None:
    """A code is found in a sentence and however it is written; four digits later its owner sees where it stands."""
    await citizen.says(words)
    citizen.hears_only(ASK_DIGITS.format(CODE))
    await citizen.says("0001")
    citizen.hears_only(STANDING)


@pytest.mark.parametrize(
    "words",
    [f"{CODE} 0001", f"tra {CODE} số điện thoại 0900 000 001", f"0001 là 4 số cuối, mã {CODE}", "H26.145 261110 0001 0001", f"{CODE}\n0900000001"],
)
async def test_code_and_digits_in_one_message(citizen: Citizen, database: Database, words: str) -> None:
    """Whoever gives both at once is answered at once, and the text is blotted out of the store."""
    await citizen.says(words)
    citizen.hears_only(STANDING)
    async with database.reading() as db:
        assert (await db.execute(sa.select(inbox.c.payload))).scalar_one()["text"] == "••••"


async def test_wrong_digits_beside_the_code(citizen: Citizen, database: Database) -> None:
    """They are a try like any other, and not kept either."""
    for code in (CODE, MISSING):
        await citizen.says(f"{code} 5678")
        citizen.hears_only(WRONG)
    async with database.reading() as db:
        assert {row["text"] for row in (await db.execute(sa.select(inbox.c.payload))).scalars()} == {"••••"}
        assert len((await db.execute(sa.select(attempts))).all()) == 2


async def test_asked_for_the_code(citizen: Citizen) -> None:
    """The dialogue asks for the code, tells what one looks like, and takes it."""
    await citizen.says("/hoso")
    citizen.hears_only(
        "Tra cứu hồ sơ\n\nAnh/chị gửi cho tôi mã hồ sơ in trên giấy hẹn, ví dụ H26.145-260108-0002.\nKhông thấy mã? Gọi bàn một cửa: 0200 000 0000."
    )
    await citizen.says("26111/0001")
    citizen.hears("Tôi chưa nhận ra mã hồ sơ trong tin này. Mã có ba phần nối bằng dấu gạch, như H26.145-260108-0002")
    await opens(citizen)
    citizen.hears_only(STANDING)


async def test_code_with_the_command(citizen: Citizen) -> None:
    """A code that comes with the command is not asked for again."""
    await citizen.says(f"/hoso {CODE}")
    citizen.hears_only(ASK_DIGITS.format(CODE))
    await citizen.says(f"/hoso {CODE} 0001")
    citizen.hears_only(STANDING)


async def test_another_question_instead_of_the_code(citizen: Citizen) -> None:
    """Whoever asks something else instead of giving the code is answered."""
    await citizen.says("/hoso")
    await citizen.says("đăng ký kết hôn")
    citizen.hears("Đăng ký kết hôn", "Anh/chị cần mang theo:")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_several_codes(meet: Meet, channel: str, shelve: Shelve) -> None:
    """Several codes are asked for their digits together; those of another telephone are asked for once more."""
    citizen = meet(channel)
    other = await shelve(4, code="H26.145-261110-0011", phone_hash=keyed_hash(KEY, "H26.145-261110-0011", "0001"))
    await citizen.says(f"{CODE}, {other} và {OTHER}")
    citizen.hears(ASK_DIGITS.format(f"{CODE}, {other}, {OTHER}"))
    await citizen.says("0001")
    citizen.hears(f"Hồ sơ {CODE}\n\nTrạng thái: Đang xử lý", f"Hồ sơ {other}\n\nTrạng thái: Đang xử lý")
    citizen.hears(f"4 số này không khớp với {OTHER}. Hồ sơ ấy ghi số khác thì anh/chị gõ 4 số của hồ sơ ấy.")
    await citizen.says("0004")
    citizen.hears(f"Hồ sơ {OTHER}\n\nTrạng thái: Đã trả kết quả")
    await citizen.says(f"{CODE} {OTHER}")
    citizen.hears(f"Hồ sơ {CODE}\n\nTrạng thái", f"Hồ sơ {OTHER}\n\nTrạng thái")


async def test_more_codes_than_at_once(citizen: Citizen) -> None:
    """Of many codes three are answered, and the citizen is asked for the rest."""
    await citizen.says(" ".join(f"H26.145-261110-000{n}" for n in range(1, 6)))
    citizen.hears("Tôi xem mỗi lần 3 mã. Anh/chị gửi tiếp các mã còn lại giúp tôi.", "H26.145-261110-0003")
    citizen.hears_no("H26.145-261110-0004")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("H26.145-261340-0001", "Mã H26.145-261340-0001 chưa đúng: phần giữa phải là ngày nhận hồ sơ. Anh/chị xem lại giấy hẹn giúp tôi."),
        ("H26.145-270101-0001", "Mã H26.145-270101-0001 chưa đúng: ngày nhận hồ sơ ở tương lai. Anh/chị xem lại giấy hẹn giúp tôi."),
    ],
)
async def test_codes_that_cannot_be(citizen: Citizen, words: str, said: str) -> None:
    """A code that cannot be is told why, and the next try needs no command."""
    await citizen.says(words)
    citizen.hears_only(said)
    await opens(citizen)
    citizen.hears_only(STANDING)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("1.001193", "1.001193 là mã thủ tục, không phải mã hồ sơ. Mã hồ sơ in trên giấy hẹn, như H26.145-260108-0002."),
        ("2.000815.000.00.00.H55", "2.000815.000.00.00.H55 là mã thủ tục, không phải mã hồ sơ."),
        ("PAKN.20200812.0012", "PAKN.20200812.0012 là mã của một góp ý, phản ánh, không phải mã hồ sơ."),
        ("GY-261122-7K3Q", "GY-261122-7K3Q là mã của một góp ý, phản ánh, không phải mã hồ sơ."),
        (
            "03706/2026/07906",
            "03706/2026/07906 giống số của cơ quan bảo hiểm xã hội, không phải mã hồ sơ của bàn một cửa.",
        ),
        ("H26.145-261110", "H26.145-261110 còn thiếu số thứ tự ở cuối. Mã đủ có ba phần, như H26.145-260108-0002."),
        ("079080000001", "Đây giống số điện thoại hoặc số căn cước, không phải mã hồ sơ. Anh/chị đừng gửi số này; hãy gửi mã in trên giấy hẹn."),
        ("0900 000 001", "Đây giống số điện thoại hoặc số căn cước"),
    ],
)
async def test_what_only_looks_like_a_code(citizen: Citizen, database: Database, words: str, said: str) -> None:
    """It is told what it is instead; a number of a person is not kept."""
    await citizen.says("/hoso")
    await citizen.says(words)
    citizen.hears(said)
    async with database.reading() as db:
        kept = [row["text"] for row in (await db.execute(sa.select(inbox.c.payload).order_by(inbox.c.id))).scalars()]
    assert kept[-1] == ("••••" if words.startswith("0") and "/" not in words else words)
    await opens(citizen)
    citizen.hears_only(STANDING)


@pytest.mark.parametrize("words", ["03706/2026/07906", "PAKN.20200812.0012 sao rồi", "hồ sơ 1.001193 tới đâu rồi"])
async def test_what_only_looks_like_a_code_unasked(citizen: Citizen, words: str) -> None:
    """Also where the message comes out of the blue; a question about the procedure itself is none about a dossier."""
    await citizen.says(words)
    citizen.hears("không phải mã hồ sơ")
    await citizen.says("1.001193 cần giấy tờ gì")
    citizen.hears_no("không phải mã hồ sơ")


async def test_a_slip_of_the_finger(citizen: Citizen) -> None:
    """A code near one that this person has proved is offered; near any other dossier nothing is offered."""
    await citizen.says("H26.145-261110-0010")
    assert citizen.labels == ["Thôi"]
    await opens(citizen)
    for near in ("H26.145-261110-0010", "H26.145-261101-0001", "H26.154-261110-0001"):
        await citizen.says(near)
        citizen.hears_only(ASK_DIGITS.format(near))
        citizen.sees(f"Ý tôi là {CODE}")
    await citizen.presses(f"Ý tôi là {CODE}")
    citizen.hears_only(STANDING)
    await citizen.says(MISSING)
    assert citizen.labels == ["Thôi"]
    await citizen.says("/hoso")
    await citizen.says("H26.145-26110-0001")
    citizen.sees(f"Ý tôi là {CODE}")
    stranger = Citizen(citizen.dispatch, citizen.database, chat="stranger")
    await stranger.says("H26.145-261110-0010")
    assert stranger.labels == ["Thôi"]


@pytest.mark.parametrize("number", range(1, 11))
async def test_ten_statuses(citizen: Citizen, shelve: Shelve, number: int) -> None:
    """Each status is told by its name, in plain words, and with who acts next."""
    status = STATUSES[number]
    await opens(citizen, await shelve(number))
    next_ = {
        "office": "Người làm tiếp: cơ quan.",
        "citizen": "Người làm tiếp: anh/chị.",
        "collect": "Người làm tiếp: anh/chị, đến nhận kết quả.",
        "nobody": "Không ai phải làm gì thêm.",
    }
    citizen.hears(f"Trạng thái: {status.label}\n{status.plain}\n{next_[status.next]}")
    assert ("Ngày hẹn trả: thứ Tư 25/11/2026." in citizen.heard) == (number not in {3, 8, 10})
    assert ("Đánh giá phục vụ" in citizen.labels) == (number == 10)
    assert ("Theo dõi hồ sơ này" in citizen.labels) == (number not in {3, 8, 10})


NO_CARD = "Đừng chuyển tiền vào tài khoản cá nhân của ai."
AT_THE_DESK = "Nộp thêm tại bàn một cửa, mang theo giấy hẹn."
ON_THE_PORTAL = "Nộp thêm trên dichvucong.gov.vn, trong hồ sơ này, hoặc tại bàn một cửa."


@pytest.mark.parametrize(
    ("number", "more", "said"),
    [
        (3, {"reason": "Sai nơi nộp"}, "Lý do: Sai nơi nộp\nSửa xong, anh/chị nộp lại như lần đầu. Chưa rõ thì hỏi: 0200 000 0000."),
        (3, {}, "Sửa xong, anh/chị nộp lại như lần đầu."),
        (5, {"reason": "Thiếu giấy chứng sinh"}, f"Cần bổ sung: Thiếu giấy chứng sinh\n{AT_THE_DESK}"),
        (5, {"method": "Trực tuyến"}, ON_THE_PORTAL),
        (6, {"amount": "50000"}, f"Số tiền: 50.000\xa0₫.\nNộp tại bàn một cửa, lấy biên lai.\n{NO_CARD}"),
        (6, {"amount": "50.000 đồng"}, "Số tiền: 50.000 đồng.\n"),
        (6, {"method": "Trực tuyến"}, "Số tiền ghi trên thông báo nộp tiền của hồ sơ; dữ liệu tôi có không nêu.\nThanh toán trên dichvucong.gov.vn"),
        (8, {"reason": "Theo đơn của anh/chị"}, "Lý do: Theo đơn của anh/chị\nAnh/chị có quyền hỏi thêm: 0200 000 0000."),
        (8, {}, "Anh/chị có quyền hỏi thêm: 0200 000 0000."),
        (9, {}, "Bàn một cửa đang mở, đến 11:30 hôm nay.\nNgười khác nhận thay thì mang thêm giấy ủy quyền."),
        (4, {"reason": "Đã chuyển phòng"}, "Ghi chú của cơ quan: Đã chuyển phòng"),
    ],
)
async def test_what_to_do_next(citizen: Citizen, shelve: Shelve, number: int, more: dict[str, object], said: str) -> None:
    """What is missing, what to pay, why it was refused or stopped, when to collect: in the export's words, and honestly where it says nothing."""
    await opens(citizen, await shelve(number, **more))
    citizen.hears(said)
    assert citizen.heard.count(str(more.get("reason", "Lý do"))) <= 1


@pytest.mark.parametrize(
    ("hour", "said"), [(12, "Bàn một cửa mở lần tới: 13:30 thứ Hai 23/11/2026."), (18, "Bàn một cửa mở lần tới: 7:30 thứ Tư 25/11/2026.")]
)
async def test_when_to_collect(citizen: Citizen, shelve: Shelve, clock: Clock, hour: int, said: str) -> None:
    """At noon the afternoon, in the evening the next working day: 24/11 is off."""
    code = await shelve(9)
    clock.now = clock.now.replace(hour=hour)
    await opens(citizen, code)
    citizen.hears(said)


async def test_unknown_label(citizen: Citizen, shelve: Shelve) -> None:
    """A label that is none of the ten is kept word for word, with the appointed day and no guess."""
    await opens(citizen, await shelve(None, status_label="Chờ hội đồng họp"))
    citizen.hears("Trạng thái: Chờ hội đồng họp\n\nNgày hẹn trả: thứ Tư 25/11/2026. Còn 2 ngày.")
    citizen.hears_no("Người làm tiếp")


async def test_late(citizen: Citizen) -> None:
    """A dossier past its day says by how much, and that one may ask why."""
    await opens(citizen, "H26.145-261019-0005")
    citizen.hears("Ngày hẹn trả: thứ Hai 26/10/2026. Đã quá hẹn 28 ngày. Anh/chị có quyền hỏi lý do: 0200 000 0000.")


@pytest.mark.parametrize(("status", "days"), [(4, 0), (4, 2), (8, -9), (9, -9), (10, -9)])
async def test_not_late(citizen: Citizen, shelve: Shelve, clock: Clock, status: int, days: int) -> None:
    """On its day a dossier is not late, nor when it is done or stopped."""
    await opens(citizen, await shelve(status, due_at=clock() + dt.timedelta(days=days)))
    citizen.hears_no("Đã quá hẹn")
    assert ("Hẹn trả hôm nay." in citizen.heard) == (days == 0)


async def test_an_apology_with_a_new_day(citizen: Citizen, shelve: Shelve, clock: Clock) -> None:
    """Form 04: the old day, the new one with its distance, and the reason that the office has written."""
    dates = {"due_at": clock() - dt.timedelta(days=3), "extended_at": clock() + dt.timedelta(days=4)}
    await opens(citizen, await shelve(4, **dates, apology="Chờ xác minh ở nơi khác"))
    citizen.hears(
        "Ngày hẹn cũ thứ Sáu 20/11/2026: cơ quan đã xin lỗi và hẹn lại.\n"
        "Ngày hẹn trả: thứ Sáu 27/11/2026. Còn 4 ngày.\nLý do: Chờ xác minh ở nơi khác"
    )
    citizen.hears_no("quá hẹn")


@pytest.mark.parametrize(
    ("hours", "said", "old"),
    [
        (1.7, "Số liệu lúc 9:00 hôm nay.", False),
        (23, "Số liệu lúc 9:00 hôm qua.", False),
        (47, "Số liệu lúc 9:00 ngày 23/11/2026.", False),  # Tuesday 24/11 is off
        (49, "Số liệu lúc 9:00 ngày 23/11/2026.", True),
    ],
)
async def test_how_old_the_figures_are(citizen: Citizen, clock: Clock, hours: float, said: str, old: bool) -> None:
    """The time of the figures stands under every answer; a warning where more than 24 hours of working days have passed."""
    await opens(citizen)
    clock.move(hours=hours)
    await citizen.says(CODE)
    citizen.hears(said)
    assert ("Lưu ý: số liệu này đã lâu chưa được cập nhật, hồ sơ có thể đã đi tiếp." in citizen.heard) is old


@pytest.mark.parametrize("digits", ["0001", "  0001 ", "4 số cuối là 0001", "0900 000 001", "0900000001"])
@pytest.mark.parametrize("channel", CHANNELS)
async def test_details(meet: Meet, channel: str, digits: str) -> None:
    """The last four digits of the telephone open the details; the name is masked."""
    citizen = meet(channel)
    await opens(citizen, CODE, digits)
    citizen.hears("Thủ tục: Đăng ký kết hôn\nNgười nộp: T••• T•• M••\nNgày nhận: thứ Ba 10/11/2026\nHình thức nộp: Trực tuyến")
    citizen.hears_no("Trần", "Mẫu", "0900000001")
    await citizen.presses("Tờ hướng dẫn thủ tục này")
    citizen.hears("mã 1.000894")


async def test_why_this_day(citizen: Citizen) -> None:
    """The reckoning of the appointed day from the published time; where the receipt says another day, that counts."""
    await opens(citizen, "H26.145-261113-0003")
    await citizen.presses("Vì sao hẹn ngày này")
    citizen.hears(
        "Hồ sơ H26.145-261113-0003\n\n3 ngày làm việc\n→ nhận lúc 14:05 thứ Sáu 13/11/2026\n→ tính từ thứ Hai 16/11/2026\n→ hẹn trả thứ Tư 18/11/2026"
    )
    await opens(citizen)
    await citizen.presses("Vì sao hẹn ngày này")
    citizen.hears("Giấy hẹn ghi thứ Hai 30/11/2026, khác với ngày tính ra ở trên. Ngày trên giấy hẹn là ngày chính thức.")
    stranger = Citizen(citizen.dispatch, citizen.database, chat="stranger")
    for code in (CODE, MISSING):
        await stranger.presses_id(f"dw:{code}")
        stranger.hears_only(ASK_DIGITS.format(code))


async def test_details_are_remembered(citizen: Citizen, clock: Clock) -> None:
    """Once proved, the details come at once for ninety days, in this chat only."""
    await opens(citizen)
    clock.move(days=89)
    await citizen.says(CODE)
    citizen.hears("Người nộp: T••• T•• M••")
    stranger = Citizen(citizen.dispatch, citizen.database, chat="stranger")
    await stranger.says(CODE)
    stranger.hears_only(ASK_DIGITS.format(CODE))
    clock.move(days=2)
    await citizen.says(CODE)
    citizen.hears_only(ASK_DIGITS.format(CODE))


async def test_wrong_code_and_wrong_digits_sound_alike(citizen: Citizen, shelve: Shelve) -> None:
    """Nobody learns whether a code exists: asked, refused, slowed in the same words, with the same buttons; nor of a dossier without numbers."""
    numberless = await shelve(4, code="H26.145-261110-0012", phone_hash="")
    heard = []
    for code in (CODE, MISSING, numberless):
        somebody = Citizen(citizen.dispatch, citizen.database, chat=code)
        lines = []
        await somebody.says(code)
        lines.append((somebody.heard.replace(code, "…"), somebody.labels))
        for _ in range(4):
            await somebody.says("1234")
            lines.append((somebody.heard, somebody.labels))
        heard.append(lines)
    assert [text for text, _ in heard[0]] == [ASK_DIGITS.format("…"), *[WRONG] * 3, LOCKED.format("9:01")]
    assert heard[0] == heard[1] == heard[2]
    assert {tuple(labels) for _, labels in heard[0]} == {("Thôi",)}


async def test_growing_delays(citizen: Citizen, clock: Clock) -> None:
    """Three tries are free, then 1, 5, 15 and 60 minutes, told to the minute; within them even the right digits are not heard."""
    await citizen.says(CODE)
    for _ in range(3):
        await citizen.says("1234")
        citizen.hears_only(WRONG)
    for minutes in (1, 5, 15, 60, 60):
        await citizen.says("0001")
        until = clock() + dt.timedelta(minutes=minutes)
        citizen.hears_only(LOCKED.format(f"{until.hour}:{until.minute:02}"))
        clock.move(minutes=minutes)
        await citizen.says("1234")
        citizen.hears_only(WRONG)
    clock.move(hours=1)
    await citizen.says("0001")
    citizen.hears("Người nộp: T••• T•• M••")


async def test_ten_tries_a_day(citizen: Citizen, clock: Clock) -> None:
    """Over all codes together; the words name the day on which the first of them is forgotten."""
    for n in range(10):
        await citizen.says(f"H26.145-261110-{n:04} 9999")
        citizen.hears_only(WRONG)
        clock.move(hours=1, seconds=1)
    await citizen.says(f"{CODE} 0001")
    citizen.hears_only(LOCKED.format("9:00 thứ Ba 24/11/2026"))
    clock.move(hours=14)
    await citizen.says(f"{CODE} 0001")
    citizen.hears("Người nộp: T••• T•• M••")


async def test_strangers_do_not_lock_out_the_owner(citizen: Citizen, clock: Clock) -> None:
    """What others try at a code slows newcomers by an hour at most, and not a chat that has proved it once."""
    await opens(citizen)
    clock.move(days=91)
    for n in range(9):
        stranger = Citizen(citizen.dispatch, citizen.database, chat=f"stranger {n}")
        await stranger.says(f"{CODE} 9999")
    newcomer = Citizen(citizen.dispatch, citizen.database, chat="newcomer")
    await newcomer.says(f"{CODE} 0001")
    newcomer.hears_only(LOCKED.format("9:01"))
    await opens(citizen)
    citizen.hears("Người nộp: T••• T•• M••")
    clock.move(hours=1)
    await newcomer.says(f"{CODE} 0001")
    newcomer.hears("Người nộp: T••• T•• M••")


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
    await opens(citizen, code)
    citizen.hears_only(
        f"Hồ sơ {code}\n\nTrạng thái: Đang xử lý\nCơ quan đang giải quyết hồ sơ. Anh/chị chưa phải làm gì thêm.\nNgười làm tiếp: cơ quan.\n\n"
        "Số liệu lúc 9:00 hôm nay."
    )
    assert "Tờ hướng dẫn thủ tục này" not in citizen.labels


async def test_english(citizen: Citizen) -> None:
    """In English the status and its dates are English."""
    await citizen.says("/language en")
    await citizen.says(f"{CODE} 0001")
    citizen.hears(
        "Dossier H26.145-261110-0001\n\nStatus: In progress\nThe office is working on the dossier. You need not do anything now.\n"
        "Next to act: the office.\n\nAppointed day: Monday 30 Nov 2026. 7 days left.",
        "As of 9:00 AM today.",
    )


# --- receipts -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["số biên nhận 123/2026", "cho hỏi biên nhận số BN-77 xong chưa", "so ho so giay 123/2026 toi dau roi"])
async def test_no_receipt_numbers_here(citizen: Citizen, words: str) -> None:
    """Where the exports have none, nobody is asked for the digits of one."""
    await citizen.says(words)
    citizen.hears_no("4 số cuối")


@pytest.mark.parametrize("words", ["số biên nhận 123/2026", "cho hỏi biên nhận số 123/2026 xong chưa", "so ho so giay 123/2026 toi dau roi"])
async def test_by_the_receipt(citizen: Citizen, shelve: Shelve, words: str) -> None:
    """The number of a paper receipt leads to its dossier, with the same digits; one that nobody has sounds the same."""
    code = await shelve(4, receipt="123/2026")
    await citizen.says(words)
    citizen.hears_only(ASK_DIGITS.format("số biên nhận 123/2026"))
    await citizen.says("0009")
    citizen.hears(f"Hồ sơ {code}\n\nTrạng thái: Đang xử lý", "Số biên nhận: 123/2026")
    await citizen.says("số biên nhận 124/2026")
    citizen.hears_only(ASK_DIGITS.format("số biên nhận 124/2026"))
    await citizen.says("0009")
    citizen.hears_only(WRONG)


async def test_a_receipt_where_the_code_was_asked(citizen: Citizen, shelve: Shelve) -> None:
    """The bare number does, and digits may stand beside it."""
    await shelve(4, receipt="123/2026")
    await citizen.says("/hoso")
    citizen.hears("Giấy không có mã thì gửi số biên nhận.")
    await citizen.says("123 / 2026")
    citizen.hears_only(ASK_DIGITS.format("số biên nhận 123/2026"))
    await citizen.says("biên nhận số 123/2026, điện thoại 0009")
    citizen.hears("Trạng thái: Đang xử lý")


async def test_a_dossier_that_has_only_a_receipt(citizen: Citizen, database: Database, tmp_path: Path, clock: Clock) -> None:
    """It is found, shown and followed under the number of its receipt."""
    path = tmp_path / "h.csv"
    path.write_text("Mã hồ sơ,Số biên nhận,Trạng thái,Điện thoại\n,BN 88,Đang xử lý,0900000088\n,,Đang xử lý,\n", encoding="utf-8")
    done = await import_file(database, "mau", path, KEY, clock())
    assert (done.taken, [str(r) for r in done.refused]) == (1, ["dòng 3, cột A: “” không phải là mã hồ sơ (như H26.145-260108-0002)."])
    await citizen.says("số biên nhận BN88 0088")
    citizen.hears("Hồ sơ số biên nhận BN88\n\nTrạng thái: Đang xử lý")
    await citizen.presses("Theo dõi hồ sơ này")
    citizen.hears("Tôi sẽ nhắn anh/chị khi hồ sơ số biên nhận BN88 chuyển bước")
    await citizen.presses("Dừng theo dõi")
    citizen.hears_only("Đã dừng theo dõi hồ sơ số biên nhận BN88. Tôi sẽ không nhắn về hồ sơ này nữa.")


# --- where the operator has opened the status -----------------------------------------------------------------------------------------------


@pytest.fixture
def passer(database: Database, library: Library, clock: Clock) -> Citizen:
    """Somebody in an office that tells the status without the second factor."""
    return Citizen(Dispatch(Bench(database, lambda: library, handlers.route, clock, KEY, house=House(open_status=True))), database)


async def test_open_status(passer: Citizen) -> None:
    """The status and the appointed day, and nothing else; a code that is not there is told so."""
    await passer.says("H26.145-261113-0003")
    passer.hears_only(
        "Hồ sơ H26.145-261113-0003\n\nTrạng thái: Yêu cầu bổ sung giấy tờ\n"
        "Hồ sơ còn thiếu giấy tờ. Anh/chị xem phiếu yêu cầu bổ sung và nộp thêm.\nNgười làm tiếp: anh/chị.\n\n"
        "Ngày hẹn trả: thứ Tư 18/11/2026.\n\nSố liệu lúc 9:00 hôm nay."
    )
    await passer.presses("Xem chi tiết")
    await passer.says("0003")
    passer.hears("Cần bổ sung: Thiếu giấy tờ của chủ hộ")
    await passer.says(MISSING)
    passer.hears_only(f"Tôi không tìm thấy hồ sơ {MISSING}. Anh/chị kiểm tra lại mã, hoặc gọi bàn một cửa: 0200 000 0000.")
