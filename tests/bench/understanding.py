"""`python -m tests.bench.understanding`: how well questions are understood, and how fast, side by side in one run.

On dev.jsonl of the shared folder where it exists: our figures; the same questions as other hands would type them; the leaflets' own check
questions, which no leaflet phrase repeats; questions for others with their general leaflet taken away; thresholds chosen on one half of the
questions and measured on the other; simple peers; speed at the shipped size and at 6,000 leaflets (a slow part, only with `--large`)."""

from __future__ import annotations

import dataclasses
import random
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import bm25s  # type: ignore[import-untyped]
from rapidfuzz import fuzz, process

from knowledge.model import Kind, Knowledge
from knowledge.understand import Answer, Choose, Other, Understanding, Unknown, candidates
from knowledge.words import fold
from tests.bench.dev import SHARED, TODAY, codes_of, questions, score, tolerant
from tests.bench.perturb import CHANGES

Row = dict[str, Any]
Peer = Callable[[str], str]


def line(name: str, printed: str) -> str:
    """A line of the table out of what score.py prints."""
    return f"{name:22}" + "  ".join(f"{n} {value}" for n, value in re.findall(r"^(\w+) +([\d.]+) %", printed, re.M))


def measured(knowledge: Knowledge) -> None:
    understanding, rows = Understanding(knowledge, TODAY), questions()
    print(line("dev.jsonl", score(rows, understanding, knowledge)))
    for name, change in CHANGES.items():
        typed = [{**r, "messages": [change(m, random.Random(n * 7 + i)) for i, m in enumerate(r["messages"])]} for n, r in enumerate(rows)]  # noqa: S311
        print(line(f"  {name}", score(typed, understanding, knowledge)))


def checked(knowledge: Knowledge) -> None:
    """The check questions that the authors of leaflets wrote: other words than the leaflet's."""
    understanding = Understanding(knowledge, TODAY)
    asked = [(p.code, g) for p in knowledge.procedures for g in p.goldens if g.outcome == "answer"]
    meanings = [(set(g.codes or (code,)), understanding.read(g.question).meaning) for code, g in asked]
    right = sum(isinstance(m, Answer) and m.asked[0].code in want for want, m in meanings)
    wrong = sum(isinstance(m, Answer) and m.asked[0].code not in want for want, m in meanings)
    offered = sum(isinstance(m, Choose) and bool(want & set(m.codes)) for want, m in meanings)
    count = max(1, len(asked))
    print(
        f"check questions of {count}: answered {100 * right / count:.1f} %, offered {100 * offered / count:.1f} %, wrong {100 * wrong / count:.1f} %"
    )


def without_leaflet(knowledge: Knowledge) -> None:
    """Questions for other bodies, each asked with the leaflet that knows it taken away: what remains must not be a procedure."""
    elsewhere = [g for g in knowledge.generals if g.kind is Kind.ELSEWHERE and g.goldens]
    groups = [elsewhere[n::8] for n in range(8)]
    meanings = []
    for group in groups:
        less = dataclasses.replace(knowledge, generals=tuple(g for g in knowledge.generals if g not in group))
        understanding = Understanding(less, TODAY)
        meanings += [understanding.read(golden.question).meaning for general in group for golden in general.goldens]
    count = max(1, len(meanings))
    unknown, answered = sum(isinstance(m, Unknown | Other) for m in meanings), sum(isinstance(m, Answer) for m in meanings)
    print(f"unheard matters of {count}: unknown {100 * unknown / count:.1f} %, answered wrongly {100 * answered / count:.1f} %")


def crossed(knowledge: Knowledge) -> None:
    """The two thresholds that decide most, chosen on the questions of one half of the procedures and measured on the other half."""
    understanding, rows = Understanding(knowledge, TODAY), questions()
    halves = [[r for r in rows if _half(r) == side] for side in (0, 1)]
    kept = candidates.ENOUGH, candidates.POSSIBLE
    for side in (0, 1):
        found = []
        for enough in (0.32, 0.38, 0.44):
            for possible in (0.26, 0.31, 0.36):
                candidates.ENOUGH, candidates.POSSIBLE = enough, possible
                values = dict(re.findall(r"^(\w+) +([\d.]+) %", score(halves[side], understanding, knowledge), re.M))
                found.append((float(values["answer"]) + float(values["unknown"]) / 2 - float(values["misleading"]), enough, possible))
        _, candidates.ENOUGH, candidates.POSSIBLE = max(found)
        chosen = f"cross-validated {side + 1} ({candidates.ENOUGH}, {candidates.POSSIBLE})"
        print(line(chosen, score(halves[1 - side], understanding, knowledge)))
    candidates.ENOUGH, candidates.POSSIBLE = kept


def _half(row: Row) -> int:
    codes = [code for check in row["checks"] for group in check["codes"] for code in group]
    return sum(map(ord, codes[0] if codes else row["id"])) % 2


