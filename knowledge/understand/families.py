"""Families of procedures over one object: the signs in a message by which one of them is meant, read from `ho-thu-tuc.md` and `dau-hieu.md`.

Every member lists its ways of being meant, each a set of signs. Of the members with a way wholly said the one with the most signs is meant;
where no way is, those that most signs point at stay open; the usual member, which needs no sign, is meant where nothing is pointed at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.understand.lexicon import Lexicon, items, pattern, read_sections
from knowledge.understand.phrases import Groups, Phrases
from knowledge.understand.tokens import STOPS

USUAL = "thường"
WEAK = "(yếu)"
NOTHING = "-"  # the sign of phrases that look like one and are none
_NONE = "Không phải dấu hiệu"
_CODE = re.compile(r"\d\.\d{6}$")
_NO = frozenset(("không", "chưa", "chẳng", "hổng", "khỏi", "đừng"))
_BETWEEN = frozenset(("phải", "muốn", "cần", "xin", "có", "bị", "hề", "được", "định", "làm"))
_PIVOT = frozenset(("mà", "nhưng", "chỉ", "giờ", "nay", "hãy", "cơ", "là"))
_GAP_MOST = 7
_GAP = ".."


@dataclass(frozen=True)
class Way:
    """One way in which a member is meant: all these signs said. Weak signs weigh half."""

    code: str
    signs: frozenset[str]
    weight: float
    strong: bool  # one of the signs is not weak


@dataclass(frozen=True)
class Meant:
    """The members that a message means, by signs of this weight; `pointed` where at least one sign is said."""

    codes: tuple[str, ...]
    weight: float = 0.0
    strong: bool = False
    pointed: bool = False
    alike: bool = False  # the members are told apart by none of the signs said

    @property
    def whole(self) -> bool:
        """Whether a way that needs signs is wholly said."""
        return self.weight > 0


@dataclass(frozen=True)
class Family:
    """Procedures over one object. `anchors` are the words for the object; `asks_bare` where the bare object is asked back."""

    name: str
    anchors: tuple[tuple[str, ...], ...]
    ways: tuple[Way, ...]
    asks_bare: bool = True
    events: tuple[frozenset[str], ...] = ()  # signs that together leave all members open, whatever object is named
    listed: tuple[str, ...] = ()  # the members of such a family, which no sign tells apart

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The members in the order written."""
        return self.listed or tuple(dict.fromkeys(way.code for way in self.ways))

    @cached_property
    def usual(self) -> bool:
        """Whether a member needs no sign."""
        return any(not way.signs for way in self.ways)

    @cached_property
    def signs(self) -> frozenset[str]:
        """All signs that tell its members apart."""
        return frozenset(sign for signs in (*self.events, *(way.signs for way in self.ways)) for sign in signs)

    def meant(self, said: frozenset[str], among: Collection[str] = ()) -> Meant:
        """The members meant by the signs said, of all or of these."""
        ways = [way for way in self.ways if not among or way.code in among]
        most = max((way.weight for way in ways if way.signs <= said), default=-1.0)
        if most >= 0:
            best = [way for way in ways if way.weight == most and way.signs <= said]
            alike = len({way.signs for way in best}) == 1
            return Meant(_codes(best), most, best[0].strong, pointed=most > 0, alike=alike)
        nearest = max((_pointed(way, said) for way in ways), default=(0, 0))
        near = [way for way in ways if nearest[0] == 0 or _pointed(way, said) == nearest]
        return Meant(_codes(near), pointed=nearest[0] > 0, alike=True)

    def weight(self, code: str, said: frozenset[str]) -> float:
        """The weight of the heaviest way of one member that is wholly said, -1 for none."""
        return max((way.weight for way in self.ways if way.code == code and way.signs <= said), default=-1.0)


def _pointed(way: Way, said: frozenset[str]) -> tuple[int, int]:
    """How many signs of a way are said, and with how few lacking."""
    met = len(way.signs & said)
    return met, met - len(way.signs)


def _codes(ways: Iterable[Way]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(way.code for way in ways))


