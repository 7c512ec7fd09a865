"""Work that goes as its bytes say; `tests/bot/test_aside.py` runs it in a process of its own."""

from __future__ import annotations

import json
import os
import tempfile

from bot.aside import work


def answer(raw: bytes) -> bytes:
    if raw == b"hang":
        while True:
            pass
    if raw == b"crash":
        os.abort()
    if raw == b"eat":
        return b"%d" % len(bytearray(2_000_000_000))
    if raw == b"write":
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
    if raw == b"tell":
        return json.dumps(dict(os.environ)).encode()
    return raw[::-1]


if __name__ == "__main__":
    work(answer)
