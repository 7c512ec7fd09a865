"""The preview of exactly who will see what, and the sending itself: code and due date come out of the transaction that stores the petition."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Choice, Say
from bot.petitions.steps import Draft, Petition, SentBefore, TooManyToday
from bot.petitions.wording import day_and_time
from bot.store import drafts, petitions, road
from bot.turn import Reply, Turn
from handlers import wording
from handlers.petition_draft import draft_of, forget, leave, limit_text, private, saved

PREVIEW = "petition.preview"


def preview(turn: Turn, draft: Draft) -> Reply:
    """The petition as staff will see it, who sees what, and the button that sends it."""
    t = turn.t
    parts = [f"“{draft.text}”", _parts(turn, draft), t("Ai thấy gì:") + "\n" + wording.bullets(_who(turn, draft)), _calm(turn, draft)]
    naming = Choice(t("Giấu tên"), "k:anon") if draft.named else Choice(t("Ghi tên tôi"), "k:edit:name")
    choices = (
        Choice(t("Gửi"), "k:send"),
        naming,
        Choice(t("Sửa lời"), "k:edit:text"),
        Choice(t("Ảnh"), "k:edit:photos"),
        Choice(t("Nơi xảy ra"), "k:edit:place"),
        Choice(t("Hồ sơ"), "k:edit:dossier"),
        leave(turn),
    )
    return private(Say("\n\n".join(filter(None, parts)), t("Xem lại trước khi gửi"), choices=choices), step=PREVIEW)


def _parts(turn: Turn, draft: Draft) -> str:
    t = turn.t
    lines = [t("Ảnh: {n}", n=len(draft.photos))] if draft.photos else []
    lines += [t("Nơi: {place}", place=draft.place)] if draft.place else []
    lines += [t("Vị trí trên bản đồ: có")] if draft.spot else []
    lines += [t("Hồ sơ: {code}", code=draft.dossier)] if draft.dossier else []
    return "\n".join(lines)


def _who(turn: Turn, draft: Draft) -> list[str]:
    t = turn.t
    if draft.named:
        contact = draft.contact or t("qua khung chat này")
        lines = [t("Cán bộ xử lý đọc đúng như trên, thấy tên {name} và cách liên hệ: {contact}.", name=draft.name, contact=contact)]
    else:
        lines = [t("Cán bộ xử lý đọc đúng như trên, không thấy tên, số điện thoại hay tài khoản của anh/chị.")]
    lines += [t("Mã hồ sơ cho cán bộ biết chủ hồ sơ là ai.")] if draft.dossier and not draft.named else []
    lines += [t("Vị trí có thể cho biết anh/chị ở đâu.")] if draft.spot and not draft.named else []
    lines += [t("Ảnh đã được bỏ nơi chụp, giờ chụp và tên máy.")] if draft.photos else []
    return [*lines, t("Trả lời về khung chat này. Không đăng công khai.")]


def _calm(turn: Turn, draft: Draft) -> str:
    """A kind word for heated ones; nothing is refused for its tone."""
    if not turn.library.understanding.heated(draft.text):
        return ""
    return turn.t("Tôi hiểu anh/chị đang bực. Lời anh/chị vẫn được gửi nguyên; kể rõ việc, giờ và nơi xảy ra thì xã xử lý nhanh hơn.")


async def anonymous(turn: Turn) -> Reply | None:
    """No name after all; what was typed of it is forgotten."""
    draft = await draft_of(turn)
    if not draft.text or turn.state.step not in {PREVIEW, "petition.name", "petition.contact"}:
        return None
    bare = replace(draft, named=False, name="", contact="")
    return replace(preview(turn, bare), effects=(saved(turn, bare),))


async def send(turn: Turn) -> Reply | None:
    """Stores the petition; its draft is gone, and so are its words wherever else this chat has them."""
    draft = await draft_of(turn)
    if turn.state.step != PREVIEW or not draft.text:
        return None

    async def told(db: AsyncConnection) -> tuple[Say, ...]:
        try:
            sent = await petitions.receive(db, turn.key, turn.chat, draft, turn.rules, turn.library.calendar, turn.now)
        except TooManyToday:
            return (Say(limit_text(turn)),)
        except SentBefore as error:
            await drafts.drop(db, turn.chat)
            await forget(turn, db, set(draft.photos))
            return (_sent_before(turn, error.code),)
        await drafts.drop(db, turn.chat)
        await road.blot_said(db, turn.chat, draft.text, turn.now)
        return (_sent(turn, sent),)

    return private(told=told)


def _sent_before(turn: Turn, code: str) -> Say:
    t = turn.t
    return Say(t("Hôm nay anh/chị đã gửi đúng lời này, mã {code}. Một lần là đủ, tôi không gửi thêm lần nữa.", code=code), choices=_mine(turn))


def _sent(turn: Turn, sent: Petition) -> Say:
    t = turn.t
    lines = (
        t("Cán bộ nhận trước {accept}, trả lời trước {answer}.", accept=day_and_time(t, sent.accept_due), answer=day_and_time(t, sent.answer_due)),
        t("Trả lời về khung chat này. Xem tới đâu: gửi mã trên, hoặc gõ “phản ánh của tôi”."),
    )
    return Say("\n".join(lines), t("Đã gửi. Mã: {code}", code=sent.code), choices=_mine(turn))


def _mine(turn: Turn) -> tuple[Choice, ...]:
    return (Choice(turn.t("Phản ánh của tôi"), "k:mine"),)
