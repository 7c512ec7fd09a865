"""The command line `motcua`: what it prints, what it returns, and how it fails."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from bot.__main__ import main
from bot.photos import MOST_BYTES
from bot.trial import BadLine, read_batch
from knowledge.loader import CONTENT
from tests.pictures import CODE, qr, receipt, saved

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "bot" / "dossiers" / "sample.csv"
NOW = "2026-11-23T09:00"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of the test's own, and a fixed time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_NOW", NOW)


@pytest.fixture
def taken() -> Iterator[str]:
    """An address at which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def motcua(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The command as an operator runs it."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "bot", *arguments], input=typed, capture_output=True, text=True, timeout=120, check=False, env=environment()
    )


def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "MOTCUA_NOW": NOW, "PYTHONUTF8": "1", "PATH": ""}


def broken_content(folder: Path) -> Path:
    """A content folder with one mistake."""
    (folder / "nội dung").mkdir()
    (folder / "nội dung" / "office.md").write_text((CONTENT / "office.md").read_text(encoding="utf-8"), encoding="utf-8")
    return folder / "nội dung"


# --- words of the command line --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["rnu"], ["dossiers"], ["dossiers", "import"], ["export", "names", "x.csv"], ["knowledge"]])
def test_wrong_words_are_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command that is not there is told with the usage; the exit code is 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: motcua")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`motcua --help` is a table of contents."""
    with pytest.raises(SystemExit):
        main(["--help"])
    assert set(re.findall(r"^    (\w+) ", capsys.readouterr().out, re.M)) >= {"run", "chat", "ask", "dossiers", "export", "knowledge", "doctor"}


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback, exit code 1."""
    monkeypatch.setenv("MOTCUA_HTTP", "x")
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == "motcua: MOTCUA_HTTP='x'. Expected host:port such as 127.0.0.1:8080.\n"


# --- run ------------------------------------------------------------------------------------------------------------------------------------


def test_a_port_in_use_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], taken: str, tmp_path: Path) -> None:
    """The address, the reason and the setting; nothing was opened before."""
    monkeypatch.setenv("MOTCUA_HTTP", taken)
    assert main(["run"]) == 1
    expected = f"motcua: {taken}: Address already in use. Expected: a free address. Stop the other program, or set MOTCUA_HTTP=127.0.0.1:8081.\n"
    assert capsys.readouterr().err == expected
    assert list(tmp_path.iterdir()) == []


def test_run_serves_the_page_and_stops_when_told(tmp_path: Path) -> None:
    """Started without a setting but its address, it answers on the page, keeps its files in data/, and ends with 0 on SIGTERM."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], env={**environment(), "MOTCUA_HTTP": address}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        page = fetched(f"http://{address}/", process)
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert "<html" in page
    assert (process.returncode, err) == (0, "")
    assert re.fullmatch(rf"Một Cửa: http://{address}  \(\d+ tờ thủ tục\)\. Dừng: Ctrl\+C\.\n", out)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def fetched(url: str, process: subprocess.Popen[str]) -> str:
    """What the address answers, within a minute."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own process
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.05)


# --- broken content -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["ask", "khai sinh"], ["run"], ["dossiers", "import", str(SAMPLE)]])
def test_broken_content_is_not_served(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every problem with its place, and what to do; never half of the content."""
    folder = broken_content(tmp_path)
    monkeypatch.setenv("MOTCUA_CONTENT", str(folder))
    monkeypatch.setenv("MOTCUA_HTTP", f"127.0.0.1:{_free_port()}")
    assert main(command) == 1
    *problems, last = capsys.readouterr().err.splitlines()
    assert f"{folder}:1: không có tờ hướng dẫn nào trong thư mục procedures/." in problems
    assert last == "motcua: the content cannot be served; mend the lines above (motcua knowledge check)."


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_a_missing_content_folder_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With the setting that names it."""
    monkeypatch.setenv("MOTCUA_CONTENT", "/nowhere")
    assert main(["ask", "khai sinh"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == "/nowhere:1: không có thư mục nội dung này. Hãy sửa MOTCUA_CONTENT hoặc tạo thư mục."


# --- staff ------------------------------------------------------------------------------------------------------------------------------------


def test_staff_are_invited_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    """The code is shown once and is not in the database; the list says how each stands; a removed invitation serves no more."""
    assert main(["staff", "list"]) == 0
    assert main(["staff", "invite", " Tổ  một cửa "]) == 0
    assert main(["staff", "invite", "Bà Hà", "--role", "leader"]) == 0
    out = capsys.readouterr().out
    code = re.search(r"/nhanvien ([2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5})$", out, re.M)
    assert code, out
    assert 'motcua staff invite "Tổ một cửa"' in out
    assert "Số 1, Tổ một cửa (cán bộ xử lý). Mã dùng một lần, đến 09:00 ngày 25/11/2026:" in out
    assert code.group(1).encode() not in Path("data/motcua.db").read_bytes()
    assert main(["staff", "remove", "2"]) == 0
    assert main(["staff", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "1. Tổ một cửa (cán bộ xử lý): chưa dùng mã, hạn 09:00 ngày 25/11/2026",
        "2. Bà Hà (lãnh đạo): lời mời đã rút",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["invite", "  "], "motcua: '  ' is no name for the records. Expected up to 80 characters, such as Tổ một cửa."),
        (["invite", "tổ MỘT cửa"], "motcua: tổ MỘT cửa: another of the staff has this name in the records. Expected one of its own."),
        (["remove", "9"], "motcua: 9: no staff of this number work here. Expected one that `motcua staff list` shows."),
    ],
)
def test_what_cannot_be_done_with_staff(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 1, nothing changed."""
    assert main(["staff", "invite", "Tổ một cửa"]) == 0
    assert main(["staff", *arguments]) == 1
    assert capsys.readouterr().err.splitlines() == [told]


