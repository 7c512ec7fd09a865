"""All folding of Vietnamese text, for index and query alike. Pure functions of text; every one is idempotent."""

from __future__ import annotations

import re
import unicodedata

_SPELLING = {
    **dict.fromkeys([chr(code) for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\v\f\r"], ""),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e", ""),
    **dict.fromkeys(["\t", "\v", "\f", "\u00a0", *map(chr, range(0x2000, 0x200B)), "\u202f", "\u205f", "\u3000"], " "),
    "\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "…": "...",
}  # fmt: skip
_OTHERWISE = re.compile(f"\r\n|[{re.escape(''.join(written for written in _SPELLING if len(written) == 1))}]")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# The open pairs with their tone on the second vowel, and the same with it on the first: oà → òa.
_MOVED = {
    unicodedata.normalize("NFC", one + two + tone): unicodedata.normalize("NFC", one + tone + two)
    for pair in ("oa", "oe", "uy") for one in (pair[0], pair[0].upper()) for two in (pair[1], pair[1].upper()) for tone in _TONES
}  # fmt: skip
_OPEN_PAIR = re.compile(f"[oOuU][{''.join({pair[1] for pair in _MOVED})}](?![^\\W\\d_])")
_ACCENTS = re.compile("[\u0300-\u036f]")


def tidy(text: str) -> str:
    """The same text in one spelling: NFC, plain quotes, dashes and spaces, no invisible characters. Line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _OTHERWISE.sub(lambda found: _SPELLING[found.group()], text))


def tone_on_first(text: str) -> str:
    """Both ways of writing tones brought to one, in NFC: hoà → hòa, thuý → thúy, khoẻ → khỏe. After q, «u» is no vowel: quý stays."""
    return unicodedata.normalize("NFC", _OPEN_PAIR.sub(_moved, unicodedata.normalize("NFC", text)))


def _moved(pair: re.Match[str]) -> str:
    found = pair.group()
    after_q = pair.string[pair.start() - 1 : pair.start()] in ("q", "Q")
    return found if after_q and found[0] in "uU" else _MOVED.get(found, found)


def fold(text: str) -> str:
    """Without accents, in lower case, spaces single: «Đăng  ký Hộ» → «dang ky ho»."""
    text = tidy(text).lower()
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFD", text)).replace("đ", "d")
    if not text.isascii():
        text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(text.split())


def spoken(text: str) -> str:
    """Accents kept, in lower case, one tone style, only letters, digits and the dots inside codes, spaces single."""
    text = tone_on_first(tidy(text).lower())
    return " ".join(re.findall(r"\d+(?:[.,/]\d+)+|[^\W_]+", text))
