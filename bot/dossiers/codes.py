"""Dossier codes (mã hồ sơ) found in any sentence, repaired, and told apart from other numbers. Source: domain rules, section 2."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from enum import StrEnum

from bot.texts import Texts
from knowledge.words import fold, tidy

_STRICT = re.compile(r"^[0-9A-Z]{2,3}(\.[0-9A-Z]{1,4}){0,5}-(\d{6}|\d{8})-(\d{3,7})$")
_PLAIN = re.compile(r"[0-9A-HJ-NP-Z]{2,3}(?:\.[0-9A-HJ-NP-Z]{1,4}){0,5}-(?:\d{6}|\d{8})-\d{3,7}\Z", re.A)  # nothing to repair
_UNIT = r"(?:[GHgh]\s\d{2}|[0-9A-Za-z]{2,3})(?:\s?[.,]\s?[0-9A-Za-z]{1,4}){0,5}"
_BETWEEN = r"(\s*[-_]\s*|\s+)"
_LOOSE = re.compile(rf"(?<![0-9A-Za-z.,])({_UNIT}){_BETWEEN}([0-9OoIl]{{6}}|[0-9OoIl]{{8}}){_BETWEEN}([0-9OoIl]{{3,7}})(?![0-9A-Za-z])")
_DIGITS = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1"})


class Fault(StrEnum):
    """Why something that looks like a code cannot be one."""

    NO_SUCH_DAY = "no such day"
    IN_FUTURE = "in the future"
    NO_NUMBER = "no running number"
    PROCEDURE = "a procedure's code"
    PETITION = "a petition's code"
    INSURANCE = "a social insurance number"
    PERSON = "a telephone or identity number"


@dataclass(frozen=True)
class Found:
    """A code as it should be written, with what is wrong with it if anything."""

    code: str
    fault: Fault | None = None


def find(text: str, today: dt.date) -> tuple[Found, ...]:
    """The codes in a text, in order, each once. Procedure codes, petition codes and insurance numbers are none."""
    if _PLAIN.match(text) and not text.startswith("GY-"):  # as every row of an export has it
        return (Found(text, _fault(text.split("-")[1], today)),)
    found: dict[str, Found] = {}
    for match in _LOOSE.finditer(tidy(text)):
        unit, first, day, second, number = match.groups()
        if not (first.strip() and second.strip()) and not _unmistakable(unit):
            continue
        code = f"{_unit(unit)}-{day.translate(_DIGITS)}-{number.translate(_DIGITS)}"
        if _STRICT.match(code) and not code.startswith("GY-"):
            found.setdefault(code, Found(code, _fault(code.split("-")[1], today)))
    return tuple(found.values())


_LOOKALIKES = (
    (Fault.PETITION, re.compile(r"\bPAKN[.\s-]?\d{6,8}[.\s-]?\d{3,6}\b|\b(?:PA|GY)-\d{6}-[0-9A-Z]{4}\b", re.I)),
    (Fault.INSURANCE, re.compile(r"(?<![\d/])\d{5}/\d{4}/\d{5}(?![\d/])")),
    (Fault.PROCEDURE, re.compile(r"(?<![\d.])[1-9]\.\d{6}(?:\.\d{2,3})*(?:\.[A-Z]\d{2})?(?![\w.]*\d)", re.I)),
    (Fault.NO_NUMBER, re.compile(r"(?<![0-9A-Za-z.,])[A-Z]\d{2}(?:\.[0-9A-Z]{1,4}){0,5}\s*-\s*(?:\d{8}|\d{6})(?![\s-]*\d)", re.I)),
    (Fault.PERSON, re.compile(r"(?<![\w./-])(?:0\d{2}[ .]?\d{3}[ .]?\d{3}[ .]?\d{3}|0\d{3}[ .]?\d{3}[ .]?\d{3})(?![\w/-])")),
)


def lookalike(text: str) -> Found | None:
    """What somebody may take for a dossier code, with what it is instead: procedure, petition, insurance or person. None where nothing is."""
    said = tidy(text)
    return next((Found(match.group(), fault) for fault, form in _LOOKALIKES if (match := form.search(said))), None)


_RECEIPT = re.compile(r"[0-9A-Z][0-9A-Z./-]{0,23}")
_NAMED_RECEIPT = re.compile(
    r"\b(?:so bien nhan|bien nhan(?: so)?|so giay hen|giay hen so|so ho so giay|so tiep nhan|so phieu hen|receipt(?: number| no)?)"
    r"\s*(?:la|:|so)?\s*((?=[a-z./-]*\d)[0-9a-z][0-9a-z./-]{0,22}[0-9a-z])(?![\w/-])"
)


def receipt_number(text: str) -> str:
    """The number of a paper receipt as it is compared: upper case, no accents, no spaces; "" for what is none."""
    number = re.sub(r"\s", "", fold(text)).upper()
    return number if _RECEIPT.fullmatch(number) and any(c.isdigit() for c in number) else ""


def named_receipt(text: str) -> str:
    """The receipt number that a sentence names: «số biên nhận 123/2026»; "" where it names none."""
    match = _NAMED_RECEIPT.search(fold(text))
    return match.group(1).upper() if match else ""


def without_codes(text: str) -> str:
    """The folded words that stand beside the codes and receipt numbers of a text."""
    return _NAMED_RECEIPT.sub(" | ", fold(_LOOSE.sub(" | ", tidy(text))))


def named(t: Texts, code: str) -> str:
    """A dossier's code as people read it; one that has only a receipt number is named by that."""
    return t("số biên nhận {number}", number=code[1:]) if code.startswith("#") else code


def without(text: str, mark: str) -> str:
    """The text with a mark in place of each dossier code, however it is written."""

    def marked(match: re.Match[str]) -> str:
        code = match.group(0)
        return mark if find(code, dt.date.max) else code

    return _LOOSE.sub(marked, text)


def _unmistakable(unit: str) -> bool:
    """Whether these characters can be nothing but a unit's part, so that spaces may stand for the dashes after them."""
    return any(c.isdigit() for c in unit) and any(c.isalpha() or c == "." for c in unit)


def _unit(text: str) -> str:
    """The unit's part: upper case, spaces out, commas to dots; O and I become digits only in groups that are otherwise digits."""
    groups = re.sub(r"\s", "", text).replace(",", ".").split(".")
    return ".".join(g.translate(_DIGITS) if re.fullmatch(r"[0-9OoIl]*\d[0-9OoIl]*", g) else g.upper() for g in groups)


@functools.lru_cache(maxsize=10_000)
def _fault(digits: str, today: dt.date) -> Fault | None:
    try:
        day = dt.datetime.strptime(digits, "%y%m%d" if len(digits) == 6 else "%Y%m%d").date()
    except ValueError:
        return Fault.NO_SUCH_DAY
    return Fault.IN_FUTURE if day > today else None
