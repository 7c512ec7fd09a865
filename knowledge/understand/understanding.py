"""Questions → what is meant: an explicit pipeline of small pure steps, each in its own module.

tokens → spelling (short forms, accents, slips) → pieces (aspects, frames, denials, synonyms by the lexicon) → clauses → asks
→ candidates (inverted index over the leaflets) → subject (in its conversation) → meaning.

The constants of index, candidates, asks and subject were chosen so: (1) weights of the index by coordinate descent on the rank of the right
leaflet, for the leaflets' own check questions and dev.jsonl together; (2) thresholds by coordinate descent on what score.py measures on dev.jsonl,
on the check questions answered, offered and wrongly answered, and on questions for other bodies with their own leaflet taken away;
(3) the two that decide most, ENOUGH and POSSIBLE, are chosen on one half of the procedures and measured on the other by
`python -m tests.bench.understanding`, which prints all of these figures anew."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from knowledge.model import Aspect, Kind, Knowledge
from knowledge.understand import entries
from knowledge.understand.asks import Ask, asks, merged
from knowledge.understand.candidates import CHOICES_MOST, Finder, query
from knowledge.understand.clauses import aspects, clauses
from knowledge.understand.comparing import compared_in
from knowledge.understand.families import Said, families
from knowledge.understand.grievance import Grievance, grievance
from knowledge.understand.kin import Leaflets, Subject, bare_family, life_event
from knowledge.understand.lexicon import Broad, lexicon
from knowledge.understand.likeness import Likeness, general_texts, one_of, procedure_texts, second
from knowledge.understand.lists import listed, told
from knowledge.understand.meaning import Answer, Asked, Choose, Meaning, Other, Reading, Topic, Unknown, carried_on
from knowledge.understand.phrases import Phrases
from knowledge.understand.pieces import Piece, Reader, Role, kept
from knowledge.understand.signals import Signals, emergency, signals, without_opening
from knowledge.understand.spelling import Read, Speller
from knowledge.understand.subject import Manner, best_general, subject
from knowledge.understand.tokens import STOPS, tokens, words
from knowledge.understand.vocabulary import vocabulary

EMERGENCY = "khan-cap"
FILLING = frozenset(("về", "của", "cho", "hỏi", "thủ", "tục", "vụ", "giấy", "tờ", "hồ", "sơ", "tiền", "cần", "người", "tôi", "em", "mình"))
USUAL = frozenset(("mới", "đăng"))  # said alone of a list they mean the usual one of it
SOFT = frozenset(("*steps", "*do", "*so", "*documents"))  # labels that ask nothing in particular
TALK_ENOUGH = 0.6  # the same where it asks something, but nothing firm
TWO_SIGNS, THREE_SIGNS = 1.5, 2.5  # weight of signs from which parts that name other things are circumstance, and joined ones too
CHAT_ENOUGH = 0.45  # for a message in a conversation that names nothing and asks nothing


class Understanding:
    """Reads messages by the leaflets of one Knowledge. Immutable once built, safe to share between threads."""

    def __init__(self, knowledge: Knowledge, today: dt.date) -> None:
        """`today` decides which leaflets are outside their validity."""
        self.knowledge = knowledge
        self.heard = entries.heard(knowledge, today)
        self.lexicon = lexicon(knowledge.office.path.parent, knowledge.words)
        self.families = families(self.lexicon.source, self.lexicon.groups)
        known: Iterator[tuple[Sequence[str], int]] = chain(
            ((words(text), weight) for text, weight in entries.texts(knowledge)),
            ((text, 4) for text in self.lexicon.texts),
            ((text, 2) for text in self.families.texts),
            ((text, 2) for text in self.lexicon.shorts.values()),
        )
        self.speller = Speller(vocabulary(known), self.lexicon.shorts, max(map(len, self.lexicon.shorts), default=1))
        self.reader = Reader(self.lexicon, self._kept())
        full = len(knowledge.procedures) <= entries.BODIES_MOST
        self._apart: dict[str, tuple[list[Read], list[Piece]]] = {}
        expired = [p.code for p in knowledge.procedures if not p.valid_on(today)]
        self.procedures = Finder((entries.procedure_entry(p, self._cut, whole=full) for p in knowledge.procedures), expired, self.lexicon)
        self.generals = Finder(entries.general_entry(g, self._cut_raw) for g in knowledge.generals if g.topic != EMERGENCY)
        self.likeness = Likeness(self._texts())
        self.kinds = {g.topic: g.kind for g in knowledge.generals}
        self.leaflets = Leaflets(self.procedures, self.generals, self.kinds, self.families)
        self.codes = {code: p.code for p in knowledge.procedures for code in (*p.former_codes, p.code)}
        self.people = frozenset(
            w for name in ("người", "tôi") if name in self.lexicon.groups for path, _ in self.lexicon.groups[name].items() for w in path
        )
        self.broad = self._broad()
        self._apart.clear()

    def _texts(self) -> Iterator[tuple[str, Iterator[tuple[list[str], list[Piece], float]]]]:
        for key, texts in (
            *((p.code, procedure_texts(p)) for p in self.knowledge.procedures),
            *((g.topic, general_texts(g)) for g in self.knowledge.generals if g.topic != EMERGENCY),
        ):
            yield key, (self._liked(text, weight) for text, weight in texts if text)

    def _liked(self, text: str, weight: float) -> tuple[list[str], list[Piece], float]:
        reads, pieces = self._taken_apart(text)
        return [r.text for r in reads], pieces, weight

    def renewed(self, knowledge: Knowledge, today: dt.date) -> Understanding:
        """For changed content: with this one's index where nothing that it is built from has changed (only a fee, a time), else anew."""
        if entries.heard(knowledge, today) != self.heard:
            return Understanding(knowledge, today)
        same = copy.copy(self)
        same.knowledge = knowledge
        return same

    def shares_index(self, other: Understanding) -> bool:
        """Whether both understand every message alike."""
        return self.procedures is other.procedures and self.generals is other.generals

    def _kept(self) -> Phrases[bool]:
        keep: Phrases[bool] = Phrases()
        reader = Reader(self.lexicon)
        for procedure in self.knowledge.procedures:
            for name in (procedure.name, procedure.short_name, procedure.official_name):
                for stretch in kept(reader, self.speller.ours(tokens(name))) if name else ():
                    keep.add(stretch, True)
        for path, _ in self.lexicon.marking.items():  # «có thời hạn» of a name asks for no time
            if any(piece.role is Role.ASPECT for piece in reader.pieces([Read(t) for t in path])):
                keep.add(path, True)
        return keep

    def _broad(self) -> dict[frozenset[str], Broad]:
        found = {}
        for text, meant in self.lexicon.broad_items:
            found[_heads(self.reader.pieces([Read(t) for t in text]))] = meant
        for field in self.knowledge.fields():
            pieces = self._cut(field)
            best = next(iter(self.procedures.rank(query(pieces), most=1)), None)
            if best is None or best.named < 0.6:  # «hộ kinh doanh» names its chief procedure rather than a field
                found.setdefault(_heads(pieces), Broad(field=field))
        found.pop(frozenset(), None)
        return found

    def _reads(self, text: str) -> list[Read]:
        return self.speller.read(without_opening(tokens(text), self.lexicon))

    def _cut(self, text: str) -> list[Piece]:
        return self._taken_apart(text)[1]

    def _taken_apart(self, text: str) -> tuple[list[Read], list[Piece]]:
        """A text of ours as read and cut; while the indexes are built each text is needed twice."""
        if text not in self._apart:
            reads = self.speller.ours(tokens(text))
            self._apart[text] = reads, self.reader.pieces(reads)
        return self._apart[text]

    def _cut_raw(self, text: str) -> list[Piece]:
        return self.reader.raw(self.speller.ours(tokens(text)))

    def read(self, text: str, topic: Topic = Topic()) -> Reading:
        """What the message means in its conversation, the topic to carry on with, and why."""
        topic = self._known(topic)
        reads = self._reads(text)
        said = [r.text for r in reads]
        why = ["đọc là: " + " ".join(said)]
        if emergency(said, self.lexicon):
            return self._reading(Other(EMERGENCY), topic, [*why, "có người đang gặp nguy hiểm"])
        pieces = self.reader.placed(reads)
        why.append(
            "tách: " + " ".join(f"{p.text}" if p.role is Role.WORD else f"<{p.role.value}:{p.text}>" for p in pieces if p.role is not Role.LIGHT)
        )
        meaning = self._meaning(said, pieces, self.reader.raw(reads), topic, why)
        return self._reading(meaning, topic, why)

    def grievance(self, text: str) -> Grievance:
        """What kind of trouble a text tells of: one for the petition's road, or for another."""
        return grievance([r.text for r in self._reads(text) if r.text not in STOPS], self.lexicon.grievances)

    def heated(self, text: str) -> bool:
        """Whether a text has words that people say in anger."""
        return bool(self.lexicon.heated.all([r.text for r in self._reads(text) if r.text not in STOPS]))

    def _known(self, topic: Topic) -> Topic:
        """The topic without codes that are no longer served, former ones under their current code."""

        def current(codes: Sequence[str]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(self.codes[c] for c in codes if c in self.codes))

        return replace(topic, asked=current(topic.asked), offered=current(topic.offered), past=current(topic.past))

    def _meaning(self, said: Sequence[str], pieces: list[Piece], raw: list[Piece], topic: Topic, why: list[str]) -> Meaning:
        if decided := [topic for _, _, topic in self.lexicon.deciding.all(said) if topic in self.kinds]:
            why.append("lời quyết định")
            return self._general(decided[0])
        signs = signals(said, self.lexicon)
        why.append(f"dấu hiệu: {signs}")
        whole, pieces = pieces, told(pieces)
        parts = clauses(pieces)
        if named := [self.codes[p.text] for p in pieces if p.role is Role.CODE and p.text in self.codes]:
            why.append("mã thủ tục trong câu")
            labels = [label for c in parts for label in c.aspects]
            return self._answer([(code, aspects(labels, condition=False, content=False)) for code in dict.fromkeys(named)], signs)
        if (signs.compare or signs.unlike) and (compared := compared_in(pieces, topic, self.procedures, why, named=not signs.compare)):
            return Answer(tuple(Asked(c) for c in compared), compare=True)
        found = asks(parts, self.procedures)
        if len(found) == 1 and (more := listed(pieces, self.procedures)):
            why.append("nhiều thủ tục trong một câu")
            found = more
        if pointed := self._pointed(signs, topic, found, why):
            return self._answer([(pointed, self._aspects(found[0], True, topic, signs))], signs)
        if not topic.asked and not self._usual(found, said) and (broad := self._broadly(found)):
            why.append("câu hỏi rộng")
            if choice := self._opened(broad, self._aspects(found[0], False, topic, signs)):
                return choice
        if len(found) > 1:
            one = self._one_family(found, pieces, said)
            if one is None:
                return self._several(found, topic, signs, why, said, whole)
            found = [one]
        return self._one(found[0], raw, topic, signs, why, said, whole)

    def _one_family(self, found: Sequence[Ask], pieces: Sequence[Piece], said: Sequence[str]) -> Ask | None:
        """All parts as one ask where each names a member of one family and the whole message means but one of them."""
        if sum(_firm(a.labels) for a in found) > 1:
            return None
        joined = any(p.role is Role.JOIN for p in pieces)
        best = [next(iter(self.procedures.rank(a.query(), most=1)), None) for a in found]
        whole = merged(found)
        heard = self._said(whole, said)
        for family in self.families.all:
            inside = [c is not None and c.key in family.codes for c in best]
            meant = family.meant(heard.signs(family)) if any(inside) else None
            if (
                meant
                and meant.whole
                and len(meant.codes) == 1
                and (meant.weight >= (THREE_SIGNS if joined else TWO_SIGNS) or (all(inside) and not joined))
            ):
                return whole
        return None

    def _said(self, ask: Ask, said: Sequence[str], *, part: bool = False) -> Said:
        """What the message says of families; with `part` only the words of this ask."""
        words = [p.text if p.role in (Role.WORD, Role.LIGHT) else "," for p in (*ask.main, *(() if part else ask.aside))]
        if part:
            held = {i for p in ask.main for i in range(*p.at)}
            said = [t if i in held else "," for i, t in enumerate(said)]
        return self.families.said(
            said,
            words,
            self.lexicon,
            bare=not (set(ask.labels) - SOFT or ask.condition or ask.denied or any(p.role is Role.WORD for p in ask.aside) or "đăng" in said),
        )

    def _one(self, ask: Ask, raw: list[Piece], topic: Topic, signs: Signals, why: list[str], said: Sequence[str], whole: Sequence[Piece]) -> Meaning:
        asking = ask.query()
        if asking.empty and (carried := self._carried(ask, raw, topic, signs, why)) is not None:
            return carried
        heard = self._said(ask, said)
        if not topic.asked and not topic.offered:
            bare = bare_family(asking, heard, self.leaflets) or life_event(self.procedures.rank(asking), heard, self.leaflets)
            if bare is not None:
                why.extend(bare.why)
                return Choose(bare.codes, self._aspects(ask, False, topic, signs))
        alone = _bare(ask) and not (topic.asked or topic.offered or heard.objects)
        if alone and (among := self.procedures.open_among(self.procedures.rank(asking), asking)):
            why.append("nói trống: chưa biết muốn làm gì")
            return Choose(among)
        about = subject(
            asking,
            [] if topic.asked and ask.condition else raw,
            topic,
            signs,
            self.leaflets,
            Manner(heard, asking=bool(ask.labels) or ask.condition, firm=_firm(ask.labels)),
        )
        why.extend(about.why)
        if about.general:
            return self._general(about.general)
        if about.fresh:
            about = self._reconsidered(about, said, whole, why)
        asked = self._aspects(ask, about.stays, topic, signs)
        if not asked and len(about.codes) == 1 and topic.asked and self._related(about.codes[0], topic.asked[0]):
            asked = topic.aspects
        if not asked and "*so" in ask.labels and not topic.asked:
            asked = (Aspect.STEPS,)
        if len(about.codes) == 1 or about.stays:
            return self._answer([(code, asked) for code in about.codes], signs)
        return Choose(about.codes, asked) if about.codes else Unknown()

    def _reconsidered(self, about: Subject, said: Sequence[str], whole: Sequence[Piece], why: list[str]) -> Subject:
        """The subject after a second opinion by the whole message."""
        likes = self.likeness.ranked(said, whole)
        codes, rule = second(about, likes, len(said), self.procedures.lengths)
        why.extend([f"giống: {like}" for like in likes[:3]] + ([rule] if rule else []))
        return replace(about, codes=codes)

    def _usual(self, found: Sequence[Ask], said: Sequence[str]) -> bool:
        """Whether something firm is asked of an object with a usual procedure («tạm trú cần gì»)."""
        if not any(_firm(a.labels) for a in found):
            return False
        objects = self._said(found[0], said).objects
        return any(f.usual and f.name in objects for f in self.families.all)

    def _related(self, code: str, other: str) -> bool:
        """Whether two procedures are of one family."""
        return any(other in family.codes for family in self.families.by_code.get(code, ()))

    def _several(self, found: Sequence[Ask], topic: Topic, signs: Signals, why: list[str], said: Sequence[str], whole: Sequence[Piece]) -> Meaning:
        answered = []
        for ask in found:
            about = subject(ask.query(), [], Topic(), signs, self.leaflets, Manner(self._said(ask, said, part=True)))
            why.extend(about.why)
            if about.codes:
                answered.append((about.codes[0], self._aspects(ask, False, topic, signs)))
        likes = self.likeness.ranked(said, whole)
        asked_apart = len(found) > 2 or sum(_firm(ask.labels) for ask in found) > 1
        if one := not asked_apart and one_of([code for code, _ in answered], likes, len(said), self.procedures.lengths):
            why.extend([*(f"giống: {like}" for like in likes[:3]), "cả câu giống một tờ"])
            answered = [(one, wanted) for _, wanted in answered]
        return self._answer(answered, signs) if answered else Unknown()

    def _carried(self, ask: Ask, raw: Sequence[Piece], topic: Topic, signs: Signals, why: list[str]) -> Meaning | None:
        """A message without a subject of its own, about what was last answered or offered; None where there is nothing to carry or to ask."""
        asked = self._aspects(ask, True, topic, signs)
        speaks = bool(ask.labels) or signs.brief or signs.sure or signs.current
        firm = _firm(ask.labels) or signs.brief or signs.sure
        general = best_general(raw, self.leaflets)
        if not speaks and general and general.score >= CHAT_ENOUGH:
            return self._general(general.key)
        if not firm and not signs.follows and general and general.score >= TALK_ENOUGH:
            return self._general(general.key)
        if not (speaks or signs.follows or signs.corrects or any(p.text in self.reader.generic for p in ask.main)):
            return None
        if topic.asked:
            why.append("hỏi tiếp về thủ tục đang nói")
            return self._answer([(code, asked) for code in topic.asked], signs)
        if topic.offered:
            usual = [c for c in topic.offered if not self.procedures.variant(c)]
            if usual and any(p.text in USUAL for p in ask.main):
                why.append("chọn thủ tục thường trong danh sách")
                return self._answer([(usual[0], asked)], signs)
            why.append("chưa chọn thủ tục nào trong danh sách")
            return Choose(topic.offered, asked)
        return None

    def _aspects(self, ask: Ask, stays: bool, topic: Topic, signs: Signals) -> tuple[Aspect, ...]:
        """The aspects of an ask; those of the conversation where the message goes on without naming any."""
        found = aspects(ask.labels, condition=ask.condition, content=not ask.query().empty)
        if found and not (signs.sure or signs.brief):
            return found
        if signs.sure or signs.brief or signs.follows or signs.corrects or topic.offered:
            return topic.aspects
        return found

    def _pointed(self, signs: Signals, topic: Topic, found: Sequence[Ask], why: list[str]) -> str:
        """The procedure that «cái thứ hai», «cái trước đó» points at; "" where nothing is pointed at or the message names one itself."""
        if not (signs.ordinal or signs.before) or any(not a.query().empty for a in found):
            return ""
        if signs.ordinal:
            listed = topic.offered or topic.past
            place = signs.ordinal - 1 if signs.ordinal > 0 else len(listed) - 1
            if 0 <= place < len(listed):
                why.append(f"chỉ vào mục {signs.ordinal}")
                return listed[place]
            return ""
        earlier = [code for code in topic.past if code not in topic.asked]
        why.append("quay lại thủ tục trước")
        return earlier[-1] if earlier else (topic.asked[0] if topic.asked else "")

    def _broadly(self, found: Sequence[Ask]) -> Broad | None:
        """The broad subject that the words of a message are, whoever it is for («… cho ông nội»)."""
        heads = _heads(p for a in found for p in (*a.main, *a.aside, *a.denied))
        return self.broad.get(heads) or self.broad.get(heads - self.people)

    def _opened(self, broad: Broad, asked: tuple[Aspect, ...]) -> Choose | None:
        """The choice that a broad subject opens, its most asked first."""
        if broad.codes:
            codes = tuple(c for c in dict.fromkeys(self.codes.get(code, "") for code in broad.codes) if c)
        else:
            listed = [p for p in self.knowledge.procedures if p.field == broad.field]
            listed.sort(key=lambda p: (-len(p.questions) - len(p.other_names), len(p.name), p.code))
            codes = tuple(p.code for p in listed)
        return Choose(codes[:CHOICES_MOST], asked, broad.field) if len(codes) > 1 else None

    def _general(self, topic: str) -> Meaning:
        return Unknown(topic) if self.kinds.get(topic) in (Kind.ELSEWHERE, Kind.REFUSED) else Other(topic)

    def _answer(self, asked: Sequence[tuple[str, tuple[Aspect, ...]]], signs: Signals) -> Answer:
        merged: dict[str, tuple[Aspect, ...]] = {}
        for code, wanted in asked:
            merged[code] = tuple(dict.fromkeys((*merged.get(code, ()), *wanted)))
        return Answer(tuple(Asked(c, a) for c, a in merged.items()), yes_no=signs.yes_no, brief=signs.brief, sure=signs.sure)

    def _reading(self, meaning: Meaning, topic: Topic, why: Sequence[str]) -> Reading:
        return Reading(meaning, carried_on(topic, meaning), (*why, f"nghĩa: {meaning}"))


def _heads(pieces: Iterable[Piece]) -> frozenset[str]:
    return frozenset(p.text for p in pieces if p.role is Role.WORD or p.text in ("đăng", "cấp"))


def _bare(ask: Ask) -> bool:
    """Whether an object is named and nothing is said of what is to be done with it."""
    light = {p.text for p in ask.main if p.role is Role.LIGHT}
    return not (ask.labels or any(p.role is Role.WORD for p in (*ask.aside, *ask.denied)) or ask.condition or light - FILLING)


def _firm(labels: Iterable[str]) -> bool:
    return any(not label.startswith("*") for label in labels)
