"""The road's rows: inbox, conversations, outbox. Each function is one question or one change inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat, Incoming, Kind, Menu, Wire
from bot.store.tables import conversations, cursors, inbox, malformed, outbox, paces
from bot.turn import State
from knowledge.understand.meaning import Topic
from knowledge.words import fold

HIDDEN = "••••"
_REPEATED_LEAST = 8  # letters from which a repeated text tells whose it is
_REPEATED_LIKE = 85  # of 100, by the words that both have
FURTHEST = dt.timedelta(minutes=1)  # no pace looks further ahead: the clock was set back
_INBOX = (inbox.c.id, inbox.c.channel, inbox.c.chat, inbox.c.event, inbox.c.payload)
_OUTBOX = (outbox.c.id, outbox.c.chat, outbox.c.payload, outbox.c.attempts, outbox.c.not_before)


def upsert(db: AsyncConnection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT on either database."""
    return sqlite.insert(table) if db.dialect.name == "sqlite" else postgresql.insert(table)


async def alone(db: AsyncConnection, name: str) -> None:
    """Waits until no other transaction has this name, and keeps it until ours ends. SQLite has one writer at a time anyway."""
    if db.dialect.name == "postgresql":
        await db.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


@dataclass(frozen=True)
class Received:
    """A row of the inbox that waits to be answered."""

    id: int
    incoming: Incoming


@dataclass(frozen=True)
class Waiting:
    """A row of the outbox that waits to be sent."""

    id: int
    chat: str
    wire: Wire
    attempts: int
    not_before: dt.datetime


async def receive(db: AsyncConnection, office: str, incoming: Incoming, now: dt.datetime) -> bool:
    """Puts a message into the inbox; False where the channel's event is there already."""
    row = {"office": office, "channel": incoming.channel, "chat": incoming.chat, "event": incoming.event, "payload": incoming.to_dict()}
    done = await db.execute(upsert(db, inbox).values(**row, received_at=now).on_conflict_do_nothing(index_elements=["channel", "event"]))
    return done.rowcount == 1


async def keep_malformed(db: AsyncConnection, channel: str, body: str, now: dt.datetime) -> None:
    """Keeps what a channel could not read, so that it can be looked into."""
    await db.execute(malformed.insert().values(channel=channel, body=body[:20_000], at=now))


async def received(
    db: AsyncConnection, most: int, but: Collection[tuple[str, str]] = (), *, only: str = "", skip: Collection[str] = ()
) -> list[Received]:
    """The messages not yet answered, oldest first, but for those of some chats, each given as channel and key; of `only` one channel, or of
    all but those to `skip`."""
    i = inbox.c
    query = sa.select(*_INBOX).where(i.done_at.is_(None), sa.tuple_(i.channel, i.chat).not_in(but)).order_by(i.id).limit(most)
    query = query.where(i.channel == only) if only else query.where(i.channel.not_in(skip)) if skip else query
    return [Received(row.id, _incoming(row)) for row in await db.execute(query)]


async def claim(db: AsyncConnection, row: Received) -> Received | None:
    """The message that is to be answered next in the row's chat, held until the transaction ends; None where another worker is at it.

    There are no other workers on SQLite. Elsewhere the chat's oldest message stands for the chat: who holds it serves the chat, so that its
    messages are answered one at a time and in order."""
    if db.dialect.name == "sqlite":
        return row
    i, own = inbox.c, row.incoming
    oldest = sa.select(sa.func.min(i.id)).where(i.channel == own.channel, i.chat == own.chat, i.done_at.is_(None)).scalar_subquery()
    found = await db.execute(sa.select(*_INBOX).where(i.id == oldest, i.done_at.is_(None)).with_for_update(skip_locked=True))
    held = found.one_or_none()
    return Received(held.id, _incoming(held)) if held else None


