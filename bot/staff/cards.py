"""How staff see a petition: what it says, where, by when, who has it, and what they can do. Of an anonymous sender nothing is shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Choice, Say
from bot.petitions.steps import Event, Petition, State, Step, possible
from bot.settings import ZONE
from bot.store import petitions, senders
from bot.texts import Texts, n_

MAP = "https://www.openstreetmap.org/?mlat={latitude:.5f}&mlon={longitude:.5f}#map=18/{latitude:.5f}/{longitude:.5f}"
DOING = {
    Step.TAKE: ("take", n_("Nhận xử lý")),
    Step.ANSWER: ("answer", n_("Trả lời")),
    Step.ASK_BACK: ("ask", n_("Hỏi lại")),
    Step.FORWARD: ("forward", n_("Chuyển")),
    Step.CLOSE: ("close", n_("Đóng")),
}
STANDING = {
    State.RECEIVED: n_("chưa ai nhận"),
    State.TAKEN: n_("{name} đang xử lý"),
    State.FORWARDED: n_("đã chuyển tới {receiver}, chưa ai nhận"),
    State.ASKED: n_("{name} đã hỏi lại, chờ người gửi"),
    State.ANSWERED: n_("{name} đã trả lời, chờ người gửi xác nhận"),
    State.CLOSED: n_("{name} đã đóng"),
    State.CONFIRMED: n_("người gửi xác nhận đã ổn"),
    State.REOPENED: n_("người gửi chưa thấy ổn, gửi lại lãnh đạo, chưa ai nhận"),
}
DID = {
    Step.RECEIVE: n_("Người dân gửi"),
    Step.TAKE: n_("{name} nhận xử lý"),
    Step.FORWARD: n_("{name} chuyển tới"),
    Step.ASK_BACK: n_("{name} hỏi lại"),
    Step.REPLY: n_("Người gửi trả lời"),
    Step.ANSWER: n_("{name} trả lời"),
    Step.CLOSE: n_("{name} đóng"),
    Step.CONFIRM: n_("Người gửi xác nhận đã ổn"),
    Step.REOPEN: n_("Người gửi chưa thấy ổn, gửi lại lãnh đạo"),
}


@dataclass(frozen=True)
class Case:
    """A petition with what belongs to it: the sha256 of its photos, and name and contact of a sender who chose to be named."""

    petition: Petition
    photos: tuple[str, ...] = ()
    name: str = ""
    contact: str = ""


async def case(db: AsyncConnection, petition: Petition) -> Case:
    """The petition with what belongs to it."""
    name, contact = await senders.contact_of(db, petition.id)
    return Case(petition, tuple(await petitions.photos_of(db, petition.id)), name, contact)


def card(t: Texts, shown: Case, now: dt.datetime, heading: str = "") -> Say:
    """The petition as a message, with a button for each thing that can be done now."""
    p = shown.petition
    facts = [*_where(t, p), *_who(t, shown)]
    if p.dossier:
        facts.append(t("Hồ sơ: {code}", code=p.dossier))
    if shown.photos:
        facts.append(t("Ảnh: {n}", n=t.number(len(shown.photos))))
    facts += [t("Hiện: {standing}", standing=standing(t, p)), *_dues(t, p, now)]
    text = "\n\n".join(part for part in (heading, f"“{p.text}”", "\n".join(facts)) if part)
    return Say(text, t("Phản ánh {code}", code=p.code), _received(t, p), choices(t, p), photos=shown.photos)


def choices(t: Texts, p: Petition) -> tuple[Choice, ...]:
    """What can be done in the petition's state, then its history."""
    can = [Choice(t(label), f"s:{verb}:{p.code}") for step, (verb, label) in DOING.items() if possible(step, p.state)]
    return (*can, Choice(t("Diễn biến"), f"s:log:{p.code}"))


def standing(t: Texts, p: Petition) -> str:
    """Who has it, or what became of it."""
    return t(STANDING[p.state]).format(name=p.holder, receiver=p.receiver)


def _where(t: Texts, p: Petition) -> list[str]:
    lines = [t("Nơi: {place}", place=p.place)] if p.place else []
    if p.spot:
        latitude, longitude = p.spot
        lines.append(t("Bản đồ: {link}", link=MAP.format(latitude=latitude, longitude=longitude)))
    return lines


def _who(t: Texts, shown: Case) -> list[str]:
    if not shown.petition.named:
        return [t("Người gửi: ẩn danh")]
    return [t("Người gửi: {name}", name=", ".join(part for part in (shown.name, shown.contact) if part) or t("không ghi tên"))]


def _dues(t: Texts, p: Petition, now: dt.datetime) -> list[str]:
    if p.ended_at:
        return []
    waits = [t("Hạn nhận: {when}", when=moment(t, p.accept_due))] if p.taken_at is None else []
    late = " " + t("(quá hạn)") if now > p.answer_due else ""
    return [*waits, t("Hạn trả lời: {when}", when=moment(t, p.answer_due)) + late]


def _received(t: Texts, p: Petition) -> str:
    when = moment(t, p.received_at) if p.named else t("khoảng {when}", when=moment(t, p.received_at))
    return t("Nhận lúc {when}.", when=when)


def moment(t: Texts, at: dt.datetime) -> str:
    """17:00 thứ Sáu 20/11/2026."""
    local = at.astimezone(ZONE)
    return f"{t.time(local)} {t.weekday(local.date())}"


def history(t: Texts, p: Petition, events: list[Event]) -> Say:
    """Who did what when, and what they said."""
    lines = [_happened(t, event) for event in events]
    return Say("\n\n".join(lines), t("Diễn biến {code}", code=p.code), choices=(Choice(t("Mở phản ánh"), f"s:open:{p.code}"),))


def _happened(t: Texts, event: Event) -> str:
    local = event.at.astimezone(ZONE)
    did = t(DID[event.step]).format(name=event.by)
    words = "" if event.step in {Step.RECEIVE, Step.CONFIRM} else event.words
    rated = t(", đánh giá {n}/5", n=event.words) if event.step is Step.CONFIRM and event.words else ""
    return f"{t.time(local)} {t.date(local.date())}\n{did}{rated}" + (f": “{words}”" if words else "")


def news(t: Texts, shown: Case, event: Event, now: dt.datetime) -> Say:
    """What staff are told when a citizen has done something."""
    p = shown.petition
    if event.step is Step.RECEIVE:
        return card(t, shown, now, t("Phản ánh mới"))
    if event.step is Step.REPLY:
        heading = t("Người gửi trả lời câu hỏi của cán bộ:") + f"\n“{event.words}”"
        return replace(card(t, shown, now, heading), title=t("Trả lời về {code}", code=p.code))
    if event.step is Step.REOPEN:
        heading = t("Người gửi chưa thấy ổn và gửi lại, lần này tới lãnh đạo.") + (f"\n“{event.words}”" if event.words else "")
        answered = p.answer or p.reason
        return card(t, shown, now, heading + ("\n" + t("Lần trước đã trả lời: “{words}”", words=answered) if answered else ""))
    rated = "\n" + t("Đánh giá: {n}/5", n=event.words) if event.words else ""
    return Say(t("Người gửi xác nhận đã ổn.") + rated, t("Phản ánh {code}", code=p.code))
