"""Telegram's channel with a bot that records: updates in, messages and edits out, and what each of Telegram's refusals becomes."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError
from telegram import Bot, BotCommand, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels import TryLater, Undeliverable
from bot.channels.telegram import COMMANDS, ENGLISH_COMMANDS, Telegram, formatted, make_bot, parse
from bot.chat import Choice, Incoming, Kind, Media, Wire
from bot.dispatch import Dispatch
from bot.store import Database
from bot.store.tables import inbox
from bot.texts import texts
from bot.turn import FilesBusy, Gone, TooBig

SECRET = "an-invented-secret"
PERSON = {"id": 7, "is_bot": False, "first_name": "Lê Thị Ví Dụ", "language_code": "vi"}
CHAT = {"id": 7, "type": "private"}
MESSAGE = {"message_id": 31, "date": 1_795_000_000, "chat": CHAT, "from": PERSON}
FILE = {"file_id": "f", "file_unique_id": "u"}
SIZED = {**FILE, "width": 8, "height": 8}
SIZES = [
    {**SIZED, "file_id": name, "width": side, "height": side, "file_size": size} for name, side, size in (("large", 900, 90_000), ("small", 90, 900))
]
PLACE = {"latitude": 21.0, "longitude": 105.8}
LOCKED = OperationalError("INSERT …", {}, Exception("database is locked"))


@dataclass
class Recording:
    """A bot that keeps its calls; `faults` are raised by the calls that they are named for, `batches` are given by getUpdates, one each."""

    faults: dict[str, list[Exception]] = field(default_factory=dict)
    batches: list[list[dict[str, Any]] | Exception] = field(default_factory=list)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    polled_out: asyncio.Event = field(default_factory=asyncio.Event)

    def _called(self, name: str, *arguments: Any) -> None:
        self.calls.append((name, *arguments))
        if self.faults.get(name):
            raise self.faults[name].pop(0)

    async def initialize(self) -> None:
        self._called("initialize")

    async def set_my_commands(self, commands: list[BotCommand], language_code: str = "") -> bool:
        self._called("set_my_commands", language_code, {c.command: c.description for c in commands})
        return True

    async def set_webhook(self, url: str, secret_token: str, allowed_updates: list[str]) -> bool:
        self._called("set_webhook", url, secret_token, allowed_updates)
        return True

    async def delete_webhook(self) -> bool:
        self._called("delete_webhook")
        return True

    async def answer_callback_query(self, id_: str) -> bool:
        self._called("answer_callback_query", id_)
        return True

    async def send_chat_action(self, chat: int, action: str) -> bool:
        self._called("send_chat_action", chat, action)
        return True

    async def send_message(self, chat: int, text: str, *, entities: Any, reply_markup: Any) -> Message:
        self._called("send_message", chat, text)
        return cast(Message, Message.de_json({**MESSAGE, "message_id": 99, "text": text}, None))

    async def edit_message_text(self, text: str, chat: int, message: int, *, entities: Any, reply_markup: Any) -> bool:
        self._called("edit_message_text", chat, message, text)
        return True

    async def do_api_request(self, name: str, parameters: dict[str, Any], *, read_timeout: float) -> list[dict[str, Any]]:
        self._called(name, parameters["offset"])
        assert read_timeout > parameters["timeout"]
        if not self.batches:
            self.polled_out.set()
            await asyncio.Event().wait()
        batch = self.batches.pop(0)
        if isinstance(batch, Exception):
            raise batch
        return batch


@dataclass
class Inbox:
    """What was accepted and what was kept as unreadable; `faults` are raised by the next calls."""

    faults: list[Exception] = field(default_factory=list)
    accepted: list[Incoming] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)

    async def accept(self, *messages: Incoming) -> int:
        if self.faults:
            raise self.faults.pop(0)
        self.accepted += messages
        return len(messages)

    async def malformed(self, channel: str, body: str) -> None:
        self.kept.append((channel, body))


@pytest.fixture
def bot() -> Recording:
    return Recording()


@pytest.fixture
def road() -> Inbox:
    return Inbox()


@pytest.fixture
def telegram(bot: Recording, road: Inbox) -> Telegram:
    return Telegram(cast(Bot, bot), road.accept, road.malformed, SECRET, pause=0)


def update(number: int = 1, **content: Any) -> dict[str, Any]:
    return {"update_id": number, **content}


def message(number: int = 1, **content: Any) -> dict[str, Any]:
    return update(number, message={**MESSAGE, **content})


def press(number: int = 1, **content: Any) -> dict[str, Any]:
    return update(number, callback_query={"id": "q5", "from": PERSON, "chat_instance": "c", "message": MESSAGE, "data": "fields", **content})


def read(item: dict[str, Any]) -> Incoming | None:
    return parse(Update.de_json(item, None))


def photo(ref: str, size: int = 0, mime: str = "image/jpeg") -> tuple[Media, ...]:
    return (Media(Kind.PHOTO, ref, size, mime),)


def incoming(kind: Kind, text: str = "", **more: Any) -> Incoming:
    return Incoming("telegram", "7", "1", kind, text, language="vi", **more)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "khai sinh"}, incoming(Kind.TEXT, "khai sinh")),
        ({"text": "/thutuc"}, incoming(Kind.TEXT, "/thutuc")),
        ({"text": "/start"}, incoming(Kind.START)),
        ({"text": "/start desk_mau_quay-1"}, incoming(Kind.START, "desk_mau_quay-1")),
        ({"text": "/start@thu_bot desk_mau_quay-1"}, incoming(Kind.START, "desk_mau_quay-1")),
        ({"text": "/start hai từ"}, incoming(Kind.START)),
        ({"text": "/start " + "a" * 65}, incoming(Kind.START)),
        ({"text": "/start <b>"}, incoming(Kind.START)),
        ({"text": "/start@thu_bot"}, incoming(Kind.START)),
        ({"text": "/started"}, incoming(Kind.TEXT, "/started")),
        ({"photo": [SIZED], "caption": "giấy khai sinh"}, incoming(Kind.PHOTO, "giấy khai sinh", media=photo("f"))),
        ({"photo": SIZES}, incoming(Kind.PHOTO, media=photo("large", 90_000))),
        ({"document": {**FILE, "mime_type": "image/png", "file_size": 70}}, incoming(Kind.PHOTO, media=photo("f", 70, "image/png"))),
        ({"document": {**FILE, "mime_type": "application/pdf"}}, incoming(Kind.FILE)),
        ({"voice": {**FILE, "duration": 3}}, incoming(Kind.VOICE)),
        ({"audio": {**FILE, "duration": 3}}, incoming(Kind.VOICE)),
        ({"video_note": {**FILE, "duration": 3, "length": 8}}, incoming(Kind.VOICE)),
        ({"sticker": {**SIZED, "is_animated": False, "is_video": False, "type": "regular"}}, incoming(Kind.STICKER)),
        ({"animation": {**SIZED, "duration": 3}, "document": FILE}, incoming(Kind.STICKER)),
        ({"location": PLACE}, incoming(Kind.LOCATION, place=(21.0, 105.8))),
        ({"venue": {"location": PLACE, "title": "Xã Mẫu", "address": "Số 1"}, "location": PLACE}, incoming(Kind.LOCATION, place=(21.0, 105.8))),
        ({"venue": {"location": PLACE, "title": "Xã Mẫu", "address": "Số 1"}}, incoming(Kind.LOCATION, place=(21.0, 105.8))),
        ({"contact": {"phone_number": "0900000001", "first_name": "Lê Thị Ví Dụ"}}, incoming(Kind.CONTACT)),
        ({"document": FILE}, incoming(Kind.FILE)),
        ({"video": {**SIZED, "duration": 3}}, incoming(Kind.FILE)),
        ({"dice": {"emoji": "🎲", "value": 3}}, incoming(Kind.UNSUPPORTED)),
        ({}, incoming(Kind.UNSUPPORTED)),
    ],
)
def test_a_message_is_read(content: dict[str, Any], expected: Incoming) -> None:
    """Each kind of message has its kind on the road, with its words where it has any."""
    assert read(message(**content)) == expected


def test_a_pressed_button_is_read() -> None:
    """A press carries the choice and the message whose button it was."""
    assert read(press()) == incoming(Kind.CHOICE, choice="fields", message="31")


def test_a_button_of_a_message_that_is_gone_is_read() -> None:
    """Telegram tells of a message that is too old only where it was; that is enough."""
    gone = {"message_id": 31, "date": 0, "chat": CHAT}
    assert read(press(message=gone)) == incoming(Kind.CHOICE, choice="fields", message="31")


@pytest.mark.parametrize(
    "item",
    [
        message(chat={"id": -5, "type": "group", "title": "Nhóm"}, text="chào"),
        update(edited_message={**MESSAGE, "text": "chào"}),
        update(channel_post={**MESSAGE, "text": "chào"}),
        update(poll_of_tomorrow={}),
        press(data=None),
        press(message=None, inline_message_id="i"),
    ],
)
def test_what_is_not_for_us_is_left(item: dict[str, Any]) -> None:
    """Talk in a group, an edit, a channel's post, a kind that is not known yet, and a press without choice or message are no messages."""
    assert read(item) is None


