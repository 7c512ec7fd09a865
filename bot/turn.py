"""A turn of a conversation as a handler sees it, and what a handler returns. Handlers never send and never write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat, Incoming, Media, Menu, Say
from bot.petitions.rules import Rules
from bot.texts import Texts
from knowledge.calendar import Calendar
from knowledge.model import Knowledge
from knowledge.understand import Understanding
from knowledge.understand.meaning import Topic

if TYPE_CHECKING:
    from bot.photos import PhotoStore


class Outcome(StrEnum):
    """What became of a question; every turn has one and it is counted."""

    ANSWER = "answer"
    CHOOSE = "choose"
    UNKNOWN = "unknown"
    OTHER = "other"


class Stale(Exception):
    """Raised by an effect: what the reply rests upon has changed meanwhile. Nothing is kept, and the message is handled anew."""


@dataclass(frozen=True)
class House:
    """What the operator has set for the dialogues.

    `open_status` tells a dossier's status and appointed day to whoever types its code, and so tells codes that exist from codes
    that do not: anybody can then count an office's dossiers and watch each of them. Off, nothing is told before the four digits.
    After `stale_hours` hours of working days figures are called old."""

    open_status: bool = False
    stale_hours: int = 24


Effect = Callable[[AsyncConnection], Awaitable[None]]
Telling = Callable[[AsyncConnection], Awaitable[tuple[Say, ...]]]


@dataclass(frozen=True)
class Library:
    """The knowledge in force with what is built from it, exchanged whole when the content changes."""

    knowledge: Knowledge
    understanding: Understanding
    calendar: Calendar

    def at(self, office: str) -> Library:
        """The same library for the office of this code; as it is where there is none."""
        knowledge = self.knowledge.at(office)
        if knowledge.office is self.knowledge.office:
            return self
        return replace(self, knowledge=knowledge, calendar=Calendar(knowledge.calendar, knowledge.office.hours))


@dataclass(frozen=True)
class State:
    """Where a conversation stands. It lives in the database only."""

    language: str = ""
    step: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    menu: Menu = field(default_factory=Menu)
    topic: Topic = field(default_factory=Topic)
    updated: dt.datetime | None = None
    office: str = ""  # chosen by the citizen, where the bot serves several


class TooBig(Exception):
    """A thing that a citizen sent is bigger than what was asked for at most."""


class Gone(Exception):
    """A thing that a citizen sent cannot be had any more."""


class FilesBusy(Exception):
    """A thing that a citizen sent cannot be had now; later it may."""


class Files(Protocol):
    """The photos that came with messages, wherever their channel keeps them."""

    async def read(self, channel: str, media: Media, most: int) -> bytes:
        """The content. Raises TooBig where it has more than `most` bytes, Gone, or FilesBusy."""
        ...

    async def remove(self, channel: str, media: Media) -> None:
        """Removes what is kept of it here, if anything; called when its message is answered."""
        ...


class NoFiles:
    """Where nothing can be sent but words."""

    async def read(self, channel: str, media: Media, most: int) -> bytes:
        raise Gone

    async def remove(self, channel: str, media: Media) -> None: ...


class Sources(Protocol):
    """The systems beyond the store that know how dossiers stand."""

    def any_for(self, office: str, codes: Collection[str]) -> bool:
        """Whether any of these dossiers is looked up beyond the store."""
        ...

    async def refresh(self, office: str, codes: Collection[str]) -> frozenset[str]:
        """Brings the store up to date; the codes of which a system could not tell now. Ends within seconds; no transaction may be open meanwhile."""
        ...


class NoSources:
    """Where the store is all there is."""

    def any_for(self, office: str, codes: Collection[str]) -> bool:
        return False

    async def refresh(self, office: str, codes: Collection[str]) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True)
class Turn:
    """One message with all that a handler may look at. `db` is for reading; writing is done by effects."""

    incoming: Incoming
    state: State
    now: dt.datetime
    library: Library
    t: Texts
    db: AsyncConnection
    key: bytes
    files: Files = field(default_factory=NoFiles)
    sources: Sources = field(default_factory=NoSources)
    house: House = House()
    rules: Rules = field(default_factory=Rules)
    photos: PhotoStore | None = None
    ask_share: float = 0.0

    @property
    def knowledge(self) -> Knowledge:
        return self.library.knowledge

    @property
    def chat(self) -> Chat:
        return Chat(self.knowledge.office.code, self.incoming.channel, self.incoming.chat)

    @property
    def undecided(self) -> bool:
        """Whether the bot serves several offices and this citizen has not chosen one."""
        return len(self.knowledge.offices) > 1 and self.state.office not in {office.code for office in self.knowledge.offices}

    @property
    def text(self) -> str:
        return self.incoming.text

    @property
    def arguments(self) -> tuple[str, ...]:
        """What follows the verb in the id of a pressed choice."""
        return tuple(self.incoming.choice.split(":")[1:])


@dataclass(frozen=True)
class Reply:
    """What a handler returns: what to say, where the conversation stands next, what to write, and the outcome for the count.

    `step` "" leaves the dialogue; `topic`, `language` and `office` None keep what was; `hide` keeps the citizen's text out of the store.
    `private` does so too, seals what is said, and counts the turn by its hour only. `told` says what only the writing can tell, such as
    a running number: it runs after the effects, in their transaction, and may write itself."""

    says: tuple[Say, ...]
    step: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    topic: Topic | None = None
    language: str | None = None
    office: str | None = None
    effects: tuple[Effect, ...] = ()
    outcome: Outcome = Outcome.OTHER
    procedures: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    subject: str = ""
    hide: bool = False
    private: bool = False
    told: Telling | None = None


Handler = Callable[[Turn], Awaitable[Reply]]
