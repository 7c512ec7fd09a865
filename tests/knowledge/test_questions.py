"""Questions written apart from the leaflets: the measures may not fall below what they were when the bounds were set."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.turn import Library
from knowledge.understand import Answer, Choose, Topic, Understanding

QUESTIONS = Path(__file__).parents[1] / "questions"


def asked(understanding: Understanding, messages: list[str]) -> list[tuple[str, list[str]]]:
    """The outcome and codes for each message of a conversation."""
    topic, heard = Topic(), []
    for message in messages:
        reading = understanding.read(message, topic)
        topic, meaning = reading.topic, reading.meaning
        if isinstance(meaning, Answer):
            heard.append(("answer", [a.code for a in meaning.asked]))
        else:
            heard.append(("choose", list(meaning.codes)) if isinstance(meaning, Choose) else ("unknown", []))
    return heard


def verdicts(check: dict[str, Any], outcome: str, codes: list[str]) -> dict[str, bool]:
    """What one check says: whether it misled, and whether the wanted outcome came."""
    accepted = {code for group in check["codes"] for code in group}
    wrong = outcome == "answer" and (not accepted & set(codes) or bool(set(check.get("forbid", ())) & set(codes[:1])))
    if check.get("soft"):
        return {"misleading": wrong}
    heads = codes[:1] if len(check["codes"]) == 1 else codes
    whole = all(set(group) & set(heads) for group in check["codes"])
    return {"misleading": wrong, check["want"]: outcome == check["want"] and not wrong and (whole or check["want"] != "answer")}


def measured(understanding: Understanding, path: Path) -> dict[str, float]:
    """Each measure of a file in percent."""
    hits, all_ = Counter[str](), Counter[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        heard = asked(understanding, question["messages"])
        for check in question["checks"]:
            for name, value in verdicts(check, *heard[check["turn"]]).items():
                hits[name] += value
                all_[name] += 1
    return {name: 100 * hits[name] / all_[name] for name in all_}


@pytest.mark.parametrize(
    ("name", "answer", "choose", "unknown", "misleading"),
    [("a.jsonl", 97, 88, 97, 1), ("b.jsonl", 93, 82, 91, 3), ("c.jsonl", 90, 78, 95, 2), ("d.jsonl", 96, 95, 95, 1)],
)
def test_no_ground_is_lost(library: Library, name: str, answer: float, choose: float, unknown: float, misleading: float) -> None:
    """At least so many answers right, questions asked back, matters refused; at most so many that mislead."""
    found = measured(library.understanding, QUESTIONS / name)
    assert found["answer"] >= answer, found
    assert found["choose"] >= choose, found
    assert found["unknown"] >= unknown, found
    assert found["misleading"] <= misleading, found


def test_every_procedure_has_questions(library: Library) -> None:
    """No leaflet without a question of somebody who did not write it."""
    text = "".join((QUESTIONS / name).read_text(encoding="utf-8") for name in ("a.jsonl", "b.jsonl"))
    assert [p.code for p in library.knowledge.procedures if not any(code in text for code in (p.code, *p.former_codes))] == []
