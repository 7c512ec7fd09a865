"""The shipped leaflets, understood once for all tests of this folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from knowledge.loader import load
from knowledge.model import Knowledge
from knowledge.understand import Meaning, Reading, Topic, Understanding

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load(today=TODAY)


@pytest.fixture(scope="session")
def understanding(knowledge: Knowledge) -> Understanding:
    return Understanding(knowledge, TODAY)


@pytest.fixture
def read(understanding: Understanding) -> Callable[[str], Meaning]:
    """What a message means that opens a conversation."""
    return lambda text: understanding.read(text).meaning


@pytest.fixture
def talk(understanding: Understanding) -> Callable[..., Reading]:
    """The reading of the last of several messages of one conversation."""

    def last(*messages: str) -> Reading:
        topic = Topic()
        for message in messages:
            reading = understanding.read(message, topic)
            topic = reading.topic
        return reading

    return last