GROUP = {"id": -5, "type": "group", "title": "Tổ một cửa"}
OF_BOT = {"message_id": 30, "date": 0, "chat": GROUP, "from": {"id": 123, "is_bot": True, "first_name": "Một Cửa"}, "text": "Phản ánh"}
OF_CLERK = {**OF_BOT, "from": {**PERSON, "id": 8}}


def in_group(kind: Kind, text: str = "", **more: str) -> Incoming:
    return Incoming("telegram", "-5:7", "1", kind, text, language="vi", group="-5", sender="Lê Thị Ví Dụ", **more)


@pytest.mark.parametrize("kind", ["group", "supergroup"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "/nhanvien@thu_bot ABCDE-23456"}, in_group(Kind.TEXT, "/nhanvien@thu_bot ABCDE-23456")),
        ({"text": "Đã thay bóng", "reply_to_message": OF_BOT}, in_group(Kind.TEXT, "Đã thay bóng")),
        ({"migrate_to_chat_id": -1009}, in_group(Kind.MOVED, "-1009")),
        ({"text": "ăn trưa đi", "reply_to_message": OF_CLERK}, None),
        ({"text": "ăn trưa đi"}, None),
        ({"photo": [SIZED]}, None),
        ({"new_chat_members": [PERSON]}, None),
        ({"migrate_from_chat_id": -5}, None),
    ],
)
def test_a_group_is_heard_where_it_speaks_to_the_bot(content: dict[str, Any], expected: Incoming | None, kind: str) -> None:
    """Commands, replies to a bot and a new key are read, each person's conversation apart; talk among people is not."""
    found = read(message(chat={**GROUP, "type": kind}, **content))
    assert (found and replace(found, media=())) == expected


