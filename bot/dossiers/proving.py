"""The second factor tried and limited. Nothing here is done otherwise for a code that exists than for one that does not.

A chat has three free tries, then waits 1, 5, 15 and 60 minutes, ten tries a day in all. A code has five free tries of anybody, then the same
waits: it is slowed and never barred, so that a stranger can put off the owner's first look by an hour and not by a day, while a thousand
accounts together get about thirty tries a day at it, against ten thousand possible digits. A chat that has proved the dossier once is not
touched by what others try. A receipt number is limited like a code, by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog
from rapidfuzz.distance import OSA
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat
from bot.dossiers.secret import matches
from bot.store import attempts, dossiers, road
from bot.store.dossiers import CANDIDATES, RECEIPT, Secret
from bot.turn import Stale

FREE, FREE_ON_CODE = 3, 5
WAITS = tuple(dt.timedelta(minutes=n) for n in (1, 5, 15, 60))
MOST_A_DAY = 10
DAY = dt.timedelta(days=1)
ALARM = 100  # wrong tries of all chats within an hour
NEAR = 2
_NOBODY = "0" * 64  # as long as a hash
log = structlog.get_logger()


def until(failures: Sequence[dt.datetime], free: int = FREE, most: int = MOST_A_DAY) -> dt.datetime | None:
    """When the next try is heard after these failures of the last day, oldest first; None where at once."""
    if most and len(failures) >= most:
        return failures[-most] + DAY
    if len(failures) < free:
        return None
    return failures[-1] + WAITS[min(len(failures) - free, len(WAITS) - 1)]


async def locked(db: AsyncConnection, chat: Chat, keys: Sequence[str], now: dt.datetime) -> dt.datetime | None:
    """Until when no try of this chat on these codes is heard, None where it is heard now."""
    times = [until(await attempts.of_chat(db, chat, now - DAY)), *[await _code_locked(db, chat, key, now) for key in keys]]
    return max((time for time in times if time and time > now), default=None)


async def _code_locked(db: AsyncConnection, chat: Chat, key: str, now: dt.datetime) -> dt.datetime | None:
    time = until(await attempts.on_code(db, chat.office, key, now - DAY), FREE_ON_CODE, most=0)
    return None if await dossiers.ever_proved(db, chat, key) else time


async def opened(db: AsyncConnection, key: bytes, office: str, name: str, digits: str) -> list[str]:
    """The codes of the dossiers that a code or receipt number stands for and whose second factor these digits are."""
    found = await dossiers.secrets(db, office, name)
    pad = Secret(name, _NOBODY, _NOBODY)
    wanted = CANDIDATES if name.startswith(RECEIPT) else 1
    tried = [*found, *[pad] * (wanted - len(found))]
    fits = [matches(key, s.code, digits, s.phone_hash or _NOBODY, s.identity_hash or _NOBODY) for s in tried]
    return [s.code for s, fit in zip(found, fits, strict=False) if fit]


async def settle(db: AsyncConnection, chat: Chat, now: dt.datetime, tried: Sequence[str], codes: Sequence[str], failed: Sequence[str]) -> None:
    """Writes what a try has led to. Raises Stale where others have meanwhile used up the tries on one of the codes: a thousand chats
    that try in the same moment get no more tries than one after the other."""
    for key in sorted(tried):
        await road.alone(db, f"dossier {chat.office} {key}")
    if await locked(db, chat, tried, now):
        raise Stale
    for code in codes:
        await dossiers.prove(db, chat, code, now)
    if failed:
        await attempts.fail(db, chat, failed, now)
        await _alarm(db, chat.office, len(failed), now)


async def _alarm(db: AsyncConnection, office: str, added: int, now: dt.datetime) -> None:
    """Logs every hundredth wrong try within an hour, without code or chat: somebody may be probing."""
    count = await attempts.in_office(db, office, now - dt.timedelta(hours=1))
    if count // ALARM > (count - added) // ALARM:
        log.warning("many wrong tries at dossiers", office=office, within_an_hour=count)


def near(said: str, own: Sequence[str], most: int = NEAR) -> list[str]:
    """Those of a person's own dossiers that the said code differs from by a slip or two: never any other dossier."""
    return [code for code in own if 0 < OSA.distance(said, code, score_cutoff=most) <= most]
