"""Who is told of which subjects, who comes to which dialogue, and what is to be asked there."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.follows import Follower
from bot.store.road import upsert
from bot.store.tables import attendances, conversations, notifications, questions, subscriptions

ALL = "all"  # the subject of those who want every notice
CODE = "notice"  # stands in the table of what was told where a dossier's code stands otherwise
MOST_QUESTIONS = 5  # that one chat may send to one dialogue


def _own(table: sa.Table, chat: Chat) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.office == chat.office, table.c.channel == chat.channel, table.c.chat == chat.key)


def _whose(chat: Chat) -> dict[str, str]:
    return {"office": chat.office, "channel": chat.channel, "chat": chat.key}


async def subscribe(db: AsyncConnection, chat: Chat, subject: str, shown: Iterable[str], now: dt.datetime) -> None:
    """From now on this chat is told of the subject; the notices `shown` already are no news to it."""
    row = {**_whose(chat), "subject": subject, "since": now}
    await db.execute(upsert(db, subscriptions).values(**row).on_conflict_do_nothing(index_elements=["office", "channel", "chat", "subject"]))
    if told := [{**_whose(chat), "code": CODE, "event": id_, "at": now} for id_ in shown]:
        await db.execute(upsert(db, notifications).values(told).on_conflict_do_nothing())


async def unsubscribe(db: AsyncConnection, chat: Chat, subject: str = "") -> None:
    """This chat is told no more of the subject, or of any where none is named."""
    own = _own(subscriptions, chat)
    await db.execute(subscriptions.delete().where(sa.and_(own, subscriptions.c.subject == subject) if subject else own))


async def subscribed(db: AsyncConnection, chat: Chat) -> list[str]:
    """The subjects that this chat is told of."""
    return list((await db.execute(sa.select(subscriptions.c.subject).where(_own(subscriptions, chat)))).scalars())


async def subscribers(db: AsyncConnection, office: str, subjects: Sequence[str]) -> list[Follower]:
    """Who is told of any of these subjects, each chat once."""
    s, c = subscriptions.c, conversations.c
    talk = sa.and_(c.channel == s.channel, c.chat == s.chat)
    query = sa.select(s.office, s.channel, s.chat, c.language, sa.func.min(s.since).label("since")).outerjoin_from(subscriptions, conversations, talk)
    query = query.where(s.office == office, s.subject.in_(subjects)).group_by(s.office, s.channel, s.chat, c.language)
    return [Follower(Chat(r.office, r.channel, r.chat), CODE, r.since, r.language or "") for r in await db.execute(query)]


async def attend(db: AsyncConnection, chat: Chat, notice: str, title: str, now: dt.datetime) -> None:
    """This chat comes to the dialogue; who it is nobody asks."""
    row = {**_whose(chat), "notice": notice, "title": title, "at": now}
    await db.execute(upsert(db, attendances).values(**row).on_conflict_do_nothing(index_elements=["office", "channel", "chat", "notice"]))


async def stay_away(db: AsyncConnection, chat: Chat, notice: str) -> None:
    """This chat does not come after all."""
    await db.execute(attendances.delete().where(_own(attendances, chat), attendances.c.notice == notice))


async def attended(db: AsyncConnection, chat: Chat) -> set[str]:
    """The dialogues that this chat comes to."""
    return set((await db.execute(sa.select(attendances.c.notice).where(_own(attendances, chat)))).scalars())


async def ask(db: AsyncConnection, chat: Chat, notice: str, title: str, text: str, now: dt.datetime) -> None:
    """Keeps a question for a dialogue."""
    await db.execute(questions.insert().values(**_whose(chat), notice=notice, title=title, text=text, at=now))


async def asked(db: AsyncConnection, chat: Chat, notice: str) -> int:
    """How many questions this chat has sent to the dialogue."""
    query = sa.select(sa.func.count()).select_from(questions).where(_own(questions, chat), questions.c.notice == notice)
    return (await db.execute(query)).scalar_one()


async def for_dialogues(db: AsyncConnection) -> AsyncIterator[Sequence[object]]:
    """For each dialogue how many signed up, then every question, for export; who it was stays in the store."""
    a, q = attendances.c, questions.c
    counted = sa.select(a.title, sa.func.count()).group_by(a.notice, a.title).order_by(a.title)
    for title, number in (await db.execute(counted)).all():
        yield title, f"{number} người đăng ký dự", None, ""
    async for row in await db.stream(sa.select(q.title, q.text, q.at, q.channel).order_by(q.title, q.id)):
        yield tuple(row)
