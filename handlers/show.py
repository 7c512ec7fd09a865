"""How a leaflet reads on a phone: each aspect of an answer as text, in short lines, with the source under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.chat import Choice
from bot.texts import Texts, n_
from bot.turn import Turn
from handlers import papers
from handlers.wording import bullets, mid_sentence, not_published, silent
from knowledge.duedate import limit_of
from knowledge.model import Aspect, General, Line, Procedure, Rate, Way
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
FIRST = (Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.STEPS)
_NOTHING_TO_PAY = frozenset({"mien phi", "khong thu phi", "khong thu le phi", "khong mat phi"})
_SUM = re.compile(r"\d[\d.]*\s*(?:dong|usd)\b")


def source(turn: Turn, procedure: Procedure) -> str:
    """The line under every answer: where it comes from and when it was last checked."""
    t = turn.t
    origin = " · ".join(part for part in (_origin(t, procedure), t("mã {code}", code=procedure.code)) if part)
    until = t("Thủ tục này có hiệu lực đến {date}.", date=t.date(procedure.valid_until)) if procedure.valid_until else ""
    return "\n".join(part for part in (origin, until, only_vietnamese(t)) if part)


def sources(turn: Turn, procedures: Sequence[Procedure]) -> str:
    """The line under several procedures at once; their codes stand beside their names."""
    origins = dict.fromkeys(_origin(turn.t, p) for p in procedures)
    return "\n".join(part for part in (*origins, only_vietnamese(turn.t)) if part)


def general_source(turn: Turn, general: General) -> str:
    """The line under a general leaflet."""
    return "\n".join(part for part in (_origin(turn.t, general), only_vietnamese(turn.t)) if part)


def _origin(t: Texts, leaflet: Procedure | General) -> str:
    parts = [t("Nguồn: {source}", source=leaflet.source)] if leaflet.source and not silent(leaflet.source) else []
    parts += [t("kiểm tra ngày {date}", date=t.date(leaflet.checked))] if leaflet.checked else []
    return " · ".join(parts)


def only_vietnamese(t: Texts) -> str:
    """What is said under a leaflet to those who read another language."""
    return t("Tờ hướng dẫn chỉ có tiếng Việt.") if t.language != "vi" else ""


def unpriced(found: Sequence[Rate]) -> bool:
    """Whether no fee or no time is published."""
    return all(silent(r.text) for r in found)


def rates(turn: Turn, found: Sequence[Rate]) -> str:
    """Fees or times: one line where every way is alike, else a line a way, under its case where there are cases."""
    if unpriced(found):
        return not_published(turn)
    named = list(dict.fromkeys(r.case for r in found))
    return _under_cases([(case, _by_way(turn.t, [r for r in found if r.case == case])) for case in named])


def _by_way(t: Texts, own: Sequence[Rate]) -> str:
    rows = [f"{named}: {mid_sentence(text)}" if named else text for named, text in by_way(t, own)]
    return bullets(rows) if len(rows) > 1 else rows[0]


def by_way(t: Texts, own: Sequence[Rate]) -> tuple[tuple[str, str], ...]:
    """Each text once, with the ways of filing that it holds for; "" where it holds for all of them."""
    grouped: dict[str, list[Way]] = {}
    for rate in own:
        grouped.setdefault(rate.text, []).append(rate.way)
    return tuple((_named_ways(t, found), text) for text, found in grouped.items())


def _named_ways(t: Texts, found: Sequence[Way]) -> str:
    if Way.ANY in found or len(set(found)) == len(WAY_LABELS):
        return ""
    names = [t(WAY_LABELS[way]) for way in found]
    return ", ".join((names[0], *map(mid_sentence, names[1:])))


def lines(turn: Turn, found: Sequence[Line]) -> str:
    """A section's lines as bullets under their cases."""
    if not found or unpublished(tuple(found)):
        return not_published(turn)
    named = list(dict.fromkeys(line.case for line in found))
    return _under_cases([(case, bullets(line.text for line in found if line.case == case)) for case in named])


def _under_cases(parts: Sequence[tuple[str, str]]) -> str:
    return "\n\n".join(f"{case}:\n{text}" if case else text for case, text in parts)


def steps(turn: Turn, found: Sequence[Line]) -> str:
    """The steps, numbered."""
    if not found or unpublished(tuple(found)):
        return not_published(turn)
    return "\n".join(f"{n}. {line.text}" for n, line in enumerate(found, 1))


def conditions(turn: Turn, procedure: Procedure) -> str:
    """Who may file, and what must be fulfilled."""
    t = turn.t
    who, must = ("" if unpublished(found) or not found else lines(turn, found) for found in (procedure.who, procedure.conditions))
    if who and must:
        return t("Ai được nộp:") + f"\n{who}\n\n" + t("Phải đủ điều kiện:") + f"\n{must}"
    return who or must or not_published(turn)


