"""An office's export (CSV or XLSX) → dossiers, with a reason for every row that is refused. Headings in Vietnamese or English."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from bot.dossiers.codes import find, receipt_number
from bot.dossiers.mapping import HEADINGS, Mapping
from bot.dossiers.secret import keyed_hash, last_digits, masked
from bot.dossiers.statuses import Status
from bot.settings import ZONE
from bot.store.dossiers import RECEIPT
from knowledge.leaflet import nearest

REQUIRED = {"code": "Mã hồ sơ", "status": "Trạng thái"}
_FORMATS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
MAX_UNPACKED = 512 * 1024 * 1024
WORDS = ("status", "procedure_name", "procedure_code", "field", "reason", "method", "name", "phone", "identity", "receipt", "amount", "apology")
PLAIN = Mapping()


class SheetError(Exception):
    """The file as a whole cannot be read; the text says what is there and what is expected."""


@dataclass(frozen=True)
class Refused:
    """A row that was left out: its number as a spreadsheet shows it, the column, and why."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"dòng {self.row}, cột {self.column}: {self.reason}"


Record = dict[str, object]


def read_sheet(path: Path, key: bytes, today: dt.date, mapping: Mapping = PLAIN) -> Iterator[Record | Refused]:
    """A record for the store from each row, or why it was refused. Raises SheetError where the file cannot be read."""
    rows = _csv_rows(path) if path.suffix.lower() in {".csv", ".txt"} else _xlsx_rows(path)
    status = functools.cache(mapping.status)
    header: dict[int, str] = {}
    for number, cells in rows:
        if not any(str(c or "").strip() for c in cells):
            continue
        if not header:
            header = _header(path, cells, mapping)
            continue
        yield _record(_placed(number, header, cells), key, today, status)
    if not header:
        raise SheetError(f"{path.name}: tệp trống. Dòng đầu phải là các tiêu đề như “Mã hồ sơ”, “Trạng thái”.")


def _header(path: Path, cells: Sequence[object], mapping: Mapping) -> dict[int, str]:
    header = {i: name for i, c in enumerate(cells) if c and (name := mapping.column(str(c)))}
    for name, title in REQUIRED.items():
        if name not in header.values():
            given = [str(c) for c in cells if c]
            near = nearest(title, given) if given else ""
            hint = f" Có phải “{near}”? Hãy đổi tiêu đề ấy." if near else ""
            raise SheetError(f"{path.name}: không có cột “{title}”. Các cột trong tệp: {', '.join(given[:12])}.{hint}")
    return header


@dataclass(frozen=True)
class _Row:
    """A row of the sheet: its number, what each of our columns holds, and where that stands."""

    number: int
    values: dict[str, object]
    places: dict[str, int]

    def refused(self, name: str, reason: str) -> Refused:
        return Refused(self.number, get_column_letter(self.places[name] + 1), reason)


def _placed(number: int, header: dict[int, str], cells: Sequence[object]) -> _Row:
    """What each column holds and where. Of two columns with one meaning the first that is filled counts."""
    values: dict[str, object] = {}
    places: dict[str, int] = {}
    for i, name in header.items():
        cell = cells[i] if i < len(cells) else None
        if name not in values or (not _words(values[name]) and _words(cell)):
            values[name], places[name] = cell, i
    return _Row(number, values, places)


def record_of(values: dict[str, object], key: bytes, today: dt.date, status_of: Callable[[str], Status | None]) -> Record | Refused:
    """A record for the store from values by our names for the columns, wherever they come from."""
    row = _Row(0, {**dict.fromkeys((*WORDS, *REQUIRED, "as_of", "received", "due", "completed")), **values}, dict.fromkeys(HEADINGS, 0))
    return _record(row, key, today, status_of)


def _record(row: _Row, key: bytes, today: dt.date, status_of: Callable[[str], Status | None]) -> Record | Refused:
    values, words = row.values, {name: _words(row.values.get(name)) for name in WORDS}
    code = _code(str(values["code"] or ""), words["receipt"], today)
    if not code:
        return row.refused("code", f"“{values['code'] or ''}” không phải là mã hồ sơ (như H26.145-260108-0002).")
    if not words["status"]:
        return row.refused("status", "trạng thái trống.")
    times = _times(row, today)
    if isinstance(times, Refused):
        return times
    return _made(code, words, times, key, status_of(words["status"]))


