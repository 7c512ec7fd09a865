"""A backup brought back: checked first, what stands in its place moved aside, nothing half done."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from bot.backup import BACKUPS, MANIFEST, OWN_CONTENT, POSTGRES, SQLITE, BackupError, check_sqlite, postgres_tool, unpack
from bot.dossiers.secret import KEY_FILE
from bot.seat import SEAT, seat
from bot.settings import Settings
from bot.store.database import MIGRATIONS
from knowledge.loader import CONTENT


async def restore(settings: Settings, path: Path, now: dt.datetime, *, force: bool = False) -> Path | None:
    """Brings a backup back and returns the folder into which the former state was moved. Raises BackupError, or Taken while the bot runs."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with seat(settings.data, shared=False), tempfile.TemporaryDirectory(dir=settings.data, prefix="restoring-") as place:
        folder = Path(place)
        unpack(path, folder)
        url = sa.make_url(settings.database_url)
        kind = SQLITE if url.get_backend_name() == "sqlite" else POSTGRES
        if not (folder / kind).exists():
            raise BackupError(f"{path} holds a backup of the other kind of database. Set MOTCUA_DATABASE to what it was.")
        aside = settings.data / f"before-restore-{now:%Y%m%d-%H%M%S}"
        targets = _targets(settings, folder, url)
        standing = [target for target in targets.values() if target.exists()]
        if standing and not force:
            raise BackupError(f"{standing[0]} is there. Expected: an empty data folder, or --force to move what is there into {aside.name}.")
        if kind == SQLITE:
            check_sqlite(folder / SQLITE)
            _known(_revision(folder / SQLITE))
        else:
            await _into_postgres(url, folder / POSTGRES, f"before_restore_{now:%Y%m%d_%H%M%S}", force=force)
        return _exchange(targets, aside)


def _targets(settings: Settings, folder: Path, url: sa.URL) -> dict[Path, Path]:
    """Where each part of the backup goes."""
    targets: dict[Path, Path] = {}
    for part in sorted(folder.iterdir()):
        if part.name == SQLITE:
            targets[part] = Path(url.database or "")
        elif part.name == OWN_CONTENT:
            own = settings.content.resolve() != CONTENT.resolve()
            targets[part] = settings.content if own else settings.data / OWN_CONTENT
        elif part.name not in (MANIFEST, POSTGRES, SEAT, BACKUPS):
            targets[part] = settings.data / part.name
    return targets


def _exchange(targets: dict[Path, Path], aside: Path) -> Path | None:
    """Moves what stands there aside, then the parts into their places; SQLite's log goes with its database."""
    for target in targets.values():
        for old in (target, target.with_name(f"{target.name}-wal"), target.with_name(f"{target.name}-shm")):
            if old.exists():
                aside.mkdir(exist_ok=True)
                shutil.move(old, aside / old.name)
    for part, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(part, target)
        if target.name == KEY_FILE:
            target.chmod(0o600)
    return aside if aside.exists() else None


def _revision(path: Path) -> str:
    engine = sa.create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as db:
            return str(db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())
    except sa.exc.DatabaseError as error:
        raise BackupError("The backup's database is not one of this software.") from error
    finally:
        engine.dispose()


def _known(revision: str) -> None:
    """A backup of a newer version cannot be served by an older one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    if revision not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
        raise BackupError(f"The backup is of a newer version (schema {revision}). Install that version, then restore.")


async def _into_postgres(url: sa.URL, dump: Path, aside: str, *, force: bool) -> None:
    """Fills the database from a dump; what is there is kept as a schema of another name."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as db:
            others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'motcua' AND datname = current_database()"
            if (await db.exec_driver_sql(others)).scalar_one():
                raise BackupError("A worker is connected to the database. Stop all workers first.")
            if (await db.exec_driver_sql("SELECT to_regclass('public.inbox')")).scalar_one() and not force:
                raise BackupError(f"The database is not empty. Expected: an empty one, or --force to keep what is there as schema {aside}.")
            await db.exec_driver_sql(f"ALTER SCHEMA public RENAME TO {aside}")
            await db.exec_driver_sql("CREATE SCHEMA public")
            try:
                postgres_tool(
                    url,
                    "pg_restore",
                    "--no-owner",
                    "--exit-on-error",
                    "--single-transaction",
                    "--schema=public",
                    f"--dbname={url.database}",
                    str(dump),
                )
            except BackupError:
                await db.exec_driver_sql("DROP SCHEMA public")
                await db.exec_driver_sql(f"ALTER SCHEMA {aside} RENAME TO public")
                raise
    finally:
        await engine.dispose()
