"""The portal's rows told apart: papers to hand in, to show, not needed, and notes."""

from __future__ import annotations

import pytest

from knowledge.model import Line, Paper
from knowledge.portal.form import Listed
from knowledge.portal.papers import case_name, sort


@pytest.mark.parametrize(
    ("row", "paper"),
    [
        (Listed("- Đơn xin nuôi rồng", originals=1), Paper("Đơn xin nuôi rồng", originals=1)),
        (Listed("Bản sao hộ chiếu của rồng", copies=1, originals=0), Paper("Bản sao hộ chiếu của rồng", copies=1)),
        (
            Listed("Trường hợp rồng bị bỏ rơi thì phải có biên bản về việc bỏ rơi.", originals=1),
            Paper("Biên bản về việc bỏ rơi", "Rồng bị bỏ rơi", originals=1),
        ),
        (
            Listed("Văn bản ủy quyền có chứng thực trong trường hợp nhờ người khác nộp", originals=1),
            Paper("Văn bản ủy quyền có chứng thực", "Nhờ người khác nộp", originals=1),
        ),
        (Listed("Đối với rồng con: Giấy khai sinh của rồng", copies=1), Paper("Giấy khai sinh của rồng", "Rồng con", copies=1)),
        (
            Listed("Tờ khai (Mẫu CT01 ban hành kèm theo Thông tư số 00/2026/TT-BCA).Mau CT01.doc", originals=1),
            Paper("Tờ khai", originals=1, form="Mẫu số CT01"),
        ),
        (Listed("Đơn xin thả rồng", form="Mẫu đơn thả rồng", originals=1), Paper("Đơn xin thả rồng", originals=1, form="Mẫu đơn thả rồng")),
        (Listed("Sơ yếu của rồng (mang bản chính để xem)", originals=1), Paper("Sơ yếu của rồng, mang bản chính để xem", originals=1)),
        (Listed("Thành phần hồ sơ 2: Đơn đề nghị"), Paper("Đơn đề nghị")),
    ],
    ids=lambda value: value.text[:30] if isinstance(value, Listed) else "",
)
def test_a_paper(row: Listed, paper: Paper) -> None:
    """A row that names a paper, with its circumstance, its counts and its form."""
    assert sort([row]).papers == [paper]


@pytest.mark.parametrize(
    "text",
    [
        "Người tiếp nhận có trách nhiệm tiếp nhận đúng, đủ hồ sơ.",
        "Cơ quan đăng ký từ chối giải quyết nếu khai sai.",
        "Giấy tờ do nước ngoài cấp phải được hợp pháp hóa lãnh sự.",
        "Số lượng hồ sơ: 01 bộ",
        "Trường hợp hồ sơ thiếu thì cơ quan tiếp nhận hướng dẫn bổ sung.",
    ],
)
def test_a_note(text: str) -> None:
    """A row that the portal counts as nought and that tells a rule is a note."""
    done = sort([Listed(text, originals=0)])
    assert (done.papers, done.notes) == ([], [Line(text)])


def test_a_paper_that_is_not_needed() -> None:
    """A row that frees from a paper stands by itself."""
    text = "Trường hợp đã nộp bản điện tử thì không phải nộp bản giấy."
    done = sort([Listed(text, originals=0)])
    assert (done.papers, done.not_needed) == ([], [Line(text)])


def test_a_paper_to_show() -> None:
    """A row under the title of papers to show is shown, not handed in."""
    done = sort([Listed("Thẻ căn cước", "Giấy tờ phải xuất trình", originals=1)])
    assert (done.papers, done.shown) == ([], [Paper("Thẻ căn cước", originals=1)])


def test_a_heading_is_neither() -> None:
    """A row that only announces others is left out."""
    assert sort([Listed("- Chứng cứ gồm:", originals=0)]).notes == []


def test_a_very_long_paper_is_cut_between_sentences() -> None:
    """The name of a paper stays readable; the rest becomes notes."""
    done = sort([Listed("Đơn đề nghị nuôi rồng. " + "Phải ghi rõ tên rồng. " * 60, originals=1)])
    assert done.papers[0].name.startswith("Đơn đề nghị nuôi rồng. Phải ghi rõ tên rồng")
    assert len(done.papers[0].name) < 900
    assert len(done.notes) == 1


@pytest.mark.parametrize(
    ("title", "case"),
    [
        ("Đối với trường hợp trẻ em bị bỏ rơi:", "Trẻ em bị bỏ rơi"),
        ("Trường hợp nhờ người khác", "Nhờ người khác"),
        ("Gia hạn theo danh sách, hồ sơ gồm", "Gia hạn theo danh sách"),
        ("Giấy tờ phải nộp", ""),
        ("Bao gồm", ""),
        ("Người yêu cầu nộp 01 bộ hồ sơ, gồm các giấy tờ sau", ""),
        ("", ""),
    ],
)
def test_the_title_of_a_list_as_a_circumstance(title: str, case: str) -> None:
    """A title names a circumstance, or nothing."""
    assert case_name(title) == case
