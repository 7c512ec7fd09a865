"""A provincial look-up system that answers well, slowly, wrongly, endlessly, maliciously or not at all, on this computer."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.dossiers import provincial
from bot.dossiers.breaker import Breaker
from bot.dossiers.provincial import Provincial
from bot.dossiers.secret import matches
from bot.dossiers.source_file import description
from bot.dossiers.sources import Absent, Busy, Found
from bot.settings import ZONE
from tests.conftest import KEY, Clock

CODE = "H26.145-261110-0001"
PATH = f"/ho-so/{CODE}"
TOKEN = "an-invented-token-of-the-province"
FILE = """
url = "{address}ho-so/{{code}}"
timeout = 0.5
[headers]
Authorization = "file:token.txt"
[json]
root = "data"
code = "ma"
status = "trangThai.ten"
received = "ngayNhan"
due = "ngayHen"
procedure_name = "thuTuc"
name = "nguoiNop"
phone = "dienThoai"
[statuses]
"Chờ duyệt" = 4
"""
DOSSIER = {
    "ma": CODE,
    "trangThai": {"ten": "Chờ duyệt"},
    "ngayNhan": "2026-11-10T01:20:00Z",
    "ngayHen": 1_795_597_200_000,
    "thuTuc": "Đăng ký khai sinh",
    "nguoiNop": "Lê Thị Ví Dụ",
    "dienThoai": "0900 000 009",
}


class Timer:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


Made = Callable[..., Provincial]


@pytest.fixture
async def made(httpserver: HTTPServer, tmp_path: Path, clock: Clock) -> AsyncIterator[Made]:
    """A source for the local server, described by a file as an operator writes it; `more` is put before its tables."""
    (tmp_path / "token.txt").write_text(f"Bearer {TOKEN}\n")
    opened: list[Provincial] = []

    def make(more: str = "", timer: Callable[[], float] = time.monotonic, text: str = FILE) -> Provincial:
        path = tmp_path / "tinh.toml"
        path.write_text(more + text.format(address=httpserver.url_for("/")))
        opened.append(Provincial(description(path), KEY, clock, timer))
        return opened[-1]

    yield make
    for source in opened:
        await source.__aexit__()


def tells(httpserver: HTTPServer, answer: object, **more: Any) -> None:
    httpserver.expect_request(PATH, headers={"Authorization": f"Bearer {TOKEN}"}).respond_with_data(
        answer if isinstance(answer, bytes) else json.dumps(answer), content_type="application/json", **more
    )


async def test_found(httpserver: HTTPServer, made: Made) -> None:
    """Status by the system's own word, dates in whatever form, the name masked, the digits hashed, the system named."""
    tells(httpserver, {"data": DOSSIER})
    found = await made().look_up("mau", CODE)
    assert isinstance(found, Found)
    record = found.record
    assert found.fresh
    assert (record["code"], record["status"], record["status_label"]) == (CODE, 4, "Đang xử lý")
    assert record["received_at"] == dt.datetime(2026, 11, 10, 8, 20, tzinfo=ZONE)
    assert record["due_at"] == dt.datetime.fromtimestamp(1_795_597_200, ZONE)
    assert (record["procedure_name"], record["applicant"], record["source"]) == ("Đăng ký khai sinh", "L• T•• V• D•", "tinh")
    assert matches(KEY, CODE, "0009", str(record["phone_hash"]))
    assert "Ví Dụ" not in str(record)
    assert "0900" not in str(record)


async def test_asked_by_post(httpserver: HTTPServer, made: Made) -> None:
    """Where the system wants it so, the code stands in the body."""
    httpserver.expect_request("/ho-so/", method="POST", json={"maHoSo": CODE, "so": 1}).respond_with_json({"data": DOSSIER})
    text = FILE.replace("ho-so/{{code}}", "ho-so/").replace("[headers]", '[body]\nmaHoSo = "{{code}}"\nso = 1\n[headers]')
    assert isinstance(await made('method = "POST"\n', text=text).look_up("mau", CODE), Found)


