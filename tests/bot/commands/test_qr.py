"""The page for a counter, and what a phone reads on it."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pytest_httpserver import HTTPServer

from bot.__main__ import main

WEB, TELEGRAM = "https://hoi.xa-mau.example/?start=desk_mau_quay-1", "https://t.me/xa_mau_bot?start=desk_mau_quay-1"


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Both channels have an address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_NOW", "2026-11-23T09:00")
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.xa-mau.example/")
    monkeypatch.setenv("MOTCUA_TELEGRAM_NAME", "@xa_mau_bot")
    return monkeypatch


def scanned(path: Path) -> list[str]:
    """What a phone reads in the images of the page."""
    images = re.findall(r'src="data:image/png;base64,([^"]+)"', path.read_text(encoding="utf-8"))
    return [zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(image))))[0].text for image in images]


def test_a_page_for_each_counter(operator: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Without a name all counters get their page, in the data folder, with a code for each channel."""
    assert main(["qr", "desk"]) == 0
    assert scanned(tmp_path / "data" / "qr-desks.html") == [WEB, TELEGRAM, WEB.replace("quay-1", "quay-2"), TELEGRAM.replace("quay-1", "quay-2")]
    assert capsys.readouterr().out.splitlines()[-1] == "2 trang → data/qr-desks.html"


def test_what_stands_on_the_page(operator: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Office, counter, what to do, the telephone; nothing is fetched from elsewhere."""
    assert main(["qr", "desk", "quầy 1", "--out", str(tmp_path / "in" / "a.html")]) == 0
    text = (tmp_path / "in" / "a.html").read_text(encoding="utf-8")
    for words in ("Trung tâm Phục vụ hành chính công xã Mẫu", "<h2>Quầy 1</h2>", "Mở máy ảnh điện thoại, quét mã", "0200 000 0000", "size: A5"):
        assert words in text
    assert "Quầy 2" not in text
    assert not re.search(r'(?:src|href)="(?!data:)', text)


@pytest.mark.parametrize("missing", ["MOTCUA_PUBLIC_URL", "MOTCUA_TELEGRAM_NAME"])
def test_a_channel_without_an_address_is_left_out(operator: pytest.MonkeyPatch, tmp_path: Path, missing: str) -> None:
    """Only what is configured is printed."""
    operator.delenv(missing)
    assert main(["qr", "desk", "Quầy 1", "--out", str(tmp_path / "a.html")]) == 0
    assert scanned(tmp_path / "a.html") == [TELEGRAM if missing == "MOTCUA_PUBLIC_URL" else WEB]


def test_nothing_to_print(operator: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """No counter of that name, no channel with an address, no place to write: each is one line that says what to do."""
    assert main(["qr", "desk", "Quầy 9"]) == 1
    assert capsys.readouterr().err == "motcua: office.md names no counter “Quầy 9”. Expected one of: Quầy 1, Quầy 2.\n"
    (tmp_path / "f").touch()
    assert main(["qr", "desk", "--out", str(tmp_path / "f" / "a.html")]) == 1
    assert "Expected: a file in a folder that can be written." in capsys.readouterr().err
    operator.delenv("MOTCUA_PUBLIC_URL")
    operator.delenv("MOTCUA_TELEGRAM_NAME")
    assert main(["qr", "desk"]) == 1
    assert capsys.readouterr().err.startswith("motcua: no channel has an address. Set MOTCUA_PUBLIC_URL=https://…")


TOKEN = "123456:an-invented-token-of-nobody"


def test_telegram_says_the_name_of_the_bot(operator: pytest.MonkeyPatch, httpserver: HTTPServer, tmp_path: Path) -> None:
    """Without the setting the bot's name is asked of Telegram."""
    me = {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "M", "username": "xa_thu_bot"}}
    httpserver.expect_request(f"/bot{TOKEN}/getMe").respond_with_json(me)
    operator.delenv("MOTCUA_TELEGRAM_NAME")
    operator.setenv("MOTCUA_TELEGRAM_TOKEN", TOKEN)
    operator.setenv("MOTCUA_TELEGRAM_API", httpserver.url_for("").rstrip("/"))
    assert main(["qr", "desk", "Quầy 1", "--out", str(tmp_path / "a.html")]) == 0
    assert scanned(tmp_path / "a.html") == [WEB, TELEGRAM.replace("xa_mau", "xa_thu")]


def test_telegram_cannot_be_asked(operator: pytest.MonkeyPatch, httpserver: HTTPServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page for the web is printed all the same, and the setting that helps is named; the token is not."""
    httpserver.expect_request(f"/bot{TOKEN}/getMe").respond_with_json({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
    operator.delenv("MOTCUA_TELEGRAM_NAME")
    operator.setenv("MOTCUA_TELEGRAM_TOKEN", TOKEN)
    operator.setenv("MOTCUA_TELEGRAM_API", httpserver.url_for("").rstrip("/"))
    assert main(["qr", "desk", "Quầy 1", "--out", str(tmp_path / "a.html")]) == 0
    assert scanned(tmp_path / "a.html") == [WEB]
    assert capsys.readouterr().err == "motcua: Telegram cannot be asked for the bot's name (InvalidToken). Set MOTCUA_TELEGRAM_NAME.\n"
