"""What every test may ask for: a clock to move, an empty database, the shipped content read once, and the road over both."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

import handlers
from bot import app
from bot.dispatch import Bench, Dispatch
from bot.photos import PhotoStore
from bot.settings import ZONE, Settings
from bot.store import Database
from bot.turn import Library
from tests.citizen import KEY, Pocket

__all__ = ["KEY", "NOW", "Clock"]
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)  # a Monday morning; the desk is open

hypothesis_settings.register_profile("house", deadline=None, max_examples=150, derandomize=True)
hypothesis_settings.load_profile("house")


@dataclass
class Clock:
    """A time that moves only when it is told to. Calling it tells the time."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, seconds: float = 0, **span: float) -> None:
        self.now += dt.timedelta(seconds=seconds, **span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of the machine that runs the tests are not those of the tests."""
    for name in [n for n in os.environ if n.startswith("MOTCUA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    """What the test logs, an entry each; nothing is printed. The command line configures structlog: that is undone."""
    with structlog.testing.capture_logs() as entries:
        yield entries
    structlog.reset_defaults()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings for a folder of the test's own, at the fixed time."""
    return Settings(data=tmp_path / "data", now=NOW)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped content with all that is built from it, on the day of NOW."""
    return app.library(Settings(data=tmp_path_factory.mktemp("data"), now=NOW))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database, migrated, in a file of its own."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'motcua.db'}")
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def files() -> Pocket:
    """What citizens send beside words."""
    return Pocket()


@pytest.fixture
def photos(tmp_path: Path) -> PhotoStore:
    """The photos that are kept."""
    return PhotoStore(tmp_path / "data" / "photos")


@pytest.fixture
def dispatch(database: Database, library: Library, clock: Clock, files: Pocket, photos: PhotoStore) -> Dispatch:
    """The road to the real dialogues, with a clock to move."""
    return Dispatch(Bench(database, lambda: library, handlers.route, clock, KEY, files, photos=photos))


@pytest.fixture
def engine(database: Database, library: Library, dispatch: Dispatch, settings: Settings) -> app.Engine:
    """The engine as the product assembles it, over shipped content and an empty database."""
    return app.Engine(settings, app.Shelf(library), database, dispatch, {})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In a complete run (TESTS_COMPLETE=1, as CI does) a test that skips has failed: the part that it needs should be there."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("TESTS_COMPLETE"):
        report.outcome = "failed"
        report.longrepr = f"skipped in a complete run: {report.longrepr}"
    return report
