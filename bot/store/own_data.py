"""What is kept about one chat, to be told and to be deleted. Source: domain rules, section 8."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.tables import (
    askings,
    attendances,
    conversations,
    deletions,
    feedback,
    follows,
    inbox,
    notifications,
    outbox,
    petition_drafts,
    proofs,
    questions,
    ratings,
    subscriptions,
    verdicts,
)

# Told to the citizen by these names; what is joined to the chat and told by no name of its own goes with the messages.
TOLD = {
    "messages": inbox,
    "follows": follows,
    "proofs": proofs,
    "subscriptions": subscriptions,
    "attendances": attendances,
    "questions": questions,
    "ratings": ratings,
    "feedback": feedback,
}
_GONE = (conversations, follows, proofs, subscriptions, attendances, notifications, askings, verdicts, petition_drafts)


def _own(table: sa.Table, chat: Chat) -> sa.ColumnElement[bool]:
    """Of every office: the citizen sees one bot."""
    return sa.and_(table.c.channel == chat.channel, table.c.chat == chat.key)


async def held(db: AsyncConnection, chat: Chat) -> Mapping[str, int]:
    """How much of each kind is kept about this chat."""
    counts = {}
    for name, table in TOLD.items():
        query = sa.select(sa.func.count()).select_from(table).where(_own(table, chat))
        counts[name] = (await db.execute(query)).scalar_one()
    return counts


async def delete(db: AsyncConnection, chat: Chat, reference: str, now: dt.datetime) -> None:
    """Removes all that leads to this chat. Figures stay without it: levels and answers of ratings, words of feedback and of questions.

    Wrong tries of a second factor stay their time, or deleting would open the lock. What waits to be answered stays until it is."""
    for table in _GONE:
        await db.execute(table.delete().where(_own(table, chat)))
    answered = sa.and_(_own(inbox, chat), inbox.c.done_at.is_not(None))
    this = (await db.execute(sa.select(sa.func.max(inbox.c.id)).where(answered))).scalar_one()  # the message that is being answered
    await db.execute(inbox.delete().where(answered, inbox.c.id < this))
    await _forget_said(db, chat, now)
    await db.execute(ratings.update().where(_own(ratings, chat)).values(chat="", dossier="", comment=""))
    for table in (feedback, questions):
        await db.execute(table.update().where(_own(table, chat)).values(chat=""))
    await db.execute(deletions.insert().values(reference=reference, office=chat.office, at=now))


async def _forget_said(db: AsyncConnection, chat: Chat, now: dt.datetime) -> None:
    """Removes what the bot said. The last row stays, emptied: SQLite would give its number to the next, and a page that waits for
    higher numbers would miss it."""
    last = (await db.execute(sa.select(sa.func.max(outbox.c.id)).where(_own(outbox, chat)))).scalar_one()
    await db.execute(outbox.delete().where(_own(outbox, chat), outbox.c.id < last))
    empty: dict[str, object] = {"chat": "", "payload": {}, "inbox_id": None, "message": "", "failed_at": now}
    await db.execute(outbox.update().where(outbox.c.id == last).values(**empty))