# --- dossiers import, export ----------------------------------------------------------------------------------------------------------------


def test_import(capsys: pytest.CaptureFixture[str]) -> None:
    """The sample is taken whole, and again."""
    for new in (6, 0):
        assert main(["dossiers", "import", str(SAMPLE)]) == 0
        assert capsys.readouterr() == (imported(6, 0, new), "")


def imported(taken: int, refused: int, new: int) -> str:
    """The summary of an import that changed nothing known."""
    counts = f"Mới: {new}. Đổi trạng thái: 0. Đổi thông tin khác: 0. Không đổi: {taken - new}. Cũ hơn số liệu đang có: 0."
    return f"Đã đọc {taken} hồ sơ, bỏ qua {refused} dòng.\n{counts}\n"


def test_import_lists_the_rows_that_it_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With file, row, column and reason; the exit code is 1."""
    rows = "H26.145-261110-0001,Đang xử lý,0900000001\nxx,Đang xử lý,0900000002\n"
    (tmp_path / "h.csv").write_text(f"Mã hồ sơ,Trạng thái,Điện thoại\n{rows}", encoding="utf-8")
    assert main(["dossiers", "import", "h.csv"]) == 1
    expected = "h.csv: dòng 3, cột A: “xx” không phải là mã hồ sơ (như H26.145-260108-0002).\n"
    assert capsys.readouterr() == (imported(1, 1, 1), expected)


def test_import_of_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 1."""
    assert main(["dossiers", "import", "h.csv"]) == 1
    assert capsys.readouterr() == ("", "motcua: h.csv: không có tệp này, hoặc không được phép đọc.\n")


