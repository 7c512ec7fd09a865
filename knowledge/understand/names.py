"""What the names of leaflets tell: how far a question says them, which leaflets are siblings, and what tells siblings apart."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.understand.entries import OFFICIAL
from knowledge.understand.index import Entry, Features, Index, features
from knowledge.understand.lexicon import Lexicon
from knowledge.understand.pieces import Piece, Role


class Names:
    """The index of leaflets with what their names tell. Built once, read only afterwards."""

    def __init__(self, entries: Iterable[Entry], lexicon: Lexicon | None = None) -> None:
        self.known: dict[str, Held] = {}
        self.variants: dict[str, tuple[tuple[tuple[str, ...], ...], ...]] = {}
        self.actions: dict[str, tuple[str, ...]] = {}
        self.again: dict[str, frozenset[str]] = {}
        self.lengths: dict[str, int] = {}
        named: dict[str, tuple[Features, ...]] = {}
        numbers: dict[str, int] = {}

        def noted() -> Iterator[Entry]:
            for entry in entries:
                named[entry.key] = tuple(features(pieces) for pieces, _ in entry.phrases[: entry.names])
                self.known[entry.key] = _held(entry, numbers)
                self._note(entry, lexicon)
                yield entry

        self.index = Index(noted())
        self.names = {key: tuple(self._weighed(name) for name in names) for key, names in named.items()}
        self.wholes = {key: tuple(sum(name.values()) for name in names) for key, names in self.names.items()}

    def _note(self, entry: Entry, lexicon: Lexicon | None) -> None:
        """What the names of an entry tell about it."""
        title = entry.phrases[0][0]
        self.lengths[entry.key] = len(title)
        self.again[entry.key] = _again(title)
        if lexicon is not None:
            self.variants[entry.key] = tuple(_marks(pieces, lexicon) for pieces, _ in entry.phrases[: entry.names])
            self.actions[entry.key] = _doing(title, lexicon)

    def _weighed(self, name: Features) -> dict[str, float]:
        return {f: w for f, s in name.items() if (w := self.index.weight(f, s)) > 0}

    def title(self, key: str) -> dict[str, float]:
        """The words of a leaflet's title with their weights."""
        return self.names[key][0]

    def named(self, key: str, asked: Features) -> float:
        """The share of its own name, of the one that fits best, that the question says."""
        best = 0.0
        for name, whole in zip(self.names[key], self.wholes[key], strict=True):
            met = 0.0
            for feature in name.keys() & asked.keys():
                met += name[feature]
            best = max(best, met / whole if whole else 0.0)
        return best

    def against(self, key: str, denied: Features) -> float:
        """The share of what is denied that the name of the leaflet says."""
        if not denied:
            return 0.0
        whole = sum(self.index.weight(f, s) for f, s in denied.items())
        if not whole:
            return 0.0
        name = {f for n in self.names[key] for f in n}
        return sum(self.index.weight(f, s) for f, s in denied.items() if f in name) / whole

    def holds(self, key: str, asked: Features) -> bool:
        """Whether one of the leaflet's own names says every word that is asked."""
        words = [f for f in asked if " " not in f]
        return any(all(f in name for f in words) for name in self.names[key])

    def siblings(self, key: str, other: str) -> bool:
        """Whether two leaflets share most of a name."""
        mine, theirs = self.title(key), self.title(other)
        shared = sum(w for f, w in mine.items() if f in theirs)
        return shared >= 0.5 * min(sum(mine.values()), sum(theirs.values()))

    def own(self, key: str, other: str) -> dict[str, float]:
        """The words of one leaflet's names that the other's names do not have."""
        theirs = self.known[other]
        return {f: w for f, w in self.title(key).items() if f not in theirs and " " not in f}

    def exclusive(self, key: str, other: str, asked: Features) -> float:
        """The share of the question that only the first of two leaflets is known by."""
        mine, theirs = self.known[key], self.known[other]
        weights = {f: self.index.weight(f, s) for f, s in asked.items()}
        whole = sum(weights.values())
        return sum(w for f, w in weights.items() if f in mine and f not in theirs) / whole if whole else 0.0

    def contains(self, key: str, other: str) -> bool:
        """Whether the name of the first leaflet says nearly all that the name of the second says."""
        mine = {f for n in self.names[key] for f in n}
        theirs = {f: w for f, w in self.title(other).items() if " " not in f}
        return sum(w for f, w in theirs.items() if f in mine) >= 0.8 * sum(theirs.values())

    def does(self, key: str, other: str, asked: Features) -> bool:
        """Whether the question says what the first leaflet does, and not what the second does beyond it."""
        mine, theirs = self.actions.get(key, ()), self.actions.get(other, ())
        said = len(mine) > 1 and all(w in asked for w in mine) and " ".join(mine[:2]) in asked
        return said and not all(w in asked for w in theirs if w not in mine) if set(theirs) - set(mine) else said and mine != theirs

    def both_unsaid(self, key: str, other: str, asked: Features) -> bool:
        """Whether two leaflets do different things to the same object and the question says neither what to do."""
        mine, theirs = self.actions.get(key, ()), self.actions.get(other, ())
        said = {w for way, key in ((mine, key), (theirs, other)) for w in way if w in asked and w not in self._rest(key, way)}
        if not mine or not theirs or mine == theirs or said:
            return False
        own = {*self.own(key, other), *self.own(other, key)}
        return len(own - {*mine, *theirs}) <= 2

    def _rest(self, key: str, way: Sequence[str]) -> frozenset[str]:
        """The words of a name that come again after what it does («Cấp … diện cấp …»): said, they do not tell what is done."""
        return self.again.get(key, frozenset()) & frozenset(way)

    def unsaid(self, key: str, asked: Features) -> float:
        """How many variants the leaflet is, of those the question does not name."""
        variants = self.variants.get(key, ())
        if not all(variants):
            return 0
        return min((sum(asked.keys().isdisjoint(said) for said in marks) for marks in variants), default=0)

    def variant(self, key: str) -> bool:
        """Whether the leaflet is a variant in every one of its names."""
        return all(self.variants.get(key, ((),)))


@dataclass(frozen=True)
class Held:
    """The features of a leaflet's names, as sorted numbers: a set that fits thousands of leaflets."""

    numbers: Mapping[str, int]
    held: array[int]

    def __contains__(self, feature: str) -> bool:
        number = self.numbers.get(feature, -1)
        at = bisect_left(self.held, number) if number >= 0 else len(self.held)
        return at < len(self.held) and self.held[at] == number


def _held(entry: Entry, numbers: dict[str, int]) -> Held:
    own = {f for pieces, trust in entry.phrases if trust >= OFFICIAL for f in features(pieces)}
    return Held(numbers, array("I", sorted(numbers.setdefault(f, len(numbers)) for f in own)))


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
