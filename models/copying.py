"""A database's rows into another, whichever kind either is, under the ids that they have."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from models.bulk import insert_into

_CHUNK = 5_000


def copy_rows(source: Connection, target: Connection) -> None:
    """Copies every row as `source` sees it into the empty tables of `target`, within its transaction."""
    for table in SQLModel.metadata.sorted_tables:
        columns = [column.name for column in table.columns]
        rows = source.execute(select(table).order_by(*table.primary_key))
        for some in rows.partitions(_CHUNK):
            insert_into(target, table, columns, [tuple(row) for row in some])
