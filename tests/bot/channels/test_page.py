"""The chat page in a real browser, against the real program: a process of its own with a folder of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, Route, expect, sync_playwright

from bot.photos import MOST_BYTES
from tests.conftest import NOW
from tests.pictures import CODE, picture, qr, receipt, saved

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parents[3]
GREETING = "Chào anh/chị! Tôi là trợ lý của Trung tâm Phục vụ hành chính công xã Mẫu."
PHONE = {"width": 390, "height": 844}
QUESTION = "giờ làm việc"
SENT = "Đã gửi 9:00 ✓"


@dataclass
class Program:
    """`motcua run` as an operator starts it, at nine in the morning."""

    folder: Path
    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def complaints(self) -> str:
        """What it wrote to standard error beside mere information."""
        lines = (self.folder / "stderr").read_text().splitlines()
        return "\n".join(line for line in lines if '"level": "info"' not in line)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Starts and returns when the page can be opened."""
        own = {"MOTCUA_DATA": str(self.folder), "MOTCUA_HTTP": f"127.0.0.1:{self.port}", "MOTCUA_NOW": NOW.isoformat(), "PYTHONPATH": str(ROOT)}
        with (self.folder / "stderr").open("a") as complaints:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], cwd=self.folder, env={**os.environ, **own}, stdout=subprocess.PIPE, stderr=complaints, text=True
            )
        assert self.process.stdout
        assert self.process.stdout.readline().startswith(f"Một Cửa: http://127.0.0.1:{self.port}"), self.complaints
        with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as http:
            assert http.get(f"{self.address}health").text == "ok"

    def stop(self) -> int:
        """Asks it to stop, as systemd does, and returns its exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()

    def says(self, page: Page, text: str, **wire: object) -> None:
        """Puts a line of the bot's into the page's conversation, as a handler might, and loads the page anew."""
        payload = {"text": text, "title": "", "footer": "", "buttons": [], "replace": "", **wire}
        chat = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "motcua")
        at = (NOW.astimezone(dt.UTC) + dt.timedelta(seconds=30)).strftime("%Y-%m-%d %H:%M:%S.000000")
        with sqlite3.connect(self.folder / "motcua.db", timeout=10) as db:
            columns = "office, channel, chat, payload, created_at, not_before, attempts, sent_at"
            db.execute(f"INSERT INTO outbox ({columns}) VALUES (?,?,?,?,?,?,?,?)", ("mau", "web", chat, json.dumps(payload), at, at, 0, at))  # noqa: S608
        db.close()
        page.reload()
        expect(page.locator(".his").last).to_contain_text(text.split("\n", maxsplit=1)[0].removeprefix("☐ ").removeprefix("• "))


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path) -> Iterator[Program]:
    program = Program(folder, a_free_port())
    program.start()
    try:
        yield program
    finally:
        program.stop()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with running(tmp_path_factory.mktemp("page")) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}: apt-get install chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


Open = Callable[..., Page]


@dataclass
class Browsers:
    """Opens the page for one person after another, and keeps what their consoles complained of."""

    chromium: Browser
    program: Program
    people: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def person(self, **options: Any) -> BrowserContext:
        context = self.chromium.new_context(**{"viewport": PHONE, "reduced_motion": "reduce", **options})
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.people.append(context)
        return context

    def tab(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto(self.program.address)
        expect(page.locator(".his").first).to_contain_text(GREETING, timeout=15_000)
        return page

    def close(self) -> None:
        for context in self.people:
            context.close()


@pytest.fixture
def browsers(chromium: Browser, program: Program) -> Iterator[Browsers]:
    found = Browsers(chromium, program)
    yield found
    found.close()
    # The network may fail in a test; the page's own code and its policy may not.
    assert [c for c in found.complaints if "Failed to load resource" not in c] == []


@pytest.fixture
def page(browsers: Browsers) -> Page:
    return browsers.tab(browsers.person())


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Câu hỏi của anh/chị")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).last


def asks(page: Page, words: str) -> None:
    """Types a question, sends it, and waits for the answer."""
    answers = page.locator(".his").count()
    box(page).fill(words)
    box(page).press("Enter")
    expect(page.locator(".his")).not_to_have_count(answers)


def conversation(page: Page) -> list[str]:
    """All that the log shows, a line each, with the buttons that can be pressed."""
    return page.locator("#log .line").all_inner_texts()


def active(page: Page) -> str:
    """What has the focus: its id, else its text."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.innerText || document.activeElement.tagName"))


