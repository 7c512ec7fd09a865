"""The first step into a chat: greeted, or brought by a QR code to the rating of a visit. A code that says nothing known is a greeting."""

from __future__ import annotations

from dataclasses import replace

from bot.reports.desks import desk_payload
from bot.store import voices
from bot.turn import Reply, Turn
from handlers import offices, rating


async def start(turn: Turn) -> Reply:
    """What the link behind a start names: a desk opens the rating of today's visit there; anything else is a greeting."""
    payload = turn.text.partition(" ")[2].strip() if turn.text.startswith("/") else turn.text
    desks = {desk_payload(office, desk): (office, desk) for office in turn.knowledge.offices for desk in office.desks}
    if payload not in desks:
        return await offices.start(turn)
    office, desk = desks[payload]
    there = offices.at(turn, office.code, turn.incoming) if turn.knowledge.others else turn
    reply = await rating.ask_about(there, voices.about_visit(desk.id, turn.now.date()))
    return replace(reply, office=office.code if turn.knowledge.others else None) if reply else await offices.start(turn)
