"""Dialogues through python-telegram-bot's own Application and tg-auto-test, which plays the citizen's Telegram (in an environment of its own)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram import COMMANDS, ENGLISH_COMMANDS
from bot.texts import texts
from tests.pictures import CODE

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-wire" / "bin" / "python"
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="tg-auto-test is not installed: make install-wire.")

MAIN = ["Danh sách thủ tục", "Tra cứu hồ sơ", "Giờ làm việc, địa chỉ", "Đánh giá phục vụ", "Gửi góp ý", "Gặp cán bộ"]
GREETING = (
    "Chào anh/chị! Tôi là trợ lý của Trung tâm Phục vụ hành chính công xã Mẫu.\n\n"
    "Anh/chị cứ hỏi như nói chuyện, có dấu hay không dấu đều được, ví dụ:\n"
    "• làm giấy khai sinh cho con cần gì\n"
    "• chứng thực bản sao bao nhiêu tiền\n"
    "• hôm nay có làm việc không"
)
NO_CODE = (
    "Tôi chưa thấy mã hồ sơ nào trong ảnh, và đã bỏ ảnh.\n\n"
    "Anh/chị chụp lại giúp tôi: để giấy hẹn nơi sáng, đưa máy gần mã QR cho thật rõ nét. Hoặc gõ mã in trên giấy, như H26.145-260108-0002.\n\n"
    "Đừng gửi ảnh căn cước hay giấy tờ riêng."
)
TO_FIELDS = (("presses", "Danh sách thủ tục"),)
FILE = {"file_id": "f", "file_unique_id": "u"}
STICKER = {"sticker": {**FILE, "width": 8, "height": 8, "is_animated": False, "is_video": False, "type": "regular"}}
PLACE = {"latitude": 21.0, "longitude": 105.8}
ONLY_TEXT = "Tôi chỉ đọc được tin nhắn chữ. Anh/chị gõ câu hỏi giúp tôi, không dấu cũng được."


@dataclass(frozen=True)
class Played:
    """A dialogue as tg-auto-test saw it: the calls before the first step, and for each step what was heard and called."""

    opening: list[dict[str, Any]]
    steps: list[dict[str, Any]]

    @property
    def texts(self) -> list[list[str]]:
        return [[message["text"] for message in step["heard"]] for step in self.steps]

    @property
    def last(self) -> dict[str, Any]:
        """The last message."""
        return dict(self.steps[-1]["heard"][-1])

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [call for step in self.steps for call in step["calls"] if call["method"] == method]


Play = Callable[..., Played]


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    """Plays a dialogue, in a chat and a database of its own."""
    command = [str(PYTHON), "-m", "tests.wire.in_process.driver"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own script
        assert process.stdin is not None
        assert process.stdout is not None

        def played(*steps: tuple[str, object]) -> Played:
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(steps) + "\n")
                process.stdin.flush()
            line = process.stdout.readline()
            assert line, "the driver broke off: see the error output"
            found = json.loads(line)
            assert "error" not in found, found["error"]
            return Played(**found)

        yield played
        with suppress(BrokenPipeError):
            process.stdin.close()


def test_start_greets_with_buttons(play: Play) -> None:
    """/start is answered by the greeting; short labels stand two a row, a long one alone."""
    played = play(("says", "/start"))
    assert played.texts == [[GREETING]]
    assert [[label for label, _ in row] for row in played.last["buttons"]] == [MAIN[:2], MAIN[2:3], MAIN[3:5], [MAIN[5], "English"]]


def test_typing_is_shown_before_the_answer(play: Play) -> None:
    """A message is acknowledged by "typing" before its answer is sent."""
    played = play(("says", "/start"))
    assert [call["method"] for call in played.steps[0]["calls"]] == ["sendChatAction", "sendMessage"]
    assert [call["action"] for call in played.calls("sendChatAction")] == ["typing"]


def test_a_pressed_menu_is_edited_in_place(play: Play) -> None:
    """A field takes the place of the fields, and they take its place again; each press is acknowledged and no message is added."""
    played = play(("says", "/start"), *TO_FIELDS, ("presses", "Hộ tịch ("), ("presses", "Các lĩnh vực khác"))
    fields, field, again = (step["heard"] for step in played.steps[1:])
    assert [[message["edit"] for message in heard] for heard in (fields, field, again)] == [[False], [True], [True]]
    assert {message["id"] for message in (*fields, *field, *again)} == {fields[0]["id"]}
    assert fields[0]["text"].endswith("Anh/chị chọn lĩnh vực:")
    assert field[0]["text"].startswith("Hộ tịch\n\nThủ tục 1 đến 8 trong ")
    assert (again[0]["text"], again[0]["buttons"]) == (fields[0]["text"], fields[0]["buttons"])
    assert len(played.calls("answerCallbackQuery")) == 3


def test_a_pressed_button_is_answered(play: Play) -> None:
    """A procedure chosen from the list is told in a message of its own, below the list."""
    played = play(("says", "/start"), *TO_FIELDS, ("presses", "Hộ tịch ("), ("presses", "Đăng ký khai sinh"))
    assert [message["edit"] for message in played.steps[-1]["heard"]] == [False]
    assert played.last["text"].startswith("Đăng ký khai sinh\n\n")
    assert "Xem thêm" in [label for row in played.last["buttons"] for label, _ in row]


def test_the_title_is_bold_and_the_source_italic(play: Play) -> None:
    """The procedure's name and the source are marked by entities that lie exactly on them."""
    played = play(("says", "đăng ký khai sinh cần giấy tờ gì"))
    call = played.calls("sendMessage")[0]
    units = call["text"].encode("utf-16-le")
    marked = {e["type"]: units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in json.loads(call["entities"])}
    assert marked["bold"] == "Đăng ký khai sinh"
    assert marked["italic"] == call["text"].rsplit("\n\n", 1)[1]


