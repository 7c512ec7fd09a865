"""Questions without an answer: like ones together, nothing of a person."""

from __future__ import annotations

import pytest

from bot.staff.unanswered import Group, grouped, worded
from bot.texts import texts


@pytest.mark.parametrize(
    "alike",
    [
        ("làm hộ chiếu ở đâu", "lam ho chieu", "Thủ tục làm hộ chiếu cần gì?"),
        ("làm sổ đỏ cần gì", "thủ tục làm sổ đỏ"),
        ("đăng ký xe máy", "dang ky xe may cũ"),
        ("cấp lại bằng lái xe", "bằng lái xe hết hạn"),
    ],
)
def test_like_questions_are_one_group(alike: tuple[str, ...]) -> None:
    """Accents, the order of words and the words of asking do not matter."""
    assert [group.count for group in grouped(alike)] == [len(alike)]


@pytest.mark.parametrize(
    "unlike", [("làm visa Mỹ ở đâu", "làm sổ đỏ ở đâu"), ("đăng ký xe máy", "đổi bằng lái xe máy"), ("xin việc làm", "xin cấp visa đi Mỹ")]
)
def test_unlike_questions_are_not(unlike: tuple[str, ...]) -> None:
    """What only the words of asking have in common stays apart."""
    assert [group.count for group in grouped(unlike)] == [1, 1]


def test_the_most_frequent_first() -> None:
    """By count, then by their words; the sample is the most frequent wording."""
    assert grouped(["đổi tiền rách", "làm hộ chiếu", "hộ chiếu", "hộ chiếu", "bắt chó thả rông"]) == [
        Group("hộ chiếu", 3),
        Group("bắt chó thả rông", 1),
        Group("đổi tiền rách", 1),
    ]


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("tôi là Nguyễn Văn Mẫu hỏi hộ chiếu", "tôi là … hỏi hộ chiếu"),
        ("số 0900 000 001 gọi tôi về hộ chiếu", "số … gọi tôi về hộ chiếu"),
        ("hộ chiếu cho 2 con, ngõ 15", "hộ chiếu cho • con, ngõ ••"),
        ("dòng\nmột", "dòng một"),
        ("a" * 150, "a" * 99 + "…"),
    ],
)
def test_nothing_of_a_person(question: str, shown: str) -> None:
    """No name, no digit, no line break, no wall of text."""
    assert grouped([question]) == [Group(shown, 1)]


def test_ten_groups_and_the_rest_counted() -> None:
    """A message names ten groups and says how many questions more there are."""
    groups = [Group(f"câu {'x' * n}", 1) for n in range(12)]
    lines = worded(texts("vi"), groups).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "và 2 câu khác."
    assert worded(texts("en"), groups).splitlines()[-1] == "and 2 other questions."
    assert worded(texts("vi"), []) == ""
