"""Golden questions: asked again before content is published."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from knowledge.golden import Heard, asking, broken, heard
from knowledge.loader import load
from knowledge.model import Knowledge
from knowledge.understand import Understanding
from knowledge.understand.meaning import Answer, Asked, Choose, Meaning, Other, Unknown
from tests.knowledge.conftest import TODAY

QUESTION = "Nhà tôi cần hội trường cho đám cưới"
AGREED = Heard("answer", ("9.000001",))


def only(content: Path, hall: Path, golden: str) -> Knowledge:
    """The content with this one golden question, in the leaflet of 9.000001."""
    other = hall.with_name("muon-san-bong.md")
    other.write_text(other.read_text(encoding="utf-8").partition("## Câu hỏi kiểm tra")[0], encoding="utf-8")
    hall.write_text(hall.read_text(encoding="utf-8").replace(f"{QUESTION} → trả lời", golden), encoding="utf-8")
    return load(content, TODAY)


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        (Answer((Asked("1.001193"), Asked("1.000894"))), Heard("answer", ("1.001193", "1.000894"))),
        (Choose(("1.001193", "1.000894")), Heard("choose", ("1.001193", "1.000894"))),
        (Unknown("ly-hon"), Heard("unknown", topic="ly-hon")),
        (Unknown(), Heard("unknown")),
        (Other("chao-hoi"), Heard("other", topic="chao-hoi")),
    ],
)
def test_a_meaning_is_told_as_an_outcome(meaning: Meaning, said: Heard) -> None:
    """Outcome, codes in order, and the general leaflet that took the question."""
    assert heard(meaning) == said


@pytest.mark.parametrize(
    ("golden", "got"),
    [
        ("Cần gì? → trả lời", Heard("answer", ("9.000001",))),
        ("Cần gì? → trả lời: 9.000002", Heard("answer", ("9.000002",))),
        ("Cần gì? → trả lời: 9.000001, 9.000002", Heard("answer", ("9.000002", "9.000001"))),
        ("Cần gì? → hỏi lại", Heard("choose", ("9.000002",))),
        ("Cần gì? → hỏi lại: 9.000001", Heard("choose", ("9.000002", "9.000001"))),
        ("Cần gì? → không biết", Heard("unknown", topic="ly-hon")),
        ("Cần gì? → khác", Heard("other", topic="chao-hoi")),
    ],
)
def test_a_golden_question_holds(content: Path, hall: Path, golden: str, got: Heard) -> None:
    """The outcome agrees; an answer names just the codes, a choice has them among its own."""
    assert list(broken(only(content, hall, golden), lambda _: got)) == []


@pytest.mark.parametrize(
    ("golden", "got", "message"),
    [
        ("Cần gì? → trả lời", Heard("unknown"), "cần “trả lời (9.000001)”, nhưng nay là “không biết”."),
        ("Cần gì? → trả lời", Heard("answer", ("9.000002",)), "cần “trả lời (9.000001)”, nhưng nay là “trả lời (9.000002)”."),
        ("Cần gì? → trả lời", Heard("answer", ("9.000001", "9.000002")), "cần “trả lời (9.000001)”, nhưng nay là “trả lời (9.000001, 9.000002)”."),
        ("Cần gì? → hỏi lại: 9.000001", Heard("choose", ("9.000002",)), "cần “hỏi lại (9.000001)”, nhưng nay là “hỏi lại (9.000002)”."),
        ("Cần gì? → hỏi lại", Heard("answer", ("9.000001",)), "cần “hỏi lại”, nhưng nay là “trả lời (9.000001)”."),
        ("Cần gì? → không biết", Heard("other", topic="chao-hoi"), "cần “không biết”, nhưng nay là “khác (chao-hoi)”."),
        ("Cần gì? → khác", Heard("answer", ("9.000001",)), "cần “khác”, nhưng nay là “trả lời (9.000001)”."),
    ],
)
def test_a_golden_question_that_breaks_is_told_at_its_line(content: Path, hall: Path, golden: str, got: Heard, message: str) -> None:
    """What is wanted and what came stand side by side, and it keeps the content back."""
    problems = list(broken(only(content, hall, golden), lambda _: got))
    assert [str(p) for p in problems] == [f"{hall}:57: câu hỏi kiểm tra “Cần gì?” {message}"]
    assert all(p.fatal for p in problems)


def test_the_first_is_found_without_asking_the_rest(content: Path) -> None:
    """One broken question is enough to keep a change back."""
    asked: list[str] = []

    def ask(question: str) -> Heard:
        asked.append(question)
        return Heard("unknown")

    assert next(broken(load(content, TODAY), ask)).line == 57
    assert asked == [QUESTION]


def test_what_was_broken_before_is_not_the_fault_of_the_change(content: Path) -> None:
    """Compared with the content in force, only the questions that held there count."""
    knowledge = load(content, TODAY)
    answers = {QUESTION: AGREED}
    now = Heard("unknown")
    told = [p.path.name for p in broken(knowledge, lambda _: now, before=lambda question: answers.get(question, now))]
    assert told == ["muon-hoi-truong.md"]


def test_a_general_leaflet_must_take_its_question_itself(content: Path) -> None:
    """For a general leaflet the topic counts, not the outcome alone."""
    path = content / "general" / "uy-quyen.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n## Câu hỏi kiểm tra\n- Bà tôi nộp được không? → khác\n", encoding="utf-8")
    knowledge = load(content, TODAY)
    answers = {golden.question: Heard("answer", (p.code,)) for p in knowledge.procedures for golden in p.goldens}
    right = list(broken(knowledge, lambda q: answers.get(q, Heard("other", topic="uy-quyen"))))
    wrong = list(broken(knowledge, lambda q: answers.get(q, Heard("other", topic="chao-hoi"))))
    assert right == []
    assert [str(p) for p in wrong] == [f"{path}:19: câu hỏi kiểm tra “Bà tôi nộp được không?” cần “khác (uy-quyen)”, nhưng nay là “khác (chao-hoi)”."]


def test_the_understanding_is_asked_in_a_fresh_conversation(content: Path) -> None:
    """The name of a procedure is answered by it, whatever was asked before."""
    ask = asking(Understanding(load(content, TODAY), dt.date(2026, 11, 22)))
    assert ask("Cho mượn hội trường") == ask("Cho mượn hội trường") == Heard("answer", ("9.000001",))
