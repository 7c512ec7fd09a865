"""The second factor and its limits: growing waits, a code that is slowed and not barred, and nothing that tells a code from no code."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Chat
from bot.dossiers import proving
from bot.dossiers.proving import DAY, FREE, FREE_ON_CODE, MOST_A_DAY, near, until
from bot.dossiers.secret import keyed_hash
from bot.store import Database, attempts, dossiers
from bot.turn import Stale
from tests.conftest import KEY, NOW

CODE, MISSING = "H26.145-261110-0001", "H26.145-261110-7777"
MINUTE = dt.timedelta(minutes=1)


def chat(n: int) -> Chat:
    return Chat("mau", "web", f"c{n}")


async def keep(database: Database, *codes: str, digits: str = "0001", **more: object) -> None:
    empty = dict.fromkeys(("procedure_name", "procedure_code", "field", "status_label", "reason", "method", "applicant", "identity_hash"), "")
    dates = dict.fromkeys(("received_at", "due_at", "completed_at"))
    async with database.writing() as db:
        rows = [{"code": c, **empty, **dates, "status": 4, "phone_hash": keyed_hash(KEY, c, digits), **more} for c in codes]
        await dossiers.keep(db, "mau", rows, NOW)


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, None), (FREE - 1, None), (FREE, 1), (FREE + 1, 5), (FREE + 2, 15), (FREE + 3, 60), (MOST_A_DAY - 1, 60)]
)
def test_waits_grow(failures: int, wait: int | None) -> None:
    """After the last failure; the tenth of a day closes until the first is a day old."""
    times = [NOW + n * MINUTE for n in range(failures)]
    assert until(times) == (times[-1] + wait * MINUTE if wait else None)


def test_the_day_is_limited() -> None:
    """Ten tries within 24 hours, whatever their distance."""
    times = [NOW + n * dt.timedelta(hours=2) for n in range(MOST_A_DAY)]
    assert until(times) == NOW + DAY


@given(st.lists(st.timedeltas(dt.timedelta(), DAY), min_size=1, max_size=30).map(sorted))
def test_a_code_is_slowed_and_never_barred(gaps: list[dt.timedelta]) -> None:
    """Whatever strangers have tried, the next try is heard within an hour of theirs."""
    times = [NOW + gap for gap in gaps]
    heard = until(times, FREE_ON_CODE, most=0)
    assert heard is None or heard <= times[-1] + dt.timedelta(hours=1)


async def test_a_thousand_accounts_get_few_tries_at_a_code(database: Database) -> None:
    """Each of them patient, each trying as soon as it is heard: about thirty tries in a day, against ten thousand possible digits."""
    now, heard = NOW, 0
    while now < NOW + DAY:
        async with database.writing() as db:
            if await proving.locked(db, chat(heard), [CODE], now):
                now += MINUTE
                continue
            await proving.settle(db, chat(heard), now, [CODE], [], [CODE])
            heard += 1
    assert heard <= 32


async def test_a_thousand_at_once_get_no_more(database: Database) -> None:
    """What was read before others tried does not count: the reply is made anew, right digits or wrong."""
    await keep(database, CODE)
    stale = 0
    for n in range(20):
        async with database.reading() as db:
            assert n >= FREE_ON_CODE or not await proving.locked(db, chat(n), [CODE], NOW)
        try:
            async with database.writing() as db:
                await proving.settle(db, chat(n), NOW, [CODE], [CODE] if n == 19 else [], [] if n == 19 else [CODE])
        except Stale:
            stale += 1
    assert stale == 20 - FREE_ON_CODE
    async with database.reading() as db:
        assert not await dossiers.ever_proved(db, chat(19), CODE)
        assert await attempts.in_office(db, "mau", NOW - DAY) == FREE_ON_CODE


async def test_who_has_proved_is_not_slowed_by_others(database: Database) -> None:
    """Strangers' tries close the code to newcomers for a while, not to its owner."""
    async with database.writing() as db:
        await proving.settle(db, chat(0), NOW, [CODE], [CODE], [])
        for n in range(1, 6):
            await proving.settle(db, chat(n), NOW, [CODE], [], [CODE])
        assert await proving.locked(db, chat(9), [CODE], NOW) == NOW + MINUTE
        assert await proving.locked(db, chat(0), [CODE], NOW) is None


