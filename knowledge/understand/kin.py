"""What families of procedures say about the subject of a message: the member that its signs mean, or those that they leave open."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.model import Kind
from knowledge.understand.candidates import CHOICES_MOST, ENOUGH, POSSIBLE, Candidate, Decision, Finder, Query
from knowledge.understand.families import Families, Family, Meant, Said
from knowledge.understand.meaning import Topic
from knowledge.understand.signals import Signals

# Calibrated on dev.jsonl and three sets of questions written by others, see understanding.py.
NEW_SUBJECT = 0.48  # score from which a message in a conversation speaks of something new
LEVEL = 0.95  # share of the best score from which two with as many signs stay open
USUAL_LEAD, OPEN_LEAD = 1.25, 1.6  # the lead of a member over the others of its family: one with a usual member, one without
NAMED_TOLD = 0.4  # share of its name from which a leading procedure is meant by an event
NAMED_EVENT = 0.8  # share of its name, and of the message, from which a procedure is asked for rather than an event told
NEAR_FAMILY, NEAR_SIGNED = 0.8, 0.5  # how near the best a member brings in the family that is named, and one that signs point at
SIGNED_ENOUGH = 0.26  # score from which a named object with a strong sign is enough
NAMED_OTHER, SIGNS_OTHER = 0.6, 2.0  # share of its name from which the best is not left for such a family but by that weight of signs


@dataclass(frozen=True)
class Subject:
    """What an ask is about: procedure codes (several: to choose from), or the topic of a general leaflet; and why."""

    codes: tuple[str, ...] = ()
    general: str = ""
    stays: bool = False
    fresh: bool = False  # decided by the words of this message alone
    firm: bool = False  # by the signs of a family
    score: float = 1.0
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leaflets:
    """Where subjects are looked for: procedures, general leaflets, and the kinds of these."""

    procedures: Finder
    generals: Finder
    kinds: Mapping[str, Kind]
    families: Families


def named(best: Candidate | None) -> bool:
    """Whether the message names its procedure in full."""
    return best is not None and best.score >= NEW_SUBJECT and (best.named >= 0.85 or best.met >= 0.95)


def new(best: Candidate | None) -> bool:
    """Whether the message speaks of something new."""
    return best is not None and best.score >= NEW_SUBJECT and (best.named >= 0.6 or best.met >= 0.7)


def moved(ranked: Sequence[Candidate], said: Said, topic: Topic, signs: Signals, leaflets: Leaflets) -> Subject | None:
    """Another member of the family talked about, or one of those offered, that the signs of the message mean («còn gia hạn?», «loại hằng tháng»)."""
    current = topic.offered or topic.asked[:1]
    for family in leaflets.families.by_code.get(current[0], ()) if current else ():
        best = ranked[0] if ranked else None
        if best and new(best) and best.key not in family.codes:
            return None
        signs_said = said.signs(family)
        meant = family.meant(signs_said, [c for c in family.codes if c in leaflets.procedures.names and (not topic.offered or c in topic.offered)])
        if len(meant.codes) != 1 or not meant.pointed or meant.codes == current:
            continue
        if best and named(best) and best.key not in meant.codes and meant.weight < SIGNS_OTHER:
            continue
        goes_on = signs.follows or signs.corrects or family.name in said.objects
        if topic.offered or ((meant.strong or (meant.whole and goes_on)) and meant.weight > family.weight(current[0], signs_said)):
            return Subject(meant.codes, why=(f"họ «{family.name}», dấu hiệu {sorted(signs_said)}: sang thủ tục cùng họ",))
    return None


def in_family(query: Query, ranked: Sequence[Candidate], said: Said, topic: Topic, leaflets: Leaflets) -> Decision | None:
    """The decision where the best candidate, or one near it whose object the message names, is of a family; None to decide by scores."""
    family = _family(ranked, said, leaflets.families)
    if family is None:
        return None
    named = family.name in said.objects
    known = [c for c in family.codes if c in leaflets.procedures.names]
    signs = said.signs(family)
    meant = family.meant(signs, known)
    if ranked[0].score < (SIGNED_ENOUGH if named and meant.strong else POSSIBLE if named else ENOUGH):
        return None
    told = f"họ «{family.name}», dấu hiệu {sorted(signs)}"
    if not named and not meant.strong:
        return None
    if len(meant.codes) == 1 and meant.strong:
        return Decision(meant.codes, told, True)
    if leading := _leading(ranked, meant.codes if meant.strong else known, _lead(family, meant)):
        return Decision((leading,), f"{told}: dẫn đầu trong họ", True)
    if len(meant.codes) == 1:
        return Decision(meant.codes, told, True)
    if not meant.alike:
        decision = leaflets.procedures.decide([c for c in ranked if c.key in meant.codes], query)
        if decision.keys and not _level(ranked, meant.codes):
            return replace(decision, rule=f"{told}; {decision.rule}")
    return Decision(_in_order(meant.codes, ranked)[:CHOICES_MOST], f"{told}: còn ngỏ")


def bare_family(query: Query, said: Said, leaflets: Leaflets) -> Subject | None:
    """The choice where a message says no more than the object of a family, and what is to be done with it stays open."""
    for family in leaflets.families.all if said.bare else ():
        if family.asks_bare and family.name in said.objects and _only(query, family):
            meant = family.meant(signs := said.signs(family), known := [c for c in family.codes if c in leaflets.procedures.names])
            if not meant.strong and (meant.whole or not meant.pointed) and len(known) > 1:
                return Subject(tuple(known[:CHOICES_MOST]), why=(f"họ «{family.name}», dấu hiệu {sorted(signs)}: nói trống",))
    return None


def life_event(ranked: Sequence[Candidate], said: Said, leaflets: Leaflets) -> Subject | None:
    """The choice that an event of life leaves open («nhà có người mất thì làm những gì»), unless a procedure is named."""
    if said.objects or (ranked and ranked[0].named >= NAMED_EVENT and ranked[0].said >= NAMED_EVENT):
        return None
    for family in leaflets.families.all:
        if family.events and any(event <= said.signs(family) for event in family.events):
            known = [c for c in family.codes if c in leaflets.procedures.names]
            told = _leading(ranked, known, USUAL_LEAD) and ranked[0].named >= NAMED_TOLD
            if len(known) > 1 and not told:
                return Subject(tuple(known[:CHOICES_MOST]), why=(f"chuyện đời «{family.name}»",))
    return None


def _only(query: Query, family: Family) -> bool:
    """Whether the message says no more than the object of the family."""
    object_words = {w for anchor in family.anchors for w in anchor}
    return all(f in object_words for f, share in query.asked.items() if " " not in f and share >= 1.0)


def _lead(family: Family, meant: Meant) -> float:
    if meant.alike and meant.pointed:
        return math.inf
    return USUAL_LEAD if family.usual else OPEN_LEAD


def _level(ranked: Sequence[Candidate], among: Sequence[str]) -> bool:
    """Whether the best two of these score alike."""
    mine = [c for c in ranked if c.key in among][:2]
    return len(mine) == 2 and mine[1].score >= LEVEL * mine[0].score


def pointed_at(ranked: Sequence[Candidate], said: Said, families: Families) -> bool:
    """Whether the message names an object with a strong sign of what is to be done with it."""
    family = _family(ranked, said, families)
    return family is not None and family.name in said.objects and family.meant(said.signs(family)).strong


def _leading(ranked: Sequence[Candidate], among: Sequence[str], lead: float) -> str:
    """The best candidate where it is one of these and leads the others of them clearly."""
    mine = [c for c in ranked if c.key in among][:2]
    if not mine or mine[0] is not ranked[0] or mine[0].score < ENOUGH:
        return ""
    return mine[0].key if len(mine) == 1 or mine[0].score >= lead * mine[1].score else ""


def _family(ranked: Sequence[Candidate], said: Said, families: Families) -> Family | None:
    """The family of the best candidate; or one whose object the message names and whose signs point clearly at a member not far behind."""
    if not ranked:
        return None
    own = families.family(ranked[0].key, said)
    if own is not None and own.name in said.objects:
        return own
    behind = {c.key: c.score / ranked[0].score for c in ranked[1:]} if ranked[0].score else {}
    for family in families.all:
        if family.name in said.objects and ranked[0].key not in family.codes:
            meant = family.meant(said.signs(family))
            near = max((behind.get(code, 0.0) for code in family.codes), default=0.0)
            signed = meant.strong and len(meant.codes) == 1
            least = 0.0 if signed and meant.weight >= SIGNS_OTHER else NEAR_SIGNED if signed else NEAR_FAMILY
            if near >= least and (ranked[0].named < NAMED_OTHER or meant.weight >= SIGNS_OTHER):
                return family
    return own


def _in_order(codes: Sequence[str], ranked: Sequence[Candidate]) -> tuple[str, ...]:
    order = {c.key: place for place, c in enumerate(ranked)}
    return tuple(sorted(codes, key=lambda code: order.get(code, len(order))))
