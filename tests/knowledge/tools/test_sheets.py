"""Fees, times, dates and contacts in Excel and back."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from knowledge import sheets
from knowledge.loader import CONTENT, load
from knowledge.packed import Unreadable
from knowledge.publish import publish
from knowledge.sheets import COLUMNS, Changes, changes, export
from tests.knowledge.conftest import TODAY
from tests.knowledge.tools.samples import damaged

NOW = dt.datetime(2026, 11, 22, 9, 0)
Edit = Callable[[Workbook], None]


@pytest.fixture
def book(content: Path, tmp_path: Path) -> Path:
    """The workbook that is exported of the sound folder."""
    path = tmp_path / "phi.xlsx"
    assert export(load(content, TODAY), path) == 13
    return path


def edited(content: Path, book: Path, edit: Edit) -> Changes:
    """What the workbook would change after an edit."""
    made = load_workbook(book)
    edit(made)
    made.save(book)
    return changes(load(content, TODAY), book)


def put(sheet: str, cell: str, value: str | int | dt.datetime | None) -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet][cell] = value

    return edit


def test_nothing_changed_is_no_difference(content: Path, book: Path) -> None:
    """What was exported and comes back as it was changes nothing."""
    assert changes(load(content, TODAY), book) == Changes((), {}, ())


def test_the_shipped_content_comes_back_without_a_difference(tmp_path: Path) -> None:
    """No fee, time, date or contact of the shipped leaflets is lost on the way through Excel."""
    knowledge = load(CONTENT, TODAY)
    export(knowledge, tmp_path / "tat-ca.xlsx")
    assert changes(knowledge, tmp_path / "tat-ca.xlsx") == Changes((), {}, ())


def test_each_further_office_has_its_sheet(content: Path, tmp_path: Path) -> None:
    """A second office's telephone is changed in its own sheet and file."""
    text = (content / "office.md").read_text(encoding="utf-8").replace("Mã: thu", "Mã: thu-hai").replace("xã Thử", "xã Thử Hai")
    second = content / "offices" / "thu-hai.md"
    second.parent.mkdir()
    second.write_text(text, encoding="utf-8")
    export(load(content, TODAY), tmp_path / "hai.xlsx")
    found = edited(content, tmp_path / "hai.xlsx", put("Liên hệ thu-hai", "B3", "0200 222 2222"))
    assert [str(d) for d in found.differences] == [f"{second}: Điện thoại: “0200 000 0000” → “0200 222 2222”"]
    assert found.texts == {second: text.replace("0200 000 0000", "0200 222 2222")}


def test_cells_are_text(book: Path) -> None:
    """A telephone keeps its leading nought, for the cell is text."""
    cell = load_workbook(book)["Liên hệ"]["B3"]
    assert (cell.value, cell.number_format, cell.data_type) == ("0200 000 0000", "@", "s")


def test_a_changed_fee_is_listed_and_then_written(content: Path, hall: Path, book: Path) -> None:
    """Before anything is written the difference is listed; then one line of one file changes."""
    before = hall.read_text(encoding="utf-8")
    found = edited(content, book, put("Phí", "E2", "70.000 đồng"))
    assert [str(d) for d in found.differences] == [f"{hall}: Phí, lệ phí, Trực tiếp: “50.000 đồng” → “70.000 đồng”"]
    assert hall.read_text(encoding="utf-8") == before
    assert publish(content, found.texts, NOW, "an") == []
    assert hall.read_text(encoding="utf-8") == before.replace("50.000 đồng", "70.000 đồng")


@pytest.mark.parametrize(
    ("edit", "difference"),
    [
        (put("Thời gian", "E2", "3 ngày"), "Thời gian giải quyết, Mọi hình thức: “2 ngày làm việc” → “3 ngày”"),
        (put("Ngày", "E2", "01/11/2026"), "Kiểm tra ngày: “05/10/2026” → “01/11/2026”"),
        (put("Ngày", "E2", dt.datetime(2026, 11, 1)), "Kiểm tra ngày: “05/10/2026” → “01/11/2026”"),
        (put("Ngày", "D2", "31/12/2027"), "Hiệu lực đến: “để trống” → “31/12/2027”"),
        (put("Liên hệ", "B3", "0200 111 1111"), "Điện thoại: “0200 000 0000” → “0200 111 1111”"),
        (put("Liên hệ", "B4", None), "Bản đồ: “https://example.org/ban-do” → “bỏ đi”"),
    ],
    ids=["time", "date as text", "date as a date", "validity", "telephone", "map taken out"],
)
def test_each_kind_of_value(content: Path, book: Path, edit: Edit, difference: str) -> None:
    """Times, dates and contacts change like fees, and what is written is then in force."""
    found = edited(content, book, edit)
    assert [str(d).partition(": ")[2] for d in found.differences] == [difference]
    assert publish(content, found.texts, NOW, "an") == []
    assert changes(load(content, TODAY), book) == Changes((), {}, ())


def test_a_new_row_is_a_new_fee(content: Path, hall: Path, book: Path) -> None:
    """A row added for another way of filing is added to the leaflet."""
    found = edited(content, book, lambda made: made["Phí"].append(["9.000001", "", "", "Bưu chính", "60.000 đồng"]))
    assert [str(d) for d in found.differences] == [f"{hall}: Phí, lệ phí, Bưu chính: “để trống” → “60.000 đồng”"]
    assert "- Trực tiếp: 50.000 đồng\n- Bưu chính: 60.000 đồng\n" in found.texts[hall]


