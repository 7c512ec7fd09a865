"""`motcua knowledge …` as a clerk types it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot import leaflets, preview
from bot.chat import CAPS, CONSOLE, TELEGRAM, Choice, Say
from bot.settings import Settings
from knowledge.importer import codes_in
from knowledge.loader import load
from tests.conftest import NOW
from tests.knowledge.tools.samples import RAW, STRUCTURED, write_json_lines

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the sound folder: exit code, what it printed, what it complained of."""
    parser = argparse.ArgumentParser(prog="motcua")
    leaflets.add(parser.add_subparsers(required=True))
    settings = Settings(data=tmp_path / "data", content=content, now=NOW)

    def typed(*words: object) -> tuple[int, str, str]:
        options = parser.parse_args(["knowledge", *map(str, words)])
        code = options.command(options, settings)
        out, err = capsys.readouterr()
        return code, out, err

    return typed


def test_check(run: Run) -> None:
    """A sound folder has nothing to complain of."""
    code, out, _ = run("check")
    assert (code, out.splitlines()[-1]) == (0, "Lỗi: 0, cảnh báo: 0.")


@pytest.mark.parametrize("channel", sorted(CAPS))
def test_preview_on_each_channel(run: Run, channel: str) -> None:
    """The card and the first parts as the channel shows them, with buttons where it has them."""
    code, out, _ = run("preview", "9.000001", "--channel", channel)
    assert code == 0
    assert f"━━━ {channel}: " in out
    assert "│ Cho mượn hội trường\n│\n│ Một việc tưởng tượng.\n" in out
    assert "│ Phí: 50.000 đồng" in out
    assert ("│ [Các bước]" in out) == bool(CAPS[channel].buttons)
    assert (". Phí, lệ phí" in out) == (CAPS[channel].buttons <= 5)


def test_preview_of_all_channels_and_parts(run: Run) -> None:
    """Without a channel all that citizens use; with --all the law too."""
    _, out, _ = run("preview", "9.000001", "--all")
    assert [line.split(":")[0] for line in out.splitlines() if line.startswith("━━━")] == ["━━━ web", "━━━ telegram", "━━━ zalo_oa", "━━━ zalo_bot"]
    assert out.count("Nghị quyết 00/2026/NQ-HĐND") == 4


def test_preview_of_a_draft(run: Run, tmp_path: Path) -> None:
    """A draft is shown as it will be, and said to be one."""
    run("import", write_json_lines(tmp_path / "mot.jsonl", RAW))
    code, out, _ = run("preview", "9.100001", "--channel", "web")
    assert code == 0
    assert out.startswith("Bản nháp, người dân chưa thấy: ")
    assert "│ Đăng ký nuôi rồng\n" in out


def test_preview_of_an_unknown_code(run: Run) -> None:
    """The nearest code is offered."""
    assert run("preview", "9.000009") == (1, "", "không có tờ nào mang mã “9.000009”. Ý bạn là “9.000001”?\n")


def test_a_message_that_is_split_is_numbered() -> None:
    """What a channel sends in two messages is shown as two; buttons stand under the last."""
    say = Say("dài\n\n" * 1000, "Tên", choices=(Choice("Phí", "a"),))
    shown = list(preview.seen(say, TELEGRAM))
    assert [line for line in shown if line.startswith("┌")] == ["┌ tin 1 trên 2", "┌ tin 2 trên 2"]
    assert shown[-2:] == ["│ [Phí]", "└"]
    assert list(preview.seen(Say("ngắn", choices=(Choice("Phí", "a"),)), CONSOLE)) == ["┌", "│ ngắn", "│", "│ 1. Phí", "└"]


def test_new_and_publish(run: Run, content: Path) -> None:
    """A template is made, then put into use; the draft is gone and kept."""
    draft = content / "drafts/vi-du/nuoi-rong.md"
    assert run("new", "9.100001", "Nuôi rồng", "--field", "Ví dụ") == (0, f"Đã tạo {draft}. Hãy mở bằng Notepad và điền từng mục.\n", "")
    assert run("publish", "nuoi-rong") == (0, f"Đã đưa vào dùng: {content / 'procedures/vi-du/nuoi-rong.md'}\n", "")
    assert not draft.exists()
    assert len(list((content / ".history/drafts/vi-du/nuoi-rong.md").iterdir())) == 1
    procedure = load(content, NOW.date()).procedure("9.100001")
    assert procedure is not None
    assert procedure.checked == NOW.date()


