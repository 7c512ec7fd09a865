"""The small words that every answer is made of."""

from __future__ import annotations

from collections.abc import Iterable

from bot.turn import Turn
from knowledge.words import fold

_UNPUBLISHED = fold("Chưa công bố")
_SMALL = frozenset({"Do", "Theo", "Tại", "Ở", "Cho"})  # words that are no part of the name after them


def telephones(turn: Turn) -> str:
    """The desk's telephones as one text."""
    return ", ".join(turn.knowledge.office.telephones)


def not_published(turn: Turn) -> str:
    """What is said where the source is silent: never a guess, always where to ask."""
    return turn.t("Nguồn chính thức chưa công bố mục này. Anh/chị hỏi bàn một cửa: {phone}.", phone=telephones(turn))


def bullets(lines: Iterable[str], mark: str = "•") -> str:
    """Lines as a list, a mark before each."""
    return "\n".join(f"{mark} {line}" for line in lines)


def silent(text: str) -> bool:
    """Whether the leaflet says that the source does not say."""
    return fold(text).strip(" .") == _UNPUBLISHED


def mid_sentence(text: str) -> str:
    """The text as it goes on after other words: «Miễn phí» → «miễn phí», «VNeID» and «Đà Nẵng» as they are."""
    first, _, rest = text.partition(" ")
    named = first[1:] != first[1:].lower() or (rest[:1].isupper() and first not in _SMALL)
    return text if named else text[:1].lower() + text[1:]
