"""The commune's questions after a rating, and the rating that is asked for once more and never again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.chat import Chat
from bot.dossiers.inviting import ask
from bot.settings import ZONE
from bot.store import Database, askings, road
from bot.store.tables import ratings
from bot.turn import Library
from tests.citizen import Citizen
from tests.conftest import NOW, Clock
from tests.handlers.conftest import CHANNELS, Meet, Shelve
from tests.handlers.test_rating import LEVELS, proves

DAY = dt.timedelta(days=1)
Look = Callable[[], Awaitable[int]]
THANKS = "Cảm ơn anh/chị. Trong 7 ngày anh/chị có thể đổi đánh giá bằng cách đánh giá lại."
ON_TIME = {"due_at": NOW, "completed_at": NOW - DAY, "field": "Hộ tịch"}
LATE = {"due_at": NOW - DAY, "completed_at": NOW, "field": "Hộ tịch"}


async def answers(database: Database) -> list[dict[str, str]]:
    async with database.reading() as db:
        return list((await db.execute(sa.select(ratings.c.answers).order_by(ratings.c.id))).scalars())


@pytest.mark.parametrize("channel", CHANNELS)
async def test_four_questions_of_a_dossier_on_time(meet: Meet, database: Database, shelve: Shelve, channel: str) -> None:
    """One tap a question; of an apology nobody asks where nothing was late, whatever the citizen remembers."""
    code, citizen = await shelve(10, **ON_TIME), meet(channel)
    await proves(citizen, code)
    await citizen.presses("Đánh giá phục vụ")
    await citizen.presses("Hài lòng")
    await citizen.presses("Trả lời thêm 4 câu ngắn")
    citizen.hears("Câu 1/4\n\nThái độ của cán bộ thế nào?")
    await citizen.presses("Tận tình")
    citizen.hears("Câu 2/4\n\nAnh/chị có phải chờ lâu không?")
    await citizen.presses("Hơi lâu")
    citizen.hears("Câu 3/4\n\nKết quả có được trả đúng ngày trên giấy hẹn không?")
    await citizen.presses("Trễ hẹn")
    citizen.hears("Câu 4/4\n\nNơi tiếp dân thế nào?")
    await citizen.presses("Chưa tốt")
    citizen.hears(THANKS)
    assert await answers(database) == [{"attitude": "good", "wait": "some", "time": "late", "place": "poor"}]


async def test_the_apology_is_asked_about_a_late_dossier(citizen: Citizen, database: Database, shelve: Shelve) -> None:
    """The fourth question is for dossiers that came after their day."""
    await proves(citizen, await shelve(10, **LATE))
    await citizen.presses("Đánh giá phục vụ")
    await citizen.presses("Không hài lòng")
    await citizen.presses("Trả lời thêm 5 câu ngắn")
    for label in ("Bỏ qua", "Bỏ qua", "Trễ hẹn"):
        await citizen.presses(label)
    citizen.hears("Câu 4/5\n\nKhi trễ, cơ quan có xin lỗi và hẹn ngày mới không?")
    await citizen.presses("Chỉ một trong hai")
    await citizen.presses("Bỏ qua")
    citizen.hears(THANKS)
    assert await answers(database) == [{"time": "late", "apology": "one"}]


@pytest.mark.parametrize(("time", "total"), [("Trễ hẹn", 5), ("Đúng hẹn", 4), ("Không có giấy hẹn", 4), ("Bỏ qua", 4)])
async def test_without_figures_the_citizen_says_what_was_late(citizen: Citizen, time: str, total: int) -> None:
    """Of a visit there are no dates: the answer about the day decides."""
    await citizen.says("/danhgia")
    await citizen.presses("Bình thường")
    await citizen.presses("Trả lời thêm 4 câu ngắn")
    for label in ("Bỏ qua", "Bỏ qua", time):
        await citizen.presses(label)
    citizen.hears(f"Câu 4/{total}")


async def test_words_among_the_questions_are_a_comment(citizen: Citizen, database: Database) -> None:
    """Whoever types instead of tapping is heard; what was answered stays."""
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    await citizen.presses("Trả lời thêm 4 câu ngắn")
    await citizen.says("tận tình")
    citizen.hears("Câu 2/4")
    await citizen.says("chỗ gửi xe hơi chật")
    citizen.hears("Tôi đã ghi thêm lời của anh/chị.")
    assert await answers(database) == [{"attitude": "good"}]


@pytest.mark.parametrize("id_", ["rq:apology:both", "rq:attitude:best", "rq:x:good", "rq:attitude", "rq::", "rq:attitude:good:x:"])
async def test_forged_answers(citizen: Citizen, database: Database, id_: str) -> None:
    """A question that is not asked or an answer that is none is an outdated button."""
    await citizen.presses_id(id_)
    citizen.hears("Nút này đã cũ")
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    await citizen.presses("Trả lời thêm 4 câu ngắn")
    await citizen.presses_id(id_)
    if id_ != "rq:attitude:good:x:":
        citizen.hears("Nút này đã cũ")
        assert await answers(database) == [{}]


async def test_another_level_keeps_the_answers(citizen: Citizen, database: Database) -> None:
    """Whoever changes the level within the week has not taken back what was answered."""
    await citizen.says("/danhgia")
    await citizen.presses("Hài lòng")
    await citizen.presses("Trả lời thêm 4 câu ngắn")
    await citizen.presses("Tận tình")
    await citizen.says("/danhgia")
    await citizen.presses("Bình thường")
    assert await answers(database) == [{"attitude": "good"}]


async def test_a_dossier_after_seven_days(citizen: Citizen, database: Database, shelve: Shelve, clock: Clock) -> None:
    """What can be changed no more is told kindly, at the button and at an old level's button; the rating stands."""
    code = await shelve(10, **ON_TIME)
    await proves(citizen, code)
    await citizen.presses("Đánh giá phục vụ")
    await citizen.presses("Hài lòng")
    await citizen.presses("Xong")
    clock.move(days=7)
    for id_ in (f"r:{code}", f"rl:1:{code}"):
        await citizen.presses_id(id_)
        citizen.hears_only("Cảm ơn anh/chị, đánh giá này đã gửi hơn 7 ngày nên không đổi được nữa. Anh/chị còn điều muốn nói thì gửi góp ý nhé.")
    async with database.reading() as db:
        assert (await db.execute(sa.select(ratings.c.level, ratings.c.field))).all() == [(4, "Hộ tịch")]


