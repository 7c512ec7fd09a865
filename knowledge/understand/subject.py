"""One ask → its subject: a procedure, several to choose from, a general leaflet, or what the conversation is already about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.understand.candidates import ENOUGH, POSSIBLE, Candidate, Decision, Finder, Query
from knowledge.understand.index import Features, features
from knowledge.understand.meaning import Topic
from knowledge.understand.pieces import Piece
from knowledge.understand.signals import Signals

# Calibrated by cross-validation on dev.jsonl, see understanding.py.
GENERAL_LEAD = 0.06  # by which a general leaflet must beat the best procedure
GENERAL_ENOUGH = 0.55
NEW_SUBJECT = 0.62  # score from which a message in a conversation speaks of something new
STAYS = 0.18  # share of a message that the current leaflet must explain for a circumstance to be about it
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


def subject(query: Query, raw: Sequence[Piece], topic: Topic, signs: Signals, procedures: Finder, generals: Finder) -> Subject:
    """The subject of an ask in its conversation."""
    only = _favoured(topic, signs)
    ranked = _favour(procedures.rank(query), only)
    general = next(iter(generals.rank(Query(features(raw), {}, {}), most=3)), None) if raw else None
    why = [f"thủ tục: {c}" for c in ranked[:4]] + ([f"tờ chung: {general}"] if general else [])
    best = ranked[0] if ranked else None
    if general and signs.corrects and topic.asked and best and best.score >= POSSIBLE:
        general = None
    if general and general.score >= GENERAL_ENOUGH and (best is None or general.score > best.score + GENERAL_LEAD):
        if not (topic.asked and signs.follows and general.score < NEW_SUBJECT + 0.1):
            return Subject(general=general.key, why=(*why, "tờ chung hơn hẳn mọi thủ tục"))
    if topic.asked and not _new(best):
        return _within(query, topic, procedures, ranked, why)
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


def _new(best: Candidate | None) -> bool:
    return best is not None and best.score >= NEW_SUBJECT and (best.named >= 0.6 or best.met >= 0.85)


def _within(query: Query, topic: Topic, procedures: Finder, ranked: Sequence[Candidate], why: Sequence[str]) -> Subject:
    """A message that names nothing new: a sibling of the current procedure by its own word, else a circumstance of it, else unclear."""
    current = topic.asked[0]
    joint = Query({**_carried(current, procedures), **query.asked}, query.denied, query.lacking)
    together = procedures.rank(joint, most=4)
    best = together[0] if together else None
    if best and best.key not in topic.asked and best.score >= ENOUGH and _points(best.key, current, query.asked, procedures):
        return Subject((best.key,), why=(*why, f"cùng nhóm với thủ tục đang nói: {best}"))
    return Subject(topic.asked, stays=True, why=(*why, "vẫn nói về thủ tục đang hỏi"))


def _carried(code: str, procedures: Finder) -> Features:
    shortest = min(procedures.names.get(code, ({},)), key=len)
    return dict.fromkeys(shortest, CARRIED)


def _points(key: str, current: str, asked: Features, procedures: Finder) -> bool:
    """Whether the message says a word that belongs to this procedure and not to the current one."""
    return any(f in asked for f in procedures.own(key, current))


__all__ = ["Decision", "Subject", "subject"]
