"""What a clerk asks of the content folder: a new leaflet from a template, what is due for review, what the portal now says otherwise."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz import fuzz, process

from knowledge.checks import ENDING_WITHIN, STALE_AFTER
from knowledge.importer import DRAFTS, fee_text, is_free, slug, time_text
from knowledge.model import General, Knowledge, Line, Paper, Procedure, Rate, Way
from knowledge.portal import Published
from knowledge.portal.papers import sort
from knowledge.procedure import CODE, UNPUBLISHED, read_procedure
from knowledge.words import fold, spoken
from knowledge.writer import WAY_NAMES, with_key, write

ALIKE = 62.0  # per cent of shared words from which two papers count as one
_TIME = re.compile(r"(\d+)(?:\s*\([^)]*\))?\s*(ngày làm việc|ngày|giờ làm việc|giờ|tháng|phút)", re.I)
_MONEY = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d{4,}")
_HINTS = (
    "Hãy điền từng mục. Nguồn không nói thì viết “Chưa công bố”, không đoán. Dòng như dòng này chỉ dành cho đồng nghiệp, bot bỏ qua.",
    "Giấy tờ: mỗi dòng một giấy; số bản và mẫu để trong ngoặc cuối dòng. Giấy chỉ cần khi có hoàn cảnh riêng thì đặt dưới “### Hoàn cảnh”.",
    "Xong thì chạy: motcua knowledge publish TỆP. Lệnh ấy bỏ dòng “Trạng thái: Nháp” và đưa tờ vào dùng.",
)


class WrongWords(Exception):
    """A command's words that cannot be used; the text says what is expected."""


def new(folder: Path, code: str, name: str, field: str, today: dt.date) -> tuple[Path, str]:
    """The place and text of a new draft to fill in. Raises WrongWords."""
    if not CODE.match(code):
        raise WrongWords(f"“{code}” không phải là mã thủ tục. Mã quốc gia có dạng 1.001193.")
    path = folder / DRAFTS / slug(field) / f"{slug(name)}.md"
    if path.exists():
        raise WrongWords(f"{path}: đã có tệp này. Hãy sửa tệp ấy, hoặc đặt tên khác.")
    return path, write(template(code, name, field, today), _HINTS)


def template(code: str, name: str, field: str, today: dt.date) -> Procedure:
    """A leaflet that loads and says nothing yet."""
    silent = (Line(UNPUBLISHED),)
    ways = (Way.DIRECT, Way.ONLINE, Way.POST)
    return Procedure(
        path=Path(),
        code=code,
        name=name,
        field=field,
        agency="Ủy ban nhân dân cấp xã",
        where="Trung tâm Phục vụ hành chính công",
        online=UNPUBLISHED,
        source=UNPUBLISHED,
        checked=today,
        draft=True,
        papers=(Paper(UNPUBLISHED),),
        fees=tuple(Rate(way, UNPUBLISHED) for way in ways),
        times=tuple(Rate(way, UNPUBLISHED) for way in ways),
        steps=silent,
        result=silent,
        legal_basis=silent,
    )


def drafts(folder: Path) -> list[Procedure]:
    """The drafts of the content folder that can be read."""
    files = sorted((folder / DRAFTS).rglob("*.md"))
    found = (read_procedure(path, path.read_text(encoding="utf-8-sig", errors="replace"))[0] for path in files)
    return [replace(p, draft=True) for p in found if p]