def _incoming(row: Any) -> Incoming:
    """The message as it was stored. One that another version wrote otherwise is a thing that we cannot read, and holds up nobody."""
    try:
        return Incoming.from_dict(row.payload)
    except (TypeError, ValueError, KeyError):
        return Incoming(row.channel, row.chat, row.event, Kind.UNSUPPORTED)


async def finish(db: AsyncConnection, row: Received, now: dt.datetime, *, failure: str = "", hide: bool = False) -> bool:
    """Marks a message as answered; `hide` blots what it says and brings out of the store. False where another worker has answered it."""
    values: dict[str, object] = {"done_at": now, "failure": failure}
    if hide:
        values["payload"] = blotted(row.incoming).to_dict()
    done = await db.execute(inbox.update().where(inbox.c.id == row.id, inbox.c.done_at.is_(None)).values(**values))
    return done.rowcount == 1


async def answered_since(db: AsyncConnection, chat: Chat, moment: dt.datetime, most: int) -> int:
    """How many of the last messages of this chat, `most` at most, were answered since a time."""
    own = sa.and_(inbox.c.channel == chat.channel, inbox.c.chat == chat.key, inbox.c.done_at.is_not(None))
    last = sa.select(inbox.c.done_at).where(own).order_by(inbox.c.id.desc()).limit(most).subquery()  # however long its history
    return (await db.execute(sa.select(sa.func.count()).where(last.c.done_at > moment))).scalar_one()


def blotted(message: Incoming) -> Incoming:
    """The message without what it says, brings or chooses."""
    said = HIDDEN if message.text or message.media or message.place else ""
    return Incoming(message.channel, message.chat, message.event, message.kind, said, HIDDEN if message.choice else "")


async def blot_said(db: AsyncConnection, chat: Chat, words: str, now: dt.datetime) -> None:
    """Blots what this chat said within two days in nearly the same words as a private text, so that the one does not lead to the other."""
    own = sa.and_(inbox.c.channel == chat.channel, inbox.c.chat == chat.key, inbox.c.received_at > now - dt.timedelta(days=2))
    private = fold(words)
    for row in (await db.execute(sa.select(inbox.c.id, inbox.c.channel, inbox.c.chat, inbox.c.event, inbox.c.payload).where(own))).all():
        said = fold(_incoming(row).text)
        if len(said) >= _REPEATED_LEAST and (said in private or fuzz.token_set_ratio(said, private) >= _REPEATED_LIKE):
            await db.execute(inbox.update().where(inbox.c.id == row.id).values(payload=blotted(_incoming(row)).to_dict()))


async def state_of(db: AsyncConnection, chat: Chat) -> State:
    """Where a conversation stands; a new one where there is no row."""
    found = await db.execute(sa.select(conversations).where(conversations.c.channel == chat.channel, conversations.c.chat == chat.key))
    row = found.one_or_none()
    if row is None:
        return State()
    return State(row.language, row.step, row.data, Menu.from_dict(row.menu), Topic.from_dict(row.topic), row.updated_at, row.office)


async def keep_state(db: AsyncConnection, chat: Chat, state: State, now: dt.datetime) -> None:
    """Writes where a conversation stands."""
    values = {
        "office": state.office,
        "language": state.language,
        "step": state.step,
        "data": dict(state.data),
        "menu": state.menu.to_dict(),
        "topic": state.topic.to_dict(),
        "updated_at": now,
    }
    query = upsert(db, conversations).values(channel=chat.channel, chat=chat.key, **values)
    await db.execute(query.on_conflict_do_update(index_elements=["channel", "chat"], set_=values))


async def say(
    db: AsyncConnection, chat: Chat, wires: Sequence[Wire], now: dt.datetime, inbox_id: int | None = None, not_before: dt.datetime | None = None
) -> None:
    """Puts messages into the outbox, in order; they are sent at once, or not before a time."""
    row = {"office": chat.office, "channel": chat.channel, "chat": chat.key, "inbox_id": inbox_id, "created_at": now, "not_before": not_before or now}
    if wires:
        await db.execute(outbox.insert(), [{**row, "payload": wire.to_dict()} for wire in wires])


