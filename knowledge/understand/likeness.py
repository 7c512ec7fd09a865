"""Which leaflet a whole message is most like: a second opinion beside the index, by everything that is said and how rare it is.

The index asks whether a phrase of a leaflet is met; a citizen who tells a story meets none of them, but uses many of the leaflet's words.
Here a leaflet is the sum of its names and questions (Rocchio's centroid), a message the sum of its words, and likeness their cosine:
words as read, without accents, in pairs, and as the lexicon understands them, each weighed by its rarity."""

from __future__ import annotations

import heapq
import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Protocol

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
LEAD_FIRM = 0.12  # the same where the signs of a family leave it open
LEAD_OUTSIDE = 0.06  # the same for one that was not among them
OVERRULED = 0.62  # an answer less like the message than this share of a clear likest gives way to it
RIVAL = 0.8  # an answer less like the message than this share of the likest is asked back …
FIRM = 0.82  # … unless its score is so high
PART = 0.3  # share of the likest from which another procedure is asked for beside it
ALONE, ALONE_LEAD = 0.15, 0.03  # likeness and lead from which the likest are offered where nothing was found


class Decided(Protocol):
    """What was decided by phrases and signs."""

    @property
    def codes(self) -> tuple[str, ...]: ...
    @property
    def firm(self) -> bool: ...
    @property
    def score(self) -> float: ...


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


def features(said: Sequence[str], pieces: Iterable[Piece], plain: Callable[[str], str] = fold, *, pairs: bool = True) -> set[str]:
    """The words with and without accents, the pairs of neighbours, and the words as the lexicon understands them."""
    bare = [plain(word) for word in said]
    found = {*said, *bare, *(f"={piece.text}" for piece in pieces if piece.role is Role.WORD)}
    if pairs:
        found.update(f"{one} {two}" for one, two in pairwise(bare))
    return found


class Likeness:
    """Built once from the leaflets' texts, read only afterwards. All postings stand in two arrays: thousands of leaflets fit a small server."""

    def __init__(self, leaflets: Iterable[tuple[str, Iterable[tuple[Sequence[str], Sequence[Piece], float]]]]) -> None:
        """Each leaflet as its key and its texts: words, pieces, weight."""
        given = list(leaflets)
        self.keys = [key for key, _ in given]
        self.pairs = len(given) <= PAIRS_MOST
        sums = self._sums(given)
        held = Counter(feature for weights in sums for feature in weights)
        count = len(sums)
        self.rarity = {f: math.log(1 + count / n) for f, n in held.items() if n <= max(3, COMMON * count)}
        self.starts = dict(zip(self.rarity, accumulate((held[f] for f in self.rarity), initial=0), strict=False))
        total = sum(held[f] for f in self.rarity)
        self.numbers, self.parts = array("H", bytes(2 * total)), array("f", bytes(4 * total))
        self.ends = dict(self.starts)
        for number, weights in enumerate(sums):
            self._take(number, weights)

    def _sums(self, given: Iterable[tuple[str, Iterable[tuple[Sequence[str], Sequence[Piece], float]]]]) -> list[dict[str, float]]:
        """The weights of each leaflet's features, all its texts together."""
        plain = cache(fold)
        sums: list[dict[str, float]] = []
        for _, texts in given:
            weights: defaultdict[str, float] = defaultdict(float)
            for said, pieces, weight in texts:
                for feature in features(said, pieces, plain, pairs=self.pairs):
                    weights[feature] += weight
            sums.append(weights)
        return sums

    def _take(self, number: int, weights: dict[str, float]) -> None:
        shares = {f: math.log1p(weight) * self.rarity[f] for f, weight in weights.items() if f in self.rarity}
        norm = math.sqrt(sum(share * share for share in shares.values())) or 1.0
        for feature, share in shares.items():
            at = self.ends[feature]
            self.numbers[at], self.parts[at] = number, share / norm
            self.ends[feature] = at + 1

    def ranked(self, said: Sequence[str], pieces: Iterable[Piece], most: int = 12) -> list[Like]:
        """The likest leaflets, best first."""
        known = {f: rare for f in features(said, pieces, pairs=self.pairs) if (rare := self.rarity.get(f))}
        norm = math.sqrt(sum(rare * rare for rare in known.values())) or 1.0
        sums = [0.0] * len(self.keys)
        for feature, rare in known.items():
            at = slice(self.starts[feature], self.ends[feature])
            for number, part in zip(self.numbers[at], self.parts[at], strict=True):
                sums[number] += rare * part
        best = heapq.nsmallest(most, (n for n, value in enumerate(sums) if value), key=lambda n: (-sums[n], self.keys[n]))
        return [Like(self.keys[n], sums[n] / norm) for n in best]


def second(about: Decided, likes: Sequence[Like], words: int, served: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """The codes after a second opinion, and the rule that changed them ("" where none did).

    `words` is the number of words of the message, `served` all procedures."""
    codes = about.codes
    if len(likes) < 2 or words < SAID or likes[0].key not in served:
        return codes, ""
    best, lead = likes[0], likes[0].score - likes[1].score
    if len(codes) > 1 and words >= TOLD and lead >= (LEAD_FIRM if about.firm else LEAD if best.key in codes else LEAD_OUTSIDE):
        return (best.key,), "kể rõ: giống một tờ hơn hẳn"
    if len(codes) == 1 and best.key not in codes and about.score < FIRM:
        own = next((like.score for like in likes if like.key == codes[0]), 0.0)
        if own < OVERRULED * best.score and lead >= LEAD:
            return ((best.key, codes[0]), "dấu hiệu và cả câu không khớp: hỏi lại") if about.firm else ((best.key,), "cả câu giống hẳn một tờ khác")
        if own < RIVAL * best.score and not about.firm:
            return (best.key, codes[0]), "cả câu giống một tờ khác hơn: hỏi lại"
    if not codes and words >= TOLD and best.score >= ALONE and lead >= ALONE_LEAD:
        near = tuple(like.key for like in likes[:4] if like.key in served)
        return near[:3] if len(near) > 1 else codes, "cả câu giống các tờ này"
    return codes, ""


def one_of(codes: Sequence[str], likes: Sequence[Like], words: int, served: Iterable[str]) -> str:
    """The one leaflet that a message is like as a whole although it seemed to ask for several; "" where each is asked for."""
    if len(codes) < 2 or len(likes) < 2 or words < SAID or likes[0].key not in served:
        return ""
    best, known = likes[0], {like.key: like.score for like in likes}
    if best.key not in codes:
        return best.key if best.score - likes[1].score >= LEAD else ""
    return best.key if all(known.get(code, 0.0) < PART * best.score for code in codes if code != best.key) else ""
