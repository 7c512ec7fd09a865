"""The command line `motcua`."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import secrets
import sys
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from structlog.typing import EventDict

from bot import app, doctor, leaflets, trial
from bot.channels.console import Console, NoSuchPhoto, with_photo
from bot.chat import Incoming, Kind, Wire
from bot.commands import dossiers, exports, purge, qr, staff
from bot.dossiers.mapping import MappingError
from bot.dossiers.sheet import SheetError
from bot.settings import SettingError, Settings, load_settings
from bot.store import StoreError
from knowledge.loader import ContentError

Command = Callable[[argparse.Namespace, Settings], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code is 0 when it did what was asked, 1 when something must be mended, 2 for wrong words."""
    options = _parser().parse_args(arguments)
    _log_to_stderr(options.verbose)
    try:
        return int(options.command(options, load_settings()))
    except (SettingError, StoreError, SheetError, MappingError, app.PortInUse, app.JobFailed, trial.BadLine) as error:
        print(f"motcua: {error}", file=sys.stderr)
    except ContentError as error:
        print(error, file=sys.stderr)
        print("motcua: the content cannot be served; mend the lines above (motcua knowledge check).", file=sys.stderr)
    except KeyboardInterrupt:
        return 0
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="motcua", description="Một Cửa: the citizen assistant of a commune.")
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="start the bot: the web page, and Telegram where its token is set").set_defaults(command=_run)
    commands.add_parser("chat", help="talk to the bot here in the terminal").set_defaults(command=_chat)
    ask = commands.add_parser("ask", help="ask one question, or many as JSON lines")
    ask.add_argument("question", nargs="*", help="the message, or several that follow one another")
    ask.add_argument("--jsonl", action="store_true", help='read {"id", "messages"} lines from standard input, write replies to standard output')
    ask.add_argument("--why", action="store_true", help="explain how the question was understood")
    ask.set_defaults(command=_ask)
    dossiers.register(commands)
    qr.register(commands)
    exports.register(commands)
    purge.register(commands)
    staff.register(commands)
    leaflets.add(commands)
    commands.add_parser("doctor", help="check settings, database, content and channels").set_defaults(
        command=lambda o, s: 0 if asyncio.run(doctor.examine()) else 1
    )
    return parser


def _run(options: argparse.Namespace, settings: Settings) -> int:
    asyncio.run(app.serve(settings))
    return 0


def _chat(options: argparse.Namespace, settings: Settings) -> int:
    asyncio.run(_talk(settings))
    return 0


async def _talk(settings: Settings) -> None:
    console, chat, count = Console(), secrets.token_hex(8), 0
    async with app.engine(settings) as made:
        sender = made.join(console)
        await made.dispatch.accept(Incoming(console.name, chat, f"{chat}.0", Kind.START))
        await made.dispatch.settle()
        await sender.send_waiting()
        async for line in console.lines():
            count += 1
            message = Incoming(console.name, chat, f"{chat}.{count}", text=line)
            try:
                await made.dispatch.accept(await with_photo(message, made.arrived))
            except NoSuchPhoto as error:
                await console.send(chat, Wire(str(error)))
            await made.dispatch.settle()
            await sender.send_waiting()


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    if options.jsonl == bool(options.question):
        raise SettingError('ask needs either a question or --jsonl, such as: motcua ask "làm giấy khai sinh cần gì"')
    return asyncio.run(_ask_batch(settings) if options.jsonl else _ask_one(settings, options.question, options.why))


async def _ask_batch(settings: Settings) -> int:
    batch = trial.read_batch(sys.stdin)
    replies = trial.ask(settings, app.library(settings), (messages for _, messages in batch))
    for id_, _ in batch:
        print(json.dumps({"id": id_, "replies": [h.to_dict() for h in await anext(replies)]}, ensure_ascii=False))
    await replies.aclose()
    return 0


async def _ask_one(settings: Settings, messages: list[str], why: bool) -> int:
    async for heard in trial.ask(settings, app.library(settings), [messages]):
        for reply in heard:
            print(reply.text + "\n")
            if why:
                print(
                    "\n".join(f"# {line}" for line in (*reply.why, f"outcome {reply.outcome} {' '.join(reply.procedures)} {' '.join(reply.aspects)}"))
                )
    return 0


def _log_to_stderr(verbose: bool) -> None:
    """One line a happening on standard error. The log holds no name, no text of a citizen, no dossier code, no token."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would tell every address, and codes stand in addresses
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            _without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _without_words(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Leaves type and place of an exception: its text may quote a citizen or an address with a token."""

    def blot(stacks: list[dict[str, Any]]) -> None:
        for stack in stacks:
            stack.update(exc_value="", exc_notes=[], syntax_error=None)
            for group in stack.get("exceptions", ()):
                blot(group)

    blot(event.get("exception", []))
    return event


if __name__ == "__main__":
    sys.exit(main())
