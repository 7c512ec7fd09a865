"""`motcua dossiers`: import an export, compare it with the office's register, count what was solved."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.dossiers import counter, reconcile
from bot.dossiers.imports import How, import_file
from bot.dossiers.mapping import Mapping, load_mapping
from bot.dossiers.secret import load_key
from bot.settings import ZONE, SettingError, Settings
from bot.store import Database, counted
from knowledge.loader import load
from knowledge.model import Knowledge


def register(commands: Any) -> None:
    """Adds the sub-commands to the parser of `motcua`."""
    actions = commands.add_parser("dossiers", help="the office's dossiers").add_subparsers(required=True, metavar="ACTION")
    imports = actions.add_parser("import", help="read an export, CSV or XLSX")
    imports.add_argument("file", type=Path)
    imports.add_argument("--mapping", type=Path, help="a TOML file with the office's own [headings] and [statuses]")
    imports.add_argument("--as-of", metavar="TIME", help="when the figures were taken, such as 2026-11-23T08:00; else the file's column, else now")
    imports.set_defaults(command=lambda options, settings: asyncio.run(_import(options, settings)))
    compared = actions.add_parser("reconcile", help="compare with the office's register; 1 where anything differs")
    compared.add_argument("register", type=Path)
    compared.add_argument("--mapping", type=Path, help="the register's own [headings] and [statuses]")
    compared.set_defaults(command=lambda options, settings: asyncio.run(_reconcile(options, settings)))
    counted = actions.add_parser("counter", help="the figures of this month and year")
    for action in (imports, compared, counted):
        action.add_argument("--office", default="", metavar="CODE", help="where the bot serves several offices: whose dossiers")
    counted.set_defaults(command=lambda options, settings: asyncio.run(_counter(options, settings)))


@asynccontextmanager
async def opened(settings: Settings, chosen: str = "") -> AsyncIterator[tuple[Database, str]]:
    """The database, and the office whose dossiers are meant."""
    office = _office(load(settings.content, settings.clock().date()), chosen)
    database = Database(settings.database_url)
    await database.open()
    try:
        yield database, office
    finally:
        await database.close()


def _office(knowledge: Knowledge, chosen: str) -> str:
    codes = [office.code for office in knowledge.offices]
    if chosen and chosen not in codes:
        raise SettingError(f"--office {chosen}: no such office. Expected one of: {', '.join(codes)}.")
    return chosen or codes[0]


def _mapping(options: argparse.Namespace) -> Mapping:
    return load_mapping(options.mapping) if options.mapping else Mapping()


def _as_of(text: str | None, now: dt.datetime) -> dt.datetime | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"--as-of {text}: not a time. Expected one such as 2026-11-23T08:00.") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    if moment > now:
        raise SettingError(f"--as-of {text} lies in the future. Expected the time when the figures were taken.")
    return moment


async def _import(options: argparse.Namespace, settings: Settings) -> int:
    now, path = settings.clock(), options.file
    how = How(_mapping(options), _as_of(options.as_of, now))
    async with opened(settings, options.office) as (database, office):
        done = await import_file(database, office, path, load_key(settings.data), now, how)
    for refused in done.refused:
        print(f"{path.name}: {refused}", file=sys.stderr)
    print(done.summary())
    return 1 if done.refused else 0


async def _reconcile(options: argparse.Namespace, settings: Settings) -> int:
    async with opened(settings, options.office) as (database, office):
        now = settings.clock()
        found = await reconcile.compare(database, office, options.register, now.date(), _mapping(options))
        async with database.writing() as db:
            await counted.reconciled(db, office, found.counts(), now)
    print("\n".join(found.lines()))
    return 1 if found.differs else 0


async def _counter(options: argparse.Namespace, settings: Settings) -> int:
    now = settings.clock()
    spans = counter.spans(now.date())
    async with opened(settings, options.office) as (database, office), database.reading() as db:
        figures = [await counter.figures(db, office, span, now) for span in spans]
        rows = [await counter.faults(db, office, span, now) for span in spans]
        compared = [counter.reconciled(span, await counted.reconciliations_of(db, office, *span.moments)) for span in spans]
    for one, faults, line in zip(figures, rows, compared, strict=True):
        print("\n".join((*counter.lines(one, faults), line)))
    return 1 if any(rows) else 0