@pytest.mark.parametrize(
    ("name", "digits", "codes"),
    [
        (CODE, "0001", [CODE]),
        (CODE, "0002", []),
        (MISSING, "0001", []),
        ("#88", "0001", [CODE]),
        ("#88", "0002", []),
        ("#89", "0001", []),
        ("#", "", []),
    ],
)
async def test_opened(database: Database, name: str, digits: str, codes: list[str]) -> None:
    """By code or by receipt, and by the right digits only."""
    await keep(database, CODE, receipt="88")
    async with database.reading() as db:
        assert await proving.opened(db, KEY, "mau", name, digits) == codes


@pytest.mark.parametrize("digits", ["", "0000", "1234"])
async def test_a_dossier_without_numbers_is_opened_by_nothing(database: Database, digits: str) -> None:
    """No digits fit an empty hash, nor what stands in its place."""
    await keep(database, CODE, phone_hash="", identity_hash="")
    async with database.reading() as db:
        assert await proving.opened(db, KEY, "mau", CODE, digits) == []


async def test_the_log_tells_of_probing(database: Database, logged: list[dict[str, Any]]) -> None:
    """Every hundredth wrong try within an hour is a line, without a code and without a chat."""
    for n in range(205):
        async with database.writing() as db:
            await proving.settle(db, chat(n), NOW, [f"H26.145-261110-{n:04}"], [], [f"H26.145-261110-{n:04}"])
    assert [(e["event"], e["office"], e["within_an_hour"]) for e in logged] == [("many wrong tries at dossiers", "mau", n) for n in (100, 200)]
    assert "H26" not in str(logged)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("H26.145-261110-0002", [CODE]),  # another digit
        ("H26.145-261110-001", [CODE]),  # one left out
        ("H26.145-261110-00001", [CODE]),  # one too many
        ("H26.145-261101-0001", [CODE]),  # two changed places
        ("H26.145-261111-0002", [CODE]),
        (CODE, []),
        ("H26.145-261123-0002", []),
        ("", []),
    ],
)
def test_near(said: str, found: list[str]) -> None:
    """A slip or two of the finger, among the codes given."""
    assert near(said, [CODE]) == found


class Statements:
    """What the database is asked, without the values."""

    def __init__(self, database: Database) -> None:
        self.seen: list[str] = []
        for engine in database.engines:
            sa.event.listen(engine.sync_engine, "before_cursor_execute", self._keep)

    def _keep(self, *arguments: Any) -> None:
        self.seen.append(arguments[2])

    def taken(self) -> list[str]:
        seen, self.seen = self.seen, []
        return seen


async def test_the_same_statements_for_a_code_that_is_there_and_one_that_is_not(database: Database) -> None:
    """Locked or not: nothing is done for the one that is not done for the other."""
    await keep(database, CODE)
    statements = Statements(database)
    asked = []
    for n, code in enumerate((CODE, MISSING)):
        for _ in range(5):
            async with database.writing() as db:
                if not await proving.locked(db, chat(n), [code], NOW):
                    assert await proving.opened(db, KEY, "mau", code, "9999") == []
                    await proving.settle(db, chat(n), NOW, [code], [], [code])
        asked.append(statements.taken())
    assert asked[0] == asked[1]
    assert len(asked[0]) > 20


async def test_probing_yields_nothing(database: Database) -> None:
    """Codes by the thousand from many accounts: each answer is the same for a code that is there and one that is not, and none is opened
    but by chance; no account gets more than its ten tries. With 100,000 codes and 1,000 accounts: `python -m tests.bench.dossiers`."""
    tries, accounts, known = 3_000, 30, 500
    chance = random.Random(7)  # noqa: S311 - the same every time
    await keep(database, *(f"H26.145-261110-{n:04}" for n in range(known)), digits="4711")
    answers: dict[bool, list[str]] = {True: [], False: []}
    heard: Counter[int] = Counter()
    for first in range(0, tries, 500):
        async with database.writing() as db:
            for n in range(first, first + 500):
                number, account = chance.randrange(2 * known), n % accounts
                code, now = f"H26.145-261110-{number:04}", NOW + dt.timedelta(seconds=n * 86_000 / tries)
                if await proving.locked(db, chat(account), [code], now):
                    answers[number < known].append("locked")
                    continue
                opened = await proving.opened(db, KEY, "mau", code, f"{chance.randrange(4711):04}")
                await proving.settle(db, chat(account), now, [code], opened, [] if opened else [code])
                answers[number < known].append("opened" if opened else "wrong")
                heard[account] += 1
    assert {kind for found in answers.values() for kind in found} == {"locked", "wrong"}
    shares = [found.count("locked") / len(found) for found in answers.values()]
    assert abs(shares[0] - shares[1]) < 0.05
    assert max(heard.values()) <= MOST_A_DAY
