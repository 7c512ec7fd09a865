"""The one grammar of the content folder: a title, «Khóa: giá trị» lines, «## mục», «- ý», one level of «### …» inside a section.

`read` turns text into a `Sheet` and never fails: what it cannot place is a problem with its line number."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from knowledge.model import Line, Problem
from knowledge.words import fold, tidy, tone_on_first

# What Word and its copies set before an item; the last four are the private characters of its symbol fonts.
_MARKS = "•●▪■◦·‣⁃∙○□➢➤✓✔\uf0b7\uf0a7\uf0d8\uf0fc"
_BULLET = re.compile(rf"^(?:[{_MARKS}]\s*|[-*+]\s+|-(?=[^\W\d_])|o\s{{2,}})(.*)$")
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+(.*)$")
_KEY = re.compile(r"^([^\W\d_][^:]{1,40}?)\s*:\s*(.*)$")
_ORDINAL = re.compile(r"^(?:\d{1,2}|[IVX]+)[.)]\s*")
PROBLEMS_MOST = 20
LINE_MOST = 1500  # a line is never split, and a message on Zalo holds 2,000 characters


@dataclass
class Section:
    """A `## mục`: its lines with the `###` heading over each, and where it begins."""

    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    cases: dict[str, int] = field(default_factory=dict)
    joined: list[int] = field(default_factory=list)  # lines without a bullet, taken as the rest of the item over them
    ends: int = 0


@dataclass
class Sheet:
    """A leaflet as written, with the places of things. Sections and keys are held under their proper names."""

    path: Path
    title: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, name: str) -> int:
        """The line of a key or section, 1 where it is absent."""
        return self.key_lines.get(name) or (self.sections[name].number if name in self.sections else 1)

    def complain(self, line: int, message: str, *, fatal: bool = True) -> None:
        self.problems.append(Problem(self.path, line, message, fatal))

    def lines(self, name: str) -> tuple[Line, ...]:
        """The lines of a section, none where it is absent."""
        return tuple(self.sections[name].lines) if name in self.sections else ()

    def places(self, *lists: str) -> tuple[tuple[str, int], ...]:
        """The line of every key and section, and of every item of the sections in `lists`, by its text."""
        items = [(line.text, line.number) for name in lists for line in self.lines(name)]
        return (*items, *((name, section.number) for name, section in self.sections.items()), *self.key_lines.items())


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name that a misspelt or shortened one most likely means, "" where none is near."""
    names = list(known)
    found = process.extractOne(fold(word), [fold(n) for n in names], scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.6)
    if found:
        return names[found[2]]
    words = set(re.findall(r"\w+", fold(word)))
    return next((name for name in names if len(word) > 3 and words <= set(re.findall(r"\w+", fold(name)))), "")


def meant(word: str, known: Iterable[str]) -> str:
    """The end of a complaint that names the nearest right word, "" where none is near."""
    near = nearest(word, known)
    return f" Ý bạn là “{near}”?" if near else ""


def _proper(word: str, known: Mapping[str, str]) -> str | None:
    return known.get(fold(word))


@functools.cache
def _folded(names: tuple[str, ...]) -> dict[str, str]:
    return {fold(name): name for name in names}


def read(path: Path, text: str, *, keys: Iterable[str], sections: Iterable[str] | None, line_most: int = LINE_MOST) -> Sheet:
    """The sheet that `text` spells. `sections` None lets every heading stand (a file whose headings are its content)."""
    sheet = Sheet(path)
    known_keys, known_sections = _folded(tuple(keys)), None if sections is None else _folded(tuple(sections))
    section: Section | None = None
    case = ""
    for number, line in _written(sheet, text, line_most):
        if line.startswith("#"):
            level, words = len(line) - len(line.lstrip("#")), _plain(line.strip("#")).strip(" *:")
            if level == 1:
                _title(sheet, number, words)
            elif level == 2:
                section, case = _section(sheet, number, words, known_sections), ""
            elif section is None:
                sheet.complain(number, f"“### {words}” đứng trước mọi mục “## …”. Hãy đặt nó trong một mục.")
            else:
                case = words
                section.cases[case] = number
        elif section is None:
            _key(sheet, number, _plain(line), known_keys)
        else:
            _item(section, number, line, case)
    if not sheet.title:
        sheet.complain(1, "thiếu tiêu đề. Dòng đầu phải là “# Tên thủ tục”.")
    return sheet


