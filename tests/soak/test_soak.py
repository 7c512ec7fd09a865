"""The short run of the soak: a few kills on each database, everything counted. The long one: make soak."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.citizens import script
from tests.soak.run import soak


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_nothing_is_lost_or_doubled(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Killed in the midst of conversations, every acknowledged message has one effect, and every notice is told once."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'data' / 'motcua.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgres")
    count = await soak(tmp_path / "data", url, kills=3, conversations=12)
    assert (count.lost, count.doubled) == ([], [])
    assert (count.faults, count.messages, count.notices) == (3, 12 * len(script(1)), 12)
    assert count.sent_twice <= 12  # four chats of Telegram, one message each under way at each of three kills
