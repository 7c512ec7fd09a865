"""Changing the content folder as a whole: rehearsed on a copy, old texts kept, then every file or none.

Nothing is published that breaks a golden question."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from knowledge import golden
from knowledge.loader import ContentError, load
from knowledge.model import Knowledge, Problem
from knowledge.understand import Understanding
from knowledge.versions import HISTORY, keep, replace_file


def publish(folder: Path, texts: Mapping[Path, str], now: dt.datetime, who: str) -> list[Problem]:
    """Writes all the texts, or none where the folder could then not be served or a golden question would break: those problems are returned."""
    if problems := rehearse(folder, texts, now.date()):
        return problems
    for path in texts:
        keep(folder, path, now, who)
    for path, text in texts.items():
        replace_file(path, text)
    return []


def rehearse(folder: Path, texts: Mapping[Path, str], today: dt.date) -> list[Problem]:
    """What would keep the folder with these texts in it from being published, found on a copy."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "content"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(HISTORY, "drafts", ".*.tmp"), symlinks=True)
        for path, text in texts.items():
            place = copy / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        try:
            after = load(copy, today)
        except ContentError as error:
            found = [p for p in error.problems if p.fatal]
        else:
            found = _broken(after, _in_force(folder, today), today)
        return [Problem(_back(p.path, copy, folder), p.line, p.message) for p in found]


def _in_force(folder: Path, today: dt.date) -> Knowledge | None:
    try:
        return load(folder, today)
    except ContentError:
        return None


def _broken(after: Knowledge, before: Knowledge | None, today: dt.date) -> list[Problem]:
    """The golden questions that the change breaks; those that did not hold before either are another's matter."""
    ask = golden.asking(Understanding(before, today)) if before else None
    return list(golden.broken(after, golden.asking(Understanding(after, today)), ask))


def _back(path: Path, copy: Path, folder: Path) -> Path:
    return folder / path.relative_to(copy) if path.is_relative_to(copy) else path