# --- asked unasked for ----------------------------------------------------------------------------------------------------------------------


async def plan(database: Database, code: str, channel: str = "web", now: dt.datetime = NOW) -> None:
    async with database.writing() as db:
        await askings.plan(db, Chat("mau", channel, "citizen"), code, now, now)


@pytest.fixture
def sent(database: Database, library: Library, clock: Clock) -> Look:
    """Looks whom to ask now and says how many were asked."""

    async def look() -> int:
        return await ask(database, library.knowledge.office, clock())

    return look


@pytest.mark.parametrize("channel", [*CHANNELS, "zalo_oa"])
async def test_asked_once_and_answered_by_a_tap_or_a_word(meet: Meet, database: Database, shelve: Shelve, sent: Look, channel: str) -> None:
    """Five levels and «để sau» in one message; where buttons do not suffice, the words to type."""
    code, citizen = await shelve(10, **ON_TIME), meet(channel)
    await plan(database, code, channel)
    assert [await sent() for _ in range(3)] == [1, 0, 0]
    async with database.reading() as db:
        ((_, question),) = await road.replies(db, channel, "citizen", 0)
    await citizen.says("rất hài lòng")
    assert question.title == f"Đánh giá hồ sơ {code}"
    enough = channel in {"web", "telegram"}
    assert [b.label for b in question.buttons] == ([*LEVELS, "Để sau"] if enough else [])
    assert ("• Rất không hài lòng\nhoặc gõ “để sau”." in question.text) != enough
    citizen.hears("Đã ghi: Rất hài lòng. Cảm ơn anh/chị!")
    async with database.reading() as db:
        assert (await db.execute(sa.select(ratings.c.level, ratings.c.dossier))).all() == [(5, code)]
        assert await askings.waiting(db, Chat("mau", channel, "citizen"), NOW) is None


