"""Petitions: the one life-cycle under the chat and the staff's web pages. Each function is a step or a question inside the caller's transaction.

A step that the petition's state does not allow raises a PetitionError and changes nothing. Texts stand apart from senders: what leads back
to a chat is sealed in `petition_senders` (see bot/store/senders.py)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.petitions import steps
from bot.petitions.codes import code_of
from bot.petitions.rules import Rules, coarse, dues
from bot.petitions.seal import Unsealable, seal, unseal
from bot.petitions.steps import OPEN, STEPS, Draft, Event, NoSuchPetition, NotNow, Petition, ReopenedBefore, State, Step, WordsMissing
from bot.store import senders
from bot.store.road import upsert
from bot.store.tables import petition_events, petition_numbers, petition_photos, petitions
from knowledge.calendar import Calendar
from knowledge.words import fold

_DOSSIER = "petition dossier"


async def receive(db: AsyncConnection, key: bytes, chat: Chat, draft: Draft, rules: Rules, calendar: Calendar, now: dt.datetime) -> Petition:
    """A new petition with its code and due times. Of an anonymous one the store knows the hour only, so that its time leads to no message.

    Raises TooManyToday and SentBefore."""
    own = await of_sender(db, key, chat, now.replace(hour=0, minute=0, second=0, microsecond=0))
    if len(own) >= rules.per_day:
        raise steps.TooManyToday
    if same := next((p for p in own if _sameness(p.text) == _sameness(draft.text)), None):
        raise steps.SentBefore(same.code)
    at = now if draft.named else coarse(now)
    code, due = await _next_code(db, chat.office, now), dues(rules, calendar, at)
    latitude, longitude = draft.spot or (None, None)
    row = {
        "office": chat.office, "code": code, "state": State.RECEIVED, "named": draft.named, "text": draft.text, "place": draft.place,
        "latitude": latitude, "longitude": longitude, "dossier": _sealed_dossier(key, code, draft.dossier), "late": False,
        "received_at": at, "accept_due": due.accept, "answer_due": due.answer,
    }  # fmt: skip
    id_ = (await db.execute(petitions.insert().values(**row).returning(petitions.c.id))).scalar_one()
    await senders.keep(db, key, id_, code, chat, draft)
    if draft.photos:
        rows = [{"petition": id_, "place": n, "office": chat.office, "sha256": sha} for n, sha in enumerate(draft.photos)]
        await db.execute(petition_photos.insert(), rows)
    await _note(db, chat.office, id_, Step.RECEIVE, "", "", at)
    return await _one(db, key, petitions.c.id == id_)


async def _next_code(db: AsyncConnection, office: str, now: dt.datetime) -> str:
    """The running number of office and day; two workers never get the same."""
    query = upsert(db, petition_numbers).values(office=office, day=f"{now:%y%m%d}", last=1)
    counted = query.on_conflict_do_update(index_elements=["office", "day"], set_={"last": petition_numbers.c.last + 1})
    return code_of(now.date(), (await db.execute(counted.returning(petition_numbers.c.last))).scalar_one())


def _sameness(text: str) -> str:
    return hashlib.sha256(fold(text).encode()).hexdigest()


async def take(db: AsyncConnection, key: bytes, petition: int, by: str, now: dt.datetime) -> Petition:
    """Somebody of the staff has it in hand."""
    return await _go(db, key, petition, _Done(Step.TAKE, by=by, values={"holder": by}), now)


async def forward(db: AsyncConnection, key: bytes, petition: int, by: str, to: str, now: dt.datetime, words: str = "") -> Petition:
    """Passed on to a person or unit named `to`, who has to take it. Due times stay."""
    return await _go(db, key, petition, _Done(Step.FORWARD, by=by, words=words or to, needed=to, values={"receiver": to, "holder": ""}), now)


async def ask_back(db: AsyncConnection, key: bytes, petition: int, by: str, words: str, now: dt.datetime) -> Petition:
    """A question to the citizen; it comes into the same chat. Due times stay."""
    return await _go(db, key, petition, _Done(Step.ASK_BACK, by=by, words=words, needed=words, values={"holder": by}), now)


async def reply(db: AsyncConnection, key: bytes, petition: int, words: str, now: dt.datetime) -> Petition:
    """The citizen's reply to a question of the staff."""
    return await _go(db, key, petition, _Done(Step.REPLY, words=words, needed=words), now)


