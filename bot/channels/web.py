"""The web page: a chat at `/`, messages in by POST, replies out by server-sent events. A cookie is all that tells chats apart."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels import Accept
from bot.channels.telegram import SECRET_HEADER
from bot.chat import ID_MAX_BYTES, Chat, Incoming, Kind, Wire
from bot.store import road
from bot.store.database import Database
from bot.texts import DEFAULT, Texts, n_, texts
from knowledge.model import Office

PAGE = Path(__file__).with_name("page")
COOKIE = "motcua"
COOKIE_DAYS = 180
BODY_MAX = 64_000
TEXT_MAX = 12_000
PER_MINUTE = 30
PING_SECONDS = 15.0
HISTORY = 120
_CHAT = re.compile(r"^[0-9a-f]{32}$")
_EVENT = re.compile(r"^[0-9a-zA-Z-]{8,64}$")
_TEXTS = {
    "choices": n_("Lựa chọn"),
    "typing": n_("Đang trả lời…"),
    "refused": n_("Máy chủ không nhận tin này."),
    "resending": n_("Mất kết nối, tôi đang gửi lại…"),
    "reconnecting": n_("Đang kết nối lại…"),
    "offline": n_("Chưa kết nối được. Anh/chị kiểm tra mạng giúp tôi."),
}
_STALE = n_("Trang đã cũ. Anh/chị tải lại trang giúp tôi.")
_UNREADABLE = n_("Tin này máy chủ không đọc được. Anh/chị tải lại trang rồi gửi lại giúp tôi.")
_TOO_FAST = n_("Anh/chị gửi nhanh quá, xin đợi một phút rồi gửi tiếp.")
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Web:
    """The page's side of the road. `send` only rings: what the bot says is read from the outbox."""

    name = "web"

    def __init__(self, database: Database, accept: Accept, office: Callable[[], Office], clock: Callable[[], dt.datetime]) -> None:
        self._database, self._accept, self._office, self._clock = database, accept, office, clock
        self._bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._closing = False
        self._template = Environment(loader=FileSystemLoader(PAGE), autoescape=True).get_template("index.html")

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
            Route("/api/events", self._events),
            Route("/health", self._health),
            Mount("/static", StaticFiles(directory=PAGE)),
        ]
        if telegram_webhook is not None:

            async def webhook(request: Request) -> Response:
                return Response(status_code=await telegram_webhook(request.headers.get(SECRET_HEADER, ""), await request.body()))

            routes.append(Route("/telegram", webhook, methods=["POST"]))
        return Starlette(routes=routes)

    async def _page(self, request: Request) -> Response:
        office = self._office()
        telephone = office.telephones[0] if office.telephones else ""
        chat = _chat(request) or secrets.token_hex(16)
        t = await self._voice(chat)
        shown = {"office": office, "telephone": telephone, "t": t, "texts": {name: t(text) for name, text in _TEXTS.items()}}
        response = HTMLResponse(self._template.render(shown), headers=_HEADERS)
        secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
        response.set_cookie(COOKIE, chat, max_age=COOKIE_DAYS * 86400, httponly=True, samesite="strict", secure=secure)
        return response

    async def _voice(self, chat: str) -> Texts:
        async with self._database.reading() as db:
            return texts((await road.state_of(db, Chat(self._office().code, self.name, chat))).language)

    async def _health(self, request: Request) -> Response:
        async with self._database.reading() as db:
            await road.cursor(db, "health")
        return PlainTextResponse("ok")

    async def _history(self, request: Request) -> Response:
        chat = _chat(request)
        if not chat:
            return JSONResponse([])
        async with self._database.reading() as db:
            lines = await road.history(db, self.name, chat, HISTORY)
        shown = [
            {"mine": line.mine, "id": line.id, "text": line.text, "pressed": line.pressed, "wire": line.wire.to_dict() if line.wire else None}
            for line in lines
            if line.wire or line.text
        ]
        return JSONResponse(shown, headers={"Cache-Control": "no-store"})

    async def _message(self, request: Request) -> Response:
        chat = _chat(request)
        if not chat:
            return _refused(401, texts(DEFAULT)(_STALE))
        try:
            raw = await _limited_body(request)
            incoming = _incoming(chat, json.loads(raw))
        except (ValueError, TypeError, KeyError):
            return _refused(400, (await self._voice(chat))(_UNREADABLE))
        if await self._flooding(chat):
            return _refused(429, (await self._voice(chat))(_TOO_FAST))
        await self._accept(incoming)
        return JSONResponse({"ok": True}, status_code=202)

    async def _flooding(self, chat: str) -> bool:
        async with self._database.reading() as db:
            return await road.received_since(db, self.name, chat, self._clock() - dt.timedelta(minutes=1)) >= PER_MINUTE

    async def _events(self, request: Request) -> Response:
        chat = _chat(request)
        if not chat:
            return _refused(401, texts(DEFAULT)(_STALE))
        after = request.headers.get("last-event-id") or request.query_params.get("after", "0")
        stream = self._stream(chat, int(after) if after.isdigit() else 0)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def _stream(self, chat: str, after: int) -> AsyncIterator[str]:
        bell = asyncio.Event()
        self._bells[chat].add(bell)
        try:
            yield ": hello\n\n"
            while not self._closing:
                bell.clear()
                async with self._database.reading() as db:
                    new = await road.replies(db, self.name, chat, after)
                for id_, wire in new:
                    after = id_
                    yield f"id: {id_}\nevent: say\ndata: {json.dumps(wire.to_dict(), ensure_ascii=False)}\n\n"
                if not new and not await _rung(bell):
                    yield ": still here\n\n"
        finally:
            self._bells[chat].discard(bell)
            if not self._bells[chat]:
                del self._bells[chat]


async def _rung(bell: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(PING_SECONDS):
            return await bell.wait()
    except TimeoutError:
        return False


def _chat(request: Request) -> str:
    value = request.cookies.get(COOKIE, "")
    return value if _CHAT.match(value) else ""


async def _limited_body(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_MAX:
                raise ValueError("too large")
    except ClientDisconnect as error:
        raise ValueError("cut off") from error
    return body


def _incoming(chat: str, message: dict[str, object]) -> Incoming:
    """The page's JSON as the road knows it; ValueError where it is none."""
    event = str(message["event"])
    if not _EVENT.match(event):
        raise ValueError("event")
    common = {"channel": Web.name, "chat": chat, "event": f"{chat[:8]}:{event}"}
    if message.get("start"):
        return Incoming(**common, kind=Kind.START)
    text = str(message.get("text") or "")[:TEXT_MAX]
    choice = str(message.get("choice") or "")
    if len(choice.encode()) > ID_MAX_BYTES:
        raise ValueError("choice")
    kind = Kind.CHOICE if choice else Kind.TEXT
    return Incoming(**common, kind=kind, text=text, choice=choice, message=str(message.get("message") or "")[:20])


def _refused(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status_code=status)
