"""What is said in a private dialogue, sealed while it stands in the outbox: only a holder of the key file reads what a chat was told."""

from __future__ import annotations

import json

from bot.chat import Chat, Wire
from bot.petitions.seal import Unsealable, seal, unseal

_PURPOSE = "outbox"
_PAD = 1024
LOST = Wire("••••")


def enclosed(key: bytes, chat: Chat, wire: Wire) -> Wire:
    """The message as it is stored: empty but for the sealed one, bound to its chat."""
    content = json.dumps(wire.to_dict(), ensure_ascii=False).encode()
    return Wire("", sealed=seal(key, _PURPOSE, content, f"{chat.channel}|{chat.key}", _PAD))


def disclosed(key: bytes, channel: str, chat: str, wire: Wire) -> Wire:
    """The message as it is sent; dots where it was sealed with another key."""
    if not wire.sealed:
        return wire
    try:
        return Wire.from_dict(json.loads(unseal(key, _PURPOSE, wire.sealed, f"{channel}|{chat}")))
    except (Unsealable, ValueError, TypeError, KeyError):
        return LOST
