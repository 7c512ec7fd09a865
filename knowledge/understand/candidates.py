"""Words of a question → leaflets, best first, siblings told apart, and what may be decided from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.understand.index import Entry, Features, features
from knowledge.understand.lexicon import Lexicon
from knowledge.understand.names import Names
from knowledge.understand.pieces import Piece

# Calibrated by cross-validation on dev.jsonl, see understanding.py.
NAME_BONUS = 0.06  # for a leaflet whose own name is met
DENIED, LACKING = 0.55, 0.3  # taken off where the name says what the question denies, or lacks
LONG = 0.001  # for each word of a title: of two that fit alike the plainer comes first
ASIDE = 0.25  # weight of words said beside the question
VARIANT = 0.9  # for each word of a rarer variant that the question does not say
EXPIRED = 0.9  # a leaflet outside its validity yields to a valid sibling
ENOUGH, POSSIBLE = 0.4, 0.34  # scores from which to answer, and to ask back
NAMED, BY_NAME = 0.7, 0.25  # share of its name, and the score, from which a leaflet that is named need not score more
CLEAR = 0.10  # lead over the next that decides by itself
CLEAR_SIBLING = 0.25  # the same where the next is a sibling by name
POINTS = 0.12  # lead in words that only one of two is known by, from which the question tells them apart
SWAP, SWAP_NEAR = 0.25, 0.05  # the lead that puts a sibling first although its score is a little less
SAID = 0.6  # share of its own words by which a leaflet is told from a sibling
PLAIN = 0.45  # a name whose own words weigh less than this share of the sibling's own is the plain one
PLAIN_OWN = 0.15  # and less than this share of its own name
FEW_WORDS, FEW_NAMED, FEW_MET = 3, 0.45, 0.6
FEW_SECOND, FEW_NEAR = 0.8, 0.4  # a word or two that are little of a name leave it open
FULL, HALF_NAMED, FULL_NEAR = 0.95, 0.5, 0.8  # a leaflet named in full comes before one that is not, if it is so near
WHOLE_NAME = 0.78  # share of its name from which a bare message names a leaflet
NEAR_SIBLING = 0.3
NEAR = 0.16  # candidates this near the best are worth naming
CHOICES_MOST = 6
FAINT, FAINT_MOST = 0.45, 5  # what is offered where nothing is near enough: this share of the best, so many


@dataclass(frozen=True)
class Candidate:
    """A leaflet with its score; `named` is the share of its own name that the question says, `met` of the phrase that fits best."""

    key: str
    score: float
    named: float
    met: float
    said: float  # share of the question that the leaflet explains

    def __str__(self) -> str:
        return f"{self.key} {self.score:.2f} (tên {self.named:.2f}, cụm {self.met:.2f}, câu {self.said:.2f})"


@dataclass(frozen=True)
class Query:
    """What is asked: features that speak for a leaflet, and those that speak against."""

    asked: Features
    denied: Features
    lacking: Features

    @property
    def empty(self) -> bool:
        return not any(" " not in f and share >= 0.3 for f, share in self.asked.items())


@dataclass(frozen=True)
class Decision:
    """One leaflet, several to choose from, or none."""

    keys: tuple[str, ...] = ()
    rule: str = "không tờ nào đủ gần"
    sure: bool = False


def query(main: Sequence[Piece], aside: Sequence[Piece] = (), denied: Sequence[Piece] = (), lacking: Sequence[Piece] = ()) -> Query:
    """The query of words that matter, words said beside, and words denied."""
    asked = features(main)
    beside = features(aside)
    scale = ASIDE * min(1.0, max(3, len(asked)) / max(1, len(beside)))  # a long story does not drown the question
    for feature, share in beside.items():
        asked[feature] = max(asked.get(feature, 0.0), share * scale)
    against = {f: s for f, s in features(denied).items() if f not in asked and s >= 0.3}
    less = {f: s for f, s in features(lacking).items() if s >= 0.3}
    for feature in less:
        asked[feature] = asked.get(feature, 0.0) * 0.5
    return Query(asked, against, less)


class Finder(Names):
    """The leaflets by their words. Built once, read only afterwards."""

    def __init__(self, entries: Iterable[Entry], expired: Iterable[str] = (), lexicon: Lexicon | None = None) -> None:
        super().__init__(entries, lexicon)
        self.expired = frozenset(expired)

    def rank(self, asked: Query, most: int = 12) -> list[Candidate]:
        """The candidates, best first."""
        found = self.index.search(asked.asked, most + 8)
        ranked = []
        for hit in found:
            named = self.named(hit.key, asked.asked)
            score = hit.score + NAME_BONUS * named
            score *= 1 - DENIED * self.against(hit.key, asked.denied) - LACKING * self.against(hit.key, asked.lacking)
            score -= LONG * self.lengths[hit.key]
            score *= VARIANT ** self.unsaid(hit.key, asked.asked)
            if hit.key in self.expired:
                score *= EXPIRED
            ranked.append(Candidate(hit.key, score, named, hit.phrase_part, hit.body_part))
        ranked.sort(key=lambda c: (-c.score, c.key))
        return ranked[:most]

    def open_among(self, ranked: Sequence[Candidate], asked: Query) -> tuple[str, ...]:
        """The leaflets between which a bare object leaves it open («hộ kinh doanh»); none where it is the whole name of one of them."""
        held = [c for c in ranked if self.holds(c.key, asked.asked)]
        if asked.denied or len(held) < 2 or held[0] is not ranked[0] or any(c.named >= WHOLE_NAME for c in held):
            return ()
        return tuple(c.key for c in held[:CHOICES_MOST])

    def decide(self, ranked: Sequence[Candidate], asked: Query) -> Decision:
        """Answer, ask back or neither; with the rule that decided."""
        if not ranked or (ranked[0].score < POSSIBLE and ranked[0].named < NAMED):
            return Decision()
        ranked = self._swapped(ranked, asked.asked)
        best = ranked[0]
        rivals = [c for c in ranked[1:] if best.score - c.score < self._near(best.key, c.key) * min(1.0, best.score) and c.score >= POSSIBLE * 0.7]
        open_rivals = [c for c in rivals if not self._settles(best, c, asked.asked)]
        enough = best.score >= ENOUGH or (best.named >= NAMED and best.score >= BY_NAME)
        if enough and not open_rivals and self._few(best, asked) and len(ranked) > 1 and ranked[1].score >= FEW_SECOND * best.score:
            return Decision(tuple(c.key for c in ranked[:FAINT_MOST] if c.score >= FEW_NEAR * best.score), "nói quá ít để quyết")
        if enough and not open_rivals:
            return Decision((best.key,), "dẫn đầu rõ" if not rivals else "từ phân biệt hoặc tên trơn quyết định", True)
        if enough and open_rivals:
            return Decision((best.key, *(c.key for c in open_rivals))[:CHOICES_MOST], "các tờ còn ngang nhau")
        faint = [c.key for c in ranked[:FAINT_MOST] if c.score >= FAINT * best.score]
        return Decision(tuple(faint) if len(faint) > 1 else tuple(c.key for c in ranked[:2]), "chưa chắc: đưa các tờ gần nhất")

    def _few(self, best: Candidate, asked: Query) -> bool:
        """Whether a word or two are all that is said, and they are but a small part of any of the leaflet's phrases."""
        words = sum(1 for f, share in asked.asked.items() if " " not in f and share >= 1.0)
        return words <= FEW_WORDS and best.named < FEW_NAMED and best.met < FEW_MET

    def _near(self, key: str, other: str) -> float:
        return NEAR_SIBLING if self.siblings(key, other) else NEAR

    def _settles(self, best: Candidate, rival: Candidate, asked: Features) -> bool:
        """Whether the question itself tells the best from its rival: by a word that only the best is known by, or by its plain name."""
        lead = best.score - rival.score
        if self.both_unsaid(best.key, rival.key, asked):
            return False
        if self.unsaid(rival.key, asked) > self.unsaid(best.key, asked) or self.does(best.key, rival.key, asked):
            return True
        if lead >= (CLEAR_SIBLING if self.siblings(best.key, rival.key) else CLEAR):
            return True
        if self.exclusive(best.key, rival.key, asked) - self.exclusive(rival.key, best.key, asked) >= POINTS:
            return True
        mine, theirs = self.own(best.key, rival.key), self.own(rival.key, best.key)
        said_mine, said_theirs = _share(mine, asked), _share(theirs, asked)
        if said_mine >= SAID and said_mine > said_theirs:
            return True
        if max(said_mine, said_theirs) < SAID:
            whole = sum(w for f, w in self.title(best.key).items() if " " not in f)
            return sum(mine.values()) < min(PLAIN * sum(theirs.values()), PLAIN_OWN * whole)
        return False

    def _swapped(self, ranked: Sequence[Candidate], asked: Features) -> list[Candidate]:
        """The candidates with a close second put first where it alone is known by much of what the question says."""
        best = ranked[0]
        for rival in ranked[1:3]:
            named = rival.named >= FULL and rival.met >= FULL and best.named < HALF_NAMED
            if named and rival.score >= FULL_NEAR * best.score:
                return [rival, *(c for c in ranked if c is not rival)]
        for rival in ranked[1:4]:
            if best.score - rival.score > SWAP_NEAR or not self.siblings(best.key, rival.key):
                continue
            if self.unsaid(rival.key, asked) < self.unsaid(best.key, asked):
                return [rival, *(c for c in ranked if c is not rival)]
            if self.exclusive(rival.key, best.key, asked) - self.exclusive(best.key, rival.key, asked) >= SWAP:
                return [rival, *(c for c in ranked if c is not rival)]
        return list(ranked)


def _share(words: Mapping[str, float], asked: Features) -> float:
    whole = sum(words.values())
    return sum(w * asked[f] for f, w in words.items() if f in asked) / whole if whole else 0.0
