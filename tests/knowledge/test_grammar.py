"""The one grammar of leaflets, and its tolerance to what Word and clerks do to text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.leaflet import Sheet, nearest, read
from knowledge.model import Line
from knowledge.procedure import PROCEDURE_SECTIONS, read_procedure
from tests.knowledge.conftest import SOUND

LEAFLET = (SOUND / "procedures" / "mau" / "muon-hoi-truong.md").read_text(encoding="utf-8")
PATH = Path("thu.md")


def sheet(text: str) -> Sheet:
    return read(PATH, text, keys=("Mã thủ tục", "Nguồn"), sections=("Kết quả", "Hòa giải", "Lưu ý"))


def items(text: str) -> list[str]:
    """The items of a section «Kết quả» with this text."""
    return [line.text for line in sheet(f"# Thử\n\n## Kết quả\n{text}").lines("Kết quả")]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "\ufeff" + t,
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("\n", "\r"),
        lambda t: unicodedata.normalize("NFD", t),
        lambda t: t.replace(" ", "\u00a0"),
        lambda t: t.replace("\n- ", "\n• "),
        lambda t: t.replace("\n- ", "\n•\t"),
        lambda t: t.replace("\n- ", "\n– "),
        lambda t: t.replace("\n- ", "\n* "),
        lambda t: t.replace("\n- ", "\n\uf0b7 "),
        lambda t: t.replace("\n- ", "\no   "),
        lambda t: t.replace("\n- ", "\n   - "),
        lambda t: t.replace("\n", "  \n"),
        lambda t: t.replace("\n", "\n\n"),
        lambda t: t.replace("Mã thủ tục:", "**Mã thủ tục:**").replace("Nguồn:", "**Nguồn**:"),
        lambda t: t.replace("Mã thủ tục:", "- Mã thủ tục :").replace("Nguồn:", "nguồn:"),
        lambda t: t.replace("## ", "##").replace("### ", "###"),
        lambda t: t.replace("## Kết quả", "## **Kết quả:**").replace("## Lưu ý", "## LƯU Ý ##"),
        lambda t: t.replace("## Các bước", "## 5. Các bước").replace("## Kết quả", "## IV. Kết quả"),
        lambda t: t.replace("→", "->").replace("thủ tục", "thủ\u00a0\u00a0tục"),
        lambda t: t.replace("## Lưu ý", "---\n\n## Lưu ý").replace("- Nhớ", "- \n- Nhớ"),
        lambda t: t.replace("## Lưu ý", "<!-- xem lại -->\n<!-- nhiều\ndòng\n-->\n## Lưu ý"),
        lambda t: t.replace("hòa", "hoà").replace("Hòa", "Hoà").replace("ủy", "uỷ").replace("Ủy", "Uỷ"),
    ],
    ids=lambda _: "",
)
def test_what_word_does_to_a_leaflet_changes_nothing(change: Callable[[str], str]) -> None:
    """The record is the same and there is no complaint, whatever the editor made of the text."""
    changed = change(LEAFLET)
    assert changed != LEAFLET
    procedure, read_sheet = read_procedure(PATH, changed)
    assert read_sheet.problems == []
    assert _without_lines(procedure) == _without_lines(read_procedure(PATH, LEAFLET)[0])


def _without_lines(record: object) -> str:
    """A record as text, without the numbers of lines."""
    return re.sub(r"(number|line)=\d+", "", repr(record))


@pytest.mark.parametrize("text", ["- một\n- hai", "• một\n• hai", "* một\n+ hai", "1. một\n2) hai", "-một\n-hai", "‣ một\n\uf0a7 hai", "một\n\nhai"])
def test_items_are_told_apart(text: str) -> None:
    """Bullets of every kind, numbers, and paragraphs make items."""
    assert items(text) == ["một", "hai"]


def test_a_line_under_an_item_goes_on_with_it() -> None:
    """A wrapped item is one item, at the line where it begins."""
    made = sheet("# Thử\n\n## Kết quả\n- Giấy\nkhai sinh\n- Trích lục\n")
    assert made.lines("Kết quả") == (Line("Giấy khai sinh", number=4), Line("Trích lục", number=6))


def test_negative_numbers_are_no_bullets() -> None:
    """A dash before a figure is a sign."""
    assert items("Từ 10\n-5 độ") == ["Từ 10 -5 độ"]


def test_a_case_holds_until_the_next_heading() -> None:
    """Items stand under the heading over them, and a new section begins without a case."""
    made = sheet("# Thử\n## Kết quả\n- một\n### Nếu mưa\n- hai\n## Lưu ý\n- ba\n")
    assert made.lines("Kết quả") == (Line("một", "", 3), Line("hai", "Nếu mưa", 5))
    assert made.lines("Lưu ý") == (Line("ba", "", 7),)


def test_names_are_proper_and_values_kept() -> None:
    """A key is held under its proper name, its value as written, without the marks of bold type."""
    made = sheet("# Thử\n**ma thu tuc** : 1.001193\n- NGUỒN: Cổng: “dichvucong”\n")
    assert made.keys == {"Mã thủ tục": "1.001193", "Nguồn": 'Cổng: "dichvucong"'}
    assert (made.line_of("Mã thủ tục"), made.line_of("Nguồn"), made.line_of("Lưu ý")) == (2, 3, 1)


def test_places_tell_the_line_of_everything() -> None:
    """Keys, sections and the items of the sections asked for are found by name."""
    made = sheet("# Thử\nNguồn: x\n## Lưu ý\n- một\n## Kết quả\n- hai\n")
    assert dict(made.places("Lưu ý")) == {"Nguồn": 2, "Lưu ý": 3, "một": 4, "Kết quả": 5}


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("Giấy tờ cần nộp", "Giấy tờ phải nộp"),
        ("Lệ phí", "Phí, lệ phí"),
        ("cac buoc", "Các bước"),
        ("Thời gan giải quyết", "Thời gian giải quyết"),
        ("Lệ phi", "Phí, lệ phí"),
        ("Thời tiết", ""),
        ("", ""),
    ],
)
def test_the_nearest_right_word_is_named(word: str, near: str) -> None:
    """A slip is answered with what was most likely meant, nonsense with nothing."""
    assert nearest(word, PROCEDURE_SECTIONS) == near


@given(text=st.text(st.sampled_from("#-*•:<>!→ \n\tabcđủhoà0123456789.\u00a0“”()")))
def test_reading_never_fails(text: str) -> None:
    """Whatever is written, a sheet comes of it, and each complaint points at a line that exists."""
    procedure, made = read_procedure(PATH, text)
    assert procedure is None or procedure.code
    assert all(1 <= problem.line <= text.count("\n") + 1 for problem in made.problems)
    assert made.problems
