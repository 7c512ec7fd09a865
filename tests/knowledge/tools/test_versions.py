"""Former states of files: kept copies, git, and bringing one back."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from knowledge.packed import Unreadable
from knowledge.publish import publish, rehearse
from knowledge.versions import find, history, keep, previous, replace_file, snapshot, text_of
from tests.knowledge.conftest import TODAY

NOW = dt.datetime(2026, 11, 22, 9, 0)
LATER = NOW + dt.timedelta(hours=1)


def dearer(text: str) -> str:
    return text.replace("50.000 đồng", "70.000 đồng")


def test_what_is_overwritten_is_kept(content: Path, hall: Path) -> None:
    """Publishing keeps the former text, with the time and by whom."""
    before = hall.read_text(encoding="utf-8")
    assert publish(content, {hall: dearer(before)}, NOW, "an") == []
    version = history(content, hall)[0]
    assert (version.when, version.who, version.kept) == (NOW, "an", True)
    assert text_of(content, hall, version) == before
    assert (content / ".history/procedures/mau/muon-hoi-truong.md/0001-20261122T090000-an.md").read_text(encoding="utf-8") == before


def test_an_earlier_state_comes_back(content: Path, hall: Path) -> None:
    """The newest state that says something else is the one that restoring means; the present one is kept."""
    before = hall.read_text(encoding="utf-8")
    publish(content, {hall: dearer(before)}, NOW, "an")
    version = previous(content, hall)
    assert version is not None
    assert publish(content, {hall: text_of(content, hall, version)}, LATER, "bình") == []
    assert hall.read_text(encoding="utf-8") == before
    assert [(v.when, v.who) for v in history(content, hall)] == [(LATER, "bình"), (NOW, "an")]


def test_restoring_twice_goes_back_and_forth(content: Path, hall: Path) -> None:
    """Nothing is lost by restoring: the state before it is the next one to come back."""
    publish(content, {hall: dearer(hall.read_text(encoding="utf-8"))}, NOW, "an")
    for fee in ("50.000 đồng", "70.000 đồng", "50.000 đồng"):
        version = previous(content, hall)
        assert version is not None
        publish(content, {hall: text_of(content, hall, version)}, LATER, "an")
        assert f"Trực tiếp: {fee}" in hall.read_text(encoding="utf-8")


def test_a_text_is_kept_once(content: Path, hall: Path) -> None:
    """What is kept already is not kept again."""
    assert keep(content, hall, NOW, "an") is not None
    assert keep(content, hall, LATER, "an") is None


def test_many_copies_in_one_second_keep_their_order(content: Path, hall: Path) -> None:
    """Copies are numbered, so that a clock that stands still does not mix them up."""
    for n in range(12):
        hall.write_text(f"# {n}\n", encoding="utf-8")
        keep(content, hall, NOW, "an")
    assert [text_of(content, hall, v) for v in history(content, hall)] == [f"# {n}\n" for n in reversed(range(12))]


def test_a_name_with_signs_makes_no_path(content: Path, hall: Path) -> None:
    """Whoever changes a file, the copy lies where it belongs."""
    copy = keep(content, hall, NOW, "../../Chị Tư")
    assert copy is not None
    assert copy.name == "0001-20261122T090000-.._.._Chị_Tư.md"
    assert copy.parent == content / ".history/procedures/mau/muon-hoi-truong.md"


def test_a_snapshot_keeps_what_changed(content: Path, hall: Path) -> None:
    """All files the first time, only the changed ones after that; copies are no leaflets."""
    assert len(snapshot(content, NOW)) == len([p for p in content.rglob("*.md") if ".history" not in p.parts])
    assert snapshot(content, NOW) == []
    hall.write_text(dearer(hall.read_text(encoding="utf-8")), encoding="utf-8")
    assert [copy.name for copy in snapshot(content, LATER)] == ["0002-20261122T100000-khong-ro.md"]


def test_what_could_not_be_served_is_not_written(content: Path, hall: Path) -> None:
    """A text with a mistake changes nothing; its problems are told by the file's own name."""
    before = hall.read_text(encoding="utf-8")
    problems = publish(content, {hall: before.replace("## Kết quả", "## Kết cục")}, NOW, "an")
    assert [str(p) for p in problems][:1] == [f"{hall}:1: mục “Kết quả” thiếu hoặc trống. Nếu nguồn không nói, hãy viết “- Chưa công bố”."]
    assert hall.read_text(encoding="utf-8") == before
    assert not (content / ".history").exists()


