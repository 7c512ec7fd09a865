"""The web channel over ASGI: cookies, headers, what is refused and how, the history, and the event stream."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.web import Web
from bot.chat import Chat, Choice, Say, Wire
from bot.dispatch import Bench, Dispatch
from bot.files import Arrived
from bot.sender import Sender
from bot.settings import ZONE
from bot.store import Database, road
from bot.turn import Library, Reply, Turn
from tests.conftest import KEY, Clock

MOMENT = {"day": "Thứ Sáu 20/11/2026", "time": "9:00"}
STALE = "Trang đã cũ. Anh/chị tải lại trang giúp tôi."
UNREADABLE = "Tin này máy chủ không đọc được. Anh/chị tải lại trang rồi gửi lại giúp tôi."
GUARD = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
MENU = (Choice("Hộ tịch", "one"), Choice("Đất đai", "two"))


async def parrot(turn: Turn) -> Reply:
    """Says what it hears; offers a menu, and puts what was chosen in its place."""
    if turn.incoming.choice:
        return Reply((Say(f"chosen {turn.incoming.choice}", choices=MENU, replace=True),))
    if turn.text == "english":
        return Reply((Say("now in English"),), language="en")
    return Reply((Say(turn.text or "hello", choices=MENU if turn.text == "menu" else ()),), hide=turn.text == "1234", private=turn.text == "kín")


@dataclass
class Timer:
    """Seconds that pass only when they are told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Site:
    """The page's server with all behind it, and no socket."""

    web: Web
    app: Starlette
    dispatch: Dispatch
    sender: Sender
    timer: Timer

    async def works(self) -> None:
        """Answers what waits and rings the open pages."""
        await self.dispatch.settle()
        await self.sender.send_waiting()


@dataclass
class Visitor:
    """A browser at the page, with a cookie of its own."""

    site: Site
    http: httpx.AsyncClient
    sent: int = 0

    @property
    def chat(self) -> str:
        return self.http.cookies.get("motcua") or ""

    async def posts(self, **message: object) -> httpx.Response:
        self.sent += 1
        return await self.http.post("/api/messages", json={"event": f"event-{self.sent:04}", **message})

    async def says(self, text: str) -> None:
        assert (await self.posts(text=text)).status_code == 202
        await self.site.works()

    async def presses(self, choice: str, label: str, message: int) -> None:
        assert (await self.posts(choice=choice, text=label, message=str(message))).status_code == 202
        await self.site.works()

    async def lines(self) -> list[dict[str, Any]]:
        return list((await self.http.get("/api/history")).json())

    async def reads(self) -> list[str]:
        """The conversation, a text a line."""
        return [line["text"] if line["mine"] else line["wire"]["text"] for line in await self.lines()]


class Stream:
    """An open event stream; `hears` waits for its next piece."""

    def __init__(self, app: Starlette, chat: str, query: str = "", last_event_id: str = "") -> None:
        headers = [(b"cookie", f"motcua={chat}".encode())] + ([(b"last-event-id", last_event_id.encode())] if last_event_id else [])
        scope = {"type": "http", "method": "GET", "path": "/api/events", "query_string": query.encode(), "headers": headers}
        self._pieces: asyncio.Queue[str] = asyncio.Queue()
        self._left = asyncio.Event()
        self._start: dict[str, Any] = {}
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["body"]:
            self._pieces.put_nowait(message["body"].decode())

    async def hears(self) -> dict[str, str]:
        """The fields of the next event."""
        async with asyncio.timeout(5):
            piece = await self._pieces.get()
        assert piece.endswith("\n\n")
        return dict(line.split(": ", 1) for line in piece.strip().split("\n"))

    async def says(self) -> tuple[str, str]:
        """The id of the next line ("" for a citizen's) and its text."""
        event = await self.hears()
        assert event["event"] == "line"
        line = json.loads(event["data"])
        return event.get("id", ""), line["text"] if line["mine"] else line["wire"]["text"]

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self._start["headers"]}

    async def ends(self) -> None:
        async with asyncio.timeout(5):
            await self.task

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(self, *error: object) -> None:
        self._left.set()
        await self.ends()


@pytest.fixture
def clock() -> Clock:
    return Clock(dt.datetime(2026, 11, 20, 9, 0, tzinfo=ZONE))


@pytest.fixture
def arrived(tmp_path: Path) -> Arrived:
    return Arrived(tmp_path / "arrived")


