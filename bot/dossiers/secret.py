"""The second factor of a dossier: the last four digits of a telephone or identity number, kept as a keyed hash only."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from bot.store.database import StoreError
from knowledge.words import tidy

KEY_FILE = "secret.key"
KEY_BYTES = 32


def load_key(folder: Path) -> bytes:
    """The key beside the database, made at the first start with rights for its owner only.

    Raises StoreError where it cannot be made or read, or is cut short: with another key no known digits would match."""
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror}. Expected: a file that this user may read. Check MOTCUA_DATA.") from error
    if len(key) != KEY_BYTES:
        raise StoreError(f"{path} holds {len(key)} bytes, expected {KEY_BYTES}. Restore it from the backup; without it no four digits match.")
    return key


def _make(path: Path) -> None:
    """Appears whole or not at all, so that a crash leaves no empty key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first
        os.link(part, path)
    part.unlink()


def last_digits(number: str) -> str:
    """The last four digits of a number, "" where it has fewer."""
    digits = "".join(c for c in number if c.isdigit())
    return digits[-4:] if len(digits) >= 4 else ""


def keyed_hash(key: bytes, code: str, digits: str) -> str:
    """What is stored for four digits of one dossier; "" for no digits."""
    return hmac.new(key, f"{code}|{digits}".encode(), hashlib.sha256).hexdigest() if digits else ""


def matches(key: bytes, code: str, digits: str, *stored: str) -> bool:
    """Whether the digits are those of one of the stored hashes, in constant time."""
    own = keyed_hash(key, code, digits)
    return sum(hmac.compare_digest(own, s) for s in stored if own) > 0


def masked(name: str) -> str:
    """A name of which only its bearer can tell that it is theirs: «Nguyễn Văn An» → «N••• V•• A•»."""
    return " ".join(word[0] + "•" * (len(word) - 1) for word in tidy(name).split())
