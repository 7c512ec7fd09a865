"""The topic of a conversation survives being stored, and older or broken stores do no harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Aspect
from knowledge.understand import Topic

CODES = st.lists(st.from_regex(r"[123]\.0[0-9]{5}", fullmatch=True), max_size=6, unique=True).map(tuple)


@given(
    st.builds(
        Topic, asked=CODES, aspects=st.lists(st.sampled_from(Aspect), unique=True).map(tuple), offered=CODES, past=CODES, general=st.text(max_size=20)
    )
)
def test_a_topic_comes_back_from_json_as_it_was(topic: Topic) -> None:
    assert Topic.from_dict(json.loads(json.dumps(topic.to_dict()))) == topic


def test_an_empty_topic_is_stored_as_nothing() -> None:
    assert Topic().to_dict() == {}


@pytest.mark.parametrize(
    "stored", [{}, {"asked": None}, {"aspects": ["colour"]}, {"past": "1.001193"}, {"offered": [1, 2]}, {"general": None}, {"unheard": 1}]
)
def test_what_cannot_be_used_is_left_out(stored: dict[str, object]) -> None:
    assert Topic.from_dict(stored) == Topic()
