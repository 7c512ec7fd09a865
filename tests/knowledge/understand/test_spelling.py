"""Typed text is read as the words meant: accents, slips, Telex, VNI, glued and split words, short forms."""

from __future__ import annotations

import unicodedata

import pytest

from knowledge.understand import Understanding
from knowledge.understand.telex import typed
from knowledge.understand.tokens import MOST_WORDS, half_of, spelled, syllable, tokens


def said(understanding: Understanding, text: str) -> str:
    return " ".join(r.text for r in understanding.speller.read(tokens(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hoà giải, thuỷ lợi", ["hòa", "giải", ",", "thủy", "lợi"]),
        ("đăng ký lý lịch", ["đăng", "kí", "lí", "lịch"]),
        ("Quý", ["quí"]),
        ("thuế 1.001193.000.00.00.H55", ["thuế", "1.001193.000.00.00.h55"]),
        ("aaaaaaa", ["a"]),
        ("TachHo", ["tach", "ho"]),
        ("x\u200bin\u00a0phép", ["xin", "phép"]),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_no_more_than_the_first_words_are_read() -> None:
    assert len(tokens("ô " * 5000)) <= MOST_WORDS


@pytest.mark.parametrize("text", ["đăng ký kết hôn", "Hòa giải ở cơ sở", "Ủy quyền lĩnh thay"])
def test_both_normal_forms_are_one(text: str) -> None:
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("some", "whole", "expected"),
    [("ket", "kết", True), ("kêt", "kết", True), ("kệt", "kết", False), ("dang", "đăng", True), ("mạ", "mã", False), ("ke", "kết", False)],
)
def test_half_of(some: str, whole: str, expected: bool) -> None:
    assert half_of(some, whole) is expected


@pytest.mark.parametrize(("word", "expected"), [("khai", True), ("nghiêng", True), ("ubnd", False), ("cccd", False), ("quyết", True), ("xyz", False)])
def test_syllable(word: str, expected: bool) -> None:
    assert syllable(word) is expected


def test_tone_and_y_are_written_one_way() -> None:
    assert [spelled(w) for w in ("Khoẻ", "HOÀ", "kỹ", "mỹ", "quyền")] == ["khỏe", "hòa", "kĩ", "mĩ", "quyền"]


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        ("thuwowngf", "thường"),
        ("giaays", "giấy"),
        ("ddoongs", "đống"),
        ("suwar", "sửa"),
        ("dda61t", ""),
        ("d9a61t", "đất"),
        ("nha2", "nhà"),
        ("kha1c", "khác"),
        ("toois", "tối"),
        ("dangd", "đang"),
    ],
)
def test_keys_of_telex_and_vni(keys: str, meant: str) -> None:
    assert (meant in typed(keys)) if meant else (meant not in typed(keys))


@pytest.mark.parametrize("word", ["", "a", "xin", "0123456789", "đất", "w" * 40])
def test_keys_that_spell_nothing_else(word: str) -> None:
    assert all(w != word for w in typed(word))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chung thuc hop dong mua ban nha", "chứng thực hợp đồng mua bán nhà"),
        ("dang ky giam ho cho chau", "đăng kí giám hộ cho cháu"),
        ("xac nhan tinh trang hon nhan", "xác nhận tình trạng hôn nhân"),
        ("gia hạn giấy phep lao đông", "gia hạn giấy phép lao động"),
        ("caplaigiaypheplaodong", "cấp lại giấy phép lao động"),
        ("tamngungkinhdoanh", "tạm ngừng kinh doanh"),
        ("đăngkýgiámhộ", "đăng kí giám hộ"),
        ("ddawng kys tamj trus", "đăng kí tạm trú"),
        ("gia61y kha1m", "giấy khám"),
        ("chứng thục chữ kí", "chứng thực chữ kí"),
        ("đk hkd", "đăng kí hộ kinh doanh"),
        ("gks cua be", "giấy khai sinh của bé"),
        ("mần răng", "làm thế nào"),
        ("cảm ơn bn", "cảm ơn bạn"),
        ("gia hjan tạm trú", "gia hạn tạm trú"),
        ("giấ y khai si nh", "giấy khai sinh"),
    ],
)
def test_read_as_meant(understanding: Understanding, text: str, expected: str) -> None:
    assert said(understanding, text) == expected


@pytest.mark.parametrize("text", ["chuỗi hạt", "python", "bitcoin", "tôi thích nghe nhạc jazz"])
def test_words_of_others_are_left_alone(understanding: Understanding, text: str) -> None:
    """A word that is none of ours is not bent into one of ours without a neighbour that bears it out."""
    assert said(understanding, text).split()[-1] == text.rsplit(maxsplit=1)[-1]
