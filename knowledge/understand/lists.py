"""Several procedures named in one message: «tách hộ với làm thẻ căn cước mất bao lâu». The index decides where a list is one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from knowledge.understand.asks import Ask, several
from knowledge.understand.candidates import Candidate, Finder, query
from knowledge.understand.clauses import Clause, clauses
from knowledge.understand.index import features
from knowledge.understand.pieces import Piece, Role

# Calibrated on dev.jsonl and two sets of questions written by others, see understanding.py.
JOINING = frozenset(("với", "vừa"))  # light words that may stand between two procedures
TOLD = frozenset(("đã", "rồi", "mới", "bị", "đang", "ở", "là", "về", "từng", "bên"))  # a part with one of these tells how things are
WANTED = frozenset(("muốn", "giờ", "nay", "chừ", "bây", "tính", "định"))  # what comes after one of these is the matter itself
NAMES_SCORE, NAMES = 0.45, 0.55  # the score and the share of its name from which a part of a list names a procedure
NAMES_MET = 0.8  # or the share of another phrase of the leaflet, where a word joins the parts
SAYS = 0.75  # share of a part that the other procedure knows too: then the part is no procedure of its own
ONE = 0.75  # share of its name from which all parts together name one procedure
NAMED_BOTH = 0.9  # share of its name from which each of two parts is a procedure of its own
PARTS_MOST = 5


def listed(pieces: Sequence[Piece], finder: Finder) -> list[Ask]:
    """The asks of a message that lists several procedures; none where it does not."""
    if any(p.role in (Role.NOT, Role.IF, Role.BUT) for p in pieces):
        return []
    parts = clauses([_joining(pieces, place) for place in range(len(pieces))])
    worded = [c for c in parts if c.has_words]
    if not 2 <= len(worded) <= PARTS_MOST or not _may_list(worded):
        return []
    found = [_named(c, worded, finder) for c in worded]
    heads: list[int] = []
    for place, best in enumerate(found):
        if best and not any((other := found[h]) and _same(best, worded[place], other, worded[h], finder) for h in heads):
            heads.append(place)
    if not any(c.joined for c in worded[1:]) and len(heads) < len(worded):
        return []
    keys = [c.key for h in heads if (c := found[h])]
    return several(parts, worded, heads) if len(heads) > 1 and not _one(worded, keys, finder) else []


def told(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with «rồi» as a stop where it ends what is merely told: «cưới rồi, giờ muốn …»."""
    out = list(pieces)
    for place, (piece, after) in enumerate(pairwise(pieces)):
        if piece.role is Role.JOIN and piece.text == "rồi" and (after.role is Role.STOP or after.text in WANTED):
            out[place] = Piece(Role.STOP, ",")
    return out


def _joining(pieces: Sequence[Piece], place: int) -> Piece:
    """The piece, as a join where it is a light word that lists; «rồi» at the end of what is told joins nothing."""
    piece = pieces[place]
    before, after = pieces[place - 1] if place else None, pieces[place + 1] if place + 1 < len(pieces) else None
    if piece.role is Role.JOIN and piece.text == "rồi" and (after is None or after.role is Role.STOP or after.text in WANTED):
        return Piece(Role.LIGHT, piece.text)
    if piece.role is not Role.LIGHT or piece.text not in JOINING or (before and before.text == "đối"):
        return piece
    paired = piece.text != "vừa" or sum(p.text == "vừa" for p in pieces) > 1  # «vừa … vừa …»
    return Piece(Role.JOIN, piece.text) if paired else piece


def _may_list(worded: Sequence[Clause]) -> bool:
    """Whether the parts may be a list: joined by a word, or all by commas with none that merely tells how things are."""
    if any(c.joined for c in worded[1:]):
        return True
    light = [{p.text for p in c.words if p.role is Role.LIGHT} for c in worded]
    return not any(part & TOLD for part in light) and not any(part & WANTED for part in light[1:])


def _named(part: Clause, worded: Sequence[Clause], finder: Finder) -> Candidate | None:
    """The procedure that a part names by itself."""
    best = next(iter(finder.rank(query(part.words), most=1)), None)
    if best is None or best.score < NAMES_SCORE or part.lacking:
        return None
    light = {p.text for p in part.words if p.role is Role.LIGHT}
    if light & TOLD and not part.aspects and part is not worded[-1] and best.named < ONE:
        return None
    joined = part.joined or any(c.joined for c in worded[worded.index(part) + 1 : worded.index(part) + 2])
    return best if best.named >= NAMES or (joined and best.met >= NAMES_MET) else None


def _same(mine: Candidate, part: Clause, other: Candidate, beside: Clause, finder: Finder) -> bool:
    """Whether two parts name one procedure, or one part merely says what the procedure of the other says."""
    if mine.key != other.key and min(mine.named, other.named) >= NAMED_BOTH:
        return False
    return mine.key == other.key or _says(other.key, part, finder) >= SAYS or _says(mine.key, beside, finder) >= SAYS


def _says(key: str, part: Clause, finder: Finder) -> float:
    weights = {f: finder.index.weight(f, s) for f, s in features(part.words).items() if " " not in f}
    whole = sum(weights.values())
    return sum(w for f, w in weights.items() if f in finder.known[key]) / whole if whole else 1.0


def _one(worded: Sequence[Clause], keys: Sequence[str], finder: Finder) -> bool:
    """Whether the parts together name one procedure that none of them names."""
    best = next(iter(finder.rank(query([p for c in worded for p in c.words]), most=1)), None)
    return best is not None and best.key not in keys and best.named >= ONE and all(finder.contains(best.key, key) for key in keys)
