"""Dossiers that a provincial system knows: asked just before they are told, with an honest word where it does not answer.

This is the one slow thing in the dialogue about dossiers. It stands before the reading, so that what is read is what the system said; no
transaction is open meanwhile, and after five seconds at most the last known state is told instead. It is asked about dossiers that this
person has proved, and with the four digits of a try, after the lock was looked at: codes alone make nobody ask the province."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chat import Choice, Say
from bot.dossiers.codes import named
from bot.store.database import paused
from bot.store.dossiers import RECEIPT
from bot.turn import Turn
from handlers import wording


async def refresh(turn: Turn, keys: Sequence[str]) -> frozenset[str]:
    """Brings these dossiers up to date in the store; those of which a system could not tell now."""
    office, codes = turn.chat.office, [key for key in keys if not key.startswith(RECEIPT)]
    if not turn.sources.any_for(office, codes):
        return frozenset()
    async with paused(turn.db):
        return await turn.sources.refresh(office, codes)


def marked(turn: Turn, say: Say, busy: bool) -> Say:
    """What is told of a dossier, with the warning that it is the last known where its system is busy."""
    if not busy:
        return say
    note = turn.t("Hệ thống của tỉnh đang bận. Đây là tình trạng lần cuối tôi biết, vào lúc ghi ở dưới.")
    return replace(say, text=f"{say.text}\n\n{note}")


def not_now(turn: Turn, keys: Sequence[str], choices: tuple[Choice, ...]) -> Say:
    """What is told where nothing can be told: in the same words whether there is such a dossier or not."""
    t = turn.t
    codes = ", ".join(named(t, key) for key in keys)
    text = t(
        "Hệ thống của tỉnh đang bận nên tôi chưa mở được hồ sơ {code}. Anh/chị thử lại sau ít phút, hoặc gọi {phone}.",
        code=codes,
        phone=wording.telephones(turn),
    )
    return Say(text, choices=choices)
