"""An understanding of changed content: the old index where nothing that is listened to has changed."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.turn import Library
from knowledge.loader import CONTENT
from knowledge.model import Procedure, Rate, Way
from knowledge.understand import Understanding

TODAY = dt.date(2026, 11, 23)


def changed(library: Library, **fields: object) -> tuple[Procedure, ...]:
    """The shipped procedures, the first of them with other fields."""
    first, *rest = library.knowledge.procedures
    return replace(first, **fields), *rest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "shared"),
    [
        ({"fees": (Rate(Way.ANY, "5.000 đồng"),)}, True),
        ({"times": ()}, True),
        ({"checked": TODAY}, True),
        ({"other_names": ("việc hoàn toàn khác",)}, False),
        ({"questions": ()}, False),
        ({"name": "Tên khác"}, False),
        ({"valid_until": dt.date(2026, 1, 1)}, False),
        ({"papers": ()}, False),
    ],
)
def test_the_index_is_built_anew_only_where_words_changed(library: Library, fields: dict[str, object], shared: bool) -> None:
    """A fee, a time or a date leaves the index; a name, a question, a paper or the end of validity does not."""
    knowledge = replace(library.knowledge, procedures=changed(library, **fields))
    renewed = library.understanding.renewed(knowledge, TODAY)
    assert renewed.knowledge is knowledge
    assert renewed.shares_index(library.understanding) is shared


def test_a_word_of_the_lexicon_builds_the_index_anew(tmp_path: Path, library: Library) -> None:
    """The lexicon is read with the index: a change in its files is not missed."""
    shutil.copytree(CONTENT / "lexicon", tmp_path / "lexicon")
    office = replace(library.knowledge.office, path=tmp_path / "office.md")
    knowledge = replace(library.knowledge, office=office)
    before = Understanding(knowledge, TODAY)
    assert before.renewed(knowledge, TODAY).shares_index(before)
    with (tmp_path / "lexicon" / "cach-noi.md").open("a", encoding="utf-8") as file:
        file.write("\n<!-- thêm một dòng -->\n")
    assert not before.renewed(knowledge, TODAY).shares_index(before)
