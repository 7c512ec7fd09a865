"""Followers are told once of every change, in the transaction of the change, and never at night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat, Say
from bot.dossiers import telling
from bot.dossiers.imports import import_file
from bot.dossiers.reminders import remind
from bot.settings import ZONE
from bot.store import Database, askings, attempts, follows, lapses, road, voices
from bot.store import dossiers as store_dossiers
from bot.store.dossiers import Change
from bot.store.tables import dossiers, notifications, outbox
from bot.turn import Library
from tests.bot.dossiers.export import code, line, sheet
from tests.conftest import KEY, NOW

CHAT = Chat("mau", "web", "a")
DAY = dt.timedelta(days=1)


async def take(database: Database, folder: Path, *lines: str, now: dt.datetime = NOW) -> None:
    await import_file(database, "mau", sheet(folder, *lines), KEY, now)


async def follow(database: Database, *chats: Chat, n: int = 1, at: dt.datetime = NOW) -> None:
    async with database.writing() as db:
        for chat in chats or (CHAT,):
            await follows.follow(db, chat, code(n), at)


async def told(database: Database) -> list[str]:
    async with database.reading() as db:
        return [row.payload["text"] for row in await db.execute(sa.select(outbox).order_by(outbox.c.id))]


@pytest.fixture(autouse=True)
async def _known(database: Database, tmp_path: Path) -> None:
    """One dossier under way."""
    await take(database, tmp_path, line(1))


async def test_a_new_status_is_told_once(database: Database, tmp_path: Path) -> None:
    """To its follower only, with what it means; the same file again says nothing more."""
    await follow(database)
    await follow(database, Chat("mau", "web", "b"), n=2)
    for hours in (1, 2, 3):
        await take(database, tmp_path, line(1, "Yêu cầu bổ sung giấy tờ"), now=NOW + dt.timedelta(hours=hours))
    plain = "Hồ sơ còn thiếu giấy tờ. Anh/chị xem phiếu yêu cầu bổ sung và nộp thêm."
    assert await told(database) == [f"Trạng thái mới: Yêu cầu bổ sung giấy tờ\n{plain}\nNgày hẹn trả: thứ Tư 25/11/2026."]
    async with database.reading() as db:
        row = (await db.execute(sa.select(outbox))).one()
    assert (row.payload["title"], row.payload["footer"]) == (f"Hồ sơ {code(1)}", "Số liệu lúc 10:00 ngày 23/11/2026.")
    assert [b["id"] for b in row.payload["buttons"]] == [f"d:{code(1)}", f"fx:{code(1)}"]


async def test_what_did_not_change_is_not_told(database: Database, tmp_path: Path) -> None:
    """Neither a confirmed status, nor a note, nor a dossier that nobody follows."""
    await follow(database)
    await take(database, tmp_path, line(1, note="đã chuyển phòng"), line(2), now=NOW + DAY)
    await take(database, tmp_path, line(1), line(2, "Đã xử lý xong"), now=NOW + 2 * DAY)
    assert await told(database) == []


async def test_every_step_is_told(database: Database, tmp_path: Path) -> None:
    """Also a status that comes a second time, for it is news again."""
    await follow(database)
    for days, status in enumerate(("Yêu cầu bổ sung giấy tờ", "Đang xử lý", "Yêu cầu bổ sung giấy tờ"), 1):
        await take(database, tmp_path, line(1, status), now=NOW + days * DAY)
    assert len(await told(database)) == 3


async def test_a_change_whose_notice_fails_did_not_happen(database: Database, tmp_path: Path) -> None:
    """Change and message are one transaction: a crash between them leaves neither, and the next run makes both."""
    await follow(database)

    async def crash(db: AsyncConnection, office: str, changed: Sequence[Change], now: dt.datetime) -> None:
        await telling.changes(db, office, changed, now)
        raise RuntimeError("killed")

    path = sheet(tmp_path, line(1, "Đã xử lý xong"))
    with pytest.raises(RuntimeError):
        await import_file(database, "mau", path, KEY, NOW + DAY, tell=crash)
    async with database.reading() as db:
        assert (await db.execute(sa.select(dossiers.c.status))).scalars().all() == [4]
        assert (await db.execute(sa.select(notifications))).all() == []
    assert await told(database) == []
    await import_file(database, "mau", path, KEY, NOW + DAY)
    assert len(await told(database)) == 1


async def test_a_postponed_day_is_told_with_its_note(database: Database, tmp_path: Path) -> None:
    """What the office recorded, not what we make of it."""
    await follow(database)
    await take(database, tmp_path, line(1, due="30/11/2026", note="Xin lỗi vì chờ xác minh"), now=NOW + DAY)
    expected = "Ngày hẹn trả đổi từ thứ Tư 25/11/2026 sang thứ Hai 30/11/2026.\nGhi chú của cơ quan: Xin lỗi vì chờ xác minh"
    assert await told(database) == [expected]


FORM_04 = "Mã hồ sơ,Trạng thái,Ngày hẹn trả,Ngày hẹn lại,Lý do trễ hẹn"


async def test_an_apology_is_told_with_its_reason(database: Database, library: Library, tmp_path: Path) -> None:
    """Form 04 in the export: the apology, the reason and the new day, once; the day that holds from now on is the new one."""
    await follow(database)
    path = tmp_path / "04.csv"
    path.write_text(f"{FORM_04}\n{code(1)},Đang xử lý,25/11/2026,02/12/2026,Chờ xác minh ở nơi khác\n", encoding="utf-8")
    for hours in (1, 2):
        await import_file(database, "mau", path, KEY, NOW + dt.timedelta(hours=hours))
    assert await told(database) == [
        "Ngày hẹn trả đổi từ thứ Tư 25/11/2026 sang thứ Tư 02/12/2026.\nCơ quan xin lỗi anh/chị vì trễ hẹn.\nLý do: Chờ xác minh ở nơi khác"
    ]
    assert [await remind(database, library.knowledge.office, NOW + days * DAY) for days in (1, 3, 8, 9, 10)] == [0, 0, 1, 0, 1]


async def test_late_without_an_apology_is_a_task(database: Database, library: Library, tmp_path: Path) -> None:
    """The staff are told once of each dossier that somebody follows, never what the reason might be; done, it is off the list."""
    tasks: list[str] = []

    async def staff(db: AsyncConnection, office: str, say: Say, now: dt.datetime) -> None:
        tasks.append(say.text)

    office = library.knowledge.office
    await take(database, tmp_path, line(1), line(2), line(3, due="24/11/2026"), now=NOW + dt.timedelta(minutes=1))
    await follow(database)
    await follow(database, n=3)
    for days in (1, 2, 3, 4):
        await remind(database, office, NOW + days * DAY, staff)
    assert [text.splitlines()[1:-1] for text in tasks] == [[f"• {code(3)}"], [f"• {code(1)}"]]
    assert tasks[0].startswith("1 hồ sơ có người theo dõi đã quá ngày hẹn mà chưa ghi thư xin lỗi, ngày hẹn mới (mẫu 04):\n")
    async with database.reading() as db:
        assert [c for c, _ in await lapses.waiting(db, "mau")] == [code(3), code(1)]
    await take(database, tmp_path, line(1, "Đã xử lý xong", done="27/11/2026"), now=NOW + 4 * DAY)
    async with database.reading() as db:
        assert [c for c, _ in await lapses.waiting(db, "mau")] == [code(3)]


async def test_wrong_tries_are_forgotten_after_a_week(database: Database, library: Library) -> None:
    """They are kept no longer than a limit needs them."""
    async with database.writing() as db:
        await attempts.fail(db, CHAT, [code(1)], NOW - 8 * DAY)
        await attempts.fail(db, CHAT, [code(1)], NOW - 6 * DAY)
    await remind(database, library.knowledge.office, NOW)
    async with database.reading() as db:
        assert await attempts.in_office(db, "mau", NOW - 99 * DAY) == 1


async def test_what_was_stopped_at_night_is_not_told_in_the_morning(database: Database, tmp_path: Path) -> None:
    """A message that waits for seven o'clock is withdrawn with the following; that of another dossier is not."""
    await take(database, tmp_path, line(2))
    await follow(database)
    await follow(database, n=2)
    await take(database, tmp_path, line(1, "Đã xử lý xong"), line(2, "Đã xử lý xong"), now=NOW.replace(hour=22))
    async with database.writing() as db:
        await follows.withdraw(db, CHAT, code(1))
        assert [row.wire.title for row in await road.waiting(db, "web", 9, NOW + DAY)] == [f"Hồ sơ {code(2)}"]


