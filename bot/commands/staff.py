"""`motcua staff`: invite somebody to work by chat, list the staff, remove one."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from bot.commands.dossiers import opened
from bot.dossiers.secret import load_key
from bot.settings import ZONE, SettingError, Settings
from bot.staff import enrolment
from bot.staff.enrolment import NAME_MOST, ROLES, NameTaken, Role
from bot.store import staff
from bot.store.staff import Member
from knowledge.words import tidy


def register(commands: Any) -> None:
    """Adds the sub-commands to the parser of `motcua`."""
    actions = commands.add_parser("staff", help="the staff who work by chat").add_subparsers(required=True, metavar="ACTION")
    invited = actions.add_parser("invite", help="make a one-time code, valid 48 hours, that enrols a person's chat or a group")
    invited.add_argument("name", help='the name in the records, such as "Tổ một cửa"')
    invited.add_argument("--role", choices=[str(role) for role in Role], default=str(Role.CLERK), help="leaders are told of what is reopened")
    invited.set_defaults(command=lambda options, settings: asyncio.run(_invite(options, settings)))
    listed = actions.add_parser("list", help="all who were invited, with their numbers")
    listed.set_defaults(command=lambda options, settings: asyncio.run(_list(options, settings)))
    removed = actions.add_parser("remove", help="end an enrolment, or withdraw an invitation")
    removed.add_argument("number", type=int, help="the number that the list shows")
    removed.set_defaults(command=lambda options, settings: asyncio.run(_remove(options, settings)))
    for action in (invited, listed, removed):
        action.add_argument("--office", default="", metavar="CODE", help="where the bot serves several offices: whose staff")


async def _invite(options: argparse.Namespace, settings: Settings) -> int:
    name, now = " ".join(tidy(options.name).split()), settings.clock()
    if not any(c.isalnum() for c in name) or len(name) > NAME_MOST:
        raise SettingError(f"{options.name!r} is no name for the records. Expected up to {NAME_MOST} characters, such as Tổ một cửa.")
    async with opened(settings, options.office) as (database, office), database.writing() as db:
        try:
            number, code = await enrolment.invite(db, office, name, Role(options.role), load_key(settings.data), now)
        except NameTaken as error:
            raise SettingError(f"{name}: another of the staff has this name in the records. Expected one of its own.") from error
    until = (now + enrolment.VALID).astimezone(ZONE)
    print(f"Số {number}, {name} ({ROLES[Role(options.role)]}). Mã dùng một lần, đến {until:%H:%M ngày %d/%m/%Y}:")
    print(f"  {code}")
    print(f"Gửi cho bot, trong cuộc trò chuyện riêng hoặc trong nhóm của tổ:  /nhanvien {code}")
    return 0


async def _list(options: argparse.Namespace, settings: Settings) -> int:
    async with opened(settings, options.office) as (database, office), database.reading() as db:
        members = await staff.everyone(db, office)
    for member in members:
        print(f"{member.id}. {member.name} ({ROLES[Role(member.role)]}): {_standing(member, settings)}")
    if not members:
        print('Chưa có ai. Mời người đầu tiên: motcua staff invite "Tổ một cửa"')
    return 0


def _standing(member: Member, settings: Settings) -> str:
    if member.enrolled and member.joined_at:
        return f"nhận việc qua {member.chat.channel} từ {member.joined_at.astimezone(ZONE):%d/%m/%Y}"
    if member.left_at:
        return f"đã thôi từ {member.left_at.astimezone(ZONE):%d/%m/%Y}" if member.joined_at else "lời mời đã rút"
    until = member.expires_at.astimezone(ZONE) if member.expires_at else None
    return f"chưa dùng mã, hạn {until:%H:%M ngày %d/%m/%Y}" if until and until > settings.clock() else "mã đã quá hạn"


async def _remove(options: argparse.Namespace, settings: Settings) -> int:
    async with opened(settings, options.office) as (database, office), database.writing() as db:
        done = await staff.leave(db, office, options.number, settings.clock())
    if not done:
        print(f"motcua: {options.number}: no staff of this number work here. Expected one that `motcua staff list` shows.", file=sys.stderr)
        return 1
    print("Đã bỏ. Nút bấm cũ ở cuộc trò chuyện đó không còn tác dụng.")
    return 0
