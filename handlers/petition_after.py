"""A petition that was sent: where it stands, a reply to the staff, whether all is well, and once more to the superior.

Words and answer are shown only in the chat that sent it; to any other a code tells the state and the due date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Choice, Say
from bot.petitions.codes import find_code
from bot.petitions.rules import TEXT_MOST, coarse
from bot.petitions.steps import ENDED, Petition, PetitionError, State, Step, possible
from bot.petitions.wording import STATES, choices, day_and_time, plain, token, told_by
from bot.store import petitions
from bot.texts import n_
from bot.turn import Reply, Turn
from handlers import wording
from handlers.petition_draft import TELLS, leave, private
from knowledge.words import fold

MINE_DAYS = 365
SHOWN = 5
QUOTED = 120
_LEVELS = (n_("Rất hài lòng"), n_("Hài lòng"), n_("Bình thường"), n_("Không hài lòng"), n_("Rất không hài lòng"))
_MINE = ("phan anh cua toi", "kien nghi cua toi", "xem phan anh cua toi", "phan anh cua toi toi dau roi", "my petitions")


def asked(turn: Turn) -> Callable[[Turn], Awaitable[Reply]] | None:
    """The dialogue that a typed code, or «phản ánh của tôi», opens."""
    if fold(turn.text).strip(" .!?") in _MINE:
        return mine
    if find_code(turn.text) and not turn.state.step.startswith("petition."):
        return by_code
    return None


async def mine(turn: Turn) -> Reply:
    """What this chat has sent, newest first."""
    t = turn.t
    own = await petitions.of_sender(turn.db, turn.key, turn.chat, turn.now - dt.timedelta(days=MINE_DAYS))
    if not own:
        text = t("Khung chat này chưa gửi phản ánh nào. Có mã PAKN thì anh/chị gửi mã cho tôi.")
        return private(Say(text, choices=(Choice(t("Gửi phản ánh"), "k:new"),)))
    shown = own[:SHOWN]
    lines = [f"{n}. {p.code}: {_state(turn, p)}\n“{_short(p.text)}”" for n, p in enumerate(shown, 1)]
    buttons = [Choice(t("Xem phản ánh {n}", n=n), f"k:see:{_token(turn, p)}") for n, p in enumerate(shown, 1)]
    return private(Say("\n\n".join(lines), t("Phản ánh của tôi"), choices=(*buttons, Choice(t("Gửi phản ánh mới"), "k:new"))))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else line[:QUOTED].rstrip() + "…"


def _state(turn: Turn, petition: Petition) -> str:
    return turn.t(STATES[petition.state])


def _token(turn: Turn, petition: Petition) -> str:
    return token(turn.key, turn.chat, petition.id)


async def by_code(turn: Turn) -> Reply:
    """A code as it was typed. Whose it is decides what is told; a code that is none is told as one that was mistyped."""
    t, code = turn.t, find_code(turn.text)
    found = await petitions.by_code(turn.db, turn.key, turn.chat.office, code)
    if found is None:
        text = t("Tôi không thấy phản ánh nào có mã {code}. Anh/chị xem lại mã, hoặc gọi {phone}.", code=code, phone=wording.telephones(turn))
        return private(Say(text, choices=(Choice(t("Phản ánh của tôi"), "k:mine"),)))
    own = await petitions.of_sender(turn.db, turn.key, turn.chat, coarse(found.received_at))
    if any(p.id == found.id for p in own):
        return private(_whole(turn, found))
    text = _where(turn, found) + "\n" + t("Nội dung và trả lời chỉ hiện trong khung chat đã gửi phản ánh.")
    return private(Say(text, t("Phản ánh {code}", code=found.code)))


def _where(turn: Turn, petition: Petition) -> str:
    t = turn.t
    lines = [t("Trạng thái: {state}.", state=_state(turn, petition))]
    if petition.state not in ENDED:
        lines.append(t("Hạn trả lời: {due}.", due=day_and_time(t, petition.answer_due)))
        lines += [t("Đã quá hạn. Anh/chị có quyền hỏi lý do: {phone}.", phone=wording.telephones(turn))] if turn.now > petition.answer_due else []
    return "\n".join(lines)


def _whole(turn: Turn, petition: Petition) -> Say:
    t = turn.t
    parts = [_where(turn, petition), t("Anh/chị viết:") + f"\n“{_short(petition.text)}”"]
    parts += [t("Xã trả lời:") + f"\n“{petition.answer}”"] if petition.answer else []
    parts += [t("Lý do đóng:") + f"\n“{petition.reason}”"] if petition.reason and petition.state is State.CLOSED else []
    return Say("\n\n".join(parts), t("Phản ánh {code}", code=petition.code), choices=choices(t, _token(turn, petition), petition))


async def _named(turn: Turn) -> Petition | None:
    """The petition whose button was pressed; None for a button of another chat."""
    sealed = turn.arguments[1] if len(turn.arguments) > 1 else str(turn.state.data.get("petition", ""))
    id_ = told_by(turn.key, turn.chat, sealed)
    return await petitions.find(turn.db, turn.key, id_) if id_ else None


async def see(turn: Turn) -> Reply | None:
    """One of «phản ánh của tôi»."""
    found = await _named(turn)
    return private(_whole(turn, found)) if found else None


def _done(turn: Turn, do: Callable[[AsyncConnection], Awaitable[Petition]], say: Callable[[Petition], Say]) -> Reply:
    """Says it once the step is done; where it was overtaken, where the petition stands instead."""

    async def told(db: AsyncConnection) -> tuple[Say, ...]:
        try:
            return (say(await do(db)),)
        except PetitionError:
            return (Say(turn.t("Phản ánh này vừa đổi trạng thái. Anh/chị xem lại trong “Phản ánh của tôi”."), choices=_to_mine(turn)),)

    return private(told=told)


def _to_mine(turn: Turn) -> tuple[Choice, ...]:
    return (Choice(turn.t("Phản ánh của tôi"), "k:mine"),)


async def well(turn: Turn) -> Reply | None:
    """«Đã ổn», then a rating by one tap for those who like."""
    found = await _named(turn)
    if found is None or not possible(Step.CONFIRM, found.state):
        return None
    t = turn.t
    levels = tuple(Choice(t(label), f"k:rate:{_token(turn, found)}:{5 - n}") for n, label in enumerate(_LEVELS))
    say = Say(t("Cảm ơn anh/chị đã cho biết. Anh/chị hài lòng với cách xử lý phản ánh này không?"), choices=levels)
    return _done(turn, partial(petitions.verdict, key=turn.key, petition=found.id, rating=found.rating, now=turn.now), lambda p: say)


async def rate(turn: Turn) -> Reply | None:
    """One of the five levels."""
    found = await _named(turn)
    level = turn.arguments[2] if len(turn.arguments) > 2 else ""
    if found is None or level not in set("12345") or not possible(Step.CONFIRM, found.state):
        return None
    say = Say(turn.t("Đã ghi: {level}. Cảm ơn anh/chị.", level=turn.t(_LEVELS[5 - int(level)])), replace=True)
    return _done(turn, partial(petitions.verdict, key=turn.key, petition=found.id, rating=int(level), now=turn.now), lambda p: say)


async def not_well(turn: Turn) -> Reply | None:
    """«Chưa ổn»: what is missing is asked for, then it goes to the superior; a second time the other ways are told."""
    found = await _named(turn)
    if found is None or not possible(Step.REOPEN, found.state):
        return None
    t, phone = turn.t, wording.telephones(turn)
    if found.level:
        text = t("Phản ánh này đã được cấp trên xem lại một lần.") + " "
        text += t("Vẫn chưa ổn thì anh/chị gọi {phone} xin gặp lãnh đạo, hoặc khiếu nại nếu việc động đến quyền lợi của mình.", phone=phone)
        return private(Say(text, choices=(Choice(t("Khiếu nại thế nào?"), "g:khieu-nai-to-cao-kien-nghi"),)))
    text = t("Anh/chị thấy chưa ổn chỗ nào? Viết một tin, tôi gửi lên cấp trên xem lại. Được gửi lại một lần.")
    return _asks_why(turn, found, text)


def _asks_why(turn: Turn, petition: Petition, text: str) -> Reply:
    sealed = _token(turn, petition)
    choices = (Choice(turn.t("Gửi luôn"), f"k:again:{sealed}"), leave(turn))
    return private(Say(text, choices=choices), step="petition.reopen", data={"petition": sealed})


async def again(turn: Turn) -> Reply | None:
    """To the superior, without words or with those just typed."""
    found = await _named(turn)
    if found is None or turn.state.step != "petition.reopen":
        return None
    t, words = turn.t, plain(turn.text)[:TEXT_MOST]
    reopen = partial(petitions.reopen, key=turn.key, petition=found.id, words=words, rules=turn.rules, calendar=turn.library.calendar, now=turn.now)

    def say(fresh: Petition) -> Say:
        text = t("Đã gửi lên cấp trên xem lại, mã vẫn là {code}. Hạn trả lời mới: {due}.", code=fresh.code, due=day_and_time(t, fresh.answer_due))
        return Say(text, choices=_to_mine(turn))

    return _done(turn, reopen, say)


async def reply(turn: Turn) -> Reply | None:
    """«Trả lời cán bộ»: asks for the words."""
    found = await _named(turn)
    if found is None or not possible(Step.REPLY, found.state):
        return None
    t = turn.t
    events = await petitions.events_of(turn.db, found.id)
    question = next((e.words for e in reversed(events) if e.step is Step.ASK_BACK), "")
    text = t("Cán bộ hỏi thêm:") + f"\n“{question}”\n\n" + t("Anh/chị viết trả lời trong một tin, tôi chuyển ngay.")
    return private(Say(text, choices=(leave(turn),)), step="petition.reply", data={"petition": _token(turn, found)})


async def reply_step(turn: Turn) -> Reply | None:
    """The words go to the staff."""
    found, words = await _named(turn), plain(turn.text)[:TEXT_MOST]
    if found is None or not words:
        return None
    say = Say(turn.t("Đã chuyển tới cán bộ. Cảm ơn anh/chị."), choices=_to_mine(turn))
    return _done(turn, partial(petitions.reply, key=turn.key, petition=found.id, words=words, now=turn.now), lambda p: say)


async def reopen_step(turn: Turn) -> Reply | None:
    """The words that go with it to the superior; a bare word or two may be a slip and is asked about again."""
    if len(turn.text.split()) >= TELLS - 2:
        return await again(turn)
    found = await _named(turn)
    if found is None:
        return None
    text = turn.t("Anh/chị viết rõ hơn một chút, hoặc bấm “Gửi luôn”.")
    sealed = _token(turn, found)
    return private(
        Say(text, choices=(Choice(turn.t("Gửi luôn"), f"k:again:{sealed}"), leave(turn))), step="petition.reopen", data={"petition": sealed}
    )
