"""Several workers on one database: what is next in a chat is found by an index, and a platform's pace is kept by all."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
UNANSWERED = sa.text("done_at IS NULL")
UNSENT = sa.text("sent_at IS NULL AND failed_at IS NULL")


def upgrade() -> None:
    columns = ["channel", "chat", "id"]
    op.create_index("ix_inbox_chat_waiting", "inbox", columns, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED)
    op.create_index("ix_outbox_chat_waiting", "outbox", columns, sqlite_where=UNSENT, postgresql_where=UNSENT)
    op.create_table(
        "paces",
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_paces")),
    )
