"""Published forms as draft leaflets."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.importer import codes_in, draft, draft_text, import_file, our_name, slug
from knowledge.loader import CONTENT, load
from knowledge.model import Line, Paper, Procedure, Rate, Way
from knowledge.portal import Published, read_portal
from knowledge.portal.form import Filing, Listed
from knowledge.procedure import read_procedure
from tests.knowledge.conftest import TODAY
from tests.knowledge.tools.samples import PAGE, RAW, STRUCTURED, write_json_lines

FACTS = Path(__file__).resolve().parents[4] / "shared" / "facts" / "procedures.jsonl"
FORM = Published("9.100004", "Thủ tục bán rồng", "Ví dụ")


def drafted(row: dict[str, object], folder: Path) -> Procedure:
    """The draft of one JSON entry."""
    return draft(read_portal(write_json_lines(folder / "mot.jsonl", row))[0][0], TODAY)


def test_a_raw_entry_becomes_a_draft(tmp_path: Path) -> None:
    """Papers apart from notes, required apart from conditional, shown apart from handed in."""
    made = drafted(RAW, tmp_path)
    assert (made.name, made.official_name, made.draft) == ("Đăng ký nuôi rồng", "Thủ tục đăng ký nuôi rồng", True)
    assert made.papers == (
        Paper("Tờ khai nuôi rồng", originals=1, copies=1, form="Mẫu số 01"),
        Paper("Biên bản về việc rồng bị bỏ rơi", "Rồng bị bỏ rơi", originals=1),
    )
    assert made.shown == (
        Paper("Hộ chiếu của rồng hoặc giấy tờ khác có ảnh", originals=1),
        Paper("Bản sao ảnh rồng, kèm bản chính để đối chiếu", copies=1),
    )
    assert made.not_needed == (Line("Trường hợp đã nộp bản điện tử thì không phải nộp bản giấy."),)
    assert made.notes == (Line("Nộp tại xã nơi rồng ở."), Line("Người tiếp nhận không được yêu cầu nộp thêm giấy tờ."))
    assert made.checked == dt.date(2026, 6, 10)


def test_a_structured_entry_becomes_a_draft(tmp_path: Path) -> None:
    """The fee stands with its way, the other way says that nothing is published; a time alike for all is told once."""
    made = drafted(STRUCTURED, tmp_path)
    assert made.fees == (Rate(Way.DIRECT, "10.000 đồng/giấy"), Rate(Way.ONLINE, "Chưa công bố"))
    assert made.times == (Rate(Way.ANY, "5 ngày làm việc"),)
    assert made.papers[1] == Paper("Giấy khai sinh của rồng", "Rồng con", copies=1)


@pytest.mark.parametrize(
    ("filing", "fee"),
    [
        (Filing(Way.DIRECT, fee="Miễn phí"), "Chưa công bố"),
        (Filing(Way.DIRECT, fee="Phí : 0 Đồng"), "Chưa công bố"),
        (Filing(Way.DIRECT, fee="Miễn phí", fee_note="Không quy định."), "Chưa công bố"),
        (Filing(Way.DIRECT), "Chưa công bố"),
        (Filing(Way.DIRECT, fee="Miễn phí", fee_note="Theo quy định của HĐND cấp tỉnh."), "Theo quy định của HĐND cấp tỉnh"),
        (Filing(Way.DIRECT, fee="70,000 VNĐ"), "70.000 đồng"),
        (Filing(Way.DIRECT, fee="25,000 Việt Nam Đồng", fee_note="/giao dịch"), "25.000 đồng/giao dịch"),
        (Filing(Way.DIRECT, fee="700 VNĐ", fee_note="Phí thẩm định: 700.000 đồng/cơ sở"), "Phí thẩm định: 700.000 đồng/cơ sở"),
        (Filing(Way.DIRECT, fee="50,000 VNĐ", fee_note="thu một lần"), "50.000 đồng (Thu một lần)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fee_is_never_guessed(filing: Filing, fee: str) -> None:
    """A bare «Miễn phí» may be an empty cell; an amount is written in đồng, with the portal's note."""
    if filing.fee == "Phí : 0 Đồng":
        filing = replace(filing, fee="0 Đồng")
    assert draft(replace(FORM, filings=(filing,)), TODAY).fees == (Rate(Way.ANY, fee),)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("7 Ngày làm việc", "7 ngày làm việc"),
        ("02 Giờ", "2 giờ"),
        ("3", "3 (nguồn không ghi đơn vị)"),
        ("", "Chưa công bố"),
        ("Không phải trả kết quả", "Không phải trả kết quả"),
    ],
)
def test_a_time_keeps_its_unit(time: str, said: str) -> None:
    """Units stay as published; where the source names none, that is said."""
    assert draft(replace(FORM, filings=(Filing(Way.POST, time),)), TODAY).times == (Rate(Way.ANY, said),)


