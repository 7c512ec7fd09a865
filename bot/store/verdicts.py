"""What citizens say of the bot's answers: asked at most once a chat and day; a wrong answer joins the questions without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.figures import KEPT, scrub
from bot.store.road import upsert
from bot.store.tables import unanswered, verdicts

RIGHT, WRONG = "right", "wrong"


def _own(chat: Chat, day: str) -> sa.ColumnElement[bool]:
    v = verdicts.c
    return sa.and_(v.office == chat.office, v.channel == chat.channel, v.chat == chat.key, v.day == day)


async def asked(db: AsyncConnection, chat: Chat, day: str) -> bool:
    """Whether this chat was asked on this day."""
    return (await db.execute(sa.select(sa.exists().where(_own(chat, day))))).scalar_one()


async def ask(db: AsyncConnection, chat: Chat, day: str, question: str, procedures: Sequence[str], now: dt.datetime) -> None:
    """Remembers what was asked and answered, the question without personal data."""
    own = {"office": chat.office, "channel": chat.channel, "chat": chat.key, "day": day}
    row = {**own, "question": scrub(question), "procedures": " ".join(procedures), "at": now}
    await db.execute(upsert(db, verdicts).values(**row).on_conflict_do_nothing(index_elements=list(own)))


async def open_(db: AsyncConnection, chat: Chat, day: str) -> bool:
    """Whether this chat was asked on this day and has not said anything yet."""
    return (await db.execute(sa.select(sa.exists().where(_own(chat, day), verdicts.c.verdict == "")))).scalar_one()


async def give(db: AsyncConnection, chat: Chat, day: str, verdict: str, now: dt.datetime) -> None:
    """Keeps the first verdict; a wrong answer is put before the staff with its question."""
    where = sa.and_(_own(chat, day), verdicts.c.verdict == "")
    row = (await db.execute(sa.select(verdicts).where(where).with_for_update())).one_or_none()
    if row is None:
        return
    id_ = None
    if verdict == WRONG:
        wrong = {"office": chat.office, "text": row.question, "kind": WRONG, "procedures": row.procedures, "at": now}
        id_ = (await db.execute(unanswered.insert().values(**wrong).returning(unanswered.c.id))).scalar_one()
    await db.execute(verdicts.update().where(where).values(verdict=verdict, unanswered_id=id_))


async def comment(db: AsyncConnection, chat: Chat, day: str, text: str) -> None:
    """Adds to a wrong answer what was wrong with it, without personal data."""
    mine = sa.select(verdicts.c.unanswered_id).where(_own(chat, day)).scalar_subquery()
    await db.execute(unanswered.update().where(unanswered.c.id == mine).values(comment=scrub(text)[:KEPT]))
