"""The public counter: received, solved, pending, computed from the dossiers with the sums that must hold.

Source: domain rules, section 7 (form II.06a/VPCP/KSTT): 3 = 4 + 5 + 6; 7 = 8 + 9 + 10; 11 = 12 + 13; 3 = 7 + 11."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settings import ZONE
from bot.store import Database, counted
from bot.store.dossiers import state as dossiers_state
from bot.store.tables import dossiers
from knowledge.words import fold

ONLINE = {"truc tuyen", "online", "2"}
DIRECT = {"truc tiep", "buu chinh", "buu chinh cong ich", "truc tiep tai bo phan mot cua", "1", "3"}
NOT_RECEIVED = (1, 3)  # registered only, or refused at the desk
OPEN = (2, 4, 5, 6)
CLOSED = (8, 9, 10)
MOST_FAULTS = 1000


@dataclass(frozen=True)
class Span:
    """A month or a year, from midnight to midnight in Việt Nam."""

    name: str
    first: dt.date
    end: dt.date

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        return dt.datetime.combine(self.first, dt.time(), ZONE), dt.datetime.combine(self.end, dt.time(), ZONE)


@dataclass(frozen=True)
class Figures:
    """The figures of a span; a group whose sum does not hold is not to be shown."""

    span: Span
    online: int = 0
    direct: int = 0
    carried: int = 0
    fresh: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    solved: int = 0
    in_time: int = 0
    overdue: int = 0
    pending: int = 0
    as_of: dt.datetime | None = None

    @property
    def received(self) -> int:
        return self.fresh + self.carried

    @property
    def whole(self) -> bool:
        return self.received == self.solved + self.pending

    @property
    def solved_shown(self) -> bool:
        return self.whole and self.solved == self.early + self.on_time + self.late

    @property
    def pending_shown(self) -> bool:
        return self.whole and self.pending == self.in_time + self.overdue

    @property
    def ways_shown(self) -> bool:
        return self.whole and self.fresh == self.online + self.direct


@dataclass(frozen=True)
class Fault:
    """A dossier that breaks a sum, with the reason."""

    code: str
    reason: str


def spans(today: dt.date) -> tuple[Span, Span]:
    """This month and this year."""
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    following = (month + dt.timedelta(days=32)).replace(day=1)
    return Span(f"Tháng {today:%m/%Y}", month, following), Span(f"Năm {today:%Y}", year, year.replace(year=year.year + 1))


def percent(part: int, whole: int) -> Decimal | None:
    """A share with two decimals, 22 of 24 → 91.67; None of nothing."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None


class _Rules:
    """Which dossiers belong to which figure of a span."""

    def __init__(self, db: AsyncConnection, span: Span, today: dt.date) -> None:
        d, (start, end) = dossiers.c, span.moments
        due, done, came = _day(db, d.due_at), _day(db, d.completed_at), _day(db, d.received_at)
        accepted = sa.or_(d.status.is_(None), d.status.not_in(NOT_RECEIVED))
        here = sa.and_(d.completed_at >= start, d.completed_at < end, accepted)
        undated = sa.and_(d.completed_at.is_(None), d.status.in_(CLOSED))
        self.still_open = sa.and_(here, d.status.in_(OPEN))
        self.backwards = sa.and_(here, done < came)
        self.fresh = sa.and_(accepted, d.received_at >= start, d.received_at < end)
        self.carried = sa.and_(accepted, d.received_at < start, sa.or_(d.completed_at.is_(None), d.completed_at >= start))
        self.solved = sa.and_(here, sa.or_(d.status.is_(None), d.status.not_in(OPEN)), sa.or_(d.received_at.is_(None), done >= came))
        self.early, self.on_time, self.late = (sa.and_(self.solved, c) for c in (done < due, done == due, done > due))
        unsolved = sa.or_(sa.and_(d.completed_at.is_(None), sa.not_(sa.func.coalesce(d.status, 0).in_(CLOSED))), d.completed_at >= end)
        self.pending = sa.and_(accepted, sa.or_(d.received_at.is_(None), d.received_at < end), unsolved)
        at = min(today, span.end).isoformat()
        self.in_time, self.overdue = sa.and_(self.pending, due >= _date(db, at)), sa.and_(self.pending, due < _date(db, at))
        self.undated = sa.and_(accepted, sa.or_(d.received_at.is_(None), d.received_at < end), undated)
        self.unreceived = sa.and_(d.received_at.is_(None), sa.or_(self.solved, self.pending))
        self.undue = sa.and_(d.due_at.is_(None), sa.or_(self.solved, self.pending))


def _own(office: str) -> sa.ColumnElement[bool]:
    """The dossiers of the office's exports: those that a citizen had looked up elsewhere are only some of all, and no figure."""
    return sa.and_(dossiers.c.office == office, dossiers.c.source == "")


def _day(db: AsyncConnection, moment: sa.ColumnElement[dt.datetime | None]) -> sa.ColumnElement[str]:
    """The day of a moment in Việt Nam (UTC+7 all the year)."""
    return sa.func.date(moment, "+7 hours") if db.dialect.name == "sqlite" else sa.func.date(sa.func.timezone(ZONE.key, moment))


def _date(db: AsyncConnection, day: str) -> sa.ColumnElement[str]:
    return sa.literal(day) if db.dialect.name == "sqlite" else sa.func.date(sa.literal(day))


_COUNTED = ("carried", "fresh", "early", "on_time", "late", "solved", "in_time", "overdue", "pending")


