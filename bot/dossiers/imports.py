"""A sheet into the store, in pieces; the same file twice changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from bot.dossiers.sheet import Record, Refused, read_sheet
from bot.store import Database, dossiers

PIECE = 500


@dataclass
class Imported:
    """How an import went: rows taken, and the refused ones with their reasons."""

    taken: int = 0
    refused: list[Refused] = field(default_factory=list)


async def import_file(database: Database, office: str, path: Path, key: bytes, now: dt.datetime) -> Imported:
    """Imports an export of the office. Raises SheetError where the file as a whole cannot be read; nothing is written then."""
    result, piece = Imported(), list[Record]()
    async with database.writing() as db:
        for row in read_sheet(path, key, now.date()):
            if isinstance(row, Refused):
                result.refused.append(row)
                continue
            piece.append(row)
            result.taken += 1
            if len(piece) >= PIECE:
                await dossiers.keep(db, office, piece, now)
                piece.clear()
        await dossiers.keep(db, office, piece, now)
    return result
