"""Two workers of one PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.store import Database
from tests.postgres import Postgres


@pytest.fixture
def shared_url(postgres: Postgres) -> Iterator[str]:
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
async def pair(shared_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """The same database, as two workers open it."""
    both = Database(shared_url), Database(shared_url)
    yield both
    for one in both:
        await one.close()