@pytest.fixture
def site(database: Database, library: Library, clock: Clock, arrived: Arrived) -> Site:
    timer = Timer()
    dispatch = Dispatch(Bench(database, lambda: library, parrot, clock, KEY))
    web = Web(database, dispatch.accept, lambda: library.knowledge.office, clock, arrived, timer, key=KEY)
    return Site(web, web.application(), dispatch, Sender(database, web, clock, key=KEY), timer)


def browser(app: Starlette, address: str = "http://xa-mau.test") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=address)


@asynccontextmanager
async def visiting(site: Site) -> AsyncIterator[Visitor]:
    async with browser(site.app) as http:
        assert (await http.get("/")).status_code == 200
        yield Visitor(site, http)


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    async with visiting(site) as found:
        yield found


# The page and its files


async def test_the_page_sets_a_cookie_that_scripts_cannot_read(site: Site) -> None:
    """The cookie is 32 hexadecimal digits, kept for half a year, hidden from scripts, and sent along when a link leads here."""
    async with browser(site.app) as http:
        cookie = (await http.get("/")).headers["set-cookie"]
    assert re.fullmatch(r"motcua=[0-9a-f]{32}; HttpOnly; Max-Age=15552000; Path=/; SameSite=lax", cookie)


@pytest.mark.parametrize(("address", "headers"), [("https://xa-mau.test", {}), ("http://xa-mau.test", {"x-forwarded-proto": "https"})])
async def test_over_https_the_cookie_is_secure(site: Site, address: str, headers: dict[str, str]) -> None:
    """Over HTTPS, also behind a proxy that says so, the cookie never travels in the clear."""
    async with browser(site.app, address) as http:
        assert (await http.get("/", headers=headers)).headers["set-cookie"].endswith("; SameSite=lax; Secure")


async def test_a_visitor_who_returns_keeps_the_conversation(visitor: Visitor) -> None:
    """Opening the page again prolongs the same cookie."""
    before = visitor.chat
    assert (await visitor.http.get("/")).headers["set-cookie"].startswith(f"motcua={before};")


@pytest.mark.parametrize("cookie", ["x", "A" * 32, "0" * 31, "0" * 33, "../../etc/passwd"])
async def test_a_cookie_that_is_none_of_ours_is_replaced(site: Site, cookie: str) -> None:
    """A cookie of another shape gets a new conversation."""
    async with browser(site.app) as http:
        fresh = (await http.get("/", headers={"cookie": f"motcua={cookie}"})).headers["set-cookie"]
    assert re.match(r"motcua=[0-9a-f]{32};", fresh)
    assert not fresh.startswith(f"motcua={cookie};")


@pytest.mark.parametrize("path", ["/", "/static/chat.css", "/static/nothing", "/api/history", "/api/events", "/health", "/nothing"])
async def test_every_response_carries_the_security_headers(site: Site, path: str) -> None:
    """Pages, files, data and refusals are all guarded alike."""
    async with browser(site.app) as http:
        headers = (await http.get(path)).headers
    assert {name: headers.get(name) for name in GUARD} == GUARD


@pytest.mark.parametrize("path", ["/", "/api/history", "/api/events", "/health"])
async def test_what_belongs_to_one_person_is_not_cached(site: Site, path: str) -> None:
    """No cache on the way keeps a page with its cookie, or a conversation."""
    async with browser(site.app) as http:
        assert (await http.get(path)).headers["cache-control"] == "no-store"


async def test_files_are_cached_for_a_year_under_the_address_in_the_page(visitor: Visitor) -> None:
    """The addresses in the page name the version; without it a file is asked for anew each time."""
    page = (await visitor.http.get("/")).text
    for address in re.findall(r'"(/static/[^"]+)"', page):
        response = await visitor.http.get(address)
        assert (response.status_code, response.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        response = await visitor.http.get(address.partition("?")[0])
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["index.html", "..%2fweb.py", "%2e%2e/web.py", "chat.css%00", ""])
async def test_only_the_pages_own_files_are_served(site: Site, name: str) -> None:
    """The template and the source are not for reading."""
    async with browser(site.app) as http:
        assert (await http.get(f"/static/{name}")).status_code == 404


