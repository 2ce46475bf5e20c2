"""The tables of version 0.1.0, which knew no migrations: nothing to do."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    pass
