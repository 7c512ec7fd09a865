"""Words → pieces: what each stretch of a message does. The same reading is given to the phrases of the leaflets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

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


# An aspect phrase with one of these asks; without, it only names («lệ phí», «điều kiện»).
ASKING = frozenset(("gì", "nào", "đâu", "bao", "mấy", "sao", "không", "ai", "chi", "nhiêu", "thế", "gồm", "cần", "chưa"))

Candidate = tuple[int, int, int, list[Piece]]  # length, rank, where it ends, what it says


@dataclass
class Reader:
    """Cuts words into pieces by the lexicon; `keep` holds stretches of names that are to stay words whatever else they look like."""

    lexicon: Lexicon
    keep: Phrases[bool] = field(default_factory=Phrases)

    def raw(self, reads: Sequence[Read]) -> list[Piece]:
        """The words without their polite frames, aspects left as the words they are: how general leaflets are found."""
        tokens = [r.text for r in reads]
        out: list[Piece] = []
        place = 0
        while place < len(tokens):
            same, frame = self.lexicon.same.find(tokens, place), self.lexicon.frames.find(tokens, place)
            if same and same[0] - place >= (frame[0] - place if frame else 0):
                end, found = self._same(tokens, place, same)
                out += found
            elif frame and frame[0] - place > 1:
                end = frame[0]
            else:
                end = place + 1
                role = Role.STOP if tokens[place] in STOPS else self._word(tokens[place]).role
                out.append(Piece(role, tokens[place], reads[place].sure))
            place = end
        if any(p.role is Role.WORD for p in out):
            return out
        return [Piece(Role.STOP if t in STOPS else Role.WORD, t) for t in tokens]  # a greeting is all frame: then the frame is what it says

    def pieces(self, reads: Sequence[Read]) -> list[Piece]:
        """The pieces of a message in their order."""
        tokens = [r.text for r in reads]
        out: list[Piece] = []
        place = 0
        while place < len(tokens):
            end, found = self._longest(tokens, place)
            sure = all(r.sure for r in reads[place:end])
            out.extend(Piece(p.role, p.text, p.sure and sure, p.bare) for p in found)
            place = end
        return out

    def _longest(self, tokens: Sequence[str], place: int) -> tuple[int, list[Piece]]:
        token = tokens[place]
        if token in STOPS:
            return place + 1, [Piece(Role.STOP, token)]
        if CODE.match(token):
            return place + 1, [Piece(Role.CODE, token[:8])]
        single = [self._word(token)]
        best = max(self._candidates(tokens, place), key=lambda c: c[:2], default=None)
        if best is None or best[0] < 1:
            return place + 1, single
        return best[2], best[3]

    def _word(self, token: str) -> Piece:
        return Piece(Role.LIGHT if (token,) in self.lexicon.frames else self._kept(token).role, token)

    def _kept(self, token: str) -> Piece:
        return Piece(Role.LIGHT if (token,) in self.lexicon.generic else Role.WORD, token)

    def _same(self, tokens: Sequence[str], place: int, same: tuple[int, tuple[str, ...]]) -> tuple[int, list[Piece]]:
        if same[1] != ("+",):
            return same[0], [self._kept(t) for t in same[1]]
        # Kept apart: only the words before the last but one thing are taken, the rest may still begin something.
        end = next((i for i in range(place + 1, same[0]) if tokens[i] == "mất"), place + 1)
        return end, [self._word(t) for t in tokens[place:end]]

    def _candidates(self, tokens: Sequence[str], place: int) -> list[Candidate]:
        """What may begin here; where two are as long the higher rank wins."""
        lexicon = self.lexicon
        found: list[Candidate] = []
        if hit := self.keep.find(tokens, place):
            found.append((hit[0] - place, 9, hit[0], [self._kept(t) for t in tokens[place : hit[0]]]))
        if aspect := lexicon.aspects.find(tokens, place):
            bare = not ASKING.intersection(tokens[place : aspect[0]])
            found.append((aspect[0] - place, 8, aspect[0], [Piece(Role.ASPECT, aspect[1], bare=bare)]))
        if same := lexicon.same.find(tokens, place):
            found.append((same[0] - place, 6, *self._same(tokens, place, same)))
        for rank, phrases, role in ((7, lexicon.negations, Role.NOT), (5, lexicon.ifs, Role.IF), (5, lexicon.buts, Role.BUT), (4, lexicon.joins, Role.JOIN)):
            if hit := phrases.find(tokens, place):
                found.append((hit[0] - place, rank, hit[0], [Piece(role, " ".join(tokens[place : hit[0]]))]))
        if hit := lexicon.compares.find(tokens, place):
            found.append((hit[0] - place, 4, hit[0], [Piece(Role.STOP, ",")]))
        for phrases in (lexicon.briefs, lexicon.sures, lexicon.ordinals, lexicon.befores, lexicon.currents):
            if hit := phrases.find(tokens, place):
                found.append((hit[0] - place, 3, hit[0], []))
        if (hit := lexicon.frames.find(tokens, place)) and hit[0] - place > 1:
            found.append((hit[0] - place, 3, hit[0], []))
        return found


def kept(reader: Reader, reads: Sequence[Read]) -> list[tuple[str, ...]]:
    """The stretches of a name that look like something else and are to stay words: the neighbours before and after with it."""
    tokens = [r.text for r in reads]
    found: list[tuple[str, ...]] = []
    place = 0
    while place < len(tokens):
        end, pieces = reader._longest(tokens, place)
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
