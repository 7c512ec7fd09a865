"""What passes between a channel and the dialogues, free of any channel; `render` and its inverse, `recognise`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from knowledge.words import fold

ID_MAX_BYTES = 64


class Kind(StrEnum):
    """What a citizen sent."""

    TEXT = "text"
    CHOICE = "choice"
    START = "start"
    PHOTO = "photo"
    VOICE = "voice"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    FILE = "file"
    MOVED = "moved"  # the platform gave a group another key, which is the text
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Chat:
    """One conversation: whose office, on which channel, and the channel's own key for it."""

    office: str
    channel: str
    key: str


@dataclass(frozen=True)
class Media:
    """A thing that came with a message. `ref` is the channel's own handle for it, opaque to all others; `size` in bytes, 0 where unknown."""

    kind: Kind
    ref: str
    size: int = 0
    mime: str = ""


@dataclass(frozen=True)
class Incoming:
    """One message of a citizen. `event` is unique within its channel; `message` is the one whose button was pressed.

    `place` is a shared latitude and longitude. An album arrives as several messages, a photo each.

    In a group, `group` is its key, `sender` the name of who wrote, and `chat` is this person's own conversation in it."""

    channel: str
    chat: str
    event: str
    kind: Kind = Kind.TEXT
    text: str = ""
    choice: str = ""
    language: str = ""
    message: str = ""
    group: str = ""
    sender: str = ""
    media: tuple[Media, ...] = ()
    place: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Incoming:
        kind = Kind(row["kind"])
        media = tuple(Media(**{**m, "kind": Kind(m["kind"])}) for m in row.get("media") or ())
        latitude, longitude = row.get("place") or (None, None)
        place = None if latitude is None or longitude is None else (float(latitude), float(longitude))
        return cls(**{**row, "kind": kind, "media": media, "place": place})


@dataclass(frozen=True)
class Choice:
    """A button: an id that comes back (at most 64 bytes), or an address to open, or a number to call.

    `hint` stands beside the label in a numbered list, to tell it from its neighbours."""

    label: str
    id: str = ""
    url: str = ""
    phone: str = ""
    hint: str = ""

    def __post_init__(self) -> None:
        if len(self.id.encode()) > ID_MAX_BYTES:
            raise ValueError(f"choice id of {len(self.id.encode())} bytes, at most {ID_MAX_BYTES}: {self.id}")


@dataclass(frozen=True)
class Say:
    """One message to a citizen: a title, the text, a footer for the source, and what can be chosen.

    `numbered` shows the choices as a numbered list on every channel; `replace` asks for the pressed menu to be replaced. `photos` (the
    sha256 of kept ones) go before the text."""

    text: str
    title: str = ""
    footer: str = ""
    choices: tuple[Choice, ...] = ()
    numbered: bool = False
    replace: bool = False
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Caps:
    """What a channel can show. `unit` measures a text as the channel counts it; 0 buttons means numbers only."""

    text_max: int
    unit: Callable[[str], int]
    buttons: int
    label_max: int
    edit: bool


def utf16_units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def nfc_length(text: str) -> int:
    """Length as Zalo counts it."""
    return len(unicodedata.normalize("NFC", text))


# Limits of the platforms: Bot API (4,096 UTF-16 units, 100 buttons), Zalo OA (2,000 characters, 5 buttons of 100).
TELEGRAM = Caps(4096, utf16_units, 100, 64, edit=True)
ZALO_OA = Caps(2000, nfc_length, 5, 100, edit=False)
ZALO_BOT = Caps(2000, nfc_length, 0, 0, edit=False)
WEB = Caps(8000, len, 100, 64, edit=True)
CONSOLE = Caps(8000, len, 0, 0, edit=False)
CAPS = {"telegram": TELEGRAM, "zalo_oa": ZALO_OA, "zalo_bot": ZALO_BOT, "web": WEB, "console": CONSOLE, "ask": WEB}


@dataclass(frozen=True)
class Wire:
    """One message as a channel sends it; it fits the channel's limits. A `sealed` one is empty but for that: see bot/petitions/envelope.py."""

    text: str
    title: str = ""
    footer: str = ""
    buttons: tuple[Choice, ...] = ()
    replace: str = ""
    photos: tuple[str, ...] = ()
    sealed: str = ""

    def to_dict(self) -> dict[str, Any]:
        row = asdict(self)
        return row if self.sealed else {name: value for name, value in row.items() if name != "sealed"}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Wire:
        return cls(**{**row, "buttons": tuple(Choice(**b) for b in row["buttons"]), "photos": tuple(row.get("photos") or ())})

    @property
    def whole(self) -> str:
        """Title, text and footer as one plain text."""
        return "\n\n".join(part for part in (self.title, self.text, self.footer) if part)


@dataclass(frozen=True)
class Menu:
    """The choices that a citizen can name by words: labels and ids in order. `numbered` where numbers were shown,
    `ordinal` where «cái thứ hai» means one of them."""

    items: tuple[tuple[str, str], ...] = ()
    numbered: bool = False
    ordinal: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {"items": [list(item) for item in self.items], "numbered": self.numbered, "ordinal": self.ordinal}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Menu:
        items = tuple((label, id_) for label, id_ in row.get("items", ()))
        return cls(items, row.get("numbered", False), row.get("ordinal", False))