@pytest.mark.parametrize("by_word", [True, False])
async def test_later_asks_once_more_and_never_again(
    citizen: Citizen, database: Database, shelve: Shelve, sent: Look, clock: Clock, by_word: bool
) -> None:
    """On the next working day, when the office opens; a second «để sau» ends it."""
    clock.now = NOW.replace(day=27)  # a Friday
    code = await shelve(10, **ON_TIME)
    await plan(database, code, now=clock())
    assert await sent() == 1
    await (citizen.says("để sau") if by_word else citizen.presses_id(f"rw:{code}"))
    citizen.hears("Vâng, ngày làm việc tới tôi hỏi lại một lần, rồi thôi.")
    asked = []
    for moment in (clock() + DAY, clock() + 2 * DAY, NOW.replace(day=30, hour=7, minute=29), NOW.replace(day=30, hour=7, minute=30)):
        clock.now = moment
        asked.append(await sent())
    assert asked == [0, 0, 0, 1]
    await (citizen.says("để sau") if by_word else citizen.presses_id(f"rw:{code}"))
    citizen.hears("Vâng, tôi không hỏi lại nữa. Khi nào muốn đánh giá, anh/chị gõ “đánh giá”.")
    for _ in range(20):
        clock.move(days=1)
        assert await sent() == 0
    await citizen.presses_id(f"rl:4:{code}")
    citizen.hears("Đã ghi: Hài lòng.")


async def test_not_at_a_bad_moment(citizen: Citizen, database: Database, shelve: Shelve, sent: Look, clock: Clock) -> None:
    """Not within an hour of anything that was said, not inside a dialogue, not at night; then at last."""
    code = await shelve(10, **ON_TIME)
    await plan(database, code)
    asked = []
    for words, hours in (("có người chết đuối cứu với", 0.9), ("xyz tuv", 0.9), ("/gopy", 5), ("huỷ", 0.9)):
        await citizen.says(words)
        clock.move(hours=hours)
        asked.append(await sent())
    clock.now = dt.datetime(2026, 11, 23, 22, 0, tzinfo=ZONE)
    asked.append(await sent())
    clock.now = dt.datetime(2026, 11, 24, 7, 0, tzinfo=ZONE)
    asked.append(await sent())
    assert asked == [0, 0, 0, 0, 0, 1]


async def test_rated_before_it_was_asked(citizen: Citizen, database: Database, shelve: Shelve, sent: Look) -> None:
    """Whoever rates by the button of the details is not asked any more."""
    code = await shelve(10, **ON_TIME)
    await plan(database, code)
    await citizen.presses_id(f"rl:5:{code}")
    assert await sent() == 0


async def test_what_lies_long_back_is_not_asked_about(database: Database, shelve: Shelve, sent: Look, clock: Clock) -> None:
    """A bot that stood still for weeks does not begin with old matters."""
    await plan(database, await shelve(10, **ON_TIME))
    clock.move(days=14)
    assert await sent() == 0


async def test_the_command_rates_what_was_asked_about(citizen: Citizen, database: Database, shelve: Shelve, sent: Look) -> None:
    """«/danhgia» after the question means the dossier of the question, then the service as a whole again."""
    code = await shelve(10, **ON_TIME)
    await plan(database, code)
    await sent()
    await citizen.says("/danhgia")
    citizen.hears(f"Đánh giá hồ sơ {code}")
    await citizen.presses("Bình thường")
    await citizen.says("/danhgia")
    citizen.hears("Đánh giá phục vụ\n")
