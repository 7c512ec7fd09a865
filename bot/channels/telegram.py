"""Telegram through python-telegram-bot's typed updates and Bot: updates in, messages and edits out. Limits: Bot API."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Message, MessageEntity, Update, User
from telegram import Chat as TelegramChat
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ExtBot

from bot.channels import Accept, TryLater, Undeliverable
from bot.chat import Choice, Incoming, Kind, Media, Wire, utf16_units
from bot.photos import PhotoStore
from bot.texts import Texts, n_, texts
from bot.turn import FilesBusy, Gone, TooBig

COMMANDS = {
    "thutuc": n_("Danh sách thủ tục"),
    "hoso": n_("Tra cứu hồ sơ"),
    "theodoi": n_("Hồ sơ đang theo dõi"),
    "ketqua": n_("Kết quả giải quyết hồ sơ"),
    "giolamviec": n_("Giờ làm việc, địa chỉ"),
    "danhgia": n_("Đánh giá phục vụ"),
    "gopy": n_("Gửi góp ý"),
    "thongbao": n_("Thông báo"),
    "language": n_("Đổi ngôn ngữ"),
    "trogiup": n_("Trợ giúp"),
    "huy": n_("Thoát việc đang làm"),
}
ENGLISH_COMMANDS = {
    "procedures": n_("Danh sách thủ tục"),
    "dossier": n_("Tra cứu hồ sơ"),
    "following": n_("Hồ sơ đang theo dõi"),
    "results": n_("Kết quả giải quyết hồ sơ"),
    "hours": n_("Giờ làm việc, địa chỉ"),
    "rate": n_("Đánh giá phục vụ"),
    "feedback": n_("Gửi góp ý"),
    "notices": n_("Thông báo"),
    "language": n_("Đổi ngôn ngữ"),
    "help": n_("Trợ giúp"),
    "cancel": n_("Thoát việc đang làm"),
}
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name, not a secret
POLL_SECONDS = 25
PAUSE_SECONDS = 3.0
DOWNLOAD_SECONDS = 30.0
# The payload of a deep link t.me/<bot>?start=…; what is no payload is dropped. Source: core.telegram.org/bots/features#deep-linking.
_START = re.compile(r"/start(?:@\w+)?(?:\s+(?:([A-Za-z0-9_-]{1,64})|[\s\S]*))?")
WORTH = ["message", "callback_query"]
NAME_MOST = 60
ALBUM_MOST = 10
_GROUPS = ("group", "supergroup")
_IN_GROUP = ":"  # between the keys of a group and of a person in it
log = structlog.get_logger()


def make_bot(token: str, api: str) -> Bot:
    """The client; its rate limiter keeps Telegram's overall and group limits."""
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'")  # `poll` wants them raw: one that cannot be read must not stop the others
    return ExtBot(token, base_url=f"{api}/bot", base_file_url=f"{api}/file/bot", rate_limiter=AIORateLimiter(max_retries=0))


def parse(update: Update) -> Incoming | None:
    """A private message, a pressed button, or what is meant for the bot in a group, as the road knows it; None for what is not for us."""
    if query := update.callback_query:
        held = query.message
        if held is None or query.data is None:
            return None
        common = _common(update, held.chat, query.from_user)
        return Incoming(**common, kind=Kind.CHOICE, choice=query.data, message=str(held.message_id))
    message = update.message
    if message is None or message.from_user is None or message.chat.type not in {"private", *_GROUPS}:
        return None
    if message.chat.type in _GROUPS and not _meant(message):
        return None
    common = _common(update, message.chat, message.from_user)
    if message.migrate_to_chat_id:
        return Incoming(**common, kind=Kind.MOVED, text=str(message.migrate_to_chat_id))
    kind, text = _content(message)
    media = _photo(message)
    return Incoming(**common, kind=Kind.PHOTO if media else kind, text=text, media=media, place=_place(message))


def _meant(message: Message) -> bool:
    """Whether a group's message is for a bot: a command, a reply to one, or the news that the group has moved. With its privacy mode on,
    Telegram sends a bot little else; a bot that administers the group, or has that mode off, gets everything. Source: Bot API, Features."""
    answered = message.reply_to_message
    to_bot = answered is not None and answered.from_user is not None and answered.from_user.is_bot
    return to_bot or (message.text or "").startswith("/") or message.migrate_to_chat_id is not None


def _common(update: Update, chat: TelegramChat, user: User) -> dict[str, Any]:
    common = {"channel": Telegram.name, "chat": str(chat.id), "event": str(update.update_id), "language": user.language_code or ""}
    if chat.type not in _GROUPS:
        return common
    return {**common, "chat": f"{chat.id}{_IN_GROUP}{user.id}", "group": str(chat.id), "sender": user.full_name[:NAME_MOST]}


def _chat_id(key: str) -> int:
    """Where Telegram sends what is said in a conversation: a person's one in a group goes to the group."""
    return int(key.partition(_IN_GROUP)[0])