async def test_a_person_who_is_forgotten(database: Database, tmp_path: Path) -> None:
    """Follows, proofs, what was told and what waits go; another's stay, and so do wrong tries, which would else be free again."""
    other = Chat("mau", "web", "b")
    await follow(database, CHAT, other)
    await take(database, tmp_path, line(1, "Đã xử lý xong"), now=NOW.replace(hour=22))
    async with database.writing() as db:
        for chat in (CHAT, other):
            await store_dossiers.prove(db, chat, code(1), NOW)
            await attempts.fail(db, chat, [code(9)], NOW)
        await follows.forget(db, CHAT)
        assert [await follows.followed(db, chat) for chat in (CHAT, other)] == [[], [code(1)]]
        assert [await store_dossiers.ever_proved(db, chat, code(1)) for chat in (CHAT, other)] == [False, True]
        assert [row.chat for row in await road.waiting(db, "web", 9, NOW + DAY)] == ["b"]
        assert len(await attempts.of_chat(db, CHAT, NOW - DAY)) == 1


@pytest.mark.parametrize("rated", [False, True])
async def test_handed_over(database: Database, tmp_path: Path, rated: bool) -> None:
    """The dossier is followed no more, and its rating will be asked for, not of somebody who has given it."""
    await follow(database)
    if rated:
        async with database.writing() as db:
            await voices.rate(db, CHAT, code(1), 4, NOW)
    await take(database, tmp_path, line(1, "Đã trả kết quả", done="24/11/2026"), now=NOW + DAY)
    async with database.reading() as db:
        (row,) = (await db.execute(sa.select(outbox))).all()
        assert await follows.followed(db, CHAT) == []
        due = await askings.due(db, "mau", NOW + DAY, dt.timedelta(hours=1))
    assert row.payload["buttons"] == []
    assert row.payload["text"].endswith("Tôi thôi theo dõi hồ sơ này.")
    assert [(a.chat, a.about) for a in due] == ([] if rated else [(CHAT, code(1))])


