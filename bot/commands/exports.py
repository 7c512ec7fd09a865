"""`motcua export`: what citizens said, for a spreadsheet, and the figures of a month as tables."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import re
import sys
from pathlib import Path
from typing import Any

from bot import export
from bot.reports import petitions, ratings, tables
from bot.reports.tables import Table
from bot.settings import ZONE, SettingError, Settings
from bot.store import Database, notices, voices
from knowledge.loader import load
from knowledge.model import Office

EXPORTS = {
    "ratings": (export.RATING_HEADINGS, ratings.in_words),
    "feedback": (export.FEEDBACK_HEADINGS, voices.all_feedback),
    "dialogues": (export.DIALOGUE_HEADINGS, notices.for_dialogues),
}


def register(commands: Any) -> None:
    """Adds the sub-commands to the parser of `motcua`."""
    kinds = commands.add_parser("export", help="ratings, feedback and questions for dialogues as CSV; the figures of a month").add_subparsers(
        required=True, metavar="WHAT"
    )
    for what in sorted(EXPORTS):
        one = kinds.add_parser(what, help=f"every row of {what} as CSV")
        one.add_argument("file", type=Path)
        one.set_defaults(command=_rows, what=what)
    figures = kinds.add_parser("figures", help="satisfaction and petitions of a month; printed where no file is named")
    figures.add_argument("--month", default="", metavar="YYYY-MM", help="the month, such as 2026-11; else this one")
    figures.add_argument("--csv", type=Path, metavar="FILE")
    figures.add_argument("--xlsx", type=Path, metavar="FILE")
    figures.add_argument("--office", default="", metavar="CODE", help="where the bot serves several offices: whose figures")
    figures.set_defaults(command=_figures)


def _rows(options: argparse.Namespace, settings: Settings) -> int:
    return asyncio.run(_export_file(options.what, options.file, settings))


async def _export_file(what: str, path: Path, settings: Settings) -> int:
    headings, rows = EXPORTS[what]
    database = Database(settings.database_url)
    await database.open()
    try:
        async with database.reading() as db:
            count = await export.write_csv(path, headings, rows(db), ZONE)
    except OSError as error:
        return _unwritable(path, error)
    finally:
        await database.close()
    print(f"{count} dòng → {path}")
    return 0


def _unwritable(path: Path, error: OSError) -> int:
    print(f"motcua: {path}: {error.strerror}. Expected: a file in a folder that can be written.", file=sys.stderr)
    return 1


def _figures(options: argparse.Namespace, settings: Settings) -> int:
    first, end = _month(options.month, settings.clock().date())
    made = asyncio.run(_made(settings, _office(settings, options.office), first, end))
    for path, write in ((options.csv, tables.write_csv), (options.xlsx, tables.write_xlsx)):
        if path:
            try:
                write(path, made)
            except OSError as error:
                return _unwritable(path, error)
            print(f"{len(made)} bảng → {path}")
    if not (options.csv or options.xlsx):
        print("\n".join(tables.lines(made)))
    return 0


def _month(text: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first day of the month and of the one after it."""
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text) if text else None
    if text and not match:
        raise SettingError(f"--month {text}: not a month. Expected one such as 2026-11.")
    first = dt.date(int(match.group(1)), int(match.group(2)), 1) if match else today.replace(day=1)
    return first, (first + dt.timedelta(days=32)).replace(day=1)


def _office(settings: Settings, chosen: str) -> Office:
    offices = {office.code: office for office in load(settings.content, settings.clock().date()).offices}
    if chosen and chosen not in offices:
        raise SettingError(f"--office {chosen}: no such office. Expected one of: {', '.join(offices)}.")
    return offices[chosen] if chosen else next(iter(offices.values()))


async def _made(settings: Settings, office: Office, first: dt.date, end: dt.date) -> tuple[Table, ...]:
    database, month = Database(settings.database_url), f"Tháng {first:%m/%Y}"
    await database.open()
    try:
        async with database.reading() as db:
            year = await ratings.read(db, office.code, first.replace(month=1), end)
            done = await ratings.finished(db, office.code, first, end)
            heard = await petitions.table(db, office.code, month, first, end, settings.clock())
    finally:
        await database.close()
    desks = {desk.id: desk.name for desk in office.desks}
    return (*ratings.tables(month, [r for r in year if r.day >= first], year, done, settings.neutral, desks), heard)
