"""How a leaflet reads on a phone: the parts of an answer as text, in short lines, with the source under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.chat import Choice
from bot.texts import Texts, n_
from bot.turn import Turn
from knowledge.duedate import limit_of
from knowledge.model import Aspect, General, Line, Paper, Procedure, Rate, Way
from knowledge.procedure import unpublished
from knowledge.words import fold

ASPECT_LABELS = {
    Aspect.DOCUMENTS: n_("Giấy tờ cần mang"),
    Aspect.FEE: n_("Phí, lệ phí"),
    Aspect.TIME: n_("Bao lâu có kết quả"),
    Aspect.WHERE: n_("Nộp ở đâu"),
    Aspect.ONLINE: n_("Nộp trực tuyến"),
    Aspect.STEPS: n_("Các bước"),
    Aspect.FORMS: n_("Mẫu đơn, tờ khai"),
    Aspect.CONDITIONS: n_("Điều kiện"),
    Aspect.AGENCY: n_("Cơ quan giải quyết"),
    Aspect.RESULT: n_("Kết quả nhận được"),
    Aspect.LEGAL_BASIS: n_("Căn cứ pháp lý"),
}
WAY_LABELS = {Way.DIRECT: n_("Trực tiếp"), Way.ONLINE: n_("Trực tuyến"), Way.POST: n_("Qua bưu chính")}
CARD_PAPERS = 5
LONG_LIST = 9
_UNPUBLISHED = fold("Chưa công bố")


def telephones(turn: Turn) -> str:
    """The desk's telephones as one text."""
    return ", ".join(turn.knowledge.office.telephones)


def not_published(turn: Turn) -> str:
    """What is said where the source is silent: never a guess, always where to ask."""
    return turn.t("Nguồn chính thức chưa công bố mục này. Anh/chị hỏi bàn một cửa: {phone}.", phone=telephones(turn))


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def source(turn: Turn, procedure: Procedure) -> str:
    """The line under every answer: where it comes from and when it was last checked."""
    t = turn.t
    parts = [t("Nguồn: {source}", source=procedure.source)]
    if procedure.checked:
        parts.append(t("kiểm tra ngày {date}", date=t.date(procedure.checked)))
    parts.append(t("mã {code}", code=procedure.code))
    ending = f"\n{t('Thủ tục này có hiệu lực đến {date}.', date=t.date(procedure.valid_until))}" if procedure.valid_until else ""
    return " · ".join(parts) + ending + (f"\n{t('Tờ hướng dẫn chỉ có tiếng Việt.')}" if t.language != "vi" else "")


def general_source(turn: Turn, general: General) -> str:
    t = turn.t
    parts = [t("Nguồn: {source}", source=general.source)] if general.source and fold(general.source) != _UNPUBLISHED else []
    parts += [t("kiểm tra ngày {date}", date=t.date(general.checked))] if general.checked else []
    return " · ".join(parts) + (f"\n{t('Tờ hướng dẫn chỉ có tiếng Việt.')}" if t.language != "vi" else "")


def paper(t: Texts, item: Paper) -> str:
    """A document with how many originals and copies, and its form."""
    counts = [t("{n} bản chính", n=item.originals)] if item.originals else []
    counts += [t("{n} bản sao", n=item.copies)] if item.copies else []
    counts += [t("mẫu: {form}", form=item.form)] if item.form and fold(item.form) not in fold(item.name) else []
    return f"{item.name} ({', '.join(counts)})" if counts else item.name


def _published(items: Sequence[Paper]) -> tuple[Paper, ...]:
    return tuple(p for p in items if fold(p.name) != _UNPUBLISHED)


def cases(procedure: Procedure) -> tuple[str, ...]:
    """The circumstances under which further papers are needed, in order."""
    return tuple(dict.fromkeys(p.case for p in (*procedure.papers, *procedure.shown) if p.case))


