"""What the dialogues ask of the store: dossiers and proofs, ratings, feedback, figures."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from bot.chat import Chat
from bot.store import Database, attempts, dossiers, figures, voices
from bot.store.figures import Counted, scrub
from bot.store.tables import unanswered
from tests.conftest import NOW

CHAT, OTHER = Chat("mau", "web", "a"), Chat("mau", "web", "b")
CODE = "H26.145-261110-0001"


def after(**span: float) -> dt.datetime:
    return NOW + dt.timedelta(**span)


# --- dossiers -------------------------------------------------------------------------------------------------------------------------------


def record(code: str, **more: object) -> dict[str, object]:
    empty = dict.fromkeys(("procedure_name", "procedure_code", "field", "status_label", "reason", "method", "applicant", "phone_hash"), "")
    return {**empty, "identity_hash": "", "code": code, "status": 4, "received_at": NOW, "due_at": None, "completed_at": None, **more}


async def test_a_known_code_is_replaced(database: Database) -> None:
    """The newer export wins, column by column; an office's codes are its own."""
    async with database.writing() as db:
        await dossiers.keep(db, "mau", [record(CODE, reason="thiếu", due_at=NOW)], NOW)
        await dossiers.keep(db, "mau", [record(CODE, status=9)], after(days=1))
        await dossiers.keep(db, "khac", [record(CODE, status=1)], NOW)
        await dossiers.keep(db, "mau", [], NOW)
        found = await dossiers.find(db, "mau", CODE)
        assert (found.status, found.reason, found.due_at, found.as_of) == (9, "", None, after(days=1))
        assert await dossiers.total(db) == 2
        assert await dossiers.find(db, "mau", "H26.145-261110-0002") is None


@pytest.mark.parametrize(
    ("chat", "code", "at", "proved"),
    [
        (CHAT, CODE, after(days=89), True),
        (CHAT, CODE, after(days=91), False),
        (OTHER, CODE, NOW, False),
        (CHAT, "H26.145-261110-0002", NOW, False),
        (Chat("khac", "web", "a"), CODE, NOW, False),
        (Chat("mau", "telegram", "a"), CODE, NOW, False),
    ],
)
async def test_a_proof_is_of_one_chat_for_one_dossier(database: Database, chat: Chat, code: str, at: dt.datetime, proved: bool) -> None:
    """The second factor is remembered for 90 days, here and nowhere else."""
    async with database.writing() as db:
        await dossiers.prove(db, CHAT, CODE, NOW)
        await dossiers.prove(db, CHAT, CODE, NOW)
        assert await dossiers.proved(db, chat, code, at) is proved


async def test_proved_codes(database: Database) -> None:
    """Those of the last ninety days, the latest first; that a dossier was proved at all is known for longer."""
    async with database.writing() as db:
        for days, n in ((0, 1), (60, 2), (61, 3)):
            await dossiers.prove(db, CHAT, f"H26.145-261110-000{n}", after(days=days))
        assert [code[-1] for code in await dossiers.proved_codes(db, CHAT, after(days=80))] == ["3", "2", "1"]
        assert [code[-1] for code in await dossiers.proved_codes(db, CHAT, after(days=95))] == ["3", "2"]
        assert await dossiers.proved_codes(db, OTHER, NOW) == []
        assert await dossiers.ever_proved(db, CHAT, CODE)
        assert not await dossiers.ever_proved(db, OTHER, CODE)


async def test_failures(database: Database) -> None:
    """Counted for a chat over all codes, and for a code over all chats, oldest first; forgotten when no limit counts them any more."""
    async with database.writing() as db:
        await attempts.fail(db, CHAT, [CODE, "H26.145-261110-0002"], NOW)
        await attempts.fail(db, OTHER, [CODE], after(minutes=1))
        assert await attempts.of_chat(db, CHAT, after(days=-1)) == [NOW, NOW]
        assert await attempts.on_code(db, "mau", CODE, after(days=-1)) == [NOW, after(minutes=1)]
        assert await attempts.on_code(db, "mau", CODE, NOW) == [after(minutes=1)]
        assert await attempts.on_code(db, "khac", CODE, after(days=-1)) == []
        assert await attempts.in_office(db, "mau", after(days=-1)) == 3
        await attempts.forget(db, "mau", after(minutes=1))
        assert await attempts.in_office(db, "mau", after(days=-1)) == 1


# --- ratings and feedback -------------------------------------------------------------------------------------------------------------------


async def ratings(database: Database) -> list[tuple[object, ...]]:
    async with database.reading() as db:
        return [tuple(row)[:6] async for row in voices.all_ratings(db)]


