"""What a message means after others: the procedure is kept, changed, corrected, pointed at or left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.model import Aspect
from knowledge.understand import Answer, Choose, Other, Reading, Topic, Understanding, Unknown

Talk = Callable[..., Reading]


def answered(reading: Reading) -> list[tuple[str, tuple[Aspect, ...]]]:
    assert isinstance(reading.meaning, Answer), reading.meaning
    return [(a.code, a.aspects) for a in reading.meaning.asked]


@pytest.mark.parametrize(
    ("messages", "code", "aspects"),
    [
        (["tách hộ cần gì", "thế lệ phí thì sao"], "1.010038", (Aspect.FEE,)),
        (["tách hộ", "mấy ngày xong"], "1.010038", (Aspect.TIME,)),
        (["tách hộ", "cái đó làm trên mạng được không"], "1.010038", (Aspect.ONLINE,)),
        (["tách hộ mất bao lâu", "còn giám hộ?"], "1.004837", (Aspect.TIME,)),
        (["tạm trú cần gì", "thế còn gia hạn"], "1.002755", (Aspect.DOCUMENTS,)),
        (["tạm trú hết bao nhiêu tiền", "nhầm rồi, ý tôi là thường trú"], "1.004222", (Aspect.FEE,)),
        (["khai tử nộp ở đâu", "không phải, tôi hỏi tách hộ"], "1.010038", (Aspect.WHERE,)),
        (["tách hộ cần gì", "User: vậy nộp ở đâu"], "1.010038", (Aspect.WHERE,)),
        (["tách hộ cần gì", "nếu nhà đang đi thuê thì sao"], "1.010038", (Aspect.DOCUMENTS,)),
        (["tách hộ", "giám hộ", "quay lại cái trước đó, phí bao nhiêu"], "1.010038", (Aspect.FEE,)),
        (["tách hộ", "giám hộ", "kết hôn", "cái đầu tiên mất bao lâu"], "1.010038", (Aspect.TIME,)),
        (["tách hộ", "khai tử cần gì"], "1.000656", (Aspect.DOCUMENTS,)),
    ],
)
def test_the_last_message(talk: Talk, messages: list[str], code: str, aspects: tuple[Aspect, ...]) -> None:
    assert answered(talk(*messages)) == [(code, aspects)]


def test_shorter(talk: Talk) -> None:
    reading = talk("tách hộ cần gì", "nói gọn lại đi")
    assert isinstance(reading.meaning, Answer)
    assert reading.meaning.brief
    assert answered(reading) == [("1.010038", (Aspect.DOCUMENTS,))]


def test_are_you_sure(talk: Talk) -> None:
    reading = talk("tách hộ mất bao lâu", "có chắc không vậy")
    assert isinstance(reading.meaning, Answer)
    assert reading.meaning.sure


@pytest.mark.parametrize(("word", "place"), [("cái thứ hai", 1), ("số 3, phí bao nhiêu", 2), ("cái cuối cùng", -1)])
def test_one_of_those_offered(understanding: Understanding, word: str, place: int) -> None:
    choice = understanding.read("giấy phép lao động")
    assert isinstance(choice.meaning, Choose)
    picked = understanding.read(word, choice.topic).meaning
    assert isinstance(picked, Answer)
    assert picked.asked[0].code == choice.meaning.codes[place]


def test_a_question_about_an_open_choice_keeps_it_open(talk: Talk) -> None:
    reading = talk("giấy phép lao động", "mất bao lâu")
    assert isinstance(reading.meaning, Choose)
    assert reading.meaning.aspects == (Aspect.TIME,)


@pytest.mark.parametrize("message", ["cảm ơn nhé", "làm hộ chiếu ở đâu", "hôm nay trời mưa không"])
def test_other_matters_leave_the_procedure_unanswered(talk: Talk, message: str) -> None:
    assert isinstance(talk("tách hộ cần gì", message).meaning, Other | Unknown)


def test_small_talk_does_not_lose_the_thread(talk: Talk) -> None:
    assert answered(talk("tách hộ cần gì", "cảm ơn nhé", "còn lệ phí"))[0][0] == "1.010038"


def test_the_topic_is_carried(talk: Talk) -> None:
    topic = talk("tách hộ cần gì", "còn giám hộ?").topic
    assert topic == Topic(asked=("1.004837",), aspects=(Aspect.DOCUMENTS,), past=("1.010038", "1.004837"))


def test_a_former_code_in_an_old_topic_is_the_current_one(understanding: Understanding) -> None:
    procedure = next(p for p in understanding.knowledge.procedures if p.former_codes)
    reading = understanding.read("phí bao nhiêu", Topic(asked=(procedure.former_codes[0],)))
    assert answered(reading) == [(procedure.code, (Aspect.FEE,))]
