"""The commune's questions after a rating: one tap each, any may be passed over, kept as they are given. Source: domain rules, section 5."""

from __future__ import annotations

from functools import partial

from bot.chat import Choice, Say
from bot.reports.scale import QUESTIONS, asked
from bot.store import voices
from bot.turn import Effect, Reply, Turn
from handlers import rating

SKIPPED = "skip"


async def answer(turn: Turn) -> Reply | None:
    """«Trả lời thêm …» begins; an answer is kept and leads to the next question."""
    if turn.state.step not in rating.STEPS:
        return None
    if not turn.arguments:
        return _next(turn, {})
    name, given = (*turn.arguments, "")[:2]
    answers = dict(turn.state.data["answers"])
    if turn.state.step != "rating.question" or name not in asked(turn.state.data["late"], answers):
        return None
    if given not in QUESTIONS[name].answers and given != SKIPPED:
        return None
    answers[name] = given
    kept = {key: value for key, value in answers.items() if value != SKIPPED}
    return _next(turn, answers, partial(voices.explain, chat=turn.chat, about=turn.state.data["about"], now=turn.now, answers=kept))


def _next(turn: Turn, answers: dict[str, str], *effects: Effect) -> Reply:
    t, names = turn.t, asked(turn.state.data["late"], answers)
    name = next((name for name in names if name not in answers), "")
    if not name:
        return Reply((rating.thanks(turn),), effects=effects, subject=rating.SUBJECT)
    choices = [Choice(t(label), f"rq:{name}:{given}") for given, label in QUESTIONS[name].answers.items()]
    choices.append(Choice(t("Bỏ qua"), f"rq:{name}:{SKIPPED}"))
    say = Say(t(QUESTIONS[name].text), t("Câu {n}/{total}", n=names.index(name) + 1, total=len(names)), choices=tuple(choices), replace=True)
    return Reply((say,), step="rating.question", data={**turn.state.data, "answers": answers}, effects=effects, subject=rating.SUBJECT)
