"""Words of a question → leaflets, best first, siblings told apart, and what may be decided from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.understand.entries import OFFICIAL
from knowledge.understand.index import Entry, Features, Index, features
from knowledge.understand.lexicon import Lexicon
from knowledge.understand.pieces import Piece, Role

# Calibrated by cross-validation on dev.jsonl, see understanding.py.
NAME_BONUS = 0.06  # for a leaflet whose own name is met
DENIED, LACKING = 0.55, 0.3  # taken off where the name says what the question denies, or lacks
LONG = 0.001  # for each word of a title: of two that fit alike the plainer comes first
VARIANT = 0.9  # for each word of a rarer variant that the question does not say
EXPIRED = 0.9  # a leaflet outside its validity yields to a valid sibling
ENOUGH, POSSIBLE = 0.38, 0.31  # scores from which to answer, and to ask back
NAMED, BY_NAME = 0.7, 0.25  # share of its name, and the score, from which a leaflet that is named need not score more
CLEAR = 0.10  # lead over the next that decides by itself
CLEAR_SIBLING = 0.25  # the same where the next is a sibling by name
POINTS = 0.08  # lead in words that only one of two is known by, from which the question tells them apart
SWAP, SWAP_NEAR = 0.25, 0.05  # the lead that puts a sibling first although its score is a little less
SAID = 0.6  # share of its own words by which a leaflet is told from a sibling
PLAIN = 0.45  # a name whose own words weigh less than this share of the sibling's own is the plain one
PLAIN_OWN = 0.15  # and less than this share of its own name
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
    for feature, share in features(aside).items():
        asked[feature] = max(asked.get(feature, 0.0), share * 0.35)
    against = {f: s for f, s in features(denied).items() if f not in asked and s >= 0.3}
    less = {f: s for f, s in features(lacking).items() if s >= 0.3}
    for feature in less:
        asked[feature] = asked.get(feature, 0.0) * 0.5
    return Query(asked, against, less)


class Finder:
    """The leaflets by their words. Built once, read only afterwards."""

    def __init__(self, entries: Sequence[Entry], expired: Iterable[str] = (), lexicon: Lexicon | None = None) -> None:
        self.index = Index(entries)
        self.names = {e.key: tuple(self._weighed(pieces) for pieces, _ in e.phrases[: e.names]) for e in entries}
        self.known = {e.key: frozenset(f for pieces, trust in e.phrases if trust >= OFFICIAL for f in features(pieces)) for e in entries}
        self.variants = {e.key: tuple(_marks(pieces, lexicon) for pieces, _ in e.phrases[: e.names]) for e in entries} if lexicon else {}
        self.actions = {e.key: _doing(e.phrases[0][0], lexicon) for e in entries} if lexicon else {}
        self.lengths = {e.key: len(e.phrases[0][0]) for e in entries}
        self.again = {e.key: _again(e.phrases[0][0]) for e in entries}
        self.expired = frozenset(expired)

    def _weighed(self, pieces: Sequence[Piece]) -> dict[str, float]:
        return {f: w for f, s in features(pieces).items() if (w := self.index.weight(f, s)) > 0}

    def rank(self, asked: Query, most: int = 12) -> list[Candidate]:
        """The candidates, best first."""
        found = self.index.search(asked.asked, most + 8)
        ranked = []
        for hit in found:
            named = self._named(hit.key, asked.asked)
            score = hit.score + NAME_BONUS * named
            score *= 1 - DENIED * self._against(hit.key, asked.denied) - LACKING * self._against(hit.key, asked.lacking)
            score -= LONG * self.lengths[hit.key]
            score *= VARIANT ** self._unsaid(hit.key, asked.asked)
            if hit.key in self.expired:
                score *= EXPIRED
            ranked.append(Candidate(hit.key, score, named, hit.phrase_part, hit.body_part))
        ranked.sort(key=lambda c: (-c.score, c.key))
        return ranked[:most]

    def _named(self, key: str, asked: Features) -> float:
        parts = []
        for name in self.names[key]:
            whole = sum(name.values())
            parts.append(sum(w for f, w in name.items() if f in asked) / whole if whole else 0.0)
        return max(parts, default=0.0)

    def _against(self, key: str, denied: Features) -> float:
        """The share of what is denied that the name of the leaflet says."""
        whole = sum(self.index.weight(f, s) for f, s in denied.items())
        if not whole:
            return 0.0
        name = {f for n in self.names[key] for f in n}
        return sum(self.index.weight(f, s) for f, s in denied.items() if f in name) / whole

    def decide(self, ranked: Sequence[Candidate], asked: Query) -> Decision:
        """Answer, ask back or neither; with the rule that decided."""
        if not ranked or (ranked[0].score < POSSIBLE and ranked[0].named < NAMED):
            return Decision()
        ranked = self._swapped(ranked, asked.asked)
        best = ranked[0]
        rivals = [c for c in ranked[1:] if best.score - c.score < self._near(best.key, c.key) * min(1.0, best.score) and c.score >= POSSIBLE * 0.7]
        open_rivals = [c for c in rivals if not self._settles(best, c, asked.asked)]
        enough = best.score >= ENOUGH or (best.named >= NAMED and best.score >= BY_NAME)
        if enough and not open_rivals:
            return Decision((best.key,), "dẫn đầu rõ" if not rivals else "từ phân biệt hoặc tên trơn quyết định", True)
        if enough and open_rivals:
            return Decision((best.key, *(c.key for c in open_rivals))[:CHOICES_MOST], "các tờ còn ngang nhau")
        faint = [c.key for c in ranked[:FAINT_MOST] if c.score >= FAINT * best.score]
        return Decision(tuple(faint) if len(faint) > 1 else tuple(c.key for c in ranked[:2]), "chưa chắc: đưa các tờ gần nhất")

    def _near(self, key: str, other: str) -> float:
        return NEAR_SIBLING if self.siblings(key, other) else NEAR

    def _settles(self, best: Candidate, rival: Candidate, asked: Features) -> bool:
        """Whether the question itself tells the best from its rival: by a word that only the best is known by, or by its plain name."""
        lead = best.score - rival.score
        if self._both_unsaid(best.key, rival.key, asked):
            return False
        if self._unsaid(rival.key, asked) > self._unsaid(best.key, asked) or self._does(best.key, rival.key, asked):
            return True
        if lead >= (CLEAR_SIBLING if self.siblings(best.key, rival.key) else CLEAR):
            return True
        if self._exclusive(best.key, rival.key, asked) - self._exclusive(rival.key, best.key, asked) >= POINTS:
            return True
        mine, theirs = self.own(best.key, rival.key), self.own(rival.key, best.key)
        said_mine, said_theirs = _share(mine, asked), _share(theirs, asked)
        if said_mine >= SAID and said_mine > said_theirs:
            return True
        if max(said_mine, said_theirs) < SAID:
            whole = sum(w for f, w in self.title(best.key).items() if " " not in f)
            return sum(mine.values()) < min(PLAIN * sum(theirs.values()), PLAIN_OWN * whole)
        return False

    def siblings(self, key: str, other: str) -> bool:
        """Whether two leaflets share most of a name."""
        mine, theirs = self.title(key), self.title(other)
        shared = sum(w for f, w in mine.items() if f in theirs)
        return shared >= 0.5 * min(sum(mine.values()), sum(theirs.values()))

    def title(self, key: str) -> dict[str, float]:
        """The words of a leaflet's title with their weights."""
        return self.names[key][0]

    def _does(self, key: str, other: str, asked: Features) -> bool:
        """Whether the question says what the first leaflet does, and not what the second does beyond it."""
        mine, theirs = self.actions.get(key, ()), self.actions.get(other, ())
        said = len(mine) > 1 and all(w in asked for w in mine) and " ".join(mine[:2]) in asked
        return said and not all(w in asked for w in theirs if w not in mine) if set(theirs) - set(mine) else said and mine != theirs

    def contains(self, key: str, other: str) -> bool:
        """Whether the name of the first leaflet says nearly all that the name of the second says."""
        mine = {f for n in self.names[key] for f in n}
        theirs = {f: w for f, w in self.title(other).items() if " " not in f}
        return sum(w for f, w in theirs.items() if f in mine) >= 0.8 * sum(theirs.values())

    def variant(self, key: str) -> bool:
        """Whether the leaflet is a variant in every one of its names."""
        return all(self.variants.get(key, ((),)))

    def _exclusive(self, key: str, other: str, asked: Features) -> float:
        """The share of the question that only the first of two leaflets is known by."""
        mine, theirs = self.known[key], self.known[other]
        weights = {f: self.index.weight(f, s) for f, s in asked.items()}
        whole = sum(weights.values())
        return sum(w for f, w in weights.items() if f in mine and f not in theirs) / whole if whole else 0.0

    def _swapped(self, ranked: Sequence[Candidate], asked: Features) -> list[Candidate]:
        """The candidates with a close second put first where it alone is known by much of what the question says."""
        best = ranked[0]
        for rival in ranked[1:4]:
            if best.score - rival.score > SWAP_NEAR or not self.siblings(best.key, rival.key):
                continue
            if self._unsaid(rival.key, asked) < self._unsaid(best.key, asked):
                return [rival, *(c for c in ranked if c is not rival)]
            if self._exclusive(rival.key, best.key, asked) - self._exclusive(best.key, rival.key, asked) >= SWAP:
                return [rival, *(c for c in ranked if c is not rival)]
        return list(ranked)

    def _both_unsaid(self, key: str, other: str, asked: Features) -> bool:
        """Whether two leaflets do different things to the same object and the question says neither what to do."""
        mine, theirs = self.actions.get(key, ()), self.actions.get(other, ())
        said = {w for way, key in ((mine, key), (theirs, other)) for w in way if w in asked and w not in self._rest(key, way)}
        if not mine or not theirs or mine == theirs or said:
            return False
        own = {f for f in (*self.own(key, other), *self.own(other, key))}
        return len(own - {*mine, *theirs}) <= 2

    def _rest(self, key: str, way: Sequence[str]) -> frozenset[str]:
        """The words of a name that come again after what it does («Cấp … diện cấp …»): said, they do not tell what is done."""
        return self.again.get(key, frozenset()) & frozenset(way)

    def _unsaid(self, key: str, asked: Features) -> float:
        """How many variants the leaflet is, of those the question does not name."""
        ways = [sum(not any(w in asked for w in said) for said in marks) for marks in self.variants.get(key, ())]
        return min(ways, default=0)

    def own(self, key: str, other: str) -> dict[str, float]:
        """The words of one leaflet's names that the other's names do not have."""
        theirs = self.known[other]
        return {f: w for f, w in self.title(key).items() if f not in theirs and " " not in f}