def _code(written: str, receipt: str, today: dt.date) -> str:
    """The code of a row; of one without a code the receipt number stands for it; "" where there is neither."""
    found = find(written, today)
    if len(found) == 1 and not found[0].fault:
        return found[0].code
    number = receipt_number(receipt)
    return f"{RECEIPT}{number}" if number and not written.strip() else ""


def _times(row: _Row, today: dt.date) -> dict[str, dt.datetime | None] | Refused:
    """The row's dates; the time of its figures may not lie beyond tomorrow."""
    times: dict[str, dt.datetime | None] = {}
    for name in ("received", "due", "completed", "extended", "as_of"):
        try:
            times[name] = _moment(row.values.get(name))
        except ValueError:
            return row.refused(name, f"“{row.values[name]}” không phải là ngày. Hãy viết như 05/09/2026.")
    if times["as_of"] and times["as_of"].date() > today + dt.timedelta(days=1):
        return row.refused("as_of", f"“{row.values['as_of']}” ở tương lai, không thể là lúc lấy số liệu.")
    return times


def _made(code: str, words: dict[str, str], times: dict[str, dt.datetime | None], key: bytes, status: Status | None) -> Record:
    record: Record = {
        "code": code,
        **{name: words[name] for name in ("procedure_name", "procedure_code", "field", "reason", "method")},
        "status": status.number if status else None,
        "status_label": status.label if status else words["status"],
        "received_at": times["received"],
        "due_at": times["due"],
        "completed_at": times["completed"],
        "applicant": masked(words["name"]),
        "phone_hash": keyed_hash(key, code, last_digits(words["phone"])),
        "identity_hash": keyed_hash(key, code, last_digits(words["identity"])),
        "receipt": receipt_number(words["receipt"]),
        "amount": words["amount"],
        "extended_at": times["extended"],
        "apology": words["apology"],
    }
    return record | ({"as_of": times["as_of"]} if times["as_of"] else {})


def _words(value: object) -> str:
    if isinstance(value, float) and value.is_integer():  # a number that only Excel takes for a quantity
        value = int(value)
    return " ".join(str(value).split()) if value is not None else ""


def _moment(value: object) -> dt.datetime | None:
    if value is None or not str(value).strip():
        return None
    moment = value if isinstance(value, dt.datetime) else _written(str(value))
    if moment.year == 1:  # what .NET writes for no date
        return None
    if moment.year < 1900:
        raise ValueError(value)
    return moment.replace(tzinfo=ZONE)


@functools.lru_cache(maxsize=100_000)  # an export repeats its dates
def _written(value: str) -> dt.datetime:
    for form in _FORMATS:
        try:
            return dt.datetime.strptime(value.strip(), form)
        except ValueError:
            continue
    raise ValueError(value)


def _csv_rows(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = next((line for line in file if line.strip(" ,;\t\r\n")), "")
            file.seek(0)
            yield from enumerate(csv.reader(_no_nulls(file), delimiter=max(",;\t", key=first.count)), 1)
    except UnicodeDecodeError as error:
        raise SheetError(f"{path.name}: không phải UTF-8. Trong Excel hãy lưu dạng “CSV UTF-8” hoặc XLSX.") from error
    except OSError as error:
        raise _absent(path) from error
    except csv.Error as error:
        raise SheetError(f"{path.name}: không đọc được ({error}).") from error


def _absent(path: Path) -> SheetError:
    return SheetError(f"{path.name}: không có tệp này, hoặc không được phép đọc.")


def _no_nulls(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise csv.Error("có ký tự rỗng, không phải tệp văn bản")
        yield line


def _xlsx_rows(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise SheetError(f"{path.name}: tệp bung ra quá lớn, có thể là bom nén. Hãy xuất lại dạng CSV.")
        with path.open("rb") as file:  # a file, not its name: openpyxl refuses names that end otherwise
            book = load_workbook(file, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some systems state a wrong size
            yield from enumerate(sheet.iter_rows(values_only=True), 1)
            book.close()
    except SheetError:
        raise
    except OSError as error:
        raise _absent(path) from error
    except Exception as error:  # a damaged file makes openpyxl and what it stands on raise almost anything
        raise SheetError(f"{path.name}: không mở được như XLSX. Hãy lưu lại trong Excel, hoặc xuất CSV UTF-8.") from error