async def answer(db: AsyncConnection, key: bytes, petition: int, by: str, words: str, now: dt.datetime) -> Petition:
    """The answer; it comes into the citizen's chat, with the question whether all is well."""
    return await _go(db, key, petition, _Done(Step.ANSWER, by=by, words=words, needed=words, values={"answer": words, "holder": by}), now)


async def close(db: AsyncConnection, key: bytes, petition: int, by: str, reason: str, now: dt.datetime) -> Petition:
    """Ended without an answer to the matter, for a reason that the citizen is told. Closed is not solved: it can be reopened."""
    return await _go(db, key, petition, _Done(Step.CLOSE, by=by, words=reason, needed=reason, values={"reason": reason, "holder": by}), now)


async def verdict(db: AsyncConnection, key: bytes, petition: int, rating: int, now: dt.datetime) -> Petition:
    """The citizen says that all is well, with a rating from 1 to 5, or 0 for none."""
    return await _go(db, key, petition, _Done(Step.CONFIRM, words=str(rating) if rating else "", values={"rating": rating}), now)


async def reopen(db: AsyncConnection, key: bytes, petition: int, words: str, rules: Rules, calendar: Calendar, now: dt.datetime) -> Petition:
    """The citizen says that it is not well: once more, to the superior, with new due times. Raises ReopenedBefore."""
    before = await _locked(db, key, petition)
    if before.level:
        raise ReopenedBefore
    at = now if before.named else coarse(now)
    due = dues(rules, calendar, at)
    fresh = {"level": 1, "holder": "", "receiver": "", "accept_due": due.accept, "answer_due": due.answer, "taken_at": None, "ended_at": None}
    return await _go(db, key, petition, _Done(Step.REOPEN, words=words, values=fresh), now)


@dataclass(frozen=True)
class _Done:
    """What somebody does: `needed` may not be empty; `values` are written beside the new state."""

    step: Step
    by: str = ""
    words: str = ""
    needed: str = "-"
    values: Mapping[str, Any] = field(default_factory=dict)


async def _go(db: AsyncConnection, key: bytes, petition: int, done: _Done, now: dt.datetime) -> Petition:
    """One step: refused where the state does not allow it, else written with its event."""
    if not done.needed.strip():
        raise WordsMissing
    step, by = done.step, done.by
    before = await _locked(db, key, petition)
    if not steps.possible(step, before.state):
        raise NotNow(step, before.state, before.holder)
    changed: dict[str, Any] = {"state": STEPS[step][1], **done.values}
    if by and before.taken_at is None:
        changed["taken_at"] = now
    if step in (Step.ANSWER, Step.CLOSE):
        changed |= {"ended_at": now, "late": before.late or now > before.answer_due}
    await db.execute(petitions.update().where(petitions.c.id == petition).values(**changed))
    await _note(db, before.office, petition, step, by, done.words, now if by or before.named else coarse(now))
    return await _one(db, key, petitions.c.id == petition)


async def _note(db: AsyncConnection, office: str, petition: int, step: Step, by: str, words: str, at: dt.datetime) -> None:
    await db.execute(petition_events.insert().values(office=office, petition=petition, step=step, by=by, words=words, at=at))


async def _locked(db: AsyncConnection, key: bytes, petition: int) -> Petition:
    """The petition, which nobody else changes before this transaction ends."""
    return await _one(db, key, petitions.c.id == petition, lock=True)


