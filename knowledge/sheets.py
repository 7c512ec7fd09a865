"""Fees, times, dates and contacts as an Excel workbook and back. What differs is listed before anything is written, and written all or nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.leaflet import nearest, read
from knowledge.model import Knowledge, Office, Problem, Procedure, Rate
from knowledge.office import OFFICE_KEYS, OFFICE_SECTIONS
from knowledge.packed import Unreadable, open_packed
from knowledge.procedure import WAYS
from knowledge.words import fold, tidy
from knowledge.writer import WAY_NAMES, rates, with_key, with_section, written_day

RATES = {"Phí": "Phí, lệ phí", "Thời gian": "Thời gian giải quyết"}
RATE_COLUMNS = {"Phí": ("Mã", "Thủ tục", "Trường hợp", "Hình thức", "Mức phí"), "Thời gian": ("Mã", "Thủ tục", "Trường hợp", "Hình thức", "Thời hạn")}
DAY_COLUMNS = ("Mã", "Thủ tục", "Hiệu lực từ", "Hiệu lực đến", "Kiểm tra ngày")
CONTACT_COLUMNS = ("Mục", "Nội dung")
CONTACT_KEYS = tuple(key for key in OFFICE_KEYS if key != "Mã")
COLUMNS = {**RATE_COLUMNS, "Ngày": DAY_COLUMNS, "Liên hệ": CONTACT_COLUMNS}
MAX_ROWS = 100_000
_WIDTHS = {"Mã": 12, "Thủ tục": 44, "Trường hợp": 32, "Hình thức": 16, "Mục": 24}
Row = dict[str, object]


@dataclass(frozen=True)
class Difference:
    """A value that the workbook changes: where it stands, what stands there, and what comes instead ("" for nothing)."""

    path: Path
    place: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path}: {self.place}: “{self.before or 'để trống'}” → “{self.after or 'bỏ đi'}”"


@dataclass(frozen=True)
class Changes:
    """What a workbook would change, with the whole texts to write; `problems` keep it from being written."""

    differences: tuple[Difference, ...]
    texts: dict[Path, str]
    problems: tuple[Problem, ...]


def columns_of(knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    """The sheets and their columns; each further office has a sheet for its contacts, named by its code."""
    return {**COLUMNS, **{f"Liên hệ {office.code}": CONTACT_COLUMNS for office in knowledge.others}}


def export(knowledge: Knowledge, path: Path) -> int:
    """Writes the workbook, a sheet each for fees, times, dates and contacts; returns the number of rows. Raises Unreadable."""
    book = Workbook()
    book.remove(book.worksheets[0])
    count = 0
    for name, columns in columns_of(knowledge).items():
        rows = list(_rows_out(knowledge, name))
        _fill(book.create_sheet(name), columns, rows)
        count += len(rows)
    try:
        book.save(path)
    except OSError as error:
        raise Unreadable(f"{path}: không ghi được ({error.strerror}). Hãy đóng tệp trong Excel, hoặc chọn thư mục khác.") from error
    return count


def _rows_out(knowledge: Knowledge, sheet: str) -> Iterator[Sequence[str]]:
    if sheet.startswith("Liên hệ"):
        keys = _office_keys(_office_of(knowledge, sheet).path)
        yield from ((key, keys.get(key, "")) for key in CONTACT_KEYS)
        return
    for p in knowledge.procedures:
        if sheet == "Ngày":
            yield (p.code, p.name, written_day(p.valid_from), written_day(p.valid_until), written_day(p.checked))
        else:
            yield from ((p.code, p.name, rate.case, WAY_NAMES[rate.way], rate.text) for rate in _rates_of(p, sheet))


def _office_of(knowledge: Knowledge, sheet: str) -> Office:
    return next((office for office in knowledge.others if sheet == f"Liên hệ {office.code}"), knowledge.office)


def _rates_of(procedure: Procedure, sheet: str) -> tuple[Rate, ...]:
    return procedure.fees if sheet == "Phí" else procedure.times


def _office_keys(path: Path) -> dict[str, str]:
    return read(path, path.read_text(encoding="utf-8-sig"), keys=OFFICE_KEYS, sections=OFFICE_SECTIONS).keys


def _fill(sheet: Worksheet, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Cells are text, so that Excel neither counts nor drops a leading 0; headings stay in sight."""
    sheet.append(list(columns))
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value, cell.number_format = value, "@"
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, name in enumerate(columns, 1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, 60 if column == len(columns) else 16)
    sheet.freeze_panes = "A2"


