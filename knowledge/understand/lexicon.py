"""How people talk, read from the folder `lexicon` of the content: what a clerk can extend without touching code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.leaflet import Section, read
from knowledge.model import Aspect, Word
from knowledge.understand.grievance import Grievance
from knowledge.understand.phrases import Groups, Numbers, Phrases
from knowledge.understand.tokens import plain, syllable, words
from knowledge.words import fold

SHIPPED = Path(__file__).resolve().parent.parent / "content" / "lexicon"
# A section of khia-canh.md and the aspects that its phrases ask for. A name with a star counts only where nothing firmer is asked.
ASPECTS: dict[str, str] = {
    "giay to": Aspect.DOCUMENTS,
    "giay to (nhe)": "*documents",
    "phi": Aspect.FEE,
    "thoi gian": Aspect.TIME,
    "noi nop": Aspect.WHERE,
    "noi lam": "*place",
    "co quan": Aspect.AGENCY,
    "truc tuyen": Aspect.ONLINE,
    "truc tuyen (dieu kien)": "*way",
    "bieu mau": Aspect.FORMS,
    "cac buoc": Aspect.STEPS,
    "cac buoc (nhe)": "*steps",
    "lam gi": "*do",
    "thi sao": "*so",
    "dieu kien": Aspect.CONDITIONS,
    "duoc huong": "*entitled",
    "can cu": Aspect.LEGAL_BASIS,
    "ket qua": Aspect.RESULT,
}
Words = tuple[str, ...]


@dataclass(frozen=True)
class Broad:
    """What a broad subject opens: the list of a field, or the procedures named."""

    field: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """The phrases by what they do in a message."""

    groups: Groups
    aspects: Phrases[str]
    same: Phrases[Words]  # everyday words → the words of the index; «+» keeps the words apart
    frames: Phrases[bool]
    generic: Phrases[bool]  # words in so many names that alone they tell nothing
    joins: Phrases[bool]
    negations: Phrases[bool]
    follows: Phrases[bool]
    corrections: Phrases[bool]
    briefs: Phrases[bool]
    sures: Phrases[bool]
    compares: Phrases[bool]
    yes_nos: Phrases[bool]
    ifs: Phrases[bool]
    buts: Phrases[bool]
    openings: Phrases[bool]
    ordinals: Phrases[int]
    befores: Phrases[bool]
    currents: Phrases[bool]
    dangers: Phrases[bool]
    urgents: Phrases[bool]
    matters: Phrases[bool]
    broad_items: tuple[tuple[Words, Broad], ...]
    deciding: Phrases[str]
    leading: Phrases[bool]
    marking: Phrases[bool]
    doing: Phrases[bool]
    grievances: Phrases[str]
    heated: Phrases[bool]
    shorts: dict[Words, Words]
    source: Path
    texts: tuple[Words, ...]  # every phrase, for the vocabulary


def lexicon(folder: Path, listed: Iterable[Word] = ()) -> Lexicon:
    """The lexicon of a content folder, the shipped one where it has none; with the short forms that words.md lists."""
    source = folder / "lexicon" if (folder / "lexicon").is_dir() else SHIPPED
    groups = _groups(source)
    texts: list[Words] = []

    def plain(file: str, section: str) -> Phrases[bool]:
        return _plain(source / file, section, groups, texts)

    return Lexicon(
        groups=groups,
        aspects=_aspects(source, groups, texts),
        same=_same(source, groups, texts),
        frames=plain("cach-noi.md", "bo qua"),
        generic=plain("cach-noi.md", "tu chung"),
        joins=plain("cach-noi.md", "noi cau"),
        negations=plain("cach-noi.md", "phu dinh"),
        follows=plain("cach-noi.md", "hoi tiep"),
        corrections=plain("cach-noi.md", "sua loi"),
        briefs=plain("cach-noi.md", "gon hon"),
        sures=plain("cach-noi.md", "chac khong"),
        compares=plain("cach-noi.md", "so sanh"),
        yes_nos=plain("cach-noi.md", "co hay khong"),
        ifs=plain("cach-noi.md", "neu"),
        buts=plain("cach-noi.md", "nhung"),
        openings=plain("cach-noi.md", "dau dong"),
        ordinals=_ordinals(source, groups, texts),
        befores=plain("thu-tu.md", "truoc do"),
        currents=plain("thu-tu.md", "thu tuc dang noi"),
        dangers=plain("khan-cap.md", "nguy hiem"),
        urgents=plain("khan-cap.md", "dang xay ra"),
        matters=plain("khan-cap.md", "chuyen giay to"),
        broad_items=_broad(source, texts),
        deciding=_deciding(source, groups, texts),
        leading=plain("bien-the.md", "dau ten"),
        marking=plain("bien-the.md", "trong ten"),
        doing=plain("bien-the.md", "viec phai noi ra"),
        shorts=_shorts(listed),
        source=source,
        grievances=_grievances(source, groups),
        heated=_plain(source / "phan-anh.md", "loi nang", groups, []),
        texts=tuple(texts),
    )


def _sections(path: Path) -> dict[str, Section]:
    """The sections of a file by their folded names, none where the file is absent."""
    if not path.is_file():
        return {}
    return {fold(name): section for name, section in read(path, path.read_text(encoding="utf-8-sig"), keys=(), sections=None).sections.items()}


def _items(path: Path, section: str | None = None) -> Iterator[tuple[str, list[str], str]]:
    """The section, the phrases before the colon and what stands after it, line by line."""
    for name, found in _sections(path).items():
        if section is None or name == section:
            for line in found.lines:
                left, _, right = line.text.partition(":")
                yield name, [p for p in (part.strip() for part in left.split(",")) if p], right.strip()


def _shorts(listed: Iterable[Word]) -> dict[Words, Words]:
    """The short forms, those of several letters without their accents too: «gpld» like «gplđ»."""
    written = {tuple(words(w.short)): tuple(words(w.long)) for w in listed}
    bare = {tuple(map(plain, short)): long for short, long in written.items() if all(len(t) >= 3 and not syllable(t) for t in short)}
    return {**bare, **written}


def items(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What stands before and after the colon of each line."""
    for line in lines:
        left, _, right = line.partition(":")
        yield " ".join(left.split()), " ".join(right.split())


