"""The table of all that the bot reacts to, and the one way through it. A handler returns; nobody sends from inside."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.chat import Incoming, Kind, Say, recognise
from bot.dossiers.codes import find
from bot.turn import Handler, Reply, State, Turn
from handlers import (
    appointed,
    arrival,
    counter,
    dossier,
    duedate,
    feedback,
    following,
    greeting,
    listing,
    narrowing,
    notices,
    office,
    offices,
    own_data,
    petition,
    petition_after,
    petition_table,
    photo,
    questions,
    rating,
    staff_desk,
    survey,
    verdict,
)
from handlers import staff as enrolled
from knowledge.understand.meaning import Other, Reading
from knowledge.words import fold

MayPass = Callable[[Turn], Awaitable[Reply | None]]  # None: not mine, look further
LAPSE = dt.timedelta(hours=24)

# Commands work on every channel; the first name of each is shown in Telegram's menu.
COMMANDS: dict[str, Handler] = {
    "start": arrival.start,
    "batdau": arrival.start,
    "trogiup": greeting.help_,
    "help": greeting.help_,
    "thutuc": listing.fields,
    "procedures": listing.fields,
    "hoso": dossier.ask,
    "dossier": dossier.ask,
    "theodoi": following.listing,
    "following": following.listing,
    "ketqua": counter.show,
    "results": counter.show,
    "giolamviec": office.hours,
    "hours": office.hours,
    "danhgia": rating.ask,
    "rate": rating.ask,
    "gopy": feedback.ask,
    "feedback": feedback.ask,
    "phananh": petition.begin,
    "petition": petition.begin,
    "phananhcuatoi": petition_after.mine,
    "mypetitions": petition_after.mine,
    "thongbao": notices.show,
    "notices": notices.show,
    "ngonngu": greeting.language,
    "language": greeting.language,
    "donvi": offices.change,
    "office": offices.change,
    "xoadulieu": own_data.show,
    "mydata": own_data.show,
    "huy": greeting.cancel,
    "cancel": greeting.cancel,
    **dict.fromkeys(staff_desk.ENROLMENT, enrolled.enrol),
    **{name: staff_desk.command(handler) for name, handler in staff_desk.COMMANDS.items()},
}

# The dialogues that a question can open, by the name of the general leaflet that teaches their words.
TOPICS: dict[str, Handler] = {
    "khan-cap": office.emergency,
    "gio-lam-viec": office.hours,
    "gap-can-bo": office.desk,
    "thong-bao": notices.show,
    "tra-cuu-ho-so": dossier.ask,
    "theo-doi-ho-so": following.about,
    "ket-qua-giai-quyet": counter.show,
    "danh-gia": rating.ask,
    "gop-y": feedback.ask,
    "phan-anh": petition.begin,
    "danh-sach-thu-tuc": listing.fields,
    "tro-giup": greeting.help_,
    "doi-ngon-ngu": greeting.language,
    "chon-don-vi": offices.change,
}

# What depends on the office: where the bot serves several and the citizen has not said which, that is asked first.
OF_OFFICE: frozenset[Handler] = frozenset(
    {
        office.hours,
        office.desk,
        notices.show,
        dossier.ask,
        following.listing,
        following.about,
        counter.show,
        rating.ask,
        feedback.ask,
        petition.begin,
    }
)


async def _general(turn: Turn) -> Reply:
    topic = turn.arguments[0] if turn.arguments else ""
    return await _for_office(TOPICS.get(topic, questions.general), turn)


# Pressed choices, by the verb before the first colon of their id.
CHOICES: dict[str, MayPass] = {
    "p": questions.card,
    "a": questions.aspect,
    "m": questions.more,
    "c": questions.by_case,
    "n": narrowing.narrow,
    "f": listing.field_page,
    "fields": listing.fields,
    "none": questions.none_of_these,
    "g": _general,
    "d": dossier.details,
    "fo": following.begin,
    "fx": following.end,
    "fl": following.listing,
    "r": rating.ask_of_dossier,
    "rl": rating.level,
    "rr": rating.reason,
    "rd": rating.done,
    "rq": survey.answer,
    "rw": rating.later,
    "v": verdict.give,
    "na": notices.attend,
    "nl": notices.stay_away,
    "nq": notices.question,
    "ns": notices.send,
    "nr": notices.rewrite,
    "nf": notices.subjects,
    "nt": notices.toggle,
    "nx": notices.end,
    "xd": own_data.delete,
    "fs": feedback.send,
    "fr": feedback.rewrite,
    "k": petition_table.pressed,
    "due": duedate.show_due,
    "dw": appointed.why,
    "l": greeting.language,
    "o": offices.pick,
    "cancel": greeting.cancel,
    "s": staff_desk.pressed,
}

# What follows in a dialogue begun before. A step that returns None lets the message be read as a new question.
STEPS: dict[str, MayPass] = {
    "dossier.code": dossier.code_step,
    "dossier.digits": dossier.digits_step,
    "rating.comment": rating.comment_step,
    "rating.question": rating.comment_step,
    "verdict.comment": verdict.comment_step,
    "own_data.confirm": own_data.confirm_step,
    "notices.question": notices.question_step,
    "notices.confirm": notices.question_step,
    "feedback.text": feedback.text_step,
    "feedback.confirm": feedback.text_step,
    **petition_table.STEPS,
    offices.STEP: offices.which_step,
    **petition_table.STEPS,
    **dict.fromkeys(staff_desk.STEPS, staff_desk.step),
}

KEPT_STEPS = ("rating.", "verdict.")  # each tap of these is kept at once; nothing is left half done

# Photos and shared places, by the step that takes them; a step that takes none, or returns None, leaves the word to `greeting.unreadable`.
THINGS: dict[tuple[str, Kind], MayPass] = {
    ("", Kind.PHOTO): photo.receipt_photo,
    ("dossier.code", Kind.PHOTO): photo.receipt_photo,
    ("dossier.digits", Kind.PHOTO): photo.receipt_photo,
    **petition_table.THINGS,
}


async def _for_office(handler: Handler, turn: Turn) -> Reply:
    return await (offices.ask if turn.undecided and handler in OF_OFFICE else handler)(turn)


async def route(turn: Turn) -> Reply:
    """The reply to a message; one that had to wait for the office to be named is answered as soon as it is."""
    reply = await _answered(turn)
    waiting = offices.kept(turn)
    if reply.office is None or waiting is None:
        return reply
    answer = await _answered(offices.at(turn, reply.office, waiting))
    return replace(answer, says=(*reply.says, *answer.says), office=reply.office)


async def _answered(turn: Turn) -> Reply:
    """The reply to a message; what is said in a private dialogue stays so whoever replies."""
    return await petition_table.kept_private(turn, await _routed(turn))


async def _routed(turn: Turn) -> Reply:
    """The reply to a message, by the first of these that takes it: button, kind, command, way out, danger, menu, step, code, question."""
    if _lapsed(turn):
        return await _after_lapse(turn)
    if turn.incoming.group:
        return await staff_desk.in_group(turn)
    if turn.incoming.kind is Kind.START:
        return await arrival.start(turn)
    if turn.incoming.kind is Kind.CHOICE:
        return await _pressed(turn, turn.incoming.choice)
    if turn.incoming.kind is not Kind.TEXT:
        return await _thing(turn)
    if not any(c.isalnum() for c in turn.text):
        return await greeting.wordless(turn)
    if turn.text.startswith("/"):
        return await _command(turn)
    if reply := await petition_table.word(turn) or await following.word(turn):
        return reply
    if fold(turn.text).strip(" .!") in greeting.CANCEL_WORDS:
        return await greeting.cancel(turn)
    return await own_data.word(turn) or await _said(turn)


async def _thing(turn: Turn) -> Reply:
    step = THINGS.get((turn.state.step, turn.incoming.kind))
    return (step and await step(turn)) or await greeting.unreadable(turn)


async def _said(turn: Turn) -> Reply:
    if turn.state.step in staff_desk.STEPS and (reply := await staff_desk.step(turn)):
        return reply  # what staff write to a citizen is no question of theirs, and no emergency
    reading = turn.library.understanding.read(turn.text, turn.state.topic)
    if reading.meaning == Other("khan-cap"):
        return await office.emergency(turn)
    if id_ := recognise(turn.text, turn.state.menu):
        return await _pressed(turn, id_)
    if reply := await rating.word(turn):
        return reply
    if re.fullmatch(r"\d{1,2}", turn.text.strip(" .")) and not turn.state.step:
        return await greeting.no_such_number(turn)
    if (step := STEPS.get(turn.state.step)) and (reply := await step(turn)):
        return reply
    if found := find(turn.text, turn.now.date()):
        return await offices.ask(turn) if turn.undecided else await dossier.tell(turn, found)
    if reply := await dossier.by_receipt(turn) or dossier.mistaken(turn):
        return reply
    return await _asked(turn, reading)


async def _asked(turn: Turn, reading: Reading) -> Reply:
    if reply := await duedate.asked(turn, reading):
        return reply
    meaning = reading.meaning
    if isinstance(meaning, Other) and meaning.topic in TOPICS:
        return replace(await _for_office(TOPICS[meaning.topic], turn), topic=reading.topic)
    return await verdict.asked_under(turn, await questions.understood(turn, reading))


async def _pressed(turn: Turn, id_: str) -> Reply:
    pressed = replace(turn, incoming=_as_choice(turn.incoming, id_))
    handler = CHOICES.get(id_.split(":", 1)[0])
    reply = await handler(pressed) if handler else None
    return reply or listing.gone(pressed)


def _as_choice(incoming: Incoming, id_: str) -> Incoming:
    return replace(incoming, kind=Kind.CHOICE, choice=id_, text="")


async def _command(turn: Turn) -> Reply:
    name = re.split(r"[\s@]", turn.text[1:], maxsplit=1)[0].lower()
    return await _for_office(COMMANDS.get(name, greeting.help_), turn)


def _lapsed(turn: Turn) -> bool:
    updated = turn.state.updated
    return bool(turn.state.step and updated and turn.now - updated > LAPSE)


async def _after_lapse(turn: Turn) -> Reply:
    """A step begun over a day ago is left, and that is said unless what was done of it is kept; the message is answered as any other."""
    fresh = State(turn.state.language, menu=turn.state.menu, topic=turn.state.topic, office=turn.state.office)
    reply = await _routed(replace(turn, state=fresh))
    if turn.state.step.startswith(KEPT_STEPS):
        return reply
    note = Say(turn.t("Việc làm dở lần trước đã quá một ngày nên tôi đã đóng lại, không có gì được gửi đi."))
    return replace(reply, says=(note, *reply.says))
