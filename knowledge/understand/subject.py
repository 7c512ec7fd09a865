"""One ask → its subject: a procedure, several to choose from, a general leaflet, or what the conversation is already about."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.model import Kind
from knowledge.understand.candidates import CHOICES_MOST, ENOUGH, POSSIBLE, Candidate, Decision, Finder, Query
from knowledge.understand.families import Families, Family, Meant, Said
from knowledge.understand.index import Features, features
from knowledge.understand.meaning import Topic
from knowledge.understand.pieces import Piece
from knowledge.understand.signals import Signals

# Calibrated by cross-validation on dev.jsonl, see understanding.py.
GENERAL_LEAD = 0.06  # by which a general leaflet must beat the best procedure
LEADS = {Kind.ELSEWHERE: 0.03, Kind.REFUSED: -0.05}
EXPLAINED, EXPLAINS_MORE, EXPLAINS_NEAR = 0.75, 0.15, 0.75  # see `_explains`
GENERAL_MET = 0.62  # share of its phrase that a general leaflet must meet to leave the subject of a conversation
GENERAL_ENOUGH = 0.3
GENERAL_ALONE = 0.36  # the same where no procedure is near
NEW_SUBJECT = 0.48  # score from which a message in a conversation speaks of something new
STILL = 0.12  # lead that a new procedure needs over the one talked about
OFFERED = 1.3  # for a procedure just offered
LEFT = 0.8  # for the procedure that the citizen has just corrected
EVENT_SAID = 0.8  # share of the message that a procedure explains whose event is told
APART, APART_ASKING = 0.42, 0.5  # scores from which a general leaflet takes a message that does not go on, and one that asks
APART_NAMED = 0.25  # share of its name that such a leaflet must then have met
NAMED_GENERAL = 0.7  # share of its name from which a general leaflet leaves what is talked about even in «thế còn …»
SIBLINGS_MOST = 5
PICKED = 1.0  # weight of words by which one of an offered list must lead
FITS_SAID = 0.6  # share of the message that the current procedure explains where nothing is asked
NEAR_FAMILY, NEAR_SIGNED = 0.8, 0.5  # how near the best a member brings in the family that is named, and one that signs point at
USUAL_LEAD, OPEN_LEAD = 1.25, 1.6  # the lead of a member over the others of its family: one with a usual member, one without
NAMED_TOLD = 0.4  # share of its name from which a leading procedure is meant by an event
NAMED_EVENT = 0.8  # share of its name, and of the message, from which a procedure is asked for rather than an event told
SIGNED_ENOUGH = 0.26  # score from which a named object with a strong sign is enough
NAMED_OTHER, SIGNS_OTHER = 0.6, 2.0  # share of its name from which the best is not left for such a family but by that weight of signs
CARRIED = 0.5  # weight of the current procedure's words beside those of the message


@dataclass(frozen=True)
class Subject:
    """What an ask is about: procedure codes (several: to choose from), or the topic of a general leaflet; and why."""

    codes: tuple[str, ...] = ()
    general: str = ""
    stays: bool = False
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manner:
    """How an ask is put: whether it asks for anything, for something firm, and what it says of families."""

    said: Said
    asking: bool = False
    firm: bool = False


@dataclass(frozen=True)
class Leaflets:
    """Where subjects are looked for: procedures, general leaflets, and the kinds of these."""

    procedures: Finder
    generals: Finder
    kinds: Mapping[str, Kind]
    families: Families


def subject(
    query: Query,
    raw: Sequence[Piece],
    topic: Topic,
    signs: Signals,
    leaflets: Leaflets,
    manner: Manner,
) -> Subject:
    """The subject of an ask in its conversation. `raw` finds general leaflets; without it only procedures are looked for.

    What names nothing new stays with the conversation only where it asks , goes on or fits what is talked about;
    what asks firmly for an aspect stays unless it names something new."""
    procedures = leaflets.procedures
    ranked = _favour(procedures.rank(query), _favoured(topic, signs))
    general = best_general(raw, leaflets)
    best = ranked[0] if ranked else None
    why = [f"thủ tục: {c}" for c in ranked[:4]] + ([f"tờ chung: {general}"] if general else [])
    if general and _yields(general, best, topic, signs):
        general = None
    if moved := _moved(ranked, manner.said, topic, signs, leaflets):
        return replace(moved, why=(*why, *moved.why))
    follows = topic.asked and (signs.follows or signs.corrects) and not (general and general.named >= NAMED_GENERAL)
    if follows and not _named(best) and (within := _sibling(query, topic, procedures, why, _alone(ranked), deep=True)):
        return within
    if general and _wins(general, ranked, leaflets.kinds) and _leaves(general, topic, signs):
        return Subject(general=general.key, why=(*why, "tờ chung hơn hẳn mọi thủ tục"))
    if topic.offered and not _new(best):
        if best and best.key in topic.offered and (picked := _picked(query, topic, procedures)):
            return Subject((picked,), why=(*why, "lời chỉ một thủ tục trong danh sách có"))
        decision = procedures.decide([c for c in ranked if c.key in topic.offered], query)
        away = Decision() if decision.keys else procedures.decide(ranked, query)
        if away.sure:
            return Subject(away.keys, why=(*why, "không có trong danh sách vừa đưa ra"))
        return Subject(decision.keys or topic.offered, why=(*why, "trong các thủ tục vừa đưa ra"))
    if topic.asked and not _named(best) and (within := _sibling(query, topic, procedures, why)):
        return within
    if topic.asked and (not _new(best) or _still(ranked, topic)) and (manner.firm or not _event(ranked, topic, signs)):
        if general and _apart(general, ranked, topic, signs, asking=manner.asking):
            return Subject(general=general.key, why=(*why, "câu không hỏi tiếp, tờ chung gần hơn"))
        if manner.asking or _goes_on(signs) or _fits(ranked, query, topic, procedures):
            return Subject(topic.asked, stays=True, why=(*why, "vẫn nói về thủ tục đang hỏi"))
        why.append("không hỏi tiếp: đọc như câu mới")
    decision = in_family(query, ranked, manner.said, topic, leaflets) or procedures.decide(ranked, query)
    if general and decision.keys and _explains(general, ranked[0], manner.said, leaflets.kinds):
        return Subject(general=general.key, why=(*why, "tờ chung giải thích nhiều lời hơn hẳn"))
    if not decision.keys and general and general.score >= GENERAL_ALONE:
        return Subject(general=general.key, why=(*why, "chỉ tờ chung gần"))
    return Subject(decision.keys, why=(*why, decision.rule))


def _moved(ranked: Sequence[Candidate], said: Said, topic: Topic, signs: Signals, leaflets: Leaflets) -> Subject | None:
    """Another member of the family talked about, or one of those offered, that the signs of the message mean («còn gia hạn?», «loại hằng tháng»)."""
    current = topic.offered or topic.asked[:1]
    for family in leaflets.families.by_code.get(current[0], ()) if current else ():
        best = ranked[0] if ranked else None
        if best and _new(best) and best.key not in family.codes:
            return None
        signs_said = said.signs(family)
        meant = family.meant(signs_said, [c for c in family.codes if c in leaflets.procedures.names and (not topic.offered or c in topic.offered)])
        if len(meant.codes) != 1 or not meant.pointed or meant.codes == current:
            continue
        if best and _named(best) and best.key not in meant.codes and meant.weight < SIGNS_OTHER:
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
        if decision.keys:
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


def best_general(raw: Sequence[Piece], leaflets: Leaflets) -> Candidate | None:
    """The general leaflet that fits the words of a message best."""
    return next(iter(leaflets.generals.rank(Query(features(raw), {}, {}), most=1)), None) if raw else None


def _yields(general: Candidate, best: Candidate | None, topic: Topic, signs: Signals) -> bool:
    """Whether the conversation keeps a general leaflet out: a correction that names a procedure, a choice that is open."""
    if signs.corrects and topic.asked and best is not None and best.score >= POSSIBLE:
        return True
    return bool(topic.offered) and general.score < NEW_SUBJECT + 0.1


def _wins(general: Candidate, ranked: Sequence[Candidate], kinds: Mapping[str, Kind]) -> bool:
    """Whether a general leaflet beats the procedures; several procedures that share the words tell that the matter is ours."""
    if general.score < GENERAL_ENOUGH:
        return False
    if not ranked:
        return True
    lead = LEADS.get(kinds[general.key], GENERAL_LEAD)
    if len(ranked) > 2 and ranked[2].score >= 0.85 * ranked[0].score and ranked[2].said >= 0.7:
        lead += GENERAL_LEAD
    return general.score > ranked[0].score + lead


def _explains(general: Candidate, best: Candidate, said: Said, kinds: Mapping[str, Kind]) -> bool:
    """Whether the matter of another body explains clearly more of the message than the best procedure («giấy phép kinh doanh rượu»)."""
    if kinds[general.key] not in LEADS or best.said >= EXPLAINED:
        return False
    return general.said >= best.said + EXPLAINS_MORE and general.score >= EXPLAINS_NEAR * best.score


def _leaves(general: Candidate, topic: Topic, signs: Signals) -> bool:
    """Whether a general leaflet fits well enough to leave the procedure that is talked about."""
    if not topic.asked:
        return True
    return general.met >= GENERAL_MET and (not signs.follows or general.score >= NEW_SUBJECT + 0.1)


def _favoured(topic: Topic, signs: Signals) -> dict[str, float]:
    favoured = dict.fromkeys(topic.offered, OFFERED)
    if signs.corrects:
        favoured |= dict.fromkeys(topic.asked, LEFT)
    return favoured


def _favour(ranked: list[Candidate], favoured: dict[str, float]) -> list[Candidate]:
    if not favoured:
        return ranked
    scaled = [Candidate(c.key, c.score * favoured.get(c.key, 1.0), c.named, c.met, c.said) for c in ranked]
    return sorted(scaled, key=lambda c: (-c.score, c.key))


def _named(best: Candidate | None) -> bool:
    """Whether the message names its procedure in full."""
    return best is not None and best.score >= NEW_SUBJECT and (best.named >= 0.85 or best.met >= 0.95)


def _new(best: Candidate | None) -> bool:
    """Whether the message speaks of something new."""
    return best is not None and best.score >= NEW_SUBJECT and (best.named >= 0.6 or best.met >= 0.7)


def _still(ranked: Sequence[Candidate], topic: Topic) -> bool:
    """Whether what is talked about fits nearly as well as the best, and the best is not named outright."""
    near = [c for c in ranked[:4] if c.key in topic.asked and c.score >= ranked[0].score - STILL]
    return bool(near) and not (_named(ranked[0]) and ranked[0].key not in topic.asked)


def _picked(query: Query, topic: Topic, procedures: Finder) -> str:
    """The one procedure of an offered list whose names say clearly more of the message than those of the others; "" where none does."""
    words = {f: procedures.index.weight(f, s) for f, s in query.asked.items() if " " not in f and f not in query.denied}
    said = {c: sum(w for f, w in words.items() if f in procedures.known[c]) for c in topic.offered if c in procedures.known}
    first, *rest = sorted(said, key=lambda c: -said[c]) or [""]
    return first if rest and said[first] >= said[rest[0]] + PICKED else ""


def _event(ranked: Sequence[Candidate], topic: Topic, signs: Signals) -> bool:
    """Whether the message tells an event of another procedure rather than a circumstance of this one."""
    best = ranked[0] if ranked else None
    if best is None or signs.follows or best.score < NEW_SUBJECT or best.said < EVENT_SAID or best.key in topic.asked:
        return False
    return not any(c.key in topic.asked and c.score >= best.score - STILL for c in ranked)


def _apart(general: Candidate, ranked: Sequence[Candidate], topic: Topic, signs: Signals, *, asking: bool) -> bool:
    """Whether a general leaflet fits clearly better than what is talked about, in a message that does not go on."""
    if _goes_on(signs) or (asking and general.named < APART_NAMED):
        return False
    current = max((c.score for c in ranked if c.key in topic.asked), default=0.0)
    best = ranked[0].score if ranked else 0.0
    return general.score >= (APART_ASKING if asking else APART) and general.score > max(current + STILL, best)


def _goes_on(signs: Signals) -> bool:
    return signs.brief or signs.sure or signs.follows or signs.corrects or signs.current or signs.before or bool(signs.ordinal)


def _fits(ranked: Sequence[Candidate], query: Query, topic: Topic, procedures: Finder) -> bool:
    """Whether what the message says is said by what is talked about too."""
    words = [f for f in query.asked if " " not in f]
    if any(2 * sum(f in procedures.known[code] for f in words) > len(words) for code in topic.asked if code in procedures.known):
        return True
    return any(c.key in topic.asked and c.said >= FITS_SAID and c.score >= ranked[0].score - STILL for c in ranked)


def _sibling(query: Query, topic: Topic, procedures: Finder, why: Sequence[str], alone: Sequence[str] = (), *, deep: bool = False) -> Subject | None:
    """A sibling of the current procedure, by its own word («còn gia hạn?»).

    `alone` are procedures that need not be siblings; `deep` looks beyond the best, for messages that expressly go on to another."""
    current = topic.asked[0]
    joint = Query({**_carried(current, procedures), **query.asked}, query.denied, query.lacking)
    for best in procedures.rank(joint, most=SIBLINGS_MOST if deep else 1):
        if best.key in topic.asked:
            continue
        if best.score < ENOUGH or not (best.key in alone or procedures.siblings(best.key, current)):
            return None
        if _points(best.key, current, query.asked, procedures):
            return Subject((best.key,), why=(*why, f"cùng nhóm với thủ tục đang nói: {best}"))
    return None


def _alone(ranked: Sequence[Candidate]) -> list[str]:
    """The procedures that the message would name by itself: it is all about them."""
    return [c.key for c in ranked[:4] if c.score >= NEW_SUBJECT and c.said >= EVENT_SAID]


def _carried(code: str, procedures: Finder) -> Features:
    return dict.fromkeys(procedures.title(code), CARRIED) if code in procedures.names else {}


def _points(key: str, current: str, asked: Features, procedures: Finder) -> bool:
    """Whether the message says a word that belongs to this procedure and not to the current one."""
    return any(f in asked for f in procedures.own(key, current))
