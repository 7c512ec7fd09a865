"""Imports go one way: knowledge → nothing of ours; bot → knowledge; handlers → the parts of bot that dialogues need, and knowledge."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("bot", "handlers", "knowledge", "tests")
MAY = {
    "knowledge": ("knowledge",),
    "bot": ("bot", "knowledge"),
    "handlers": (
        "handlers",
        "knowledge",
        *(f"bot.{name}" for name in ("chat", "turn", "store", "dossiers", "petitions", "photos", "reports", "staff", "texts")),
    ),
}
ASSEMBLY = {"bot/app.py", "bot/preview.py", "bot/trial.py"}  # these may import the dialogues too
FILES = sorted(path.relative_to(ROOT).as_posix() for package in MAY for path in (ROOT / package).rglob("*.py"))


def imported(source: str, file: str) -> Iterator[tuple[int, str]]:
    """Line and name of every module of ours that a source imports, wherever it stands; `from a import b` may mean a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = [*file.split("/")[: -node.level], *filter(None, [node.module])] if node.level else [node.module or ""]
            names = [".".join(parts)] if len(parts[0].split(".")) > 1 or len(parts) > 1 else [f"{parts[0]}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] in OURS)


def wrong(source: str, file: str) -> list[str]:
    """The imports that go a wrong way, with their place."""
    allowed = (*MAY[file.split("/", maxsplit=1)[0]], *(("handlers",) if file in ASSEMBLY else ()))
    return [
        f"{file}:{line}: {name}" for line, name in imported(source, file) if not any(name == own or name.startswith(f"{own}.") for own in allowed)
    ]


@pytest.mark.parametrize("file", FILES)
def test_imports_go_one_way(file: str) -> None:
    """No module imports what stands above it."""
    assert wrong((ROOT / file).read_text(encoding="utf-8"), file) == []


def test_every_package_is_looked_at() -> None:
    """The list above is not empty for any of the three."""
    assert {file.split("/")[0] for file in FILES} == set(MAY)
    assert set(FILES) > ASSEMBLY


@pytest.mark.parametrize(
    ("file", "source", "found"),
    [
        ("knowledge/x.py", "import bot", ["knowledge/x.py:1: bot"]),
        ("knowledge/x.py", "from bot.texts import n_", ["knowledge/x.py:1: bot.texts"]),
        ("knowledge/x.py", "from bot import texts", ["knowledge/x.py:1: bot.texts"]),
        ("knowledge/x.py", "import os\nimport handlers.show as show", ["knowledge/x.py:2: handlers.show"]),
        ("knowledge/x.py", "def f():\n    from handlers import show", ["knowledge/x.py:2: handlers.show"]),
        ("knowledge/x.py", "if TYPE_CHECKING:\n    from bot.chat import Say", ["knowledge/x.py:2: bot.chat"]),
        ("knowledge/understand/x.py", "from ...bot import chat", ["knowledge/understand/x.py:1: bot.chat"]),
        ("knowledge/x.py", "from tests.conftest import NOW", ["knowledge/x.py:1: tests.conftest"]),
        ("bot/dispatch.py", "import handlers", ["bot/dispatch.py:1: handlers"]),
        ("bot/store/road.py", "from handlers.show import source", ["bot/store/road.py:1: handlers.show"]),
        ("handlers/x.py", "from bot.channels.web import Web", ["handlers/x.py:1: bot.channels.web"]),
        ("handlers/x.py", "from bot import app, chat", ["handlers/x.py:1: bot.app"]),
        ("handlers/x.py", "from bot.chatter import Say", ["handlers/x.py:1: bot.chatter"]),
        (
            "handlers/x.py",
            "from bot.settings import ZONE; from bot.sender import Sender",
            ["handlers/x.py:1: bot.settings", "handlers/x.py:1: bot.sender"],
        ),
    ],
)
def test_a_wrong_import_is_caught(file: str, source: str, found: list[str]) -> None:
    """Whatever its form and wherever it stands."""
    assert wrong(source, file) == found


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("knowledge/x.py", "import re\nfrom knowledge.words import fold\nfrom . import model\nimport botany"),
        ("knowledge/understand/x.py", "from ..words import fold\nfrom .meaning import Topic"),
        ("bot/x.py", "from bot.chat import Say\nfrom knowledge.model import Office"),
        ("bot/app.py", "import handlers"),
        ("bot/trial.py", "from handlers import route"),
        ("handlers/x.py", "from bot.chat import Say\nfrom bot.store import voices\nfrom bot.dossiers.codes import find\nfrom handlers import show"),
    ],
)
def test_a_right_import_is_left_alone(file: str, source: str) -> None:
    """The checker does not cry wolf."""
    assert wrong(source, file) == []
