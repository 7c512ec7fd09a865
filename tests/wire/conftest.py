"""The engine of the wire tests: as the product joins it, so that what is said wakes the channel's sender."""

from __future__ import annotations

import pytest

import handlers
from bot.app import Engine, Shelf
from bot.dispatch import Bench, Dispatch
from bot.sender import Sender
from bot.settings import Settings
from bot.store import Database
from bot.turn import Library
from tests.conftest import KEY, Clock


@pytest.fixture
def engine(database: Database, library: Library, settings: Settings, clock: Clock) -> Engine:
    senders: dict[str, Sender] = {}
    bench = Bench(database, lambda: library, handlers.route, clock, KEY)
    return Engine(settings, Shelf(library), database, Dispatch(bench, lambda channel: senders[channel].wake()), senders)