def _share(words: Mapping[str, float], asked: Features) -> float:
    whole = sum(words.values())
    return sum(w * asked[f] for f, w in words.items() if f in asked) / whole if whole else 0.0


def _marks(pieces: Sequence[Piece], lexicon: Lexicon) -> tuple[tuple[str, ...], ...]:
    """What makes a name a variant: each tuple holds words of which one must be said."""
    tokens = [p.text for p in pieces if p.role in (Role.WORD, Role.LIGHT)]
    found: list[tuple[str, ...]] = []
    if hit := lexicon.leading.find(tokens, 0):
        alternatives = {t for s, e, _ in lexicon.leading.all(tokens) for t in tokens[s:e]} | set(tokens[: hit[0]])
        found.append(tuple(sorted(alternatives - {"cấp", "đăng", "kí"}) or tokens[: hit[0]]))
    found += [tuple(tokens[s:e]) for s, e, _ in lexicon.marking.all(tokens)]
    return tuple(found)


def _again(pieces: Sequence[Piece]) -> frozenset[str]:
    tokens = [p.text for p in pieces]
    return frozenset(t for t in tokens if tokens.count(t) > 1)


def _doing(pieces: Sequence[Piece], lexicon: Lexicon) -> tuple[str, ...]:
    tokens = [p.text for p in pieces if p.role in (Role.WORD, Role.LIGHT)]
    hit = lexicon.doing.find(tokens, 0)
    return tuple(tokens[: hit[0]]) if hit else ()


def content(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces that say what it is about."""
    return [p for p in pieces if p.role in (Role.WORD, Role.LIGHT)]
