"""What a message says about the conversation itself: shorter, are you sure, not that one, the second one; and whether somebody is in danger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.understand.lexicon import Lexicon
from knowledge.understand.tokens import STOPS

_AFTER_OPENING = frozenset(":-)]")
_HOW = frozenset(("nào", "sao", "gì", "không", "đâu"))
_ASKING = frozenset(("gì", "nào", "đâu", "bao", "mấy", "sao", "ai", "nhiêu"))


@dataclass(frozen=True)
class Signals:
    """The signs found in a message."""

    brief: bool = False
    sure: bool = False
    compare: bool = False
    corrects: bool = False
    follows: bool = False
    yes_no: bool = False
    ordinal: int = 0  # 0 for none; -1 the last
    before: bool = False
    current: bool = False
    unlike: bool = False  # perhaps a comparison: both sides must name a procedure


def signals(tokens: Sequence[str], lexicon: Lexicon) -> Signals:
    """The signs in the words of a message."""
    bare = [t for t in tokens if t not in STOPS]
    core = _without_frames(tokens, lexicon)
    said = [t for t in core if t not in STOPS]
    ordinals = lexicon.ordinals.all(bare)
    return Signals(
        brief=bool(lexicon.briefs.all(bare)),
        sure=_alone(said, lexicon),
        compare=bool(lexicon.compares.all(bare)),
        unlike=_unlike(bare),
        corrects=_opens(core, lexicon),
        follows=lexicon.follows.find(said, 0) is not None or (len(said) > 1 and lexicon.follows.find(said, len(said) - 2) is not None),
        yes_no=_yes_no(bare, lexicon),
        ordinal=ordinals[0][2] if ordinals else 0,
        before=bool(lexicon.befores.all(bare)),
        current=bool(lexicon.currents.all(bare)),
    )


def _unlike(bare: Sequence[str]) -> bool:
    """«A khác B thế nào»: the word with something before it, something after it, and a question at the end."""
    return any(t == "khác" and 0 < i < len(bare) - 2 and bare[-1] in _HOW for i, t in enumerate(bare))


def _without_frames(tokens: Sequence[str], lexicon: Lexicon) -> list[str]:
    """The message without the politeness it opens with: «ad ơi cho mình hỏi chút, còn phí?» → «còn phí?»."""
    place = 0
    while place < len(tokens):
        hit = lexicon.frames.find(tokens, place)
        if tokens[place] in STOPS:
            place += 1
        elif hit is not None and not any(p.find(tokens, place) for p in (lexicon.follows, lexicon.corrections, lexicon.sures, lexicon.briefs)):
            place = hit[0]
        else:
            break
    return list(tokens[place:])


def _alone(bare: Sequence[str], lexicon: Lexicon) -> bool:
    """«Chắc không?» by itself or nearly: said with a matter of its own it is a yes-or-no question."""
    found = lexicon.sures.all(bare)
    return bool(found) and len(bare) - (found[0][1] - found[0][0]) <= 4


def _opens(tokens: Sequence[str], lexicon: Lexicon) -> bool:
    """A correction stands at the beginning, after a word or two of politeness."""
    return any(
        hit is not None and (hit[0] - place > 1 or (hit[0] == len(tokens) and not place) or (hit[0] < len(tokens) and tokens[hit[0]] in STOPS))
        for place in range(min(3, len(tokens)))
        if (hit := lexicon.corrections.find(tokens, place)) is not None
    )


def _yes_no(bare: Sequence[str], lexicon: Lexicon) -> bool:
    if _ASKING.intersection(bare):
        return False
    tail = list(bare)
    while tail and (tail[-1],) in lexicon.frames and (tail[-1],) not in lexicon.yes_nos:
        tail.pop()
    ends = (lexicon.yes_nos.find(tail, place) for place in range(max(0, len(tail) - 3), len(tail)))
    return any(hit is not None and hit[0] == len(tail) for hit in ends)


def without_opening(tokens: Sequence[str], lexicon: Lexicon) -> list[str]:
    """The message without the name of its speaker or its number: «User: …», «(Turn 2) …», «- …»."""
    place = 0
    while place < len(tokens) and tokens[place] in STOPS:
        place += 1
    hit = lexicon.openings.find(tokens, place)
    if hit is not None and hit[0] < len(tokens) and tokens[hit[0]] in _AFTER_OPENING:
        place = hit[0]
        while place < len(tokens) and tokens[place] in STOPS:
            place += 1
    return list(tokens[place:]) or list(tokens)


def emergency(tokens: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether somebody's safety is at stake now: a danger told, and no paper matter unless the danger is pressing."""
    bare = [t for t in tokens if t not in STOPS]
    if not lexicon.dangers.all(bare):
        return False
    return bool(lexicon.urgents.all(bare)) or not lexicon.matters.all(bare)
