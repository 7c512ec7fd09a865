"""A sheet about a procedure or a general question → the record, with a problem for each thing that is not as it should be."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from knowledge.leaflet import Section, Sheet, empty_sections, joined_items, meant, read
from knowledge.model import General, Golden, Kind, Line, Link, Narrowing, Option, Paper, Procedure, Rate, Related, Way
from knowledge.words import fold

CODE = re.compile(r"^[0-9]\.[0-9]{6}$")
UNPUBLISHED = "Chưa công bố"
PROCEDURE_KEYS = (
    "Mã thủ tục", "Mã cũ", "Tên chính thức", "Tên ngắn", "Phân biệt", "Lĩnh vực", "Cơ quan giải quyết", "Nơi nộp",
    "Nộp trực tuyến", "Giờ chốt trong ngày", "Quyết định công bố", "Nguồn", "Hiệu lực từ", "Hiệu lực đến", "Kiểm tra ngày", "Trạng thái",
)  # fmt: skip
PROCEDURE_SECTIONS = (
    "Tóm tắt", "Giấy tờ phải nộp", "Giấy tờ xuất trình", "Không phải nộp", "Biểu mẫu", "Phí, lệ phí", "Thời gian giải quyết", "Ai được nộp",
    "Các bước", "Kết quả", "Điều kiện", "Căn cứ pháp lý", "Lưu ý", "Tên gọi khác", "Câu hỏi mẫu", "Thủ tục liên quan",
    "Hỏi để chọn giấy tờ", "Câu hỏi kiểm tra",
)  # fmt: skip
NEEDED_KEYS = ("Lĩnh vực", "Cơ quan giải quyết", "Nơi nộp", "Nộp trực tuyến", "Kiểm tra ngày", "Nguồn")
NEEDED_SECTIONS = ("Giấy tờ phải nộp", "Phí, lệ phí", "Thời gian giải quyết", "Căn cứ pháp lý", "Kết quả", "Các bước")
GENERAL_KEYS = ("Loại", "Tên ngắn", "Kiểm tra ngày", "Nguồn")
GENERAL_SECTIONS = ("Trả lời", "Căn cứ pháp lý", "Tên gọi khác", "Câu hỏi mẫu", "Thủ tục liên quan", "Câu hỏi kiểm tra")
KINDS = {
    "huong dan chung": Kind.GUIDE,
    "viec cua co quan khac": Kind.ELSEWHERE,
    "viec khong giup duoc": Kind.REFUSED,
    "tro chuyen": Kind.CHAT,
    "chuc nang": Kind.DIALOGUE,
}
KIND_NAMES = ("Hướng dẫn chung", "Việc của cơ quan khác", "Việc không giúp được", "Trò chuyện", "Chức năng")
WAY_NAMES = ("Trực tiếp", "Trực tuyến", "Bưu chính", "Mọi hình thức")
WAYS = {"truc tiep": Way.DIRECT, "truc tuyen": Way.ONLINE, "buu chinh": Way.POST, "moi hinh thuc": Way.ANY}
LINKS = {"truoc": Link.BEFORE, "sau": Link.AFTER, "de nham voi": Link.CONFUSED, "lien quan": Link.ALSO}
LINK_NAMES = ("Trước", "Sau", "Dễ nhầm với", "Liên quan")
OUTCOME_NAMES = ("trả lời", "hỏi lại", "không biết", "khác")
OUTCOMES = {"tra loi": "answer", "hoi lai": "choose", "khong biet": "unknown", "khac": "other"}
SHORT_NAME_MAX = 40
HINT_MAX = 100


def read_procedure(path: Path, text: str) -> tuple[Procedure | None, Sheet]:
    """The procedure that the text describes, None where it lacks what every leaflet must have; the sheet carries the problems."""
    sheet = read(path, text, keys=PROCEDURE_KEYS, sections=PROCEDURE_SECTIONS)
    code = sheet.keys.get("Mã thủ tục", "")
    if not CODE.match(code):
        sheet.complain(sheet.line_of("Mã thủ tục"), f"“Mã thủ tục: {code}” không đúng. Mã quốc gia có dạng 1.001193.")
    _needed(sheet)
    joined_items(sheet, texts=("Tóm tắt",))
    procedure = Procedure(
        path=path,
        code=code,
        name=sheet.title,
        field=sheet.keys.get("Lĩnh vực", ""),
        official_name=sheet.keys.get("Tên chính thức", ""),
        short_name=_bounded(sheet, "Tên ngắn", SHORT_NAME_MAX),
        hint=_bounded(sheet, "Phân biệt", HINT_MAX),
        former_codes=_codes(sheet, "Mã cũ"),
        agency=sheet.keys.get("Cơ quan giải quyết", ""),
        where=sheet.keys.get("Nơi nộp", ""),
        online=_online(sheet),
        cutoff=_cutoff(sheet),
        decision=sheet.keys.get("Quyết định công bố", ""),
        source=sheet.keys.get("Nguồn", ""),
        valid_from=day(sheet, "Hiệu lực từ"),
        valid_until=day(sheet, "Hiệu lực đến"),
        checked=day(sheet, "Kiểm tra ngày"),
        draft=_draft(sheet),
        summary=" ".join(line.text for line in sheet.lines("Tóm tắt")),
        papers=_papers(sheet, "Giấy tờ phải nộp"),
        shown=_papers(sheet, "Giấy tờ xuất trình"),
        not_needed=sheet.lines("Không phải nộp"),
        forms=sheet.lines("Biểu mẫu"),
        fees=_rates(sheet, "Phí, lệ phí"),
        times=_rates(sheet, "Thời gian giải quyết"),
        who=sheet.lines("Ai được nộp"),
        steps=sheet.lines("Các bước"),
        result=sheet.lines("Kết quả"),
        conditions=sheet.lines("Điều kiện"),
        legal_basis=sheet.lines("Căn cứ pháp lý"),
        notes=sheet.lines("Lưu ý"),
        other_names=_texts(sheet, "Tên gọi khác"),
        questions=_texts(sheet, "Câu hỏi mẫu"),
        related=_related(sheet),
        narrowings=_narrowings(sheet),
        goldens=_goldens(sheet),
        places=sheet.places("Tên gọi khác", "Câu hỏi mẫu"),
    )
    return (procedure if CODE.match(code) else None), sheet


def _needed(sheet: Sheet) -> None:
    for key in NEEDED_KEYS:
        if not sheet.keys.get(key):
            sheet.complain(sheet.line_of(key), f"thiếu khóa “{key}”. Nếu nguồn không nói, hãy viết “{key}: {UNPUBLISHED}”.")
    for name in NEEDED_SECTIONS:
        if not sheet.lines(name):
            sheet.complain(sheet.line_of(name), f"mục “{name}” thiếu hoặc trống. Nếu nguồn không nói, hãy viết “- {UNPUBLISHED}”.")
    empty_sections(sheet, besides=NEEDED_SECTIONS)


def _draft(sheet: Sheet) -> bool:
    value = sheet.keys.get("Trạng thái", "")
    if fold(value) not in {"", "nhap", "da kiem tra"}:
        sheet.complain(sheet.line_of("Trạng thái"), f"“Trạng thái: {value}” không đúng. Hãy viết “Nháp” hoặc “Đã kiểm tra”.")
    return fold(value) == "nhap"


def read_general(path: Path, text: str) -> tuple[General | None, Sheet]:
    """The general leaflet that the text spells, None where it has no kind or no answer."""
    sheet = read(path, text, keys=GENERAL_KEYS, sections=GENERAL_SECTIONS)
    name = sheet.keys.get("Loại", "")
    kind = KINDS.get(fold(name))
    if kind is None:
        known = ", ".join(KIND_NAMES)
        sheet.complain(sheet.line_of("Loại"), f"“Loại: {name}” không đúng. Hãy dùng một trong: {known}.{meant(name, KIND_NAMES)}")
    silent = not sheet.lines("Trả lời") and kind is not Kind.DIALOGUE
    if silent:
        sheet.complain(sheet.line_of("Trả lời"), "mục “Trả lời” thiếu hoặc trống.")
    empty_sections(sheet, besides=("Trả lời",))
    joined_items(sheet, texts=("Trả lời",))
    general = General(
        path=path,
        topic=path.stem,
        name=sheet.title,
        answer=plain(sheet.lines("Trả lời")),
        short_name=_bounded(sheet, "Tên ngắn", SHORT_NAME_MAX),
        kind=kind or Kind.GUIDE,
        checked=day(sheet, "Kiểm tra ngày"),
        source=sheet.keys.get("Nguồn", ""),
        other_names=_texts(sheet, "Tên gọi khác"),
        questions=_texts(sheet, "Câu hỏi mẫu"),
        related=_related(sheet),
        legal_basis=sheet.lines("Căn cứ pháp lý"),
        goldens=_goldens(sheet),
        places=sheet.places("Tên gọi khác", "Câu hỏi mẫu"),
    )
    return (None if kind is None or silent else general), sheet


def plain(lines: tuple[Line, ...]) -> str:
    """Lines as text to read: items under their case, one a line."""
    out, case = [], ""
    for line in lines:
        if line.case != case:
            case = line.case
            out.append(f"{case}:")
        out.append(line.text)
    return "\n".join(out)


def day(sheet: Sheet, key: str) -> dt.date | None:
    """The date of a key written dd/mm/yyyy; anything else is a problem."""
    value = sheet.keys.get(key, "")
    if not value or fold(value) == fold(UNPUBLISHED):
        return None
    try:
        return dt.datetime.strptime(value, "%d/%m/%Y").date()
    except ValueError:
        sheet.complain(sheet.line_of(key), f"“{key}: {value}” không phải là ngày. Hãy viết như 05/09/2026.")
        return None


def _texts(sheet: Sheet, name: str) -> tuple[str, ...]:
    return tuple(line.text for line in sheet.lines(name))


def _bounded(sheet: Sheet, key: str, most: int) -> str:
    value = sheet.keys.get(key, "")
    if len(value) > most:
        sheet.complain(sheet.line_of(key), f"“{key}” dài {len(value)} ký tự; nhiều nhất {most} để vừa một nút bấm.")
    return value


def _codes(sheet: Sheet, key: str) -> tuple[str, ...]:
    codes = tuple(c for c in re.split(r"[,;\s]+", sheet.keys.get(key, "")) if c)
    for code in codes:
        if not CODE.match(code):
            sheet.complain(sheet.line_of(key), f"“{key}”: “{code}” không phải là mã thủ tục. Mã quốc gia có dạng 1.001193.")
    return codes


def _online(sheet: Sheet) -> str:
    value = sheet.keys.get("Nộp trực tuyến", "")
    if value and not re.match(r"^(co|khong|chua cong bo)\b", fold(value)):
        sheet.complain(sheet.line_of("Nộp trực tuyến"), f"“Nộp trực tuyến: {value[:40]}” phải bắt đầu bằng “Có”, “Không” hoặc “{UNPUBLISHED}”.")
    return value


def _cutoff(sheet: Sheet) -> dt.time | None:
    value = sheet.keys.get("Giờ chốt trong ngày", "")
    if not value:
        return None
    match = re.match(r"^(\d{1,2})\s*(?:[:hg]|giờ)\s*(\d{2})?$", value)
    if match and int(match.group(1)) < 24 and int(match.group(2) or 0) < 60:
        return dt.time(int(match.group(1)), int(match.group(2) or 0))
    sheet.complain(sheet.line_of("Giờ chốt trong ngày"), f"“Giờ chốt trong ngày: {value}” không phải là giờ. Hãy viết như 15:00.")
    return None


_ORIGINALS = re.compile(r"(\d+)\s*bản chính", re.I)
_COPIES = re.compile(r"(\d+)\s*bản sao", re.I)
_FORM = re.compile(r"\bmẫu(?: số)?\s*:?\s*([^;]+)", re.I)
_COUNTS = re.compile(r"\s*\((?=[^()]*(?:bản chính|bản sao|mẫu))([^()]*)\)\s*[.;]?$", re.I)


def _papers(sheet: Sheet, name: str) -> tuple[Paper, ...]:
    return tuple(_paper(line) for line in sheet.lines(name))


def _paper(line: Line) -> Paper:
    """«Tờ khai đăng ký khai sinh (1 bản chính; mẫu: Tờ khai khai sinh)» taken apart."""
    match = _COUNTS.search(line.text)
    if not match:
        return Paper(line.text.rstrip(" ;."), line.case, line=line.number)
    inside = match.group(1)
    originals, copies, form = _ORIGINALS.search(inside), _COPIES.search(inside), _FORM.search(inside)
    more = _FORM.sub("", _COPIES.sub("", _ORIGINALS.sub("", inside)))
    if re.sub(r"\bvà\b|[\s;,.]", "", more):  # «1 bản chính hoặc bản sao có chứng thực»: said as it is, for a count would drop half of it
        name = line.text[: match.start()].rstrip(" ;.") + f" ({_FORM.sub('', inside).strip(' ;,.')})"
        return Paper(name, line.case, form=form.group(1).strip() if form else "", line=line.number)
    return Paper(
        line.text[: match.start()].rstrip(" ;."),
        line.case,
        int(originals.group(1)) if originals else None,
        int(copies.group(1)) if copies else None,
        form.group(1).strip() if form else "",
        line.number,
    )


def _rates(sheet: Sheet, name: str) -> tuple[Rate, ...]:
    rates = []
    for line in sheet.lines(name):
        head, colon, rest = line.text.partition(":")
        ways = [WAYS.get(fold(w)) for w in re.split(r",| và ", head)]
        if colon and rest.strip() and all(ways):
            rates += [Rate(way, rest.strip(), line.case, line.number) for way in ways if way]
        else:
            if fold(line.text) != fold(UNPUBLISHED):
                wanted = "Hãy viết “Trực tiếp: …”, “Trực tuyến: …”, “Bưu chính: …” hoặc “Mọi hình thức: …”."
                near = meant(head, WAY_NAMES) if colon else ""
                sheet.complain(line.number, f"“{line.text[:50]}” không nói hình thức nộp. {wanted}{near}", fatal=False)
            rates.append(Rate(Way.ANY, line.text, line.case, line.number))
    return tuple(rates)


def _related(sheet: Sheet) -> tuple[Related, ...]:
    found = []
    for line in sheet.lines("Thủ tục liên quan"):
        match = re.match(r"^([^:]+):\s*([0-9]\.[0-9]{6})\b\s*(.*)$", line.text)
        if match and (link := LINKS.get(fold(match.group(1)))):
            found.append(Related(link, match.group(2), match.group(3).strip(" -()"), line.number))
        else:
            wanted = "Hãy viết “Sau: 1.004222 Đăng ký thường trú” (Trước, Sau, Dễ nhầm với, Liên quan)."
            sheet.complain(line.number, f"không hiểu “{line.text[:50]}”. {wanted}{meant(line.text.partition(':')[0], LINK_NAMES)}")
    return tuple(found)


def _narrowings(sheet: Sheet) -> tuple[Narrowing, ...]:
    section = sheet.sections.get("Hỏi để chọn giấy tờ")
    if section is None:
        return ()
    cases = {fold(p): p for p in _document_cases(sheet)}
    for line in section.lines:
        if not line.case:
            sheet.complain(line.number, f"“{line.text[:50]}” chưa nằm dưới câu hỏi nào. Hãy viết “### câu hỏi” ở trên.")
    return tuple(
        Narrowing(question, tuple(_option(sheet, line, cases) for line in section.lines if line.case == question)) for question in section.cases
    )


def _document_cases(sheet: Sheet) -> list[str]:
    names = ("Giấy tờ phải nộp", "Giấy tờ xuất trình")
    return [case for name in names for case in sheet.sections.get(name, Section(name, 1)).cases]


def _option(sheet: Sheet, line: Line, cases: dict[str, str]) -> Option:
    label, _, rest = line.text.replace("=>", "→").replace("->", "→").partition("→")
    chosen = []
    for wanted in (w.strip() for w in rest.split(";") if w.strip()):
        if fold(wanted) in cases:
            chosen.append(cases[fold(wanted)])
        else:
            sheet.complain(line.number, f"không có “### {wanted[:60]}” trong mục giấy tờ.{meant(wanted, cases.values())}")
    return Option(label.strip(), tuple(chosen))


def _goldens(sheet: Sheet) -> tuple[Golden, ...]:
    goldens = []
    for line in sheet.lines("Câu hỏi kiểm tra"):
        question, _, want = line.text.replace("=>", "→").replace("->", "→").partition("→")
        words, _, codes = want.partition(":")
        outcome = OUTCOMES.get(fold(words) or "tra loi")
        if outcome is None or not question.strip():
            rule = "Hãy viết câu hỏi, dấu →, rồi “trả lời”, “hỏi lại”, “không biết” hoặc “khác”."
            sheet.complain(line.number, f"không hiểu “{line.text[:50]}”. {rule}{meant(words, OUTCOME_NAMES)}")
        else:
            goldens.append(Golden(question.strip(), outcome, tuple(re.findall(r"\d\.\d{6}", codes)), line.number))
    return tuple(goldens)


def unpublished(lines: tuple[Line, ...]) -> bool:
    """Whether a section says only that the source does not say."""
    return len(lines) == 1 and fold(lines[0].text) == fold(UNPUBLISHED)
