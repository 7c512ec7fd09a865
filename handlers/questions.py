"""Questions about procedures: the card, the aspects asked for, the question back, the field's list, one's own case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chat import Choice, Say
from bot.store.figures import keep_unanswered
from bot.turn import Outcome, Reply, Turn
from handlers import card as cards
from handlers import papers, show, wording
from handlers.listing import field_id, gone
from knowledge.model import Aspect, General, Kind, Link, Procedure
from knowledge.understand.meaning import PAST_MOST, Answer, Asked, Choose, Other, Reading, Topic, Unknown

MOST_AT_ONCE = 4
MOST_ASPECTS = 4  # in the id of a choice, which has 64 bytes


async def answer(turn: Turn, meaning: Answer, topic: Topic) -> Reply:
    """One message a procedure, with its buttons on the last."""
    found = [(p, a) for a in meaning.asked[:MOST_AT_ONCE] if (p := turn.knowledge.procedure(a.code))]
    if meaning.compare and len(found) > 1:
        says: tuple[Say, ...] = (_compared(turn, [p for p, _ in found]),)
    else:
        says = tuple(_told(turn, p, asked, meaning) for p, asked in found)
        others = tuple(Choice(p.label, f"p:{p.code}") for p, _ in found[:-1])
        says = (*(replace(s, choices=()) for s in says[:-1]), replace(says[-1], choices=(*others, *says[-1].choices)))
    aspects = tuple(dict.fromkeys(a for asked in meaning.asked for a in asked.aspects))
    codes = tuple(p.code for p, _ in found)
    return Reply(says, topic=topic, outcome=Outcome.ANSWER, procedures=codes, aspects=tuple(str(a) for a in aspects))


def _told(turn: Turn, procedure: Procedure, asked: Asked, meaning: Answer) -> Say:
    if not procedure.valid_on(turn.now.date()):
        return not_in_force(turn, procedure)
    t = turn.t
    if meaning.sure:
        return _say(turn, procedure, _grounds(turn, procedure))
    if meaning.brief:
        return _say(turn, procedure, cards.brief(turn, procedure), asked.aspects)
    if not asked.aspects:
        return _say(turn, procedure, cards.card(turn, procedure), extra=_case_choices(turn, procedure))
    parts = []
    for aspect in asked.aspects:
        text = show.decided(turn, procedure, aspect) if meaning.yes_no else show.aspect(turn, procedure, aspect)
        parts.append(f"{t(show.ASPECT_LABELS[aspect])}:\n{text}" if len(asked.aspects) > 1 else text)
    extra = _case_choices(turn, procedure) if Aspect.DOCUMENTS in asked.aspects else ()
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
    last = t("Nếu còn phân vân, anh/chị gọi bàn một cửa: {phone}.", phone=wording.telephones(turn))
    return "\n\n".join(part for part in (intro, decision, show.lines(turn, procedure.legal_basis), last) if part)


def not_in_force(turn: Turn, procedure: Procedure) -> Say:
    t = turn.t
    if procedure.valid_from and turn.now.date() < procedure.valid_from:
        text = t("Thủ tục này chỉ có hiệu lực từ {date}, nên tôi chưa hướng dẫn được.", date=t.date(procedure.valid_from))
    else:
        text = t("Thủ tục này đã hết hiệu lực, nên tôi không hướng dẫn theo tờ cũ nữa.")
    text += " " + t("Anh/chị gọi bàn một cửa để được chỉ đúng thủ tục đang áp dụng: {phone}.", phone=wording.telephones(turn))
    siblings = [p for r in procedure.related if (p := turn.knowledge.procedure(r.code)) and p.valid_on(turn.now.date())]
    return Say(text, procedure.name, show.source(turn, procedure), tuple(Choice(p.label, f"p:{p.code}") for p in siblings[:4]))


def _compared(turn: Turn, procedures: Sequence[Procedure]) -> Say:
    lapsed = next((p for p in procedures if not p.valid_on(turn.now.date())), None)
    if lapsed:
        return not_in_force(turn, lapsed)
    choices = tuple(Choice(p.label, f"p:{p.code}") for p in procedures)
    return Say(cards.compared(turn, procedures), turn.t("So sánh"), show.sources(turn, procedures), choices)


async def choose(turn: Turn, meaning: Choose, topic: Topic) -> Reply:
    """A question back: the candidates, each with what tells it apart."""
    t = turn.t
    found = [p for code in meaning.codes if (p := turn.knowledge.procedure(code))]
    kept = "+".join(meaning.aspects[:MOST_ASPECTS])
    choices = tuple(Choice(p.label, f"a:{p.code}:{kept}" if kept else f"p:{p.code}", hint=p.hint) for p in found)
    if meaning.field:
        intro = t("Lĩnh vực {field} có nhiều thủ tục. Anh/chị cần việc nào?", field=meaning.field)
        choices = (*choices, Choice(t("Cả danh sách {field}", field=meaning.field), field_id(meaning.field)))
    else:
        intro = t("Anh/chị muốn hỏi thủ tục nào? Chọn một dòng, hoặc trả lời bằng số.")
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
    words += "\n" + t("Cần người thật, anh/chị gọi bàn một cửa: {phone}.", phone=wording.telephones(turn))
    choices = (Choice(t("Danh sách thủ tục"), "fields"), Choice(t("Gặp cán bộ"), "g:gap-can-bo"))
    return Reply(
        (Say(words, choices=choices),), topic=topic, outcome=Outcome.UNKNOWN, effects=(lambda db: keep_unanswered(db, office, text, turn.now),)
    )


async def other(turn: Turn, meaning: Other, topic: Topic) -> Reply:
    """A general leaflet."""
    general = turn.knowledge.general(meaning.topic)
    return replace(_general(turn, general), topic=topic) if general else await unknown(turn, Unknown(), topic)


def _general(turn: Turn, general: General) -> Reply:
    t = turn.t
    talk = general.kind in {Kind.CHAT, Kind.REFUSED}
    related = [p for r in general.related if (p := turn.knowledge.procedure(r.code))]
    choices = tuple(Choice(p.label, f"p:{p.code}") for p in related[:4])
    if not choices and talk:
        choices = (Choice(t("Danh sách thủ tục"), "fields"), Choice(t("Tra cứu hồ sơ"), "g:tra-cuu-ho-so"))
    choices = choices if talk else (*choices, Choice(t("Gặp cán bộ"), "g:gap-can-bo"))
    lines = general.answer.split("\n")
    text = general.answer if len(lines) < 3 or general.kind is Kind.CHAT else wording.bullets(lines)
    footer = show.only_vietnamese(t) if talk else show.general_source(turn, general)
    return Reply((Say(text, "" if talk else general.name, footer, choices),), subject=general.topic)


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
    return await answer(turn, Answer((Asked(procedure.code, aspects),)), topic_of(turn, procedure, aspects))


def topic_of(turn: Turn, procedure: Procedure, aspects: tuple[Aspect, ...] = ()) -> Topic:
    """What the conversation is about once a button of the procedure was pressed."""
    past = tuple(dict.fromkeys((*turn.state.topic.past, procedure.code)))[-PAST_MOST:]
    return Topic(asked=(procedure.code,), aspects=aspects, past=past)


async def more(turn: Turn) -> Reply:
    """The other aspects of the procedure, the related procedures, the field's list, the desk, the way back."""
    t, procedure = turn.t, named(turn)
    if procedure is None:
        return gone(turn)
    if not procedure.valid_on(turn.now.date()):
        return Reply((not_in_force(turn, procedure),), procedures=(procedure.code,))
    choices = [*_case_choices(turn, procedure), *show.more_choices(t, procedure)]
    choices += [Choice(_related_label(turn, r.link, p), f"p:{p.code}") for r in procedure.related[:5] if (p := turn.knowledge.procedure(r.code))]
    choices += [Choice(t("Các thủ tục {field}", field=procedure.field), field_id(procedure.field)), Choice(t("Gặp cán bộ"), "g:gap-can-bo")]
    choices.append(back(turn, procedure))
    notes = wording.bullets(line.text for line in procedure.notes)
    text = "\n\n".join(part for part in (notes, t("Anh/chị muốn xem gì?")) if part)
    say = Say(text, procedure.name, show.source(turn, procedure), tuple(choices))
    return Reply((say,), topic=topic_of(turn, procedure), procedures=(procedure.code,))


