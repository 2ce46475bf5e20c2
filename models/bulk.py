"""Many rows into a table at the driver's own speed: SQLAlchemy's work for each row took longer than SQLite's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Boolean, Connection
from sqlmodel import SQLModel

_CHUNK = 10_000


def insert_rows(connection: Connection, table: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple]) -> None:
    """Inserts rows of values that the driver takes as they are (texts, whole numbers, None), in the order of `columns`."""
    compiled = table.__table__.insert().compile(dialect=connection.dialect, column_keys=list(columns))
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        if compiled.positional:
            places = [list(columns).index(name) for name in compiled.positiontup]
            # SQLite's driver takes a whole number as it is, and looks for an adapter for each truth value.
            plain = [(place, isinstance(table.__table__.c[columns[place]].type, Boolean)) for place in places]
            connection.exec_driver_sql(
                str(compiled), [tuple([int(row[place]) if truth else row[place] for place, truth in plain]) for row in some]
            )
        else:
            connection.exec_driver_sql(str(compiled), [dict(zip(columns, row, strict=True)) for row in some])
