"""The public counter: what the office received and solved this month and this year, computed, with the time of the data."""

from __future__ import annotations

from functools import partial

from bot.chat import Say
from bot.dossiers import counter
from bot.dossiers.counter import Figures
from bot.turn import Reply, Turn
from handlers import wording

SUBJECT = "ket-qua-giai-quyet"


async def show(turn: Turn) -> Reply:
    """The figures of the month and the year; one that breaks a sum is not shown, and that is said."""
    t, office = turn.t, turn.chat.office
    found = [await counter.shown(turn.db, office, span, turn.now) for span in counter.spans(turn.now.date())]
    made = [figures for figures, _ in found]
    effects = tuple(partial(counter.keep, office=office, made=one, state=state) for one, state in found if state)
    as_of = made[0].as_of
    if as_of is None:
        text = t("Tôi chưa có số liệu hồ sơ nào. Anh/chị hỏi bàn một cửa: {phone}.", phone=wording.telephones(turn))
        return Reply((Say(text),), subject=SUBJECT)
    parts = [_span(turn, one) for one in made]
    if not all(one.solved_shown and one.pending_shown and one.ways_shown for one in made):
        parts.append(t("Số nào còn hồ sơ thiếu hoặc sai ngày thì tôi chưa nêu; bàn một cửa đã có danh sách để sửa."))
    moment = as_of.astimezone(turn.now.tzinfo)
    footer = t("Số liệu lúc {time} ngày {date}.", time=t.time(moment), date=t.date(moment.date()))
    return Reply((Say("\n\n".join(parts), t("Kết quả giải quyết hồ sơ"), footer),), effects=effects, subject=SUBJECT)


def _span(turn: Turn, made: Figures) -> str:
    t, n = turn.t, turn.t.number
    month = made.span.end.month != 1 or made.span.first.month == 12
    name = t("Tháng {month}/{year}", month=made.span.first.month, year=made.span.first.year) if month else t("Năm {year}", year=made.span.first.year)
    facts = [t("Tiếp nhận: {n} hồ sơ, trong đó {carried} chuyển từ kỳ trước", n=n(made.received), carried=n(made.carried)) if made.whole else ""]
    if made.solved_shown:
        split = {"early": n(made.early), "exact": n(made.on_time), "late": n(made.late)}
        facts.append(t("Đã giải quyết: {n} = {early} trước hạn + {exact} đúng hạn + {late} trễ hạn", n=n(made.solved), **split))
        facts.append(_ratio(turn, made))
    if made.pending_shown:
        text = t("Đang giải quyết: {n} = {good} trong hạn + {late} quá hạn", n=n(made.pending), good=n(made.in_time), late=n(made.overdue))
        facts.append(text)
    if made.ways_shown and (share := counter.percent(made.online, made.fresh)) is not None:
        facts.append(t("Nộp trực tuyến: {n} hồ sơ mới, {share}", n=n(made.online), share=t.percent(share)))
    return f"{name}\n" + wording.bullets([f for f in facts if f] or [t("Chưa nêu được số nào.")])


def _ratio(turn: Turn, made: Figures) -> str:
    good, late = counter.percent(made.early + made.on_time, made.solved), counter.percent(made.late, made.solved)
    if good is None or late is None:
        return ""
    return turn.t("Trước và đúng hạn: {good}; trễ hạn: {late}", good=turn.t.percent(good), late=turn.t.percent(late))
