"""`motcua backup` and `motcua restore`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from bot import backup
from bot.restore import restore
from bot.settings import Settings


def register(commands: Any) -> None:
    """Adds the sub-commands to the parser of `motcua`."""
    writing = commands.add_parser("backup", help="write database, photos, key and own content into one file, while the bot runs")
    writing.add_argument("file", type=Path, help="such as motcua.tar.gz")
    writing.add_argument("--force", action="store_true", help="replace the file where it is there")
    writing.add_argument("--without-key", action="store_true", help="leave out secret.key; keep it elsewhere, else no four digits will match")
    writing.set_defaults(command=_backup)
    back = commands.add_parser("restore", help="bring a backup back; the bot must be stopped")
    back.add_argument("file", type=Path)
    back.add_argument("--force", action="store_true", help="move what is there aside first")
    back.set_defaults(command=_restore)


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    made = backup.write(settings, options.file, settings.clock(), force=options.force, key=not options.without_key)
    print(f"{made.files} tệp, {made.size / 1e6:.1f} MB → {made.path}. Đã kiểm tra.")
    if options.without_key:
        print("Không có secret.key trong tệp này: hãy giữ một bản của khoá ở nơi khác.", file=sys.stderr)
    else:
        print("Tệp này có khoá và dữ liệu của người dân: chỉ người quản trị được giữ.", file=sys.stderr)
    return 0


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    aside = asyncio.run(restore(settings, options.file, settings.clock(), force=options.force))
    print(f"Đã khôi phục từ {options.file}." + (f" Dữ liệu trước đó ở {aside}." if aside else ""))
    return 0
