"""What stands between the internet and the web channel: security headers, a limit for bodies, a pace for each chat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PER_MINUTE = 30
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guarded:
    """Puts the security headers on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, guarded)


class Pace:
    """Counts each chat's messages within the minute, and forgets them with it."""

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer, self._began, self._sent = timer, timer(), Counter[str]()

    def exceeded(self, chat: str) -> bool:
        """Counts one more message of the chat; True when it is one too many."""
        if self._timer() - self._began >= 60:
            self._began, self._sent = self._timer(), Counter()
        self._sent[chat] += 1
        return self._sent[chat] > PER_MINUTE


class TooLong(Exception):
    """A request's body is over its limit."""


async def limited_body(request: Request, most: int) -> bytes:
    """The body. Raises TooLong, and ClientDisconnect where it was cut off."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise TooLong
    return bytes(body)


def foreign(request: Request) -> bool:
    """Whether a browser says that another site's page sent this; the cookie, which is SameSite, is the first guard against that."""
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
