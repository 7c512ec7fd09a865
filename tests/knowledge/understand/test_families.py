"""Procedures over one object, told apart by the signs that a message gives."""

from __future__ import annotations

import pytest

from knowledge.understand import Answer, Choose, Topic, Understanding
from knowledge.understand.meaning import Meaning


def codes(meaning: Meaning) -> tuple[str, ...]:
    return tuple(asked.code for asked in meaning.asked) if isinstance(meaning, Answer) else meaning.codes if isinstance(meaning, Choose) else ()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("giấy phép xây dựng rơi đâu mất, xin tờ khác", "1.013228"),
        ("phép xây dựng còn nửa tháng là hết hạn", "1.013227"),
        ("con dâu mang quốc tịch Hàn Quốc, bé sinh ở đây thì khai sinh thế nào", "2.000528"),
        ("sổ tạm trú hết hạn mà tôi còn ở đó", "1.002755"),
        ("hợp tác xã làm ăn lỗ, các thành viên muốn giải thể", "1.004982"),
        ("tổ viên tổ an ninh đi tuần bị thương, xin tiền viện phí", "1.012537"),
        ("điểm nhóm tôn giáo dời sang phường khác", "1.012582"),
    ],
)
def test_a_sign_picks_the_member(understanding: Understanding, message: str, code: str) -> None:
    """What is to be done with an object picks the procedure among those over it."""
    assert codes(understanding.read(message).meaning) == (code,)


@pytest.mark.parametrize(
    ("message", "open_codes"),
    [
        ("tạm trú", {"1.004194", "1.002755", "1.010028"}),
        ("giấy khai sinh của con tôi bị mất", {"2.000635", "1.004884"}),
        ("giấy phép lao động thì sao ạ", {"1.014199", "1.014200", "1.014201"}),
        ("nhà có người mới mất thì cần làm những giấy tờ gì", {"1.000656", "2.002913", "1.003197"}),
    ],
)
def test_no_sign_leaves_the_choice(understanding: Understanding, message: str, open_codes: set[str]) -> None:
    """Where nothing tells the members apart, the citizen is asked."""
    meaning = understanding.read(message).meaning
    assert isinstance(meaning, Choose), meaning
    assert open_codes <= set(meaning.codes)


def test_a_sign_under_a_denial_does_not_count(understanding: Understanding) -> None:
    """«Không phải gia hạn» is no extension."""
    assert codes(understanding.read("không phải gia hạn tạm trú đâu, tôi muốn hủy tạm trú").meaning) == ("1.010028",)


def test_a_sign_moves_within_the_family(understanding: Understanding) -> None:
    """In a conversation the sign of a sibling leads to it, the aspect carried along."""
    first = understanding.read("đăng ký tạm trú cần giấy tờ gì", Topic())
    second = understanding.read("thế hết hạn thì sao", first.topic)
    assert isinstance(second.meaning, Answer)
    assert codes(second.meaning) == ("1.002755",)
    assert second.meaning.asked[0].aspects == first.topic.aspects


def test_a_sign_picks_from_a_list(understanding: Understanding) -> None:
    """After a choice the sign of one of those offered picks it."""
    first = understanding.read("giấy xác nhận khuyết tật", Topic())
    assert codes(understanding.read("bị rách rồi", first.topic).meaning) == ("1.001653",)
