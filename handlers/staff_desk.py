"""The gate to all that only the staff may do, and what the bot hears in a group. Nothing here is open to a chat that is not enrolled."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.chat import Chat, Kind
from bot.store import staff
from bot.turn import Handler, Reply, Turn
from handlers import greeting, staff_figures
from handlers import staff as enrolled
from handlers.staff import ForStaff
from knowledge.words import fold

ENROLMENT = ("nhanvien", "staff")
# The staff's commands; to anybody else they are unknown ones.
COMMANDS: dict[str, ForStaff] = {
    "homnay": staff_figures.today,
    "today": staff_figures.today,
    "chuatraloi": staff_figures.questions,
    "unanswered": staff_figures.questions,
    "thoivai": enrolled.leave,
    "leave": enrolled.leave,
}

# Pressed choices «s:…», by the word after the first colon.
PRESSED: dict[str, ForStaff] = {
    "menu": enrolled.menu,
    "today": staff_figures.today,
    "unanswered": staff_figures.questions,
    "feedback": staff_figures.feedback,
    "leave": enrolled.leave,
    "left": enrolled.left,
    "drop": enrolled.drop,
}

# What follows in a dialogue of the staff.
STEPS: dict[str, ForStaff] = {}


def command(handler: ForStaff) -> Handler:
    """A command for the staff only."""

    async def gated(turn: Turn) -> Reply:
        member = await enrolled.member_of(turn)
        return (await handler(turn, member) if member else None) or await greeting.help_(turn)

    return gated


def step(handler: ForStaff) -> Callable[[Turn], Awaitable[Reply | None]]:
    """A step for the staff only; one that was removed meanwhile is no longer asked for words."""

    async def gated(turn: Turn) -> Reply | None:
        member = await enrolled.member_of(turn)
        return await handler(turn, member) if member else await enrolled.no_longer(turn)

    return gated


async def pressed(turn: Turn) -> Reply | None:
    """A button of the staff."""
    member = await enrolled.member_of(turn)
    if member is None:
        return await enrolled.no_longer(turn)
    handler = PRESSED.get(turn.arguments[0] if turn.arguments else "")
    return await handler(turn, member) if handler else None


async def in_group(turn: Turn) -> Reply:
    """A message of a group: the enrolment, and of a staff group its commands, buttons and awaited words. To all else the bot is silent."""
    kind, text = turn.incoming.kind, turn.text
    name = re.split(r"[\s@]", text[1:], maxsplit=1)[0].lower() if text.startswith("/") else ""
    if kind is Kind.MOVED:
        return replace(_silence(turn), effects=(partial(staff.move, old=enrolled.chat_of(turn), new=_moved(turn)),))
    if name in ENROLMENT:
        return await enrolled.enrol(turn)
    if kind is Kind.CHOICE and turn.incoming.choice.startswith("s:"):
        return await pressed(turn) or _silence(turn)
    member = await enrolled.member_of(turn)
    if member is None or kind is not Kind.TEXT:
        return _silence(turn)
    if name in {"huy", "cancel"} or fold(text).strip(" .!") in greeting.CANCEL_WORDS:
        return await enrolled.drop(turn, member)
    if name:
        return await COMMANDS.get(name, enrolled.menu)(turn, member) or _silence(turn)
    handler = STEPS.get(turn.state.step)
    return (await handler(turn, member) if handler else None) or _silence(turn)


def _moved(turn: Turn) -> Chat:
    return Chat(turn.chat.office, turn.incoming.channel, turn.text)


def _silence(turn: Turn) -> Reply:
    """What was not meant for the bot: nothing is said, nothing of it is kept."""
    return Reply((), step=turn.state.step, data=turn.state.data, subject="nhom", hide=True)