def changes(knowledge: Knowledge, path: Path) -> Changes:
    """What the workbook would change in the knowledge. Nothing is written. Raises Unreadable where it is no such workbook."""
    reading = _Workbook(knowledge, path)
    for name, rows in _sheets(path, columns_of(knowledge)).items():
        reading.take(name, rows)
    return reading.changes()


def _sheets(path: Path, columns: dict[str, tuple[str, ...]]) -> dict[str, list[tuple[int, Row]]]:
    """The rows of each known sheet by their numbers in Excel."""
    source = open_packed(path, "XLSX")
    try:
        book = load_workbook(source, read_only=True, data_only=True)
        raw = {s.title: [tuple(r) for _, r in zip(range(MAX_ROWS), s.iter_rows(values_only=True), strict=False)] for s in book.worksheets}
        book.close()
    except Exception as error:  # openpyxl names no error of its own for XML that is not as it should be
        raise Unreadable(f"{path.name}: không mở được như XLSX. Hãy mở bằng Excel rồi lưu lại dạng XLSX.") from error
    known = {fold(name): name for name in columns}
    named = {known[fold(title)]: rows for title, rows in raw.items() if fold(title) in known}
    found = {name: _headed(path, name, columns[name], rows) for name, rows in named.items()}
    if not found:
        raise Unreadable(f"{path.name}: không có trang nào trong: {', '.join(columns)}. Các trang trong tệp: {', '.join(raw)}. Hãy xuất lại rồi sửa.")
    return found


def _headed(path: Path, sheet: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[tuple[int, Row]]:
    heads = [_text(cell) for cell in rows[0]] if rows else []
    folded = [fold(head) for head in heads]
    for column in columns:
        if fold(column) not in folded:
            near = nearest(column, [h for h in heads if h and fold(h) not in {fold(c) for c in columns}])
            hint = f" Có phải “{near}”? Hãy đổi lại." if near else ""
            there = ", ".join(h for h in heads if h) or "không có gì"
            raise Unreadable(f"{path.name}: trang “{sheet}” thiếu cột “{column}”. Dòng 1 đang có: {there}.{hint}")
    places = {column: folded.index(fold(column)) for column in columns}
    return [
        (number, {column: row[place] if place < len(row) else None for column, place in places.items()})
        for number, row in enumerate(rows[1:], 2)
        if any(_text(cell) for cell in row)
    ]


def _text(value: object) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%d/%m/%Y}"
    return " ".join(tidy(str(value)).split()) if value is not None else ""


