"""A backup is consistent while the bot writes, checked, and brings everything back."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import backup
from bot.__main__ import main
from bot.backup import BackupError
from bot.chat import Incoming
from bot.dossiers.secret import load_key
from bot.restore import restore
from bot.seat import Taken, seat
from bot.settings import Settings
from bot.store import Database, road
from bot.store.tables import inbox
from tests.conftest import NOW, Clock
from tests.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings for a data folder of one's own on either database."""
    if request.param == "sqlite":
        yield Settings(data=tmp_path / "data", now=NOW)
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    from pgserver import postgres_server  # noqa: PLC0415

    monkeypatch.setenv("PATH", f"{postgres_server.POSTGRES_BIN_PATH}:{os.environ['PATH']}")
    name = postgres.create(migrated=False)
    yield Settings(data=tmp_path / "data", now=NOW, database=postgres.url(name))
    postgres.drop(name)


async def hear(settings: Settings, *texts: str) -> None:
    database = Database(settings.database_url)
    await database.open()
    async with database.writing() as db:
        for text in texts:
            assert await road.receive(db, "mau", Incoming("web", "a", text, text=text), NOW)
    await database.close()


async def heard(settings: Settings) -> list[str]:
    database = Database(settings.database_url)
    await database.open()
    async with database.reading() as db:
        found = list((await db.execute(sa.select(inbox.c.event).order_by(inbox.c.id))).scalars())
    await database.close()
    return found


async def test_all_comes_back(own: Settings, tmp_path: Path) -> None:
    """Rows, key, photos and mapping are as they were; what stood there is moved aside; new rows go on from there."""
    await hear(own, "một", "hai")
    key = load_key(own.data)
    kept = {"photos/ab.jpg": b"photo", "dossiers-in/mapping.toml": b"[headings]\n"}
    for name, content in kept.items():
        (own.data / name).parent.mkdir(parents=True, exist_ok=True)
        (own.data / name).write_bytes(content)
    made = backup.write(own, tmp_path / "b.tar.gz", NOW)
    assert (made.files, made.path.stat().st_mode & 0o777) == (4, 0o600)
    await hear(own, "ba")
    (own.data / "secret.key").write_bytes(b"x" * 32)
    (own.data / "photos/ab.jpg").unlink()
    aside = await restore(own, made.path, NOW, force=True)
    assert await heard(own) == ["một", "hai"]
    assert load_key(own.data) == key
    assert {name: (own.data / name).read_bytes() for name in kept} == kept
    assert aside == own.data / "before-restore-20261123-090000"
    assert (aside / "secret.key").read_bytes() == b"x" * 32
    await hear(own, "bốn")
    assert await heard(own) == ["một", "hai", "bốn"]


async def test_into_an_empty_place(own: Settings, tmp_path: Path, postgres: Postgres) -> None:
    """On a new machine a backup is all that is needed."""
    await hear(own, "một")
    made = backup.write(own, tmp_path / "b.tar.gz", NOW)
    name = postgres.create(migrated=False)
    new = Settings(data=tmp_path / "new", now=NOW, database=postgres.url(name) if own.database else "")
    assert await restore(new, made.path, NOW) is None
    assert await heard(new) == ["một"]
    postgres.drop(name)


async def test_nothing_is_overwritten_unasked(own: Settings, tmp_path: Path) -> None:
    """Neither a backup nor data that are there."""
    await hear(own, "một")
    made = backup.write(own, tmp_path / "b.tar.gz", NOW)
    with pytest.raises(BackupError, match=r"is there already\. Expected: a new name, or --force"):
        backup.write(own, made.path, NOW)
    with pytest.raises(BackupError, match="Expected: an empty"):
        await restore(own, made.path, NOW)
    backup.write(own, made.path, NOW, force=True)
    assert await heard(own) == ["một"]


async def test_not_while_the_bot_runs(own: Settings, tmp_path: Path) -> None:
    """A running bot holds its seat in the data folder; a worker elsewhere is seen by its connection."""
    await hear(own, "một")
    made = backup.write(own, tmp_path / "b.tar.gz", NOW)
    with seat(own.data, shared=bool(own.database)), pytest.raises(Taken):
        await restore(own, made.path, NOW, force=True)
    if own.database:
        worker = Database(own.database_url)
        async with worker.reading():
            with pytest.raises(BackupError, match="Stop all workers first"):
                await restore(own, made.path, NOW, force=True)
        await worker.close()
    assert await heard(own) == ["một"]


