"""Leaflets → entries of the index, each phrase with the trust it deserves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from knowledge.model import General, Knowledge, Procedure
from knowledge.understand.index import Entry
from knowledge.understand.pieces import Piece

Cut = Callable[[str], list[Piece]]
NAME, OFFICIAL, OTHER, QUESTION = 1.0, 0.95, 1.05, 0.92
HINT, SUMMARY, FIELD, PAPER = 0.5, 0.6, 0.4, 0.3
PAPERS_MOST = 12
BODIES_MOST = 1500  # leaflets beyond which papers and summaries stay out: the index is to fit a small server


def names(procedure: Procedure) -> Iterator[str]:
    """The names that the procedure goes by, without the questions."""
    yield procedure.name
    for name in (procedure.short_name, procedure.official_name):
        if name and name != procedure.name:
            yield name
    yield from procedure.other_names


def procedure_entry(procedure: Procedure, cut: Cut, *, whole: bool) -> Entry:
    """The entry of a procedure; `whole` takes its hint, summary, field and papers in as well."""
    phrases = [(cut(procedure.name), NAME)]
    if procedure.short_name and procedure.short_name != procedure.name:
        phrases.append((cut(procedure.short_name), NAME))
    if procedure.official_name:
        phrases.append((cut(procedure.official_name), OFFICIAL))
    phrases += [(cut(text), OTHER) for text in procedure.other_names]
    phrases += [(cut(text), QUESTION) for text in procedure.questions]
    body = [(cut(procedure.hint), HINT), (cut(procedure.field), FIELD)]
    if whole:
        body.append((cut(procedure.summary), SUMMARY))
        body += [(cut(paper.name), PAPER) for paper in procedure.papers[:PAPERS_MOST]]
        body += [(cut(paper.case), HINT) for paper in procedure.papers[:PAPERS_MOST] if paper.case]
        body += [(cut(line.text), PAPER) for line in (*procedure.who, *procedure.conditions, *procedure.notes)[:PAPERS_MOST]]
    return Entry(procedure.code, tuple(phrases), tuple(body), 2 if procedure.short_name and procedure.short_name != procedure.name else 1)


def general_entry(general: General, cut: Cut) -> Entry:
    """The entry of a general leaflet."""
    phrases = [(cut(general.name), NAME)]
    phrases += [(cut(text), OTHER) for text in general.other_names]
    phrases += [(cut(text), QUESTION) for text in general.questions]
    return Entry(general.topic, tuple(phrases))


def texts(knowledge: Knowledge) -> Iterator[tuple[str, int]]:
    """What the vocabulary is learned from, with the weight of each text."""
    whole = len(knowledge.procedures) <= BODIES_MOST
    for procedure in knowledge.procedures:
        yield from ((name, 3) for name in names(procedure))
        yield from ((question, 3) for question in procedure.questions)
        yield procedure.hint, 2
        yield procedure.field, 1
        if whole:
            yield from ((text, 1) for text in _rest(procedure))
    for general in knowledge.generals:
        yield from ((text, 3) for text in (general.name, *general.other_names, *general.questions))
        yield general.answer, 1


def _rest(procedure: Procedure) -> Iterable[str]:
    yield procedure.summary
    yield from (paper.name for paper in procedure.papers)
    yield from (line.text for line in (*procedure.steps, *procedure.who, *procedure.conditions))


def heard(knowledge: Knowledge, today: dt.date) -> object:
    """All that an understanding is built from: equal for two Knowledges that are understood alike. The lexicon counts by its text."""
    lexicon = knowledge.office.path.parent / "lexicon"
    phrases = [(file.name, file.read_bytes()) for file in sorted(lexicon.glob("*.md"))]
    return phrases, knowledge.words, [_told(p, today) for p in knowledge.procedures], [_said(g) for g in knowledge.generals]


def _told(procedure: Procedure, today: dt.date) -> object:
    lines = (*procedure.steps, *procedure.who, *procedure.conditions, *procedure.notes)
    named = (procedure.code, procedure.former_codes, *names(procedure), procedure.short_name, procedure.official_name)
    about = (procedure.field, procedure.hint, procedure.summary, procedure.questions, procedure.valid_on(today))
    return named, about, [(paper.name, paper.case) for paper in procedure.papers], [line.text for line in lines]


def _said(general: General) -> object:
    return general.topic, general.kind, general.name, general.answer, general.other_names, general.questions