def _groups(source: Path) -> Groups:
    groups: dict[str, Phrases[bool]] = {"số": Numbers(numeric=True)}
    for name, section in read_sections(source / "nhom-tu.md").items():
        members: Phrases[bool] = Phrases()
        for line in section.lines:
            for phrase in line.text.split(","):
                members.add(words(phrase), True)
        groups[name] = members
    return groups


def read_sections(path: Path) -> dict[str, Section]:
    """The sections of a file by their names as written."""
    return read(path, path.read_text(encoding="utf-8-sig"), keys=(), sections=None).sections if path.is_file() else {}


def pattern(phrase: str) -> list[str]:
    return [p if p.startswith("{") else w for p in re.findall(r"\{[^}]*\}|[^{}]+", phrase) for w in ([p] if p.startswith("{") else words(p))]


def _literal(path: list[str]) -> Words:
    return tuple(w for w in path if not w.startswith("{"))


def _plain(file: Path, section: str, groups: Groups, texts: list[Words]) -> Phrases[bool]:
    found: Phrases[bool] = Phrases(groups)
    for _, phrases, _right in _items(file, section):
        for path in map(pattern, phrases):
            found.add(path, True)
            texts.append(_literal(path))
    return found


def _aspects(source: Path, groups: Groups, texts: list[Words]) -> Phrases[str]:
    found: Phrases[str] = Phrases(groups)
    for section, phrases, _ in _items(source / "khia-canh.md"):
        for path in map(pattern, phrases):
            if section in ASPECTS:
                found.add(path, str(ASPECTS[section]))
            texts.append(_literal(path))
    return found


def _same(source: Path, groups: Groups, texts: list[Words]) -> Phrases[Words]:
    found: Phrases[Words] = Phrases(groups)
    for _, phrases, right in _items(source / "dong-nghia.md"):
        meant = ("+",) if right.endswith("+") else tuple(words(right))
        for path in map(pattern, phrases):
            found.add(path, meant)
            texts.append(_literal(path))
        if meant != ("+",):
            found.add(meant, meant)
        texts.append(meant)
    return found


def _ordinals(source: Path, groups: Groups, texts: list[Words]) -> Phrases[int]:
    found: Phrases[int] = Phrases(groups)
    for _, phrases, right in _items(source / "thu-tu.md", "thu tu"):
        for path in map(pattern, phrases):
            found.add(path, int(right))
            texts.append(_literal(path))
    return found


def _broad(source: Path, texts: list[Words]) -> tuple[tuple[Words, Broad], ...]:
    found: list[tuple[Words, Broad]] = []
    for section, phrases, right in _items(source / "cau-rong.md"):
        meant = Broad(field=right) if section == "linh vuc" else Broad(codes=tuple(re.findall(r"\d\.\d{6}", right)))
        for phrase in phrases:
            found.append((tuple(words(phrase)), meant))
            texts.append(tuple(words(phrase)))
    return tuple(found)


def _deciding(source: Path, groups: Groups, texts: list[Words]) -> Phrases[str]:
    found: Phrases[str] = Phrases(groups)
    for _, phrases, right in _items(source / "quyet-dinh.md"):
        for path in map(pattern, phrases):
            found.add(path, right)
            texts.append(_literal(path))
    return found


def _grievances(source: Path, groups: Groups) -> Phrases[str]:
    """The words of phan-anh.md by their section; they are no vocabulary for questions about procedures."""
    found: Phrases[str] = Phrases(groups)
    for section, phrases, _ in _items(source / "phan-anh.md"):
        for path in map(pattern, phrases) if section in set(Grievance) else ():
            found.add(path, section)
    return found
