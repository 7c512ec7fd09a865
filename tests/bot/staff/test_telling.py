"""What staff are told unasked: to the right chats, once for an event, by day; broken leaflets among it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from bot import app
from bot.chat import Choice, Say
from bot.staff import telling
from bot.staff.content import tell_broken
from bot.staff.enrolment import Role
from bot.store import Database, staff
from bot.store.tables import outbox
from bot.texts import Texts
from tests.bot.staff.conftest import Enrol, Told
from tests.conftest import NOW

NIGHT = NOW.replace(hour=22)


async def tell(database: Database, text: str, now: dt.datetime = NOW, role: Role | str = "", event: str = "") -> int:
    async with database.writing() as db:
        return await telling.tell(db, "mau", Say(text), now, role=role, event=event)


async def test_to_all_or_to_a_role(database: Database, enrol: Enrol, told: Told) -> None:
    """Without a role all are told, with one those who have it."""
    await enrol("lan")
    await enrol("ha", Role.LEADER)
    assert [await tell(database, "một"), await tell(database, "hai", role=Role.LEADER), await tell(database, "ba", role="clerk")] == [2, 1, 1]
    assert await told() == [("lan", "một"), ("ha", "một"), ("ha", "hai"), ("lan", "ba")]


async def test_to_all_where_nobody_has_the_role(database: Database, enrol: Enrol, told: Told) -> None:
    """Work for leaders is not lost where none is enrolled."""
    await enrol("lan")
    assert await tell(database, "một", role=Role.LEADER) == 1
    assert await told() == [("lan", "một")]


async def test_nobody_is_enrolled(database: Database, enrol: Enrol) -> None:
    """Nobody is told, and who left is not."""
    number = await enrol("lan")
    async with database.writing() as db:
        await staff.leave(db, "mau", number, NOW)
    assert await tell(database, "một") == 0


async def test_an_event_once(database: Database, enrol: Enrol) -> None:
    """A second time only those are told who were not yet; without an event everybody is, every time."""
    await enrol("lan")
    assert [await tell(database, "một", event="e"), await tell(database, "một", event="e")] == [1, 0]
    await enrol("ha")
    assert [await tell(database, "một", event="e"), await tell(database, "một"), await tell(database, "một")] == [1, 2, 2]


async def test_what_is_undone_was_not_told(database: Database, enrol: Enrol) -> None:
    """The telling is part of the caller's transaction."""
    await enrol("lan")
    async with database.reading() as db:
        await telling.tell(db, "mau", Say("một"), NOW, event="e")
    assert await tell(database, "một", event="e") == 1


async def test_by_day(database: Database, enrol: Enrol) -> None:
    """What happens at night is sent at seven."""
    await enrol("lan")
    await tell(database, "một", NIGHT)
    async with database.reading() as db:
        assert (await db.execute(sa.select(outbox.c.not_before))).scalar_one() == NOW.replace(hour=7) + dt.timedelta(days=1)


async def test_in_the_language_of_the_chat(database: Database, enrol: Enrol, told: Told) -> None:
    """Words that depend on the language are asked for each chat."""
    await enrol("lan")

    def say(t: Texts) -> Say:
        return Say(t("Không có phản ánh nào đang mở."), choices=(Choice(t("Gửi"), "s:send"),))

    async with database.writing() as db:
        await telling.tell(db, "mau", say, NOW)
    assert await told() == [("lan", "Không có phản ánh nào đang mở.")]


async def test_no_numbered_menu_is_left_behind(database: Database, enrol: Enrol) -> None:
    """Where there are no buttons the message names the command instead: a menu would take the place of the one in use."""
    await enrol("lan", channel="zalo_bot")
    async with database.writing() as db:
        await telling.tell(db, "mau", Say("một", choices=(Choice("Mở", "s:list"),)), NOW)
        [payload] = (await db.execute(sa.select(outbox.c.payload))).scalars()
    assert (payload["text"], payload["footer"], payload["buttons"]) == ("một", "Gõ /viec để mở và xử lý.", [])


# --- leaflets that cannot be served ----------------------------------------------------------------------------------------------------------


async def test_broken_leaflets(database: Database, enrol: Enrol, told: Told) -> None:
    """Ten lines and the number of the rest; a list that was told is not told again, another is."""
    await enrol("lan")
    problems = [f"khai-sinh.md:{n}: không có mục “Lệ phi”" for n in range(12)]
    assert [await tell_broken(database, "mau", problems, NOW) for _ in range(2)] == [1, 0]
    assert await tell_broken(database, "mau", problems[:1], NOW) == 1
    [(_, first), (_, second)] = await told()
    assert first.splitlines()[9:] == ["• khai-sinh.md:9: không có mục “Lệ phi”", "và 2 lỗi khác."]
    assert second == "• khai-sinh.md:0: không có mục “Lệ phi”"


async def test_the_running_bot_tells_of_them(engine: app.Engine, enrol: Enrol, told: Told) -> None:
    """What the watcher refuses comes to the staff."""
    await enrol("lan")
    await app._tell_staff(engine, ["khai-sinh.md:5: không có mục “Lệ phi”"])
    assert await told() == [("lan", "• khai-sinh.md:5: không có mục “Lệ phi”")]
