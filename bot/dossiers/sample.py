"""The sample office's dossiers, invented, so that a first look at the bot has something to look up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bot.dossiers.imports import import_file
from bot.store import Database, dossiers
from knowledge.model import Office

SAMPLE_OFFICE = "mau"
FILE = Path(__file__).with_name("sample.csv")


async def fill(database: Database, office: Office, key: bytes, now: dt.datetime) -> None:
    """Imports the sample where the office is the sample one and has no dossier yet."""
    if office.code != SAMPLE_OFFICE:
        return
    async with database.reading() as db:
        empty = not await dossiers.total(db)
    if empty:
        await import_file(database, office.code, FILE, key, now)