class Page(HTMLParser):
    """The tags of a page with their attributes, and all that is read or heard of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.sentences: set[str] = set()
        self.feed(page)

    @property
    def language(self) -> str:
        return next(attributes["lang"] for tag, attributes in self.tags if tag == "html")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self.sentences |= {attributes[name] for name in ("aria-label", "placeholder") if name in attributes}

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][1].get("id") == "texts" and data.startswith("{"):
            self.sentences |= set(json.loads(data).values())
        elif data.strip() and "·" not in data:
            self.sentences.add(data.strip())


async def test_the_page_works_under_its_own_policy(visitor: Visitor) -> None:
    """No inline script, no inline style, no handler attribute, and nothing from another server."""
    tags = Page((await visitor.http.get("/")).text).tags
    assert "style" not in [tag for tag, _ in tags]
    assert all("src" in a or a.get("type") == "application/json" for tag, a in tags if tag == "script")
    assert not [name for _, a in tags for name in a if name == "style" or name.startswith("on")]
    assert all(a[name].startswith(("/static/", "#", "tel:")) for _, a in tags for name in ("src", "href") if name in a)


async def test_without_scripts_the_page_says_whom_to_call(visitor: Visitor) -> None:
    """A browser that runs no scripts is shown the desk's telephone."""
    sentence = "Trang này cần JavaScript. Anh/chị có thể gọi bàn một cửa: 0200 000 0000."
    assert f'<noscript><p class="note">{sentence}</p></noscript>' in (await visitor.http.get("/")).text


async def test_a_page_in_english_is_english_throughout(visitor: Visitor) -> None:
    """Once a conversation is in English, no Vietnamese sentence is left in the page's frame but the names."""
    vietnamese = Page((await visitor.http.get("/")).text)
    await visitor.says("english")
    english = Page((await visitor.http.get("/")).text)
    assert (vietnamese.language, english.language) == ("vi", "en")
    assert vietnamese.sentences & english.sentences == {"Một Cửa", "Trung tâm Phục vụ hành chính công xã Mẫu"}
    assert {"Conversation", "Enter sends, Shift+Enter starts a new line.", "Send again"} <= english.sentences


async def test_an_office_name_cannot_break_the_page(database: Database, library: Library, clock: Clock, dispatch: Dispatch, arrived: Arrived) -> None:
    """What the staff write is text, also with signs that mean something in HTML; without a telephone there is no call button."""
    office = replace(library.knowledge.office, name='</title><script>alert("x")</script>', telephones=())
    async with browser(Web(database, dispatch.accept, lambda: office, clock, arrived).application()) as http:
        page = (await http.get("/")).text
    assert 'alert("x")' not in page
    assert page.count("<script") == 2
    assert "tel:" not in page


# Messages in


async def test_a_message_is_taken_and_answered(visitor: Visitor) -> None:
    """The server says when it took a message; the answer follows it in the history."""
    response = await visitor.posts(text="xin chào")
    assert (response.status_code, response.json()) == (202, MOMENT)
    assert await visitor.reads() == ["xin chào"]
    await visitor.site.works()
    assert await visitor.reads() == ["xin chào", "xin chào"]


async def test_a_message_sent_twice_is_answered_once(visitor: Visitor) -> None:
    """A page that does not know whether its message arrived may send it again."""
    for _ in range(2):
        assert (await visitor.posts(text="một lần", event="same-event")).status_code == 202
    await visitor.site.works()
    assert await visitor.reads() == ["một lần", "một lần"]


async def test_two_visitors_may_use_the_same_event_id(site: Site, visitor: Visitor) -> None:
    """A message is never taken for somebody else's."""
    async with visiting(site) as other:
        for person in (visitor, other):
            assert (await person.posts(start=True, event="first-visit")).status_code == 202
        await site.works()
        assert await visitor.reads() == await other.reads() == ["hello"]


