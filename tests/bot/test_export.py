"""Figures for a spreadsheet: nothing that it would run, nothing that it cannot read."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.export import safe_cell, write_csv
from bot.settings import ZONE
from tests.conftest import NOW

DANGEROUS = "=+-@\t\r|%＝＋－＠"
texts = st.tuples(st.text(DANGEROUS + " \n\0\x7f'\"", max_size=4), st.text(max_size=10)).map("".join)


async def rows(*given_rows: Sequence[object]) -> AsyncIterator[Sequence[object]]:
    for row in given_rows:
        yield row


@given(text=texts)
def test_no_cell_is_a_formula(text: str) -> None:
    """No cell begins, after any white space, with a character that a spreadsheet may take for a formula."""
    assert safe_cell(text, ZONE).lstrip()[:1] not in set(DANGEROUS)


@given(text=texts)
def test_no_cell_has_control_characters(text: str) -> None:
    """Line breaks stay; every other control character goes."""
    assert set(safe_cell(text, ZONE)) & {*map(chr, range(32)), "\x7f"} <= {"\n", "\t"}


@given(text=st.text("abcđ Ơ0123,;\"'.", max_size=20))
def test_harmless_words_are_left_alone(text: str) -> None:
    """What is no formula is written as it was said."""
    assert safe_cell(text, ZONE) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://vi-du.vn")', '\'=HYPERLINK("http://vi-du.vn")'),
        ("+84 900 000 001", "'+84 900 000 001"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" \n=1", "' \n=1"),
        ("\0=1", "'=1"),
        ("\x1b[31m", "[31m"),
        ("\r=1", "'\n=1"),
        ("＝1+1", "'＝1+1"),
        ("|cmd", "'|cmd"),
        ("a=b", "a=b"),
        ("hai\r\ndòng", "hai\ndòng"),
        ("", ""),
        (None, ""),
        (5, "5"),
        (-5, "'-5"),
        (["slow", "late"], "slow; late"),
        (["=1"], "'=1"),
        ([], ""),
        (NOW, "23/11/2026 09:00"),
        (NOW.astimezone(dt.UTC), "23/11/2026 09:00"),
    ],
)
def test_safe_cell(value: object, cell: str) -> None:
    """Formulas get an apostrophe; lists a semicolon; times are Việt Nam's."""
    assert safe_cell(value, ZONE) == cell


async def test_a_file_that_excel_opens(tmp_path: Path) -> None:
    """UTF-8 with a mark; commas, quotes and line breaks stay inside their cells."""
    path = tmp_path / "đánh giá.csv"
    assert await write_csv(path, ("Mức", "Lời"), rows((5, 'tốt, "rất" tốt'), (1, "hai\ndòng")), ZONE) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["Mức", "Lời"], ["5", 'tốt, "rất" tốt'], ["1", "hai\ndòng"]]


async def broken() -> AsyncIterator[Sequence[object]]:
    yield (1,)
    raise LookupError


async def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """Where the rows break off, the file of last time stays as it was and nothing else is left."""
    path = tmp_path / "x.csv"
    await write_csv(path, ("a",), rows((1,)), ZONE)
    before = path.read_bytes()
    with pytest.raises(LookupError):
        await write_csv(path, ("a",), broken(), ZONE)
    assert path.read_bytes() == before
    assert not path.with_name("x.csv.part").exists()