# The conversation


def test_the_first_visit_is_greeted_once(page: Page) -> None:
    """The greeting and its buttons are there without a word; loading the page again does not repeat them."""
    expect(button(page, "Danh sách thủ tục")).to_be_visible()
    page.reload()
    expect(page.locator(".his")).to_have_count(1)
    expect(page.locator(".his")).to_contain_text(GREETING)


def test_enter_sends(page: Page) -> None:
    """Enter sends, empties the box, keeps the focus there; the line says that it was sent and the answer follows."""
    asks(page, QUESTION)
    expect(box(page)).to_have_value("")
    expect(box(page)).to_be_focused()
    expect(page.locator(".mine .bubble")).to_have_text("Anh/chị hỏi: giờ làm việc")
    expect(page.locator(".mine .meta")).to_have_text(SENT)
    expect(page.locator(".his").last).to_contain_text("Giờ làm việc:")


def test_shift_enter_begins_a_new_line(page: Page) -> None:
    """Shift+Enter stays in the box, which grows; what is sent keeps its lines."""
    low = box(page).bounding_box()
    box(page).press_sequentially("một")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("hai")
    expect(box(page)).to_have_value("một\nhai")
    grown = box(page).bounding_box()
    assert low
    assert grown
    assert grown["height"] > low["height"]
    box(page).press("Enter")
    expect(page.locator(".mine .bubble")).to_have_text("Anh/chị hỏi: một\nhai", use_inner_text=True)


@pytest.mark.parametrize("words", ["", "   ", "\n \n"])
def test_nothing_is_not_sent(page: Page, words: str) -> None:
    """Blank words stay where they are."""
    box(page).fill(words)
    button(page, "Gửi").click()
    expect(box(page)).to_be_focused()
    expect(page.locator(".mine")).to_have_count(0)


def test_a_button_is_pressed_once(page: Page) -> None:
    """Two quick taps on a button are one question."""
    page.locator(".choices button", has_text="Gặp cán bộ").dblclick()
    expect(page.locator(".his")).to_have_count(2)
    expect(page.locator(".mine .bubble")).to_have_text(["Anh/chị hỏi: Gặp cán bộ"])


def test_a_menu_is_replaced_in_its_place(page: Page) -> None:
    """A field chosen from the list takes the list's place; its buttons are gone, and the choice makes no line of its own."""
    button(page, "Danh sách thủ tục").click()
    field_button = page.get_by_role("button", name=re.compile(r"^Hộ tịch \(\d+\)$"))
    field_button.click()
    expect(field_button).to_have_count(0)
    expect(page.locator(".his")).to_have_count(2)
    expect(page.locator(".his h2").last).to_contain_text("Hộ tịch")
    expect(page.locator(".mine .bubble")).to_have_text(["Anh/chị hỏi: Danh sách thủ tục"])


def test_a_reload_shows_the_same_conversation(page: Page) -> None:
    """Typed lines, pressed buttons and replaced menus stand as before, in the same order, with the same buttons."""
    asks(page, QUESTION)
    button(page, "Danh sách thủ tục").click()
    page.get_by_role("button", name=re.compile(r"^Hộ tịch \(")).click()
    expect(page.locator(".his h2").last).to_contain_text("Hộ tịch")
    asks(page, "làm giấy khai sinh cho con cần gì")
    page.locator(".his").last.get_by_role("button").first.click()
    expect(page.locator(".his")).not_to_have_count(4)
    before = conversation(page)
    page.reload()
    expect(page.locator(".line")).to_have_count(len(before))
    assert conversation(page) == before


def test_two_tabs_of_one_person_show_the_same(browsers: Browsers) -> None:
    """What is typed or pressed in one tab appears in the other, question and answer."""
    person = browsers.person()
    one, two = browsers.tab(person), browsers.tab(person)
    asks(one, QUESTION)
    expect(two.locator(".his")).to_have_count(2)
    button(two, "Danh sách thủ tục").click()
    two.get_by_role("button", name=re.compile(r"^Hộ tịch \(")).click()
    expect(one.locator(".his h2").last).to_contain_text("Hộ tịch")
    assert conversation(one) == conversation(two)