def test_a_database_that_cannot_be_used_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the cure, exit code 1."""
    (tmp_path / "data").write_text("", encoding="utf-8")
    assert main(["export", "ratings", "r.csv"]) == 1
    assert capsys.readouterr().err == "motcua: data cannot be made: File exists. Expected: a folder that this user may write. Check MOTCUA_DATA.\n"


@pytest.mark.parametrize(
    ("what", "heading"),
    [
        ("ratings", "Thời điểm,Kênh,Mức,Lý do,Lời kèm theo,Mã hồ sơ,Quầy,Lĩnh vực,Trả lời thêm"),
        ("dialogues", "Buổi đối thoại,Câu hỏi,Thời điểm,Kênh"),
        ("feedback", "Thời điểm,Kênh,Số góp ý,Nội dung"),
    ],
)
def test_export_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, heading: str) -> None:
    """A file with its headings."""
    assert main(["export", what, "r.csv"]) == 0
    assert capsys.readouterr() == ("0 dòng → r.csv\n", "")
    assert (tmp_path / "r.csv").read_text(encoding="utf-8-sig") == heading + "\n"


def test_export_of_what_was_said_in_a_chat(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Feedback given in the terminal is in the file, and no formula of it."""
    done = motcua("chat", typed="/gopy\n=1+1 nên có thêm ghế\n1\n")
    assert done.returncode == 0
    assert main(["export", "feedback", "g.csv"]) == 0
    assert capsys.readouterr().out == "1 dòng → g.csv\n"
    row = (tmp_path / "g.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert re.fullmatch(r"23/11/2026 09:00,console,GY-261123-\w{4},'=1\+1 nên có thêm ghế", row)


def test_export_to_where_nothing_can_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 1."""
    assert main(["export", "ratings", "nowhere/r.csv"]) == 1
    assert capsys.readouterr().err == "motcua: nowhere/r.csv: No such file or directory. Expected: a file in a folder that can be written.\n"


# --- ask ------------------------------------------------------------------------------------------------------------------------------------


def test_ask(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Messages that follow one another are answered, each with the leaflet's code and, where wanted, why; nothing is written."""
    assert main(["ask", "--why", "lệ phí đăng ký khai sinh", "mất bao lâu"]) == 0
    out, err = capsys.readouterr()
    assert re.findall(r"^# (outcome .+)$", out, re.M) == ["outcome answer 1.001193 fee", "outcome answer 1.001193 time"]
    assert "mã 1.001193" in out
    assert err == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "--jsonl", "khai sinh"]])
