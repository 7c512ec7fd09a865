"""The content folder as a whole: all of it or none, whatever kind of file lies in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from knowledge.loader import MAX_BYTES, ContentError, load
from tests.knowledge.conftest import TODAY


def refused(folder: Path) -> list[str]:
    """What the loader refuses the folder for, with paths from the folder."""
    with pytest.raises(ContentError) as caught:
        load(folder, TODAY)
    return [str(p).removeprefix(f"{folder}/") for p in caught.value.problems]


def test_a_sound_folder_is_loaded_whole(content: Path) -> None:
    """Leaflets, office, calendar, words and notices come together."""
    knowledge = load(content, TODAY)
    assert [p.code for p in knowledge.procedures] == ["9.000001", "9.000002"]
    assert [g.topic for g in knowledge.generals] == ["uy-quyen"]
    assert (knowledge.office.code, len(knowledge.calendar), len(knowledge.words), len(knowledge.notices)) == ("thu", 3, 3, 1)
    assert knowledge.warnings == ()


def test_further_offices_stand_beside_the_first(content: Path) -> None:
    """A file each in offices/; the knowledge can be spoken for any of them, and for the first where a code is unknown."""
    text = (content / "office.md").read_text(encoding="utf-8")
    (content / "offices").mkdir()
    (content / "offices" / "thu-hai.md").write_text(text.replace("Mã: thu", "Mã: thu-hai").replace("xã Thử", "xã Thử Hai"), encoding="utf-8")
    knowledge = load(content, TODAY)
    assert [office.code for office in knowledge.offices] == ["thu", "thu-hai"]
    assert knowledge.at("thu-hai").office.address == "Số 1 đường Thử, xã Thử Hai"
    assert [office.code for office in knowledge.at("thu-hai").offices] == ["thu-hai", "thu"]
    assert knowledge.at("khong-co") == knowledge


def test_all_problems_of_all_files_come_at_once_in_order(content: Path, hall: Path) -> None:
    """One bad file does not hide another, and warnings stand among the errors."""
    (content / "words.md").write_text("# Từ\n## A\n- gks\n", encoding="utf-8")
    hall.write_text(hall.read_text(encoding="utf-8").replace("9.000001", "1").replace("- Trực tiếp: 50.000", "- 50.000"), encoding="utf-8")
    assert refused(content) == [
        "procedures/mau/muon-hoi-truong.md:3: “Mã thủ tục: 1” không đúng. Mã quốc gia có dạng 1.001193.",
        "procedures/mau/muon-hoi-truong.md:21: cảnh báo: “50.000 đồng” không nói hình thức nộp. "
        "Hãy viết “Trực tiếp: …”, “Trực tuyến: …”, “Bưu chính: …” hoặc “Mọi hình thức: …”.",
        "procedures/mau/muon-san-bong.md:49: cảnh báo: “Thủ tục liên quan: 9.000001” chưa có tờ hướng dẫn nên không hiện cho dân.",
        "words.md:3: không hiểu “gks”. Hãy viết như “cccd: căn cước công dân”; nhiều cách viết thì cách nhau bằng dấu phẩy.",
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-32"])
def test_another_encoding_is_named(content: Path, hall: Path, encoding: str) -> None:
    """What Notepad saves as «Unicode» or «ANSI» is refused with the way to save it."""
    hall.write_bytes("# Thuê cà phê\n".encode(encoding))
    assert "muon-hoi-truong.md:1: tệp không phải UTF-8. Trong Word hoặc Notepad hãy lưu lại với mã hóa UTF-8." in refused(content)[0]


def test_a_broken_byte_is_told_at_its_line(content: Path, hall: Path) -> None:
    """The line of the first byte that is no UTF-8 is named."""
    hall.write_bytes(hall.read_bytes().replace("Trực tiếp".encode(), b"Tr\xffc", 1))
    line = "procedures/mau/muon-hoi-truong.md:21: tệp không phải UTF-8. Trong Word hoặc Notepad hãy lưu lại với mã hóa UTF-8."
    assert line in refused(content)


def test_a_huge_file_is_not_read(content: Path, hall: Path) -> None:
    """A file of 50 MB is refused by its size alone."""
    with hall.open("wb") as file:
        file.truncate(50_000_000)
    assert "procedures/mau/muon-hoi-truong.md:1: tệp quá lớn (50,000,000 byte; nhiều nhất 512,000)." in refused(content)


def test_the_largest_file_is_read(content: Path, hall: Path) -> None:
    """The limit itself is still within the limit."""
    hall.write_bytes(hall.read_bytes() + b"\n" * (MAX_BYTES - hall.stat().st_size))
    assert load(content, TODAY).warnings == ()


def test_a_link_out_of_the_folder_is_refused(content: Path, hall: Path, tmp_path: Path) -> None:
    """Content lies in the folder, not beyond it; a link to a file or a folder elsewhere is no way in."""
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.move(hall, outside / "leaflet.md")
    hall.symlink_to(outside / "leaflet.md")
    (content / "general" / "them").symlink_to(outside)
    assert refused(content)[0] == "general/them:1: là lối tắt đến thư mục khác nên không được đọc. Hãy chép thư mục vào đây."
    assert refused(content)[1] == "procedures/mau/muon-hoi-truong.md:1: đường dẫn trỏ ra ngoài thư mục nội dung. Hãy chép tệp vào đây."


def test_a_whole_folder_linked_from_elsewhere_is_refused(content: Path, tmp_path: Path) -> None:
    """A linked procedures/ is found out file by file."""
    shutil.move(content / "procedures", tmp_path / "procedures")
    (content / "procedures").symlink_to(tmp_path / "procedures")
    assert refused(content)[0] == "procedures/mau/muon-hoi-truong.md:1: đường dẫn trỏ ra ngoài thư mục nội dung. Hãy chép tệp vào đây."


def test_a_link_within_the_folder_is_followed(content: Path) -> None:
    """A link to a file of the folder is that file."""
    shutil.move(content / "words.md", content / "tu.txt")
    (content / "words.md").symlink_to("tu.txt")
    assert len(load(content, TODAY).words) == 3


def test_links_that_lead_nowhere_or_in_a_circle_are_refused(content: Path) -> None:
    """A broken link is told of like any file that cannot be read."""
    (content / "general" / "a.md").symlink_to("b.md")
    (content / "general" / "b.md").symlink_to("a.md")
    (content / "general" / "c.md").symlink_to("khong-co.md")
    message = "không đọc được tệp: lối tắt hỏng, hoặc không có quyền đọc."
    assert refused(content) == [f"general/{name}.md:1: {message}" for name in "abc"]


def test_what_is_no_file_is_refused(content: Path) -> None:
    """A pipe is not waited on, and a folder is not read as a leaflet."""
    os.mkfifo(content / "general" / "ong.md")
    (content / "notices.md").unlink()
    (content / "notices.md").mkdir()
    assert refused(content) == ["general/ong.md:1: không phải là tệp.", "notices.md:1: không phải là tệp."]


def test_a_name_that_is_no_text_is_refused(content: Path) -> None:
    """A file name in another encoding is told of in words that can be printed."""
    with open(os.fsencode(content / "general") + b"/l\xe0m.md", "wb"):
        pass
    assert refused(content) == ["general/l�m.md:1: tên tệp có ký tự lạ. Hãy đặt tên không dấu, nối bằng gạch ngang."]


@pytest.mark.parametrize("name", [".history", ".git"])
def test_hidden_folders_are_passed_over(content: Path, hall: Path, name: str) -> None:
    """Kept copies of leaflets are not leaflets."""
    kept = content / "procedures" / name
    kept.mkdir()
    shutil.copy(hall, kept / "muon-hoi-truong.md")
    assert load(content, TODAY).warnings == ()


@pytest.mark.parametrize("name", ["~$muon-hoi-truong.md", ".muon-hoi-truong.md.swp", ".#muon.md"])
def test_locks_of_editors_are_passed_over(content: Path, hall: Path, name: str) -> None:
    """What Word and others lay beside a file while it is open is no content."""
    hall.with_name(name).write_bytes(b"\xff\x00")
    assert load(content, TODAY).warnings == ()


def test_a_file_with_another_ending_is_told_of(content: Path, hall: Path) -> None:
    """Notepad likes to add .txt: the leaflet would be missing without a word."""
    shutil.copy(hall, hall.with_name("moi.md.txt"))
    assert [str(p).removeprefix(f"{content}/") for p in load(content, TODAY).warnings] == [
        "procedures/mau/moi.md.txt:1: cảnh báo: tên tệp không có đuôi .md nên bot không đọc. Hãy đổi đuôi, hoặc chuyển tệp đi chỗ khác."
    ]


def test_the_office_is_required_and_the_other_files_are_not(content: Path) -> None:
    """Without office.md there is no way out to offer; without the rest there is."""
    for name in ("calendar", "words", "notices"):
        (content / f"{name}.md").unlink()
    knowledge = load(content, TODAY)
    assert (knowledge.calendar, knowledge.words, knowledge.notices) == ((), (), ())
    (content / "office.md").unlink()
    assert refused(content) == ["office.md:1: thiếu tệp này."]


def test_a_missing_folder_says_which_setting(tmp_path: Path) -> None:
    """The operator learns what to mend."""
    assert refused(tmp_path / "khong-co") == [f"{tmp_path}/khong-co:1: không có thư mục nội dung này. Hãy sửa MOTCUA_CONTENT hoặc tạo thư mục."]


def test_a_folder_without_procedures_is_not_served(content: Path) -> None:
    """An emptied folder is a mishap, not new content."""
    shutil.rmtree(content / "procedures")
    assert refused(content) == [f"{content}:1: không có tờ hướng dẫn nào trong thư mục procedures/."]


def test_the_version_changes_with_every_byte_and_every_name(content: Path, hall: Path) -> None:
    """The same folder has the same version; a byte, a name or a place more makes another."""
    versions = [load(content, TODAY).version, load(content, TODAY).version]
    assert versions[0] == versions[1]
    hall.write_bytes(hall.read_bytes() + b"\n")
    versions.append(load(content, TODAY).version)
    shutil.move(hall, hall.with_name("hoi-truong.md"))
    versions.append(load(content, TODAY).version)
    (content / "procedures" / "khac").mkdir()
    shutil.move(hall.with_name("hoi-truong.md"), content / "procedures" / "khac" / "hoi-truong.md")
    versions.append(load(content, TODAY).version)
    (content / "lexicon" / "thu-tu.md").write_bytes((content / "lexicon" / "thu-tu.md").read_bytes() + b"\n")
    versions.append(load(content, TODAY).version)
    assert len(set(versions)) == 5


def test_the_error_reads_as_its_problems(content: Path) -> None:
    """Printed, the error is the list, one problem a line."""
    (content / "office.md").unlink()
    (content / "words.md").write_text("# Từ\n## A\n- gks\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load(content, TODAY)
    assert str(caught.value) == "\n".join(str(p) for p in caught.value.problems)
    assert len(caught.value.problems) == 2