def test_two_people_see_their_own_lines_only(browsers: Browsers) -> None:
    """Another browser is another conversation."""
    one, two = browsers.tab(browsers.person()), browsers.tab(browsers.person())
    asks(one, QUESTION)
    asks(two, "gặp cán bộ")
    assert QUESTION not in " ".join(conversation(two))
    assert "gặp cán bộ" not in " ".join(conversation(one))


def test_the_page_speaks_the_language_chosen(page: Page) -> None:
    """After the switch the frame is English too, and the conversation is still there."""
    button(page, "English").click()
    expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
    expect(page.get_by_role("log", name="Conversation")).to_contain_text(GREETING)


# Photos and places


def chooses(page: Page, *photos: bytes | Path) -> None:
    """Opens the clip and chooses photos, as from a phone's album."""
    button(page, "Gửi ảnh hoặc vị trí").click()
    with page.expect_file_chooser() as chooser:
        button(page, "Chụp hoặc chọn ảnh").click()
    given = [photo if isinstance(photo, Path) else FilePayload(name="anh.jpg", mimeType="image/jpeg", buffer=photo) for photo in photos]
    chooser.value.set_files(given)  # type: ignore[arg-type]


def test_a_photographed_receipt_is_answered(page: Page, program: Program) -> None:
    """A receipt at 17 degrees is shown small, said to be sent, and answered like its code; the server keeps nothing of it."""
    asks(page, CODE)
    typed = page.locator(".his").last.inner_text()
    chooses(page, saved(receipt(qr(), tilt=17)))
    expect(page.locator(".mine .meta").last).to_have_text(SENT)
    expect(page.locator(".mine img")).to_be_visible()
    assert page.locator(".mine img").evaluate("image => image.naturalWidth") > 1000
    expect(page.locator(".his")).to_have_count(3)
    assert page.locator(".his").last.inner_text() == typed
    expect(page.locator("#things")).to_be_hidden()
    expect(box(page)).to_be_focused()
    assert list((program.folder / "arrived").iterdir()) == []
    page.reload()
    expect(page.locator(".mine .bubble").last).to_have_text("Anh/chị hỏi: Ảnh của anh/chị")


def test_several_photos_are_sent_one_after_another(page: Page) -> None:
    """Each has its line and its answer below it."""
    chooses(page, *(picture(40 + n, 40) for n in range(3)))
    expect(page.locator(".his")).to_have_count(4, timeout=20_000)
    expect(page.locator(".mine .meta")).to_have_text([SENT] * 3)


def test_a_file_that_is_no_photo_is_refused_in_words(page: Page) -> None:
    """The line says that it was not sent, the page why; nothing was answered."""
    chooses(page, b"<script>document.title=1</script>")
    expect(page.get_by_role("status")).to_have_text("Tệp này không phải ảnh mà tôi xem được. Anh/chị gửi ảnh JPG, PNG hoặc WebP giúp tôi.")
    expect(page.locator(".mine.failed .meta")).to_have_text("Chưa gửi được Gửi lại")
    expect(page.locator(".mine .bubble")).to_have_text("Anh/chị hỏi: Ảnh của anh/chị")
    expect(button(page, "Gửi lại")).to_be_in_viewport(ratio=1)
    expect(page.locator(".his")).to_have_count(1)


def test_a_heavy_photo_is_made_lighter(page: Page, tmp_path: Path) -> None:
    """What a phone takes in full size goes out smaller than 10 MB, and its code is still read."""
    sheet = receipt(qr(scale=12), size=(3000, 4000), tilt=17)
    heavy = saved(ImageChops.add(sheet, Image.effect_noise(sheet.size, 60).convert("RGB"), offset=-128), quality=97)
    (tmp_path / "anh.jpg").write_bytes(heavy)
    assert len(heavy) > MOST_BYTES
    sizes: list[int] = []
    page.on("request", lambda request: sizes.append(len(request.post_data_buffer or b"")) if "/api/photos/" in request.url else None)
    chooses(page, tmp_path / "anh.jpg")
    expect(page.locator(".his").last).to_contain_text(CODE, timeout=30_000)
    assert sizes[0] < MOST_BYTES