def test_ask_wants_a_question_or_lines(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Neither and both are told with an example."""
    assert main(arguments) == 1
    assert capsys.readouterr().err == 'motcua: ask needs either a question or --jsonl, such as: motcua ask "làm giấy khai sinh cần gì"\n'


def test_ask_in_a_batch() -> None:
    """A line in, a line out, in order; a conversation goes on within its line and begins anew with the next."""
    asked = [("a", ["đăng ký khai sinh cần giấy tờ gì", "lệ phí bao nhiêu"]), ("b", ["lệ phí bao nhiêu"]), ("c", [])]
    done = motcua("ask", "--jsonl", typed="\n\n".join(json.dumps({"id": id_, "messages": messages}, ensure_ascii=False) for id_, messages in asked))
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["id"], len(row["replies"])) for row in rows] == [("a", 2), ("b", 1), ("c", 0)]
    first, second = rows[0]["replies"]
    assert (first["outcome"], first["procedures"], first["aspects"]) == ("answer", ["1.001193"], ["documents"])
    assert (second["outcome"], second["procedures"], second["aspects"]) == ("answer", ["1.001193"], ["fee"])
    assert rows[1]["replies"][0]["outcome"] != "answer"


@pytest.mark.parametrize(
    "line", ["x", "[]", "{}", '{"id": "a"}', '{"messages": ["x"]}', '{"id": "a", "messages": "x"}', '{"id": "a", "messages": [1]}', "null"]
)
def test_a_bad_line_is_told(line: str) -> None:
    """By its number, with what is expected and what is there."""
    with pytest.raises(BadLine) as error:
        read_batch(['{"id": "a", "messages": ["x"]}', "", line])
    assert str(error.value) == f'line 3: expected {{"id": "...", "messages": ["...", "..."]}}, found {line}'


def test_a_bad_line_ends_the_command() -> None:
    """Before anything is answered, exit code 1."""
    done = motcua("ask", "--jsonl", typed='{"id": 1}\n')
    expected = 'motcua: line 1: expected {"id": "...", "messages": ["...", "..."]}, found {"id": 1}\n'
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected)


# --- photos and look-up systems ---------------------------------------------------------------------------------------------------------------


def test_a_photo_in_a_chat(tmp_path: Path) -> None:
    """`/anh PATH` sends a photo: a receipt at 17 degrees is answered like its code, what is no photo in words, and nothing is kept."""
    (tmp_path / "giay hen.jpg").write_bytes(saved(receipt(qr(), tilt=17)))
    (tmp_path / "trang.html").write_text("<script>")
    typed = motcua("chat", typed=f"{CODE}\n").stdout
    done = motcua("chat", typed=f"/anh {tmp_path}/giay hen.jpg\n/anh {tmp_path}/trang.html\n/anh {tmp_path}/no.jpg\n")
    assert (done.returncode, done.stderr) == (0, "")
    answer = next(line for line in typed.splitlines() if CODE in line)
    assert answer in done.stdout.splitlines()
    assert "Tệp này không phải ảnh mà tôi xem được." in done.stdout
    assert f"{tmp_path}/no.jpg: không đọc được tệp này." in done.stdout
    assert list((Path("data") / "arrived").iterdir()) == []


def test_a_photo_that_is_too_heavy(tmp_path: Path) -> None:
    """Over 10 MB is refused at the terminal."""
    (tmp_path / "to.jpg").write_bytes(b"\xff\xd8\xff" + bytes(MOST_BYTES))
    assert f"{tmp_path}/to.jpg: nặng quá 10 MB." in motcua("chat", typed=f"/anh {tmp_path}/to.jpg\n").stdout


def province(httpserver: HTTPServer) -> None:
    """A look-up system of the province, described in the data folder as an operator does it."""
    folder = Path("data") / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token.txt").write_text("Bearer an-invented-token")
    places = 'code = "ma"\nstatus = "trangThai"\nphone = "sdt"\n'
    lines = f'url = "{httpserver.url_for("/")}{{code}}"\n[headers]\nAuthorization = "file:token.txt"\n[json]\n{places}'
    (folder / "tinh.toml").write_text(lines)


def test_a_dossier_that_the_province_knows(httpserver: HTTPServer) -> None:
    """The whole way: file, HTTP, digits, details; then the province is silent, and the last state is told with an honest word."""
    province(httpserver)
    httpserver.expect_oneshot_request("/H26.145-261110-0777", headers={"Authorization": "Bearer an-invented-token"}).respond_with_json(
        {"ma": "H26.145-261110-0777", "trangThai": "Chờ bổ sung", "sdt": "0900000009"}
    )
    done = motcua("chat", typed="H26.145-261110-0777\n0009\n")
    assert "Trạng thái: Yêu cầu bổ sung giấy tờ" in done.stdout
    httpserver.clear()
    httpserver.expect_request("/H26.145-261110-0777").respond_with_data("", status=503)
    again = motcua("chat", typed="H26.145-261110-0777\n0009\n")
    assert "Trạng thái: Yêu cầu bổ sung giấy tờ" in again.stdout
    assert "Hệ thống của tỉnh đang bận. Đây là tình trạng lần cuối tôi biết, vào lúc ghi ở dưới." in again.stdout
    for word in ("0777", "an-invented-token", "0900"):
        assert word not in done.stderr + again.stderr


def test_doctor_tells_of_look_up_systems(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A good file is named, a bad one with file, key and expectation."""
    monkeypatch.setenv("MOTCUA_HTTP", f"127.0.0.1:{_free_port()}")
    province(httpserver)
    assert main(["doctor"]) == 0
    assert "✓ Dossiers: sources/tinh.toml is looked up" in capsys.readouterr().out.splitlines()
    (Path("data") / "sources" / "huyen.toml").write_text('url = "http://huyen.example/{code}"')
    assert main(["doctor"]) == 1
    expected = "an https:// address with {code} where the dossier's code stands (http:// only to this computer), without a name or password"
    assert "✗ Dossiers: sources/huyen.toml: json is missing." in capsys.readouterr().out
    (Path("data") / "sources" / "huyen.toml").write_text('url = "http://huyen.example/{code}"\n[json]\ncode = "a"\nstatus = "b"')
    assert main(["doctor"]) == 1
    assert f"✗ Dossiers: sources/huyen.toml: url = 'http://huyen.example/{{code}}'. Expected {expected}." in capsys.readouterr().out.splitlines()


# --- knowledge check, doctor ----------------------------------------------------------------------------------------------------------------


def test_knowledge_check_of_broken_content(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Every problem, the counts, exit code 1."""
    folder = broken_content(tmp_path)
    monkeypatch.setenv("MOTCUA_CONTENT", str(folder))
    assert main(["knowledge", "check"]) == 1
    out = capsys.readouterr().out
    assert f"{folder}:1: không có tờ hướng dẫn nào trong thư mục procedures/." in out
    assert re.search(r"^Lỗi: \d+, cảnh báo: \d+\. Nội dung chưa dùng được\.$", out, re.M)


def lines_of(out: str) -> dict[str, str]:
    """The doctor's findings by their subject, without the counts."""
    return {line[2:].partition(":")[0]: re.sub(r"\d+ (procedures|general|warnings)", r"N \1", line) for line in reversed(out.splitlines())}


def test_doctor_of_a_fresh_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A line a finding, and 0: what is only absent is no fault."""
    monkeypatch.setenv("MOTCUA_HTTP", f"127.0.0.1:{_free_port()}")
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    found = lines_of(out)
    assert found["Settings"].startswith("✓ Settings: data data, page http://127.0.0.1:")
    assert found["Content"] == "✓ Content: N procedures, N general leaflets, N warnings"
    assert "· Content: " in out
    assert found["Database"] == "✓ Database: sqlite+aiosqlite:///data/motcua.db, 0 dossiers"
    assert re.fullmatch(r"✓ Web: 127\.0\.0\.1:\d+ is free", found["Web"])
    assert found["Telegram"] == "· Telegram: no MOTCUA_TELEGRAM_TOKEN, so it is left out"


def test_doctor_when_the_bot_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], taken: str) -> None:
    """A taken address is a note, for it may be the bot's own."""
    monkeypatch.setenv("MOTCUA_HTTP", taken)
    assert main(["doctor"]) == 0
    found = lines_of(capsys.readouterr().out)["Web"]
    assert found.startswith(f"· Web: {taken}: Address already in use.")
    assert found.endswith("(that is right when the bot is running already)")


def test_doctor_tells_all_that_is_wrong_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Content, database and Telegram each with their cure; exit code 1."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "motcua.db").write_text("Danh sách\n" * 100, encoding="utf-8")
    folder, closed = broken_content(tmp_path), f"http://127.0.0.1:{_free_port()}"
    monkeypatch.setenv("MOTCUA_CONTENT", str(folder))
    monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN", "123456:AnInventedTokenForTests_-1234")
    monkeypatch.setenv("MOTCUA_TELEGRAM_API", closed)
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert f"✗ Content: {folder}:1: không có tờ hướng dẫn nào trong thư mục procedures/." in out.splitlines()
    found = lines_of(out)
    cure = "is not a database. Move the file away or restore a backup; nothing was changed."
    assert found["Database"] == f"✗ Database: sqlite+aiosqlite:///data/motcua.db {cure}"
    assert found["Telegram"] == f"✗ Telegram: {closed} cannot be reached (NetworkError). Check the network or MOTCUA_TELEGRAM_API."
    assert "AnInventedToken" not in out


def test_doctor_of_a_postgresql_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A database that cannot be reached is a finding, without its password."""
    monkeypatch.setenv("MOTCUA_DATABASE", f"postgresql+asyncpg://xa:geheim@127.0.0.1:{_free_port()}/motcua")
    assert main(["doctor"]) == 1
    out, err = capsys.readouterr()
    address = r"postgresql\+asyncpg://xa:\*\*\*@127\.0\.0\.1:\d+/motcua"
    expected = rf"✗ Database: {address} (needs the package asyncpg\. Install it: pip install asyncpg|cannot be reached: .+)"
    assert re.fullmatch(expected, lines_of(out)["Database"])
    assert "geheim" not in out + err