def _content(message: Message) -> tuple[Kind, str]:
    if message.text is not None:
        if begun := _START.fullmatch(message.text):
            return Kind.START, begun.group(1) or ""
        return Kind.TEXT, message.text
    kinds = {
        Kind.PHOTO: message.photo,
        Kind.VOICE: message.voice or message.audio or message.video_note,
        Kind.STICKER: message.sticker or message.animation,
        Kind.LOCATION: message.location or message.venue,
        Kind.CONTACT: message.contact,
        Kind.FILE: message.document or message.video,
    }
    return next((kind for kind, content in kinds.items() if content), Kind.UNSUPPORTED), message.caption or ""


def _photo(message: Message) -> tuple[Media, ...]:
    """The largest size of a photo, or the picture that was sent as a file so that it stays sharp."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (Media(Kind.PHOTO, largest.file_id, largest.file_size or 0, "image/jpeg"),)
    sent = message.document
    if sent and not message.animation and (sent.mime_type or "").startswith("image/"):
        return (Media(Kind.PHOTO, sent.file_id, sent.file_size or 0, sent.mime_type or ""),)
    return ()


def _place(message: Message) -> tuple[float, float] | None:
    at = message.location or (message.venue.location if message.venue else None)
    return (at.latitude, at.longitude) if at else None


class Telegram:
    """One bot. `poll` fetches updates without a public address; `webhook` takes those that Telegram posts."""

    name = "telegram"

    def __init__(
        self,
        bot: Bot,
        accept: Accept,
        malformed: Callable[[str, str], Awaitable[None]],
        secret: str = "",
        pause: float = PAUSE_SECONDS,
        photos: PhotoStore | None = None,
    ) -> None:
        self.bot, self._accept, self._malformed, self._secret, self._pause, self._photos = bot, accept, malformed, secret, pause, photos
        self._asides: set[asyncio.Task[None]] = set()

    async def open(self, webhook: str = "") -> None:
        """Connects, names the commands, and tells Telegram where updates go. Raises TryLater while Telegram cannot be reached."""
        try:
            await self.bot.initialize()
            await self.name_commands()
            if webhook:
                await self.bot.set_webhook(webhook, secret_token=self._secret, allowed_updates=WORTH)
            else:
                await self.bot.delete_webhook()
        except InvalidToken as error:
            raise Undeliverable("Telegram refuses the token of MOTCUA_TELEGRAM_TOKEN. Expected: the token that BotFather shows now.") from error
        except BadRequest as error:
            raise Undeliverable(f"Telegram refuses MOTCUA_TELEGRAM_WEBHOOK: {error}. Expected: a public https:// address.") from error
        except TelegramError as error:
            raise TryLater(f"Telegram cannot be reached: {type(error).__name__}") from error

    async def close(self) -> None:
        for task in self._asides:
            task.cancel()
        await self.bot.shutdown()

    async def name_commands(self) -> None:
        """The menu of commands, Vietnamese for all, English for those whose Telegram speaks it."""
        await self.bot.set_my_commands(_menu(COMMANDS, texts("vi")))
        await self.bot.set_my_commands(_menu(ENGLISH_COMMANDS, texts("en")), language_code="en")

    async def receive(self, update: Update) -> None:
        """Stores an update; acknowledges a button and shows that the bot is typing, without waiting for either."""
        incoming = parse(update)
        if incoming is None:
            return
        await self._accept(incoming)
        if update.callback_query:
            self._aside(self.bot.answer_callback_query(update.callback_query.id))
        elif not incoming.group:  # there most is not answered
            self._aside(self.bot.send_chat_action(int(incoming.chat), ChatAction.TYPING))

    def _aside(self, call: Awaitable[bool]) -> None:
        async def quietly() -> None:
            try:
                await call
            except TelegramError as error:
                log.info("aside failed", channel=self.name, error=type(error).__name__)

        task = asyncio.ensure_future(quietly())
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def poll(self) -> None:
        """Fetches updates for ever. An update is confirmed to Telegram only after it is in the database."""
        offset: int | None = None
        while True:
            try:
                for item in await self._updates(offset):
                    number = int(item["update_id"])
                    await self.receive_json(item)
                    offset = number + 1
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))
            except (
                TelegramError,
                SQLAlchemyError,
                KeyError,
                TypeError,
                ValueError,
            ) as error:  # what was not stored is not confirmed, so it comes again
                log.warning("poll failed", channel=self.name, error=type(error).__name__)
                await asyncio.sleep(self._pause)

    async def _updates(self, offset: int | None) -> list[dict[str, Any]]:
        wanted = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": WORTH}
        raw: Any = await self.bot.do_api_request("getUpdates", wanted, read_timeout=POLL_SECONDS + 10)
        return raw if isinstance(raw, list) else []

    async def receive_json(self, item: dict[str, Any]) -> None:
        """An update as Telegram wrote it; what cannot be read is kept apart and never comes again."""
        try:
            update = Update.de_json(item, self.bot)
        except (TypeError, KeyError, ValueError, AttributeError):
            await self._malformed(self.name, json.dumps(item, ensure_ascii=False))
            return
        await self.receive(update)

    async def webhook(self, secret: str, body: bytes) -> int:
        """The HTTP status for a posted update: 403 without the secret, 200 once it is stored (or kept as unreadable)."""
        if not self._secret or not hmac.compare_digest(secret.encode(), self._secret.encode()):
            return 403
        try:
            item = json.loads(body)
            item["update_id"] = int(item["update_id"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            await self._malformed(self.name, body.decode("utf-8", "replace"))
            return 200
        await self.receive_json(item)
        return 200

    async def read(self, media: Media, most: int) -> bytes:
        """A photo, downloaded when it is needed. Raises TooBig, Gone where Telegram has it no more, FilesBusy where it cannot be reached."""
        if media.size > most:
            raise TooBig
        try:
            async with asyncio.timeout(DOWNLOAD_SECONDS):
                file = await self.bot.get_file(media.ref)
                if (file.file_size or 0) > most:
                    raise TooBig
                content = bytes(await file.download_as_bytearray())
        except (BadRequest, Forbidden) as error:
            raise (TooBig if "too big" in str(error).lower() else Gone) from error
        except (TelegramError, TimeoutError) as error:
            raise FilesBusy from error
        if len(content) > most:
            raise TooBig
        return content

    async def remove(self, media: Media) -> None:
        """Nothing of it is kept here."""

    async def send(self, chat: str, wire: Wire) -> str:
        """Sends, or edits the menu that was pressed; a menu that cannot be edited any more is followed by a new message."""
        try:
            return await (self._send_photos(chat, wire) if wire.photos else self._send_text(chat, wire))
        except RetryAfter as error:
            raise TryLater("flood control", _seconds(error)) from error
        except ChatMigrated as error:
            return await self.send(str(error.new_chat_id), wire)
        except (Forbidden, BadRequest) as error:
            raise Undeliverable(type(error).__name__) from error
        except (NetworkError, InvalidToken) as error:  # a token is changed by the operator; what was said waits for that
            raise TryLater(type(error).__name__) from error

    async def _send_text(self, chat: str, wire: Wire) -> str:
        text, entities = formatted(wire)
        keyboard = _keyboard(wire.buttons)
        if wire.replace:
            try:
                await self.bot.edit_message_text(text, _chat_id(chat), int(wire.replace), entities=entities, reply_markup=keyboard)
                return wire.replace
            except BadRequest as error:
                if "not modified" in str(error).lower():
                    return wire.replace
        sent = await self.bot.send_message(_chat_id(chat), text, entities=entities, reply_markup=keyboard)
        return str(sent.message_id)

    async def _send_photos(self, chat: str, wire: Wire) -> str:
        """One photo, or several as one album; those that are kept no more are left out."""
        found = [photo for sha in wire.photos[:ALBUM_MOST] if (photo := await self._photo(sha))]
        if not found:
            raise Undeliverable("photo gone")
        if len(found) == 1:
            return str((await self.bot.send_photo(_chat_id(chat), found[0])).message_id)
        return str((await self.bot.send_media_group(_chat_id(chat), [InputMediaPhoto(photo) for photo in found]))[0].message_id)

    async def _photo(self, sha: str) -> bytes | None:
        try:
            return await asyncio.to_thread(self._photos.read, sha) if self._photos else None
        except FileNotFoundError:
            return None


def _menu(commands: dict[str, str], t: Texts) -> list[BotCommand]:
    return [BotCommand(name, t(text)) for name, text in commands.items()]


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after if isinstance(after, int) else after.total_seconds())


def formatted(wire: Wire) -> tuple[str, list[MessageEntity]]:
    """The text with its title bold and its footer italic, by entities, so that nothing in it needs escaping."""
    text = wire.whole or "…"
    entities = []
    if wire.title:
        entities.append(MessageEntity(MessageEntity.BOLD, 0, utf16_units(wire.title)))
    if wire.footer:
        length = utf16_units(wire.footer)
        entities.append(MessageEntity(MessageEntity.ITALIC, utf16_units(text) - length, length))
    return text, entities


def _keyboard(buttons: tuple[Choice, ...]) -> InlineKeyboardMarkup | None:
    """Short labels two a row, long ones alone. Telegram has no button that calls: numbers stand in the text."""
    rows: list[list[InlineKeyboardButton]] = []
    for choice in (b for b in buttons if b.id or b.url):
        button = InlineKeyboardButton(choice.label, url=choice.url) if choice.url else InlineKeyboardButton(choice.label, callback_data=choice.id)
        short = len(choice.label) <= 18
        if short and rows and len(rows[-1]) == 1 and len(rows[-1][0].text) <= 18:
            rows[-1].append(button)
        else:
            rows.append([button])
    return InlineKeyboardMarkup(rows) if rows else None