def test_a_draft_of_a_code_in_use_is_not_published(run: Run, content: Path) -> None:
    """Two leaflets of one code could not be served: nothing is written."""
    run("new", "9.000001", "Nuôi rồng", "--field", "Ví dụ")
    code, out, err = run("publish", "nuoi-rong.md")
    assert (code, out, err.splitlines()[-1]) == (1, "", "Chưa đưa vào dùng. Hãy sửa các dòng trên rồi làm lại.")
    assert "9.000001" in err
    assert not (content / "procedures/vi-du").exists()


def test_import_of_a_portal_file(run: Run, content: Path, tmp_path: Path) -> None:
    """Drafts for all, with a word to those whose code is in use; a second time nothing is overwritten."""
    source = write_json_lines(tmp_path / "ba.jsonl", RAW, STRUCTURED, RAW | {"code": "9.000001"})
    assert run("import", source) == (0, f"Đã tạo 3 bản nháp trong {content / 'drafts'}, bỏ qua 0, không đọc được 0.\n", "")
    doubled = codes_in(content / "drafts")["9.000001"].read_text(encoding="utf-8")
    assert "<!-- Mã này đang có tờ muon-hoi-truong.md (9.000001). So với tờ ấy: motcua knowledge diff TỆP -->\n" in doubled
    again = run("import", source)
    assert again[1].splitlines()[0] == "9.100001: bỏ qua, đã có bản nháp dang-ky-nuoi-rong.md."


def test_import_of_new_procedures_only(run: Run, tmp_path: Path) -> None:
    """--new leaves out what has a leaflet, --to puts the drafts elsewhere, --code picks."""
    source = write_json_lines(tmp_path / "hai.jsonl", RAW, RAW | {"code": "9.000001"})
    assert run("import", source, "--new", "--to", tmp_path / "a")[1].splitlines() == [
        "9.000001: bỏ qua, đã có tờ muon-hoi-truong.md.",
        f"Đã tạo 1 bản nháp trong {tmp_path / 'a'}, bỏ qua 1, không đọc được 0.",
    ]
    run("import", source, "--code", "9.000001", "--to", tmp_path / "b")
    assert list(codes_in(tmp_path / "b")) == ["9.000001"]


def test_import_of_a_file_with_mistakes(run: Run, tmp_path: Path) -> None:
    """The lines that could not be read are told, and the exit code says so."""
    source = write_json_lines(tmp_path / "hong.jsonl", "không phải thủ tục")
    assert run("import", source)[::2] == (1, f"{source}:1: không phải một thủ tục. Cần một khối {{ … }} có “code” và “name”.\n")
    assert run("import", tmp_path / "khong-co.jsonl") == (
        1,
        "",
        "khong-co.jsonl: không đọc được tệp (No such file or directory). Hãy xem lại tên và thư mục.\n",
    )


def test_excel_there_and_back(run: Run, hall: Path, tmp_path: Path) -> None:
    """Exported, changed, listed, and written only when told to."""
    book = tmp_path / "phi.xlsx"
    assert run("export", "--xlsx", book) == (0, f"13 dòng → {book}. Sửa xong thì: motcua knowledge import --xlsx {book}\n", "")
    assert run("import", "--xlsx", book) == (0, "Không có gì khác.\n", "")
    made = load_workbook(book)
    made["Phí"]["E2"] = "70.000 đồng"
    made.save(book)
    line = f"{hall}: Phí, lệ phí, Trực tiếp: “50.000 đồng” → “70.000 đồng”\n"
    assert run("import", "--xlsx", book) == (0, f"{line}1 chỗ khác. Chưa ghi gì; đúng ý thì chạy lại với --write.\n", "")
    assert "50.000 đồng" in hall.read_text(encoding="utf-8")
    assert run("import", "--xlsx", book, "--write") == (0, f"{line}Đã ghi 1 chỗ vào 1 tệp.\n", "")
    assert "70.000 đồng" in hall.read_text(encoding="utf-8")