@pytest.mark.parametrize("channel", ["zalo_bot", "zalo_oa", "telegram", "web"])
async def test_no_numbered_menu_is_left_behind(database: Database, tmp_path: Path, channel: str) -> None:
    """A message that nobody asked for must not change what «1» means in the conversation."""
    await follow(database, Chat("mau", channel, "a"))
    await take(database, tmp_path, line(1, "Đã xử lý xong"), now=NOW + DAY)
    async with database.reading() as db:
        (row,) = (await db.execute(sa.select(outbox))).all()
    assert "1. " not in row.payload["text"]
    assert bool(row.payload["buttons"]) == (channel != "zalo_bot")
    assert ("gõ “dừng”" in row.payload["footer"]) == (channel == "zalo_bot")


async def test_in_the_language_of_the_follower(database: Database, tmp_path: Path) -> None:
    """Whoever speaks English is told in English."""
    await follow(database)
    async with database.writing() as db:
        state = await road.state_of(db, CHAT)
        await road.keep_state(db, CHAT, type(state)(language="en"), NOW)
    await take(database, tmp_path, line(1, "Đã xử lý xong"), now=NOW + DAY)
    assert (await told(database))[0].startswith("New status: Finished\n")


@pytest.mark.parametrize(
    ("hour", "sent"),
    [((23, 6, 59), (23, 7)), ((23, 7, 0), (23, 7)), ((23, 20, 59), None), ((23, 21, 0), (24, 7)), ((23, 23, 30), (24, 7)), ((24, 0, 0), (24, 7))],
)
def test_quiet_hours(hour: tuple[int, int, int], sent: tuple[int, int] | None) -> None:
    """Between 21:00 and 7:00 a message waits for the morning."""
    now = dt.datetime(2026, 11, *hour, tzinfo=ZONE)
    assert telling.not_before(now) == (dt.datetime(2026, 11, *sent, tzinfo=ZONE) if sent else now)


