"""A sheet about a procedure or a general question, as a record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from knowledge.model import General, Golden, Kind, Line, Link, Narrowing, Option, Paper, Procedure, Rate, Related, Way
from knowledge.procedure import plain, read_general, read_procedure, unpublished
from tests.knowledge.conftest import SOUND

LEAFLET = (SOUND / "procedures" / "mau" / "muon-hoi-truong.md").read_text(encoding="utf-8")
GENERAL = (SOUND / "general" / "uy-quyen.md").read_text(encoding="utf-8")


def procedure(*changes: tuple[str, str]) -> Procedure:
    """The record of the sample leaflet with these changes; it must read without a complaint."""
    text = LEAFLET
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    made, sheet = read_procedure(Path("mau.md"), text)
    assert sheet.problems == []
    assert made is not None
    return made


def general(*changes: tuple[str, str]) -> General:
    text = GENERAL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    made, sheet = read_general(Path("uy-quyen.md"), text)
    assert sheet.problems == []
    assert made is not None
    return made


def test_the_keys_become_the_facts_of_the_record() -> None:
    """What is written beside a key is in the record, word for word."""
    made = procedure(("Nguồn:", "Tên chính thức: Thủ tục A\nPhân biệt: khi họp\nQuyết định công bố: 01/QĐ\nGiờ chốt trong ngày: 15h\nNguồn:"))
    assert (made.code, made.name, made.short_name, made.label) == ("9.000001", "Cho mượn hội trường", "Mượn hội trường", "Mượn hội trường")
    assert (made.field, made.agency, made.online) == ("Ví dụ", "Ủy ban nhân dân cấp xã", "Không")
    assert (made.official_name, made.hint, made.decision) == ("Thủ tục A", "khi họp", "01/QĐ")
    assert (made.checked, made.cutoff, made.draft, made.summary) == (dt.date(2026, 10, 5), dt.time(15), False, "Một việc tưởng tượng.")


@pytest.mark.parametrize(
    ("line", "paper"),
    [
        ("Đơn (1 bản chính; mẫu: Mẫu số 01)", Paper("Đơn", "", 1, None, "Mẫu số 01")),
        ("Giấy chứng sinh (1 bản chính, 2 bản sao).", Paper("Giấy chứng sinh", "", 1, 2)),
        ("Văn bằng (1 bản chính hoặc bản sao; mẫu: Mẫu 2)", Paper("Văn bằng (1 bản chính hoặc bản sao)", form="Mẫu 2")),
        ("Hộ chiếu (hoặc giấy tờ khác) (1 bản sao);", Paper("Hộ chiếu (hoặc giấy tờ khác)", "", None, 1)),
        ("Tờ khai (mẫu số 3)", Paper("Tờ khai", "", None, None, "3")),
        ("Giấy ủy quyền (nếu có)", Paper("Giấy ủy quyền (nếu có)")),
        ("Ảnh 3x4;", Paper("Ảnh 3x4")),
    ],
)
def test_a_paper_is_taken_apart(line: str, paper: Paper) -> None:
    """Originals, copies and form come from the last brackets; what is not stated is None."""
    assert procedure(("Đơn (1 bản chính; mẫu: Mẫu số 01)", line)).papers[0] == paper


def test_papers_of_a_case_know_it() -> None:
    """A paper under a heading is needed in that case only."""
    assert procedure().papers[1] == Paper("Giấy chứng nhận kết hôn", "Làm đám cưới", None, 1)
    assert procedure().papers[1].line == 18


@pytest.mark.parametrize(
    ("line", "rates"),
    [
        ("Trực tiếp: 50.000 đồng", [Rate(Way.DIRECT, "50.000 đồng")]),
        ("Trực tuyến, bưu chính: Miễn phí", [Rate(Way.ONLINE, "Miễn phí"), Rate(Way.POST, "Miễn phí")]),
        ("Trực tiếp và trực tuyến: 1:1", [Rate(Way.DIRECT, "1:1"), Rate(Way.ONLINE, "1:1")]),
        ("mọi hình thức: do tỉnh quy định", [Rate(Way.ANY, "do tỉnh quy định")]),
        ("Chưa công bố", [Rate(Way.ANY, "Chưa công bố")]),
    ],
)
def test_a_fee_names_its_ways(line: str, rates: list[Rate]) -> None:
    """One line may price several ways; an unpublished one holds for any."""
    assert list(procedure(("Trực tiếp: 50.000 đồng", line)).fees) == rates


def test_questions_that_narrow_lead_to_the_cases_of_papers() -> None:
    """An option names the cases it brings in, however they are accented; an option without an arrow brings none."""
    made = procedure(("- Làm đám cưới → Làm đám cưới", "- Làm đám cưới => lam dam cuoi"))
    assert made.narrowings == (Narrowing("Mượn để làm gì?", (Option("Họp"), Option("Làm đám cưới", ("Làm đám cưới",)))),)


@pytest.mark.parametrize(
    ("line", "related"),
    [
        ("Sau: 9.000002 Mượn sân bóng", Related(Link.AFTER, "9.000002", "Mượn sân bóng")),
        ("Trước: 9.000002", Related(Link.BEFORE, "9.000002", "")),
        ("dễ nhầm với: 9.000002 (Mượn sân bóng)", Related(Link.CONFUSED, "9.000002", "Mượn sân bóng")),
        ("Liên quan: 9.000002 - Mượn sân bóng", Related(Link.ALSO, "9.000002", "Mượn sân bóng")),
    ],
)
def test_a_related_procedure_is_a_link_a_code_and_words(line: str, related: Related) -> None:
    """The four kinds of link are told by their Vietnamese names."""
    assert procedure(("Sau: 9.000002 Mượn sân bóng", line)).related == (related,)


@pytest.mark.parametrize(
    ("line", "golden"),
    [
        ("Cần gì? → trả lời", Golden("Cần gì?", "answer", (), 57)),
        ("Cần gì?", Golden("Cần gì?", "answer", (), 57)),
        ("Cần gì? -> hỏi lại: 9.000001, 9.000002", Golden("Cần gì?", "choose", ("9.000001", "9.000002"), 57)),
        ("Cần gì? => Không biết", Golden("Cần gì?", "unknown", (), 57)),
        ("Cần gì? → khác", Golden("Cần gì?", "other", (), 57)),
    ],
)
def test_a_golden_question_is_a_question_and_an_outcome(line: str, golden: Golden) -> None:
    """Without an arrow the leaflet itself must answer."""
    assert procedure(("Nhà tôi cần hội trường cho đám cưới → trả lời", line)).goldens == (golden,)


def test_former_codes_find_the_leaflet_too() -> None:
    """Several former codes may stand on one line."""
    assert procedure(("Tên ngắn:", "Mã cũ: 9.000008, 9.000009; 9.000010\nTên ngắn:")).former_codes == ("9.000008", "9.000009", "9.000010")


@pytest.mark.parametrize(("value", "draft"), [("Nháp", True), ("nhap", True), ("Đã kiểm tra", False)])
def test_a_draft_says_so(value: str, draft: bool) -> None:
    """The state of a leaflet is one of two."""
    assert procedure(("Nguồn:", f"Trạng thái: {value}\nNguồn:")).draft is draft


@pytest.mark.parametrize(("value", "time"), [("15:00", dt.time(15)), ("15 giờ", dt.time(15)), ("15h30", dt.time(15, 30)), ("9g05", dt.time(9, 5))])
def test_the_cut_off_hour_is_written_in_many_ways(value: str, time: dt.time) -> None:
    """Hours as people write them."""
    assert procedure(("Nguồn:", f"Giờ chốt trong ngày: {value}\nNguồn:")).cutoff == time


@pytest.mark.parametrize(
    ("day", "valid"), [("31/12/2026", True), ("01/01/2027", True), ("31/01/2027", True), ("01/02/2027", False), ("01/11/2026", False)]
)
def test_validity_includes_both_ends(day: str, valid: bool) -> None:
    """A leaflet may be answered from on its first and on its last day."""
    made = procedure(("Nguồn:", "Hiệu lực từ: 31/12/2026\nHiệu lực đến: 31/01/2027\nNguồn:"))
    assert made.valid_on(dt.datetime.strptime(day, "%d/%m/%Y").date()) is valid


def test_moving_a_line_makes_no_other_record() -> None:
    """Records are compared by what they say, not by where it stands."""
    assert procedure(("Tên ngắn:", "<!-- chú thích -->\nTên ngắn:")).fees == procedure().fees
    assert procedure(("Tên ngắn:", "<!-- chú thích -->\nTên ngắn:")).papers == procedure().papers


def test_a_wrong_code_does_not_hide_the_other_problems() -> None:
    """Everything wrong in a file is told at once."""
    made, sheet = read_procedure(Path("mau.md"), LEAFLET.replace("9.000001", "9.1").replace("Nguồn:", "Ngồn:"))
    assert made is None
    assert [(p.line, p.message) for p in sheet.problems] == [
        (9, "không có khóa “Ngồn”. Ý bạn là “Nguồn”?"),
        (3, "“Mã thủ tục: 9.1” không đúng. Mã quốc gia có dạng 1.001193."),
        (1, "thiếu khóa “Nguồn”. Nếu nguồn không nói, hãy viết “Nguồn: Chưa công bố”."),
    ]


def test_a_general_leaflet_answers_in_running_text() -> None:
    """Lines of a paragraph are one; the file's name is the topic."""
    made = general()
    assert (made.topic, made.name, made.kind, made.label) == ("uy-quyen", "Nhờ người khác nộp thay", Kind.GUIDE, "Nộp thay")
    assert made.answer == "Viết giấy ủy quyền rồi đưa cho người đi thay."


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Việc của cơ quan khác", Kind.ELSEWHERE),
        ("việc không giúp được", Kind.REFUSED),
        ("Trò chuyện", Kind.CHAT),
        ("Chức năng", Kind.DIALOGUE),
        ("HƯỚNG DẪN CHUNG", Kind.GUIDE),
    ],
)
def test_the_five_kinds_of_general_leaflets(name: str, kind: Kind) -> None:
    """Each kind has its Vietnamese name."""
    assert general(("Hướng dẫn chung", name)).kind is kind


def test_a_function_needs_no_answer() -> None:
    """What opens a dialogue says nothing itself."""
    assert general(("Hướng dẫn chung", "Chức năng"), ("## Trả lời\nViết giấy ủy quyền\nrồi đưa cho người đi thay.\n\n", "")).answer == ""


def test_plain_text_keeps_the_cases() -> None:
    """Items are read out under the case they belong to."""
    assert plain((Line("một"), Line("hai", "Nếu mưa"), Line("ba", "Nếu mưa"))) == "một\nNếu mưa:\nhai\nba"


@pytest.mark.parametrize(("lines", "told"), [([Line("chưa công bố")], True), ([Line("Chưa công bố"), Line("x")], False), ([], False)])
def test_unpublished_is_said_alone(lines: list[Line], told: bool) -> None:
    """A section is unpublished where it says that and nothing else."""
    assert unpublished(tuple(lines)) is told
