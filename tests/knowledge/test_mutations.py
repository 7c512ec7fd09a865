"""Five hundred files spoilt at random: whatever lies in the folder, it is loaded whole or refused with a message."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.loader import CONTENT, ContentError, load
from knowledge.model import Knowledge
from knowledge.understand import Understanding
from tests.knowledge.conftest import SOUND, TODAY

SEEDS = 500
LEAFLETS = sorted((CONTENT / "procedures").rglob("*.md")) + sorted((CONTENT / "general").rglob("*.md"))
Mutation = Callable[[Path, random.Random], None]


def truncated(path: Path, rng: random.Random) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: rng.randrange(len(raw))])


def emptied(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.choice([b"", b"\n" * 5, b"\xef\xbb\xbf", b" \t\r\n"]))


def binary(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.choice([b"PK\x03\x04", b"\x89PNG\r\n", b"%PDF-1.7\n", b""]) + rng.randbytes(rng.randrange(1, 20_000)) + b"\xff")


def bytes_flipped(path: Path, rng: random.Random) -> None:
    raw = bytearray(path.read_bytes())
    for _ in range(rng.randrange(1, 30)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    path.write_bytes(raw)


def another_encoding(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode(rng.choice(["utf-16", "utf-16-le", "utf-32", "utf-16-be"])))


def accents_lost(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1", "replace" if rng.random() < 0.5 else "ignore"))


def huge(path: Path, rng: random.Random) -> None:
    os.truncate(path, 50_000_000)


def one_long_line(path: Path, rng: random.Random) -> None:
    piece = rng.choice([" ", "oà", "(", "# ", "x: ", "1.001193 ", "- ", "uỷ ", "<!-", "; ", "\u0301"])
    path.write_text(rng.choice(["", "# ", "- ", "Nguồn: "]) + piece * (400_000 // len(piece.encode())), encoding="utf-8")


def many_lines(path: Path, rng: random.Random) -> None:
    line = rng.choice(["a\n", "- a\n", "## Kết quả\n", "### a\n", "# a\n", "Nguồn: a\n", "<!--\n"])
    with path.open("a", encoding="utf-8") as file:
        file.write(line * (100_000 // len(line.encode())))


def linked_away(path: Path, rng: random.Random) -> None:
    path.unlink()
    path.symlink_to(rng.choice(["/etc/hostname", "/dev/zero", "../../../../etc", path.name, "khong-co.md", "/proc/self/environ"]))


def code_taken(path: Path, rng: random.Random) -> None:
    path.write_bytes((path.parent.parent / "mau" / "muon-hoi-truong.md").read_bytes() if path.parent.name == "thu" else path.read_bytes() * 2)


def lines_lost(path: Path, rng: random.Random) -> None:
    path.write_text("".join(line for line in _lines(path) if rng.random() < 0.9), encoding="utf-8")


def lines_shuffled(path: Path, rng: random.Random) -> None:
    lines = _lines(path)
    rng.shuffle(lines)
    path.write_text("".join(lines), encoding="utf-8")


def lines_doubled(path: Path, rng: random.Random) -> None:
    path.write_text("".join(line * rng.choice([1, 1, 1, 2]) for line in _lines(path)), encoding="utf-8")


def signs_sown(path: Path, rng: random.Random) -> None:
    text = list(path.read_text(encoding="utf-8"))
    for _ in range(rng.randrange(1, 60)):
        text[rng.randrange(len(text))] = rng.choice("#-:*<!>→()\n\t;,.0159 \u00a0\u200b\u0301\u2028\0\u202eđ“”📄")
    path.write_text("".join(text), encoding="utf-8")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


SURELY_BAD: tuple[Mutation, ...] = (binary, another_encoding, huge, linked_away, emptied, code_taken, one_long_line)
MUTATIONS: tuple[Mutation, ...] = (
    *SURELY_BAD, truncated, bytes_flipped, accents_lost, many_lines, lines_lost, lines_shuffled, lines_doubled, signs_sown
)  # fmt: skip


def spoilt(folder: Path, mutation: Mutation, rng: random.Random) -> Path:
    """A folder with one more leaflet, of the shipped ones, and one file spoilt: that leaflet or one of the office."""
    shutil.copytree(SOUND, folder)
    new = rng.choice(LEAFLETS)
    place = folder / ("procedures/thu" if "procedures" in new.parts else "general")
    place.mkdir(exist_ok=True)
    shutil.copy(new, place / new.name)
    path: Path = rng.choice([place / new.name] * 4 + [folder / f"{name}.md" for name in ("office", "calendar", "words", "notices")])
    mutation(path, rng)
    return path


def loaded(folder: Path) -> Knowledge | ContentError:
    try:
        return load(folder, TODAY)
    except ContentError as error:
        return error


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__)
def test_a_spoilt_file_never_crashes_and_never_passes_unnoticed(mutation: Mutation, tmp_path: Path) -> None:
    """The folder is loaded whole and can be asked, or refused with messages that can be printed, the spoilt file among them."""
    for seed in range(-(-SEEDS // len(MUTATIONS))):
        folder = tmp_path / str(seed)
        path = spoilt(folder, mutation, random.Random(f"{mutation.__name__} {seed}"))  # noqa: S311 - a dice, repeatable
        outcome = loaded(folder)
        if isinstance(outcome, ContentError):
            assert [p for p in outcome.problems if p.path == path and p.fatal], (path, outcome)
            assert all(p.message and p.line >= 1 and str(p).encode() for p in outcome.problems)
        else:
            assert mutation not in SURELY_BAD, path
            assert len(outcome.procedures) + len(outcome.drafts) == len(list((folder / "procedures").rglob("*.md")))
            assert len(outcome.generals) == len(list((folder / "general").rglob("*.md")))
            assert Understanding(outcome, TODAY).read("xin chào")
        shutil.rmtree(folder)