def _related_label(turn: Turn, link: Link, procedure: Procedure) -> str:
    words = {Link.BEFORE: turn.t("Làm trước"), Link.AFTER: turn.t("Làm tiếp"), Link.CONFUSED: turn.t("Khác với"), Link.ALSO: turn.t("Liên quan")}
    return f"{words[link]}: {procedure.label}"


async def by_case(turn: Turn) -> Reply:
    """The further papers of every case."""
    procedure = named(turn)
    if procedure is None or not papers.cases(procedure):
        return gone(turn)
    if not procedure.valid_on(turn.now.date()):
        return Reply((not_in_force(turn, procedure),), procedures=(procedure.code,))
    documents = (Choice(turn.t("Giấy tờ cần mang"), f"a:{procedure.code}:{Aspect.DOCUMENTS}"),) if papers.always(procedure) else ()
    choices = (*_narrow_choice(turn, procedure), *documents, back(turn, procedure))
    say = Say(papers.by_case(turn, procedure), procedure.name, show.source(turn, procedure), choices)
    topic = topic_of(turn, procedure, (Aspect.DOCUMENTS,))
    return Reply((say,), topic=topic, outcome=Outcome.ANSWER, procedures=(procedure.code,), aspects=(Aspect.DOCUMENTS,))


def named(turn: Turn) -> Procedure | None:
    return turn.knowledge.procedure(turn.arguments[0] if turn.arguments else "")


def back(turn: Turn, procedure: Procedure) -> Choice:
    return Choice(turn.t("Quay lại thủ tục"), f"p:{procedure.code}")


def _narrow_choice(turn: Turn, procedure: Procedure) -> tuple[Choice, ...]:
    return (Choice(turn.t("Chọn đúng trường hợp của tôi"), f"n:{procedure.code}"),) if procedure.narrowings else ()


def _case_choices(turn: Turn, procedure: Procedure) -> tuple[Choice, ...]:
    """The ways to one's own case: by questions where the leaflet has them, and the list of cases where more than that list is needed."""
    several = papers.cases(procedure) and papers.always(procedure)
    listed = (Choice(turn.t("Giấy tờ theo trường hợp"), f"c:{procedure.code}"),) if several else ()
    return (*_narrow_choice(turn, procedure), *listed)


async def general(turn: Turn) -> Reply:
    """A general leaflet chosen by its button."""
    found = turn.knowledge.general(turn.arguments[0] if turn.arguments else "")
    return gone(turn) if found is None else _general(turn, found)


async def none_of_these(turn: Turn) -> Reply:
    """The citizen says that no candidate is meant."""
    t = turn.t
    text = t("Anh/chị nói rõ hơn một chút giúp tôi: việc này cho ai, giấy gì, làm mới hay làm lại?")
    text += "\n" + t("Hoặc gọi bàn một cửa: {phone}.", phone=wording.telephones(turn))
    return Reply((Say(text, choices=(Choice(t("Danh sách thủ tục"), "fields"),)),), topic=Topic(past=turn.state.topic.past))
