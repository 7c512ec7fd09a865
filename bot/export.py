"""Figures as CSV for a spreadsheet: UTF-8 with a mark, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

RATING_HEADINGS = ("Thời điểm", "Kênh", "Mức", "Lý do", "Lời kèm theo", "Mã hồ sơ", "Quầy", "Lĩnh vực", "Trả lời thêm")
DIALOGUE_HEADINGS = ("Buổi đối thoại", "Câu hỏi", "Thời điểm", "Kênh")
FEEDBACK_HEADINGS = ("Thời điểm", "Kênh", "Số góp ý", "Nội dung")
# Besides control characters: byte order marks, direction marks, halves of characters; none of them is to be seen, and some no file can hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠")


def safe_cell(value: object, zone: dt.tzinfo) -> str:
    """The value as text that no spreadsheet runs: a leading sign of a formula gets an apostrophe, control characters go."""
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(zone):%d/%m/%Y %H:%M}"
    if isinstance(value, list | tuple):
        value = "; ".join(str(v) for v in value)
    if isinstance(value, dict):
        value = "; ".join(f"{name}: {answer}" for name, answer in value.items())
    text = _CONTROL.sub("", "" if value is None else str(value)).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


async def write_csv(path: Path, headings: Sequence[str], rows: AsyncIterator[Sequence[object]], zone: dt.tzinfo) -> int:
    """Writes the rows and returns how many there were; the file appears whole or not at all."""
    part = path.with_name(path.name + ".part")
    count = 0
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headings)
            async for row in rows:
                writer.writerow([safe_cell(value, zone) for value in row])
                count += 1
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count
