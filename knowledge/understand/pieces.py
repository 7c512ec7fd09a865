"""Words → pieces: what each stretch of a message does. The same reading is given to the phrases of the leaflets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from knowledge.understand.lexicon import Lexicon
from knowledge.understand.phrases import Phrases
from knowledge.understand.spelling import Read
from knowledge.understand.tokens import CODE, STOPS


class Role(Enum):
    WORD = "word"  # says what it is about
    LIGHT = "light"  # a word that by itself says little
    ASPECT = "aspect"
    STOP = "stop"
    JOIN = "join"
    NOT = "not"
    IF = "if"
    BUT = "but"
    CODE = "code"


@dataclass(frozen=True)
class Piece:
    """A stretch of a message with its role; `text` is the word, the aspect or the mark. `sure` is False for guessed spelling."""

    role: Role
    text: str
    sure: bool = True
    bare: bool = False  # an aspect named by its noun only («lệ phí»), which the name of a procedure may hold too
    at: tuple[int, int] = (0, 0)  # the places in the message that it was read from


# An aspect phrase with one of these asks; without, it only names («lệ phí», «điều kiện»).
ASKING = frozenset(("gì", "nào", "đâu", "bao", "mấy", "sao", "không", "ai", "chi", "nhiêu", "thế", "gồm", "cần", "chưa"))


@dataclass(frozen=True)
class Mark:
    """What a phrase of the lexicon does to the words it covers."""

    role: Role | None  # None: the words say nothing and go
    text: str = ""
    words: tuple[str, ...] = ()  # the words that stand in their place


class Reader:
    """Cuts words into pieces by the lexicon; `keep` holds stretches of names that are to stay words whatever else they look like."""

    def __init__(self, lexicon: Lexicon, keep: Phrases[bool] | None = None) -> None:
        self.lexicon = lexicon
        self.keep: Phrases[bool] = keep or Phrases()
        self.marks = _marks(lexicon)
        self.everyday = _everyday(lexicon)
        self.light = frozenset(path[0] for path, _ in lexicon.frames.items() if len(path) == 1)
        self.generic = frozenset(path[0] for path, _ in lexicon.generic.items() if len(path) == 1)

    def pieces(self, reads: Sequence[Read]) -> list[Piece]:
        """The pieces of a message in their order."""
        return self._cut(reads, self.marks, keep=True)

    def placed(self, reads: Sequence[Read]) -> list[Piece]:
        """The same, each with the places it was read from."""
        return self._cut(reads, self.marks, keep=True, placed=True)

    def raw(self, reads: Sequence[Read]) -> list[Piece]:
        """The words without their polite frames, aspects left as the words they are: how general leaflets are found."""
        out = self._cut(reads, self.everyday, keep=False)
        if any(p.role is Role.WORD for p in out):
            return out
        # A greeting is all frame: then the frame is what it says.
        return [Piece(Role.STOP if r.text in STOPS else Role.WORD, r.text) for r in reads]

    def _cut(self, reads: Sequence[Read], marks: Phrases[Mark], *, keep: bool, placed: bool = False) -> list[Piece]:
        tokens = [r.text for r in reads]
        out: list[Piece] = []
        place = 0
        while place < len(tokens):
            end, found = self.longest(tokens, place, marks, keep=keep)
            sure = reads[place].sure if end == place + 1 else all(r.sure for r in reads[place:end])
            if placed or not sure:
                found = [Piece(p.role, p.text, sure, p.bare, (place, end)) for p in found]
            out += found
            place = end
        return out

    def longest(self, tokens: Sequence[str], place: int, marks: Phrases[Mark], *, keep: bool = True) -> tuple[int, list[Piece]]:
        """Where the longest phrase that begins here ends, and its pieces. Names come before all else of the same length."""
        token = tokens[place]
        if token in STOPS:
            return place + 1, [_stop(token)]
        if token[0].isdigit() and CODE.match(token):
            return place + 1, [Piece(Role.CODE, token[:8])]
        hit = marks.find(tokens, place)
        if keep and (name := self.keep.find(tokens, place)) and (hit is None or name[0] >= hit[0]):
            return name[0], [self._named(t) for t in tokens[place : name[0]]]
        if hit is None:
            return place + 1, [self._word(token)]
        return self._marked(tokens, place, *hit)

    def _marked(self, tokens: Sequence[str], place: int, end: int, mark: Mark) -> tuple[int, list[Piece]]:
        if mark.role is None:
            return end, []
        if mark.words == KEPT_APART:
            # Only the words before «mất» are taken, the rest may still begin something.
            end = next((i for i in range(place + 1, end) if tokens[i] == "mất"), place + 1)
            return end, [self._word(t) for t in tokens[place:end]]
        if mark.words:
            return end, [self._named(t) for t in mark.words]
        if mark.role is Role.ASPECT:
            return end, [Piece(Role.ASPECT, mark.text, bare=not ASKING.intersection(tokens[place:end]))]
        return end, [Piece(mark.role, mark.text or " ".join(tokens[place:end]))]

    def _word(self, token: str) -> Piece:
        return _piece(token in self.light or token in self.generic, token)

    def _named(self, token: str) -> Piece:
        return _piece(token in self.generic, token)


@lru_cache(maxsize=64)
def _stop(token: str) -> Piece:
    return Piece(Role.STOP, token)


@lru_cache(maxsize=30_000)
def _piece(light: bool, token: str) -> Piece:
    """Pieces are equal wherever they stand: thousands of leaflets share them."""
    return Piece(Role.LIGHT if light else Role.WORD, token)


KEPT_APART = ("+",)


def _marks(lexicon: Lexicon) -> Phrases[Mark]:
    """All phrases in one trie; where one phrase does several things the first listed here stands."""
    marks: Phrases[Mark] = Phrases(lexicon.groups)
    for path, aspect in lexicon.aspects.items():
        marks.add(path, Mark(Role.ASPECT, aspect))
    for phrases, role in ((lexicon.negations, Role.NOT), (lexicon.ifs, Role.IF), (lexicon.buts, Role.BUT), (lexicon.joins, Role.JOIN)):
        for path, _ in phrases.items():
            marks.add(path, Mark(role))
    for path, meant in lexicon.same.items():
        marks.add(path, Mark(Role.WORD, words=meant))
    for path, _ in lexicon.corrections.items():
        if len(path) > 1:
            marks.add(path, Mark(None))
    for path, _ in lexicon.compares.items():
        marks.add(path, Mark(Role.STOP, ","))
    for said in (lexicon.briefs, lexicon.sures, lexicon.befores, lexicon.currents, lexicon.ordinals):
        for path, _ in said.items():
            marks.add(path, Mark(None))
    for path, _ in lexicon.frames.items():
        if len(path) > 1:
            marks.add(path, Mark(None))
    return marks


def _everyday(lexicon: Lexicon) -> Phrases[Mark]:
    """Synonyms and frames only."""
    marks: Phrases[Mark] = Phrases(lexicon.groups)
    for path, meant in lexicon.same.items():
        marks.add(path, Mark(Role.WORD, words=meant))
    for path, _ in lexicon.frames.items():
        if len(path) > 1:
            marks.add(path, Mark(None))
    return marks


def kept(reader: Reader, reads: Sequence[Read]) -> list[tuple[str, ...]]:
    """The stretches of a name that look like something else and are to stay words: the neighbours before and after with it."""
    tokens = [r.text for r in reads]
    found: list[tuple[str, ...]] = []
    place = 0
    while place < len(tokens):
        end, pieces = reader.longest(tokens, place, reader.marks)
        if any(p.role in (Role.NOT, Role.IF) or (p.role is Role.ASPECT and p.bare) or p.text in ("không", "chưa") for p in pieces):
            before, after = _neighbour(reader, tokens, place - 1, -1), _neighbour(reader, tokens, end, 1)
            found += [tuple(tokens[before:end])] if before is not None else []
            found += [tuple(tokens[place : after + 1])] if after is not None else []
        place = end
    return found


def _neighbour(reader: Reader, tokens: Sequence[str], place: int, step: int) -> int | None:
    """The nearest word of weight on that side, not beyond a stop and at most three away."""
    for _ in range(3):
        if not 0 <= place < len(tokens) or tokens[place] in STOPS:
            return None
        if (tokens[place],) not in reader.lexicon.frames:
            return place
        place += step
    return None
