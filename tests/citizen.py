"""A citizen for tests: says, presses, hears. What it does goes the real road, from the inbox to the outbox."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bot.chat import Chat, Choice, Incoming, Kind, Media, Wire
from bot.dispatch import Dispatch
from bot.petitions.envelope import disclosed
from bot.store import Database, road
from bot.turn import Gone, State, TooBig

KEY = b"an invented key of thirty-two b."


@dataclass
class Pocket:
    """The files that citizens sent, by ref; `fault` is raised instead of giving one. What was answered is gone."""

    held: dict[str, bytes] = field(default_factory=dict)
    fault: Exception | None = None

    async def read(self, channel: str, media: Media, most: int) -> bytes:
        if self.fault:
            raise self.fault
        if media.ref not in self.held:
            raise Gone
        if len(self.held[media.ref]) > most:
            raise TooBig
        return self.held[media.ref]

    async def remove(self, channel: str, media: Media) -> None:
        self.held.pop(media.ref, None)


@dataclass
class Citizen:
    """Somebody on one channel. `reply` is what the bot answered to the last message, all parts of it.

    To send photos, `files` must be those of the dispatch. In a `group` the chat is the person's own, and the bot may be silent."""

    dispatch: Dispatch
    database: Database
    channel: str = "web"
    chat: str = "citizen"
    language: str = ""
    files: Pocket = field(default_factory=Pocket)
    group: str = ""
    sender: str = ""
    reply: list[Wire] = field(default_factory=list)
    _events: int = 0
    _last: int = 0

    async def says(self, text: str) -> None:
        """Types a message."""
        await self._sends(Incoming(self.channel, self.chat, self._event(), text=text))

    async def sends(self, kind: Kind) -> None:
        """Sends a thing that is no text."""
        await self._sends(Incoming(self.channel, self.chat, self._event(), kind))

    async def sends_photo(self, raw: bytes, caption: str = "") -> None:
        """Sends a picture."""
        event = self._event()
        self.files.held[event] = raw
        media = (Media(Kind.PHOTO, event, len(raw), "image/jpeg"),)
        await self._sends(Incoming(self.channel, self.chat, event, Kind.PHOTO, caption, media=media))

    async def shares_place(self, latitude: float, longitude: float) -> None:
        """Shares where something is."""
        await self._sends(Incoming(self.channel, self.chat, self._event(), Kind.LOCATION, place=(latitude, longitude)))

    async def starts(self, payload: str = "") -> None:
        """Opens the chat, as Telegram's start button does; `payload` is what the link behind it names."""
        await self._sends(Incoming(self.channel, self.chat, self._event(), Kind.START, text=payload, language=self.language))

    async def presses(self, label: str) -> None:
        """Chooses by a label of the last reply: its button, or its number where the channel has no buttons."""
        ids = {button.label: button.id for button in self.buttons}
        if ids:
            assert label in ids, f"no button “{label}” among {list(ids)}"
            await self.presses_id(ids[label])
        else:
            number = re.search(rf"^(\d+)\. {re.escape(label)}$", self.heard, re.M)
            assert number, f"no choice “{label}” in:\n{self.heard}"
            await self.says(number.group(1))

    async def presses_id(self, id_: str) -> None:
        """Presses a button by its id, wherever the id comes from."""
        await self._sends(Incoming(self.channel, self.chat, self._event(), Kind.CHOICE, choice=id_, message="the pressed message"))

    async def posts_choice(self, id_: str) -> None:
        """Presses a button without waiting for what comes of it."""
        await self.dispatch.accept(Incoming(self.channel, self.chat, self._event(), Kind.CHOICE, choice=id_, group=self.group, sender=self.sender))

    def hears(self, *texts: str) -> None:
        """The reply holds every one of the texts."""
        for text in texts:
            assert text in self.heard, f"“{text}” is not in:\n{self.heard}"

    def hears_only(self, text: str) -> None:
        """The reply is the text and nothing else."""
        assert self.heard == text

    def hears_no(self, *texts: str) -> None:
        """The reply holds none of the texts, and there is a reply."""
        assert self.heard.strip()
        for text in texts:
            assert text not in self.heard, f"“{text}” is in:\n{self.heard}"

    def sees(self, *labels: str) -> None:
        """The reply has a button or a numbered choice for every label."""
        for label in labels:
            assert label in self.labels, f"no choice “{label}” among {self.labels}"

    @property
    def heard(self) -> str:
        """The whole reply as one text."""
        return "\n\n".join(wire.whole for wire in self.reply)

    @property
    def buttons(self) -> list[Choice]:
        return [button for wire in self.reply for button in wire.buttons]

    @property
    def labels(self) -> list[str]:
        """What can be chosen, by button or by number."""
        return [b.label for b in self.buttons] or re.findall(r"^\d+\. (.+)$", self.heard, re.M)

    async def state(self) -> State:
        """Where the conversation stands in the database."""
        async with self.database.reading() as db:
            return await road.state_of(db, Chat("mau", self.channel, self.chat))

    def _event(self) -> str:
        self._events += 1
        return f"{self.chat}.{self._events}"

    async def looks(self) -> None:
        """Reads what came unasked; the reply is empty where nothing did."""
        async with self.database.reading() as db:
            self._hear(await road.replies(db, self.channel, self.chat, self._last))

    def _hear(self, rows: list[tuple[int, Wire]]) -> None:
        self._last = rows[-1][0] if rows else self._last
        self.reply = [disclosed(KEY, self.channel, self.chat, wire) for _, wire in rows]

    async def _sends(self, message: Incoming) -> None:
        message = replace(message, group=self.group, sender=self.sender)
        await self.looks()  # what came unasked before is no reply to this
        assert await self.dispatch.accept(message) == 1
        await self.dispatch.settle()
        async with self.database.reading() as db:
            rows = await road.replies(db, self.channel, self.chat, self._last)
        assert rows or self.group, "the bot is silent"
        self._hear(rows)
