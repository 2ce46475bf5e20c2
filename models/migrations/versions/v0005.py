"""Approvals of a year's result."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("at", "operator")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("year", "last_batch", "newest_fact")),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("notice", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
    )
    op.create_index("ix_approval_year", "approval", ["year"])
