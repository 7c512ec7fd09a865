"""Kept photos on the page: each by a link that only the chat it was shown to can open, and only for an hour."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.photos import PhotoStore

LASTS = dt.timedelta(hours=1)
_NUMBER = re.compile(r"\d{1,12}")


def link(key: bytes, chat: str, sha: str, now: dt.datetime) -> str:
    """The address of a photo for this chat; the page asks for it anew each time it is loaded."""
    until = int((now + LASTS).timestamp())
    return f"/photo/{sha}?until={until}&sign={_sign(key, chat, sha, until)}"


def _sign(key: bytes, chat: str, sha: str, until: int) -> str:
    return hmac.new(key, f"photo|{chat}|{sha}|{until}".encode(), hashlib.sha256).hexdigest()[:40]


async def shown(request: Request, key: bytes, chat: str, photos: PhotoStore | None, now: dt.datetime) -> Response:
    """The photo, or 404: a link that is forged, another chat's, too old, or of a photo that is kept no more tells nothing of which it is."""
    sha, until, sign = request.path_params["sha"], request.query_params.get("until", ""), request.query_params.get("sign", "")
    fresh = _NUMBER.fullmatch(until) and int(until) >= now.timestamp()
    if not photos or not fresh or not hmac.compare_digest(_sign(key, chat, sha, int(until)).encode(), sign.encode()):
        return _gone()
    try:
        jpeg = await asyncio.to_thread(photos.read, sha)
    except FileNotFoundError:
        return _gone()
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": f"private, max-age={int(LASTS.total_seconds())}, immutable"})


def _gone() -> Response:
    return PlainTextResponse("Not Found", status_code=404, headers={"Cache-Control": "no-store"})
