"""The second factor of a dossier: the last four digits of a telephone or identity number, kept as a keyed hash only."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from knowledge.words import tidy

KEY_FILE = "secret.key"


def load_key(folder: Path) -> bytes:
    """The key beside the database, made at the first start with rights for its owner only."""
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


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
