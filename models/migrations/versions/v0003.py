"""Requests for review, what was decided on them, and the corrections that answered them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "review", sa.Column("id", sa.Integer, primary_key=True),
        *map(_text, ("at", "operator", "period", "unit", "rule", "text", "until", "digest")),
    )  # fmt: skip
    op.create_index("ix_review_period", "review", ["period"])
    op.create_table(
        "review_decision", sa.Column("id", sa.Integer, primary_key=True), _text("at"), _text("operator"),
        _to("review_id", "review", unique=True), *map(_text, ("outcome", "reason", "digest")),
    )  # fmt: skip
    op.create_table(
        "review_answer", sa.Column("id", sa.Integer, primary_key=True), _to("batch_id", "batch"),
        _to("review_id", "review", unique=True), _text("digest"),
    )  # fmt: skip
    op.create_index("ix_review_answer_batch_id", "review_answer", ["batch_id"])


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String, nullable=False)


def _to(name: str, table: str, *, unique: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer, sa.ForeignKey(f"{table}.id"), nullable=False, unique=unique)