def peers(knowledge: Knowledge) -> None:
    """First answers of simple ways on the single questions that want one procedure."""
    served = codes_of(knowledge.procedures)
    rows = [r for r in questions() if len(r["messages"]) == 1 and r["checks"][0]["want"] == "answer" and len(r["checks"][0]["codes"]) == 1]
    rows = [r for r in rows if served & set(r["checks"][0]["codes"][0])]
    understanding = Understanding(knowledge, TODAY)

    def ours(text: str) -> str:
        meaning = understanding.read(text).meaning
        return meaning.asked[0].code if isinstance(meaning, Answer) else ""

    ways: dict[str, Peer] = {
        "ours": ours,
        "rapidfuzz on names": by_fuzz(knowledge),
        "SQLite FTS5": by_fts(knowledge),
        "bm25s on full text": by_bm25s(knowledge),
    }
    for name, way in ways.items():
        began = time.thread_time()
        right = sum(way(r["messages"][0]) in r["checks"][0]["codes"][0] for r in rows)
        each = (time.thread_time() - began) * 1000 / max(1, len(rows))
        print(f"peer {name:20} first right {100 * right / max(1, len(rows)):.1f} % of {len(rows)}, {each:.2f} ms each")


def by_fuzz(knowledge: Knowledge) -> Peer:
    """The nearest of all names by rapidfuzz, without accents."""
    names = {fold(name): p.code for p in knowledge.procedures for name in (p.name, *p.other_names)}

    def first(text: str) -> str:
        found = process.extractOne(fold(text), list(names), scorer=fuzz.token_set_ratio)
        return names[found[0]] if found else ""

    return first


def by_fts(knowledge: Knowledge) -> Peer:
    """The first of SQLite's full-text search with bm25, without accents, any word of the question."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE leaflets USING fts5(code UNINDEXED, name, other, questions, body)")
    for p in knowledge.procedures:
        texts = (p.name, " ".join(p.other_names), " ".join(p.questions), p.summary)
        table.execute("INSERT INTO leaflets VALUES (?, ?, ?, ?, ?)", (p.code, *map(fold, texts)))

    def first(text: str) -> str:
        words = " OR ".join(f'"{w}"' for w in re.findall(r"\w+", fold(text)))
        rows = table.execute("SELECT code FROM leaflets WHERE leaflets MATCH ? ORDER BY bm25(leaflets, 0, 5, 4, 2, 1) LIMIT 1", (words,)).fetchall()
        return str(rows[0][0]) if rows else ""

    return first


def by_bm25s(knowledge: Knowledge) -> Peer:
    """The first by bm25s over all that a leaflet says, without accents."""
    texts = [
        fold(" ".join((p.name, *p.other_names, *p.questions, p.summary, *(x.name for x in p.papers), *(line.text for line in p.steps))))
        for p in knowledge.procedures
    ]
    codes = [p.code for p in knowledge.procedures]
    index = bm25s.BM25()
    index.index([re.findall(r"\w+", text) for text in texts], show_progress=False)

    def first(text: str) -> str:
        words = re.findall(r"\w+", fold(text))
        found, scores = index.retrieve([words], k=1, show_progress=False)
        return codes[int(found[0][0])] if float(scores[0][0]) > 0 else ""

    return first


def timed(knowledge: Knowledge) -> None:
    """Time of this thread, so that neighbours on the machine count less."""
    began = time.thread_time()
    understanding = Understanding(knowledge, TODAY)
    built = time.thread_time() - began
    took = sorted(_milliseconds(understanding, m) for r in questions() for m in r["messages"])
    worst = max(_milliseconds(understanding, text) for text in ODD)
    print(
        f"{len(knowledge.procedures)} procedures: built in {built:.2f} s; a message median {took[len(took) // 2]:.2f} ms, "
        f"p99 {took[len(took) * 99 // 100]:.2f} ms; the worst of {len(ODD)} odd ones {worst:.1f} ms"
    )


ODD = (
    "a" * 10_000,
    "đăng ký tạm trú " * 700,
    "ab " * 4_000,
    "dangkytamtru" * 800,
    "chồng tôi mất " * 800,
    "\u0301" * 10_000,
    "xin chao ban toi hoi " * 500,
)


def _milliseconds(understanding: Understanding, text: str) -> float:
    began = time.thread_time()
    understanding.read(text)
    return (time.thread_time() - began) * 1000


def enlarged(knowledge: Knowledge, count: int = 6_000) -> Knowledge:
    """The same leaflets over and over, a third of the words of each copy exchanged for others."""
    source = random.Random(1)  # noqa: S311 - not for secrets
    words = [w for p in knowledge.procedures for text in (p.name, *p.other_names, *p.questions) for w in text.split()]

    def other(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(" ".join(w if source.random() > 0.35 else source.choice(words) for w in t.split()) for t in texts)

    copies = [
        dataclasses.replace(
            p,
            code=f"9.{n:03}{i:03}",
            former_codes=(),
            short_name="",
            name=other([p.name])[0],
            other_names=other(p.other_names),
            questions=other(p.questions),
        )
        for n in range(1 + count // max(1, len(knowledge.procedures)))
        for i, p in enumerate(knowledge.procedures)
    ]
    return dataclasses.replace(knowledge, procedures=(*knowledge.procedures, *copies)[:count])


def main(arguments: Sequence[str]) -> int:
    knowledge = tolerant()
    print(f"{len(knowledge.procedures)} procedures, {len(knowledge.generals)} general leaflets")
    if not (SHARED / "dev.jsonl").exists():
        print(f"no {SHARED / 'dev.jsonl'}: only the check questions")
        checked(knowledge)
        return 0
    for part in (measured, checked, without_leaflet, peers, crossed, timed):
        part(knowledge)
    if "--large" in arguments:
        timed(enlarged(knowledge))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
