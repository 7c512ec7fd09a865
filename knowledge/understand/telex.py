"""Left-overs of the two ways of typing Vietnamese: «ddawng kys» (Telex) and «d9a8ng ky1» (VNI) → «đăng ký»."""

from __future__ import annotations

import re
import unicodedata

from knowledge.understand.tokens import spelled

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_LETTERS = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("uow", "ươ"), ("uw", "ư"), ("ow", "ơ"), ("aw", "ă"))
_VNI_LETTERS = (("d9", "đ"), ("a6", "â"), ("e6", "ê"), ("o6", "ô"), ("uo7", "ươ"), ("u7", "ư"), ("o7", "ơ"), ("a8", "ă"))
_NUCLEUS = re.compile(r"(?:qu|gi(?=[aăâeêoôơuư]))?([aăâeêioôơuưy]+)")


def typed(word: str) -> list[str]:
    """The syllables that the keys of a word may spell, none where they spell nothing else than themselves."""
    if not 2 <= len(word) <= 10 or not word.isascii():
        return []
    found = []
    if word.isalpha():
        found.append(_spell(word, _LETTERS, _TONES))
        found.append(_spell(_late_marks(word), _LETTERS, _TONES))
    elif word[0].isalpha():
        found.append(_spell(word, _VNI_LETTERS, _VNI_TONES))
        found.append(_spell(_late_marks_vni(word), _VNI_LETTERS, _VNI_TONES))
    return [w for w in dict.fromkeys(found) if w and w != word]


def _spell(word: str, letters: tuple[tuple[str, str], ...], tones: dict[str, str]) -> str:
    tone = ""
    for place in range(len(word) - 1, 0, -1):
        if word[place] in tones and (place == len(word) - 1 or len(word) - place <= 3) and re.search(r"[aeiouy]", word[:place]):
            tone, word = tones[word[place]], word[:place] + word[place + 1 :]
            break
    for keys, letter in letters:
        word = word.replace(keys, letter)
    if not word.isalpha():
        return ""
    return _with_tone(word, tone) if tone else word


def _with_tone(word: str, tone: str) -> str:
    match = _NUCLEUS.search(word)
    if not match or len(match.group(1)) > 3:
        return ""
    vowels, start = match.group(1), match.start(1)
    marked = [i for i, v in enumerate(vowels) if v in "ăâêôơư"]
    closed = match.end(1) < len(word)
    place = marked[-1] if marked else (len(vowels) - 1 if closed else max(0, len(vowels) - 2))
    place += start
    return spelled(unicodedata.normalize("NFC", word[: place + 1] + tone + word[place + 1 :]))


def _late_marks(word: str) -> str:
    """A mark typed at the end goes to its vowel: «dangkyw» no, «thuongwf» → «thuowngf», «dangd» → «ddang», «ddangwa»."""
    match = re.fullmatch(r"([a-z]*?)(uo|u|o|a)([a-z]*?)w([sfrxj]?)", word)
    if match and not match.group(3).startswith("w"):
        word = f"{match.group(1)}{match.group(2)}w{match.group(3)}{match.group(4)}"
    match = re.fullmatch(r"d([a-z]+?)d([sfrxj]?)", word)
    if match:
        word = f"dd{match.group(1)}{match.group(2)}"
    match = re.fullmatch(r"([a-z]*?)([aeo])([a-z]+?)\2([sfrxj]?)", word)
    return f"{match.group(1)}{match.group(2) * 2}{match.group(3)}{match.group(4)}" if match else word


def _late_marks_vni(word: str) -> str:
    """VNI digits typed at the end go to their letters: «dang89» → «d9a8ng»."""
    match = re.fullmatch(r"([a-z]+?)([1-9]{1,3})", word)
    if not match:
        return word
    letters, digits = match.groups()
    tone = "".join(d for d in digits if d in "12345")[:1]
    for digit, vowels in (("9", "d"), ("8", "a"), ("7", "uo|u|o"), ("6", "[aeo]")):
        if digit in digits:
            letters = re.sub(f"({vowels})", rf"\g<1>{digit}", letters, count=1)
    return letters + tone
