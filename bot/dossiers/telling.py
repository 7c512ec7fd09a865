"""What followers of a dossier are told, and when: at once by day, at seven in the morning what happened at night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import CAPS, Choice, Say, Wire, render
from bot.dossiers.codes import named
from bot.dossiers.statuses import STATUSES
from bot.settings import ZONE
from bot.store import askings, follows
from bot.store.dossiers import Change, Dossier
from bot.store.follows import Follower, Notice
from bot.texts import Texts, texts

WAKING = (dt.time(7), dt.time(21))
COLLECTED = 10
REASON_MOST = 500
CLOSED = {8, COLLECTED}


def not_before(now: dt.datetime) -> dt.datetime:
    """When a message that nobody asked for may be sent: now, or at seven after the quiet hours."""
    local = now.astimezone(ZONE)
    if WAKING[0] <= local.time() < WAKING[1]:
        return now
    day = local.date() + dt.timedelta(days=local.time() >= WAKING[1])
    return dt.datetime.combine(day, WAKING[0], ZONE)


async def changes(db: AsyncConnection, office: str, changed: Sequence[Change], now: dt.datetime) -> None:
    """Tells the followers of changed dossiers, inside the transaction of the change. A dossier handed over is followed no more;
    whoever has not rated it will be asked to, at a good moment."""
    moved = {c.code: c for c in changed if c.status_changed or c.due_changed}
    found = await follows.followers(db, office, list(moved))
    await follows.tell(db, [_notice(f, moved[f.code], now) for f in found], now)
    for follower in found:
        if moved[follower.code].new.status == COLLECTED:
            await follows.stop(db, follower.chat, follower.code)
            if not follower.rated:
                await askings.plan(db, follower.chat, follower.code, now, now)


def _notice(follower: Follower, change: Change, now: dt.datetime) -> Notice:
    t, new = texts(follower.language or "vi"), change.new
    as_of = new.as_of.astimezone(dt.UTC).isoformat()
    if change.status_changed:
        say, event = _moved(t, new, follower), f"status {new.status or new.status_label} {as_of}"
    else:
        say, event = _postponed(t, change), f"due {new.appointed and new.appointed.astimezone(dt.UTC).isoformat()} {as_of}"
    return Notice(follower, event, wire(t, say, follower), not_before(now))


def wire(t: Texts, say: Say, follower: Follower) -> Wire:
    """The message as the follower's channel shows it. It never leaves a numbered menu behind: that would take the place of another's."""
    if len(say.choices) > CAPS[follower.chat.channel].buttons:
        say = Say(say.text, say.title, t("Gửi mã hồ sơ để xem chi tiết, gõ “dừng” để thôi theo dõi.") + "\n" + say.footer)
    return render(say, CAPS[follower.chat.channel])[0][0]


def _moved(t: Texts, dossier: Dossier, follower: Follower) -> Say:
    status = STATUSES.get(dossier.status or 0)
    lines = [t("Trạng thái mới: {label}", label=t(status.label) if status else dossier.status_label)]
    lines += [t(status.plain)] if status else []
    if dossier.appointed and dossier.status not in CLOSED | {9}:
        lines.append(t("Ngày hẹn trả: {date}.", date=t.weekday(_day(dossier.appointed))))
        lines += _apology(t, dossier)
    if dossier.status != COLLECTED:
        return Say("\n".join(lines), _title(t, dossier), as_of(t, dossier), choices(t, dossier.code))
    lines.append(t("Tôi thôi theo dõi hồ sơ này."))
    return Say("\n".join(lines), _title(t, dossier), as_of(t, dossier))


def _postponed(t: Texts, change: Change) -> Say:
    dossier = change.new
    old, new = (t.weekday(_day(d.appointed)) if d and d.appointed else "" for d in (change.old, dossier))
    lines = [t("Ngày hẹn trả đổi từ {old} sang {new}.", old=old, new=new), *_apology(t, dossier)]
    lines += [t("Ghi chú của cơ quan: {reason}", reason=dossier.reason[:REASON_MOST])] if dossier.reason else []
    return Say("\n".join(lines), _title(t, dossier), as_of(t, dossier), choices(t, dossier.code))


def _apology(t: Texts, dossier: Dossier) -> list[str]:
    """What the office has recorded on form 04, and no word of ours beside it."""
    if not dossier.extended_at:
        return []
    reason = [t("Lý do: {reason}", reason=dossier.apology[:REASON_MOST])] if dossier.apology else []
    return [t("Cơ quan xin lỗi anh/chị vì trễ hẹn."), *reason]


def choices(t: Texts, code: str) -> tuple[Choice, ...]:
    """What a follower can do with a message about a dossier."""
    return Choice(t("Xem chi tiết"), f"d:{code}"), Choice(t("Dừng theo dõi"), f"fx:{code}")


def _title(t: Texts, dossier: Dossier) -> str:
    return t("Hồ sơ {code}", code=named(t, dossier.code))


def as_of(t: Texts, dossier: Dossier) -> str:
    """The time of the figures."""
    moment = dossier.as_of.astimezone(ZONE)
    return t("Số liệu lúc {time} ngày {date}.", time=t.time(moment), date=t.date(moment.date()))


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZONE).date()
