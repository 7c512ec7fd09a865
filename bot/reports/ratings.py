"""One set of ratings as the tables that reports ask for: five levels, three levels, eighteen points, groups, the sample.

Source: domain rules, section 5. A rating in a chat is voluntary feedback: no table here bears the name of an official survey or index."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dossiers.counter import percent
from bot.reports.scale import BAD, GOOD, LEVELS, QUESTIONS
from bot.reports.tables import Cell, Table
from bot.settings import ZONE
from bot.store import voices
from bot.store.tables import dossiers, ratings

LEAST = 5  # a smaller group is not shown
HIDDEN = "dưới 5"
NO_FIGURES = "chưa có số liệu"
VOLUNTARY = "Ý kiến tự nguyện gửi qua trò chuyện; không phải kết quả điều tra chính thức."
NEUTRAL = {
    "dissatisfied": "“Bình thường” được tính vào “Không hài lòng”.",
    "satisfied": "“Bình thường” được tính vào “Hài lòng”.",
    "apart": "“Bình thường” không được tính vào mức nào và không nằm trong n.",
}
# The nine criteria, two points each, and the question of the chat that speaks to one of them, with the points of its answers.
CRITERIA: tuple[tuple[str, str, Mapping[str, int]], ...] = (
    ("Tổng thời gian giải quyết so với quy định", "time", {"kept": 2, "late": 0}),
    ("Thời gian giải quyết của từng cơ quan", "", {}),
    ("Số lần liên hệ", "", {}),
    ("Số cơ quan phải liên hệ", "", {}),
    ("Tiếp nhận, giải quyết, trả kết quả", "", {}),
    ("Công khai thủ tục", "", {}),
    ("Thái độ của cán bộ", "attitude", {"good": 2, "fair": 1, "poor": 0}),
    ("Tiếp thu, trả lời phản ánh, kiến nghị", "", {}),
    ("Dịch vụ công trực tuyến", "", {}),
)


@dataclass(frozen=True)
class Rating:
    """A rating as it is counted, without the chat that gave it."""

    level: int
    day: dt.date
    field: str = ""
    desk: str = ""
    answers: Mapping[str, str] | None = None


async def read(db: AsyncConnection, office: str, first: dt.date, end: dt.date) -> list[Rating]:
    """The ratings of an office from one day to before another, each by the day when it was first given."""
    r, (start, stop) = ratings.c, _moments(first, end)
    query = sa.select(r.level, r.at, r.field, r.desk, r.answers).where(r.office == office, r.at >= start, r.at < stop).order_by(r.id)
    return [Rating(row.level, row.at.astimezone(ZONE).date(), row.field, row.desk, row.answers) for row in await db.execute(query)]


async def in_words(db: AsyncConnection) -> AsyncIterator[Sequence[object]]:
    """Every rating for a spreadsheet, reasons and answers as the citizen read them."""
    async for at, channel, level, reasons, comment, dossier, desk, field, answers in voices.all_ratings(db):
        offered = GOOD if level >= 4 else BAD
        told = [offered.get(name, name) for name in reasons]
        said = {QUESTIONS[name].text: QUESTIONS[name].answers.get(a, a) for name, a in answers.items() if name in QUESTIONS}
        yield at, channel, level, told, comment, dossier, desk, field, said


async def finished(db: AsyncConnection, office: str, first: dt.date, end: dt.date) -> int:
    """How many dossiers were finished in a span: the N of its sample."""
    d, (start, stop) = dossiers.c, _moments(first, end)
    query = sa.select(sa.func.count()).select_from(dossiers).where(d.office == office, d.completed_at >= start, d.completed_at < stop)
    return (await db.execute(query)).scalar_one()


def _moments(first: dt.date, end: dt.date) -> tuple[dt.datetime, dt.datetime]:
    return dt.datetime.combine(first, dt.time(), ZONE), dt.datetime.combine(end, dt.time(), ZONE)


def sample_size(population: int) -> int:
    """n = N/(1+N·0.05²), rounded up: 715 → 257."""
    return math.ceil(Decimal(population) / (1 + population * Decimal("0.0025")))


def tables(
    month: str, given: Sequence[Rating], year: Sequence[Rating], done: int, neutral: str, desks: Mapping[str, str] | None = None
) -> tuple[Table, ...]:
    """All tables of a month, `year` being the ratings from January on; `desks` gives the names of the counters."""
    names = desks or {}
    return (
        five_levels(month, given),
        three_levels(month, given, neutral),
        eighteen_points(month, given),
        answered(month, given),
        by_group(f"Theo lĩnh vực, {month}", given, lambda r: r.field),
        by_group(f"Theo quầy, {month}", given, lambda r: names.get(r.desk, r.desk)),
        by_group("Theo tháng trong năm", year, lambda r: f"{r.day:%m/%Y}"),
        sample(month, len(given), done),
    )


def five_levels(month: str, given: Sequence[Rating]) -> Table:
    """How often each level was given, and the share of the upper two."""
    counts, n = Counter(r.level for r in given), len(given)
    rows: list[tuple[Cell, ...]] = [(LEVELS[level], counts[level], percent(counts[level], n)) for level in sorted(LEVELS, reverse=True)]
    index = "Tỷ lệ hài lòng = (Hài lòng + Rất hài lòng) / n"
    return _unless_few(f"Năm mức, {month}", ("Mức", "Số ý kiến", "%"), [*rows, (index, counts[4] + counts[5], percent(counts[4] + counts[5], n))], n)


def three_levels(month: str, given: Sequence[Rating], neutral: str) -> Table:
    """The three levels of the quarterly report; where the middle goes is a setting, printed with the table."""
    counts = Counter(r.level for r in given)
    low, middle, high = counts[1] + counts[2], counts[4], counts[5]
    low, middle = low + counts[3] * (neutral == "dissatisfied"), middle + counts[3] * (neutral == "satisfied")
    n = low + middle + high
    rows = [(name, count, percent(count, n)) for name, count in (("Không hài lòng", low), ("Hài lòng", middle), ("Rất hài lòng", high))]
    index = ("Tỷ lệ hài lòng = (Hài lòng + Rất hài lòng) / n", middle + high, percent(middle + high, n))
    return _unless_few(f"Ba mức, {month}", ("Mức", "Số ý kiến", "%"), [*rows, index], n, NEUTRAL[neutral])


def eighteen_points(month: str, given: Sequence[Rating]) -> Table:
    """Nine criteria of two points; what no citizen was asked about stays without figures, and then there is no sum."""
    rows: list[tuple[Cell, ...]] = []
    points: list[Decimal] = []
    for number, (name, question, worth) in enumerate(CRITERIA, 1):
        found = [worth[a] for r in given if (a := (r.answers or {}).get(question, "")) in worth]
        if len(found) >= LEAST:
            points.append((Decimal(sum(found)) / len(found)).quantize(Decimal("0.01"), ROUND_HALF_UP))
            rows.append((number, name, len(found), points[-1]))
        else:
            rows.append((number, name, HIDDEN if found else 0, NO_FIGURES))
    total = sum(points) if len(points) == len(CRITERIA) else f"{NO_FIGURES}: có {len(points)} trong {len(CRITERIA)} tiêu chí"
    rows.append((None, "Cộng (tối đa 18)", None, total))
    return Table(f"Thang 18 điểm, {month}", ("Số", "Tiêu chí", "n", "Điểm (tối đa 2)"), tuple(rows), (*_mapping(), VOLUNTARY))


def _mapping() -> tuple[str, ...]:
    """Which question stands for which criterion, and the points of its answers, for printing."""
    found = []
    for number, (_, question, worth) in enumerate(CRITERIA, 1):
        if question:
            told = ", ".join(f"{QUESTIONS[question].answers[name]} = {point}" for name, point in worth.items())
            found.append(f"Tiêu chí {number} lấy từ câu “{QUESTIONS[question].text}”: {told}.")
    return (*found, "Các tiêu chí khác người dân không được hỏi ở đây.")


def answered(month: str, given: Sequence[Rating]) -> Table:
    """How the commune's questions were answered."""
    rows: list[tuple[Cell, ...]] = []
    for name, question in QUESTIONS.items():
        counts = Counter(a for r in given if (a := (r.answers or {}).get(name, "")) in question.answers)
        n = sum(counts.values())
        if n < LEAST:
            rows.append((question.text, HIDDEN if n else NO_FIGURES, None, None))
            continue
        rows += [(question.text, label, counts[key], percent(counts[key], n)) for key, label in question.answers.items()]
    return Table(f"Trả lời thêm, {month}", ("Câu hỏi", "Trả lời", "Số ý kiến", "%"), tuple(rows), (VOLUNTARY,))