def test_a_button_in_a_group_is_read() -> None:
    """A press says who pressed and in which group."""
    assert read(press(message={**OF_BOT, "message_id": 31})) == in_group(Kind.CHOICE, choice="fields", message="31")


async def test_a_group_is_answered_in_the_group(telegram: Telegram, bot: Recording) -> None:
    """What is said in a person's conversation goes to the group, an edit too; that the bot is typing is not shown there."""
    await telegram.receive_json(message(chat=GROUP, text="/viec"))
    await telegram.send("-5:7", Wire("một"))
    await telegram.send("-5:7", Wire("hai", replace="31"))
    assert bot.calls == [("send_message", -5, "một"), ("edit_message_text", -5, 31, "hai")]


async def test_a_group_that_moved_is_found(telegram: Telegram, bot: Recording) -> None:
    """What is sent to the former key of a group goes to the new one."""
    bot.faults = {"send_message": [ChatMigrated(-1009)]}
    await telegram.send("-5", Wire("một"))
    assert bot.calls == [("send_message", -5, "một"), ("send_message", -1009, "một")]


def test_no_language_is_no_language() -> None:
    """A citizen whose Telegram tells no language has none on the road."""
    found = read(message(text="chào", **{"from": {"id": 7, "is_bot": False, "first_name": "Lê Thị Ví Dụ"}}))
    assert found is not None
    assert found.language == ""


@pytest.mark.parametrize(
    ("item", "aside"),
    [(message(text="chào"), ("send_chat_action", 7, "typing")), (press(), ("answer_callback_query", "q5"))],
)
async def test_receiving_is_acknowledged(telegram: Telegram, bot: Recording, road: Inbox, item: dict[str, Any], aside: tuple[Any, ...]) -> None:
    """A message is stored and shown as being answered; a press is stored and acknowledged."""
    await telegram.receive_json(item)
    assert len(road.accepted) == 1
    await done(lambda: bot.calls)
    assert bot.calls == [aside]