async def test_a_rating_is_changed_within_a_week(database: Database) -> None:
    """A second tap changes the first; after seven days it is another rating."""
    async with database.writing() as db:
        await voices.rate(db, CHAT, CODE, 2, NOW)
        await voices.explain(db, CHAT, CODE, NOW, reasons=["slow", "late"])
        await voices.explain(db, CHAT, CODE, NOW, comment="phải chờ")
        await voices.rate(db, CHAT, CODE, 4, after(days=6))
        assert await voices.rated(db, CHAT, CODE, after(days=6)) == 4
        assert await voices.rated(db, CHAT, CODE, after(days=8)) is None
        await voices.rate(db, CHAT, CODE, 5, after(days=8))
    assert await ratings(database) == [(NOW, "web", 4, ["slow", "late"], "phải chờ", CODE), (after(days=8), "web", 5, [], "", CODE)]


async def test_ratings_of_others_are_left_alone(database: Database) -> None:
    """Another chat, another dossier and a visit without one are ratings of their own."""
    async with database.writing() as db:
        for chat, code in ((CHAT, CODE), (OTHER, CODE), (CHAT, "")):
            await voices.rate(db, chat, code, 3, NOW)
        await voices.explain(db, OTHER, CODE, NOW, comment="của tôi")
    assert [(row[4], row[5]) for row in await ratings(database)] == [("", CODE), ("của tôi", CODE), ("", "")]


async def test_feedback_is_kept_under_its_reference(database: Database) -> None:
    """The export has time, channel, reference and words; not who wrote them."""
    async with database.writing() as db:
        await voices.keep_feedback(db, CHAT, "GY-261120-7K3Q", "Nên có thêm ghế", NOW)
    async with database.reading() as db:
        assert [row async for row in voices.all_feedback(db)] == [(NOW, "web", "GY-261120-7K3Q", "Nên có thêm ghế")]


async def test_a_reference_is_given_once(database: Database) -> None:
    """The same reference a second time is refused by the database itself."""
    async with database.writing() as db:
        await voices.keep_feedback(db, CHAT, "GY-1", "một", NOW)
        with pytest.raises(sa.exc.IntegrityError):
            await voices.keep_feedback(db, OTHER, "GY-1", "hai", NOW)


def test_a_reference_is_easily_read_out() -> None:
    """Kind, day, and four of the letters and digits that are not mistaken for others."""
    assert re.fullmatch(r"GY-261123-[2-9A-HJKMNP-Z]{4}", voices.new_reference("GY", NOW))
    assert len({voices.new_reference("GY", NOW) for _ in range(50)}) > 40


# --- figures --------------------------------------------------------------------------------------------------------------------------------


async def test_outcomes_are_counted(database: Database) -> None:
    """Turns by outcome since a time."""
    async with database.writing() as db:
        for outcome, at in (("answer", NOW), ("answer", after(hours=1)), ("unknown", NOW), ("answer", after(days=-9))):
            await figures.count(db, CHAT, Counted(outcome, ("1.001193", "1.000894"), ("fee",), "x"), at)
        assert await figures.counted(db, after(days=-1)) == {"answer": 2, "unknown": 1}
        row = (await db.exec_driver_sql("SELECT procedures, aspects, subject FROM outcomes LIMIT 1")).one()
    assert row == ("1.001193 1.000894", "fee", "x")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("làm hộ chiếu ở đâu", "làm hộ chiếu ở đâu"),
        ("sđt tôi 0912 345 678 nhé", "sđt tôi … nhé"),
        ("0912.345.678", "…"),
        ("cccd 001099012345 mất", "cccd … mất"),
        ("hồ sơ H26.145-260108-0002", "hồ sơ H…"),
        ("viết về a.b+c@vi-du.vn giúp", "viết về … giúp"),
        ("xem https://vi-du.vn/x?y=1 chưa", "xem … chưa"),
        ("tôi tên Nguyễn Văn Thử muốn hỏi", "tôi tên … muốn hỏi"),
        ("Tôi là Trần Thị Mẫu", "Tôi là …"),
        ("Họ tên: Trần Thị Mẫu", "Họ tên: …"),
        ("tôi tên là Trần Thị Mẫu ở xã", "tôi tên là … ở xã"),
        ("TEN TRAN THI MAU", "TEN …"),
        ("tôi là người cao tuổi", "tôi là người cao tuổi"),
        ("đổi tên Đường", "đổi tên Đường"),
        ("năm 2026", "năm …"),
        ("trong 15 ngày", "trong 15 ngày"),
        ("x" * 400, "x" * 300),
    ],
)
def test_an_unanswered_question_is_scrubbed(text: str, kept: str) -> None:
    """Numbers, addresses and names do not stay in what staff read."""
    assert scrub(text) == kept


async def test_unanswered_questions_are_kept_without_what_is_personal(database: Database) -> None:
    """A question of which nothing is left is not kept."""
    async with database.writing() as db:
        await figures.keep_unanswered(db, "mau", "số 0912345678 của ai", NOW)
        await figures.keep_unanswered(db, "mau", "   ", NOW)
        assert list((await db.execute(sa.select(unanswered.c.text))).scalars()) == ["số … của ai"]
