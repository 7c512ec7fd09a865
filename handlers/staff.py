"""What the staff do by chat: enrol with a code, see their menu, leave. Every command, press and step asks anew who it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Chat, Choice, Say
from bot.staff import enrolment
from bot.staff.enrolment import ROLES, Role
from bot.store import staff
from bot.store.staff import Member
from bot.turn import Reply, Turn

SUBJECT = "can-bo"
ForStaff = Callable[[Turn, Member], Awaitable[Reply | None]]


async def member_of(turn: Turn) -> Member | None:
    """Whom the chat of this turn is enrolled as."""
    return await staff.member(turn.db, chat_of(turn))


def chat_of(turn: Turn) -> Chat:
    """The chat that is enrolled: the group's where it is one."""
    return enrolment.chat_of(turn.incoming, turn.chat.office)


def at_work(turn: Turn, member: Member) -> Turn:
    """The turn as it is at the office that the member works for, whichever the chat asks about as a citizen."""
    return replace(turn, library=turn.library.at(member.chat.office))


async def enrol(turn: Turn) -> Reply:
    """`/nhanvien CODE` enrols this chat; without a code it shows the staff's menu."""
    code = " ".join(turn.text.split()[1:])
    member = await member_of(turn)
    if member:
        return replace(await menu(turn, member), hide=bool(code))
    if not code:
        return said(turn.t("Gửi /nhanvien kèm mã mà cơ quan đã cấp, ví dụ: /nhanvien ABCDE-23456"))
    return replace(await _by_code(turn, code), hide=True)


async def _by_code(turn: Turn, code: str) -> Reply:
    t = turn.t
    after = enrolment.next_try(await staff.tries(turn.db, turn.chat, turn.now - dt.timedelta(hours=1)), turn.now)
    if after > turn.now:
        minutes = -(-int((after - turn.now).total_seconds()) // 60)
        return said(t.plural("Mã sai. Xin đợi {n} phút rồi thử lại.", "Mã sai. Xin đợi {n} phút rồi thử lại.", minutes))
    id_ = await enrolment.invitation(turn.db, code, turn.key, turn.now)
    invited = await staff.numbered(turn.db, id_) if id_ is not None else None
    if invited is None:
        return replace(said(_wrong(turn)), effects=(partial(staff.fail, chat=turn.chat, now=turn.now),))
    return Reply((), told=partial(_join, turn=turn, invited=invited), subject=SUBJECT)


async def _join(db: AsyncConnection, turn: Turn, invited: Member) -> tuple[Say, ...]:
    if not await staff.join(db, invited.id, chat_of(turn), turn.now):  # another was first
        return (Say(_wrong(turn)),)
    return (await menu(turn, invited, turn.t("Xong. Từ giờ việc mới sẽ được gửi vào đây."))).says


def _wrong(turn: Turn) -> str:
    return turn.t("Mã này không đúng, đã dùng hoặc đã quá hạn. Anh/chị xin cơ quan cấp mã mới.")


async def menu(turn: Turn, member: Member, first: str = "") -> Reply:
    """Who this chat is to the office, and what it can do."""
    t = turn.t
    text = t("Cuộc trò chuyện này nhận việc với tên “{name}” ({role}).", name=member.name, role=t(ROLES[Role(member.role)]))
    if turn.incoming.group:
        text += "\n" + t("Trong nhóm tôi chỉ đọc lệnh, nút bấm và tin trả lời (reply) tin của tôi.")
    else:
        text += "\n" + t("Anh/chị vẫn hỏi tôi như người dân được.")
    say = Say("\n\n".join(part for part in (first, text) if part), t("Việc của cán bộ"), choices=menu_choices(turn))
    return Reply((say,), subject=SUBJECT)


def menu_choices(turn: Turn) -> tuple[Choice, ...]:
    """The way into all that the staff can do."""
    t = turn.t
    return (
        Choice(t("Phản ánh đang mở"), "s:list"),
        Choice(t("Số liệu hôm nay"), "s:today"),
        Choice(t("Câu chưa trả lời được"), "s:unanswered"),
        Choice(t("Góp ý mới"), "s:feedback"),
        Choice(t("Thôi nhận việc"), "s:leave"),
    )


async def leave(turn: Turn, member: Member) -> Reply:
    """`/thoivai`: asks whether this chat is to be told of no more work."""
    t = turn.t
    text = t("Thôi nhận việc với tên “{name}” ở đây? Muốn nhận lại phải có mã mới.", name=member.name)
    return Reply((Say(text, choices=(Choice(t("Thôi nhận việc"), "s:left"), Choice(t("Ở lại"), "s:menu"))),), subject=SUBJECT)


async def left(turn: Turn, member: Member) -> Reply:
    """The leaving was confirmed."""
    text = turn.t("Đã thôi. Tôi không gửi việc vào đây nữa; phần việc đã ghi vẫn mang tên “{name}”.", name=member.name)
    effect = partial(_leave, office=turn.chat.office, id_=member.id, now=turn.now)
    return Reply((Say(text, replace=True),), effects=(effect,), subject=SUBJECT)


async def _leave(db: AsyncConnection, office: str, id_: int, now: dt.datetime) -> None:
    await staff.leave(db, office, id_, now)


async def drop(turn: Turn, member: Member) -> Reply:
    """Out of whatever was begun."""
    text = turn.t("Đã dừng, không có gì được gửi đi.") if turn.state.step else turn.t("Không có việc gì đang làm dở.")
    return Reply((Say(text, choices=menu_choices(turn)),), subject=SUBJECT)


async def no_longer(turn: Turn) -> Reply | None:
    """A button of the staff pressed where nobody is enrolled: told where somebody was, unknown to anybody else."""
    if not await staff.was_member(turn.db, chat_of(turn)):
        return None
    text = turn.t("Cuộc trò chuyện này không còn nhận việc của cơ quan, nên nút này không dùng được nữa.")
    return Reply((Say(text),), step=turn.state.step, data=turn.state.data, subject=SUBJECT)


def said(text: str) -> Reply:
    """A plain reply about the staff's own matters."""
    return Reply((Say(text),), subject=SUBJECT)