def documents(turn: Turn, procedure: Procedure, chosen: Sequence[str] = ()) -> str:
    """The papers of one's own case: always needed ones, those of the chosen cases, those to show, those not needed."""
    t = turn.t
    papers, shown = _published(procedure.papers), _published(procedure.shown)
    if not papers and not shown:
        return not_published(turn)
    wanted = [p for p in papers if not p.case or p.case in chosen]
    parts = [t("Anh/chị cần nộp:") + "\n" + bullets(paper(t, p) for p in wanted)] if wanted else []
    if visible := [p for p in shown if not p.case or p.case in chosen]:
        parts.append(t("Mang theo để xuất trình, xem xong trả lại:") + "\n" + bullets(paper(t, p) for p in visible))
    if not wanted and not chosen and cases(procedure):
        parts.append(t("Giấy tờ tùy theo trường hợp của anh/chị:") + "\n" + by_case(turn, procedure))
    if procedure.not_needed and not unpublished(procedure.not_needed):
        parts.append(t("Không phải nộp:") + "\n" + bullets(line.text for line in procedure.not_needed))
    return "\n\n".join(parts)


def by_case(turn: Turn, procedure: Procedure) -> str:
    """The further papers, under the circumstance that each belongs to."""
    parts = []
    for case in cases(procedure):
        own = [p for p in (*procedure.papers, *procedure.shown) if p.case == case]
        parts.append(f"{case}:\n{bullets(paper(turn.t, p) for p in own)}")
    return "\n\n".join(parts)


def more_cases(turn: Turn, procedure: Procedure) -> str:
    """A hint that some cases need more, with the cases named."""
    found = cases(procedure)
    if not found:
        return ""
    named = "; ".join(c[0].lower() + c[1:] for c in found[:3])
    if len(found) > 3:
        return turn.t("Cần thêm giấy tờ nếu: {cases}; và vài trường hợp khác.", cases=named)
    return turn.t("Cần thêm giấy tờ nếu: {cases}.", cases=named)


def rates(turn: Turn, found: Sequence[Rate]) -> str:
    """Fees or times: one line where every way is alike, else a line a way, under its case where there are cases."""
    if not found or all(fold(r.text) == _UNPUBLISHED for r in found):
        return not_published(turn)
    parts = []
    for case in dict.fromkeys(r.case for r in found):
        own = [r for r in found if r.case == case]
        parts.append((f"{case}:\n" if case else "") + _by_way(turn.t, own))
    return "\n".join(parts)


def _by_way(t: Texts, own: Sequence[Rate]) -> str:
    ways = {r.way for r in own}
    if len({r.text for r in own}) == 1 and (ways == {Way.ANY} or len(ways) == 3):
        return own[0].text
    return bullets(f"{t(WAY_LABELS[r.way])}: {r.text}" if r.way in WAY_LABELS else r.text for r in own)


def lines(turn: Turn, found: Sequence[Line]) -> str:
    """A section's lines as bullets under their cases."""
    if not found or unpublished(tuple(found)):
        return not_published(turn)
    parts = []
    for case in dict.fromkeys(line.case for line in found):
        own = bullets(line.text for line in found if line.case == case)
        parts.append(f"{case}:\n{own}" if case else own)
    return "\n".join(parts)


def steps(turn: Turn, found: Sequence[Line]) -> str:
    if not found or unpublished(tuple(found)):
        return not_published(turn)
    return "\n".join(f"{n}. {line.text}" for n, line in enumerate(found, 1))


def forms(turn: Turn, procedure: Procedure) -> str:
    """The forms to fill in, by name."""
    named = [p.form for p in (*procedure.papers, *procedure.shown) if p.form]
    named += [line.text for line in procedure.forms if fold(line.text) != _UNPUBLISHED]
    return bullets(dict.fromkeys(named)) if named else not_published(turn)


def stated(turn: Turn, value: str) -> str:
    """A key's value, or that it is not published."""
    return value if value and fold(value) != _UNPUBLISHED else not_published(turn)


def where(turn: Turn, procedure: Procedure) -> str:
    return turn.t("Nơi nộp: {where}", where=stated(turn, procedure.where)) if procedure.where else not_published(turn)


def aspect(turn: Turn, procedure: Procedure, asked: Aspect) -> str:
    """What the leaflet says of one aspect."""
    match asked:
        case Aspect.DOCUMENTS:
            return "\n\n".join(p for p in (documents(turn, procedure), more_cases(turn, procedure)) if p)
        case Aspect.FEE:
            return rates(turn, procedure.fees)
        case Aspect.TIME:
            return rates(turn, procedure.times)
        case Aspect.WHERE:
            return stated(turn, procedure.where)
        case Aspect.AGENCY:
            return stated(turn, procedure.agency)
        case Aspect.ONLINE:
            return stated(turn, procedure.online)
        case Aspect.FORMS:
            return forms(turn, procedure)
        case Aspect.STEPS:
            return steps(turn, procedure.steps)
        case Aspect.CONDITIONS:
            return lines(turn, procedure.conditions or procedure.who)
        case Aspect.LEGAL_BASIS:
            return lines(turn, procedure.legal_basis)
        case Aspect.RESULT:
            return lines(turn, procedure.result)


