"""`python -m knowledge [FOLDER]`: every problem of every file, then the counts by field; exit 1 where content cannot be served."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from knowledge.loader import CONTENT, ContentError, load
from knowledge.model import Knowledge


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else CONTENT
    try:
        knowledge = load(folder)
    except ContentError as error:
        print(error)
        print(f"\nLỗi: {sum(p.fatal for p in error.problems)}, cảnh báo: {sum(not p.fatal for p in error.problems)}. Nội dung chưa dùng được.")
        return 1
    for warning in knowledge.warnings:
        print(warning)
    print(summary(knowledge))
    return 0


def summary(knowledge: Knowledge) -> str:
    """The counts by field, in Vietnamese."""
    fields = Counter(p.field for p in knowledge.procedures)
    lines = [f"{count:4} {name}" for name, count in fields.most_common()]
    lines.append(f"{len(knowledge.procedures):4} tờ thủ tục, {len(knowledge.generals)} tờ hướng dẫn chung, {len(knowledge.drafts)} bản nháp")
    lines.append(f"Lỗi: 0, cảnh báo: {len(knowledge.warnings)}.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