def by_group(title: str, given: Sequence[Rating], key: Callable[[Rating], str]) -> Table:
    """The levels of each group; of one under five nothing is shown but that it is there."""
    groups: dict[str, list[Rating]] = {}
    for rating in given:
        groups.setdefault(key(rating) or "(không rõ)", []).append(rating)
    rows: list[tuple[Cell, ...]] = []
    for name, own in sorted(groups.items()):
        counts, n = Counter(r.level for r in own), len(own)
        levels = [counts[level] for level in sorted(LEVELS, reverse=True)]
        rows.append((name, n, *levels, percent(counts[4] + counts[5], n)) if n >= LEAST else (name, HIDDEN, *(None for _ in levels), None))
    headings = ("Nhóm", "n", *(LEVELS[level] for level in sorted(LEVELS, reverse=True)), "Hài lòng và rất hài lòng, %")
    return Table(title, headings, tuple(rows), ("Nhóm dưới 5 ý kiến không hiện số liệu.", VOLUNTARY))


def sample(month: str, given: int, done: int) -> Table:
    """How far the ratings are towards the size of a sample."""
    wanted = sample_size(done)
    rows = (("Hồ sơ giải quyết xong trong tháng (N)", done), ("Cỡ mẫu n = N/(1+N·0,05²)", wanted), ("Ý kiến đã có", given))
    return Table(f"Cỡ mẫu, {month}", ("", "Số"), (*rows, ("Đạt, %", percent(given, wanted))), (VOLUNTARY,))


def _unless_few(title: str, headings: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], n: int, *notes: str) -> Table:
    if n < LEAST:
        return Table(title, headings, (("n", HIDDEN if n else 0, None),), (*notes, VOLUNTARY))
    return Table(title, headings, (*rows, ("n", n, None)), (*notes, VOLUNTARY))
