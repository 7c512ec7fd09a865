"""How long content takes to load and to index, beside the limits of issue 3: `python -m tests.bench.content`.

The shipped leaflets, then 6,000 made of them by varying codes, names and words. With a last line: the longest time that a reload
in a thread held up the loop that answers."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from knowledge.loader import CONTENT, load
from knowledge.model import Knowledge
from knowledge.understand import Understanding

TODAY = dt.date(2026, 11, 22)
MANY = 6000
LIMIT_SHIPPED, LIMIT_MANY, LIMIT_BLOCK = 1.0, 15.0, 0.050
TICK = 0.002
CHANGED = ("Tên gọi khác", "Câu hỏi mẫu", "Câu hỏi kiểm tra")


def synthetic(folder: Path, count: int = MANY) -> None:
    """A content folder with `count` procedures: the shipped ones again and again, each with a code, names and questions of its own."""
    shutil.copytree(CONTENT, folder)
    leaflets = [path.read_text(encoding="utf-8") for path in sorted((CONTENT / "procedures").rglob("*.md"))]
    shutil.rmtree(folder / "procedures")
    vocabulary = sorted({word for text in leaflets for word in re.findall(r"[^\W\d_]{3,}", text)})
    for number in range(count):
        text = leaflets[number % len(leaflets)]
        place = folder / "procedures" / f"{number % 40:02}" / f"thu-tuc-{number:04}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(varied(text, number, vocabulary), encoding="utf-8")


def varied(text: str, number: int, vocabulary: list[str]) -> str:
    """A leaflet like another, about something else: every name and question gets words that no other has in that order."""
    dice = random.Random(number)  # noqa: S311 - repeatable
    text = re.sub(r"^Mã thủ tục: .*$", f"Mã thủ tục: 8.{number:06}", text, flags=re.M)
    text = re.sub(r"^(Mã cũ: .*|Tên ngắn: .*)\n", "", text, flags=re.M)
    text = re.sub(r"^# (.*)$", lambda m: f"# {m.group(1)} {_words(dice, vocabulary)}", text, count=1, flags=re.M)
    section, lines = "", []
    for line in text.splitlines():
        section = line[3:] if line.startswith("## ") else section
        if section in CHANGED and line.startswith("- "):
            lines.append(f"- {_words(dice, vocabulary)} {line[2:]}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _words(dice: random.Random, vocabulary: list[str]) -> str:
    return " ".join(dice.sample(vocabulary, 3)).lower()


def timed(name: str, folder: Path, limit: float) -> Knowledge:
    """Loads and indexes a folder and prints how long it took."""
    begun, spent = time.perf_counter(), time.process_time()
    knowledge = load(folder, TODAY)
    loaded = time.perf_counter()
    Understanding(knowledge, TODAY)
    done = time.perf_counter()
    print(f"{name}: {len(knowledge.procedures)} procedures, {len(knowledge.generals)} general: ", end="")
    print(f"load {loaded - begun:.2f} s + index {done - loaded:.2f} s = {done - begun:.2f} s ", end="")
    print(f"(processor {time.process_time() - spent:.2f} s), {'within' if done - begun <= limit else 'OVER'} the limit of {limit:.0f} s")
    return knowledge


async def longest_block(folder: Path) -> float:
    """The longest time, in seconds, that the loop stood still while the folder was loaded and indexed in a thread."""
    work = asyncio.create_task(asyncio.to_thread(lambda: Understanding(load(folder, TODAY), TODAY)))
    longest, last = 0.0, time.perf_counter()
    while not work.done():
        await asyncio.sleep(TICK)
        now = time.perf_counter()
        longest, last = max(longest, now - last - TICK), now
    return longest


def main() -> int:
    load(CONTENT, TODAY)  # imports, and the holidays of a year, are not the content's
    timed("shipped", CONTENT, LIMIT_SHIPPED)
    block = asyncio.run(longest_block(CONTENT))
    print(f"reload: the loop stood still for {block * 1000:.0f} ms at most, limit {LIMIT_BLOCK * 1000:.0f} ms")
    with tempfile.TemporaryDirectory() as place:
        synthetic(Path(place) / "content")
        timed("synthetic", Path(place) / "content", LIMIT_MANY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