def test_excel_with_a_mistake_writes_nothing(run: Run, hall: Path, tmp_path: Path) -> None:
    """One wrong row keeps all others from being written."""
    book, before = tmp_path / "phi.xlsx", hall.read_bytes()
    run("export", "--xlsx", book)
    made = load_workbook(book)
    made["Phí"]["E2"], made["Phí"]["E3"] = "70.000 đồng", 5
    made.save(book)
    code, _, err = run("import", "--xlsx", book, "--write")
    assert (code, err.splitlines()) == (
        1,
        [f"{book}:3: trang “Phí”: “Mức phí: 5” chỉ có số. Hãy viết cả đơn vị, như 50.000 đồng.", "1 dòng sai. Chưa ghi gì."],
    )
    assert hall.read_bytes() == before


def test_excel_that_would_break_the_folder_writes_nothing(run: Run, content: Path, tmp_path: Path) -> None:
    """A telephone taken out would leave the office without one."""
    book, before = tmp_path / "phi.xlsx", (content / "office.md").read_bytes()
    run("export", "--xlsx", book)
    made = load_workbook(book)
    made["Liên hệ"]["B3"] = None
    made.save(book)
    code, _, err = run("import", "--xlsx", book, "--write")
    assert (code, err.splitlines()) == (
        1,
        [f"{content / 'office.md'}:1: thiếu khóa “Điện thoại”.", "Chưa ghi gì. Hãy sửa các dòng trên rồi làm lại."],
    )
    assert (content / "office.md").read_bytes() == before


def test_stale(run: Run) -> None:
    """A count, and nothing else where nothing is due."""
    assert run("stale") == (0, "0 tờ cần xem lại, 0 bản nháp chờ kiểm tra.\n", "")


def test_diff(run: Run, hall: Path, tmp_path: Path) -> None:
    """Each difference in a line, then the counts."""
    row = RAW | {"code": "9.000001", "documents": [], "methods": ["Trực tiếp2 Ngày làm việc70,000 VNĐ"]}
    code, out, _ = run("diff", write_json_lines(tmp_path / "hai.jsonl", row, STRUCTURED))
    assert (code, out.splitlines()) == (
        0,
        [
            f"{hall}: 9.000001, phí, trực tiếp: tờ ghi “50.000 đồng”, Cổng ghi “70.000 đồng”",
            "So 1 thủ tục: 1 chỗ khác. 1 thủ tục trong tệp chưa có tờ.",
        ],
    )


def test_history_and_restore(run: Run, hall: Path, tmp_path: Path) -> None:
    """A change by Excel is kept, listed and taken back; a wrong number is told."""
    assert run("history", hall)[1] == f"{hall}: chưa có bản cũ nào được giữ. Bản cũ được giữ từ lần thay đổi sau.\n"
    assert run("restore", hall) == (1, "", "muon-hoi-truong.md: không có bản cũ nào khác bản đang dùng.\n")
    before = hall.read_text(encoding="utf-8")
    test_excel_there_and_back(run, hall, tmp_path)
    assert run("restore", "muon-hoi-truong.md", "--version", 7) == (
        1,
        "",
        "muon-hoi-truong.md: không có bản số 7. Hãy xem: motcua knowledge history muon-hoi-truong.md\n",
    )
    code, out, _ = run("restore", "muon-hoi-truong.md")
    assert (code, out) == (0, f"Đã lấy lại {hall} như lúc {NOW:%d/%m/%Y %H:%M}. Bản vừa thay đã được giữ.\n")
    assert hall.read_text(encoding="utf-8") == before
    assert [line[:21] for line in run("history", hall)[1].splitlines()] == [f"{n}. {NOW:%d/%m/%Y %H:%M}  " for n in (1, 2)]
