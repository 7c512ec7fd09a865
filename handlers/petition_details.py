"""The parts of a petition after its words: photos, place, dossier, name, contact. Each can be passed over, and changed from the preview."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Choice, Kind, Say
from bot.dossiers.codes import find
from bot.petitions.rules import PHOTOS_MOST, TEXT_MOST
from bot.petitions.steps import Draft
from bot.petitions.wording import plain
from bot.photos import MOST_BYTES, Photo, PhotoRefused, Reason, cleaned
from bot.texts import n_
from bot.turn import FilesBusy, Gone, Reply, TooBig, Turn
from handlers import petition_sending
from handlers.petition_draft import draft_of, editing, forget, leave, private, saved, skip, skips
from knowledge.ground import on_ground
from knowledge.words import fold

PHOTOS, PLACE, DOSSIER, NAME, CONTACT = (f"petition.{name}" for name in ("photos", "place", "dossier", "name", "contact"))
PLACE_MOST = 300
NAME_MOST = 80
_PHONE = re.compile(r"(?:\+?84|0)[235789]\d{8}|(?:\+?84|0)2\d{9}")
_OF_DOSSIER = re.compile(r"\b(ho so|giay hen|bien nhan|tre hen|qua hen|dossier|application)\b")
_REFUSED = {
    Reason.TOO_BIG: n_("Ảnh nặng quá 10 MB nên tôi chưa nhận được. Anh/chị gửi ảnh nhỏ hơn giúp tôi."),
    Reason.TOO_LARGE: n_("Ảnh có kích thước quá lớn. Anh/chị chụp hoặc gửi lại ảnh thường giúp tôi."),
    Reason.NO_PHOTO: n_("Tệp này không phải ảnh nên tôi không nhận. Anh/chị gửi ảnh chụp (JPEG, PNG) giúp tôi."),
    Reason.ANIMATED: n_("Ảnh động tôi không nhận được. Anh/chị gửi ảnh chụp thường giúp tôi."),
    Reason.BROKEN: n_("Ảnh này tôi không mở được. Anh/chị gửi lại giúp tôi."),
}


async def next_step(turn: Turn, draft: Draft, step: str) -> Reply:
    """The question of a step; a step that is no use for this petition is passed over."""
    if step == DOSSIER and not (draft.dossier or _OF_DOSSIER.search(fold(draft.text))):
        return petition_sending.preview(turn, draft)
    ask = {PHOTOS: _ask_photos, PLACE: _ask_place, DOSSIER: _ask_dossier, NAME: _ask_name, CONTACT: _ask_contact}.get(step)
    return ask(turn, draft) if ask else petition_sending.preview(turn, draft)


_FOLLOWS = {PHOTOS: PLACE, PLACE: DOSSIER, NAME: CONTACT}


async def _on(turn: Turn, draft: Draft) -> Reply:
    """From this step to the next, or back to the preview; the draft is kept."""
    step = turn.state.step
    back = bool(turn.state.data.get("back"))
    reply = petition_sending.preview(turn, draft) if back and step != NAME else await next_step(turn, draft, _FOLLOWS.get(step, ""))
    return replace(reply, effects=(saved(turn, draft), *reply.effects))


async def skipped(turn: Turn) -> Reply | None:
    """The button that passes over a step."""
    return await _on(turn, await draft_of(turn)) if turn.state.step in {PHOTOS, PLACE, DOSSIER, NAME, CONTACT} else None


async def edit(turn: Turn) -> Reply | None:
    """A step opened from the preview."""
    asked = {"photos": PHOTOS, "place": PLACE, "dossier": DOSSIER, "name": NAME}.get(turn.arguments[1] if len(turn.arguments) > 1 else "")
    draft = await draft_of(turn)
    if not asked or not draft.text:
        return None
    reply = _ask_dossier(turn, draft) if asked == DOSSIER else await next_step(turn, draft, asked)
    return replace(reply, data={**reply.data, "back": True})


# --- photos ---------------------------------------------------------------------------------------------------------------------------------


def _ask_photos(turn: Turn, draft: Draft) -> Reply:
    t = turn.t
    text = t("Có ảnh thì anh/chị gửi luôn, nhiều nhất {n} ảnh. Xin đừng gửi ảnh căn cước hay giấy tờ riêng.", n=PHOTOS_MOST)
    if draft.photos:
        text = t("Đang có {n} ảnh. Anh/chị gửi thêm, hoặc đi tiếp.", n=len(draft.photos))
    return private(Say(text, t("Ảnh"), choices=_photo_choices(turn, len(draft.photos))), step=PHOTOS, data=editing(turn))


def _photo_choices(turn: Turn, held: int) -> tuple[Choice, ...]:
    t = turn.t
    if not held:
        return (skip(turn, t("Không có ảnh")), leave(turn))
    return (skip(turn, t("Xong, đi tiếp")), Choice(t("Bỏ hết ảnh"), "k:nophotos"), leave(turn))


async def photos_step(turn: Turn) -> Reply | None:
    """A photo is taken in; words are added to the petition's."""
    draft = await draft_of(turn)
    if turn.incoming.kind is Kind.PHOTO:
        return await _photo(turn, draft)
    if turn.incoming.kind is not Kind.TEXT:
        return None
    if skips(turn):
        return await _on(turn, draft)
    added = replace(draft, text=f"{draft.text}\n{plain(turn.text)}"[:TEXT_MOST])
    text = turn.t("Tôi đã ghi thêm lời này vào phản ánh. Có ảnh thì anh/chị gửi luôn.")
    say = Say(text, choices=_photo_choices(turn, len(draft.photos)))
    return private(say, step=PHOTOS, effects=(saved(turn, added),), data=editing(turn))


