"""Every sentence of the bot has its English, with the same placeholders; nothing in the catalogue is left over."""

from __future__ import annotations

import io
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"t": None, "n_": None, "plural": (1, 2)}
ENGLISH = ROOT / "bot" / "locale" / "en" / "motcua.po"
Id = str | tuple[str, str]


def written(folder: Path) -> dict[Id, str]:
    """The sentences that the code says, each with a place where it stands."""
    found = extract_from_dir(folder, [("**.py", "python"), ("**.html", "jinja2")], keywords=KEYWORDS)
    return {message: f"{folder.name}/{file}:{line}" for file, line, message, _, _ in found}


def catalogue(path: Path = ENGLISH) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name)


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def different(message: Message) -> bool:
    """Whether a translation has other placeholders than its sentence, in any of its forms."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return any(placeholders(text) != placeholders(ids[0]) for text in (*ids, *strings))


SAID = {**written(ROOT / "bot"), **written(ROOT / "handlers")}
TRANSLATED = {message.id: message for message in catalogue() if message.id}


def test_the_code_says_something() -> None:
    """The extraction finds sentences by each of the three ways of saying them."""
    assert len(SAID) > 100
    assert "Rất hài lòng" in SAID
    assert any(isinstance(message, tuple) for message in SAID)


def test_every_sentence_is_translated() -> None:
    """A sentence without English is named with the place where it is said."""
    missing = [f"{place}: {message!r}" for message, place in SAID.items() if message not in TRANSLATED or not full(TRANSLATED[message])]
    assert missing == []


def full(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def test_nothing_is_left_over() -> None:
    """No translation of a sentence that is no longer said, none marked obsolete, none uncertain."""
    assert [id_ for id_ in TRANSLATED if id_ not in SAID] == []
    assert list(catalogue().obsolete) == []
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


@pytest.mark.parametrize("message", TRANSLATED.values(), ids=lambda message: re.sub(r"\W+", "-", str(message.id))[:40])
def test_a_translation_has_the_placeholders_of_its_sentence(message: Message) -> None:
    """None is lost, none is invented: `{phone}` in both or in neither."""
    assert not different(message)


def test_english_has_two_forms() -> None:
    """One and many."""
    assert catalogue().num_plurals == 2
    assert [m.id for m in TRANSLATED.values() if isinstance(m.id, tuple) and (not isinstance(m.string, tuple) or len(m.string) != 2)] == []


# --- the checks themselves ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('t("Phí: {fee}", fee=1)', ["Phí: {fee}"]),
        ('turn.t("một" "hai")', ["mộthai"]),
        ('LABEL = n_("Hài lòng")', ["Hài lòng"]),
        ('t.plural("{n} ngày", "{n} ngày", n)', [("{n} ngày", "{n} ngày")]),
        ("t(name)", []),
        ('told("một")', []),
    ],
)
def test_extraction(source: str, found: list[Id]) -> None:
    """What is said is found, what is not is left alone."""
    assert [message for _, message, _, _ in extract("python", io.BytesIO(source.encode()), KEYWORDS)] == found


@pytest.mark.parametrize(
    ("id_", "text", "wrong"),
    [
        ("Gọi {phone}", "Call {phone}", False),
        ("Gọi {phone}", "Call {telephone}", True),
        ("Gọi {phone}", "Call", True),
        ("Gọi", "Call {phone}", True),
        (("{n} ngày", "{n} ngày"), ("{n} day", "{n} days"), False),
        (("{n} ngày", "{n} ngày"), ("one day", "{n} days"), True),
    ],
)
def test_a_wrong_placeholder_is_caught(id_: Id, text: Id, wrong: bool) -> None:
    """The comparison sees what is lost, renamed and added."""
    assert different(Message(id_, text)) is wrong
