"""The portal's JSON → Published: one object, a list, or one a line; raw entries (text run together) and structured ones (fields apart)."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.model import Problem, Way
from knowledge.packed import read_bytes
from knowledge.portal.form import Filing, Listed, Published
from knowledge.portal.phrases import LOWER, UPPER, WAYS, filing, laws, one_line, people, results, separate
from knowledge.procedure import CODE
from knowledge.words import fold, tidy

MAX_BYTES = 40 * 1024 * 1024
_MARKED_TITLE = re.compile(rf"^-*\s*(?P<head>[^:]{{10,300}}):(?=[-+]+\s*\S|[{UPPER}])")
Row = Mapping[str, Any]
_COUNT = re.compile(r"(?:^|\D|\d+?)(?P<n>\d)\s*bản (?P<kind>chính|sao)$")
_GROUPS = ("giay to phai nop", "giay to phai xuat trinh", "giay to xuat trinh", "luu y", "bao gom", "thanh phan ho so")
_GLUED_TITLE = re.compile(rf"^((?:Đối với|Trường hợp|Hồ sơ|Đối tượng|Số lượng hồ sơ:)[^.;:]{{10,300}}?[{LOWER})])(?=[{UPPER}][{LOWER}])")


def read_json(path: Path) -> tuple[list[Published], list[Problem]]:
    """The procedures of the file and, for each entry that is none, why. Raises Unreadable."""
    found, problems = [], []
    for number, row in _rows(read_bytes(path, MAX_BYTES)):
        if fault := row.fault if isinstance(row, _Unread) else _fault(row):
            problems.append(Problem(path, number, fault))
        else:
            found.append(published(row))
    return found, problems


@dataclass(frozen=True)
class _Unread:
    """What stands in place of an entry that is not JSON."""

    fault: str


def _rows(raw: bytes) -> Iterator[tuple[int, Any]]:
    """The entries with their lines."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield raw[: error.start].count(b"\n") + 1, _Unread("tệp không phải UTF-8. Hãy tải lại từ Cổng, hoặc lưu lại với mã hóa UTF-8.")
        return
    whole = _loaded(text)
    if whole is not None:
        yield from ((n, row) for n, row in enumerate(whole if isinstance(whole, list) else [whole], 1))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            row = _loaded(line)
            yield number, _Unread("không phải JSON. Mỗi dòng phải là một thủ tục như Cổng Dịch vụ công xuất ra.") if row is None else row


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _fault(row: Any) -> str:
    if not isinstance(row, dict):
        return "không phải một thủ tục. Cần một khối { … } có “code” và “name”."
    code, name = row.get("code"), row.get("name")
    if not isinstance(code, str) or not CODE.match(code.strip()):
        return f"“code: {str(code)[:40]}” không đúng. Mã quốc gia có dạng 1.001193."
    return "" if isinstance(name, str) and name.strip() else f"thủ tục {code} thiếu tên (“name”)."


def published(row: Row) -> Published:
    """The form that an entry holds. What has another type than expected counts as not said."""
    filings = _filings(row)
    online = row.get("online")
    return Published(
        code=str(row["code"]).strip(),
        name=one_line(str(row["name"])),
        field=_text(row, "field"),
        agency=_text(row, "agency"),
        where=_text(row, "receiving_address"),
        decision=_text(row, "decision").removeprefix("Quyết định số ").strip(),
        online=online if isinstance(online, bool) else (True if any(f.way is Way.ONLINE for f in filings) else None),
        as_of=_day(_text(row, "as_of") or _text(row, "crawled")),
        filings=filings,
        listed=_listed(row.get("documents")),
        steps=tuple(item for text in _texts(row.get("steps")) for item in separate(text)),
        who=people(_text(row, "subjects")),
        conditions=tuple(item for text in _texts(row.get("conditions")) for item in separate(text)),
        results=tuple(item for text in _texts(row.get("result")) for item in results(text)),
        laws=_laws(row.get("legal_basis")),
        notes=separate(_text(row, "note")),
        remarks=tuple(f"Dữ liệu của Cổng chưa đủ: {one_line(text)}." for text in _texts(row.get("partial"))),
    )


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return one_line(value) if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str) and item.strip())


