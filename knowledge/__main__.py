"""`python -m knowledge [FOLDER]`: every problem of every file, then the counts by field; exit 1 where content cannot be published."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from pathlib import Path

from knowledge import golden
from knowledge.loader import CONTENT, ContentError, load
from knowledge.model import Knowledge
from knowledge.understand import Understanding


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else CONTENT
    try:
        knowledge = load(folder)
    except ContentError as error:
        print(error)
        print(f"\nLỗi: {sum(p.fatal for p in error.problems)}, cảnh báo: {sum(not p.fatal for p in error.problems)}. Nội dung chưa dùng được.")
        return 1
    failed = list(golden.broken(knowledge, golden.asking(Understanding(knowledge, dt.date.today()))))
    for problem in (*knowledge.warnings, *failed):
        print(problem)
    print(summary(knowledge, len(failed)))
    return 1 if failed else 0


def summary(knowledge: Knowledge, failed: int = 0) -> str:
    """The counts by field, in Vietnamese, with the number of golden questions that failed."""
    fields = Counter(p.field for p in knowledge.procedures)
    lines = [f"{count:4} {name}" for name, count in fields.most_common()]
    lines.append(f"{len(knowledge.procedures):4} tờ thủ tục, {len(knowledge.generals)} tờ hướng dẫn chung, {len(knowledge.drafts)} bản nháp")
    lines.append(f"Lỗi: {failed}, cảnh báo: {len(knowledge.warnings)}.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