async def test_an_acknowledgement_that_fails_does_no_harm(
    telegram: Telegram, bot: Recording, road: Inbox, logged: list[structlog.typing.EventDict]
) -> None:
    """Where Telegram does not take the acknowledgement, the message is stored all the same."""
    bot.faults = {"answer_callback_query": [BadRequest("Query is too old")]}
    await telegram.receive_json(press())
    await done(lambda: logged)
    assert len(road.accepted) == 1
    assert logged == [{"event": "aside failed", "log_level": "info", "channel": "telegram", "error": "BadRequest"}]


async def test_nothing_is_acknowledged_before_it_is_stored(telegram: Telegram, bot: Recording, road: Inbox) -> None:
    """Where the database does not take a message, Telegram hears nothing of it."""
    road.faults = [LOCKED]
    with pytest.raises(OperationalError):
        await telegram.receive_json(press())
    assert bot.calls == []


@pytest.mark.parametrize("webhook", ["", "https://motcua.example/telegram"])
async def test_joining(telegram: Telegram, bot: Recording, webhook: str) -> None:
    """Joining names the commands and tells Telegram where updates go; a webhook of before is taken away for polling."""
    await telegram.open(webhook)
    where = ("set_webhook", webhook, SECRET, ["message", "callback_query"]) if webhook else ("delete_webhook",)
    assert bot.calls == [
        ("initialize",),
        ("set_my_commands", "", {name: texts("vi")(text) for name, text in COMMANDS.items()}),
        ("set_my_commands", "en", {name: texts("en")(text) for name, text in ENGLISH_COMMANDS.items()}),
        where,
    ]


@pytest.mark.parametrize(
    ("fault", "raised", "told"),
    [
        (
            InvalidToken("Not Found"),
            Undeliverable,
            "Telegram refuses the token of MOTCUA_TELEGRAM_TOKEN. Expected: the token that BotFather shows now.",
        ),
        (NetworkError("bot123:invented refused"), TryLater, "Telegram cannot be reached: NetworkError"),
        (RetryAfter(3), TryLater, "Telegram cannot be reached: RetryAfter"),
    ],
)
async def test_joining_may_fail(telegram: Telegram, bot: Recording, fault: Exception, raised: type[Exception], told: str) -> None:
    """A refused token is told with the setting's name; all else is worth another try, and no token stands in the text."""
    bot.faults = {"initialize": [fault]}
    with pytest.raises(raised) as caught:
        await telegram.open()
    assert str(caught.value) == told


async def test_a_message_is_sent(telegram: Telegram, bot: Recording) -> None:
    """A new message goes to its chat, and Telegram's number for it is given back."""
    assert await telegram.send("7", Wire("chào")) == "99"
    assert bot.calls == [("send_message", 7, "chào")]


async def test_a_pressed_menu_is_edited(telegram: Telegram, bot: Recording) -> None:
    """What replaces a menu is an edit of it; no new message is sent."""
    assert await telegram.send("7", Wire("chào", replace="31")) == "31"
    assert bot.calls == [("edit_message_text", 7, 31, "chào")]


async def test_an_edit_without_change_is_done(telegram: Telegram, bot: Recording) -> None:
    """A button pressed twice leaves its menu as it stands."""
    bot.faults = {"edit_message_text": [BadRequest("Message is not modified: specified new message content is the same")]}
    assert await telegram.send("7", Wire("chào", replace="31")) == "31"
    assert bot.calls == [("edit_message_text", 7, 31, "chào")]


@pytest.mark.parametrize("reason", ["Message can't be edited", "Message to edit not found"])
async def test_a_menu_that_cannot_be_edited_is_followed(telegram: Telegram, bot: Recording, reason: str) -> None:
    """Where the menu is too old or gone, a new message says it."""
    bot.faults = {"edit_message_text": [BadRequest(reason)]}
    assert await telegram.send("7", Wire("chào", replace="31")) == "99"
    assert bot.calls == [("edit_message_text", 7, 31, "chào"), ("send_message", 7, "chào")]


