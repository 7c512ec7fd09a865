"""Typed tokens → the words meant: accents restored, slips, Telex and VNI left-overs, glued and split words, short forms.

A lattice of readings for each token, and the cheapest way through it by which syllables follow each other in our texts (Viterbi)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.understand.telex import typed
from knowledge.understand.tokens import STOPS, half_of, plain, spelled, syllable
from knowledge.understand.vocabulary import Vocabulary

Shorts = Mapping[tuple[str, ...], tuple[str, ...]]
_FORMS_MOST = 7
_LONGEST_SYLLABLE = 7
SLIPS_MOST = 60  # words from the first among which slips are looked for
_COST = {"half": 0.8, "short": 0.5, "telex": 1.5, "glued": 2.0, "slip": 4.0, "other": 5.0, "unknown": 9.0, "plain": 5.0, "fuller": 4.0}


@dataclass(frozen=True)
class Read:
    """A word as read. `sure` is False where accents or letters were guessed."""

    text: str
    sure: bool = True
    typed: str = ""  # what was typed, where the reading is a bold guess


@lru_cache(maxsize=30_000)
def _read(text: str) -> Read:
    """Words of our own texts are equal wherever they stand."""
    return Read(text)


@dataclass(frozen=True)
class Way:
    """One reading of a token: the syllables it stands for and what it costs to believe it."""

    texts: tuple[str, ...]
    cost: float
    sure: bool
    typed: str = ""


@dataclass(frozen=True)
class Speller:
    """Reads typed tokens by the vocabulary and the short forms."""

    vocabulary: Vocabulary
    shorts: Shorts
    longest_short: int = 1

    def read(self, tokens: list[str]) -> list[Read]:
        """The words meant, stops kept in their places."""
        tokens = _joined(self._short_phrases(tokens), self.vocabulary, self.shorts)
        accented = sum(not t.isascii() for t in tokens) * 3 >= sum(t.isalpha() for t in tokens)
        lattice = [self._ways(t, accented, place < SLIPS_MOST) for place, t in enumerate(tokens)]
        return self._supported(_cheapest(lattice, self.vocabulary))

    def ours(self, tokens: list[str]) -> list[Read]:
        """The words of a text of ours: spelled rightly, short forms written out."""
        out = []
        for token in self._short_phrases(tokens):
            if token in self._alone:
                out += [_read(t) for t in self.shorts[(token,)]]
            else:
                out.append(_read(token))
        return out

    @cached_property
    def _alone(self) -> frozenset[str]:
        """The short forms of one token that are no syllables."""
        return frozenset(s[0] for s in self.shorts if len(s) == 1 and not syllable(s[0]))

    @cached_property
    def _begins(self) -> frozenset[str]:
        """The first tokens of the short forms of several."""
        return frozenset(s[0] for s in self.shorts if len(s) > 1)

    def _short_phrases(self, tokens: list[str]) -> list[str]:
        """Short forms of several tokens written out: «bn ơi» → «bạn ơi»."""
        if self._begins.isdisjoint(tokens):
            return tokens
        out: list[str] = []
        place = 0
        while place < len(tokens):
            for size in range(min(self.longest_short, len(tokens) - place), 1, -1):
                if long := self.shorts.get(tuple(tokens[place : place + size])):
                    out.extend(long)
                    place += size
                    break
            else:
                out.append(tokens[place])
                place += 1
        return out

    def _ways(self, token: str, accented: bool, slips: bool) -> list[Way]:
        if token in STOPS or not token[0].isalpha():
            return [Way((token,), 0.0, True)]
        known, short = token in self.vocabulary.single, self.shorts.get((token,))
        if short and not syllable(token):
            return [Way(short, 0.0, True)]
        if known and not short and not token.isascii():
            return [Way((token,), 0.0, True), *self._fuller(token)]
        ways = [Way(short, _COST["short"], True)] if short else []
        if known:
            ways.append(Way((token,), 0.0 if accented or not token.isascii() else 0.5, True))
        if known and accented and not short:
            return ways + self._forms(token, _COST["plain"])[:3]
        ways += self._forms(token, 0.0 if token.isascii() and not accented else _COST["half"])
        return ways or self._guesses(token, slips)

    def _supported(self, reads: list[Read]) -> list[Read]:
        """Bold guesses taken back where no neighbour bears them out."""
        pairs, out = self.vocabulary.pairs, list(reads)
        for place, read in enumerate(reads):
            if read.typed:
                before = place > 0 and (reads[place - 1].text, read.text) in pairs
                after = place + 1 < len(reads) and (read.text, reads[place + 1].text) in pairs
                if not before and not after:
                    out[place] = Read(read.typed)
        return out

    def _fuller(self, token: str) -> list[Way]:
        """The same syllable with more accents, where some may have been left out: «lao đông» for «lao động»."""
        forms = self.vocabulary.forms.get(plain(token), ())[:_FORMS_MOST]
        return [Way((f,), _COST["fuller"], False, token) for f in forms if f != token and half_of(token, f)]

    def _forms(self, token: str, cost: float) -> list[Way]:
        forms = self.vocabulary.forms.get(plain(token), ())[:_FORMS_MOST]
        if token.isascii():
            return [Way((f,), cost, False) for f in forms if f != token]
        known = token in self.vocabulary.single
        return [
            Way((f,), cost, False) if half_of(token, f) else Way((f,), _COST["other"], False, "" if known else token) for f in forms if f != token
        ]

    def _guesses(self, token: str, slips: bool) -> list[Way]:
        """Readings of a token that is no syllable of ours: other keys, glued words, a slip; itself where nothing fits."""
        single = self.vocabulary.single
        ways = [Way((t,), _COST["telex"], False) for t in typed(token) if t in single]
        ways += [Way((f,), _COST["telex"] + 0.5, False) for t in typed(token) for f in self.vocabulary.forms.get(plain(t), ())[:4] if half_of(t, f)]
        if len(token) >= 5 and (parts := _segmented(token, self.vocabulary, self.shorts)):
            ways.append(Way(tuple(self._accented(parts)), _COST["glued"], False))
        return [*ways, *(self._slips(token) if slips else ()), Way((token,), _COST["unknown"] + len(token), True)]

    def _accented(self, parts: list[str]) -> list[str]:
        """The likeliest accents of the syllables that a glued word was cut into."""
        lattice = [[Way((f,), 0.0, False) for f in self.vocabulary.forms.get(p, ())[:_FORMS_MOST]] or [Way((p,), 0.0, False)] for p in parts]
        return [read.text for read in _cheapest(lattice, self.vocabulary)]

    def _slips(self, token: str) -> list[Way]:
        """Syllables and short forms one slip away; two would be guessing."""
        if not 3 <= len(token) <= 9:
            return []
        known = self.vocabulary.bare if token.isascii() else self.vocabulary.written
        near = sorted(n for n, _, _ in process.extract(token, known, scorer=OSA.distance, score_cutoff=1, limit=8))
        if token.isascii():
            near = [f for bare in near if bare[0] == token[0] or len(token) > 3 for f in self.vocabulary.forms[bare][:3]]
        ways = [Way((f,), _COST["slip"], False, token) for f in near if f.isalpha()]
        if not syllable(token):
            forms = [s[0] for s in self.shorts if len(s) == 1 and len(s[0]) >= 3 and not syllable(s[0])]
            found = process.extract(token, forms, scorer=OSA.distance, score_cutoff=1, limit=2)
            ways += [Way(self.shorts[(short,)], _COST["slip"], False) for short, _, _ in found]
        return ways


def _cheapest(lattice: list[list[Way]], vocabulary: Vocabulary) -> list[Read]:
    """The cheapest way through the lattice."""
    best: list[tuple[float, Way | None, int]] = [(0.0, None, -1)]
    history: list[list[tuple[float, Way | None, int]]] = []
    for ways in lattice:
        step: list[tuple[float, Way | None, int]] = []
        for way in ways:
            inner = way.cost + sum(vocabulary.cost(a, b) for a, b in pairwise(way.texts))
            if len(best) == len(ways) == 1:
                step.append((0.0, way, 0))
                continue
            costs = [total + (vocabulary.cost(last.texts[-1] if last else "", way.texts[0])) for total, last, _ in best]
            at = min(range(len(costs)), key=costs.__getitem__)
            step.append((costs[at] + inner, way, at))
        history.append(step)
        best = step
    return _traced(history)


def _traced(history: list[list[tuple[float, Way | None, int]]]) -> list[Read]:
    found: list[Read] = []
    at = min(range(len(history[-1])), key=lambda i: history[-1][i][0]) if history else 0
    for step in reversed(history):
        _, way, before = step[at]
        if way:
            found.extend(Read(t, way.sure, way.typed) for t in reversed(way.texts))
        at = before
    return found[::-1]


def _known(token: str, vocabulary: Vocabulary, shorts: Shorts) -> bool:
    return token in vocabulary.single or (token.isascii() and token in vocabulary.forms) or (token,) in shorts


def _joined(tokens: list[str], vocabulary: Vocabulary, shorts: Shorts) -> list[str]:
    """Pieces of a split syllable put together: «giấ y» → «giấy»; only where a piece is no syllable and the whole is one."""
    out: list[str] = []
    for token in tokens:
        if out and token.isalpha() and out[-1].isalpha() and out[-1] + token in vocabulary.single:
            broken = not _known(out[-1], vocabulary, shorts) or (not _known(token, vocabulary, shorts) and len(token) <= 3)
            if broken and len(out[-1] + token) >= 3:
                out[-1] += token
                continue
        out.append(token)
    return out


def _segmented(token: str, vocabulary: Vocabulary, shorts: Shorts) -> list[str]:
    """A glued token cut into syllables of ours: «dangkykethon»; empty where it cannot be cut. Accents given must agree."""
    bare = plain(token)
    if len(bare) != len(token) or len(token) > 48:
        return []
    best: list[tuple[float, list[str]] | None] = [(0.0, [])] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            here = best[start]
            if here is None:
                continue
            for text in _syllables(token[start:end], vocabulary, shorts):
                cost = here[0] + 1.0 + vocabulary.cost(here[1][-1] if here[1] else "", text[0])
                current = best[end]
                if current is None or cost < current[0]:
                    best[end] = (cost, [*here[1], *text])
    found = best[-1]
    return found[1] if found and all(len(t) > 1 or t in vocabulary.single for t in found[1]) else []


def _syllables(token: str, vocabulary: Vocabulary, shorts: Shorts) -> list[tuple[str, ...]]:
    if len(token) < 2:
        return []
    token = spelled(token)
    forms = [(f,) for f in vocabulary.forms.get(plain(token), ())[:6] if token.isascii() or token == f or half_of(token, f)]
    short = shorts.get((token,)) if len(token) >= 2 and token in ("dk", "đk", "hkd", "hso", "cccd", "bhyt", "gks") else None
    return forms + ([short] if short else [])
