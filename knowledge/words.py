"""All folding of Vietnamese text, for index and query alike. Pure functions of text; every one is idempotent."""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = [code for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\v\f\r"]
_INVISIBLE = dict.fromkeys([*_CONTROLS, 0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)])
_PLAIN = str.maketrans({
    **{chr(space): " " for space in (0x09, 0x0B, 0x0C, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)}, "\u2028": "\n", "\u2029": "\n",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "…": "...",
})  # fmt: skip
_MARKS = "\u0300\u0301\u0303\u0309\u0323"
# Only the vowels of an open pair are taken apart, and only their tone: the marks of â, ê, ô, ă, ơ, ư belong to the letter.
_APART = str.maketrans({unicodedata.normalize("NFC", vowel + mark): vowel + mark for vowel in "oaeuyOAEUY" for mark in _MARKS})
_OPEN_PAIR = re.compile(
    rf"(?<![^\W\d_])(?:([^\W\d_]*?)(o)([{_MARKS}]*)(a|e)([{_MARKS}]*)"
    rf"|((?:[^\W\d_]*?[^q\W\d_])?)(u)([{_MARKS}]*)(y)([{_MARKS}]*))(?![^\W\d_])",
    re.I,
)


def tidy(text: str) -> str:
    """The same text in one spelling: NFC, plain quotes, dashes and spaces, no invisible characters. Line breaks stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE).translate(_PLAIN)
    return unicodedata.normalize("NFC", text)


def tone_on_first(text: str) -> str:
    """Both ways of writing tones brought to one: hoà → hòa, thuý → thúy, khoẻ → khỏe."""
    if text.isascii():
        return text

    def moved(match: re.Match[str]) -> str:
        head, first, early, second, late = match.group(1, 2, 3, 4, 5) if match.group(2) else match.group(6, 7, 8, 9, 10)
        return f"{head}{first}{(early or late)[:1]}{second}"

    parts = unicodedata.normalize("NFC", text).translate(_APART)
    return unicodedata.normalize("NFC", _OPEN_PAIR.sub(moved, parts))


def fold(text: str) -> str:
    """Without accents, in lower case, spaces single: «Đăng  ký Hộ» → «dang ky ho»."""
    text = unicodedata.normalize("NFD", tidy(text).lower()).replace("đ", "d")
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


def spoken(text: str) -> str:
    """Accents kept, in lower case, one tone style, only letters, digits and the dots inside codes, spaces single."""
    text = tone_on_first(tidy(text).lower())
    return " ".join(re.findall(r"\d+(?:[.,/]\d+)+|[^\W_]+", text))
