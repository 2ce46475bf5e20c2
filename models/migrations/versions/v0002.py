"""Acts that change facts, closed months, corrections and the chains; what is there already is sealed and chained as it stands."""

import sqlalchemy as sa
from alembic import op

from models.chain import BATCH_COLUMNS, BEGINNING, ENTRY_COLUMNS, link, seal

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    connection = op.get_bind()
    for table, column in _COLUMNS:
        op.add_column(table, column)
    for name, columns, indexed in _TABLES:
        op.create_table(name, sa.Column("id", sa.Integer, primary_key=True), *columns())
        for column in indexed:
            op.create_index(f"ix_{name}_{column}", name, [column])
    _fill(connection)


_COLUMNS = (
    ("import", sa.Column("act", sa.String, nullable=False, server_default="import")),
    ("import", sa.Column("takes_back", sa.Integer)),
    ("fact_version", sa.Column("derived", sa.Boolean, nullable=False, server_default=sa.false())),
    ("batch", sa.Column("facts", sa.String, nullable=False, server_default="")),
    ("batch", sa.Column("digest", sa.String, nullable=False, server_default="")),
    ("ledger_entry", sa.Column("digest", sa.String, nullable=False, server_default="")),
)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String, nullable=False)


def _to(name: str, table: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer, sa.ForeignKey(f"{table}.id"), nullable=nullable)


_TABLES = (
    ("seal", lambda: [_to("import_id", "import"), _text("digest")], ()),
    ("batch_month", lambda: [_to("batch_id", "batch"), _text("period")], ("batch_id", "period")),
    (
        "closing",
        lambda: [
            _text("at"), _text("operator"), _text("period"), _text("number"), _text("issued"),
            sa.Column("last_batch", sa.Integer, nullable=False),
        ],
        ("period",),
    ),
    (
        "issued_file",
        lambda: [
            _to("closing_id", "closing", True), _to("batch_id", "batch", True), _text("name"),
            sa.Column("content", sa.LargeBinary, nullable=False),
        ],
        ("closing_id", "batch_id"),
    ),
)  # fmt: skip


def _fill(connection: sa.Connection) -> None:
    for import_id in connection.execute(sa.text('SELECT id FROM "import" ORDER BY id')).scalars().all():
        seal(connection, import_id)
    connection.execute(sa.text("INSERT INTO batch_month (batch_id, period) SELECT id, period FROM batch ORDER BY id"))
    before, digests = BEGINNING, {}
    for row in connection.execute(sa.text(f"SELECT {', '.join(BATCH_COLUMNS)} FROM batch ORDER BY id")).all():
        before = digests[row.id] = link(before, list(row))
        connection.execute(sa.text("UPDATE batch SET digest = :d WHERE id = :i"), {"d": before, "i": row.id})
    before = BEGINNING
    for row in connection.execute(sa.text(f"SELECT {', '.join(ENTRY_COLUMNS)} FROM ledger_entry ORDER BY id")).all():
        before = link(before, [digests[row.batch_id], *row])
        connection.execute(sa.text("UPDATE ledger_entry SET digest = :d WHERE id = :i"), {"d": before, "i": row.id})
