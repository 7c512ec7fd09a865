"""Every sentence of the dialogues has its English, with the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import handlers
from bot.texts import LOCALE

SOURCES = sorted(Path(handlers.__file__).parent.glob("*.py"))
VALUES = re.compile(r"\{(\w+)\}")


def sentences(path: Path) -> Iterator[str]:
    """The texts given to t(…), n_(…) and t.plural(…) in a file, those inside other expressions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
            if name in {"t", "n_", "plural"}:
                yield node.args[0].value


def english() -> dict[str, tuple[str, ...]]:
    """The catalogue: each Vietnamese sentence with its English forms; a fuzzy one counts as none."""
    with (LOCALE / "en" / "motcua.po").open("rb") as source:
        catalogue = read_po(source)
    forms = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms[key] = () if message.fuzzy else tuple([message.string] if isinstance(message.string, str) else message.string)
    return forms


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_sentence_has_its_english(path: Path) -> None:
    """A new sentence without English fails here: run `make texts` and fill it in."""
    known = english()
    assert [s for s in sentences(path) if not known.get(s) or not all(known[s])] == []


def test_values_are_the_same() -> None:
    """A translation fills in the same values as its sentence."""
    differ = [
        (sentence, form)
        for sentence, forms in english().items()
        for form in forms
        if sentence and form and set(VALUES.findall(form)) - {"n"} != set(VALUES.findall(sentence)) - {"n"}
    ]
    assert differ == []


def test_sentences_are_found() -> None:
    """The search finds the sentences of the dialogues."""
    assert sum(len(list(sentences(path))) for path in SOURCES) > 100
