"""An office's export: CSV and XLSX, headings in two languages, every refused row with its place, every bad file with its cure."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.dossiers.mapping import HEADINGS
from bot.dossiers.secret import keyed_hash
from bot.dossiers.sheet import Record, Refused, SheetError, read_sheet
from bot.settings import ZONE
from tests.conftest import KEY

TODAY = dt.date(2026, 11, 23)
CODE = "H26.145-261110-0001"
VIETNAMESE = (
    "Mã hồ sơ,Tên thủ tục,Mã thủ tục,Lĩnh vực,Trạng thái,Ngày tiếp nhận,Ngày hẹn trả,Ngày hoàn thành,"
    "Hình thức nộp,Người nộp,Điện thoại,Số CCCD,Ghi chú"
)
ENGLISH = (
    "code,procedureName,procedureCode,sectorName,dossierStatusName,acceptedDate,appointmentDate,completedDate,"
    "applyMethod,applicantName,phoneNumber,identityNumber,reason"
)
ROW = (
    CODE, "Đăng ký kết hôn", "1.000894", "Hộ tịch", "Đang xử lý", "10/11/2026 08:15", "30/11/2026", "",
    "Trực tuyến", "Trần Thị Mẫu", "0900000001", "001099012345", "Thiếu ảnh",
)  # fmt: skip
WHOLE = {
    "code": CODE,
    "procedure_name": "Đăng ký kết hôn",
    "procedure_code": "1.000894",
    "field": "Hộ tịch",
    "status": 4,
    "status_label": "Đang xử lý",
    "reason": "Thiếu ảnh",
    "received_at": dt.datetime(2026, 11, 10, 8, 15, tzinfo=ZONE),
    "due_at": dt.datetime(2026, 11, 30, tzinfo=ZONE),
    "completed_at": None,
    "method": "Trực tuyến",
    "applicant": "T••• T•• M••",
    "phone_hash": keyed_hash(KEY, CODE, "0001"),
    "identity_hash": keyed_hash(KEY, CODE, "2345"),
    "receipt": "",
    "amount": "",
    "extended_at": None,
    "apology": "",
}


def read(path: Path) -> list[Record | Refused]:
    return list(read_sheet(path, KEY, TODAY))


def csv(folder: Path, *lines: str, name: str = "hồ sơ.csv", encoding: str = "utf-8") -> Path:
    (folder / name).write_text("\n".join(lines), encoding=encoding)
    return folder / name


def xlsx(folder: Path, *rows: Sequence[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "hồ sơ.xlsx")
    return folder / "hồ sơ.xlsx"


def told(path: Path) -> str:
    with pytest.raises(SheetError) as error:
        read(path)
    return str(error.value)


# --- what is read ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("headings", [VIETNAMESE, ENGLISH, VIETNAMESE.upper(), ENGLISH.lower()])
def test_csv(tmp_path: Path, headings: str, mark: str, encoding: str) -> None:
    """Comma, semicolon or tab; English or Vietnamese headings; with Excel's mark or without."""
    assert read(csv(tmp_path, mark.join(headings.split(",")), mark.join(ROW), encoding=encoding)) == [WHOLE]


@pytest.mark.parametrize("headings", [VIETNAMESE, ENGLISH])
def test_xlsx(tmp_path: Path, headings: str) -> None:
    """The same from a workbook, as text."""
    assert read(xlsx(tmp_path, headings.split(","), ROW)) == [WHOLE]


def test_xlsx_with_dates_and_numbers(tmp_path: Path) -> None:
    """Cells that Excel holds as dates and numbers are read like their text; a telephone that lost its first zero too."""
    moments = (dt.datetime(2026, 11, 10, 8, 15), dt.date(2026, 11, 30))
    row = (*ROW[:5], *moments, None, *ROW[8:10], 900000001, 1099012345.0, ROW[12])
    assert read(xlsx(tmp_path, VIETNAMESE.split(","), row)) == [WHOLE]