async def _photo(turn: Turn, draft: Draft) -> Reply:
    t = turn.t
    if len(draft.photos) >= PHOTOS_MOST:
        return _photo_reply(turn, draft, t("Đã đủ {n} ảnh, ảnh này tôi không giữ.", n=PHOTOS_MOST))
    photo = await _received(turn)
    if isinstance(photo, str):
        return _photo_reply(turn, draft, photo)
    fresh = replace(draft, photos=tuple(dict.fromkeys((*draft.photos, photo.sha256))))
    caption = plain(turn.text)
    if caption:
        fresh = replace(fresh, text=f"{fresh.text}\n{caption}"[:TEXT_MOST])
    told = t("Đã nhận ảnh {n} trên {most}.", n=len(fresh.photos), most=PHOTOS_MOST)
    reply = _photo_reply(turn, fresh, told + (" " + t("Lời kèm ảnh đã ghi vào phản ánh.") if caption else ""))

    async def keep(db: AsyncConnection) -> None:
        if turn.photos:
            await asyncio.to_thread(turn.photos.keep, photo)

    return replace(reply, effects=(keep, saved(turn, fresh)))


def _photo_reply(turn: Turn, draft: Draft, text: str) -> Reply:
    return private(Say(text, choices=_photo_choices(turn, len(draft.photos))), step=PHOTOS, data=editing(turn))


async def _received(turn: Turn) -> Photo | str:
    """The photo without anything but the picture, or what to say instead."""
    t = turn.t
    if not turn.incoming.media or turn.photos is None:
        return t("Ảnh này tôi chưa nhận được. Anh/chị gửi lại giúp tôi, hoặc đi tiếp không cần ảnh.")
    try:
        return await cleaned(await turn.files.read(turn.incoming.channel, turn.incoming.media[-1], MOST_BYTES))
    except PhotoRefused as error:
        return t(_REFUSED[error.reason])
    except TooBig:
        return t(_REFUSED[Reason.TOO_BIG])
    except (Gone, FilesBusy):
        return t("Ảnh này tôi chưa nhận được. Anh/chị gửi lại giúp tôi, hoặc đi tiếp không cần ảnh.")


async def no_photos(turn: Turn) -> Reply | None:
    """All photos of the draft are removed."""
    draft = await draft_of(turn)
    if turn.state.step != PHOTOS or not draft.photos:
        return None
    bare = replace(draft, photos=())

    async def remove(db: AsyncConnection) -> None:
        await forget(turn, db, set(draft.photos))

    return replace(_ask_photos(turn, bare), effects=(saved(turn, bare), remove))


# --- place ----------------------------------------------------------------------------------------------------------------------------------


def _ask_place(turn: Turn, draft: Draft) -> Reply:
    t = turn.t
    text = t("Chuyện xảy ra ở đâu? Anh/chị gõ địa chỉ, hoặc gửi vị trí của chỗ đó.")
    choices = (skip(turn, t("Giữ như cũ") if draft.place or draft.spot else t("Bỏ qua")), leave(turn))
    return private(Say(text, t("Nơi xảy ra"), choices=choices), step=PLACE, data=editing(turn))