def _written(sheet: Sheet, text: str, line_most: int) -> Iterator[tuple[int, str]]:
    """The lines that say something, numbered as in the file: without blank lines and `<!-- … -->`, in one spelling."""
    comment = 0
    for number, raw in enumerate(tone_on_first(tidy(text.replace("\t", "  "))).split("\n"), 1):
        line = raw.strip()
        if len(line) > line_most:
            sheet.complain(number, f"dòng dài {len(line)} ký tự; nhiều nhất {line_most} để vừa một tin nhắn. Hãy tách thành nhiều dòng.")
        if comment or line.startswith("<!-"):
            comment = 0 if line.endswith("->") else comment or number
        elif line.strip("-*_= "):  # neither blank, nor a rule, nor a bullet with nothing after it
            yield number, line
        if len(sheet.problems) >= PROBLEMS_MOST:
            sheet.complain(number, f"đã có {len(sheet.problems)} chỗ sai, phần sau của tệp chưa đọc. Hãy xem lại cả tệp.")
            return
    if comment:
        sheet.complain(comment, "chú thích “<!--” không có “-->” ở cuối dòng nào sau nó. Hãy đóng lại.")


def _plain(text: str) -> str:
    return " ".join(text.split())


def empty_sections(sheet: Sheet, besides: Iterable[str] = ()) -> None:
    """Complains of headings with nothing under them; `besides` names the sections that the caller complains of in its own words."""
    spared = set(besides)
    for section in sheet.sections.values():
        if not section.lines and section.name not in spared:
            sheet.complain(section.number, f"mục “{section.name}” trống. Hãy viết nội dung, hoặc bỏ cả dòng “## …”.", fatal=False)
        for case, number in section.cases.items():
            if section.lines and not any(line.case == case for line in section.lines):
                sheet.complain(number, f"“### {case}” trống. Hãy viết các dòng “- …” dưới nó, hoặc bỏ dòng này.", fatal=False)


def joined_items(sheet: Sheet, texts: Iterable[str]) -> None:
    """Complains of lines without a bullet in lists, for two papers would be read as one; `texts` names the sections of running text."""
    free = set(texts)
    for section in sheet.sections.values():
        for number in section.joined if section.name not in free else ():
            sheet.complain(number, "dòng không có dấu “-” nên được nối vào dòng trên. Nếu là một ý riêng, hãy thêm “- ” ở đầu.", fatal=False)


def _title(sheet: Sheet, number: int, words: str) -> None:
    if sheet.title:
        sheet.complain(number, f"có hai tiêu đề “# …”: “{sheet.title}” và “{words}”. Mỗi tệp chỉ một; mục thì viết “## {words}”.")
    else:
        sheet.title = words


def _section(sheet: Sheet, number: int, words: str, known: Mapping[str, str] | None) -> Section:
    name = words if known is None else _proper(words, known) or _proper(_ORDINAL.sub("", words), known)
    if name is None:
        sheet.complain(number, f"không có mục “{words[:60]}”.{meant(words, (known or {}).values())}")
        return Section(words, number)
    if name in sheet.sections:
        sheet.complain(number, f"mục “{name}” có hai lần (lần đầu ở dòng {sheet.sections[name].number}). Hãy gộp lại.")
        return Section(name, number)
    sheet.sections[name] = Section(name, number)
    return sheet.sections[name]


def _key(sheet: Sheet, number: int, line: str, known: Mapping[str, str]) -> None:
    bullet = _BULLET.match(line)
    match = _KEY.match((bullet.group(1) if bullet else line).replace("**", "").replace("__", ""))
    if not match:
        sheet.complain(number, f"không hiểu dòng “{line[:60]}”. Trước mục đầu tiên chỉ có các dòng “Khóa: giá trị”.")
        return
    name = _proper(match.group(1), known)
    if name is None:
        sheet.complain(number, f"không có khóa “{match.group(1)}”.{meant(match.group(1), known.values())}")
    elif name in sheet.keys:
        sheet.complain(number, f"khóa “{name}” có hai lần (lần đầu ở dòng {sheet.key_lines[name]}). Hãy bỏ một.")
    else:
        sheet.keys[name], sheet.key_lines[name] = match.group(2).strip(), number


def _item(section: Section, number: int, line: str, case: str) -> None:
    bullet = _BULLET.match(line) or _NUMBERED.match(line)
    last = section.lines[-1] if section.lines else Line("", "\0")
    if bullet or section.ends != number - 1 or last.case != case or len(last.text) > LINE_MOST:
        section.lines.append(Line(_plain(bullet.group(1) if bullet else line), case, number))
    else:
        section.lines[-1] = Line(f"{last.text} {_plain(line)}", case, last.number)
        section.joined.append(number)
    section.ends = number
