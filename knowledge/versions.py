"""Who changed what: git where the folder is in git, else kept copies under `.history/`. Nothing that a tool overwrites is lost.

A kept copy is `.history/<path of the leaflet>/<number>-<time>-<who>.md`; the numbers only grow."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from knowledge.packed import Unreadable, read_bytes

HISTORY = ".history"
GIT_SECONDS = 20
_KEPT = re.compile(r"^(\d{4,})-(\d{8}T\d{6})-(.*)\.md$")


@dataclass(frozen=True)
class Version:
    """A former state of a file. `id` is the name of a kept copy, or a git commit; `note` is the commit's subject."""

    id: str
    when: dt.datetime
    who: str
    note: str = ""

    @property
    def kept(self) -> bool:
        return bool(_KEPT.match(self.id))


def replace_file(path: Path, text: str) -> None:
    """Writes the file so that a reader sees the old text or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def find(folder: Path, name: str) -> Path:
    """The file of the content folder that a clerk means by its path or its bare name. Raises Unreadable."""
    for path in (Path(name), folder / name):
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            return folder / path.resolve().relative_to(folder.resolve())
    wanted = Path(name).name.removesuffix(".md") + ".md"
    found = sorted(p for p in folder.rglob(wanted) if HISTORY not in p.parts)
    if len(found) == 1 and Path(name).name == name:
        return found[0]
    if found:
        raise Unreadable(f"“{name}”: có {len(found)} tệp tên này: {', '.join(str(p.relative_to(folder)) for p in found)}. Hãy ghi cả thư mục.")
    raise Unreadable(f"“{name}”: không có tệp này trong {folder}. Hãy ghi như procedures/ho-tich/dang-ky-khai-sinh.md.")


def history(folder: Path, path: Path) -> list[Version]:
    """All former states that are known, newest first; the state now is among them where it was kept or committed."""
    return sorted([*_kept(folder, path), *_commits(folder, path)], key=lambda v: (v.when, v.id), reverse=True)


def text_of(folder: Path, path: Path, version: Version) -> str:
    """What the file held in a version. Raises Unreadable."""
    if version.kept:
        return read_bytes(_place(folder, path) / version.id).decode("utf-8", "replace")
    return _git(folder, "show", f"{version.id}:./{path.relative_to(folder)}") or ""


def keep(folder: Path, path: Path, now: dt.datetime, who: str) -> Path | None:
    """A copy of the file under `.history/`, None where its text is already kept or is the last commit's."""
    if not path.is_file():
        return None
    raw, place = path.read_bytes(), _place(folder, path)
    kept = _kept(folder, path)
    if kept and (place / kept[-1].id).read_bytes() == raw:
        return None
    if _git(folder, "show", f"HEAD:./{path.relative_to(folder)}") == raw.decode("utf-8", "replace"):
        return None
    number = int(kept[-1].id.split("-")[0]) + 1 if kept else 1
    place.mkdir(parents=True, exist_ok=True)
    by = re.sub(r"[^\w.]+", "_", who) or "khong-ro"
    copy = place / f"{number:04}-{now:%Y%m%dT%H%M%S}-{by}.md"
    copy.write_bytes(raw)
    return copy


def snapshot(folder: Path, now: dt.datetime, who: str = "") -> list[Path]:
    """Keeps every leaflet that changed since it was last kept; nothing where the folder is in git. For the running bot after each good load."""
    if _git(folder, "rev-parse", "--is-inside-work-tree") is not None:
        return []
    files = (p for p in sorted(folder.rglob("*.md")) if HISTORY not in p.parts and not p.is_symlink())
    return [copy for path in files if (copy := keep(folder, path, now, who))]


def previous(folder: Path, path: Path) -> Version | None:
    """The newest version that says something else than the file now."""
    now = path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else ""
    return next((v for v in history(folder, path) if text_of(folder, path, v) != now), None)


def _place(folder: Path, path: Path) -> Path:
    return folder / HISTORY / path.relative_to(folder)


def _kept(folder: Path, path: Path) -> list[Version]:
    """Kept copies, oldest first."""
    place = _place(folder, path)
    names = sorted(p.name for p in place.iterdir() if _KEPT.match(p.name)) if place.is_dir() else []
    return [_version(name) for name in sorted(names, key=lambda n: int(n.split("-")[0]))]


def _version(name: str) -> Version:
    _, when, who = _KEPT.match(name).groups()  # type: ignore[union-attr] # only names that match get here
    return Version(name, dt.datetime.strptime(when, "%Y%m%dT%H%M%S"), who)


def _commits(folder: Path, path: Path) -> Iterable[Version]:
    log = _git(folder, "log", "--format=%h%x1f%cI%x1f%an%x1f%s", "--", f"./{path.relative_to(folder)}") or ""
    for line in log.splitlines():
        commit, when, who, subject = (*line.split("\x1f", 3), "", "", "")[:4]
        yield Version(commit, dt.datetime.fromisoformat(when).replace(tzinfo=None), who, subject)


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says; None where the folder is not in git, git is not there, or it refuses."""
    program = shutil.which("git")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 # a fixed program; the arguments are ours and the path begins with ./
            [program, "-C", str(folder), *arguments], capture_output=True, timeout=GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
