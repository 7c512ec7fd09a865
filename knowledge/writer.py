"""A Procedure → leaflet text in the grammar of `knowledge.leaflet`, and small edits that leave the rest of a leaflet as its author wrote it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

from knowledge.leaflet import Sheet, read
from knowledge.model import Golden, Line, Link, Narrowing, Option, Paper, Procedure, Rate, Related, Way
from knowledge.procedure import PROCEDURE_KEYS, PROCEDURE_SECTIONS, UNPUBLISHED

WAY_NAMES = {Way.DIRECT: "Trực tiếp", Way.ONLINE: "Trực tuyến", Way.POST: "Bưu chính", Way.ANY: "Mọi hình thức"}
LINK_NAMES = {Link.BEFORE: "Trước", Link.AFTER: "Sau", Link.CONFUSED: "Dễ nhầm với", Link.ALSO: "Liên quan"}
OUTCOME_NAMES = {"answer": "trả lời", "choose": "hỏi lại", "unknown": "không biết", "other": "khác"}
DRAFT = "Nháp"
_LOOKS_LIKE_MARKUP = re.compile(r"^(?:[-*+•●▪■◦·–—#]|o\s{2,}|\d{1,2}[.)]\s|<!--)")
_Item = tuple[str, str]  # the case that an item stands under, "" for none, and its text


def write(procedure: Procedure, remarks: Iterable[str] = ()) -> str:
    """The leaflet's text; reading it gives the same Procedure, line numbers and path apart. `remarks` are comments to colleagues.

    A paper's name must not itself end in a bracket that counts copies or names a form: that would be read as such."""
    keys = "\n".join([f"{key}: {value}" for key, value in _keys(procedure) if value] + [comment(r) for r in remarks])
    sections = [f"## {name}\n{body}" for name, body in ((n, make(procedure)) for n, make in _SECTIONS) if body]
    return "\n\n".join((f"# {procedure.name}", keys, *sections)) + "\n"


def comment(text: str) -> str:
    """A line that the bot passes over."""
    return f"<!-- {' '.join(text.split()).replace('-->', '→')} -->"


def _keys(p: Procedure) -> Iterable[tuple[str, str]]:
    return (
        ("Trạng thái", DRAFT if p.draft else ""),
        ("Mã thủ tục", p.code),
        ("Mã cũ", ", ".join(p.former_codes)),
        ("Tên chính thức", p.official_name),
        ("Tên ngắn", p.short_name),
        ("Phân biệt", p.hint),
        ("Lĩnh vực", p.field),
        ("Cơ quan giải quyết", p.agency),
        ("Nơi nộp", p.where),
        ("Nộp trực tuyến", p.online),
        ("Giờ chốt trong ngày", f"{p.cutoff:%H:%M}" if p.cutoff else ""),
        ("Quyết định công bố", p.decision),
        ("Nguồn", p.source),
        ("Hiệu lực từ", written_day(p.valid_from)),
        ("Hiệu lực đến", written_day(p.valid_until)),
        ("Kiểm tra ngày", written_day(p.checked)),
    )


def written_day(day: dt.date | None) -> str:
    """05/09/2026, "" for None."""
    return f"{day:%d/%m/%Y}" if day else ""


def _summary(text: str) -> str:
    return f"- {text}" if _LOOKS_LIKE_MARKUP.match(text) else text


def _bullets(items: Iterable[_Item]) -> str:
    """Items under the headings of their cases; those without a case come first, for nothing leads back out of a case."""
    out: list[str] = []
    for case, own in groupby(sorted(items, key=lambda item: item[0] != ""), key=lambda item: item[0]):
        out += [f"### {case}"] if case else []
        out += [f"- {text}" for _, text in own]
    return "\n".join(out)


def _lines(lines: Sequence[Line]) -> str:
    return _bullets((line.case, line.text) for line in lines)


def _texts(texts: Sequence[str]) -> str:
    return _bullets(("", text) for text in texts)


def _papers(papers: Sequence[Paper]) -> str:
    return _bullets((paper.case, _paper(paper)) for paper in papers)


def _paper(paper: Paper) -> str:
    inside = [f"{paper.originals} bản chính"] if paper.originals is not None else []
    inside += [f"{paper.copies} bản sao"] if paper.copies is not None else []
    inside += [f"mẫu: {paper.form}"] if paper.form else []
    return f"{paper.name} ({'; '.join(inside)})" if inside else paper.name


