"""Phrases of the lexicon, looked up at a place of a message: a trie whose branches are words or groups of words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

V = TypeVar("V")
Groups = Mapping[str, "Phrases[bool]"]


@dataclass
class _Node(Generic[V]):
    words: dict[str, _Node[V]] = field(default_factory=dict)
    groups: dict[str, _Node[V]] = field(default_factory=dict)
    value: V | None = None


@dataclass
class Phrases(Generic[V]):
    """Phrases and what each means. Filled once, then only read. `{người}` in a phrase stands for any member of that group."""

    groups: Groups = field(default_factory=dict)
    numeric: bool = False  # stands for any number
    begins_numeric: bool = False
    _root: _Node[V] = field(default_factory=_Node)
    _begins: frozenset[str] | None = None  # the words that a phrase may begin with

    def add(self, phrase: Sequence[str], value: V) -> None:
        """Takes the phrase up; `{nhóm?}` may be absent. The first meaning given to a phrase stays."""
        if not phrase:
            return
        self._begins = None
        for words in _expanded(phrase):
            node = self._root
            for word in words:
                branches = node.groups if word.startswith("{") else node.words
                node = branches.setdefault(word.strip("{}?"), _Node())
            if node is not self._root and node.value is None:
                node.value = value

    def find(self, tokens: Sequence[str], start: int) -> tuple[int, V] | None:
        """The longest phrase that begins at `start`: where it ends and what it means."""
        if start >= len(tokens) or not self._may_begin(tokens[start]):
            return None
        best: tuple[int, V] | None = None
        waiting = [(start, self._root)]
        while waiting:
            place, node = waiting.pop()
            if node.value is not None and (best is None or place > best[0]):
                best = (place, node.value)
            if place < len(tokens) and (following := node.words.get(tokens[place])):
                waiting.append((place + 1, following))
            for name, following in node.groups.items() if place < len(tokens) else ():
                group = self.groups[name]
                if group.numeric or tokens[place] in group._root.words:
                    waiting.extend((end, following) for end in group.ends(tokens, place))
        return best

    def _may_begin(self, token: str) -> bool:
        """Whether a phrase may begin with this word."""
        if self._begins is None:
            groups = [self.groups[name] for name in self._root.groups]
            self.begins_numeric = any(g.numeric for g in groups)
            self._begins = frozenset((*self._root.words, *(w for g in groups for w in g._root.words)))
        return token in self._begins or (self.begins_numeric and token[0].isdigit())

    def every(self, tokens: Sequence[str], start: int) -> list[tuple[int, V]]:
        """All phrases that begin at `start`, longest first: where each ends and what it means."""
        if not self._may_begin(tokens[start]):
            return []
        found: list[tuple[int, V]] = []
        waiting = [(start, self._root)]
        while waiting:
            place, node = waiting.pop()
            if node.value is not None:
                found.append((place, node.value))
            if place < len(tokens):
                if following := node.words.get(tokens[place]):
                    waiting.append((place + 1, following))
                for name, following in node.groups.items():
                    waiting.extend((end, following) for end in self.groups[name].ends(tokens, place))
        return sorted(found, key=lambda item: -item[0])

    def ends(self, tokens: Sequence[str], start: int) -> list[int]:
        """Every place where a phrase that begins at `start` may end."""
        found = []
        node: _Node[V] | None = self._root
        for place in range(start, len(tokens)):
            node = node.words.get(tokens[place]) if node else None
            if node is None:
                break
            if node.value is not None:
                found.append(place + 1)
        return found

    def items(self) -> Iterator[tuple[list[str], V]]:
        """Every phrase with its meaning, groups as `{name}`."""
        waiting: list[tuple[list[str], _Node[V]]] = [([], self._root)]
        while waiting:
            path, node = waiting.pop()
            if node.value is not None:
                yield path, node.value
            waiting.extend(([*path, word], following) for word, following in node.words.items())
            waiting.extend(([*path, f"{{{name}}}"], following) for name, following in node.groups.items())

    def all(self, tokens: Sequence[str]) -> list[tuple[int, int, V]]:
        """The phrases found from left to right, longest first, none overlapping."""
        found, place = [], 0
        while place < len(tokens):
            if hit := self.find(tokens, place):
                found.append((place, hit[0], hit[1]))
                place = hit[0]
            else:
                place += 1
        return found

    def __contains__(self, tokens: Sequence[str]) -> bool:
        hit = self.find(tokens, 0)
        return hit is not None and hit[0] == len(tokens)


class Numbers(Phrases[bool]):
    """The group of all numbers, «25», «50.000»."""

    def ends(self, tokens: Sequence[str], start: int) -> list[int]:
        return [start + 1] if start < len(tokens) and tokens[start][0].isdigit() else []


def _expanded(phrase: Sequence[str]) -> Iterable[list[str]]:
    """The phrase with each optional group present and absent."""
    ways: list[list[str]] = [[]]
    for word in phrase:
        ways = [[*way, word] for way in ways] + ([list(way) for way in ways] if word.endswith("?}") else [])
    return ways