class _Workbook:
    """Takes the sheets one by one and gathers differences, new texts and problems."""

    def __init__(self, knowledge: Knowledge, path: Path) -> None:
        self.knowledge, self.path = knowledge, path
        self.by_code = {p.code: p for p in knowledge.procedures}
        self.differences: list[Difference] = []
        self.texts: dict[Path, str] = {}
        self.problems: list[Problem] = []

    def changes(self) -> Changes:
        return Changes(tuple(self.differences), self.texts, tuple(sorted(self.problems, key=lambda p: p.line)))

    def take(self, sheet: str, rows: list[tuple[int, Row]]) -> None:
        if sheet == "Ngày":
            self._days(rows)
        elif sheet.startswith("Liên hệ"):
            self._contacts(sheet, rows)
        else:
            self._rates(sheet, rows)

    def _complain(self, sheet: str, number: int, message: str) -> None:
        self.problems.append(Problem(self.path, number, f"trang “{sheet}”: {message}"))

    def _procedure(self, sheet: str, number: int, row: Row) -> Procedure | None:
        code = _text(row["Mã"])
        if (procedure := self.by_code.get(code)) is None:
            near = nearest(code, self.by_code) if code else ""
            hint = f" Ý bạn là “{near}”?" if near else ""
            self._complain(sheet, number, f"không có tờ nào mang mã “{code}”.{hint}")
        return procedure

    def _edit(self, path: Path, edit: Callable[[str], str]) -> None:
        self.texts[path] = edit(self.texts.get(path) or path.read_text(encoding="utf-8-sig"))

    def _rates(self, sheet: str, rows: list[tuple[int, Row]]) -> None:
        given: dict[str, list[Rate]] = defaultdict(list)
        for number, row in rows:
            procedure, rate = self._procedure(sheet, number, row), self._rate(sheet, number, row)
            if procedure and rate:
                given[procedure.code].append(rate)
        for code, found in given.items():
            self._compare_rates(sheet, self.by_code[code], found)

    def _rate(self, sheet: str, number: int, row: Row) -> Rate | None:
        column = COLUMNS[sheet][-1]
        way, value = _text(row["Hình thức"]), row[column]
        if fold(way) not in WAYS:
            near = nearest(way, WAY_NAMES.values())
            self._complain(
                sheet, number, f"“Hình thức: {way}” không đúng. Hãy dùng: {', '.join(WAY_NAMES.values())}." + (f" Ý bạn là “{near}”?" if near else "")
            )
        elif isinstance(value, int | float):
            example = "50.000 đồng" if sheet == "Phí" else "3 ngày làm việc"
            self._complain(sheet, number, f"“{column}: {value:.0f}” chỉ có số. Hãy viết cả đơn vị, như {example}.")
        elif not _text(value):
            self._complain(sheet, number, f"ô “{column}” trống. Nguồn không nói thì viết “Chưa công bố”; bỏ cả mức này thì xóa cả dòng.")
        else:
            return Rate(WAYS[fold(way)], _text(value), _text(row["Trường hợp"]))
        return None

    def _compare_rates(self, sheet: str, procedure: Procedure, given: list[Rate]) -> None:
        """Row order does not count, since clerks sort; the leaflet keeps its own."""
        name, before, changed = RATES[sheet], [_plain(r) for r in _rates_of(procedure, sheet)], False
        order = list(dict.fromkeys((r.case, r.way) for r in (*before, *given)))
        for case, way in order:
            was, now = (sorted(r.text for r in found if (r.case, r.way) == (case, way)) for found in (before, given))
            if was != now:
                place = ", ".join(part for part in (name, case, WAY_NAMES[way]) if part)
                self.differences.append(Difference(procedure.path, place, " / ".join(was), " / ".join(now)))
                changed = True
        if changed:
            after = sorted(given, key=lambda r: order.index((r.case, r.way)))
            self._edit(procedure.path, lambda text: with_section(text, name, rates(after)))

    def _days(self, rows: list[tuple[int, Row]]) -> None:
        for number, row in rows:
            if procedure := self._procedure("Ngày", number, row):
                was = {"Hiệu lực từ": procedure.valid_from, "Hiệu lực đến": procedure.valid_until, "Kiểm tra ngày": procedure.checked}
                for key, before in was.items():
                    self._compare(procedure.path, key, written_day(before), self._day(number, key, _text(row[key])))

    def _day(self, number: int, key: str, text: str) -> str | None:
        """The day as leaflets write it, "" for none, None where the cell holds something else."""
        match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
        try:
            if match:
                return written_day(dt.date(int(match[3]), int(match[2]), int(match[1])))
        except ValueError:
            match = None
        if text or key == "Kiểm tra ngày":
            self._complain("Ngày", number, f"“{key}: {text}” không phải là ngày. Hãy viết như 05/09/2026.")
            return None
        return ""

    def _contacts(self, sheet: str, rows: list[tuple[int, Row]]) -> None:
        path = _office_of(self.knowledge, sheet).path
        keys, known = _office_keys(path), {fold(key): key for key in CONTACT_KEYS}
        for number, row in rows:
            key, value = known.get(fold(_text(row["Mục"]))), row["Nội dung"]
            if key is None:
                near = nearest(_text(row["Mục"]), CONTACT_KEYS)
                self._complain(sheet, number, f"không có mục “{_text(row['Mục'])}”." + (f" Ý bạn là “{near}”?" if near else ""))
            elif isinstance(value, int | float):
                self._complain(sheet, number, f"“{key}: {value:.0f}” là số nên Excel bỏ mất số 0 ở đầu. Hãy đổi ô thành Text rồi gõ lại.")
            else:
                self._compare(path, key, keys.get(key, ""), _text(value))

    def _compare(self, path: Path, key: str, before: str, after: str | None) -> None:
        if after is None or before == after:
            return
        self.differences.append(Difference(path, key, before, after))
        is_office = any(path == office.path for office in self.knowledge.offices)
        self._edit(path, lambda text: with_key(text, key, after, read(path, text, keys=OFFICE_KEYS, sections=OFFICE_SECTIONS) if is_office else None))


def _plain(rate: Rate) -> Rate:
    """The rate as a cell can hold it."""
    return replace(rate, text=_text(rate.text), case=_text(rate.case))
