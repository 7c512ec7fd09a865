"""The table of the petition's dialogue: what its buttons and steps do, what is private in it, and how it is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.chat import Kind, Say
from bot.petitions.codes import find_code
from bot.store import drafts
from bot.turn import Reply, Turn
from handlers import petition, petition_after, petition_details, petition_sending
from handlers.petition_draft import dropped, skips

Step = Callable[[Turn], Awaitable[Reply | None]]
BUTTONS: dict[str, Step] = {
    "new": petition.begin,
    "resume": petition.resume,
    "fresh": petition.fresh,
    "kind": petition.kind,
    "skip": petition_details.skipped,
    "nophotos": petition_details.no_photos,
    "nodossier": petition_details.no_dossier,
    "anon": petition_sending.anonymous,
    "send": petition_sending.send,
    "mine": petition_after.mine,
    "see": petition_after.see,
    "ok": petition_after.well,
    "rate": petition_after.rate,
    "not": petition_after.not_well,
    "again": petition_after.again,
    "reply": petition_after.reply,
}
STEPS: dict[str, Step] = {
    "petition.resume": petition.resume_step,
    "petition.kind": petition.kind_step,
    "petition.text": petition.text_step,
    **petition_details.STEPS,
    "petition.preview": petition.preview_step,
    "petition.reopen": petition_after.reopen_step,
    "petition.reply": petition_after.reply_step,
}
THINGS: dict[tuple[str, Kind], Step] = {
    ("petition.photos", Kind.PHOTO): petition_details.photos_step,
    ("petition.place", Kind.LOCATION): petition_details.place_step,
}


async def pressed(turn: Turn) -> Reply | None:
    """A button of this dialogue."""
    action = turn.arguments[0] if turn.arguments else ""
    if action == "edit":
        return await petition.edit_text(turn) if turn.arguments[1:] == ("text",) else await petition_details.edit(turn)
    return await BUTTONS[action](turn) if action in BUTTONS else None


async def word(turn: Turn) -> Reply | None:
    """«Bỏ qua» passes over a step here, where elsewhere it leaves; a code or «phản ánh của tôi» opens where it stands."""
    if turn.state.step in petition_details.STEPS and turn.text.strip() and skips(turn):
        return await STEPS[turn.state.step](turn)
    opened = petition_after.asked(turn)
    return await opened(turn) if opened else None


async def kept_private(turn: Turn, reply: Reply) -> Reply:
    """Whatever was said on the way through this dialogue, or with a code in it, is private. «Huỷ» forgets the draft; another question keeps
    it for a day, and that is said."""
    inside = turn.state.step.startswith("petition.")
    if not inside:
        return replace(reply, private=True) if find_code(turn.text) else reply
    if reply.step or reply.subject == "phan-anh":
        return replace(reply, private=True)
    kept = await drafts.find(turn.db, turn.key, turn.chat, turn.now)
    if kept is None or not kept.draft.text:
        return replace(reply, private=True)
    if reply.subject == "huy":
        return replace(reply, private=True, effects=(*reply.effects, dropped(turn, kept.draft.photos)))
    note = Say(turn.t("Phản ánh đang viết dở được giữ một ngày, chưa gửi đi. Gõ /phananh để viết tiếp."))
    return replace(reply, private=True, says=(*reply.says, note))
