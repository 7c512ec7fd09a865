"""A photo that the page posts: glanced at, limited, and on the disk before it is acknowledged."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from bot.chat import Kind, Media
from bot.files import Arrived, Full
from bot.photos import MOST_BYTES, looks_like_photo
from bot.texts import n_
from bot.turn import TooBig

_GLANCE = 12  # bytes that tell a photo from other things
_TOO_BIG = n_("Ảnh nặng quá 10 MB. Anh/chị chụp lại ở cỡ nhỏ hơn rồi gửi giúp tôi.")
_NO_PHOTO = n_("Tệp này không phải ảnh mà tôi xem được. Anh/chị gửi ảnh JPG, PNG hoặc WebP giúp tôi.")
_FULL = n_("Lúc này tôi đang nhận nhiều ảnh quá. Anh/chị đợi vài phút rồi gửi lại giúp tôi.")
_CUT_OFF = n_("Ảnh chưa đến đủ. Anh/chị gửi lại giúp tôi.")


class NotTaken(Exception):
    """A photo that is refused: the HTTP status and what the page tells (a msgid)."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status)
        self.status, self.text = status, text


async def taken(request: Request, arrived: Arrived) -> Media:
    """The photo in the request's body, staged, at most 10 MB. Raises NotTaken."""
    mime = request.headers.get("content-type", "")
    length = request.headers.get("content-length", "")
    if not mime.startswith("image/"):  # nor may a form of another site post it: such a type needs our leave
        raise NotTaken(415, _NO_PHOTO)
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise NotTaken(413, _TOO_BIG)
    try:
        ref, size = await arrived.stage(_glanced(request.stream()), MOST_BYTES)
    except TooBig as error:
        raise NotTaken(413, _TOO_BIG) from error
    except Full as error:
        raise NotTaken(507, _FULL) from error
    except ClientDisconnect as error:
        raise NotTaken(400, _CUT_OFF) from error
    return Media(Kind.PHOTO, ref, size, mime[:40])


async def _glanced(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes; a look at the first of them keeps what is plainly no photo off the disk."""
    held, seen = b"", False
    async for piece in pieces:
        held += piece
        if len(held) >= _GLANCE:
            _glance(held, seen)
            yield held
            held, seen = b"", True
    _glance(held, seen)
    yield held


def _glance(head: bytes, seen: bool) -> None:
    if not seen and not looks_like_photo(head):
        raise NotTaken(415, _NO_PHOTO)
