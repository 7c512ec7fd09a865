"""A saved HTML page as its paragraphs and tables, in order."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

Cells = tuple[str, ...]
Block = str | list[Cells]  # a paragraph, or a table as its rows


def blocks(html: str) -> list[Block]:
    """The blocks of a page; one that is cut off gives those that it has."""
    markup = _Markup()
    markup.feed(html)
    markup.close()
    return markup.blocks()


class _Markup(HTMLParser):
    """Gathers paragraphs and tables; scripts and styles are passed over, a table within a table is read as text."""

    BREAKS = frozenset({"p", "div", "br", "li", "ul", "ol", "dl", "dt", "dd", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "header", "main"})
    SKIPPED = frozenset(("script", "style", "noscript", "svg"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[Block] = []
        self._text: list[str] = []
        self._rows: list[list[str]] = []
        self._tables = self._skipping = 0

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag in self.SKIPPED:
            self._skipping += 1
        elif tag == "table":
            self._begin_table()
        elif self._tables == 1 and tag == "tr":
            self._rows.append([])
        elif self._tables == 1 and tag in {"td", "th"}:
            self._text = []
        elif tag in self.BREAKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag == "table":
            self._end_table()
        elif self._tables == 1 and tag in {"td", "th"}:
            self._rows = self._rows or [[]]
            self._rows[-1].append("".join(self._text).strip())
            self._text = []
        elif tag in self.BREAKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._text.append(re.sub(r"\s+", " ", data))

    def _break(self) -> None:
        if self._tables:
            self._text.append("\n")
        else:
            self._found.append("".join(self._text))
            self._text = []

    def _begin_table(self) -> None:
        if not self._tables:
            self._break()
            self._rows = []
        self._tables += 1

    def _end_table(self) -> None:
        self._tables = max(0, self._tables - 1)
        if not self._tables and self._rows:
            self._found.append([tuple(row) for row in self._rows if row])
            self._rows, self._text = [], []

    def blocks(self) -> list[Block]:
        """All blocks, what an unclosed table held included."""
        self._tables = min(self._tables, 1)
        self._end_table()
        self._break()
        return self._found
