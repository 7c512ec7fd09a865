"""The web page: a chat at `/`, messages in by POST, replies out by server-sent events. A cookie is all that tells chats apart."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import re
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from anyio import CancelScope
from jinja2 import Environment, FileSystemLoader
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.channels import Accept
from bot.channels.guard import Guarded, Pace, TooLong, foreign, limited_body
from bot.channels.telegram import SECRET_HEADER
from bot.channels.upload import NotTaken, taken
from bot.chat import ID_MAX_BYTES, Chat, Incoming, Kind, Wire
from bot.files import Arrived
from bot.petitions.envelope import disclosed
from bot.store import road
from bot.store.database import Database
from bot.store.road import Said
from bot.texts import DEFAULT, Texts, n_, texts
from knowledge.model import Office

PAGE = Path(__file__).with_name("page")
FILES = ("chat.css", "chat.js", "icon.svg")
COOKIE = "motcua"
COOKIE_DAYS = 180
BODY_MAX = 64_000
WEBHOOK_MAX = 1_000_000
TEXT_MAX = 12_000
PING_SECONDS = 15.0
HISTORY = 120
_CHAT = re.compile(r"[0-9a-f]{32}")
_PAYLOAD = re.compile(r"[0-9a-zA-Z_-]{1,64}")
_EVENT = re.compile(r"[0-9a-zA-Z-]{8,64}")
_TEXTS = {
    "choices": n_("Lựa chọn"),
    "you": n_("Anh/chị hỏi:"),
    "bot": n_("Một Cửa trả lời:"),
    "typing": n_("Đang trả lời…"),
    "sending": n_("Đang gửi…"),
    "sent": n_("Đã gửi"),
    "failed": n_("Chưa gửi được"),
    "again": n_("Gửi lại"),
    "refused": n_("Máy chủ không nhận tin này."),
    "resending": n_("Mất kết nối, tôi đang gửi lại…"),
    "reconnecting": n_("Đang kết nối lại…"),
    "photo": n_("Ảnh đã gửi"),
    "place": n_("Vị trí của tôi"),
    "noPlace": n_("Điện thoại chưa cho biết vị trí. Anh/chị gõ địa chỉ giúp tôi."),
    "offline": n_("Chưa kết nối được. Anh/chị kiểm tra mạng giúp tôi."),
}
_STALE = n_("Trang đã cũ. Anh/chị tải lại trang giúp tôi.")
_UNREADABLE = n_("Tin này máy chủ không đọc được. Anh/chị tải lại trang rồi gửi lại giúp tôi.")
_TOO_LONG = n_("Tin dài quá. Anh/chị chia thành vài tin ngắn hơn giúp tôi.")
_TOO_FAST = n_("Anh/chị gửi nhanh quá, xin đợi một phút rồi gửi tiếp.")
_FRESH = {"Cache-Control": "no-store"}


class Web:
    """The page's side of the road. `send` only rings: what the bot says is read from the outbox."""

    name = "web"
    reads_outbox = True

    def __init__(
        self,
        database: Database,
        accept: Accept,
        office: Callable[[], Office],
        clock: Callable[[], dt.datetime],
        arrived: Arrived,
        timer: Callable[[], float] = time.monotonic,
        key: bytes = b"",
    ) -> None:
        """`key` opens sealed messages."""
        self._key, self._arrived = key, arrived
        self._database, self._accept, self._office, self._clock = database, accept, office, clock
        self._bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._closing = False
        self._pace = Pace(timer)
        self._template = Environment(loader=FileSystemLoader(PAGE), autoescape=True).get_template("index.html")
        self._version = hashlib.sha256(b"".join((PAGE / name).read_bytes() for name in FILES)).hexdigest()[:12]

    async def send(self, chat: str, wire: Wire) -> str:
        for bell in self._bells.get(chat, ()):
            bell.set()
        return ""

    def close(self) -> None:
        """Lets open event streams end, so that the server can stop."""
        self._closing = True
        for bell in [b for bells in self._bells.values() for b in bells]:
            bell.set()

    def application(self, telegram_webhook: Callable[[str, bytes], Awaitable[int]] | None = None) -> Starlette:
        """The ASGI application; with Telegram's webhook where there is one."""
        routes = [
            Route("/", self._page),
            Route("/api/history", self._history),
            Route("/api/messages", self._message, methods=["POST"]),
            Route("/api/photos/{event}", self._photo, methods=["POST"]),
            Route("/api/events", self._events),
            Route("/health", self._health),
            Route("/static/{name}", self._static),
        ]
        if telegram_webhook is not None:

            async def webhook(request: Request) -> Response:
                try:
                    body = await limited_body(request, WEBHOOK_MAX)
                except (TooLong, ClientDisconnect):
                    return Response(status_code=413)
                return Response(status_code=await telegram_webhook(request.headers.get(SECRET_HEADER, ""), body))

            routes.append(Route("/telegram", webhook, methods=["POST"]))
        return Starlette(routes=routes, middleware=[Middleware(Guarded)])

    async def _page(self, request: Request) -> Response:
        office = self._office()
        telephone = office.telephones[0] if office.telephones else ""
        chat = _chat(request) or secrets.token_hex(16)
        t = await self._voice(chat)
        shown = {"office": office, "telephone": telephone, "t": t, "texts": {name: t(text) for name, text in _TEXTS.items()}}
        response = HTMLResponse(self._template.render(shown, version=self._version), headers=_FRESH)
        secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
        # Lax, not strict: a citizen who comes by a link from the commune's site keeps the conversation.
        response.set_cookie(COOKIE, chat, max_age=COOKIE_DAYS * 86400, httponly=True, samesite="lax", secure=secure)
        return response

    async def _static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            return PlainTextResponse("Not Found", status_code=404)
        current = request.query_params.get("v") == self._version
        return FileResponse(PAGE / name, headers={"Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache"})

    async def _voice(self, chat: str) -> Texts:
        async with self._database.reading() as db:
            return texts((await road.state_of(db, Chat(self._office().code, self.name, chat))).language)

    async def _health(self, request: Request) -> Response:
        try:
            async with self._database.reading() as db:
                await road.cursor(db, "health")
        except DBAPIError:
            return PlainTextResponse("database", status_code=503, headers=_FRESH)
        return PlainTextResponse("ok", headers=_FRESH)

    async def _history(self, request: Request) -> Response:
        chat = _chat(request)
        if not chat:
            return JSONResponse([], headers=_FRESH)
        t = await self._voice(chat)
        async with self._database.reading() as db:
            lines = self._opened(chat, await road.history(db, self.name, chat, HISTORY))
        return JSONResponse([self._shown(line, t) for line in lines if _visible(line)], headers=_FRESH)

    def _opened(self, chat: str, lines: list[Said]) -> list[Said]:
        return [replace(line, wire=disclosed(self._key, self.name, chat, line.wire)) if line.wire else line for line in lines]

    def _shown(self, line: Said, t: Texts) -> dict[str, Any]:
        """A line as the page takes it, from the history and from the event stream alike."""
        event = line.event.rpartition(":")[2]
        own = (
            {"text": line.text, "pressed": line.pressed, "kind": line.kind.value}
            if line.mine
            else {"id": line.id, "wire": line.wire.to_dict() if line.wire else None}
        )
        return {"mine": line.mine, "event": event, **own, **self._moment(line.at, t)}

    def _moment(self, at: dt.datetime, t: Texts) -> dict[str, str]:
        local = at.astimezone(self._clock().tzinfo)
        day = t.weekday(local.date())
        return {"day": day[0].upper() + day[1:], "time": t.time(local)}

    async def _photo(self, request: Request) -> Response:
        """Puts a photo on the disk, then its message into the inbox; sent twice, it is one."""
        chat, event = _chat(request), request.path_params["event"]
        if not chat or not _EVENT.fullmatch(event) or foreign(request):
            return _refused(401, texts(DEFAULT)(_STALE))
        t = await self._voice(chat)
        if self._pace.exceeded(chat):
            return _refused(429, t(_TOO_FAST))
        try:
            media = await taken(request, self._arrived)
        except NotTaken as error:
            return _refused(error.status, t(error.text))
        if not await self._accept(Incoming(self.name, chat, f"{chat}:{event}", Kind.PHOTO, media=(media,))):
            await self._arrived.remove(media)
        return JSONResponse(self._moment(self._clock(), t), status_code=202, headers=_FRESH)

    async def _message(self, request: Request) -> Response:
        chat = _chat(request)
        if not chat or foreign(request):
            return _refused(401, texts(DEFAULT)(_STALE))
        t = await self._voice(chat)
        if self._pace.exceeded(chat):
            return _refused(429, t(_TOO_FAST))
        try:
            incoming = _incoming(chat, json.loads(await limited_body(request, BODY_MAX)))
        except TooLong:
            return _refused(413, t(_TOO_LONG))
        except (ValueError, TypeError, KeyError, RecursionError, ClientDisconnect):
            return _refused(400, t(_UNREADABLE))
        await self._accept(incoming)
        return JSONResponse(self._moment(self._clock(), t), status_code=202, headers=_FRESH)

    async def _events(self, request: Request) -> Response:
        chat = _chat(request)
        if not chat:
            return _refused(401, texts(DEFAULT)(_STALE))
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        stream = self._stream(chat, int(after) if re.fullmatch("[0-9]{1,18}", after) else 0, request.query_params.get("language", ""))
        return StreamingResponse(stream, media_type="text/event-stream", headers={**_FRESH, "X-Accel-Buffering": "no"})

    async def _stream(self, chat: str, after: int, language: str) -> AsyncIterator[str]:
        """Lines as they are said, each answer behind its question, for every tab; a tab in another language is told to load anew."""
        bell = asyncio.Event()
        self._bells[chat].add(bell)
        try:
            yield "retry: 2000\n\n"
            while not self._closing:
                bell.clear()
                with CancelScope(shield=True):  # a page closed in the midst of a query must not leave its connection hanging
                    t = await self._voice(chat)
                    async with self._database.reading() as db:
                        new = self._opened(chat, await road.history(db, self.name, chat, HISTORY, after))
                after = max([after, *(line.id for line in new)])
                for line in filter(_visible, new):
                    yield _event("line", self._shown(line, t), line.id)
                if new and language and t.language != language:
                    yield _event("language", t.language)
                if not await _rung(bell):
                    yield ": still here\n\n"
        finally:
            self._bells[chat].discard(bell)
            if not self._bells[chat]:
                del self._bells[chat]


