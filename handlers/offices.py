"""Which office is meant, where one bot serves several: asked once, only when the answer depends on it, and then remembered."""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz

from bot.chat import Choice, Incoming, Say
from bot.turn import Reply, Turn
from handlers import greeting, wording
from knowledge.model import Office
from knowledge.words import fold

STEP = "offices.which"
MOST_BUTTONS = 8
NEAR = 80
_PLACE = re.compile(r"\b(?:xã|phường|đặc khu) (?!.*\b(?:xã|phường|đặc khu) ).+", re.I)
_KINDS = re.compile(r"\b(xa|phuong|dac khu)\b")


async def ask(turn: Turn) -> Reply:
    """Asks for the office and keeps the message, so that it is answered once the office is known."""
    return Reply((question(turn, turn.knowledge.offices),), STEP, {"then": turn.incoming.to_dict()}, subject="chon-don-vi")


async def change(turn: Turn) -> Reply:
    """Offers the offices anew; with one office it is named."""
    t, office = turn.t, turn.knowledge.office
    if len(turn.knowledge.offices) == 1:
        return Reply((Say(t("Tôi phục vụ {office}, {address}.", office=office.name, address=office.address)),), subject="chon-don-vi")
    return Reply((question(turn, turn.knowledge.offices),), STEP, subject="chon-don-vi")


def question(turn: Turn, offices: tuple[Office, ...]) -> Say:
    """«Which commune?», with a button for each where they are few, else to be typed."""
    if len(offices) > MOST_BUTTONS:
        return Say(turn.t("Anh/chị hỏi cho xã, phường nào? Anh/chị gõ tên giúp tôi, ví dụ “{name}”.", name=labels(offices)[offices[0].code]))
    return Say(turn.t("Anh/chị hỏi cho xã, phường nào?"), choices=tuple(Choice(label, f"o:{code}") for code, label in labels(offices).items()))


def labels(offices: tuple[Office, ...]) -> dict[str, str]:
    """What each office is called on a button, by its code: from «xã» or «phường» on, where that tells them apart."""
    short = {office.code: found.group() if (found := _PLACE.search(office.name)) else office.name for office in offices}
    return short if len(set(short.values())) == len(offices) else {office.code: office.name for office in offices}


def named(offices: tuple[Office, ...], text: str) -> tuple[Office, ...]:
    """The offices that a text names, the longest name winning over one inside it; else those that are nearly so called."""
    said, called = _plain(text), {code: _plain(label) for code, label in labels(offices).items()}
    inside = {code: name for code, name in called.items() if name and f" {name} " in f" {said} "}
    inside = {code: name for code, name in inside.items() if not any(name != other and name in other for other in inside.values())}
    found = inside or [code for code, name in called.items() if fuzz.ratio(name, said) >= NEAR]
    return tuple(office for office in offices if office.code in found)


def _plain(text: str) -> str:
    return " ".join(_KINDS.sub(" ", " ".join(re.findall(r"\w+", fold(text)))).split())


async def which_step(turn: Turn) -> Reply | None:
    """A name typed in reply; None where the text names no office and so is something else."""
    found = named(turn.knowledge.offices, turn.text)
    if not found:
        return None
    if len(found) > 1:
        return Reply((question(turn, found),), STEP, turn.state.data, subject="chon-don-vi")
    return chosen(turn, found[0])


async def pick(turn: Turn) -> Reply | None:
    """A pressed office."""
    code = turn.arguments[0] if turn.arguments else ""
    return next((chosen(turn, office) for office in turn.knowledge.offices if office.code == code), None)


def chosen(turn: Turn, office: Office) -> Reply:
    """From now on this office is meant."""
    text = turn.t("Vâng, từ giờ tôi trả lời cho {office}. Muốn đổi, anh/chị gõ /donvi.", office=office.name)
    return Reply((Say(text),), office=office.code, subject="chon-don-vi")


def kept(turn: Turn) -> Incoming | None:
    """The message that had to wait for the office; None where there is none."""
    then = turn.state.data.get("then") if turn.state.step == STEP else None
    return Incoming.from_dict(then) if then else None


def at(turn: Turn, code: str, message: Incoming) -> Turn:
    """The turn of the message that waited, for the office chosen meanwhile."""
    state = replace(turn.state, office=code, step="", data={})
    return replace(turn, incoming=replace(message, message=turn.incoming.message), state=state, library=turn.library.at(code))


async def start(turn: Turn) -> Reply:
    """The first words; where the office is not known yet, they ask for it."""
    if not turn.undecided:
        return await greeting.start(turn)
    t = turn.t
    text = t("Chào anh/chị! Tôi là trợ lý một cửa của {n} xã, phường.", n=len(turn.knowledge.offices))
    text += "\n\n" + t("Anh/chị cứ hỏi như nói chuyện, có dấu hay không dấu đều được, ví dụ:")
    text += "\n" + wording.bullets((t("làm giấy khai sinh cho con cần gì"), t("chứng thực bản sao bao nhiêu tiền")))
    return Reply((Say(text), question(turn, turn.knowledge.offices)), STEP, subject="tro-giup")
