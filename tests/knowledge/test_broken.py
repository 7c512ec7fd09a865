"""Every rule of content has a file in tests/broken/ that breaks it and nothing else, with the message that staff get.

A broken file ends on comments: `<!-- line: message -->` for each problem, in order, and `<!-- hôm nay: … -->` where the day matters."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import knowledge
from knowledge.checks import CHECKS
from knowledge.loader import ContentError, load
from knowledge.model import Problem
from tests.knowledge.conftest import BROKEN, SOUND, TODAY

PLACES = {
    "procedures": "procedures/sai/{}.md",
    "general": "general/{}.md",
    "office": "office.md",
    "offices": "offices/{}.md",
    "calendar": "calendar.md",
    "words": "words.md",
    "notices": "notices.md",
    "lexicon": "lexicon/thu-tu.md",
}
FILES = sorted(path for kind in PLACES for path in (BROKEN / kind).glob("*.md"))


def expected(path: Path) -> list[str]:
    """The problems that a broken file announces, as `line: message`."""
    return re.findall(r"^<!-- (\d+: .+) -->$", path.read_text(encoding="utf-8"), re.M)


def day(path: Path) -> dt.date:
    found = re.search(r"^<!-- hôm nay: (\S+) -->$", path.read_text(encoding="utf-8"), re.M)
    return dt.datetime.strptime(found.group(1), "%d/%m/%Y").date() if found else TODAY


def problems(folder: Path, today: dt.date) -> tuple[Problem, ...]:
    try:
        return load(folder, today).warnings
    except ContentError as error:
        return tuple(error.problems)


def test_the_sound_folder_has_no_problem() -> None:
    """What the broken files are put into is right in itself."""
    assert problems(SOUND, TODAY) == ()


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_broken_file_gives_its_messages_and_no_other(path: Path, content: Path) -> None:
    """Each problem is told at its line, in its words, and nothing else is found in the folder."""
    place = content / PLACES[path.parent.name].format(path.stem)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(path.read_bytes())
    assert expected(path)
    assert [str(p) for p in problems(content, day(path))] == [f"{place}:{line}" for line in expected(path)]


def complaints(module: str) -> Iterator[tuple[str, str]]:
    """The function and the message, with holes for what varies, of every complaint in the source of a module."""
    source = (Path(knowledge.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and (message := _message(call)) is not None:
                    for text in _texts(message, function):
                        yield function.name, text


def _message(call: ast.Call) -> ast.expr | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    place = {"complain": 1, "Problem": 2}.get(name)
    return call.args[place] if place is not None else None


def _texts(message: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    """The literal parts of a message joined by `.*`; a message held in a variable is looked up in its function."""
    if isinstance(message, ast.Name):
        for assignment in ast.walk(function):
            if isinstance(assignment, ast.Assign) and isinstance(assignment.targets[0], ast.Name) and assignment.targets[0].id == message.id:
                yield from _texts(assignment.value, function)
    elif isinstance(message, ast.Constant):
        yield re.escape(message.value)
    elif isinstance(message, ast.JoinedStr):
        yield "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in message.values)


RULES = [(module, function, text) for module in ("leaflet", "procedure", "office", "checks") for function, text in complaints(module)]
TOLD = [line.partition(": ")[2].removeprefix("cảnh báo: ") for path in FILES for line in expected(path)]


def test_the_complaints_of_the_source_are_found() -> None:
    """The list of rules is not empty for want of finding: every check is in it, and every message says something of its own."""
    assert {check.__name__ for check in CHECKS} <= {function for module, function, _ in RULES if module == "checks"}
    assert all(len(re.sub(r"\.\*|\\", "", text)) >= 10 for _, _, text in RULES)
    assert {function for _, function, _ in RULES} >= {"read", "read_procedure", "read_general", "read_office", "read_words"}


@pytest.mark.parametrize(("module", "function", "text"), RULES, ids=lambda part: part[:40])
def test_every_complaint_has_a_file_that_breaks_it(module: str, function: str, text: str) -> None:
    """No rule without the proof that it can fail."""
    assert any(re.fullmatch(text, told) for told in TOLD), f"{module}.{function} needs a file in tests/broken/ for: {text}"
