"""Verdicts: how obligations stood at each month's end."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("batch_id", sa.Integer, sa.ForeignKey("batch.id"), nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("task", sa.Integer, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("due", sa.String),
        sa.Column("facts", sa.String, nullable=False),
    )
    op.create_index("ix_verdict_batch_id", "verdict", ["batch_id"])
    op.create_index("verdict_by_period", "verdict", ["period", "unit", "task", "id"])
