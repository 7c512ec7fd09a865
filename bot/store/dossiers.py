"""Dossiers in the store: imported, looked up, proved to be somebody's own."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.store.road import cursor, keep_cursor, upsert
from bot.store.tables import dossiers, proofs

CANDIDATES = 5  # dossiers that one receipt number may stand for: some offices begin anew every year
RECEIPT = "#"  # before a key that is a receipt number; the code itself of a dossier that has none
_STATE = "dossiers of "
PROOF_LASTS = dt.timedelta(days=90)


@dataclass(frozen=True)
class Dossier:
    """A dossier as the office exported it; the name is masked, the numbers are hashes."""

    code: str
    procedure_name: str
    procedure_code: str
    field: str
    status: int | None
    status_label: str
    reason: str
    received_at: dt.datetime | None
    due_at: dt.datetime | None
    completed_at: dt.datetime | None
    method: str
    applicant: str
    phone_hash: str
    identity_hash: str
    as_of: dt.datetime
    receipt: str = ""
    amount: str = ""
    extended_at: dt.datetime | None = None
    apology: str = ""
    source: str = ""  # the system that told it; "" for the office's own export

    @property
    def appointed(self) -> dt.datetime | None:
        """The day that holds: that of form 04 where the office has recorded one, else that of the receipt."""
        return self.extended_at or self.due_at


@dataclass(frozen=True)
class Change:
    """What an import did to one dossier; `old` is None for a new one."""

    code: str
    old: Dossier | None
    new: Dossier

    @property
    def status_changed(self) -> bool:
        return self.old is not None and (self.old.status, self.old.status_label) != (self.new.status, self.new.status_label)

    @property
    def due_changed(self) -> bool:
        """Whether a day that was told is another one now."""
        return bool(self.old and self.old.appointed and self.new.appointed and self.old.appointed != self.new.appointed)


@dataclass(frozen=True)
class Kept:
    """How a piece of an import went: the changes, how many were as known, and how many were older than what is known."""

    changes: tuple[Change, ...]
    unchanged: int = 0
    older: int = 0


_KEY = {"office", "code"}


async def keep(db: AsyncConnection, office: str, records: Sequence[Mapping[str, object]], as_of: dt.datetime, *, again: bool = False) -> Kept:
    """Writes dossiers and says what that changed. The newer `as_of` wins; of two that are equal the later written one,
    or, where a file is read `again`, the one that is there. Of a code that stands twice the last row counts."""
    rows = {str(r["code"]): Dossier(**{"as_of": as_of, **r}) for r in records}  # type: ignore[arg-type]
    known = await _known(db, office, list(rows))
    changes, unchanged, older, confirmed = [], 0, 0, list[Dossier]()
    for code, new in rows.items():
        old = known.get(code)
        if old and (new.as_of < old.as_of or (again and new.as_of == old.as_of)):
            older += new.as_of < old.as_of
            unchanged += new.as_of == old.as_of
        elif old and replace(old, as_of=new.as_of) == new:
            unchanged += 1
            confirmed += [new] if new.as_of > old.as_of else []
        else:
            changes.append(Change(code, old, new))
    await _write(db, office, [*(c.new for c in changes), *confirmed])
    return Kept(tuple(changes), unchanged + len(records) - len(rows), older)


async def _known(db: AsyncConnection, office: str, codes: Sequence[str]) -> dict[str, Dossier]:
    """The dossiers of these codes; no other import changes them until the transaction ends."""
    if not codes:
        return {}
    names = [dossiers.c[name] for name in Dossier.__dataclass_fields__]
    query = sa.select(*names).where(dossiers.c.office == office, dossiers.c.code.in_(codes)).with_for_update()
    return {row.code: Dossier(*row) for row in await db.execute(query)}


async def _write(db: AsyncConnection, office: str, written: Sequence[Dossier]) -> None:
    if not written:
        return
    query = upsert(db, dossiers)
    changed = {c.name: query.excluded[c.name] for c in dossiers.columns if c.name not in _KEY}
    newer = query.excluded.as_of >= dossiers.c.as_of
    statement = query.on_conflict_do_update(index_elements=["office", "code"], set_=changed, where=newer)
    await db.execute(statement, [{"office": office, **vars(d)} for d in written])
    await keep_cursor(db, _STATE + office, uuid.uuid4().hex)


async def state(db: AsyncConnection, office: str) -> str:
    """A mark that changes whenever any dossier of the office is written."""
    return await cursor(db, _STATE + office)


async def find(db: AsyncConnection, office: str, code: str) -> Dossier | None:
    """The dossier of a code, None where the office has none."""
    names = [dossiers.c[name] for name in Dossier.__dataclass_fields__]
    row = (await db.execute(sa.select(*names).where(dossiers.c.office == office, dossiers.c.code == code))).one_or_none()
    return Dossier(*row) if row else None


async def every(db: AsyncConnection, office: str) -> AsyncIterator[Dossier]:
    """All dossiers of an office's exports, by code, a few at a time."""
    names = [dossiers.c[name] for name in Dossier.__dataclass_fields__]
    own = sa.and_(dossiers.c.office == office, dossiers.c.source == "")
    async for row in await db.stream(sa.select(*names).where(own).order_by(dossiers.c.code)):
        yield Dossier(*row)


