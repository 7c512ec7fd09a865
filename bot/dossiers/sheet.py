"""An office's export (CSV or XLSX) → dossiers, with a reason for every row that is refused. Headings in Vietnamese or English."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from bot.dossiers.codes import find
from bot.dossiers.secret import keyed_hash, last_digits, masked
from bot.dossiers.statuses import status_of
from bot.settings import ZONE
from knowledge.leaflet import nearest
from knowledge.words import fold

HEADINGS = {
    "code": ("code", "ma ho so", "so ho so", "ma so ho so"),
    "procedure_name": ("procedurename", "ten thu tuc", "thu tuc", "thu tuc hanh chinh", "ten thu tuc hanh chinh"),
    "procedure_code": ("procedurecode", "ma thu tuc", "ma tthc"),
    "field": ("sectorname", "linh vuc", "ten linh vuc"),
    "status": ("dossierstatusname", "trang thai", "trang thai ho so", "tinh trang"),
    "reason": ("reason", "ly do", "ghi chu"),
    "received": ("accepteddate", "ngay tiep nhan", "ngay nhan", "thoi gian tiep nhan"),
    "due": ("appointmentdate", "ngay hen tra", "ngay hen", "han tra", "thoi gian hen tra"),
    "completed": ("completeddate", "ngay hoan thanh", "ngay tra", "ngay ket thuc", "ngay tra ket qua"),
    "method": ("applymethod", "hinh thuc nop", "hinh thuc", "kenh nop"),
    "late": ("overduebyuser", "tre han", "qua han"),
    "name": ("applicantname", "nguoi nop", "ho ten", "chu ho so", "ten nguoi nop"),
    "phone": ("phone", "phonenumber", "dien thoai", "so dien thoai", "sdt"),
    "identity": ("identitynumber", "cccd", "so cccd", "so dinh danh", "so can cuoc", "cmnd"),
}
REQUIRED = {"code": "Mã hồ sơ", "status": "Trạng thái"}
_FORMATS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
MAX_UNPACKED = 512 * 1024 * 1024


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


def read_sheet(path: Path, key: bytes, today: dt.date) -> Iterator[Record | Refused]:
    """A record for the store from each row, or why it was refused. Raises SheetError where the file cannot be read."""
    rows = _csv_rows(path) if path.suffix.lower() in {".csv", ".txt"} else _xlsx_rows(path)
    header: dict[int, str] = {}
    for number, cells in rows:
        if not any(str(c or "").strip() for c in cells):
            continue
        if not header:
            header = _header(path, cells)
            continue
        yield _record(number, *_placed(header, cells), key, today)
    if not header:
        raise SheetError(f"{path.name}: tệp trống. Dòng đầu phải là các tiêu đề như “Mã hồ sơ”, “Trạng thái”.")


def _header(path: Path, cells: Sequence[object]) -> dict[int, str]:
    known = {alias: name for name, aliases in HEADINGS.items() for alias in aliases}
    header = {i: known[fold(str(c))] for i, c in enumerate(cells) if c and fold(str(c)) in known}
    for name, title in REQUIRED.items():
        if name not in header.values():
            given = [str(c) for c in cells if c]
            near = nearest(title, given) if given else ""
            hint = f" Có phải “{near}”? Hãy đổi tiêu đề ấy." if near else ""
            raise SheetError(f"{path.name}: không có cột “{title}”. Các cột trong tệp: {', '.join(given[:12])}.{hint}")
    return header


def _placed(header: dict[int, str], cells: Sequence[object]) -> tuple[dict[str, object], dict[str, str]]:
    """What each column holds and its letters. Of two columns with one meaning the first that is filled counts."""
    values: dict[str, object] = {}
    columns: dict[str, str] = {}
    for i, name in header.items():
        cell = cells[i] if i < len(cells) else None
        if name not in values or (not _words(values[name]) and _words(cell)):
            values[name], columns[name] = cell, get_column_letter(i + 1)
    return values, columns


def _record(number: int, values: dict[str, object], columns: dict[str, str], key: bytes, today: dt.date) -> Record | Refused:
    found = find(str(values["code"] or ""), today)
    if len(found) != 1 or found[0].fault:
        return Refused(number, columns["code"], f"“{values['code'] or ''}” không phải là mã hồ sơ (như H26.145-260108-0002).")
    label = _words(values["status"])
    if not label:
        return Refused(number, columns["status"], "trạng thái trống.")
    times: dict[str, dt.datetime | None] = {}
    for name in ("received", "due", "completed"):
        try:
            times[name] = _moment(values.get(name))
        except ValueError:
            return Refused(number, columns[name], f"“{values[name]}” không phải là ngày. Hãy viết như 05/09/2026.")
    code, status = found[0].code, status_of(label)
    return {
        "code": code,
        "procedure_name": _words(values.get("procedure_name")),
        "procedure_code": _words(values.get("procedure_code")),
        "field": _words(values.get("field")),
        "status": status.number if status else None,
        "status_label": status.label if status else label,
        "reason": _words(values.get("reason")),
        "received_at": times["received"],
        "due_at": times["due"],
        "completed_at": times["completed"],
        "method": _words(values.get("method")),
        "applicant": masked(_words(values.get("name"))),
        "phone_hash": keyed_hash(key, code, last_digits(_words(values.get("phone")))),
        "identity_hash": keyed_hash(key, code, last_digits(_words(values.get("identity")))),
    }


def _words(value: object) -> str:
    if isinstance(value, float) and value.is_integer():  # a number that only Excel takes for a quantity
        value = int(value)
    return " ".join(str(value).split()) if value is not None else ""


def _moment(value: object) -> dt.datetime | None:
    if value is None or not str(value).strip():
        return None
    moment = value if isinstance(value, dt.datetime) else _written(value)
    if moment.year == 1:  # what .NET writes for no date
        return None
    if moment.year < 1900:
        raise ValueError(value)
    return moment.replace(tzinfo=ZONE)


def _written(value: object) -> dt.datetime:
    for form in _FORMATS:
        try:
            return dt.datetime.strptime(str(value).strip(), form)
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
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)
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
