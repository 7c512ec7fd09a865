"""What each part of a message does: aspects, denials, circumstances."""

from __future__ import annotations

import pytest

from knowledge.model import Aspect
from knowledge.understand import Understanding
from knowledge.understand.clauses import Clause, aspects, clauses
from knowledge.understand.pieces import Role

D, F, T, W, A, ON, FORMS, S, L = (
    Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.AGENCY, Aspect.ONLINE, Aspect.FORMS, Aspect.STEPS, Aspect.LEGAL_BASIS,
)  # fmt: skip


def cut(understanding: Understanding, text: str) -> list[Clause]:
    return clauses(understanding.reader.pieces(understanding._reads(text)))


def asked(understanding: Understanding, text: str) -> tuple[Aspect, ...]:
    parts = cut(understanding, text)
    return aspects([a for c in parts for a in c.aspects], condition=any(c.condition for c in parts), content=any(c.has_words for c in parts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đi làm giám hộ phải đem theo những gì", (D,)),
        ("hồ sơ tách hộ gồm mấy thứ vậy chị", (D,)),
        ("chứng thực di chúc hết mấy đồng", (F,)),
        ("làm giấy tạm vắng có tốn tiền không", (F,)),
        ("xin trích lục mấy bữa lấy được", (T,)),
        ("bao giờ thì có giấy", (T,)),
        ("đem hồ sơ giám hộ nộp chỗ nào", (W,)),
        ("làm giám hộ ở đâu", (W,)),
        ("việc giám hộ thuộc thẩm quyền của ai", (A,)),
        ("đăng ký giám hộ trên điện thoại được không", (ON,)),
        ("cho xin mẫu tờ khai giám hộ", (FORMS,)),
        ("trình tự đăng ký giám hộ", (S,)),
        ("đăng ký giám hộ làm sao", (S,)),
        ("giám hộ dựa vào luật nào", (L,)),
        ("giám hộ cần gì, hết bao nhiêu tiền, mấy ngày xong", (D, F, T)),
        ("lệ phí với thời gian giám hộ", (F, T)),
        ("đăng ký giám hộ", ()),
        ("nếu người được giám hộ ở tỉnh khác thì sao", (D,)),
        ("can nhung giay to gi", (D,)),
        ("phi bn", (F,)),
        ("hồ sơ", (D,)),
    ],
)
def test_aspects_asked(understanding: Understanding, text: str, expected: tuple[Aspect, ...]) -> None:
    assert asked(understanding, text) == expected


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("tạm trú chứ không phải thường trú", "thường trú"),
        ("đừng nhầm với gia hạn nha", "gia hạn"),
        ("không phải thường trú, tôi hỏi tạm trú", "thường trú"),
        ("tạm trú cần gì", ""),
    ],
)
def test_what_is_denied(understanding: Understanding, text: str, denied: str) -> None:
    assert " ".join(p.text for c in cut(understanding, text) for p in c.denied if p.role is Role.WORD) == denied


def test_what_follows_but_stands_beside_the_matter(understanding: Understanding) -> None:
    part = cut(understanding, "tôi tách hộ nhưng chủ hộ đi vắng và nhà thế chấp thì cần gì")[0]
    assert " ".join(p.text for p in part.words if p.role is Role.WORD) == "tách hộ"
    assert "thế chấp" in " ".join(p.text for p in part.aside)


@pytest.mark.parametrize("name", ["Chứng thực chữ ký người dịch mà người dịch không phải là cộng tác viên", "Khai lệ phí trước bạ nhà, đất"])
def test_a_name_keeps_its_words_whatever_they_look_like(understanding: Understanding, name: str) -> None:
    parts = cut(understanding, name)
    assert not any(c.denied for c in parts)
    assert not any(c.aspects for c in parts)