def test_how_much_of_a_photo_has_gone_out_is_shown(page: Page) -> None:
    """While a photo is under way its line counts up."""
    page.route("**/api/photos/*", lambda route: None)  # never answered
    page.evaluate(
        """() => new MutationObserver(() => { window.told = (window.told || "") + document.querySelector(".mine .meta").textContent })
            .observe(document.getElementById("log"), { subtree: true, childList: true, characterData: true })"""
    )
    chooses(page, picture(900, 900))
    expect(page.locator(".mine .meta")).to_have_text(re.compile(r"^Đang gửi…"))
    page.unroute_all(behavior="ignoreErrors")


def test_the_place_is_shared_when_it_is_allowed(browsers: Browsers) -> None:
    """One tap sends where the person stands; the line does not show the figures."""
    page = browsers.tab(browsers.person(permissions=["geolocation"], geolocation={"latitude": 21.03, "longitude": 105.85}))
    button(page, "Gửi ảnh hoặc vị trí").click()
    button(page, "Gửi vị trí tôi đang đứng").click()
    expect(page.locator(".mine .bubble")).to_have_text("Anh/chị hỏi: Vị trí của tôi")
    expect(page.locator(".mine .meta")).to_have_text(SENT)
    expect(page.locator(".his")).to_have_count(2)


def test_a_place_that_is_not_told(page: Page) -> None:
    """Where the phone does not say where it is, the page asks for the address."""
    button(page, "Gửi ảnh hoặc vị trí").click()
    button(page, "Gửi vị trí tôi đang đứng").click()
    expect(page.get_by_role("status")).to_have_text("Điện thoại chưa cho biết vị trí. Anh/chị gõ địa chỉ giúp tôi.")
    expect(page.locator(".mine")).to_have_count(0)


def test_the_clip_opens_and_closes(page: Page) -> None:
    """By a tap or by Escape; what it opens says never to send identity papers."""
    clip = button(page, "Gửi ảnh hoặc vị trí")
    expect(page.locator("#things")).to_be_hidden()
    clip.click()
    expect(clip).to_have_attribute("aria-expanded", "true")
    expect(button(page, "Chụp hoặc chọn ảnh")).to_be_focused()
    expect(page.locator("#things p")).to_have_text("Đừng gửi ảnh căn cước hay giấy tờ riêng.")
    page.keyboard.press("Escape")
    expect(page.locator("#things")).to_be_hidden()
    expect(box(page)).to_be_focused()


# Lines as they come


HARMFUL = (
    '<img src=x onerror="document.title=1">',
    "</script><script>document.title=1</script>",
    '"><svg onload=document.title=1>',
    "javascript:alert(1)",
)


@pytest.mark.parametrize("words", HARMFUL)
def test_what_is_typed_stays_text(page: Page, words: str) -> None:
    """Neither the line nor the bot's echo of it nor the history turns words into code."""
    button(page, "Gửi góp ý").click()
    expect(page.locator(".his")).to_have_count(2)
    asks(page, words)
    for _ in range(2):
        expect(page.locator(".mine .bubble").last).to_have_text(f"Anh/chị hỏi: {words}")
        expect(page.locator(".his").last).to_contain_text(words)
        expect(page.locator("#log :is(img, script, svg, a[href^=javascript])")).to_have_count(0)
        expect(page).to_have_title("Một Cửa · Trung tâm Phục vụ hành chính công xã Mẫu")
        page.reload()


def test_the_bots_lines_stay_text_too(page: Page, program: Program) -> None:
    """Leaflets are text in every part: title, lines, footer, buttons."""
    words = '<img src=x onerror="document.title=1">'
    buttons = [{"label": words, "id": words[:20], "url": "", "phone": "", "hint": words}]
    program.says(page, f"{words}\n• {words}\n☐ {words}\n1. {words}", title=words, footer=words, buttons=buttons)
    line = page.locator(".his").last
    for part in ("h2", "p:not(.source)", "ul.points", "ul.tasks", ".source"):
        expect(line.locator(part)).to_have_text(words)
    expect(line.locator("img")).to_have_count(0)


