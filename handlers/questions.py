"""Questions about procedures: the card, the aspects asked for, the question back, the field's list, one's own case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chat import Choice, Say
from bot.store.figures import keep_unanswered
from bot.turn import Outcome, Reply, Turn
from handlers import show
from knowledge.model import Aspect, General, Kind, Link, Procedure
from knowledge.understand.meaning import PAST_MOST, Answer, Asked, Choose, Other, Reading, Topic, Unknown
from knowledge.words import fold

MOST_AT_ONCE = 4
PAGE = 8


async def answer(turn: Turn, meaning: Answer, topic: Topic) -> Reply:
    """One message a procedure, with its buttons on the last."""
    found = [(p, a) for a in meaning.asked[:MOST_AT_ONCE] if (p := turn.knowledge.procedure(a.code))]
    if meaning.compare and len(found) > 1:
        says: tuple[Say, ...] = (_compared(turn, [p for p, _ in found]),)
    else:
        says = tuple(_told(turn, p, asked, meaning) for p, asked in found)
        says = (*(replace(s, choices=()) for s in says[:-1]), says[-1])
    aspects = tuple(dict.fromkeys(a for asked in meaning.asked for a in asked.aspects))
    codes = tuple(p.code for p, _ in found)
    return Reply(says, topic=topic, outcome=Outcome.ANSWER, procedures=codes, aspects=tuple(str(a) for a in aspects))


def _told(turn: Turn, procedure: Procedure, asked: Asked, meaning: Answer) -> Say:
    if not procedure.valid_on(turn.now.date()):
        return _not_in_force(turn, procedure)
    t = turn.t
    if meaning.sure:
        return _say(turn, procedure, _grounds(turn, procedure))
    if meaning.brief:
        return _say(turn, procedure, show.brief(turn, procedure), asked.aspects)
    if not asked.aspects:
        return _say(turn, procedure, show.card(turn, procedure), extra=_narrow_choice(turn, procedure))
    parts = []
    for aspect in asked.aspects:
        text = show.aspect(turn, procedure, aspect)
        if meaning.yes_no and (verdict := show.yes_or_no(turn, procedure, aspect)):
            text = f"{verdict}\n{text}"
        parts.append(f"{t(show.ASPECT_LABELS[aspect])}:\n{text}" if len(asked.aspects) > 1 else text)
    extra = _narrow_choice(turn, procedure) if Aspect.DOCUMENTS in asked.aspects else ()
    if Aspect.TIME in asked.aspects and show.can_reckon(procedure):
        extra = (*extra, Choice(t("Nộp hôm nay thì hẹn ngày nào?"), f"due:{procedure.code}:0"))
    return _say(turn, procedure, "\n\n".join(parts), asked.aspects, extra)


def _say(turn: Turn, procedure: Procedure, text: str, told: Sequence[Aspect] = (), extra: tuple[Choice, ...] = ()) -> Say:
    choices = (*extra, *show.aspect_choices(turn.t, procedure, told), Choice(turn.t("Xem thêm"), f"m:{procedure.code}"))
    return Say(text, procedure.name, show.source(turn, procedure), choices)


def _grounds(turn: Turn, procedure: Procedure) -> str:
    t = turn.t
    intro = t("Thông tin này lấy từ {source}.", source=procedure.source)
    decision = t("Quyết định công bố: {decision}", decision=procedure.decision) if procedure.decision else ""
    last = t("Nếu còn phân vân, anh/chị gọi bàn một cửa: {phone}.", phone=show.telephones(turn))
    return "\n\n".join(part for part in (intro, decision, show.lines(turn, procedure.legal_basis), last) if part)


def _not_in_force(turn: Turn, procedure: Procedure) -> Say:
    t = turn.t
    if procedure.valid_from and turn.now.date() < procedure.valid_from:
        text = t("Thủ tục này chỉ có hiệu lực từ {date}, nên tôi chưa hướng dẫn được.", date=t.date(procedure.valid_from))
    else:
        text = t("Thủ tục này đã hết hiệu lực, nên tôi không hướng dẫn theo tờ cũ nữa.")
    text += " " + t("Anh/chị gọi bàn một cửa để được chỉ đúng thủ tục đang áp dụng: {phone}.", phone=show.telephones(turn))
    siblings = [p for r in procedure.related if (p := turn.knowledge.procedure(r.code)) and p.valid_on(turn.now.date())]
    return Say(text, procedure.name, show.source(turn, procedure), tuple(Choice(p.label, f"p:{p.code}") for p in siblings[:4]))


def _compared(turn: Turn, procedures: Sequence[Procedure]) -> Say:
    t = turn.t
    parts = []
    for p in procedures:
        papers = t.plural("{n} giấy tờ phải nộp", "{n} giấy tờ phải nộp", sum(not paper.case for paper in p.papers))
        fee, time = show.one_line(turn, p.fees), show.one_line(turn, p.times)
        rows = [p.hint or p.summary, papers, t("Phí: {fee}", fee=fee), t("Thời gian: {time}", time=time), t("mã {code}", code=p.code)]
        parts.append(f"{p.name}\n{show.bullets(r for r in rows if r)}")
    choices = tuple(Choice(p.label, f"p:{p.code}") for p in procedures)
    return Say("\n\n".join(parts), t("So sánh"), show.source(turn, procedures[0]), choices)


async def choose(turn: Turn, meaning: Choose, topic: Topic) -> Reply:
    """A question back: the candidates, each with what tells it apart."""
    t = turn.t
    found = [p for code in meaning.codes if (p := turn.knowledge.procedure(code))]
    kept = "+".join(meaning.aspects)
    choices = tuple(Choice(p.label, f"a:{p.code}:{kept}" if kept else f"p:{p.code}", hint=p.hint) for p in found)
    if meaning.field:
        intro = t("Lĩnh vực {field} có nhiều thủ tục. Anh/chị cần việc nào?", field=meaning.field)
        choices = (*choices, Choice(t("Cả danh sách {field}", field=meaning.field), _field_id(meaning.field)))
    else:
        intro = t("Anh/chị muốn hỏi thủ tục nào? Bấm nút hoặc trả lời bằng số.")
    codes, aspects = tuple(p.code for p in found), tuple(str(a) for a in meaning.aspects)
    say = Say(intro, choices=(*choices, Choice(t("Không có việc tôi cần"), "none")), numbered=True)
    return Reply((say,), topic=topic, outcome=Outcome.CHOOSE, procedures=codes, aspects=aspects, subject=meaning.field)


async def unknown(turn: Turn, meaning: Unknown, topic: Topic) -> Reply:
    """Not ours: whose matter it is and where to turn, or the desk and the list of fields."""
    if general := turn.knowledge.general(meaning.topic):
        return replace(_general(turn, general), topic=topic, outcome=Outcome.UNKNOWN, subject=meaning.topic)
    t, text, office = turn.t, turn.text, turn.knowledge.office.code
    words = t("Tôi chưa hiểu anh/chị cần việc gì, nên không dám trả lời bừa.")
    words += "\n" + t("Anh/chị thử nói ngắn gọn tên việc, ví dụ “làm giấy khai sinh cho con”, hoặc chọn bên dưới.")
    choices = (Choice(t("Danh sách thủ tục"), "fields"), Choice(t("Gặp cán bộ"), "g:gap-can-bo"))
    return Reply(
        (Say(words, choices=choices),), topic=topic, outcome=Outcome.UNKNOWN, effects=(lambda db: keep_unanswered(db, office, text, turn.now),)
    )


async def other(turn: Turn, meaning: Other, topic: Topic) -> Reply:
    """A general leaflet."""
    general = turn.knowledge.general(meaning.topic)
    return replace(_general(turn, general), topic=topic) if general else await unknown(turn, Unknown(), topic)


def _general(turn: Turn, general: General) -> Reply:
    related = [p for r in general.related if (p := turn.knowledge.procedure(r.code))]
    choices = tuple(Choice(p.label, f"p:{p.code}") for p in related[:4])
    title = "" if general.kind in {Kind.CHAT, Kind.REFUSED} else general.name
    lines = general.answer.split("\n")
    text = general.answer if len(lines) < 3 or general.kind is Kind.CHAT else show.bullets(lines)
    if not choices and general.kind in {Kind.CHAT, Kind.REFUSED}:
        choices = (Choice(turn.t("Danh sách thủ tục"), "fields"), Choice(turn.t("Tra cứu hồ sơ"), "g:tra-cuu-ho-so"))
    footer = "" if general.kind in {Kind.CHAT, Kind.REFUSED} else show.general_source(turn, general)
    return Reply((Say(text, title, footer, choices),), subject=general.topic)


async def understood(turn: Turn, reading: Reading) -> Reply:
    """The reply to what was understood."""
    meaning = reading.meaning
    match meaning:
        case Answer():
            return await answer(turn, meaning, reading.topic)
        case Choose():
            return await choose(turn, meaning, reading.topic)
        case Unknown():
            return await unknown(turn, meaning, reading.topic)
        case Other():
            return await other(turn, meaning, reading.topic)


async def card(turn: Turn) -> Reply:
    """A procedure chosen by its button."""
    return await _pressed(turn, turn.arguments[0] if turn.arguments else "", ())


async def aspect(turn: Turn) -> Reply:
    """One or more aspects of a procedure chosen by button."""
    code, names = (*turn.arguments, "", "")[:2]
    known = {str(a): a for a in Aspect}
    return await _pressed(turn, code, tuple(known[n] for n in names.split("+") if n in known))


async def _pressed(turn: Turn, code: str, aspects: tuple[Aspect, ...]) -> Reply:
    procedure = turn.knowledge.procedure(code)
    if procedure is None:
        return gone(turn)
    before = turn.state.topic
    past = tuple(dict.fromkeys((*before.past, procedure.code)))[-PAST_MOST:]
    topic = Topic(asked=(procedure.code,), aspects=aspects, past=past)
    return await answer(turn, Answer((Asked(procedure.code, aspects),)), topic)


def gone(turn: Turn) -> Reply:
    """A button that leads nowhere any more."""
    t = turn.t
    text = t("Nút này đã cũ, nội dung của nó không còn nữa. Anh/chị chọn lại giúp tôi nhé.")
    return Reply((Say(text, choices=(Choice(t("Danh sách thủ tục"), "fields"), Choice(t("Trợ giúp"), "g:tro-giup"))),))


async def more(turn: Turn) -> Reply:
    """Every aspect of the procedure, the related procedures, the field's list, the desk."""
    t = turn.t
    procedure = turn.knowledge.procedure(turn.arguments[0] if turn.arguments else "")
    if procedure is None:
        return gone(turn)
    choices = [*_narrow_choice(turn, procedure)]
    if show.cases(procedure):
        choices.append(Choice(t("Giấy tờ theo trường hợp"), f"c:{procedure.code}"))
    choices += show.more_choices(t, procedure)
    choices += [Choice(_related_label(turn, r.link, p), f"p:{p.code}") for r in procedure.related[:5] if (p := turn.knowledge.procedure(r.code))]
    choices += [Choice(t("Các thủ tục {field}", field=procedure.field), _field_id(procedure.field)), Choice(t("Gặp cán bộ"), "g:gap-can-bo")]
    notes = show.bullets(line.text for line in procedure.notes)
    text = "\n\n".join(part for part in (notes, t("Anh/chị muốn xem gì?")) if part)
    return Reply((Say(text, procedure.name, show.source(turn, procedure), tuple(choices)),), procedures=(procedure.code,))


