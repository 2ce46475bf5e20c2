"""Behind the program's back: statements on a workspace's database as somebody with a database client would give them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from engine.workspace import Workspace


@contextmanager
def opened(workspace: Path) -> Iterator[Connection]:
    engine = Workspace.open(workspace).database.opened(5)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def asked(workspace: Path, query: str) -> list[tuple]:
    with opened(workspace) as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def forge(workspace: Path, *statements: str) -> None:
    """Takes the triggers away and does what they refuse."""
    with opened(workspace) as connection:
        Workspace.open(workspace).database.unguard(connection)
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
