"""Text → tokens: one spelling for index and query alike. A token is a lower-case syllable, a number, a code or a punctuation mark."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from knowledge.words import fold, tidy, tone_on_first

MOST_CHARACTERS = 4000
MOST_WORDS = 400
STOPS = frozenset(".,;:?!\n()[]/-+>\"'")
CODE = re.compile(r"(?<![\w.])(\d\.\d{6})(?!\d)")
_PIECE = re.compile(r"\d\.\d{6}[\d.A-Za-z]*|\d+(?:[.,/]\d+)+|[^\W_]+|[.,;:?!\n()\[\]/\-+>\"']")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_Y_ALONE = re.compile(r"^(qu|[hklmst])([yỳýỷỹỵ])$")
_I = dict(zip("yỳýỷỹỵ", "iìíỉĩị", strict=True))
_CAMEL = re.compile(r"([^\W\d_])([A-ZĐ])")
_SYLLABLE = re.compile(r"^(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?$")


@lru_cache(maxsize=50_000)
def spelled(word: str) -> str:
    """A syllable in one spelling: lower case, tone on the first vowel (hòa), i for y where both are written (kí, lí)."""
    word = tone_on_first(word.lower())
    match = _Y_ALONE.match(word)
    return match.group(1) + _I[match.group(2)] if match else word


@lru_cache(maxsize=50_000)
def plain(token: str) -> str:
    """The token without accents."""
    return token if token.isascii() else fold(token)


@lru_cache(maxsize=50_000)
def syllable(token: str) -> bool:
    """Whether a token could be a Vietnamese syllable by its letters."""
    return bool(_SYLLABLE.match(plain(token)))


def tokens(text: str) -> list[str]:
    """The tokens of a text that people wrote or typed, at most MOST_WORDS of them; stops stay as tokens of their own."""
    text = tidy(text[:MOST_CHARACTERS])
    text = _REPEATED.sub(r"\1", _CAMEL.sub(_apart, text))
    return [spelled(piece) for piece in _PIECE.findall(text)[:MOST_WORDS]]


def _apart(match: re.Match[str]) -> str:
    """«TachHo» → «Tach Ho»; capitals throughout stay together."""
    return f"{match.group(1)} {match.group(2)}" if match.group(1).islower() else match.group(0)


def words(text: str) -> list[str]:
    """The tokens without the stops, of a text of ours."""
    return [t for t in (spelled(piece) for piece in _PIECE.findall(text)) if t not in STOPS]


def half_of(typed: str, form: str) -> bool:
    """Whether `typed` is `form` with some of its accents left out («kêt», «ket» of «kết»)."""
    if len(plain(typed)) != len(plain(form)) or plain(typed) != plain(form):
        return False
    rest = iter(unicodedata.normalize("NFD", form.replace("đ", "d\u0335")))
    return all(c in rest for c in unicodedata.normalize("NFD", typed.replace("đ", "d\u0335")))
