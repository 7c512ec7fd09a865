"""The second factor: kept as a keyed hash, compared in constant time; names masked."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dossiers.secret import KEY_FILE, keyed_hash, last_digits, load_key, masked, matches
from tests.conftest import KEY

CODE = "H26.145-261110-0001"


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """The first start makes 32 random bytes; later ones read them."""
    key = load_key(tmp_path / "data")
    assert len(key) == 32
    assert load_key(tmp_path / "data") == key
    assert load_key(tmp_path / "other") != key


def test_a_key_is_its_owners(tmp_path: Path) -> None:
    """Nobody else on the machine may read it."""
    load_key(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("0900000001", "0001"),
        ("+84 900 000 123", "0123"),
        ("0900.000.456", "0456"),
        ("001099012345", "2345"),
        ("1234", "1234"),
        ("123", ""),
        ("", ""),
        ("không có", ""),
    ],
)
def test_last_digits(number: str, digits: str) -> None:
    """The last four, whatever stands between; none where there are fewer."""
    assert last_digits(number) == digits


def test_a_hash_is_of_one_key_one_dossier_and_its_digits() -> None:
    """The same digits on another dossier, or under another key, are another hash; the digits are not in it."""
    own = keyed_hash(KEY, CODE, "0001")
    others = {keyed_hash(KEY, CODE, "0002"), keyed_hash(KEY, "H26.145-261110-0002", "0001"), keyed_hash(b"other", CODE, "0001")}
    assert own == keyed_hash(KEY, CODE, "0001")
    assert len({own, *others}) == 4
    assert len(own) == 64
    assert "0001" not in own
    assert keyed_hash(KEY, CODE, "") == ""


PHONE, IDENTITY = keyed_hash(KEY, CODE, "0001"), keyed_hash(KEY, CODE, "2345")


@pytest.mark.parametrize(
    ("digits", "stored", "same"),
    [
        ("0001", (PHONE, IDENTITY), True),
        ("2345", (PHONE, IDENTITY), True),
        ("0001", (PHONE, ""), True),
        ("2345", ("", IDENTITY), True),
        ("0002", (PHONE, IDENTITY), False),
        ("0001", ("", ""), False),
        ("", ("", ""), False),
        ("", (PHONE, ""), False),
        ("0001", (), False),
    ],
)
def test_matches(digits: str, stored: tuple[str, ...], same: bool) -> None:
    """Either number proves; an empty answer matches nothing, least of all an empty hash."""
    assert matches(KEY, CODE, digits, *stored) is same


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nguyễn Văn An", "N••••• V•• A•"),
        ("  Trần   Thị  Mẫu ", "T••• T•• M••"),
        ("Ý", "Ý"),
        ("", ""),
        ("NGUYÊ\u0303N VĂN Á", "N••••• V•• Á"),
    ],
)
def test_masked(name: str, shown: str) -> None:
    """First letters and lengths only."""
    assert masked(name) == shown


@given(name=st.text("abcđĐâớỹ \u0301\u0323", max_size=30))
def test_a_masked_name_shows_only_first_letters(name: str) -> None:
    """Whatever the spelling, all but a word's first letter is a dot."""
    assert all(set(word[1:]) <= {"•"} for word in masked(name).split())
