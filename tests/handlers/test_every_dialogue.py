"""What every dialogue owes: an answer to the empty message, a way out by «huỷ», no harm from any button, and no silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import handlers
from bot.chat import Chat, Kind
from bot.dispatch import Bench, Dispatch
from bot.staff import enrolment
from bot.staff.enrolment import Role
from bot.store import Database, staff, verdicts, voices
from bot.turn import Library, Reply, Turn
from knowledge.model import Aspect, Notice
from tests.citizen import Citizen
from tests.conftest import KEY, NOW, Clock
from tests.handlers.conftest import CHANNELS, Meet

CODE = "H26.145-261110-0001"
DIALOGUE = Notice("Đối thoại với người dân quý IV năm 2026", "", dt.date(2026, 11, 15), dt.date(2026, 12, 10)).id
_WRITTEN = ("/phananh", "Rác chất đống trước cổng chợ cả tuần")
_PREVIEW = (*_WRITTEN, "!k:skip", "!k:skip")
# How each step is reached; «!» presses a button by its id, «@staff» enrols the chat.
STEPS = {
    "dossier.code": ("/hoso",),
    "dossier.digits": (f"!d:{CODE}",),
    "rating.comment": ("/danhgia", "!rl:2:"),
    "rating.question": ("/danhgia", "!rl:2:", "!rq"),
    "verdict.comment": ("!v:0:261123",),
    "own_data.confirm": ("/xoadulieu",),
    "notices.question": (f"!nq:{DIALOGUE}",),
    "notices.confirm": (f"!nq:{DIALOGUE}", "Bao giờ sửa đường?"),
    "feedback.text": ("/gopy",),
    "feedback.confirm": ("/gopy", "Sân trơn khi mưa"),
    "staff.words": ("@staff", "!s:why:PAKN-261123-0001:scope"),
    "staff.preview": ("@staff", "!s:why:PAKN-261123-0001:scope", "Xin gửi cơ quan cấp tỉnh"),
    "petition.kind": ("/phananh",),
    "petition.text": ("/phananh", "!k:kind:phan-anh"),
    "petition.photos": _WRITTEN,
    "petition.place": (*_WRITTEN, "!k:skip"),
    "petition.dossier": ("/phananh", "Hồ sơ của tôi quá hẹn mười ngày", "!k:skip", "!k:skip"),
    "petition.preview": _PREVIEW,
    "petition.name": (*_PREVIEW, "!k:edit:name"),
    "petition.contact": (*_PREVIEW, "!k:edit:name", "Người Mẫu"),
    "petition.resume": (*_WRITTEN, "/phananh"),
}
# Begun by a button of a letter: tested in test_petition_after.py.
STEPS_OF_LETTERS = {"petition.reopen", "petition.reply"}
# Dialogues whose whole state is in their buttons.
STEPLESS = {
    "rating": ("/danhgia",),
    "narrowing": ("!n:1.000894",),
    "listing": ("/thutuc", "!f:ho-tich:1"),
    "card": ("!p:1.000894",),
    "language": ("/language",),
    "office": ("/giolamviec",),
    "notices": ("/thongbao", "!nf", "!nt:all"),
    "emergency": ("!g:khan-cap",),
    "dossier": (f"{CODE} 0001",),
    "appointed": (f"{CODE} 0001", f"!dw:{CODE}"),
}
DIALOGUES = {**STEPS, **STEPLESS}
LAPSED = "Việc làm dở lần trước đã quá một ngày nên tôi đã đóng lại, không có gì được gửi đi."

pytestmark = pytest.mark.usefixtures("shelf")
every_dialogue = pytest.mark.parametrize("name", DIALOGUES)
every_step = pytest.mark.parametrize("name", STEPS)
every_channel = pytest.mark.parametrize("channel", CHANNELS)


async def begin(citizen: Citizen, name: str) -> None:
    if name == "verdict.comment":  # asked only under few answers
        async with citizen.database.writing() as db:
            await verdicts.ask(db, Chat("mau", citizen.channel, citizen.chat), "261123", "khai sinh", ["1.001193"], NOW)
    for line in DIALOGUES[name]:
        if line == "@staff":
            await enrol(citizen)
            continue
        await (citizen.presses_id(line[1:]) if line.startswith("!") else citizen.says(line))


async def enrol(citizen: Citizen) -> None:
    chat = Chat("mau", citizen.channel, citizen.chat)
    async with citizen.database.writing() as db:
        if not await staff.member(db, chat):
            number, _ = await enrolment.invite(db, "mau", "Chị Lan", Role.CLERK, KEY, NOW)
            await staff.join(db, number, chat, NOW)


async def sent(database: Database) -> list[object]:
    async with database.reading() as db:
        return [row async for row in voices.all_feedback(db)]


def test_no_step_is_forgotten() -> None:
    """Every step of the table is tested here."""
    assert {*STEPS, *STEPS_OF_LETTERS, "offices.which"} == set(handlers.STEPS)  # the last needs several offices: test_offices.py


@every_step
async def test_steps(citizen: Citizen, name: str) -> None:
    """The road to a step leads there."""
    await begin(citizen, name)
    assert (await citizen.state()).step == name


@every_channel
@every_dialogue
async def test_answers_the_empty_message(meet: Meet, channel: str, name: str) -> None:
    """An empty message is answered, and what was begun stays begun."""
    citizen = meet(channel)
    await begin(citizen, name)
    before = await citizen.state()
    for text in ("", "  \n", "🙂", "?"):
        await citizen.says(text)
        citizen.hears("Tin nhắn chưa có chữ nào.")
    after = await citizen.state()
    assert (after.step, after.data) == (before.step, before.data)


@every_channel
@every_dialogue
async def test_left_by_cancelling(meet: Meet, database: Database, channel: str, name: str) -> None:
    """«Huỷ» leaves any dialogue, and nothing is sent."""
    citizen = meet(channel)
    await begin(citizen, name)
    await citizen.says("huỷ")
    leaves = dict.fromkeys(("rating.comment", "rating.question"), "Vâng, đánh giá anh/chị đã chọn vẫn được giữ.")
    leaves["verdict.comment"] = "Vâng, tôi vẫn chuyển câu hỏi cho cán bộ xem lại."
    citizen.hears(leaves.get(name, "Đã dừng, không có gì được gửi đi." if name in STEPS else "Vâng, khi cần anh/chị cứ hỏi."))
    citizen.sees("Danh sách thủ tục", "Tra cứu hồ sơ")
    assert (await citizen.state()).step == ""
    assert await sent(database) == []


@every_dialogue
async def test_a_foreign_or_outdated_button(citizen: Citizen, name: str) -> None:
    """A button of another bot or another time is told to be old, and what was begun stays begun."""
    await begin(citizen, name)
    before = await citizen.state()
    for id_ in ("zzz:1", "", ":", "p:9.999999", "a:1.000894x:fee", "n:1.000894:9.9", "due:1.000894:99"):
        await citizen.presses_id(id_)
        citizen.hears_only("Nút này đã cũ, nội dung của nó không còn nữa. Anh/chị chọn lại giúp tôi nhé.")
    after = await citizen.state()
    assert (after.step, after.data, after.topic) == (before.step, before.data, before.topic)


@every_dialogue
async def test_no_text(citizen: Citizen, name: str) -> None:
    """What is no text is answered, and what was begun stays begun."""
    await begin(citizen, name)
    before = await citizen.state()
    for kind in set(Kind) - {Kind.TEXT, Kind.CHOICE, Kind.START}:
        await citizen.sends(kind)
        citizen.hears("nh/chị")
    after = await citizen.state()
    assert (after.step, after.data) == (before.step, before.data)


@every_step
async def test_start_begins_anew(citizen: Citizen, name: str) -> None:
    """The start button leaves whatever was begun."""
    await begin(citizen, name)
    await citizen.starts()
    citizen.hears("Chào anh/chị!")
    assert (await citizen.state()).step == ""


@every_step
async def test_kept_for_a_day(citizen: Citizen, clock: Clock, name: str) -> None:
    """A step is waited for a whole day."""
    await begin(citizen, name)
    clock.move(hours=24)
    await citizen.says("")
    citizen.hears_no(LAPSED)
    assert (await citizen.state()).step == name


@every_step
@pytest.mark.parametrize("words", ["đăng ký kết hôn", "0001"])
async def test_lapsed(citizen: Citizen, clock: Clock, database: Database, name: str, words: str) -> None:
    """A step begun over a day ago is closed, that is said unless its taps are kept, and the message is answered as any other."""
    await begin(citizen, name)
    clock.move(hours=24, seconds=1)
    await citizen.says(words)
    kept = name.startswith(handlers.KEPT_STEPS)
    assert (citizen.reply[0].text == LAPSED) != kept
    assert len(citizen.reply) > (not kept)
    assert (await citizen.state()).step == ""
    assert await sent(database) == []


@every_step
async def test_button_of_a_lapsed_step(citizen: Citizen, clock: Clock, database: Database, name: str) -> None:
    """The buttons of a lapsed step send nothing."""
    await begin(citizen, name)
    clock.move(days=2)
    await citizen.presses_id("fs")
    citizen.hears("Nút này đã cũ")
    assert (LAPSED in citizen.heard) != name.startswith(handlers.KEPT_STEPS)
    assert await sent(database) == []


async def test_stepless_dialogues_do_not_lapse(citizen: Citizen, clock: Clock) -> None:
    """A button of last month's card still works, and nothing is said to be closed."""
    await begin(citizen, "card")
    clock.move(days=30)
    await citizen.presses("Phí, lệ phí")
    citizen.hears_no(LAPSED)
    citizen.hears("Miễn phí")


