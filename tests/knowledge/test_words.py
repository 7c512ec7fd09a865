"""All folding of Vietnamese text: properties that hold for any text, and the spellings that people and Word produce."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.words import fold, spoken, tidy, tone_on_first

VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
SIGNS = " .,;:-_–—“”‘’…«»/()1234567890\u00a0\u2003\u200b\ufeff\u0301\u0300\u0309\u0303\u0323\t\r\n\u2028"
LETTERS = VOWELS + VOWELS.upper() + "bcdđghklmnpqrstvxĐ"
vietnamese = st.text(st.sampled_from(LETTERS + SIGNS))
texts = st.one_of(vietnamese, st.text())
FOLDINGS = [tidy, tone_on_first, fold, spoken]


@pytest.mark.parametrize("folding", FOLDINGS)
@given(text=texts)
def test_folding_twice_is_folding_once(folding: Callable[[str], str], text: str) -> None:
    """Every folding is idempotent."""
    assert folding(folding(text)) == folding(text)


@pytest.mark.parametrize("folding", FOLDINGS)
@given(text=texts)
def test_composed_and_decomposed_text_are_one(folding: Callable[[str], str], text: str) -> None:
    """NFC and NFD of a text fold alike."""
    assert folding(unicodedata.normalize("NFD", text)) == folding(unicodedata.normalize("NFC", text))


@given(text=st.text(st.sampled_from(LETTERS + " ")))
def test_folded_vietnamese_is_plain_ascii(text: str) -> None:
    """No accent and no capital is left of a Vietnamese text."""
    assert fold(text).isascii()
    assert fold(text) == fold(text).lower()


@given(text=texts)
def test_spoken_text_is_words_with_single_spaces(text: str) -> None:
    """Nothing but words is left, and folding afterwards changes no word's place."""
    assert spoken(text) == " ".join(spoken(text).split())
    assert "_" not in spoken(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà", "hòa"),
        ("Hoà giải", "Hòa giải"),
        ("khoẻ", "khỏe"),
        ("thuý", "thúy"),
        ("uỷ ban", "ủy ban"),
        ("UỶ BAN", "ỦY BAN"),
        ("đại uý", "đại úy"),
        ("tuỳ", "tùy"),
        ("nguỵ", "ngụy"),
        ("hoè", "hòe"),
        ("Thoả thuận xoá nợ", "Thỏa thuận xóa nợ"),
    ],
)
def test_both_tone_styles_are_one(old: str, new: str) -> None:
    """hoà and hòa are the same word in every folding that keeps accents."""
    assert tone_on_first(old) == tone_on_first(new) == new
    assert spoken(old) == spoken(new)


@pytest.mark.parametrize("text", ["quà", "quý", "quỳnh", "Quỷ", "toàn", "hoàn", "thuyền", "khuỷu", "loài", "oải", "yêu", "huề", "mía"])
def test_tones_that_have_one_place_stay(text: str) -> None:
    """After qu, and in closed or triple vowels, there is one way of writing."""
    assert tone_on_first(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“Giấy” ‘khai’ «sinh»", '"Giấy" \'khai\' "sinh"'),
        ("a\u00a0b\u202fc\u2007d\u2003e\u3000f\tg", "a b c d e f g"),
        ("7:30–11:30 — nghỉ ‑ chiều − tối", "7:30-11:30 - nghỉ - chiều - tối"),
        ("khai\u200bsinh\u00ad\ufeff", "khaisinh"),
        ("một\r\nhai\rba\u2028bốn", "một\nhai\nba\nbốn"),
        ("a\u200b\u0301", "á"),
        ("một\vhai\f\x00ba\x7f", "một hai ba"),
        ("…", "..."),
    ],
)
def test_what_word_does_to_text_is_undone(text: str, plain: str) -> None:
    """Curly quotes, kinds of spaces and dashes, invisible characters and line ends come to one spelling."""
    assert tidy(text) == plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Làm giấy khai-sinh, ở đâu?", "làm giấy khai sinh ở đâu"),
        ("Mã 1.001193!", "mã 1.001193"),
        ("Phí 50.000đ, ngày 05/09/2026.", "phí 50.000 đ ngày 05/09/2026"),
        ("  ", ""),
    ],
)
def test_spoken_keeps_accents_and_the_dots_inside_numbers(text: str, words: str) -> None:
    """Codes, sums and dates stay whole; other signs only part words."""
    assert spoken(text) == words


@pytest.mark.parametrize(
    ("text", "plain"), [("Đăng  ký Hộ", "dang ky ho"), ("ĐƯỜNG", "duong"), ("Thẻ\u00a0BHYT\n", "the bhyt"), ("Ủy ban", "uy ban"), ("", "")]
)
def test_fold_takes_accents_capitals_and_spaces(text: str, plain: str) -> None:
    """The folding by which names of keys and sections are compared."""
    assert fold(text) == plain
