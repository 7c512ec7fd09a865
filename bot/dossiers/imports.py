"""An export into the store, in pieces; the newer row wins, the same file twice changes nothing, and followers are told in the same transaction."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import pickle
import tempfile
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dossiers import counter, telling
from bot.dossiers.mapping import Mapping
from bot.dossiers.sheet import Record, Refused, SheetError, read_sheet
from bot.store import Database, dossiers, road
from bot.store.dossiers import Change, Kept

PIECE = 500
BLOCK = 1 << 20

Tell = Callable[[AsyncConnection, str, Sequence[Change], dt.datetime], Awaitable[None]]


@dataclass(frozen=True)
class How:
    """How an export is to be read: the office's own words, and the time of its figures where the file does not say it."""

    mapping: Mapping = field(default_factory=Mapping)
    as_of: dt.datetime | None = None


@dataclass
class Imported:
    """How an import went: rows taken, what they changed, and the refused ones with their reasons."""

    taken: int = 0
    new: int = 0
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)  # status before and after → how many
    otherwise: int = 0
    unchanged: int = 0
    older: int = 0
    closed: int = 0  # rows that name neither a telephone nor an identity number: nobody can open them in a chat
    refused: list[Refused] = field(default_factory=list)

    def add(self, kept: Kept) -> None:
        """Counts a piece."""
        self.unchanged += kept.unchanged
        self.older += kept.older
        for change in kept.changes:
            if change.old is None:
                self.new += 1
            elif change.status_changed:
                self.moved[change.old.status_label, change.new.status_label] += 1
            else:
                self.otherwise += 1

    def summary(self) -> str:
        """What changed, for the staff."""
        lines = [
            f"Đã đọc {self.taken} hồ sơ, bỏ qua {len(self.refused)} dòng.",
            f"Mới: {self.new}. Đổi trạng thái: {self.moved.total()}. Đổi thông tin khác: {self.otherwise}. "
            f"Không đổi: {self.unchanged}. Cũ hơn số liệu đang có: {self.older}.",
        ]
        if self.closed:
            lines.append(f"{self.closed} hồ sơ không có điện thoại và số căn cước: người dân không tra cứu được, phải đến bàn một cửa.")
        lines += [f"  {before} → {after}: {n}" for (before, after), n in self.moved.most_common()]
        return "\n".join(lines)


async def import_file(
    database: Database, office: str, path: Path, key: bytes, now: dt.datetime, how: How = How(), tell: Tell = telling.changes
) -> Imported:
    """Imports an export of the office. Raises SheetError where the file as a whole cannot be read; nothing is written then.

    Each piece is one transaction, so that the bot goes on answering; an import that is broken off is run again and goes on from there."""
    digest = await asyncio.to_thread(_digest, path, how.mapping.written)
    name = f"import {office} {digest}"
    seen = await _first_seen(database, name)
    as_of = how.as_of or seen or now
    result = Imported()
    with tempfile.TemporaryFile() as spool:
        await _read(spool, result, lambda: read_sheet(path, key, now.date(), how.mapping))
        for piece in _pieces(spool):
            async with database.writing() as db:
                kept = await dossiers.keep(db, office, piece, as_of, again=seen is not None)
                await tell(db, office, kept.changes, now)
            result.add(kept)
    async with database.writing() as db:
        await road.keep_cursor(db, name, (seen or as_of).isoformat())
    await counter.renew(database, office, now)
    return result


async def _read(spool: IO[bytes], result: Imported, read: Callable[[], Iterator[Record | Refused]]) -> None:
    """Fills the spool in a thread, which ends soon after it is no longer wanted."""
    stopped = threading.Event()
    try:
        await asyncio.to_thread(_fill, spool, result, read, stopped)
    finally:
        stopped.set()


async def _first_seen(database: Database, name: str) -> dt.datetime | None:
    """The time of the figures of a file that was imported whole before."""
    async with database.reading() as db:
        at = await road.cursor(db, name)
    return dt.datetime.fromisoformat(at) if at else None


def _digest(path: Path, mapping: bytes) -> str:
    """What tells one export from another: contents, time of writing, mapping. A status that went back makes a new export of the old contents."""
    digest = hashlib.sha256(mapping)
    try:
        digest.update(str(path.stat().st_mtime_ns).encode())
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise SheetError(f"{path.name}: không có tệp này, hoặc không được phép đọc.") from error
    return digest.hexdigest()


def _fill(spool: IO[bytes], result: Imported, read: Callable[[], Iterator[Record | Refused]], stopped: threading.Event) -> None:
    """Reads the whole export into the spool, piece by piece, so that a fault at its end is met before anything is written."""
    piece: list[Record] = []
    for row in read():
        if isinstance(row, Refused):
            result.refused.append(row)
            continue
        piece.append(row)
        result.closed += not (row["phone_hash"] or row["identity_hash"])
        result.taken += 1
        if len(piece) >= PIECE:
            pickle.dump(piece, spool)
            piece.clear()
            if stopped.is_set():
                return
    pickle.dump(piece, spool)
    spool.seek(0)


def _pieces(spool: IO[bytes]) -> Iterator[list[Record]]:
    while True:
        try:
            yield pickle.load(spool)  # noqa: S301 - our own file, without a name and gone when it is closed
        except EOFError:
            return
