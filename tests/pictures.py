"""Pictures for tests, drawn when they are needed: good ones, and all that only pretends to be one."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import segno
import zxingcpp
from PIL import Image, ImageDraw

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


CODE = "H26.145-261110-0001"


def qr(text: str = CODE, scale: int = 6) -> Image.Image:
    """A QR code in black on white, with its quiet zone."""
    file = io.BytesIO()
    segno.make(text, micro=False).save(file, kind="png", scale=scale, border=4)
    return Image.open(file).convert("RGB")


def bars(text: str = CODE, scale: int = 2) -> Image.Image:
    """A Code 128 barcode, as receipts carry it above the code's text."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_image(scale=scale)
    height, width = drawn.shape
    return Image.frombytes("L", (width, height), bytes(memoryview(drawn))).convert("RGB")


def receipt(*codes: Image.Image, size: tuple[int, int] = (1240, 1750), tilt: float = 0) -> Image.Image:
    """A sheet on a table: lines of print, and the codes one below the other."""
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    for line in range(size[1] // 2, size[1] - 100, 40):
        draw.line((80, line, size[0] - 80 - line % 7 * 30, line), fill="#333333", width=6)
    top = 80
    for code in codes:
        sheet.paste(code, (size[0] - code.width - 90, top))
        top += code.height + 60
    return sheet.rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor="#7a6a55")
