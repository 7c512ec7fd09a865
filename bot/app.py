"""The only assembly point: everything is made here, opened in order and closed in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

import structlog
import uvicorn
from sqlalchemy.exc import DBAPIError

import handlers
from bot import announcing, backup
from bot.channels import Channel, TryLater, Undeliverable
from bot.channels.telegram import Telegram, make_bot
from bot.channels.web import Web
from bot.dispatch import Bench, Dispatch
from bot.dossiers import intake, inviting, reminders, sample
from bot.dossiers.provincial import Provincial
from bot.dossiers.secret import load_key
from bot.dossiers.source_file import SourceError, described
from bot.dossiers.sources import Sources
from bot.files import FOLDER, Arrived, ByChannel, Place
from bot.petitions import letters
from bot.photos import PhotoStore
from bot.seat import seat
from bot.sender import Sender
from bot.settings import Settings
from bot.staff import news, rounds
from bot.staff.content import tell_broken
from bot.staff.telling import tell as tell_staff
from bot.store import Database, retention
from bot.store.workers import Foreman
from bot.turn import House, Library
from knowledge.calendar import Calendar
from knowledge.golden import asking, broken
from knowledge.loader import ContentError, load
from knowledge.model import Golden, Knowledge, Office
from knowledge.understand import Understanding
from knowledge.versions import snapshot
from knowledge.watch import State, made_on_change, state

STOP_SECONDS = 8
MOST_A_MINUTE = 60  # of one chat; nobody reads or types faster, and an album has ten photos
PHOTOS = "photos"  # in the data folder
log = structlog.get_logger()


class JobFailed(Exception):
    """A job of the running bot failed; the log says which."""

    def __str__(self) -> str:
        return "a job of the bot failed (see the log), so it stopped. Start it again; nothing that was accepted is lost."


class PortInUse(Exception):
    """The page's address is taken; the text says by which setting it is changed."""


@dataclass
class Shelf:
    """Holds the library in force, so that it can be exchanged while the bot runs."""

    library: Library


def library(settings: Settings) -> Library:
    """The knowledge in the content folder with all that is built from it. Raises ContentError."""
    today = settings.clock().date()
    return make_library(load(settings.content, today), settings)


def make_library(knowledge: Knowledge, settings: Settings) -> Library:
    """What is built from a knowledge."""
    return Library(knowledge, Understanding(knowledge, settings.clock().date()), Calendar(knowledge.calendar, knowledge.office.hours))


def _goldens(knowledge: Knowledge) -> list[tuple[Golden, ...]]:
    return [p.goldens for p in knowledge.procedures] + [g.goldens for g in knowledge.generals]


async def keep_fresh(shelf: Shelf, settings: Settings, since: State, tell: Callable[[list[str]], Awaitable[None]]) -> None:
    """Serves each good change of the content folder; a change that is broken, or breaks a golden question, changes nothing and is told."""

    def make(folder: Path) -> Library:
        knowledge, old = load(folder, settings.clock().date()), shelf.library
        understanding = old.understanding.renewed(knowledge, settings.clock().date())
        fresh = Library(knowledge, understanding, Calendar(knowledge.calendar, knowledge.office.hours))
        if not understanding.shares_index(old.understanding) or _goldens(knowledge) != _goldens(old.knowledge):
            spoilt = broken(knowledge, asking(understanding), asking(old.understanding))
            if first := next(spoilt, None):
                raise ContentError([first])
        return fresh

    async for made in made_on_change(settings.content, make, since=since):
        if isinstance(made, ContentError):
            for problem in made.problems:
                log.error("content not served", problem=str(problem))
            await tell([str(problem) for problem in made.problems])
        else:
            shelf.library = made
            log.info("content served", version=made.knowledge.version, procedures=len(made.knowledge.procedures))
            await asyncio.to_thread(snapshot, settings.content, settings.clock())


