"""The shipped content: complete, without a problem that keeps it from being served, and true to the guide for clerks."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from knowledge.loader import CONTENT, load
from knowledge.model import Kind, Knowledge
from knowledge.procedure import CODE, GENERAL_KEYS, GENERAL_SECTIONS, KIND_NAMES, PROCEDURE_KEYS, PROCEDURE_SECTIONS, read_procedure
from tests.knowledge.conftest import TODAY

GUIDE = (CONTENT / "README.md").read_text(encoding="utf-8")
REFERENCE = (CONTENT / "TRA-CUU.md").read_text(encoding="utf-8")
TIER_1 = Path(__file__).with_name("tier1.txt").read_text(encoding="utf-8").split()


@cache
def shipped() -> Knowledge:
    return load(CONTENT, TODAY)


def test_the_list_of_tier_1_is_a_list_of_codes() -> None:
    """230 national codes, each once."""
    assert len(TIER_1) == len(set(TIER_1)) == 230
    assert all(CODE.match(code) for code in TIER_1)


@pytest.mark.parametrize("code", TIER_1)
def test_every_procedure_of_tier_1_is_there(code: str) -> None:
    """A leaflet holds the code, or the code that has replaced it."""
    assert shipped().procedure(code) is not None


def test_there_are_leaflets_for_what_lies_beyond_procedures() -> None:
    """At least sixty general questions, of every kind."""
    assert len(shipped().generals) >= 60
    assert {general.kind for general in shipped().generals} == set(Kind)


def test_enough_procedures_ask_for_ones_own_case() -> None:
    """At least twenty-five leaflets narrow the papers by questions, each with a choice."""
    asking = [p for p in shipped().procedures if p.narrowings]
    assert len(asking) >= 25
    assert all(len(narrowing.options) >= 2 for p in asking for narrowing in p.narrowings)


def test_every_leaflet_can_be_found_by_what_people_say() -> None:
    """Three other names and three sample questions at least, no paper without a name."""
    assert all(len(p.other_names) >= 3 and len(p.questions) >= 3 for p in shipped().procedures)
    assert all(paper.name for p in shipped().procedures for paper in (*p.papers, *p.shown))


def test_warnings_are_of_the_kinds_that_time_brings() -> None:
    """What the shipped content is warned of is that laws and leaflets end, nothing that a clerk can mend at once."""
    passing = re.compile(r"hết hiệu lực|hiệu lực đến|đã hơn 12 tháng")
    assert [str(w) for w in shipped().warnings if not passing.search(w.message)] == []


def sample() -> str:
    """The sample leaflet of the guide."""
    found = re.search(r"```markdown\n(.*?)```", GUIDE, re.S)
    assert found
    return found.group(1)


def test_the_sample_of_the_guide_is_a_leaflet_without_a_problem() -> None:
    """A clerk who copies the sample gets no complaint."""
    procedure, sheet = read_procedure(Path("muon-hoi-truong.md"), sample())
    assert sheet.problems == []
    assert procedure is not None
    assert procedure.narrowings


def changed(old: str, new: str) -> list[str]:
    """What the reader says of the sample with one thing broken."""
    assert old in sample()
    _, sheet = read_procedure(Path("muon-hoi-truong.md"), sample().replace(old, new, 1))
    return [str(p) for p in sheet.problems]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## Giấy tờ phải nộp", "## Giấy tờ cần nộp"),
        ("## Kết quả\n- Văn bản đồng ý cho mượn\n\n", ""),
        ("Tên ngắn:", "Tên rút gọn:"),
        ("Tên ngắn: Mượn hội trường", "Tên ngắn Mượn hội trường"),
        ("Mã thủ tục: 9.000001", "Mã thủ tục: 2.000815.000.00.00.H55"),
        ("05/10/2026", "2026-10-05"),
        ("Nộp trực tuyến: Không", "Nộp trực tuyến: Chỉ nhận trực tiếp"),
        ("- Trực tiếp: 50.000 đồng", "- 50.000 đồng"),
        ("→ Làm đám cưới", "→ Đám cưới"),
    ],
)
def test_the_mistakes_of_the_guide_give_the_messages_of_the_guide(old: str, new: str) -> None:
    """The commonest mistakes stand in the guide with the very words that the check prints."""
    printed = re.findall(r"^ +(muon-hoi-truong\.md:.*)$", GUIDE, re.M)
    assert set(changed(old, new)) & set(printed)


def test_the_tenth_mistake_names_both_leaflets() -> None:
    """A name claimed twice is shown in the guide as the check prints it: at its line, with both places."""
    mine = sample().splitlines().index("- xin chỗ làm đám cưới") + 2
    both = rf"\S+/muon-hoi-truong\.md:{mine} và ho-tich/dang-ky-khai-sinh\.md:\d+"
    assert re.search(rf"muon-hoi-truong\.md:{mine}: cảnh báo: “làm giấy khai sinh” có ở cả {both}\. Hãy giữ ở một tờ\.$", GUIDE, re.M)


@pytest.mark.parametrize("name", [*PROCEDURE_KEYS, *PROCEDURE_SECTIONS, *GENERAL_KEYS, *GENERAL_SECTIONS, *KIND_NAMES])
def test_the_guide_names_every_key_and_section(name: str) -> None:
    """What the grammar knows, the guide or the pages behind it tell."""
    assert name in GUIDE + REFERENCE
