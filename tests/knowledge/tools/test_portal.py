"""The portal's files as published forms."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document

from knowledge.model import Way
from knowledge.packed import MAX_PACKED, Unreadable
from knowledge.portal import Published, read_portal
from knowledge.portal.form import Filing, Listed
from knowledge.portal.phrases import filing, laws, people, pieces, results, separate
from tests.knowledge.tools.samples import PAGE, RAW, STRUCTURED, damaged, write_json_lines


def one(path: Path) -> Published:
    found, problems = read_portal(path)
    assert problems == []
    assert len(found) == 1
    return found[0]


def test_a_raw_entry(tmp_path: Path) -> None:
    """Text run together is taken apart: rows cut inside sentences joined, counts, results, numbers of laws."""
    form = one(write_json_lines(tmp_path / "raw.jsonl", RAW))
    assert form.as_of == dt.date(2026, 6, 10)
    assert form.online is True
    assert form.filings == (
        Filing(Way.ONLINE, "7 Ngày làm việc", "Miễn phí"),
        Filing(Way.DIRECT, "02 Ngày làm việc", "70,000 VNĐ", "70.000 đồng/con.", "Nộp tại xã nơi rồng ở."),
        Filing(Way.POST, "3"),
    )
    assert form.steps == ("Chuẩn bị hồ sơ.", "Nộp hồ sơ tại bàn một cửa.")
    assert form.results == ("Giấy phép nuôi rồng", "Sổ theo dõi rồng")
    assert form.laws == ("Luật 99/2020/QH14", "Thông tư 00/2026/TT-BTP", "Nghị định 00/2025/NĐ-CP")
    assert form.who == ("Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp, HTX)")
    assert form.conditions == ()


def test_the_rows_of_a_raw_entry(tmp_path: Path) -> None:
    """Each row has its list's title and its counts; a piece cut inside a sentence goes on in the next."""
    form = one(write_json_lines(tmp_path / "raw.jsonl", RAW))
    assert [(row.case, row.originals, row.copies) for row in form.listed] == [
        ("Giấy tờ phải nộp", 1, None),
        ("Giấy tờ phải nộp", 1, 1),
        ("Giấy tờ phải nộp", 0, None),
        ("Giấy tờ phải xuất trình", 1, None),
        ("Giấy tờ phải xuất trình", 0, 1),
        ("Lưu ý", 0, None),
    ]
    assert form.listed[4].text == "- Bản sao ảnh rồng, kèm bản chính để đối chiếu."


def test_a_structured_entry(tmp_path: Path) -> None:
    """Fields apart are taken as they are; a fee stands beside the time of its way."""
    form = one(write_json_lines(tmp_path / "structured.jsonl", STRUCTURED))
    assert form.filings == (
        Filing(Way.ONLINE, "5 ngày làm việc"),
        Filing(Way.DIRECT, "5 ngày làm việc"),
        Filing(Way.DIRECT, fee="10.000 đồng/giấy"),
    )
    assert form.listed[2] == Listed("Giấy khai sinh của rồng", "Đối với trường hợp rồng con", 0, 1)
    assert form.laws == ("Nghị định 00/2012/NĐ-CP",)
    assert form.remarks == ("Dữ liệu của Cổng chưa đủ: documents (2 of 4).",)


@pytest.mark.parametrize("shape", [RAW, [RAW], [RAW, STRUCTURED]], ids=["one object", "a list of one", "a list of two"])
def test_json_comes_in_several_shapes(tmp_path: Path, shape: object) -> None:
    """One object, or a list of them, is read as well as one a line."""
    path = tmp_path / "tai-ve.json"
    path.write_text(json.dumps(shape, ensure_ascii=False), encoding="utf-8")
    assert len(read_portal(path)[0]) == (len(shape) if isinstance(shape, list) else 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{không phải", "không phải JSON. Mỗi dòng phải là một thủ tục như Cổng Dịch vụ công xuất ra."),
        ("[1]", "không phải một thủ tục. Cần một khối { … } có “code” và “name”."),
        ('{"code": "H26", "name": "Rồng"}', "“code: H26” không đúng. Mã quốc gia có dạng 1.001193."),
        ('{"code": "9.100001", "name": " "}', "thủ tục 9.100001 thiếu tên (“name”)."),
        ("[" * 100_000, "không phải JSON. Mỗi dòng phải là một thủ tục như Cổng Dịch vụ công xuất ra."),
    ],
)
def test_an_entry_that_is_none(tmp_path: Path, line: str, message: str) -> None:
    """The line and what is expected; the other entries are read all the same."""
    path = write_json_lines(tmp_path / "tron.jsonl", RAW)
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    found, problems = read_portal(path)
    assert [form.code for form in found] == ["9.100001"]
    assert [str(p) for p in problems] == [f"{path}:2: {message}"]


