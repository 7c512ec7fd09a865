"""The console: one person at a terminal, choices as numbers."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import TextIO

import anyio.to_thread

from bot.chat import Wire

PROMPT = "› "


class Console:
    """Writes what the bot says, reads what the person types."""

    name = "console"

    def __init__(self, out: TextIO = sys.stdout, source: TextIO = sys.stdin) -> None:
        self._out, self._source = out, source

    async def send(self, chat: str, wire: Wire) -> str:
        self._out.write(f"\n{wire.whole}\n\n")
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
