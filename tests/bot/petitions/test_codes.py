"""Petition codes: made, and found in what people type."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.dossiers.codes import find
from bot.petitions.codes import code_of, find_code

DAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(("number", "code"), [(1, "PAKN-261123-0001"), (9999, "PAKN-261123-9999"), (10_000, "PAKN-261123-10000")])
def test_made(number: int, code: str) -> None:
    """Day and running number; the ten-thousandth has a digit more."""
    assert code_of(DAY, number) == code
    assert find_code(code) == code


@pytest.mark.parametrize(
    "text",
    ["PAKN-261123-0001", "pakn 261123 0001", "PAKN.261123.0001", "pakn2611230001", "phản ánh PAKN–261123–0001 tới đâu rồi?", "mã PAKN_261123_0001."],
)
def test_found(text: str) -> None:
    """However the dashes are typed, and in the middle of a sentence."""
    assert find_code(text) == "PAKN-261123-0001"


@pytest.mark.parametrize(
    "text", ["", "PAKN", "PAKN-261123", "PAKN-261123-01", "XPAKN-261123-0001", "H26.145-261110-0001", "261123-0001", "PAKN.20200812.0012"]
)
def test_none(text: str) -> None:
    """Dossier codes and codes of other systems are none."""
    assert find_code(text) == ""


def test_no_dossier_code() -> None:
    """A petition code is never taken for a dossier's."""
    assert find("PAKN-261123-0001", DAY) == ()
