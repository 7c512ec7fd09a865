"""From a leaflet to one's own case: its questions one by one, then the checklist. The answers so far are in the button."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Choice, Say
from bot.turn import Outcome, Reply, Turn
from handlers import card as cards
from handlers import papers, show, wording
from handlers.listing import gone, number
from handlers.questions import back, named, not_in_force, topic_of
from knowledge.model import Aspect, Procedure


async def narrow(turn: Turn) -> Reply:
    """Asks the leaflet's questions one by one (the answers so far are in the button), then gives the checklist."""
    path = (*turn.arguments, "", "")[1]
    procedure, taken = named(turn), [number(n) for n in path.split(".") if n]
    if procedure is None or not procedure.narrowings or len(taken) > len(procedure.narrowings):
        return gone(turn)
    if not procedure.valid_on(turn.now.date()):
        return Reply((not_in_force(turn, procedure),), procedures=(procedure.code,))
    if any(not 0 <= n < len(q.options) for n, q in zip(taken, procedure.narrowings, strict=False)):
        return gone(turn)
    if len(taken) < len(procedure.narrowings):
        return _next_question(turn, procedure, taken)
    return _checklist(turn, procedure, taken)


def _path(procedure: Procedure, taken: Sequence[int]) -> str:
    return f"n:{procedure.code}:{'.'.join(map(str, taken))}".rstrip(":")


def _next_question(turn: Turn, procedure: Procedure, taken: Sequence[int]) -> Reply:
    question = procedure.narrowings[len(taken)]
    choices = tuple(Choice(o.label, _path(procedure, (*taken, n))) for n, o in enumerate(question.options))
    before = Choice(turn.t("Quay lại câu trước"), _path(procedure, taken[:-1])) if taken else back(turn, procedure)
    total = len(procedure.narrowings)
    progress = turn.t("Câu {n} trên {total}", n=len(taken) + 1, total=total) + ". " if total > 1 else ""
    say = Say(progress + question.question, procedure.name, choices=(*choices, before), replace=bool(taken))
    return Reply((say,), topic=topic_of(turn, procedure), procedures=(procedure.code,))


def _checklist(turn: Turn, procedure: Procedure, taken: Sequence[int]) -> Reply:
    t = turn.t
    options = [q.options[n] for n, q in zip(taken, procedure.narrowings, strict=True)]
    chosen = [case for o in options for case in o.cases]
    picked = wording.bullets(f"{q.question} {o.label}" for q, o in zip(procedure.narrowings, options, strict=True))
    needed = papers.documents(turn, procedure, chosen, "☐")
    text = "\n\n".join((picked, needed, cards.facts(turn, procedure)))
    choices = (Choice(t("Chọn lại"), _path(procedure, ())), *show.aspect_choices(t, procedure, (Aspect.DOCUMENTS,)), back(turn, procedure))
    say = Say(text, procedure.name, show.source(turn, procedure), choices, replace=True)
    topic = topic_of(turn, procedure, (Aspect.DOCUMENTS,))
    return Reply((say,), topic=topic, outcome=Outcome.ANSWER, procedures=(procedure.code,), aspects=(Aspect.DOCUMENTS,))
