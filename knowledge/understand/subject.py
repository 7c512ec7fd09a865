"""One ask → its subject: a procedure, several to choose from, a general leaflet, or what the conversation is already about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.model import Kind
from knowledge.understand.candidates import ENOUGH, POSSIBLE, Candidate, Decision, Finder, Query
from knowledge.understand.index import Features, features
from knowledge.understand.meaning import Topic
from knowledge.understand.pieces import Piece
from knowledge.understand.signals import Signals

# Calibrated by cross-validation on dev.jsonl, see understanding.py.
GENERAL_LEAD = 0.06  # by which a general leaflet must beat the best procedure
SAID_WEIGHT = 0.0
LEADS = {Kind.ELSEWHERE: 0.03, Kind.REFUSED: -0.05}
GENERAL_MET = 0.62  # share of its phrase that a general leaflet must meet to leave the subject of a conversation
GENERAL_ENOUGH = 0.3
NEW_SUBJECT = 0.48  # score from which a message in a conversation speaks of something new
OFFERED = 1.3  # for a procedure just offered
LEFT = 0.8  # for the procedure that the citizen has just corrected
CARRIED = 0.5  # weight of the current procedure's words beside those of the message


@dataclass(frozen=True)
class Subject:
    """What an ask is about: procedure codes (several: to choose from), or the topic of a general leaflet; and why."""

    codes: tuple[str, ...] = ()
    general: str = ""
    stays: bool = False
    why: tuple[str, ...] = ()


def subject(query: Query, raw: Sequence[Piece], topic: Topic, signs: Signals, procedures: Finder, generals: Finder, kinds: Mapping[str, Kind]) -> Subject:
    """The subject of an ask in its conversation."""
    only = _favoured(topic, signs)
    ranked = _favour(procedures.rank(query), only)
    general = next(iter(generals.rank(Query(features(raw), {}, {}), most=3)), None) if raw else None
    why = [f"thủ tục: {c}" for c in ranked[:4]] + ([f"tờ chung: {general}"] if general else [])
    best = ranked[0] if ranked else None
    if general and signs.corrects and topic.asked and best and best.score >= POSSIBLE:
        general = None
    if general and topic.offered and general.score < NEW_SUBJECT + 0.1:
        general = None
    if general and general.score >= GENERAL_ENOUGH and (best is None or _value(general) > _value(best) + (LEADS.get(kinds[general.key], GENERAL_LEAD))):
        if not topic.asked or (general.met >= GENERAL_MET and (not signs.follows or general.score >= NEW_SUBJECT + 0.1)):
            return Subject(general=general.key, why=(*why, "tờ chung hơn hẳn mọi thủ tục"))
    if topic.offered and not _new(best):
        among = [c for c in ranked if c.key in topic.offered]
        decision = procedures.decide(among, query)
        return Subject(decision.keys or topic.offered, why=(*why, "trong các thủ tục vừa đưa ra"))
    if topic.asked and not _named(best) and (within := _sibling(query, topic, procedures, why)):
        return within
    if topic.asked and not _new(best):
        return Subject(topic.asked, stays=True, why=(*why, "vẫn nói về thủ tục đang hỏi"))
    decision = procedures.decide(ranked, query)
    if not decision.keys and general and general.score >= POSSIBLE + 0.05:
        return Subject(general=general.key, why=(*why, "chỉ tờ chung gần"))
    return Subject(decision.keys, why=(*why, decision.rule))


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


def _value(candidate: Candidate) -> float:
    """The score with what it explains of the question: how general leaflets and procedures are weighed against each other."""
    return candidate.score + SAID_WEIGHT * candidate.said


def _named(best: Candidate | None) -> bool:
    """Whether the message names its procedure in full."""
    return best is not None and best.score >= NEW_SUBJECT and (best.named >= 0.85 or best.met >= 0.95)


def _new(best: Candidate | None) -> bool:
    """Whether the message speaks of something new."""
    return best is not None and best.score >= NEW_SUBJECT and (best.named >= 0.6 or best.met >= 0.7 or best.said >= 0.9)


def _sibling(query: Query, topic: Topic, procedures: Finder, why: Sequence[str]) -> Subject | None:
    """A sibling of the current procedure, by its own word («còn gia hạn?»)."""
    current = topic.asked[0]
    joint = Query({**_carried(current, procedures), **query.asked}, query.denied, query.lacking)
    best = next(iter(procedures.rank(joint, most=1)), None)
    if best is None or best.key in topic.asked or best.score < ENOUGH or not procedures.siblings(best.key, current):
        return None
    if not _points(best.key, current, query.asked, procedures):
        return None
    return Subject((best.key,), why=(*why, f"cùng nhóm với thủ tục đang nói: {best}"))


def _carried(code: str, procedures: Finder) -> Features:
    return dict.fromkeys(procedures.title(code), CARRIED) if code in procedures.names else {}


def _points(key: str, current: str, asked: Features, procedures: Finder) -> bool:
    """Whether the message says a word that belongs to this procedure and not to the current one."""
    return any(f in asked for f in procedures.own(key, current))


__all__ = ["Decision", "Subject", "subject"]
