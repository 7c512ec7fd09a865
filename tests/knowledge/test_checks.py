"""The edges of the rules of content. That each rule can fail is shown by the files of tests/broken/."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from knowledge.loader import ContentError, load
from knowledge.model import Knowledge
from knowledge.repealed import REPEALED
from tests.knowledge.conftest import TODAY


def told(folder: Path, today: dt.date = TODAY) -> list[str]:
    """The messages about a folder, with paths from the folder."""
    try:
        found = load(folder, today).warnings
    except ContentError as error:
        found = tuple(error.problems)
    return [f"{p.path.relative_to(folder)}:{p.line}: {p.message}" for p in found]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("checked", "message"),
    [
        ("22/11/2025", None),
        ("21/11/2025", "kiểm tra lần cuối ngày 21/11/2025, đã hơn 12 tháng."),
        ("22/11/2026", None),
        ("23/11/2026", "“Kiểm tra ngày: 23/11/2026” ở tương lai."),
    ],
)
def test_checked_within_twelve_months(content: Path, hall: Path, checked: str, message: str | None) -> None:
    """365 days ago is recent enough, 366 are not; today is fine, tomorrow is not."""
    change(hall, "05/10/2026", checked)
    assert told(content) == ([f"procedures/mau/muon-hoi-truong.md:10: {message}"] if message else [])


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ("22/01/2027", None),
        ("21/01/2027", "hiệu lực đến 21/01/2027. Hãy chuẩn bị tờ thay thế."),
        ("22/11/2026", "hiệu lực đến 22/11/2026. Hãy chuẩn bị tờ thay thế."),
        ("21/11/2026", "hiệu lực chỉ đến 21/11/2026, nay bot không trả lời theo tờ này nữa."),
    ],
)
def test_validity_is_told_of_sixty_days_ahead(content: Path, hall: Path, last: str, message: str | None) -> None:
    """The 60th day ahead is within 60 days; the last day itself is still valid."""
    change(hall, "Kiểm tra ngày:", f"Hiệu lực đến: {last}\nKiểm tra ngày:")
    assert told(content) == ([f"procedures/mau/muon-hoi-truong.md:10: {message}"] if message else [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hỏi UBND huyện.", "UBND huyện"),
        ("Hỏi ubnd cấp huyện.", "ubnd cấp huyện"),
        ("Hỏi Uỷ ban  nhân dân quận 1.", "Ủy ban nhân dân quận"),
        ("Hỏi UBND thị xã.", "UBND thị xã"),
        ("Hỏi UBND xã.", None),
        ("Hỏi UBND phường, tỉnh.", None),
        ("Giấy do UBND huyện cũ cấp vẫn dùng được.", None),
        ("Trước đây nộp ở UBND huyện.", None),
        ("Giấy UBND quận cấp trước 01/7/2025 vẫn còn giá trị.", None),
    ],
)
def test_nobody_is_sent_to_a_district(content: Path, hall: Path, text: str, said: str | None) -> None:
    """District committees are told of wherever citizens read, unless the line speaks of the past."""
    change(hall, "Nhớ mang theo căn cước.", text)
    rule = "từ 01/7/2025 không còn cấp huyện. Hãy viết nơi giải quyết bây giờ; nói chuyện xưa thì thêm “cũ”."
    assert told(content) == ([f"procedures/mau/muon-hoi-truong.md:36: “{said}”: {rule}"] if said else [])


@pytest.mark.parametrize(
    ("old", "line"),
    [
        ("Nơi nộp: Trung tâm Phục vụ hành chính công", 7),
        ("Nộp trực tuyến: Không", 8),
        ("Một việc tưởng tượng", 12),
        ("Giấy chứng nhận kết hôn", 18),
        ("50.000 đồng", 21),
        ("2 ngày làm việc", 24),
        ("Nộp đơn tại bàn một cửa", 27),
        ("Văn bản đồng ý", 30),
    ],
)
def test_a_district_is_found_in_every_part_of_a_leaflet(content: Path, hall: Path, old: str, line: int) -> None:
    """Keys, the summary (at its heading), papers, fees, times, steps and result are all read."""
    change(hall, old, f"{old} của UBND huyện")
    assert [problem.split(": ")[0] for problem in told(content)] == [f"procedures/mau/muon-hoi-truong.md:{line}"]


@pytest.mark.parametrize(
    ("basis", "today", "message"),
    [
        ("Luật 60/2014/QH13", dt.date(2026, 12, 30), None),
        ("Luật 60/2014/QH13", dt.date(2026, 12, 31), "60/2014/QH13 hết hiệu lực từ 01/03/2027, thay bằng 03/2026/QH16. Hãy chuẩn bị xem lại."),
        ("Luật 60/2014/QH13", dt.date(2027, 3, 1), "60/2014/QH13 đã hết hiệu lực từ 01/03/2027, thay bằng 03/2026/QH16. Hãy xem lại tờ này."),
        ("Luật 160/2014/QH13", dt.date(2027, 3, 1), None),
        ("Luật 60/2014/QH13 (nay là 03/2026/QH16)", dt.date(2027, 3, 1), None),
    ],
)
def test_a_law_is_told_of_when_it_ends(content: Path, hall: Path, basis: str, today: dt.date, message: str | None) -> None:
    """60 days ahead and ever after, unless the line names the successor; a longer number is another act."""
    change(hall, "Nghị quyết 00/2026/NQ-HĐND", basis)
    assert told(content, today) == ([f"procedures/mau/muon-hoi-truong.md:33: {message}"] if message else [])


def test_the_list_of_repealed_acts_is_sound() -> None:
    """Each act once, by its full number, with another act in its place that has not ended before it."""
    ended = {act.number: act.ended for act in REPEALED}
    assert len(ended) == len(REPEALED)
    assert all(re.fullmatch(r"\d+/\d{4}/[A-ZĐ0-9-]+", number) for act in REPEALED for number in (act.number, act.successor))
    assert all(ended.get(act.successor, dt.date.max) > act.ended for act in REPEALED)


def test_a_code_claimed_by_three_names_the_first_each_time(content: Path, hall: Path) -> None:
    """Every further claim is told of, with the place of the first."""
    text = hall.read_text(encoding="utf-8")
    for n in (1, 2):
        other = (
            text.replace("hội trường", f"phòng họp {n}")
            .replace("Làm đám cưới", f"Làm việc {n}")
            .replace("Sau: 9.000002 Mượn sân bóng", "Sau: 9.000002")
        )
        hall.with_name(f"xin-phong-{n}.md").write_text(other, encoding="utf-8")
    assert told(content) == [f"procedures/mau/xin-phong-{n}.md:3: mã 9.000001 đã có ở mau/muon-hoi-truong.md:3. Mỗi mã chỉ một tờ." for n in (1, 2)]


def test_a_leaflet_does_not_replace_itself(content: Path, hall: Path) -> None:
    """A current code among the former ones of the same leaflet is a slip."""
    change(hall, "Tên ngắn:", "Mã cũ: 9.000001\nTên ngắn:")
    assert told(content) == ["procedures/mau/muon-hoi-truong.md:4: mã 9.000001 đã có ở mau/muon-hoi-truong.md:3. Mỗi mã chỉ một tờ."]


def test_a_former_code_is_one_that_we_have(content: Path, hall: Path) -> None:
    """A related procedure may be named by a code that has been replaced."""
    change(hall, "Tên ngắn:", "Mã cũ: 9.000009\nTên ngắn:")
    change(hall.with_name("muon-san-bong.md"), "9.000001 Mượn hội trường", "9.000009 Mượn hội trường")
    assert told(content) == []


def test_a_mistyped_code_without_a_name_may_be_near_nothing(content: Path, hall: Path) -> None:
    """Where nothing is named and no code is a slip away, nothing is guessed."""
    change(hall, "9.000002 Mượn sân bóng", "9.123456")
    assert told(content) == ["procedures/mau/muon-hoi-truong.md:49: “Thủ tục liên quan: 9.123456” chưa có tờ hướng dẫn nên không hiện cho dân."]


def test_a_phrase_may_stand_twice_in_one_leaflet(content: Path, hall: Path) -> None:
    """A name that is also a question of the same leaflet confuses nobody."""
    change(hall, "- Ai cho dùng hội trường?", "- Ai cho dùng hội trường?\n- xin hội trường?")
    assert told(content) == []


def test_fees_by_case_may_mix_ways(content: Path, hall: Path) -> None:
    """Where the fees differ by case, one case may hold for any way."""
    change(hall, "- Trực tiếp: 50.000 đồng", "- Trực tiếp: 50.000 đồng\n### Hộ nghèo\n- Mọi hình thức: Miễn phí")
    assert told(content) == []


def test_a_half_written_draft_holds_up_nothing(content: Path, hall: Path) -> None:
    """What is wrong in a draft is told as a warning, and the leaflets in use are served."""
    draft = hall.with_name("ban-nhap.md")
    draft.write_text("# Nuôi rồng\n\nMã thủ tục: 9.100001\nTrạng thái: Nháp\n", encoding="utf-8")
    knowledge = load(content, TODAY)
    assert [p.code for p in knowledge.procedures] == ["9.000001", "9.000002"]
    assert {p.path.name for p in knowledge.warnings} == {"ban-nhap.md"}
    assert any("thiếu khóa “Lĩnh vực”" in str(p) for p in knowledge.warnings)


def test_drafts_are_not_judged_by_the_rules_of_served_content(content: Path, hall: Path) -> None:
    """A draft may share its code with the leaflet that it is to replace."""
    text = hall.read_text(encoding="utf-8").replace("Nguồn:", "Trạng thái: Nháp\nNguồn:")
    hall.with_name("ban-nhap.md").write_text(text, encoding="utf-8")
    knowledge: Knowledge = load(content, TODAY)
    assert (len(knowledge.procedures), [d.code for d in knowledge.drafts], knowledge.warnings) == (2, ["9.000001"], ())
