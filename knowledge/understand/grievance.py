"""What somebody who has something to report is telling: a petition, a complaint of the own rights, a denunciation, or a question.

Source: domain rules, section 6; the words are data (`lexicon/phan-anh.md`), and where they leave it open it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from knowledge.understand.phrases import Phrases


class Grievance(StrEnum):
    """The kinds; the values are the folded names of the lexicon's sections."""

    PETITION = "phan anh"
    DENUNCIATION = "to cao"
    MAYBE_DENUNCIATION = "co the la to cao"
    COMPLAINT = "khieu nai"
    MAYBE_COMPLAINT = "co the la khieu nai"
    NOT = "khong phai"
    QUESTION = "hoi dap"


_FIRST = (Grievance.DENUNCIATION, Grievance.COMPLAINT, Grievance.MAYBE_DENUNCIATION, Grievance.MAYBE_COMPLAINT)
_QUESTION_MOST = 30  # words; what is longer tells more than it asks


def grievance(said: Sequence[str], written: Phrases[str]) -> Grievance:
    """What the words tell, the gravest first; a question only where nothing graver is in it and it is short."""
    found = {Grievance(kind) for _, _, kind in written.all(said)}
    if grave := next((kind for kind in _FIRST if kind in found), None):
        return grave
    return Grievance.QUESTION if Grievance.QUESTION in found and len(said) <= _QUESTION_MOST else Grievance.PETITION
