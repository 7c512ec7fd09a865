"""Golden questions: what the author of a leaflet wants to keep working, asked again before content is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge.model import General, Golden, Knowledge, Problem, Procedure
from knowledge.understand import Understanding
from knowledge.understand.meaning import Answer, Choose, Meaning, Unknown

WORDS = {"answer": "trả lời", "choose": "hỏi lại", "unknown": "không biết", "other": "khác"}


@dataclass(frozen=True)
class Heard:
    """What a question got: the outcome, the codes answered or offered, and the general leaflet that took it."""

    outcome: str
    codes: tuple[str, ...] = ()
    topic: str = ""


Ask = Callable[[str], Heard]


def asking(understanding: Understanding) -> Ask:
    """Asks a question in a fresh conversation."""
    return lambda question: heard(understanding.read(question).meaning)


def heard(meaning: Meaning) -> Heard:
    """A meaning in the words of the golden questions."""
    if isinstance(meaning, Answer):
        return Heard("answer", tuple(asked.code for asked in meaning.asked))
    if isinstance(meaning, Choose):
        return Heard("choose", meaning.codes)
    return Heard("unknown" if isinstance(meaning, Unknown) else "other", topic=meaning.topic)


def broken(knowledge: Knowledge, ask: Ask, before: Ask | None = None) -> Iterator[Problem]:
    """The golden questions that do not hold, in the order of the leaflets; the first is enough to keep a change back.

    With `before`, which asks the content in force, only those that the change breaks."""
    leaflets: tuple[Procedure | General, ...] = (*knowledge.procedures, *knowledge.generals)
    for leaflet in leaflets:
        for golden in leaflet.goldens:
            want, got = _wanted(leaflet, golden), ask(golden.question)
            if not _holds(want, got) and (before is None or _holds(want, before(golden.question))):
                message = f"câu hỏi kiểm tra “{golden.question}” cần “{_told(want)}”, nhưng nay là “{_told(got)}”."
                yield Problem(leaflet.path, golden.line, message)


def _wanted(leaflet: Procedure | General, golden: Golden) -> Heard:
    """What the author expects: this leaflet, unless other codes are written."""
    if golden.codes or golden.outcome == "choose":
        return Heard(golden.outcome, golden.codes)
    if isinstance(leaflet, General):
        return Heard(golden.outcome, topic=leaflet.topic)
    return Heard(golden.outcome, (leaflet.code,) if golden.outcome == "answer" else ())


def _holds(want: Heard, got: Heard) -> bool:
    """The outcome and what is named must agree: the same codes in an answer, among those offered in a choice."""
    if want.outcome != got.outcome or (want.topic and want.topic != got.topic):
        return False
    return set(want.codes) <= set(got.codes) if want.outcome == "choose" else not want.codes or set(want.codes) == set(got.codes)


def _told(heard: Heard) -> str:
    named = ", ".join(heard.codes) or heard.topic
    return f"{WORDS[heard.outcome]} ({named})" if named else WORDS[heard.outcome]
