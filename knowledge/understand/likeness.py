"""Which leaflet a whole message is most like: a second opinion beside the index, by everything that is said and how rare it is.

The index asks whether a phrase of a leaflet is met; a citizen who tells a story meets none of them, but uses many of the leaflet's words.
Here a leaflet is the sum of its names and questions (Rocchio's centroid), a message the sum of its words, and likeness their cosine:
words as read, without accents, in pairs, and as the lexicon understands them, each weighed by its rarity."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.model import General, Procedure
from knowledge.understand.pieces import Piece, Role
from knowledge.words import fold

# Weights of a leaflet's texts, chosen on dev.jsonl, a.jsonl and the learnt half of b.jsonl by the rank of the right leaflet.
TITLE, OTHER, REST, SUMMARY = 3.0, 2.0, 1.0, 0.8
COMMON = 0.4  # share of the leaflets from which a word tells nothing
PAIRS_MOST = 1500  # leaflets beyond which pairs are left out: the index is to fit a small server

# Calibrated likewise, on what score.py measures.
TOLD, SAID = 12, 5  # words from which a message tells its story, and says more than a name
LEAD = 0.04  # by which the likest of several open leaflets is the one meant, where a story is told
LEAD_OUTSIDE = 0.06  # the same for one that was not among them
OVERRULED = 0.62  # an answer less like the message than this share of a clear likest gives way to it
RIVAL = 0.8  # an answer less like the message than this share of the likest is asked back …
FIRM = 0.82  # … unless its score is so high
PART = 0.3  # share of the likest from which another procedure is asked for beside it
ALONE, ALONE_LEAD = 0.15, 0.03  # likeness and lead from which the likest are offered where nothing was found

Cut = Iterable[tuple[Sequence[str], Sequence[Piece]]]


@dataclass(frozen=True)
class Like:
    """A leaflet with its likeness, from 0 to 1."""

    key: str
    score: float

    def __str__(self) -> str:
        return f"{self.key} {self.score:.2f}"


def procedure_texts(procedure: Procedure) -> Iterator[tuple[str, float]]:
    """What a procedure is known by, with the weight of each text."""
    yield procedure.name, TITLE
    yield procedure.short_name, TITLE
    yield procedure.official_name, REST
    yield from ((name, OTHER) for name in procedure.other_names)
    yield from ((question, REST) for question in procedure.questions)
    yield procedure.hint, REST
    yield procedure.summary, SUMMARY


def general_texts(general: General) -> Iterator[tuple[str, float]]:
    """What a general leaflet is known by, with the weight of each text."""
    yield general.name, TITLE
    yield from ((name, OTHER) for name in general.other_names)
    yield from ((question, REST) for question in general.questions)


def features(said: Sequence[str], pieces: Iterable[Piece], *, pairs: bool = True) -> set[str]:
    """The words with and without accents, the pairs of neighbours, and the words as the lexicon understands them."""
    plain = [fold(word) for word in said]
    found = {*said, *plain, *(f"={piece.text}" for piece in pieces if piece.role is Role.WORD)}
    if pairs:
        found.update(f"{one} {two}" for one, two in zip(plain, plain[1:], strict=False))
    return found


class Likeness:
    """Built once from the leaflets' texts, read only afterwards."""

    def __init__(self, leaflets: Iterable[tuple[str, Iterable[tuple[Sequence[str], Sequence[Piece], float]]]]) -> None:
        """Each leaflet as its key and its texts: words, pieces, weight."""
        given = list(leaflets)
        self.keys = [key for key, _ in given]
        self.pairs = len(given) <= PAIRS_MOST
        sums = [self._sum(texts) for _, texts in given]
        held = Counter(feature for weights in sums for feature in weights)
        count = len(sums)
        self.rarity = {f: math.log(1 + count / n) for f, n in held.items() if n <= max(3, COMMON * count)}
        self.postings: dict[str, tuple[array[int], array[float]]] = {f: (array("H"), array("f")) for f in self.rarity}
        for number, weights in enumerate(sums):
            self._take(number, weights)

    def _sum(self, texts: Iterable[tuple[Sequence[str], Sequence[Piece], float]]) -> dict[str, float]:
        weights: defaultdict[str, float] = defaultdict(float)
        for said, pieces, weight in texts:
            for feature in features(said, pieces, pairs=self.pairs):
                weights[feature] += weight
        return weights

    def _take(self, number: int, weights: dict[str, float]) -> None:
        shares = {f: math.log1p(weight) * self.rarity[f] for f, weight in weights.items() if f in self.rarity}
        norm = math.sqrt(sum(share * share for share in shares.values())) or 1.0
        for feature, share in shares.items():
            numbers, parts = self.postings[feature]
            numbers.append(number)
            parts.append(share / norm)

    def ranked(self, said: Sequence[str], pieces: Iterable[Piece], most: int = 12) -> list[Like]:
        """The likest leaflets, best first."""
        known = {f: rare for f in features(said, pieces, pairs=self.pairs) if (rare := self.rarity.get(f))}
        norm = math.sqrt(sum(rare * rare for rare in known.values())) or 1.0
        sums = [0.0] * len(self.keys)
        for feature, rare in known.items():
            for number, part in zip(*self.postings[feature], strict=True):
                sums[number] += rare * part
        best = sorted(range(len(sums)), key=lambda n: (-sums[n], self.keys[n]))[:most]
        return [Like(self.keys[n], sums[n] / norm) for n in best if sums[n] > 0]


def second(codes: Sequence[str], score: float, likes: Sequence[Like], words: int, served: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """The codes after a second opinion, and the rule that changed them ("" where none did).

    `codes` are those decided on, `score` that of the one to be answered, `words` the number of words of the message, `served` all procedures."""
    if len(likes) < 2 or words < SAID or likes[0].key not in served:
        return tuple(codes), ""
    best, lead = likes[0], likes[0].score - likes[1].score
    if len(codes) > 1 and words >= TOLD and lead >= (LEAD if best.key in codes else LEAD_OUTSIDE):
        return (best.key,), "kể rõ: giống một tờ hơn hẳn"
    if len(codes) == 1 and best.key not in codes and score < FIRM:
        own = next((like.score for like in likes if like.key == codes[0]), 0.0)
        if own < OVERRULED * best.score and lead >= LEAD:
            return (best.key,), "cả câu giống hẳn một tờ khác"
        if own < RIVAL * best.score:
            return (best.key, codes[0]), "cả câu giống một tờ khác hơn: hỏi lại"
    if not codes and best.score >= ALONE and lead >= ALONE_LEAD:
        near = tuple(like.key for like in likes[:3] if like.key in served)
        return (near if len(near) > 1 else (*near, *(like.key for like in likes[3:] if like.key in served))[:2]), "cả câu giống các tờ này"
    return tuple(codes), ""


def whole(codes: Sequence[str], likes: Sequence[Like], words: int, served: Iterable[str]) -> str:
    """The one leaflet that a message is like as a whole although it seemed to ask for several; "" where each is asked for."""
    if len(codes) < 2 or len(likes) < 2 or words < SAID or likes[0].key not in served:
        return ""
    best, known = likes[0], {like.key: like.score for like in likes}
    if best.key not in codes:
        return best.key if best.score - likes[1].score >= LEAD else ""
    return best.key if all(known.get(code, 0.0) < PART * best.score for code in codes if code != best.key) else ""
