"""What citizens send beside words: staged in a folder until its message is answered, or left with the platform until it is asked for."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import time
from collections.abc import AsyncIterable, Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

import structlog

from bot.chat import Media
from bot.turn import Gone, TooBig

FOLDER = "arrived"  # in the data folder
MOST_STAGED = 500
DAY = 24 * 3600.0
SWEEP_SECONDS = 3600.0
T = TypeVar("T")
_REF = re.compile(r"[0-9a-f]{32}")
log = structlog.get_logger()


class Full(Exception):
    """No room for another file: too many wait to be looked at, or the disk is full."""


class Place(Protocol):
    """Where one channel's files are."""

    async def read(self, media: Media, most: int) -> bytes:
        """The content. Raises TooBig, Gone or FilesBusy."""
        ...

    async def remove(self, media: Media) -> None: ...


class ByChannel:
    """The files of all channels; each channel's place is put in when the channel joins."""

    def __init__(self, **places: Place) -> None:
        self.places = places

    async def read(self, channel: str, media: Media, most: int) -> bytes:
        place = self.places.get(channel)
        if place is None:
            raise Gone
        return await place.read(media, most)

    async def remove(self, channel: str, media: Media) -> None:
        if place := self.places.get(channel):
            await place.remove(media)


class Arrived:
    """A folder of files that wait for their message to be answered. Its own random names are the only ones that it opens."""

    def __init__(self, folder: Path, most_staged: int = MOST_STAGED) -> None:
        self._folder, self._most_staged = folder, most_staged

    async def stage(self, pieces: AsyncIterable[bytes], most: int) -> tuple[str, int]:
        """Puts a file on the disk so that it survives a crash; its ref and size. Raises TooBig or Full, and then nothing is left of it."""
        ref = secrets.token_hex(16)
        path, size = self._folder / f"{ref}.part", 0
        file = await _on_disk(self._begin, path)
        try:
            async for piece in pieces:
                size += len(piece)
                if size > most:
                    raise TooBig
                await _on_disk(file.write, piece)
            await _on_disk(_finish, file)
            await _on_disk(path.replace, self._folder / ref)
        except BaseException:
            file.close()
            path.unlink(missing_ok=True)
            raise
        return ref, size

    def _begin(self, path: Path) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sum(1 for _ in os.scandir(self._folder)) >= self._most_staged:
            raise Full
        return path.open("wb")

    async def read(self, media: Media, most: int) -> bytes:
        return await asyncio.to_thread(self._content, media.ref, most)

    def _content(self, ref: str, most: int) -> bytes:
        try:
            with self._path(ref).open("rb") as file:
                content = file.read(most + 1)
        except OSError as error:
            raise Gone from error
        if len(content) > most:
            raise TooBig
        return content

    async def remove(self, media: Media) -> None:
        if _REF.fullmatch(media.ref):
            await asyncio.to_thread(self._path(media.ref).unlink, missing_ok=True)

    def _path(self, ref: str) -> Path:
        if not _REF.fullmatch(ref):
            raise Gone
        return self._folder / ref

    def sweep(self, now: float) -> int:
        """Removes what is older than a day, with uploads that were cut off, and returns how many; `now` in seconds since 1970."""
        old = [path for path in self._listed() if now - path.stat().st_mtime > DAY]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _listed(self) -> Iterator[Path]:
        return iter(sorted(self._folder.iterdir()) if self._folder.is_dir() else ())

    async def run(self) -> None:
        """Sweeps at once, then every hour."""
        while True:
            try:
                if count := await asyncio.to_thread(self.sweep, time.time()):
                    log.info("old files removed", count=count)
            except OSError as error:
                log.warning("old files not removed", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)


def _finish(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()


async def _on_disk(do: Callable[..., T], *arguments: object) -> T:
    """Done in a thread. Raises Full where the disk refuses."""
    try:
        return await asyncio.to_thread(do, *arguments)
    except OSError as error:
        raise Full from error