async def place_step(turn: Turn) -> Reply | None:
    """Words or a shared place; one in the sea or abroad is asked for again."""
    draft = await draft_of(turn)
    if turn.incoming.kind is Kind.LOCATION and turn.incoming.place:
        if on_ground(*turn.incoming.place):
            return await _on(turn, replace(draft, spot=turn.incoming.place))
        text = turn.t("Vị trí này ở ngoài biển hoặc ngoài Việt Nam nên tôi không dùng. Anh/chị gửi lại vị trí, hoặc gõ địa chỉ.")
        return private(Say(text, choices=(skip(turn, turn.t("Bỏ qua")), leave(turn))), step=PLACE, data=editing(turn))
    if turn.incoming.kind is not Kind.TEXT:
        return None
    return await _on(turn, draft if skips(turn) else replace(draft, place=" ".join(plain(turn.text).split())[:PLACE_MOST]))


# --- dossier --------------------------------------------------------------------------------------------------------------------------------


def _ask_dossier(turn: Turn, draft: Draft) -> Reply:
    t = turn.t
    if draft.dossier:
        text = t("Phản ánh này về hồ sơ {code}? Anh/chị gõ mã khác nếu không phải.", code=draft.dossier)
        own: tuple[Choice, ...] = (skip(turn, t("Đúng hồ sơ này")), Choice(t("Không kèm hồ sơ"), "k:nodossier"))
    else:
        text = t("Về một hồ sơ thì anh/chị gõ mã in trên giấy hẹn.")
        own = (skip(turn, t("Không kèm hồ sơ")),)
    return private(Say(text, t("Hồ sơ"), choices=(*own, leave(turn))), step=DOSSIER, data=editing(turn))


async def dossier_step(turn: Turn) -> Reply | None:
    """A code as it was typed; whether there is such a dossier is not told."""
    draft = await draft_of(turn)
    if turn.incoming.kind is not Kind.TEXT:
        return None
    if skips(turn):
        return await _on(turn, draft)
    codes = [found.code for found in find(plain(turn.text), turn.now.date()) if not found.fault]
    if codes:
        return await _on(turn, replace(draft, dossier=codes[0]))
    text = turn.t("Mã này chưa đúng dạng. Mã hồ sơ in trên giấy hẹn, ví dụ H26.145-261110-0001.")
    return private(Say(text, choices=(skip(turn, turn.t("Không kèm hồ sơ")), leave(turn))), step=DOSSIER, data=editing(turn))


async def no_dossier(turn: Turn) -> Reply | None:
    """The dossier is left out."""
    return await _on(turn, replace(await draft_of(turn), dossier="")) if turn.state.step == DOSSIER else None


# --- name -----------------------------------------------------------------------------------------------------------------------------------


def _ask_name(turn: Turn, draft: Draft) -> Reply:
    t = turn.t
    text = t("Anh/chị cho biết họ tên để cán bộ xưng hô. Chỉ cán bộ xử lý thấy tên này.")
    return private(Say(text, t("Ghi tên"), choices=(Choice(t("Giấu tên"), "k:anon"), leave(turn))), step=NAME, data=editing(turn))


async def name_step(turn: Turn) -> Reply | None:
    """The name of one who wants to be named."""
    name = " ".join(plain(turn.text).split())[:NAME_MOST]
    if turn.incoming.kind is not Kind.TEXT or not any(c.isalpha() for c in name):
        return None
    return await _on(turn, replace(await draft_of(turn), named=True, name=name))


def _ask_contact(turn: Turn, draft: Draft) -> Reply:
    t = turn.t
    text = t("Cán bộ cần hỏi thêm thì gọi số nào? Trả lời vẫn về khung chat này, nên bỏ qua cũng được.")
    choices = (skip(turn, t("Chỉ qua khung chat")), leave(turn))
    return private(Say(text, t("Số điện thoại"), choices=choices), step=CONTACT, data=editing(turn))


async def contact_step(turn: Turn) -> Reply | None:
    """A telephone number of Việt Nam, checked for its form only."""
    draft = await draft_of(turn)
    if turn.incoming.kind is not Kind.TEXT:
        return None
    if skips(turn):
        return await _on(turn, replace(draft, contact=""))
    number = re.sub(r"[\s.()-]", "", plain(turn.text))
    if _PHONE.fullmatch(number):
        return await _on(turn, replace(draft, contact=number))
    text = turn.t("Số này chưa đúng. Số điện thoại Việt Nam có 10 chữ số, ví dụ 0900 000 000.")
    return private(Say(text, choices=(skip(turn, turn.t("Chỉ qua khung chat")), leave(turn))), step=CONTACT, data=editing(turn))


STEPS: dict[str, Callable[[Turn], Awaitable[Reply | None]]] = {
    PHOTOS: photos_step,
    PLACE: place_step,
    DOSSIER: dossier_step,
    NAME: name_step,
    CONTACT: contact_step,
}