@dataclass(frozen=True)
class Engine:
    """The road between a database and the dialogues, with the senders of the channels that are joined to it."""

    settings: Settings
    shelf: Shelf
    database: Database
    dispatch: Dispatch
    senders: dict[str, Sender]
    files: ByChannel = field(default_factory=ByChannel)
    key: bytes = b""

    @property
    def arrived(self) -> Arrived:
        """Where the page and the console put photos until they are answered."""
        return Arrived(self.settings.data / FOLDER)

    @property
    def photos(self) -> PhotoStore:
        """Where the photos of petitions are kept."""
        return PhotoStore(self.settings.data / PHOTOS)

    def join(self, channel: Channel, files: Place | None = None, chat: str = "") -> Sender:
        """Gives a channel its sender, or one for a single chat, and says where its files are: in the folder unless the channel keeps them itself."""
        self.files.places[channel.name] = files or self.arrived
        self.senders[channel.name] = Sender(self.database, channel, self.settings.clock, key=self.key, chat=chat)
        return self.senders[channel.name]


@asynccontextmanager
async def engine(settings: Settings) -> AsyncIterator[Engine]:
    """An engine that is ready to accept; the sample office gets its sample dossiers. Raises ContentError or StoreError."""
    shelf = Shelf(library(settings))
    database = Database(settings.database_url)
    senders: dict[str, Sender] = {}
    files = ByChannel()

    def spoken(channel: str) -> None:
        if channel in senders:
            senders[channel].wake()

    await database.open()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        key = load_key(settings.data)
        house = House(settings.dossier_open_status, settings.dossier_stale_hours)
        systems = [await stack.enter_async_context(system) for system in _provincial(settings, key)]
        sources = Sources(database, systems, settings.clock)
        photos = PhotoStore(settings.data / PHOTOS)
        served = (files, sources, house, settings.rules, photos, settings.ask_share, MOST_A_MINUTE)
        bench = Bench(database, lambda: shelf.library, handlers.route, settings.clock, key, *served)
        await sample.fill(database, shelf.library.knowledge.office, key, settings.clock())
        yield Engine(settings, shelf, database, Dispatch(bench, spoken), senders, files, key)


def _provincial(settings: Settings, key: bytes) -> Iterator[Provincial]:
    """The look-up systems that are described well; of the others the log tells what `motcua doctor` tells."""
    for found in described(settings.data):
        if isinstance(found, SourceError):
            log.error("dossier source left out", reason=str(found))
        else:
            yield Provincial(found, key, settings.clock)


async def serve(settings: Settings) -> None:
    """Runs until it is told to stop: the page always, Telegram where its token is set."""
    port_is_free(settings)
    since = state(settings.content)
    async with engine(settings) as made, AsyncExitStack() as stack:
        stack.enter_context(seat(settings.data, shared=made.database.shared))
        foreman = Foreman(made.database)
        web = _web(made)
        telegram = await _telegram(made, stack)
        webhook = telegram.webhook if telegram and settings.telegram_webhook else None
        config = uvicorn.Config(
            web.application(webhook),
            settings.host,
            settings.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        server = _Server(config, web)
        jobs = [made.dispatch.run(), made.join(web).run(), web.bells.run(), foreman.run()]
        jobs += [keep_fresh(made.shelf, settings, since, partial(_tell_staff, made))]
        jobs += [*(foreman.do(job) for job in _for_all(made)), made.arrived.run()]
        jobs += [made.join(telegram, telegram).run(), _joined(telegram, settings, foreman)] if telegram else []
        tasks = [_watched(asyncio.create_task(job), server) for job in jobs]
        stack.push_async_callback(_stop, tasks)
        print(f"Một Cửa: http://{settings.http}  ({len(made.shelf.library.knowledge.procedures)} tờ thủ tục). Dừng: Ctrl+C.", flush=True)
        await server.serve()
        if any(task.done() and not task.cancelled() and task.exception() for task in tasks):
            raise JobFailed


def _for_all(made: Engine) -> list[Callable[[], Coroutine[None, None, None]]]:
    """What one worker does for all, beside the answers."""
    settings, photos = made.settings, PhotoStore(made.settings.data / "photos")
    return [
        *_of_dossiers(made),
        *_of_staff(made),
        _of_petitions(made),
        lambda: retention.run(made.database, settings.keep, settings.clock, photos.remove),
        lambda: backup.run(settings),
    ]


def _of_dossiers(made: Engine) -> list[Callable[[], Coroutine[None, None, None]]]:
    """The folder of exports, and what is told unasked for."""
    settings, folder = made.settings, made.settings.data / intake.FOLDER

    def offices() -> tuple[Office, ...]:
        return made.shelf.library.knowledge.offices

    watching = intake.Intake(made.database, lambda: [office.code for office in offices()], folder, load_key(settings.data), settings.clock)
    return [
        watching.run,
        lambda: reminders.run(made.database, offices, settings.clock, tell_staff),
        lambda: inviting.run(made.database, offices, settings.clock),
        lambda: announcing.run(made.database, lambda: made.shelf.library.knowledge, settings.clock),
    ]


def _of_petitions(made: Engine) -> Callable[[], Coroutine[None, None, None]]:
    """What staff did about petitions comes to their senders; drafts of more than a day go."""

    def codes() -> list[str]:
        return [office.code for office in made.shelf.library.knowledge.offices]

    return lambda: letters.run(made.database, made.key, codes, made.settings.clock, made.photos)


def _of_staff(made: Engine) -> list[Callable[[], Coroutine[None, None, None]]]:
    """What the staff are told beside the answers: what citizens did with their petitions, and what is nearly due."""
    clock = made.settings.clock

    def codes() -> list[str]:
        return [office.code for office in made.shelf.library.knowledge.offices]

    return [
        lambda: news.run(made.database, codes, made.key, clock),
        lambda: rounds.run(made.database, lambda: made.shelf.library, made.key, clock),
    ]


async def _tell_staff(made: Engine, problems: list[str]) -> None:
    try:
        for office in made.shelf.library.knowledge.offices:
            await tell_broken(made.database, office.code, problems, made.settings.clock())
    except DBAPIError as error:  # the log has the problems in any case
        log.error("staff not told", error=type(error.orig).__name__)


async def errands(made: Engine) -> None:
    """What the running bot does by itself about petitions, once: the staff and the senders are told what is new."""
    for office in made.shelf.library.knowledge.offices:
        await news.deliver(made.database, office.code, made.key, made.settings.clock())
        await letters.deliver(made.database, made.key, office.code, made.settings.clock())


class _Server(uvicorn.Server):
    """Ends the open event streams when it is told to stop, so that stopping does not wait for them."""

    def __init__(self, config: uvicorn.Config, web: Web) -> None:
        super().__init__(config)
        self._web = web

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn's own would raise the signal again once the page is closed, and so end the process before the rest is."""
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sig, self.handle_exit, sig, None)
        yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._web.close()
        super().handle_exit(sig, frame)