@pytest.mark.parametrize("cookie", ["", "motcua=nobody", f"other={'0' * 32}"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/messages"), ("GET", "/api/events")])
async def test_without_a_conversation_nothing_is_taken(site: Site, cookie: str, method: str, path: str) -> None:
    """Who has no cookie of ours is asked to load the page again."""
    async with browser(site.app) as http:
        response = await http.request(method, path, headers={"cookie": cookie}, content=b'{"event": "event-0001", "text": "x"}')
    assert (response.status_code, response.json()) == (401, {"error": STALE})


async def test_without_a_conversation_the_history_is_empty(site: Site) -> None:
    """Nobody reads a conversation without its cookie."""
    async with browser(site.app) as http:
        assert (await http.get("/api/history")).json() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"text": "no event"}',
        b'{"event": 12345678, "text": "x"}',
        b'{"event": "short", "text": "x"}',
        b'{"event": "spaces are none", "text": "x"}',
        b'{"event": "event-0001\\n", "text": "x"}',
        b'{"event": "event-0001", "text": ["x"]}',
        b'{"event": "event-0001", "text": {"a": 1}}',
        b'{"event": "event-0001", "text": "\\ud800"}',
        b'{"event": "event-0001", "choice": 5}',
        b'{"event": "event-0001", "choice": "\\ud800"}',
        b'{"event": "event-0001", "choice": "' + b"c" * 65 + b'"}',
        b'{"event": "event-0001", "choice": "c", "message": "' + b"1" * 21 + b'"}',
    ],
    ids=lambda body: body[:44].decode("latin-1"),
)
async def test_what_is_no_message_is_refused(visitor: Visitor, body: bytes) -> None:
    """Whatever is not as the page writes it is refused in words, and nothing is stored."""
    response = await visitor.http.post("/api/messages", content=body)
    assert (response.status_code, response.json()) == (400, {"error": UNREADABLE})
    assert await visitor.reads() == []


async def test_an_empty_message_is_answered_too(visitor: Visitor) -> None:
    """An empty text goes the road: what to say to it is not the channel's to decide."""
    await visitor.says("")
    assert await visitor.reads() == ["hello"]


async def test_ten_thousand_characters_arrive_whole(visitor: Visitor) -> None:
    """The longest message that a citizen is likely to paste is kept to its last letter."""
    words = "Tôi muốn hỏi 🏠 " * 666 + "hết."
    await visitor.says(words)
    assert (await visitor.reads())[0] == words


async def test_a_text_is_cut_at_twelve_thousand_characters(visitor: Visitor) -> None:
    """Beyond that nobody reads on."""
    await visitor.says("a" * 12_001)
    assert (await visitor.reads())[0] == "a" * 12_000


async def test_signs_that_a_database_refuses_are_left_out(visitor: Visitor) -> None:
    """A zero byte does not reach the store."""
    await visitor.says("khai\0 sinh")
    assert (await visitor.reads())[0] == "khai sinh"


async def test_a_body_beyond_the_limit_is_refused(visitor: Visitor) -> None:
    """A body is read up to 64,000 bytes and no further."""
    response = await visitor.posts(text="x" * 64_000)
    assert (response.status_code, response.json()) == (413, {"error": "Tin dài quá. Anh/chị chia thành vài tin ngắn hơn giúp tôi."})


async def test_thirty_messages_a_minute_are_enough(site: Site, visitor: Visitor) -> None:
    """The next one is refused for that chat alone; when the minute is over it is taken."""
    for _ in range(30):
        assert (await visitor.posts(text="x")).status_code == 202
    response = await visitor.posts(text="x")
    assert (response.status_code, response.json()) == (429, {"error": "Anh/chị gửi nhanh quá, xin đợi một phút rồi gửi tiếp."})
    async with visiting(site) as other:
        assert (await other.posts(text="x")).status_code == 202
    site.timer.now += 60
    assert (await visitor.posts(text="x")).status_code == 202


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/messages"), ("PUT", "/api/messages"), ("POST", "/"), ("DELETE", "/api/history"), ("POST", "/api/events")]
)
async def test_wrong_methods_are_refused(visitor: Visitor, method: str, path: str) -> None:
    """Each address has its method."""
    assert (await visitor.http.request(method, path)).status_code == 405


# The history


async def test_the_history_shows_both_sides(visitor: Visitor) -> None:
    """A question is shown with its event and time; an answer with its id and the event that it answers."""
    await visitor.says("menu")
    question, answer = await visitor.lines()
    assert question == {"mine": True, "event": "event-0001", "text": "menu", "pressed": False, "kind": "text", **MOMENT}
    buttons = [{"label": label, "id": id_, "url": "", "phone": "", "hint": ""} for label, id_ in (("Hộ tịch", "one"), ("Đất đai", "two"))]
    wire = {"text": "menu", "title": "", "footer": "", "buttons": buttons, "replace": ""}
    assert answer == {"mine": False, "event": "event-0001", "id": 1, "wire": wire, **MOMENT}


async def test_each_answer_stands_under_its_question(visitor: Visitor) -> None:
    """Two questions sent before the first was answered are still followed each by its own answer."""
    for text in ("một", "hai"):
        await visitor.posts(text=text)
    await visitor.site.works()
    assert await visitor.reads() == ["một", "một", "hai", "hai"]


