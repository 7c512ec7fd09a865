"""A message that compares → the procedures compared."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.understand.asks import Ask
from knowledge.understand.candidates import Finder
from knowledge.understand.clauses import clauses
from knowledge.understand.meaning import Topic
from knowledge.understand.pieces import Piece, Role

COMPARED = 0.6  # share of a name that each side of «A khác B thế nào» must say


def compared_in(pieces: Sequence[Piece], topic: Topic, finder: Finder, why: list[str], *, named: bool) -> tuple[str, ...]:
    """The two or more procedures that a comparison names; none where it names fewer."""
    cut = [Piece(Role.STOP, ",") if p.text in ("với", "hay", "hoặc", "và", "khác") else p for p in pieces]
    parts = [c for c in clauses(cut) if c.has_words]
    codes: list[str] = []
    for part in parts:
        beside = [p for other in parts if other is not part for p in other.words]
        ranked = finder.rank(Ask(part.words, (), (), (), ()).query(), most=4)
        if codes and ranked and not (ranked[0].named >= 0.7 or finder.siblings(ranked[0].key, codes[0])):
            ranked = finder.rank(Ask(part.words, tuple(beside), (), (), ()).query(), most=4)
        fresh = [c for c in ranked if c.key not in codes and c.score >= 0.4 and not (named and max(c.named, c.met) < COMPARED)]
        if fresh:
            codes.append(fresh[0].key)
    if len(codes) == 1 and not named and topic.asked and topic.asked[0] not in codes:
        codes.insert(0, topic.asked[0])
    why.append(f"so sánh: {codes}")
    return tuple(codes[:4]) if len(codes) > 1 else ()