async def figures(db: AsyncConnection, office: str, span: Span, now: dt.datetime) -> Figures:
    """The figures of a span as they stand now, or stood at its end."""
    rules = _Rules(db, span, now.date())
    counts = [sa.func.coalesce(sa.func.sum(sa.case((getattr(rules, name), 1), else_=0)), 0).label(name) for name in _COUNTED]
    d, (start, _) = dossiers.c, span.moments
    touched = sa.or_(d.completed_at.is_(None), d.completed_at >= start, d.received_at >= start)  # the others are in no figure
    rows = (await db.execute(sa.select(d.method, *counts).where(_own(office), touched).group_by(d.method))).all()
    as_of = (await db.execute(sa.select(sa.func.max(d.as_of)).where(_own(office)))).scalar_one()
    summed = {name: sum(int(getattr(row, name)) for row in rows) for name in _COUNTED}
    online = sum(int(row.fresh) for row in rows if fold(row.method) in ONLINE)
    direct = sum(int(row.fresh) for row in rows if fold(row.method) in DIRECT)
    return Figures(span, online, direct, as_of=as_of, **summed)


async def shown(db: AsyncConnection, office: str, span: Span, now: dt.datetime) -> tuple[Figures, str]:
    """The figures of a span as they were counted last, while neither the dossiers nor the day have changed; else counted now.

    The second is the state to keep them under, "" where they are kept already."""
    state = f"{now.date()} {await dossiers_state(db, office)}"
    if found := await counted.kept(db, office, span.name, state):
        as_of = found.pop("as_of")
        return Figures(span, as_of=as_of and dt.datetime.fromisoformat(as_of), **found), ""
    return await figures(db, office, span, now), state


async def keep(db: AsyncConnection, office: str, made: Figures, state: str) -> None:
    """Keeps the figures of a span until something changes."""
    values = {name: getattr(made, name) for name in ("online", "direct", *_COUNTED)}
    await counted.keep(db, office, made.span.name, state, {**values, "as_of": made.as_of and made.as_of.isoformat()})


async def renew(database: Database, office: str, now: dt.datetime) -> None:
    """Counts this month and year anew where anything has changed, so that no citizen waits for it."""
    async with database.reading() as db:
        found = [await shown(db, office, span, now) for span in spans(now.date())]
    async with database.writing() as db:
        for made, state in found:
            if state:
                await keep(db, office, made, state)


async def faults(db: AsyncConnection, office: str, span: Span, now: dt.datetime) -> list[Fault]:
    """The dossiers that break a sum of a span, at most a thousand."""
    rules, d = _Rules(db, span, now.date()), dossiers.c
    ways = [row for row in (await db.execute(sa.select(d.method).where(_own(office)).distinct())).scalars() if fold(row) not in ONLINE | DIRECT]
    reasons = (
        ("thiếu ngày tiếp nhận", rules.unreceived),
        ("đã xong hoặc đã dừng mà thiếu ngày hoàn thành", rules.undated),
        ("có ngày hoàn thành mà trạng thái chưa xong", rules.still_open),
        ("ngày hoàn thành trước ngày tiếp nhận", rules.backwards),
        ("thiếu ngày hẹn trả", rules.undue),
        ("hình thức nộp trống hoặc lạ", sa.and_(rules.fresh, d.method.in_(ways))),
    )
    found: list[Fault] = []
    for reason, rule in reasons:
        codes = await db.execute(sa.select(d.code).where(_own(office), rule).order_by(d.code).limit(MOST_FAULTS - len(found)))
        found += [Fault(code, reason) for code in codes.scalars()]
    return found


def lines(made: Figures, wrong: Sequence[Fault]) -> list[str]:
    """The figures for the staff, with the dossiers that have to be mended."""
    good = made.early + made.on_time
    ways = f"{made.online}, trực tiếp và bưu chính: {made.direct} (trực tuyến {_share(made.online, made.fresh)})"
    solved = f"{made.solved} = {made.early} trước hạn + {made.on_time} đúng hạn + {made.late} trễ hạn"
    ratios = f"{_share(good, made.solved)}, trễ hạn: {_share(made.late, made.solved)}"
    facts = (
        ("Tiếp nhận", f"{made.received} (chuyển từ kỳ trước {made.carried})", made.whole),
        ("Nộp trực tuyến", ways, made.ways_shown),
        ("Đã giải quyết", solved, made.solved_shown),
        ("Trước và đúng hạn", ratios, made.solved_shown),
        ("Đang giải quyết", f"{made.pending} = {made.in_time} trong hạn + {made.overdue} quá hạn", made.pending_shown),
    )
    shown = [f"  {name}: {text if holds else 'chưa công bố được'}" for name, text, holds in facts]
    time = f"  Số liệu lúc {made.as_of.astimezone(ZONE):%H:%M ngày %d/%m/%Y}" if made.as_of else "  Chưa có hồ sơ nào."
    return [f"{made.span.name}:", *shown, time, *(f"  ! {fault.code}: {fault.reason}" for fault in wrong)]


def reconciled(span: Span, found: Sequence[tuple[dt.datetime, Mapping[str, int]]]) -> str:
    """How often the list was compared with the office's register in a span, and how the last time went."""
    if not found:
        return f"  Đối soát với sổ, {span.name.lower()}: chưa lần nào"
    at, n = found[-1]
    wrong = sum(n.values()) - n["compared"]
    told = (
        f"chỉ có trong sổ {n['register_only']}, chỉ có trong phần mềm {n['software_only']}, khác nhau {n['different']}, "
        f"ghi hai lần {n['twice']}, không đọc được {n['refused']}"
    )
    return f"  Đối soát với sổ, {span.name.lower()}: {len(found)} lần; lần cuối {at.astimezone(ZONE):%d/%m/%Y} lệch {wrong} ({told})"


def _share(part: int, whole: int) -> str:
    value = percent(part, whole)
    return "—" if value is None else f"{value} %".replace(".", ",")