async def test_a_pressed_choice_names_the_menu_that_it_replaces(visitor: Visitor) -> None:
    """The page learns which line gives way."""
    await visitor.says("menu")
    await visitor.presses("one", "Hộ tịch", 1)
    *_, pressed, replacing = await visitor.lines()
    assert (pressed["text"], pressed["pressed"]) == ("Hộ tịch", True)
    assert (replacing["wire"]["text"], replacing["wire"]["replace"]) == ("chosen one", "1")


async def test_secret_digits_are_blotted_out_of_the_history(visitor: Visitor) -> None:
    """What a handler hides is not shown again."""
    await visitor.says("1234")
    assert (await visitor.reads())[0] == "••••"


async def test_what_is_said_in_private_is_read_by_its_own_page_only(visitor: Visitor, database: Database, clock: Clock) -> None:
    """A sealed answer stays in the outbox for a page that is loaded again, and cannot be read there without the key."""
    await visitor.says("kín")
    async with database.reading() as db:
        (row,) = await road.replies(db, "web", visitor.chat, 0)
        assert await road.waiting(db, "web", 9, clock()) == []
    assert (row[1].text, bool(row[1].sealed)) == ("", True)
    assert await visitor.reads() == ["••••", "kín"]


async def test_what_the_bot_says_unasked_stands_where_it_was_said(site: Site, visitor: Visitor, database: Database, clock: Clock) -> None:
    """A notification comes after what was said before it, and before what was asked later."""
    await visitor.says("trước")
    clock.move(60)
    async with database.writing() as db:
        await road.say(db, Chat("mau", "web", visitor.chat), [Wire("hồ sơ đã xong")], clock())
    clock.move(60)
    await visitor.says("sau")
    assert await visitor.reads() == ["trước", "trước", "hồ sơ đã xong", "sau", "sau"]
    assert [(line["event"], line["time"]) for line in await visitor.lines() if not line["mine"]][1] == ("", "9:01")


async def test_two_people_never_see_one_anothers_lines(site: Site, visitor: Visitor) -> None:
    """A history holds the lines of its own cookie only."""
    async with visiting(site) as other:
        await visitor.says("của tôi")
        await other.says("của người khác")
        assert (await visitor.reads(), await other.reads()) == (["của tôi"] * 2, ["của người khác"] * 2)


async def test_the_history_is_the_last_120_lines(site: Site, visitor: Visitor) -> None:
    """A long conversation is shown from where it still matters."""
    for number in range(70):
        site.timer.now += 60
        await visitor.says(f"câu {number}")
    assert await visitor.reads() == [f"câu {number}" for number in range(10, 70) for _ in "qa"]


# The event stream


async def test_a_stream_tells_each_line_once_and_in_order(site: Site, visitor: Visitor) -> None:
    """Every tab hears the question, then its answer; the bot's lines carry the id to resume from."""
    async with Stream(site.app, visitor.chat) as one, Stream(site.app, visitor.chat) as two:
        for tab in (one, two):
            assert await tab.hears() == {"retry": "2000"}
        await visitor.says("một")
        await visitor.says("hai")
        for tab in (one, two):
            assert [await tab.says() for _ in range(4)] == [("", "một"), ("1", "một"), ("", "hai"), ("2", "hai")]


async def test_a_stream_has_the_headers_that_keep_it_flowing(site: Site, visitor: Visitor) -> None:
    """No cache and no proxy holds the lines back."""
    wanted = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no"}
    async with Stream(site.app, visitor.chat) as tab:
        await tab.hears()
        assert {name: tab.headers[name] for name in wanted} == wanted


@pytest.mark.parametrize(("query", "last_event_id"), [("after=1", ""), ("after=0", "1"), ("", "1")])
async def test_a_stream_resumes_where_it_was_cut(site: Site, visitor: Visitor, query: str, last_event_id: str) -> None:
    """The browser's own Last-Event-ID wins over the address, which was written before the cut."""
    await visitor.says("một")
    await visitor.says("hai")
    async with Stream(site.app, visitor.chat, query, last_event_id) as tab:
        await tab.hears()
        assert [await tab.says() for _ in range(2)] == [("", "hai"), ("2", "hai")]


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 40, "²", ""])
async def test_a_stream_with_a_senseless_start_tells_everything(site: Site, visitor: Visitor, after: str) -> None:
    """A wrong position costs nothing: the page knows what it shows already."""
    await visitor.says("một")
    async with Stream(site.app, visitor.chat, str(httpx.QueryParams(after=after))) as tab:
        await tab.hears()
        assert [await tab.says() for _ in range(2)] == [("", "một"), ("1", "một")]


