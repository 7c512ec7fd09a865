"""What becomes of a photo: what is taken, what is refused and why, and what is left of it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot import photos
from bot.photos import KEPT_SIDE, MOST_BYTES, Photo, PhotoRefused, PhotoStore, Reason, clean, cleaned, looks_like_photo
from tests.pictures import animated, picture, png_header, saved, with_metadata

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
GOOD = picture()
BAD = {
    "empty": (b"", Reason.NO_PHOTO),
    "text": ("mã hồ sơ".encode(), Reason.NO_PHOTO),
    "html": (HTML, Reason.NO_PHOTO),
    "svg": (SVG, Reason.NO_PHOTO),
    "pdf": (b"%PDF-1.7\n", Reason.NO_PHOTO),
    "gif": (animated("GIF"), Reason.NO_PHOTO),
    "tiff": (picture(format_="TIFF"), Reason.NO_PHOTO),
    "html behind a JPEG's first bytes": (b"\xff\xd8\xff\xe0" + HTML, Reason.BROKEN),
    "svg behind a PNG's first bytes": (b"\x89PNG\r\n\x1a\n" + SVG, Reason.BROKEN),
    "script behind WebP's first bytes": (b"RIFF\x00\x00\x00\x00WEBP" + HTML, Reason.BROKEN),
    "cut off": (picture(600, 400)[:2000], Reason.BROKEN),
    "animated PNG": (animated("PNG"), Reason.ANIMATED),
    "animated WebP": (animated("WEBP"), Reason.ANIMATED),
    "claims 12,001 points a side": (png_header(12_001, 1), Reason.TOO_LARGE),
    "claims 100 million points": (png_header(10_000, 10_000), Reason.TOO_LARGE),
    "claims four thousand million points": (png_header(65_535, 65_535), Reason.TOO_LARGE),
    "progressive with 49 million points": (saved(Image.new("L", (7000, 7000)), progressive=True), Reason.TOO_LARGE),
    "over 10 MB": (GOOD + b"\0" * MOST_BYTES, Reason.TOO_BIG),
}


def seen(photo: Photo) -> Image.Image:
    image = Image.open(io.BytesIO(photo.jpeg))
    image.load()
    return image


@pytest.mark.parametrize("name", BAD)
def test_refused(name: str) -> None:
    """What is no photo, or too much of one, is refused with its reason."""
    raw, reason = BAD[name]
    with pytest.raises(PhotoRefused) as error:
        clean(raw)
    assert error.value.reason is reason


@pytest.mark.parametrize("name", ["html", "cut off", "animated PNG", "claims 100 million points", "over 10 MB"])
async def test_refused_aside(name: str) -> None:
    """The reason comes back from the process that decodes."""
    raw, reason = BAD[name]
    with pytest.raises(PhotoRefused) as error:
        await cleaned(raw)
    assert error.value.reason is reason


@pytest.mark.parametrize(
    ("raw", "size"),
    [
        (picture(), (60, 40)),
        (picture(progressive=True), (60, 40)),
        (picture(mode="L"), (60, 40)),
        (picture(mode="CMYK"), (60, 40)),
        (picture(format_="PNG"), (60, 40)),
        (picture(format_="PNG", mode="P"), (60, 40)),
        (picture(format_="PNG", mode="I;16"), (60, 40)),
        (picture(format_="PNG", mode="RGBA"), (60, 40)),
        (picture(format_="WEBP"), (60, 40)),
        (picture(4096, 1024), (2048, 512)),
        (picture(1, 9000), (1, 2048)),
    ],
)
async def test_taken(raw: bytes, size: tuple[int, int]) -> None:
    """JPEG, PNG and WebP of any kind become a JPEG whose longer side is at most 2,048, the same here and aside."""
    photo = clean(raw)
    assert (photo.width, photo.height) == seen(photo).size == size
    assert seen(photo).format == "JPEG"
    assert photo.sha256 == hashlib.sha256(photo.jpeg).hexdigest()
    assert await cleaned(raw) == photo


def test_a_phones_largest_photo() -> None:
    """108 million points from a phone are taken, decoded at a smaller scale."""
    photo = clean(saved(Image.new("RGB", (12_000, 9_000), "red")))
    assert (photo.width, photo.height) == (KEPT_SIDE, 1536)


def test_a_photo_with_a_preview_is_one_photo() -> None:
    """Phones put a second, smaller picture into a JPEG: that is no animation."""
    raw = saved(Image.new("RGB", (60, 40), "red"), "MPO", save_all=True, append_images=[Image.new("RGB", (6, 4))])
    assert seen(clean(raw)).getpixel((30, 20)) == (254, 0, 0)


def test_nothing_but_the_picture_is_left() -> None:
    """Place, device, remarks and what was hung on behind are gone."""
    raw = with_metadata() + b"<script>alert(1)</script>"
    assert all(word in raw for word in (b"invented camera", b"invented remark", b"<script>"))
    photo = clean(raw)
    assert not any(word in photo.jpeg for word in (b"Exif", b"invented", b"<script>"))
    assert dict(seen(photo).getexif()) == {}
    assert set(seen(photo).info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("orientation", "corner"), [(1, (5, 5)), (3, (55, 35)), (6, (35, 5)), (8, (5, 55))])
def test_upright(orientation: int, corner: tuple[int, int]) -> None:
    """A photo taken sideways is turned before the note of how to turn it is removed."""
    image = seen(clean(with_metadata(orientation)))
    assert image.size == ((60, 40) if orientation in {1, 3} else (40, 60))
    red, _, blue = image.getpixel(corner)  # type: ignore[misc]
    assert red > 200
    assert blue < 50


def test_see_through_becomes_white() -> None:
    """What cannot be seen in a PNG is white, not black."""
    raw = saved(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG")
    assert seen(clean(raw)).getpixel((5, 5)) == (255, 255, 255)


@given(place=st.integers(0, len(GOOD) - 1), piece=st.binary(min_size=1, max_size=40))
def test_damage_is_refused_or_survived(place: int, piece: bytes) -> None:
    """Whatever is broken in a picture, it is a photo or refused, nothing else."""
    try:
        photo = clean(GOOD[:place] + piece + GOOD[place + len(piece) :])
    except PhotoRefused:
        return
    assert seen(photo).format == "JPEG"


def test_a_first_glance() -> None:
    """The first bytes tell what may be a photo."""
    assert all(looks_like_photo(picture(format_=name)) for name in photos.FORMATS)
    assert not any(looks_like_photo(raw) for raw in (b"", b"RIFF\0\0\0\0WAVE", HTML, SVG))


def test_kept_once(tmp_path: Path) -> None:
    """The same picture is one file, readable until it is removed."""
    store, photo = PhotoStore(tmp_path / "photos"), clean(GOOD)
    assert store.keep(photo) == store.keep(photo) == photo.sha256
    assert [path.name for path in (tmp_path / "photos").iterdir()] == [f"{photo.sha256}.jpg"]
    assert store.read(photo.sha256) == photo.jpeg
    store.remove(photo.sha256)
    store.remove(photo.sha256)
    with pytest.raises(FileNotFoundError):
        store.read(photo.sha256)


@pytest.mark.parametrize("sha", ["", "../x", "A" * 64, "0" * 63])
def test_the_store_opens_no_other_file(tmp_path: Path, sha: str) -> None:
    """A name that is no sha256 is no photo, wherever it points."""
    (tmp_path / "x.jpg").write_bytes(GOOD)
    for use in (PhotoStore(tmp_path / "photos").read, PhotoStore(tmp_path / "photos").remove):
        with pytest.raises(FileNotFoundError):
            use(sha)
