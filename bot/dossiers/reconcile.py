"""The software's dossiers against the office's own register: what is in one only, what differs, and which lines could not be read."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.dossiers.mapping import Mapping
from bot.dossiers.sheet import Record, Refused, read_sheet
from bot.settings import ZONE
from bot.store import Database, dossiers
from bot.store.dossiers import Dossier
from knowledge.words import fold

DATES = {"received_at": "ngày tiếp nhận", "due_at": "ngày hẹn trả", "completed_at": "ngày hoàn thành"}
_NO_KEY = b"a register is compared, not kept"


@dataclass
class Differences:
    """What a comparison found."""

    compared: int = 0
    first: dt.date | None = None
    last: dt.date | None = None
    register_only: list[str] = field(default_factory=list)
    software_only: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        return bool(self.register_only or self.software_only or self.different or self.twice or self.refused)

    def counts(self) -> dict[str, int]:
        """How many of each kind, as they are remembered."""
        lists = ("different", "register_only", "software_only", "twice", "refused")
        return {"compared": self.compared, **{name: len(getattr(self, name)) for name in lists}}

    def lines(self) -> Iterator[str]:
        """Every difference in a line, then how many."""
        yield from (f"chỉ có trong sổ: {code}" for code in self.register_only)
        yield from (f"chỉ có trong phần mềm: {code}" for code in self.software_only)
        yield from (f"khác nhau: {line}" for line in self.different)
        yield from (f"ghi hai lần trong sổ: {code}" for code in self.twice)
        yield from (f"không đọc được: {row}" for row in self.refused)
        if self.first and self.last:
            yield f"Hồ sơ của phần mềm được so: tiếp nhận từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}, như trong sổ."
        yield (
            f"Khớp {self.compared - len(self.different)}, khác {len(self.different)}, chỉ có trong sổ {len(self.register_only)}, "
            f"chỉ có trong phần mềm {len(self.software_only)}, ghi hai lần {len(self.twice)}, không đọc được {len(self.refused)}."
        )


async def compare(database: Database, office: str, register: Path, today: dt.date, mapping: Mapping) -> Differences:
    """Compares the office's dossiers with a register (CSV or XLSX). Raises SheetError where that cannot be read.

    Of the software's dossiers only those count that were received between the register's first and last day."""
    found = Differences()
    rows = await asyncio.to_thread(_read, register, today, mapping, found)
    days = [day for row in rows.values() if (day := _day(row["received_at"]))]
    found.first, found.last = min(days, default=None), max(days, default=None)
    seen: set[str] = set()
    async with database.reading() as db:
        async for dossier in dossiers.every(db, office):
            if row := rows.get(dossier.code):
                seen.add(dossier.code)
                found.different += [f"{dossier.code}: {'; '.join(told)}" for told in [list(_different(dossier, row))] if told]
            elif _within(found, dossier):
                found.software_only.append(dossier.code)
    found.compared = len(seen)
    found.register_only = sorted(set(rows) - seen)
    return found


def _read(register: Path, today: dt.date, mapping: Mapping, found: Differences) -> dict[str, Record]:
    rows: dict[str, Record] = {}
    for row in read_sheet(register, _NO_KEY, today, mapping):
        if isinstance(row, Refused):
            found.refused.append(row)
            continue
        code = str(row["code"])
        found.twice += [code] if code in rows else []
        rows[code] = {name: row[name] for name in ("status", "status_label", *DATES)}
    return rows


def _within(found: Differences, dossier: Dossier) -> bool:
    day = _day(dossier.received_at)
    return day is None or found.first is None or found.last is None or found.first <= day <= found.last


def _different(dossier: Dossier, row: Record) -> Iterator[str]:
    """Each difference, the register's word first; a date that neither or only the software has is none where the register leaves it empty."""
    if fold(dossier.status_label) != fold(str(row["status_label"])):
        yield f"trạng thái: sổ “{row['status_label']}”, phần mềm “{dossier.status_label}”"
    for name, title in DATES.items():
        own, theirs = _day(row[name]), _day(getattr(dossier, name))
        if own != theirs:
            yield f"{title}: sổ {_told(own)}, phần mềm {_told(theirs)}"


def _told(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "trống"


def _day(moment: object) -> dt.date | None:
    return moment.astimezone(ZONE).date() if isinstance(moment, dt.datetime) else None