def _day(text: str) -> dt.date | None:
    match = re.search(r"(\d{4})-(\d\d)-(\d\d)", text)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _laws(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(dict.fromkeys(found for text in _texts(value) for found in (laws(text) or (one_line(text),))))
    listed = _loaded(value) if isinstance(value, str) and value.startswith("[") else None
    if isinstance(listed, list):
        numbers = [
            laws(
                str(item.get("so_ky_hieu", "")),
            )
            or laws(str(item.get("trich_yeu", "")))
            for item in listed
            if isinstance(item, dict)
        ]
        return tuple(dict.fromkeys(name for names in numbers for name in names))
    return laws(value) if isinstance(value, str) else ()


def _filings(row: Row) -> tuple[Filing, ...]:
    methods = row.get("methods")
    cells = methods if isinstance(methods, list) else []
    told = [f for cell in cells if (f := _structured(cell) if isinstance(cell, dict) else filing(cell) if isinstance(cell, str) else None)]
    times, fees = _by_way(_text(row, "time_limit")), _by_way(_text(row, "fee"))
    told = [Filing(f.way, f.time or times.get(f.way, ""), f.fee or fees.get(f.way, ""), f.fee_note, f.note) for f in told]
    return (*told, *_fees(row.get("fees")))


def _structured(cell: Row) -> Filing | None:
    way = WAYS.get(fold(str(cell.get("method", ""))))
    return Filing(way, _text(cell, "time"), note=_text(cell, "description")) if way else None


def _fees(value: Any) -> Iterator[Filing]:
    """Rows of `fees`: an amount, in đồng unless its text says otherwise, for a way of filing."""
    for cell in value if isinstance(value, list) else []:
        way = WAYS.get(fold(str(cell.get("submission_method", "")))) if isinstance(cell, dict) else None
        if way:
            amount, text = cell.get("amount_value"), _text(cell, "amount_text")
            number = f"{amount:,.0f} đồng".replace(",", ".") if isinstance(amount, int | float) and amount else ""
            yield Filing(
                way,
                fee=f"{amount:.0f} {text}" if number and text.startswith("USD") else f"{number}{'' if text.startswith('/') else ' '}{text}".strip(),
            )


def _by_way(text: str) -> dict[Way, str]:
    """«Trực tiếp: 1 Ngày làm việc | Trực tuyến: 02 Giờ» by way."""
    cells = (part.partition(":") for part in text.split(" | "))
    return {WAYS[fold(head)]: one_line(rest) for head, _, rest in cells if fold(head) in WAYS}


def _listed(value: Any) -> tuple[Listed, ...]:
    items = value if isinstance(value, list) else []
    if any(isinstance(item, dict) for item in items):
        return tuple(_structured_paper(item) for item in items if isinstance(item, dict) and _text(item, "name"))
    return tuple(_raw_papers(item for item in items if isinstance(item, str)))


def _structured_paper(item: Row) -> Listed:
    originals, copies = (n if isinstance(n := item.get(key), int) and 0 <= n < 100 else None for key in ("original", "copy"))
    return Listed(_text(item, "name"), _text(item, "case"), originals, copies)


def _raw_papers(pieces: Iterable[str]) -> Iterator[Listed]:
    """Rows put together again: the portal's text was cut after each «bản chính» and «bản sao», inside sentences too."""
    title, row = "", ""
    waiting: Listed | None = None
    for piece in pieces:
        row = f"{row} {tidy(piece).strip()}".strip()
        text, kind, count = _count(row)
        if not kind and re.search(r"bản (?:chính|sao)$", row):
            continue  # cut inside a sentence: the next piece goes on
        row = ""
        if waiting and kind == "sao" and not text.strip(" ,"):
            waiting = Listed(waiting.text, waiting.case, waiting.originals, count, waiting.form)
            continue
        if waiting:
            yield waiting
        title, text = _title(text, title)
        waiting = Listed(text, title, count if kind == "chính" else None, count if kind == "sao" else None) if text.strip(" -,") else None
    if row:
        waiting = waiting or Listed(row, title)
    if waiting:
        yield waiting


def _count(row: str) -> tuple[str, str, int | None]:
    """The row without its count; a count inside open brackets is part of the sentence."""
    match = _COUNT.search(row)
    if not match or row.count("(") > row.count(")"):
        return row, "", None
    return row[: match.start("n")].removesuffix(" 0"), match["kind"], int(match["n"])


def _title(text: str, before: str) -> tuple[str, str]:
    """The title of the list that a row opens, with the row; the title goes on holding until the next. «--» opens a list without one."""
    if text.startswith("--"):
        return _title(text.lstrip("- "), "")
    head, colon, rest = text.partition(":")
    if colon and fold(head) in _GROUPS:
        return one_line(head), rest
    if match := _MARKED_TITLE.match(text) or _GLUED_TITLE.match(text):
        return one_line(match.group(1)), text[match.end() :]
    return before, text
