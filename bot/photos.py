"""Photos that citizens send: known by their content, decoded within limits, kept without anything but the picture."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image, ImageOps

from bot.aside import AsideFailed, aside, work

MOST_BYTES = 10 * 1024 * 1024
MOST_SIDE = 12_000
MOST_PIXELS_AT_ONCE = 40_000_000  # of pictures that cannot be decoded at a smaller scale, as plain JPEG can
KEPT_SIDE = 2048
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
_SHA = re.compile(r"[0-9a-f]{64}")


class Reason(StrEnum):
    """Why a photo is not taken."""

    TOO_BIG = "too big"  # in bytes
    TOO_LARGE = "too large"  # in points
    NO_PHOTO = "no photo"
    ANIMATED = "animated"
    BROKEN = "broken"


class PhotoRefused(Exception):
    """What was sent is not taken as a photo."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Photo:
    """A picture and nothing else: no place, no time, no device. `sha256` is that of the JPEG."""

    sha256: str
    jpeg: bytes
    width: int
    height: int


def looks_like_photo(head: bytes) -> bool:
    """Whether the first 12 bytes or more are those of JPEG, PNG or WebP; only a first glance, `clean` decides."""
    return head[:3] == b"\xff\xd8\xff" or head[:8] == b"\x89PNG\r\n\x1a\n" or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def opened(raw: bytes) -> Image.Image:
    """The picture, its header read and found within the limits, nothing decoded yet. Raises PhotoRefused."""
    if len(raw) > MOST_BYTES:
        raise PhotoRefused(Reason.TOO_BIG)
    if not looks_like_photo(raw):
        raise PhotoRefused(Reason.NO_PHOTO)
    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):  # the limits below are ours
            image = Image.open(io.BytesIO(raw), formats=FORMATS)
        animated = image.format != "MPO" and getattr(image, "is_animated", False)  # phones add a preview to a JPEG: MPO
    except Image.DecompressionBombError as error:
        raise PhotoRefused(Reason.TOO_LARGE) from error
    except Exception as error:  # decoders raise whatever they stumble over
        raise PhotoRefused(Reason.BROKEN) from error
    plain = image.format in {"JPEG", "MPO"} and not image.info.get("progressive")
    if max(image.size) > MOST_SIDE or (not plain and image.width * image.height > MOST_PIXELS_AT_ONCE):
        raise PhotoRefused(Reason.TOO_LARGE)
    if animated:
        raise PhotoRefused(Reason.ANIMATED)
    return image


def decoded(raw: bytes, side: int) -> Image.Image:
    """The picture upright, in RGB on white, its longer side at most `side`. Raises PhotoRefused."""
    image = opened(raw)
    try:
        image.draft("RGB", (side, side))
        image.thumbnail((side, side))
        upright = ImageOps.exif_transpose(image)
        if upright.has_transparency_data:
            upright = upright.convert("RGBA")
            ground = Image.new("RGB", upright.size, "white")
            ground.paste(upright, mask=upright.getchannel("A"))
            return ground
        return upright.convert("RGB")
    except Exception as error:  # as above
        raise PhotoRefused(Reason.BROKEN) from error


def clean(raw: bytes) -> Photo:
    """The picture encoded anew as JPEG, the longer side at most 2,048 points, with no metadata. Raises PhotoRefused."""
    image = decoded(raw, KEPT_SIDE)
    bare = Image.frombytes("RGB", image.size, image.tobytes())  # what hung on the old picture stays there
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=QUALITY)
    jpeg = file.getvalue()
    return Photo(hashlib.sha256(jpeg).hexdigest(), jpeg, bare.width, bare.height)


async def cleaned(raw: bytes) -> Photo:
    """As `clean`, in a process of its own with a time limit; what breaks it or takes too long is refused as broken."""
    if len(raw) > MOST_BYTES:
        raise PhotoRefused(Reason.TOO_BIG)
    try:
        head, _, jpeg = (await aside(__name__, raw)).partition(b"\n")
    except AsideFailed as error:
        raise PhotoRefused(Reason.BROKEN) from error
    told = json.loads(head)
    if "refused" in told:
        raise PhotoRefused(Reason(told["refused"]))
    return Photo(hashlib.sha256(jpeg).hexdigest(), jpeg, told["width"], told["height"])


def _answer(raw: bytes) -> bytes:
    try:
        photo = clean(raw)
    except PhotoRefused as error:
        return json.dumps({"refused": error.reason.value}).encode()
    return json.dumps({"width": photo.width, "height": photo.height}).encode() + b"\n" + photo.jpeg


class PhotoStore:
    """A folder of cleaned photos, each under its sha256, once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, photo: Photo) -> str:
        """Puts a photo on the disk unless it is there, and returns its sha256."""
        path = self._path(photo.sha256)
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = path.with_suffix(f".{os.getpid()}.part")
            with part.open("wb") as file:
                file.write(photo.jpeg)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        return photo.sha256

    def read(self, sha: str) -> bytes:
        """The JPEG. Raises FileNotFoundError."""
        return self._path(sha).read_bytes()

    def remove(self, sha: str) -> None:
        """Removes it if it is there."""
        self._path(sha).unlink(missing_ok=True)

    def _path(self, sha: str) -> Path:
        if not _SHA.fullmatch(sha):
            raise FileNotFoundError(sha)
        return self._folder / f"{sha}.jpg"


if __name__ == "__main__":
    work(_answer)
