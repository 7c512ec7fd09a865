"""The ten statuses, their numbers and the words of local systems. Source: domain rules, section 3."""

from __future__ import annotations

import unicodedata

import pytest

from bot.dossiers.statuses import STATUSES, Next, status_of

TEN = {
    1: ("Mới đăng ký", Next.OFFICE),
    2: ("Được tiếp nhận", Next.OFFICE),
    3: ("Không được tiếp nhận", Next.CITIZEN),
    4: ("Đang xử lý", Next.OFFICE),
    5: ("Yêu cầu bổ sung giấy tờ", Next.CITIZEN),
    6: ("Yêu cầu thực hiện nghĩa vụ tài chính", Next.CITIZEN),
    7: ("Công dân yêu cầu rút hồ sơ", Next.OFFICE),
    8: ("Dừng xử lý", Next.NOBODY),
    9: ("Đã xử lý xong", Next.COLLECT),
    10: ("Đã trả kết quả", Next.NOBODY),
}


def test_the_ten_statuses_of_the_portal() -> None:
    """Number, label and who acts next are the portal's."""
    assert {n: (s.label, s.next) for n, s in STATUSES.items()} == TEN
    assert all(s.number == n and s.plain for n, s in STATUSES.items())


@pytest.mark.parametrize("spelling", [str, str.upper, lambda s: unicodedata.normalize("NFD", s), lambda s: f"  {s}. "])
@pytest.mark.parametrize("number", TEN)
def test_a_label_is_known_however_it_is_written(number: int, spelling: object) -> None:
    """Case, composition and a full stop make no difference."""
    assert status_of(spelling(TEN[number][0])) is STATUSES[number]


@pytest.mark.parametrize("number", TEN)
def test_a_number_is_known(number: int) -> None:
    """A portal's export may hold the number instead of the words."""
    assert status_of(str(number)) is STATUSES[number]


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("Chờ tiếp nhận", 1),
        ("Mới tiếp nhận", 2),
        ("Đã tiếp nhận", 2),
        ("Tiếp nhận", 2),
        ("Từ chối", 3),
        ("Từ chối tiếp nhận", 3),
        ("Đang giải quyết", 4),
        ("Đang thụ lý", 4),
        ("Chờ bổ sung", 5),
        ("Yêu cầu bổ sung", 5),
        ("Bổ sung hồ sơ", 5),
        ("Chờ nộp phí", 6),
        ("Chờ nghĩa vụ tài chính", 6),
        ("Rút hồ sơ", 7),
        ("Dừng giải quyết", 8),
        ("Đã có kết quả", 9),
        ("Chờ trả kết quả", 9),
        ("Hoàn thành", 9),
        ("Đã giải quyết", 9),
        ("Đã trả kết quả cho công dân", 10),
        ("Đã trả", 10),
        ("Kết thúc", 10),
    ],
)
def test_words_of_local_systems(label: str, number: int) -> None:
    """Other systems' words mean one of the ten."""
    assert status_of(label) is STATUSES[number]


@pytest.mark.parametrize("label", ["", "0", "11", "-1", "²", "9.5", "Đang luân chuyển", "Đang xử lý tại phòng", "xong"])
def test_unknown_words_are_none(label: str) -> None:
    """What is not known is not guessed at."""
    assert status_of(label) is None