def test_a_second_question_keeps_to_the_subject(play: Play) -> None:
    """A question that names no procedure is about the one spoken of before."""
    played = play(("says", "đăng ký khai sinh cần giấy tờ gì"), ("says", "thế bao nhiêu tiền"))
    assert [texts_[0].split("\n")[0] for texts_ in played.texts] == ["Đăng ký khai sinh", "Đăng ký khai sinh"]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (("photo", "ảnh giấy khai sinh"), NO_CODE),
        (("sends", {"voice": {**FILE, "duration": 3}}), "Tôi chưa nghe được tin thoại. Anh/chị gõ chữ giúp tôi, không dấu cũng được."),
        (
            ("sends", {"video_note": {**FILE, "duration": 3, "length": 8}}),
            "Tôi chưa nghe được tin thoại. Anh/chị gõ chữ giúp tôi, không dấu cũng được.",
        ),
        (("sends", STICKER), "Cảm ơn anh/chị! Anh/chị cần hỏi việc gì ạ?"),
        (("sends", {"location": PLACE}), "Tôi chưa dùng được vị trí. Anh/chị cần hỏi việc gì ạ?"),
        (
            ("sends", {"contact": {"phone_number": "0900000001", "first_name": "Lê Thị Ví Dụ"}}),
            "Tôi không cần số điện thoại của anh/chị và không lưu lại. Anh/chị cần hỏi việc gì ạ?",
        ),
        (("sends", {"document": FILE}), ONLY_TEXT),
        (("sends", {"dice": {"emoji": "🎲", "value": 3}}), ONLY_TEXT),
    ],
)
def test_what_is_no_text_is_kindly_refused(play: Play, sent: tuple[str, object], answer: str) -> None:
    """A photo, a voice message, a sticker and the like are answered by what to do instead, with the way into every dialogue."""
    played = play(sent)
    assert played.texts == [[answer]]
    assert [label for row in played.last["buttons"] for label, _ in row] == MAIN


@pytest.mark.parametrize("sent", [("receipt", 17), ("receipt", 0)])
def test_a_photographed_receipt_is_answered_as_its_code(play: Play, sent: tuple[str, object]) -> None:
    """The photo is asked for by its handle, downloaded, read at 17 degrees, and answered like the typed code."""
    typed, photographed = play(("says", CODE)), play(sent)
    assert photographed.texts == typed.texts
    assert CODE in photographed.texts[0][0]
    assert [call["method"] for call in photographed.steps[0]["calls"]][:2] == ["sendChatAction", "getFile"]


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("/trogiup", "/help"),
        ("/thutuc", "/procedures"),
        ("/hoso", "/dossier"),
        ("/giolamviec", "/hours"),
        ("/danhgia", "/rate"),
        ("/gopy", "/feedback"),
        ("/thongbao", "/notices"),
        ("/ngonngu", "/language"),
        ("/huy", "/cancel"),
    ],
)
def test_a_command_has_a_vietnamese_and_an_english_name(play: Play, vietnamese: str, english: str) -> None:
    """The two names of a command say the same."""
    first, second = play(("says", vietnamese)), play(("says", english))
    assert first.texts == second.texts
    assert first.last["buttons"] == second.last["buttons"]
    assert len(first.texts[0][0]) > 0


def test_english_is_spoken_to_an_english_telegram(play: Play) -> None:
    """A citizen whose Telegram speaks English is answered in English."""
    sender = {"id": 9001, "is_bot": False, "first_name": "Ann Example", "language_code": "en"}
    played = play(("sends", {"from": sender, "text": "/language"}))
    assert played.texts == [[texts("en")("Anh/chị chọn ngôn ngữ:")]]


@pytest.mark.parametrize(("language", "named"), [("", COMMANDS), ("en", ENGLISH_COMMANDS)])
def test_the_menu_of_commands(play: Play, language: str, named: dict[str, str]) -> None:
    """Telegram's menu holds every command, described in Vietnamese for all and in English for those whose Telegram speaks it."""
    menus = [call for call in play().opening if call["method"] == "setMyCommands" and call.get("language_code", "") == language]
    told = texts(language or "vi")
    assert [json.loads(menu["commands"]) for menu in menus] == [[{"command": name, "description": told(text)} for name, text in named.items()]]


def test_a_menu_far_up_still_works(play: Play) -> None:
    """A button of a message that others have followed is answered in its place."""
    played = play(("says", "/start"), *TO_FIELDS, ("says", "/language"), ("presses", "Hộ tịch ("))
    assert [message["edit"] for message in played.steps[-1]["heard"]] == [True]
    assert played.last["id"] == played.steps[1]["heard"][0]["id"]
