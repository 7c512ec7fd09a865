"""The mapping file: the office's own headings and labels, and errors that name key, value and expectation."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.dossiers.mapping import MappingError, load_mapping
from bot.dossiers.sheet import read_sheet
from tests.conftest import KEY

TODAY = dt.date(2026, 11, 23)


def written(folder: Path, text: str) -> Path:
    path = folder / "m.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_headings_and_labels_of_the_office(tmp_path: Path) -> None:
    """What the office calls otherwise is found, by our key or by the usual heading; what we know stays known."""
    mapping = load_mapping(
        written(tmp_path, '[headings]\n"Số biên nhận" = "code"\n"Bước" = "Trạng thái"\n[statuses]\n"Trình ký" = 4\n"Xong" = "Đã xử lý xong"\n')
    )
    sheet = tmp_path / "h.csv"
    sheet.write_text("số biên nhận,BƯỚC\nH26.145-261110-0001,trình ký\nH26.145-261110-0002,Xong\nH26.145-261110-0003,Đã trả\n", encoding="utf-8")
    rows = [row for row in read_sheet(sheet, KEY, TODAY, mapping) if isinstance(row, dict)]
    assert [(row["status"], row["status_label"]) for row in rows] == [(4, "Đang xử lý"), (9, "Đã xử lý xong"), (10, "Đã trả kết quả")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[heading]\n", "m.toml: không có mục [heading]. Chỉ có [headings] và [statuses]."),
        ('[headings]\n"Bước" = "Trạng tái"\n', "m.toml: [headings] “Bước” = “Trạng tái”: không có cột này. Ý bạn là “trang thai”?"),
        ('[statuses]\n"Bước" = 11\n', "m.toml: [statuses] “Bước” = “11”: không có trạng thái này. Hãy dùng số hoặc tên: 1 Mới đăng ký, 2"),
        ("Bước = 1\n", "m.toml: không phải TOML ("),
    ],
)
def test_a_mapping_that_cannot_be_used(tmp_path: Path, text: str, told: str) -> None:
    """Nothing is imported by half a mapping."""
    with pytest.raises(MappingError) as error:
        load_mapping(written(tmp_path, text))
    assert str(error.value).startswith(told)


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    """One line."""
    with pytest.raises(MappingError, match=r"^m\.toml: không có tệp này"):
        load_mapping(tmp_path / "m.toml")
