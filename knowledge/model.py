"""What the office knows, as frozen records. A record holds words as the leaflet has them; no record knows a file's grammar."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from knowledge.words import fold


class Aspect(StrEnum):
    """What can be asked about a procedure. The names are the contract of batch questions."""

    DOCUMENTS = "documents"
    FEE = "fee"
    TIME = "time"
    WHERE = "where"
    AGENCY = "agency"
    ONLINE = "online"
    FORMS = "forms"
    STEPS = "steps"
    CONDITIONS = "conditions"
    LEGAL_BASIS = "legal_basis"
    RESULT = "result"


class Way(StrEnum):
    """A way of filing; fee and time differ by it. ANY where the source makes no difference."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"
    ANY = "any"


class Link(StrEnum):
    """How a related procedure stands to this one."""

    BEFORE = "before"
    AFTER = "after"
    CONFUSED = "confused"
    ALSO = "also"


@dataclass(frozen=True)
class Problem:
    """One finding in the content: where, what is there and what is expected. `fatal` ones keep the content from being served."""

    path: Path
    line: int
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'' if self.fatal else 'cảnh báo: '}{self.message}"


@dataclass(frozen=True)
class Line:
    """A line of a section; `case` is the heading «Trường hợp …» over it, empty where it always holds."""

    text: str
    case: str = ""
    number: int = 0


@dataclass(frozen=True)
class Paper:
    """A document of the dossier. A count is None where the source does not state it; `form` names the form to fill in."""

    name: str
    case: str = ""
    originals: int | None = None
    copies: int | None = None
    form: str = ""
    line: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True)
class Rate:
    """A fee or a time limit for one way of filing, in the words and units of the source."""

    way: Way
    text: str
    case: str = ""
    line: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True)
class Related:
    link: Link
    code: str
    text: str
    line: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True)
class Option:
    """One answer to a narrowing question and the cases of the documents that it brings in."""

    label: str
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Narrowing:
    """A question that narrows the documents to the citizen's own case."""

    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Golden:
    """A question that the leaflet's author wants to keep working, with the outcome and, unless it is this leaflet, the codes."""

    question: str
    outcome: str
    codes: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Procedure:
    """A leaflet about one administrative procedure. Dates are None and texts empty where the source says nothing."""

    path: Path
    code: str
    name: str
    field: str
    official_name: str = ""
    short_name: str = ""
    hint: str = ""
    former_codes: tuple[str, ...] = ()
    agency: str = ""
    where: str = ""
    online: str = ""
    cutoff: dt.time | None = None
    decision: str = ""
    source: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    checked: dt.date | None = None
    draft: bool = False
    summary: str = ""
    papers: tuple[Paper, ...] = ()
    shown: tuple[Paper, ...] = ()
    not_needed: tuple[Line, ...] = ()
    forms: tuple[Line, ...] = ()
    fees: tuple[Rate, ...] = ()
    times: tuple[Rate, ...] = ()
    who: tuple[Line, ...] = ()
    steps: tuple[Line, ...] = ()
    result: tuple[Line, ...] = ()
    conditions: tuple[Line, ...] = ()
    legal_basis: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    other_names: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    narrowings: tuple[Narrowing, ...] = ()
    goldens: tuple[Golden, ...] = ()
    places: tuple[tuple[str, int], ...] = dataclasses.field(default=(), compare=False, repr=False)  # the line of each key, section, name, question

    @property
    def label(self) -> str:
        """The name that fits a button."""
        return self.short_name or self.name

    def valid_on(self, day: dt.date) -> bool:
        """Whether the leaflet may be answered from on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


class Kind(StrEnum):
    """What a general leaflet is for. ELSEWHERE and REFUSED count as unknown, the others as other."""

    GUIDE = "guide"  # a question beyond a single procedure
    ELSEWHERE = "elsewhere"  # the matter of another body: where to turn
    REFUSED = "refused"  # what the bot will not do, said kindly
    CHAT = "chat"  # greetings, thanks, who are you
    DIALOGUE = "dialogue"  # opens a dialogue of the bot; the file's name says which


@dataclass(frozen=True)
class General:
    """A leaflet of the second kind: an answer to what people ask beyond a single procedure. `topic` is the file's name."""

    path: Path
    topic: str
    name: str
    answer: str
    short_name: str = ""
    kind: Kind = Kind.GUIDE
    checked: dt.date | None = None
    source: str = ""
    other_names: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    legal_basis: tuple[Line, ...] = ()
    goldens: tuple[Golden, ...] = ()
    places: tuple[tuple[str, int], ...] = dataclasses.field(default=(), compare=False, repr=False)  # the line of each key, section, name, question

    @property
    def label(self) -> str:
        """The name that fits a button."""
        return self.short_name or self.name


