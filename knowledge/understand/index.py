"""The inverted index: phrases of the leaflets by their words and word pairs, with and without accents."""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.understand.pieces import Piece, Role

# Calibrated by cross-validation on dev.jsonl, see understanding.py.
PAIR = 0.35  # a pair of neighbours against a single word
PHRASE_POWER, QUERY_POWER = 0.7, 0.6
BODY = 0.6  # share of the whole leaflet against its best phrase
UNHEARD = 0.55  # weight of a word that no leaflet has, against the rarest
VISITS_MOST = 4_000  # phrases looked at for one question
LED_MOST = 250
FOUND_MOST = 20
REMEMBERED = 64  # questions whose leaflets are kept at hand
LARGE = 2_000  # leaflets from which the index is kept small

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
    phrase_part: float
    body_part: float


def features(pieces: Iterable[Piece]) -> Features:
    """The words and the pairs of neighbours with their shares; light words count only in pairs."""
    found: Features = {}
    before: Piece | None = None
    for piece in pieces:
        if piece.role is not Role.WORD and piece.role is not Role.LIGHT:
            before = None
            continue
        light = piece.role is Role.LIGHT
        if not light:
            found[piece.text] = 1.0
        if before is not None and not (light and before.role is Role.LIGHT):
            found[f"{before.text} {piece.text}"] = PAIR
        before = piece
    return found


class Index:
    """Built once from entries, read only afterwards. Postings are arrays of numbers: thousands of leaflets fit a small server."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.keys: list[str] = []
        self.owner = array("I")
        self.trust: list[float] = []
        self.postings: dict[str, array[int]] = {}
        self.bodies: dict[str, array[int]] = {}
        for number, entry in enumerate(entries):
            self._take(number, entry)
        if len(self.keys) > LARGE:
            self._prune()
        self.rarity = self._rarities()
        self.unheard = UNHEARD * math.log(1 + len(self.keys))
        self.norm = self._norms()
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._search)
        self.factor = [trust / norm**PHRASE_POWER for trust, norm in zip(self.trust, self.norm, strict=True)]

    def _take(self, number: int, entry: Entry) -> None:
        """An entry into the lists: each phrase under its features, the leaflet under all of them with its share in tenths."""
        self.keys.append(entry.key)
        body: Features = {}
        for pieces, trust in entry.phrases:
            for feature in (found := features(pieces)):
                self.postings.setdefault(feature, array("I")).append(len(self.owner))
            self.owner.append(number)
            self.trust.append(trust)
            body.update(dict.fromkeys(found, 1.0))
        for pieces, share in entry.body:
            for feature in features(pieces):
                body[feature] = max(body.get(feature, 0.0), share)
        for feature, share in body.items():
            self.bodies.setdefault(feature, array("I")).append(number * 16 + round(share * 10))

    def _prune(self) -> None:
        """Pairs that a single phrase has are let go: among thousands of leaflets their two words tell nearly as much."""
        for pair in [f for f, posting in self.postings.items() if " " in f and len(posting) == 1]:
            del self.postings[pair]
            self.bodies.pop(pair, None)

    def _rarities(self) -> dict[str, float]:
        count = len(self.keys)
        held = {feature: sum(packed & 15 >= 7 for packed in posting) for feature, posting in self.bodies.items()}
        return {feature: math.log(1 + count / n) for feature, n in held.items() if n}

    def _norms(self) -> list[float]:
        norms = [0.0] * len(self.owner)
        for feature, posting in self.postings.items():
            weight = self.weight(feature, PAIR if " " in feature else 1.0)
            for phrase in posting:
                norms[phrase] += weight
        return [norm or 1.0 for norm in norms]

    def weight(self, feature: str, share: float) -> float:
        """What a feature of a question weighs: rare words more; words of no leaflet something, pairs of no leaflet nothing."""
        known = self.rarity.get(feature)
        if known is None:
            return 0.0 if " " in feature else share * self.unheard
        return share * known

    def search(self, asked: Features, most: int = 12) -> list[Found]:
        """The best leaflets for the features of a question, best first. The same question within a message is searched once."""
        return list(self._remembered(tuple(asked.items()))[:most])

    def _search(self, items: tuple[tuple[str, float], ...]) -> tuple[Found, ...]:
        asked, most = dict(items), FOUND_MOST
        weights = {f: w for f, share in asked.items() if (w := self.weight(f, share)) > 0}
        total = sum(weights.values())
        if total <= 0:
            return ()
        best = self._best(self._hits(weights))
        leading = heapq.nsmallest(most * 2, ((-value, owner, phrase, met) for owner, (value, phrase, met) in best.items()))
        covered = self._covered(weights, [owner for _, owner, _, _ in leading])
        found = []
        for value, owner, phrase, met in leading:
            phrase_part, whole = min(1.0, met / self.norm[phrase]), min(1.0, covered.get(owner, 0.0) / total)
            score = (1 - BODY) * min(1.0, -value / total**QUERY_POWER) + BODY * whole * min(1.0, 0.3 + phrase_part)
            found.append(Found(self.keys[owner], score, phrase, phrase_part, whole))
        found.sort(key=lambda f: (-f.score, f.key))
        return tuple(found[:most])

    def _best(self, hits: Mapping[int, float]) -> dict[int, tuple[float, int, float]]:
        """The best phrase of each leaflet: its value, itself, and the weight met."""
        owner, factor = self.owner, self.factor
        best: dict[int, tuple[float, int, float]] = {}
        values: dict[int, float] = {}
        for phrase, met in hits.items():
            value, key = met * factor[phrase], owner[phrase]
            if value > values.get(key, -1.0):
                values[key] = value
                best[key] = (value, phrase, met)
        return best

    def _hits(self, weights: Mapping[str, float]) -> dict[int, float]:
        """How much weight of the question each phrase meets: rare words lead to phrases, common ones only add to those found."""
        hits: dict[int, float] = {}
        visits, late = 0, []
        for feature, weight in sorted(weights.items(), key=lambda item: (-self.rarity.get(item[0], 0.0), item[0])):
            posting = self.postings.get(feature)
            if posting is None:
                continue
            if visits + len(posting) > VISITS_MOST and hits:
                late.append((posting, weight))
                continue
            visits += len(posting)
            if not hits:
                hits = dict.fromkeys(posting, weight)
                continue
            met = hits.get
            for phrase in posting:
                hits[phrase] = met(phrase, 0.0) + weight
        return self._completed(hits, late) if late else hits

    def _completed(self, hits: dict[int, float], late: Sequence[tuple[array[int], float]]) -> dict[int, float]:
        """The likeliest of the phrases found, with the common words added."""
        leading = heapq.nlargest(LED_MOST, hits, key=hits.__getitem__) if len(hits) > LED_MOST else list(hits)
        found = {phrase: hits[phrase] for phrase in leading}
        for posting, weight in late:
            for phrase in leading:
                at = bisect_left(posting, phrase)
                if at < len(posting) and posting[at] == phrase:
                    found[phrase] += weight
        return found

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