def test_what_breaks_a_golden_question_is_not_written(content: Path, hall: Path) -> None:
    """A change after which a golden question gets another answer changes nothing."""
    text = hall.read_text(encoding="utf-8")
    problems = rehearse(content, {hall: text.replace("Mã thủ tục: 9.000001", "Mã thủ tục: 9.000001\nHiệu lực đến: 01/01/2026")}, TODAY)
    assert problems == []
    broken = rehearse(content, {hall: text.replace("hội trường", "nhà văn hóa").replace("Nhà tôi cần nhà văn hóa", "Nhà tôi cần hội trường")}, TODAY)
    assert [(p.path, p.line) for p in broken] == [(hall, text.split("\n").index("- Nhà tôi cần hội trường cho đám cưới → trả lời") + 1)]


def test_a_golden_question_that_failed_before_is_no_hindrance(content: Path, hall: Path) -> None:
    """Only what the change itself breaks keeps it back."""
    hall.write_text(hall.read_text(encoding="utf-8").replace("đám cưới → trả lời", "đám cưới → không biết"), encoding="utf-8")
    assert rehearse(content, {hall: dearer(hall.read_text(encoding="utf-8"))}, TODAY) == []


def test_a_writer_that_fails_leaves_no_trace(content: Path, hall: Path) -> None:
    """A text that cannot be encoded leaves the old file and no half-written one."""
    before = hall.read_bytes()
    with pytest.raises(UnicodeEncodeError):
        replace_file(hall, "\ud800")
    assert hall.read_bytes() == before
    assert list(hall.parent.glob(".*")) == []


@pytest.fixture
def repository(content: Path) -> Path:
    """The content folder in git, with one commit."""
    program = shutil.which("git")
    if program is None:
        pytest.skip("git is not installed here")
    own = {"PATH": os.environ["PATH"], "HOME": str(content.parent)}
    author = ("-c", "user.name=Chị Ba", "-c", "user.email=ba@example.org")
    for words in (("init", "-q"), ("add", "."), (*author, "commit", "-q", "-m", "Tờ đầu tiên")):
        subprocess.run([program, "-C", str(content), *words], check=True, env=own)  # noqa: S603 # fixed words in a folder of the test's own
    return content


def test_in_git_the_commits_are_the_history(repository: Path, hall: Path) -> None:
    """Time, name and subject of the commit; its text can be brought back."""
    before = hall.read_text(encoding="utf-8")
    hall.write_text(dearer(before), encoding="utf-8")
    version = previous(repository, hall)
    assert version is not None
    assert (version.who, version.note, version.kept) == ("Chị Ba", "Tờ đầu tiên", False)
    assert text_of(repository, hall, version) == before


def test_in_git_only_what_is_not_committed_is_kept(repository: Path, hall: Path) -> None:
    """A committed text needs no copy, a change that nobody committed does."""
    assert (snapshot(repository, NOW), keep(repository, hall, NOW, "an")) == ([], None)
    hall.write_text(dearer(hall.read_text(encoding="utf-8")), encoding="utf-8")
    assert keep(repository, hall, NOW, "an") is not None


def test_a_file_is_found_by_path_or_name(content: Path, hall: Path) -> None:
    """The whole path, the path within the folder, the bare name, with or without .md."""
    names = (str(hall), "procedures/mau/muon-hoi-truong.md", "muon-hoi-truong.md", "muon-hoi-truong")
    assert {find(content, name) for name in names} == {hall}


def test_two_files_of_one_name_are_told_apart(content: Path, hall: Path) -> None:
    """A bare name that two files bear is not guessed."""
    (content / "general" / hall.name).write_text("# Khác\n", encoding="utf-8")
    with pytest.raises(Unreadable) as refused:
        find(content, hall.name)
    places = "general/muon-hoi-truong.md, procedures/mau/muon-hoi-truong.md"
    assert str(refused.value) == f"“muon-hoi-truong.md”: có 2 tệp tên này: {places}. Hãy ghi cả thư mục."


@pytest.mark.parametrize("name", ["khong-co.md", "../office.md", "/etc/passwd"])
def test_a_file_outside_the_folder_is_not_found(content: Path, name: str) -> None:
    """Nothing but the content folder is touched."""
    with pytest.raises(Unreadable) as refused:
        find(content / "procedures", name)
    where = f"không có tệp này trong {content / 'procedures'}. Hãy ghi như procedures/ho-tich/dang-ky-khai-sinh.md."
    assert str(refused.value) == f"“{name}”: {where}"