def rates(found: Sequence[Rate]) -> str:
    """The body of a section of fees or times."""
    return _bullets((rate.case, _rate(rate)) for rate in found)


def _rate(rate: Rate) -> str:
    return rate.text if rate == Rate(Way.ANY, UNPUBLISHED, rate.case) else f"{WAY_NAMES[rate.way]}: {rate.text}"


def _related(related: Sequence[Related]) -> str:
    return _bullets(("", f"{LINK_NAMES[r.link]}: {r.code} {r.text}".rstrip()) for r in related)


def _narrowings(narrowings: Sequence[Narrowing]) -> str:
    return "\n".join(line for n in narrowings for line in (f"### {n.question}", *(f"- {_option(o)}" for o in n.options)))


def _option(option: Option) -> str:
    return f"{option.label} → {'; '.join(option.cases)}" if option.cases else option.label


def _goldens(goldens: Sequence[Golden]) -> str:
    return _bullets(("", f"{g.question} → {OUTCOME_NAMES[g.outcome]}" + (f": {', '.join(g.codes)}" if g.codes else "")) for g in goldens)


_SECTIONS: tuple[tuple[str, Callable[[Procedure], str]], ...] = (
    ("Tóm tắt", lambda p: _summary(p.summary)),
    ("Giấy tờ phải nộp", lambda p: _papers(p.papers)),
    ("Giấy tờ xuất trình", lambda p: _papers(p.shown)),
    ("Không phải nộp", lambda p: _lines(p.not_needed)),
    ("Biểu mẫu", lambda p: _lines(p.forms)),
    ("Phí, lệ phí", lambda p: rates(p.fees)),
    ("Thời gian giải quyết", lambda p: rates(p.times)),
    ("Ai được nộp", lambda p: _lines(p.who)),
    ("Các bước", lambda p: _lines(p.steps)),
    ("Kết quả", lambda p: _lines(p.result)),
    ("Điều kiện", lambda p: _lines(p.conditions)),
    ("Căn cứ pháp lý", lambda p: _lines(p.legal_basis)),
    ("Lưu ý", lambda p: _lines(p.notes)),
    ("Tên gọi khác", lambda p: _texts(p.other_names)),
    ("Câu hỏi mẫu", lambda p: _texts(p.questions)),
    ("Thủ tục liên quan", lambda p: _related(p.related)),
    ("Hỏi để chọn giấy tờ", lambda p: _narrowings(p.narrowings)),
    ("Câu hỏi kiểm tra", lambda p: _goldens(p.goldens)),
)


def with_section(text: str, name: str, body: str) -> str:
    """The leaflet with another body under `## name`; comments there stay. A section that is not there is added at the end."""
    lines, sheet = _split(text), _sheet(text)
    if name not in sheet.sections:
        return "\n".join(lines).rstrip() + f"\n\n## {name}\n{body}\n"
    begin = sheet.sections[name].number
    after = (n for n in range(begin, len(lines)) if re.match(r"^\s*##?(?!#)", lines[n]))
    end = next(after, len(lines))
    comments = [line for line in lines[begin:end] if line.strip().startswith("<!--")]
    return "\n".join([*lines[:begin], *comments, *body.split("\n"), "", *lines[end:]]).rstrip() + "\n"


def with_key(text: str, key: str, value: str, sheet: Sheet | None = None) -> str:
    """The leaflet with another value of a key; "" takes the line out. A key that is not there is added below the others.

    `sheet` is the text as read, where it was read with other keys than a procedure's."""
    lines, sheet = _split(text), sheet or _sheet(text)
    new = [f"{key}: {value}"] if value else []
    place = sheet.key_lines.get(key)
    if place is None:
        place = max(sheet.key_lines.values(), default=1)
        return "\n".join([*lines[:place], *new, *lines[place:]])
    return "\n".join([*lines[: place - 1], *new, *lines[place:]])


def _split(text: str) -> list[str]:
    """Lines as `knowledge.leaflet.read` counts them."""
    return re.split(r"\r\n|\r|\n|\u2028|\u2029", text.removeprefix("\ufeff"))


def _sheet(text: str) -> Sheet:
    return read(Path(), text, keys=PROCEDURE_KEYS, sections=PROCEDURE_SECTIONS)