@pytest.mark.parametrize("number", [b"9", b"9.0", b"9E0"])
def test_a_number_however_a_program_writes_it(tmp_path: Path, number: bytes) -> None:
    """9, 9.0 and 9E0 are the ninth status."""
    path = xlsx(tmp_path, ("code", "dossierStatusName"), (CODE, 9))
    rewrite(path, b"<v>9</v>", b"<v>" + number + b"</v>")
    assert [(r["status"], r["status_label"]) for r in read(path)] == [(9, "Đã xử lý xong")]


@pytest.mark.parametrize("name", HEADINGS)
def test_every_heading_is_known(tmp_path: Path, name: str) -> None:
    """Each alias of a column leads to it, and none to two."""
    owners = [own for own, aliases in HEADINGS.items() for alias in aliases if alias in HEADINGS[name]]
    assert owners == [name] * len(HEADINGS[name])


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    """Code and status alone make a dossier; the rest is empty."""
    (record,) = read(csv(tmp_path, "Mã hồ sơ,Trạng thái", f"{CODE},Đang xử lý"))
    assert {name: value for name, value in record.items() if value} == {"code": CODE, "status": 4, "status_label": "Đang xử lý"}


def test_unknown_columns_are_passed_over(tmp_path: Path) -> None:
    """An export has more columns than we read, in any order."""
    (record,) = read(csv(tmp_path, "STT,Trạng thái,Đơn vị,Mã hồ sơ,", f"1,Đã trả kết quả,UBND xã Mẫu,{CODE},"))
    assert (record["code"], record["status"]) == (CODE, 10)


def test_two_columns_of_one_meaning(tmp_path: Path) -> None:
    """The first that is filled counts; an empty one beside it takes nothing away."""
    lines = ("Mã hồ sơ,Trạng thái,Ngày hoàn thành,Ngày trả", f"{CODE},Đã xử lý xong,12/11/2026,", f"{CODE},Đã xử lý xong,,13/11/2026")
    assert [r["completed_at"].day for r in read(csv(tmp_path, *lines))] == [12, 13]


def test_empty_rows_are_passed_over(tmp_path: Path) -> None:
    """Above the headings, between the rows and at the end."""
    assert read(csv(tmp_path, "", ",,", VIETNAMESE, "", ",".join(ROW), ",,,", "", "")) == [WHOLE]
    assert read(xlsx(tmp_path, [], VIETNAMESE.split(","), [], ROW, [None, " "])) == [WHOLE]


def test_commas_inside_cells_do_not_hide_the_semicolon(tmp_path: Path) -> None:
    """The mark is told from the headings, not from the words below."""
    name = "Đổi, cấp lại, bổ sung, đính chính giấy xác nhận"
    (record,) = read(csv(tmp_path, "Mã hồ sơ;Tên thủ tục;Trạng thái", f"{CODE};{name};Đang xử lý"))
    assert record["procedure_name"] == name


def test_a_workbook_that_misstates_its_size(tmp_path: Path) -> None:
    """Some systems write the wrong dimension into a sheet: the cells are read all the same."""
    path = xlsx(tmp_path, ["Mã hồ sơ", "Trạng thái"], [CODE, "Đang xử lý"])
    rewrite(path, b'ref="A1:B2"', b'ref="A1"')
    assert [r["status"] for r in read(path)] == [4]


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """The first sheet as another program would have written it."""
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[sheet]
    parts[sheet] = parts[sheet].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("05/09/2026", "2026-09-05T00:00:00+07:00"),
        ("5/9/2026", "2026-09-05T00:00:00+07:00"),
        ("05/09/2026 8:05", "2026-09-05T08:05:00+07:00"),
        ("05/09/2026 08:05:30", "2026-09-05T08:05:30+07:00"),
        ("2026-09-05", "2026-09-05T00:00:00+07:00"),
        ("2026-09-05 08:05:30", "2026-09-05T08:05:30+07:00"),
        ("2026-09-05T08:05:30", "2026-09-05T08:05:30+07:00"),
        (" 05/09/2026 ", "2026-09-05T00:00:00+07:00"),
        ("", "None"),
        (" ", "None"),
        ("01/01/0001", "None"),
        ("01/01/0001 00:00:00", "None"),
    ],
)
def test_dates(tmp_path: Path, written: str, moment: str) -> None:
    """Day first, in Việt Nam's time; an empty cell, and the first day of the calendar that some systems write for it, is none."""
    (record,) = read(csv(tmp_path, "code,dossierStatusName,appointmentDate", f"{CODE},Đang xử lý,{written}"))
    due = record["due_at"]
    assert (due.isoformat() if due else "None") == moment


