"""The short card of a procedure, its three-line form, and several procedures side by side."""

from __future__ import annotations

from collections.abc import Sequence

from bot.turn import Turn
from handlers import papers, show, wording
from handlers.show import ASPECT_LABELS
from handlers.wording import bullets
from knowledge.model import Aspect, Paper, Procedure, Rate

MOST_PAPERS = 5
MOST_CASES = 8
LONG_LINE = 100
SHORT_FORM = 12


def card(turn: Turn, procedure: Procedure) -> str:
    """What it is, what to bring, fee, time, where."""
    parts = (procedure.summary, _bring(turn, procedure), papers.more_cases(turn, procedure), facts(turn, procedure, place=True))
    return "\n\n".join(part for part in parts if part)


def _bring(turn: Turn, procedure: Procedure) -> str:
    t = turn.t
    needed = [p for p in papers.published(procedure.papers) if not p.case]
    rows = [_paper(turn, p) for p in needed[:MOST_PAPERS]]
    rows += [t.plural("và {n} giấy tờ nữa", "và {n} giấy tờ nữa", len(needed) - MOST_PAPERS)] if len(needed) > MOST_PAPERS else []
    rows += [t("{paper} (để xuất trình)", paper=p.name) for p in papers.published(procedure.shown) if not p.case]
    if rows:
        return t("Anh/chị cần mang theo:") + "\n" + bullets(rows)
    return _only_cases(turn, procedure)


def _only_cases(turn: Turn, procedure: Procedure) -> str:
    """Where every paper belongs to a case, the cases themselves are what there is to know."""
    t, found = turn.t, papers.cases(procedure)
    if not found:
        return ""
    rows = [*found[:MOST_CASES]]
    rows += [t.plural("và {n} trường hợp khác", "và {n} trường hợp khác", len(found) - MOST_CASES)] if len(found) > MOST_CASES else []
    return t("Giấy tờ tùy trường hợp của anh/chị:") + "\n" + bullets(rows)


def _paper(turn: Turn, item: Paper) -> str:
    """A document with its counts; a form only where its name is as short as CT01."""
    parts = papers.counted(turn.t, item)
    parts += [turn.t("mẫu: {form}", form=item.form)] if 0 < len(item.form) <= SHORT_FORM and item.form not in item.name else []
    return f"{item.name} ({', '.join(parts)})" if parts else item.name


def facts(turn: Turn, procedure: Procedure, *, place: bool = False) -> str:
    """Fee and time, and where to file, a line each; what is not published is said once with whom to ask."""
    t = turn.t
    rows = [t("Phí: {fee}", fee=one_line(turn, procedure.fees, Aspect.FEE))]
    rows.append(t("Thời gian: {time}", time=one_line(turn, procedure.times, Aspect.TIME)))
    known = [not show.unpriced(procedure.fees), not show.unpriced(procedure.times)]
    if place:
        known += [show.covered(procedure, Aspect.WHERE), show.covered(procedure, Aspect.DOCUMENTS)]
        rows.append(t("Nơi nộp: {where}", where=procedure.where if known[2] else t("chưa công bố")))
        rows = rows if known[3] else [t("Giấy tờ: chưa công bố"), *rows]
    if not all(known):
        rows.append(t("Phần chưa công bố, anh/chị hỏi bàn một cửa: {phone}.", phone=wording.telephones(turn)))
    return "\n".join(rows)


def brief(turn: Turn, procedure: Procedure) -> str:
    """The card in three lines."""
    names = [p.name for p in papers.always(procedure)]
    bring = turn.t("Mang theo: {papers}.", papers="; ".join(names)) if names else _only_cases(turn, procedure)
    return "\n".join(part for part in (bring, facts(turn, procedure)) if part)


def one_line(turn: Turn, found: Sequence[Rate], aspect: Aspect) -> str:
    """Fees or times in one line: all of it where it is short, else the first case with the name of the button to the rest."""
    t = turn.t
    if show.unpriced(found):
        return t("chưa công bố")
    first = [r for r in found if r.case == found[0].case]
    rows = show.by_way(t, first)
    whole = "; ".join(_row("", way if len(rows) > 1 else "", text) for way, text in rows)
    if len(first) == len(found) and (len(rows) == 1 or len(whole) <= LONG_LINE):
        return whole
    way, text = rows[0]
    start = _row(first[0].case, way if len(rows) > 1 else "", text)
    return t("{text}. Trường hợp khác: xem “{button}”.", text=start, button=t(ASPECT_LABELS[aspect]))


def _row(case: str, way: str, text: str) -> str:
    before = ", ".join(wording.mid_sentence(part) for part in (case, way) if part)
    return f"{before}: {wording.mid_sentence(text)}" if before else wording.mid_sentence(text)


def compared(turn: Turn, procedures: Sequence[Procedure]) -> str:
    """What tells procedures apart, one under the other."""
    t, parts = turn.t, []
    for p in procedures:
        needed = sum(not item.case for item in papers.published(p.papers))
        count = t.plural("{n} giấy tờ phải nộp", "{n} giấy tờ phải nộp", needed) if needed else ""
        fee, time = one_line(turn, p.fees, Aspect.FEE), one_line(turn, p.times, Aspect.TIME)
        rows = [p.hint or p.summary, count, t("Phí: {fee}", fee=fee), t("Thời gian: {time}", time=time), t("mã {code}", code=p.code)]
        parts.append(f"{p.name}\n{bullets(r for r in rows if r)}")
    return "\n\n".join(parts)
