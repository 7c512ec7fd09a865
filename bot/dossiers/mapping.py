"""The mapping file of an office: its own headings and status labels, brought to ours. A TOML file with [headings] and [statuses]."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.dossiers.statuses import STATUSES, Status, status_of
from knowledge.leaflet import nearest
from knowledge.words import fold

HEADINGS = {
    "code": ("code", "ma ho so", "so ho so", "ma so ho so"),
    "procedure_name": ("procedurename", "ten thu tuc", "thu tuc", "thu tuc hanh chinh", "ten thu tuc hanh chinh"),
    "procedure_code": ("procedurecode", "ma thu tuc", "ma tthc"),
    "field": ("sectorname", "linh vuc", "ten linh vuc"),
    "status": ("dossierstatusname", "trang thai", "trang thai ho so", "tinh trang"),
    "reason": ("reason", "ly do", "ghi chu"),
    "received": ("accepteddate", "ngay tiep nhan", "ngay nhan", "thoi gian tiep nhan"),
    "due": ("appointmentdate", "ngay hen tra", "ngay hen", "han tra", "thoi gian hen tra"),
    "completed": ("completeddate", "ngay hoan thanh", "ngay tra", "ngay ket thuc", "ngay tra ket qua"),
    "method": ("applymethod", "hinh thuc nop", "hinh thuc", "kenh nop"),
    "late": ("overduebyuser", "tre han", "qua han"),
    "name": ("applicantname", "nguoi nop", "ho ten", "chu ho so", "ten nguoi nop"),
    "phone": ("phone", "phonenumber", "dien thoai", "so dien thoai", "sdt"),
    "identity": ("identitynumber", "cccd", "so cccd", "so dinh danh", "so can cuoc", "cmnd"),
    "receipt": ("receipt", "receiptnumber", "so bien nhan", "bien nhan", "so giay hen", "so tiep nhan", "so ho so giay"),
    "amount": ("amount", "so tien", "so tien phai nop", "so tien can nop", "phi phai nop"),
    "extended": ("extendeddate", "ngay hen lai", "ngay hen tra moi", "gia han den", "gia han den ngay", "hen lai ngay"),
    "apology": ("apology", "ly do tre", "ly do tre hen", "ly do hen lai", "ly do gia han", "ly do xin loi"),
    "as_of": ("as_of", "asof", "updatedat", "updateddate", "cap nhat luc", "ngay cap nhat", "thoi diem cap nhat", "so lieu luc"),
}
KNOWN = {alias: name for name, aliases in HEADINGS.items() for alias in aliases}


class MappingError(Exception):
    """A mapping file that cannot be used; the text says which line's key, what it holds and what is expected."""


@dataclass(frozen=True)
class Mapping:
    """An office's own words: folded heading → our column, folded status label → status. Both win over the words that we know."""

    headings: AnyMapping[str, str] = field(default_factory=dict)
    statuses: AnyMapping[str, Status] = field(default_factory=dict)
    written: bytes = b""

    def column(self, heading: str) -> str:
        """Our name of a column, "" for one that is of no use to us."""
        said = fold(heading)
        return self.headings.get(said) or KNOWN.get(said, "")

    def status(self, label: str) -> Status | None:
        """The status that a label means, None where nobody knows it."""
        return (self.statuses.get(fold(label)) if self.statuses else None) or status_of(label)


def load_mapping(path: Path) -> Mapping:
    """Reads a mapping file. Raises MappingError."""
    try:
        written = path.read_bytes()
        rows = tomllib.loads(written.decode())
    except OSError as error:
        raise MappingError(f"{path.name}: không có tệp này, hoặc không được phép đọc.") from error
    except ValueError as error:
        raise MappingError(f'{path.name}: không phải TOML ({error}). Hãy viết các dòng như "Số biên nhận" = "Mã hồ sơ".') from error
    for section in rows:
        if section not in {"headings", "statuses"}:
            raise MappingError(f"{path.name}: không có mục [{section}]. Chỉ có [headings] và [statuses].")
    headings = {fold(own): _column(path, own, str(ours)) for own, ours in rows.get("headings", {}).items()}
    statuses = {fold(own): _status(path, own, str(ours)) for own, ours in rows.get("statuses", {}).items()}
    return Mapping(headings, statuses, written)


def _column(path: Path, own: str, ours: str) -> str:
    if name := ours if ours in HEADINGS else KNOWN.get(fold(ours)):
        return name
    near = nearest(fold(ours), list(KNOWN))
    hint = f" Ý bạn là “{near}”?" if near else ""
    raise MappingError(f"{path.name}: [headings] “{own}” = “{ours}”: không có cột này.{hint} Các cột: {', '.join(HEADINGS)}.")


def _status(path: Path, own: str, ours: str) -> Status:
    if status := status_of(ours):
        return status
    labels = ", ".join(f"{s.number} {s.label}" for s in STATUSES.values())
    raise MappingError(f"{path.name}: [statuses] “{own}” = “{ours}”: không có trạng thái này. Hãy dùng số hoặc tên: {labels}.")