def _event(name: str, value: object, id_: int = 0) -> str:
    return (f"id: {id_}\n" if id_ else "") + f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"


async def _rung(bell: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(PING_SECONDS):
            return await bell.wait()
    except TimeoutError:
        return False


def _visible(line: Said) -> bool:
    return bool(line.wire or line.text or line.kind in {Kind.PHOTO, Kind.LOCATION})


def _chat(request: Request) -> str:
    value = request.cookies.get(COOKIE, "")
    return value if _CHAT.fullmatch(value) else ""


def _incoming(chat: str, message: dict[str, Any]) -> Incoming:
    """The page's JSON as the road knows it; ValueError, TypeError or KeyError where it is none."""
    event = message["event"]
    text, choice, pressed = (message.get(name) or "" for name in ("text", "choice", "message"))
    if not _EVENT.fullmatch(event) or not all(isinstance(value, str) for value in (text, choice, pressed)):
        raise ValueError("not of the page")
    text.encode()  # a lone surrogate is no text
    bare = Incoming(Web.name, chat, f"{chat}:{event}")
    if message.get("start"):
        return replace(bare, kind=Kind.START, text=text if _PAYLOAD.fullmatch(text) else "")
    if place := message.get("place"):
        return replace(bare, kind=Kind.LOCATION, place=_place(place))
    if len(choice.encode()) > ID_MAX_BYTES or len(pressed.encode()) > 20:
        raise ValueError("choice")
    return replace(bare, kind=Kind.CHOICE if choice else Kind.TEXT, text=text.replace("\0", "")[:TEXT_MAX], choice=choice, message=pressed)


def _place(value: Any) -> tuple[float, float]:
    latitude, longitude = (float(degrees) for degrees in value)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("place")
    return latitude, longitude


def _refused(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status_code=status, headers=_FRESH)
