"""A seat in the data folder: which processes use it now, so that a second one does not serve the same file, nor a restore overwrite it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SEAT = "motcua.lock"


class Taken(Exception):
    """Another process uses the data folder; the text says what to do."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is in use by a running bot. Stop it first; for several workers set MOTCUA_DATABASE to a PostgreSQL.")


@contextmanager
def seat(folder: Path, *, shared: bool) -> Iterator[None]:
    """Holds the folder, alone or beside others that share it, until the block or the process ends. Raises Taken."""
    try:
        import fcntl  # noqa: PLC0415 - absent on Windows, where nothing is held
    except ImportError:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / SEAT).open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Taken(folder) from error
        yield
