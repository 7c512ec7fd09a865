"""Pieces → clauses: what each part of a message is about, what it denies, and which aspects it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.model import Aspect
from knowledge.understand.pieces import Piece, Role

_BREAKS = frozenset(".,;?!\n()[]/:")
_WANTED = frozenset(("muốn", "giờ", "nay", "xin", "tính", "định", "cần"))
_NO = frozenset(("không", "chưa", "chẳng"))


@dataclass(frozen=True)
class Clause:
    """A part of a message. `aside` is what stands after «nhưng», `denied` what is expressly not meant, `lacking` what follows a bare «không»."""

    words: tuple[Piece, ...] = ()
    aside: tuple[Piece, ...] = ()
    denied: tuple[Piece, ...] = ()
    lacking: tuple[Piece, ...] = ()
    aspects: tuple[str, ...] = ()
    bare: bool = True  # the aspects are only named, not asked («lệ phí»)
    joined: bool = False  # begins with «và», «còn», …
    condition: bool = False

    @property
    def has_words(self) -> bool:
        return any(p.role is Role.WORD for p in self.words)


def clauses(pieces: Sequence[Piece]) -> list[Clause]:
    """The clauses of a message in order, none of them empty."""
    found: list[Clause] = []
    here = Clause()
    state = "words"
    for piece in pieces:
        if piece.role is Role.JOIN and state.startswith("aside"):
            continue  # «nhưng … và …»: both are beside the matter
        if piece.role is Role.JOIN or (piece.role is Role.STOP and piece.text in _BREAKS):
            found.append(here)
            here, state = Clause(joined=piece.role is Role.JOIN), "words"
        else:
            here, state = _with(here, state, piece)
    found.append(here)
    return [_firm(c) for c in found if c.words or c.aside or c.aspects or c.denied]


def _firm(clause: Clause) -> Clause:
    """«Giấy tờ» that stands alone between commas is asked for; «trực tuyến» under an «nếu» is told, not asked."""
    if not clause.has_words and "*documents" in clause.aspects:
        clause = replace(clause, aspects=tuple("documents" if a == "*documents" else a for a in clause.aspects))
    if clause.condition and clause.bare:
        clause = replace(clause, aspects=tuple("*way" if a == "online" else a for a in clause.aspects))
    return clause


def _with(here: Clause, state: str, piece: Piece) -> tuple[Clause, str]:
    """The clause with the piece taken in, and what the next words will be."""
    match piece.role:
        case Role.ASPECT:
            return replace(here, aspects=(*here.aspects, piece.text), bare=here.bare and piece.bare), "words"
        case Role.NOT:
            return here, "denied"
        case Role.IF:
            return replace(here, condition=True), "words"
        case Role.BUT:
            return here, "aside" if here.has_words else "words"
        case Role.WORD | Role.LIGHT:
            if piece.text in _NO and piece.role is Role.LIGHT and state != "denied":
                return here, "aside lacking" if state.startswith("aside") else "lacking"
            if state == "aside" and piece.text in _WANTED:
                return here, "words"  # «nhưng giờ muốn …» is the matter itself
            return _taken(here, state, piece), state
    return here, "words"


def _taken(here: Clause, state: str, piece: Piece) -> Clause:
    if state == "denied":
        return replace(here, denied=(*here.denied, piece))
    if state.endswith("lacking"):
        here = replace(here, lacking=(*here.lacking, piece))
    if state.startswith("aside"):
        return replace(here, aside=(*here.aside, piece))
    return replace(here, words=(*here.words, piece))


def aspects(labels: Sequence[str], *, condition: bool, content: bool) -> tuple[Aspect, ...]:
    """The aspects asked for, in order. Soft labels count only where nothing firmer is asked; `content` tells whether a subject is named."""
    firm: list[Aspect] = []
    for label in labels:
        if not label.startswith("*"):
            firm.append(Aspect(label))
        elif label == "*place":
            firm.append(Aspect.WHERE)
        elif label == "*documents" and not content:
            firm.append(Aspect.DOCUMENTS)
    if set(firm) <= {Aspect.LEGAL_BASIS}:
        firm += next((soft for label in labels if (soft := _soft(label, condition))), [])
    return tuple(dict.fromkeys(firm))


def _soft(label: str, condition: bool) -> list[Aspect]:
    match label:
        case "*steps":
            return [Aspect.DOCUMENTS if condition else Aspect.STEPS]
        case "*do":
            return [Aspect.DOCUMENTS if condition else Aspect.STEPS]
        case "*so":
            return [Aspect.DOCUMENTS] if condition else []
        case "*entitled":
            return [Aspect.CONDITIONS, Aspect.DOCUMENTS]
        case "*way":
            return [Aspect.ONLINE]
    return []
