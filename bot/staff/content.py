"""Leaflets that were changed and cannot be served: the staff hear of it by chat, once for each list of problems."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import partial

from bot.chat import Say
from bot.staff import telling
from bot.store import Database
from bot.texts import Texts

SHOWN = 10
_LINE_MOST = 200


async def tell_broken(database: Database, office: str, problems: Sequence[str], now: dt.datetime) -> int:
    """Tells all who are enrolled and returns how many chats; a list that they were told before is not told again."""
    digest = hashlib.sha256("\n".join(problems).encode()).hexdigest()[:24]
    async with database.writing() as db:
        return await telling.tell(db, office, partial(_broken, problems=problems), now, event=f"content {digest}")


def _broken(t: Texts, problems: Sequence[str]) -> Say:
    lines = [f"• {problem[:_LINE_MOST]}" for problem in problems[:SHOWN]]
    if rest := len(problems) - len(lines):
        lines.append(t.plural("và {n} lỗi khác.", "và {n} lỗi khác.", rest))
    footer = t("Tôi vẫn trả lời theo bản trước đó. Sửa xong và lưu lại là dùng được ngay.")
    return Say("\n".join(lines), t("Tờ hướng dẫn vừa sửa có lỗi"), footer)
