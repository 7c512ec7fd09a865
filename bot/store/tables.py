"""The tables. Times are stored in UTC; every citizen-facing table carries the office's code."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.TypeDecorator[dt.datetime]):
    """An aware time, stored as UTC on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value


Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def _text(name: str, *arguments: Any, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), *arguments, nullable=False, **{"server_default": "", **options})


inbox = sa.Table(
    "inbox",
    metadata,
    _id(),
    _text("office"),
    _text("channel"),
    _text("chat"),
    _text("event"),
    sa.Column("payload", sa.JSON(), nullable=False),
    sa.Column("received_at", Moment(), nullable=False),
    sa.Column("done_at", Moment()),
    _text("failure"),
    sa.UniqueConstraint("channel", "event"),
    sa.Index("ix_inbox_waiting", "id", sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL")),
    sa.Index("ix_inbox_chat", "channel", "chat", "id"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    sa.Column("inbox_id", Id),
    _text("office"),
    _text("channel"),
    _text("chat"),
    sa.Column("payload", sa.JSON(), nullable=False),
    sa.Column("created_at", Moment(), nullable=False),
    sa.Column("not_before", Moment(), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("sent_at", Moment()),
    sa.Column("failed_at", Moment()),
    _text("message"),
    _text("failure"),
    sa.Index(
        "ix_outbox_waiting",
        "channel",
        "id",
        sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
    ),
    sa.Index("ix_outbox_chat", "channel", "chat", "id"),
)

conversations = sa.Table(
    "conversations",
    metadata,
    _text("office"),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("language"),
    _text("step"),
    sa.Column("data", sa.JSON(), nullable=False),
    sa.Column("menu", sa.JSON(), nullable=False),
    sa.Column("topic", sa.JSON(), nullable=False),
    sa.Column("updated_at", Moment(), nullable=False),
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    _id(),
    _text("office"),
    _text("channel"),
    _text("outcome"),
    _text("procedures"),
    _text("aspects"),
    _text("subject"),
    sa.Column("at", Moment(), nullable=False),
    sa.Index("ix_outcomes_at", "at"),
)

unanswered = sa.Table(
    "unanswered",
    metadata,
    _id(),
    _text("office"),
    _text("text"),
    sa.Column("at", Moment(), nullable=False),
    _text("kind"),  # "" where no answer was found, "wrong" where a citizen called the answer wrong
    _text("procedures"),
    _text("comment"),
)

dossiers = sa.Table(
    "dossiers",
    metadata,
    _text("office", primary_key=True),
    _text("code", primary_key=True),
    _text("procedure_name"),
    _text("procedure_code"),
    _text("field"),
    sa.Column("status", sa.Integer()),
    _text("status_label"),
    _text("reason"),
    sa.Column("received_at", Moment()),
    sa.Column("due_at", Moment()),
    sa.Column("completed_at", Moment()),
    _text("method"),
    _text("applicant"),
    _text("phone_hash"),
    _text("identity_hash"),
    sa.Column("as_of", Moment(), nullable=False),
    _text("receipt"),  # the number on the paper receipt, where the office's export has one
    _text("amount"),  # what is to be paid, in the export's words
    sa.Column("extended_at", Moment()),  # the new day of form 04
    _text("apology"),  # its reason
    _text("source"),  # the look-up system that told it; empty for the export
    sa.Index("ix_dossiers_receipt", "office", "receipt"),
    sa.Index("ix_dossiers_received", "office", "received_at"),
    sa.Index("ix_dossiers_completed", "office", "completed_at"),
)

proofs = sa.Table(
    "proofs",
    metadata,
    _text("office", primary_key=True),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("code", primary_key=True),
    sa.Column("at", Moment(), nullable=False),
)

attempts = sa.Table(
    "attempts",
    metadata,
    _id(),
    _text("office"),
    _text("channel"),
    _text("chat"),
    _text("code"),
    sa.Column("at", Moment(), nullable=False),
    sa.Index("ix_attempts_chat", "channel", "chat", "at"),
    sa.Index("ix_attempts_code", "code", "at"),
    sa.Index("ix_attempts_at", "office", "at"),
)

follows = sa.Table(
    "follows",
    metadata,
    _text("office", primary_key=True),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("code", primary_key=True),
    sa.Column("since", Moment(), nullable=False),
    sa.Index("ix_follows_code", "office", "code"),
)

notifications = sa.Table(
    "notifications",
    metadata,
    _text("office", primary_key=True),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("code", primary_key=True),
    _text("event", primary_key=True),  # what was told: the status with the time of its figures, the day that comes or has passed
    sa.Column("at", Moment(), nullable=False),
)

ratings = sa.Table(
    "ratings",
    metadata,
    _id(),
    _text("office"),
    _text("channel"),
    _text("chat"),
    _text("dossier"),
    sa.Column("level", sa.Integer(), nullable=False),
    sa.Column("reasons", sa.JSON(), nullable=False),
    _text("comment"),
    sa.Column("at", Moment(), nullable=False),
    sa.Column("changed_at", Moment(), nullable=False),
    _text("desk"),
    _text("visit"),  # the day at the desk, so that each visit is rated once
    _text("field"),
    sa.Column("answers", sa.JSON(), nullable=False, server_default="{}"),
    sa.Index("ix_ratings_chat", "channel", "chat", "dossier"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    _id(),
    _text("office"),
    _text("channel"),
    _text("chat"),
    _text("reference", unique=True),
    _text("text"),
    sa.Column("at", Moment(), nullable=False),
)

malformed = sa.Table(
    "malformed",
    metadata,
    _id(),
    _text("channel"),
    _text("body"),
    sa.Column("at", Moment(), nullable=False),
)

cursors = sa.Table("cursors", metadata, _text("name", primary_key=True), _text("value"))

# Petitions. Nothing here but `petition_senders.sealed` leads to a chat, and that opens only with the key file.
petitions = sa.Table(
    "petitions",
    metadata,
    _id(),
    _text("office"),
    _text("code"),
    _text("state"),
    sa.Column("named", sa.Boolean(), nullable=False),
    _text("text"),
    _text("place"),
    sa.Column("latitude", sa.Float()),
    sa.Column("longitude", sa.Float()),
    _text("dossier"),  # sealed
    _text("holder"),
    _text("receiver"),
    sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("late", sa.Boolean(), nullable=False),
    _text("answer"),
    _text("reason"),
    sa.Column("rating", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("received_at", Moment(), nullable=False),
    sa.Column("accept_due", Moment(), nullable=False),
    sa.Column("answer_due", Moment(), nullable=False),
    sa.Column("taken_at", Moment()),
    sa.Column("ended_at", Moment()),
    sa.UniqueConstraint("office", "code"),
    sa.Index("ix_petitions_state", "office", "state", "answer_due"),
    sa.Index("ix_petitions_received_at", "office", "received_at"),
)

petition_senders = sa.Table(
    "petition_senders",
    metadata,
    sa.Column("petition", Id, sa.ForeignKey("petitions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _text("office"),
    _text("sealed"),
    _text("name"),
    _text("contact"),
)

petition_events = sa.Table(
    "petition_events",
    metadata,
    _id(),
    _text("office"),
    sa.Column("petition", Id, sa.ForeignKey("petitions.id", ondelete="CASCADE"), nullable=False),
    _text("step"),
    _text("by"),
    _text("words"),
    sa.Column("at", Moment(), nullable=False),
    sa.Column("told_at", Moment()),
    sa.Index("ix_petition_events_petition", "petition", "id"),
    sa.Index("ix_petition_events_untold", "office", "id", sqlite_where=sa.text("told_at IS NULL"), postgresql_where=sa.text("told_at IS NULL")),
)

petition_photos = sa.Table(
    "petition_photos",
    metadata,
    sa.Column("petition", Id, sa.ForeignKey("petitions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
    _text("office"),
    _text("sha256", index=True),
)

petition_numbers = sa.Table(
    "petition_numbers",
    metadata,
    _text("office", primary_key=True),
    _text("day", primary_key=True),
    sa.Column("last", sa.Integer(), nullable=False),
)

reconciliations = sa.Table(
    "reconciliations",
    metadata,
    _id(),
    _text("office"),
    sa.Column("at", Moment(), nullable=False),
    *(
        sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        for name in ("compared", "different", "register_only", "software_only", "twice", "refused")
    ),
    sa.Index("ix_reconciliations_at", "office", "at"),
)

lapses = sa.Table(  # followed dossiers whose day has passed without form 04, each a task of the staff
    "lapses",
    metadata,
    _text("office", primary_key=True),
    _text("code", primary_key=True),
    sa.Column("due_at", Moment(), primary_key=True),
    sa.Column("at", Moment(), nullable=False),
)

counted = sa.Table(  # the public counter's figures, kept until the dossiers or the day change
    "counted",
    metadata,
    _text("office", primary_key=True),
    _text("span", primary_key=True),
    _text("state"),
    sa.Column("figures", sa.JSON(), nullable=False),
)

petition_drafts = sa.Table(  # what is being written and was not sent, sealed; gone when it is sent, left or a day old
    "petition_drafts",
    metadata,
    _text("office"),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("sealed"),
    sa.Column("updated_at", Moment(), nullable=False),
)

staff = sa.Table(  # an invitation until it is joined, a record of who did what once it is left
    "staff",
    metadata,
    _id(),
    _text("office"),
    _text("name"),
    _text("role"),
    _text("code_hash"),
    sa.Column("invited_at", Moment(), nullable=False),
    sa.Column("expires_at", Moment(), nullable=False),
    _text("channel"),
    _text("chat"),
    sa.Column("joined_at", Moment()),
    sa.Column("left_at", Moment()),
    sa.Index(
        "ix_staff_chat",
        "channel",
        "chat",
        unique=True,
        sqlite_where=sa.text("joined_at IS NOT NULL AND left_at IS NULL"),
        postgresql_where=sa.text("joined_at IS NOT NULL AND left_at IS NULL"),
    ),
)

enrolment_tries = sa.Table(
    "enrolment_tries",
    metadata,
    _id(),
    _text("office"),
    _text("channel"),
    _text("chat"),
    sa.Column("at", Moment(), nullable=False),
    sa.Index("ix_enrolment_tries_chat", "channel", "chat", "at"),
)

askings = sa.Table(
    "askings",
    metadata,
    _text("office", primary_key=True),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("about", primary_key=True),  # a dossier's code, or a desk with the day of the visit
    sa.Column("asked", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("due_at", Moment()),
    sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column("at", Moment(), nullable=False),
    sa.Index("ix_askings_due_at", "due_at"),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    _text("office", primary_key=True),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("day", primary_key=True),
    _text("question"),  # scrubbed
    _text("procedures"),
    _text("verdict"),
    sa.Column("unanswered_id", Id),
    sa.Column("at", Moment(), nullable=False),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    _text("office", primary_key=True),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("subject", primary_key=True),
    sa.Column("since", Moment(), nullable=False),
)

attendances = sa.Table(
    "attendances",
    metadata,
    _text("office", primary_key=True),
    _text("channel", primary_key=True),
    _text("chat", primary_key=True),
    _text("notice", primary_key=True),
    _text("title"),
    sa.Column("at", Moment(), nullable=False),
)

questions = sa.Table(
    "questions",
    metadata,
    _id(),
    _text("office"),
    _text("channel"),
    _text("chat"),
    _text("notice"),
    _text("title"),
    _text("text"),
    sa.Column("at", Moment(), nullable=False),
)

deletions = sa.Table(
    "deletions",
    metadata,
    _text("reference", primary_key=True),
    _text("office"),
    sa.Column("at", Moment(), nullable=False),
)