def card(turn: Turn, procedure: Procedure) -> str:
    """The short card: what it is, what to bring, fee, time, where."""
    t = turn.t
    papers = [p for p in _published(procedure.papers) if not p.case]
    bring = [paper(t, p) for p in papers[:CARD_PAPERS]]
    bring += [t("và {n} giấy tờ nữa", n=len(papers) - CARD_PAPERS)] if len(papers) > CARD_PAPERS else []
    bring += [t("{paper}, để xuất trình", paper=paper(t, p)) for p in _published(procedure.shown)[:2] if not p.case]
    parts = [procedure.summary] if procedure.summary else []
    hint = more_cases(turn, procedure)
    if bring or not hint:
        parts.append(t("Anh/chị cần mang theo:") + "\n" + (bullets(bring) if bring else not_published(turn)))
    parts += [hint] if hint else []
    facts = [t("Phí: {fee}", fee=one_line(turn, procedure.fees)), t("Thời gian: {time}", time=one_line(turn, procedure.times))]
    parts.append("\n".join([*facts, where(turn, procedure)]))
    return "\n\n".join(parts)


def brief(turn: Turn, procedure: Procedure) -> str:
    """The card in three lines."""
    t = turn.t
    papers = [p.name for p in _published(procedure.papers) if not p.case]
    facts = [t("Mang theo: {papers}.", papers="; ".join(papers))] if papers else []
    facts += [t("Phí: {fee}", fee=one_line(turn, procedure.fees)), t("Thời gian: {time}", time=one_line(turn, procedure.times))]
    return "\n".join(facts)


def one_line(turn: Turn, found: Sequence[Rate]) -> str:
    """Fees or times in one line; where they differ by case, the button tells the rest."""
    t = turn.t
    if not found or all(fold(r.text) == _UNPUBLISHED for r in found):
        return t("chưa công bố, hỏi {phone}", phone=telephones(turn))
    own = [r for r in found if r.case == found[0].case]
    if len({r.text for r in own}) == 1:
        text = own[0].text
    else:
        text = "; ".join(f"{t(WAY_LABELS[r.way]).lower()}: {r.text}" if r.way in WAY_LABELS else r.text for r in own)
    text = text[0].lower() + text[1:]
    return t("{text} (tùy trường hợp, bấm nút bên dưới để xem đủ)", text=text) if len({r.case for r in found}) > 1 else text


def can_reckon(procedure: Procedure) -> bool:
    """Whether any of the published times is one that can be reckoned with."""
    return any(limit_of(rate.text) for rate in procedure.times)


def yes_or_no(turn: Turn, procedure: Procedure, asked: Aspect) -> str:
    """«Có» or «Không» where the leaflet decides it, "" where it does not."""
    t = turn.t
    if asked is Aspect.ONLINE:
        answer = fold(procedure.online).split(",")[0].split(" ")[0]
        return {"co": t("Có, nộp trực tuyến được."), "khong": t("Không nộp trực tuyến được.")}.get(answer, "")
    if asked is Aspect.FEE and procedure.fees:
        free = [fold(r.text).startswith(("mien phi", "khong thu", "khong mat", "khong phai nop", "khong:")) for r in procedure.fees]
        if all(free):
            return t("Không mất phí.")
        if not any(free) and all(any(c.isdigit() for c in r.text) for r in procedure.fees):
            return t("Có, mất phí.")
    return ""


def aspect_choices(t: Texts, procedure: Procedure, told: Sequence[Aspect] = ()) -> tuple[Choice, ...]:
    """Buttons to the aspects not yet told; the commonest first, the law behind «Xem thêm»."""
    first = (Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.STEPS)
    return tuple(Choice(t(ASPECT_LABELS[a]), f"a:{procedure.code}:{a}") for a in first if a not in told)


def more_choices(t: Texts, procedure: Procedure) -> tuple[Choice, ...]:
    """Buttons to every aspect that the leaflet covers."""
    return tuple(Choice(t(label), f"a:{procedure.code}:{a}") for a, label in ASPECT_LABELS.items())
