"""How obligations stood at each month's end, and the supervision letters that followed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "verdict", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("batch_id", sa.Integer, sa.ForeignKey("batch.id"), nullable=False),
        _text("period"), _text("unit"), _number("task"), _text("status"), sa.Column("due", sa.String), _text("facts"),
    )  # fmt: skip
    op.create_index("ix_verdict_batch_id", "verdict", ["batch_id"])
    op.create_index("verdict_by_period", "verdict", ["period", "unit", "task", "id"])
    op.create_table(
        "letter", sa.Column("id", sa.Integer, primary_key=True), *map(_text, ("at", "operator", "period", "unit")),
        _number("number"), *map(_text, ("written", "issued", "due", "tasks", "escalated_to")), _number("newest_fact"),
        _text("digest"),
    )  # fmt: skip
    op.create_index("ix_letter_period", "letter", ["period"])


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String, nullable=False)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)