@dataclass(frozen=True)
class Hours:
    """An opening span of a weekday; Monday is 0, as in `datetime.date.weekday`."""

    weekday: int
    opens: dt.time
    closes: dt.time


@dataclass(frozen=True)
class Desk:
    """A counter of the one-stop desk. `id` stands in its QR code: small letters, digits and hyphens, at most 38."""

    id: str
    name: str


@dataclass(frozen=True)
class Office:
    """The one-stop desk: what a citizen needs to walk in or to call."""

    path: Path
    code: str
    name: str
    address: str
    telephones: tuple[str, ...]
    hours: tuple[Hours, ...]
    map_url: str = ""
    email: str = ""
    website: str = ""
    online_portal: str = ""
    notes: tuple[str, ...] = ()
    line: int = 1  # of its code
    desks: tuple[Desk, ...] = ()


@dataclass(frozen=True)
class CalendarDay:
    """An entry of calendar.md: a day off, a worked day, or a day with hours of its own."""

    day: dt.date
    kind: str  # off | worked | half
    reason: str
    spans: tuple[tuple[dt.time, dt.time], ...] = ()


@dataclass(frozen=True)
class Notice:
    """An announcement of the office, shown from its first to its last day. `held` is when a dialogue begins, by the clocks of Việt Nam."""

    title: str
    text: str
    first: dt.date
    last: dt.date
    subject: str = ""
    held: dt.datetime | None = None
    place: str = ""

    @property
    def id(self) -> str:
        """Stays the same while the text is mended; a new title or first day makes a new notice."""
        return hashlib.sha256(f"{self.first} {fold(self.title)}".encode()).hexdigest()[:12]

    @property
    def subject_id(self) -> str:
        return hashlib.sha256(fold(self.subject).encode()).hexdigest()[:8] if self.subject else ""


@dataclass(frozen=True)
class Word:
    """A short or everyday form and what it stands for."""

    short: str
    long: str
    line: int = 0


@dataclass(frozen=True)
class Knowledge:
    """Everything that the office can answer, whole. `version` changes with every byte of the content.

    `office` is the one that is spoken for; `others` are those beside it, where one bot serves several."""

    procedures: tuple[Procedure, ...]
    generals: tuple[General, ...]
    office: Office
    calendar: tuple[CalendarDay, ...] = ()
    notices: tuple[Notice, ...] = ()
    words: tuple[Word, ...] = ()
    drafts: tuple[Procedure, ...] = ()
    warnings: tuple[Problem, ...] = ()
    version: str = ""
    others: tuple[Office, ...] = ()

    @property
    def offices(self) -> tuple[Office, ...]:
        return (self.office, *self.others)

    def at(self, code: str) -> Knowledge:
        """The same knowledge, spoken for the office of this code; as it is where there is none."""
        chosen = next((o for o in self.offices if o.code == code), self.office)
        return replace(self, office=chosen, others=tuple(o for o in self.offices if o is not chosen))

    def procedure(self, code: str) -> Procedure | None:
        """The served leaflet of a national code, current or former; None where there is none."""
        return next((p for p in self.procedures if p.code == code or code in p.former_codes), None)

    def general(self, topic: str) -> General | None:
        return next((g for g in self.generals if g.topic == topic), None)

    def fields(self) -> tuple[str, ...]:
        """The fields in the order of their leaflets' number, most first."""
        names = [p.field for p in self.procedures]
        return tuple(sorted(set(names), key=lambda name: (-names.count(name), name)))