@pytest.mark.parametrize("label", ["Đang luân chuyển", "Chờ ý kiến sở"])
def test_an_unknown_status_is_kept_word_for_word(tmp_path: Path, label: str) -> None:
    """The citizen reads what the office wrote."""
    (record,) = read(csv(tmp_path, "Mã hồ sơ,Trạng thái", f"{CODE},{label}"))
    assert (record["status"], record["status_label"]) == (None, label)


# --- refused rows ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((*ROW[:1], *ROW[1:4], "", *ROW[5:]), "dòng 3, cột E: trạng thái trống."),
        (("12345", *ROW[1:]), "dòng 3, cột A: “12345” không phải là mã hồ sơ (như H26.145-260108-0002)."),
        (("", *ROW[1:]), "dòng 3, cột A: “” không phải là mã hồ sơ (như H26.145-260108-0002)."),
        (("1.000894", *ROW[1:]), "dòng 3, cột A: “1.000894” không phải là mã hồ sơ (như H26.145-260108-0002)."),
        (("H26.145-261332-0001", *ROW[1:]), "dòng 3, cột A: “H26.145-261332-0001” không phải là mã hồ sơ (như H26.145-260108-0002)."),
        (("H26.145-270101-0001", *ROW[1:]), "dòng 3, cột A: “H26.145-270101-0001” không phải là mã hồ sơ (như H26.145-260108-0002)."),
        ((f"{CODE} H26.145-261110-0002", *ROW[1:]), f"dòng 3, cột A: “{CODE} H26.145-261110-0002” không phải là mã hồ sơ (như H26.145-260108-0002)."),
        ((*ROW[:5], "31/02/2026", *ROW[6:]), "dòng 3, cột F: “31/02/2026” không phải là ngày. Hãy viết như 05/09/2026."),
        ((*ROW[:6], "tuần sau", *ROW[7:]), "dòng 3, cột G: “tuần sau” không phải là ngày. Hãy viết như 05/09/2026."),
        ((*ROW[:7], "12/13/2026", *ROW[8:]), "dòng 3, cột H: “12/13/2026” không phải là ngày. Hãy viết như 05/09/2026."),
        ((*ROW[:7], "12/11/0226", *ROW[8:]), "dòng 3, cột H: “12/11/0226” không phải là ngày. Hãy viết như 05/09/2026."),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_wrong_row_is_told_with_its_place(tmp_path: Path, kind: str, row: tuple[str, ...], message: str) -> None:
    """Row and column as the spreadsheet shows them; the rows around it are read."""
    rows = [VIETNAMESE.split(","), ROW, row, ROW]
    path = xlsx(tmp_path, *rows) if kind == "xlsx" else csv(tmp_path, *(";".join(r) for r in rows))
    first, refused, last = read(path)
    assert (first, str(refused), last) == (WHOLE, message, WHOLE)


def test_rows_are_counted_as_a_spreadsheet_counts(tmp_path: Path) -> None:
    """A cell with line breaks is one row; an empty row is one too."""
    path = csv(tmp_path, "Mã hồ sơ,Trạng thái,Ghi chú", f'{CODE},Đang xử lý,"hai\ndòng"', "", "x,Đang xử lý,")
    assert [r.row for r in read(path) if isinstance(r, Refused)] == [4]


