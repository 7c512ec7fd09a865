"""A record written as a leaflet, and read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.leaflet import read
from knowledge.loader import CONTENT
from knowledge.model import Golden, Line, Link, Narrowing, Option, Paper, Procedure, Rate, Related, Way
from knowledge.office import OFFICE_KEYS, OFFICE_SECTIONS
from knowledge.procedure import read_procedure
from knowledge.writer import comment, with_key, with_section, write, written_day

SHIPPED = sorted((CONTENT / "procedures").rglob("*.md"))


def read_back(procedure: Procedure) -> Procedure:
    """What is read from what is written, line numbers apart; without a complaint."""
    made, sheet = read_procedure(procedure.path, write(procedure))
    assert sheet.problems == []
    assert made is not None
    return made


def bare(procedure: Procedure) -> Procedure:
    """The record without the places of its lines."""
    texts = ("not_needed", "forms", "who", "steps", "result", "conditions", "legal_basis", "notes")
    lines: dict[str, Any] = {name: tuple(replace(line, number=0) for line in getattr(procedure, name)) for name in texts}
    return replace(procedure, goldens=tuple(replace(g, line=0) for g in procedure.goldens), **lines)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_a_shipped_leaflet_survives_the_round_trip(path: Path) -> None:
    """Reading what was written of a shipped leaflet gives the same record."""
    made, _ = read_procedure(path, path.read_text(encoding="utf-8"))
    assert made is not None
    assert bare(read_back(made)) == bare(made)


SYLLABLES = st.sampled_from(["đơn", "giấy", "tờ khai", "rồng", "xã", "phường", "15", "của bà", "ông", "sau", "trước", "2026", "lần đầu", "Nghị định"])
WORDS = st.lists(SYLLABLES, min_size=1, max_size=9).map(" ".join)
CASES = st.sampled_from(("", "Rồng nước", "Rồng bị lạc, chưa có chủ", "Nộp lần thứ 2"))


def by_case(items: Sequence[Any]) -> tuple[Any, ...]:
    """Items as a leaflet can hold them: without a case first, then case by case."""
    return tuple(sorted(items, key=lambda item: item.case))


LINES = st.lists(st.builds(Line, WORDS, CASES), min_size=1, max_size=5).map(by_case)
COUNTS = st.none() | st.integers(0, 9)
PAPERS = st.lists(st.builds(Paper, WORDS, CASES, COUNTS, COUNTS, st.sampled_from(("", "Mẫu số 01", "CT01"))), min_size=1, max_size=6).map(by_case)
RATES = st.lists(st.builds(Rate, st.sampled_from(Way), WORDS, CASES), min_size=1, max_size=6).map(by_case)
DAYS = st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 1, 1))
CODES = st.from_regex(r"[1-9]\.[0-9]{6}", fullmatch=True)
OPTIONS = st.builds(Option, WORDS, st.sampled_from(((), ("Rồng nước",), ("Rồng nước", "Nộp lần thứ 2"))))
NARROWINGS = st.lists(st.builds(Narrowing, WORDS, st.lists(OPTIONS, min_size=1, max_size=3).map(tuple)), max_size=2, unique_by=lambda n: n.question)
GOLDENS = st.lists(
    st.builds(Golden, WORDS, st.sampled_from(("answer", "choose", "unknown", "other")), st.lists(CODES, max_size=2).map(tuple)), max_size=2
)
PROCEDURES = st.builds(
    Procedure,
    path=st.just(Path("rong.md")),
    code=CODES,
    name=WORDS,
    field=WORDS,
    official_name=st.just("") | WORDS,
    former_codes=st.lists(CODES, max_size=2).map(tuple),
    agency=WORDS,
    where=WORDS,
    online=st.sampled_from(("Có", "Không", "Chưa công bố")),
    cutoff=st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    source=WORDS,
    valid_from=DAYS,
    valid_until=DAYS,
    checked=st.dates(dt.date(2000, 1, 1), dt.date(2099, 1, 1)),
    draft=st.booleans(),
    summary=WORDS,
    papers=PAPERS.map(lambda papers: by_case((*papers, Paper("Ảnh", "Rồng nước"), Paper("Ảnh", "Nộp lần thứ 2")))),
    fees=RATES,
    times=RATES,
    steps=LINES,
    result=LINES,
    legal_basis=LINES,
    notes=LINES,
    other_names=st.lists(WORDS, max_size=3).map(tuple),
    related=st.lists(st.builds(Related, st.sampled_from(Link), CODES, WORDS), max_size=3).map(tuple),
    narrowings=NARROWINGS.map(tuple),
    goldens=GOLDENS.map(tuple),
)


@given(PROCEDURES)
def test_any_record_survives_the_round_trip(procedure: Procedure) -> None:
    """Reading what was written gives the same record, whatever it holds."""
    made, sheet = read_procedure(procedure.path, write(procedure))
    assert [p for p in sheet.problems if p.fatal and "hai lần" not in p.message] == []
    assert made is not None
    assert bare(made) == bare(procedure)


def test_writing_twice_changes_nothing(hall: Path) -> None:
    """What is written is the same after being read and written again."""
    made, _ = read_procedure(hall, hall.read_text(encoding="utf-8"))
    assert made is not None
    assert write(read_back(made)) == write(made)


def test_a_summary_that_looks_like_a_list_stays_a_summary(hall: Path) -> None:
    """A summary that begins as a numbered item is written so that nothing of it is lost."""
    made, _ = read_procedure(hall, hall.read_text(encoding="utf-8"))
    assert made is not None
    assert read_back(replace(made, summary="3. tháng 9 là ngày hội")).summary == "3. tháng 9 là ngày hội"


def test_remarks_are_comments() -> None:
    """What is remarked to colleagues stands in one line that the bot passes over."""
    assert comment("Hãy xem lại\nmức phí --> nhé") == "<!-- Hãy xem lại mức phí → nhé -->"


def test_a_day_is_written_as_people_write_it() -> None:
    """05/09/2026, and nothing where there is no day."""
    assert (written_day(dt.date(2026, 9, 5)), written_day(None)) == ("05/09/2026", "")


def test_another_section_leaves_the_rest_as_it_was(hall: Path) -> None:
    """A new fee changes the lines of that section only; comments in it stay."""
    text = hall.read_text(encoding="utf-8").replace("- Trực tiếp: 50.000 đồng", "<!-- hỏi kế toán -->\n- Trực tiếp: 50.000 đồng")
    changed = with_section(text, "Phí, lệ phí", "- Trực tiếp: 70.000 đồng")
    assert changed == text.replace("50.000 đồng", "70.000 đồng")


def test_a_section_that_was_not_there_comes_last(hall: Path) -> None:
    """A missing section is added at the end."""
    assert with_section(hall.read_text(encoding="utf-8"), "Điều kiện", "- Trên 18 tuổi").endswith("→ trả lời\n\n## Điều kiện\n- Trên 18 tuổi\n")


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("Kiểm tra ngày", "06/10/2026", "Kiểm tra ngày: 05/10/2026\n", "Kiểm tra ngày: 06/10/2026\n"),
        ("Tên ngắn", "", "Tên ngắn: Mượn hội trường\n", ""),
        ("Hiệu lực đến", "31/12/2027", "Kiểm tra ngày: 05/10/2026\n", "Kiểm tra ngày: 05/10/2026\nHiệu lực đến: 31/12/2027\n"),
    ],
    ids=["another value", "taken out", "added below the others"],
)
def test_a_key_is_changed_in_its_place(hall: Path, key: str, value: str, old: str, new: str) -> None:
    """One line changes, no other."""
    text = hall.read_text(encoding="utf-8")
    assert with_key(text, key, value) == text.replace(old, new)


def test_a_key_of_the_office_is_changed_in_its_place(content: Path) -> None:
    """The office has keys of its own."""
    path = content / "office.md"
    text = path.read_text(encoding="utf-8")
    sheet = read(path, text, keys=OFFICE_KEYS, sections=OFFICE_SECTIONS)
    assert with_key(text, "Điện thoại", "0200 111 1111", sheet) == text.replace("0200 000 0000", "0200 111 1111")
