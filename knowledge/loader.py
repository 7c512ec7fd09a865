"""The content folder → the whole Knowledge, or every problem at once; never half of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from knowledge.checks import CHECKS
from knowledge.leaflet import Sheet
from knowledge.model import General, Knowledge, Office, Problem, Procedure
from knowledge.office import read_calendar, read_lexicon, read_notices, read_office, read_words
from knowledge.procedure import read_general, read_procedure
from knowledge.words import fold

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
    procedures = [p for path in reading.under("procedures") if (p := reading.file(path, read_procedure))]
    generals = [g for path in reading.under("general") if (g := reading.file(path, read_general))]
    for path in reading.under("lexicon"):
        reading.file(path, read_lexicon)
    office = reading.file(folder / "office.md", read_office, required=True)
    others = [o for path in reading.under("offices") if (o := reading.file(path, read_office))]
    knowledge = Knowledge(
        procedures=tuple(p for p in procedures if not p.draft),
        drafts=tuple(p for p in procedures if p.draft),
        generals=tuple(generals),
        office=office or Office(folder / "office.md", "", "", "", (), ()),
        calendar=reading.file(folder / "calendar.md", read_calendar) or (),
        notices=reading.file(folder / "notices.md", read_notices) or (),
        words=reading.file(folder / "words.md", read_words) or (),
        version=digest.hexdigest()[:12],
        others=tuple(others),
    )
    for check in CHECKS:
        problems.extend(check(knowledge, today or dt.date.today()))
    problems.sort(key=lambda p: (str(p.path), p.line))
    if not knowledge.procedures and not any(p.fatal for p in problems):
        problems.append(Problem(folder, 1, "không có tờ hướng dẫn nào trong thư mục procedures/."))
    if any(p.fatal for p in problems):
        raise ContentError(problems)
    return dataclasses.replace(knowledge, warnings=tuple(problems))


class _Reading:
    """Reads files one by one and gathers what is wrong with each."""

    def __init__(self, folder: Path, problems: list[Problem], seen: Callable[[bytes], None]) -> None:
        self.folder, self.problems, self.seen = folder, problems, seen

    def under(self, name: str) -> Iterator[Path]:
        """The .md files of a folder in order. Hidden files and Word's lock files (~$…) are passed over, other kinds of files told of."""
        for parent, folders, files in os.walk(self.folder / name):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            links = [f for f in folders if Path(parent, f).is_symlink()]
            for link in links:
                self._refuse(Path(parent, link), "là lối tắt đến thư mục khác nên không được đọc. Hãy chép thư mục vào đây.")
            for file in sorted(f for f in files if not f.startswith((".", "~"))):
                path = Path(parent, file)
                if file.endswith(".md"):
                    yield path
                else:
                    self._refuse(path, "tên tệp không có đuôi .md nên bot không đọc. Hãy đổi đuôi, hoặc chuyển tệp đi chỗ khác.", fatal=False)

    def file(self, path: Path, reader: Callable[[Path, str], tuple[Any, Sheet]], *, required: bool = False) -> Any:
        """What the reader makes of the file, None where the file is absent or cannot be read."""
        if not os.path.lexists(path):
            if required:
                self._refuse(path, "thiếu tệp này.")
            return None
        try:
            record, sheet = reader(path, self._text(path))
        except _Refused as refused:
            self._refuse(path, refused.message, refused.line)
            return None
        draft = fold(sheet.keys.get("Trạng thái", "")) == "nhap"  # a half-written draft must not hold up the leaflets in use
        self.problems.extend(dataclasses.replace(p, fatal=p.fatal and not draft) for p in sheet.problems)
        return record

    def _text(self, path: Path) -> str:
        if _printable(path) != path:
            raise _Refused("tên tệp có ký tự lạ. Hãy đặt tên không dấu, nối bằng gạch ngang.")
        raw = self._bytes(path)
        self.seen(os.fsencode(path.relative_to(self.folder)) + b"\0" + raw + b"\0")
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise _Refused("tệp không phải UTF-8. Trong Word hoặc Notepad hãy lưu lại với mã hóa UTF-8.", line) from error

    def _bytes(self, path: Path) -> bytes:
        try:
            if not path.resolve(strict=True).is_relative_to(self.folder.resolve()):
                raise _Refused("đường dẫn trỏ ra ngoài thư mục nội dung. Hãy chép tệp vào đây.")
            if not path.is_file():
                raise _Refused("không phải là tệp.")
            if path.stat().st_size > MAX_BYTES:
                raise _Refused(f"tệp quá lớn ({path.stat().st_size:,} byte; nhiều nhất {MAX_BYTES:,}).")
            return path.read_bytes()
        except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
            raise _Refused("không đọc được tệp: lối tắt hỏng, hoặc không có quyền đọc.") from error

    def _refuse(self, path: Path, message: str, line: int = 1, *, fatal: bool = True) -> None:
        self.problems.append(Problem(_printable(path), line, message, fatal))


class _Refused(Exception):
    """A file that cannot be read, with the message for staff."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def _printable(path: Path) -> Path:
    """The path with signs in place of bytes that are no UTF-8, so that the message can be printed."""
    return Path(os.fsencode(path).decode("utf-8", "replace"))


__all__ = ["CONTENT", "ContentError", "General", "Procedure", "load"]
