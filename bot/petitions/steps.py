"""The life of a petition: its states, what can happen in each, and the errors for what cannot."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a petition stands. «Closed» is never called solved: only the citizen confirms."""

    RECEIVED = "received"
    TAKEN = "taken"
    FORWARDED = "forwarded"
    ASKED = "asked"
    ANSWERED = "answered"
    CLOSED = "closed"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"


class Step(StrEnum):
    """What somebody did; the name of the event that is kept."""

    RECEIVE = "received"
    TAKE = "taken"
    FORWARD = "forwarded"
    ASK_BACK = "asked_back"
    REPLY = "replied_by_citizen"
    ANSWER = "answered"
    CLOSE = "closed"
    CONFIRM = "confirmed"
    REOPEN = "reopened"


OPEN = frozenset({State.RECEIVED, State.TAKEN, State.FORWARDED, State.ASKED, State.REOPENED})
ENDED = frozenset({State.ANSWERED, State.CLOSED, State.CONFIRMED})
BY_STAFF = (Step.TAKE, Step.FORWARD, Step.ASK_BACK, Step.ANSWER, Step.CLOSE)
BY_CITIZEN = (Step.RECEIVE, Step.REPLY, Step.CONFIRM, Step.REOPEN)
# From which states a step is possible, and the state that it leads to.
STEPS: dict[Step, tuple[frozenset[State], State]] = {
    Step.TAKE: (frozenset({State.RECEIVED, State.FORWARDED, State.REOPENED}), State.TAKEN),
    Step.FORWARD: (OPEN, State.FORWARDED),
    Step.ASK_BACK: (OPEN, State.ASKED),
    Step.REPLY: (frozenset({State.ASKED}), State.TAKEN),
    Step.ANSWER: (OPEN, State.ANSWERED),
    Step.CLOSE: (OPEN, State.CLOSED),
    Step.CONFIRM: (ENDED, State.CONFIRMED),
    Step.REOPEN: (ENDED, State.REOPENED),
}


def possible(step: Step, state: State) -> bool:
    """Whether a petition in this state can go this step."""
    return state in STEPS[step][0]


class PetitionError(Exception):
    """A step that cannot be done; nothing was changed. The text is for the log and names no code."""


class NoSuchPetition(PetitionError):
    """There is no petition under this code or number."""


class NotNow(PetitionError):
    """The petition is in a state that does not allow the step; both are given, with who has it."""

    def __init__(self, step: Step, state: State, holder: str) -> None:
        super().__init__(f"{step} is impossible from {state}")
        self.step, self.state, self.holder = step, state, holder


class ReopenedBefore(PetitionError):
    """A petition goes back to the office once only, to the superior."""


class WordsMissing(PetitionError):
    """An answer, a question back, a reason or a unit without a word in it."""


class TooManyToday(PetitionError):
    """This person has sent as many new petitions today as the office has set."""


class SentBefore(PetitionError):
    """This person has sent the same words before; `code` is the petition that has them."""

    def __init__(self, code: str) -> None:
        super().__init__("the same words were sent before")
        self.code = code


@dataclass(frozen=True)
class Draft:
    """What a citizen sends. Anonymous unless `named`; photos by the sha256 of their cleaned bytes; `spot` is latitude and longitude."""

    text: str
    place: str = ""
    spot: tuple[float, float] | None = None
    dossier: str = ""
    photos: tuple[str, ...] = ()
    named: bool = False
    name: str = ""
    contact: str = ""
    language: str = ""


@dataclass(frozen=True)
class Petition:
    """A petition as staff see it. Of an anonymous one nothing here leads to the sender; `dossier` is shown to staff and sealed in the store."""

    id: int
    office: str
    code: str
    state: State
    named: bool
    text: str
    place: str
    spot: tuple[float, float] | None
    dossier: str
    holder: str  # who has taken it
    receiver: str  # whom it was forwarded to
    level: int  # 0; 1 once it has gone to the superior
    late: bool  # it was once ended after its due time
    answer: str
    reason: str  # of closing
    rating: int  # 1 to 5; 0 where the citizen gave none
    received_at: dt.datetime
    accept_due: dt.datetime
    answer_due: dt.datetime
    taken_at: dt.datetime | None
    ended_at: dt.datetime | None


@dataclass(frozen=True)
class Event:
    """One step of one petition: who did it and what they said. `by` is empty where a citizen did it."""

    id: int
    petition: int
    step: Step
    by: str
    words: str
    at: dt.datetime


@dataclass(frozen=True)
class Sender:
    """Where an answer goes, and the name and contact of one who chose to be named."""

    channel: str
    chat: str
    language: str
    name: str = ""
    contact: str = ""
