"""The file of a provincial system: what it may say, and what is said about one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dossiers.source_file import SourceError, described, description

GOOD = """
url = "https://motcua.tinh.example/api/{code}"
[json]
code = "data.code"
status = "data.0.status"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    return tmp_path / "sources" / "tinh.toml"


def test_the_least(file: Path) -> None:
    """Address, code and status are enough."""
    file.write_text(GOOD)
    made = description(file)
    assert (made.name, made.url, made.method, made.timeout, made.remember) == ("tinh", "https://motcua.tinh.example/api/{code}", "GET", 4.0, 60.0)
    assert made.paths == {"code": ("data", "code"), "status": ("data", "0", "status")}


def test_all_of_it(file: Path) -> None:
    """Office, codes, method, body, times, headers with a secret, labels."""
    (file.parent / "token.txt").write_text("Bearer abc\n")
    file.write_text(
        'office = "mau"\ncodes = "H26"\nmethod = "post"\ntimeout = 2\nremember = 5\n'
        + GOOD
        + '[body]\nma = "{code}"\n'
        + '[headers]\nAuthorization = "file:token.txt"\nX-Office = "mau"\n[statuses]\n"Chờ duyệt" = 4\n"Xong" = "Đã trả kết quả"\n'
    )
    made = description(file)
    assert (made.office, made.codes, made.method, made.timeout, made.remember, made.body) == ("mau", "H26", "POST", 2.0, 5.0, {"ma": "{code}"})
    assert made.headers == {"Authorization": "Bearer abc", "X-Office": "mau"}
    assert [status.number for label in ("chờ duyệt", "XONG", "Đang xử lý") if (status := made.status(label))] == [4, 10, 4]
    assert "abc" not in repr(made)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("url = ", 'tinh.toml: not TOML (Invalid value (at end of document)). Expected lines such as url = "https://…/{code}".'),
        ("[json]\ncode = 'a'\nstatus = 'b'", "tinh.toml: url is missing. Expected an https:// address with {code}"),
        ("url = 'https://a.example/{code}'", 'tinh.toml: json is missing. Expected a table of places in the answer, such as code = "data.code".'),
        (GOOD.replace("https", "http"), "tinh.toml: url = 'http://motcua.tinh.example/api/{code}'. Expected an https:// address"),
        (GOOD.replace("motcua", "a:b@motcua"), "tinh.toml: url = 'https://…motcua.tinh.example/api/{code}'. Expected an https:// address"),
        (GOOD.replace("{code}", "{other}?key=abc"), "tinh.toml: url = 'https://motcua.tinh.example/api/{other}…'. Expected an https:// address"),
        (GOOD.replace("motcua", "{code}"), "tinh.toml: url = "),
        (GOOD.replace("{code}", ""), "tinh.toml: url = 'https://motcua.tinh.example/api/'. Expected an https:// address"),
        ("timeout = 9\n" + GOOD, "tinh.toml: timeout = 9. Expected seconds, more than 0 and at most 5."),
        ("remember = 0\n" + GOOD, "tinh.toml: remember = 0. Expected seconds, more than 0 and at most 3600."),
        ("method = 'PUT'\n" + GOOD, "tinh.toml: method = 'PUT'. Expected GET or POST."),
        ("office = 7\n" + GOOD, "tinh.toml: office = 7. Expected the code of one office."),
        (
            "ofice = 'mau'\n" + GOOD,
            "tinh.toml: ofice = 'mau'. Expected one of url, office, codes, method, body, timeout, remember, headers, json, statuses (“office”?).",
        ),
        (GOOD + "stautus = 'x'\n", "tinh.toml: json.stautus = 'x'. Expected one of root, code,"),
        (GOOD.replace("status =", "due ="), 'tinh.toml: json.status is missing. Expected where the answer tells it, such as "data.status".'),
        (GOOD + "[headers]\nA = 7\n", "tinh.toml: headers = '(hidden)'. Expected a table of texts; a secret as file:NAME."),
        (
            GOOD + "[headers]\nA = 'file:no.txt'\n",
            "tinh.toml: headers.A = 'file:no.txt': this file cannot be read. Expected a text file that holds the value.",
        ),
        (
            GOOD + "[headers]\nA = 'file:two.txt'\n",
            "tinh.toml: headers.A = 'file:two.txt': this file holds no single line. Expected the value on one line.",
        ),
        (GOOD + "[statuses]\n'Chờ' = 11\n", "tinh.toml: statuses.Chờ = 11. Expected the number (1 to 10) or the name of one of the ten statuses."),
    ],
)
def test_what_is_wrong_is_named(file: Path, text: str, said: str) -> None:
    """File, key, value, expectation; never a secret."""
    (file.parent / "two.txt").write_text("secret one\nsecret two")
    file.write_text(text)
    with pytest.raises(SourceError) as error:
        description(file)
    assert str(error.value).startswith(said)
    assert "abc" not in str(error.value)
    assert "a:b" not in str(error.value)
    assert "secret one" not in str(error.value)


def test_this_computer_may_be_asked_without_tls(file: Path) -> None:
    """For a gateway beside the bot."""
    file.write_text(GOOD.replace("https://motcua.tinh.example", "http://127.0.0.1:9000"))
    assert description(file).url.startswith("http://127.0.0.1")


def test_several_files(file: Path) -> None:
    """Each is read for itself: one that is wrong does not take the others with it; no folder is no file."""
    assert list(described(file.parent)) == []
    file.write_text(GOOD)
    (file.parent / "cu.toml").write_text("x")
    wrong, good = described(file.parents[1])
    assert isinstance(wrong, SourceError)
    assert not isinstance(good, SourceError)
