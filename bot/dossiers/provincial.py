"""A provincial look-up system asked over HTTP. Nothing of what it answers is trusted: size, form, code and characters are checked.

No address, header, code or answer reaches the log: what fails is told by the system's name and one word."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import stamina
import structlog

from bot.dossiers.breaker import Breaker
from bot.dossiers.sheet import Record, Refused, record_of
from bot.dossiers.source_file import Description
from bot.dossiers.sources import Absent, Busy, Found
from bot.settings import ZONE

ALL_SECONDS = 5.0
TRIES = 3
AT_ONCE = 6  # of one system; a handler keeps a connection to the database meanwhile, and those are few
MOST_BYTES = 262_144
MOST_REMEMBERED = 1000
LONGEST = 300
DATES = {"received", "due", "completed", "as_of", "extended"}
log = structlog.get_logger()


class Unwell(Exception):
    """The system did not answer as it should; the word says how. Trying again at once may help."""


class Wrong(Unwell):
    """The system answered, but not what was agreed; trying again at once does not help."""


class Provincial:
    """One system, as its file describes it. Breaker and memory of answers are this worker's own."""

    def __init__(self, described: Description, key: bytes, clock: Callable[[], dt.datetime], timer: Callable[[], float] = time.monotonic) -> None:
        self.name = described.name
        self._described, self._key, self._clock, self._timer = described, key, clock, timer
        self._breaker = Breaker(timer)
        self._remembered: OrderedDict[tuple[str, str], tuple[float, Found | Absent]] = OrderedDict()
        self._asking = 0
        self._http = httpx.AsyncClient(
            timeout=described.timeout, follow_redirects=False, headers={"Accept-Encoding": "identity", **described.headers}
        )

    async def __aenter__(self) -> Provincial:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._http.aclose()

    def serves(self, office: str, code: str) -> bool:
        return self._described.office in {"", office} and code.startswith(self._described.codes)

    async def look_up(self, office: str, code: str) -> Found | Absent | Busy:
        if remembered := self._recall(office, code):
            return remembered
        if self._asking >= AT_ONCE or self._breaker.open():
            return Busy()
        self._asking += 1
        try:
            async with asyncio.timeout(ALL_SECONDS):
                answer = await self._asked(code)
        except (Unwell, TimeoutError) as error:
            self._breaker.failed()
            log.warning("dossier source busy", source=self.name, reason=str(error) or "too slow")
            return Busy()
        finally:
            self._asking -= 1
        self._breaker.went_well()
        self._remember(office, code, answer)
        return answer

    def _recall(self, office: str, code: str) -> Found | Absent | None:
        until, answer = self._remembered.get((office, code), (0.0, None))
        if answer is None or self._timer() >= until:
            return None
        return Found(answer.record, fresh=False) if isinstance(answer, Found) else answer

    def _remember(self, office: str, code: str, answer: Found | Absent) -> None:
        self._remembered[office, code] = (self._timer() + self._described.remember, answer)
        self._remembered.move_to_end((office, code))
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)

    async def _asked(self, code: str) -> Found | Absent:
        async for attempt in stamina.retry_context(
            on=_worth_another, attempts=TRIES, timeout=ALL_SECONDS, wait_initial=0.1, wait_max=0.8, wait_jitter=0.2
        ):
            with attempt:
                return self._understood(code, await self._fetched(code))
        raise Unwell("too slow")

    async def _fetched(self, code: str) -> bytes | None:
        """The body of the answer; None where the system says by its status that there is no such dossier."""
        d = self._described
        body = _filled(d.body, code) if d.method == "POST" else None
        try:
            async with self._http.stream(d.method, d.url.replace("{code}", quote(code, safe="")), json=body) as response:
                if response.status_code in {404, 410}:
                    return None
                if response.status_code != 200:
                    kind = Unwell if response.status_code in {408, 429} or response.status_code >= 500 else Wrong
                    raise kind(f"status {response.status_code}")
                return await _limited(response)
        except httpx.HTTPError as error:
            raise Unwell(type(error).__name__) from None  # its text names the address
        except (httpx.InvalidURL, httpx.StreamError) as error:
            raise Wrong(type(error).__name__) from None

    def _understood(self, code: str, body: bytes | None) -> Found | Absent:
        if body is None:
            return Absent()
        try:
            root = _at(json.loads(body), self._described.paths.get("root", ()))
        except (ValueError, RecursionError, KeyError) as error:
            raise Wrong("not as described") from error
        rows = [row for row in (root if isinstance(root, list) else [root]) if row not in (None, {}, "")]
        if not rows:
            return Absent()
        records = [record for row in rows[:20] if (record := self._record(row)) and record["code"] == code]
        if not records:
            raise Wrong("another dossier, or one that cannot be read")
        return Found({**records[0], "source": self.name})

    def _record(self, row: object) -> Record | None:
        values: dict[str, object] = {}
        for name, where in self._described.paths.items():
            if name == "root":
                continue
            try:
                value = _at(row, where)
            except KeyError:
                value = None
            values[name] = _moment(value) if name in DATES else _plain(value)
        record = record_of(values, self._key, self._clock().date(), self._described.status)
        return None if isinstance(record, Refused) else record


def _worth_another(error: Exception) -> bool:
    return isinstance(error, Unwell) and not isinstance(error, Wrong)


def _filled(body: Mapping[str, Any], code: str) -> dict[str, Any]:
    return {name: value.replace("{code}", code) if isinstance(value, str) else value for name, value in body.items()}


async def _limited(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MOST_BYTES:
            raise Wrong("answer too long")
    return bytes(body)


def _at(value: Any, where: tuple[str, ...]) -> Any:
    """What stands at a place of the answer. Raises KeyError where there is no such place."""
    for part in where:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise KeyError(part)
    return value


def _plain(value: object) -> str:
    """A text without control characters and not without end; what is no single value is none."""
    if isinstance(value, dict | list) or value is None:
        return ""
    return "".join(c if c.isprintable() else " " for c in str(value))[:LONGEST].strip()


def _moment(value: object) -> object:
    """A time with a zone, or in milliseconds since 1970, brought to the local one that exports use; anything else as it is written."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 1e11 < value < 1e13:
        return dt.datetime.fromtimestamp(value / 1000, ZONE).replace(tzinfo=None)
    text = _plain(value)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.astimezone(ZONE).replace(tzinfo=None) if moment.tzinfo else moment