def render(say: Say, caps: Caps, pressed: str = "") -> tuple[tuple[Wire, ...], Menu]:
    """The messages that say it on a channel, each within its limits, and the menu to remember.

    `pressed` is the message whose button led here; it is replaced where `say` asks for it and the channel can."""
    fits = len(say.choices) <= caps.buttons
    numbered = say.numbered or not fits
    text, footer = say.text, say.footer
    if numbered:
        text = "\n\n".join(part for part in (text, "" if fits else footer, _list(say.choices)) if part)
        footer = footer if fits else ""
    buttons = _short_labels(say.choices, caps) if fits else ()
    room = caps.text_max - caps.unit(say.title) - caps.unit(footer) - 4
    pieces = list(split(text, room, caps.unit)) or [""]
    wires = [Wire(piece) for piece in pieces]
    wires[0] = replace(wires[0], title=say.title, replace=pressed if say.replace and caps.edit and len(wires) == 1 else "")
    wires[-1] = replace(wires[-1], footer=footer, buttons=buttons)
    items = tuple((c.label, c.id) for c in say.choices if c.id)
    album = (Wire("", photos=say.photos),) if say.photos else ()
    return (*album, *wires), Menu(items, numbered=numbered, ordinal=say.numbered)


def _list(choices: tuple[Choice, ...]) -> str:
    chosen = [f"{n}. {c.label}" + (f"\n    {c.hint}" if c.hint else "") for n, c in enumerate((c for c in choices if c.id), 1)]
    links = [c.label if c.phone and c.phone in c.label.replace(" ", "") else f"{c.label}: {c.url or c.phone}" for c in choices if not c.id]
    return "\n".join((*chosen, *links))


def _short_labels(choices: tuple[Choice, ...], caps: Caps) -> tuple[Choice, ...]:
    return tuple(c if len(c.label) <= caps.label_max else replace(c, label=c.label[: caps.label_max - 1].rstrip() + "…") for c in choices)


def split(text: str, most: int, unit: Callable[[str], int] = len) -> Iterator[str]:
    """The text in pieces of at most `most` units, broken between paragraphs, else between lines, else between words."""
    piece = ""
    for part in _parts(text, most, unit):
        if piece and unit(piece + part.rstrip()) > most:
            yield piece.rstrip()
            piece = part.lstrip("\n")
        else:
            piece += part
    if piece.strip():
        yield piece.rstrip()


def _parts(text: str, most: int, unit: Callable[[str], int]) -> Iterator[str]:
    """Whole paragraphs where they fit, else lines, else words, else single characters; joined they are the text."""
    for paragraph in re.findall(r".*?(?:\n\n+|\Z)", text, re.S):
        if unit(paragraph.rstrip()) <= most:
            yield paragraph
            continue
        for line in _items(paragraph, most, unit):
            if unit(line.rstrip()) <= most:
                yield line
            else:
                for word in re.findall(r"\S+\s*|\s+", line):
                    yield from (word,) if unit(word.rstrip()) <= most else word


def _items(paragraph: str, most: int, unit: Callable[[str], int]) -> Iterator[str]:
    """The lines of a paragraph; indented ones stay with the line that they belong to where both fit."""
    for item in re.findall(r"[^\n]*(?:\n[ \t]+[^\n]*)*(?:\n|\Z)", paragraph):
        yield from (item,) if unit(item.rstrip()) <= most else re.findall(r"[^\n]+\n?|\n", item)


_NUMBER_WORDS = {
    **{"mot": 1, "nhat": 1, "dau tien": 1, "hai": 2, "nhi": 2, "ba": 3, "bon": 4, "tu": 4},
    **{"nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10},
}
_DIGITS = re.compile(r"^(?:(?:so|cau|muc|chon|cai|y|phuong an|thu)\s+)*(\d{1,2})\s*[.)]?(?:\s+(?:a|nhe|nha|di))?$")
_ORDINAL = re.compile(r"^(?:cai|so|muc|chon|thu|y|thu tuc)(?:\s+(?:cai|so|thu))*\s+(dau tien|[a-z]+)(?:\s+(?:a|nhe|nha|di))?$")


def recognise(text: str, menu: Menu) -> str:
    """The id of the choice that a text names by number, ordinal or label, with or without accents; "" where it names none."""
    said = fold(text).strip(" .!,")
    if menu.numbered and (match := _DIGITS.match(said)):
        return _nth(menu, int(match.group(1)))
    if menu.ordinal and said in {"cai cuoi", "cai cuoi cung", "so cuoi"}:
        return _nth(menu, len(menu.items))
    if menu.ordinal and (match := _ORDINAL.match(said)) and match.group(1) in _NUMBER_WORDS:
        return _nth(menu, _NUMBER_WORDS[match.group(1)])
    return next((id_ for label, id_ in menu.items if said and fold(label).strip(" .!,✓") == said), "")


def _nth(menu: Menu, number: int) -> str:
    return menu.items[number - 1][1] if 1 <= number <= len(menu.items) else ""
