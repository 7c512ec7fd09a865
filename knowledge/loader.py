"""The content folder → the whole Knowledge, or every problem at once; never half of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from knowledge.checks import CHECKS
from knowledge.leaflet import Sheet
from knowledge.model import General, Knowledge, Office, Problem, Procedure
from knowledge.office import read_calendar, read_notices, read_office, read_words
from knowledge.procedure import read_general, read_procedure

CONTENT = Path(__file__).with_name("content")
MAX_BYTES = 512_000


class ContentError(Exception):
    """The content cannot be served. `problems` lists all of them, warnings included."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


def load(folder: Path = CONTENT, today: dt.date | None = None) -> Knowledge:
    """Everything in the folder. `today` is the day that validity is judged on; without it the machine's.

    Raises ContentError with every problem of every file where any is fatal."""
    problems: list[Problem] = []
    if not folder.is_dir():
        raise ContentError([Problem(folder, 1, "không có thư mục nội dung này. Hãy sửa MOTCUA_CONTENT hoặc tạo thư mục.")])
    digest = hashlib.sha256()
    reading = _Reading(folder, problems, digest.update)
    procedures = [p for path in sorted((folder / "procedures").rglob("*.md")) if (p := reading.file(path, read_procedure))]
    generals = [g for path in sorted((folder / "general").rglob("*.md")) if (g := reading.file(path, read_general))]
    office = reading.file(folder / "office.md", read_office, required=True)
    knowledge = Knowledge(
        procedures=tuple(p for p in procedures if not p.draft),
        drafts=tuple(p for p in procedures if p.draft),
        generals=tuple(generals),
        office=office or Office(folder / "office.md", "", "", "", (), ()),
        calendar=reading.file(folder / "calendar.md", read_calendar) or (),
        notices=reading.file(folder / "notices.md", read_notices) or (),
        words=reading.file(folder / "words.md", read_words) or (),
        version=digest.hexdigest()[:12],
    )
    for check in CHECKS:
        problems.extend(check(knowledge, today or dt.date.today()))
    problems.sort(key=lambda p: (str(p.path), p.line))
    if not knowledge.procedures and not problems:
        problems.append(Problem(folder, 1, "không có tờ hướng dẫn nào trong thư mục procedures/."))
    if any(p.fatal for p in problems):
        raise ContentError(problems)
    return Knowledge(**{**knowledge.__dict__, "warnings": tuple(problems)})


class _Reading:
    """Reads files one by one and gathers what is wrong with each."""

    def __init__(self, folder: Path, problems: list[Problem], seen: Callable[[bytes], None]) -> None:
        self.folder, self.problems, self.seen = folder.resolve(), problems, seen

    def file(self, path: Path, reader: Callable[[Path, str], tuple[Any, Sheet]], *, required: bool = False) -> Any:
        """What the reader makes of the file, None where the file is absent or cannot be read."""
        if not path.exists() and not path.is_symlink():
            if required:
                self._refuse(path, "thiếu tệp này.")
            return None
        text = self._text(path)
        if text is None:
            return None
        record, sheet = reader(path, text)
        self.problems.extend(sheet.problems)
        return record

    def _text(self, path: Path) -> str | None:
        try:
            if not path.resolve().is_relative_to(self.folder):
                self._refuse(path, "đường dẫn trỏ ra ngoài thư mục nội dung. Hãy chép tệp vào đây.")
                return None
            if path.stat().st_size > MAX_BYTES:
                self._refuse(path, f"tệp quá lớn ({path.stat().st_size:,} byte; nhiều nhất {MAX_BYTES:,}).")
                return None
            raw = path.read_bytes()
        except OSError as error:
            self._refuse(path, f"không đọc được tệp: {error.strerror}.")
            return None
        self.seen(path.name.encode() + b"\0" + raw)
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            self._refuse(path, "tệp không phải UTF-8. Trong Word hoặc Notepad hãy lưu lại với mã hóa UTF-8.", line)
            return None

    def _refuse(self, path: Path, message: str, line: int = 1) -> None:
        self.problems.append(Problem(path, line, message))


__all__ = ["CONTENT", "ContentError", "General", "Procedure", "load"]
