"""Satisfaction: five levels by one tap, kept at once; reasons and a comment if the citizen likes. Source: domain rules, section 5."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.chat import Choice, Say
from bot.dossiers.codes import find
from bot.reports.scale import BAD, GOOD, LEVELS, asked
from bot.store import askings, dossiers, voices
from bot.texts import Texts
from bot.turn import Effect, Reply, Turn
from handlers import dossier as lookup
from knowledge.model import Desk
from knowledge.understand.meaning import Answer, Choose
from knowledge.words import fold

SUBJECT = "danh-gia"
BY_ID = {str(level): level for level in LEVELS}
COMMENT_MAX = 2000
COMMENT_WITHIN = dt.timedelta(minutes=30)
STEPS = ("rating.comment", "rating.question")
_LATER = frozenset({"de sau", "later"})
_ASKING = re.compile(r"\b(bao nhieu|bao lau|bao gio|khi nao|may gio|o dau|the nao|can gi|giay to gi|lam sao|phai khong)\b")


@dataclass(frozen=True)
class Service:
    """What is rated: a dossier, a visit at a desk, or the service as a whole. `late` is None where no figures say it."""

    about: str = ""
    desk: Desk | None = None
    late: bool | None = None
    field: str = ""


async def ask(turn: Turn) -> Reply:
    """The five levels: for what the citizen was asked about and has not rated, else for the service as a whole."""
    about = await askings.waiting(turn.db, turn.chat, turn.now)
    service = await _service(turn, about) if about else None
    return await _levels(turn, service if isinstance(service, Service) else Service())


async def ask_of_dossier(turn: Turn) -> Reply | None:
    """The five levels for a dossier or visit whose button led here."""
    return await ask_about(turn, turn.arguments[0]) if turn.arguments and turn.arguments[0] else None


async def ask_about(turn: Turn, about: str) -> Reply | None:
    """The five levels for one dossier or one visit."""
    found = await _service(turn, about)
    return await _levels(turn, found) if isinstance(found, Service) else found


async def _service(turn: Turn, about: str) -> Service | Reply | None:
    """What may be rated by this chat. Of a dossier that it has not proved nothing is told: its four digits are asked for first."""
    if not about or about.startswith("@"):
        return _visit(turn, about) if about else Service()
    if [f.code for f in find(about, turn.now.date())] != [about]:
        return None
    if not (await dossiers.ever_proved(turn.db, turn.chat, about) or await askings.planned(turn.db, turn.chat, about)):
        return await lookup.details(replace(turn, incoming=replace(turn.incoming, choice=f"d:{about}")))
    found = await dossiers.find(turn.db, turn.chat.office, about)
    if found is None or found.status != lookup.STATUS_COLLECTED:
        return None
    zone, done, due = turn.now.tzinfo, found.completed_at, found.due_at
    late = done.astimezone(zone).date() > due.astimezone(zone).date() if done and due else None
    return Service(about, late=late, field=found.field)


def _visit(turn: Turn, about: str) -> Service | None:
    """A visit of the last week at a desk that there is."""
    week = range(voices.CHANGEABLE.days)
    days = [turn.now.date() - dt.timedelta(days=n) for n in week]
    desks = {voices.about_visit(desk.id, day): desk for desk in turn.knowledge.office.desks for day in days}
    return Service(about, desks[about]) if about in desks else None


async def _levels(turn: Turn, service: Service) -> Reply:
    t, about = turn.t, service.about
    given = await voices.rated(turn.db, turn.chat, about, turn.now)
    if about and not given and await voices.settled(turn.db, turn.chat, about):
        text = t("Cảm ơn anh/chị, đánh giá này đã gửi hơn 7 ngày nên không đổi được nữa. Anh/chị còn điều muốn nói thì gửi góp ý nhé.")
        return Reply((Say(text, choices=(Choice(t("Gửi góp ý"), "g:gop-y"),)),), subject=SUBJECT)
    text = t("Anh/chị thấy việc phục vụ ở bàn một cửa thế nào?")
    if given:
        text = t("Anh/chị đã chọn “{level}”. Trong 7 ngày anh/chị có thể chọn lại:", level=t(LEVELS[given]))
    later = f"rw:{about}" if about and not given else "cancel"
    choices = (*level_choices(t, about), Choice(t("Để sau"), later))
    return Reply((Say(text, _title(t, service), choices=choices),), subject=SUBJECT)


def _title(t: Texts, service: Service) -> str:
    if service.desk:
        return t("Đánh giá phục vụ ở {desk}", desk=service.desk.name)
    return t("Đánh giá hồ sơ {code}", code=service.about) if service.about else t("Đánh giá phục vụ")


def level_choices(t: Texts, about: str) -> tuple[Choice, ...]:
    """A tap for each level."""
    return tuple(Choice(t(label), f"rl:{level}:{about}") for level, label in LEVELS.items())


async def level(turn: Turn) -> Reply | None:
    """A level was tapped: it is stored, and the reasons are offered."""
    named, about = (*turn.arguments, "", "")[:2]
    return await _rated(turn, BY_ID[named], about) if named in BY_ID else None


async def _rated(turn: Turn, given: int, about: str) -> Reply | None:
    service = await _service(turn, about)
    if not isinstance(service, Service):
        return service
    if about and not await voices.rated(turn.db, turn.chat, about, turn.now) and await voices.settled(turn.db, turn.chat, about):
        return await _levels(turn, service)
    rate = partial(voices.rate, chat=turn.chat, about=about, level=given, now=turn.now, field=service.field)
    forget = partial(voices.explain, chat=turn.chat, about=about, now=turn.now, reasons=())  # those of another level
    close = partial(askings.close, chat=turn.chat, about=about)
    return _reasons(turn, {"level": given, "about": about, "late": service.late, "reasons": [], "answers": {}}, rate, forget, close)


async def later(turn: Turn) -> Reply | None:
    """«Để sau»: asked once more on the next working day, and then never again."""
    about = turn.arguments[0] if turn.arguments else ""
    if not about or not isinstance(await _service(turn, about), Service):
        return None
    if await askings.asked(turn.db, turn.chat, about) >= askings.TIMES:
        text = turn.t("Vâng, tôi không hỏi lại nữa. Khi nào muốn đánh giá, anh/chị gõ “đánh giá”.")
    else:
        text = turn.t("Vâng, ngày làm việc tới tôi hỏi lại một lần, rồi thôi. Muốn đánh giá sớm hơn, anh/chị gõ “đánh giá”.")
    effect = partial(askings.put_off, chat=turn.chat, about=about, until=next_day(turn), now=turn.now)
    return Reply((Say(text, replace=True),), effects=(effect,), subject=SUBJECT)


def next_day(turn: Turn) -> dt.datetime:
    """When the office opens on the next working day."""
    tomorrow = dt.datetime.combine(turn.now.date() + dt.timedelta(days=1), dt.time(), turn.now.tzinfo)
    coming = turn.library.calendar.next_open(tomorrow)
    return dt.datetime.combine(coming[0], coming[1][0], turn.now.tzinfo) if coming else turn.now + dt.timedelta(days=1)


async def word(turn: Turn) -> Reply | None:
    """A level, or «để sau», typed in answer to what was asked unasked for; the channel may have no buttons."""
    said = fold(turn.text).strip(" .!,")
    given = next((level for level, label in LEVELS.items() if said in {fold(label), fold(turn.t(label))}), None)
    if turn.state.step or not (given or said in _LATER):
        return None
    about = await askings.waiting(turn.db, turn.chat, turn.now)
    if not about:
        return None
    return await _rated(turn, given, about) if given else await later(replace(turn, incoming=replace(turn.incoming, choice=f"rw:{about}")))


async def reason(turn: Turn) -> Reply | None:
    """A reason was tapped: chosen, or taken back."""
    name = turn.arguments[0] if turn.arguments else ""
    data = turn.state.data
    if turn.state.step != "rating.comment" or name not in _offered(data["level"]):
        return None
    chosen = list(data["reasons"])
    chosen = [c for c in chosen if c != name] if name in chosen else [*chosen, name]
    effect = partial(voices.explain, chat=turn.chat, about=data["about"], now=turn.now, reasons=chosen)
    return _reasons(turn, {**data, "reasons": chosen}, effect)


def _offered(given: int) -> dict[str, str]:
    return GOOD if given >= 4 else BAD


def _reasons(turn: Turn, data: Mapping[str, Any], *effects: Effect) -> Reply:
    t, given = turn.t, data["level"]
    choices = [Choice(("✓ " if name in data["reasons"] else "") + t(label), f"rr:{name}") for name, label in _offered(given).items()]
    choices.append(Choice(t("Trả lời thêm {n} câu ngắn", n=len(asked(data["late"], {}))), "rq"))
    text = t("Đã ghi: {level}. Cảm ơn anh/chị!", level=t(LEVELS[given]))
    text += "\n" + t("Anh/chị có thể chọn lý do, viết thêm vài lời, hoặc bấm Xong.")
    say = Say(text, choices=(*choices, Choice(t("Xong"), "rd")), replace=True)
    return Reply((say,), step="rating.comment", data=data, effects=effects, subject=SUBJECT)


async def comment_step(turn: Turn) -> Reply | None:
    """Words beside the rating."""
    if another_matter(turn):
        return None
    t, data = turn.t, turn.state.data
    effect = partial(voices.explain, chat=turn.chat, about=data["about"], now=turn.now, comment=turn.text[:COMMENT_MAX])
    return Reply(
        (Say(t("Tôi đã ghi thêm lời của anh/chị. Cảm ơn anh/chị đã giúp bàn một cửa phục vụ tốt hơn.")),), effects=(effect,), subject=SUBJECT
    )


def another_matter(turn: Turn) -> bool:
    """Whether what follows a rating is no comment on it: long after it, a dossier code, or a question that has an answer."""
    updated = turn.state.updated
    if (updated and turn.now - updated > COMMENT_WITHIN) or find(turn.text, turn.now.date()):
        return True
    asking = "?" in turn.text or _ASKING.search(fold(turn.text))
    return bool(asking) and isinstance(turn.library.understanding.read(turn.text, turn.state.topic).meaning, Answer | Choose)


async def done(turn: Turn) -> Reply:
    """The end of a rating."""
    return Reply((thanks(turn),), subject=SUBJECT)


def thanks(turn: Turn) -> Say:
    """The last words of a rating."""
    text = turn.t("Cảm ơn anh/chị. Trong 7 ngày anh/chị có thể đổi đánh giá bằng cách đánh giá lại.")
    return Say(text, choices=(Choice(turn.t("Gửi góp ý"), "g:gop-y"),))