def test_lists_are_lists(page: Page, program: Program) -> None:
    """Bullets, numbers, and what stands between them are lists and paragraphs for a screen reader."""
    program.says(page, "Cần nộp:\n• Tờ khai\n• Giấy chứng sinh\n\nCác bước, lần lượt:\n1. Nộp\n    ở bàn một cửa\n2. Nhận\n\nPhí: miễn phí")
    assert page.locator(".his").last.aria_snapshot().split("\n") == [
        '- text: "Một Cửa trả lời:"',
        '- paragraph: "Cần nộp:"',
        "- list:",
        "  - listitem: Tờ khai",
        "  - listitem: Giấy chứng sinh",
        '- paragraph: "Các bước, lần lượt:"',
        "- list:",
        "  - listitem: Nộp ở bàn một cửa",
        "  - listitem: Nhận",
        '- paragraph: "Phí: miễn phí"',
        "- text: 9:00",
    ]


def test_a_checklist_can_be_ticked(page: Page, program: Program) -> None:
    """What was ticked is still ticked when the page is opened again; nothing of it leaves the browser."""
    program.says(page, "☐ Tờ khai\n☐ Giấy chứng sinh")
    page.get_by_role("checkbox", name="Giấy chứng sinh").check()
    page.reload()
    expect(page.get_by_role("checkbox", name="Giấy chứng sinh")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Tờ khai")).not_to_be_checked()


def test_a_numbered_menu_has_its_numbers_on_the_buttons(page: Page, program: Program) -> None:
    """The list in the text is not shown twice; the hint stands in the button."""
    labels = ("Đăng ký khai sinh", "Đăng ký lại khai sinh")
    buttons = [{"label": label, "id": f"p:{n}", "url": "", "phone": "", "hint": "Hộ tịch"} for n, label in enumerate(labels)]
    program.says(page, "Việc nào ạ?\n\n1. Đăng ký khai sinh\n    Hộ tịch\n2. Đăng ký lại khai sinh\n    Hộ tịch", buttons=buttons)
    expect(page.locator(".his").last.locator("ol")).to_have_count(0)
    expect(page.locator(".his").last.get_by_role("button")).to_have_text(["1.Đăng ký khai sinhHộ tịch", "2.Đăng ký lại khai sinhHộ tịch"])


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Gọi 0200 000 0000, hoặc 1900 1234.", ["tel:02000000000", "tel:19001234"]),
        ("Xem https://dichvucong.gov.vn/a?b=1.", ["https://dichvucong.gov.vn/a?b=1"]),
        ("Mã 000.00.19.H26-261120-0001, số 079 080 0000-1, lúc 0 giờ", []),
    ],
)
def test_telephones_and_addresses_can_be_tapped(page: Page, program: Program, text: str, links: list[str]) -> None:
    """A number to call or an address to open is a link; a dossier code is none."""
    program.says(page, text)
    assert [a.get_attribute("href") for a in page.locator(".his").last.locator("a").all()] == links
    expect(page.locator(".his").last.locator("p")).to_have_text(text)


# The road to the server


def test_messages_typed_while_the_server_is_away_arrive_once(browsers: Browsers, tmp_path: Path) -> None:
    """The page says that it is trying again, sends in order when the server is back, and hears every answer once."""
    with running(tmp_path) as program:
        page = Browsers.tab(Browsers(browsers.chromium, program, browsers.people, browsers.complaints), browsers.person())
        assert program.stop() == 0
        for words in ("giờ làm việc", "gặp cán bộ"):
            box(page).fill(words)
            box(page).press("Enter")
        expect(page.get_by_role("status")).to_have_text("Mất kết nối, tôi đang gửi lại…")
        expect(page.locator(".mine .meta")).to_have_text(["Đang gửi…"] * 2)
        program.start()
        expect(page.locator(".mine .meta")).to_have_text([SENT] * 2, timeout=30_000)
        expect(page.locator(".his")).to_have_count(3, timeout=30_000)
        expect(page.get_by_role("status")).to_have_text("")
        assert [re.search("mine|his", line.get_attribute("class") or "").group() for line in page.locator(".line").all()] == [  # type: ignore[union-attr]
            *("his", "mine", "his", "mine", "his")
        ]
        before = conversation(page)
        page.reload()
        expect(page.locator(".line")).to_have_count(5)
        assert conversation(page) == before


