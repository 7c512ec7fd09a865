"""Where dossiers are looked up: the table of the office's exports, and provincial systems asked over HTTP, several at a time, per office.

Where the look-up stands on the road: a handler that is about to tell dossiers first awaits `Turn.sources.refresh`. No transaction is open
meanwhile (`store.database.paused`), and the wait has an end: each system is given five seconds in all and is not asked while its breaker is open.
What is told is put into the store here, in a short transaction of its own with the followers' messages, as an import does it; the handler
then reads the store as ever. So the last known state outlives a system that is busy, with its time, and followers hear of a change."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.dossiers import telling
from bot.dossiers.sheet import Record
from bot.store import dossiers
from bot.store.database import Database

log = structlog.get_logger()


@dataclass(frozen=True)
class Found:
    """A dossier as its source tells it, a row for the store; `fresh` where it was asked for just now rather than remembered."""

    record: Record
    fresh: bool = True


@dataclass(frozen=True)
class Absent:
    """The source has no such dossier."""


@dataclass(frozen=True)
class Busy:
    """The source cannot say now."""


class Source(Protocol):
    """One place where dossiers can be looked up."""

    name: str

    def serves(self, office: str, code: str) -> bool:
        """Whether such a dossier may be there at all."""
        ...

    async def look_up(self, office: str, code: str) -> Found | Absent | Busy:
        """What it knows of one dossier; never raises, and ends within seconds."""
        ...


class Imported:
    """The store itself, filled by exports and by what other sources told before."""

    name = "imported"

    def __init__(self, database: Database) -> None:
        self._database = database

    def serves(self, office: str, code: str) -> bool:
        return True

    async def look_up(self, office: str, code: str) -> Found | Absent | Busy:
        try:
            async with self._database.reading() as db:
                known = await dossiers.find(db, office, code)
        except SQLAlchemyError:
            return Busy()
        return Found(asdict(known), fresh=False) if known else Absent()


class Sources:
    """All systems that are asked before the store is read."""

    def __init__(self, database: Database, systems: Sequence[Source], clock: Callable[[], dt.datetime]) -> None:
        self._database, self._systems, self._clock, self._known = database, systems, clock, Imported(database)

    def any_for(self, office: str, codes: Collection[str]) -> bool:
        """Whether any of these dossiers is looked up beyond the store."""
        return any(system.serves(office, code) for system in self._systems for code in codes)

    async def refresh(self, office: str, codes: Collection[str]) -> frozenset[str]:
        """Brings the store up to date with the systems, all asked at once; the codes of which a system could not tell."""
        busy = await asyncio.gather(*(self._refresh_one(office, code) for code in codes))
        return frozenset(code for code, could_not in zip(codes, busy, strict=True) if could_not)

    async def _refresh_one(self, office: str, code: str) -> bool:
        """Whether it is unknown how the dossier stands now. Of several systems that have it, the one with the newest figures counts."""
        answers = await asyncio.gather(*(s.look_up(office, code) for s in self._systems if s.serves(office, code)))
        now = self._clock()
        found = [answer for answer in answers if isinstance(answer, Found)]
        if not found:
            return any(isinstance(answer, Busy) for answer in answers)
        newest = max(found, key=lambda answer: answer.record.get("as_of") or now)  # type: ignore[arg-type, return-value]
        return newest.fresh and not await self._kept(office, code, newest.record, now)

    async def _kept(self, office: str, code: str, record: Record, now: dt.datetime) -> bool:
        """Puts it into the store and tells its followers; what the system leaves out stays as it was known. False where the store is busy."""
        known = await self._known.look_up(office, code)
        if isinstance(known, Busy):
            return False
        before = known.record if isinstance(known, Found) else {}
        told = {name: value for name, value in record.items() if value not in ("", None) or name in {"status", "completed_at"}}
        merged = {**record, **before, **told, "source": before.get("source", record["source"]), "as_of": record.get("as_of") or now}
        try:
            async with self._database.writing() as db:
                kept = await dossiers.keep(db, office, [merged], now)
                await telling.changes(db, office, kept.changes, now)
        except SQLAlchemyError as error:
            log.warning("looked-up dossier not kept", error=type(error).__name__)
            return False
        return True
