"""The gate to all that only the staff may do, and what the bot hears in a group. Nothing here is open to a chat that is not enrolled."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from bot.chat import Chat, Kind, recognise
from bot.store import staff
from bot.turn import Handler, Reply, Turn
from handlers import greeting, staff_figures, staff_petitions, staff_words
from handlers import staff as enrolled
from handlers.staff import ForStaff
from knowledge.words import fold

ENROLMENT = ("nhanvien", "staff")
# The staff's commands; to anybody else they are unknown ones.
COMMANDS: dict[str, ForStaff] = {
    "viec": staff_petitions.listing,
    "tasks": staff_petitions.listing,
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
    "list": staff_petitions.listing,
    "open": staff_petitions.opened,
    "log": staff_petitions.log,
    "take": staff_petitions.take,
    **dict.fromkeys(staff_words.STEPS, staff_words.begin),
    "why": staff_words.why,
    "to": staff_words.to,
    "plain": staff_words.plain,
    "again": staff_words.again,
    "send": staff_words.send,
    "today": staff_figures.today,
    "unanswered": staff_figures.questions,
    "feedback": staff_figures.feedback,
    "leave": enrolled.leave,
    "left": enrolled.left,
    "drop": enrolled.drop,
}

# What follows in a dialogue of the staff.
STEPS: dict[str, ForStaff] = {staff_words.WORDS: staff_words.words_step, staff_words.PREVIEW: staff_words.words_step}


def command(handler: ForStaff) -> Handler:
    """A command for the staff only."""

    async def gated(turn: Turn) -> Reply:
        member = await enrolled.member_of(turn)
        return (await handler(enrolled.at_work(turn, member), member) if member else None) or await greeting.help_(turn)

    return gated


async def step(turn: Turn) -> Reply | None:
    """Words, or a choice named by words, in a dialogue of the staff; whoever was removed meanwhile is told so."""
    member, handler = await enrolled.member_of(turn), STEPS.get(turn.state.step)
    if member is None or handler is None:
        return replace(reply, step="", data={}) if handler and (reply := await enrolled.no_longer(turn)) else None
    if id_ := recognise(turn.text, turn.state.menu):
        return await pressed(replace(turn, incoming=replace(turn.incoming, kind=Kind.CHOICE, choice=id_, text="")))
    return await handler(enrolled.at_work(turn, member), member)


async def pressed(turn: Turn) -> Reply | None:
    """A button of the staff."""
    member = await enrolled.member_of(turn)
    if member is None:
        return await enrolled.no_longer(turn)
    handler = PRESSED.get(turn.arguments[0] if turn.arguments else "")
    return await handler(enrolled.at_work(turn, member), member) if handler else None


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
    turn = enrolled.at_work(turn, member)
    if name:
        return await COMMANDS.get(name, enrolled.menu)(turn, member) or _silence(turn)
    return await step(turn) or _silence(turn)


def _moved(turn: Turn) -> Chat:
    return Chat(turn.chat.office, turn.incoming.channel, turn.text)


def _silence(turn: Turn) -> Reply:
    """What was not meant for the bot: nothing is said, nothing of it is kept."""
    return Reply((), step=turn.state.step, data=turn.state.data, subject="nhom", hide=True)
