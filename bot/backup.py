"""Backups: one file with the database, the photos, the key and the office's own words, consistent while the bot runs, checked when written."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import structlog

from bot.dossiers.intake import FOLDER, MAPPING
from bot.dossiers.secret import KEY_FILE
from bot.settings import Settings
from knowledge.loader import CONTENT

BACKUPS = "backups"
MANIFEST = "manifest.json"
SQLITE, POSTGRES = "motcua.db", "motcua.dump"
PHOTOS, OWN_CONTENT = "photos", "content"
FORMAT = 1
LOOK_SECONDS = 300
log = structlog.get_logger()


class BackupError(Exception):
    """A backup that cannot be written or used; the text says why and what to do. Nothing was changed."""


@dataclass(frozen=True)
class Backup:
    """A backup that was written and read again."""

    path: Path
    at: dt.datetime
    size: int
    files: int


def write(settings: Settings, target: Path, now: dt.datetime, *, force: bool = False, key: bool = True) -> Backup:
    """Writes a backup with rights for its owner only; whole or not at all. Blocks for as long as it takes. Raises BackupError."""
    if target.exists() and not force:
        raise BackupError(f"{target} is there already. Expected: a new name, or --force to replace it.")
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            _pack(part, dict(_chosen(settings, Path(folder), key=key)), settings, now)
        found = _checked(part)
        os.replace(part, target)
    except OSError as error:
        raise BackupError(
            f"{target} cannot be written: {error.strerror or error}. Expected: a folder that this user may write, with room."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(target, now, target.stat().st_size, len(found["files"]))


def _chosen(settings: Settings, folder: Path, *, key: bool) -> Iterator[tuple[str, Path]]:
    """Each file under its name in the backup."""
    yield _database(settings, folder)
    if key and (settings.data / KEY_FILE).exists():
        yield KEY_FILE, settings.data / KEY_FILE
    for path in sorted((settings.data / FOLDER).rglob(MAPPING)):
        yield path.relative_to(settings.data).as_posix(), path
    yield from _under(settings.data / PHOTOS, PHOTOS)
    if settings.content.resolve() != CONTENT.resolve():
        yield from _under(settings.content, OWN_CONTENT)


def _under(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _database(settings: Settings, folder: Path) -> tuple[str, Path]:
    """The database as it is at one moment, checked."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        postgres_tool(url, "pg_dump", "--format=custom", "--schema=public", f"--file={folder / POSTGRES}")
        postgres_tool(url, "pg_restore", "--list", str(folder / POSTGRES))
        return POSTGRES, folder / POSTGRES
    source = Path(url.database or "")
    if not source.exists():
        raise BackupError(f"{source} is not there. Expected: the database of a bot that has run. Check MOTCUA_DATA and MOTCUA_DATABASE.")
    with contextlib.closing(sqlite3.connect(source)) as live, contextlib.closing(sqlite3.connect(folder / SQLITE)) as copy:
        try:
            live.backup(copy)  # in one step: in steps it would begin anew at every message
        except sqlite3.Error as error:
            raise BackupError(f"{source} cannot be copied: {error}.") from error
    check_sqlite(folder / SQLITE)
    return SQLITE, folder / SQLITE


def check_sqlite(path: Path) -> None:
    """Raises BackupError where a database is damaged."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise BackupError(f"The database is damaged: {found.splitlines()[0]}. Keep the older backups, and restore the last good one.")


def postgres_tool(url: sa.URL, name: str, *arguments: str) -> None:
    """PostgreSQL's own program, the address and the password in its environment. Raises BackupError."""
    query = {key: value if isinstance(value, str) else value[0] for key, value in url.query.items()}
    given = {"PGHOST": url.host or query.get("host"), "PGPORT": url.port and str(url.port), "PGUSER": url.username, "PGDATABASE": url.database}
    own = {key: value for key, value in {**given, "PGPASSWORD": url.password and str(url.password)}.items() if value}
    if shutil.which(name) is None:
        hint = f"pg_dump -Fc -f motcua.dump {url.render_as_string(hide_password=True).replace('+asyncpg', '')}"
        raise BackupError(f"{name} is not on this machine. Install postgresql-client, or on the database's machine run: {hint}")
    done = subprocess.run([name, *arguments], env={**os.environ, **own}, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{name}: {(done.stderr.strip() or 'failed').splitlines()[-1]}")


def _pack(part: Path, files: dict[str, Path], settings: Settings, now: dt.datetime) -> None:
    sums: dict[str, str] = {}
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive:
            for name, path in files.items():
                with contextlib.suppress(FileNotFoundError):  # a photo that was removed meanwhile
                    sums[name] = _sum(path)
                    archive.add(path, name, recursive=False)
            manifest = part.with_name(f"{part.name}.{MANIFEST}")
            try:
                manifest.write_text(json.dumps({"format": FORMAT, "at": now.isoformat(), "files": sums}), encoding="utf-8")
                archive.add(manifest, MANIFEST)
            finally:
                manifest.unlink(missing_ok=True)
        file.flush()
        os.fsync(file.fileno())


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(path: Path) -> dict[str, dict[str, str]]:
    """The manifest of a backup whose every file is as it was written. Raises BackupError."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        return unpack(path, Path(folder))


def unpack(path: Path, folder: Path) -> dict[str, dict[str, str]]:
    """Unpacks a backup into an empty folder and returns its manifest. Raises BackupError where anything is missing or otherwise."""
    try:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        wrong = next((name for name, told in manifest["files"].items() if _sum(folder / name) != told), "")
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} is not a whole backup. Expected: a file that `motcua backup` wrote.") from error
    if wrong or manifest.get("format") != FORMAT:
        raise BackupError(f"{path} is damaged or of another version. Expected: a file that this version of `motcua backup` wrote.")
    return dict(manifest)


def last_good(settings: Settings) -> Path | None:
    """The newest of the scheduled backups; each was checked before it got its name."""
    return max((settings.data / BACKUPS).glob("motcua-*.tar.gz"), default=None, key=lambda path: path.name)


def written_at(path: Path) -> dt.datetime:
    """When a scheduled backup was written, by its name."""
    return dt.datetime.strptime(path.name, "motcua-%Y%m%d-%H%M%S.tar.gz").replace(tzinfo=dt.UTC)


def prune(settings: Settings) -> int:
    """Removes the scheduled backups over the number to keep, oldest first, and says how many."""
    found = sorted((settings.data / BACKUPS).glob("motcua-*.tar.gz"))
    old = found[: -settings.backup_keep]
    for path in old:
        path.unlink()
    return len(old)


def scheduled(settings: Settings, now: dt.datetime) -> Backup:
    """Writes the next of the scheduled backups and removes the oldest. Raises BackupError."""
    made = write(settings, settings.data / BACKUPS / f"motcua-{now.astimezone(dt.UTC):%Y%m%d-%H%M%S}.tar.gz", now)
    prune(settings)
    return made


async def run(settings: Settings) -> None:
    """Writes the scheduled backups until it is cancelled; a failure is told and tried again."""
    while settings.backup_hours:
        await asyncio.sleep(LOOK_SECONDS)
        now, last = settings.clock(), last_good(settings)
        if last and now - written_at(last) < dt.timedelta(hours=settings.backup_hours):
            continue
        try:
            made = await asyncio.to_thread(scheduled, settings, now)
            log.info("backup written", megabytes=round(made.size / 1e6, 1), files=made.files)
        except BackupError as error:
            log.error("backup failed", reason=str(error), last_good=last.name if last else "none")
    await asyncio.Event().wait()
