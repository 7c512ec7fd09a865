"""Petitions for the staff by chat: the list, a petition with its buttons, taking it, and its history."""

from __future__ import annotations

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Choice, Say
from bot.petitions.codes import find_code
from bot.petitions.steps import NotNow, Petition
from bot.staff import cards
from bot.staff.enrolment import signed
from bot.store import petitions
from bot.store.staff import Member
from bot.turn import Reply, Turn
from handlers.staff import SUBJECT, menu_choices

LISTED = 10


async def listing(turn: Turn, member: Member) -> Reply:
    """`/viec`: what is open, most urgent first; with a code that petition."""
    t = turn.t
    if code := find_code(turn.text):
        return await _opened(turn, code)
    found = await petitions.open_ones(turn.db, turn.key, turn.chat.office)
    if not found:
        return Reply((Say(t("Không có phản ánh nào đang mở."), choices=menu_choices(turn)),), subject=SUBJECT)
    late = sum(p.answer_due < turn.now for p in found)
    text = t("Đang mở: {n}, quá hạn {late}. Bấm để xem và xử lý, việc gấp đứng trước.", n=t.number(len(found)), late=t.number(late))
    if len(found) > LISTED:
        text += "\n" + t("Dưới đây là {n} việc gấp nhất.", n=LISTED)
    choices = tuple(Choice(p.code, f"s:open:{p.code}", hint=_hint(turn, p)) for p in found[:LISTED])
    return _private(Say(text, t("Phản ánh đang mở"), choices=choices, numbered=True))


def _hint(turn: Turn, p: Petition) -> str:
    t = turn.t
    due = t("quá hạn") if p.answer_due < turn.now else t("hạn {when}", when=t.date(p.answer_due.astimezone(turn.now.tzinfo).date()))
    return f"{cards.standing(t, p)}, {due}"


async def opened(turn: Turn, member: Member) -> Reply | None:
    """A petition with its buttons."""
    return await _opened(turn, code_of(turn))


async def _opened(turn: Turn, code: str) -> Reply:
    petition = await petitions.by_code(turn.db, turn.key, turn.chat.office, code)
    if petition is None:
        return Reply((Say(turn.t("Không có phản ánh nào mang mã này.")),), subject=SUBJECT)
    return _private(cards.card(turn.t, await cards.case(turn.db, petition), turn.now))


async def take(turn: Turn, member: Member) -> Reply | None:
    """«Nhận xử lý»: the first who presses has it, the next one is told who that is."""
    petition = await petitions.by_code(turn.db, turn.key, turn.chat.office, code_of(turn))
    if petition is None:
        return None
    return Reply((), told=partial(_take, turn=turn, petition=petition.id, by=signed(member, turn.incoming.sender)), subject=SUBJECT, private=True)


async def _take(db: AsyncConnection, turn: Turn, petition: int, by: str) -> tuple[Say, ...]:
    try:
        after = await petitions.take(db, turn.key, petition, by, turn.now)
    except NotNow:
        return (await refusal(turn, db, petition),)
    say = cards.card(turn.t, await cards.case(db, after), turn.now, turn.t("{name} nhận xử lý.", name=by))
    return (in_place(say),)


async def log(turn: Turn, member: Member) -> Reply | None:
    """«Diễn biến»: who did what when."""
    petition = await petitions.by_code(turn.db, turn.key, turn.chat.office, code_of(turn))
    if petition is None:
        return None
    return _private(cards.history(turn.t, petition, await petitions.events_of(turn.db, petition.id)))


async def refusal(turn: Turn, db: AsyncConnection, petition: int) -> Say:
    """What is said where another was first, or the petition has ended: who has it now."""
    t, now = turn.t, await petitions.find(db, turn.key, petition)
    if now is None:
        return Say(t("Không có phản ánh nào mang mã này."))
    text = t("Chưa làm gì thêm, vì phản ánh này đã đổi: {standing}.", standing=cards.standing(t, now))
    return Say(text, t("Phản ánh {code}", code=now.code), choices=(Choice(t("Mở phản ánh"), f"s:open:{now.code}"),))


def code_of(turn: Turn) -> str:
    """The code in the id of a pressed choice, «s:verb:code:…»."""
    return (*turn.arguments, "", "")[1]


def in_place(say: Say) -> Say:
    """In place of the pressed message."""
    return Say(say.text, say.title, say.footer, say.choices, say.numbered, replace=True)


def _private(say: Say) -> Reply:
    return Reply((say,), subject=SUBJECT, private=True)
