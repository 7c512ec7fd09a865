"""What a message can mean, as frozen records; the rest of the product imports these and nothing else of this package but `Understanding`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from knowledge.model import Aspect

PAST_MOST = 8


@dataclass(frozen=True)
class Topic:
    """What the conversation is about: small, carried in the conversation's state, never changed in place."""

    asked: tuple[str, ...] = ()  # codes of the last answer, in order
    aspects: tuple[Aspect, ...] = ()  # of the last answer or question
    offered: tuple[str, ...] = ()  # codes last offered as a numbered choice; none when the last reply offered none
    past: tuple[str, ...] = ()  # codes answered in the conversation, in order of first mention
    general: str = ""  # topic of the last general leaflet answered

    def to_dict(self) -> dict[str, Any]:
        """Only what is set, as plain JSON values; `from_dict` is its inverse."""
        named = {
            "asked": list(self.asked),
            "aspects": [str(a) for a in self.aspects],
            "offered": list(self.offered),
            "past": list(self.past),
            "general": self.general,
        }
        return {name: value for name, value in named.items() if value}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Topic:
        """The topic that was stored. What an older version wrote differently is left out rather than refused."""
        known = {str(a): a for a in Aspect}
        return cls(
            asked=_texts(stored.get("asked")),
            aspects=tuple(known[a] for a in _texts(stored.get("aspects")) if a in known),
            offered=_texts(stored.get("offered")),
            past=_texts(stored.get("past"))[:PAST_MOST],
            general=str(stored.get("general") or ""),
        )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True)
class Asked:
    """One procedure asked about, with the aspects asked of it; no aspect means the short card."""

    code: str
    aspects: tuple[Aspect, ...] = ()


@dataclass(frozen=True)
class Answer:
    """One or several procedures, in the order of asking."""

    asked: tuple[Asked, ...]
    yes_no: bool = False  # a yes-or-no question
    compare: bool = False  # how the procedures differ
    brief: bool = False  # shorter than usual
    sure: bool = False  # "chắc không?": give source and date


@dataclass(frozen=True)
class Choose:
    """Honestly open between two to six, best first. `field` names a broad subject; the codes are then its most asked."""

    codes: tuple[str, ...]
    aspects: tuple[Aspect, ...] = ()
    field: str = ""


@dataclass(frozen=True)
class Unknown:
    """Not ours. `topic` names the general leaflet (ELSEWHERE or REFUSED) that tells where to turn, "" where none fits."""

    topic: str = ""


@dataclass(frozen=True)
class Other:
    """A general leaflet of kind GUIDE, CHAT or DIALOGUE takes it."""

    topic: str


Meaning = Answer | Choose | Unknown | Other


@dataclass(frozen=True)
class Reading:
    """The meaning of a message, the topic to carry on with, and how the decision came about."""

    meaning: Meaning
    topic: Topic
    why: tuple[str, ...] = ()


def carried_on(topic: Topic, meaning: Meaning) -> Topic:
    """The topic after a message of this meaning."""
    match meaning:
        case Answer():
            codes = tuple(a.code for a in meaning.asked)
            wanted = tuple(dict.fromkeys(a for asked in meaning.asked for a in asked.aspects))
            return Topic(codes, wanted, (), tuple(dict.fromkeys((*topic.past, *codes)))[-PAST_MOST:])
        case Choose():
            return Topic((), meaning.aspects, meaning.codes, topic.past)
        case Unknown() | Other():
            return replace(topic, offered=(), general=meaning.topic)
