"""What syllables our texts use and which follow each other: the measure by which a typed word is read."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.understand.tokens import plain

_PAIR = 0.9  # share of a pair's own count in its likelihood; the rest falls back on the single syllable


@dataclass(frozen=True)
class Vocabulary:
    """Syllables with accents, their counts and their pairs. Built once, read only afterwards."""

    single: dict[str, int]
    pairs: dict[tuple[str, str], int]
    forms: dict[str, tuple[str, ...]]  # without accents → accented forms, most used first
    total: int = 1
    bare: tuple[str, ...] = ()  # all forms without accents
    written: tuple[str, ...] = ()  # all forms with accents, as written

    def cost(self, before: str, token: str) -> float:
        """How surprising `token` is after `before`, in nats; less is likelier."""
        seen = self.single.get(token, 0)
        alone = (seen + 0.05) / (self.total + 1)
        pair = self.pairs.get((before, token))
        if pair:
            return -math.log(_PAIR * pair / (self.single.get(before, pair) + 1) + (1 - _PAIR) * alone)
        return -math.log((1 - _PAIR) * alone)


def vocabulary(texts: Iterable[tuple[Sequence[str], int]]) -> Vocabulary:
    """The vocabulary of tokenised texts, each with the weight that it counts for."""
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text, weight in texts:
        for token in text:
            single[token] += weight
        for pair in pairwise(text):
            pairs[pair] += weight
    forms: defaultdict[str, list[str]] = defaultdict(list)
    for token, _ in single.most_common():
        if token.isalpha():
            forms[plain(token)].append(token)
    ordered = {bare: tuple(found) for bare, found in forms.items()}
    return Vocabulary(
        dict(single), dict(pairs), ordered, max(1, sum(single.values())), tuple(ordered), tuple(t for t in single if t.isalpha() and len(t) > 1)
    )