def _watched(task: asyncio.Task[None], server: uvicorn.Server) -> asyncio.Task[None]:
    """A job that fails ends the bot, so that what runs it starts it anew; a page that goes on without its sender would deceive."""

    def ended(done: asyncio.Task[None]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("job failed", job=getattr(done.get_coro(), "__qualname__", ""), error=type(error).__name__)
            server.should_exit = True

    task.add_done_callback(ended)
    return task


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            await asyncio.gather(*tasks, return_exceptions=True)


def _web(made: Engine) -> Web:
    def office() -> Office:
        return made.shelf.library.knowledge.office

    return Web(made.database, made.dispatch.accept, office, made.settings.clock, made.arrived, key=made.key, photos=made.photos)


async def _telegram(made: Engine, stack: AsyncExitStack) -> Telegram | None:
    settings = made.settings
    token = settings.telegram_token.get_secret_value()
    if not token:
        return None
    secret = settings.telegram_webhook_secret.get_secret_value()
    telegram = Telegram(make_bot(token, settings.telegram_api), made.dispatch.accept, made.dispatch.malformed, secret, photos=made.photos)
    stack.push_async_callback(telegram.close)
    return telegram


async def _joined(telegram: Telegram, settings: Settings, foreman: Foreman) -> None:
    """Joins Telegram as soon as it can be reached; the page works meanwhile."""
    while True:
        try:
            await telegram.open(settings.telegram_webhook)
            break
        except TryLater as error:
            log.warning("telegram not joined yet", reason=str(error))
            await asyncio.sleep(10)
        except Undeliverable as error:
            log.error("telegram not joined", reason=str(error))
            return
    if not settings.telegram_webhook:
        await foreman.do(telegram.poll)


def port_is_free(settings: Settings) -> None:
    """Raises PortInUse where the page's address is taken."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host.strip("[]"), settings.port))
        except OSError as error:
            reason = error.strerror or str(error)
            text = f"{settings.http}: {reason}. Expected: a free address. Stop the other program, or set MOTCUA_HTTP=127.0.0.1:8081."
            raise PortInUse(text) from error
