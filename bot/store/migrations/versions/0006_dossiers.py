"""Receipt numbers, amounts and form 04 of dossiers; reconciliations, tasks for late dossiers, the counter's kept figures."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"

COUNTS = ("compared", "different", "register_only", "software_only", "twice", "refused")


def upgrade() -> None:
    for name in ("receipt", "amount", "apology"):
        op.add_column("dossiers", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("dossiers", sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_dossiers_receipt", "dossiers", ["office", "receipt"], unique=False)
    op.create_index("ix_dossiers_received", "dossiers", ["office", "received_at"], unique=False)
    op.create_index("ix_dossiers_completed", "dossiers", ["office", "completed_at"], unique=False)
    op.create_index("ix_attempts_at", "attempts", ["office", "at"], unique=False)
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("office", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index("ix_reconciliations_at", "reconciliations", ["office", "at"], unique=False)
    op.create_table(
        "lapses",
        sa.Column("office", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("office", "code", "due_at", name=op.f("pk_lapses")),
    )
    op.create_table(
        "counted",
        sa.Column("office", sa.Text(), server_default="", nullable=False),
        sa.Column("span", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("office", "span", name=op.f("pk_counted")),
    )
