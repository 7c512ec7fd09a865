"""A new leaflet, what is due for review, and what the portal now says otherwise."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.loader import load
from knowledge.model import Way
from knowledge.portal import Published
from knowledge.portal.form import Filing, Listed
from knowledge.procedure import read_procedure
from knowledge.tools import WrongWords, compare, drafts, new, published_draft, stale, without_leaflet
from knowledge.versions import replace_file
from tests.knowledge.conftest import TODAY

SAME = Published(
    "9.000001",
    "Cho mượn hội trường",
    filings=(Filing(Way.DIRECT, "2 Ngày làm việc", "50,000 VNĐ"),),
    listed=(Listed("Đơn đề nghị (mẫu)", originals=1), Listed("Bản sao Giấy chứng nhận kết hôn", originals=0, copies=1)),
)


def changed(content: Path, form: Published) -> list[str]:
    return [str(c).partition(": ")[2] for c in compare(load(content, TODAY), [form])]


def test_the_same_facts_are_no_difference(content: Path) -> None:
    """Other words for the same fee, time and papers are no difference."""
    assert changed(content, SAME) == []


@pytest.mark.parametrize(
    ("form", "difference"),
    [
        (
            replace(SAME, filings=(Filing(Way.DIRECT, "2 Ngày làm việc", "70,000 VNĐ"),)),
            "9.000001, phí, trực tiếp: tờ ghi “50.000 đồng”, Cổng ghi “70.000 đồng”",
        ),
        (
            replace(SAME, filings=(Filing(Way.DIRECT, "2 Ngày", "50,000 VNĐ"),)),
            "9.000001, thời gian, trực tiếp: tờ ghi “2 ngày làm việc”, Cổng ghi “2 ngày”",
        ),
        (
            replace(SAME, filings=(Filing(Way.ONLINE, "4 Ngày làm việc"),)),
            "9.000001, thời gian, trực tuyến: tờ ghi “2 ngày làm việc”, Cổng ghi “4 ngày làm việc”",
        ),
        (
            replace(SAME, listed=(*SAME.listed, Listed("Sơ đồ chỗ ngồi", originals=1))),
            "9.000001, giấy tờ: tờ ghi “không có”, Cổng ghi “Sơ đồ chỗ ngồi”",
        ),
        (replace(SAME, listed=SAME.listed[:1]), "9.000001, giấy tờ: tờ ghi “Giấy chứng nhận kết hôn”, Cổng ghi “không có”"),
    ],
    ids=["fee", "unit of time", "time of a way", "a paper more", "a paper less"],
)
def test_a_difference(content: Path, form: Published, difference: str) -> None:
    """What the leaflet says and what the portal says, side by side."""
    assert changed(content, form) == [difference]


def test_a_bare_free_of_charge_says_nothing(content: Path) -> None:
    """«Miễn phí» in the portal's data may be an empty cell: no difference is made of it."""
    assert changed(content, replace(SAME, filings=(Filing(Way.DIRECT, "2 Ngày làm việc", "Miễn phí"),))) == []


def test_procedures_without_a_leaflet(content: Path) -> None:
    """What the portal has and the folder lacks is counted apart."""
    other = Published("9.100001", "Nuôi rồng")
    assert (changed(content, other), without_leaflet(load(content, TODAY), [SAME, other])) == ([], [other])


def test_a_new_leaflet_loads_at_once(content: Path) -> None:
    """The template reads without a problem, lies with the drafts and is not served."""
    path, text = new(content, "9.100001", "Nuôi rồng ở sông", "Ví dụ", TODAY)
    made, sheet = read_procedure(path, text)
    assert (path, sheet.problems) == (content / "drafts/vi-du/nuoi-rong-o-song.md", [])
    assert made is not None
    assert (made.code, made.name, made.draft, made.checked) == ("9.100001", "Nuôi rồng ở sông", True, TODAY)
    replace_file(path, text)
    assert ([p.code for p in drafts(content)], load(content, TODAY).procedure("9.100001")) == (["9.100001"], None)


def test_a_new_leaflet_neither_overwrites_nor_bears_a_wrong_code(content: Path) -> None:
    """Both are told before anything is written."""
    path, text = new(content, "9.100001", "Nuôi rồng", "Ví dụ", TODAY)
    replace_file(path, text)
    with pytest.raises(WrongWords) as refused:
        new(content, "9.100002", "Nuôi rồng", "Ví dụ", TODAY)
    assert str(refused.value) == f"{path}: đã có tệp này. Hãy sửa tệp ấy, hoặc đặt tên khác."
    with pytest.raises(WrongWords) as refused:
        new(content, "2.000815.H55", "Nuôi rồng", "Ví dụ", TODAY)
    assert str(refused.value) == "“2.000815.H55” không phải là mã thủ tục. Mã quốc gia có dạng 1.001193."


def test_a_checked_draft_moves_into_use(content: Path) -> None:
    """Without the mark, checked today, in the folder of its field."""
    path, text = new(content, "9.100001", "Nuôi rồng", "Ví dụ", TODAY)
    replace_file(path, text)
    target, published = published_draft(content, path, dt.date(2026, 11, 30))
    assert target == content / "procedures/vi-du/nuoi-rong.md"
    assert published == text.replace("Trạng thái: Nháp\n", "").replace("Kiểm tra ngày: 22/11/2026", "Kiểm tra ngày: 30/11/2026")


def test_a_draft_does_not_replace_a_leaflet_in_use(content: Path, hall: Path) -> None:
    """The person is asked to bring both together."""
    draft = content / "drafts/mau/muon-hoi-truong.md"
    replace_file(draft, hall.read_text(encoding="utf-8"))
    with pytest.raises(WrongWords) as refused:
        published_draft(content, draft, TODAY)
    assert str(refused.value) == f"{hall}: đã có tệp này đang dùng. Hãy chép phần mới vào đó, rồi xóa bản nháp."


def test_a_file_that_is_no_leaflet_is_not_published(content: Path) -> None:
    """Code and field are needed."""
    path = content / "drafts/x.md"
    replace_file(path, "# Gì đó\n")
    with pytest.raises(WrongWords) as refused:
        published_draft(content, path, TODAY)
    assert str(refused.value) == f"{path}: chưa có “Mã thủ tục” hoặc “Lĩnh vực”. Hãy điền rồi làm lại."


def test_nothing_is_due(content: Path) -> None:
    """Leaflets that were looked at lately and hold on are left in peace."""
    assert stale(load(content, TODAY), TODAY) == []


def test_what_is_due_comes_most_urgent_first(content: Path, hall: Path) -> None:
    """What ends comes before what was not looked at for long."""
    hall.write_text(hall.read_text(encoding="utf-8").replace("05/10/2026", "05/10/2026\nHiệu lực đến: 31/12/2026"), encoding="utf-8")
    court = hall.with_name("muon-san-bong.md")
    court.write_text(court.read_text(encoding="utf-8").replace("05/10/2026", "05/10/2025"), encoding="utf-8")
    assert [str(d) for d in stale(load(content, TODAY), TODAY)] == [
        f"{hall}: sắp hết hiệu lực, ngày cuối 31/12/2026",
        f"{court}: kiểm tra lần cuối 05/10/2025, đã 413 ngày",
    ]
    assert str(stale(load(content, TODAY), dt.date(2027, 1, 1))[0]) == f"{hall}: đã hết hiệu lực từ sau 31/12/2026"


def test_the_number_of_days_is_the_clerks(content: Path) -> None:
    """Who wants to look more often asks for fewer days."""
    assert len(stale(load(content, TODAY), TODAY, days=30)) >= 2