async def test_consistent_while_messages_come_in(tmp_path: Path) -> None:
    """Each backup taken during writing holds both rows of every transaction, or neither."""
    own = Settings(data=tmp_path / "data", now=NOW)
    await hear(own)
    stop = asyncio.Event()

    async def pairs() -> int:
        database, number = Database(own.database_url), 0
        while not stop.is_set():
            async with database.writing() as db:
                for half in "ab":
                    await road.receive(db, "mau", Incoming("web", "a", f"{number}{half}"), NOW)
            number += 1
        await database.close()
        return number

    writing = asyncio.create_task(pairs())
    counts = []
    for n in range(4):
        await asyncio.to_thread(backup.write, own, tmp_path / f"{n}.tar.gz", NOW)
        with tarfile.open(tmp_path / f"{n}.tar.gz") as archive:
            archive.extract("motcua.db", tmp_path / str(n), filter="data")
        with sqlite3.connect(tmp_path / str(n) / "motcua.db") as db:
            counts.append(db.execute("SELECT count(*) FROM inbox").fetchone()[0])
    stop.set()
    number = await writing
    assert all(count % 2 == 0 for count in counts)
    assert counts == sorted(counts)
    assert 0 < counts[-1] <= 2 * number


async def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    """A byte turned, a file cut short, a file of another kind: told, and nothing touched."""
    own = Settings(data=tmp_path / "data", now=NOW)
    await hear(own, "một")
    made = backup.write(own, tmp_path / "b.tar.gz", NOW)
    whole = made.path.read_bytes()
    turned = bytearray(whole)
    turned[len(whole) // 2] ^= 0xFF
    for broken in (bytes(turned), whole[:-200], b"", "Danh sách".encode()):
        made.path.write_bytes(broken)
        with pytest.raises(BackupError, match=r"is not a whole backup|is damaged"):
            await restore(own, made.path, NOW, force=True)
    assert await heard(own) == ["một"]


async def test_a_damaged_database_is_not_backed_up(tmp_path: Path) -> None:
    """No backup gets its name that could not be restored; the older ones stay."""
    own = Settings(data=tmp_path / "data", now=NOW)
    await hear(own, *(f"tin nhắn {n} " + "x" * 200 for n in range(200)))
    path = own.data / "motcua.db"
    content = bytearray(path.read_bytes())
    content[8192:16384] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(BackupError, match=r"damaged|cannot be copied"):
        backup.write(own, tmp_path / "b.tar.gz", NOW)
    assert not [name for name in os.listdir(tmp_path) if name.startswith("b.tar.gz")]


async def test_a_backup_of_a_newer_version(tmp_path: Path) -> None:
    """An older program does not serve what it does not know."""
    own = Settings(data=tmp_path / "data", now=NOW)
    await hear(own, "một")
    with sqlite3.connect(own.data / "motcua.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    made = backup.write(own, tmp_path / "b.tar.gz", NOW)
    with pytest.raises(BackupError, match=r"of a newer version \(schema 9999\)"):
        await restore(Settings(data=tmp_path / "new", now=NOW), made.path, NOW)
    assert not (tmp_path / "new" / "motcua.db").exists()


async def test_scheduled_ones_are_kept_in_number(tmp_path: Path, clock: Clock) -> None:
    """The newest stay; the last good one is known by its name."""
    own = Settings(data=tmp_path / "data", now=NOW, backup_keep=2)
    await hear(own, "một")
    for _ in range(3):
        backup.scheduled(own, clock())
        clock.move(days=1)
    names = sorted(path.name for path in (own.data / "backups").iterdir())
    assert names == ["motcua-20261124-020000.tar.gz", "motcua-20261125-020000.tar.gz"]
    last = backup.last_good(own)
    assert last
    assert last.name == names[-1]
    clock.move(days=-1)
    assert backup.written_at(last) == clock()


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Written, then brought back in an empty folder, as an operator does it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_NOW", NOW.isoformat())
    asyncio.run(hear(Settings(data=Path("data")), "một"))
    assert main(["backup", "b.tar.gz"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("1 tệp, 0.")
    assert err == "Tệp này có khoá và dữ liệu của người dân: chỉ người quản trị được giữ.\n"
    assert main(["backup", "b.tar.gz"]) == 1
    assert main(["restore", "b.tar.gz"]) == 1
    assert capsys.readouterr().err.endswith("or --force to move what is there into before-restore-20261123-090000.\n")
    monkeypatch.setenv("MOTCUA_DATA", "new")
    assert main(["restore", "b.tar.gz"]) == 0
    assert capsys.readouterr().out == "Đã khôi phục từ b.tar.gz.\n"
    assert asyncio.run(heard(Settings(data=Path("new")))) == ["một"]


def test_without_pg_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PostgreSQL's programs are not on the machine the command to run elsewhere is told, without the password."""
    monkeypatch.setenv("PATH", str(tmp_path))
    own = Settings(data=tmp_path / "data", database="postgresql+asyncpg://motcua:bi-mat@db/motcua")
    with pytest.raises(BackupError) as error:
        backup.write(own, tmp_path / "b.tar.gz", NOW)
    assert str(error.value) == (
        "pg_dump is not on this machine. Install postgresql-client, or on the database's machine run: "
        "pg_dump -Fc -f motcua.dump postgresql://motcua:***@db/motcua"
    )
