"""The console: one person at a terminal, choices as numbers."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import anyio
import anyio.to_thread

from bot.chat import Incoming, Kind, Media, Wire
from bot.files import Arrived, Full
from bot.photos import MOST_BYTES
from bot.turn import TooBig

PROMPT = "› "
PHOTO = "/anh "  # followed by the path of a photo


class Console:
    """Writes what the bot says, reads what the person types."""

    name = "console"

    def __init__(self, out: TextIO = sys.stdout, source: TextIO = sys.stdin, photos: Path | None = None) -> None:
        """`photos` is the folder of those that messages show."""
        self._out, self._source, self._photos = out, source, photos

    async def send(self, chat: str, wire: Wire) -> str:
        paths = [f"[{self._photos / sha}.jpg]" for sha in wire.photos] if self._photos else []
        self._out.write("\n" + "\n".join((*paths, *([wire.whole] if wire.whole else ()))) + "\n\n")
        self._out.flush()
        return ""

    async def lines(self) -> AsyncIterator[str]:
        """What is typed, a line each, until the input ends."""
        while True:
            if self._source.isatty():
                self._out.write(PROMPT)
                self._out.flush()
            line = await anyio.to_thread.run_sync(self._source.readline, abandon_on_cancel=True)
            if not line:
                return
            yield line.rstrip("\n")


class NoSuchPhoto(Exception):
    """A typed path that leads to no photo; the text says so to the person at the terminal."""


async def with_photo(message: Incoming, arrived: Arrived) -> Incoming:
    """The message, or where it says `/anh PATH` one with that photo. Raises NoSuchPhoto."""
    if not message.text.startswith(PHOTO):
        return message
    path = message.text.removeprefix(PHOTO).strip()
    try:
        ref, size = await arrived.stage(_pieces(path), MOST_BYTES)
    except TooBig as error:
        raise NoSuchPhoto(f"{path}: nặng quá 10 MB.") from error
    except (OSError, Full) as error:
        raise NoSuchPhoto(f"{path}: không đọc được tệp này.") from error
    return replace(message, text="", kind=Kind.PHOTO, media=(Media(Kind.PHOTO, ref, size),))


async def _pieces(path: str) -> AsyncIterator[bytes]:
    async with await anyio.open_file(path, "rb") as file:
        while piece := await file.read(256 * 1024):
            yield piece
