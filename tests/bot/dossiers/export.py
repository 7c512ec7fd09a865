"""Invented exports for the tests, a line a dossier."""

from __future__ import annotations

from pathlib import Path

HEADINGS = "Mã hồ sơ,Trạng thái,Ngày tiếp nhận,Ngày hẹn trả,Ngày hoàn thành,Hình thức nộp,Người nộp,Điện thoại,Ghi chú,Cập nhật lúc"


def code(n: int) -> str:
    return f"H26.145-261110-{n:04}"


def line(n: int, status: str = "Đang xử lý", **more: str) -> str:
    """A row; `more` fills the other columns: received, due, done, way, note, as_of."""
    cells = {"received": "10/11/2026", "due": "25/11/2026", "done": "", "way": "Trực tuyến", "note": "", "as_of": ""} | more
    dates = f"{cells['received']},{cells['due']},{cells['done']},{cells['way']}"
    return f"{code(n)},{status},{dates},Trần Thị Mẫu,090000{n:04},{cells['note']},{cells['as_of']}"


def sheet(folder: Path, *lines: str, name: str = "h.csv") -> Path:
    """The export as a file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((HEADINGS, *lines)) + "\n", encoding="utf-8")
    return path
