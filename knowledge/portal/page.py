"""The portal's detail page, as HTML or as the DOCX that it offers for download → Published: labels, and under each its text or its table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docx.table import Table
from lxml.etree import LxmlError

from knowledge.leaflet import nearest
from knowledge.model import Way
from knowledge.packed import Unreadable, open_packed, read_bytes
from knowledge.portal.form import Filing, Listed, Published
from knowledge.portal.phrases import WAYS, in_brackets, laws, one_line, people, results, says_nothing, separate, unique
from knowledge.procedure import CODE
from knowledge.words import fold, tidy

Cells = tuple[str, ...]
Block = str | list[Cells]  # a paragraph, or a table as its rows
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
        blocks = [b for item in Document(source).iter_inner_content() for b in (_table(item) if isinstance(item, Table) else [item.text])]
    except (OpcError, BadZipFile, LxmlError, KeyError, ValueError, AttributeError, RecursionError, OSError) as error:
        raise Unreadable(f"{path.name}: không mở được như DOCX. Hãy mở bằng Word rồi lưu lại dạng DOCX.") from error
    return _published(path, blocks)


def _table(table: Table) -> list[Block]:
    """A table of two columns whose first names labels is a list of them; any other stays a table."""
    rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
    return _labelled(rows)


def _labelled(rows: list[Cells]) -> list[Block]:
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
    page = _Page()
    page.feed(text)
    page.close()
    return _published(path, page.blocks())


class _Page(HTMLParser):
    """Gathers paragraphs and tables; scripts and styles are passed over, a table within a table is read as text."""

    BREAKS = frozenset({"p", "div", "br", "li", "ul", "ol", "dl", "dt", "dd", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "header", "main"})
    SKIPPED = frozenset(("script", "style", "noscript", "svg"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[Block] = []
        self._text: list[str] = []
        self._rows: list[list[str]] = []
        self._tables = self._skipping = 0

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag in self.SKIPPED:
            self._skipping += 1
        elif tag == "table":
            self._begin_table()
        elif self._tables == 1 and tag == "tr":
            self._rows.append([])
        elif self._tables == 1 and tag in {"td", "th"}:
            self._text = []
        elif tag in self.BREAKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag == "table":
            self._end_table()
        elif self._tables == 1 and tag in {"td", "th"}:
            self._rows = self._rows or [[]]
            self._rows[-1].append("".join(self._text).strip())
            self._text = []
        elif tag in self.BREAKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._text.append(re.sub(r"\s+", " ", data))

    def _break(self) -> None:
        if self._tables:
            self._text.append("\n")
        else:
            self._found.append("".join(self._text))
            self._text = []

    def _begin_table(self) -> None:
        if not self._tables:
            self._break()
            self._rows = []
        self._tables += 1

    def _end_table(self) -> None:
        self._tables = max(0, self._tables - 1)
        if not self._tables and self._rows:
            self._found += _labelled([tuple(row) for row in self._rows if row])
            self._rows, self._text = [], []

    def blocks(self) -> list[Block]:
        """All blocks, what an unclosed table held included."""
        self._tables = min(self._tables, 1)
        self._end_table()
        self._break()
        return self._found


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


def _gather(blocks: Iterable[Block]) -> _Gathered:
    done, name, last = _Gathered(), "", ""
    for block in blocks:
        if not isinstance(block, str):
            done.tables.setdefault(name, []).append((last, [row for row in block if row]))
            last = ""
        elif text := tidy(block).strip():
            head, _, rest = text.partition(":")
            if (found := _label(head)) is not None:
                name, text = found, rest.strip()
            last = text
            if text:
                done.texts.setdefault(name, []).append(text)
    return done


def _published(path: Path, blocks: Sequence[Block]) -> Published:
    got = _gather(blocks)
    code = re.search(r"\d\.\d{6}", got.one("code"))
    if not code or not CODE.match(code.group()) or not got.one("name"):
        missing = "Tên thủ tục" if code else "Mã thủ tục"
        heads = [b.partition(":")[0] for b in blocks if isinstance(b, str) and len(b) < 80]
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
