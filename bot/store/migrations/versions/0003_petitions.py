"""Petitions: texts apart from their sealed senders, every step with who did it, photos by hash, the day's running number."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _petition(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["petition"], ["petitions.id"], ondelete="CASCADE")
    return sa.Column("petition", ID, autoincrement=False, nullable=False), key


def upgrade() -> None:
    _petitions()
    column, key = _petition("petition_senders")
    op.create_table("petition_senders", column, *map(_text, ("office", "sealed", "name", "contact")), key, _primary("petition_senders", "petition"))
    _events()
    column, key = _petition("petition_photos")
    place = sa.Column("place", sa.Integer(), autoincrement=False, nullable=False)
    op.create_table("petition_photos", column, place, _text("office"), _text("sha256"), key, _primary("petition_photos", "petition", "place"))
    op.create_index("ix_petition_photos_sha256", "petition_photos", ["sha256"])
    drafts = map(_text, ("office", "channel", "chat", "sealed"))
    op.create_table("petition_drafts", *drafts, _moment("updated_at", nullable=False), _primary("petition_drafts", "channel", "chat"))
    last = sa.Column("last", sa.Integer(), nullable=False)
    op.create_table("petition_numbers", _text("office"), _text("day"), last, _primary("petition_numbers", "office", "day"))


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _petitions() -> None:
    op.create_table(
        "petitions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *map(_text, ("office", "code", "state")),
        sa.Column("named", sa.Boolean(), nullable=False),
        *map(_text, ("text", "place")),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        *map(_text, ("dossier", "holder", "receiver")),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        *map(_text, ("answer", "reason")),
        sa.Column("rating", sa.Integer(), server_default="0", nullable=False),
        *(_moment(name, nullable=False) for name in ("received_at", "accept_due", "answer_due")),
        *map(_moment, ("taken_at", "ended_at")),
        sa.UniqueConstraint("office", "code", name=op.f("uq_petitions_office_code")),
        _primary("petitions", "id"),
    )
    op.create_index("ix_petitions_state", "petitions", ["office", "state", "answer_due"])
    op.create_index("ix_petitions_received_at", "petitions", ["office", "received_at"])


def _events() -> None:
    column, key = _petition("petition_events")
    op.create_table(
        "petition_events",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        _text("office"),
        column,
        *map(_text, ("step", "by", "words")),
        _moment("at", nullable=False),
        _moment("told_at"),
        key,
        _primary("petition_events", "id"),
    )
    op.create_index("ix_petition_events_petition", "petition_events", ["petition", "id"])
    unseen = sa.text("told_at IS NULL")
    op.create_index("ix_petition_events_untold", "petition_events", ["office", "id"], sqlite_where=unseen, postgresql_where=unseen)
