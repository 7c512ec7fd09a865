"""The inverted index: phrases of the leaflets by their words and word pairs, with and without accents."""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.understand.pieces import Piece, Role

# Calibrated by cross-validation on dev.jsonl, see understanding.py.
PAIR, LIGHT_PAIR = 0.3, 0.4  # a pair of neighbours against a single word
PHRASE_POWER, QUERY_POWER = 0.7, 0.6
BODY = 0.6  # share of the whole leaflet against its best phrase
UNHEARD = 0.55  # weight of a word that no leaflet has, against the rarest
VISITS_MOST = 12_000  # phrases looked at for one question
LED_MOST = 400

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
        if not light:
            found[piece.text] = 1.0
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
        self.factor = [trust / norm**PHRASE_POWER for trust, norm in zip(self.trust, self.norm, strict=True)]
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

    def search(self, asked: Features, most: int = 12) -> list[Found]:
        """The best leaflets for the features of a question, best first."""
        weights = {f: w for f, share in asked.items() if (w := self.weight(f, share)) > 0}
        total = sum(weights.values())
        if total <= 0:
            return []
        best = self._best(self._hits(weights))
        leading = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[: most * 3]
        covered = self._covered(weights, [owner for owner, _ in leading])
        found = []
        for owner, (value, phrase, met) in leading:
            phrase_part, whole = min(1.0, met / self.norm[phrase]), min(1.0, covered.get(owner, 0.0) / total)
            score = (1 - BODY) * min(1.0, value / total**QUERY_POWER) + BODY * whole * min(1.0, 0.3 + phrase_part)
            found.append(Found(self.keys[owner], score, phrase, met / total, phrase_part, whole))
        found.sort(key=lambda f: (-f.score, f.key))
        return found[:most]

    def _best(self, hits: Mapping[int, float]) -> dict[int, tuple[float, int, float]]:
        """The best phrase of each leaflet: its value, itself, and the weight met."""
        owner, factor = self.owner, self.factor
        best: dict[int, tuple[float, int, float]] = {}
        for phrase, met in hits.items():
            value = met * factor[phrase]
            known = best.get(owner[phrase])
            if known is None or value > known[0]:
                best[owner[phrase]] = (value, phrase, met)
        return best

    def _hits(self, weights: Mapping[str, float]) -> dict[int, float]:
        """How much weight of the question each phrase meets. Rare words first; once enough is looked at, common ones only for those found."""
        hits: dict[int, float] = {}
        visits = 0
        for feature, weight in sorted(weights.items(), key=lambda item: (-self.rarity.get(item[0], 0.0), item[0])):
            posting = self.postings.get(feature, ())
            if visits + len(posting) > VISITS_MOST and hits:
                self._add_to_found(hits, posting, weight)
                continue
            visits += len(posting)
            for phrase in posting:
                hits[phrase] = hits.get(phrase, 0.0) + weight
        return hits

    def _add_to_found(self, hits: dict[int, float], posting: Sequence[int], weight: float) -> None:
        """A common word counted only where a rarer one has led, the likeliest places first."""
        for phrase in heapq.nlargest(LED_MOST, hits, key=hits.__getitem__) if len(hits) > LED_MOST else list(hits):
            at = bisect_left(posting, phrase)
            if at < len(posting) and posting[at] == phrase:
                hits[phrase] += weight

    def _covered(self, weights: Mapping[str, float], owners: Sequence[int]) -> dict[int, float]:
        """How much weight of the question each of these leaflets holds anywhere."""
        covered = dict.fromkeys(owners, 0.0)
        for feature, weight in weights.items():
            posting = self.bodies.get(feature, ())
            if len(posting) > 6 * len(owners):
                for owner in owners:
                    at = bisect_left(posting, owner << 4)
                    if at < len(posting) and posting[at] >> 4 == owner:
                        covered[owner] += weight * (posting[at] & 15) / 10
                continue
            for packed in posting:
                if packed >> 4 in covered:
                    covered[packed >> 4] += weight * (packed & 15) / 10
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
