"""What the steps of a petition share: the draft of this chat, and replies of which the store keeps no readable word."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat import Choice, Say
from bot.petitions.steps import Draft
from bot.store import drafts
from bot.turn import Effect, Reply, Telling, Turn
from handlers import wording
from knowledge.words import fold

SUBJECT = "phan-anh"
TELLS = 5  # words from which a message tells something, rather than asks for the dialogue
SKIP_WORDS = frozenset(
    {"bo qua", "khong", "khong co", "khong a", "chua co", "xong", "xong roi", "tiep", "tiep tuc", "het", "het roi", "skip", "no", "done"}
)


def private(
    *says: Say, step: str = "", effects: tuple[Effect, ...] = (), told: Telling | None = None, data: Mapping[str, Any] | None = None
) -> Reply:
    """A reply of this dialogue: sealed in the store, and so is what led to it."""
    kept = {"private": True, **(data or {})} if step else {}
    return Reply(says, step, kept, effects=effects, subject=SUBJECT, private=True, told=told)


async def draft_of(turn: Turn) -> Draft:
    """What this chat has written so far, an empty draft where it has nothing."""
    kept = await drafts.find(turn.db, turn.key, turn.chat, turn.now)
    return kept.draft if kept else Draft(text="")


def saved(turn: Turn, draft: Draft) -> Effect:
    """Keeps the draft, in the language that is spoken now."""
    fresh = replace(draft, language=turn.t.language)
    return partial(drafts.keep, key=turn.key, chat=turn.chat, draft=fresh, now=turn.now)


def dropped(turn: Turn, shas: Iterable[str] = ()) -> Effect:
    """Forgets the draft, and its photos unless something that was sent has them too."""

    async def drop(db: AsyncConnection) -> None:
        await drafts.drop(db, turn.chat)
        await forget(turn, db, set(shas))

    return drop


async def forget(turn: Turn, db: AsyncConnection, shas: set[str]) -> None:
    """Removes photos that nothing needs any more."""
    if turn.photos:
        for sha in await drafts.unneeded(db, turn.key, shas):
            await asyncio.to_thread(turn.photos.remove, sha)


def skip(turn: Turn, label: str) -> Choice:
    return Choice(label, "k:skip")


def skips(turn: Turn) -> bool:
    """Whether the words pass over a step."""
    return fold(turn.text).strip(" .!") in SKIP_WORDS


def leave(turn: Turn) -> Choice:
    return Choice(turn.t("Thôi"), "cancel")


def editing(turn: Turn) -> dict[str, Any]:
    """Whether the step was opened from the preview and leads back there."""
    return {"back": True} if turn.state.data.get("back") else {}


def limit_text(turn: Turn) -> str:
    """The kind refusal of one petition too many today."""
    t = turn.t
    text = t("Hôm nay anh/chị đã gửi {n} phản ánh, đủ số một người gửi được trong ngày. Các phản ánh đã gửi vẫn được xử lý.", n=turn.rules.per_day)
    return text + "\n" + t("Ngày mai anh/chị gửi tiếp được. Việc gấp xin gọi {phone}.", phone=wording.telephones(turn))
