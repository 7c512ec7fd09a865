"""`motcua purge`: removes at once what the nightly purge would remove, or says how much that is."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from bot.photos import PhotoStore
from bot.settings import Settings
from bot.store import Database, retention


def register(commands: Any) -> None:
    """Adds the command to the parser of `motcua`."""
    parser = commands.add_parser("purge", help="remove what is older than the settings MOTCUA_KEEP_… allow")
    parser.add_argument("--dry-run", action="store_true", help="only say how many rows would go")
    parser.set_defaults(command=lambda options, settings: asyncio.run(_purge(options, settings)))


async def _purge(options: argparse.Namespace, settings: Settings) -> int:
    database = Database(settings.database_url)
    await database.open()
    try:
        found = await retention.purge(database, settings.keep, settings.clock(), PhotoStore(settings.data / "photos").remove, dry=options.dry_run)
    finally:
        await database.close()
    for kind in found:
        print(f"{kind.table}: {kind.rows} dòng quá {kind.days} ngày")
    print("Chưa xoá gì." if options.dry_run else f"Đã xoá {sum(kind.rows for kind in found)} dòng.")
    return 0
