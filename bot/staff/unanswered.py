"""The questions that found no answer, those alike together, so that a clerk sees which leaflet is missing most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.store.figures import scrub
from bot.texts import Texts
from knowledge.words import fold

SHOWN = 10
ALIKE = 80.0  # of 100, by the words that are left once those of asking are gone
_SAMPLE_MOST = 100
_DIGITS = re.compile(r"\d")
_ASKING = re.compile(
    r"\b(?:xin|cho|toi|em|minh|chau|bac|anh|chi|ad|hoi|muon|can|nhung|cac|gi|nao|the nao|nhu|lam sao|lam|thu tuc|ho so|giay to|o dau|dau|bao nhieu"
    r"|bao lau|khi|mat|phai|thi|la|va|co|duoc|khong|a|nhe|nha|voi|ve|de|vay|viec)\b"
)


@dataclass(frozen=True)
class Group:
    """Questions that are alike: one of them, and how many they are."""

    sample: str
    count: int


def grouped(questions: Iterable[str]) -> list[Group]:
    """The questions in groups of like ones, the largest first; of each group its most frequent wording, scrubbed and without digits."""
    wordings: dict[str, Counter[str]] = {}
    for question in questions:
        core = " ".join(_ASKING.sub(" ", fold(question)).split()) or fold(question)
        wordings.setdefault(core, Counter())[question] += 1
    groups: dict[str, Counter[str]] = {}
    for core, own in sorted(wordings.items(), key=lambda item: (-item[1].total(), item[0])):
        near = process.extractOne(core, groups.keys(), scorer=fuzz.token_set_ratio, score_cutoff=ALIKE)
        groups.setdefault(near[0] if near else core, Counter()).update(own)
    found = [Group(_shown(own.most_common(1)[0][0]), own.total()) for own in groups.values()]
    return sorted(found, key=lambda group: (-group.count, group.sample))


def _shown(question: str) -> str:
    text = " ".join(_DIGITS.sub("•", scrub(question)).split())
    return text if len(text) <= _SAMPLE_MOST else text[: _SAMPLE_MOST - 1].rstrip() + "…"


def worded(t: Texts, groups: list[Group]) -> str:
    """The groups for a message: the largest ones, then how many more there are."""
    lines = [f"• {group.sample}" + (f" ({group.count}×)" if group.count > 1 else "") for group in groups[:SHOWN]]
    rest = sum(group.count for group in groups[SHOWN:])
    if rest:
        lines.append(t.plural("và {n} câu khác.", "và {n} câu khác.", rest))
    return "\n".join(lines)