async def waiting(db: AsyncConnection, channel: str, most: int, now: dt.datetime, but: Collection[str] = (), only: str = "") -> list[Waiting]:
    """The messages of a channel that may be sent now, oldest first, but for those of some chats, or those of one only.

    One that failed and is put off keeps those after it in its chat waiting; one that waits for the morning does not."""
    query = (
        sa.select(*_OUTBOX)
        .where(_due(channel, now), outbox.c.chat.not_in(but), outbox.c.chat == only if only else sa.true())
        .order_by(outbox.c.id)
        .limit(most)
    )
    return [_waiting(row) for row in await db.execute(query)]


async def claim_unsent(db: AsyncConnection, channel: str, row: Waiting, now: dt.datetime) -> Waiting | None:
    """The message that is to be sent next in the row's chat, held until the transaction ends; None where another worker is at it."""
    if db.dialect.name == "sqlite":
        return row
    first = sa.select(sa.func.min(outbox.c.id)).where(_due(channel, now), outbox.c.chat == row.chat).scalar_subquery()
    found = await db.execute(sa.select(*_OUTBOX).where(outbox.c.id == first, _unsent(outbox)).with_for_update(skip_locked=True))
    held = found.one_or_none()
    return _waiting(held) if held else None


def _due(channel: str, now: dt.datetime) -> sa.ColumnElement[bool]:
    before = outbox.alias()
    earlier = sa.and_(before.c.channel == outbox.c.channel, before.c.chat == outbox.c.chat, before.c.id < outbox.c.id, _unsent(before))
    put_off = sa.exists().where(earlier, before.c.not_before > now, before.c.attempts > 0)
    at_once = outbox.c.not_before <= outbox.c.created_at  # though the clock was set back since
    return sa.and_(outbox.c.channel == channel, _unsent(outbox), sa.or_(outbox.c.not_before <= now, at_once), ~put_off)


def _waiting(row: Any) -> Waiting:
    return Waiting(row.id, row.chat, _wire(row.payload), row.attempts, row.not_before)


async def any_left(db: AsyncConnection, channel: str) -> bool:
    """Whether a message of the channel is still to be sent, now or later."""
    return (await db.execute(sa.select(sa.exists().where(outbox.c.channel == channel, _unsent(outbox))))).scalar_one()


def _wire(payload: Any) -> Wire:
    """A message as it was stored. Of one that another version wrote otherwise the words are left."""
    try:
        return Wire.from_dict(payload)
    except (TypeError, ValueError, KeyError):
        return Wire(str(payload.get("text", "")) if isinstance(payload, dict) else "")


def _unsent(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.sent_at.is_(None), table.c.failed_at.is_(None))


async def mark_sent(db: AsyncConnection, ids: Sequence[int], messages: Sequence[str], now: dt.datetime) -> None:
    """Marks messages as sent, with the channel's name for each."""
    query = outbox.update().where(outbox.c.id == sa.bindparam("row_id")).values(sent_at=now, message=sa.bindparam("row_message"))
    await db.execute(query, [{"row_id": id_, "row_message": message} for id_, message in zip(ids, messages, strict=True)])


async def forget_sent(db: AsyncConnection, id_: int) -> None:
    """Removes a message that was sent, so that nothing tells that it ever was."""
    await db.execute(outbox.delete().where(outbox.c.id == id_))


async def mark_retry(db: AsyncConnection, id_: int, not_before: dt.datetime, failure: str) -> None:
    values = {"attempts": outbox.c.attempts + 1, "not_before": not_before, "failure": failure}
    await db.execute(outbox.update().where(outbox.c.id == id_).values(**values))


async def mark_failed(db: AsyncConnection, id_: int, now: dt.datetime, failure: str) -> None:
    await db.execute(outbox.update().where(outbox.c.id == id_).values(failed_at=now, failure=failure))