def test_an_answer_lost_on_the_way_does_not_double_the_question(page: Page) -> None:
    """The server took the message but the page never heard so: it sends it again, and it is answered once."""
    tries: list[str] = []

    def lose_the_first(route: Route) -> None:
        tries.append(json.loads(route.request.post_data or "{}")["event"])
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/messages", lose_the_first)
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/api/messages")):
        asks(page, QUESTION)
    expect(page.locator(".mine .meta")).to_have_text(SENT)
    assert tries == [tries[0]] * 2
    page.reload()
    expect(page.locator(".line")).to_have_count(3)


def test_what_is_not_sent_yet_says_so(page: Page) -> None:
    """While a message is on its way the line says so, and the bot seems to think."""
    held: list[Route] = []
    page.route("**/api/messages", lambda route: held.insert(0, route))
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(page.locator(".mine .meta")).to_have_text("Đang gửi…")
    expect(page.locator(".typing")).to_have_text("Đang trả lời…")
    held[0].continue_()
    expect(page.locator(".his")).to_have_count(2)
    expect(page.locator(".typing")).to_have_count(0)


def test_too_many_messages_are_refused_kindly(page: Page) -> None:
    """The page says why the line was not sent, marks it, and offers to send it again."""
    page.route("**/api/messages", lambda route: route.fulfill(status=429, json={"error": "Anh/chị gửi nhanh quá, xin đợi một phút rồi gửi tiếp."}))
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(page.get_by_role("status")).to_have_text("Anh/chị gửi nhanh quá, xin đợi một phút rồi gửi tiếp.")
    expect(page.locator(".mine .meta")).to_have_text("Chưa gửi được Gửi lại")
    page.unroute("**/api/messages")
    button(page, "Gửi lại").click()
    expect(page.locator(".mine .meta")).to_have_text(SENT)
    expect(page.locator(".his")).to_have_count(2)
    expect(page.get_by_role("status")).to_have_text("")


def test_the_thirty_first_message_in_a_minute_is_refused_by_the_server(page: Page) -> None:
    """What a citizen sees who leans on the Enter key."""
    for _ in range(65):  # enough for one of two minutes, should the first be nearly over
        if page.get_by_role("status").inner_text():
            break
        box(page).fill("x")
        box(page).press("Enter")
    expect(page.get_by_role("status")).to_have_text("Anh/chị gửi nhanh quá, xin đợi một phút rồi gửi tiếp.", timeout=30_000)
    expect(page.locator(".failed").first).to_be_visible()


def test_the_program_stops_with_a_page_open(tmp_path: Path) -> None:
    """SIGTERM ends the process though an event stream is open; the stream ends whole and no time limit is reached."""
    with running(tmp_path) as program, httpx.Client(base_url=program.address) as http:
        http.get("/")
        with http.stream("GET", "/api/events") as stream:
            pieces = stream.iter_text()
            assert next(pieces) == "retry: 2000\n\n"
            assert program.stop() == 0
            assert list(pieces) == []
        assert program.complaints == ""


# Keyboard and screen reader


def test_the_tab_key_reaches_everything_in_order(page: Page) -> None:
    """The way past the log first, then telephone, log, its buttons, the text box; each shows where the focus is."""
    stops = []
    for _ in range(13):
        page.keyboard.press("Tab")
        stops.append(active(page))
        ring = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
        )
        assert ring in {"solid3", "solid2"}, stops[-1]
    labels = page.locator(".choices button").all_inner_texts()
    assert [stop.strip() for stop in stops][:4] == ["Đến ô nhập câu hỏi", "A", "log", labels[0]]
    assert stops[3:] == [*labels, "attach", "text", "BUTTON"]


def test_the_way_past_the_log_leads_to_the_text_box(page: Page) -> None:
    """One key for those who cannot point: the first stop jumps over the whole conversation; Escape does so from anywhere."""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert active(page) == "text"
    button(page, "English").focus()
    page.keyboard.press("Escape")
    assert active(page) == "text"


def test_the_focus_is_not_lost_with_a_replaced_menu(page: Page) -> None:
    """Who presses a button by key and gets another menu in its place stands on that menu's first button."""
    button(page, "Danh sách thủ tục").press("Enter")
    page.get_by_role("button", name=re.compile(r"^Hộ tịch \(")).press("Enter")
    expect(page.locator(".his h2").last).to_contain_text("Hộ tịch")
    expect(page.locator(".his").last.get_by_role("button").first).to_be_focused()


