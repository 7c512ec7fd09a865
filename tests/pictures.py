"""Pictures for tests, drawn when they are needed: good ones, and all that only pretends to be one."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def picture(width: int = 60, height: int = 40, format_: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    return saved(image.convert(mode), format_, **more)


def saved(image: Image.Image, format_: str = "JPEG", **more: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_, **more)
    return file.getvalue()


def with_metadata(orientation: int = 1) -> bytes:
    """A JPEG that says where and with what it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, "An invented camera"
    exif.get_ifd(GPS).update({1: "N", 2: (21.0, 1.0, 42.5), 3: "E", 4: (105.0, 51.0, 12.0)})
    return picture(exif=exif, comment=b"an invented remark", quality=95)


def animated(format_: str) -> bytes:
    """Two pictures that follow each other."""
    return saved(Image.new("RGB", (20, 20), "red"), format_, save_all=True, append_images=[Image.new("RGB", (20, 20), "blue")], duration=100)


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims a size and has next to nothing in it."""
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", body) + _chunk(b"IDAT", zlib.compress(b"\0" * 64)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