@pytest.mark.parametrize("call", ["send_message", "edit_message_text"])
@pytest.mark.parametrize(
    ("fault", "raised", "told", "after"),
    [
        (RetryAfter(7), TryLater, "flood control", 7.0),
        (TimedOut(), TryLater, "TimedOut", None),
        (NetworkError("bot123:invented refused"), TryLater, "NetworkError", None),
        (Forbidden("Forbidden: bot was blocked by the user"), Undeliverable, "Forbidden", None),
        (InvalidToken("Unauthorized"), TryLater, "InvalidToken", None),
    ],
)
async def test_a_refusal_becomes_a_wait_or_an_end(
    telegram: Telegram, bot: Recording, call: str, fault: Exception, raised: type[Exception], told: str, after: float | None
) -> None:
    """Flood control says how long to wait, a fault of network or token is worth another try, a blocked bot is not; no text of Telegram's passes."""
    bot.faults = {call: [fault]}
    with pytest.raises(raised) as caught:
        await telegram.send("7", Wire("chào", replace="31" if call == "edit_message_text" else ""))
    assert (str(caught.value), getattr(caught.value, "after", None)) == (told, after)
    assert [name for name, *_ in bot.calls] == [call]


async def test_a_message_that_is_refused_is_undeliverable(telegram: Telegram, bot: Recording) -> None:
    """A chat that is not there will never take the message."""
    bot.faults = {"send_message": [BadRequest("Chat not found")]}
    with pytest.raises(Undeliverable) as caught:
        await telegram.send("7", Wire("chào"))
    assert str(caught.value) == "BadRequest"


@pytest.mark.parametrize(
    ("wire", "text", "marked"),
    [
        (Wire("chào"), "chào", {}),
        (Wire("", "", ""), "…", {}),
        (Wire("chào", "Khai sinh"), "Khai sinh\n\nchào", {"bold": "Khai sinh"}),
        (
            Wire("chào 🙂", "🎉 Khai sinh 👨‍👩‍👧", "Nguồn: 🙂 tờ"),
            "🎉 Khai sinh 👨‍👩‍👧\n\nchào 🙂\n\nNguồn: 🙂 tờ",
            {"bold": "🎉 Khai sinh 👨‍👩‍👧", "italic": "Nguồn: 🙂 tờ"},
        ),
        (Wire("", "Khai sinh", ""), "Khai sinh", {"bold": "Khai sinh"}),
        (Wire("<b>&_*[", "a_b*c", "~`>"), "a_b*c\n\n<b>&_*[\n\n~`>", {"bold": "a_b*c", "italic": "~`>"}),
        (Wire("Khai sinh", "Khai sinh", "Khai sinh"), "Khai sinh\n\nKhai sinh\n\nKhai sinh", {"bold": "Khai sinh", "italic": "Khai sinh"}),
    ],
)
def test_the_title_is_bold_and_the_footer_italic(wire: Wire, text: str, marked: dict[str, str]) -> None:
    """The marks lie exactly on title and footer, counted in UTF-16 units as Telegram counts; nothing is escaped."""
    told, entities = formatted(wire)
    units = told.encode("utf-16-le")
    found = {str(e.type): units[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le") for e in entities}
    assert (told, found) == (text, marked)


def test_the_footer_is_marked_where_it_stands() -> None:
    """A footer whose words stand in the text too is marked at the end."""
    _, entities = formatted(Wire("🙂", "T", "🙂"))
    assert [(e.offset, e.length) for e in entities] == [(0, 1), (7, 2)]


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        ((), []),
        (("Phí", "Thời hạn"), [["Phí", "Thời hạn"]]),
        (("Phí", "Thời hạn", "Nơi nộp"), [["Phí", "Thời hạn"], ["Nơi nộp"]]),
        (("Phí", "Đăng ký khai sinh có yếu tố nước ngoài", "Nơi nộp"), [["Phí"], ["Đăng ký khai sinh có yếu tố nước ngoài"], ["Nơi nộp"]]),
        (("a" * 18, "b" * 18), [["a" * 18, "b" * 18]]),
        (("a" * 18, "b" * 19), [["a" * 18], ["b" * 19]]),
        (("a" * 19, "b" * 18), [["a" * 19], ["b" * 18]]),
    ],
)
async def test_buttons_stand_in_rows(road: Inbox, labels: tuple[str, ...], rows: list[list[str]]) -> None:
    """Short labels stand two a row, a long one alone."""
    keyboard = await shown(road, Wire("chào", buttons=tuple(Choice(label, f"c:{n}") for n, label in enumerate(labels))))
    assert [[button.text for button in row] for row in (keyboard.inline_keyboard if keyboard else ())] == rows


