"""The portal's detail page, as HTML or as the DOCX that it offers for download → Published: labels, and under each its text or its table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docx import Document
from docx.table import Table

from knowledge.leaflet import nearest
from knowledge.model import Way
from knowledge.packed import Unreadable, open_packed, read_bytes
from knowledge.portal.form import Filing, Listed, Published
from knowledge.portal.markup import Block, Cells, blocks
from knowledge.portal.phrases import WAYS, in_brackets, laws, one_line, people, results, says_nothing, separate, unique
from knowledge.procedure import CODE
from knowledge.words import fold, tidy

LABELS = {
    "ma thu tuc": "code",
    "so quyet dinh": "decision",
    "ten thu tuc": "name",
    "linh vuc": "field",
    "trinh tu thuc hien": "steps",
    "cach thuc thuc hien": "filings",
    "thoi han giai quyet": "time",
    "phi": "fee",
    "le phi": "fee",
    "phi, le phi": "fee",
    "thanh phan ho so": "papers",
    "doi tuong thuc hien": "who",
    "co quan thuc hien": "agency",
    "dia chi tiep nhan hs": "where",
    "dia chi tiep nhan ho so": "where",
    "ket qua thuc hien": "results",
    "can cu phap ly": "laws",
    "yeu cau, dieu kien thuc hien": "conditions",
    "yeu cau, dieu kien": "conditions",
    **dict.fromkeys(
        ("cap thuc hien", "loai thu tuc", "co quan co tham quyen", "co quan duoc uy quyen", "co quan phoi hop", "tu khoa", "mo ta", "so luong ho so"),
        "",
    ),
}
_SHOWN = (
    "Mã thủ tục",
    "Tên thủ tục",
    "Lĩnh vực",
    "Trình tự thực hiện",
    "Cách thức thực hiện",
    "Thành phần hồ sơ",
    "Kết quả thực hiện",
    "Căn cứ pháp lý",
)


def read_docx(path: Path) -> Published:
    """The procedure of a DOCX. Raises Unreadable."""
    source = open_packed(path, "DOCX")
    try:
        found: list[Block] = [_table(item) if isinstance(item, Table) else item.text for item in Document(source).iter_inner_content()]
    except Exception as error:  # python-docx names no error of its own for XML that is not as it should be
        raise Unreadable(f"{path.name}: không mở được như DOCX. Hãy mở bằng Word rồi lưu lại dạng DOCX.") from error
    return _published(path, found)


def _table(table: Table) -> list[Cells]:
    return [tuple(cell.text for cell in row.cells) for row in table.rows]


def _labelled(rows: list[Cells]) -> list[Block]:
    """A table of two columns whose first names labels is a list of them; any other stays a table."""
    if rows and all(len(row) == 2 and _label(row[0]) is not None for row in rows):
        return [f"{label.strip().rstrip(':')}: {value}" for label, value in rows]
    return [rows]


def read_html(path: Path) -> Published:
    """The procedure of a saved detail page. Raises Unreadable."""
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path.name}: trang không phải UTF-8. Trong trình duyệt hãy lưu lại trang (Ctrl+S, “Chỉ HTML”).") from error
    return _published(path, blocks(text))


@dataclass
class _Gathered:
    """What stands under each label: paragraphs, and tables with the paragraph over each."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, list[tuple[str, list[Cells]]]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        return one_line(" ".join(self.texts.get(name, ())))

    def many(self, name: str) -> str:
        return "\n".join(self.texts.get(name, ()))

    def rows(self, name: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Rows of the tables, each cell under its folded heading, with the title over the table."""
        for title, table in self.tables.get(name, ()):
            heads = [fold(cell) for cell in table[0]] if table else []
            for row in table[1:]:
                yield title, dict(zip(heads, row, strict=False))


def _label(text: str) -> str | None:
    return LABELS.get(fold(text).strip(" :.*"))


def _gather(found: Iterable[Block]) -> _Gathered:
    done, name, last = _Gathered(), "", ""
    for block in found:
        if not isinstance(block, str):
            done.tables.setdefault(name, []).append((last, [row for row in block if row]))
            last = ""
        elif text := tidy(block).strip():
            head, _, rest = text.partition(":")
            if (label := _label(head)) is not None:
                name, text = label, rest.strip()
            last = text
            if text:
                done.texts.setdefault(name, []).append(text)
    return done


def _published(path: Path, found: Sequence[Block]) -> Published:
    given = [part for block in found for part in ([block] if isinstance(block, str) else _labelled(block))]
    got = _gather(given)
    code = re.search(r"\d\.\d{6}", got.one("code"))
    if not code or not CODE.match(code.group()) or not got.one("name"):
        missing = "Tên thủ tục" if code else "Mã thủ tục"
        heads = [b.partition(":")[0] for b in given if isinstance(b, str) and len(b) < 80]
        near = nearest(missing, [h.strip() for h in heads if h.strip()]) if heads else ""
        hint = f" Có phải “{near}”?" if near else ""
        raise Unreadable(f"{path.name}: không thấy mục “{missing}”.{hint} Cần trang chi tiết thủ tục của Cổng, có các mục: {', '.join(_SHOWN)}.")
    filings = tuple(_filings(got))
    return Published(
        code=code.group(),
        name=got.one("name"),
        field=got.one("field"),
        agency="" if says_nothing(got.one("agency")) else got.one("agency"),
        where="" if says_nothing(got.one("where")) else got.one("where"),
        decision=got.one("decision"),
        online=True if any(f.way is Way.ONLINE for f in filings) else None,
        filings=filings,
        listed=tuple(_listed(got)),
        steps=separate(got.many("steps")),
        who=people(got.one("who")),
        conditions=separate(got.many("conditions")),
        results=unique((*(r for text in got.texts.get("results", ()) for r in results(text)), *_result_rows(got))),
        laws=unique(
            (*laws(got.many("laws")), *(law for _, row in got.rows("laws") for law in laws(f"{_cell(row, 'trich yeu')} {_cell(row, 'so ky hieu')}")))
        ),
    )


def _cell(row: dict[str, str], *names: str) -> str:
    return next((one_line(value) for head, value in row.items() for name in names if name in head), "")


def _filings(got: _Gathered) -> Iterator[Filing]:
    for _, row in got.rows("filings"):
        way = WAYS.get(fold(_cell(row, "hinh thuc")))
        if way:
            fee, note = fee_cell(_cell(row, "phi"))
            yield Filing(way, _cell(row, "thoi"), fee, note, _cell(row, "mo ta"))
    if not got.tables.get("filings") and (got.one("time") or got.one("fee")):
        fee, note = fee_cell(got.one("fee"))
        yield Filing(Way.ANY, got.one("time"), fee, note)


def fee_cell(text: str) -> tuple[str, str]:
    """«Lệ phí : 50.000 Đồng (Mức thu …)» as the fee and its note."""
    text = re.sub(r"^(?:Phí|Lệ phí)\s*:\s*", "", text, flags=re.I)
    head, bracket, rest = text.partition("(")
    note = in_brackets(bracket + rest)[0] if bracket else ""
    return ("" if says_nothing(head) else one_line(head)), note


def _listed(got: _Gathered) -> Iterator[Listed]:
    for title, row in got.rows("papers"):
        name, counts = _cell(row, "giay to", "ten"), fold(_cell(row, "so luong"))
        if name:
            yield Listed(name, title, _counted(counts, "chinh"), _counted(counts, "sao"), re.sub(r"\.\w{3,4}$", "", _cell(row, "mau")))
    if not got.tables.get("papers"):
        yield from (Listed(text) for text in separate(got.many("papers")))


def _counted(text: str, kind: str) -> int | None:
    match = re.search(rf"ban {kind}\s*:?\s*(\d+)", text) or re.search(rf"(\d+)\s*ban {kind}", text)
    return int(match.group(1)) if match else None


def _result_rows(got: _Gathered) -> Iterator[str]:
    for _, row in got.rows("results"):
        yield from results(_cell(row, "ten", "ket qua"))
