"""The codes printed on a photographed receipt, read in a process of its own (see `bot.aside`); the photo is never kept.

Of an identity card's code nothing but a yes leaves that process: it is neither kept nor logged. Source: domain rules, section 8."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from bot.aside import AsideFailed, aside, work
from bot.photos import MOST_BYTES, PhotoRefused, Reason, decoded

SIDE = 4000
SMALL = 1600  # a shorter side is worth enlarging
TURNED = 2600
SECONDS = 6.0  # after these nothing more is tried
MOST_TEXTS, MOST_LENGTH = 20, 500
_IDENTITY = re.compile(r"\s*\d{12}\s*\|")  # number | old number | name | …: the code on the back or front of the card
_FORMATS = ("QRCode", "MicroQRCode", "DataMatrix", "Aztec", "PDF417", "Code128", "Code39", "Code93", "Codabar", "ITF")
_TILTS = (17, -17, 34, -34, 45)  # bars are read along lines, so slanted ones need the picture turned


@dataclass(frozen=True)
class Seen:
    """What the codes in a picture say, and whether one of them is that of an identity card."""

    texts: tuple[str, ...] = ()
    identity: bool = False


async def read(raw: bytes) -> Seen:
    """What is read from a photo, at most 10 MB. Raises PhotoRefused where it is none, or where reading breaks down or takes too long."""
    if len(raw) > MOST_BYTES:
        raise PhotoRefused(Reason.TOO_BIG)
    try:
        told = json.loads(await aside(__name__, raw))
    except AsideFailed as error:
        raise PhotoRefused(Reason.BROKEN) from error
    if "refused" in told:
        raise PhotoRefused(Reason(told["refused"]))
    return Seen(tuple(told["texts"]), told["identity"])


def texts(raw: bytes) -> Seen:
    """The same, here. Raises PhotoRefused."""
    found: dict[str, None] = {}
    end, fruitless = time.monotonic() + SECONDS, 0
    for version in _versions(decoded(raw, SIDE).convert("L")):
        before = len(found)
        found.update(dict.fromkeys(code.text[:MOST_LENGTH] for code in zxingcpp.read_barcodes(version, formats=_formats()) if code.text))
        fruitless = fruitless + 1 if found and len(found) == before else 0
        if fruitless == 3 or time.monotonic() > end:  # three more looks at what has codes show no further one
            break
    plain = [text for text in found if not _IDENTITY.match(text)]
    return Seen(tuple(plain[:MOST_TEXTS]), identity=len(plain) < len(found))


def _versions(image: Image.Image) -> Iterator[Image.Image]:
    """The picture as it is, then in other lights and sizes, then turned; the likeliest first."""
    yield image
    bright = ImageOps.autocontrast(image, cutoff=2)
    yield bright
    if max(image.size) < SMALL:
        yield bright.resize((image.width * 3, image.height * 3), Image.Resampling.BICUBIC)
    yield _calm(bright, 2)
    turned = bright if max(bright.size) <= TURNED else ImageOps.contain(bright, (TURNED, TURNED))
    yield from (turned.rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=255) for tilt in _TILTS)
    yield from _parts(bright)
    yield _calm(bright, 4)
    yield bright.filter(ImageFilter.UnsharpMask(4, 250, 0))


def _calm(image: Image.Image, radius: int) -> Image.Image:
    """Without the grain of a photo taken in the dark."""
    return ImageOps.autocontrast(image.filter(ImageFilter.BoxBlur(radius)), cutoff=5)


def _parts(image: Image.Image) -> Iterator[Image.Image]:
    """Overlapping parts, doubled: a code that is small in a large photo."""
    width, height = image.width * 6 // 10, image.height * 6 // 10
    for left, top in itertools.product((0, image.width - width), (0, image.height - height)):
        part = ImageOps.autocontrast(image.crop((left, top, left + width, top + height)), cutoff=2)
        yield part if max(part.size) > SMALL else part.resize((width * 2, height * 2), Image.Resampling.BICUBIC)


def _formats() -> zxingcpp.BarcodeFormats:
    return zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, name) for name in _FORMATS])


def _answer(raw: bytes) -> bytes:
    try:
        seen = texts(raw)
    except PhotoRefused as error:
        return json.dumps({"refused": error.reason.value}).encode()
    return json.dumps({"texts": seen.texts, "identity": seen.identity}).encode()


if __name__ == "__main__":
    work(_answer)
