"""The national portal's published form of procedures, from the files that it offers: JSON, DOCX and the HTML detail page."""

from __future__ import annotations

from pathlib import Path

from knowledge.model import Problem
from knowledge.packed import Unreadable
from knowledge.portal.facts import read_json
from knowledge.portal.form import Published
from knowledge.portal.page import read_docx, read_html


def read_portal(path: Path) -> tuple[list[Published], list[Problem]]:
    """The procedures of a file and, for each entry that is none, why. Raises Unreadable where the file as a whole cannot be used."""
    match path.suffix.lower():
        case ".json" | ".jsonl":
            return read_json(path)
        case ".docx":
            return [read_docx(path)], []
        case ".html" | ".htm":
            return [read_html(path)], []
    raise Unreadable(f"{path.name}: không nhận loại tệp “{path.suffix}”. Cần tệp của Cổng Dịch vụ công: .json, .jsonl, .docx, .html.")


__all__ = ["Published", "Unreadable", "read_portal"]