def test_values_of_another_type_count_as_not_said(tmp_path: Path) -> None:
    """Numbers, lists and nulls where text is expected do no harm."""
    odd = dict.fromkeys(RAW, 7) | {
        "code": "9.100009",
        "name": "Rồng",
        "documents": [None, 3, {"name": 5}],
        "methods": {"a": 1},
        "fees": [None, "x"],
    }
    form = one(write_json_lines(tmp_path / "la.jsonl", odd))
    assert (form.steps, form.filings, form.listed, form.laws) == ((), (), (), ())


def from_html(folder: Path) -> Path:
    path = folder / "trang.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def from_docx(folder: Path) -> Path:
    """The same procedure as a DOCX: labels as paragraphs, tables as tables."""
    document = Document()
    for text in (
        "CHI TIẾT THỦ TỤC HÀNH CHÍNH",
        "Mã thủ tục: 9.100003",
        "Số quyết định: 00/QĐ-BTP",
        "Tên thủ tục: Thủ tục thả rồng & phượng",
        "Lĩnh vực: Ví dụ",
    ):
        document.add_paragraph(text)
    document.add_paragraph("Trình tự thực hiện:")
    document.add_paragraph("Bước 1: Nộp hồ sơ.")
    document.add_paragraph("Bước 2: Nhận kết quả.")
    document.add_paragraph("Cách thức thực hiện:")
    fill(
        document,
        ("Hình thức nộp", "Thời hạn giải quyết", "Phí, lệ phí", "Mô tả"),
        ("Trực tiếp", "3 Ngày làm việc", "Lệ phí : 50.000 Đồng (Thu một lần.)", "Nộp tại xã."),
        ("Trực tuyến", "2 Ngày làm việc", "", ""),
    )
    document.add_paragraph("Thành phần hồ sơ:")
    document.add_paragraph("Trường hợp rồng nước")
    fill(
        document,
        ("Tên giấy tờ", "Mẫu đơn, tờ khai", "Số lượng"),
        ("Đơn xin thả rồng", "Mẫu đơn thả rồng.docx", "Bản chính: 1\nBản sao: 0"),
        ("Người nộp hồ sơ tự kê khai trên Cổng.", "", "Bản chính: 0\nBản sao: 0"),
    )
    fill(document, ("Đối tượng thực hiện:", "Công dân Việt Nam"), ("Cơ quan thực hiện:", "Ủy ban nhân dân cấp xã"))
    document.add_paragraph("Địa chỉ tiếp nhận HS: Không có thông tin")
    document.add_paragraph("Kết quả thực hiện: Giấy phép thả rồng")
    document.add_paragraph("Căn cứ pháp lý:")
    fill(
        document, ("Số ký hiệu", "Trích yếu", "Ngày ban hành", "Cơ quan ban hành"), ("00/2026/TT-BTP", "Thông tư về rồng", "01-01-2026", "Bộ Tư pháp")
    )
    document.add_paragraph("Yêu cầu, điều kiện thực hiện: Không có thông tin")
    path = folder / "trang.docx"
    document.save(str(path))
    return path


def fill(document: object, *rows: tuple[str, ...]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))  # type: ignore[attr-defined] # python-docx names no public type for a document
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


