"""`motcua qr desk`: a page to print for each counter, with a QR code for each channel that leads to the rating of a visit."""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader
from telegram.error import TelegramError

from bot.channels.telegram import make_bot
from bot.reports.desks import desk_payload
from bot.settings import SettingError, Settings
from knowledge.loader import load
from knowledge.model import Desk, Office

_SCALE = 12  # points of the image for each of the code: sharp on paper at any size


@dataclass(frozen=True)
class Door:
    """A way to the rating: the channel's name as people know it, the address, and its QR code as a PNG."""

    name: str
    url: str

    @property
    def png(self) -> str:
        held = io.BytesIO()
        segno.make(self.url, error="q", micro=False).save(held, kind="png", scale=_SCALE)
        return base64.b64encode(held.getvalue()).decode()


def register(commands: Any) -> None:
    """Adds the sub-commands to the parser of `motcua`."""
    actions = commands.add_parser("qr", help="pages with QR codes, to print").add_subparsers(required=True, metavar="ACTION")
    desk = actions.add_parser("desk", help="a page for a counter of office.md, or one for each")
    desk.add_argument("name", nargs="?", default="", help='the counter, such as "Quầy 1"; all where none is named')
    desk.add_argument("--out", type=Path, metavar="FILE", help="the HTML file to write; else one in the data folder")
    desk.set_defaults(command=lambda options, settings: asyncio.run(_desk(options, settings)))


async def _desk(options: argparse.Namespace, settings: Settings) -> int:
    office = load(settings.content, settings.clock().date()).office
    desks = _wanted(office, options.name)
    name = await telegram_name(settings)
    doors = {desk: doors_to(office, desk, settings.public_url, name) for desk in desks}
    if not all(doors.values()):
        raise SettingError("no channel has an address. Set MOTCUA_PUBLIC_URL=https://… for the web page, or MOTCUA_TELEGRAM_TOKEN for Telegram.")
    path = options.out or settings.data / f"qr-{desks[0].id if options.name else 'desks'}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(office, doors), encoding="utf-8")
    except OSError as error:
        print(f"motcua: {path}: {error.strerror}. Expected: a file in a folder that can be written.", file=sys.stderr)
        return 1
    for desk, ways in doors.items():
        print("\n".join(f"{desk.name} · {door.name}: {door.url}" for door in ways))
    print(f"{len(desks)} trang → {path}")
    return 0


def _wanted(office: Office, name: str) -> Sequence[Desk]:
    known = {desk.name.casefold(): desk for desk in office.desks}
    if not known:
        raise SettingError("office.md names no counter. Add a line such as: Quầy: Quầy 1, Quầy 2")
    if name and name.casefold() not in known:
        raise SettingError(f"office.md names no counter “{name}”. Expected one of: {', '.join(desk.name for desk in office.desks)}.")
    return [known[name.casefold()]] if name else office.desks


async def telegram_name(settings: Settings) -> str:
    """The bot's user name on Telegram: the setting, else what Telegram says; "" where there is none or it cannot be asked."""
    token = settings.telegram_token.get_secret_value()
    if settings.telegram_name or not token:
        return settings.telegram_name
    bot = make_bot(token, settings.telegram_api)
    try:
        async with bot:
            return bot.username
    except TelegramError as error:
        print(f"motcua: Telegram cannot be asked for the bot's name ({type(error).__name__}). Set MOTCUA_TELEGRAM_NAME.", file=sys.stderr)
        return ""


def doors_to(office: Office, desk: Desk, web: str, telegram: str) -> tuple[Door, ...]:
    """The ways to the rating of a visit at this desk, the web page first: it needs no app."""
    payload = desk_payload(office, desk)
    found = [Door("Trang web", f"{web}/?start={payload}")] if web else []
    found += [Door("Telegram", f"https://t.me/{telegram}?start={payload}")] if telegram else []
    return tuple(found)


def page(office: Office, doors: dict[Desk, tuple[Door, ...]]) -> str:
    """The HTML to print, an A5 page for each desk, complete in itself."""
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    return templates.get_template("desk.html").render(office=office, doors=doors)