def test_the_stages_of_a_way_are_told_apart() -> None:
    """Where a way has several rows, each time says what it is for."""
    filings = (Filing(Way.DIRECT, "5 Ngày", note="- Xã thẩm định"), Filing(Way.DIRECT, "2 Ngày", note="- Chủ tịch ký"))
    assert [rate.text for rate in draft(replace(FORM, filings=filings), TODAY).times] == ["5 ngày (Xã thẩm định)", "2 ngày (Chủ tịch ký)"]


def test_where_the_source_is_silent_the_draft_says_so() -> None:
    """Nothing is invented for an empty form."""
    made = draft(FORM, TODAY)
    assert (made.agency, made.where, made.online) == ("Chưa công bố",) * 3
    assert (made.papers, made.steps, made.legal_basis) == ((Paper("Chưa công bố"),), (Line("Chưa công bố"),), (Line("Chưa công bố"),))
    assert made.checked == TODAY


FIRST = "Bản nháp lấy từ Cổng, chưa ai kiểm tra. Hãy viết lại cho dễ hiểu, thêm Tên gọi khác và Câu hỏi mẫu, rồi: motcua knowledge publish TỆP"
NO_PAPERS = "Không tách được giấy tờ nào từ dữ liệu của Cổng. Hãy đọc lại trang của thủ tục."


@pytest.mark.parametrize(
    ("form", "doubt"),
    [
        (
            replace(FORM, filings=(Filing(Way.DIRECT, "1 Ngày", "Miễn phí"),)),
            "Cổng ghi “Miễn phí” nhưng đó có thể là ô để trống. Đối chiếu quyết định công bố; đúng là miễn thì viết “Miễn phí”.",
        ),
        (replace(FORM, filings=(Filing(Way.DIRECT, "3"),)), "Cổng không ghi đơn vị thời gian. Hãy hỏi lại: ngày, ngày làm việc hay giờ."),
        (
            replace(FORM, filings=(Filing(Way.DIRECT, "3 Ngày", "25 VNĐ", "25.000 đồng/tờ"),)),
            "Mức phí ở ô của Cổng khác mức trong chú thích; tờ này ghi theo chú thích.",
        ),
        (replace(FORM, agency="Công an cấp huyện"), "Nguồn còn nhắc “Công an cấp huyện”: từ 01/7/2025 không còn cấp huyện."),
    ],
    ids=["free or empty", "no unit", "two amounts", "district"],
)
def test_doubts_are_told_to_the_person_who_checks(form: Published, doubt: str) -> None:
    """What the reader doubts stands as a comment in the draft."""
    listed = (Listed("Đơn", originals=1),)
    text = draft_text(replace(form, listed=listed), TODAY)
    assert [line[5:-4] for line in text.split("\n") if line.startswith("<!--")] == [FIRST, doubt]


def test_a_form_without_papers_is_doubted() -> None:
    """A form from which no paper came says so."""
    assert f"<!-- {NO_PAPERS} -->" in draft_text(FORM, TODAY)


def test_drafts_are_written_and_not_served(content: Path, tmp_path: Path) -> None:
    """A draft lies under drafts/, carries its mark, and the folder serves what it served before."""
    before = load(content, TODAY)
    done = import_file(write_json_lines(tmp_path / "hai.jsonl", RAW, STRUCTURED), content / "drafts", TODAY)
    assert [path.relative_to(content) for path in done.written] == [
        Path("drafts/vi-du/dang-ky-nuoi-rong.md"),
        Path("drafts/vi-du/xac-nhan-rong-khuyet-tat.md"),
    ]
    assert all("\nTrạng thái: Nháp\n" in path.read_text(encoding="utf-8") for path in done.written)
    assert load(content, TODAY) == before


def test_a_draft_among_the_procedures_is_not_served_either(content: Path, tmp_path: Path) -> None:
    """The mark alone keeps a draft back, wherever it lies."""
    import_file(write_json_lines(tmp_path / "mot.jsonl", RAW), content / "procedures", TODAY)
    knowledge = load(content, TODAY)
    assert (knowledge.procedure("9.100001"), [p.code for p in knowledge.drafts]) == (None, ["9.100001"])


def test_a_page_becomes_a_draft_that_reads_without_a_problem(tmp_path: Path) -> None:
    """The HTML detail page goes the same way as JSON."""
    page = tmp_path / "trang.html"
    page.write_text(PAGE, encoding="utf-8")
    path = import_file(page, tmp_path / "drafts", TODAY).written[0]
    made, sheet = read_procedure(path, path.read_text(encoding="utf-8"))
    assert sheet.problems == []
    assert made is not None
    assert (made.papers, made.draft) == ((Paper("Đơn xin thả rồng", "Rồng nước", 1, None, "Mẫu đơn thả rồng"),), True)


