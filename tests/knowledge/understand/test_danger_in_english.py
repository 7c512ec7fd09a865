"""Danger to life told in English is heard too."""

from __future__ import annotations

import pytest

from bot.turn import Library
from knowledge.understand import Other, Topic


@pytest.mark.parametrize(
    "text",
    ["My house is on fire!", "help, there is a fire next door", "my husband is beating me", "A child is drowning in the river", "I want to die"],
)
@pytest.mark.parametrize("topic", [Topic(), Topic(asked=("1.000894",))])
def test_danger_wins(library: Library, text: str, topic: Topic) -> None:
    """With or without a subject before."""
    assert library.understanding.read(text, topic).meaning == Other("khan-cap")


@pytest.mark.parametrize(
    "text", ["fire safety permit for my shop", "help me register my marriage", "help with the birth certificate form", "English please"]
)
def test_papers_are_no_danger(library: Library, text: str) -> None:
    """The same words about papers raise no alarm."""
    assert library.understanding.read(text).meaning != Other("khan-cap")