async def test_a_button_sends_its_choice_or_opens_its_address(road: Inbox) -> None:
    """A choice carries its id, a link its address; a number to call has no button on Telegram."""
    buttons = (Choice("Phí", "a:1:fee"), Choice("Bản đồ", url="https://motcua.example/"), Choice("Gọi", phone="0200 000 0000"))
    keyboard = await shown(road, Wire("chào", buttons=buttons))
    assert keyboard is not None
    assert [(b.text, b.callback_data, b.url) for row in keyboard.inline_keyboard for b in row] == [
        ("Phí", "a:1:fee", None),
        ("Bản đồ", None, "https://motcua.example/"),
    ]


async def test_nothing_but_numbers_to_call_is_no_keyboard(road: Inbox) -> None:
    """An empty keyboard is refused by Telegram, so none is sent."""
    assert await shown(road, Wire("chào", buttons=(Choice("Gọi", phone="0200 000 0000"),))) is None


async def shown(road: Inbox, wire: Wire) -> InlineKeyboardMarkup | None:
    """The keyboard under a sent message."""
    keyboards: list[InlineKeyboardMarkup | None] = []

    class Watching(Recording):
        async def send_message(self, chat: int, text: str, *, entities: Any, reply_markup: Any) -> Message:
            keyboards.append(reply_markup)
            return await super().send_message(chat, text, entities=entities, reply_markup=reply_markup)

    await Telegram(cast(Bot, Watching()), road.accept, road.malformed).send("7", wire)
    return keyboards[0]


async def poll(telegram: Telegram, bot: Recording) -> list[int | None]:
    """Polls until Telegram has nothing more; the offsets asked for, each of which confirms all updates below it."""
    polling = asyncio.create_task(telegram.poll())
    waiting = asyncio.create_task(bot.polled_out.wait())
    async with asyncio.timeout(10):
        await asyncio.wait({polling, waiting}, return_when=asyncio.FIRST_COMPLETED)
    assert not polling.done(), polling.exception()
    polling.cancel()
    await asyncio.wait({polling})
    return [call[1] for call in bot.calls if call[0] == "getUpdates"]


async def test_an_update_is_confirmed_by_asking_for_the_next(telegram: Telegram, bot: Recording, road: Inbox) -> None:
    """The first question confirms nothing; each later one confirms what was stored."""
    bot.batches = [[message(41, text="một"), message(42, text="hai")], [], [message(50, text="ba")]]
    assert await poll(telegram, bot) == [None, 43, 43, 51]
    assert [m.text for m in road.accepted] == ["một", "hai", "ba"]


async def test_what_was_not_stored_is_not_confirmed(telegram: Telegram, bot: Recording, road: Inbox) -> None:
    """Where the database is locked, polling goes on and asks for the same update again: it is neither lost nor confirmed."""
    road.faults = [LOCKED]
    bot.batches = [[message(41, text="một"), message(42, text="hai")], [message(41, text="một"), message(42, text="hai")]]
    assert await poll(telegram, bot) == [None, None, 43]
    assert [m.text for m in road.accepted] == ["một", "hai"]


async def test_what_was_stored_before_a_fault_is_confirmed(telegram: Telegram, bot: Recording, road: Inbox) -> None:
    """Of two updates of which the second could not be stored, the first is confirmed and the second asked for again."""

    async def accept(*messages: Incoming) -> int:
        if messages[0].text == "hai" and len(bot.batches) == 1:
            raise LOCKED
        return await road.accept(*messages)

    channel = Telegram(cast(Bot, bot), accept, road.malformed, pause=0)
    bot.batches = [[message(41, text="một"), message(42, text="hai")], [message(42, text="hai")]]
    assert await poll(channel, bot) == [None, 42, 43]
    assert [m.text for m in road.accepted] == ["một", "hai"]


