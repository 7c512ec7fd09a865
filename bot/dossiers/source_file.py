"""The file that describes a provincial look-up system: one TOML file each in the data folder's `sources`, read at the start.

url = "https://motcua.tinh.example/api/ho-so/{code}"
office = "mau"                      # only for this office; left out: for all
codes = "H26"                       # only for codes that begin so; left out: for all
method = "GET"                      # or POST, with a table [body] whose texts may hold {code}
timeout = 4                         # seconds for one try
remember = 60                       # seconds for which an answer holds
[headers]
Authorization = "file:token.txt"    # a secret: the contents of a file beside this one, or of a full path
[json]                              # where each thing stands in the answer, parts divided by dots
root = "data"                       # the dossier, or a list of dossiers; empty or null: no such dossier
code = "dossierCode"                # the others are looked for inside the root
status = "status.name"
[statuses]                          # the system's words → number or name of one of the ten statuses
"Chờ duyệt" = 4"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.dossiers.mapping import HEADINGS
from bot.dossiers.statuses import Status, status_of
from knowledge.leaflet import nearest
from knowledge.words import fold

FOLDER = "sources"
SECRET = "file:"  # noqa: S105 - the mark of one, not one
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
NEEDED = ("code", "status")
_COLUMNS = ("root", *HEADINGS)


class SourceError(Exception):
    """A file that cannot be used: its name, the key, what it holds and what is expected. No secret stands in it."""


@dataclass(frozen=True)
class Description:
    """A provincial system as its file describes it."""

    name: str
    url: str
    paths: Mapping[str, tuple[str, ...]]
    office: str = ""
    codes: str = ""
    method: str = "GET"
    body: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 4.0
    remember: float = 60.0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    statuses: Mapping[str, Status] = field(default_factory=dict)

    def status(self, label: str) -> Status | None:
        """The status that a label of this system means, None where nobody knows it."""
        return self.statuses.get(fold(label)) or status_of(label)


def described(folder: Path) -> Iterator[Description | SourceError]:
    """What each file of the data folder's `sources` describes, or why it cannot be used."""
    for path in sorted((folder / FOLDER).glob("*.toml")):
        try:
            yield description(path)
        except SourceError as error:
            yield error


def description(path: Path) -> Description:
    """Reads one file. Raises SourceError for the first thing that is wrong."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path.name}: {error.strerror}. Expected: a file that this user may read.") from error
    except ValueError as error:
        raise SourceError(f'{path.name}: not TOML ({error}). Expected lines such as url = "https://…/{{code}}".') from error
    values = _values(path, rows)
    return Description(path.stem, **values)


def _values(path: Path, rows: dict[str, Any]) -> dict[str, Any]:
    for key, value in rows.items():
        if key not in _READ:
            near = nearest(key, list(_READ))
            raise _wrong(path, key, value, f"one of {', '.join(_READ)}" + (f" (“{near}”?)" if near else ""))
    for key in ("url", "json"):
        if key not in rows:
            raise SourceError(f"{path.name}: {key} is missing. Expected {_EXPECTED[key]}.")
    values: dict[str, Any] = {}
    for key, value in rows.items():
        try:
            values[_FIELD.get(key, key)] = _READ[key](path, value)
        except (ValueError, TypeError, AttributeError) as error:
            raise _wrong(path, key, _shown(key, value), _EXPECTED[key]) from error
    if values.get("method", "GET") == "GET" and "{code}" not in values["url"]:
        raise _wrong(path, "url", _shown("url", values["url"]), _EXPECTED["url"])
    return values


def _wrong(path: Path, key: str, value: object, expected: str) -> SourceError:
    return SourceError(f"{path.name}: {key} = {value!r}. Expected {expected}.")


def _shown(key: str, value: object) -> object:
    """The value without what may be a secret in it."""
    if key in {"headers", "body"}:
        return "(hidden)"
    return re.sub(r"(?<=//)[^/]*@|\?.*", "…", value) if isinstance(value, str) else value


def _url(path: Path, value: str) -> str:
    parts = urlsplit(value)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not safe or not parts.hostname or parts.username or "{code}" in parts.netloc:
        raise ValueError
    if set("{}") & set(value.replace("{code}", "")):
        raise ValueError
    return value


def _word(path: Path, value: str) -> str:
    return value.strip()


def _method(path: Path, value: str) -> str:
    if value.upper() not in {"GET", "POST"}:
        raise ValueError
    return value.upper()


def _seconds(most: float) -> Callable[[Path, float], float]:
    def read(path: Path, value: float) -> float:
        if isinstance(value, bool) or not 0 < float(value) <= most:
            raise ValueError
        return float(value)

    return read


def _table(path: Path, value: dict[str, Any]) -> dict[str, Any]:
    return dict(value.items())


def _headers(path: Path, value: dict[str, str]) -> dict[str, str]:
    return {name: _secret(path, name, text) if text.startswith(SECRET) else text for name, text in value.items()}


def _secret(path: Path, name: str, text: str) -> str:
    file = path.parent / text.removeprefix(SECRET)
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name}: headers.{name} = {text!r}: this file cannot be read. Expected a text file that holds the value.") from error
    if not secret or not secret.isprintable():
        raise SourceError(f"{path.name}: headers.{name} = {text!r}: this file holds no single line. Expected the value on one line.")
    return secret


def _paths(path: Path, value: dict[str, str]) -> dict[str, tuple[str, ...]]:
    for name, where in value.items():
        if name not in _COLUMNS:
            near = nearest(name, list(_COLUMNS))
            raise _wrong(path, f"json.{name}", where, f"one of {', '.join(_COLUMNS)}" + (f" (“{near}”?)" if near else ""))
    for name in NEEDED:
        if not value.get(name):
            raise SourceError(f'{path.name}: json.{name} is missing. Expected where the answer tells it, such as "data.{name}".')
    return {name: tuple(part for part in where.split(".") if part) for name, where in value.items()}


def _statuses(path: Path, value: dict[str, object]) -> dict[str, Status]:
    known = {fold(own): status_of(str(ours)) for own, ours in value.items()}
    for own, ours in value.items():
        if known[fold(own)] is None:
            raise _wrong(path, f"statuses.{own}", ours, "the number (1 to 10) or the name of one of the ten statuses")
    return {own: status for own, status in known.items() if status}


_READ: dict[str, Callable[[Path, Any], Any]] = {
    "url": _url,
    "office": _word,
    "codes": _word,
    "method": _method,
    "body": _table,
    "timeout": _seconds(5),
    "remember": _seconds(3600),
    "headers": _headers,
    "json": _paths,
    "statuses": _statuses,
}
_FIELD = {"json": "paths"}
_EXPECTED = {
    "url": "an https:// address with {code} where the dossier's code stands (http:// only to this computer), without a name or password",
    "office": "the code of one office",
    "codes": "the beginning of the codes that this system knows, such as H26",
    "method": "GET or POST",
    "body": "a table, in whose texts {code} stands for the dossier's code",
    "timeout": "seconds, more than 0 and at most 5",
    "remember": "seconds, more than 0 and at most 3600",
    "headers": "a table of texts; a secret as file:NAME",
    "json": 'a table of places in the answer, such as code = "data.code"',
    "statuses": "a table: the system's word = number or name of one of the ten statuses",
}
