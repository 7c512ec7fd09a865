"""Clauses → what is asked for: one subject said in several parts, or several subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.understand.candidates import Candidate, Finder, Query, query
from knowledge.understand.clauses import Clause
from knowledge.understand.pieces import Piece, Role

EXPLICIT = 0.8  # share of a name that makes a clause name its procedure
EXPLICIT_ASKING, EXPLICIT_TOLD = 0.4, 0.35  # scores that it needs with and without aspects of its own
MET_ASKING, MET_TOLD = 0.6, 0.9  # or the share of any phrase of the leaflet
WHOLE = 0.1  # preference for all clauses together
ASKS = 0.05  # preference for the clause that holds the question
ASIDE_MOST = 60
CLAUSES_MOST = 6


@dataclass(frozen=True)
class Ask:
    """One thing asked: the words that name it, the words around it, its aspects as labelled."""

    main: tuple[Piece, ...]
    aside: tuple[Piece, ...]
    denied: tuple[Piece, ...]
    lacking: tuple[Piece, ...]
    labels: tuple[str, ...]
    condition: bool = False

    def query(self) -> Query:
        return query(self.main, self.aside, self.denied, self.lacking)


def merged(found: Sequence[Ask]) -> Ask:
    """Several asks as one."""
    gap = Piece(Role.STOP, ",")
    return Ask(
        tuple(p for a in found for p in (*a.main, gap)),
        tuple(p for a in found for p in (*a.aside, gap)),
        tuple(p for a in found for p in a.denied),
        tuple(p for a in found for p in a.lacking),
        tuple(dict.fromkeys(label for a in found for label in a.labels)),
        any(a.condition for a in found),
    )


def asks(parts: Sequence[Clause], finder: Finder) -> list[Ask]:
    """The asks of a message. Several only where clauses name different procedures and none is mere circumstance."""
    worded = [c for c in parts if c.has_words]
    if len(worded) <= 1:
        return [_whole(parts, worded)]
    named = [_explicit(c, finder) if place < CLAUSES_MOST else None for place, c in enumerate(worded)]
    heads = _heads(parts, worded, named, finder)
    if len(heads) > 1 and not _one_name(parts, worded, [c.key for h in heads if (c := named[h])], finder):
        return several(parts, worded, heads)
    return [_best_clause(parts, worded, finder, heads)]


def _one_name(parts: Sequence[Clause], worded: Sequence[Clause], keys: Sequence[str], finder: Finder) -> bool:
    """Whether one procedure has all the parts in its own name («khai sinh kết hợp nhận cha, mẹ, con»)."""
    ranked = finder.rank(_whole(parts, worded).query(), most=2)
    if not ranked or ranked[0].key in keys or ranked[0].named < 0.75:
        return False
    return all(finder.contains(ranked[0].key, key) for key in keys) and not finder.variant(ranked[0].key)


def _best_clause(parts: Sequence[Clause], worded: Sequence[Clause], finder: Finder, heads: Sequence[int]) -> Ask:
    """All clauses together, or one with the others beside it where it fits a leaflet better; the one that asks has the preference."""
    asking = [c for i, c in enumerate(worded) if i in heads or _aspects_after(parts, c)][:3] or list(worded[:3])
    ways = [_whole(parts, worded)] + [_whole(parts, worded, c) for c in asking]
    scores = [(ranked[0].score if (ranked := finder.rank(way.query(), most=1)) else 0.0) for way in ways]
    scores = [scores[0] + WHOLE, *(s + (ASKS if _aspects_after(parts, c) else 0.0) for s, c in zip(scores[1:], asking, strict=True))]
    return ways[max(range(len(ways)), key=scores.__getitem__)]


def _explicit(clause: Clause, finder: Finder) -> Candidate | None:
    """The procedure that a clause names by itself."""
    if clause.lacking and len(clause.lacking) >= len([p for p in clause.words if p.role is Role.WORD]):
        return None
    ranked = finder.rank(query(clause.words, clause.aside, clause.denied, clause.lacking), most=3)
    best = ranked[0] if ranked else None
    if best is None or best.score < (EXPLICIT_ASKING if clause.aspects else EXPLICIT_TOLD):
        return None
    if best.named >= EXPLICIT or best.met >= (MET_ASKING if clause.aspects else MET_TOLD):
        return best
    return best if clause.aspects and best.score >= EXPLICIT_ASKING + 0.1 else None


def _heads(parts: Sequence[Clause], worded: Sequence[Clause], named: Sequence[Candidate | None], finder: Finder) -> list[int]:
    """The places of the clauses that ask; a clause without aspects beside one with aspects is circumstance, unless «và» lists it."""
    asking = any(c.aspects for c in parts)
    heads: list[int] = []
    for place, candidate in enumerate(named):
        if candidate is None or (candidate.named < EXPLICIT and not worded[place].aspects):
            continue
        following = worded[place + 1] if place + 1 < len(worded) else None
        listed = following is not None and following.joined and named[place + 1] is not None
        followed = _aspects_after(parts, worded[place])
        if asking and not followed and not listed and place != len(worded) - 1:
            continue
        if any((other := named[h]) is not None and other.key == candidate.key for h in heads):
            continue
        heads.append(place)
    return heads if len(heads) > 1 else heads or [i for i, c in enumerate(named) if c is not None][-1:]


def _aspects_after(parts: Sequence[Clause], clause: Clause) -> bool:
    """Whether aspects are asked in the clause or in the bare clauses right after it."""
    if clause.aspects:
        return True
    place = next(i for i, c in enumerate(parts) if c is clause)
    following = parts[place + 1] if place + 1 < len(parts) else None
    return following is not None and not following.has_words and bool(following.aspects)


def several(parts: Sequence[Clause], worded: Sequence[Clause], heads: Sequence[int]) -> list[Ask]:
    """An ask for each head; clauses between go with the head before them, those before all with the first."""
    found: list[Ask] = []
    starts = [next(i for i, c in enumerate(parts) if c is worded[h]) for h in heads]
    for number, start in enumerate(starts):
        begin = 0 if number == 0 else start
        end = starts[number + 1] if number + 1 < len(starts) else len(parts)
        found.append(_whole(parts[begin:end], [c for c in parts[begin:end] if c.has_words], head=parts[start]))
    for place in range(len(found) - 2, -1, -1):
        if not found[place].labels:
            found[place] = replace(found[place], labels=found[place + 1].labels, condition=found[place + 1].condition)
    return found


def _whole(parts: Sequence[Clause], worded: Sequence[Clause], head: Clause | int | None = None) -> Ask:
    """One ask of all the parts; with a head the other words only stand beside it."""
    if isinstance(head, int):
        head = worded[head]
    gap = Piece(Role.STOP, ",")
    main = [p for c in parts if head is None or c is head for p in (*c.words, gap)]
    aside = [p for c in parts for p in ((*c.words, gap) if head is not None and c is not head else ())]
    aside += [p for c in parts for p in (*c.aside, gap)]
    return Ask(
        tuple(main),
        tuple(aside[:ASIDE_MOST]),
        tuple(p for c in parts for p in c.denied),
        tuple(p for c in parts for p in c.lacking),
        tuple(label for c in parts for label in c.aspects),
        any(c.condition for c in parts) or any(c.aside for c in parts),
    )
