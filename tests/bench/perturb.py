"""The same questions as other hands would type them: each function changes a text, by a random source given to it."""

from __future__ import annotations

import random
from collections.abc import Callable

from knowledge.words import fold

Change = Callable[[str, random.Random], str]
_TEEN = {
    "không": "ko",
    "được": "dc",
    "gì": "j",
    "bao nhiêu": "bn",
    "tôi": "t",
    "mình": "mk",
    "đăng ký": "đk",
    "giấy": "giấy",
    "hồ sơ": "hso",
    "với": "vs",
    "thế nào": "ntn",
    "làm sao": "lsao",
    "vậy": "z",
    "online": "onl",
    "người": "ng",
    "chồng": "ck",
    "vợ": "vk",
    "rồi": "r",
    "biết": "bít",
}
_DIALECT = {
    "thế nào": "mần răng",
    "gì": "chi",
    "không": "hông",
    "ở đâu": "ở mô",
    "tôi": "tui",
    "mẹ": "má",
    "bố": "ba",
    "vậy": "dị",
    "nhé": "nghen",
    "bao nhiêu": "nhiêu",
    "làm sao": "mần sao",
    "đâu": "mô",
}
_FRAMES = (
    ("Dạ cho em hỏi với ạ, ", ""),
    ("Chào anh chị, ", " ạ, em cảm ơn nhiều"),
    ("ad ơi cho mình hỏi chút ", " với"),
    ("", " vậy bạn ơi"),
    ("Bạn làm ơn chỉ giúp mình ", " nha"),
)
_NEAR = {"a": "s", "s": "a", "d": "f", "e": "r", "i": "o", "o": "i", "n": "m", "m": "n", "t": "r", "u": "y", "h": "j", "g": "h", "c": "v"}


def no_accents(text: str, source: random.Random) -> str:
    """Every accent left out, capitals too."""
    return fold(text)


def half_accents(text: str, source: random.Random) -> str:
    """Every other word without its accents."""
    return " ".join(fold(w) if source.random() < 0.5 else w for w in text.split())


def slip(text: str, source: random.Random) -> str:
    """One word of five letters or more with two neighbours swapped, a letter doubled, left out or mistaken."""
    words = text.split()
    long = [i for i, w in enumerate(words) if len(w) >= 4 and w.isalpha()]
    if not long:
        return text
    place = source.choice(long)
    word, at = words[place], source.randrange(1, len(words[place]) - 1)
    ways = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1 :],
        word[:at] + _NEAR.get(word[at], word[at]) + word[at + 1 :],
    )
    words[place] = source.choice(ways)
    return " ".join(words)


def slip_without_accents(text: str, source: random.Random) -> str:
    return slip(fold(text), source)


def teencode(text: str, source: random.Random) -> str:
    return _replaced(text.lower(), _TEEN)


def dialect(text: str, source: random.Random) -> str:
    return _replaced(text, _DIALECT)


def polite(text: str, source: random.Random) -> str:
    before, after = source.choice(_FRAMES)
    return f"{before}{text}{after}"


def glued(text: str, source: random.Random) -> str:
    """Two neighbours of the first words written as one."""
    words = text.split()
    if len(words) < 3 or not words[0].isalpha() or not words[1].isalpha():
        return text
    return " ".join([words[0] + words[1], *words[2:]])


def shouted(text: str, source: random.Random) -> str:
    return text.upper()


def _replaced(text: str, table: dict[str, str]) -> str:
    padded = f" {text} "
    for word, instead in table.items():
        padded = padded.replace(f" {word} ", f" {instead} ").replace(f" {word}?", f" {instead}?")
    return padded.strip()


CHANGES: dict[str, Change] = {
    "no accents": no_accents,
    "half accents": half_accents,
    "a slip": slip,
    "a slip, no accents": slip_without_accents,
    "teencode": teencode,
    "dialect": dialect,
    "polite frame": polite,
    "glued": glued,
    "capitals": shouted,
}