async def test_a_stream_tells_nothing_of_others(site: Site, visitor: Visitor) -> None:
    """What another person says passes by; the next that comes is one's own."""
    async with Stream(site.app, visitor.chat) as tab:
        await tab.hears()
        async with visiting(site) as other:
            await other.says("của người khác")
        await visitor.says("của tôi")
        assert await tab.says() == ("", "của tôi")


async def test_a_page_in_another_language_is_told_to_load_anew(site: Site, visitor: Visitor) -> None:
    """When the language changes, the frame around the conversation follows."""
    async with Stream(site.app, visitor.chat, "language=vi") as tab:
        await tab.hears()
        await visitor.says("english")
        assert [await tab.says() for _ in range(2)] == [("", "english"), ("1", "now in English")]
        assert await tab.hears() == {"event": "language", "data": '"en"'}


async def test_a_page_closed_in_the_midst_of_a_query_leaves_nothing_behind(site: Site, visitor: Visitor) -> None:
    """Each cut stream ends whole; a connection left hanging would keep the server from stopping."""
    before = asyncio.all_tasks()
    for _ in range(5):
        async with Stream(site.app, visitor.chat) as tab:
            await tab.hears()
    assert asyncio.all_tasks() == before


async def test_closing_ends_the_open_streams(site: Site, visitor: Visitor) -> None:
    """The server can stop although pages are open."""
    tabs = [Stream(site.app, visitor.chat) for _ in range(3)]
    for tab in tabs:
        await tab.hears()
    site.web.close()
    for tab in tabs:
        await tab.ends()


# Health and the webhook


async def test_health_says_ok(site: Site) -> None:
    """The address for watchers answers while the database does."""
    async with browser(site.app) as http:
        response = await http.get("/health")
    assert (response.status_code, response.text) == (200, "ok")


async def test_health_says_what_is_wrong(tmp_path: Path, library: Library, clock: Clock, dispatch: Dispatch, arrived: Arrived) -> None:
    """A database that cannot be read makes the server unwell."""
    lost = Database(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'motcua.db'}")
    async with browser(Web(lost, dispatch.accept, lambda: library.knowledge.office, clock, arrived).application()) as http:
        response = await http.get("/health")
    await lost.close()
    assert (response.status_code, response.text) == (503, "database")


async def test_a_locked_database_is_no_error_of_the_page(
    tmp_path: Path, library: Library, clock: Clock, dispatch: Dispatch, arrived: Arrived
) -> None:
    """The page says so and comes again by itself; what is posted is refused for now, to be sent again."""
    lost = Database(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'motcua.db'}")
    async with browser(Web(lost, dispatch.accept, lambda: library.knowledge.office, clock, arrived).application()) as http:
        page, posted = await http.get("/"), await http.post("/api/messages", json={}, cookies={"motcua": "a" * 32})
    await lost.close()
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in page.text
    assert "Máy chủ đang bận, xin anh/chị đợi vài giây." in page.text
    assert (posted.status_code, posted.json()) == (503, {"error": "Máy chủ đang bận, xin anh/chị đợi vài giây."})


@dataclass
class Webhook:
    """Records what the web hands over to Telegram's channel."""

    calls: list[tuple[str, bytes]] = field(default_factory=list)

    async def __call__(self, secret: str, body: bytes) -> int:
        self.calls.append((secret, body))
        return 200


async def test_telegrams_calls_are_handed_over(site: Site) -> None:
    """The secret and the body go to Telegram's channel, and its answer goes back."""
    webhook = Webhook()
    async with browser(site.web.application(webhook)) as http:
        response = await http.post("/telegram", content=b"{}", headers={"X-Telegram-Bot-Api-Secret-Token": "an-invented-secret"})
    assert (response.status_code, webhook.calls) == (200, [("an-invented-secret", b"{}")])


async def test_telegrams_calls_have_a_limit_too(site: Site) -> None:
    """A megabyte is more than any update holds."""
    webhook = Webhook()
    async with browser(site.web.application(webhook)) as http:
        response = await http.post("/telegram", content=b"x" * 1_000_001)
    assert (response.status_code, webhook.calls) == (413, [])


async def test_without_a_webhook_there_is_no_such_address(site: Site) -> None:
    """Where Telegram is polled, nobody can call."""
    async with browser(site.app) as http:
        assert (await http.post("/telegram", content=b"{}")).status_code == 404
