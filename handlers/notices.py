"""What the office announces; the dialogues with citizens, to sign up to and to send a question to; being told of a subject."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.chat import Choice, Say
from bot.reports.announced import told
from bot.store import notices
from bot.turn import Effect, Reply, Turn
from handlers import feedback, greeting
from knowledge.model import Notice
from knowledge.words import fold

SUBJECT = "thong-bao"
QUESTION_MOST = 1000


def shown(turn: Turn) -> list[Notice]:
    """What is announced today."""
    today = turn.now.date()
    return [n for n in turn.knowledge.notices if n.first <= today <= n.last]


def _coming(turn: Turn) -> dict[str, Notice]:
    """The dialogues that have not begun, soonest first."""
    now = turn.now.replace(tzinfo=None)
    found = [n for n in shown(turn) if n.held and n.held > now]
    return {n.id: n for n in sorted(found, key=lambda n: n.held or now)}


def _named(turn: Turn) -> Notice | None:
    return _coming(turn).get(turn.arguments[0] if turn.arguments else "")


async def show(turn: Turn) -> Reply:
    """What is announced today, with the ways to take part in the dialogues and to be told of what comes."""
    t, found = turn.t, shown(turn)
    told_of = Choice(t("Nhận thông báo mới"), "nf")
    if not found:
        return Reply((Say(t("Hiện không có thông báo mới."), choices=(told_of,)),), subject=SUBJECT)
    coming = _coming(turn)
    choices = [choice for notice in coming.values() for choice in await _ways(turn, notice, dated=len(coming) > 1)]
    text = "\n\n".join(told(t, n) for n in found)
    title = t("Thông báo của {office}", office=turn.knowledge.office.name)
    return Reply((Say(text, title, choices=(*choices, told_of, Choice(t("Gửi góp ý"), "g:gop-y"))),), subject=SUBJECT)


async def _ways(turn: Turn, notice: Notice, *, dated: bool = False) -> tuple[Choice, ...]:
    t, day = turn.t, f" {notice.held:%d/%m}" if dated else ""
    comes = notice.id in await notices.attended(turn.db, turn.chat)
    sign = Choice(t("Thôi dự đối thoại") + day, f"nl:{notice.id}") if comes else Choice(t("Đăng ký dự đối thoại") + day, f"na:{notice.id}")
    return sign, Choice(t("Gửi câu hỏi trước") + day, f"nq:{notice.id}")


async def attend(turn: Turn) -> Reply | None:
    """«Đăng ký dự»: counted, without a name."""
    t, notice = turn.t, _named(turn)
    if notice is None or notice.held is None:
        return None
    text = t("Đã đăng ký. Hẹn gặp anh/chị lúc {time} {day}.", time=t.time(notice.held), day=t.weekday(notice.held.date()))
    text += " " + t("Nơi họp: {place}.", place=notice.place) if notice.place else ""
    choices = (Choice(t("Gửi câu hỏi trước"), f"nq:{notice.id}"), Choice(t("Thôi dự đối thoại"), f"nl:{notice.id}"))
    effect = partial(notices.attend, chat=turn.chat, notice=notice.id, title=notice.title, now=turn.now)
    return Reply((Say(text, notice.title, choices=choices),), effects=(effect,), subject=SUBJECT)


async def stay_away(turn: Turn) -> Reply | None:
    """«Thôi dự»."""
    notice = _named(turn)
    if notice is None:
        return None
    say = Say(turn.t("Đã huỷ đăng ký dự."), notice.title, choices=(Choice(turn.t("Đăng ký dự đối thoại"), f"na:{notice.id}"),))
    return Reply((say,), effects=(partial(notices.stay_away, chat=turn.chat, notice=notice.id),), subject=SUBJECT)


async def question(turn: Turn) -> Reply | None:
    """Asks for the question that is to be put at the dialogue."""
    t, notice = turn.t, _named(turn)
    if notice is None:
        return None
    if await notices.asked(turn.db, turn.chat, notice.id) >= notices.MOST_QUESTIONS:
        text = t("Anh/chị đã gửi {n} câu hỏi cho buổi này, nhiều nhất có thể. Xin hỏi thêm tại buổi đối thoại.", n=notices.MOST_QUESTIONS)
        return Reply((Say(text),), subject=SUBJECT)
    text = t("Anh/chị viết câu hỏi vào đây, một tin là đủ. Tôi sẽ cho anh/chị xem lại trước khi gửi. Không cần ghi tên.")
    return Reply((Say(text, notice.title, choices=(Choice(t("Thôi"), "cancel"),)),), "notices.question", {"notice": notice.id}, subject=SUBJECT)


async def question_step(turn: Turn) -> Reply | None:
    """Shows the question as staff will see it; once it is shown, «ok» sends it."""
    t, words, data = turn.t, turn.text.strip(), turn.state.data
    if turn.state.step == "notices.confirm" and (answer := _ANSWERS.get(fold(words).strip(" .!,"))):
        return await answer(turn)
    cut = words[:QUESTION_MOST]
    note = t("Câu hỏi dài quá {n} ký tự nên tôi giữ phần đầu.", n=t.number(QUESTION_MOST)) if len(words) > QUESTION_MOST else ""
    seen = t("Lãnh đạo và cán bộ sẽ đọc đúng như trên, không kèm tên hay số điện thoại của anh/chị.")
    text = "\n\n".join(part for part in (f"“{cut}”", note, seen) if part)
    choices = (Choice(t("Gửi"), "ns"), Choice(t("Viết lại"), "nr"), Choice(t("Thôi"), "cancel"))
    kept = {"notice": data["notice"], "text": cut}
    return Reply((Say(text, t("Xem lại trước khi gửi"), choices=choices),), "notices.confirm", kept, subject=SUBJECT)


async def send(turn: Turn) -> Reply | None:
    """Keeps the question for the dialogue."""
    notice = _coming(turn).get(str(turn.state.data.get("notice", "")))
    if turn.state.step != "notices.confirm" or notice is None:
        return None
    words = turn.state.data["text"]
    effect = partial(notices.ask, chat=turn.chat, notice=notice.id, title=notice.title, text=words, now=turn.now)
    say = Say(turn.t("Đã gửi câu hỏi. Anh/chị nghe trả lời tại buổi đối thoại nhé."), notice.title, choices=await _ways(turn, notice), replace=True)
    return Reply((say,), effects=(effect,), subject=SUBJECT)


async def rewrite(turn: Turn) -> Reply | None:
    """Back to the words."""
    if turn.state.step != "notices.confirm" or turn.state.data["notice"] not in _coming(turn):
        return None
    text = turn.t("Anh/chị viết lại câu hỏi vào đây.")
    kept = {"notice": turn.state.data["notice"]}
    return Reply((Say(text, choices=(Choice(turn.t("Thôi"), "cancel"),)),), "notices.question", kept, subject=SUBJECT)


_ANSWERS: dict[str, Callable[[Turn], Awaitable[Reply | None]]] = {
    **dict.fromkeys(feedback.YES, send),
    **dict.fromkeys(feedback.AGAIN, rewrite),
    **dict.fromkeys(feedback.NO, greeting.cancel),
}


# --- being told -----------------------------------------------------------------------------------------------------------------------------


def _subjects(turn: Turn) -> dict[str, str]:
    """The subjects of notices.md by id."""
    return {n.subject_id: n.subject for n in turn.knowledge.notices if n.subject_id}


async def subjects(turn: Turn) -> Reply:
    """«Nhận thông báo»: a tap for each subject, and one for all."""
    return _offer(turn, set(await notices.subscribed(turn.db, turn.chat)))


async def toggle(turn: Turn) -> Reply | None:
    """A subject was tapped: wanted, or no more."""
    wanted = turn.arguments[0] if turn.arguments else ""
    if wanted not in {notices.ALL, *_subjects(turn)}:
        return None
    own = set(await notices.subscribed(turn.db, turn.chat))
    if wanted in own:
        return _offer(turn, own - {wanted}, partial(notices.unsubscribe, chat=turn.chat, subject=wanted))
    seen = [n.id for n in shown(turn)]
    return _offer(turn, own | {wanted}, partial(notices.subscribe, chat=turn.chat, subject=wanted, shown=seen, now=turn.now))


def _offer(turn: Turn, own: set[str], *effects: Effect) -> Reply:
    t = turn.t
    names = {**_subjects(turn), notices.ALL: t("Mọi thông báo")}
    choices = [Choice(("✓ " if id_ in own else "") + name, f"nt:{id_}") for id_, name in names.items()]
    text = t("Anh/chị chọn chủ đề muốn nhận. Có thông báo mới tôi nhắn ở đây một lần, từ 7:00 đến 21:00.")
    if own:
        text = t("Đã ghi. Có thông báo mới tôi nhắn ở đây một lần, từ 7:00 đến 21:00. Muốn thôi, anh/chị gõ “dừng”.")
        choices.append(Choice(t("Thôi nhận thông báo"), "nx"))
    return Reply((Say(text, t("Nhận thông báo"), choices=tuple(choices), replace=True),), effects=effects, subject=SUBJECT)


async def end(turn: Turn) -> Reply:
    """Told of nothing more; the followed dossiers stay followed."""
    say = Say(turn.t("Đã dừng. Tôi không gửi thông báo nữa."), choices=(Choice(turn.t("Nhận lại thông báo"), "nf"),), replace=True)
    return Reply((say,), effects=(partial(notices.unsubscribe, chat=turn.chat),), subject=SUBJECT)
