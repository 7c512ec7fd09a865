"""Secrets at rest: sealed with a key derived from the key file, so that a dump of the database alone tells nothing.

Encrypt-then-MAC from HMAC-SHA256: a keystream in counter mode under a random nonce, and a tag over nonce, ciphertext and what it is bound to.
Length is padded, so that neither a short chat key nor a long answer stands out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from itertools import count

NONCE_BYTES = 12
TAG_BYTES = 16
_LENGTH_BYTES = 4


class Unsealable(Exception):
    """What cannot be opened: made with another key, for another purpose, bound to another thing, or changed."""


def seal(key: bytes, purpose: str, plain: bytes, bound: str = "", pad: int = 64) -> str:
    """The bytes as a text that only `unseal` with the same key, purpose and bound opens; padded to a multiple of `pad` bytes."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    framed = len(plain).to_bytes(_LENGTH_BYTES, "big") + plain
    framed += bytes(-len(framed) % pad)
    cipher = _mixed(_derived(key, purpose, "cipher"), nonce, framed)
    tag = _tag(key, purpose, nonce + cipher, bound)
    return base64.urlsafe_b64encode(nonce + cipher + tag).rstrip(b"=").decode()


def unseal(key: bytes, purpose: str, sealed: str, bound: str = "") -> bytes:
    """What was sealed. Raises Unsealable, telling nothing of why."""
    try:
        raw = base64.b64decode(sealed + "=" * (-len(sealed) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unsealable from error
    nonce, cipher, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES:-TAG_BYTES], raw[-TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(key, purpose, nonce + cipher, bound)):
        raise Unsealable
    framed = _mixed(_derived(key, purpose, "cipher"), nonce, cipher)
    return framed[_LENGTH_BYTES : _LENGTH_BYTES + int.from_bytes(framed[:_LENGTH_BYTES], "big")]


def _derived(key: bytes, purpose: str, use: str) -> bytes:
    return hmac.new(key, f"motcua seal 1|{use}|{purpose}".encode(), hashlib.sha256).digest()


def _tag(key: bytes, purpose: str, sealed: bytes, bound: str) -> bytes:
    message = len(sealed).to_bytes(8, "big") + sealed + bound.encode()
    return hmac.new(_derived(key, purpose, "tag"), message, hashlib.sha256).digest()[:TAG_BYTES]


def _mixed(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """The data under the keystream, which is its own inverse."""
    stream = bytearray()
    for block in count():
        if len(stream) >= len(data):
            break
        stream += hmac.new(key, nonce + block.to_bytes(4, "big"), hashlib.sha256).digest()
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))
