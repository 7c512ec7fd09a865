"""Work on strangers' files in a short-lived process of its own, so that a decoder that hangs, crashes or eats memory harms nobody else.

A thread cannot be ended: a few hostile pictures would hold every place of a pool for ever. A process can, its memory and time have
limits, and it has no settings, tokens or database. It starts within a tenth of a second, which the sender of a photo does not notice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from pathlib import Path
from weakref import WeakKeyDictionary

ROOT = Path(__file__).parents[1]
AT_ONCE = 2
SECONDS = 10.0
MEMORY = 1_000_000_000
_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class AsideFailed(Exception):
    """The work took too long, or its process broke down; the text says which."""


async def aside(module: str, raw: bytes, seconds: float = SECONDS) -> bytes:
    """What `python -m module` writes when it reads the bytes; at most two at a time. Raises AsideFailed."""
    async with _rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=ROOT, env=_poor(), start_new_session=True
        )
        try:
            async with asyncio.timeout(seconds):
                written, _ = await process.communicate(raw)
        except TimeoutError as error:
            raise AsideFailed("too long") from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            raise AsideFailed("broke down")
        return written


def _poor() -> dict[str, str]:
    """An environment without secrets."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}


def work(answer: Callable[[bytes], bytes]) -> None:
    """The life of such a process: limits itself, reads, answers, ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS) + 5, int(SECONDS) + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
