"""The database of a workspace: one transaction for each writing command, and tables that only grow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import SQLModel

from engine.errors import InputError
from models import tables  # noqa: F401  (registers the tables)
from models.postgres import SCHEMES, PostgresSchema
from models.sqlite import SqliteFile

HEAD = "0005"  # of the migrations: what the tables are now
_WAIT_SECONDS = 10

Database = SqliteFile | PostgresSchema


def database_of(address: str | None, file: Path) -> Database:
    """What an address names, or where there is none the workspace's own file; raises InputError for what is no address."""
    if not address:
        return SqliteFile(file)
    if not address.startswith(SCHEMES):
        raise InputError(
            "数据库地址应以 postgresql:// 开头", f"写作 postgresql://用户:密码@主机/库名；不写地址时用工作区的 {file.name}"
        )
    return PostgresSchema(address)


def create_database(database: Database | Path) -> None:
    """Makes the tables, and the triggers that refuse to change or delete what they hold."""
    with creating(database):
        pass


@contextmanager
def creating(database: Database | Path) -> Iterator[Connection]:
    """The transaction that makes the tables, for who fills them at once; raises InputError where there are some already."""
    database = _known(database)
    with database.told():
        engine = database.fresh(_WAIT_SECONDS)
        try:
            with engine.connect() as connection:
                with database.held(connection, _WAIT_SECONDS):
                    if _tables(connection):
                        raise InputError(f"{database} 不是空的，未作改动", "换一个空的数据库或模式（schema）")
                    _make(connection, database)
                    yield connection
                connection.commit()
        finally:
            engine.dispose()


def _make(connection: Connection, database: Database) -> None:
    SQLModel.metadata.create_all(connection)
    database.guard(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


@contextmanager
def reading(database: Database | Path) -> Iterator[Connection]:
    """A connection that only reads; it never waits for a writer and sees one state throughout."""
    database = _known(database)
    with database.told():
        engine = _opened(database)
        try:
            with engine.connect() as connection:
                database.begin_reading(connection)
                yield connection
        finally:
            engine.dispose()


@contextmanager
def writing(database: Database | Path, *, keep: bool = True) -> Iterator[Connection]:
    """One transaction that holds the workspace; `keep=False` rolls back at its end, for previews.

    Raises Busy where another writer does not leave in time. Any exception rolls back.
    """
    database = _known(database)
    with database.told():
        engine = _opened(database)
        try:
            with engine.connect() as connection:
                with database.held(connection, _WAIT_SECONDS):
                    yield connection
                if keep:
                    connection.commit()
        finally:
            engine.dispose()


def _known(database: Database | Path) -> Database:
    return SqliteFile(database) if isinstance(database, Path) else database


def _opened(database: Database) -> Engine:
    """Raises InputError where there is no database, or one that is not ours or too new."""
    engine = database.opened(_WAIT_SECONDS)
    with engine.connect() as connection:
        found, held = _version(connection), _tables(connection)
    if found is None and database.set_up_by_use:
        if held:
            raise InputError(
                f"{database} 里有别的表，却没有 jifen 的账本", "换一个空的数据库，或另用一个模式：地址后加 ?options=-csearch_path%3D名称"
            )
        _set_up(engine, database)
    elif found != HEAD:
        _migrate(engine, database, found)
    return engine


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names(schema=connection.dialect.default_schema_name)


def _version(connection: Connection) -> str | None:
    """The version of the tables, None of a database from before versions were noted."""
    if "alembic_version" not in _tables(connection):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _set_up(engine: Engine, database: Database) -> None:
    with engine.connect() as connection:
        with database.held(connection, _WAIT_SECONDS):
            if not _tables(connection):  # another command may have been first
                _make(connection, database)
        connection.commit()


def _migrate(engine: Engine, database: Database, found: str | None) -> None:
    from models.migrating import known, upgrade

    if found is not None and not known(found):
        raise InputError(f"{database} 由更新的 jifen 写成（{found}），本版本读不了", "安装新版本的 jifen 后再用")
    database.keep_copy(found or "0001")
    with engine.connect() as connection:
        with database.held(connection, _WAIT_SECONDS):
            if _version(connection) != HEAD:  # another command may have been first
                database.unguard(connection)  # the triggers refuse what a migration does to rows
                upgrade(connection)
                database.guard(connection)
        connection.commit()
