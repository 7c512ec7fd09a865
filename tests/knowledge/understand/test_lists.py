"""Several procedures in one message, bare objects that are asked back, and messages that leave what was talked about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.model import Aspect
from knowledge.understand import Answer, Choose, Meaning, Other, Reading, Topic, Understanding, Unknown

Talk = Callable[..., Reading]
Read = Callable[[str], Meaning]


@pytest.mark.parametrize(
    ("text", "codes", "aspects"),
    [
        ("tách hộ với đăng ký kết hôn mất bao lâu", {"1.010038", "1.000894"}, (Aspect.TIME,)),
        ("khai báo tạm vắng đồng thời chứng thực di chúc cần giấy tờ gì", {"1.003677", "2.001019"}, (Aspect.DOCUMENTS,)),
        ("vừa tách hộ vừa đăng ký giám hộ thì nộp ở đâu", {"1.010038", "1.004837"}, (Aspect.WHERE,)),
        ("khai tử, tách hộ, đăng ký giám hộ: lệ phí bao nhiêu", {"1.000656", "1.010038", "1.004837"}, (Aspect.FEE,)),
    ],
)
def test_every_procedure_of_a_list_is_answered(read: Read, text: str, codes: set[str], aspects: tuple[Aspect, ...]) -> None:
    meaning = read(text)
    assert isinstance(meaning, Answer), meaning
    assert {a.code for a in meaning.asked} == codes
    assert {a.aspects for a in meaning.asked} == {aspects}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("em đã đăng ký kết hôn, giờ muốn tách hộ thì làm sao", "1.010038"),
        ("trợ cấp hàng tháng đối với thanh niên xung phong", "2.001396"),
    ],
)
def test_what_is_merely_told_is_no_part_of_a_list(read: Read, text: str, code: str) -> None:
    meaning = read(text)
    assert isinstance(meaning, Answer), meaning
    assert [a.code for a in meaning.asked] == [code]


def test_the_second_of_a_list(talk: Talk) -> None:
    meaning = talk("tách hộ với đăng ký giám hộ cần gì", "cái thứ hai mất bao lâu").meaning
    assert isinstance(meaning, Answer)
    assert [(a.code, a.aspects) for a in meaning.asked] == [("1.004837", (Aspect.TIME,))]


@pytest.mark.parametrize("text", ["hộ kinh doanh", "cho hỏi về hộ kinh doanh", "thẻ bảo hiểm y tế"])
def test_a_bare_object_is_asked_back(read: Read, text: str) -> None:
    meaning = read(text)
    assert isinstance(meaning, Choose), meaning
    assert 2 <= len(meaning.codes) <= 6


@pytest.mark.parametrize("text", ["tách hộ", "đăng ký hộ kinh doanh", "chứng thực di chúc", "khai sinh"])
def test_a_whole_name_is_answered(read: Read, text: str) -> None:
    assert isinstance(read(text), Answer)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("hôm nay có làm việc không", "gio-lam-viec"),
        ("cảm ơn cháu", "cam-on"),
        ("chào cháu", "chao-hoi"),
        ("hồ sơ của tôi đến đâu rồi", "tra-cuu-ho-so"),
        ("tôi muốn gặp cán bộ", "gap-can-bo"),
    ],
)
def test_what_asks_nothing_leaves_the_procedure(talk: Talk, text: str, topic: str) -> None:
    assert talk("đăng ký kết hôn cần giấy tờ gì", text).meaning == Other(topic)


@pytest.mark.parametrize("text", ["vì sao", "giá vàng bao nhiêu", "đẹp trai không", "ai là tổng thống"])
def test_what_is_not_ours_leaves_the_procedure(talk: Talk, text: str) -> None:
    assert isinstance(talk("đăng ký kết hôn cần giấy tờ gì", text).meaning, Unknown)


@pytest.mark.parametrize(
    ("messages", "code", "aspects"),
    [
        (["đăng ký kết hôn", "bao tien vay"], "1.000894", (Aspect.FEE,)),
        (["đăng ký kết hôn", "ông nội mất rồi giờ phải làm sao"], "1.000656", (Aspect.STEPS,)),
        (["mai táng phí cho cựu chiến binh mất bao lâu", "thế thanh niên xung phong chống Pháp?"], "2.002308", (Aspect.TIME,)),
        (["lệ phí đăng ký hộ kinh doanh", "thế còn tạm ngừng?"], "1.001570", (Aspect.FEE,)),
        (["giấy phép lao động mới mất mấy ngày", "cấp lại thì sao?"], "1.014200", (Aspect.TIME,)),
        (["hộ kinh doanh", "đăng ký mới"], "1.001612", ()),
    ],
)
def test_going_on_to_another(talk: Talk, messages: list[str], code: str, aspects: tuple[Aspect, ...]) -> None:
    meaning = talk(*messages).meaning
    assert isinstance(meaning, Answer), meaning
    assert [(a.code, a.aspects) for a in meaning.asked] == [(code, aspects)]


@pytest.mark.parametrize("text", ["học bạ cháy rồi thì lấy gì nộp", "tập huấn cấp cứu đuối nước", "chiều nay nên đánh con gì", "sổ đỏ cháy rồi"])
def test_no_false_alarm(understanding: Understanding, text: str) -> None:
    assert understanding.read(text, Topic()).meaning != Other("khan-cap")


@pytest.mark.parametrize("text", ["nhà em đang cháy", "nhà cháy rồi", "cháy rồi cứu với", "con tôi bị đuối nước", "chồng đang đánh tôi"])
def test_real_danger(understanding: Understanding, text: str) -> None:
    assert understanding.read(text, Topic()).meaning == Other("khan-cap")