async def test_an_update_is_in_the_database_when_it_is_confirmed(bot: Recording, database: Database, dispatch: Dispatch) -> None:
    """Whenever Telegram is asked for what comes after an update, that update is in the inbox."""
    seen: list[tuple[int | None, list[str]]] = []

    class Looking(Recording):
        async def do_api_request(self, name: str, parameters: dict[str, Any], *, read_timeout: float) -> list[dict[str, Any]]:
            async with database.reading() as db:
                seen.append((parameters["offset"], list((await db.execute(sa.select(inbox.c.event).order_by(inbox.c.id))).scalars())))
            return await super().do_api_request(name, parameters, read_timeout=read_timeout)

    looking = Looking(batches=[[message(41, text="một")], [message(42, text="hai")]])
    await poll(Telegram(cast(Bot, looking), dispatch.accept, dispatch.malformed), looking)
    assert seen == [(None, []), (42, ["41"]), (43, ["41", "42"])]


async def test_an_update_that_comes_again_is_stored_once(bot: Recording, database: Database, dispatch: Dispatch) -> None:
    """After a stop between storing and confirming the update comes again: the inbox holds it once."""
    for _ in range(2):
        again = Recording(batches=[[message(41, text="một")]])
        await poll(Telegram(cast(Bot, again), dispatch.accept, dispatch.malformed), again)
    async with database.reading() as db:
        assert list((await db.execute(sa.select(inbox.c.event))).scalars()) == ["41"]


async def test_an_unreadable_update_is_kept_and_confirmed(telegram: Telegram, bot: Recording, road: Inbox) -> None:
    """An update that cannot be read is kept as it came; the ones about it are answered, and it never comes again."""
    broken = update(42, message={"message_id": 1})
    bot.batches = [[message(41, text="một"), broken, message(43, text="ba")]]
    assert await poll(telegram, bot) == [None, 44]
    assert [m.text for m in road.accepted] == ["một", "ba"]
    assert [(channel, json.loads(body)) for channel, body in road.kept] == [("telegram", broken)]


@pytest.mark.parametrize(
    "fault", [NetworkError("down"), TimedOut(), Conflict("terminated by other getUpdates request"), InvalidToken("Unauthorized")]
)
async def test_polling_goes_on_after_a_fault(
    telegram: Telegram, bot: Recording, road: Inbox, fault: TelegramError, logged: list[structlog.typing.EventDict]
) -> None:
    """A fault of the network or of Telegram is logged by its kind alone, and polling goes on where it stood."""
    bot.batches = [[message(41, text="một")], fault, [message(42, text="hai")]]
    assert await poll(telegram, bot) == [None, 42, 42, 43]
    assert [m.text for m in road.accepted] == ["một", "hai"]
    assert logged == [{"event": "poll failed", "log_level": "warning", "channel": "telegram", "error": type(fault).__name__}]


async def test_polling_keeps_to_flood_control(telegram: Telegram, bot: Recording, road: Inbox, logged: list[structlog.typing.EventDict]) -> None:
    """Told to wait, polling waits and goes on; that is no fault."""
    bot.batches = [RetryAfter(0), [message(41, text="một")]]
    assert await poll(telegram, bot) == [None, None, 42]
    assert logged == []


@pytest.mark.parametrize("secret", ["", "another", SECRET[:-1], SECRET + "x", "bí-mật-🙂"])
async def test_a_wrong_secret_is_refused(telegram: Telegram, road: Inbox, secret: str) -> None:
    """A post without the secret is refused and leaves nothing."""
    assert await telegram.webhook(secret, json.dumps(message(text="chào")).encode()) == 403
    assert (road.accepted, road.kept) == ([], [])


async def test_without_a_secret_of_ours_every_post_is_refused(bot: Recording, road: Inbox) -> None:
    """An empty secret opens nothing, not even to an empty header."""
    telegram = Telegram(cast(Bot, bot), road.accept, road.malformed)
    assert await telegram.webhook("", json.dumps(message(text="chào")).encode()) == 403
    assert road.accepted == []


async def test_a_post_is_stored(telegram: Telegram, road: Inbox) -> None:
    """A post with the secret is answered with 200 and is on the road."""
    assert await telegram.webhook(SECRET, json.dumps(message(text="chào")).encode()) == 200
    assert road.accepted == [incoming(Kind.TEXT, "chào")]


@pytest.mark.parametrize("body", ["", "không phải JSON", "[]", "{}", "7", "null", '{"update_id": "x"}', '{"update_id": 5, "message": {}}'])
async def test_a_malformed_post_is_kept(telegram: Telegram, road: Inbox, body: str) -> None:
    """What is no update is kept as it came and answered with 200, so that Telegram does not send it for ever."""
    assert await telegram.webhook(SECRET, body.encode()) == 200
    assert (road.accepted, road.kept) == ([], [("telegram", body)])


