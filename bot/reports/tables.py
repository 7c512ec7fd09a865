"""A table of a report: for the terminal, for CSV, for XLSX; no cell is a formula, whoever wrote it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from bot.export import safe_cell
from bot.settings import ZONE

Cell = str | int | Decimal | None


@dataclass(frozen=True)
class Table:
    """A title, headings, rows, and the notes without which the figures are not to be read."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


def shown(cell: Cell) -> str:
    """A figure as Vietnamese writes it: 91,67; nothing where there is none."""
    return "" if cell is None else str(cell).replace(".", ",") if isinstance(cell, Decimal) else str(cell)


def lines(tables: Sequence[Table]) -> list[str]:
    """The tables as text, columns aligned."""
    found: list[str] = []
    for table in tables:
        rows = [table.headings, *(tuple(map(shown, row)) for row in table.rows)]
        widths = [max(len(row[n]) if n < len(row) else 0 for row in rows) for n in range(len(table.headings))]
        found += [table.title, *("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows)]
        found += [*(f"  * {note}" for note in table.notes), ""]
    return found


def write_csv(path: Path, tables: Sequence[Table]) -> None:
    """One file, the tables under one another; it appears whole or not at all."""

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            for table in tables:
                rows = [(table.title,), table.headings, *table.rows, *((note,) for note in table.notes), ()]
                writer.writerows([[safe_cell(shown(cell), ZONE) for cell in row] for row in rows])

    _whole(path, write)


def write_xlsx(path: Path, tables: Sequence[Table]) -> None:
    """One sheet a table, figures as numbers; it appears whole or not at all."""
    book = Workbook()
    for name in book.sheetnames:
        del book[name]
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet(f"Bảng {number}")
        for row in ((table.title,), table.headings, *table.rows, *((note,) for note in table.notes)):
            sheet.append([cell if isinstance(cell, int | Decimal) else safe_cell(cell, ZONE) for cell in row])
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
        for row_number in (1, 2):
            for cell in sheet[row_number]:
                cell.font = Font(bold=True)
        for column in sheet.iter_cols(min_row=2, max_row=2 + len(table.rows)):
            sheet.column_dimensions[column[0].column_letter].width = min(60, 2 + max(len(str(cell.value or "")) for cell in column))
    _whole(path, book.save)


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    part = path.with_name(path.name + ".part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
