"""Which system told a dossier, where it was not the office's own export."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("source", sa.Text(), server_default="", nullable=False))