async def total(db: AsyncConnection) -> int:
    return (await db.execute(sa.select(sa.func.count()).select_from(dossiers))).scalar_one()


async def prove(db: AsyncConnection, chat: Chat, code: str, now: dt.datetime) -> None:
    """Remembers that this chat gave the second factor of a dossier."""
    query = upsert(db, proofs).values(office=chat.office, channel=chat.channel, chat=chat.key, code=code, at=now)
    await db.execute(query.on_conflict_do_update(index_elements=["office", "channel", "chat", "code"], set_={"at": now}))


async def proved(db: AsyncConnection, chat: Chat, code: str, now: dt.datetime) -> bool:
    """Whether this chat gave the second factor within the last 90 days."""
    p = proofs.c
    own = sa.and_(p.office == chat.office, p.channel == chat.channel, p.chat == chat.key, p.code == code, p.at > now - PROOF_LASTS)
    return (await db.execute(sa.select(sa.exists().where(own)))).scalar_one()


async def ever_proved(db: AsyncConnection, chat: Chat, code: str) -> bool:
    """Whether this chat gave the second factor at any time."""
    own = sa.exists().where(*_own_proofs(chat), proofs.c.code == code)
    return (await db.execute(sa.select(own))).scalar_one()


async def proved_codes(db: AsyncConnection, chat: Chat, now: dt.datetime) -> list[str]:
    """The dossiers that this chat has proved within the last 90 days, the latest first."""
    query = sa.select(proofs.c.code).where(*_own_proofs(chat), proofs.c.at > now - PROOF_LASTS).order_by(proofs.c.at.desc(), proofs.c.code)
    return list((await db.execute(query)).scalars())


def _own_proofs(chat: Chat) -> tuple[sa.ColumnElement[bool], ...]:
    return proofs.c.office == chat.office, proofs.c.channel == chat.channel, proofs.c.chat == chat.key


@dataclass(frozen=True)
class Secret:
    """What the second factor of a dossier is compared with."""

    code: str
    phone_hash: str
    identity_hash: str


async def secrets(db: AsyncConnection, office: str, key: str) -> list[Secret]:
    """The second factors of the dossiers that a code or a receipt number (after RECEIPT) stands for; none where there is no such dossier."""
    d = dossiers.c
    named = d.receipt == key.removeprefix(RECEIPT) if key.startswith(RECEIPT) else d.code == key
    query = sa.select(d.code, d.phone_hash, d.identity_hash).where(d.office == office, named).order_by(d.as_of.desc()).limit(CANDIDATES)
    return [Secret(*row) for row in await db.execute(query)]


async def has_receipts(db: AsyncConnection, office: str) -> bool:
    """Whether the office's exports tell receipt numbers."""
    return (await db.execute(sa.select(sa.exists().where(dossiers.c.office == office, dossiers.c.receipt > "")))).scalar_one()