async def test_a_post_that_is_not_stored_is_not_answered(telegram: Telegram, road: Inbox) -> None:
    """Where the database does not take it the post fails, so that Telegram sends it again."""
    road.faults = [LOCKED]
    with pytest.raises(OperationalError):
        await telegram.webhook(SECRET, json.dumps(message(text="chào")).encode())


def test_the_bot_speaks_to_the_server_of_the_settings() -> None:
    """Calls and files go to the Bot API server that the settings name; the rate limiter is in place."""
    bot = make_bot("123:invented", "http://127.0.0.1:8081")
    assert bot.base_url == "http://127.0.0.1:8081/bot123:invented"
    assert bot.base_file_url == "http://127.0.0.1:8081/file/bot123:invented"
    assert getattr(bot, "rate_limiter", None) is not None


def test_fetching_raw_updates_warns_nobody() -> None:
    """The library's advice to fetch typed updates does not reach the operator's screen."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        make_bot("123:invented", "http://127.0.0.1:8081")
        warnings.warn("Please use 'Bot.getUpdates' instead of 'Bot.do_api_request(\"getUpdates\", ...)'", stacklevel=1)
    assert told == []


async def done(look: Callable[[], list[Any]], turns: int = 100) -> None:
    """Lets the loop turn until there is something to look at."""
    for _ in range(turns):
        if look():
            return
        await asyncio.sleep(0)


# --- photos -----------------------------------------------------------------------------------------------------------------------------------


@dataclass
class Served(Recording):
    """A bot whose files hold `content`, and are said to have `size` bytes; a download fails with `broken`."""

    content: bytes = b"photo"
    size: int | None = 5
    broken: Exception | None = None

    async def get_file(self, file_id: str) -> Any:
        self._called("get_file", file_id)
        return self

    @property
    def file_size(self) -> int | None:
        return self.size

    async def download_as_bytearray(self) -> bytearray:
        self._called("download")
        if self.broken:
            raise self.broken
        return bytearray(self.content)


def photos_of(bot: Served, road: Inbox) -> Telegram:
    return Telegram(cast(Bot, bot), road.accept, road.malformed)


async def test_a_photo_is_downloaded_when_it_is_asked_for(road: Inbox) -> None:
    """By the handle that came with the message; nothing is kept that would have to be removed."""
    bot = Served()
    (media,) = photo("f")
    assert await photos_of(bot, road).read(media, 5) == b"photo"
    await photos_of(bot, road).remove(media)
    assert bot.calls == [("get_file", "f"), ("download",)]


@pytest.mark.parametrize(
    ("bot", "size", "calls"),
    [
        (Served(), 6, 0),
        (Served(size=6), 0, 1),
        (Served(size=None, content=b"photos"), 0, 2),
        (Served(faults={"get_file": [BadRequest("File is too big")]}), 0, 1),
    ],
)
async def test_a_photo_that_is_too_big(road: Inbox, bot: Served, size: int, calls: int) -> None:
    """It is not downloaded where its size is known, by the message, by Telegram's answer, or by its refusal."""
    with pytest.raises(TooBig):
        await photos_of(bot, road).read(photo("f", size)[0], 5)
    assert len(bot.calls) == calls


@pytest.mark.parametrize(
    ("fault", "becomes"),
    [
        (BadRequest("Wrong file_id or the file is temporarily unavailable"), Gone),
        (Forbidden("bot was blocked by the user"), Gone),
        (TimedOut(), FilesBusy),
        (NetworkError("no route"), FilesBusy),
        (RetryAfter(3), FilesBusy),
        (InvalidToken(), FilesBusy),
        (TimeoutError(), FilesBusy),
    ],
)
@pytest.mark.parametrize("when", ["asking", "downloading"])
async def test_a_photo_that_cannot_be_had(road: Inbox, fault: Exception, becomes: type[Exception], when: str) -> None:
    """Gone where Telegram has it no more, to be tried later where Telegram cannot be reached."""
    bot = Served(broken=fault) if when == "downloading" else Served(faults={"get_file": [fault]})
    with pytest.raises(becomes):
        await photos_of(bot, road).read(photo("f")[0], 5)
