"""Many rows into a table at the driver's own speed: SQLAlchemy's work for each row took longer than the database's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Boolean, Connection, Table
from sqlmodel import SQLModel

_CHUNK = 10_000


def insert_rows(connection: Connection, table: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple]) -> None:
    """Inserts rows of values that the driver takes as they are (texts, whole numbers, None), in the order of `columns`."""
    insert_into(connection, table.__table__, columns, rows)


def insert_into(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple]) -> None:
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
        return
    compiled = table.insert().compile(dialect=connection.dialect, column_keys=list(columns))
    places = [list(columns).index(name) for name in compiled.positiontup]
    # SQLite's driver takes a whole number as it is, and looks for an adapter for each truth value.
    plain = [(place, isinstance(table.c[columns[place]].type, Boolean)) for place in places]
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        connection.exec_driver_sql(
            str(compiled), [tuple([int(row[place]) if truth else row[place] for place, truth in plain]) for row in some]
        )


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)
    if len(rows) >= _CHUNK:
        # Until the server knows of so many rows, which it looks for now and then only, it walks through all to find some.
        connection.exec_driver_sql(f'ANALYZE "{table.name}"')
