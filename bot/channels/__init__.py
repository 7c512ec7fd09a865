"""Channels: each translates between a platform and `bot.chat`; none decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.chat import Incoming, Wire

Accept = Callable[..., Awaitable[int]]


class TryLater(Exception):
    """The platform did not take the message now; `after` seconds are to pass, None for the sender to choose."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Undeliverable(Exception):
    """The platform will never take this message: the person left, or blocked the bot."""


class Channel(Protocol):
    """What the road needs of a channel."""

    name: str

    async def send(self, chat: str, wire: Wire) -> str:
        """Sends one message and returns the platform's name for it. Raises TryLater or Undeliverable."""
        ...


__all__ = ["Accept", "Channel", "Incoming", "TryLater", "Undeliverable", "Wire"]