@every_step
async def test_a_failing_handler_apologises(database: Database, library: Library, clock: Clock, logged: list[dict[str, Any]], name: str) -> None:
    """A handler that fails is an apology with the telephone and a number; the log has the number and no text."""

    async def route(turn: Turn) -> Reply:
        if "bí mật" in turn.text:
            raise ValueError
        return await handlers.route(turn)

    citizen = Citizen(Dispatch(Bench(database, lambda: library, route, clock, KEY)), database)
    await begin(citizen, name)
    await citizen.says("bí mật của tôi")
    failure = next(entry for entry in logged if entry["event"] == "handler failed")
    citizen.hears_only(
        "Xin lỗi anh/chị, tôi gặp trục trặc và chưa trả lời được. "
        f"Anh/chị thử lại sau ít phút, hoặc gọi 0200 000 0000 và đọc số {failure['reference']}."
    )
    assert "bí mật" not in str(failure)
    await citizen.says("đăng ký kết hôn")
    citizen.hears("Đăng ký kết hôn")


CODES = st.sampled_from(["1.000894", "1.001193", "1.011606", "1.116214", "9.999999", CODE, "H26.145-261102-0004", "ho-tich", "gop-y", "en"])
PARTS = st.one_of(
    CODES, st.sampled_from(list(Aspect)), st.integers().map(str), st.text(max_size=12), st.sampled_from(["in", "²", "٣", "1.1", "0.0.0", "-1"])
)
FORGED = st.one_of(
    st.text(max_size=64),
    st.builds(lambda verb, parts: ":".join((verb, *parts)), st.sampled_from(sorted(handlers.CHOICES)), st.lists(PARTS, max_size=4)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(name=st.sampled_from(sorted(DIALOGUES)), ids=st.lists(FORGED, min_size=1, max_size=3), words=st.text(max_size=30))
async def test_no_button_and_no_words_do_harm(citizen: Citizen, logged: list[dict[str, Any]], name: str, ids: list[str], words: str) -> None:
    """Whatever is pressed or typed, in whatever dialogue, is answered and fails nothing."""
    await begin(citizen, name)
    for id_ in ids:
        await citizen.presses_id(id_)
    await citizen.says(words)
    assert [entry for entry in logged if entry["event"] == "handler failed"] == []


async def test_ten_thousand_characters_in_every_step(citizen: Citizen, logged: list[dict[str, Any]]) -> None:
    """Each step answers a message of 10,000 characters."""
    for name in STEPS:
        await begin(citizen, name)
        await citizen.says("chữ 12 " * 1430)
        assert citizen.heard
    assert [entry for entry in logged if entry["event"] == "handler failed"] == []