async def test_the_right_one_of_a_list(httpserver: HTTPServer, made: Made) -> None:
    """A search that gives several dossiers is searched for the one asked for."""
    tells(httpserver, {"data": [{**DOSSIER, "ma": "H26.145-261110-0002"}, DOSSIER]})
    found = await made().look_up("mau", CODE)
    assert isinstance(found, Found)
    assert found.record["code"] == CODE


@pytest.mark.parametrize("answer", [{"data": None}, {"data": []}, {"data": {}}])
async def test_absent(httpserver: HTTPServer, made: Made, answer: object) -> None:
    """Nothing under the root means that there is no such dossier."""
    tells(httpserver, answer)
    assert await made().look_up("mau", CODE) == Absent()


async def test_absent_by_status(httpserver: HTTPServer, made: Made) -> None:
    """So does 404."""
    tells(httpserver, b"not here", status=404)
    assert await made().look_up("mau", CODE) == Absent()


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>login</html>",
        b"",
        b"[" * 100_000,
        b'"data"',
        {"error": "quota"},
        {"data": "x"},
        {"data": {**DOSSIER, "ma": "H26.145-261110-0002"}},
        {"data": {**DOSSIER, "ma": {"$ne": 1}}},
        {"data": {**DOSSIER, "trangThai": "x"}},
        {"data": {**DOSSIER, "ngayNhan": "31/02/2026"}},
        b'{"data": {"ma": "' + b"x" * 300_000 + b'"}}',
    ],
)
async def test_a_wrong_answer_is_asked_for_once(httpserver: HTTPServer, made: Made, answer: object, logged: list[dict[str, Any]]) -> None:
    """No JSON, other JSON, another's dossier, a wrong date, a body without end: busy, and not tried again at once."""
    tells(httpserver, answer)
    assert await made().look_up("mau", CODE) == Busy()
    assert len(httpserver.log) == 1
    assert [entry["event"] for entry in logged] == ["dossier source busy"]


async def test_a_compressed_answer_without_end(httpserver: HTTPServer, made: Made) -> None:
    """What is compressed was not asked for, and is not unpacked."""
    tells(httpserver, b"\x1f\x8b\x08" + b"\0" * 500, headers={"Content-Encoding": "gzip"})
    assert await made().look_up("mau", CODE) == Busy()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "/elsewhere"])
async def test_a_redirect_is_not_followed(httpserver: HTTPServer, made: Made, elsewhere: str) -> None:
    """The token goes nowhere else."""
    httpserver.expect_request("/elsewhere").respond_with_json({"data": DOSSIER})
    tells(httpserver, b"", status=302, headers={"Location": elsewhere})
    assert await made().look_up("mau", CODE) == Busy()
    assert [request.path for request, _ in httpserver.log] == [PATH]


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_a_passing_failure_is_tried_again(httpserver: HTTPServer, made: Made, status: int) -> None:
    """Two failures and then the answer are an answer."""
    for _ in range(2):
        httpserver.expect_ordered_request(PATH).respond_with_data("", status=status)
    httpserver.expect_ordered_request(PATH).respond_with_json({"data": DOSSIER})
    assert isinstance(await made().look_up("mau", CODE), Found)


async def test_three_tries_and_no_more(httpserver: HTTPServer, made: Made) -> None:
    """A system that goes on failing is let be."""
    tells(httpserver, b"", status=500)
    assert await made().look_up("mau", CODE) == Busy()
    assert len(httpserver.log) == 3


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_is_not_tried_again(httpserver: HTTPServer, made: Made, status: int) -> None:
    """A wrong token does not become right by asking twice."""
    tells(httpserver, b"", status=status)
    assert await made().look_up("mau", CODE) == Busy()
    assert len(httpserver.log) == 1