def test_the_page_makes_sense_to_a_screen_reader(page: Page) -> None:
    """Headings, a log that announces what is added, groups of choices, and a name for everything that can be used."""
    expect(page.locator("#log")).to_match_aria_snapshot(
        f"""
        - log "Cuộc trò chuyện":
          - text: "Thứ Hai 23/11/2026 Một Cửa trả lời:"
          - paragraph: {GREETING}
          - paragraph
          - list:
            - listitem
            - listitem
            - listitem
          - group "Lựa chọn":
            - button "Danh sách thủ tục"
        """
    )
    expect(page.locator("body")).to_match_aria_snapshot(
        """
        - link "Đến ô nhập câu hỏi"
        - banner:
          - heading "Một Cửa" [level=1]
          - link "Gọi bàn một cửa 0200 000 0000"
        - status
        - log "Cuộc trò chuyện"
        - textbox "Câu hỏi của anh/chị"
        - button "Gửi"
        """
    )
    assert page.locator("#log").get_attribute("aria-live") == "polite"
    assert page.locator("#log").get_attribute("aria-busy") is None


CONTRAST = """() => {
  const parse = (c) => { const [r, g, b, a = 1] = c.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const ground = (e) => {
    if (!e) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(e).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(e.parentElement));
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const found = [];
  const note = (name, colour, behind) => found.push([name, ratio(over(parse(colour), behind), behind)]);
  for (const e of document.querySelectorAll("body *")) {
    const style = getComputedStyle(e);
    if (style.display === "none" || ["SCRIPT", "NOSCRIPT"].includes(e.tagName)) continue;
    const read = e.tagName === "svg" || [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (read) note(e.outerHTML.slice(0, 60), style.color, ground(e));
    const before = getComputedStyle(e, "::before");
    if (e.matches(".new-day")) note("the day", before.color, parse(before.backgroundColor));
    if (e.matches("textarea")) note("placeholder", getComputedStyle(e, "::placeholder").color, ground(e));
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_that_is_read_stands_out(browsers: Browsers, program: Program, scheme: Any) -> None:
    """Text and signs have a contrast of at least 4.5 against what is behind them, by day and by night."""
    page = browsers.tab(browsers.person(color_scheme=scheme))
    asks(page, "làm giấy khai sinh cho con cần gì")
    program.says(page, "☐ Tờ khai\n\nGọi 0200 000 0000\n1. Nộp\n    ở đây\n• Phí: 5.000 đồng", title="Tên", footer="Nguồn: https://dichvucong.gov.vn")
    page.get_by_role("checkbox").check()
    page.route("**/api/messages", lambda route: route.fulfill(status=429, json={"error": "Xin đợi."}))
    box(page).fill(QUESTION)
    box(page).press("Enter")
    expect(button(page, "Gửi lại")).to_be_visible()
    found = page.evaluate(CONTRAST)
    assert {"placeholder", "the day"} < {name for name, _ in found}
    assert len(found) > 40
    assert [(name, round(ratio, 2)) for name, ratio in found if ratio < 4.5] == []


# Small screens, long words


LONG = "Nghĩavụcôngdân" * 40
OVERFLOWING = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width && !e.matches(".unseen, .skip") && (box.left < -0.5 || box.right > innerWidth + 0.5);
}).map((e) => e.outerHTML.slice(0, 80))"""
SCREENS = {
    "320 px": ({"viewport": {"width": 320, "height": 568}}, "100%"),
    "640 px at 200 %": ({"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2}, "100%"),
    "1280 px at 400 %": ({"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}, "100%"),
    "letters at 200 %": ({"viewport": PHONE}, "200%"),
    "a phone on its side": ({"viewport": {"width": 568, "height": 320}}, "100%"),
}


@pytest.mark.parametrize(("options", "letters"), SCREENS.values(), ids=SCREENS)
def test_nothing_is_cut_on_a_small_screen(browsers: Browsers, program: Program, options: dict[str, Any], letters: str) -> None:
    """Nothing scrolls sideways, nothing is cut, and the text box can be reached, with long words too."""
    page = browsers.tab(browsers.person(**options))
    asks(page, "làm giấy khai sinh cho con cần gì")
    asks(page, LONG)
    buttons = [{"label": LONG[:64], "id": "x", "url": "", "phone": "", "hint": ""}] * 2
    program.says(page, f"{LONG}\n• {LONG}\n☐ {LONG}", title=LONG, footer=LONG, buttons=buttons)
    page.evaluate("size => { document.documentElement.style.fontSize = size === '100%' ? '' : size; }", letters)
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate("[document.documentElement.scrollWidth <= innerWidth, document.documentElement.scrollHeight <= innerHeight]") == [True, True]
    assert page.evaluate("[...document.querySelectorAll('#log, #log .line, #log .bubble')].every((e) => e.scrollWidth <= e.clientWidth + 1)")
    expect(box(page)).to_be_in_viewport(ratio=1)
    expect(button(page, "Gửi")).to_be_in_viewport(ratio=1)
    assert page.locator("#log").evaluate("e => e.clientHeight") >= 80


def test_ten_thousand_characters_are_shown_whole(page: Page) -> None:
    """A pasted page of text arrives, is shown to its end, and the box is small again."""
    words = ("Tôi muốn hỏi về đất đai. " * 400).strip()
    asks(page, words)
    expect(page.locator(".mine .bubble")).to_have_text(f"Anh/chị hỏi: {words}")
    size = box(page).bounding_box()
    assert size
    assert size["height"] < 60


def test_a_button_leads_back_to_the_end(page: Page) -> None:
    """Who has scrolled up sees a button that leads down again, and new lines do not pull the page away."""
    for _ in range(3):
        asks(page, "làm giấy khai sinh cho con cần gì")
    down = button(page, "Xuống cuối")
    page.locator("#log").evaluate("e => e.scrollTo(0, 0)")
    expect(down).to_be_visible()
    down.click()
    expect(down).to_be_hidden()
    expect(page.locator(".his").last.get_by_role("button").last).to_be_in_viewport(ratio=1)


def test_a_long_answer_is_shown_from_its_beginning(browsers: Browsers) -> None:
    """The first words of an answer are read first, also where it is longer than the screen; of a short one the buttons are in sight."""
    page = browsers.tab(browsers.person(viewport={"width": 320, "height": 480}))
    asks(page, "làm giấy khai sinh cho con cần gì")
    expect(page.locator(".his h2").last).to_be_in_viewport(ratio=1)
    asks(page, "huỷ")
    expect(page.locator(".his .bubble").last).to_be_in_viewport(ratio=1)


def test_on_paper_there_is_the_conversation_and_nothing_to_press(page: Page) -> None:
    """A printed checklist has no buttons and no text box."""
    page.emulate_media(media="print")
    expect(page.get_by_text(GREETING)).to_be_visible()
    expect(box(page)).to_be_hidden()
    expect(page.locator(".choices")).to_be_hidden()


# --- brought by a QR code -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [False, True], ids=["first visit", "an old conversation"])
def test_a_code_opens_the_rating_of_the_visit(browsers: Browsers, program: Program, known: bool) -> None:
    """One tap rates it; the payload is shown to nobody, and loading the page anew does not scan again."""
    person = browsers.person()
    page = browsers.tab(person) if known else person.new_page()
    page.goto(f"{program.address}?start=desk_mau_quay-1")
    expect(page.locator(".his").last).to_contain_text("Đánh giá phục vụ ở Quầy 1", timeout=15_000)
    assert page.url == program.address
    button(page, "Rất hài lòng").click()
    expect(page.locator(".his").last).to_contain_text("Đã ghi: Rất hài lòng. Cảm ơn anh/chị!")
    before = page.locator(".his").count()
    page.reload()
    expect(page.locator(".his").last).to_contain_text("Đã ghi: Rất hài lòng.")
    assert page.locator(".his").count() <= before
    assert "desk_mau" not in page.content()


def test_an_altered_code_is_a_greeting_on_the_page(browsers: Browsers, program: Program) -> None:
    """Whatever stands in the address, the page opens as usual."""
    page = browsers.person().new_page()
    page.goto(f"{program.address}?start=%3Cscript%3Ealert(1)%3C/script%3E")
    expect(page.locator(".his").last).to_contain_text(GREETING, timeout=15_000)