def _related_label(turn: Turn, link: Link, procedure: Procedure) -> str:
    words = {Link.BEFORE: turn.t("Làm trước"), Link.AFTER: turn.t("Làm tiếp"), Link.CONFUSED: turn.t("Khác với"), Link.ALSO: turn.t("Liên quan")}
    return f"{words[link]}: {procedure.label}"


async def by_case(turn: Turn) -> Reply:
    """The further papers of every case."""
    procedure = turn.knowledge.procedure(turn.arguments[0] if turn.arguments else "")
    if procedure is None or not show.cases(procedure):
        return gone(turn)
    choices = (*_narrow_choice(turn, procedure), Choice(turn.t("Giấy tờ cần mang"), f"a:{procedure.code}:{Aspect.DOCUMENTS}"))
    say = Say(show.by_case(turn, procedure), procedure.name, show.source(turn, procedure), choices)
    return Reply((say,), outcome=Outcome.ANSWER, procedures=(procedure.code,), aspects=(Aspect.DOCUMENTS,))


def _narrow_choice(turn: Turn, procedure: Procedure) -> tuple[Choice, ...]:
    return (Choice(turn.t("Chọn đúng trường hợp của tôi"), f"n:{procedure.code}"),) if procedure.narrowings else ()


async def narrow(turn: Turn) -> Reply:
    """Asks the leaflet's questions one by one (the answers so far are in the button), then gives the checklist."""
    code, path = (*turn.arguments, "", "")[:2]
    procedure = turn.knowledge.procedure(code)
    taken = [int(n) for n in path.split(".") if n.isdigit()]
    if procedure is None or len(taken) > len(procedure.narrowings):
        return gone(turn)
    if any(n >= len(q.options) for n, q in zip(taken, procedure.narrowings, strict=False)):
        return gone(turn)
    if len(taken) < len(procedure.narrowings):
        return _next_question(turn, procedure, taken)
    return _checklist(turn, procedure, taken)


