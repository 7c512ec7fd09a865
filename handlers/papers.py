"""The documents of a dossier on a phone: always needed ones, those of a case, those only to show, and their forms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.texts import Texts
from bot.turn import Turn
from handlers.wording import bullets, mid_sentence, not_published, silent
from knowledge.model import Paper, Procedure
from knowledge.procedure import unpublished
from knowledge.words import fold

NAMED_CASES = 4


def counted(t: Texts, item: Paper) -> list[str]:
    """How many originals and copies; a number never parts from its noun."""
    found = [t("{n} bản chính", n=item.originals)] if item.originals else []
    found += [t("{n} bản sao", n=item.copies)] if item.copies else []
    return [words.replace(" ", "\u00a0") for words in found]


def paper(t: Texts, item: Paper) -> str:
    """A document with how many originals and copies, and its form."""
    parts = counted(t, item)
    if item.form and fold(item.form) not in fold(item.name):
        parts.append(t("theo {form}", form=item.form) if fold(item.form).startswith("mau ") else t("mẫu: {form}", form=item.form))
    return f"{item.name} ({', '.join(parts)})" if parts else item.name


def published(items: Sequence[Paper]) -> tuple[Paper, ...]:
    """The documents that the source names."""
    return tuple(p for p in items if not silent(p.name))


def cases(procedure: Procedure) -> tuple[str, ...]:
    """The circumstances under which further papers are needed, in order."""
    return tuple(dict.fromkeys(p.case for p in (*procedure.papers, *procedure.shown) if p.case))


def always(procedure: Procedure) -> tuple[Paper, ...]:
    """The documents that everybody brings, whatever the case."""
    return tuple(p for p in published((*procedure.papers, *procedure.shown)) if not p.case)


def documents(turn: Turn, procedure: Procedure, chosen: Sequence[str] = (), mark: str = "•") -> str:
    """The papers of one's own case: always needed ones, those of the chosen cases, those to show, those not needed."""
    t = turn.t
    papers, shown = published(procedure.papers), published(procedure.shown)
    if not papers and not shown:
        return not_published(turn)
    wanted = [p for p in papers if not p.case or p.case in chosen]
    visible = [p for p in shown if not p.case or p.case in chosen]
    parts = [t("Anh/chị cần nộp:") + "\n" + bullets((paper(t, p) for p in wanted), mark)] if wanted else []
    parts += [t("Mang theo để xuất trình, xem xong trả lại:") + "\n" + bullets((paper(t, p) for p in visible), mark)] if visible else []
    if not parts:
        parts.append(t("Giấy tờ tùy trường hợp của anh/chị:") + "\n\n" + by_case(turn, procedure))
    if procedure.not_needed and not unpublished(procedure.not_needed):
        parts.append(t("Không phải nộp:") + "\n" + bullets(line.text for line in procedure.not_needed))
    return "\n\n".join(parts)


def by_case(turn: Turn, procedure: Procedure) -> str:
    """The further papers, under the circumstance that each belongs to."""
    parts = []
    for case in cases(procedure):
        own = [paper(turn.t, p) for p in procedure.papers if p.case == case]
        own += [turn.t("{paper}, để xuất trình", paper=p.name) for p in procedure.shown if p.case == case]
        parts.append(f"{case}:\n{bullets(own)}")
    return "\n\n".join(parts)


def more_cases(turn: Turn, procedure: Procedure) -> str:
    """A hint that some cases need more, with the cases named; "" where there are none, or nothing but cases."""
    t, found = turn.t, [mid_sentence(c) for c in cases(procedure)]
    if not found or not always(procedure):
        return ""
    if len(found) <= NAMED_CASES:
        return t("Cần thêm giấy tờ nếu: {cases}.", cases="; ".join(found))
    rest = t.plural("và {n} trường hợp khác", "và {n} trường hợp khác", len(found) - NAMED_CASES + 1)
    return t("Cần thêm giấy tờ nếu: {cases}.", cases="; ".join((*found[: NAMED_CASES - 1], rest)))


def forms(turn: Turn, procedure: Procedure) -> str:
    """The forms to fill in, each with the document that it is for."""
    named: dict[str, str] = {}
    for item in (*procedure.papers, *procedure.shown):
        if item.form:
            name = re.split("[;,(]", item.name)[0].strip()
            named.setdefault(item.form, item.form if fold(name) in fold(item.form) else f"{name}: {mid_sentence(item.form)}")
    rows = [*named.values(), *(line.text for line in procedure.forms if not silent(line.text))]
    return bullets(dict.fromkeys(rows)) if rows else not_published(turn)
