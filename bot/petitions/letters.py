"""What staff did comes into the chat that sent the petition: each step once, by day, in an order and at a moment that are not the staff's.

Letters go out by a job of their own: a row of the outbox beside the row that confirms a clerk's answer would name the sender."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import CAPS, Chat, Say, render
from bot.dossiers.telling import not_before
from bot.petitions import wording
from bot.petitions.envelope import enclosed
from bot.petitions.steps import BY_STAFF, Event, Petition, Step
from bot.photos import PhotoStore
from bot.store import Database, drafts, petitions, road, senders
from bot.texts import Texts, texts

LOOK_SECONDS = 15
log = structlog.get_logger()


async def run(database: Database, key: bytes, offices: Callable[[], Sequence[str]], clock: Callable[[], dt.datetime], photos: PhotoStore) -> None:
    """Brings letters and forgets drafts of more than a day, until it is cancelled."""
    while True:
        try:
            for office in offices():
                await deliver(database, key, office, clock())
            await sweep(database, key, clock(), photos)
        except (DBAPIError, OSError) as error:
            log.error("petition letters not written", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def deliver(database: Database, key: bytes, office: str, now: dt.datetime) -> int:
    """Writes what senders are to be told into the outbox, each petition's in order, and returns how many letters."""
    async with database.reading() as db:
        found = await petitions.untold(db, office, BY_STAFF)
    told, by_petition = 0, defaultdict(list)
    for event in found:
        by_petition[event.petition].append(event)
    for event in chain.from_iterable(secrets.SystemRandom().sample(list(by_petition.values()), len(by_petition))):
        async with database.writing() as db:
            told += await _deliver(db, key, event, now)
    return told


async def _deliver(db: AsyncConnection, key: bytes, event: Event, now: dt.datetime) -> bool:
    if not await petitions.mark_told(db, event.id, now):
        return False
    petition, sender = await petitions.find(db, key, event.petition), await senders.sender_of(db, key, event.petition)
    if petition is None or sender is None:
        log.error("sender of a petition cannot be opened", reason="another key file than the one that sealed it")
        return False
    chat = Chat(petition.office, sender.channel, sender.chat)
    t = texts((await road.state_of(db, chat)).language or sender.language)
    wires = render(letter(t, key, chat, petition, event), CAPS[chat.channel])[0]
    await road.say(db, chat, [enclosed(key, chat, wire) for wire in wires], now, not_before=not_before(now))
    return True


def letter(t: Texts, key: bytes, chat: Chat, petition: Petition, event: Event) -> Say:
    """What the sender is told of one step. Where there are no buttons it says what to type instead."""
    choices = wording.choices(t, wording.token(key, chat, petition.id), petition) if event.step not in (Step.TAKE, Step.FORWARD) else ()
    footer = ""
    if len(choices) > CAPS[chat.channel].buttons:
        choices, footer = (), t("Muốn trả lời, anh/chị gửi mã {code} cho tôi.", code=petition.code)
    return Say(_words(t, petition, event), t("Phản ánh {code}", code=petition.code), footer, choices)


def _words(t: Texts, petition: Petition, event: Event) -> str:
    due = wording.day_and_time(t, petition.answer_due)
    match event.step:
        case Step.TAKE:
            return t("Cán bộ đã nhận phản ánh của anh/chị. Hạn trả lời: {due}.", due=due)
        case Step.FORWARD:
            return t("Phản ánh đã chuyển đến {unit}. Hạn trả lời: {due}.", unit=petition.receiver or event.words, due=due)
        case Step.ASK_BACK:
            return t("Cán bộ hỏi thêm:") + f"\n“{event.words}”"
        case Step.CLOSE:
            text = t("Cán bộ đóng phản ánh này, lý do:") + f"\n“{event.words}”\n\n"
            return text + t("Đóng không có nghĩa là đã giải quyết xong. Như vậy đã ổn chưa ạ?")
        case _:
            return t("Xã trả lời:") + f"\n“{event.words}”\n\n" + t("Như vậy đã ổn chưa ạ?")


async def sweep(database: Database, key: bytes, now: dt.datetime, photos: PhotoStore) -> int:
    """Forgets drafts of more than a day with their photos, and returns how many photos."""
    async with database.writing() as db:
        gone = await drafts.sweep(db, key, now)
    for sha in gone:
        await asyncio.to_thread(photos.remove, sha)
    return len(gone)
