"""Upgrades: from every released version with its data, and a migration that fails leaves what was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext

from bot.chat import Chat, Incoming, Wire
from bot.store import Database, StoreError, follows, road, voices
from bot.store.database import MIGRATIONS
from bot.store.tables import conversations, inbox, outbox, ratings
from bot.turn import State
from tests.conftest import NOW

RELEASED = ("0001", "0002")
CHAT = Chat("mau", "web", "a")


async def at(url: str, revision: str) -> Database:
    """A database as a version of that time left it."""
    database = Database(url)

    def upgrade(connection: sa.Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    if database.file:
        database.file.parent.mkdir(parents=True, exist_ok=True)
    async with database.writing() as db:
        await db.run_sync(upgrade)
        moment = NOW if database.shared else "2026-11-23 02:00:00.000000"
        for table, row in ROWS.items():
            columns = ", ".join(row)
            values = {name: moment if value is NOW else value for name, value in row.items()}
            await db.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(':' + name for name in row)})"), values)  # noqa: S608
    return database


ROWS: dict[str, dict[str, object]] = {
    "inbox": {
        "office": "mau", "channel": "web", "chat": "a", "event": "1", "received_at": NOW,
        "payload": '{"channel": "web", "chat": "a", "event": "1", "kind": "text", "text": "xin chào"}',
    },
    "outbox": {"office": "mau", "channel": "web", "chat": "a", "payload": '{"text": "chào anh"}', "created_at": NOW, "not_before": NOW},
    "conversations": {
        "office": "mau", "channel": "web", "chat": "a", "language": "en", "step": "rating", "data": "{}", "menu": "{}", "topic": "{}",
        "updated_at": NOW,
    },
    "ratings": {"office": "mau", "channel": "web", "chat": "a", "level": 4, "reasons": "[]", "comment": "tốt", "at": NOW, "changed_at": NOW},
    "feedback": {"office": "mau", "channel": "web", "chat": "a", "reference": "GY-1", "text": "thiếu ghế", "at": NOW},
    "dossiers": {"office": "mau", "code": "H26.145-261110-0001", "status": 2, "status_label": "Đang xử lý", "as_of": NOW},
    "proofs": {"office": "mau", "channel": "web", "chat": "a", "code": "H26.145-261110-0001", "at": NOW},
}  # fmt: skip


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("revision", RELEASED)
async def test_data_of_a_released_version_are_kept(revision: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """What an older version wrote is read by this one, and the road goes on where it was."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'm.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgres")
    database = await at(url, revision)
    await database.open()
    async with database.writing() as db:
        assert [(r.incoming.event, r.incoming.text) for r in await road.received(db, 9)] == [("1", "xin chào")]
        assert [(w.chat, w.wire.text) for w in await road.waiting(db, "web", 9, NOW)] == [("a", "chào anh")]
        state = await road.state_of(db, CHAT)
        assert (state.language, state.step, state.updated) == ("en", "rating", NOW)
        assert await voices.rated(db, CHAT, "", NOW) == 4
        assert (await db.execute(sa.text("SELECT text FROM feedback"))).scalar_one() == "thiếu ghế"
        assert (await db.execute(sa.text("SELECT status_label FROM dossiers"))).scalar_one() == "Đang xử lý"
        await follows.follow(db, CHAT, "H26.145-261110-0001", NOW)
        assert await road.receive(db, "mau", Incoming("web", "a", "2", text="hai"), NOW)
        await road.say(db, CHAT, [Wire("vâng")], NOW)
        await road.keep_state(db, CHAT, State("vi"), NOW)
    await database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_failed_migration_leaves_the_old_database(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A migration that fails half-way undoes all of itself: the older version serves on, with every row."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'm.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgres")
    database = await at(url, "head")
    await database.close()
    broken = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, broken)
    newest = max(path.name[:4] for path in (broken / "versions").glob("0*.py"))
    (broken / "versions" / "9999_broken.py").write_text(
        f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9999"\ndown_revision = "{newest}"\n\n\n'
        'def upgrade():\n    op.create_table("half", sa.Column("a", sa.Integer()))\n'
        '    op.drop_table("feedback")\n    op.drop_table("no_such_table")\n'
    )
    newer = Database(url, broken)
    with pytest.raises(StoreError, match="no_such_table"):
        await newer.open()
    await newer.close()
    old = Database(url)
    await old.open()
    async with old.reading() as db:
        assert await db.run_sync(lambda c: MigrationContext.configure(c).get_current_revision()) == newest
        assert not await db.run_sync(lambda c: sa.inspect(c).has_table("half"))
        for table in (inbox, outbox, conversations, ratings):
            assert (await db.execute(sa.select(sa.func.count()).select_from(table))).scalar_one() == 1
        assert (await db.execute(sa.text("SELECT text FROM feedback"))).scalar_one() == "thiếu ghế"
    await old.close()
