"""Sealing: opened by the same key, purpose and bound only; nothing of the content shows."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.petitions.seal import NONCE_BYTES, TAG_BYTES, Unsealable, seal, unseal
from tests.conftest import KEY


@given(plain=st.binary(max_size=600), bound=st.text(max_size=20), pad=st.sampled_from([1, 64, 512]))
def test_opened_again(plain: bytes, bound: str, pad: int) -> None:
    """Whatever was sealed comes back."""
    assert unseal(KEY, "p", seal(KEY, "p", plain, bound, pad), bound) == plain


@pytest.mark.parametrize(
    ("key", "purpose", "bound"),
    [(b"another key of thirty-two bytes.", "p", "b"), (KEY, "q", "b"), (KEY, "p", "c"), (KEY, "p", "")],
)
def test_opened_by_nothing_else(key: bytes, purpose: str, bound: str) -> None:
    """Another key, another purpose or another thing that it is bound to opens nothing."""
    with pytest.raises(Unsealable):
        unseal(key, purpose, seal(KEY, "p", b"secret", "b"), bound)


def test_every_changed_bit_is_noticed() -> None:
    """No bit can be changed."""
    sealed = seal(KEY, "p", b"secret")
    raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(Unsealable):
            unseal(KEY, "p", base64.urlsafe_b64encode(changed).rstrip(b"=").decode())


@given(rubbish=st.text(max_size=120))
def test_rubbish_is_refused(rubbish: str) -> None:
    """What was never sealed raises Unsealable and nothing else."""
    with pytest.raises(Unsealable):
        unseal(KEY, "p", rubbish)


def test_never_twice_the_same() -> None:
    """The same content is sealed otherwise each time."""
    assert len({seal(KEY, "p", b"secret") for _ in range(50)}) == 50


def test_length_does_not_show() -> None:
    """All contents up to the padding are equally long when sealed."""
    assert len({len(seal(KEY, "p", b"x" * n)) for n in range(61)}) == 1


def test_keystream_is_hmac_in_counter_mode() -> None:
    """The cipher is what its docstring says, reckoned here a second time."""
    sealed = seal(KEY, "p", b"x" * 60, "b", 64)
    raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    nonce, cipher, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES:-TAG_BYTES], raw[-TAG_BYTES:]
    own = {use: hmac.digest(KEY, f"motcua seal 1|{use}|p".encode(), "sha256") for use in ("cipher", "tag")}
    stream = b"".join(hmac.new(own["cipher"], nonce + n.to_bytes(4, "big"), hashlib.sha256).digest() for n in range(2))
    assert bytes(a ^ b for a, b in zip(cipher, stream, strict=True)) == (60).to_bytes(4, "big") + b"x" * 60
    body = nonce + cipher
    assert tag == hmac.digest(own["tag"], len(body).to_bytes(8, "big") + body + b"b", "sha256")[:TAG_BYTES]
