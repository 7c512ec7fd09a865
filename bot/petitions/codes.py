"""Petition codes: `PAKN-YYMMDD-NNNN`, made and found again in whatever a citizen types."""

from __future__ import annotations

import datetime as dt
import re

from knowledge.words import fold

_LOOSE = re.compile(r"(?<![0-9a-z])pakn\s*[-_. ]?\s*(\d{6})\s*[-_. ]?\s*(\d{4,6})(?![0-9a-z])")


def code_of(day: dt.date, number: int) -> str:
    """The code of the day's n-th petition."""
    return f"PAKN-{day:%y%m%d}-{number:04d}"


def find_code(text: str) -> str:
    """The first petition code in a text as it should be written, "" where there is none."""
    match = _LOOSE.search(fold(text))
    return f"PAKN-{match.group(1)}-{match.group(2)}" if match else ""
