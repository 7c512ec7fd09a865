"""The folder of arrived files: staged whole or not at all, read within a limit, removed when answered or old."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat import Kind, Media
from bot.files import DAY, Arrived, ByChannel, Full
from bot.turn import Gone, TooBig


async def pieces(*parts: bytes | Exception) -> AsyncIterator[bytes]:
    for part in parts:
        if isinstance(part, Exception):
            raise part
        yield part


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def photo(ref: str) -> Media:
    return Media(Kind.PHOTO, ref)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "arrived"


@pytest.fixture
def arrived(folder: Path) -> Arrived:
    return Arrived(folder)


async def test_staged_and_read(arrived: Arrived, folder: Path) -> None:
    """A file comes back as it was sent; only its owner may look into the folder."""
    ref, size = await arrived.stage(pieces(b"one", b"two"), 6)
    assert size == 6
    assert await arrived.read(photo(ref), 6) == b"onetwo"
    assert names(folder) == [ref]
    assert os.stat(folder).st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("parts", "error"),
    [((b"one", b"two"), TooBig), ((b"one", ConnectionResetError()), ConnectionResetError), ((b"one", RuntimeError()), RuntimeError)],
)
async def test_half_a_file_is_not_left(arrived: Arrived, folder: Path, parts: tuple[bytes | Exception, ...], error: type[Exception]) -> None:
    """What is too big, or cut off on the way, leaves nothing."""
    with pytest.raises(error):
        await arrived.stage(pieces(*parts), 5)
    assert names(folder) == []


async def test_no_room(folder: Path) -> None:
    """No more files wait than there is room for."""
    arrived = Arrived(folder, most_staged=1)
    ref, _ = await arrived.stage(pieces(b"one"), 9)
    with pytest.raises(Full):
        await arrived.stage(pieces(b"two"), 9)
    await arrived.remove(photo(ref))
    assert await arrived.stage(pieces(b"two"), 9)


async def test_a_disk_that_refuses(tmp_path: Path) -> None:
    """Where nothing can be written, there is no room."""
    (tmp_path / "a file").write_bytes(b"")
    with pytest.raises(Full):
        await Arrived(tmp_path / "a file" / "arrived").stage(pieces(b"one"), 9)


async def test_more_than_asked_for(arrived: Arrived) -> None:
    """A reader that takes less is told that there is more."""
    ref, _ = await arrived.stage(pieces(b"four"), 9)
    with pytest.raises(TooBig):
        await arrived.read(photo(ref), 3)


@pytest.mark.parametrize("ref", ["", "..", "../secret", "/etc/passwd", "0" * 31, "A" * 32, "0" * 32])
async def test_other_names_open_nothing(arrived: Arrived, folder: Path, ref: str) -> None:
    """A ref that is not in the folder, or points out of it, is gone; removing it does nothing."""
    os.mkdir(folder)
    (folder.parent / "secret").write_bytes(b"x")
    with pytest.raises(Gone):
        await arrived.read(photo(ref), 9)
    await arrived.remove(photo(ref))
    assert (folder.parent / "secret").exists()


async def test_swept_after_a_day(arrived: Arrived, folder: Path) -> None:
    """What nobody answered, and what was cut off by a crash, goes after a day."""
    ref, _ = await arrived.stage(pieces(b"old"), 9)
    (folder / f"{'0' * 32}.part").write_bytes(b"half")
    fresh, _ = await arrived.stage(pieces(b"new"), 9)
    for name in names(folder):
        os.utime(folder / name, (1000, 1000 + (10 if name == fresh else 0)))
    assert arrived.sweep(1000 + DAY) == 0
    assert arrived.sweep(1000 + DAY + 1) == 2
    assert names(folder) == [fresh]
    assert ref != fresh


async def test_swept_at_the_start(arrived: Arrived, folder: Path) -> None:
    """The first sweep does not wait for an hour; a folder that is not there yet is no trouble."""
    assert arrived.sweep(0) == 0
    ref, _ = await arrived.stage(pieces(b"old"), 9)
    os.utime(folder / ref, (1000, 1000))
    sweeping = asyncio.create_task(arrived.run())
    async with asyncio.timeout(5):
        while names(folder):  # noqa: ASYNC110 - what is awaited is a file
            await asyncio.sleep(0)
    sweeping.cancel()


async def test_each_channel_has_its_place(arrived: Arrived) -> None:
    """A file is asked for where its channel keeps it; a channel without a place has none."""
    files = ByChannel(web=arrived)
    ref, _ = await arrived.stage(pieces(b"one"), 9)
    assert await files.read("web", photo(ref), 9) == b"one"
    with pytest.raises(Gone):
        await files.read("zalo_bot", photo(ref), 9)
    await files.remove("zalo_bot", photo(ref))
    await files.remove("web", photo(ref))
    with pytest.raises(Gone):
        await files.read("web", photo(ref), 9)