def _next_question(turn: Turn, procedure: Procedure, taken: Sequence[int]) -> Reply:
    question = procedure.narrowings[len(taken)]
    choices = tuple(Choice(o.label, f"n:{procedure.code}:{'.'.join(map(str, (*taken, n)))}") for n, o in enumerate(question.options))
    progress = turn.t("Câu {n} trên {total}", n=len(taken) + 1, total=len(procedure.narrowings))
    return Reply((Say(f"{progress}. {question.question}", procedure.name, choices=choices, replace=True),), procedures=(procedure.code,))


def _checklist(turn: Turn, procedure: Procedure, taken: Sequence[int]) -> Reply:
    t = turn.t
    options = [q.options[n] for n, q in zip(taken, procedure.narrowings, strict=True)]
    chosen = [case for o in options for case in o.cases]
    picked = show.bullets(f"{q.question} {o.label}" for q, o in zip(procedure.narrowings, options, strict=True))
    facts = [t("Phí: {fee}", fee=show.one_line(turn, procedure.fees)), t("Thời gian: {time}", time=show.one_line(turn, procedure.times))]
    papers = show.documents(turn, procedure, chosen).replace("• ", "☐ ")
    text = "\n\n".join((picked, papers, "\n".join(facts)))
    choices = (Choice(t("Chọn lại"), f"n:{procedure.code}"), *show.aspect_choices(t, procedure, (Aspect.DOCUMENTS,)))
    say = Say(text, procedure.name, show.source(turn, procedure), choices, replace=True)
    return Reply((say,), outcome=Outcome.ANSWER, procedures=(procedure.code,), aspects=(Aspect.DOCUMENTS,))


