"""The portal's list of papers mixes papers with notes (a birth: 33 rows, 8 papers). Here they are told apart; source: domain rules, section 9."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.model import Line, Paper
from knowledge.portal.form import Listed
from knowledge.portal.phrases import LOWER, UPPER, capital, in_brackets, pieces, unmarked
from knowledge.words import fold

# What a paper begins with, folded. «bản» covers bản sao, bản chính, bản chụp, bản vẽ, bản khai.
_NOUNS = (
    "anh chup|anh the|anh mau|bang|bao cao|bien ban|bien lai|ban|can cuoc|chung chi|chung minh|chung nhan|cam ket|cong van|dang ky|danh muc|"
    "danh sach|de an|de cuong|don|du an|du thao|du toan|giay|hai|ho chieu|hoa don|ho so|hop dong|ke hoach|ket luan|ket qua|khai bao|"
    "lenh|ly lich|mau|mot|mo ta|nghi quyet|phieu|phu luc|phuong an|quyet dinh|so do|so hong|so ho|so tiet|so bhxh|so bao hiem|so theo doi|"
    "tai lieu|the|thiet ke|thoa thuan|"
    "thong bao|thuyet minh|to khai|to trinh|to dang ky|trich luc|van ban|vi bang|visa|y kien|\\d+ anh|\\d+ ban|0\\d"
)
_PAPER = re.compile(rf"^(?:{_NOUNS})\b")
_NOT_NEEDED = re.compile(
    r"\b(?:khong (?:phai|can|yeu cau)(?: \w+){0,6} (?:nop|xuat trinh|tai len|co van ban|cung cap|gui)"
    r"|khong phai nop|khong yeu cau (?:nop|cung cap)|mien nop)\b"
)
_NOTE = re.compile(
    r"^(?:nguoi (?:tiep nhan|co yeu cau|yeu cau|nop|dan)|co quan|khi cac co quan|so luong|luu y|ghi chu|chu y|to chuc, ca nhan|ca nhan|"
    r"cong dan|trong thoi (?:han|gian)|viec|thanh phan|cach thuc|thoi gian|can bo|uy ban nhan dan|cong an|doi voi giay to|cac giay to|"
    r"truong hop .{0,160}\bthi (?:co quan|nguoi|can bo|uy ban|cong an|to chuc))\b"
)
_THEN = re.compile(
    r"^(?:đối với |trong )?trường hợp (?P<case>[^:]{4,200}?),?(?: thì)? (?:phải (?:có|nộp|gửi kèm theo|gửi kèm|xuất trình|bổ sung)"
    r"|thì (?:có|nộp)|nộp|có thêm|cần có|gửi kèm theo|gửi kèm|kèm theo|bổ sung|xuất trình)(?: thêm)?:? (?P<paper>.+)$",
    re.I | re.S,
)
_COLON = re.compile(r"^(?:đối với|trường hợp) (?P<case>[^:]{4,200}?)(?: gồm| bao gồm)?: ?(?P<paper>.{6,})$", re.I | re.S)
_BEHIND = re.compile(r"^(?P<paper>.{12,}?),? (?:trong|đối với|áp dụng đối với) (?:các )?trường hợp (?P<case>[^.;]{4,200})[.;]?$", re.I | re.S)
_TITLES = re.compile(r"^(?:(?:đối với|áp dụng đối với|trong)\s+)?(?:(?:các )?trường hợp\s+)?", re.I)
_NO_CASE = re.compile(
    r"^(?:giay to|so luong|bao gom|thanh phan|ho so(?: bao)? gom|ho so$|luu y|xuat trinh|ban khai$|$)"
    r"|giay to sau|\bphai (?:nop|xuat trinh)|bo ho so|cac giay to$"
)
_TITLE_END = re.compile(r"[,;]?\s*(?:hồ sơ\s+|(?:thì\s+)?thành phần hồ sơ\s+)?(?:bao gồm|gồm có|gồm|như sau|sau đây)$", re.I)
_FORM = re.compile(r"\b(?i:mẫu(?: đơn| phiếu| tờ khai)?(?: số)?)\s*:?\s*(?P<form>(?=[A-ZĐ]{0,4}[-.]?\d|[A-Z]+\d|[A-ZĐ]{2})[0-9A-ZĐ]\w*(?:[./-]\w+)*)")
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|rtf|zip|rar|odt)\s*$", re.I)
_GLUE = re.compile(rf"(?<=[{LOWER};:)\]\"])(?=[{UPPER}0-9])|(?<=[.0-9{UPPER}])(?=[{UPPER}][{LOWER}])")


@dataclass
class Sorted:
    """The rows by what they are."""

    papers: list[Paper] = field(default_factory=list)
    shown: list[Paper] = field(default_factory=list)
    not_needed: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)


def sort(rows: Iterable[Listed]) -> Sorted:
    """Papers to hand in, to show, not needed, and notes. A row is a note where nothing says that it is a paper."""
    done = Sorted()
    for row in rows:
        text = unmarked(re.sub(r"^Thành phần hồ sơ(?: \d+)?\s*:\s*", "", unmarked(_without_file(row.text)[0])))
        if not text or text.endswith(":"):
            continue
        title = fold(row.case)
        if _NOT_NEEDED.search(fold(text)) and not _is_paper(row, text):
            done.not_needed += _lines(text)
        elif not _is_paper(row, text):
            done.notes += _lines(text)
        else:
            name, *rest = pieces(text)
            (done.shown if "xuat trinh" in title else done.papers).append(_paper(row, name))
            done.notes += _lines(" ".join(rest))
    return done


def _lines(text: str) -> list[Line]:
    return [Line(capital(piece)) for piece in pieces(text) if piece]


def _is_paper(row: Listed, text: str) -> bool:
    """Counted rows are papers unless they begin as notes do; the portal puts 0 and 0 beside its notes."""
    words = fold(text)
    counted = bool(row.originals or row.copies)
    begins = bool(_PAPER.match(words))
    if row.originals == 0 and not row.copies:
        return (
            begins
            and not fold(row.case).startswith("luu y")
            and not _NOT_NEEDED.search(words)
            and not re.search(r"\bphai (?:bao dam|dam bao|duoc)\b", words)
        )
    if _NOTE.match(words) or text[0] in "),;." or re.search(r"\bBước \d", text):
        return False
    return counted or begins or bool(_case_apart(text)[0])


def _paper(row: Listed, text: str) -> Paper:
    title, (own, name) = case_name(row.case), _case_apart(text)
    case = title or own
    name = unmarked(text if title else name)
    name, form = _form_apart(name, row.form or _without_file(row.text)[1])
    return Paper(capital(name), case, row.originals or None, row.copies or None, form)


def case_name(title: str) -> str:
    """The title of a list as a circumstance: «Đối với trường hợp trẻ em bị bỏ rơi» → «Trẻ em bị bỏ rơi»; "" for «Giấy tờ phải nộp»."""
    title = _TITLE_END.sub("", unmarked(title).strip(" :*#-.;,")).strip(" :*#-.;,")
    return "" if _NO_CASE.search(fold(title)) else capital(_TITLES.sub("", title).strip(" :*#-.;,"))


def _case_apart(text: str) -> tuple[str, str]:
    """The circumstance that a row names, and the paper; ("", text) where it names none."""
    for pattern in (_THEN, _COLON, _BEHIND):
        if match := pattern.match(text):
            return case_name(match["case"]), match["paper"]
    return "", text


def _without_file(text: str) -> tuple[str, str]:
    """The text without the name of an attached file that is glued to its end, and that name where it reads as a form's."""
    if not (end := _FILE.search(text)):
        return text, ""
    begin = text.rfind("/") + 1
    glue = _GLUE.search(text, begin)
    if glue is None:
        return text[: end.start()], ""
    stem = text[glue.start() : end.start()]
    return text[: glue.start()], stem if " " in stem and not stem.isascii() else ""


def _form_apart(name: str, file: str) -> tuple[str, str]:
    """The paper's name without the bracket that tells its form, and the form; brackets that the grammar would misread are opened."""
    match = _FORM.search(name)
    form = f"Mẫu số {match['form']}" if match else re.sub(r"[();]", " ", file).strip()
    if match:
        before = name.rfind("(", 0, match.start())
        inside, after = in_brackets(name[before:]) if before >= 0 and ")" not in name[before : match.start()] else ("", "")
        if inside and not after.strip(" .;0123456789"):
            name = name[:before]
    name = re.sub(r"(?<=\))\.\d*$", "", name).strip(" .;,")
    if re.search(r"\([^()]*(?:bản chính|bản sao|mẫu)[^()]*\)$", name, re.I):
        name = f"{name[: name.rfind('(')].rstrip()}, {name[name.rfind('(') + 1 : -1]}"
    return name.strip(" .;,"), " ".join(form.split())
