"""Figures for the staff by chat: today and this month, the week's unanswered questions, the newest feedback."""

from __future__ import annotations

import datetime as dt

from bot.chat import Say
from bot.dossiers import counter
from bot.staff import figures, unanswered
from bot.staff.figures import Figures
from bot.store import summary
from bot.store.staff import Member
from bot.turn import Reply, Turn
from handlers.staff import SUBJECT, menu_choices
from handlers.wording import bullets

FEEDBACK_SHOWN = 5
FEEDBACK_MOST = 300


async def today(turn: Turn, member: Member) -> Reply:
    """`/homnay`: the figures of today and of this month, and what waits."""
    t, office = turn.t, turn.chat.office
    day = await figures.figures(turn.db, office, figures.day(turn.now))
    month = await figures.figures(turn.db, office, figures.month(turn.now))
    now = turn.now
    parts = (
        t("Hôm nay, {date}", date=t.weekday(now.date())) + "\n" + bullets(_lines(turn, day)),
        t("Tháng {month}/{year}", month=now.month, year=now.year) + "\n" + bullets(_lines(turn, month)),
        t("Đang chờ") + "\n" + bullets(await _waiting(turn)),
    )
    footer = t("Đánh giá qua trò chuyện là ý kiến tự nguyện, không phải chỉ số hài lòng chính thức.")
    return Reply((Say("\n\n".join(parts), t("Số liệu cho cán bộ"), footer, menu_choices(turn)[:1]),), subject=SUBJECT)


def _lines(turn: Turn, made: Figures) -> list[str]:
    t, n = turn.t, turn.t.number
    questions = t("Câu hỏi: {a} trả lời, {b} hỏi lại, {c} chưa biết", a=n(made.answered), b=n(made.asked_back), c=n(made.unknown))
    lines = [questions, _ratings(turn, made), t("Phản ánh mới: {n}", n=n(made.petitions)), t("Góp ý: {n}", n=n(made.feedback))]
    if made.malformed:
        lines.append(t("Tin mà kênh gửi đến không đọc được: {n}", n=n(made.malformed)))
    return lines


def _ratings(turn: Turn, made: Figures) -> str:
    t = turn.t
    if made.satisfied is None:
        few = t(" (dưới {n} lượt nên chưa nêu mức)", n=figures.FEWEST) if made.ratings else ""
        return t("Đánh giá: {n} lượt", n=t.number(made.ratings)) + few
    share = counter.percent(made.satisfied, made.ratings)
    return t("Đánh giá: {n} lượt, {share} hài lòng trở lên", n=t.number(made.ratings), share=t.percent(share) if share is not None else "—")


async def _waiting(turn: Turn) -> list[str]:
    t, n = turn.t, turn.t.number
    late, as_of = await figures.late_dossiers(turn.db, turn.chat.office, turn.now)
    opened, overdue = await figures.petitions_waiting(turn.db, turn.chat.office, turn.now)
    lines = [t("Phản ánh đang mở: {n}, quá hạn {late}", n=n(opened), late=n(overdue))]
    if as_of:
        moment = as_of.astimezone(turn.now.tzinfo)
        lines.append(t("Hồ sơ quá hạn: {n} (số liệu lúc {time} ngày {date})", n=n(late), time=t.time(moment), date=t.date(moment.date())))
    return lines


async def questions(turn: Turn, member: Member) -> Reply:
    """`/chuatraloi`: the week's questions that found no answer, those alike together."""
    t, groups = turn.t, await figures.unanswered_groups(turn.db, turn.chat.office, turn.now)
    text = unanswered.worded(t, groups) or t("Bảy ngày qua không có câu nào tôi chưa trả lời được.")
    footer = t("Số và tên riêng đã được che.") if groups else ""
    return Reply((Say(text, t("Câu chưa trả lời được trong 7 ngày"), footer),), subject=SUBJECT)


async def feedback(turn: Turn, member: Member) -> Reply:
    """The newest feedback with its references."""
    t, found = turn.t, await summary.last_feedback(turn.db, turn.chat.office, FEEDBACK_SHOWN)
    text = "\n\n".join(f"{reference}, {_day(turn, at)}\n“{_short(words)}”" for at, reference, words in found)
    return Reply((Say(text or t("Chưa có góp ý nào."), t("Góp ý mới nhất")),), subject=SUBJECT)


def _day(turn: Turn, at: dt.datetime) -> str:
    return turn.t.date(at.astimezone(turn.now.tzinfo).date())


def _short(words: str) -> str:
    return words if len(words) <= FEEDBACK_MOST else words[: FEEDBACK_MOST - 1].rstrip() + "…"