async def test_a_message_of_the_night_keeps_no_answer_waiting(database: Database, tmp_path: Path) -> None:
    """The citizen who asks at night is answered at night; what nobody asked for follows in the morning."""
    night = NOW.replace(hour=22)
    await follow(database)
    await take(database, tmp_path, line(1, "Đã xử lý xong"), now=night)
    async with database.writing() as db:
        await road.say(db, CHAT, [telling.Wire("câu trả lời")], night)
        assert [row.wire.text for row in await road.waiting(db, "web", 9, night)] == ["câu trả lời"]
        assert len(await road.waiting(db, "web", 9, NOW.replace(hour=7) + DAY)) == 2


async def test_many_followers(database: Database, tmp_path: Path) -> None:
    """More than a statement holds: each is told once."""
    await follow(database, *(Chat("mau", "web", f"c{n}") for n in range(1203)))
    await take(database, tmp_path, line(1, "Đã xử lý xong"), now=NOW + DAY)
    async with database.reading() as db:
        chats = (await db.execute(sa.select(outbox.c.chat))).scalars().all()
    assert len(chats) == len(set(chats)) == 1203


# --- reminders ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (23, None),
        (24, "Ngày mai, thứ Tư 25/11/2026, là ngày hẹn trả. Hồ sơ đang ở bước: Đang xử lý."),
        (25, None),
        (26, "Ngày hẹn trả thứ Tư 25/11/2026 đã qua mà theo số liệu tôi có, hồ sơ chưa xong. Tôi chưa biết lý do.\n"),
        (30, "Ngày hẹn trả thứ Tư 25/11/2026 đã qua"),
    ],
)
async def test_the_day_comes_and_passes(database: Database, library: Library, day: int, words: str | None) -> None:
    """A day before, and once after; a second look on the same day says nothing."""
    await follow(database)
    now = NOW.replace(day=day)
    counts = [await remind(database, library.knowledge.office, now) for _ in range(2)]
    assert counts == [int(words is not None), 0]
    texts = await told(database)
    assert len(texts) == counts[0]
    assert words is None or texts[0].startswith(words)


async def test_told_late_only_once(database: Database, library: Library) -> None:
    """Not again every day."""
    await follow(database)
    assert [await remind(database, library.knowledge.office, NOW + days * DAY) for days in range(8)] == [0, 1, 0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("status", ["Đã xử lý xong", "Đã trả kết quả", "Dừng xử lý", "Không được tiếp nhận"])
async def test_a_dossier_that_is_done_is_not_reminded_of(database: Database, library: Library, tmp_path: Path, status: str) -> None:
    """Neither before nor after its day."""
    await take(database, tmp_path, line(1, status), now=NOW + dt.timedelta(hours=1))
    await follow(database)
    assert [await remind(database, library.knowledge.office, NOW + days * DAY) for days in (1, 3)] == [0, 0]


async def test_a_day_that_had_passed_before_is_no_news(database: Database, library: Library) -> None:
    """Whoever begins to follow a late dossier has just read that it is late."""
    await follow(database, at=NOW + 5 * DAY)
    assert await remind(database, library.knowledge.office, NOW + 6 * DAY) == 0


async def test_a_new_day_is_reminded_of_anew(database: Database, library: Library, tmp_path: Path) -> None:
    """A postponed day has its own reminder."""
    await follow(database)
    assert await remind(database, library.knowledge.office, NOW + DAY) == 1
    await take(database, tmp_path, line(1, due="30/11/2026"), now=NOW + 2 * DAY)
    assert [await remind(database, library.knowledge.office, NOW + days * DAY) for days in (3, 6, 7, 8)] == [0, 1, 0, 1]
