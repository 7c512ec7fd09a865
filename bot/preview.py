"""A leaflet as a citizen sees it on each channel, for the clerk who wrote it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import handlers
from bot import app
from bot.chat import CAPS, Caps, Incoming, Kind, Say, render
from bot.settings import Settings
from bot.store import Database
from bot.texts import DEFAULT, texts
from bot.turn import State, Turn
from knowledge.model import Aspect, Knowledge


async def show(settings: Settings, knowledge: Knowledge, code: str, channels: Iterable[str], aspects: Iterable[Aspect]) -> None:
    """Each part of the leaflet, pressed as a citizen presses it, on each channel."""
    library = app.make_library(knowledge, settings)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'preview.db'}")
        await database.open()
        try:
            for channel in channels:
                print(_banner(channel, CAPS[channel]))
                for choice in (f"p:{code}", *(f"a:{code}:{aspect}" for aspect in aspects)):
                    incoming = Incoming(channel, "preview", choice, Kind.CHOICE, choice=choice)
                    async with database.reading() as db:
                        reply = await handlers.route(Turn(incoming, State(), settings.clock(), library, texts(DEFAULT), db, b"preview"))
                    print("\n".join(line for say in reply.says for line in seen(say, CAPS[channel])) + "\n")
        finally:
            await database.close()


def _banner(channel: str, caps: Caps) -> str:
    buttons = f"nhiều nhất {caps.buttons} nút" if caps.buttons else "không có nút, trả lời bằng số"
    return f"━━━ {channel}: tin nhắn dài nhất {caps.text_max:,} ký tự, {buttons} ━━━".replace(",", ".", 1)


def seen(say: Say, caps: Caps) -> Iterator[str]:
    """The messages that say it on a channel, as lines; buttons in square brackets."""
    wires, _ = render(say, caps)
    for number, wire in enumerate(wires, 1):
        yield f"┌ tin {number} trên {len(wires)}" if len(wires) > 1 else "┌"
        yield from (f"│ {line}".rstrip() for line in wire.whole.split("\n"))
        yield from (f"│ [{button.label}]" for button in wire.buttons)
        yield "└"