def stated(turn: Turn, value: str) -> str:
    """A key's value, or that it is not published."""
    return value if value and not silent(value) else not_published(turn)


def where(turn: Turn, procedure: Procedure) -> str:
    """Where to file; the desk's address where the desk takes it."""
    office, place = turn.knowledge.office, stated(turn, procedure.where)
    ours = any(words in fold(procedure.where) for words in ("trung tam phuc vu hanh chinh cong", "mot cua"))
    return f"{place}\n\n{office.name}: {office.address}" if ours else place


def aspect(turn: Turn, procedure: Procedure, asked: Aspect) -> str:
    """What the leaflet says of one aspect."""
    match asked:
        case Aspect.DOCUMENTS:
            return "\n\n".join(p for p in (papers.documents(turn, procedure), papers.more_cases(turn, procedure)) if p)
        case Aspect.FEE:
            return rates(turn, procedure.fees)
        case Aspect.TIME:
            return rates(turn, procedure.times)
        case Aspect.WHERE:
            return where(turn, procedure)
        case Aspect.AGENCY:
            return stated(turn, procedure.agency)
        case Aspect.ONLINE:
            return stated(turn, procedure.online)
        case Aspect.FORMS:
            return papers.forms(turn, procedure)
        case Aspect.STEPS:
            return steps(turn, procedure.steps)
        case Aspect.CONDITIONS:
            return conditions(turn, procedure)
        case Aspect.LEGAL_BASIS:
            return lines(turn, procedure.legal_basis)
        case Aspect.RESULT:
            return lines(turn, procedure.result)


def covered(procedure: Procedure, asked: Aspect) -> bool:
    """Whether the leaflet says anything of the aspect."""
    match asked:
        case Aspect.DOCUMENTS:
            return bool(papers.published((*procedure.papers, *procedure.shown)))
        case Aspect.FEE:
            return not unpriced(procedure.fees)
        case Aspect.TIME:
            return not unpriced(procedure.times)
        case Aspect.WHERE | Aspect.AGENCY | Aspect.ONLINE:
            value = {Aspect.WHERE: procedure.where, Aspect.AGENCY: procedure.agency}.get(asked, procedure.online)
            return bool(value) and not silent(value)
        case Aspect.FORMS:
            return any(p.form for p in (*procedure.papers, *procedure.shown)) or _said(procedure.forms)
        case Aspect.STEPS:
            return _said(procedure.steps)
        case Aspect.CONDITIONS:
            return _said(procedure.who) or _said(procedure.conditions)
        case Aspect.LEGAL_BASIS:
            return _said(procedure.legal_basis)
        case Aspect.RESULT:
            return _said(procedure.result)


def _said(found: tuple[Line, ...]) -> bool:
    return bool(found) and not unpublished(found)


def can_reckon(procedure: Procedure) -> bool:
    """Whether any of the published times is one that can be reckoned with."""
    return any(limit_of(rate.text) for rate in procedure.times)


def decided(turn: Turn, procedure: Procedure, asked: Aspect) -> str:
    """The aspect with «Có» or «Không» first where the leaflet decides it, without where it does not."""
    text, t = aspect(turn, procedure, asked), turn.t
    if asked is Aspect.ONLINE:  # the leaflet's own words begin with Có or Không
        return {"co": t("Có, nộp trực tuyến được."), "khong": t("Không nộp trực tuyến được.")}.get(fold(procedure.online).strip(" ."), text)
    if asked is not Aspect.FEE or not procedure.fees:
        return text
    rates_ = [fold(r.text) for r in procedure.fees]
    if all(rate in _NOTHING_TO_PAY for rate in rates_):
        return t("Không mất phí.")
    if not all(_SUM.search(rate) for rate in rates_):
        return text
    verdict = t("Có, trừ người được miễn.") if any("mien" in rate for rate in rates_) else t("Có, mất phí.")
    return f"{verdict}\n{text}"


def aspect_choices(t: Texts, procedure: Procedure, told: Sequence[Aspect] = ()) -> tuple[Choice, ...]:
    """Buttons to the commonest aspects that are covered and not yet told."""
    return _choices(t, procedure, (a for a in FIRST if a not in told))


def more_choices(t: Texts, procedure: Procedure) -> tuple[Choice, ...]:
    """Buttons to the other aspects that are covered, the law among them."""
    return _choices(t, procedure, (a for a in ASPECT_LABELS if a not in FIRST))


def _choices(t: Texts, procedure: Procedure, wanted: Iterable[Aspect]) -> tuple[Choice, ...]:
    return tuple(Choice(t(ASPECT_LABELS[a]), f"a:{procedure.code}:{a}") for a in wanted if covered(procedure, a))
