"""«Nếu nộp hôm nay thì khi nào có?»: the appointed day before filing, with the reckoning."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from bot.chat import Choice, Say
from bot.store.dossiers import Dossier
from bot.turn import Outcome, Reply, Turn
from handlers import show
from handlers.listing import gone, number
from handlers.office import day_asked
from handlers.questions import not_in_force, topic_of
from knowledge.duedate import Due, Step, Why, due, limit_of
from knowledge.model import Aspect, Procedure, Rate, Way
from knowledge.understand.meaning import Answer, Choose, Reading, Topic
from knowledge.words import fold

AHEAD = 7
FURTHEST = 60  # days ahead that are reckoned when asked in words
_FILED = re.compile(r"\b(?:nop|gui ho so|nap ho so|file|submit|apply)\b")
_DAY = re.compile(
    r"\b(?:hom nay|bay gio|bua nay|ngay mai|sang mai|chieu mai|mai|ngay kia|ngay mot|thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|chu nhat"
    r"|ngay \d{1,2}(?: thang \d{1,2})?|\d{1,2}\s?/\s?\d{1,2}|today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
_WHEN = re.compile(r"\b(?:khi nao|bao gio|chung nao|hom nao|ngay nao|bua nao|may ngay|bao lau|thu may|when|how long)\b")
_AFTERNOON, _MORNING = re.compile(r"\b(?:chieu|afternoon|pm)\b"), re.compile(r"\b(?:sang|morning|am)\b")
_HOUR = re.compile(r"\b([01]?\d|2[0-3])\s?(?:h|gio|g|:)\s?([0-5]\d)?\b")
_WAYS = {"truc tuyen": Way.ONLINE, "truc tiep": Way.DIRECT, "buu chinh": Way.POST, "buu chinh cong ich": Way.POST}


async def show_due(turn: Turn) -> Reply:
    """The appointed day when filed on the day of the button (0 today, 1 tomorrow …), for each published time."""
    code, ahead_text = (*turn.arguments, "", "0")[:2]
    procedure = turn.knowledge.procedure(code)
    ahead = number(ahead_text or "0")
    if procedure is None or not 0 <= ahead <= AHEAD or not show.can_reckon(procedure):
        return gone(turn)
    if not procedure.valid_on(turn.now.date()):
        return Reply((not_in_force(turn, procedure),), procedures=(procedure.code,))
    return _reply(turn, procedure, _moment(turn, ahead), ahead)


async def asked(turn: Turn, reading: Reading) -> Reply | None:
    """«Nếu nộp sáng mai thì khi nào có?»: of the procedure in the message, else of the one spoken of; None for any other question."""
    said = fold(turn.text)
    if not (_FILED.search(said) and _DAY.search(said) and _WHEN.search(said)):
        return None
    alone = turn.library.understanding.read(turn.text, Topic()).meaning
    meaning = alone if isinstance(alone, Answer | Choose) else reading.meaning
    codes = [a.code for a in meaning.asked] if isinstance(meaning, Answer) else list(turn.state.topic.asked)
    if isinstance(meaning, Choose) or len(codes) > 1:
        return None
    if not codes:
        text = turn.t("Anh/chị muốn nộp việc gì? Gõ cả tên việc giúp tôi, ví dụ “đăng ký kết hôn, nộp sáng mai thì khi nào có?”.")
        return Reply((Say(text, choices=(Choice(turn.t("Danh sách thủ tục"), "fields"),)),), outcome=Outcome.CHOOSE)
    procedure, day = turn.knowledge.procedure(codes[0]), day_asked(turn.text, turn.now.date())
    if procedure is None or not show.can_reckon(procedure) or not procedure.valid_on(turn.now.date()) or day < turn.now.date():
        return None
    if day > turn.now.date() + dt.timedelta(days=FURTHEST):
        return None
    return _reply(turn, procedure, _moment_said(turn, day, said), (day - turn.now.date()).days)


def _moment_said(turn: Turn, day: dt.date, said: str) -> dt.datetime:
    """The hour that is named, else the first opening of the half day that is named, else of the day; now where nothing but today is."""
    afternoon, spans = bool(_AFTERNOON.search(said)), turn.library.calendar.day(day).spans
    if match := _HOUR.search(said):
        hour = int(match.group(1)) + (12 if afternoon and int(match.group(1)) < 12 else 0)
        return dt.datetime.combine(day, dt.time(hour % 24, int(match.group(2) or 0)), turn.now.tzinfo)
    if afternoon:
        return dt.datetime.combine(day, next((a for a, _ in spans if a.hour >= 12), dt.time(13, 30)), turn.now.tzinfo)
    if day == turn.now.date() and not _MORNING.search(said):
        return turn.now
    return dt.datetime.combine(day, spans[0][0] if spans else dt.time(8), turn.now.tzinfo)


def _reply(turn: Turn, procedure: Procedure, received: dt.datetime, ahead: int) -> Reply:
    t = turn.t
    parts = [_told(turn, procedure, rate, received) for rate in _distinct(procedure)]
    note = t("Đây là ngày tính theo thời hạn đã công bố; ngày hẹn chính thức ghi trên giấy hẹn.")
    say = Say("\n\n".join((*parts, note)), procedure.name, show.source(turn, procedure), _choices(turn, procedure, ahead))
    topic = topic_of(turn, procedure, (Aspect.TIME,))
    return Reply((say,), topic=topic, outcome=Outcome.ANSWER, procedures=(procedure.code,), aspects=(Aspect.TIME,))


def can_explain(dossier: Dossier, procedure: Procedure) -> bool:
    """Whether the dossier's appointed day can be reckoned: both days are known and the leaflet publishes a time."""
    return bool(dossier.received_at and dossier.due_at and show.can_reckon(procedure))