async def test_slow(httpserver: HTTPServer, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow, the whole look-up has an end."""

    def drip(request: Request) -> Response:
        def pieces() -> Any:
            for _ in range(40):
                yield b" "
                time.sleep(0.1)

        return Response(pieces())

    httpserver.expect_request(PATH).respond_with_handler(drip)
    monkeypatch.setattr(provincial, "ALL_SECONDS", 0.7)
    began = time.monotonic()
    assert await made().look_up("mau", CODE) == Busy()
    assert time.monotonic() - began < 3


async def test_down(httpserver: HTTPServer, made: Made, unused_port: int) -> None:
    """Nobody listens."""
    source = made(text=FILE.replace("{address}", f"http://127.0.0.1:{unused_port}/"))
    assert await source.look_up("mau", CODE) == Busy()


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_malicious_words_are_harmless_words(httpserver: HTTPServer, made: Made) -> None:
    """Markup stays text, control characters go, and no word is longer than it may be."""
    evil = "<script>alert(1)</script>\x00\x1b[2J\u202e"
    tells(httpserver, {"data": {**DOSSIER, "trangThai": {"ten": evil}, "thuTuc": evil + "x" * 9999}})
    found = await made().look_up("mau", CODE)
    assert isinstance(found, Found)
    assert found.record["status_label"] == "<script>alert(1)</script> [2J"
    assert len(str(found.record["procedure_name"])) <= 300


async def test_after_five_failures_it_is_left_in_peace(httpserver: HTTPServer, made: Made) -> None:
    """Not asked for half a minute; then one asks, and when that goes well all may."""
    timer = Timer()
    source = made(timer=timer)
    tells(httpserver, b"", status=403)
    for _ in range(8):
        assert await source.look_up("mau", CODE) == Busy()
    assert len(httpserver.log) == 5
    timer.now += 31
    httpserver.clear()
    tells(httpserver, {"data": DOSSIER})
    assert isinstance(await source.look_up("mau", CODE), Found)
    assert len(httpserver.log) == 1


def test_the_breaker_lets_one_try() -> None:
    """After the rest one asker may, while the others wait for how it ends."""
    timer = Timer()
    breaker = Breaker(timer, failures=1, rest=10)
    assert not breaker.open()
    breaker.failed()
    assert breaker.open()
    timer.now += 10
    assert [breaker.open(), breaker.open()] == [False, True]
    breaker.went_well()
    assert not breaker.open()


async def test_an_answer_holds_for_a_minute(httpserver: HTTPServer, made: Made) -> None:
    """What was just told is not asked for again, and says that it is remembered; a failure is not remembered."""
    timer = Timer()
    source = made(timer=timer)
    tells(httpserver, {"data": DOSSIER})
    found = [await source.look_up("mau", CODE) for _ in range(3)]
    assert [isinstance(f, Found) and f.fresh for f in found] == [True, False, False]
    timer.now += 60
    assert await source.look_up("mau", CODE) == found[0]
    assert len(httpserver.log) == 2


async def test_no_crowd(httpserver: HTTPServer, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a few at once are told at once that it is busy, so that nobody else waits for them."""
    monkeypatch.setattr(provincial, "AT_ONCE", 2)
    httpserver.expect_request(PATH).respond_with_json({"data": DOSSIER})
    source = made()
    answers = await asyncio.gather(*(source.look_up("mau", CODE) for _ in range(5)))
    assert [type(answer) for answer in answers] == [Found, Found, Busy, Busy, Busy]


@pytest.mark.parametrize(
    ("more", "office", "code", "served"),
    [
        ("", "mau", CODE, True),
        ('office = "mau"\n', "khac", CODE, False),
        ('codes = "H55"\n', "mau", CODE, False),
        ('codes = "H26"\n', "mau", CODE, True),
    ],
)
async def test_whom_it_serves(made: Made, more: str, office: str, code: str, served: bool) -> None:
    """An office and the beginning of its codes, where the file says so."""
    assert made(more).serves(office, code) is served


@pytest.mark.parametrize(("answer", "status"), [(b"", 500), (b"x", 200), (b"", 302), ({"data": DOSSIER}, 200)])
async def test_the_log_tells_neither_code_nor_token(
    httpserver: HTTPServer, made: Made, logged: list[dict[str, Any]], caplog: pytest.LogCaptureFixture, answer: object, status: int
) -> None:
    """Whatever happens, the log has no code, no address, no token and no name."""
    caplog.set_level(logging.WARNING)
    tells(httpserver, answer, status=status)
    await made().look_up("mau", CODE)
    for word in (CODE, "ho-so", TOKEN, "Ví Dụ", "127.0.0.1"):
        assert word not in str(logged) + caplog.text
