"""A notice in the words that citizens read, asked for or not."""

from __future__ import annotations

from bot.texts import Texts
from knowledge.model import Notice


def told(t: Texts, notice: Notice) -> str:
    """Title, when and where, text."""
    lines = [notice.title]
    if notice.held:
        day, place = t.weekday(notice.held.date()), notice.place
        at = t("Lúc {time} {day}, tại {place}.", time=t.time(notice.held), day=day, place=place) if place else ""
        lines.append(at or t("Lúc {time} {day}.", time=t.time(notice.held), day=day))
    return "\n".join((*lines, notice.text))