Hits = tuple[tuple[int, int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Said:
    """What a message says of families: phrases of signs by place, the objects it names, and whether it names no more than an object."""

    hits: Hits = ()
    gaps: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    bare: bool = False

    def signs(self, family: Family) -> frozenset[str]:
        """The signs of this family that are said: a phrase within a longer one that matters to it does not count."""
        found = set(self.gaps & family.signs)
        begun = place = 0
        for start, end, names in self.hits:
            mine = family.signs.intersection(names)
            if (mine or NOTHING in names) and (end > place or (start, end) == (begun, place)):
                found.update(mine)
                begun, place = start, end
        return frozenset(found)


@dataclass(frozen=True)
class Families:
    """All families and the phrases of the signs."""

    all: tuple[Family, ...]
    phrases: Phrases[tuple[str, ...]]
    gaps: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]
    texts: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def by_code(self) -> Mapping[str, tuple[Family, ...]]:
        """The families that a procedure belongs to."""
        found: dict[str, list[Family]] = {}
        for family in self.all:
            for code in family.codes if family.ways else ():
                found.setdefault(code, []).append(family)
        return {code: tuple(families) for code, families in found.items()}

    @cached_property
    def anchors(self) -> Phrases[tuple[str, ...]]:
        """The words for objects with the names of the families they are of."""
        names: dict[tuple[str, ...], list[str]] = {}
        for family in self.all:
            for anchor in family.anchors:
                names.setdefault(anchor, []).append(family.name)
        found: Phrases[tuple[str, ...]] = Phrases(self.phrases.groups)
        for anchor, owners in names.items():
            found.add(anchor, tuple(owners))
        return found

    def said(self, tokens: Sequence[str], words: Sequence[str], lexicon: Lexicon, *, bare: bool = False) -> Said:
        """The signs in the tokens of a message, those denied left out; and the objects in them or in the words that they were read as."""
        denied = _denied(tokens, lexicon)
        hits = []
        for start in range(len(tokens)):
            found = self.phrases.every(tokens, start)
            if found and start not in denied and not _refused(tokens, start):
                hits += [(start, end, names) for end, names in found]
        held = frozenset(tokens)
        gaps = frozenset(name for first, last, name in self.gaps if first[0] in held and last[0] in held and _apart(tokens, first, last))
        objects = {name for text in (tokens, words) for place in range(len(text)) for _, names in self.anchors.every(text, place) for name in names}
        return Said(tuple(hits), gaps, frozenset(objects), bare)

    def family(self, code: str, said: Said) -> Family | None:
        """The family of a procedure that the message speaks of; the only one it has where no object is named."""
        mine = self.by_code.get(code, ())
        named = [f for f in mine if f.name in said.objects]
        return named[0] if named else mine[0] if len(mine) == 1 else None


def _refused(tokens: Sequence[str], start: int) -> bool:
    """Whether what begins here stands under a «không»."""
    place = start - 1
    while place >= 0 and place >= start - 2 and tokens[place] in _BETWEEN:
        place -= 1
    return place >= 0 and place >= start - 3 and tokens[place] in _NO


def _denied(tokens: Sequence[str], lexicon: Lexicon) -> frozenset[int]:
    """The places after a denial, up to the stop or the word that turns to what is meant."""
    found: set[int] = set()
    for start, end, _ in lexicon.negations.all(tokens):
        place = end
        while place < len(tokens) and tokens[place] not in STOPS and tokens[place] not in _PIVOT:
            place += 1
        found.update(range(start + 1, place))
    return frozenset(found)


def _apart(tokens: Sequence[str], first: Sequence[str], last: Sequence[str]) -> bool:
    """Whether two phrases follow each other with a few words between."""
    ends = [place + len(first) + _GAP_MOST for place in _places(tokens, first)]
    return any(end - len(first) - _GAP_MOST < other <= end for end in ends for other in _places(tokens, last))


def _places(tokens: Sequence[str], phrase: Sequence[str]) -> list[int]:
    size = len(phrase)
    return [i for i in range(len(tokens) - size + 1) if list(tokens[i : i + size]) == list(phrase)]


def families(source: Path, groups: Groups) -> Families:
    """The families of a lexicon folder; none where it has no such files."""
    named: dict[tuple[str, ...], list[str]] = {}
    gaps: list[tuple[tuple[str, ...], tuple[str, ...], str]] = []
    weak: set[str] = set()
    for title, section in read_sections(source / "dau-hieu.md").items():
        name = title.removesuffix(WEAK).strip()
        weak.update([name] if name != title else [])
        for phrase in (p for line in section.lines for p in line.text.split(",")):
            _sign(phrase, NOTHING if name == _NONE else name, named, gaps)
    known = {name for names in named.values() for name in names} | {name for _, _, name in gaps}
    all_ = []
    for name, section in read_sections(source / "ho-thu-tuc.md").items():
        family = _family(name, [line.text for line in section.lines], weak)
        for sign in family.signs - known:
            _sign(sign, sign, named, gaps)
        all_.append(family)
    phrases: Phrases[tuple[str, ...]] = Phrases(groups)
    for path, names in named.items():
        phrases.add(path, tuple(names))
    texts = [tuple(w for w in path if not w.startswith("{")) for path in (*named, *(a for f in all_ for a in f.anchors))]
    return Families(tuple(all_), phrases, tuple(gaps), tuple(texts))


def _sign(phrase: str, name: str, named: dict[tuple[str, ...], list[str]], gaps: list[tuple[tuple[str, ...], tuple[str, ...], str]]) -> None:
    first, between, last = phrase.partition(_GAP)
    if between:
        gaps.append((tuple(pattern(first)), tuple(pattern(last)), name))
    elif path := tuple(pattern(phrase)):
        named.setdefault(path, []).append(name)


def _family(name: str, lines: Iterable[str], weak: Collection[str]) -> Family:
    """A family as written: «gọi là: …», «nói trống: hỏi lại | thường», and «mã: dấu hiệu + dấu hiệu, …»."""
    anchors: list[tuple[str, ...]] = []
    ways: list[Way] = []
    events: list[frozenset[str]] = []
    listed: list[str] = []
    asks_bare = True
    for left, right in items(lines):
        if _CODE.match(left):
            ways += [_way(left, way, weak) for way in right.split(",")]
        elif left == "chuyện đời":
            events += [_way("", way, weak).signs for way in right.split(",")]
        elif left == "gồm":
            listed += [code.strip() for code in right.split(",")]
        elif left == "nói trống":
            asks_bare = right != USUAL
        else:
            anchors += [tuple(pattern(phrase)) for phrase in right.split(",")]
    return Family(name, tuple(anchors), tuple(ways), asks_bare, tuple(events), tuple(listed))


def _way(code: str, written: str, weak: Collection[str]) -> Way:
    signs = frozenset(sign for part in written.split("+") if (sign := " ".join(part.split())) and sign != USUAL)
    return Way(code, signs, sum(0.5 if sign in weak else 1.0 for sign in signs), bool(signs - set(weak)))
