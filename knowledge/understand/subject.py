"""One ask → its subject: a procedure, several to choose from, a general leaflet, or what the conversation is already about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.model import Kind
from knowledge.understand.candidates import ENOUGH, POSSIBLE, Candidate, Decision, Finder, Query
from knowledge.understand.families import Said
from knowledge.understand.index import Features, features
from knowledge.understand.kin import NEW_SUBJECT, Leaflets, Subject, in_family, moved, named, new, pointed_at
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
STILL = 0.12  # lead that a new procedure needs over the one talked about
OFFERED = 1.3  # for a procedure just offered
LEFT = 0.8  # for the procedure that the citizen has just corrected
EVENT_SAID = 0.8  # share of the message that a procedure explains whose event is told
APART, APART_ASKING = 0.42, 0.5  # scores from which a general leaflet takes a message that does not go on, and one that asks
APART_NAMED = 0.25  # share of its name that such a leaflet must then have met
SIGNED_GENERAL = 0.4  # share of its name that a general leaflet must say where a procedure is named with a strong sign
NAMED_GENERAL = 0.7  # share of its name from which a general leaflet leaves what is talked about even in «thế còn …»
SIBLINGS_MOST = 5
PICKED = 1.0  # weight of words by which one of an offered list must lead
FITS_SAID = 0.6  # share of the message that the current procedure explains where nothing is asked
CARRIED = 0.5  # weight of the current procedure's words beside those of the message


@dataclass(frozen=True)
class Manner:
    """How an ask is put: whether it asks for anything, for something firm, and what it says of families."""

    said: Said
    asking: bool = False
    firm: bool = False


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
    if general and general.named < SIGNED_GENERAL and leaflets.kinds[general.key] is not Kind.REFUSED:
        general = None if pointed_at(ranked, manner.said, leaflets.families) else general
    if gone := moved(ranked, manner.said, topic, signs, leaflets):
        return replace(gone, why=(*why, *gone.why))
    follows = topic.asked and (signs.follows or signs.corrects) and not (general and general.named >= NAMED_GENERAL)
    if follows and not named(best) and (within := _sibling(query, topic, procedures, why, _alone(ranked), deep=True)):
        return within
    if general and _wins(general, ranked, leaflets.kinds) and _leaves(general, topic, signs):
        return Subject(general=general.key, why=(*why, "tờ chung hơn hẳn mọi thủ tục"))
    if topic.offered and not new(best):
        if best and best.key in topic.offered and (picked := _picked(query, topic, procedures)):
            return Subject((picked,), why=(*why, "lời chỉ một thủ tục trong danh sách có"))
        decision = procedures.decide([c for c in ranked if c.key in topic.offered], query)
        away = Decision() if decision.keys else procedures.decide(ranked, query)
        if away.sure:
            return Subject(away.keys, why=(*why, "không có trong danh sách vừa đưa ra"))
        return Subject(decision.keys or topic.offered, why=(*why, "trong các thủ tục vừa đưa ra"))
    if topic.asked and not named(best) and (within := _sibling(query, topic, procedures, why)):
        return within
    if topic.asked and (not new(best) or _still(ranked, topic)) and (manner.firm or not _event(ranked, topic, signs)):
        if general and _apart(general, ranked, topic, signs, asking=manner.asking):
            return Subject(general=general.key, why=(*why, "câu không hỏi tiếp, tờ chung gần hơn"))
        if manner.asking or _goes_on(signs) or _fits(ranked, query, topic, procedures):
            return Subject(topic.asked, stays=True, why=(*why, "vẫn nói về thủ tục đang hỏi"))
        why.append("không hỏi tiếp: đọc như câu mới")
    return _decided(query, ranked, general, manner, topic, leaflets, why)


def _decided(
    query: Query, ranked: Sequence[Candidate], general: Candidate | None, manner: Manner, topic: Topic, leaflets: Leaflets, why: Sequence[str]
) -> Subject:
    """The subject of a message that speaks of something new."""
    signed = in_family(query, ranked, manner.said, topic, leaflets)
    decision = signed or leaflets.procedures.decide(ranked, query)
    if general and decision.keys and _explains(general, ranked[0], manner.said, leaflets.kinds):
        return Subject(general=general.key, why=(*why, "tờ chung giải thích nhiều lời hơn hẳn"))
    if not decision.keys and general and general.score >= GENERAL_ALONE:
        return Subject(general=general.key, why=(*why, "chỉ tờ chung gần"))
    return Subject(decision.keys, fresh=True, firm=signed is not None, score=ranked[0].score if ranked else 0.0, why=(*why, decision.rule))


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


def _still(ranked: Sequence[Candidate], topic: Topic) -> bool:
    """Whether what is talked about fits nearly as well as the best, and the best is not named outright."""
    near = [c for c in ranked[:4] if c.key in topic.asked and c.score >= ranked[0].score - STILL]
    return bool(near) and not (named(ranked[0]) and ranked[0].key not in topic.asked)


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
