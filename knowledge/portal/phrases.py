"""The turns of phrase of portal text: numbered lines, fee cells, results with their codes, numbers of laws. Pure functions of text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.model import Way
from knowledge.portal.form import Filing
from knowledge.words import fold, tidy

WAYS = {"truc tuyen": Way.ONLINE, "truc tiep": Way.DIRECT, "dich vu buu chinh": Way.POST, "buu chinh": Way.POST, "buu chinh cong ich": Way.POST}
_LETTERS = [chr(code) for code in (*range(0x41, 0x7B), *range(0xC0, 0x1EFA)) if chr(code).isalpha()]
UPPER = "".join(c for c in _LETTERS if c.isupper())  # a range such as À-Ỹ holds small letters too
LOWER = "".join(c for c in _LETTERS if c.islower())
NOTHING = {"", "khong", "khong co", "khong co thong tin", "khong quy dinh", "chua co thong tin", "khong co yeu cau", "chua quy dinh"}
LONG = 900
_AMOUNT = r"\d[\d.,]*\s*(?:VNĐ|Việt Nam Đồng|Đồng|đồng|USD)"
_TIME = rf"Không có thông tin(?=Miễn phí|{_AMOUNT})|.{{0,80}}?"
_FILING = re.compile(
    rf"^(?P<way>Trực tuyến|Trực tiếp|Dịch vụ bưu chính)(?:(?P<time>{_TIME})(?P<fee>Miễn phí|Không có thông tin|{_AMOUNT})(?P<rest>.*))?$", re.S
)
_BULLET = re.compile(r"^(?:[-+*•●▪–—]+|\(?[ivx]+\)|\(?\d{1,2}[.)](?!\d)|[a-zđ]\)(?=\s)|Bước\s+\d+\s*[:.])\s*", re.I)
_ORGANS = (
    "BLĐTBXH|BVHTTDL|BNNPTNT|UBTVQH|TANDTC|BKHĐT|BKHCN|BTNMT|BNNMT|BTTTT|BGDĐT|BDTTG|BGTVT"
    "|UBND|HĐND|VPCP|BHXH|UBDT|TTCP|BTP|BCA|BTC|BYT|BNV|BQP|BXD|BCT|BNG|TTg|CP"
)
_LAW = re.compile(rf"\d+(?:\.\d+)?(?:/\d{{4}})?/(?:UBTVQH\d\d|QH\d\d|(?:NĐ|NQ|TTLT|TT|QĐ|CT)(?:[-/](?:{_ORGANS}))+)")
_KINDS = {"NĐ": "Nghị định", "NQ": "Nghị quyết", "TTLT": "Thông tư liên tịch", "TT": "Thông tư", "QĐ": "Quyết định", "CT": "Chỉ thị"}


def one_line(text: str) -> str:
    """The text with single spaces, plain quotes and dashes, no invisible characters."""
    return " ".join(tidy(text).split())


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def unmarked(text: str) -> str:
    """A line without the bullets, numbers and «Bước 1:» before it."""
    text = one_line(text)
    while (match := _BULLET.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    return text.lstrip(" .,;)").rstrip()


def says_nothing(text: str) -> bool:
    """Whether a cell is empty in words: «Không», «Không có thông tin»."""
    return fold(text).strip(" .;:-()") in NOTHING


def separate(text: str) -> tuple[str, ...]:
    """The items of a running text, one a line; a line that goes on in small letters belongs to the one before it."""
    items: list[str] = []
    for line in (one_line(part) for part in tidy(text).split("\n")):
        if line and items and line[0].islower() and not _BULLET.match(line):
            items[-1] += f" {line}"
        elif line:
            items.append(line)
    return tuple(capital(piece) for item in items if not says_nothing(kept := unmarked(item)) for piece in pieces(kept))


def pieces(text: str, most: int = LONG) -> tuple[str, ...]:
    """A long text in pieces of at most `most` characters: between sentences and inner items, else between words."""
    if len(text) <= most:
        return (text,)
    parts, out = re.split(r"(?<=[.;])\s+|\s+(?=[-+]\s)", text), [""]
    for part in (word for p in parts for word in ([p] if len(p) <= most else re.findall(rf".{{1,{most}}}(?:\s|$)|\S{{{most}}}", p))):
        if out[-1] and len(out[-1]) + len(part) >= most:
            out.append("")
        out[-1] = f"{out[-1]} {part.strip()}".strip()
    return tuple(kept for piece in out if (kept := unmarked(piece))) or ("",)


def filing(cell: str) -> Filing | None:
    """«Trực tuyến7 Ngày làm việcMiễn phí(…)…» taken apart; None where it names no way of filing."""
    match = _FILING.match(tidy(cell).strip())
    if not match:
        return None
    fee_note, note = in_brackets(match["rest"] or "")
    time, fee = ("" if says_nothing(said) else one_line(said) for said in (match["time"] or "", match["fee"] or ""))
    return Filing(WAYS[fold(match["way"])], time, fee, fee_note, note)


def in_brackets(text: str) -> tuple[str, str]:
    """What the brackets at the beginning hold, and what follows them."""
    if not text.startswith("("):
        return "", one_line(text)
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return one_line(_peeled(text[1:place])), one_line(text[place + 1 :])
    return one_line(_peeled(text[1:])), ""


def _peeled(text: str) -> str:
    text = text.strip()
    return _peeled(text[1:-1]) if text.startswith("(") and text.endswith(")") and text.count("(") == 1 else text


def results(text: str) -> tuple[str, ...]:
    """«Giấy khai sinhMã: KQ.G15.000031Trích lụcMã: …» as the names alone."""
    parts = re.split(r"Mã\s*:\s*(?:KQ[.-][\w.-]*?\d{6}|[\w.]*?-KQ\d+)", tidy(text))
    return tuple(item for part in parts for item in separate(part))


def people(text: str) -> tuple[str, ...]:
    """«Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)» as its items."""
    return tuple(one_line(part) for part in re.split(r"[,;]\s*(?=[A-ZĐ])(?![^()]*\))", tidy(text)) if not says_nothing(part))


def laws(text: str) -> tuple[str, ...]:
    """The numbers of the acts that a text names, each with the word for what it is, once."""
    text = tidy(text)
    return tuple(dict.fromkeys(law_name(_year_off(match.group()), text[: match.start()]) for match in _LAW.finditer(text)))


def _year_off(number: str) -> str:
    """«202068/2020/QH14» → «68/2020/QH14»: the year of the title before it is glued on."""
    return re.sub(r"^(?:19|20)\d\d(?=[1-9]\d{0,3}/)", "", number)


def law_name(number: str, before: str = "") -> str:
    """«123/2015/NĐ-CP» → «Nghị định 123/2015/NĐ-CP». An act of the National Assembly is named where the words before it say what it is."""
    kind = re.search(r"/(NĐ|NQ|TTLT|TT|QĐ|CT)[-/]", number)
    if kind:
        return f"{_KINDS[kind.group(1)]} {number}"
    said = re.findall(r"bo luat|luat|nghi quyet|phap lenh", fold(before[-120:])) if "QH" in number else []
    names = {"bo luat": "Bộ luật", "luat": "Luật", "nghi quyet": "Nghị quyết", "phap lenh": "Pháp lệnh"}
    return f"{names[said[0]]} {number}" if said else number


def unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in items if item))
