"""Codes read from photographed receipts: slanted, dark, small, several; and nothing of an identity card."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from bot.dossiers import receipt as reading
from bot.dossiers.receipt import Seen, texts
from bot.photos import MOST_BYTES, PhotoRefused, Reason
from tests.pictures import CODE, bars, qr, receipt, saved

OTHER, THIRD = "H26.145-261102-0004", "000.00.19.H26-261103-0005"
CARD = "079080000123|012345678|Lê Thị Ví Dụ|01011980|Nữ|Thôn Mẫu, Xã Mẫu|01012021"


def dark(image: Image.Image, left: float, grain: float) -> Image.Image:
    """The same taken with little light."""
    noise = Image.effect_noise(image.size, grain).convert("RGB")
    return ImageChops.add(ImageEnhance.Brightness(image).enhance(left), noise, offset=-128)


def seen(image: Image.Image, quality: int = 85) -> Seen:
    return texts(saved(image, quality=quality))


@pytest.mark.parametrize("tilt", [0, 17, 45, 90, 137, 180, 263])
def test_a_slanted_qr_code(tilt: int) -> None:
    """A receipt is read however it lies."""
    assert seen(receipt(qr(), tilt=tilt)) == Seen((CODE,))


@pytest.mark.parametrize("tilt", [0, 17, 25, 90, 197])
def test_a_slanted_barcode(tilt: int) -> None:
    """Bars are read at any slant too."""
    assert seen(receipt(bars(), tilt=tilt)) == Seen((CODE,))


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(dark(receipt(qr(), tilt=17), 0.15, 6), id="dark"),
        pytest.param(dark(receipt(qr(), tilt=17), 0.06, 8), id="very dark"),
        pytest.param(dark(receipt(bars()), 0.15, 6), id="dark bars"),
        pytest.param(receipt(qr(scale=2), tilt=17), id="small"),
        pytest.param(receipt(qr(scale=3), size=(3000, 4000), tilt=17), id="small in 12 million points"),
        pytest.param(receipt(qr(), tilt=17).filter(ImageFilter.GaussianBlur(3)), id="out of focus"),
        pytest.param(Image.eval(receipt(qr(), tilt=17), lambda value: 255 - value), id="light on dark"),
    ],
)
def test_a_bad_photo(image: Image.Image) -> None:
    """Little light, small codes, a shaking hand."""
    assert seen(image) == Seen((CODE,))


def test_a_photo_squeezed_by_a_messenger() -> None:
    """Strong compression does not hide a code."""
    assert seen(receipt(qr(scale=3), tilt=17), quality=20) == Seen((CODE,))


def test_several_codes_in_one_picture() -> None:
    """All are read, each once."""
    found = seen(receipt(qr(), qr(OTHER), bars(THIRD), qr(), tilt=-4))
    assert (set(found.texts), len(found.texts)) == ({CODE, OTHER, THIRD}, 3)


def test_nothing_to_read() -> None:
    """Print without a code says nothing."""
    assert seen(receipt()) == Seen()


def test_an_identity_card_is_a_mere_yes() -> None:
    """Of the card's code nothing is passed on; what is beside it is."""
    assert seen(receipt(qr(CARD), tilt=17)) == Seen((), identity=True)
    assert seen(receipt(qr(CARD), qr())) == Seen((CODE,), identity=True)


@pytest.mark.parametrize("text", ["079080000123", "|079080000123|", "07908000012|1|", "https://example.org/?a=079080000123|"])
def test_other_codes_are_no_identity_card(text: str) -> None:
    """The card's code begins with twelve digits and a bar."""
    assert seen(receipt(qr(text))) == Seen((text,))


def test_texts_are_limited() -> None:
    """A code that holds a book is cut, and a sheet of codes has its end."""
    (text,) = seen(receipt(qr("x" * 1500, scale=3))).texts
    assert text == "x" * reading.MOST_LENGTH
    stamps = receipt(*[Image.new("RGB", (10, 10), "white")])
    for number in range(24):
        stamps.paste(qr(f"N{number}", scale=4), (number % 6 * 200, number // 6 * 200))
    assert len(seen(stamps).texts) == reading.MOST_TEXTS


async def test_read_aside() -> None:
    """The same comes back from the process that reads."""
    assert await reading.read(saved(receipt(qr(), tilt=17))) == Seen((CODE,))
    assert await reading.read(saved(receipt(qr(CARD)))) == Seen((), identity=True)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"<svg/>", Reason.NO_PHOTO), (saved(receipt())[:5000], Reason.BROKEN), (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, Reason.TOO_BIG)],
)
async def test_refused(raw: bytes, reason: Reason) -> None:
    """What is no photo, or too much, is refused with its reason."""
    with pytest.raises(PhotoRefused) as error:
        await reading.read(raw)
    assert error.value.reason is reason


async def test_several_at_once() -> None:
    """Photos that come together are all read."""
    raws = [saved(receipt(qr(f"H26.145-26110{n}-000{n}"), size=(700, 900))) for n in range(1, 6)]
    found = await asyncio.gather(*map(reading.read, raws))
    assert [f.texts[0][-1] for f in found] == list("12345")


def test_no_array_package_is_needed(tmp_path: Path) -> None:
    """Reading works where numpy cannot be imported, as in the product's own environment."""
    (tmp_path / "photo.jpg").write_bytes(saved(receipt(qr(), tilt=17)))
    lines = "import sys; sys.modules['numpy'] = None; from bot.dossiers.receipt import texts; print(*texts(open(sys.argv[1], 'rb').read()).texts)"
    root = str(Path(reading.__file__).parents[2])
    done = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", lines, tmp_path / "photo.jpg"],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert done.stdout == f"{CODE}\n"
