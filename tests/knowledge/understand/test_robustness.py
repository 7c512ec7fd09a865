"""Any text is read without failing, twice alike, in any conversation."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understand import Answer, Choose, Topic, Understanding

WORDS = "đăng ký|tạm trú|không phải|cần gì|phí|?|,|(|1.001193|cái thứ hai|nếu|nhưng|và|còn|khác nhau|mất|chồng tôi|ngắn gọn|chắc không"
ODD = ["\u0301", "\u200b", "🙏", "ʀᴏᴍᴀɴ", "漢字", "\x00", "a" * 60, "dangkykethon", "0" * 30, "\n", "số 3", "User:", "{người}", "mất giấy"]
PIECES = st.sampled_from([*WORDS.split("|"), *ODD])
MESSAGES = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES, max_size=12).map("".join))


@given(text=MESSAGES)
def test_any_message_is_read_and_twice_alike(understanding: Understanding, text: str) -> None:
    assert understanding.read(text) == understanding.read(text)


@given(messages=st.lists(MESSAGES, min_size=1, max_size=5))
def test_any_conversation_is_carried_on(understanding: Understanding, messages: list[str]) -> None:
    topic = Topic()
    for message in messages:
        reading = understanding.read(message, topic)
        topic = reading.topic
        assert Topic.from_dict(topic.to_dict()) == topic
        if isinstance(reading.meaning, Answer):
            assert reading.meaning.asked
        if isinstance(reading.meaning, Choose):
            assert 2 <= len(reading.meaning.codes) <= 6


@given(text=MESSAGES)
def test_both_normal_forms_mean_the_same(understanding: Understanding, text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    if unicodedata.normalize("NFC", decomposed) == composed:
        assert understanding.read(composed).meaning == understanding.read(decomposed).meaning


@given(asked=st.lists(st.text(max_size=12), max_size=3).map(tuple), offered=st.lists(st.text(max_size=12), max_size=3).map(tuple), text=MESSAGES)
def test_a_topic_of_unknown_codes_does_no_harm(understanding: Understanding, asked: tuple[str, ...], offered: tuple[str, ...], text: str) -> None:
    understanding.read(text, Topic(asked=asked, offered=offered, past=asked))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "...",
        "a" * 10_000,
        "đ" * 10_000,
        "đăng ký tạm trú " * 700,
        "́" * 10_000,
        "tạm\u200btrú " * 900,
        "ab " * 4_000,
        "(" * 10_000,
        "không phải " * 1_000,
        "dangkytamtru" * 800,
        "1.001193 " * 1_000,
        "chồng tôi mất " * 800,
    ],
)
def test_long_and_odd_messages(understanding: Understanding, text: str) -> None:
    assert understanding.read(text).why
