"""Questions in a batch, through the same road as a citizen's: a fresh conversation a line, a throw-away database, no network."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import handlers
from bot.chat import Incoming
from bot.dispatch import Bench, Dispatch
from bot.settings import Settings
from bot.store import Database
from bot.turn import Library, Reply, Turn

CHANNEL = "ask"


class BadLine(Exception):
    """A line of the batch that cannot be read: its number and what is expected."""


@dataclass(frozen=True)
class Heard:
    """What the bot replied to one message."""

    outcome: str
    procedures: tuple[str, ...]
    aspects: tuple[str, ...]
    topic: str
    text: str
    why: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        own = {"outcome": self.outcome, "procedures": list(self.procedures), "aspects": list(self.aspects), "text": self.text}
        return own | ({"topic": self.topic} if self.topic else {})


async def ask(settings: Settings, library: Library, conversations: Iterable[list[str]]) -> AsyncGenerator[list[Heard]]:
    """The replies to each conversation, in order."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'trial.db'}")
        await database.open()
        try:
            heard: list[Heard] = []
            dispatch = Dispatch(Bench(database, lambda: library, _listening(heard), settings.clock, b"trial"))
            for number, messages in enumerate(conversations):
                heard.clear()
                for place, message in enumerate(messages):
                    await dispatch.accept(Incoming(CHANNEL, str(number), f"{number}.{place}", text=message))
                    await dispatch.settle()
                yield list(heard)
        finally:
            await database.close()


def _listening(heard: list[Heard]) -> Any:
    async def route(turn: Turn) -> Reply:
        try:
            reply = await handlers.route(turn)
        except Exception:  # dispatch apologises to the citizen; the batch still has a line for it
            heard.append(Heard("unknown", (), (), "", ""))
            raise
        text = "\n\n".join("\n".join(part for part in (s.title, s.text, s.footer) if part) for s in reply.says)
        why = turn.library.understanding.read(turn.text, turn.state.topic).why
        heard.append(Heard(reply.outcome.value, reply.procedures, reply.aspects, reply.subject, text, why))
        return reply

    return route


def read_batch(lines: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Ids and messages of the lines. Raises BadLine."""
    batch = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            messages = row["messages"]
            if not isinstance(messages, list) or not all(isinstance(m, str) for m in messages):
                raise TypeError
            batch.append((str(row["id"]), messages))
        except (ValueError, KeyError, TypeError) as error:
            raise BadLine(f'line {number}: expected {{"id": "...", "messages": ["...", "..."]}}, found {line.strip()[:60]}') from error
    return batch
