"""What a message says about the conversation, and whether somebody is in danger."""

from __future__ import annotations

import pytest

from knowledge.understand import Meaning, Other, Understanding
from knowledge.understand.signals import Signals, signals, without_opening
from knowledge.understand.tokens import tokens


def signs(understanding: Understanding, text: str) -> Signals:
    return signals([r.text for r in understanding._reads(text)], understanding.lexicon)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nói gọn lại giúp bác", "brief"),
        ("có chắc chắn không vậy", "sure"),
        ("hai thủ tục này khác nhau ra sao", "compare"),
        ("nhầm rồi, ý tôi là giám hộ", "corrects"),
        ("thế còn giám hộ", "follows"),
        ("làm trong ngày được không", "yes_no"),
        ("quay lại cái trước đó", "before"),
        ("cái đó nộp ở đâu", "current"),
    ],
)
def test_a_sign_is_seen(understanding: Understanding, text: str, name: str) -> None:
    assert getattr(signs(understanding, text), name) is True


@pytest.mark.parametrize(
    ("text", "place"), [("cái thứ hai", 2), ("số 3, phí bao nhiêu", 3), ("cái đầu tiên", 1), ("cái cuối cùng", -1), ("tôi hỏi giám hộ", 0)]
)
def test_ordinals(understanding: Understanding, text: str, place: int) -> None:
    assert signs(understanding, text).ordinal == place


@pytest.mark.parametrize("text", ["giám hộ cần giấy tờ gì", "đăng ký tạm trú mất bao lâu", "tôi muốn tách hộ"])
def test_a_plain_question_has_no_signs(understanding: Understanding, text: str) -> None:
    assert signs(understanding, text) == Signals()


@pytest.mark.parametrize(
    ("text", "rest"), [("Q: phí mấy", "phí mấy"), ("(Turn 3) phí mấy", "phí mấy"), ("- phí mấy", "phí mấy"), ("câu hỏi phí mấy", "câu hỏi phí mấy")]
)
def test_the_name_of_the_speaker_goes(understanding: Understanding, text: str, rest: str) -> None:
    assert " ".join(without_opening(tokens(text), understanding.lexicon)) == rest


@pytest.mark.parametrize(
    "text",
    [
        "cứu với, nhà hàng xóm đang cháy lớn",
        "nha toi chay roi cuu voi",
        "chồng em đang đánh em, làm sao bây giờ",
        "có đứa bé bị đuối nước ngoài kênh",
        "em không muốn sống nữa",
        "có người cầm dao rượt người ta trước chợ",
        "bà nội tôi bất tỉnh rồi, gọi cấp cứu giúp",
        "mẹ tôi khó thở quá, giúp gấp",
        "trộm vào nhà tôi",
    ],
)
def test_danger_wins(read: object, text: str) -> None:
    meaning: Meaning = read(text)  # type: ignore[operator]
    assert meaning == Other("khan-cap")


@pytest.mark.parametrize(
    "text",
    [
        "giấy chứng nhận phòng cháy chữa cháy xin ở đâu",
        "đơn này đánh máy hay viết tay",
        "hỗ trợ hòa giải viên bị tai nạn thì hồ sơ gì",
        "trợ cấp tai nạn lao động cần gì",
        "bè cá bị nước cuốn mất giấy xác nhận, xin cấp lại",
        "năm ngoái nhà cháy mất sổ hộ khẩu, giờ làm lại giấy khai sinh",
        "nạn nhân bị bạo lực gia đình được hưởng chế độ gì",
        "thẩm định phương án ứng phó tình huống khẩn cấp",
        "tố cáo cán bộ đánh dân thì nộp đơn ở đâu",
        "làm gấp giấy tạm trú được không",
        "chết rồi, em quên đem giấy hẹn",
    ],
)
def test_a_paper_matter_is_no_emergency(read: object, text: str) -> None:
    meaning: Meaning = read(text)  # type: ignore[operator]
    assert meaning != Other("khan-cap")
