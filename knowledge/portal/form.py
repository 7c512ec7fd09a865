"""The national portal's published form of a procedure, as read and not yet judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from knowledge.model import Way


@dataclass(frozen=True)
class Filing:
    """A row of «Cách thức thực hiện». `fee` is the portal's own cell («Miễn phí», «70,000 VNĐ», "" where it has none)."""

    way: Way
    time: str = ""
    fee: str = ""
    fee_note: str = ""
    note: str = ""


@dataclass(frozen=True)
class Listed:
    """A row of «Thành phần hồ sơ»: a paper or, as often, a note. `case` is the title of the list that it stands in."""

    text: str
    case: str = ""
    originals: int | None = None
    copies: int | None = None
    form: str = ""


@dataclass(frozen=True)
class Published:
    """What the portal publishes of a procedure. `online` None where it does not say; `remarks` are what its reader doubts."""

    code: str
    name: str
    field: str = ""
    agency: str = ""
    where: str = ""
    decision: str = ""
    online: bool | None = None
    as_of: dt.date | None = None
    filings: tuple[Filing, ...] = ()
    listed: tuple[Listed, ...] = ()
    steps: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