def test_sorting_rows_changes_nothing(content: Path, book: Path) -> None:
    """Clerks sort sheets; the order of rows is no difference."""

    def turned(made: Workbook) -> None:
        rows = [[cell.value for cell in row] for row in made["Phí"].iter_rows(min_row=2)]
        for number, row in enumerate(reversed(rows), 2):
            for column, value in enumerate(row, 1):
                made["Phí"].cell(number, column).value = value

    assert edited(content, book, turned) == Changes((), {}, ())


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (put("Phí", "A2", "9.000003"), "2: trang “Phí”: không có tờ nào mang mã “9.000003”. Ý bạn là “9.000001”?"),
        (
            put("Phí", "D2", "Trực tuýt"),
            "2: trang “Phí”: “Hình thức: Trực tuýt” không đúng. Hãy dùng: Trực tiếp, Trực tuyến, Bưu chính, Mọi hình thức. Ý bạn là “Trực tuyến”?",
        ),
        (put("Phí", "E2", 50000), "2: trang “Phí”: “Mức phí: 50000” chỉ có số. Hãy viết cả đơn vị, như 50.000 đồng."),
        (
            put("Phí", "E2", None),
            "2: trang “Phí”: ô “Mức phí” trống. Nguồn không nói thì viết “Chưa công bố”; bỏ cả mức này thì xóa cả dòng.",
        ),
        (put("Ngày", "E2", "31/02/2026"), "2: trang “Ngày”: “Kiểm tra ngày: 31/02/2026” không phải là ngày. Hãy viết như 05/09/2026."),
        (put("Ngày", "E2", None), "2: trang “Ngày”: “Kiểm tra ngày: ” không phải là ngày. Hãy viết như 05/09/2026."),
        (
            put("Liên hệ", "B3", 2000000000),
            "3: trang “Liên hệ”: “Điện thoại: 2000000000” là số nên Excel bỏ mất số 0 ở đầu. Hãy đổi ô thành Text rồi gõ lại.",
        ),
        (put("Liên hệ", "A3", "Diện thoại bàn"), "3: trang “Liên hệ”: không có mục “Diện thoại bàn”. Ý bạn là “Điện thoại”?"),
    ],
)
def test_a_row_that_cannot_be_taken(content: Path, book: Path, edit: Edit, problem: str) -> None:
    """Sheet, row, what is there and what is expected."""
    assert [str(p) for p in edited(content, book, edit).problems] == [f"{book}:{problem}"]


def test_a_wrong_column_is_named(content: Path, book: Path) -> None:
    """A heading that was changed is told, with the nearest one that is there."""
    with pytest.raises(Unreadable) as refused:
        edited(content, book, put("Phí", "E1", "Mức phi mới"))
    there = "Mã, Thủ tục, Trường hợp, Hình thức, Mức phi mới"
    assert str(refused.value) == f"phi.xlsx: trang “Phí” thiếu cột “Mức phí”. Dòng 1 đang có: {there}. Có phải “Mức phi mới”? Hãy đổi lại."


def test_a_workbook_of_something_else(content: Path, tmp_path: Path) -> None:
    """A workbook without any of our sheets is refused."""
    path = tmp_path / "la.xlsx"
    Workbook().save(path)
    with pytest.raises(Unreadable) as refused:
        changes(load(content, TODAY), path)
    names = ", ".join(COLUMNS)
    assert str(refused.value) == f"la.xlsx: không có trang nào trong: {names}. Các trang trong tệp: Sheet. Hãy xuất lại rồi sửa."


def test_a_zip_bomb_is_refused(content: Path, tmp_path: Path) -> None:
    """A small file that would unpack to 300 MB is not opened."""
    path = tmp_path / "bom.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive, archive.open("xl/workbook.xml", "w", force_zip64=True) as part:
        for _ in range(300):
            part.write(bytes(1024 * 1024))
    with pytest.raises(Unreadable) as refused:
        changes(load(content, TODAY), path)
    assert str(refused.value) == "bom.xlsx: tệp bung ra 300 MB, có thể là bom nén. Không mở tệp này."


@pytest.mark.parametrize("seed", range(60))
def test_a_mutated_workbook_is_read_or_refused(content: Path, book: Path, seed: int) -> None:
    """Parts changed at random give changes, problems or a refusal, never another error."""
    damaged(book, seed)
    refusal = ""
    try:
        assert changes(load(content, TODAY), book).texts.keys() <= set(content.rglob("*.md"))
    except Unreadable as refused:
        refusal = str(refused)
    assert refusal == "" or refusal.startswith("phi.xlsx: ")


@pytest.mark.parametrize("cut", [10, 500, 3000, -30])
def test_a_truncated_workbook_is_refused(content: Path, book: Path, cut: int) -> None:
    """A file cut off anywhere gets a message, never a crash."""
    book.write_bytes(book.read_bytes()[:cut])
    with pytest.raises(Unreadable, match=r"^phi\.xlsx: không phải tệp XLSX, hoặc tệp đã hỏng\."):
        changes(load(content, TODAY), book)


def test_an_archive_that_is_no_workbook(content: Path, tmp_path: Path) -> None:
    """A ZIP with something else in it gets a message."""
    path = tmp_path / "khac.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    with pytest.raises(Unreadable, match=r"^khac\.xlsx: không mở được như XLSX\. Hãy mở bằng Excel rồi lưu lại dạng XLSX\.$"):
        changes(load(content, TODAY), path)


def test_a_folder_that_cannot_be_written(content: Path, tmp_path: Path) -> None:
    """The reason and the cure are told."""
    with pytest.raises(Unreadable) as refused:
        sheets.export(load(content, TODAY), tmp_path / "khong-co" / "phi.xlsx")
    path = tmp_path / "khong-co" / "phi.xlsx"
    assert str(refused.value) == f"{path}: không ghi được (No such file or directory). Hãy đóng tệp trong Excel, hoặc chọn thư mục khác."