def test_a_draft_in_work_is_left_alone(tmp_path: Path) -> None:
    """A second import neither overwrites nor doubles a draft."""
    source = write_json_lines(tmp_path / "mot.jsonl", RAW)
    first = import_file(source, tmp_path / "drafts", TODAY).written[0]
    first.write_text(first.read_text(encoding="utf-8") + "\n## Lưu ý\n- Đã sửa\n", encoding="utf-8")
    again = import_file(source, tmp_path / "drafts", TODAY)
    assert (again.written, again.skipped) == ([], [("9.100001", "đã có bản nháp dang-ky-nuoi-rong.md")])
    assert first.read_text(encoding="utf-8").endswith("- Đã sửa\n")


def test_two_procedures_of_one_name_have_two_files(tmp_path: Path) -> None:
    """The code tells files of the same name apart."""
    done = import_file(write_json_lines(tmp_path / "hai.jsonl", RAW, RAW | {"code": "9.100005"}), tmp_path / "drafts", TODAY)
    assert [path.name for path in done.written] == ["dang-ky-nuoi-rong.md", "dang-ky-nuoi-rong-9-100005.md"]
    assert sorted(codes_in(tmp_path / "drafts")) == ["9.100001", "9.100005"]


def test_only_and_skip(tmp_path: Path) -> None:
    """Codes may be picked, and left out with a reason."""
    source = write_json_lines(tmp_path / "hai.jsonl", RAW, STRUCTURED)
    done = import_file(source, tmp_path / "drafts", TODAY, skip={"9.100001": "đã có tờ"})
    assert ([path.stem for path in done.written], done.skipped) == (["xac-nhan-rong-khuyet-tat"], [("9.100001", "đã có tờ")])
    assert import_file(source, tmp_path / "other", TODAY, only=["9.100001"]).written == [tmp_path / "other/vi-du/dang-ky-nuoi-rong.md"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Thủ tục đăng ký nuôi rồng", "Đăng ký nuôi rồng"),
        ("Thủ tục hành chính: nuôi rồng", "Nuôi rồng"),
        ("Nuôi rồng", "Nuôi rồng"),
        ("Thủ tục", "Thủ tục"),
    ],
)
def test_the_title_is_the_name_without_its_preface(name: str, title: str) -> None:
    """«Thủ tục» before a name says nothing."""
    assert our_name(name) == title


def test_a_slug_is_cut_between_words() -> None:
    """The name of a file is folded and short."""
    assert slug("Đăng ký (lại) nuôi rồng, ở sông", 20) == "dang-ky-lai-nuoi"
    assert slug("…") == "khong-ten"


@pytest.mark.skipif(not FACTS.exists(), reason="the facts folder of the project is not beside this copy")
def test_every_procedure_of_the_facts_folder_becomes_a_draft(tmp_path: Path) -> None:
    """The import of the whole facts file yields a draft for each procedure, and each reads without a problem."""
    done = import_file(FACTS, tmp_path / "drafts", TODAY)
    complaints = [str(p) for path in done.written for p in read_procedure(path, path.read_text(encoding="utf-8"))[1].problems]
    assert (done.problems, done.skipped, complaints) == ([], [], [])
    assert len(codes_in(tmp_path / "drafts")) == len(done.written) == sum(1 for _ in FACTS.open(encoding="utf-8"))


@pytest.mark.skipif(not FACTS.exists(), reason="the facts folder of the project is not beside this copy")
def test_of_33_rows_of_birth_registration_8_are_papers() -> None:
    """The measure that the domain rules give, section 9."""
    form = next(form for form in read_portal(FACTS)[0] if form.code == "1.001193")
    made = draft(form, TODAY)
    assert (len(made.papers), len(made.shown)) == (6, 2)


DRAFTS = CONTENT / "drafts"
CATALOGUE = FACTS.parent.parent / "catalogue.csv"


@pytest.mark.parametrize("path", sorted(DRAFTS.rglob("*.md")), ids=lambda p: p.stem)
def test_a_shipped_draft_reads_without_a_problem(path: Path) -> None:
    """Each draft is marked, and could be checked and published."""
    made, sheet = read_procedure(path, path.read_text(encoding="utf-8"))
    assert sheet.problems == []
    assert made is not None
    assert made.draft


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the catalogue of the project is not beside this copy")
def test_tier_2_is_there_as_drafts() -> None:
    """Every procedure of tier 2 has its draft, or a leaflet in use that a person has made of it."""
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        wanted = {row["code"] for row in csv.DictReader(file) if row["tier"] == "2"}
    assert wanted - codes_in(DRAFTS).keys() - codes_in(CONTENT / "procedures").keys() == set()
