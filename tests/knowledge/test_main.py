"""`python -m knowledge`: what a clerk sees of the content folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.__main__ import main


def without_goldens(*paths: Path) -> None:
    """Leaves golden questions to their own tests."""
    for path in paths:
        path.write_text(path.read_text(encoding="utf-8").partition("\n## Câu hỏi kiểm tra")[0], encoding="utf-8")


def test_a_sound_folder_prints_its_counts(content: Path, hall: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The counts by field, the sum, and exit 0."""
    without_goldens(hall, hall.with_name("muon-san-bong.md"))
    assert main([str(content)]) == 0
    assert capsys.readouterr().out == "   2 Ví dụ\n   2 tờ thủ tục, 1 tờ hướng dẫn chung, 0 bản nháp\nLỗi: 0, cảnh báo: 0.\n"


def test_warnings_are_printed_and_do_not_fail(content: Path, hall: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A warning stands before the counts."""
    without_goldens(hall, hall.with_name("muon-san-bong.md"))
    hall.write_text(hall.read_text(encoding="utf-8").replace("- Nhớ mang theo căn cước.\n", ""), encoding="utf-8")
    assert main([str(content)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{hall}:35: cảnh báo: mục “Lưu ý” trống. Hãy viết nội dung, hoặc bỏ cả dòng “## …”."
    assert lines[-1] == "Lỗi: 0, cảnh báo: 1."


def test_errors_fail(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every problem, then how many, and exit 1."""
    (content / "office.md").unlink()
    assert main([str(content)]) == 1
    assert capsys.readouterr().out == f"{content}/office.md:1: thiếu tệp này.\n\nLỗi: 1, cảnh báo: 0. Nội dung chưa dùng được.\n"


def test_a_broken_golden_question_fails(content: Path, hall: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Content that breaks a golden question is not published."""
    without_goldens(hall.with_name("muon-san-bong.md"))
    hall.write_text(hall.read_text(encoding="utf-8").replace("Nhà tôi cần hội trường cho đám cưới → trả lời", "xin chào → trả lời"), encoding="utf-8")
    assert main([str(content)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{hall}:57: câu hỏi kiểm tra “xin chào” cần “trả lời (9.000001)”, nhưng nay là “")
    assert lines[-1] == "Lỗi: 1, cảnh báo: 0."


def test_it_runs_as_a_module(content: Path) -> None:
    """`python -m knowledge FOLDER` is the same with the exit code."""
    (content / "office.md").unlink()
    run = subprocess.run([sys.executable, "-m", "knowledge", str(content)], capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    assert (run.returncode, run.stdout.splitlines()[0]) == (1, f"{content}/office.md:1: thiếu tệp này.")