def published_draft(folder: Path, path: Path, today: dt.date) -> tuple[Path, str]:
    """Where a checked draft goes and its text: without the mark, checked today. Raises WrongWords."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    procedure, _ = read_procedure(path, text)
    if procedure is None or fold(procedure.field) == fold(UNPUBLISHED):
        raise WrongWords(f"{path}: chưa có “Mã thủ tục” hoặc “Lĩnh vực”. Hãy điền rồi làm lại.")
    inside = path.relative_to(folder)
    target = folder / "procedures" / Path(*inside.parts[1:]) if inside.parts[0] == DRAFTS else path
    if target != path and target.exists():
        raise WrongWords(f"{target}: đã có tệp này đang dùng. Hãy chép phần mới vào đó, rồi xóa bản nháp.")
    return target, with_key(with_key(text, "Trạng thái", ""), "Kiểm tra ngày", f"{today:%d/%m/%Y}")


@dataclass(frozen=True)
class Due:
    """A leaflet to review, and why."""

    path: Path
    day: dt.date
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def stale(knowledge: Knowledge, today: dt.date, days: int = STALE_AFTER.days) -> list[Due]:
    """Leaflets last checked over so many days ago, or whose validity ends within 60 days or has ended; most urgent first."""
    due = []
    leaflets: tuple[Procedure | General, ...] = (*knowledge.procedures, *knowledge.generals)
    for leaflet in leaflets:
        if leaflet.checked and (today - leaflet.checked).days > days:
            due.append(Due(leaflet.path, leaflet.checked, f"kiểm tra lần cuối {leaflet.checked:%d/%m/%Y}, đã {(today - leaflet.checked).days} ngày"))
    for procedure in knowledge.procedures:
        if (end := procedure.valid_until) and end - today <= ENDING_WITHIN:
            word = "đã hết hiệu lực từ sau" if end < today else "sắp hết hiệu lực, ngày cuối"
            due.append(Due(procedure.path, dt.date.min, f"{word} {end:%d/%m/%Y}"))
    return sorted(due, key=lambda d: (d.day, str(d.path)))


@dataclass(frozen=True)
class Changed:
    """Where the portal and a leaflet differ: what the leaflet says, what the portal says ("" for nothing)."""

    path: Path
    code: str
    part: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.path}: {self.code}, {self.part}: tờ ghi “{self.ours or 'không có'}”, Cổng ghi “{self.theirs or 'không có'}”"


def compare(knowledge: Knowledge, published: Iterable[Published]) -> Iterator[Changed]:
    """Changed fees, times and papers of the procedures that have a leaflet. Leaflets are in our own words: numbers and names of papers count."""
    for form in published:
        if procedure := knowledge.procedure(form.code):
            yield from _rates(procedure, form)
            yield from _papers(procedure, form)


def without_leaflet(knowledge: Knowledge, published: Iterable[Published]) -> list[Published]:
    return [form for form in published if knowledge.procedure(form.code) is None]


def _rates(procedure: Procedure, form: Published) -> Iterator[Changed]:
    """A row of the portal against the leaflet's rates for that way; a bare «Miễn phí» says nothing (domain rules, section 9)."""
    for way in dict.fromkeys(f.way for f in form.filings):
        rows = [f for f in form.filings if f.way is way]
        theirs = " / ".join(dict.fromkeys(text for f in rows if (text := fee_text(f)) != UNPUBLISHED))
        ours = _ours(procedure.fees, way)
        if not all(is_free(f.fee) for f in rows) and _amounts(theirs) and not _amounts(theirs) & _amounts(ours):
            yield Changed(procedure.path, form.code, f"phí, {WAY_NAMES[way].lower()}", ours, theirs)
        limits = {limit for f in rows for limit in _limits(f.time)}
        ours = _ours(procedure.times, way)
        if len(limits) == 1 and not limits & _limits(ours):
            yield Changed(procedure.path, form.code, f"thời gian, {WAY_NAMES[way].lower()}", ours, time_text(rows[0], staged=False))


def _ours(rates: Iterable[Rate], way: Way) -> str:
    return " / ".join(dict.fromkeys(r.text for r in rates if way in (r.way, Way.ANY) or r.way is Way.ANY))


def _amounts(text: str) -> set[int]:
    return {int(re.sub(r"\D", "", number)) for number in _MONEY.findall(text)}


def _limits(text: str) -> set[tuple[int, str]]:
    return {(int(n), unit.lower()) for n, unit in _TIME.findall(text)}


def _papers(procedure: Procedure, form: Published) -> Iterator[Changed]:
    rows = sort(form.listed)
    theirs = [p.name for p in (*rows.papers, *rows.shown)]
    ours = [p.name for p in (*procedure.papers, *procedure.shown) if p.name != UNPUBLISHED]
    told = [*ours, *(line.text for line in (*procedure.not_needed, *procedure.notes, *procedure.forms))]
    for name in theirs:
        if not _alike(name, told):
            yield Changed(procedure.path, form.code, "giấy tờ", "", name)
    for name in ours if theirs else ():
        if not _alike(name, (*theirs, *(line.text for line in (*rows.notes, *rows.not_needed)))):
            yield Changed(procedure.path, form.code, "giấy tờ", name, "")


def _alike(name: str, others: Iterable[str]) -> bool:
    return process.extractOne(spoken(name), [spoken(o) for o in others], scorer=fuzz.token_set_ratio, score_cutoff=ALIKE) is not None