@pytest.mark.parametrize("make", [from_html, from_docx])
def test_the_detail_page(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """The saved page and the downloaded DOCX say the same."""
    form = one(make(tmp_path))
    assert form == Published(
        code="9.100003",
        name="Thủ tục thả rồng & phượng",
        field="Ví dụ",
        agency="Ủy ban nhân dân cấp xã",
        decision="00/QĐ-BTP",
        online=True,
        filings=(
            Filing(Way.DIRECT, "3 Ngày làm việc", "50.000 Đồng", "Thu một lần.", "Nộp tại xã."),
            Filing(Way.ONLINE, "2 Ngày làm việc"),
        ),
        listed=(
            Listed("Đơn xin thả rồng", "Trường hợp rồng nước", 1, 0, "Mẫu đơn thả rồng"),
            Listed("Người nộp hồ sơ tự kê khai trên Cổng.", "Trường hợp rồng nước", 0, 0),
        ),
        steps=("Nộp hồ sơ.", "Nhận kết quả."),
        who=("Công dân Việt Nam",),
        results=("Giấy phép thả rồng",),
        laws=("Thông tư 00/2026/TT-BTP",),
    )


def bomb(folder: Path) -> Path:
    """A small archive that would unpack to 300 MB."""
    path = folder / "bom.docx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("word/document.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(bytes(1024 * 1024))
    return path


def holding(name: str, raw: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(raw)
        return folder / name

    return make


SHOWN = "Mã thủ tục, Tên thủ tục, Lĩnh vực, Trình tự thực hiện, Cách thức thực hiện, Thành phần hồ sơ, Kết quả thực hiện, Căn cứ pháp lý"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (bomb, "bom.docx: tệp bung ra 300 MB, có thể là bom nén. Không mở tệp này."),
        (holding("x.docx", b"xin chao"), "x.docx: không phải tệp DOCX, hoặc tệp đã hỏng. Hãy mở bằng Word, Excel rồi lưu lại dạng DOCX."),
        (holding("x.pdf", b"%PDF"), "x.pdf: không nhận loại tệp “.pdf”. Cần tệp của Cổng Dịch vụ công: .json, .jsonl, .docx, .html."),
        (holding("x.html", b"\xff\xfe\x00"), "x.html: trang không phải UTF-8. Trong trình duyệt hãy lưu lại trang (Ctrl+S, “Chỉ HTML”)."),
        (
            holding("x.html", "<p>Mã thủ tuc khác: 9.100003</p>".encode()),
            f"x.html: không thấy mục “Mã thủ tục”. Có phải “Mã thủ tuc khác”? Cần trang chi tiết thủ tục của Cổng, có các mục: {SHOWN}.",
        ),
        (lambda folder: folder / "khong-co.html", "khong-co.html: không đọc được tệp (No such file or directory). Hãy xem lại tên và thư mục."),
        (
            holding("to.docx", bytes(MAX_PACKED + 1)),
            f"to.docx: tệp quá lớn ({MAX_PACKED + 1:,} byte; nhiều nhất {MAX_PACKED:,}). Hãy chia nhỏ rồi nhập từng phần.",
        ),
    ],
    ids=["zip bomb", "not a docx", "another kind", "not UTF-8", "no label", "no file", "too large"],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    """The whole file is refused, with what is wrong and what is expected."""
    with pytest.raises(Unreadable) as refused:
        read_portal(make(tmp_path))
    assert str(refused.value) == message


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_docx_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    """Parts changed at random give a form or a refusal, never another error."""
    path = from_docx(tmp_path)
    damaged(path, seed)
    assert refusal(path).startswith(("read", "trang.docx: "))


@pytest.mark.parametrize("seed", range(40))
def test_a_cut_page_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    """A page cut off anywhere gives a form or a refusal, never another error."""
    path = from_html(tmp_path)
    path.write_bytes(path.read_bytes()[: seed * 80])
    assert refusal(path).startswith(("read", "trang.html: "))


def refusal(path: Path) -> str:
    try:
        return f"read {read_portal(path)[0][0].code}"
    except Unreadable as refused:
        return str(refused)


def test_a_docx_with_another_document_inside(tmp_path: Path) -> None:
    """An archive without a document in it is refused, not crashed on."""
    path = tmp_path / "rong.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(Unreadable, match=r"^rong\.docx: không mở được như DOCX\. Hãy mở bằng Word rồi lưu lại dạng DOCX\.$"):
        read_portal(path)


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("Trực tiếp", Filing(Way.DIRECT)),
        ("Trực tuyến20 NgàyMiễn phí(Theo quy định của HĐND.)", Filing(Way.ONLINE, "20 Ngày", "Miễn phí", "Theo quy định của HĐND.")),
        ("Trực tiếpKhông có thông tin10 USD(/bản)Tại cơ quan đại diện", Filing(Way.DIRECT, "", "10 USD", "/bản", "Tại cơ quan đại diện")),
        ("Dịch vụ bưu chính8 GiờKhông có thông tin", Filing(Way.POST, "8 Giờ")),
        ("Qua người quen", None),
    ],
)
def test_a_way_of_filing(cell: str, made: Filing | None) -> None:
    """Way, time, fee and notes, run together in one cell."""
    assert filing(cell) == made


def test_laws_are_found_once_by_number() -> None:
    """Numbers glued to titles and to one another are told apart."""
    text = "Bộ Luật lao động45/2019/QH14Quyết định 09/2023/QĐ-TTg09/2023/QĐ-TTgquy trình2222/QĐ-BHXH69/2007/TTLT-BQP-BTC"
    assert laws(text) == (
        "Bộ luật 45/2019/QH14",
        "Quyết định 09/2023/QĐ-TTg",
        "Quyết định 2222/QĐ-BHXH",
        "Thông tư liên tịch 69/2007/TTLT-BQP-BTC",
    )


def test_small_phrases() -> None:
    """Results without their codes, people by comma outside brackets, a text by its lines."""
    assert results("Giấy phépMã: KQ-G17.000348") == ("Giấy phép",)
    assert people("Cán bộ, công chức, viên chức, Doanh nghiệp") == ("Cán bộ, công chức, viên chức", "Doanh nghiệp")
    assert separate("a) Nộp hồ sơ\ntại xã;\n+ Không") == ("Nộp hồ sơ tại xã;",)
    assert [len(piece) <= 900 for piece in pieces("x" * 2000)] == [True, True, True]
