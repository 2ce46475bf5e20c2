"""The database of a workspace: one transaction for each writing command, and tables that only grow."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlmodel import SQLModel

from engine.errors import Busy, InputError
from models import tables  # noqa: F401  (registers the tables)

HEAD = "0003"  # of the migrations: what the tables are now
_WAIT_SECONDS = 10


def create_database(path: Path) -> None:
    """Makes the tables, and the triggers that refuse to change or delete what they hold."""
    engine = _engine(path)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA journal_mode=WAL"))  # stays with the file: readers never wait
        SQLModel.metadata.create_all(connection)
        _guard(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    engine.dispose()


def _guard(connection: Connection) -> None:
    """Makes the triggers that refuse to change what the tables hold."""
    for table in SQLModel.metadata.sorted_tables:
        for act in ("UPDATE", "DELETE"):
            connection.execute(text(_refusal(table.name, act)))
        connection.execute(text(_no_replacing(table)))


def _refusal(table: str, act: str) -> str:
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{act.lower()}" BEFORE {act} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _no_replacing(table: Table) -> str:
    # INSERT OR REPLACE deletes without firing the trigger on DELETE. A row whose number SQLite gives has -1 here.
    (key,) = (column.name for column in table.primary_key)
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{table.name}_no_replace" BEFORE INSERT ON "{table.name}" '
        f'WHEN NEW."{key}" != -1 AND EXISTS (SELECT 1 FROM "{table.name}" WHERE "{key}" = NEW."{key}") '
        f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
    )


@contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """A connection that only reads; it never waits for a writer and sees one state throughout."""
    engine = _opened(path)
    try:
        with _told(path), engine.connect() as connection:
            connection.execute(text("BEGIN"))
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """A database that cannot be read or written is the workspace's fault, and is said in one line."""
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        if isinstance(error, IntegrityError):
            raise
        raise InputError(f"{path} 无法使用：{error.orig}", "检查磁盘空间与文件权限；文件损坏时从备份恢复") from error


@contextmanager
def writing(path: Path, *, keep: bool = True) -> Iterator[Connection]:
    """One transaction that holds the workspace; `keep=False` rolls back at its end, for previews.

    Raises Busy where another writer does not leave in time. Any exception rolls back.
    """
    engine = _opened(path)
    try:
        with _told(path), engine.connect() as connection:
            holder = _begin(connection, path)
            try:
                yield connection
            except BaseException:
                holder.unlink(missing_ok=True)
                with suppress(OperationalError):  # after a full disk SQLite has rolled back by itself
                    connection.execute(text("ROLLBACK"))
                raise
            holder.unlink(missing_ok=True)
            connection.execute(text("COMMIT" if keep else "ROLLBACK"))
    finally:
        engine.dispose()


def _begin(connection: Connection, path: Path) -> Path:
    """Holds the workspace, and notes who does in the file given back; raises Busy where another writer does not leave in time."""
    holder = path.with_name(f"{path.name}.holder")  # for those who wait; worth nothing where nobody holds the workspace
    try:
        connection.execute(text("BEGIN IMMEDIATE"))
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        who = holder.read_text(encoding="utf-8") if holder.is_file() else "另一个命令"
        raise Busy(f"工作区正被{who}写入，等了 {_WAIT_SECONDS} 秒仍未结束", "稍后再试") from error
    now = datetime.now().astimezone().strftime("%H:%M:%S")
    holder.write_text(f"{getpass.getuser()}（进程 {os.getpid()}，自 {now}）", encoding="utf-8")
    return holder


def _opened(path: Path) -> Engine:
    if not path.is_file():
        raise InputError(f"工作区没有数据库 {path.name}", "用 `jifen init DIR` 新建工作区")
    engine = _engine(path)
    with _told(path):
        if _version(engine) != HEAD:
            _migrate(engine, path)
    return engine


def _version(engine: Engine) -> str | None:
    """The version of the tables, None of a database from before versions were noted."""
    with engine.connect() as connection:
        return _version_on(connection)


def _version_on(connection: Connection) -> str | None:
    noted = text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
    if connection.execute(noted).scalar() is None:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine, path: Path) -> None:
    from models.migrating import keep_copy, known, upgrade

    found = _version(engine)
    if found is not None and not known(found):
        raise InputError(f"{path} 由更新的 jifen 写成（{found}），本版本读不了", "安装新版本的 jifen 后再用")
    keep_copy(path, found or "0001")
    with engine.connect() as connection:
        holder = _begin(connection, path)
        if _version_on(connection) != HEAD:  # another command may have been first
            upgrade(connection)
            _guard(connection)
        holder.unlink(missing_ok=True)
        connection.execute(text("COMMIT"))


def _engine(path: Path) -> Engine:
    # In a folder that may not be written the log beside the database cannot be made, and nobody else writes there.
    mode = "rw" if os.access(path.parent, os.W_OK) else "ro&immutable=1"
    address = f"sqlite:///file:{quote(str(path))}?mode={mode}{'c' if not path.exists() else ''}&uri=true"
    engine = create_engine(address, connect_args={"timeout": _WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def settle(connection, _record) -> None:
        # Transactions are begun by hand above, so that a writer holds the database from its first read on.
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-65536")  # 64 MB: the index of many new keys fits

    return engine
