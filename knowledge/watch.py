"""The content folder while the bot runs: every change gives something whole and new, or the list of what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

from watchfiles import awatch

from knowledge.loader import ContentError, load
from knowledge.model import Knowledge, Problem

Made = TypeVar("Made")
State = frozenset[tuple[str, int, int]]
SETTLE_MS = 300  # the changes of one saving come in a bundle
LOOK_MS = 1000  # a folder on a network share, or one exchanged for another, sends no word of its changes: it is looked at


def changes(folder: Path, *, since: State | None = None, stop: asyncio.Event | None = None) -> AsyncGenerator[Knowledge | ContentError]:
    """The whole Knowledge after each change of the folder, or the error that keeps the old one in force. See `made_on_change`."""
    return made_on_change(folder, load, since=since, stop=stop)


async def made_on_change(
    folder: Path, make: Callable[[Path], Made], *, since: State | None = None, stop: asyncio.Event | None = None, look_ms: int = LOOK_MS
) -> AsyncGenerator[Made | ContentError]:
    """What `make` makes of the folder after each change of it, or its ContentError. `make` runs in a thread, so that replies go on.

    `since` is the state of the folder that is in force, by default its state when the watch begins. Ends when `stop` is set."""
    stop = stop or asyncio.Event()
    known = state(folder) if since is None else since
    async for _ in _glances(folder, stop, look_ms):
        now = await asyncio.to_thread(state, folder)
        if now != known:
            known = now
            yield await asyncio.to_thread(_made, folder, make)


def state(folder: Path) -> State:
    """The files of the folder with their times and sizes; hidden ones, locks and half-written copies of editors left out."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".")]
        for name in files:
            if not name.startswith((".", "~")) and not name.endswith(("~", ".tmp", ".swp")):
                with contextlib.suppress(OSError):
                    about = os.stat(os.path.join(parent, name))
                    found.append((os.path.join(parent, name), about.st_mtime_ns, about.st_size))
    return frozenset(found)


async def _glances(folder: Path, stop: asyncio.Event, look_ms: int) -> AsyncIterator[None]:
    """Now, after each change, and every `look_ms` milliseconds; a folder that is away is waited for."""
    yield
    while not stop.is_set():
        try:
            async for _ in awatch(
                folder, debounce=SETTLE_MS, step=50, rust_timeout=look_ms, yield_on_timeout=True, stop_event=stop, watch_filter=None
            ):
                yield
        except FileNotFoundError:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), look_ms / 1000)
            yield


def _made(folder: Path, make: Callable[[Path], Made]) -> Made | ContentError:
    try:
        return make(folder)
    except ContentError as error:
        return error
    except Exception as error:  # the watch outlives whatever a file does to its reader: staff are told, the old content stays
        return ContentError([Problem(folder, 1, f"nội dung mới chưa dùng được vì lỗi không ngờ ({type(error).__name__}). Hãy báo người kỹ thuật.")])
