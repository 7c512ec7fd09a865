"""The one grammar of the content folder: a title, «Khóa: giá trị» lines, «## mục», «- ý», one level of «### …» inside a section.

`read` turns text into a `Sheet` and never fails: what it cannot place is a problem with its line number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from knowledge.model import Line, Problem
from knowledge.words import fold, tidy, tone_on_first

_BULLET = re.compile(r"^(?:[-*+•●▪■◦·–—]|o(?=\s{2,}))\s+(.*)$")
_KEY = re.compile(r"^([^\W\d_][^:]{1,40}?)\s*:\s*(.*)$")


@dataclass
class Section:
    """A `## mục`: its lines with the `###` heading over each, and where it begins."""

    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    cases: dict[str, int] = field(default_factory=dict)

    @property
    def paragraph(self) -> str:
        return "\n".join(line.text for line in self.lines)


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


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name that a misspelt one most likely means, "" where none is near."""
    names = list(known)
    found = process.extractOne(fold(word), [fold(n) for n in names], scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.6)
    return names[found[2]] if found else ""


def _meant(word: str, known: Iterable[str]) -> str:
    near = nearest(word, known)
    return f" Ý bạn là “{near}”?" if near else ""


def _proper(word: str, known: Mapping[str, str]) -> str | None:
    return known.get(fold(word))


def read(path: Path, text: str, *, keys: Iterable[str], sections: Iterable[str] | None) -> Sheet:
    """The sheet that `text` spells. `sections` None lets every heading stand (a file whose headings are its content)."""
    sheet = Sheet(path)
    known_keys = {fold(k): k for k in keys}
    known_sections = None if sections is None else {fold(s): s for s in sections}
    section: Section | None = None
    case = ""
    for number, raw in enumerate(tone_on_first(tidy(text)).split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("<!--"):
            continue
        if heading := re.match(r"^(#{1,6})\s*(.*?)\s*#*$", line):
            level, words = len(heading.group(1)), heading.group(2).strip(" *:")
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
            _key(sheet, number, line, known_keys)
        else:
            _item(section, number, line, case)
    if not sheet.title:
        sheet.complain(1, "thiếu tiêu đề. Dòng đầu phải là “# Tên thủ tục”.")
    return sheet


def _title(sheet: Sheet, number: int, words: str) -> None:
    if sheet.title:
        sheet.complain(number, f"có hai tiêu đề “# …”: “{sheet.title}” và “{words}”. Mỗi tệp chỉ một; mục thì viết “## {words}”.")
    else:
        sheet.title = words


def _section(sheet: Sheet, number: int, words: str, known: Mapping[str, str] | None) -> Section:
    name = words if known is None else _proper(words, known)
    if name is None:
        sheet.complain(number, f"không có mục “{words}”.{_meant(words, (known or {}).values())}")
        return Section(words, number)
    if name in sheet.sections:
        sheet.complain(number, f"mục “{name}” có hai lần (lần đầu ở dòng {sheet.sections[name].number}). Hãy gộp lại.")
        return Section(name, number)
    sheet.sections[name] = Section(name, number)
    return sheet.sections[name]


def _key(sheet: Sheet, number: int, line: str, known: Mapping[str, str]) -> None:
    match = _KEY.match((_BULLET.match(line) or re.match(r"^(.*)$", line)).group(1).replace("**", ""))  # type: ignore[union-attr]
    if not match:
        sheet.complain(number, f"không hiểu dòng “{line[:60]}”. Trước mục đầu tiên chỉ có các dòng “Khóa: giá trị”.")
        return
    name = _proper(match.group(1), known)
    if name is None:
        sheet.complain(number, f"không có khóa “{match.group(1)}”.{_meant(match.group(1), known.values())}")
    elif name in sheet.keys:
        sheet.complain(number, f"khóa “{name}” có hai lần (lần đầu ở dòng {sheet.key_lines[name]}). Hãy bỏ một.")
    else:
        sheet.keys[name], sheet.key_lines[name] = match.group(2).strip(), number


def _item(section: Section, number: int, line: str, case: str) -> None:
    bullet = _BULLET.match(line) or re.match(r"^\d{1,2}[.)]\s+(.*)$", line)
    if bullet:
        section.lines.append(Line(bullet.group(1).strip(), case, number))
    elif section.lines and section.lines[-1].number == number - 1 and section.lines[-1].case == case:
        last = section.lines.pop()
        section.lines.append(Line(f"{last.text} {line}", case, number))
    else:
        section.lines.append(Line(line, case, number))
