"""Work in a process of its own: it answers, or it is ended and harms nobody."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.aside import AsideFailed, aside

WORK = "tests.bot.odd_work"


async def test_answers() -> None:
    """What the process writes comes back, all of it."""
    assert await aside(WORK, b"abc" * 1_000_000) == b"cba" * 1_000_000


async def test_a_hung_process_is_ended() -> None:
    """Work that never ends is given up after its time, and others are served meanwhile."""
    hung = asyncio.create_task(aside(WORK, b"hang", seconds=1.5))
    assert await aside(WORK, b"ab") == b"ba"
    with pytest.raises(AsideFailed, match="too long"):
        await hung


async def test_hung_processes_hold_no_place() -> None:
    """After more hung ones than there are places, the next is served."""
    for result in await asyncio.gather(*(aside(WORK, b"hang", seconds=0.4) for _ in range(3)), return_exceptions=True):
        assert isinstance(result, AsideFailed)
    assert await aside(WORK, b"ab") == b"ba"


@pytest.mark.parametrize("raw", [b"crash", b"eat", b"write"])
async def test_a_broken_process(raw: bytes) -> None:
    """A crash, memory without end, or a write to the disk end the work and nothing else."""
    with pytest.raises(AsideFailed, match="broke down"):
        await aside(WORK, raw)


async def test_an_unknown_module() -> None:
    """Work that cannot begin has broken down."""
    with pytest.raises(AsideFailed, match="broke down"):
        await aside("bot.no_such_module", b"")


async def test_no_settings_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process knows no setting and no token."""
    monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN", "1:" + "x" * 30)
    assert not any(name.startswith("MOTCUA") for name in json.loads(await aside(WORK, b"tell")))
