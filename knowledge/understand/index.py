"""The inverted index: phrases of the leaflets by their words and word pairs, with and without accents."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.understand.pieces import Piece, Role

# Calibrated by cross-validation on dev.jsonl, see understanding.py.
LIGHT = 0.12  # a light word against a word of weight
PAIR, LIGHT_PAIR = 0.5, 0.25  # a pair of neighbours against a single word
PHRASE_POWER, QUERY_POWER = 0.55, 0.45
BODY = 0.3  # share of the whole leaflet against its best phrase
UNHEARD = 0.55  # weight of a word that no leaflet has, against the rarest
VISITS_MOST = 12_000

Features = dict[str, float]


@dataclass(frozen=True)
class Entry:
    """A leaflet as indexed: phrases to be matched whole, with the trust in each; and words that merely belong to it."""

    key: str
    phrases: tuple[tuple[Sequence[Piece], float], ...]
    body: tuple[tuple[Sequence[Piece], float], ...] = ()
    names: int = 1  # how many of the phrases, from the first, are the leaflet's own names


@dataclass(frozen=True)
class Found:
    """A candidate: how well its best phrase and the whole leaflet fit, and how much of question and phrase was met."""

    key: str
    score: float
    phrase: int
    query_part: float
    phrase_part: float
    body_part: float


def features(pieces: Iterable[Piece]) -> Features:
    """The words and pairs with their weights before rarity; guessed spellings count like others, their letters too."""
    found: Features = {}
    before: Piece | None = None
    for piece in pieces:
        if piece.role not in (Role.WORD, Role.LIGHT):
            before = None
            continue
        light = piece.role is Role.LIGHT
        found[piece.text] = max(found.get(piece.text, 0.0), LIGHT if light else 1.0)
        if before is not None and not (light and before.role is Role.LIGHT):
            pair = f"{before.text} {piece.text}"
            found[pair] = max(found.get(pair, 0.0), LIGHT_PAIR if light or before.role is Role.LIGHT else PAIR)
        before = piece
    return found


class Index:
    """Built once from entries, read only afterwards."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.keys = [entry.key for entry in entries]
        self.owner: list[int] = []
        self.trust: list[float] = []
        self._raw: list[Features] = []
        self._body: list[Features] = []
        for number, entry in enumerate(entries):
            self._take(number, entry)
        self.rarity = self._rarities()
        self.unheard = UNHEARD * math.log(1 + len(entries))
        self.norm = [sum(self.weight(f, w) for f, w in raw.items()) or 1.0 for raw in self._raw]
        self.postings = _postings(self._raw)
        self.bodies = _bodies(self._body)
        self._raw.clear()
        self._body.clear()

    def _take(self, number: int, entry: Entry) -> None:
        body: Features = {}
        for pieces, trust in entry.phrases:
            raw = features(pieces)
            self._raw.append(raw)
            self.owner.append(number)
            self.trust.append(trust)
            body.update(dict.fromkeys(raw, 1.0))
        for pieces, share in entry.body:
            for feature in features(pieces):
                body[feature] = max(body.get(feature, 0.0), share)
        self._body.append(body)

    def _rarities(self) -> dict[str, float]:
        held: Counter[str] = Counter()
        for body in self._body:
            held.update(f for f, share in body.items() if share >= 0.7)
        count = len(self._body)
        return {feature: math.log(1 + count / n) for feature, n in held.items()}

    def weight(self, feature: str, share: float) -> float:
        """What a feature of a question weighs: rare words more; words of no leaflet something, pairs of no leaflet nothing."""
        known = self.rarity.get(feature)
        if known is None:
            return 0.0 if " " in feature else share * self.unheard
        return share * known

    def search(self, asked: Features, most: int = 12, only: Mapping[str, float] | None = None) -> list[Found]:
        """The best leaflets for the features of a question, best first. `only` limits them to those keys and scales their scores."""
        weights = {f: self.weight(f, share) for f, share in asked.items()}
        total = sum(weights.values())
        if total <= 0:
            return []
        hits = self._hits(weights)
        best: dict[int, tuple[float, int, float, float]] = {}
        for phrase, met in hits.items():
            query_part, phrase_part = min(1.0, met / total), min(1.0, met / self.norm[phrase])
            value = self.trust[phrase] * phrase_part**PHRASE_POWER * query_part**QUERY_POWER
            owner = self.owner[phrase]
            if owner not in best or value > best[owner][0]:
                best[owner] = (value, phrase, query_part, phrase_part)
        return self._ranked(best, weights, total, most, only)

    def _hits(self, weights: Mapping[str, float]) -> dict[int, float]:
        """How much weight of the question each phrase meets. Rare words first; once enough is looked at, common ones only for those found."""
        hits: defaultdict[int, float] = defaultdict(float)
        visits = 0
        for feature, weight in sorted(weights.items(), key=lambda item: (-self.rarity.get(item[0], 0.0), item[0])):
            posting = self.postings.get(feature)
            if not posting or not weight:
                continue
            if visits + len(posting) > VISITS_MOST and hits:
                for phrase in hits:
                    at = bisect_left(posting, phrase)
                    if at < len(posting) and posting[at] == phrase:
                        hits[phrase] += weight
                continue
            visits += len(posting)
            for phrase in posting:
                hits[phrase] += weight
        return hits

    def _ranked(
        self, best: dict[int, tuple[float, int, float, float]], weights: Mapping[str, float], total: float, most: int, only: Mapping[str, float] | None
    ) -> list[Found]:
        covered = self._covered(weights, best)
        found = []
        for owner, (value, phrase, query_part, phrase_part) in best.items():
            key = self.keys[owner]
            if only is not None and key not in only:
                continue
            whole = min(1.0, covered[owner] / total)
            score = (1 - BODY) * value + BODY * whole * min(1.0, 0.3 + phrase_part)
            found.append(Found(key, score * (only[key] if only else 1.0), phrase, query_part, phrase_part, whole))
        found.sort(key=lambda f: (-f.score, f.key))
        return found[:most]

    def _covered(self, weights: Mapping[str, float], owners: Iterable[int]) -> defaultdict[int, float]:
        wanted, covered = set(owners), defaultdict[int, float](float)
        for feature, weight in weights.items():
            for packed in self.bodies.get(feature, ()):
                if (owner := packed >> 4) in wanted:
                    covered[owner] += weight * (packed & 15) / 10
        return covered


def _postings(raw: Sequence[Features]) -> dict[str, array[int]]:
    """Feature → the phrases that hold it, in order."""
    lists: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    for number, found in enumerate(raw):
        for feature in found:
            lists[feature].append(number)
    return dict(lists)


def _bodies(bodies: Sequence[Features]) -> dict[str, array[int]]:
    """Feature → the leaflets that hold it, each with its share in tenths: leaflet x 16 + tenths."""
    lists: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    for number, found in enumerate(bodies):
        for feature, share in found.items():
            lists[feature].append(number * 16 + round(share * 10))
    return dict(lists)
