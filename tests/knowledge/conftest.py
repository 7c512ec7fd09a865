"""A small sound content folder of a test's own, to be broken at will."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

BROKEN = Path(__file__).resolve().parent.parent / "broken"
SOUND = BROKEN / "sound"
TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the sound folder: an office, two procedures, a general leaflet."""
    return Path(shutil.copytree(SOUND, tmp_path / "content"))


@pytest.fixture
def hall(content: Path) -> Path:
    """The leaflet about borrowing the hall, 9.000001."""
    return content / "procedures" / "mau" / "muon-hoi-truong.md"
