"""Following a dossier: begun from its details, listed, and stopped by one tap or one word."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from bot.chat import Choice, Say
from bot.dossiers.codes import find, named
from bot.dossiers.statuses import CLOSED
from bot.store import askings, dossiers, follows, notices
from bot.turn import Effect, Reply, Turn
from handlers import dossier, greeting
from handlers import notices as notices_of_office
from knowledge.words import fold

SUBJECT = "theo-doi-ho-so"
_TELLING = "theo doi|nhan tin|nhan thong bao|bao tin|thong bao"
_UNFOLLOW = re.compile(rf"\b(?:bo|dung|ngung|thoi|huy|tat|khong)(?: \w+){{0,2}} (?:{_TELLING})|\bunfollow|\bstop (?:following|telling)")
STOP_WORDS = frozenset({"dung", "stop", "bo theo doi", "dung theo doi", "thoi theo doi", "ngung theo doi", "huy theo doi"})
STOP_WORDS |= {"unfollow", "stop following"}
STOP_ALL = frozenset({"dung het", "dung tat ca", "stop all"})
STOP_NOTICES = frozenset({"dung thong bao", "dung nhan thong bao", "thoi nhan thong bao", "bo nhan thong bao", "tat thong bao", "stop notices"})


async def begin(turn: Turn) -> Reply | None:
    """«Theo dõi hồ sơ này»: only for a dossier that this chat has proved; any other is asked for its four digits first."""
    t, code = turn.t, turn.arguments[0] if turn.arguments else ""
    proved = code in await dossiers.proved_codes(turn.db, turn.chat, turn.now)
    found = await dossiers.find(turn.db, turn.chat.office, code) if proved else None
    if found is None:
        return await dossier.details(turn)
    if found.status in CLOSED:
        return Reply((Say(t("Hồ sơ {code} đã kết thúc nên không còn gì để theo dõi.", code=named(t, code))),), subject=SUBJECT)
    own = await follows.followed(turn.db, turn.chat)
    if code not in own and len(own) >= follows.MOST:
        text = t("Anh/chị đang theo dõi {n} hồ sơ, nhiều nhất có thể. Bỏ bớt một hồ sơ rồi thử lại giúp tôi.", n=follows.MOST)
        return Reply((Say(text, choices=(_list_choice(turn),)),), subject=SUBJECT)
    text = t("Tôi sẽ nhắn anh/chị khi hồ sơ {code} chuyển bước, một ngày trước ngày hẹn, và nếu quá hẹn.", code=named(t, code))
    text += "\n" + t("Tôi chỉ nhắn từ 7:00 đến 21:00. Muốn thôi, anh/chị gõ “dừng”.")
    choices = (Choice(t("Dừng theo dõi"), f"fx:{code}"), _list_choice(turn))
    effect = partial(follows.follow, chat=turn.chat, code=code, now=turn.now)
    return Reply((Say(text, t("Đang theo dõi"), choices=choices),), effects=(effect,), subject=SUBJECT)


async def about(turn: Turn) -> Reply:
    """A question about following: a code opens its dossier, a wish to stop stops, any other gets the list and how it works."""
    if _UNFOLLOW.search(fold(turn.text)):
        return await stop(turn)
    if found := find(turn.text, turn.now.date()):
        return await dossier.tell(turn, found)
    return await listing(turn)


async def listing(turn: Turn) -> Reply:
    """«Hồ sơ đang theo dõi», with one tap to stop each."""
    t, own = turn.t, await follows.followed(turn.db, turn.chat)
    if not own:
        text = t("Được ạ. Anh/chị gửi mã hồ sơ, mở chi tiết bằng 4 số cuối điện thoại hoặc căn cước, rồi bấm “Theo dõi hồ sơ này”.")
        text += "\n" + t("Tôi sẽ nhắn ở đây khi hồ sơ chuyển bước, trước ngày hẹn một ngày, và nếu quá hẹn. Anh/chị chưa theo dõi hồ sơ nào.")
        return Reply((Say(text, t("Theo dõi hồ sơ"), choices=(Choice(t("Tra cứu hồ sơ"), "g:tra-cuu-ho-so"),)),), subject=SUBJECT)
    text = t("Hồ sơ có gì mới, tôi nhắn ở đây. Bấm để xem hoặc để dừng.")
    choices = [c for code in own for c in (Choice(t("Xem {code}", code=named(t, code)), f"d:{code}"), _stop_choice(turn, code))]
    if len(own) > 1:
        choices.append(Choice(t("Dừng tất cả"), "fx"))
    return Reply((Say(text, t("Hồ sơ đang theo dõi"), choices=tuple(choices)),), subject=SUBJECT)


async def stop(turn: Turn) -> Reply:
    """The word «dừng»: the only one at once; of several it is asked which, with one tap for all."""
    t, own = turn.t, await follows.followed(turn.db, turn.chat)
    said = [f.code for f in find(turn.text, turn.now.date()) if f.code in own]
    if not own:
        return Reply(
            (Say(t("Anh/chị không theo dõi hồ sơ nào, nên tôi sẽ không tự nhắn gì."), choices=greeting.main_choices(turn)),), subject=SUBJECT
        )
    if len(said or own) == 1:
        return _stopped(turn, (said or own)[0])
    choices = (Choice(t("Dừng tất cả"), "fx"), *(_stop_choice(turn, code) for code in own))
    return Reply((Say(t("Anh/chị muốn dừng theo dõi hồ sơ nào?"), choices=choices),), subject=SUBJECT)


async def end(turn: Turn) -> Reply | None:
    """A button that stops one dossier, or all."""
    own = await follows.followed(turn.db, turn.chat)
    code = turn.arguments[0] if turn.arguments else ""
    if code:
        return _stopped(turn, code) if code in own else await listing(turn)
    text = turn.t("Đã dừng theo dõi tất cả hồ sơ. Tôi sẽ không tự nhắn nữa.")
    return Reply((Say(text, replace=True),), effects=tuple(partial(e, chat=turn.chat) for e in (follows.stop, follows.withdraw)), subject=SUBJECT)


async def word(turn: Turn) -> Reply | None:
    """«dừng» and its like. In the middle of a dialogue the bare word leaves that; where nothing would come it is a plain farewell.
    Otherwise it ends the notices and the question for a rating at once, and following as `stop` does."""
    said = fold(turn.text).strip(" .!")
    told_of = bool(await notices.subscribed(turn.db, turn.chat)) if said in STOP_WORDS | STOP_ALL | STOP_NOTICES else None
    if told_of is None:
        return None
    own = await follows.followed(turn.db, turn.chat)
    asked = await askings.waiting(turn.db, turn.chat, turn.now) is not None
    if said in {"dung", "stop"} and (turn.state.step or not (own or told_of or asked)):
        return await greeting.cancel(turn)
    if said in STOP_NOTICES and told_of:
        return await notices_of_office.end(turn)
    quiet = (partial(notices.unsubscribe, chat=turn.chat), partial(askings.close_all, chat=turn.chat))
    if said in STOP_ALL or ((told_of or asked) and not own):
        return await _silent(turn, *quiet)
    reply = await stop(turn)
    if told_of:
        first, *others = reply.says
        reply = replace(reply, says=(replace(first, text=turn.t("Đã dừng nhận thông báo.") + "\n" + first.text), *others))
    return replace(reply, effects=(*reply.effects, *quiet))


async def _silent(turn: Turn, *quiet: Effect) -> Reply:
    """Nothing comes unasked for any more."""
    text = turn.t("Đã dừng. Tôi sẽ không tự nhắn gì cho anh/chị nữa.")
    choices = (Choice(turn.t("Nhận lại thông báo"), "nf"), Choice(turn.t("Tra cứu hồ sơ"), "g:tra-cuu-ho-so"))
    return Reply((Say(text, choices=choices),), effects=(partial(follows.stop, chat=turn.chat), *quiet), subject=SUBJECT)


def _stopped(turn: Turn, code: str) -> Reply:
    text = turn.t("Đã dừng theo dõi hồ sơ {code}. Tôi sẽ không nhắn về hồ sơ này nữa.", code=named(turn.t, code))
    say = Say(text, choices=(Choice(turn.t("Theo dõi lại"), f"fo:{code}"),), replace=True)
    effects = tuple(partial(end, chat=turn.chat, code=code) for end in (follows.stop, follows.withdraw))
    return Reply((say,), effects=effects, subject=SUBJECT)


def _stop_choice(turn: Turn, code: str) -> Choice:
    return Choice(turn.t("Dừng {code}", code=named(turn.t, code)), f"fx:{code}")


def _list_choice(turn: Turn) -> Choice:
    return Choice(turn.t("Hồ sơ đang theo dõi"), "fl")