def _field_id(field: str, page: int = 0) -> str:
    return f"f:{fold(field).replace(' ', '-')[:40]}:{page}"


async def fields(turn: Turn) -> Reply:
    """All fields as buttons, largest first."""
    t, names = turn.t, turn.knowledge.fields()
    counts = {name: sum(p.field == name for p in turn.knowledge.procedures) for name in names}
    choices = tuple(Choice(f"{name} ({counts[name]})", _field_id(name)) for name in names)
    total = t.plural("Tôi có tờ hướng dẫn của {n} thủ tục.", "Tôi có tờ hướng dẫn của {n} thủ tục.", len(turn.knowledge.procedures))
    say = Say(f"{total} {t('Anh/chị chọn lĩnh vực:')}", choices=choices, replace=bool(turn.incoming.choice))
    return Reply((say,), subject="danh-sach-thu-tuc")


async def field_page(turn: Turn) -> Reply:
    """The procedures of a field, a page at a time."""
    t = turn.t
    slug, page_text = (*turn.arguments, "", "0")[:2]
    name = next((f for f in turn.knowledge.fields() if _field_id(f).split(":")[1] == slug), "")
    found = [p for p in turn.knowledge.procedures if p.field == name]
    page = int(page_text) if page_text.isdigit() else 0
    if not name or page * PAGE >= len(found):
        return gone(turn)
    shown = found[page * PAGE : (page + 1) * PAGE]
    choices = [Choice(p.label, f"p:{p.code}") for p in shown]
    choices += [Choice(t("Trang sau"), _field_id(name, page + 1))] if (page + 1) * PAGE < len(found) else []
    choices += [Choice(t("Trang trước"), _field_id(name, page - 1))] if page else []
    choices.append(Choice(t("Các lĩnh vực khác"), "fields"))
    last = min(len(found), (page + 1) * PAGE)
    text = t("Thủ tục {first} đến {last} trong {total}. Anh/chị chọn một thủ tục:", first=page * PAGE + 1, last=last, total=len(found))
    say = Say(text, name, choices=tuple(choices), replace=True)
    return Reply((say,), topic=replace(turn.state.topic, offered=tuple(p.code for p in shown)), subject="danh-sach-thu-tuc")


async def general(turn: Turn) -> Reply:
    """A general leaflet chosen by its button."""
    found = turn.knowledge.general(turn.arguments[0] if turn.arguments else "")
    return gone(turn) if found is None else _general(turn, found)


async def none_of_these(turn: Turn) -> Reply:
    """The citizen says that no candidate is meant."""
    t = turn.t
    text = t("Anh/chị nói rõ hơn một chút giúp tôi: việc này cho ai, giấy gì, làm mới hay làm lại?")
    text += "\n" + t("Hoặc gọi bàn một cửa: {phone}.", phone=show.telephones(turn))
    return Reply((Say(text, choices=(Choice(t("Danh sách thủ tục"), "fields"),)),), topic=Topic(past=turn.state.topic.past))