@dataclass(frozen=True)
class Said:
    """A line of a conversation, from either side; `id` is positive for the bot's lines and grows with time.

    `event` is the citizen's message: this one, or the one that this line answers; "" where the bot spoke unasked."""

    id: int
    at: dt.datetime
    mine: bool
    text: str
    wire: Wire | None
    pressed: bool = False
    event: str = ""
    kind: Kind = Kind.TEXT


async def replies(db: AsyncConnection, channel: str, chat: str, after: int) -> list[tuple[int, Wire]]:
    """What the bot said in a chat after the row `after`, in order."""
    query = (
        sa.select(outbox.c.id, outbox.c.payload)
        .where(outbox.c.channel == channel, outbox.c.chat == chat, outbox.c.id > after)
        .order_by(outbox.c.id)
        .limit(200)
    )
    return [(row.id, Wire.from_dict(row.payload)) for row in await db.execute(query)]


async def history(db: AsyncConnection, channel: str, chat: str, most: int, after: int | None = None) -> list[Said]:
    """The last lines of a conversation, both sides, each answer under its question.

    With `after`, only what the bot said after that row of its own, and the messages that this answers."""
    i, o = inbox.c, outbox.c
    told = sa.select(o.id, o.payload, o.inbox_id, o.created_at, i.event).outerjoin_from(outbox, inbox, o.inbox_id == i.id)
    told = told.where(o.channel == channel, o.chat == chat, o.id > (after or 0)).order_by(o.id.desc()).limit(most)
    asked = sa.select(i.id, i.channel, i.chat, i.event, i.payload, i.received_at).where(i.channel == channel, i.chat == chat)
    asked = asked.order_by(i.id.desc()).limit(most)
    answers = (await db.execute(told)).all()
    if after is not None:
        asked = asked.where(i.id.in_([row.inbox_id for row in answers]))
    questions = (await db.execute(asked)).all()
    lines = [
        ((row.id, 0, 0), Said(0, row.received_at, True, "" if sent.kind is Kind.START else sent.text, None, bool(sent.choice), row.event, sent.kind))
        for row in questions
        for sent in (_incoming(row),)
    ]
    for row in answers:
        place = row.inbox_id or max((q.id for q in questions if q.received_at <= row.created_at), default=0)
        lines.append(((place, 1, row.id), Said(row.id, row.created_at, False, "", _wire(row.payload), event=row.event or "")))
    return [line for _, line in sorted(lines, key=lambda pair: pair[0])][-most:]


async def cursor(db: AsyncConnection, name: str) -> str:
    """A remembered position, such as the next update to ask a channel for."""
    return (await db.execute(sa.select(cursors.c.value).where(cursors.c.name == name))).scalar_one_or_none() or ""


async def keep_cursor(db: AsyncConnection, name: str, value: str) -> None:
    query = upsert(db, cursors).values(name=name, value=value)
    await db.execute(query.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def next_moment(db: AsyncConnection, name: str, now: dt.datetime, every: dt.timedelta, burst: int) -> dt.timedelta:
    """Takes the next moment of a pace that all workers keep, and says how long it is until then: one every so often, `burst` at once after a
    pause. The workers' clocks must agree."""
    p = paces.c
    row = {"name": name, "free_at": now - every * burst}
    await db.execute(upsert(db, paces).values(**row).on_conflict_do_nothing(index_elements=["name"]))
    free: dt.datetime = (await db.execute(sa.select(p.free_at).where(p.name == name).with_for_update())).scalar_one()
    mine = max(free if free < now + FURTHEST else now, now - every * (burst - 1))
    await db.execute(paces.update().where(p.name == name).values(free_at=mine + every))
    return max(dt.timedelta(), mine - now)


async def forget_paces(db: AsyncConnection, before: dt.datetime) -> None:
    """Removes the paces that nobody has kept since."""
    await db.execute(paces.delete().where(paces.c.free_at < before))
