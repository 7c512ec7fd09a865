"""The folder into which an office drops its exports: each file is imported within seconds and moved away with a report beside it.

Where the bot serves several offices, each further one has a folder of its own inside, named by its code."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.dossiers.imports import How, Imported, import_file
from bot.dossiers.mapping import Mapping, MappingError, load_mapping
from bot.dossiers.sheet import SheetError
from bot.store import Database

FOLDER = "dossiers-in"
MAPPING = "mapping.toml"
LOOK_SECONDS = 5
ENDINGS = {".csv", ".txt", ".xlsx"}
log = structlog.get_logger()


@dataclass
class Intake:
    """Watches the folders of all offices, the first one's being `folder`. A file is taken once it has stayed the same between two looks."""

    database: Database
    offices: Callable[[], Sequence[str]]
    folder: Path
    key: bytes
    clock: Callable[[], dt.datetime]
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    async def run(self) -> None:
        """Looks every few seconds until it is cancelled."""
        while True:
            try:
                await self.look()
            except Exception:  # one bad file or moment must not end the watch
                log.exception("intake failed")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Takes the files that are whole."""
        first, *others = self.offices()
        folders = {first: self.folder} | {office: self.folder / office for office in others}
        found: dict[Path, tuple[int, int]] = {}
        offices: dict[Path, str] = {}
        for office, folder in folders.items():
            folder.mkdir(parents=True, exist_ok=True)
            here = {path: _size(path) for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS and path.is_file()}
            found |= here
            offices |= dict.fromkeys(here, office)
        settled = [path for path, size in found.items() if self._seen.get(path) == size]
        self._seen = found
        for path in settled:
            await self._take(path, offices[path])

    async def _take(self, path: Path, office: str) -> None:
        now = self.clock()
        try:
            done = await import_file(self.database, office, path, self.key, now, How(self._mapping(path.parent)))
        except (SheetError, MappingError) as error:
            log.warning("export refused", ending=path.suffix)
            self._away(path, "refused", f"{error}\n", now)
            return
        log.info("export imported", taken=done.taken, new=done.new, moved=done.moved.total(), refused=len(done.refused))
        self._away(path, "done", report(done), now)

    def _mapping(self, folder: Path) -> Mapping:
        """The office's own mapping, else the one that all share."""
        path = next((path for path in (folder / MAPPING, self.folder / MAPPING) if path.exists()), None)
        return load_mapping(path) if path else Mapping()

    def _away(self, path: Path, where: str, text: str, now: dt.datetime) -> None:
        """Moves the file, with its report; a name that was there before is kept beside it."""
        target = path.parent / where / f"{now:%Y%m%d-%H%M%S}-{path.name}"
        target.parent.mkdir(exist_ok=True)
        target.with_name(target.name + ".report").write_text(text, encoding="utf-8")
        path.replace(target)
        self._seen.pop(path, None)


def _size(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def report(done: Imported) -> str:
    """The summary and every refused row."""
    return "\n".join([done.summary(), *(str(row) for row in done.refused)]) + "\n"