# --- unreadable files -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.csv: tệp trống. Dòng đầu phải là các tiêu đề như “Mã hồ sơ”, “Trạng thái”."),
        (b"\n\n , \n", "x.csv: tệp trống. Dòng đầu phải là các tiêu đề như “Mã hồ sơ”, “Trạng thái”."),
        ("Mã hồ sơ,Trạng thái\n".encode("utf-16"), "x.csv: không phải UTF-8. Trong Excel hãy lưu dạng “CSV UTF-8” hoặc XLSX."),
        ("Mã hồ sơ,Trạng thái\n".encode("cp1258", "replace"), "x.csv: không phải UTF-8. Trong Excel hãy lưu dạng “CSV UTF-8” hoặc XLSX."),
        (b"code,dossierStatusName\n\0\0\n", "x.csv: không đọc được (có ký tự rỗng, không phải tệp văn bản)."),
        (
            "Tên,Trạng thái\nA,B\n".encode(),
            "x.csv: không có cột “Mã hồ sơ”. Các cột trong tệp: Tên, Trạng thái.",
        ),
        (
            "Mã hồ xơ,Trạng thái\n".encode(),
            "x.csv: không có cột “Mã hồ sơ”. Các cột trong tệp: Mã hồ xơ, Trạng thái. Có phải “Mã hồ xơ”? Hãy đổi tiêu đề ấy.",
        ),
        ("Mã hồ sơ;Ghi chú\n".encode(), "x.csv: không có cột “Trạng thái”. Các cột trong tệp: Mã hồ sơ, Ghi chú."),
    ],
)
def test_a_csv_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    """What is there, what is expected, and how to mend it in Excel."""
    (tmp_path / "x.csv").write_bytes(content)
    assert told(tmp_path / "x.csv") == message


def test_a_csv_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is told by its name."""
    assert told(tmp_path / "x.csv") == "x.csv: không có tệp này, hoặc không được phép đọc."


def packed(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"\xd0\xcf\x11\xe0 an old workbook", "Mã hồ sơ,Trạng thái\n".encode(), packed(a="b"), packed(**{"[Content_Types].xml": "<x"})],
)
def test_an_xlsx_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    """Old, encrypted, damaged and mistaken files are told alike, with the cure."""
    (tmp_path / "x.xlsx").write_bytes(content)
    assert told(tmp_path / "x.xlsx") == "x.xlsx: không mở được như XLSX. Hãy lưu lại trong Excel, hoặc xuất CSV UTF-8."


def test_an_xlsx_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is not called a broken one."""
    assert told(tmp_path / "x.xlsx") == "x.xlsx: không có tệp này, hoặc không được phép đọc."


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A file that says it would be larger than 512 MB is refused before anything is unpacked."""
    path = xlsx(tmp_path, VIETNAMESE.split(","), ROW)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"")
        archive.getinfo("xl/media/image1.png").file_size = 513 * 1024 * 1024
    assert told(path) == "hồ sơ.xlsx: tệp bung ra quá lớn, có thể là bom nén. Hãy xuất lại dạng CSV."


def read_or_told(path: Path) -> bool:
    """Whether there are rows, or a SheetError that names the file; any other error is raised."""
    try:
        return all(isinstance(row, dict | Refused) for row in read(path))
    except SheetError as error:
        return str(error).startswith(f"{path.name}: ")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return xlsx(tmp_path_factory.mktemp("xlsx"), VIETNAMESE.split(","), ROW, ROW).read_bytes()


@given(places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=30), end=st.floats(0.1, 1))
def test_a_damaged_workbook_is_read_or_told(
    workbook: bytes, tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, int]], end: float
) -> None:
    """Whatever bytes are wrong or missing, the answer is rows or a SheetError."""
    content = bytearray(workbook)
    for place, byte in places:
        content[int(place * len(content))] = byte
    path = tmp_path_factory.getbasetemp() / "damaged.xlsx"
    path.write_bytes(content[: int(end * len(content))] if end < 0.5 else content)
    assert read_or_told(path)


@given(
    content=st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: f"Mã hồ sơ,Trạng thái,Ngày hẹn\n{text}".encode("utf-8", "replace"))
    )
)
def test_any_csv_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever the bytes, the answer is rows or a SheetError."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    assert read_or_told(path)