def explain(turn: Turn, dossier: Dossier, procedure: Procedure) -> str:
    """How the appointed day of a dossier follows from the published time, by its way of filing; and that the receipt counts where it does not."""
    if dossier.received_at is None or dossier.due_at is None:
        return ""
    t, zone = turn.t, turn.now.tzinfo
    received, appointed = dossier.received_at.astimezone(zone), dossier.due_at.astimezone(zone).date()
    way = _WAYS.get(fold(dossier.method))
    rates = list(_distinct(procedure))
    rates = [r for r in rates if r.way is way] or [r for r in rates if r.way is Way.ANY] or rates
    parts = [_told(turn, procedure, rate, received) for rate in rates]
    days = {due(received, limit, turn.library.calendar, procedure.cutoff).day for r in rates if (limit := limit_of(r.text))}
    if appointed not in days:
        parts.append(t("Giấy hẹn ghi {date}, khác với ngày tính ra ở trên. Ngày trên giấy hẹn là ngày chính thức.", date=t.weekday(appointed)))
    return "\n\n".join(parts)


def _moment(turn: Turn, ahead: int) -> dt.datetime:
    """Now for today; the first opening for another day."""
    if not ahead:
        return turn.now
    day = turn.now.date() + dt.timedelta(days=ahead)
    spans = turn.library.calendar.day(day).spans
    return dt.datetime.combine(day, spans[0][0] if spans else dt.time(8), turn.now.tzinfo)


def _distinct(procedure: Procedure) -> Iterator[Rate]:
    seen: set[tuple[str, str]] = set()
    for rate in procedure.times:
        if (rate.case, rate.text) not in seen and limit_of(rate.text):
            seen.add((rate.case, rate.text))
            yield rate


def _told(turn: Turn, procedure: Procedure, rate: Rate, received: dt.datetime) -> str:
    t, limit = turn.t, limit_of(rate.text)
    if limit is None:
        return rate.text
    found = due(received, limit, turn.library.calendar, procedure.cutoff)
    way = f"{t(show.WAY_LABELS[rate.way])}: " if rate.way in show.WAY_LABELS else ""
    head = f"{rate.case}, {way}{rate.text}" if rate.case else f"{way}{rate.text}"
    lines = [f"→ {line}" for line in reckoning(turn, found, received)]
    guess = [t("Bước tính từ ngày mở cửa kế tiếp là cách hiểu thông thường, anh/chị hỏi lại bàn một cửa nếu gấp.")] if found.guessed else []
    return "\n".join((head, *lines, *guess))


def reckoning(turn: Turn, found: Due, received: dt.datetime) -> Iterator[str]:
    """The steps in words, one a line."""
    for step in found.steps:
        yield _step(turn, step, found, received)


def _step(turn: Turn, step: Step, found: Due, received: dt.datetime) -> str:
    t, day = turn.t, turn.t.weekday(step.day)
    match step.why:
        case Why.RECEIVED:
            return t("nhận lúc {time} {day}", time=t.time(received), day=day)
        case Why.CLOSED:
            return t("lúc đó không làm việc, coi như nhận {day}", day=day)
        case Why.AFTER_CUTOFF:
            return t("sau giờ chốt trong ngày nên sang {day}", day=day)
        case Why.COUNTED_FROM:
            return t("tính từ {day}", day=day)
        case Why.SKIPPED:
            return t("trừ {day}: {reason}", day=day, reason=step.reason)
        case Why.MOVED:
            return t("hết hạn {day} là ngày nghỉ nên dời tiếp", day=day)
        case Why.DUE:
            return t("hẹn trả {time} {day}", time=t.time(found.time), day=day) if found.time else t("hẹn trả {day}", day=day)


def _choices(turn: Turn, procedure: Procedure, ahead: int) -> tuple[Choice, ...]:
    t, today = turn.t, turn.now.date()
    days = [n for n in range(AHEAD + 1) if n != ahead and turn.library.calendar.day(today + dt.timedelta(days=n)).open][:3]
    named = [Choice(t("Nếu nộp {day}", day=t.weekday(today + dt.timedelta(days=n))), f"due:{procedure.code}:{n}") for n in days]
    return (*named, *show.aspect_choices(t, procedure, (Aspect.TIME,))[:3])
