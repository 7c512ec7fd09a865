"""XLSX and DOCX are ZIP archives: what every reader of one checks before it unpacks anything."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import Path

MAX_PACKED = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, EOFError, OSError)


class Unreadable(Exception):
    """A file that cannot be used as a whole; the text says which, what is wrong with it and what is expected."""


def read_bytes(path: Path, most: int = MAX_PACKED) -> bytes:
    """The file's bytes. Raises Unreadable where it is absent, too large or not to be read."""
    try:
        size = path.stat().st_size
        if size > most:
            raise Unreadable(f"{path.name}: tệp quá lớn ({size:,} byte; nhiều nhất {most:,}). Hãy chia nhỏ rồi nhập từng phần.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name}: không đọc được tệp ({error.strerror}). Hãy xem lại tên và thư mục.") from error


def open_packed(path: Path, kind: str) -> io.BytesIO:
    """The archive, ready for its reader. Raises Unreadable where it is no sound archive or would unpack to over 200 MB.

    The sizes are those that the archive states; zipfile never unpacks more of a part than is stated. Every part is unpacked once,
    so that a damaged one is told of here and not from within a library."""
    raw = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            damaged = unpacked <= MAX_UNPACKED and archive.testzip() is not None
    except (*_DAMAGED, RuntimeError, NotImplementedError, OverflowError) as error:
        raise _damaged(path, kind) from error
    if unpacked > MAX_UNPACKED:
        raise Unreadable(f"{path.name}: tệp bung ra {unpacked // 2**20:,} MB, có thể là bom nén. Không mở tệp này.")
    if damaged:
        raise _damaged(path, kind)
    return io.BytesIO(raw)


def _damaged(path: Path, kind: str) -> Unreadable:
    return Unreadable(f"{path.name}: không phải tệp {kind}, hoặc tệp đã hỏng. Hãy mở bằng Word, Excel rồi lưu lại dạng {kind}.")
