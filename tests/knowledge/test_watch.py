"""The watch over the content folder, with real files: a good change comes whole, a bad one as its list, and nothing ends the watch."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

import pytest

from knowledge.loader import ContentError, load
from knowledge.model import Knowledge
from knowledge.watch import changes, made_on_change, state

Made = TypeVar("Made")
LIVE_SECONDS = 2  # what the office is promised
PATIENCE = 20


async def soon(made: AsyncGenerator[Made | ContentError], seconds: float = PATIENCE) -> Made | ContentError:
    """What comes of the next change, within these seconds."""
    async with asyncio.timeout(seconds):
        return await anext(made)


def put(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def add_a_line(folder: Path) -> None:
    for path in sorted(folder.rglob("*.md")):
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def add(hall: Path) -> None:
    hall.with_name("ban-ghe.md").write_text(hall.read_text(encoding="utf-8").replace("hội trường", "bàn ghế").replace("9.000001", "9.000003"))


def exchange(hall: Path) -> None:
    new = hall.with_name(".moi.tmp")
    new.write_text(hall.read_text(encoding="utf-8").replace("50.000", "55.000"), encoding="utf-8")
    new.replace(hall)


def fee(knowledge: Knowledge | ContentError) -> str:
    assert isinstance(knowledge, Knowledge)
    found = knowledge.procedure("9.000001")
    assert found is not None
    return found.fees[0].text


async def test_a_changed_fee_is_seen_within_two_seconds(content: Path, hall: Path) -> None:
    """Saving the file is all that a clerk does."""
    async with aclosing(changes(content, since=state(content))) as made:
        for amount in ("60.000 đồng", "70.000 đồng"):
            put(hall, fee(load(content)), amount)
            assert fee(await soon(made, LIVE_SECONDS)) == amount


async def test_a_broken_change_gives_its_list_and_a_good_one_ends_it(content: Path, hall: Path) -> None:
    """The error comes instead of half a knowledge; mending the file brings the whole one."""
    async with aclosing(changes(content, since=state(content))) as made:
        put(hall, "## Kết quả", "## Kết cuộc")
        error = await soon(made)
        assert isinstance(error, ContentError)
        assert str(error.problems[1]) == f"{hall}:29: không có mục “Kết cuộc”. Ý bạn là “Kết quả”?"
        put(hall, "## Kết cuộc", "## Kết quả")
        assert fee(await soon(made)) == "50.000 đồng"


@pytest.mark.parametrize(
    "change",
    [add, Path.unlink, exchange, lambda hall: shutil.move(hall.parent, hall.parent.with_name("khac"))],
    ids=["added", "removed", "exchanged", "moved"],
)
async def test_files_that_come_and_go_are_seen(content: Path, hall: Path, change: Callable[[Path], object]) -> None:
    """A new leaflet, a deleted one, the exchange by which editors save, and a moved folder."""
    before = load(content).version
    async with aclosing(changes(content, since=state(content))) as made:
        change(hall)
        knowledge = await soon(made)
        assert isinstance(knowledge, Knowledge)
        assert knowledge.version == load(content).version != before


async def test_what_changed_before_the_watch_began_is_seen(content: Path, hall: Path) -> None:
    """A file saved while the bot was starting is not missed."""
    before = state(content)
    put(hall, "50.000", "80.000")
    async with aclosing(changes(content, since=before)) as made:
        assert fee(await soon(made)) == "80.000 đồng"


async def test_locks_and_hidden_files_are_no_change(content: Path, hall: Path) -> None:
    """Opening a file in Word changes nothing; the next real change is the next thing that comes."""
    known = state(content)
    for name in ("~$muon.md", ".muon.md.swp", "muon.md~", "muon.tmp"):
        hall.with_name(name).write_bytes(b"x")
    (content / ".history").mkdir()
    (content / ".history" / "muon.md").write_bytes(b"x")
    assert state(content) == known


async def test_the_making_runs_beside_the_replies(content: Path, hall: Path) -> None:
    """The content is read in another thread than the one that answers."""
    async with aclosing(made_on_change(content, lambda _: threading.get_ident(), since=frozenset())) as made:
        assert await soon(made) != threading.get_ident()


async def test_one_saving_is_one_change(content: Path, hall: Path) -> None:
    """Files saved together come together, and nothing is made twice of the same state."""
    seen: list[str] = []

    def make(folder: Path) -> str:
        seen.append(load(folder).version)
        return seen[-1]

    async with aclosing(made_on_change(content, make, since=state(content))) as made:
        add_a_line(content)
        while await soon(made) != load(content).version:
            pass
        put(hall, "50.000", "60.000")
        await soon(made)
    assert len(seen) == len(set(seen))


async def test_whatever_the_maker_raises_the_watch_goes_on(content: Path, hall: Path) -> None:
    """A fault of our own is told to staff in their words; the next change is seen."""

    def make(folder: Path) -> str:
        return str(int(fee(load(folder)).removesuffix(" đồng")))

    async with aclosing(made_on_change(content, make, since=state(content))) as made:
        put(hall, "50.000", "năm chục nghìn")
        error = await soon(made)
        assert str(error) == f"{content}:1: nội dung mới chưa dùng được vì lỗi không ngờ (ValueError). Hãy báo người kỹ thuật."
        put(hall, "năm chục nghìn", "50000")
        assert await soon(made) == "50000"


async def test_a_folder_taken_away_and_brought_back_is_watched_again(content: Path, hall: Path, tmp_path: Path) -> None:
    """A folder exchanged for another of its name, as an update does it, loses nothing."""
    async with aclosing(made_on_change(content, load, since=state(content), look_ms=200)) as made:
        shutil.move(content, tmp_path / "away")
        error = await soon(made)
        assert str(error) == f"{content}:1: không có thư mục nội dung này. Hãy sửa MOTCUA_CONTENT hoặc tạo thư mục."
        shutil.move(tmp_path / "away", content)
        assert fee(await soon(made)) == "50.000 đồng"
        put(hall, "50.000", "90.000")
        assert fee(await soon(made)) == "90.000 đồng"


async def test_a_folder_that_is_not_there_yet_is_waited_for(content: Path, tmp_path: Path) -> None:
    """The watch may begin before the folder does."""
    place = tmp_path / "later"
    async with aclosing(made_on_change(place, load, look_ms=50)) as made:
        waiting = asyncio.create_task(anext(made))
        await asyncio.to_thread(shutil.copytree, content, tmp_path / "copy")
        (tmp_path / "copy").rename(place)
        async with asyncio.timeout(PATIENCE):
            assert fee(await waiting) == "50.000 đồng"


async def test_the_watch_ends_when_it_is_told(content: Path) -> None:
    """A stop is obeyed at once, with nothing made."""
    stop = asyncio.Event()
    made = changes(content, since=state(content), stop=stop)
    waiting = asyncio.create_task(anext(made))
    stop.set()
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(StopAsyncIteration):
            await waiting
