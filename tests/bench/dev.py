"""dev.jsonl straight through `Understanding.read`, the topic carried along; the replies in the form that score.py judges."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from knowledge.loader import CONTENT
from knowledge.model import Aspect, Knowledge, Office, Procedure
from knowledge.office import read_office, read_words
from knowledge.procedure import read_general, read_procedure
from knowledge.understand import Understanding
from knowledge.understand.meaning import Answer, Choose, Meaning, Topic, Unknown

SHARED = Path(__file__).resolve().parents[3] / "shared" / "questions"
TODAY = dt.date(2026, 11, 22)
Reply = dict[str, Any]


def tolerant(folder: Path = CONTENT) -> Knowledge:
    """The knowledge of the files that can be read, whatever is wrong with the others: for measuring while leaflets are being written."""
    procedures = [p for path in sorted((folder / "procedures").rglob("*.md")) if (p := _read(path, read_procedure))]
    generals = [g for path in sorted((folder / "general").rglob("*.md")) if (g := _read(path, read_general))]
    office = _read(folder / "office.md", read_office) or Office(folder / "office.md", "", "", "", (), ())
    words = _read(folder / "words.md", read_words) or ()
    return Knowledge(tuple(p for p in procedures if not p.draft), tuple(generals), office, words=words)


def _read(path: Path, reader: Callable[[Path, str], tuple[Any, Any]]) -> Any:
    try:
        return reader(path, path.read_text(encoding="utf-8"))[0]
    except (OSError, UnicodeDecodeError):
        return None


def reply(meaning: Meaning, knowledge: Knowledge) -> Reply:
    """The meaning as a batch reply; aspects are those asked for."""
    if isinstance(meaning, Answer):
        aspects = list(dict.fromkeys(a for asked in meaning.asked for a in asked.aspects))
        if meaning.sure:
            aspects.append(Aspect.LEGAL_BASIS)
        return {"outcome": "answer", "procedures": [a.code for a in meaning.asked], "aspects": aspects, "text": ""}
    if isinstance(meaning, Choose):
        return {"outcome": "choose", "procedures": list(meaning.codes), "aspects": list(meaning.aspects), "text": ""}
    return {"outcome": "unknown" if isinstance(meaning, Unknown) else "other", "procedures": [], "aspects": [], "text": ""}


def converse(understanding: Understanding, messages: Iterable[str]) -> list[Meaning]:
    """What each message of a fresh conversation means."""
    topic, meanings = Topic(), []
    for message in messages:
        reading = understanding.read(message, topic)
        topic = reading.topic
        meanings.append(reading.meaning)
    return meanings


def questions(path: Path = SHARED / "dev.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def score(rows: list[dict[str, Any]], understanding: Understanding, knowledge: Knowledge, *options: str) -> str:
    """What score.py prints for these questions."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "questions.jsonl"), Path(folder, "replies.jsonl")
        asked.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
        lines = [{"id": r["id"], "replies": [reply(m, knowledge) for m in converse(understanding, r["messages"])]} for r in rows]
        answered.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in lines), encoding="utf-8")
        run = subprocess.run(  # noqa: S603 - the scorer of the shared folder, with our own files
            [sys.executable, str(SHARED / "score.py"), str(asked), str(answered), *options], capture_output=True, text=True, check=False
        )
    return run.stdout + run.stderr


def codes_of(procedures: Iterable[Procedure]) -> set[str]:
    return {code for p in procedures for code in (p.code, *p.former_codes)}


def even(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of a set whose number is even: those of b.jsonl and c.jsonl were not learnt from."""
    return [row for row in rows if int(row["id"].rpartition("-")[2]) % 2 == 0]


def main(arguments: list[str]) -> None:
    """`python -m tests.bench.dev [FILE] [--even] [options of score.py]`; without a file dev.jsonl."""
    file = Path(arguments.pop(0)) if arguments and arguments[0].endswith(".jsonl") else SHARED / "dev.jsonl"
    rows = questions(file)
    if "--even" in arguments:
        arguments.remove("--even")
        rows = even(rows)
    known = tolerant()
    print(score(rows, Understanding(known, TODAY), known, *arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