async def _one(db: AsyncConnection, key: bytes, where: sa.ColumnElement[bool], *, lock: bool = False) -> Petition:
    query = sa.select(petitions).where(where)
    row = (await db.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NoSuchPetition
    return _petition(key, row)


def _petition(key: bytes, row: Any) -> Petition:
    spot = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    own = {name: getattr(row, name) for name in Petition.__dataclass_fields__ if name not in {"state", "spot", "dossier"}}
    return Petition(**own, state=State(row.state), spot=spot, dossier=_dossier(key, row.code, row.dossier))


def _sealed_dossier(key: bytes, code: str, dossier: str) -> str:
    """A dossier is in other tables beside the chats that look it up: in clear it would lead to the sender."""
    return seal(key, _DOSSIER, dossier.encode(), code) if dossier else ""


def _dossier(key: bytes, code: str, sealed: str) -> str:
    try:
        return unseal(key, _DOSSIER, sealed, code).decode() if sealed else ""
    except Unsealable:
        return ""


async def find(db: AsyncConnection, key: bytes, petition: int) -> Petition | None:
    """The petition of this number, None where there is none."""
    row = (await db.execute(sa.select(petitions).where(petitions.c.id == petition))).one_or_none()
    return None if row is None else _petition(key, row)


async def by_code(db: AsyncConnection, key: bytes, office: str, code: str) -> Petition | None:
    """The petition of this code, None where there is none."""
    row = (await db.execute(sa.select(petitions).where(petitions.c.office == office, petitions.c.code == code))).one_or_none()
    return None if row is None else _petition(key, row)


async def of_sender(db: AsyncConnection, key: bytes, chat: Chat, since: dt.datetime) -> list[Petition]:
    """What this chat has sent since a time, newest first; anonymous ones too, for each is found by opening its sealed sender."""
    return await _list(db, key, petitions.c.id.in_(await senders.sent_by(db, key, chat, since)), petitions.c.id.desc())


async def open_ones(db: AsyncConnection, key: bytes, office: str, most: int = 100) -> list[Petition]:
    """What is neither answered nor closed, most urgent first."""
    return await _list(db, key, sa.and_(petitions.c.office == office, petitions.c.state.in_(OPEN)), petitions.c.answer_due, petitions.c.id, most=most)


async def due_before(db: AsyncConnection, key: bytes, office: str, moment: dt.datetime) -> list[Petition]:
    """What is due before this moment: not taken up by then, or not answered; most urgent first."""
    waits = sa.and_(petitions.c.taken_at.is_(None), petitions.c.accept_due < moment)
    where = sa.and_(petitions.c.office == office, petitions.c.state.in_(OPEN), sa.or_(waits, petitions.c.answer_due < moment))
    return await _list(db, key, where, petitions.c.answer_due, petitions.c.id)


async def _list(db: AsyncConnection, key: bytes, where: sa.ColumnElement[bool], *order: Any, most: int = 1000) -> list[Petition]:
    return [_petition(key, row) for row in await db.execute(sa.select(petitions).where(where).order_by(*order).limit(most))]


async def photos_of(db: AsyncConnection, petition: int) -> list[str]:
    """The sha256 of its photos, in the citizen's order."""
    query = sa.select(petition_photos.c.sha256).where(petition_photos.c.petition == petition).order_by(petition_photos.c.place)
    return list((await db.execute(query)).scalars())


async def photos_kept(db: AsyncConnection, shas: Sequence[str]) -> set[str]:
    """Those of the photos that belong to a petition that was sent; the others may be removed."""
    return set((await db.execute(sa.select(petition_photos.c.sha256).where(petition_photos.c.sha256.in_(shas)))).scalars())


async def events_of(db: AsyncConnection, petition: int) -> list[Event]:
    """Who did what when, oldest first."""
    query = sa.select(petition_events).where(petition_events.c.petition == petition).order_by(petition_events.c.id)
    return [_event(row) for row in await db.execute(query)]


async def untold(db: AsyncConnection, office: str, which: Sequence[Step], most: int = 200) -> list[Event]:
    """Steps of which the other side was not yet told, oldest first: `steps.BY_CITIZEN` for the staff, `steps.BY_STAFF` for the citizen."""
    where = (petition_events.c.office == office, petition_events.c.told_at.is_(None), petition_events.c.step.in_(which))
    return [_event(row) for row in await db.execute(sa.select(petition_events).where(*where).order_by(petition_events.c.id).limit(most))]


async def mark_told(db: AsyncConnection, event: int, now: dt.datetime) -> bool:
    """Marks a step as told; False where another worker has told it."""
    where = (petition_events.c.id == event, petition_events.c.told_at.is_(None))
    return (await db.execute(petition_events.update().where(*where).values(told_at=coarse(now)))).rowcount == 1


def _event(row: Any) -> Event:
    return Event(row.id, row.petition, Step(row.step), row.by, row.words, row.at)
